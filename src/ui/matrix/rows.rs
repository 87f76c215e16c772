//! The matrix, and the rows that a sentence picks out of it, copied one after the other.

use std::sync::Arc;

use egui::{Align, FontId, Layout as Flow, Rect, RichText, ScrollArea, TextStyle, Ui, UiBuilder, vec2};

use super::canvas::Layout;
use super::heat::Heat;
use super::sentence::Sentence;
use super::shown::Shown;
use super::stack::{self, Stacked};
use super::{change, side};
use crate::app::State;
use crate::app::lookup::{Matrix, Stack};
use crate::scene::view::MatrixFrame;
use crate::scene::{Command, WindowRequest};
use crate::ui::theme::{self, size, space};
use crate::ui::tokens::text_field::TextField;
use crate::ui::widgets::player::Player;
use crate::ui::{Outbox, focus, widgets};

/// How high what is between both pictures is where it takes a single line.
const CONTROLS: f32 = 34.0;

/// The pictures get no lower than this together.
const LEAST: f32 = 250.0;

/// How much room there is for the shape of what was copied.
const SHAPE: f32 = 84.0;

/// How much room the buttons of the steps take, and the rail beside them.
const BUTTONS: f32 = 330.0;

/// How wide the key of the colors is.
const KEY: f32 = 160.0;

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: TextField,
    sentence: Sentence,
    heat: Heat,
    stacked: Stacked,
    player: Player,
    /// How high what is between both pictures was.
    controls: f32,
}

