//! The letters inside of tokens: one counts a letter by eye, and sees what a model is given instead.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, FontFamily, FontId, Layout, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::super::theme::{self, Tones, size, space};
use super::super::tokens::chip::{hex, shown};
use super::super::widgets::field::{Field, Look};
use super::super::{Outbox, widgets};
use super::{GIVEN_UP, NO_TOKENIZER};
use crate::app::State;
use crate::app::letters::{Lettered, Letters};
use crate::scene::Command;
use crate::scene::view::LetterChoice;
use crate::tokens::Row;
use crate::tokens::letters::Spread;

/// The accessible names of the fields.
pub const TEXT: &str = "Text with letters";
pub const LETTER: &str = "Letter to count";

/// The height of a token with its number alone.
const ROW: f32 = 26.0;

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    text: Field,
    letter: Field,
}

impl Room {
    /// Shows the text, the letter, and what each tokenizer makes of them.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let choice = &state.view().tokens.letters;
        self.question(ui, choice, out);
        ui.add_space(space::S);
        let counting = state.derived().reading().letters();
        if counting.gave_up() {
            widgets::hint(ui, GIVEN_UP);
            return;
        }
        let Some(letters) = counting.newest() else {
            widgets::hint(ui, "Loading the tokenizers …");
            return;
        };
        ScrollArea::vertical().id_salt("letters").auto_shrink(false).show(ui, |ui| {
            counted_by_eye(ui, choice, letters);
            if letters.tokenizers.is_empty() {
                widgets::hint(ui, NO_TOKENIZER);
            }
            for lettered in &letters.tokenizers {
                tokenizer(ui, choice, letters, lettered);
            }
            ui.add_space(space::L);
        });
    }

    fn question(&mut self, ui: &mut Ui, choice: &LetterChoice, out: &mut Outbox) {
        let mut wanted = choice.clone();
        ui.horizontal(|ui| {
            let about = "A letter as you see it. A small letter stands for its capital as well; a capital stands for itself.";
            widgets::term(ui, "How many", about);
            ui.scope(|ui| {
                ui.set_max_width(40.0);
                let look = Look { name: LETTER, hint: "r", rows: 1, is_code: false, most: LetterChoice::LONGEST_LETTER };
                if let Some(letter) = self.letter.show(ui, &look, &choice.letter) {
                    wanted.letter = letter.into();
                }
            });
            // Of several letters the last is meant: the field says so.
            if self.letter.text() != &*choice.letter && wanted.letter == choice.letter {
                self.letter.follow();
            }
            widgets::term(ui, "in", &format!("Any text of up to {} characters.", LetterChoice::LONGEST));
            let look = Look { name: TEXT, hint: "strawberry", rows: 1, is_code: false, most: LetterChoice::LONGEST };
            if let Some(text) = self.text.show(ui, &look, &choice.text) {
                wanted.text = text.into();
            }
        });
        let about = "What each number stands for, and how many of the letters that has.";
        ui.checkbox(&mut wanted.reveal, "Show the letters inside").on_hover_text(about);
        if wanted != *choice {
            out.send(Command::CountLetters(wanted));
        }
    }
}

/// The text as a reader sees it, large; and how often the letter is in it.
fn counted_by_eye(ui: &mut Ui, choice: &LetterChoice, letters: &Letters) {
    let tones = theme::tones(ui);
    let marks = if choice.reveal { &letters.places[..] } else { &[] };
    let font = FontId::proportional(size::LARGE * 1.6);
    let mut job = marked(&letters.text, 0, marks, &font, &tones);
    job.wrap.max_width = ui.available_width();
    ui.label(job);
    let count = letters.places.len();
    let letter = &letters.letter;
    let said = match count {
        _ if letter.is_empty() => "Write the letter that is to be counted.".to_owned(),
        _ if !choice.reveal => {
            format!(
                "You see each “{letter}”, and can count them. A model gets the numbers below, and no letters at all."
            )
        }
        1 => format!("“{letter}” is there once."),
        count => format!("“{letter}” is there {} times.", widgets::thousands(count as u64)),
    };
    widgets::hint(ui, &said);
}

/// What one tokenizer gives a model: numbers; and, if that is to be seen, what of the letter is in each.
fn tokenizer(ui: &mut Ui, choice: &LetterChoice, letters: &Letters, lettered: &Lettered) {
    /// Room for the name.
    const NAMES: f32 = 120.0;
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(NAMES, ROW), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAMES);
            ui.add(egui::Label::new(RichText::new(&lettered.title).strong()).truncate());
        });
        ui.vertical(|ui| match &lettered.counted {
            Ok((row, spread)) => tokens(ui, choice, letters, row, spread),
            Err(problem) => drop(widgets::warning(ui, problem)),
        });
    });
}

