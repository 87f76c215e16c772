//! One text under many tokenizers, live: where each cuts it, which IDs come out, and how many.

mod flow;

use egui::{FontId, RichText, Ui};

use crate::app::State;
use crate::app::tokens::TokenRow;
use crate::tokens::Row;
use crate::ui::theme::{self, size, space};
use crate::ui::tokens::{self, TextField};
use crate::ui::{Outbox, widgets};

use flow::{Flow, Pointed};

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct TokensPage {
    field: TextField,
    flows: Vec<Flow>,
    /// The token under the pointer, or the one that keys are at.
    pointed: Option<Pointed>,
}

impl TokensPage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        self.field.show(ui, state, 3, out);
        tokens::presets(ui, out);
        tokens::reading(ui, state, out);
        tokens::marks(ui, state, true, out);
        tokens::counts(ui, state);
        widgets::rule(ui);
        self.rows(ui, state, out);
    }

    /// All tokenizers, those with the fewest tokens first.
    fn rows(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let rows = state.derived().tokens();
        self.flows.resize_with(rows.len(), Flow::default);
        let (count, view) =
            (|row: &TokenRow| row.tokenized().map_or(usize::MAX, Row::len), &state.view().tokens);
        let is_shown = |index: &usize| !view.hidden.contains(rows[*index].name());
        let mut order: Vec<usize> = (0..rows.len()).filter(is_shown).collect();
        order.sort_by_key(|&index| count(&rows[index]));
        let fewest = order.first().map_or(0, |&index| count(&rows[index]));
        let pointed = self.pointed.take();
        for index in order {
            let row = &rows[index];
            ui.push_id(row.name(), |ui| {
                title(ui, row, fewest);
                match row.answer().map(|answer| (answer, answer.as_ref())) {
                    None => {
                        let running = row.progress().is_some();
                        widgets::hint(
                            ui,
                            if running { "loading …" } else { "Given up. Change the text to begin anew." },
                        );
                    }
                    Some((_, Err(problem))) => {
                        widgets::warning(ui, problem);
                    }
                    Some((answer, Ok(_))) => {
                        let chosen = view.chosen.as_ref().filter(|chosen| chosen.tokenizer == row.name());
                        let flow = &mut self.flows[index];
                        let now =
                            flow.show(ui, row.name(), answer, view.marks.ids, pointed.as_ref(), chosen, out);
                        if now.is_some() {
                            self.pointed = now;
                        }
                    }
                }
            });
            ui.add_space(space::XS);
        }
    }
}

/// The tokenizer's name, its kind, and how many tokens it makes.
fn title(ui: &mut Ui, row: &TokenRow, fewest: usize) {
    let quiet = theme::tones(ui).quiet;
    let height = ui.spacing().interact_size.y;
    let from_the_right = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), height), from_the_right, |ui| {
        // The count first: what room it leaves, the name and the kind have to share.
        if let Some(answer) = row.tokenized() {
            let count = answer.len();
            let more = if fewest > 0 && count > fewest {
                format!("{:.1} times the fewest", count as f64 / fewest as f64)
            } else {
                "the fewest".to_owned()
            };
            let word = if count == 1 { "token" } else { "tokens" };
            let label =
                ui.label(RichText::new(format!("{} {word}", widgets::thousands(count as u64))).strong());
            label.on_hover_text(more);
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let name = RichText::new(row.title()).font(FontId::new(size::BODY, theme::semibold()));
            let name = ui.add(egui::Label::new(name).truncate());
            name.on_hover_text(format!("{}. Adds {}.", row.algorithm(), row.adds()));
            let kind = RichText::new(row.algorithm()).size(size::SMALL).color(quiet);
            ui.add(egui::Label::new(kind).truncate());
        });
    });
    ui.add_space(-space::XS);
}
