//! Analogies: A is to B as C is to …, with both rankings and the angle between the two arrows.

use egui::{FontId, Key, RichText, TextEdit, Ui, vec2};

use crate::app::State;
use crate::geometry::relations;
use crate::geometry::{Metric, Neighbor};
use crate::scene::relation::RelationChoice;
use crate::scene::view::{AnalogyQuestion, DocumentId};
use crate::scene::words::{AnalogyAnswer, AnalogyReport};
use crate::scene::{Command, RowNames};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};
use crate::vectors::Table;

/// A relation's name, and four words of which the last answers the other three.
type ReadyAnalogy = (&'static str, [&'static str; 4]);

/// What stands in the three fields, and which ready analogies the open file can answer.
#[derive(Default)]
pub struct AnalogyPage {
    words: [String; 3],
    /// The question that the fields were last filled from.
    shown: Option<AnalogyQuestion>,
    gallery: Option<(DocumentId, Vec<ReadyAnalogy>)>,
    /// Pairs of one's own, and those that the field was last filled from.
    pairs: String,
    shown_pairs: Option<RelationChoice>,
}

impl AnalogyPage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let Some(names) = state.names() else {
            widgets::hint(ui, "Open a file of vectors to ask it analogies.");
            return;
        };
        let asked = &state.view().map.analogy;
        if *asked != self.shown {
            // Undo, a lesson or the gallery asked: the fields follow.
            self.shown.clone_from(asked);
            if let Some(AnalogyQuestion { a, b, c }) = asked {
                self.words = [a.clone(), b.clone(), c.clone()];
            }
        }
        self.fields(ui, out);
        if let Some(report) = state.derived().analogy(state.view().document) {
            answers(ui, state, &names, report, out);
        } else if asked.is_none() {
            widgets::hint(
                ui,
                "The step from A to B is taken from C; the words nearest to where it ends are the answers.",
            );
        }
        self.own_pairs(ui, state, out);
        self.gallery(ui, state, names.table(), out);
    }

    /// Pairs of one's own, all drawn at once.
    fn own_pairs(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let shown = &state.view().map.relation;
        if *shown != self.shown_pairs {
            self.shown_pairs.clone_from(shown);
            if let Some(choice @ RelationChoice::Own(_)) = shown {
                self.pairs = choice.text();
            }
        }
        widgets::heading(ui, "Several at once");
        widgets::hint(ui, "Pairs that stand in one relation, one on a line: are their steps parallel?");
        let edit = TextEdit::multiline(&mut self.pairs)
            .hint_text("man, woman\nking, queen")
            .desired_rows(3)
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        widgets::name_field(&response, "Pairs", &self.pairs);
        let typed = RelationChoice::typed(&self.pairs);
        let ready = typed.is_some();
        let entered = response.has_focus() && ui.input(|i| i.modifiers.command && i.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            let button = ui.add_enabled(ready, egui::Button::new("Draw as arrows"));
            let button =
                button.on_hover_text("Ctrl+Enter").on_disabled_hover_text("Write two words on a line first.");
            if button.clicked() || entered && ready {
                out.send(Command::ShowRelation(typed));
            }
            let on = matches!(shown, Some(RelationChoice::Own(_)));
            if on && ui.button("Clear").clicked() {
                out.send(Command::ShowRelation(None));
            }
        });
        if let Some(note) = RelationChoice::note(&self.pairs) {
            widgets::hint(ui, &note);
        }
        if matches!(shown, Some(RelationChoice::Own(_))) {
            parallelism(ui, state);
        }
    }

    fn fields(&mut self, ui: &mut Ui, out: &mut Outbox) {
        let mut ask = false;
        let width = ((ui.available_width() - 84.0) / 2.0).clamp(70.0, 160.0);
        let field = |ui: &mut Ui, text: &mut String, name: &str, example: &'static str| {
            let edit = TextEdit::singleline(text).hint_text(example).align(egui::Align2::LEFT_CENTER);
            let response = ui.add_sized(vec2(width, 28.0), edit);
            widgets::name_field(&response, name, text);
            response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
        };
        let ready = self.words.iter().all(|word| !word.trim().is_empty());
        let [a, b, c] = &mut self.words;
        egui::Grid::new("analogy").num_columns(4).spacing([space::XS, space::S]).show(ui, |ui| {
            ui.label("");
            ask |= field(ui, a, "A", "man");
            widgets::term(ui, "is to", "The step from the first word to the second …");
            ask |= field(ui, b, "B", "woman");
            ui.end_row();
            widgets::term(ui, "as", "… is taken from the third word.");
            ask |= field(ui, c, "C", "king");
            widgets::term(ui, "is to", "The words nearest to where the step ends are the answers.");
            let button = egui::Button::new("? Ask").min_size(vec2(width, 28.0));
            let response = ui.add_enabled(ready, button);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, ready, "Ask"));
            ask |= response
                .on_disabled_hover_text("Write a word into each of the three fields first.")
                .clicked();
            ui.end_row();
        });
        if ask && ready {
            let [a, b, c] = self.words.clone().map(|word| word.trim().to_owned());
            out.send(Command::AskAnalogy(Some(AnalogyQuestion { a, b, c })));
        } else if ask {
            widgets::hint(ui, "Write a word into each of the three fields.");
        }
    }

    /// Ready analogies that the open file has all the words for.
    fn gallery(&mut self, ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
        let document = state.view().document;
        if self.gallery.as_ref().is_none_or(|(known, _)| *known != document) {
            let ready = relations::answerable(table);
            self.gallery =
                Some((document, ready.into_iter().map(|ready| (ready.relation, ready.words)).collect()));
        }
        let Some((_, ready)) = &self.gallery else { return };
        widgets::heading(ui, "Ready to ask");
        if ready.is_empty() {
            widgets::hint(ui, "This file lacks the words of the ready analogies. Write your own above.");
        }
        let mut relation = "";
        for (name, [a, b, c, _]) in ready {
            if relation != *name {
                relation = name;
                ui.add_space(space::XS);
                let quiet = theme::tones(ui).quiet;
                let scores = state.derived().questions().gallery(document);
                let score = scores.and_then(|scores| scores.iter().find(|score| score.section == *name));
                let score = score.map_or_else(String::new, |score| {
                    format!(" · {} of {} answered", score.correct, score.total)
                });
                let title = RichText::new(format!("{name}{score}")).size(size::SMALL).color(quiet);
                ui.label(title).on_hover_text(
                    "Every pair of this relation asked about every other: how often is the expected word the best answer?",
                );
                relation_line(ui, state, name, out);
            }
            let text = format!("{a} → {b},  {c} → ?");
            if ui.add(egui::Button::new(text).frame(false)).on_hover_text("Ask this analogy").clicked() {
                let [a, b, c] = [a, b, c].map(|word| (*word).to_owned());
                out.send(Command::AskAnalogy(Some(AnalogyQuestion { a, b, c })));
            }
        }
    }
}