fn tokens(ui: &mut Ui, choice: &LetterChoice, letters: &Letters, row: &Row, spread: &Spread) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for (index, count) in spread.in_tokens.iter().enumerate() {
            token(ui, choice, letters, (row, index), *count);
        }
        if choice.reveal {
            let said =
                RichText::new(summed(row, spread)).size(size::BODY - 1.0).color(theme::tones(ui).quiet);
            ui.add_space(space::S);
            ui.label(said);
        }
    });
}

/// How the letters fall to tokens, in words.
fn summed(row: &Row, spread: &Spread) -> String {
    let holding = spread.in_tokens.iter().filter(|count| **count > 0).count();
    let inside: usize = spread.in_tokens.iter().sum();
    let tokens = if row.len() == 1 { "token" } else { "tokens" };
    let none = match spread.in_none.len() {
        0 => String::new(),
        1 => " One is in no token: it is changed, cut into bytes, unknown, or dropped.".to_owned(),
        none => format!(" {none} are in no token: they are changed, cut into bytes, unknown, or dropped."),
    };
    format!("{inside} of them, in {holding} of {} {tokens}.{none}", row.len())
}

/// A token: its number, and below it its letters where they are to be seen.
fn token(ui: &mut Ui, choice: &LetterChoice, letters: &Letters, (row, index): (&Row, usize), count: usize) {
    const PADDING: f32 = 6.0;
    let tones = theme::tones(ui);
    let token = &row.tokens()[index];
    let number = FontId::new(size::BODY, FontFamily::Monospace);
    let id = ui.painter().layout_no_wrap(token.id.to_string(), number, tones.text);
    let inside = choice.reveal.then(|| {
        let font = FontId::proportional(size::BODY);
        let job = match row.original(index) {
            Some(text) if !row.is_unknown(index) => {
                let read = String::from_utf8_lossy(&row.bytes(index)).into_owned();
                if text.trim() == read.trim() {
                    marked(text, token.start, &letters.places, &font, &tones)
                } else {
                    // What the tokenizer made of it before it looked for tokens.
                    LayoutJob::simple_singleline(shown(&read).replace(' ', "·"), font, tones.warning)
                }
            }
            Some(text) => marked(text, token.start, &[], &font, &tones),
            None => LayoutJob::simple_singleline(hex(&row.bytes(index)), font, tones.quiet),
        };
        ui.painter().layout_job(job)
    });
    let below = inside.as_ref().map_or(vec2(0.0, 0.0), |inside| inside.size());
    let room = vec2(id.size().x.max(below.x), id.size().y + below.y) + vec2(2.0 * PADDING, PADDING);
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    let written = row.original(index).map_or_else(|| hex(&row.bytes(index)), shown);
    let name = if choice.reveal {
        format!("ID {}, {written}, {count}", token.id)
    } else {
        format!("ID {}", token.id)
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let ground = if count > 0 && choice.reveal { tones.accent_soft } else { tones.well };
    ui.painter().rect_filled(rect, 4.0, ground);
    let middle = |width: f32| rect.center().x - width / 2.0;
    let top = rect.top() + PADDING / 2.0;
    ui.painter().galley(egui::pos2(middle(id.size().x), top), Arc::clone(&id), tones.text);
    if let Some(inside) = inside {
        let at = egui::pos2(middle(inside.size().x), top + id.size().y);
        ui.painter().galley(at, inside, tones.text);
    }
}

/// A stretch of the text that begins at `start`, with the letter marked wherever it stands.
fn marked(text: &str, start: usize, places: &[Range<usize>], font: &FontId, tones: &Tones) -> LayoutJob {
    let format = |color| TextFormat { font_id: font.clone(), color, ..TextFormat::default() };
    let strong = TextFormat { underline: egui::Stroke::new(2.0, tones.accent), ..format(tones.accent) };
    // A token says where its spaces are.
    let written = |part: &str| {
        if start > 0 || font.size < size::LARGE { shown(part).replace(' ', "·") } else { shown(part) }
    };
    let mut job = LayoutJob::default();
    let mut done = 0;
    let inside = places.iter().filter(|place| place.start >= start && place.end <= start + text.len());
    for place in inside {
        let (from, to) = (place.start - start, place.end - start);
        job.append(&written(&text[done..from]), 0.0, format(tones.text));
        job.append(&text[from..to], 0.0, strong.clone());
        done = to;
    }
    job.append(&written(&text[done..]), 0.0, format(tones.text));
    job
}
