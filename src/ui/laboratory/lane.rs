//! The tokens of one tokenizer along a line of the text.

use std::ops::Range;

use egui::{Align2, Color32, FontFamily, FontId, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::board::{IDS, NAMES, mono};
use super::line::Line;
use crate::app::showdown::{self, Showdown};
use crate::scene::view::{ChosenToken, TokenView};
use crate::tokens::{Row, Token};
use crate::ui::theme::{self, Tones, size};
use crate::ui::tokens::chip::{fill, sign, written};
use crate::ui::widgets;

/// A token: the number of its lane, and its place among the tokens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hit {
    pub lane: usize,
    pub token: usize,
}

/// What was met while drawing: the token under the pointer, and where the one stands that is pointed at.
#[derive(Clone, Copy, Default)]
pub struct Met {
    pub under: Option<Hit>,
    pub pointed: Option<Rect>,
}

impl Met {
    /// What was met first.
    pub fn or(self, later: Self) -> Self {
        Self { under: self.under.or(later.under), pointed: self.pointed.or(later.pointed) }
    }
}

/// What a lane of one line is drawn from.
pub struct Lane<'a> {
    pub shown: &'a showdown::Lane,
    pub number: usize,
    pub view: &'a TokenView,
    pub rect: Rect,
    pub line: &'a Line<'a>,
    /// What is pointed at anywhere, and its stretch of the text.
    pub pointed: Option<&'a (Hit, Range<usize>)>,
    pub chosen: Option<&'a ChosenToken>,
}

/// Space inside a token that was added.
const PADDING: f32 = 5.0;

/// Room for the tokens that tokenizers add before and after the text: that of the one which needs the most.
pub fn room_around(ui: &Ui, showdown: &Showdown) -> [f32; 2] {
    let width =
        |row: &Row, indices: Range<usize>| -> f32 { indices.map(|index| added_width(ui, row, index)).sum() };
    let rows = || showdown.lanes.iter().filter_map(showdown::Lane::row);
    let most = |all: &mut dyn Iterator<Item = f32>| all.fold(0.0, f32::max);
    [
        most(&mut rows().map(|row| width(row, 0..added_before(row)))),
        most(&mut rows().map(|row| width(row, added_after(row)..row.len()))),
    ]
}

/// How many tokens were added before the text, and where those begin that were added after it.
fn added_before(row: &Row) -> usize {
    row.tokens().iter().take_while(|token| token.added).count()
}

fn added_after(row: &Row) -> usize {
    let after = row.tokens().iter().rev().take_while(|token| token.added).count();
    (row.len() - after).max(added_before(row))
}

fn added_width(ui: &Ui, row: &Row, index: usize) -> f32 {
    let font = FontId::new(size::SMALL, FontFamily::Monospace);
    let text = ui.painter().layout_no_wrap(row.piece(index).into_owned(), font, Color32::WHITE);
    text.size().x + 2.0 * PADDING
}

