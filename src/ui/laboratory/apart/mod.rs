//! A short text on its way to the tokens of one tokenizer: normalized, cut into words, and each word step by step.

mod picture;

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui, vec2};

use super::super::theme::{self, space};
use super::super::{Outbox, focus, widgets};
use super::{GIVEN_UP, examined_one};
use crate::app::State;
use crate::app::browsing::{Traced, examined};
use crate::scene::Command;
use crate::scene::view::ChosenToken;
use crate::tokens::trace::{LONGEST, Order, Part, Trace, TracedWord, Way};
use crate::ui::tokens::chip::{hex, shown};
use crate::ui::widgets::Same;
use crate::ui::widgets::field::{Field, Look};
use crate::ui::widgets::player::Player;

/// The accessible name of the field.
pub const NAME: &str = "Text to take apart";

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: Field,
    /// The way that the player plays, and the word that is looked at.
    trace: Option<Same<Traced>>,
    word: usize,
    /// The step that is shown; the last where nothing is said.
    step: Option<usize>,
    player: Player,
}

impl Room {
    /// Shows the text and its way.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let view = &state.view().tokens;
        let rows = state.derived().tokens();
        let Some(row) = examined(view, rows) else { return };
        // Where there is no room beside the choice, the field stands below it.
        let is_narrow = ui.available_width() < 420.0;
        let layout =
            if is_narrow { Layout::top_down(Align::Min) } else { Layout::left_to_right(Align::Center) };
        let room = vec2(ui.available_width(), ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(room, layout, |ui| {
            let about = "A tokenizer belongs to its model: another one takes the same text apart otherwise.";
            examined_one(ui, state, ("Taken apart by", about), row, out);
            let look = Look { name: NAME, hint: "A word, or a few", rows: 1, is_code: false, most: LONGEST };
            if let Some(text) = self.field.show(ui, &look, &view.apart) {
                out.send(Command::TakeApart(text));
            }
        });
        ui.add_space(space::XS);
        if state.derived().reading().apart().gave_up() {
            widgets::hint(ui, GIVEN_UP);
            return;
        }
        let Some(traced) = state.derived().reading().apart().newest(view, rows) else {
            widgets::hint(ui, "Loading the tokenizer …");
            return;
        };
        let trace = match traced.as_ref() {
            Ok(trace) => trace,
            Err(problem) => {
                widgets::warning(ui, problem);
                return;
            }
        };
        let same = Same(Arc::clone(traced));
        if self.trace.as_ref() != Some(&same) {
            self.trace = Some(same);
            self.word = self.word.min(trace.words.len().saturating_sub(1));
            self.go_to_end();
        }
        egui::ScrollArea::vertical().id_salt("apart").auto_shrink(false).show(ui, |ui| {
            focus::followed(ui, |ui| {
                normalized(ui, trace);
                if trace.words.is_empty() {
                    widgets::hint(ui, "Nothing is left to be cut.");
                    return;
                }
                self.words(ui, trace);
                if let Some(word) = trace.words.get(self.word) {
                    self.steps(ui, state, word);
                }
                let followed = view.chosen.as_ref().filter(|chosen| chosen.tokenizer == row.name());
                tokens(ui, trace, (row.name(), followed), out);
            });
        });
    }

    fn go_to_end(&mut self) {
        self.step = None;
        self.player.stop();
    }

    /// The stretches that are encoded each by itself, of which one is looked at.
    fn words(&mut self, ui: &mut Ui, trace: &Trace) {
        heading(ui, 2, "Cut into words");
        widgets::hint(
            ui,
            if trace.cuts_words {
                "Each of them is cut by itself: no token reaches from one into the next."
            } else {
                "This tokenizer does not cut the text into words first."
            },
        );
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
            for (index, word) in trace.words.iter().enumerate() {
                let name = read(&word.bytes);
                let chosen = widgets::pill(ui, &name, index == self.word);
                if chosen.on_hover_text("Look at this word's steps").clicked() && index != self.word {
                    self.word = index;
                    self.go_to_end();
                }
            }
        });
    }

    fn steps(&mut self, ui: &mut Ui, state: &State, word: &TracedWord) {
        let (title, about) = explained(&word.way);
        heading(ui, 3, title);
        widgets::hint(ui, about);
        let steps = word.way.steps();
        let shown = self.step.unwrap_or(steps);
        let step = self.player.show(ui, shown, steps, state.settings().reduce_motion);
        self.step = Some(step);
        match &word.way {
            Way::Merges(order, states) => picture::merges(ui, *order, states, step),
            Way::Matches(matches) => picture::matches(ui, matches, step),
            Way::Paths(paths) => picture::paths(ui, paths, step),
            Way::Each | Way::Whole | Way::Unknown => {}
        }
    }
}