/// The button that shows all pairs of a relation, and how parallel they are once it is on.
fn relation_line(ui: &mut Ui, state: &State, name: &str, out: &mut Outbox) {
    let view = state.view();
    let choice = RelationChoice::Gallery(name.to_owned());
    let on = view.map.relation.as_ref() == Some(&choice);
    let shown = widgets::pill(ui, "All pairs as arrows", on);
    if shown
        .on_hover_text("Draw every pair of this relation on the map, and say how parallel they are")
        .clicked()
    {
        out.send(Command::ShowRelation((!on).then_some(choice)));
    }
    if on {
        parallelism(ui, state);
    }
}

/// How parallel the arrows are that are shown.
fn parallelism(ui: &mut Ui, state: &State) {
    let view = state.view();
    let Some(report) = state.derived().questions().relation(view) else { return };
    for word in &report.missing {
        widgets::warning(ui, &word.to_string());
    }
    let cosine = |found: Option<f64>| {
        found.map_or_else(|| "–".to_owned(), |cosine| format!("{cosine:.2}").replace('-', "−"))
    };
    let drawn = state.derived().cloud_of(view.document).map(|cloud| report.on_map(cloud));
    let pairs = report.pairs.len();
    let fewer = drawn.as_ref().map(|drawn| drawn.each.len()).filter(|drawn| *drawn < pairs);
    let text = format!(
        "{pairs} pairs: the mean cosine of every two steps is {} in all dimensions, {} on the map{}.",
        cosine(report.parallel.mean_cosine),
        cosine(drawn.and_then(|drawn| drawn.mean_cosine)),
        fewer.map_or_else(String::new, |drawn| format!(", which has {drawn} of them")),
    );
    widgets::hint(ui, &text).on_hover_text(
        "1 if all steps lead the same way, 0 if each leads its own. In many dimensions steps without a relation are close to 0; \
         on a flat map they are parallel by chance much sooner.",
    );
}

