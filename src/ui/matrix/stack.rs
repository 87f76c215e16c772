//! The rows that were copied out of the matrix, one under the other, in line with its columns.

use std::sync::Arc;

use egui::{FontId, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::canvas::{Layout, TablePicture, diverging};
use super::go_to;
use super::labels::{self, name_and_number};
use super::shown::Shown;
use crate::app::lookup::Stack;
use crate::ui::theme::{self, size};
use crate::ui::{Outbox, focus, widgets};
use crate::vectors::Table;

/// How high a row of the stack is.
const HEIGHT: f32 = 18.0;

/// How long a row flies from its place to the stack, in seconds.
const FLIGHT: f32 = 0.3;

/// The rows, and what is remembered from frame to frame.
#[derive(Default)]
pub struct Stacked {
    picture: TablePicture,
    /// The stack that was drawn last.
    drawn: Option<Arc<Stack>>,
    /// How many rows were copied when it was last drawn.
    copied: Option<usize>,
}

/// How much room a stack takes of what there is, however many rows it has: nothing above it jumps while one types.
pub fn height(room: f32) -> f32 {
    let rows = (room * 0.27 / HEIGHT).floor().max(6.0).min((room * 0.4 / HEIGHT).floor());
    rows.max(1.0) * HEIGHT
}

impl Stacked {
    /// Shows the first `copied` rows of the stack; `layout` is that of the matrix above.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        shown: &Shown<'_>,
        stack: &Arc<Stack>,
        copied: usize,
        layout: Option<&Layout>,
        out: &mut Outbox,
    ) {
        let Some(above) = layout else { return };
        // Until it is known how large numbers are there are no colors for them.
        let Some(full) = shown.state.derived().lookup().picture().full() else { return };
        if self.drawn.as_ref().is_none_or(|known| !Arc::ptr_eq(known, stack)) {
            (self.drawn, self.copied) = (Some(Arc::clone(stack)), None);
        }
        let tones = theme::tones(ui);
        let newest = self.flight(ui, copied, shown.state.settings().reduce_motion);
        let (picture, Some(table)) = (&mut self.picture, &stack.table) else {
            if !stack.entries.is_empty() {
                widgets::hint(ui, "No part of this text has a row here.");
            }
            return;
        };
        let list = ScrollArea::vertical().id_salt("stack").auto_shrink(false).stick_to_bottom(true);
        let add = |ui: &mut Ui| {
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT * copied as f32), Sense::hover());
            let area = Rect::from_x_y_ranges(above.area.x_range(), rect.y_range());
            let layout = Layout { area, first: [above.first[0], 0.0], cell: [above.cell[0], HEIGHT] };
            // What is scrolled out of sight is not drawn.
            let sight = area.intersect(ui.clip_rect());
            let from = f64::from((sight.top() - area.top()) / HEIGHT);
            let seen = Layout { area: sight, first: [above.first[0], from], ..layout };
            let painter = ui.painter_at(sight);
            if sight.is_positive() {
                picture.show(ui, &painter, &seen, table, full);
            }
            if labels::are_legible(&layout) {
                for place in seen.rows(copied) {
                    labels::write_row(ui, &painter, &layout, (place, &table.row_as_stored(place)), full);
                }
            }
            if let Some(at) = response.hover_pos().filter(|at| area.contains(*at)) {
                let [column, place] = layout.place(at).map(|place| place as usize);
                if column < table.dims() && place < copied {
                    told(&response, stack, table, (place, column));
                }
            }
            // Rows that are scrolled out of sight are there for the keyboard too.
            for (place, (entry, row)) in stack.found().enumerate().take(copied) {
                let line = Rect::from_min_size(
                    pos2(rect.left(), layout.y(place as f64)),
                    vec2(area.left() - rect.left(), HEIGHT),
                );
                if name(ui, line, place, (&entry.text, row), &tones) {
                    go_to(shown.state, shown.matrix, row, out);
                }
            }
            // A row that has just been copied is not there before it has come.
            if let Some((place, way)) = newest.filter(|(_, way)| *way < 1.0)
                && let Some((_, row)) = stack.found().nth(place)
            {
                let to = layout.y(place as f64);
                let from = above.y(shown.place_of(row) as f64);
                let hidden = Rect::from_x_y_ranges(area.x_range(), to..=to + HEIGHT);
                painter.rect_filled(hidden, 0.0, tones.panel);
                fly(ui, &table.row(place), above, full, from + (to - from) * way);
            }
        };
        list.show(ui, |ui| focus::followed(ui, add));
    }

    /// Which row is on its way, and how far it has come, 0 to 1.
    fn flight(&mut self, ui: &Ui, copied: usize, still: bool) -> Option<(usize, f32)> {
        let id = egui::Id::unique("flying row");
        let before = self.copied.replace(copied);
        let begins = before.is_some_and(|before| copied == before + 1) && !still;
        if begins {
            ui.ctx().animate_value_with_time(id, 0.0, 0.0);
        } else if before != Some(copied) {
            ui.ctx().animate_value_with_time(id, 1.0, 0.0);
        }
        let way = if begins { 0.0 } else { ui.ctx().animate_value_with_time(id, 1.0, FLIGHT) };
        if begins {
            ui.ctx().request_repaint();
        }
        // Slower toward both ends.
        let eased = way * way * (3.0 - 2.0 * way);
        copied.checked_sub(1).map(|place| (place, eased))
    }
}

