//! Where the keys are among the tokens of the board.

use egui::{Key, Response, Ui};

use super::lane::Hit;
use super::lines::Lines;
use crate::app::showdown::Showdown;
use crate::tokens::Row;
use crate::ui::focus::{self, Arrows};

/// The token that the keys are at.
#[derive(Default)]
pub struct Cursor {
    /// The tokenizer, by its name: its lane goes elsewhere when its count changes.
    tokenizer: String,
    token: usize,
    /// Whether the keys moved last, and not the pointer.
    pub leads: bool,
}

impl Cursor {
    /// The lane and the place there: the nearest that there is.
    pub fn hit(&self, showdown: &Showdown) -> Hit {
        let lane = showdown.lanes.iter().position(|lane| lane.name == self.tokenizer).unwrap_or(0);
        Hit { lane, token: self.token.min(length(showdown, lane).saturating_sub(1)) }
    }

    /// Goes to a token.
    pub fn go_to(&mut self, showdown: &Showdown, hit: Hit) {
        if let Some(lane) = showdown.lanes.get(hit.lane) {
            self.tokenizer.clone_from(&lane.name);
            self.token = hit.token;
        }
    }

    /// The arrow keys walk along a lane and from lane to lane; Home and End lead to the ends of the lane, Page Up and Page Down
    /// over so many lines. Says whether they did.
    pub fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        showdown: &Showdown,
        lines: &Lines,
        page: usize,
    ) -> bool {
        if ui.input(|input| input.pointer.is_moving()) {
            self.leads = false;
        }
        if !response.has_focus() {
            return false;
        }
        if response.gained_focus() {
            self.leads = true;
        }
        focus::keep_arrows(ui, response, Arrows::All);
        let before = self.hit(showdown);
        let Some(now) = pressed(ui).and_then(|key| moved(key, before, showdown, lines, page)) else {
            return false;
        };
        self.go_to(showdown, now);
        self.leads = true;
        now != before
    }
}

fn pressed(ui: &Ui) -> Option<Key> {
    let keys = [
        Key::ArrowRight,
        Key::ArrowLeft,
        Key::ArrowDown,
        Key::ArrowUp,
        Key::Home,
        Key::End,
        Key::PageDown,
        Key::PageUp,
    ];
    ui.input(|input| keys.into_iter().find(|key| input.key_pressed(*key)))
}

fn moved(key: Key, from: Hit, showdown: &Showdown, lines: &Lines, page: usize) -> Option<Hit> {
    let last = length(showdown, from.lane).saturating_sub(1);
    let along = |token: usize| Some(Hit { token, ..from });
    let to_lane = |lane: usize| {
        (lane < showdown.lanes.len()).then(|| Hit { lane, token: at(showdown, lane, start(showdown, from)) })
    };
    let to_line = |line: usize| {
        let line = lines.all().get(line.min(lines.all().len().saturating_sub(1)))?;
        along(at(showdown, from.lane, showdown.aligned.span(line.start).start))
    };
    match key {
        Key::ArrowRight => along((from.token + 1).min(last)),
        Key::ArrowLeft => along(from.token.saturating_sub(1)),
        Key::Home => along(0),
        Key::End => along(last),
        Key::ArrowDown => to_lane(from.lane + 1),
        Key::ArrowUp => to_lane(from.lane.checked_sub(1)?),
        Key::PageDown => to_line(lines.of(showdown, from) + page),
        Key::PageUp => to_line(lines.of(showdown, from).saturating_sub(page)),
        _ => None,
    }
}

fn length(showdown: &Showdown, lane: usize) -> usize {
    showdown.lanes.get(lane).and_then(|lane| lane.row()).map_or(0, Row::len)
}

fn start(showdown: &Showdown, hit: Hit) -> usize {
    let token = showdown.lanes.get(hit.lane).and_then(|lane| lane.row()?.tokens().get(hit.token));
    token.map_or(0, |token| token.start)
}

/// The token of a lane that stands at a place of the text.
fn at(showdown: &Showdown, lane: usize, place: usize) -> usize {
    let Some(row) = showdown.lanes.get(lane).and_then(|lane| lane.row()) else { return 0 };
    row.tokens().partition_point(|token| token.end <= place).min(row.len().saturating_sub(1))
}
