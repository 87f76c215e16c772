//! Any formula of words, what it comes to, and its nearest words.

use egui::{Key, RichText, TextEdit, Ui, vec2};

use crate::app::State;
use crate::geometry::{Metric, Neighbor};
use crate::scene::formula::{FormulaAnswer, FormulaReport};
use crate::scene::view::SelectHow;
use crate::scene::{Command, RowNames};
use crate::ui::theme::{self, space};
use crate::ui::{Outbox, widgets};

/// The accessible name of the field.
const NAME: &str = "Formula";

/// Formulas to begin with, what each shows, and the words that it needs.
const EXAMPLES: [(&str, &str, &[&str]); 8] = [
    ("king - man + woman", "The step from man to king, taken from woman.", &["king", "man", "woman"]),
    (
        "mean(cat, dog, horse)",
        "The middle of some words, near to what they have in common.",
        &["cat", "dog", "horse"],
    ),
    ("0.5*apple + 0.5*lemon", "Half of each.", &["apple", "lemon"]),
    (
        "unit(doctor) - unit(hospital)",
        "With lengths made equal first, so that only directions count.",
        &["doctor", "hospital"],
    ),
    (
        "unit(queen) - unit(king)",
        "With lengths made equal first, so that only directions count.",
        &["queen", "king"],
    ),
    ("2*paris - france", "Twice one word, less another.", &["paris", "france"]),
    ("-good", "The opposite direction, which is rarely the opposite meaning.", &["good"]),
    ("-king", "The opposite direction, which is rarely the opposite meaning.", &["king"]),
];

/// How many of them are offered.
const EXAMPLES_SHOWN: usize = 5;

/// What stands in the field.
#[derive(Default)]
pub struct FormulaPage {
    text: String,
    /// The formula that the field was last filled from.
    shown: Option<String>,
}

impl FormulaPage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let Some(names) = state.names() else {
            widgets::hint(ui, "Open a file of vectors to calculate with its words.");
            return;
        };
        let asked = &state.view().map.formula;
        if *asked != self.shown {
            // Undo, a lesson or an example asked: the field follows.
            self.shown.clone_from(asked);
            self.text = asked.clone().unwrap_or_default();
        }
        self.field(ui, out);
        match state.derived().questions().formula(state.view().document) {
            Some(report) => outcome(ui, state, &names, report, out),
            None => {
                widgets::hint(
                    ui,
                    "Words, numbers, + − * /, parentheses, mean(…) and unit(…). Words with spaces or signs stand in double quotes.",
                );
            }
        }
        // Those that this file has the words for, in just this spelling: that is looked up and not searched for, frame after
        // frame.
        let known = |words: &&[&str]| words.iter().all(|word| names.find_exactly(word).is_some());
        let examples = EXAMPLES.iter().filter(|(.., words)| known(words)).take(EXAMPLES_SHOWN);
        for (i, &(example, about, _)) in examples.enumerate() {
            if i == 0 {
                widgets::heading(ui, "Formulas to try");
            }
            if ui.add(egui::Button::new(example).frame(false)).on_hover_text(about).clicked() {
                out.send(Command::AskFormula(Some(example.to_owned())));
            }
        }
    }

    fn field(&mut self, ui: &mut Ui, out: &mut Outbox) {
        let ready = !self.text.trim().is_empty();
        let asked = ui
            .horizontal(|ui| {
                let width = (ui.available_width() - 96.0).max(80.0);
                let edit = TextEdit::singleline(&mut self.text)
                    .hint_text("king - man + woman")
                    .align(egui::Align2::LEFT_CENTER);
                let response = ui.add_sized(vec2(width, 28.0), edit);
                widgets::name_field(&response, NAME, &self.text);
                let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if entered {
                    // There may be something to mend.
                    response.request_focus();
                }
                let button = ui.add_enabled(ready, egui::Button::new("Work out").min_size(vec2(80.0, 28.0)));
                entered || button.on_disabled_hover_text("Write a formula first.").clicked()
            })
            .inner;
        if asked && ready {
            out.send(Command::AskFormula(Some(self.text.trim().to_owned())));
        }
    }
}

fn outcome(ui: &mut Ui, state: &State, names: &RowNames, report: &FormulaReport, out: &mut Outbox) {
    let answer = match &report.outcome {
        Ok(answer) => answer,
        Err(wrong) => {
            for sentence in wrong {
                widgets::warning(ui, sentence);
            }
            return;
        }
    };
    if !answer.from_parts.is_empty() {
        let text = format!(
            "Made of the parts of words, because they have no row: {}.",
            answer.from_parts.join(", ")
        );
        widgets::hint(ui, &text);
    }
    let placed = state.derived().cloud().is_some_and(|cloud| answer.position(cloud).is_some());
    if !placed {
        widgets::hint(
            ui,
            "This projection only knows where rows lie. Choose PCA to see the formula as a point.",
        );
    }
    if ui
        .button("Show it on the map")
        .on_hover_text("Move the camera to its words and the nearest ones")
        .clicked()
    {
        out.send(Command::FlyTo(answer.points().into_iter().collect()));
    }
    ranking(ui, names, "Without the words of the formula", &answer.without_inputs, answer, out);
    ranking(ui, names, "With them", &answer.with_inputs, answer, out);
}

fn ranking(
    ui: &mut Ui,
    names: &RowNames,
    name: &str,
    list: &[Neighbor],
    answer: &FormulaAnswer,
    out: &mut Outbox,
) {
    ui.add_space(space::S);
    ui.label(RichText::new(name).strong());
    let tones = theme::tones(ui);
    let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
    let best = list.first().map_or(1.0, |best| best.score);
    for (rank, neighbor) in list.iter().enumerate() {
        let asked = answer.inputs.contains(&neighbor.row);
        let mark = if asked { tones.quiet } else { theme::color(tones.map.counter) };
        let value = widgets::score(neighbor.score, answer.metric);
        let share = share(neighbor.score, answer.metric, best);
        let line = widgets::word_line(ui, rank + 1, &names.shown(neighbor.row), &value, share, Some(mark));
        let tip = if asked { "One of the formula's own words" } else { "Click to see its nearest words" };
        if line.on_hover_text(tip).clicked() {
            out.send(Command::Select([neighbor.row].into_iter().collect(), SelectHow::Replace));
        }
    }
    ui.spacing_mut().item_spacing.y = spacing;
    ui.add_space(space::S);
}

/// How long a score's bar is: the cosine itself, or the score beside the best of the list.
fn share(score: f32, metric: Metric, best: f32) -> f32 {
    match metric {
        Metric::Cosine => score,
        Metric::Dot => score / best.max(f32::MIN_POSITIVE),
        Metric::Euclidean => best / score.max(f32::MIN_POSITIVE),
    }
}