/// What is done, and why, in a few words.
fn explained(way: &Way) -> (&'static str, &'static str) {
    match way {
        Way::Merges(Order::Rank, _) => (
            "Joined, pair by pair",
            "It begins with single characters or bytes. Of all neighbors that were ever joined in training, those are joined \
             that were joined first: the pair with the lowest rank. So it goes on until no pair is known.",
        ),
        Way::Merges(Order::Score, _) => (
            "Joined, pair by pair",
            "It begins with single characters. Of all neighbors that make an entry, those are joined whose entry has the \
             highest score. So it goes on until no two make one.",
        ),
        Way::Matches(_) => (
            "The longest match first",
            "The longest entry is taken that the rest of the word begins with. What goes on with a word is looked up with ## \
             before it. If at some place nothing is found, the whole word is unknown.",
        ),
        Way::Paths(_) => (
            "The most probable way",
            "Each entry has a score, the logarithm of its probability. From place to place the best way to get there is kept: \
             in the end, the way with the greatest sum of all.",
        ),
        Way::Each => ("No cut to look for", "Every byte, code point or character is a token of its own."),
        Way::Whole => ("Taken whole", "The whole is an entry: it is looked up before anything is cut."),
        Way::Unknown => {
            ("Unknown", "The tokenizer has nothing for this, or does not look into a word of that length.")
        }
    }
}

fn heading(ui: &mut Ui, number: usize, title: &str) {
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        let tones = theme::tones(ui);
        ui.label(RichText::new(number.to_string()).heading().color(tones.accent));
        ui.label(RichText::new(title).heading());
    });
}

/// What the tokenizer makes of the text before it looks for tokens.
fn normalized(ui: &mut Ui, trace: &Trace) {
    heading(ui, 1, "Normalized");
    if trace.normalized == trace.text {
        widgets::hint(ui, "This tokenizer takes this text as it is.");
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let tones = theme::tones(ui);
        let text = |text: &str| RichText::new(read(text.as_bytes())).monospace();
        ui.label(text(&trace.text).color(tones.quiet));
        ui.label(RichText::new("→").color(tones.quiet));
        ui.label(text(&trace.normalized).color(tones.warning));
    });
}

/// What it comes to. A click follows a token to its row.
fn tokens(ui: &mut Ui, trace: &Trace, (name, followed): (&str, Option<&ChosenToken>), out: &mut Outbox) {
    heading(ui, 4, "Tokens");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
        for token in trace.words.iter().flat_map(|word| &word.tokens) {
            let Some(id) = token.id else { continue };
            let on = followed.is_some_and(|chosen| chosen.id == id);
            let text = format!("{}  {id}", written(token));
            let response = widgets::pill(ui, &text, on);
            if response.on_hover_text("Click to follow it: token → ID → row → point").clicked() {
                let chosen = ChosenToken { tokenizer: name.to_owned(), id };
                out.send(Command::ChooseToken((!on).then_some(chosen)));
            }
        }
    });
    ui.add_space(space::L);
}

/// Bytes as text with a dot for each space, or in hexadecimal where they are no whole characters.
fn read(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| hex(bytes), |text| shown(text).replace(' ', "·"))
}

fn written(part: &Part) -> String {
    read(&part.bytes)
}

/// What there is to know about the steps, beside them.
pub fn side(ui: &mut Ui) {
    widgets::heading(ui, "Step by step");
    for text in [
        "Type a word, choose a tokenizer, and see how the one becomes the other.",
        "Play the steps, or drag the slider back and forth.",
        "Try a word that you made up, a name, a long number, an emoji: what was rare in training comes apart into small pieces.",
        "Choose BERT for longest match, T5 for the most probable way, GPT-2 for pairs that are joined, ByT5 for no choice at all.",
    ] {
        widgets::hint(ui, text);
    }
}
