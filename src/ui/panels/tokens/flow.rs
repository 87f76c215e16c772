//! A text as a flow of tokens: each a chip in its own color, in the order of the text.

use std::ops::Range;
use std::sync::Arc;

use egui::{
    Color32, FontFamily, FontId, Galley, Key, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, vec2,
};

use crate::app::tokens::Answer;
use crate::scene::Command;
use crate::scene::view::ChosenToken;
use crate::tokens::{Row, Token};
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, size};
use crate::ui::tokens::chip::{explain, fill, lost, written};
use crate::ui::widgets::Same;
use crate::ui::{Outbox, widgets};

/// How many tokens of a text are drawn; the rest is counted. More would not be read here.
const MOST: usize = 400;

/// A token that is pointed at: whose, which, and what stretch of the text it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointed {
    tokenizer: String,
    index: usize,
    span: Range<usize>,
}

/// Where the chips of one text lie; laid out anew only when text or width change.
#[derive(Default)]
pub struct Flow {
    laid_out: Option<LayoutKey>,
    chips: Vec<Chip>,
    /// Lines below the tokens: how many more there are, and what was lost.
    notes: Vec<Chip>,
    height: f32,
    /// The token that the keys are at.
    cursor: usize,
}

/// What a layout follows from.
#[derive(PartialEq)]
struct LayoutKey {
    answer: Same<Answer>,
    width: f32,
    ids: bool,
    dark: bool,
    scale: f32,
}

struct Chip {
    rect: Rect,
    text: Arc<Galley>,
    id: Option<Arc<Galley>>,
}