impl Room {
    /// Shows the sentence, the matrix, and the rows that are copied out.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        // The matrix is there before the rows are looked up.
        let nothing = Arc::default();
        let found = state.derived().lookup().stack();
        let stack = found.unwrap_or(&nothing);
        let count = stack.found().count();
        let copied = state.view().matrix.copied.map_or(count, |copied| (copied as usize).min(count));
        ui.horizontal_top(|ui| {
            let name = "Copy or save";
            let wide = widgets::text_width(ui, name, &TextStyle::Button);
            let beside = wide + 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
            ui.vertical(|ui| {
                ui.set_max_width((ui.available_width() - beside).max(60.0));
                self.field.show(ui, state, 1, out);
            });
            ui.add_enabled_ui(count > 0, |ui| {
                ui.menu_button(name, |ui| take_along(ui, stack, matrix, out));
            });
        });
        match found {
            Some(stack) => self.sentence.show(ui, state, matrix, (stack, copied), out),
            None => super::waits(ui, state, "Looking the rows up …"),
        }
        let least = LEAST + self.controls.max(CONTROLS) - CONTROLS;
        if ui.available_height() >= least {
            self.pictures(ui, state, matrix, stack, (copied, count), out);
            return;
        }
        // In a low window one scrolls from the matrix to the rows below it.
        ScrollArea::vertical().id_salt("low").auto_shrink(false).show(ui, |ui| {
            focus::followed(ui, |ui| {
                ui.allocate_ui(vec2(ui.available_width(), least), |ui| {
                    ui.set_height(least);
                    self.pictures(ui, state, matrix, stack, (copied, count), out);
                });
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
        let below = stack::height(ui.available_height());
        let whole = ui.available_rect_before_wrap();
        let split = whole.bottom() - below - self.controls.max(CONTROLS);
        let above = Rect::from_min_max(whole.min, egui::pos2(whole.right(), split - space::S));
        let under = Rect::from_min_max(egui::pos2(whole.left(), split), whole.max);
        let marked: Vec<u32> = stack.found().map(|(_, row)| row).collect();
        let newest = copied.checked_sub(1).filter(|_| copied < count).map(|last| marked[last]);
        let shown = Shown::new(state, matrix, marked, newest);
        let mut top = ui.new_child(UiBuilder::new().max_rect(above));
        self.heat.show(&mut top, &shown, out);
        let mut bottom = ui.new_child(UiBuilder::new().max_rect(under));
        self.steps(&mut bottom, &shown, (stack, copied), out);
        self.controls = bottom.min_rect().height() + bottom.spacing().item_spacing.y;
        self.stacked.show(&mut bottom, &shown, stack, copied, self.heat.layout.as_ref(), out);
        ui.advance_cursor_after_rect(whole);
    }

    /// Where the numbers of the matrix were drawn last.
    pub fn layout(&self) -> Option<Layout> {
        self.heat.layout
    }

    /// How far the rows are copied out.
    fn steps(&mut self, ui: &mut Ui, shown: &Shown<'_>, (stack, copied): (&Stack, usize), out: &mut Outbox) {
        let shape = |ui: &mut Ui| shape(ui, shown, copied);
        // In a narrow window the buttons have a line of their own.
        if ui.available_width() < SHAPE + BUTTONS {
            ui.horizontal(shape);
            self.play(ui, shown, (stack, copied), out);
        } else {
            ui.horizontal(|ui| {
                shape(ui);
                self.play(ui, shown, (stack, copied), out);
                if stack.is_cut && ui.available_width() > 110.0 {
                    widgets::term(
                        ui,
                        "the beginning",
                        "No more rows of a long text are copied out than these.",
                    );
                } else if !stack.is_cut && stack.table.is_some() && ui.available_width() > 260.0 {
                    widgets::hint(ui, "Press Start, then Next: row by row.");
                }
            });
        }
    }

    /// The steps from no row to all of them.
    fn play(&mut self, ui: &mut Ui, shown: &Shown<'_>, (stack, copied): (&Stack, usize), out: &mut Outbox) {
        let count = stack.found().count();
        let still = shown.state.settings().reduce_motion;
        let step = self.player.show(ui, copied, count, still);
        if step != copied {
            self.copy_to(shown, step, count, out);
        }
    }

    /// Copies so many rows out. The last of them comes into view first, so that one sees where it is taken from.
    fn copy_to(&self, shown: &Shown<'_>, step: usize, count: usize, out: &mut Outbox) {
        let last = step.checked_sub(1).and_then(|last| shown.marked.get(last));
        let place = last.map(|row| shown.place_of(*row));
        let in_view = |place: usize| self.heat.layout.is_some_and(|layout| layout.shows_row(place));
        change(shown.state, out, |matrix| {
            matrix.copied = (step < count).then_some(step as u32);
            if let Some(place) = place.filter(|place| !in_view(*place)) {
                let height = matrix.frame.height.max(MatrixFrame::default().height / 2.0);
                matrix.frame = MatrixFrame { row: place as f64 + 0.5, height, ..matrix.frame };
            }
        });
    }
}

/// The shape of what was copied, and the colors where nothing on the left tells them.
fn shape(ui: &mut Ui, shown: &Shown<'_>, copied: usize) {
    let dims = widgets::thousands(shown.dims() as u64);
    let title = RichText::new(format!("{copied} × {dims}")).font(FontId::new(size::LARGE, theme::semibold()));
    // What stands beside it stays where it is, however many rows there are.
    let room = vec2(SHAPE, ui.spacing().interact_size.y);
    let title = ui.allocate_ui_with_layout(room, Flow::left_to_right(Align::Center), |ui| {
        ui.set_min_width(SHAPE);
        ui.label(title)
    });
    title.inner.on_hover_text(
        "n × d: a row for each token, one under the other. A model adds its special tokens and positions, and has nothing else to begin \
         with.",
    );
    let panels = shown.state.view().panels;
    let told = panels.left && !panels.presentation;
    if !told && ui.available_width() > KEY {
        ui.allocate_ui_with_layout(vec2(KEY, 0.0), Flow::top_down(Align::LEFT), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            side::color_key(ui, shown.state);
        });
        ui.add_space(space::S);
    }
}

/// More numbers are not written to the clipboard within a frame.
const MOST_COPIED: usize = 100_000;

fn take_along(ui: &mut Ui, stack: &Stack, matrix: &Matrix, out: &mut Outbox) {
    let (count, dims) = (stack.found().count(), matrix.table().dims());
    let size = format!("{count} × {dims}");
    let copy = ui
        .add_enabled(count * dims <= MOST_COPIED, egui::Button::new("Copy the rows"))
        .on_hover_text(format!("Put all {size} numbers on the clipboard: a row a line, its token first"))
        .on_disabled_hover_text("These are too many numbers for the clipboard: save them instead");
    if copy.clicked() {
        ui.ctx().copy_text(stack.to_text());
        ui.close();
    }
    if ui
        .button("Save the rows as…")
        .on_hover_text(format!(
            "Write all {size} numbers to a file: npy, safetensors, TSV, Parquet or word2vec"
        ))
        .clicked()
    {
        out.send(Command::Window(WindowRequest::SaveRows));
        ui.close();
    }
}
