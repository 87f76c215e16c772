//! Numbers as colors: textures of tiles, and how they are laid along rows and columns.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::lookup::tiles::{self, COLUMNS, NOT_FINITE, Part, ROWS, Tile};
use crate::ui::theme::{self, Tones};
use crate::vectors::Table;

/// So many textures are kept beyond those that are seen.
const KEPT: usize = 400;

/// The color of a number as its share of a full one: blue below zero, orange above, the panel's own gray at zero;
/// the color of errors for what is not finite.
pub fn diverging(value: f32, tones: &Tones) -> Color32 {
    if !value.is_finite() {
        return tones.error;
    }
    let end = if value < 0.0 { tones.accent } else { theme::color(tones.map.counter) };
    // The square root keeps the many small values apart.
    tones.well.lerp_to_gamma(end, value.abs().clamp(0.0, 1.0).sqrt())
}

/// A rail of colors from −`full` to `full`, in `rect`.
pub fn rail(painter: &Painter, rect: Rect, tones: &Tones) {
    const STEPS: usize = 60;
    let values: Vec<f32> = (0..STEPS).map(|step| (step as f32 + 0.5) / STEPS as f32 * 2.0 - 1.0).collect();
    strip(painter, rect, &values, 1.0, 1.0, tones);
}

/// As many numbers as share a point of the screen stand one above the other; more have no room there.
pub const STACKED: usize = 4;

/// How many numbers of a row share a point of the screen, where so many are drawn so wide.
pub fn sharing(count: usize, wide: f32) -> usize {
    count.div_ceil(wide.max(1.0) as usize).max(1)
}

/// A row of numbers as colors, each as wide as all others. Where [`some share a point`](sharing) they stand one above the other;
/// where there are too many for that the greatest of them is drawn, by its absolute value.
pub fn strip(painter: &Painter, rect: Rect, values: &[f32], full: f32, opacity: f32, tones: &Tones) {
    if !painter.clip_rect().intersects(rect) {
        return;
    }
    let each = sharing(values.len(), rect.width());
    let lines = if each <= STACKED { each } else { 1 };
    let x = |place: usize| rect.left() + rect.width() * place.min(values.len()) as f32 / values.len() as f32;
    let y = |line: usize| rect.top() + rect.height() * line as f32 / lines as f32;
    let mut mesh = egui::Mesh::default();
    for (cell, here) in values.chunks(each).enumerate() {
        let (left, right) = (x(cell * each), x((cell + 1) * each));
        let greatest = || here.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
        for line in 0..lines {
            let value = if lines == each { here.get(line).copied() } else { greatest() };
            let Some(value) = value else { continue };
            let part = Rect::from_min_max(pos2(left, y(line)), pos2(right, y(line + 1)));
            mesh.add_colored_rect(part, diverging(value / full, tones).gamma_multiply(opacity));
        }
    }
    painter.add(mesh);
}

/// The color of a letter that is read on such a color.
pub fn ink(on: Color32, tones: &Tones) -> Color32 {
    let light = |color: Color32| color.intensity();
    let far = |color: &Color32| (light(*color) - light(on)).abs();
    [tones.text, tones.panel].into_iter().max_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(tones.text)
}

/// How places become points of the screen, along rows and along columns.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Where the numbers are drawn.
    pub area: Rect,
    /// The place at the area's left and top edges: a column and a row, parts of one included.
    pub first: [f64; 2],
    /// How wide and how high a number is, in points.
    pub cell: [f32; 2],
}

impl Layout {
    /// Of how many columns, and rows, one is drawn: enough of them that each takes a point or more.
    pub fn strides(&self) -> [u32; 2] {
        self.cell.map(|size| if size >= 1.0 { 1 } else { (1.0 / size).ceil() as u32 }.next_power_of_two())
    }

    /// Where a column begins.
    pub fn x(&self, column: f64) -> f32 {
        self.area.left() + ((column - self.first[0]) * f64::from(self.cell[0])) as f32
    }

