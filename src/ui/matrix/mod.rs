//! The page for the lookup matrix: IDs become rows, and what becomes of rows.

mod bars;
pub mod canvas;
mod columns;
mod heat;
mod ids;
mod labels;
mod one_hot;
mod position;
mod rows;
mod sentence;
mod shown;
mod side;
mod stack;
mod turning;
mod waves;
mod weight;

use egui::{ScrollArea, Ui, vec2};

use super::theme::space;
use super::{Outbox, focus, widgets};
use crate::app::State;
use crate::app::lookup::Matrix;
use crate::scene::Command;
use crate::scene::view::{ChosenToken, MatrixRoom, MatrixView, SelectHow};

/// The rooms of the page.
const ROOMS: [(MatrixRoom, &str, &str); 6] = [
    (MatrixRoom::Rows, "Rows", "The whole matrix, and the rows that a sentence picks out of it."),
    (MatrixRoom::OneHot, "One-hot", "The same lookup as a product, on a small vocabulary of your own."),
    (MatrixRoom::Weight, "Weight", "How many numbers and bytes a matrix is, and how much of a model."),
    (MatrixRoom::Ids, "IDs", "Neighbors by number against neighbors by meaning."),
    (MatrixRoom::Position, "Position", "What positions add to rows, so that the order of words counts."),
    (MatrixRoom::Columns, "Columns", "What a single column means, against a direction that has a name."),
];

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct MatrixPage {
    rows: rows::Room,
    one_hot: one_hot::Room,
    ids: ids::Room,
    position: position::Room,
    columns: columns::Room,
    find: side::Find,
    /// Where the page was drawn.
    place: Option<egui::Rect>,
}

impl MatrixPage {
    /// Shows the room that one is in, and the doors to the others.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        self.place = Some(ui.available_rect_before_wrap());
        let inner = ui.available_rect_before_wrap().shrink2(vec2(space::L, space::S));
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner));
        let ui = &mut ui;
        let room = state.view().matrix.room;
        if let Some(room) = widgets::choose(ui, room, &ROOMS) {
            change(state, out, |matrix| matrix.room = room);
        }
        ui.add_space(space::XS);
        let lookup = state.derived().lookup();
        if lookup.gave_up() {
            given_up(ui, state, out);
        }
        let Some(matrix) = lookup.matrix() else {
            match lookup.problem() {
                Some(problem) => drop(widgets::warning(ui, problem)),
                None => waits(ui, state, "Opening the matrix …"),
            }
            return;
        };
        match room {
            MatrixRoom::Rows => self.rows.show(ui, state, matrix, out),
            MatrixRoom::OneHot => scrolled(ui, room, |ui| self.one_hot.show(ui, state, matrix, out)),
            MatrixRoom::Weight => scrolled(ui, room, |ui| weight::show(ui, state, matrix, out)),
            MatrixRoom::Ids => scrolled(ui, room, |ui| self.ids.show(ui, state, matrix, out)),
            MatrixRoom::Position => scrolled(ui, room, |ui| self.position.show(ui, state, matrix, out)),
            MatrixRoom::Columns => scrolled(ui, room, |ui| self.columns.show(ui, state, matrix, out)),
        }
    }

    /// Shows what the page can be told.
    pub fn side(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        side::show(ui, state, (&mut self.find, self.rows.layout()), out);
    }

    /// Where the page was drawn, to be copied as a picture.
    pub fn place(&self) -> Option<egui::Rect> {
        self.place
    }
}

/// Says that work was given up, and lets it be begun anew.
fn given_up(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ui.horizontal(|ui| {
        if ui.button("Begin anew").clicked() {
            change(state, out, |_| {});
        }
        widgets::warning(ui, "Some work was given up: what is shown may lack something or be of before.");
    });
}

/// Says what is waited for, unless nothing is.
fn waits(ui: &mut Ui, state: &State, said: &str) {
    if !state.derived().lookup().gave_up() {
        widgets::hint(ui, said);
    }
}

/// A room that may be longer than the window is high.
fn scrolled(ui: &mut Ui, room: MatrixRoom, add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(room as u8).auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            ui.set_max_width((ui.available_width() - space::M).min(1_100.0));
            add(ui);
            ui.add_space(space::L);
        });
    });
}

/// Sends the view of the matrix with a change.
fn change(state: &State, out: &mut Outbox, change: impl FnOnce(&mut MatrixView)) {
    out.look_up(state, change);
}

/// [`choose`], and the row comes into the middle of the picture.
fn go_to(state: &State, matrix: &Matrix, row: u32, out: &mut Outbox) {
    let place = state.derived().lookup().standing(&state.view().matrix).place_of(row);
    change(state, out, |matrix| matrix.frame.row = place as f64 + 0.5);
    choose(state, matrix, row, out);
}

/// Chooses a row of the matrix, everywhere: as the token whose row it is, or as the word on the map.
fn choose(state: &State, matrix: &Matrix, row: u32, out: &mut Outbox) {
    if let Some((_, tokenizer)) = &matrix.tokenizer {
        out.send(Command::ChooseToken(Some(ChosenToken { tokenizer: tokenizer.clone(), id: row })));
    } else if state.table().is_some_and(|table| std::sync::Arc::ptr_eq(table, matrix.table())) {
        out.send(Command::Select([row].into_iter().collect(), SelectHow::Replace));
    }
}
