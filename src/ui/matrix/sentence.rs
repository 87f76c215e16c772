//! The sentence as tokens with their IDs: each leads to its row.

use egui::text::LayoutJob;
use egui::{
    Button, FontId, Label, Rect, Response, RichText, Role, ScrollArea, TextFormat, Ui, UiBuilder, WidgetInfo,
    vec2,
};

use super::go_to;
use crate::app::State;
use crate::app::lookup::{Entry, Matrix, Stack};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, focus, widgets};

/// How high the line of tokens is: also where it has a bar.
const LINE: f32 = 34.0;

/// The tokens, and what is remembered of them from frame to frame.
#[derive(Default)]
pub struct Sentence {
    /// The row that was chosen.
    chosen: Option<u32>,
    /// How far the line goes in the next frame, so that what was chosen elsewhere comes into sight. The page stays.
    goes_to: Option<f32>,
}

impl Sentence {
    /// Shows the tokens; those of which `copied` are not copied out yet are paler.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &State,
        matrix: &Matrix,
        (stack, copied): (&Stack, usize),
        out: &mut Outbox,
    ) {
        let room = vec2(ui.available_width(), LINE);
        let whole = ui.allocate_space(room).1;
        let ui = &mut ui.new_child(UiBuilder::new().max_rect(whole));
        // A wheel that only turns one way moves the only way that there is.
        ui.style_mut().always_scroll_the_only_direction = true;
        let chosen = state.derived().lookup().chosen();
        let changes = std::mem::replace(&mut self.chosen, chosen) != chosen;
        let mut on = Vec::new();
        let add = |ui: &mut Ui| on = chips(ui, state, matrix, (stack, copied), out);
        let list = ScrollArea::horizontal().id_salt("sentence").auto_shrink([false, true]);
        let list = match self.goes_to.take() {
            Some(offset) => list.horizontal_scroll_offset(offset),
            None => list,
        };
        let shown = list.show(ui, |ui| focus::followed(ui, |ui| ui.horizontal(add)));
        let in_sight = |chip: &Rect| shown.inner_rect.x_range().intersection(chip.x_range()).span() > 0.0;
        if let Some(chip) = on.first().filter(|_| changes && !on.iter().any(in_sight)) {
            let offset = shown.state.clamped_offset().x + chip.center().x - shown.inner_rect.center().x;
            let most = shown.content_size.x - shown.inner_rect.width();
            self.goes_to = Some(offset.clamp(0.0, most.max(0.0)));
            ui.ctx().request_repaint();
        }
    }
}

/// The tokens in a line. Gives where those stand whose row is chosen.
fn chips(
    ui: &mut Ui,
    state: &State,
    matrix: &Matrix,
    (stack, copied): (&Stack, usize),
    out: &mut Outbox,
) -> Vec<Rect> {
    let chosen = state.derived().lookup().chosen();
    ui.spacing_mut().item_spacing.x = space::XS;
    if let Some((tokenizer, _)) = &matrix.tokenizer {
        widgets::term(ui, tokenizer.title(), "Whose tokens these are: the rows of the matrix are for them.");
    }
    let (mut place, mut found) = (0, Vec::new());
    for (index, entry) in stack.entries.iter().enumerate() {
        place += usize::from(entry.row.is_some());
        let on = entry.row.is_some() && entry.row == chosen;
        let chip = ui.push_id(index, |ui| chip(ui, entry, on, place > copied)).inner;
        found.extend(on.then_some(chip.rect));
        if let Some(row) = entry.row.filter(|_| chip.clicked()) {
            go_to(state, matrix, row, out);
        }
    }
    let (quiet, warning) = (theme::tones(ui).quiet, theme::tones(ui).warning);
    // In one line, however far it goes.
    let mut say = |text: RichText| drop(ui.add(Label::new(text).extend()));
    if stack.is_cut {
        say(RichText::new("… the beginning of the text").color(quiet));
    }
    if let Some(problem) = &stack.problem {
        say(RichText::new(format!("⚠ {problem}")).color(warning));
    } else if stack.entries.is_empty() {
        say(RichText::new("Type a text above: each of its tokens picks a row.").color(quiet));
    }
    found
}

/// A token and its ID.
fn chip(ui: &mut Ui, entry: &Entry, on: bool, pale: bool) -> Response {
    let tones = theme::tones(ui);
    let number = entry.id.or(entry.row).map_or("no row".to_owned(), |id| id.to_string());
    let (text, quiet) = match (on, pale) {
        (true, _) => (tones.on_accent, tones.on_accent),
        (false, true) => (tones.quiet, tones.quiet),
        (false, false) => (tones.text, tones.quiet),
    };
    let format = |font, color| TextFormat { font_id: font, color, ..Default::default() };
    let mut job = LayoutJob::default();
    job.append(&entry.text, 0.0, format(FontId::proportional(size::BODY), text));
    job.append(&number, 6.0, format(FontId::monospace(size::SMALL - 1.0), quiet));
    let button = Button::new(job).fill(if on { tones.accent } else { tones.well });
    let button = ui.add_enabled(entry.row.is_some(), button);
    let button = button.on_disabled_hover_text("This matrix has no row for it.");
    let has_row = entry.row.is_some();
    button.widget_info(|| {
        let name = match (entry.id, entry.row) {
            (_, None) => format!("{}, no row", entry.text),
            (Some(id), _) => format!("{}, ID {id}", entry.text),
            (None, Some(row)) => format!("{}, row {row}", entry.text),
        };
        WidgetInfo::selected(Role::Button, has_row, on, name)
    });
    let about = if entry.id.is_some() {
        "The token and its ID: the number of its row. Click it to see the row."
    } else {
        "The word and the number of its row. Click it to see the row."
    };
    button.on_hover_text(about)
}
