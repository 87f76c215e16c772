//! What is put on the clipboard.

use egui::Context;

use super::Window;
use crate::app::Severity;
use crate::app::showdown::Showdown;
use crate::geometry::Neighbor;
use crate::scene::WindowRequest;
use crate::scene::view::{Page, Room};

impl Window {
    /// Puts on the clipboard what a request asks for, and says so.
    pub(super) fn copy(&mut self, ctx: &Context, request: WindowRequest) {
        match request {
            WindowRequest::CopyWords => self.copy_words(ctx),
            WindowRequest::CopyPicture => self.copy_picture(ctx),
            WindowRequest::CopyNeighbors => self.copy_neighbors(ctx),
            WindowRequest::CopyTokens => self.copy_tokens(ctx, "The tokens are", Showdown::as_text),
            WindowRequest::CopyIds => self.copy_tokens(ctx, "The IDs are", Showdown::as_ids),
            WindowRequest::CopyTokensJson => self.copy_tokens(ctx, "The tokens are", Showdown::as_json),
            _ => {}
        }
    }

    fn copy_tokens(&mut self, ctx: &Context, what: &str, write: impl Fn(&Showdown) -> String) {
        /// To write the tokens of a longer text, in bytes, would take longer than a frame may.
        const MOST: usize = 1 << 16;
        let view = self.state.view();
        let is_shown = view.page == Page::Tokens && view.tokens.room == Room::Showdown;
        let current = self.state.derived().reading().current_showdown(&view.tokens);
        let Some(showdown) = current.filter(|_| is_shown) else {
            let said = "Tokens are copied from the showdown (F4), once the tokenizers have answered.";
            self.state.say(Severity::Warning, said);
            return;
        };
        if showdown.aligned.text.len() > MOST {
            let said = "The text is too long for the clipboard: take a part of it, or write all of its tokens with the command \
                        lexiscope tokenize --json.";
            self.state.say(Severity::Warning, said);
            return;
        }
        ctx.copy_text(write(showdown));
        self.state.say(Severity::Info, format!("{what} on the clipboard."));
    }

    fn copy_words(&mut self, ctx: &Context) {
        let Some(table) = self.state.table() else { return };
        let selection = &self.state.view().map.selection;
        if selection.is_empty() {
            return;
        }
        let words: Vec<&str> = selection.iter().map(|row| table.word(row as usize)).collect();
        let said = format!("{} words are on the clipboard.", words.len());
        ctx.copy_text(words.join("\n"));
        self.state.say(Severity::Info, said);
    }

    /// The map, or the tokens, as they are on the screen.
    fn copy_picture(&mut self, ctx: &Context) {
        let (place, what) = match self.state.view().page {
            Page::Map => (self.map.place().filter(|_| self.state.table().is_some()), "The map is"),
            Page::Tokens => (self.laboratory.place(), "The tokens are"),
            Page::Matrix => (self.matrix.place(), "The page is"),
        };
        let Some(rect) = place else { return };
        let copied = ctx.clone();
        ctx.request_screenshot(move |window| {
            let scale = copied.pixels_per_point();
            let whole = egui::Rect::from_min_size(
                egui::Pos2::ZERO,
                window.size.map(|side| side as f32 / scale).into(),
            );
            let seen = rect.intersect(whole);
            if seen.is_positive() {
                copied.copy_image(window.region(&seen, Some(scale)));
                copied.request_repaint();
            }
        });
        self.state.say(Severity::Info, format!("{what} on the clipboard, as a picture."));
    }

    /// The nearest words that are listed: a word, a tab and its score a line.
    fn copy_neighbors(&mut self, ctx: &Context) {
        let (Some(table), view) = (self.state.table(), self.state.view()) else { return };
        let lists = self.state.derived().neighbors(view.document);
        let focus = view.map.selection.focus();
        let Some(list) = lists.and_then(|lists| lists.iter().find(|list| Some(list.row) == focus)) else {
            return;
        };
        let line =
            |neighbor: &Neighbor| format!("{}\t{}\n", table.word(neighbor.row as usize), neighbor.score);
        let said = format!("{} words and their scores are on the clipboard.", list.neighbors.len());
        ctx.copy_text(list.neighbors.iter().map(line).collect());
        self.state.say(Severity::Info, said);
    }
}
