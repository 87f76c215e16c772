//! Axes that are named by words at their ends: which words lie farthest along them, and the map laid out by them.

use egui::{Key, RichText, TextEdit, Ui, vec2};

use crate::app::State;
use crate::geometry::{Metric, Neighbor};
use crate::scene::axes::{AxesReport, AxisReport, NamedAxes, NamedAxis};
use crate::scene::view::SelectHow;
use crate::scene::{Command, RowNames};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// The accessible names of the fields: first and second axis, from and to.
const FIELDS: [[&str; 2]; 2] = [["First axis from", "First axis to"], ["Second axis from", "Second axis to"]];

/// So many selected words are sorted along an axis.
const MOST_SORTED: usize = 100;

/// Axes to begin with.
const EXAMPLES: [(&str, [&str; 2]); 6] = [
    ("Size", ["small, little, tiny", "large, big, huge"]),
    ("Mechanical and living", ["machine, engine, car", "animal, dog, horse"]),
    ("Man and woman", ["man, father, son, king", "woman, mother, daughter, queen"]),
    ("Now and then", ["go, see, play, write", "went, saw, played, wrote"]),
    ("Good and bad", ["good, great, best", "bad, terrible, worst"]),
    ("One and many", ["dog, car, house, city", "dogs, cars, houses, cities"]),
];

/// What stands in the fields.
#[derive(Default)]
pub struct AxesPage {
    words: [[String; 2]; 2],
    /// The axes that the fields were last filled from.
    shown: Vec<NamedAxis>,
}

impl AxesPage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let Some(names) = state.names() else {
            widgets::hint(ui, "Open a file of vectors to lay its words out along axes of your own.");
            return;
        };
        let named = &state.view().map.named;
        if named.axes != self.shown {
            // Undo, a lesson or an example named them: the fields follow.
            self.shown.clone_from(&named.axes);
            let text = |words: &[String]| words.join(", ");
            self.words = [0, 1].map(|axis| {
                let axis = named.axes.get(axis).cloned().unwrap_or_default();
                [text(&axis.from), text(&axis.to)]
            });
        }
        self.fields(ui, named, out);
        if !named.axes.is_empty() {
            let mut on_map = named.on_map;
            let tip = "Each word lies where the cosines of its row with the two axes say.";
            if ui.checkbox(&mut on_map, "Lay the map out along them").on_hover_text(tip).changed() {
                out.send(Command::NameAxes(NamedAxes { on_map, ..named.clone() }));
            }
        }
        match state.derived().questions().axes(state.view()) {
            Some(report) => results(ui, state, &names, report, out),
            None if named.axes.is_empty() => {
                widgets::hint(
                    ui,
                    "An axis goes from the mean of some words to the mean of others. Write words that are opposites in one way and alike \
                     in others; commas stand between them.",
                );
            }
            None => {}
        }
        examples(ui, &names, named, out);
    }

    fn fields(&mut self, ui: &mut Ui, named: &NamedAxes, out: &mut Outbox) {
        let mut asked = false;
        for (axis, (words, fields)) in self.words.iter_mut().zip(FIELDS).enumerate() {
            let title = if axis == 0 { "First axis, across" } else { "Second axis, up (may stay empty)" };
            let quiet = theme::tones(ui).quiet;
            ui.label(RichText::new(title).size(size::SMALL).color(quiet));
            ui.horizontal(|ui| {
                let width = ((ui.available_width() - 30.0) / 2.0).max(60.0);
                let hints = if axis == 0 { ["small, little", "large, big"] } else { ["machine", "animal"] };
                let [from, to] = words;
                asked |= field(ui, from, fields[0], hints[0], width);
                ui.label("↔");
                asked |= field(ui, to, fields[1], hints[1], width);
            });
        }
        let filled = |words: &[String; 2]| words.iter().all(|word| !word.trim().is_empty());
        let empty = |words: &[String; 2]| words.iter().all(|word| word.trim().is_empty());
        let ready = filled(&self.words[0]) && (filled(&self.words[1]) || empty(&self.words[1]));
        let button = ui.add_enabled(ready, egui::Button::new("Sort the words"));
        asked |= button.on_disabled_hover_text("Write words at both ends first.").clicked();
        if asked && ready {
            let axes = self.words.iter().filter(|words| filled(words));
            let axes = axes.map(|[from, to]| NamedAxis::typed(from, to)).collect();
            out.send(Command::NameAxes(NamedAxes { axes, on_map: named.on_map }));
        }
    }
}