impl Lane<'_> {
    /// Draws the lane. Says what it met, of tokens that `under` may be over.
    pub fn paint(&self, ui: &Ui, tones: &Tones, under: Option<Pos2>) -> Met {
        self.name(ui, tones);
        let Some(row) = self.shown.row() else {
            let problem = self.shown.answer.as_ref().as_ref().err().map_or("", String::as_str);
            let at = pos2(self.rect.left() + NAMES, self.rect.center().y);
            let font = FontId::proportional(size::BODY - 1.0);
            ui.painter().text(at, Align2::LEFT_CENTER, problem, font, tones.error);
            return Met::default();
        };
        self.lost(ui, row, tones);
        let mut met = Met::default();
        for (index, place) in self.places(ui, row) {
            self.token(ui, row, index, place, tones);
            let hit = Hit { lane: self.number, token: index };
            if under.is_some_and(|under| place.contains(under)) {
                met.under = Some(hit);
            }
            if self.pointed.is_some_and(|(pointed, _)| *pointed == hit) {
                met.pointed = Some(place);
            }
        }
        met
    }

    /// The tokenizer's name and how many tokens it makes of the whole text.
    fn name(&self, ui: &Ui, tones: &Tones) {
        let middle = self.rect.center().y;
        let right = self.rect.left() + NAMES - 10.0;
        let count = self.shown.row().map_or_else(String::new, |row| widgets::thousands(row.len() as u64));
        let font = FontId::new(size::SMALL, theme::semibold());
        let place = ui.painter().text(pos2(right, middle), Align2::RIGHT_CENTER, count, font, tones.text);
        let mut job = egui::text::LayoutJob::simple_singleline(
            self.shown.title.clone(),
            FontId::proportional(size::SMALL),
            tones.quiet,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(place.left() - self.rect.left() - 4.0);
        let name = ui.painter().layout_job(job);
        let at = pos2(self.rect.left(), middle - name.size().y / 2.0);
        ui.painter().galley(at, name, tones.quiet);
    }

    /// Where the tokens of this line stand on the screen, so far as it is seen.
    fn places(&self, ui: &Ui, row: &Row) -> Vec<(usize, Rect)> {
        let (line, tokens) = (self.line, row.tokens());
        let (before, after) = (added_before(row), added_after(row));
        let mut here = row.overlapping(line.span.clone());
        here = here.start.max(before)..here.end.min(after).max(here.start.max(before));
        // What stands for nothing at the beginning of the line belongs to it as well.
        let stands_here = |token: &Token| token.start == token.end && token.start == line.span.start;
        while here.start > before && stands_here(&tokens[here.start - 1]) {
            here.start -= 1;
        }
        if line.is_first {
            here.start = before;
        }
        if line.is_last {
            here.end = after;
        }
        let mut places = Vec::new();
        let mut x = line.left();
        for index in (0..before).rev().filter(|_| line.is_first) {
            let width = added_width(ui, row, index);
            x -= width;
            places.push((index, self.chip(x, x + width - 1.0)));
        }
        self.places_within(ui, row, here, &mut places);
        let mut x = line.right() + 1.0;
        for index in (after..row.len()).filter(|_| line.is_last) {
            let width = added_width(ui, row, index);
            places.push((index, self.chip(x, x + width - 1.0)));
            x += width;
        }
        places
    }

    /// Where tokens of the text itself stand.
    fn places_within(&self, ui: &Ui, row: &Row, here: Range<usize>, places: &mut Vec<(usize, Rect)>) {
        /// What is narrower, in points, is not seen by itself.
        const NARROWEST: f32 = 0.5;
        /// So many tokens share the room of one stretch.
        const MOST_ALIKE: usize = 64;
        let (line, tokens) = (self.line, row.tokens());
        let x_of = |token: &Token| {
            // The widest of its places, should it have several.
            let all = line.places(token.start..token.end);
            let widest = all.into_iter().max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
            let [from, to] = widest.unwrap_or_default();
            if token.start == token.end { (from - 2.5, to + 2.5) } else { (from, to) }
        };
        let in_order = !line.is_turned();
        let mut index = here.start;
        while index < here.end && (!in_order || x_of(&tokens[index]).0 <= ui.clip_rect().right()) {
            let token = &tokens[index];
            // Several tokens may stand for one and the same stretch: they share its room.
            let alike = |other: &&Token| (other.start, other.end) == (token.start, token.end);
            let run = tokens[index..here.end].iter().take(MOST_ALIKE).take_while(alike).count();
            let (from, to) = x_of(token);
            for part in 0..run {
                let share = |part: usize| from + (to - from) * part as f32 / run as f32;
                let ends = token.end <= line.span.end;
                let (start, end) = (share(part), share(part + 1));
                places.push((index + part, self.chip(start, if ends { end - 1.0 } else { end })));
            }
            index += run;
            // Those that are too narrow to be told apart are drawn as one: a grapheme may have a hundred thousand accents.
            let is_hidden = |token: &Token| {
                let (start, end) = x_of(token);
                if in_order {
                    end < from + NARROWEST
                } else {
                    (start - from).abs() < NARROWEST && end - start < NARROWEST
                }
            };
            if index < here.end && is_hidden(&tokens[index]) {
                index += tokens[index..here.end].partition_point(is_hidden);
            }
        }
    }

    fn chip(&self, from: f32, to: f32) -> Rect {
        Rect::from_min_max(
            pos2(from, self.rect.top() + 1.0),
            pos2(to.max(from + 1.0), self.rect.bottom() - 1.0),
        )
    }

    fn token(&self, ui: &Ui, row: &Row, index: usize, place: Rect, tones: &Tones) {
        let token = &row.tokens()[index];
        let hit = self.pointed.is_some_and(|(pointed, span)| match *pointed {
            Hit { lane, token: at } if lane == self.number => at == index,
            _ => token.start < span.end && span.start < token.end,
        });
        let painter = ui.painter();
        painter.rect_filled(place, 3.0, self.ground(token, index, hit, tones));
        let picked = self.chosen.is_some_and(|chosen| chosen.id == token.id);
        if hit || picked {
            let stroke = Stroke::new(if picked { 2.0 } else { 1.5 }, tones.accent);
            painter.rect_stroke(place, 3.0, stroke, StrokeKind::Inside);
        }
        let (text, font, color) = self.text(row, index, tones);
        let is_backward = !token.added && self.line.is_backward(token.end.saturating_sub(1));
        let text = if is_backward { text.trim().to_owned() } else { text };
        let galley = painter.layout_no_wrap(text, font, color);
        let text_place = if self.view.marks.ids { place.with_max_y(place.bottom() - IDS) } else { place };
        let left = match () {
            () if token.added => place.left() + PADDING,
            // Such text has its spaces on the other side: it stands in the middle without them.
            () if is_backward => place.center().x - galley.size().x / 2.0,
            () => place.left(),
        };
        let at = pos2(left, text_place.center().y - galley.size().y / 2.0);
        // A part of a number is another number: bytes are written where there is room for them.
        let is_whole = row.original(index).is_some() || galley.size().x <= place.width();
        if is_whole {
            clipped(ui, place, at, galley, color);
        }
        if self.view.marks.ids {
            let font = FontId::new(size::SMALL - 2.0, FontFamily::Monospace);
            let id = painter.layout_no_wrap(token.id.to_string(), font, tones.quiet);
            let at = pos2(place.left() + 2.0, place.bottom() - IDS);
            // As with bytes: a part of it would be another one. What has no room is said under the pointer.
            if id.size().x + 3.0 <= place.width() {
                painter.galley(at, id, tones.quiet);
            }
        }
    }

    /// The ground of a token: in color where tokenizers differ, in grey where all cut alike.
    fn ground(&self, token: &Token, index: usize, hit: bool, tones: &Tones) -> Color32 {
        let stretches = &self.line.aligned.stretches;
        let stretch = stretches.partition_point(|stretch| stretch.range.end <= token.start);
        let alike = stretches.get(stretch).is_some_and(|stretch| stretch.alike);
        if hit || token.added || !alike {
            return fill(index, token, hit, tones);
        }
        tones.panel.lerp_to_gamma(tones.text, if index.is_multiple_of(2) { 0.10 } else { 0.16 })
    }

    /// What is written in a token: its stretch of the text, what became of that where the tokenizer changed it, or its bytes
    /// where it is a part of a character.
    fn text(&self, row: &Row, index: usize, tones: &Tones) -> (String, FontId, Color32) {
        let small = FontId::new(size::SMALL - 1.0, FontFamily::Monospace);
        let token = &row.tokens()[index];
        if token.added {
            return (
                row.piece(index).into_owned(),
                FontId::new(size::SMALL, FontFamily::Monospace),
                tones.quiet,
            );
        }
        if row.is_unknown(index) {
            return ("?".to_owned(), small, tones.error);
        }
        let Some(original) = row.original(index).filter(|text| !text.is_empty()) else {
            return (written(row, index).0, small, tones.quiet);
        };
        let span = &self.line.span;
        let here = original.get(span.start.saturating_sub(token.start)..).unwrap_or_default();
        let here = here.get(..span.end.saturating_sub(token.start.max(span.start))).unwrap_or(here);
        let bytes = row.bytes(index);
        let read = String::from_utf8_lossy(&bytes);
        match changed(original, &read) {
            // What goes on from the line before is written there.
            Some(_) if token.start < span.start => ("…".to_owned(), small, tones.warning),
            Some(changed) => (visible(changed, self.view.marks.white_space), font_of(changed), tones.warning),
            None => (visible(here, self.view.marks.white_space), font_of(here), tones.text),
        }
    }

    /// Strikes out what no token stands for.
    fn lost(&self, ui: &Ui, row: &Row, tones: &Tones) {
        for range in row.lost_in(self.line.span.clone()) {
            let is_white = row.text().get(range.clone()).is_some_and(|text| text.trim().is_empty());
            if !is_white {
                let y = self.rect.center().y;
                for [from, to] in self.line.places(range) {
                    ui.painter().line_segment([pos2(from, y), pos2(to, y)], Stroke::new(2.0, tones.warning));
                }
            }
        }
    }
}

