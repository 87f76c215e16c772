//! The matrix, and the rows that a sentence picks out of it, copied one after the other.

use std::sync::Arc;

use egui::{Align, Layout as Flow, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use super::canvas::Layout;
use super::heat::{Heat, Shown};
use super::stack::Stacked;
use super::{change, go_to};
use crate::app::State;
use crate::app::lookup::{Entry, Matrix, Stack};
use crate::scene::view::MatrixFrame;
use crate::scene::{Command, WindowRequest};
use crate::ui::theme::{self, size, space};
use crate::ui::tokens::text_field::TextField;
use crate::ui::widgets::player::Player;
use crate::ui::{Outbox, focus, widgets};

/// The pictures get no lower than this together.
const LEAST: f32 = 340.0;

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: TextField,
    heat: Heat,
    stacked: Stacked,
    player: Player,
}

impl Room {
    /// Shows the sentence, the matrix, and the rows that are copied out.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        self.field.show(ui, state, 1, out);
        let stack = state.derived().lookup().stack();
        let Some(stack) = stack else {
            widgets::hint(ui, "Looking the rows up …");
            return;
        };
        ui.horizontal(|ui| {
            ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                ui.menu_button("Copy or save", |ui| take_along(ui, stack, matrix, out));
                ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
                    sentence(ui, state, matrix, stack, out);
                });
            });
        });
        let count = stack.entries.iter().filter(|entry| entry.row.is_some()).count();
        let copied = state.view().matrix.copied.map_or(count, |copied| (copied as usize).min(count));
        if ui.available_height() >= LEAST {
            self.pictures(ui, state, matrix, stack, (copied, count), out);
            return;
        }
        // In a low window one scrolls from the matrix to the rows below it.
        ScrollArea::vertical().id_salt("low").auto_shrink(false).show(ui, |ui| {
            ui.allocate_ui(vec2(ui.available_width(), LEAST), |ui| {
                ui.set_height(LEAST);
                self.pictures(ui, state, matrix, stack, (copied, count), out);
            });
        });
    }

    /// The matrix, and under it what is copied out.
    fn pictures(
        &mut self,
        ui: &mut Ui,
        state: &State,
        matrix: &Matrix,
        stack: &Arc<Stack>,
        (copied, count): (usize, usize),
        out: &mut Outbox,
    ) {
        let below = self.stacked.height(copied, count, ui.available_height());
        let whole = ui.available_rect_before_wrap();
        let split = whole.bottom() - below - 34.0;
        let above = Rect::from_min_max(whole.min, egui::pos2(whole.right(), split - space::S));
        let under = Rect::from_min_max(egui::pos2(whole.left(), split), whole.max);
        let marked: Vec<u32> = stack.entries.iter().filter_map(|entry| entry.row).collect();
        let shown = Shown { state, matrix, marked: &marked };
        let mut top = ui.new_child(UiBuilder::new().max_rect(above));
        self.heat.show(&mut top, &shown, out);
        let mut bottom = ui.new_child(UiBuilder::new().max_rect(under));
        self.controls(&mut bottom, &shown, (copied, count), stack, out);
        self.stacked.show(&mut bottom, &shown, stack, copied, self.heat.layout.as_ref(), out);
        ui.advance_cursor_after_rect(whole);
    }

    /// Where the numbers of the matrix were drawn last.
    pub fn layout(&self) -> Option<Layout> {
        self.heat.layout
    }

    /// How far the rows are copied out, and ways to take them along.
    fn controls(
        &mut self,
        ui: &mut Ui,
        shown: &Shown<'_>,
        (copied, count): (usize, usize),
        stack: &Stack,
        out: &mut Outbox,
    ) {
        let (state, matrix) = (shown.state, shown.matrix);
        ui.horizontal(|ui| {
            let dims = matrix.table().dims();
            let title = format!("{copied} × {dims}");
            ui.label(RichText::new(title).font(egui::FontId::new(size::LARGE, theme::semibold())))
                .on_hover_text("n × d: a row for each token, one under the other. A model adds its special tokens and positions, and has nothing else to begin with.");
            let still = state.settings().reduce_motion;
            let step = self.player.show(ui, copied, count, still);
            if step != copied {
                self.copy_to(state, shown, stack, step, count, out);
            }
            if ui.available_width() > 260.0 {
                widgets::hint(ui, "Press Start, then Next: row by row.");
            }
        });
    }

    /// Copies so many rows out. The last of them comes into view first, so that one sees where it is taken from.
    fn copy_to(
        &mut self,
        state: &State,
        shown: &Shown<'_>,
        stack: &Stack,
        step: usize,
        count: usize,
        out: &mut Outbox,
    ) {
        let last = stack.entries.iter().filter_map(|entry| entry.row).nth(step.saturating_sub(1));
        let place = last.filter(|_| step > 0).map(|row| shown.place_of(row));
        let in_view = |place: usize| {
            self.heat.layout.is_some_and(|layout| {
                let first = layout.first[1];
                (first..first + layout.room()[1] - 1.0).contains(&(place as f64))
            })
        };
        change(state, out, |matrix| {
            matrix.copied = (step < count).then_some(step as u32);
            if let Some(place) = place.filter(|place| !in_view(*place)) {
                let height = matrix.frame.height.max(MatrixFrame::default().height / 2.0);
                matrix.frame = MatrixFrame { row: place as f64 + 0.5, height, ..matrix.frame };
            }
        });
    }
}

