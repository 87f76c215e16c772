//! One text under many tokenizers, live: where each cuts it, which IDs come out, and how many.

mod flow;

use std::collections::HashMap;

use egui::{FontId, RichText, Ui};

use crate::app::State;
use crate::app::tokens::{TokenRow, against_the_fewest, ranking};
use crate::ui::theme::{self, size, space};
use crate::ui::tokens::text_field::TextField;
use crate::ui::{Outbox, tokens, widgets};

use flow::{Flow, Pointed};

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct TokensPage {
    field: TextField,
    flows: HashMap<String, Flow>,
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
        self.flows.retain(|name, _| rows.iter().any(|row| row.name() == name));
        let view = &state.view().tokens;
        let ranking = ranking(view, rows);
        let fewest = ranking.range.map_or(0, |(fewest, _)| fewest);
        let pointed = self.pointed.take();
        for (row, count) in ranking.compared {
            ui.push_id(row.name(), |ui| {
                title(ui, row, count, fewest);
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
                        let flow = self.flows.entry(row.name().to_owned()).or_default();
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
fn title(ui: &mut Ui, row: &TokenRow, count: Option<usize>, fewest: usize) {
    let quiet = theme::tones(ui).quiet;
    let height = ui.spacing().interact_size.y;
    let from_the_right = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), height), from_the_right, |ui| {
        // The count first: what room it leaves, the name and the kind have to share.
        if let Some(count) = count {
            let word = if count == 1 { "token" } else { "tokens" };
            let label =
                ui.label(RichText::new(format!("{} {word}", widgets::thousands(count as u64))).strong());
            label.on_hover_text(against_the_fewest(count, fewest));
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
