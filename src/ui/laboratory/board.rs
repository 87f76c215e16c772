//! The text and, below it, a lane for each tokenizer: all along the same places, so that one sees where they agree.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{
    FontFamily, FontId, PointerButton, Pos2, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};

use super::cursor::Cursor;
use super::lane::{Hit, Lane, Met, room_around};
use super::line::Line;
use super::lines::Lines;
use crate::app::State;
use crate::app::showdown::Showdown;
use crate::scene::Command;
use crate::scene::view::{ChosenToken, TokenView};
use crate::ui::Outbox;
use crate::ui::theme::{self, Tones, size};
use crate::ui::tokens::chip::{explain, explain_at, hex, shown, written};
use crate::ui::widgets::Same;

/// Room for the names of the tokenizers.
pub const NAMES: f32 = 122.0;
/// Heights of the text, of its bytes, of a lane, of the IDs in it, and of what is between one line and the next.
const TEXT: f32 = 26.0;
const BYTES: f32 = 16.0;
const LANE: f32 = 22.0;
pub const IDS: f32 = 14.0;
const BETWEEN: f32 = 18.0;
/// The narrowest place that the two digits of a byte are written in.
const LEAST_OF_A_BYTE: f32 = 10.0;

/// The accessible name of the board.
pub const NAME: &str = "Tokens of the text";

/// What is remembered from frame to frame.
#[derive(Default)]
pub struct Board {
    lines: Lines,
    key: Option<BoardKey>,
    widths: Widths,
    /// Room for what is added before the text, and after it.
    margins: [f32; 2],
    cursor: Cursor,
    /// What is pointed at, by the pointer or the keys, as it was in the frame before.
    pointed: Option<Hit>,
}

/// What the lines follow from.
#[derive(PartialEq)]
struct BoardKey {
    showdown: Same<Showdown>,
    width: f32,
    scale: f32,
    bytes: bool,
}

impl Board {
    /// Shows the lines that are in sight.
    pub fn show(&mut self, ui: &mut Ui, state: &State, showdown: &Arc<Showdown>, out: &mut Outbox) {
        let view = &state.view().tokens;
        let width = ui.available_width() - ui.spacing().scroll.floating_allocated_width;
        self.break_lines(ui, view, showdown, width - NAMES);
        if !self.lines.is_whole(&showdown.aligned) {
            ui.ctx().request_repaint();
        }
        let height = block_height(view, showdown.lanes.len());
        let count = self.lines.all().len().max(1);
        let top_of_board = ui.available_rect_before_wrap().top();
        ScrollArea::vertical().id_salt("board").auto_shrink(false).show_viewport(ui, |ui, seen| {
            let (rect, response) = ui.allocate_exact_size(vec2(width, height * count as f32), Sense::click());
            let first = (seen.top() / height).floor().max(0.0) as usize;
            let last = ((seen.bottom() / height).ceil().max(0.0) as usize).min(count);
            let under = response.hover_pos();
            let mut met = Met::default();
            for index in first..last {
                // A long text is so high that f32 knows its lines to a few points only: they keep their distances all the same.
                let top = top_of_board + (index as f64 * f64::from(height) - f64::from(seen.top())) as f32;
                let found = self.line(ui, view, showdown, index, pos2(rect.left(), top), under);
                met = met.or(found);
            }
            let lines_in_sight = (last - first).saturating_sub(1).max(1);
            let moved = self.cursor.keys(ui, &response, showdown, &self.lines, lines_in_sight);
            if moved {
                let line = self.lines.of(showdown, self.cursor.hit(showdown));
                let top = rect.top() + height * line as f32;
                ui.scroll_to_rect(Rect::from_min_size(pos2(rect.left(), top), vec2(1.0, height)), None);
            }
            self.answer(ui, &response, view, showdown, met, out);
        });
    }

    fn break_lines(&mut self, ui: &Ui, view: &TokenView, showdown: &Arc<Showdown>, width: f32) {
        let key = BoardKey {
            showdown: Same(Arc::clone(showdown)),
            width,
            scale: ui.ctx().pixels_per_point(),
            bytes: view.marks.bytes,
        };
        if self.key.as_ref() != Some(&key) {
            if self.key.as_ref().is_none_or(|known| (known.scale, known.bytes) != (key.scale, key.bytes)) {
                self.widths = Widths::default();
            }
            self.lines = Lines::default();
            self.margins = room_around(ui, showdown);
            self.key = Some(key);
        }
        let widths = &mut self.widths;
        widths.most = width / 2.0;
        let room = (width - self.margins[1]).max(width / 2.0);
        self.lines
            .go_on(&showdown.aligned, room, self.margins[0], |text| widths.of(ui, text, view.marks.bytes));
    }