/// What a tokenizer made of a stretch of text, if that is something else, white space at its ends apart.
fn changed<'a>(original: &str, read: &'a str) -> Option<&'a str> {
    (original.trim() != read.trim() && !read.is_empty()).then_some(read)
}

/// A stretch of the text as it is written in a token: white space blank or with signs. Of a very long one the beginning.
fn visible(text: &str, white_space: bool) -> String {
    /// More has no room in any line.
    const LONGEST: usize = 512;
    let write = |c: char| match c {
        ' ' if white_space => '·',
        c if c.is_whitespace() && !white_space => ' ',
        c => sign(c),
    };
    text.chars().take(LONGEST).map(write).collect()
}

fn font_of(text: &str) -> FontId {
    if text.is_ascii() { mono() } else { FontId::proportional(size::BODY) }
}

/// Writes into a place, and not beyond.
fn clipped(ui: &Ui, place: Rect, at: Pos2, galley: std::sync::Arc<egui::Galley>, color: Color32) {
    if at.x + galley.size().x <= place.right() + 1.5 {
        ui.painter().galley(at, galley, color);
    } else {
        // A clip of its own costs a draw call: only where it is needed.
        ui.painter()
            .with_clip_rect(place.expand2(vec2(0.0, 1.0)).intersect(ui.clip_rect()))
            .galley(at, galley, color);
    }
}