/// What is known of the number under the pointer.
fn told(response: &egui::Response, stack: &Stack, table: &Table, (place, column): (usize, usize)) {
    let Some((entry, row)) = stack.found().nth(place) else { return };
    response.clone().on_hover_ui_at_pointer(|ui| {
        ui.label(format!("{} · row {row} · column {column}", entry.text));
        ui.label(egui::RichText::new(widgets::exact(table.row_as_stored(place)[column])).monospace());
    });
}

/// The name of a row, which leads to it. Says whether it was clicked.
fn name(ui: &Ui, line: Rect, place: usize, (text, row): (&str, u32), tones: &theme::Tones) -> bool {
    let response = ui.interact(line, egui::Id::unique(("copied row", place)), Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Copied row {place}: {text}, {row}"))
    });
    if !ui.is_rect_visible(line) {
        return response.clicked();
    }
    let color = if response.hovered() || response.has_focus() { tones.accent } else { tones.text };
    let line = line.with_max_x(line.right() - 6.0);
    name_and_number(
        ui.painter(),
        line,
        text.to_owned(),
        (FontId::proportional(size::SMALL), color),
        row.to_string(),
        tones,
    );
    response.clicked()
}

/// A row on its way, over everything.
fn fly(ui: &Ui, values: &[f32], above: &Layout, full: f32, top: f32) {
    let tones = theme::tones(ui);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("flying row"));
    let painter = ui.ctx().layer_painter(layer);
    let columns = above.columns(values.len());
    let step = (columns.len() / 600).max(1);
    let mut mesh = egui::Mesh::default();
    for column in columns.clone().step_by(step) {
        let (left, right) = (above.x(column as f64), above.x((column + step).min(columns.end) as f64));
        let rect = Rect::from_min_max(
            pos2(left.max(above.area.left()), top),
            pos2(right.min(above.area.right()), top + HEIGHT),
        );
        mesh.add_colored_rect(rect, diverging(values[column] / full, &tones));
    }
    painter.add(mesh);
    let end = above.x(values.len() as f64).min(above.area.right());
    let rect = Rect::from_min_max(pos2(above.area.left(), top), pos2(end, top + HEIGHT));
    painter.rect_stroke(rect, 1.0, egui::Stroke::new(2.0, tones.accent), egui::StrokeKind::Outside);
}
