//! What is written on the picture of the matrix: names of rows, numbers of columns, and the values themselves.

use std::collections::HashMap;

use egui::{
    Align2, Color32, FontFamily, FontId, Painter, Pos2, Rangef, Rect, Stroke, StrokeKind, Ui, pos2,
    text::LayoutJob, text::TextWrapping, vec2,
};

use super::canvas::{Layout, diverging, ink};
use super::heat::RULER;
use super::shown::Shown;
use crate::scene::view::RowOrder;
use crate::ui::theme::{self, Tones, size};
use crate::ui::widgets;

/// Numbers are written in cells of this size and larger.
const WRITTEN: [f32; 2] = [46.0, 15.0];

/// Names are written so far apart at least.
const LINE: f32 = 15.0;

/// The names of the rows, as many as can be read; of many small rows the marked ones come first.
pub fn names_of_rows(ui: &Ui, layout: &Layout, left: f32, shown: &Shown<'_>) {
    let gutter = Rect::from_min_max(
        pos2(left, layout.area.top()),
        pos2(layout.area.left() - 6.0, layout.area.bottom()),
    );
    let heading = ui.painter_at(gutter.with_min_y(gutter.top() - RULER));
    let font = FontId::proportional(size::SMALL - 1.0);
    let at = pos2(gutter.right(), layout.area.top() - 3.0);
    heading.text(at, Align2::RIGHT_BOTTOM, shown.heading(), font, theme::tones(ui).quiet);
    let painter = ui.painter_at(gutter.expand(2.0));
    let places = layout.rows(shown.rows());
    let step = (f64::from(LINE) / f64::from(layout.cell[1])).ceil().max(1.0) as usize;
    let marked = shown.strong().map(|row| shown.place_of(row));
    let regular = || (places.start.next_multiple_of(step)..places.end).step_by(step).take(200);
    // Rows that are seen in part have names where those of whole ones leave room.
    let is_whole = |place: &usize| {
        let top = layout.y(*place as f64);
        top >= gutter.top() - 0.5 && top + layout.cell[1] <= gutter.bottom() + 0.5
    };
    let cut = regular().filter(|place| !is_whole(place));
    let mut taken: Vec<f32> = Vec::new();
    let all = marked.filter(|place| places.contains(place)).chain(regular().filter(is_whole)).chain(cut);
    for place in all {
        let Some(y) = middle(layout, place, gutter) else { continue };
        if taken.iter().all(|other| (other - y).abs() >= LINE - 0.5) {
            taken.push(y);
            row_name(ui, &painter, gutter, y, (shown, shown.row_at(place)));
        }
    }
}

/// Where the name of a row stands: beside the middle of what is seen of it, as long as that is most of a line, and never out of
/// the picture, where half a name would be.
fn middle(layout: &Layout, place: usize, gutter: Rect) -> Option<f32> {
    let top = layout.y(place as f64);
    let seen = Rangef::new(top, top + layout.cell[1].max(1.0)).intersection(gutter.y_range());
    let half = LINE / 2.0 - 3.0;
    let room = (gutter.top() + half)..=(gutter.bottom() - half);
    let enough = seen.span() >= layout.cell[1].min(half);
    (enough && !room.is_empty()).then(|| seen.center().clamp(*room.start(), *room.end()))
}

