//! What one column means, against a direction that words name.

use egui::{RichText, Ui};

use super::{change, choose};
use crate::app::State;
use crate::app::lookup::Matrix;
use crate::geometry::neighbors::Neighbor;
use crate::scene::axes::AxisReport;
use crate::scene::view::{MatrixRoom, MatrixView, RowOrder};
use crate::ui::theme::space;
use crate::ui::widgets::field::{Field, Look};
use crate::ui::{Outbox, widgets};

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    from: Field,
    to: Field,
}

/// Directions to try.
const DIRECTIONS: [(&str, &str, &str); 4] = [
    ("Gender", "he, man, boy", "she, woman, girl"),
    ("Number", "dog, car, house", "dogs, cars, houses"),
    ("Time", "go, walk, play", "went, walked, played"),
    ("Size", "small, tiny, little", "large, huge, big"),
];

/// A column to choose.
pub fn column(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    let last = matrix.table().dims() - 1;
    let now = (state.view().matrix.column as usize).min(last);
    let about = ("column", "Which of the numbers of each row, counted from 0");
    ui.horizontal(|ui| {
        if let Some(column) = widgets::slider(ui, about, now as f64, 0.0..=last as f64, (0, "")) {
            change(state, out, |matrix| matrix.column = column as u32);
        }
    });
}

impl Room {
    /// Shows the ends of a column and those of a direction side by side.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        ui.label("Does a column stand for something? Sort all rows by one of their numbers and look at both ends: mostly nothing that \
                  one could name. Then sort them along a direction between words: there the ends speak for themselves. Meaning lies in \
                  directions, and a direction runs across all columns.");
        ui.add_space(space::S);
        let lookup = state.derived().lookup();
        widgets::two_columns(ui, |ui, side| {
            if side == 0 {
                one(ui, state, matrix, out);
                return;
            }
            ui.label(RichText::new("A direction").heading());
            self.direction(ui, state, out);
            if let Some(axis) = lookup.direction() {
                along(ui, state, matrix, axis, out);
            }
        });
    }

    fn direction(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let ends = &state.view().matrix.direction;
        let look = |name| Look {
            name,
            hint: "Words, with commas between them",
            rows: 1,
            is_code: false,
            most: MatrixView::LONGEST,
        };
        if let Some(from) = self.from.show(ui, &look("Direction from"), &ends.from) {
            change(state, out, |matrix| matrix.direction.from = from.into());
        }
        if let Some(to) = self.to.show(ui, &look("Direction to"), &ends.to) {
            change(state, out, |matrix| matrix.direction.to = to.into());
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (name, from, to) in DIRECTIONS {
                if ui.small_button(name).on_hover_text(format!("From {from} to {to}")).clicked() {
                    change(state, out, |matrix| {
                        (matrix.direction.from, matrix.direction.to) = (from.into(), to.into());
                    });
                }
            }
            if ui.small_button("Sort the matrix along it").clicked() {
                sort(state, RowOrder::Direction, out);
            }
        });
    }
}

/// A column and what lies at its ends.
fn one(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    ui.label(RichText::new("One column").heading());
    column(ui, state, matrix, out);
    ui.horizontal(|ui| {
        if ui.small_button("Sort the matrix by it").clicked() {
            sort(state, RowOrder::Column, out);
        }
    });
    if let Some(found) = state.derived().lookup().column() {
        ends(ui, state, matrix, ("greatest", &found.ends[1]), out);
        ends(ui, state, matrix, ("least", &found.ends[0]), out);
    }
}

fn sort(state: &State, order: RowOrder, out: &mut Outbox) {
    change(state, out, |matrix| {
        (matrix.order, matrix.room, matrix.frame.row) = (order, MatrixRoom::Rows, 0.0);
    });
}

fn along(ui: &mut Ui, state: &State, matrix: &Matrix, axis: &AxisReport, out: &mut Outbox) {
    for missing in &axis.missing {
        widgets::warning(ui, &missing.to_string());
    }
    match &axis.ends {
        Some([from, to]) => {
            ends(ui, state, matrix, ("farthest toward the second words", to), out);
            ends(ui, state, matrix, ("farthest toward the first words", from), out);
        }
        None => {
            widgets::hint(ui, "Both ends need a word that the matrix has, and they must differ.");
        }
    }
}

/// The rows at one end, each with its value.
fn ends(ui: &mut Ui, state: &State, matrix: &Matrix, (title, end): (&str, &[Neighbor]), out: &mut Outbox) {
    ui.add_space(space::XS);
    widgets::term(ui, title, "The rows at this end, the farthest first. Click one to choose it.");
    let most = end.iter().fold(f32::MIN_POSITIVE, |most, neighbor| most.max(neighbor.score.abs()));
    for (rank, neighbor) in end.iter().enumerate() {
        let value = widgets::significant(f64::from(neighbor.score));
        let name = matrix.names.shown(neighbor.row);
        let share = neighbor.score.abs() / most;
        if ui
            .push_id((title, rank), |ui| widgets::word_line(ui, rank + 1, &name, &value, share, None))
            .inner
            .clicked()
        {
            choose(state, matrix, neighbor.row, out);
        }
    }
}
