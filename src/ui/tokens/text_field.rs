//! The field that the text is written in. Of a long text a part is written in at a time: to lay out a megabyte, as a field of
//! the whole would at each key, takes longer than many frames.

use std::ops::Range;

use egui::text::{CCursor, CCursorRange};
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

/// The field. Which part of a long text it holds is one for all fields of the text: they are one to the keyboard.
#[derive(Default)]
pub struct TextField {
    field: Field,
    /// What was typed in the frame of a long paste, behind it: it is typed once the paste is there.
    later: Vec<Event>,
}

/// What of the text the field holds.
#[derive(Debug, Clone, Default)]
struct Held {
    /// All of a short text.
    part: Range<usize>,
    /// Which part of a long one that is, counted from 0.
    number: usize,
    /// How long the text is of which that is a part.
    length: usize,
    /// Where the last edit left the cursor: a place in the whole text, in bytes.
    cursor: usize,
}

impl TextField {
    /// Shows the field, `rows` lines high while the text is short.
    pub fn show(&mut self, ui: &mut Ui, state: &State, rows: usize, out: &mut Outbox) {
        let text = &*state.view().tokens.text;
        let id = Id::unique(NAME);
        let mut held: Held = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        if let Some(cursor) = held.follow(text) {
            set_cursor(ui, &text[held.part.clone()], cursor);
        }
        let mut written_elsewhere = false;
        let later = std::mem::take(&mut self.later);
        if ui.memory(|memory| memory.has_focus(id)) {
            ui.input_mut(|input| drop(input.events.splice(0..0, later)));
        }
        if let Some((range, pasted, later)) = long_paste(ui, text, &held.part) {
            if !later.is_empty() {
                self.later = later;
                ui.ctx().request_repaint();
            }
            out.send(Command::SetText(held.write(text, range, &pasted, pasted.len())));
            held.part = 0..0;
            written_elsewhere = true;
        }
        let look = Look { name: NAME, hint: "Type or paste a text", rows, is_code: false, most: ANY_LENGTH };
        let part = held.part.clone();
        let written = self.field.show(ui, &look, &text[part.clone()]);
        if self.field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            // Of a text in one line Enter ends nothing: one writes on.
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        // The field knows nothing of the paste yet.
        if let Some(written) = written.filter(|_| !written_elsewhere) {
            let cursor = cursors(ui, &written).end;
            out.send(Command::SetText(held.write(text, part, &written, cursor)));
        }
        if text.len() > WHOLE {
            parts(ui, &mut held, text, out);
        }
        ui.data_mut(|data| data.insert_temp(id, held));
    }
}

impl Held {
    /// Keeps the part within the text, of which something else may have changed. Gives where in the part the cursor is to be,
    /// in bytes, where another part is held than the one that was written in.
    fn follow(&mut self, text: &str) -> Option<usize> {
        let before = self.part.clone();
        let own_edit = self.length == text.len();
        self.length = text.len();
        if text.len() <= WHOLE {
            (self.part, self.number) = (0..text.len(), 0);
        } else if !own_edit || !self.is_sound(text) {
            let at_cursor = (self.cursor / PART).min(text.len() / PART);
            self.go_to(text, if own_edit { at_cursor } else { self.number });
        }
        let moved = own_edit && self.part != before && text.is_char_boundary(self.cursor);
        moved.then(|| self.cursor.clamp(self.part.start, self.part.end) - self.part.start)
    }

    /// Whether the part is one of this text, and neither empty nor too long to be laid out at each key.
    fn is_sound(&self, text: &str) -> bool {
        text.get(self.part.clone()).is_some_and(|part| !part.is_empty() && part.len() <= 2 * PART)
    }

    /// Holds another part, or the last where there is no such.
    fn go_to(&mut self, text: &str, number: usize) {
        self.number = number.min(text.len().div_ceil(PART).saturating_sub(1));
        self.part = part_from(text, self.number * PART);
    }

    /// The text with `written` in place of a range of it. `cursor` is where the cursor stands in what was written, in bytes.
    fn write(&mut self, text: &str, range: Range<usize>, written: &str, cursor: usize) -> String {
        self.cursor = range.start + cursor;
        let whole = spliced(text, range, written);
        self.part.end = (self.part.end + whole.len()).saturating_sub(text.len()).max(self.part.start);
        self.length = whole.len();
        whole
    }
}

/// Which part is shown, and the way to the others.
fn parts(ui: &mut Ui, held: &mut Held, text: &str, out: &mut Outbox) {
    let count = text.len().div_ceil(PART);
    let now = held.number + 1;
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
            held.go_to(text, shown - 1);
        }
        if ui.button("Clear").on_hover_text("Begin with an empty text").clicked() {
            out.send(Command::SetText(String::new()));
        }
    });
}