fn row_name(ui: &Ui, painter: &Painter, gutter: Rect, y: f32, (shown, row): (&Shown<'_>, u32)) {
    let tones = theme::tones(ui);
    let strong = shown.chosen == Some(row);
    let color = if strong || shown.marked.contains(&row) { tones.accent } else { tones.text };
    let font =
        if strong { FontId::new(size::SMALL, theme::semibold()) } else { FontId::proportional(size::SMALL) };
    let line = Rect::from_x_y_ranges(gutter.x_range(), y - LINE / 2.0..=y + LINE / 2.0);
    name_and_number(painter, line, shown.matrix.names.shown(row), (font, color), shown.beside(row), &tones);
}

/// A name at the left of a line, cut to what room there is, and a number at its right.
pub fn name_and_number(
    painter: &Painter,
    line: Rect,
    name: String,
    (font, color): (FontId, Color32),
    number: String,
    tones: &Tones,
) {
    let small = FontId::new(size::SMALL - 1.0, FontFamily::Monospace);
    let number = painter.text(line.right_center(), Align2::RIGHT_CENTER, number, small, tones.quiet);
    let mut job = LayoutJob::simple_singleline(name, font, color);
    job.wrap = TextWrapping::truncate_at_width((number.left() - line.left() - 6.0).max(8.0));
    let name = painter.layout_job(job);
    painter.galley(pos2(line.left(), line.center().y - name.size().y / 2.0), name, color);
}

/// The numbers of the columns, above them.
pub fn ruler(ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
    let tones = theme::tones(ui);
    let wide = 44.0 / f64::from(layout.cell[0]);
    let steps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
    let step = steps.into_iter().find(|step| *step as f64 >= wide).unwrap_or(8192);
    let columns = layout.columns(shown.dims());
    let font = FontId::proportional(size::SMALL - 1.0);
    for place in (columns.start.next_multiple_of(step)..columns.end).step_by(step) {
        let x = layout.x(place as f64 + 0.5).max(layout.area.left() + 4.0);
        if x > layout.area.right() - 4.0 {
            continue;
        }
        let at = pos2(x, layout.area.top() - 3.0);
        ui.painter().text(at, Align2::CENTER_BOTTOM, place.to_string(), font.clone(), tones.quiet);
    }
    if shown.state.view().matrix.order == RowOrder::Column {
        let column = (shown.state.view().matrix.column as usize).min(shown.dims() - 1);
        let painter = ui.painter_at(layout.area.with_min_y(layout.area.top() - RULER));
        let rect = Rect::from_min_size(
            pos2(layout.x(column as f64), layout.area.top() - 2.0),
            vec2(layout.cell[0].max(2.0), layout.area.height() + 2.0),
        );
        painter.rect_stroke(rect, 0.0, Stroke::new(1.5, tones.accent), StrokeKind::Outside);
    }
}

/// The rows of the sentence and the chosen one, in their places.
pub fn marks(ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
    let tones = theme::tones(ui);
    let painter = ui.painter_at(layout.area);
    let end = layout.x(shown.dims() as f64).min(layout.area.right());
    let height = layout.cell[1].max(2.0);
    for row in shown.strong() {
        let y = layout.y(shown.place_of(row) as f64);
        if y + height < layout.area.top() || y > layout.area.bottom() {
            continue;
        }
        let rect = Rect::from_min_max(pos2(layout.area.left(), y), pos2(end, y + height));
        // The chosen one is told from those of the sentence, and that from the one that was just copied.
        let stroke = match Some(row) {
            row if row == shown.chosen => Stroke::new(2.0, tones.text),
            row if row == shown.newest => Stroke::new(2.0, tones.accent),
            _ => Stroke::new(1.0, tones.accent),
        };
        painter.rect_stroke(rect, 1.0, stroke, StrokeKind::Inside);
    }
}

/// The numbers themselves, where cells are large enough to hold them.
#[derive(Default)]
pub struct Numbers {
    /// The rows that were in sight, widened: the whole of one is read at a time.
    rows: HashMap<u32, Vec<f32>>,
    /// Of which picture they are.
    of: u32,
}

impl Numbers {
    /// Writes the numbers that are in sight.
    pub fn show(&mut self, ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
        let picture = shown.state.derived().lookup().picture();
        if self.of != picture.generation() {
            (self.of, self.rows) = (picture.generation(), HashMap::new());
        }
        if !are_legible(layout) {
            self.rows.clear();
            return;
        }
        let painter = ui.painter_at(layout.area);
        let places = layout.rows(shown.rows());
        let full = picture.full().unwrap_or(1.0);
        let seen: Vec<u32> = places.clone().map(|place| shown.row_at(place)).collect();
        self.rows.retain(|row, _| seen.contains(row));
        for (place, row) in places.zip(seen) {
            let widened = || shown.matrix.table().row_as_stored(row as usize).into_owned();
            let values = self.rows.entry(row).or_insert_with(widened);
            write_row(ui, &painter, layout, (place, values), full);
        }
    }
}

/// Whether cells are large enough to hold their numbers.
pub fn are_legible(layout: &Layout) -> bool {
    layout.cell[0] >= WRITTEN[0] && layout.cell[1] >= WRITTEN[1]
}

/// Writes the numbers of a row that are in sight into their cells.
pub fn write_row(ui: &Ui, painter: &Painter, layout: &Layout, (place, values): (usize, &[f32]), full: f32) {
    let tones = theme::tones(ui);
    let sides = layout.area.expand(2.0).x_range();
    // The part of a number that is left of a cut cell would be another number.
    let is_whole = |column: &usize| {
        let [left, right] = [*column, *column + 1].map(|edge| layout.x(edge as f64));
        sides.contains(left) && sides.contains(right)
    };
    for column in layout.columns(values.len()).filter(is_whole) {
        let at = pos2(layout.x(column as f64 + 0.5), layout.y(place as f64 + 0.5));
        let color = ink(diverging(values[column] / full, &tones), &tones);
        let font = FontId::new(size::SMALL - 1.0, FontFamily::Monospace);
        painter.text(at, Align2::CENTER_CENTER, widgets::decimals(values[column]), font, color);
    }
}

/// What a single number is, written beside its cell: where the keyboard reads.
pub fn reading(ui: &Ui, layout: &Layout, cell: Rect, text: &str) {
    let tones = theme::tones(ui);
    let painter = ui.painter();
    painter.with_clip_rect(layout.area).rect_stroke(
        cell.expand(1.0),
        1.0,
        Stroke::new(2.0, tones.text),
        StrokeKind::Outside,
    );
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(size::BODY), tones.text);
    let room = galley.size() + vec2(12.0, 6.0);
    let below = cell.bottom() + 4.0 + room.y <= layout.area.bottom();
    let y = if below { cell.bottom() + 4.0 } else { cell.top() - 4.0 - room.y };
    let x = cell.center().x.min(layout.area.right() - room.x).max(layout.area.left());
    let rect = Rect::from_min_size(Pos2::new(x, y), room);
    painter.rect(rect, 5.0, tones.panel, Stroke::new(1.0, tones.line), StrokeKind::Inside);
    painter.galley(rect.min + vec2(6.0, 3.0), galley, tones.text);
}
