//! One text under many tokenizers, live: where each cuts it, which IDs come out, and how many.

mod flow;
mod presets;

use egui::{FontId, RichText, TextEdit, Ui};

use crate::app::State;
use crate::app::tokens::TokenRow;
use crate::scene::Command;
use crate::tokens::Row;
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

use flow::{Flow, Pointed};

/// The accessible name of the field.
pub const NAME: &str = "Text to tokenize";

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct TokensPage {
    text: String,
    /// The text of the view that the field was last filled from.
    shown: Option<std::sync::Arc<str>>,
    show_ids: bool,
    flows: Vec<Flow>,
    /// The token under the pointer, or the one that keys are at.
    pointed: Option<Pointed>,
}

impl TokensPage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        self.field(ui, state, out);
        self.options(ui, state, out);
        Self::counts(ui, state);
        widgets::rule(ui);
        self.rows(ui, state, out);
    }

    fn field(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let text = &state.view().tokens.text;
        if self.shown.as_ref() != Some(text) {
            // A lesson, a preset or undo changed the text: the field follows.
            if *self.text != **text {
                self.text = text.to_string();
            }
            self.shown = Some(std::sync::Arc::clone(text));
        }
        let field = TextEdit::multiline(&mut self.text)
            .hint_text("Type or paste a text")
            .desired_rows(3)
            .desired_width(f32::INFINITY)
            .id(egui::Id::unique("token text"));
        let response =
            egui::ScrollArea::vertical().id_salt("text").max_height(120.0).show(ui, |ui| ui.add(field)).inner;
        widgets::name_field(&response, NAME, &self.text);
        if response.changed() {
            out.send(Command::SetText(self.text.clone()));
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
            for preset in presets::ALL {
                let button = egui::Button::new(RichText::new(preset.name).size(size::SMALL)).small();
                if ui.add(button).on_hover_text(preset.about).clicked() {
                    out.send(Command::SetText(preset.text.to_owned()));
                }
            }
        });
    }

    fn options(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let tokens = &state.view().tokens;
        let mut add = tokens.add_special;
        let about = "Tokens that a tokenizer puts around every text for its model, such as [CLS] and <s>.";
        if ui.checkbox(&mut add, "Add special tokens").on_hover_text(about).changed() {
            out.send(Command::AddSpecial(add));
        }
        let mut typed = tokens.typed_special;
        let about = "Whether <|endoftext|>, [SEP] or </s> in the text are control tokens. Chat programs must not let \
                     their users type control: that is why this is off.";
        if ui.checkbox(&mut typed, "Typed specials are control").on_hover_text(about).changed() {
            out.send(Command::TypedSpecial(typed));
        }
        ui.checkbox(&mut self.show_ids, "Show IDs")
            .on_hover_text("Each token's number in its vocabulary: all that the model gets.");
    }

    /// How long the text is, counted in each way.
    fn counts(ui: &mut Ui, state: &State) {
        let Some(counts) = state.derived().counts() else { return };
        let number = |value: usize| widgets::thousands(value as u64);
        ui.horizontal_wrapped(|ui| {
            let about = "What a person sees as one character, an emoji of several parts included.";
            widgets::term(ui, &format!("{} graphemes", number(counts.graphemes)), about);
            let about =
                "Numbers of the Unicode standard: an accent or a part of an emoji may be one of its own.";
            widgets::term(ui, &format!("{} code points", number(counts.code_points)), about);
            widgets::term(
                ui,
                &format!("{} bytes", number(counts.bytes)),
                "The text as UTF-8, as files hold it.",
            );
        });
    }

    /// All tokenizers, those with the fewest tokens first.
    fn rows(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let rows = state.derived().tokens();
        self.flows.resize_with(rows.len(), Flow::default);
        let count = |row: &TokenRow| row.tokenized().map_or(usize::MAX, Row::len);
        let mut order: Vec<usize> = (0..rows.len()).collect();
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
                        let chosen = state
                            .view()
                            .tokens
                            .chosen
                            .as_ref()
                            .filter(|chosen| chosen.tokenizer == row.name());
                        let flow = &mut self.flows[index];
                        let now =
                            flow.show(ui, row.name(), answer, self.show_ids, pointed.as_ref(), chosen, out);
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