fn answers(ui: &mut Ui, state: &State, names: &RowNames, report: &AnalogyReport, out: &mut Outbox) {
    let answer = match &report.outcome {
        Ok(answer) => answer,
        Err(unknown) => {
            for word in unknown {
                widgets::warning(ui, &word.to_string());
            }
            return;
        }
    };
    let tones = theme::tones(ui);
    let AnalogyQuestion { a, b, c } = &report.question;
    if let Some(best) = answer.best() {
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.label(format!("{a} is to {b} as {c} is to"));
            let color = theme::color(tones.map.counter);
            let word = RichText::new(names.shown(best)).font(FontId::new(size::LARGE, theme::semibold()));
            ui.label(word.color(color));
        });
    }
    angles(ui, state, answer);
    if ui.button("Show the arrows on the map").clicked() {
        out.send(Command::FlyTo(report.points().into_iter().collect()));
    }
    ranking(ui, names, "Without the words of the question", &answer.answers.without_inputs, answer, out);
    ranking(ui, names, "With them", &answer.answers.with_inputs, answer, out);
    widgets::hint(
        ui,
        "The raw winner is often one of the question's own words: the step from A to B is shorter than it seems.",
    );
}

/// How parallel the two arrows are, in truth and on the map.
fn angles(ui: &mut Ui, state: &State, answer: &AnalogyAnswer) {
    let degrees = |angle: Option<f64>| angle.map_or_else(|| "–".to_owned(), |angle| format!("{angle:.1}°"));
    let on_map = on_map(state, answer);
    let about = "0° would be a perfect parallelogram. The map flattens the space, so its angle can be far from the true one.";
    egui::Grid::new("angles").num_columns(2).spacing([space::L, space::XS]).show(ui, |ui| {
        widgets::term(ui, "angle between the arrows, in the full space", about);
        ui.label(degrees(answer.angle));
        ui.end_row();
        widgets::term(ui, "on the map", about);
        ui.label(degrees(on_map));
        ui.end_row();
    });
}

fn on_map(state: &State, answer: &AnalogyAnswer) -> Option<f64> {
    let cloud = state.derived().cloud()?;
    let at = |row: u32| cloud.points.position(row as usize);
    let (a, b, c, d) = (at(answer.a)?, at(answer.b)?, at(answer.c)?, at(answer.best()?)?);
    crate::geometry::analogy::arrows_angle(&a, &b, &c, &d)
}

fn ranking(
    ui: &mut Ui,
    names: &RowNames,
    name: &str,
    list: &[Neighbor],
    answer: &AnalogyAnswer,
    out: &mut Outbox,
) {
    /// Enough to see what nearly won.
    const SHOWN: usize = 5;
    ui.add_space(space::S);
    ui.label(RichText::new(name).strong());
    let tones = theme::tones(ui);
    let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
    for (rank, Neighbor { row, score }) in list.iter().take(SHOWN).enumerate() {
        let asked = [answer.a, answer.b, answer.c].contains(row);
        let mark = if asked { tones.quiet } else { theme::color(tones.map.counter) };
        let value = widgets::score(*score, Metric::Cosine);
        let line = widgets::word_line(ui, rank + 1, &names.shown(*row), &value, *score, Some(mark));
        let tip = if asked { "One of the question's own words" } else { "Click to see its nearest words" };
        if line.on_hover_text(tip).clicked() {
            out.send(Command::Select([*row].into_iter().collect(), crate::scene::view::SelectHow::Replace));
        }
    }
    ui.spacing_mut().item_spacing.y = spacing;
    ui.add_space(space::S);
}