    /// Draws a line with all its lanes. Says what it met, of tokens that `under` may be over.
    fn line(
        &mut self,
        ui: &Ui,
        view: &TokenView,
        showdown: &Showdown,
        index: usize,
        at: Pos2,
        under: Option<Pos2>,
    ) -> Met {
        let aligned = &showdown.aligned;
        let cells = self.lines.all().get(index).cloned().unwrap_or(0..0);
        let is_first = index == 0;
        let left = at.x + NAMES + if is_first { self.margins[0] } else { 0.0 };
        let widths = &mut self.widths;
        let line = Line::new(aligned, cells, left, is_first, |text| widths.of(ui, text, view.marks.bytes));
        let tones = theme::tones(ui);
        let lane = lane_height(view);
        let top = at.y + TEXT + if view.marks.bytes { BYTES } else { 0.0 };
        tint(ui, &line, at.y, top + lane * showdown.lanes.len() as f32, &tones);
        text(ui, &line, view, at.y, &tones);
        let pointed = self.pointed.and_then(|hit| {
            let token = showdown.lanes.get(hit.lane)?.row()?.tokens().get(hit.token)?;
            Some((hit, token.start..token.end))
        });
        let mut met = Met::default();
        for (number, shown) in showdown.lanes.iter().enumerate() {
            let rect = Rect::from_min_max(
                pos2(at.x, top + lane * number as f32),
                pos2(ui.max_rect().right(), top + lane * (number + 1) as f32),
            );
            let chosen = view.chosen.as_ref().filter(|chosen| chosen.tokenizer == shown.name);
            let lane = Lane { shown, number, view, rect, line: &line, pointed: pointed.as_ref(), chosen };
            met = met.or(lane.paint(ui, &tones, under));
        }
        met
    }

    /// Clicks, and what is said of the token that is pointed at or that the keys are at.
    fn answer(
        &mut self,
        ui: &Ui,
        response: &Response,
        view: &TokenView,
        showdown: &Showdown,
        Met { under: hit, pointed: place }: Met,
        out: &mut Outbox,
    ) {
        let with_keys = response.has_focus().then(|| self.cursor.hit(showdown));
        // Whichever of the two moved last leads.
        let is_led_by_keys = with_keys.is_some() && self.cursor.leads;
        self.pointed = if is_led_by_keys { with_keys } else { hit.or(with_keys) };
        let spoken = with_keys.map(|hit| spoken(showdown, hit)).unwrap_or_default();
        response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, format!("{NAME}{spoken}")));
        // A key and a screen reader mean the token that the keys are at, wherever the pointer lies.
        let picked = if response.clicked_by(PointerButton::Primary) {
            hit
        } else {
            response.clicked().then(|| self.cursor.hit(showdown))
        };
        let token_of = |hit: Hit| {
            let lane = showdown.lanes.get(hit.lane)?;
            Some((lane, lane.row()?.tokens().get(hit.token)?))
        };
        if let Some((hit, (lane, token))) = picked.and_then(|hit| Some((hit, token_of(hit)?))) {
            self.cursor.go_to(showdown, hit);
            let chosen = ChosenToken { tokenizer: lane.name.clone(), id: token.id };
            let again = view.chosen.as_ref() == Some(&chosen);
            out.send(Command::ChooseToken((!again).then_some(chosen)));
        }
        let row_of = |hit: Hit| Some((showdown.lanes.get(hit.lane)?.row()?, hit.token));
        if is_led_by_keys {
            if let Some(((row, token), place)) = with_keys.and_then(row_of).zip(place) {
                explain_at(ui, response, place, row, token);
            }
        } else if let Some((row, token)) = hit.and_then(row_of) {
            explain(response.clone(), row, token);
        }
    }
}

/// What a screen reader hears of a token.
fn spoken(showdown: &Showdown, hit: Hit) -> String {
    let Some(lane) = showdown.lanes.get(hit.lane) else { return String::new() };
    let Some(row) = lane.row() else {
        return format!(
            ": {}, {}",
            lane.title,
            lane.answer.as_ref().as_ref().err().map_or("", String::as_str)
        );
    };
    let Some(token) = row.tokens().get(hit.token) else { return format!(": {}, no tokens", lane.title) };
    format!(
        ": {}, token {} of {}, “{}”, ID {}",
        lane.title,
        hit.token + 1,
        row.len(),
        written(row, hit.token).0,
        token.id
    )
}