    /// Where a row begins.
    pub fn y(&self, row: f64) -> f32 {
        self.area.top() + ((row - self.first[1]) * f64::from(self.cell[1])) as f32
    }

    /// The column and the row at a point of the screen.
    pub fn place(&self, at: egui::Pos2) -> [f64; 2] {
        [
            self.first[0] + f64::from(at.x - self.area.left()) / f64::from(self.cell[0]),
            self.first[1] + f64::from(at.y - self.area.top()) / f64::from(self.cell[1]),
        ]
    }

    /// Whether a row's place is in sight as a whole.
    pub fn shows_row(&self, place: usize) -> bool {
        let (first, room) = (self.first[1], self.room()[1]);
        (first..first + room - 1.0).contains(&(place as f64))
    }

    /// The columns in sight, of so many.
    pub fn columns(&self, count: usize) -> Range<usize> {
        in_sight(self.first[0], self.room()[0], count)
    }

    /// The places of the rows in sight, of so many.
    pub fn rows(&self, count: usize) -> Range<usize> {
        in_sight(self.first[1], self.room()[1], count)
    }

    /// How many columns and rows there is room for.
    pub fn room(&self) -> [f64; 2] {
        [
            f64::from(self.area.width()) / f64::from(self.cell[0]),
            f64::from(self.area.height()) / f64::from(self.cell[1]),
        ]
    }

    /// The parts of a picture of so many rows and columns that are seen, from the top, and after them those just above and
    /// below.
    pub fn parts(&self, rows: usize, columns: usize) -> Vec<Part> {
        let [across, down] = self.strides();
        let tiles = |first: f64, room: f64, size: usize, stride: u32, count: usize| {
            let tile = size as f64 * f64::from(stride);
            let last = count.saturating_sub(1) as f64;
            let seen = (first.max(0.0) / tile) as u32..=((first + room).clamp(0.0, last) / tile) as u32;
            (seen, (last / tile) as u32)
        };
        let [wide, high] = self.room();
        let (strips, _) = tiles(self.first[0], wide, COLUMNS, across, columns);
        let (bands, last) = tiles(self.first[1], high, ROWS, down, rows);
        let ring = [bands.end() + 1, bands.start().wrapping_sub(1)].into_iter().filter(|band| *band <= last);
        let part = |band: u32| strips.clone().map(move |strip| Part { band, strip, stride: [down, across] });
        bands.clone().chain(ring).flat_map(part).collect()
    }

    /// Where a tile lies on the screen.
    fn rect(&self, part: Part, [rows, columns]: [usize; 2]) -> Rect {
        let Part { band, strip, stride: [down, across] } = part;
        let column = f64::from(strip) * COLUMNS as f64 * f64::from(across);
        let row = f64::from(band) * ROWS as f64 * f64::from(down);
        let size =
            vec2(columns as f32 * across as f32 * self.cell[0], rows as f32 * down as f32 * self.cell[1]);
        Rect::from_min_size(pos2(self.x(column), self.y(row)), size)
    }
}

fn in_sight(first: f64, room: f64, count: usize) -> Range<usize> {
    first.max(0.0) as usize..((first + room).ceil() as usize).min(count)
}

/// Textures of tiles, made when first seen.
#[derive(Default)]
pub struct Canvas {
    /// Each with its rows and columns.
    textures: HashMap<Part, (TextureHandle, [usize; 2])>,
    /// What the textures are of, and the color of a great number in the theme that they were made in.
    of: Option<((usize, u32), Color32)>,
    colors: Vec<Color32>,
}

impl Canvas {
    /// Has the canvas show what `picture` names, by two numbers: textures of anything else, or in other colors, are let go.
    pub fn turn_to(&mut self, picture: (usize, u32), tones: &Tones) {
        let of = Some((picture, diverging(1.0, tones)));
        if self.of != of {
            self.of = of;
            self.textures.clear();
            let color = |code: i32| {
                if code == i32::from(NOT_FINITE) {
                    return tones.error;
                }
                let share = (code as f32 / 127.0).powi(2).copysign(code as f32);
                diverging(share, tones)
            };
            self.colors = (-128..=127).map(color).collect();
        }
    }