impl Flow {
    /// Shows the tokens. Gives the one that is pointed at, if it is one of these.
    #[expect(clippy::too_many_arguments, reason = "one row of a table, whose columns these are")]
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        shared: &Arc<Answer>,
        ids: bool,
        pointed: Option<&Pointed>,
        chosen: Option<&ChosenToken>,
        out: &mut Outbox,
    ) -> Option<Pointed> {
        let Ok(answer) = shared.as_ref() else { return None };
        let key = LayoutKey {
            answer: Same(Arc::clone(shared)),
            width: ui.available_width(),
            ids,
            dark: ui.visuals().dark_mode,
            scale: ui.ctx().pixels_per_point(),
        };
        if self.laid_out.as_ref() != Some(&key) {
            self.lay_out(ui, answer, ids, key.width);
            self.laid_out = Some(key);
        }
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::click());
        describe(&response, name, answer);
        let tokens = answer.tokens();
        let at = |index: usize| {
            let token = tokens.get(index)?;
            Some(Pointed { tokenizer: name.to_owned(), index, span: token.start..token.end })
        };
        let under = response.hover_pos().and_then(|pointer| self.chip_at(pointer - rect.min));
        let with_keys = self.keys(ui, &response);
        let now = under.or(with_keys).and_then(at);
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, name, tokens, pointed.or(now.as_ref()), chosen);
        }
        let pressed = with_keys.is_some()
            && ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Space));
        // Enter counts as a click of the whole row as well, with nothing under the pointer.
        let picked = with_keys.filter(|_| pressed).or_else(|| under.filter(|_| response.clicked()));
        if let Some(token) = picked.and_then(|index| tokens.get(index)) {
            out.send(Command::ChooseToken(Some(ChosenToken { tokenizer: name.to_owned(), id: token.id })));
        }
        if let Some(index) = now.as_ref().map(|pointed| pointed.index) {
            explain(response, answer, index);
        }
        now
    }

    /// The arrow keys go from token to token while the row has the focus.
    fn keys(&mut self, ui: &Ui, response: &Response) -> Option<usize> {
        if !response.has_focus() || self.chips.is_empty() {
            return None;
        }
        focus::keep_arrows(ui, response, Arrows::Across);
        if ui.input(|input| input.key_pressed(Key::ArrowRight)) {
            self.cursor += 1;
        }
        if ui.input(|input| input.key_pressed(Key::ArrowLeft)) {
            self.cursor = self.cursor.saturating_sub(1);
        }
        self.cursor = self.cursor.min(self.chips.len() - 1);
        Some(self.cursor)
    }

    fn chip_at(&self, at: Vec2) -> Option<usize> {
        self.chips.iter().position(|chip| chip.rect.contains(Pos2::ZERO + at))
    }

    fn lay_out(&mut self, ui: &Ui, answer: &Row, ids: bool, width: f32) {
        let tones = theme::tones(ui);
        let (plain, mono) =
            (FontId::proportional(size::BODY), FontId::new(size::SMALL, FontFamily::Monospace));
        let line = if ids { 38.0 } else { 23.0 };
        self.chips.clear();
        self.notes.clear();
        let mut pen = vec2(0.0, 0.0);
        for (index, token) in answer.tokens().iter().enumerate().take(MOST) {
            let (written, is_text) = written(answer, index);
            let (font, color) =
                if is_text { (plain.clone(), tones.text) } else { (mono.clone(), tones.quiet) };
            let breaks = is_text && written.ends_with('↵');
            let text = ui.painter().layout_no_wrap(written, font, color);
            let id =
                ids.then(|| ui.painter().layout_no_wrap(token.id.to_string(), mono.clone(), tones.quiet));
            let wide = id.as_ref().map_or(0.0, |id| id.size().x).max(text.size().x) + 5.0;
            if pen.x > 0.0 && pen.x + wide > width {
                pen = vec2(0.0, pen.y + line);
            }
            let rect = Rect::from_min_size(Pos2::ZERO + pen, vec2(wide.min(width), line - 2.0));
            self.chips.push(Chip { rect, text, id });
            pen.x += wide + 1.0;
            if breaks {
                pen = vec2(0.0, pen.y + line);
            }
        }
        self.height = if pen.x > 0.0 || self.chips.is_empty() { pen.y + line } else { pen.y };
        let rest = answer.len().saturating_sub(MOST);
        if rest > 0 {
            let text = format!("… and {} more", widgets::thousands(rest as u64));
            self.add_line(ui, text, tones.quiet, width);
        }
        if let Some(lost) = lost(answer) {
            self.add_line(ui, format!("Lost: {lost}"), tones.warning, width);
        }
    }

    /// A line of words of our own below the tokens.
    fn add_line(&mut self, ui: &Ui, text: String, color: Color32, width: f32) {
        let mut job =
            egui::text::LayoutJob::simple_singleline(text, FontId::proportional(size::BODY - 1.0), color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        let text = ui.painter().layout_job(job);
        let rect = Rect::from_min_size(Pos2::new(0.0, self.height), vec2(width, 22.0));
        self.notes.push(Chip { rect, text, id: None });
        self.height += 22.0;
    }

    fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        name: &str,
        tokens: &[Token],
        pointed: Option<&Pointed>,
        chosen: Option<&ChosenToken>,
    ) {
        let tones = theme::tones(ui);
        let shift = rect.min.to_vec2();
        let visible = ui.clip_rect();
        let painter = ui.painter();
        for (index, (chip, token)) in self.chips.iter().zip(tokens).enumerate() {
            let place = chip.rect.translate(shift);
            if !visible.intersects(place) {
                continue;
            }
            let hit = pointed.is_some_and(|pointed| covers(token, index, name, pointed));
            let picked = chosen.is_some_and(|chosen| chosen.id == token.id);
            painter.rect_filled(place, 4.0, fill(index, token, hit, &tones));
            if hit || picked {
                let stroke = Stroke::new(if picked { 2.0 } else { 1.5 }, tones.accent);
                painter.rect_stroke(place, 4.0, stroke, egui::StrokeKind::Inside);
            }
            let inset = vec2(2.5, (21.0 - chip.text.size().y) / 2.0);
            let within = painter.with_clip_rect(place.intersect(visible));
            within.galley(place.min + inset, chip.text.clone(), tones.text);
            if let Some(id) = &chip.id {
                painter.galley(place.min + vec2(2.5, 19.0), id.clone(), tones.quiet);
            }
        }
        for note in &self.notes {
            painter.galley(note.rect.min + shift + vec2(2.5, 2.0), note.text.clone(), tones.text);
        }
    }
}

/// Whether a token is the one that is pointed at, or covers a part of the same stretch of text.
fn covers(token: &Token, index: usize, name: &str, pointed: &Pointed) -> bool {
    if pointed.tokenizer == name {
        return pointed.index == index;
    }
    token.start < pointed.span.end && pointed.span.start < token.end
}

fn describe(response: &Response, name: &str, answer: &Row) {
    let spoken = || {
        let tokens = answer.tokens();
        let ids: Vec<String> = tokens.iter().take(24).map(|token| token.id.to_string()).collect();
        let more = if tokens.len() > 24 { " …" } else { "" };
        format!("{name}: {} tokens, IDs {}{more}", tokens.len(), ids.join(" "))
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_text_is_covered_by_the_tokens_that_touch_it() {
        let token = Token { id: 1, start: 3, end: 6, added: false };
        let pointed = |span| Pointed { tokenizer: "a".into(), index: 0, span };
        assert!(covers(&token, 5, "b", &pointed(0..4)));
        assert!(!covers(&token, 5, "b", &pointed(0..3)));
        assert!(!covers(&token, 5, "a", &pointed(3..6)), "within a row only the token itself");
    }
}