fn lane_height(view: &TokenView) -> f32 {
    LANE + if view.marks.ids { IDS } else { 0.0 }
}

fn block_height(view: &TokenView, lanes: usize) -> f32 {
    TEXT + if view.marks.bytes { BYTES } else { 0.0 } + lane_height(view) * lanes as f32 + BETWEEN
}

/// Tints the stretches of a line that tokenizers cut each in its own way.
fn tint(ui: &Ui, line: &Line<'_>, top: f32, bottom: f32, tones: &Tones) {
    let stretches = &line.aligned.stretches;
    let first = stretches.partition_point(|stretch| stretch.range.end <= line.span.start);
    let here = stretches[first..].iter().take_while(|stretch| stretch.range.start < line.span.end);
    for stretch in here.filter(|stretch| !stretch.alike) {
        for [from, to] in line.places(stretch.range.clone()) {
            let rect = Rect::from_min_max(pos2(from, top), pos2(to, bottom));
            ui.painter().rect_filled(rect, 4.0, tones.accent_soft.gamma_multiply(0.45));
        }
    }
}

/// Writes the text of a line, a grapheme a cell, and its bytes.
fn text(ui: &Ui, line: &Line<'_>, view: &TokenView, top: f32, tones: &Tones) {
    let (font, small) =
        (FontId::proportional(size::BODY), FontId::new(size::SMALL - 2.0, FontFamily::Monospace));
    for (index, cell) in line.cells.clone().enumerate() {
        let grapheme = line.aligned.grapheme(cell);
        let [from, to] = line.cell(index);
        let white = grapheme.chars().all(|c| c.is_whitespace() || c.is_control());
        if !white || view.marks.white_space {
            let color = if white { tones.quiet } else { tones.text };
            let family = if is_plain(grapheme) { mono() } else { font.clone() };
            let at = pos2(f32::midpoint(from, to), top + TEXT / 2.0);
            ui.painter().text(at, egui::Align2::CENTER_CENTER, sight(grapheme), family, color);
        }
        let step = (to - from) / grapheme.len() as f32;
        // Of what has more bytes than a line has room for, none are written.
        if view.marks.bytes && step >= LEAST_OF_A_BYTE {
            for (number, byte) in grapheme.bytes().enumerate() {
                let at = pos2(from + step * (number as f32 + 0.5), top + TEXT + BYTES / 2.0);
                ui.painter().text(at, egui::Align2::CENTER_CENTER, hex(&[byte]), small.clone(), tones.quiet);
            }
        }
    }
}

/// The letters of the board: of one width, so that tokens stand below their text.
pub fn mono() -> FontId {
    FontId::new(size::BODY, FontFamily::Monospace)
}

/// A grapheme as it is drawn, with no more marks than anybody sees on one letter.
fn sight(grapheme: &str) -> String {
    const MOST_MARKS: usize = 64;
    let end = grapheme.char_indices().nth(MOST_MARKS).map_or(grapheme.len(), |(at, _)| at);
    shown(&grapheme[..end])
}

fn is_plain(grapheme: &str) -> bool {
    grapheme.is_ascii()
}

/// How wide graphemes are on the screen.
#[derive(Default)]
struct Widths {
    /// Of one ASCII character, and of one byte.
    plain: Option<[f32; 2]>,
    others: HashMap<Box<str>, f32>,
    /// The widest that any may be: that of the board.
    most: f32,
}

impl Widths {
    fn of(&mut self, ui: &Ui, grapheme: &str, bytes: bool) -> f32 {
        /// More would be forgotten before they are met again.
        const MOST: usize = 20_000;
        /// The narrowest that can be pointed at.
        const LEAST: f32 = 5.0;
        let [plain, byte] = *self.plain.get_or_insert_with(|| {
            let width = |text: &str, font: FontId| {
                ui.painter().layout_no_wrap(text.into(), font, theme::tones(ui).text).size().x
            };
            [width("m", mono()), width("00", FontId::new(size::SMALL - 2.0, FontFamily::Monospace)) + 5.0]
        });
        let room = if bytes { (byte * grapheme.len() as f32).min(self.most) } else { LEAST };
        if grapheme.len() == 1 {
            return plain.max(room);
        }
        if let Some(known) = self.others.get(grapheme) {
            return known.max(room);
        }
        let galley = ui.painter().layout_no_wrap(
            sight(grapheme),
            FontId::proportional(size::BODY),
            theme::tones(ui).text,
        );
        let width = galley.size().x + 2.0;
        if self.others.len() < MOST {
            self.others.insert(grapheme.into(), width);
        }
        width.max(room)
    }
}
