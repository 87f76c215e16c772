//! The search box: type to find words, arrows to choose one, Enter to fly to it.

use egui::{
    Align2, Area, Context, Id, Key, Modifiers, Order, Popup, PopupCloseBehavior, Response, RichText,
    ScrollArea, TextEdit, Ui, vec2,
};
use roaring::RoaringBitmap;

use super::theme::{self, size, space};
use super::{Outbox, widgets};
use crate::app::{SearchText, State};
use crate::scene::view::Tab;
use crate::scene::{Command, RowNames};
use crate::vectors::SearchMode;

/// The accessible name of the box.
pub const NAME: &str = "Find a word";

/// What the box remembers from frame to frame.
#[derive(Default)]
pub struct SearchBox {
    text: String,
    mode: SearchMode,
    /// The hit that Enter goes to.
    chosen: usize,
    wants_focus: bool,
    /// Whether the list of hits is shown.
    open: bool,
    /// Whether the keyboard has just gone to a word.
    arrived: bool,
}

impl SearchBox {
    /// Puts the cursor into the box in the next frame.
    pub fn focus(&mut self) {
        self.wants_focus = true;
        self.open = true;
    }

    /// Says, once, whether the keyboard has just gone to a word: it goes on from there on the map.
    pub fn take_arrived(&mut self) -> bool {
        std::mem::take(&mut self.arrived)
    }

    /// Closes the list of hits and leaves the box. Says whether it was open.
    pub fn close(&mut self, ctx: &Context, state: &mut State) -> bool {
        let was_open = std::mem::take(&mut self.open);
        if was_open {
            self.text.clear();
            state.set_search(SearchText::default());
            ctx.memory_mut(egui::Memory::stop_text_input);
        }
        was_open
    }

    /// Shows the box over the map, where there is no bar to hold it.
    pub fn float(&mut self, ui: &Ui, state: &State, out: &mut Outbox) {
        if self.open {
            Area::new(Id::unique("search area"))
                .order(Order::Foreground)
                .anchor(Align2::CENTER_TOP, vec2(0.0, 12.0))
                .show(ui.ctx(), |ui| self.show(ui, state, out));
        }
    }

