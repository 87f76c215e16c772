//! IDs mean nothing: neighbors by number against neighbors by meaning.

use egui::{RichText, Ui};

use super::choose;
use super::sentence::Sentence;
use crate::app::State;
use crate::app::lookup::{Kin, Matrix};
use crate::geometry::Metric;
use crate::ui::theme::space;
use crate::ui::tokens::text_field::TextField;
use crate::ui::{Outbox, widgets};

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: TextField,
    sentence: Sentence,
}

impl Room {
    /// Shows both lists for the chosen row.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        let lookup = state.derived().lookup();
        ui.label(match &matrix.tokenizer {
            Some(_) => "An ID is the number of a row, and nothing more: numbers were given out while the vocabulary was made. At most, \
                        tokens with numbers close by were about as frequent then; what they mean has no more to do with each other \
                        than neighbors in the telephone book.",
            None => "A number says where a row stands in its file, and nothing more. At most, words that stand close together were \
                     about as frequent when the list was made; what they mean has no more to do with each other than neighbors in \
                     the telephone book.",
        });
        self.field.show(ui, state, 1, out);
        if let Some(stack) = lookup.stack() {
            self.sentence.show(ui, state, matrix, (stack, usize::MAX), out);
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            if !lookup.tries().is_empty() {
                widgets::term(ui, "Try", "Words that most vocabularies have");
            }
            for (word, row) in lookup.tries() {
                if ui.small_button(*word).on_hover_text("See the neighbors of this one").clicked() {
                    choose(state, matrix, *row, out);
                }
            }
        });
        let Some(row) = lookup.chosen() else {
            widgets::hint(ui, "Choose a token: in a text, in the matrix, in a vocabulary, or one of these.");
            return;
        };
        let name = matrix.names.shown(row);
        ui.label(RichText::new(format!("{name} is row {row}")).heading());
        let Some(kin) = lookup.kin() else {
            super::waits(ui, state, "Looking at all rows …");
            return;
        };
        if let Some(why) = kin.pointless {
            widgets::warning(ui, &format!("{why}: it points nowhere, and has no neighbors by meaning."));
            return;
        }
        lists(ui, state, matrix, kin, out);
        let away: Vec<u64> = kin.by_cosine.iter().map(|near| u64::from(near.row.abs_diff(row))).collect();
        if let (Some(least), Some(most)) = (away.iter().min(), away.iter().max()) {
            ui.add_space(space::S);
            let text = format!(
                "The {} nearest by cosine are {} to {} {} away.",
                away.len(),
                widgets::thousands(*least),
                widgets::thousands(*most),
                if matrix.tokenizer.is_some() { "IDs" } else { "rows" }
            );
            ui.label(text);
        }
    }
}

/// Both lists side by side, each with the mean of its cosines.
fn lists(ui: &mut Ui, state: &State, matrix: &Matrix, kin: &Kin, out: &mut Outbox) {
    let (number, next) = match &matrix.tokenizer {
        Some(_) => ("ID", "Next to it by ID"),
        None => ("row", "Next to it by number"),
    };
    let cosine =
        |score: f32| if score.is_nan() { "–".to_owned() } else { widgets::score(score, Metric::Cosine) };
    widgets::two_columns(ui, |ui, side| {
        let (title, list, about) = match side {
            0 => (next, &kin.by_id, "The rows with the next numbers, and their cosines with this one."),
            _ => (
                "Nearest by cosine",
                &kin.by_cosine,
                "The rows that point most nearly the same way, of all in the matrix.",
            ),
        };
        widgets::term(ui, title, about);
        for (rank, neighbor) in list.iter().enumerate() {
            let name = format!("{}   ({number} {})", matrix.names.shown(neighbor.row), neighbor.row);
            // By their numbers rows stand before it and behind it; by cosine one is the nearest.
            let away = i64::from(neighbor.row) - i64::from(kin.row);
            let lead =
                if side == 0 { format!("{away:+}").replace('-', "−") } else { (rank + 1).to_string() };
            let line = ui.push_id((title, rank), |ui| {
                let share = if neighbor.score.is_nan() { 0.0 } else { neighbor.score };
                widgets::word_line(ui, lead, &name, &cosine(neighbor.score), share, None)
            });
            if line.inner.clicked() {
                choose(state, matrix, neighbor.row, out);
            }
        }
        if !list.is_empty() {
            widgets::hint(ui, &format!("Mean cosine {}", cosine(kin.means[side])));
        }
    });
}