/// The sentence as tokens with their IDs; each leads to its row.
pub fn sentence(ui: &mut Ui, state: &State, matrix: &Matrix, stack: &Stack, out: &mut Outbox) {
    let tones = theme::tones(ui);
    let chosen = state.derived().lookup().chosen();
    ScrollArea::horizontal().id_salt("sentence").auto_shrink([false, true]).show(ui, |ui| {
        focus::followed(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                for (index, entry) in stack.entries.iter().enumerate() {
                    let number = entry.id.or(entry.row).map_or("no row".to_owned(), |id| id.to_string());
                    let mut job = egui::text::LayoutJob::default();
                    let on = entry.row.is_some() && entry.row == chosen;
                    let (text, quiet) =
                        if on { (tones.on_accent, tones.on_accent) } else { (tones.text, tones.quiet) };
                    let format =
                        |font, color| egui::TextFormat { font_id: font, color, ..Default::default() };
                    job.append(&entry.text, 0.0, format(egui::FontId::proportional(size::BODY), text));
                    job.append(&number, 6.0, format(egui::FontId::monospace(size::SMALL - 1.0), quiet));
                    let button = egui::Button::new(job).fill(if on { tones.accent } else { tones.well });
                    let button = ui.push_id(index, |ui| ui.add_enabled(entry.row.is_some(), button)).inner;
                    let about = "The token and its ID: the number of its row. Click it to see the row.";
                    let button = button.on_disabled_hover_text("This matrix has no row for it.");
                    if button.on_hover_text(about).clicked()
                        && let Some(row) = entry.row
                    {
                        go_to(state, matrix, row, out);
                    }
                }
                if stack.is_cut {
                    widgets::hint(ui, "… the beginning of the text");
                }
                if stack.entries.is_empty() {
                    widgets::hint(ui, "Type a text above: each of its tokens picks a row.");
                }
            })
        });
    });
}

/// More numbers are not written to the clipboard within a frame.
const MOST_COPIED: usize = 100_000;

fn take_along(ui: &mut Ui, stack: &Stack, matrix: &Matrix, out: &mut Outbox) {
    let few = stack.entries.len() * matrix.table().dims() <= MOST_COPIED;
    let copy = ui
        .add_enabled(few, egui::Button::new("Copy the rows"))
        .on_hover_text("Put the n × d numbers on the clipboard: a row a line, its token first")
        .on_disabled_hover_text("These are too many numbers for the clipboard: save them instead");
    if copy.clicked() {
        let line = |entry: &Entry| {
            let row = matrix.table().row(entry.row? as usize);
            let numbers: Vec<String> = row.iter().map(ToString::to_string).collect();
            Some(format!("{}\t{}", entry.text, numbers.join("\t")))
        };
        let lines: Vec<String> = stack.entries.iter().filter_map(line).collect();
        ui.ctx().copy_text(lines.join("\n"));
        ui.close();
    }
    if ui
        .button("Save the rows as…")
        .on_hover_text("Write the n × d numbers to a file: npy, safetensors, TSV, Parquet or word2vec")
        .clicked()
    {
        out.send(Command::Window(WindowRequest::SaveRows));
        ui.close();
    }
}