/// Takes a long text that is pasted, before the field would lay it out. Gives what of the whole text it replaces, itself, and what
/// was typed behind it.
fn long_paste(ui: &Ui, text: &str, part: &Range<usize>) -> Option<(Range<usize>, String, Vec<Event>)> {
    if !ui.memory(|memory| memory.has_focus(Id::unique(NAME))) {
        return None;
    }
    let is_long = |event: &Event| matches!(event, Event::Paste(pasted) if pasted.len() > PART);
    let (pasted, later) = ui.input_mut(|input| {
        let at = input.events.iter().position(is_long)?;
        let (typed, others): (Vec<Event>, Vec<Event>) =
            input.events.split_off(at + 1).into_iter().partition(is_typed);
        let Some(Event::Paste(pasted)) = input.events.pop() else { return None };
        // Letters before it in the same frame belong to it.
        let mut all = String::new();
        for event in &input.events {
            if let Event::Text(text) = event {
                all += text;
            }
        }
        input.events.retain(|event| !matches!(event, Event::Text(_)));
        input.events.extend(others);
        Some((all + &pasted, typed))
    })?;
    let chosen = cursors(ui, &text[part.clone()]);
    Some((part.start + chosen.start..part.start + chosen.end, pasted, later))
}

/// Whether an event is meant for the field that is written in.
fn is_typed(event: &Event) -> bool {
    matches!(event, Event::Text(_) | Event::Key { .. } | Event::Paste(_) | Event::Cut | Event::Ime(_))
}

/// What is chosen of the text in the field, in bytes; both ends are the cursor where nothing is. The end of the text where the
/// cursor was never in it.
fn cursors(ui: &Ui, text: &str) -> Range<usize> {
    let place = |index: usize| text.char_indices().nth(index).map_or(text.len(), |(at, _)| at);
    let chosen = TextEditState::load(ui.ctx(), Id::unique(NAME)).and_then(|state| state.cursor.char_range());
    chosen.map_or(text.len()..text.len(), |chosen| {
        let [one, other] = [chosen.primary.index, chosen.secondary.index].map(|index| place(index.0));
        one.min(other)..one.max(other)
    })
}

/// Puts the cursor to a place in the text in the field, in bytes.
fn set_cursor(ui: &Ui, text: &str, at: usize) {
    let id = Id::unique(NAME);
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let cursor = CCursor::new(text[..at].chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
    state.store(ui.ctx(), id);
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
        let (mut held, mut parts) = (Held::default(), Vec::new());
        for number in 0..text.len().div_ceil(PART) {
            held.go_to(&text, number);
            parts.push(text[held.part.clone()].to_owned());
            assert_eq!(held.number, number, "one part leads to the next");
        }
        assert_eq!(parts.concat(), text);
    }

    /// Writes at a place of the text as a person would: within the part that is held.
    fn typed(held: &mut Held, text: &str, at: usize, new: &str) -> String {
        assert!(held.part.contains(&at) || held.part.end == at, "{at} is in {:?}", held.part);
        let part = held.part.clone();
        let written = spliced(&text[part.clone()], at - part.start..at - part.start, new);
        held.write(text, part.clone(), &written, at - part.start + new.len())
    }

    #[test]
    fn the_cursor_stays_where_one_types_though_another_part_is_held() {
        let (mut held, mut text) = (Held::default(), "aé".repeat(WHOLE / 3));
        held.follow(&text);
        let mut at = text.len() - 1 - "é".len();
        for key in ["x", "é", "🍓", "y"] {
            text = typed(&mut held, &text, at, key);
            at += key.len();
            let within = held.follow(&text);
            assert!(within.is_none_or(|within| held.part.start + within == at), "{key}: {within:?}");
            assert_eq!(within.is_some(), key == "é", "with this one the text is held in parts");
        }
        assert!(text.len() > WHOLE && held.part.start > 0);
        // Something shorter in place of the part: all of the text is held again.
        let part = held.part.clone();
        text = held.write(&text, part, "z", 1);
        assert_eq!(held.follow(&text), Some(text.rfind('z').unwrap() + 1));
        assert_eq!(held.part, 0..text.len());
        // Of a long paste the end is held.
        let pasted = "b".repeat(5 * PART);
        text = held.write(&text, 4..7, &pasted, pasted.len());
        held.part = 0..0;
        let within = held.follow(&text).unwrap();
        assert_eq!(held.part.start + within, 4 + pasted.len());
        assert!(held.is_sound(&text));
    }
}
