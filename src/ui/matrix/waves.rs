//! The vectors of positions as a picture, one under the other, with the lengths of their waves.

use std::sync::Arc;

use egui::{Align2, FontId, Key, Modifiers, Rect, Response, RichText, Sense, Ui, pos2, vec2};

use super::canvas::{Layout, TablePicture};
use super::labels;
use crate::lookup::positions::{BASE, wave_length};
use crate::scene::view::PositionKind;
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, size};
use crate::ui::widgets;
use crate::vectors::Table;

/// How high the picture is, and how much room the wave lengths have below it.
const HIGH: f32 = 256.0;
const LENGTHS: f32 = 20.0;

/// What the picture remembers from frame to frame.
#[derive(Default)]
pub struct Waves {
    picture: TablePicture,
    /// The column and the position that the keyboard reads, once it does.
    cursor: Option<[usize; 2]>,
}

impl Waves {
    /// Shows the picture of a table of positions, in which `full` gets the full color.
    pub fn show(&mut self, ui: &mut Ui, table: &Arc<Table>, kind: PositionKind, full: f32) {
        let learned = kind == PositionKind::Learned;
        widgets::heading(ui, if learned { "The learned positions" } else { "The positions as waves" });
        let (rows, dims) = (table.rows(), table.dims());
        let size = vec2(ui.available_width(), if learned { HIGH } else { HIGH + LENGTHS });
        let (whole, response) = ui.allocate_exact_size(size, Sense::focusable_noninteractive());
        let area = Rect::from_min_size(whole.min, vec2(whole.width(), HIGH));
        if area.width() < 16.0 {
            return;
        }
        let cell = [even(area.width() / dims as f32, ui.ctx().pixels_per_point()), HIGH / rows as f32];
        let layout = Layout { area, first: [0.0, 0.0], cell };
        self.picture.show(ui, &ui.painter_at(area), &layout, table, full);
        if !learned {
            lengths(ui, &layout, dims);
        }
        self.read(ui, &response, &layout, table);
        let read = self.cursor.map_or(String::new(), |[column, position]| {
            let value = widgets::exact(table.row_as_stored(position)[column]);
            format!(". Position {position}, column {column}: {value}")
        });
        let last = widgets::thousands(rows as u64 - 1);
        response.widget_info(|| {
            let name = format!("Vectors of positions 0 to {last}, {dims} numbers each{read}");
            egui::WidgetInfo::labeled(egui::Role::Image, true, name)
        });
        hovered(response, &layout, table, learned);
        for (stride, what) in layout.strides().into_iter().zip(["column", "position"]) {
            if stride > 1 {
                widgets::hint(ui, &format!("One {what} of {stride} is drawn."));
            }
        }
        widgets::hint(ui, &about(rows, dims, learned));
    }

    /// Arrow keys go from number to number.
    fn read(&mut self, ui: &Ui, response: &Response, layout: &Layout, table: &Table) {
        // Other positions may have taken the place of those that were read, fewer or narrower.
        let is_there = |[column, position]: &[usize; 2]| *column < table.dims() && *position < table.rows();
        self.cursor = self.cursor.filter(|at| response.has_focus() && is_there(at));
        if !response.has_focus() {
            return;
        }
        focus::keep_arrows(ui, response, Arrows::All);
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let along = |back, on| isize::from(pressed(on)) - isize::from(pressed(back));
        let by = [along(Key::ArrowLeft, Key::ArrowRight), along(Key::ArrowUp, Key::ArrowDown)];
        if by != [0, 0] {
            let last = [table.dims() - 1, table.rows() - 1];
            let moved = |axis: usize| {
                self.cursor.map_or(0, |at| at[axis].saturating_add_signed(by[axis]).min(last[axis]))
            };
            self.cursor = Some([moved(0), moved(1)]);
        }
        let Some([column, position]) = self.cursor else { return };
        let at = pos2(layout.x(column as f64), layout.y(position as f64));
        let cell = Rect::from_min_size(at, vec2(layout.cell[0].max(2.0), layout.cell[1].max(2.0)));
        let value = widgets::exact(table.row_as_stored(position)[column]);
        labels::reading(ui, layout, cell, &format!("position {position}, column {column}: {value}"));
    }
}

/// How wide a column is so that all that are drawn are equally wide on the screen, of which a point has so many pixels: of others
/// some would be wider, which looks like waves that are not there. No wider than `wide`.
fn even(wide: f32, pixels: f32) -> f32 {
    if wide >= 1.0 {
        return (wide * pixels).floor() / pixels;
    }
    // Of as many columns as share a point one is drawn: so that it is as wide as the layout takes one to be.
    let [least, most] = [pixels.ceil(), (2.0 * pixels).ceil() - 1.0];
    let strides = (1..16).map(|power| f32::from(1_u16 << power));
    let found = strides.map(|stride| ((wide * stride * pixels).floor().min(most), stride));
    let found = found.into_iter().find(|(drawn, _)| *drawn >= least);
    found.map_or(wide, |(drawn, stride)| drawn / pixels / stride)
}

/// After how many positions some of the waves come round, under their columns.
fn lengths(ui: &Ui, layout: &Layout, dims: usize) {
    let font = FontId::proportional(size::SMALL - 1.0);
    let mut pairs: Vec<usize> = (0..8).map(|part| dims.div_ceil(2) * part / 8).collect();
    pairs.dedup();
    for pair in pairs {
        let text = widgets::significant(wave_length(pair, dims, BASE));
        let at = pos2(layout.x(2.0 * pair as f64) + 2.0, layout.area.bottom() + 3.0);
        let color = theme::tones(ui).quiet;
        ui.painter().text(at, Align2::LEFT_TOP, format!("λ {text}"), font.clone(), color);
    }
}

/// The number under the pointer.
fn hovered(response: Response, layout: &Layout, table: &Table, learned: bool) {
    let Some(at) = response.hover_pos().filter(|at| layout.area.contains(*at)) else { return };
    let [column, position] = layout.place(at).map(|place| place as usize);
    let (column, position) = (column.min(table.dims() - 1), position.min(table.rows() - 1));
    let value = widgets::exact(table.row_as_stored(position)[column]);
    response.on_hover_ui_at_pointer(|ui| {
        ui.label(format!("position {position} · column {column}"));
        ui.label(RichText::new(value).monospace());
        if !learned {
            let length = widgets::significant(wave_length(column / 2, table.dims(), BASE));
            widgets::hint(ui, &format!("Its wave comes round every {length} positions."));
        }
    });
}

fn about(rows: usize, dims: usize, learned: bool) -> String {
    if learned {
        return format!(
            "{} positions, from the top; learned like any other weights, so no position beyond the last has a vector.",
            widgets::thousands(rows as u64)
        );
    }
    format!(
        "The first {rows} positions, from the top. Two columns share a wave, a sine and a cosine; λ is after how many positions it comes round, from 2π for the first pair to {} for the last.",
        widgets::significant(wave_length((dims - 1) / 2, dims, BASE))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_columns_that_are_drawn_are_equally_wide(
            wide in 0.002_f32..9.0,
            pixels in prop::sample::select(vec![1.0_f32, 1.25, 1.5, 2.0, 3.0]),
        ) {
            let even = even(wide, pixels);
            let area = Rect::from_min_size(egui::Pos2::ZERO, vec2(600.0, 100.0));
            let [stride, _] = Layout { area, first: [0.0, 0.0], cell: [even, 1.0] }.strides();
            let drawn = even * stride as f32 * pixels;
            prop_assert!(even <= wide && (drawn - drawn.round()).abs() < 1e-3, "{even} {stride} {drawn}");
        }
    }
}