    /// [`Canvas::draw`] for a part whose tile is made only when its texture is.
    fn draw_new(
        &mut self,
        ctx: &Context,
        painter: &Painter,
        layout: &Layout,
        part: Part,
        read: impl FnOnce() -> Tile,
    ) {
        match self.textures.get(&part) {
            Some((texture, size)) => paint(painter, texture, layout.rect(part, *size)),
            None => self.draw(ctx, painter, layout, &read()),
        }
    }

    /// Draws a tile in its place.
    pub fn draw(&mut self, ctx: &Context, painter: &Painter, layout: &Layout, tile: &Tile) {
        let colors = &self.colors;
        let (texture, size) = self.textures.entry(tile.part).or_insert_with(|| {
            let pixels = tile.codes.iter().map(|&code| colors[(i32::from(code) + 128) as usize]).collect();
            let [rows, columns] = tile.size;
            let image = ColorImage::new([columns, rows], pixels);
            (ctx.load_texture("tile", image, TextureOptions::NEAREST), tile.size)
        });
        paint(painter, texture, layout.rect(tile.part, *size));
    }

    /// Lets go of textures that are no longer seen, once there are many.
    pub fn tidy(&mut self, seen: &[Part]) {
        if self.textures.len() > KEPT + seen.len() {
            self.textures.retain(|part, _| seen.contains(part));
        }
    }
}

/// A small table as a picture, made in whole while it is drawn.
#[derive(Default)]
pub struct TablePicture {
    canvas: Canvas,
    /// The table that the canvas has: while it is held, no other is mistaken for it.
    drawn: Option<Arc<Table>>,
}

impl TablePicture {
    /// Draws what is seen of the table, in which `full` gets the full color.
    pub fn show(&mut self, ui: &Ui, painter: &Painter, layout: &Layout, table: &Arc<Table>, full: f32) {
        self.canvas.turn_to((Arc::as_ptr(table) as usize, full.to_bits()), &theme::tones(ui));
        self.drawn = Some(Arc::clone(table));
        for part in layout.parts(table.rows(), table.dims()) {
            let read = || tiles::read(table, |place| place, part, full);
            self.canvas.draw_new(ui.ctx(), painter, layout, part, read);
        }
    }
}

fn paint(painter: &Painter, texture: &TextureHandle, rect: Rect) {
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture.id(), rect, whole, Color32::WHITE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(first: [f64; 2], cell: [f32; 2]) -> Layout {
        Layout { area: Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0)), first, cell }
    }

    #[test]
    fn the_parts_that_are_seen_cover_the_area() {
        let of = layout([0.0, 130.0], [2.0, 10.0]);
        let parts = of.parts(30_522, 384);
        let bands: Vec<u32> = parts.iter().map(|part| part.band).collect();
        assert_eq!(bands, [2, 3, 1], "rows 130 to 190, and those around them after");
        let far = layout([1_000.0, 262_000.0], [1.0, 0.25]);
        assert_eq!(far.strides(), [1, 4]);
        assert!(far.parts(262_144, 4_096).iter().all(|part| part.band <= 262_143 / 256));
        assert!(
            layout([0.0, 0.0], [1.0, 1.0]).parts(1, 1).iter().all(|part| part.band == 0 && part.strip == 0)
        );
    }

    #[test]
    fn places_and_points_lead_to_each_other() {
        let of = layout([3.25, 200_000.5], [4.0, 20.0]);
        let at = pos2(of.x(77.0), of.y(200_011.0));
        assert!(
            of.place(at)
                .iter()
                .zip([77.0, 200_011.0])
                .all(|(found, expected)| (found - expected).abs() < 1e-3)
        );
    }
}