    /// Shows the box and, while something is searched for, what was found.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let width = ui.available_width().clamp(90.0, 240.0);
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text("Find a word  ( / )")
            .align(egui::Align2::LEFT_CENTER)
            .margin(egui::Margin::symmetric(8, 4))
            .min_size(vec2(0.0, 28.0))
            .desired_width(width)
            .id(Id::unique("search"));
        let response = ui.add(edit);
        widgets::name_field(&response, NAME, &self.text);
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        if response.changed() {
            (self.chosen, self.open) = (0, true);
        }
        if response.gained_focus() {
            self.open = true;
        }
        if response.lost_focus() && self.text.is_empty() {
            self.open = false;
        }
        let wanted = SearchText { text: self.text.clone(), mode: self.mode };
        if *state.search() != wanted {
            out.search(wanted);
        }
        if self.open && !self.text.is_empty() {
            self.hits(ui, &response, state, out);
        }
    }

    fn hits(&mut self, ui: &Ui, response: &Response, state: &State, out: &mut Outbox) {
        let found = state.derived().search(state.view().document).and_then(|found| found.as_ref().ok());
        let rows = found.map_or(&[][..], |found| &found.rows);
        if response.has_focus() || response.lost_focus() {
            self.choose(ui, response, rows, state, out);
        }
        let mut open = true;
        Popup::from_response(response)
            .open_bool(&mut open)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .width(response.rect.width().max(260.0))
            .show(|ui| {
                if let Some(mode) = widgets::choose(ui, self.mode, &MODES) {
                    self.mode = mode;
                }
                self.list(ui, state, rows, out);
            });
        // Going to a hit has emptied the box already.
        if !self.text.is_empty() {
            self.open = open || response.has_focus();
        }
    }

    fn list(&mut self, ui: &mut Ui, state: &State, rows: &[u32], out: &mut Outbox) {
        let Some(names) = state.names() else { return };
        match state.derived().search(state.view().document) {
            Some(Err(problem)) => {
                widgets::warning(ui, problem);
                return;
            }
            Some(Ok(hits)) if hits.rows.is_empty() => {
                widgets::hint(ui, "No word matches.");
                if !hits.near.is_empty() {
                    widgets::hint(ui, "Near spellings:");
                }
                for word in &hits.near {
                    let row = names.find(word).filter(|_| ui.selectable_label(false, word).clicked());
                    if let Some(row) = row {
                        self.go_to(row, state, out);
                    }
                }
                self.by_parts(ui, state, &names, &hits.by_parts, out);
                return;
            }
            Some(Ok(hits)) => {
                let count = widgets::thousands(hits.total as u64);
                let text = if hits.total == 1 { "1 word".to_owned() } else { format!("{count} words") };
                ui.horizontal(|ui| {
                    ui.label(RichText::new(text).size(size::SMALL).color(theme::tones(ui).quiet));
                    if hits.rows.len() > 1 && ui.small_button("Select all").clicked() {
                        out.send(Command::SelectMatches(std::mem::take(&mut self.text), self.mode));
                        self.open = false;
                    }
                });
            }
            None => {}
        }
        ScrollArea::vertical().max_height(320.0).show_rows(ui, 24.0, rows.len(), |ui, range| {
            for index in range {
                let hit = ui.selectable_label(index == self.chosen, names.shown(rows[index]));
                if hit.clicked() {
                    self.go_to(rows[index], state, out);
                }
            }
        });
        ui.add_space(space::XS);
    }

    /// The words nearest to one that was never read, where the file makes a vector of its parts.
    fn by_parts(&mut self, ui: &mut Ui, state: &State, names: &RowNames, rows: &[u32], out: &mut Outbox) {
        if rows.is_empty() {
            return;
        }
        ui.add_space(space::XS);
        widgets::hint(ui, "Its parts have a vector all the same. Nearest to it:");
        for &row in rows {
            if ui.selectable_label(false, names.shown(row)).clicked() {
                self.go_to(row, state, out);
            }
        }
        ui.add_space(space::XS);
    }

    fn choose(&mut self, ui: &Ui, response: &Response, rows: &[u32], state: &State, out: &mut Outbox) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.chosen = (self.chosen + 1).min(rows.len().saturating_sub(1));
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.saturating_sub(1);
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered {
            let exact = state.names().and_then(|names| names.find(&self.text));
            // A word that was typed out is meant, unless another hit was chosen.
            let row = exact.filter(|_| self.chosen == 0).or_else(|| rows.get(self.chosen).copied());
            // A word that no other is like may have been meant where nothing matches.
            let near = || {
                let found = state.derived().search(state.view().document)?.as_ref().ok()?;
                state.names()?.find(found.near.first().filter(|_| found.near.len() == 1)?)
            };
            if let Some(row) = row.or_else(near) {
                self.go_to(row, state, out);
                self.arrived = true;
            } else {
                response.request_focus();
            }
        }
    }

    fn go_to(&mut self, row: u32, state: &State, out: &mut Outbox) {
        let rows = RoaringBitmap::from_iter([row]);
        out.send(Command::GoTo(rows));
        // Whoever looks a word up wants to be told of it; the page of its row does so too.
        let panels = state.view().panels;
        if panels.right && !matches!(panels.tab, Tab::Word | Tab::Row | Tab::Compare) {
            out.send(Command::ShowTab(Tab::Word));
        }
        self.text.clear();
        self.open = false;
    }
}

const MODES: [(SearchMode, &str, &str); 3] = [
    (SearchMode::Prefix, "begins", "Words that begin with this."),
    (SearchMode::Substring, "contains", "Words that contain this anywhere."),
    (SearchMode::Regex, "regex", "Words that a regular expression matches: ^un.*ly$"),
];