fn field(ui: &mut Ui, text: &mut String, name: &str, hint: &'static str, width: f32) -> bool {
    let edit = TextEdit::singleline(text).hint_text(hint).align(egui::Align2::LEFT_CENTER);
    let response = ui.add_sized(vec2(width, 28.0), edit);
    widgets::name_field(&response, name, text);
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn results(ui: &mut Ui, state: &State, names: &RowNames, report: &AxesReport, out: &mut Outbox) {
    for axis in &report.axes {
        widgets::heading(ui, &axis.title());
        for unknown in &axis.missing {
            widgets::warning(ui, &unknown.to_string());
        }
        let Some(ends) = &axis.ends else {
            widgets::hint(ui, "There is no direction: words are needed at both ends, and not the same ones.");
            continue;
        };
        let selection = &state.view().map.selection;
        if selection.len() > 1 {
            let title = format!("The selected words, from {} down", end_name(axis, 1));
            let few = axis.sorted(selection.iter().take(MOST_SORTED));
            list(ui, names, axis, (&title, &few, true), out);
            if selection.len() > MOST_SORTED as u64 {
                widgets::hint(ui, &format!("The first {MOST_SORTED} of {}.", selection.len()));
            }
        }
        // From the greater end down to the lesser one, as on a scale.
        for end in [1, 0] {
            let title = format!("Farthest toward {}", end_name(axis, end));
            list(ui, names, axis, (&title, &ends[end], false), out);
        }
    }
}

fn end_name(axis: &AxisReport, end: usize) -> &str {
    axis.words[end].first().map_or("", String::as_str)
}

/// Words with a title over them, which are selected ones or not.
fn list(
    ui: &mut Ui,
    names: &RowNames,
    axis: &AxisReport,
    (title, words, selected): (&str, &[Neighbor], bool),
    out: &mut Outbox,
) {
    ui.label(RichText::new(title).size(size::SMALL).color(theme::tones(ui).quiet));
    let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
    for (rank, neighbor) in words.iter().enumerate() {
        let clicked = line(ui, names, axis, rank, *neighbor);
        if clicked && selected {
            out.send(Command::Explain(neighbor.row));
        } else if clicked {
            out.send(Command::Select([neighbor.row].into_iter().collect(), SelectHow::Replace));
        }
    }
    ui.spacing_mut().item_spacing.y = spacing;
    ui.add_space(space::S);
}

/// A word and its cosine with the axis. Says whether it was clicked.
fn line(ui: &mut Ui, names: &RowNames, axis: &AxisReport, rank: usize, at: Neighbor) -> bool {
    let own = axis.rows.iter().any(|rows| rows.contains(&at.row));
    let tones = theme::tones(ui);
    let mark = if own { tones.quiet } else { tones.accent };
    let value = widgets::score(at.score, Metric::Cosine);
    let line = widgets::word_line(ui, rank + 1, &names.shown(at.row), &value, at.score.abs(), Some(mark));
    let tip = if own {
        "One of the words that make the axis"
    } else {
        "Its cosine with the axis. Click to see the word"
    };
    line.on_hover_text(tip).clicked()
}

/// The examples that this file has words for at both ends.
fn examples(ui: &mut Ui, names: &RowNames, named: &NamedAxes, out: &mut Outbox) {
    // In just this spelling: that is looked up and not searched for, frame after frame.
    let known = |words: &str| words.split(", ").any(|word| names.find_exactly(word).is_some());
    let examples = EXAMPLES.iter().filter(|(_, ends)| ends.iter().all(|words| known(words)));
    for (i, &(name, [from, to])) in examples.enumerate() {
        if i == 0 {
            widgets::heading(ui, "Axes to try");
        }
        if ui.add(egui::Button::new(name).frame(false)).on_hover_text(format!("{from} ↔ {to}")).clicked() {
            let axes = vec![NamedAxis::typed(from, to)];
            out.send(Command::NameAxes(NamedAxes { axes, on_map: named.on_map }));
        }
    }
}
