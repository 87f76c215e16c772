//! IDs without their tokenizer: what each tokenizer reads in them, and which of them could have made them.

use egui::{RichText, ScrollArea, Ui, vec2};

use super::super::theme::{self, Tones, size, space};
use super::super::tokens::chip::shown;
use super::super::widgets::field::{ANY_LENGTH, Field, Look};
use super::super::{Outbox, focus, widgets};
use super::GIVEN_UP;
use crate::app::State;
use crate::app::ids::ReadBy;
use crate::app::tokens::compared;
use crate::scene::Command;
use crate::tokens::decoding::{MOST_IDS, Verdict};

/// The accessible name of the field.
pub const NAME: &str = "IDs to read";

/// The most characters of a text that are written.
const LONGEST: usize = 400;

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: Field,
}

impl Room {
    /// Shows the field, and what each tokenizer reads.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        widgets::hint(
            ui,
            "A model gets numbers, and only its own tokenizer knows what they stand for. Paste IDs to see what each tokenizer \
             reads in them, and whose they may be.",
        );
        let look = Look { name: NAME, hint: "976 9059 382", rows: 2, is_code: true, most: ANY_LENGTH };
        if let Some(ids) = self.field.show(ui, &look, &state.view().tokens.ids) {
            out.send(Command::ReadIds(ids));
        }
        of_showdown(ui, state, out);
        ui.add_space(space::S);
        let ids = state.derived().reading().ids();
        if ids.gave_up() {
            widgets::hint(ui, GIVEN_UP);
            return;
        }
        match ids.newest() {
            None => {
                widgets::hint(ui, "Loading the tokenizers …");
            }
            Some(Err(problem)) => {
                widgets::warning(ui, problem);
            }
            Some(Ok(readings)) => {
                ScrollArea::vertical().id_salt("readings").auto_shrink(false).show(ui, |ui| {
                    focus::followed(ui, |ui| readings.iter().for_each(|read| reading(ui, read)));
                });
            }
        }
    }
}

/// The IDs of the showdown's text, to be read by the others.
fn of_showdown(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let view = &state.view().tokens;
    let answered = compared(view, state.derived().tokens())
        .filter_map(|row| Some((row.title(), row.current(view)?.as_ref().as_ref().ok()?)));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        widgets::term(
            ui,
            "IDs of the showdown's text by",
            "Take what one of them made, and see what the others read in it.",
        );
        for (title, row) in answered {
            let button = egui::Button::new(RichText::new(title).size(size::SMALL)).small();
            if ui.add_enabled(row.len() <= MOST_IDS, button).clicked() {
                let ids: Vec<String> = row.tokens().iter().map(|token| token.id.to_string()).collect();
                out.send(Command::ReadIds(ids.join(" ")));
            }
        }
    });
}

fn reading(ui: &mut Ui, read: &ReadBy) {
    let tones = theme::tones(ui);
    ui.horizontal(|ui| {
        ui.label(RichText::new(&read.title).strong());
        let (said, color) = verdict(read, &tones);
        ui.label(RichText::new(said).size(size::SMALL).color(color));
    });
    if let Ok(reading) = &read.reading {
        let cut: String = reading.text.chars().take(LONGEST).collect();
        let more = if cut.len() < reading.text.len() { " …" } else { "" };
        let makes = reading.verdict == Verdict::Makes;
        let text = RichText::new(format!("{}{more}", shown(&cut)));
        let text = text.color(if makes { tones.text } else { tones.quiet });
        ui.add(egui::Label::new(text).wrap());
    }
    ui.add_space(space::S);
}

fn verdict(read: &ReadBy, tones: &Tones) -> (String, egui::Color32) {
    let reading = match &read.reading {
        Ok(reading) => reading,
        Err(problem) => return (problem.clone(), tones.error),
    };
    match reading.verdict {
        Verdict::Makes => ("could have made them".to_owned(), tones.accent),
        Verdict::MakesOthers(1) => ("would make 1 token of this text, and not these".to_owned(), tones.quiet),
        Verdict::MakesOthers(count) => {
            let count = widgets::thousands(count as u64);
            (format!("would make {count} tokens of this text, and not these"), tones.quiet)
        }
        Verdict::Lacks if reading.missing == 1 => ("has no entry for one of them".to_owned(), tones.warning),
        Verdict::Lacks => (
            format!("has no entry for {} of them", widgets::thousands(reading.missing as u64)),
            tones.warning,
        ),
    }
}
