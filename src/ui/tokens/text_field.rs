//! The field that the text is written in. Of a long text a part is written in at a time: to lay out a megabyte, as a field of
//! the whole would at each key, takes longer than many frames.

use std::ops::Range;

use egui::text_edit::TextEditState;
use egui::{Event, Id, Slider, Ui};

use super::NAME;
use crate::app::State;
use crate::scene::Command;
use crate::ui::theme::space;
use crate::ui::widgets::field::{ANY_LENGTH, Field, Look};
use crate::ui::{Outbox, widgets};

/// A text of at most so many bytes is written as a whole.
const WHOLE: usize = 1 << 15;

/// So many bytes of a longer one are written in at a time.
const PART: usize = 1 << 13;

/// The field, and which part of a long text it holds.
#[derive(Default)]
pub struct TextField {
    field: Field,
    part: Range<usize>,
    /// Which part that is, counted from 0.
    number: usize,
    /// How long the text is of which that is a part.
    length: usize,
}

impl TextField {
    /// Shows the field, `rows` lines high while the text is short.
    pub fn show(&mut self, ui: &mut Ui, state: &State, rows: usize, out: &mut Outbox) {
        let text = &*state.view().tokens.text;
        if text.len() > WHOLE {
            self.follow(text);
        }
        self.take_long_pastes(ui, text, out);
        let look = Look { name: NAME, hint: "Type or paste a text", rows, is_code: false, most: ANY_LENGTH };
        if text.len() <= WHOLE {
            self.length = 0;
            if let Some(text) = self.field.show(ui, &look, text) {
                out.send(Command::SetText(text));
            }
            return;
        }
        let part = self.part.clone();
        if let Some(written) = self.field.show(ui, &look, &text[part.clone()]) {
            self.part.end = part.start + written.len();
            let whole = spliced(text, part, &written);
            self.length = whole.len();
            out.send(Command::SetText(whole));
        }
        self.parts(ui, text, out);
    }

    /// Keeps the part within the text, of which something else may have changed.
    fn follow(&mut self, text: &str) {
        if self.length == text.len()
            && self.part.end <= text.len()
            && self.part.end - self.part.start <= 2 * PART
        {
            let ends = [self.part.start, self.part.end];
            if ends.iter().all(|&end| text.is_char_boundary(end)) {
                return;
            }
        }
        self.go_to(text, if self.length == 0 { 0 } else { self.number });
        self.length = text.len();
    }

    /// Has the field hold another part, or the last where there is no such.
    fn go_to(&mut self, text: &str, number: usize) {
        self.number = number.min(text.len().div_ceil(PART).saturating_sub(1));
        self.part = part_from(text, self.number * PART);
    }

    /// Which part is shown, and the way to the others.
    fn parts(&mut self, ui: &mut Ui, text: &str, out: &mut Outbox) {
        let count = text.len().div_ceil(PART);
        let now = self.number + 1;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let mut shown = now;
            if ui.add_enabled(now > 1, egui::Button::new("Part before")).clicked() {
                shown -= 1;
            }
            if ui.add_enabled(now < count, egui::Button::new("Part after")).clicked() {
                shown += 1;
            }
            let name = format!("of {} parts", widgets::thousands(count as u64));
            ui.add(Slider::new(&mut shown, 1..=count).text(name))
                .on_hover_text("Which part of this long text stands in the field");
            if shown != now {
                self.go_to(text, shown - 1);
            }
            if ui.button("Clear").on_hover_text("Begin with an empty text").clicked() {
                out.send(Command::SetText(String::new()));
            }
        });
    }

    /// Puts a long text that is pasted into the field where the cursor is, before the field would lay it out.
    fn take_long_pastes(&mut self, ui: &Ui, text: &str, out: &mut Outbox) {
        let id = Id::unique(NAME);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return;
        }
        let is_long = |event: &Event| matches!(event, Event::Paste(pasted) if pasted.len() > WHOLE);
        let mut pasted = None;
        ui.input_mut(|input| {
            if let Some(at) = input.events.iter().position(is_long)
                && let Event::Paste(long) = input.events.remove(at)
            {
                pasted = Some(long);
            }
        });
        let Some(pasted) = pasted else { return };
        let part = if text.len() <= WHOLE { 0..text.len() } else { self.part.clone() };
        let within = &text[part.clone()];
        let chosen = TextEditState::load(ui.ctx(), id).and_then(|state| state.cursor.char_range());
        let place = |index: usize| within.char_indices().nth(index).map_or(within.len(), |(at, _)| at);
        let range = chosen.map_or(within.len()..within.len(), |chosen| {
            let ends = [chosen.primary.index, chosen.secondary.index].map(|index| place(index.0));
            ends[0].min(ends[1])..ends[0].max(ends[1])
        });
        let range = part.start + range.start..part.start + range.end;
        self.length = 0;
        out.send(Command::SetText(spliced(text, range, &pasted)));
    }
}

/// A text with another one in place of a part.
fn spliced(text: &str, part: Range<usize>, other: &str) -> String {
    [&text[..part.start], other, &text[part.end..]].concat()
}

/// A part from about a place on.
fn part_from(text: &str, wanted: usize) -> Range<usize> {
    let start = text.floor_char_boundary(wanted.min(text.len().saturating_sub(1)));
    // Up to where the next part begins.
    start..text.floor_char_boundary((wanted + PART).min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_any_text_are_whole_characters() {
        let text = "é🍓a".repeat(10_000);
        for start in [0, 1, 2, 3, PART, text.len() - 1, text.len() + 9] {
            let part = part_from(&text, start);
            assert!(
                text.get(part.clone()).is_some_and(|part| !part.is_empty() && part.len() <= PART),
                "{start}"
            );
        }
        assert_eq!(spliced("abcdef", 2..4, "XYZ"), "abXYZef");
        let (mut field, mut parts) = (TextField::default(), Vec::new());
        for number in 0..text.len().div_ceil(PART) {
            field.go_to(&text, number);
            parts.push(text[field.part.clone()].to_owned());
            assert_eq!(field.number, number, "one part leads to the next");
        }
        assert_eq!(parts.concat(), text);
    }
}
