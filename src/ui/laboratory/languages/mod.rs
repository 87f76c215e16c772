//! The same text in many languages, and what it costs each tokenizer: as a chart, and as a table.

mod chart;
mod table;

use egui::{DragValue, ScrollArea, Ui};

use super::super::theme::space;
use super::super::widgets::chooser::{self, Line};
use super::super::widgets::field::{ANY_LENGTH, Field, Look};
use super::super::{Outbox, focus, widgets};
use super::{GIVEN_UP, NO_TOKENIZER, choice};
use crate::app::State;
use crate::app::browsing::examined;
use crate::app::languages::LanguageCosts;
use crate::app::tokens::TokenRow;
use crate::scene::view::{LanguageChoice, Measure};
use crate::scene::{Command, WindowRequest};

/// What is told of a language, and what that means.
const MEASURES: [(Measure, &str, &str); 6] = [
    (
        Measure::Relative,
        "× base",
        "How many times as many tokens the same text takes as in the base language.",
    ),
    (Measure::Tokens, "tokens", "How many tokens the text takes."),
    (
        Measure::BytesPerToken,
        "bytes per token",
        "How much of the text, in bytes of UTF-8, a token stands for.",
    ),
    (
        Measure::TokensPerWord,
        "tokens per word",
        "How many tokens a unit that looks like a word takes (by the word boundaries of Unicode: scripts without spaces are \
         cut into characters there).",
    ),
    (Measure::Window, "of a window", "The share of a model's context window that the text takes."),
    (Measure::Price, "price", "What the text costs at the rate that you type."),
];

/// The accessible name of the field.
pub const NAME: &str = "Your own parallel text";

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: Field,
}

impl Room {
    /// Shows the chart and the table.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let view = &state.view().tokens;
        let choice = &view.languages;
        if let Some(measure) = widgets::choose(ui, choice.measure, &MEASURES) {
            out.send(Command::CompareLanguages(LanguageChoice { measure, ..choice.clone() }));
        }
        let rows = state.derived().tokens();
        let languages = state.derived().reading().languages();
        let Some(costs) = languages.newest() else {
            widgets::hint(ui, "Loading the tokenizers …");
            return;
        };
        let named = examined(view, rows).map(TokenRow::name);
        let tokenizer = costs.tokenizers.iter().position(|other| Some(&*other.name) == named).unwrap_or(0);
        ui.horizontal_wrapped(|ui| {
            base(ui, choice, costs, out);
            numbers(ui, choice, out);
            sorted_by(ui, costs, tokenizer, out);
        });
        ScrollArea::vertical().id_salt("languages").auto_shrink(false).show(ui, |ui| {
            focus::followed(ui, |ui| {
                if let Some(problem) = languages.problem(view) {
                    widgets::warning(ui, problem);
                } else if languages.gave_up() {
                    widgets::hint(ui, GIVEN_UP);
                } else if costs.tokenizers.is_empty() {
                    widgets::hint(ui, NO_TOKENIZER);
                } else {
                    let order = costs.order(choice, tokenizer);
                    chart::show(ui, choice, costs, (tokenizer, &order));
                    table::show(ui, choice, costs, (tokenizer, &order), out);
                }
                self.own(ui, choice, out);
            });
        });
    }

    /// A text of one's own.
    fn own(&mut self, ui: &mut Ui, choice: &LanguageChoice, out: &mut Outbox) {
        widgets::heading(ui, NAME);
        widgets::hint(
            ui,
            "A line for each language: its name, a tab or a colon, and what it says. Lines of one name belong together. Empty, it \
             is the text that comes with the program: seven articles of the Universal Declaration of Human Rights.",
        );
        let look = Look {
            name: NAME,
            hint: "English: Good morning\nWelsh: Bore da",
            rows: 3,
            is_code: false,
            most: ANY_LENGTH,
        };
        if let Some(own) = self.field.show(ui, &look, choice.own.as_deref().unwrap_or_default()) {
            out.send(Command::UseLanguages(Some(own)));
        }
        ui.horizontal(|ui| {
            if ui.button("Open a file…").clicked() {
                out.send(Command::Window(WindowRequest::ChooseLanguages));
            }
            let back = ui.add_enabled(choice.own.is_some(), egui::Button::new("Back to the Declaration"));
            if back.clicked() {
                out.send(Command::UseLanguages(None));
            }
        });
        ui.add_space(space::L);
    }
}

/// Whose numbers lead, of the tokenizers that are compared.
fn sorted_by(ui: &mut Ui, costs: &LanguageCosts, tokenizer: usize, out: &mut Outbox) {
    let titles = costs.tokenizers.iter().map(|other| &*other.title);
    let lines: Vec<Line<'_>> = titles.map(|title| Line { title, about: "", proposed: None }).collect();
    widgets::term(ui, "Sorted by", "Whose numbers the chart shows; the table is sorted by them.");
    if let Some(picked) = chooser::show(ui, "Sorted by", tokenizer, &lines, 150.0) {
        out.send(Command::Examine(costs.tokenizers[picked].name.clone()));
    }
}

/// The language that the others are compared with.
fn base(ui: &mut Ui, choice: &LanguageChoice, costs: &LanguageCosts, out: &mut Outbox) {
    let languages = &costs.text.languages;
    if languages.is_empty() {
        return;
    }
    let lines: Vec<Line<'_>> =
        languages.iter().map(|language| Line { title: &language.name, about: "", proposed: None }).collect();
    widgets::term(ui, "Base", "The language that the others are compared with.");
    if let Some(picked) = chooser::show(ui, "Base", costs.base(choice), &lines, 110.0) {
        let base = Some(languages[picked].name.clone());
        out.send(Command::CompareLanguages(LanguageChoice { base, ..choice.clone() }));
    }
}

/// What is typed for a measure.
fn numbers(ui: &mut Ui, choice: &LanguageChoice, out: &mut Outbox) {
    let mut wanted = choice.clone();
    match choice.measure {
        Measure::Window => {
            widgets::term(ui, "Window", "How many tokens the model takes in at once.");
            let field = DragValue::new(&mut wanted.window).range(1..=100_000_000).speed(64.0);
            widgets::name_number(&ui.add(field), "Window", f64::from(choice.window));
        }
        Measure::Price => {
            widgets::term(ui, "A million tokens cost", "In whatever you pay with.");
            let mut rate = f64::from(choice.rate) / 100.0;
            let field = DragValue::new(&mut rate).range(0.0..=1_000_000.0).fixed_decimals(2).speed(0.05);
            widgets::name_number(&ui.add(field), "A million tokens cost", rate);
            wanted.rate = (rate * 100.0).round() as u32;
        }
        Measure::Relative | Measure::Tokens | Measure::BytesPerToken | Measure::TokensPerWord => {}
    }
    if wanted != *choice {
        out.send(Command::CompareLanguages(wanted));
    }
}

/// A value as it is written of a measure.
fn written(measure: Measure, value: f64) -> String {
    match measure {
        Measure::Tokens => widgets::thousands(value as u64),
        Measure::Relative | Measure::BytesPerToken | Measure::TokensPerWord => format!("{value:.2}"),
        Measure::Window => crate::scene::numbers::percent(value),
        Measure::Price => widgets::significant(value),
    }
}

/// Shows which tokenizers are compared.
pub fn side(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ScrollArea::vertical().id_salt("languages' tokenizers").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            widgets::heading(ui, "Tokenizers");
            widgets::hint(ui, "Which of them are asked.");
            choice(ui, state, out);
        });
    });
}
