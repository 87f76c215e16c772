//! IDs mean nothing: neighbors by number against neighbors by meaning.

use egui::{RichText, Ui};

use super::choose;
use crate::app::State;
use crate::app::lookup::{Kin, Matrix};
use crate::geometry::Metric;
use crate::geometry::neighbors::Neighbor;
use crate::ui::theme::space;
use crate::ui::{Outbox, widgets};

/// Shows both lists for the chosen row.
pub fn show(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    let lookup = state.derived().lookup();
    ui.label("An ID is the number of a row, and nothing more: numbers were given out while the vocabulary was made. At most, \
              tokens with numbers close by were about as frequent then; what they mean has no more to do with each other than neighbors in the \
              telephone book.");
    ui.add_space(space::S);
    if let Some(stack) = lookup.stack() {
        super::sentence::show(ui, state, matrix, (stack, usize::MAX), out);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
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
            "The {} nearest by meaning are {} to {} {} away.",
            away.len(),
            widgets::thousands(*least),
            widgets::thousands(*most),
            if matrix.tokenizer.is_some() { "IDs" } else { "rows" }
        );
        ui.label(text);
    }
}

/// Both lists side by side, each with the mean of its cosines.
fn lists(ui: &mut Ui, state: &State, matrix: &Matrix, kin: &Kin, out: &mut Outbox) {
    let mean = |list: &[Neighbor]| {
        list.iter().map(|neighbor| neighbor.score).sum::<f32>() / list.len().max(1) as f32
    };
    let number = if matrix.tokenizer.is_some() { "ID" } else { "row" };
    ui.columns(2, |columns| {
        let lists = [
            (
                if matrix.tokenizer.is_some() { "Next to it by ID" } else { "Next to it by number" },
                &kin.by_id,
                "The rows with the next numbers, and their cosines with this one.",
            ),
            (
                "Nearest by cosine",
                &kin.by_cosine,
                "The rows that point most nearly the same way, of all in the matrix.",
            ),
        ];
        for (ui, (title, list, about)) in columns.iter_mut().zip(lists) {
            widgets::term(ui, title, about);
            for (rank, neighbor) in list.iter().enumerate() {
                let name = format!("{}   ({number} {})", matrix.names.shown(neighbor.row), neighbor.row);
                let value = widgets::score(neighbor.score, Metric::Cosine);
                if ui
                    .push_id((title, rank), |ui| {
                        widgets::word_line(ui, rank + 1, &name, &value, neighbor.score, None)
                    })
                    .inner
                    .clicked()
                {
                    choose(state, matrix, neighbor.row, out);
                }
            }
            if list.is_empty() {
                continue;
            }
            widgets::hint(ui, &format!("Mean cosine {}", widgets::score(mean(list), Metric::Cosine)));
        }
    });
}
