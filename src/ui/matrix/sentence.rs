//! The sentence as tokens with their IDs: each leads to its row.

use egui::text::LayoutJob;
use egui::{
    Button, Color32, FontId, Id, Mesh, Rect, Response, Role, ScrollArea, TextFormat, Ui, WidgetInfo, pos2,
    vec2,
};

use super::go_to;
use crate::app::State;
use crate::app::lookup::{Entry, Matrix, Stack};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, focus, widgets};

/// How wide the fading end of a sentence is that goes on beyond what is seen.
const FADE: f32 = 28.0;

/// What is remembered of the tokens from frame to frame.
#[derive(Debug, Clone, Default)]
struct Strip {
    /// The row that was chosen.
    chosen: Option<u32>,
    /// How far it goes in the next frame, so that what was chosen elsewhere comes into sight. Along the line alone: the page stays.
    goes_to: Option<f32>,
}

/// Shows the tokens; those of which `copied` are not copied out yet are paler.
pub fn show(ui: &mut Ui, state: &State, matrix: &Matrix, (stack, copied): (&Stack, usize), out: &mut Outbox) {
    let chosen = state.derived().lookup().chosen();
    // A wheel that only turns one way moves the only way that there is.
    ui.style_mut().always_scroll_the_only_direction = true;
    let mut brought = None;
    let mut strip: Strip = ui.data_mut(|data| data.remove_temp(Id::unique("strip"))).unwrap_or_default();
    let seen = std::mem::replace(&mut strip.chosen, chosen);
    let add = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if let Some((tokenizer, _)) = &matrix.tokenizer {
            widgets::term(
                ui,
                tokenizer.title(),
                "Whose tokens these are: the rows of the matrix are for them.",
            );
        }
        let mut place = 0;
        for (index, entry) in stack.entries.iter().enumerate() {
            place += usize::from(entry.row.is_some());
            let on = entry.row.is_some() && entry.row == chosen;
            let chip = ui.push_id(index, |ui| chip(ui, entry, on, place > copied)).inner;
            if on && seen != chosen {
                brought.get_or_insert(chip.rect);
            }
            if let Some(row) = entry.row.filter(|_| chip.clicked()) {
                go_to(state, matrix, row, out);
            }
        }
        if stack.is_cut {
            widgets::hint(ui, "… the beginning of the text");
        }
        if let Some(problem) = &stack.problem {
            widgets::warning(ui, problem);
        } else if stack.entries.is_empty() {
            widgets::hint(ui, "Type a text above: each of its tokens picks a row.");
        }
    };
    let list = ScrollArea::horizontal().id_salt("sentence").auto_shrink([false, true]);
    let list = match strip.goes_to.take() {
        Some(offset) => list.horizontal_scroll_offset(offset),
        None => list,
    };
    let shown = list.show(ui, |ui| focus::followed(ui, |ui| ui.horizontal(add)));
    if let Some(chip) = brought.filter(|chip| !shown.inner_rect.contains_rect(*chip)) {
        let offset = shown.state.clamped_offset().x + chip.center().x - shown.inner_rect.center().x;
        let most = shown.content_size.x - shown.inner_rect.width();
        strip.goes_to = Some(offset.clamp(0.0, most.max(0.0)));
        ui.ctx().request_repaint();
    }
    ui.data_mut(|data| data.insert_temp(Id::unique("strip"), strip));
    let from = shown.state.clamped_offset().x;
    let room = Rect::from_min_size(
        shown.inner_rect.min,
        vec2(shown.inner_rect.width(), shown.content_size.y.max(shown.inner_rect.height())),
    );
    let tones = theme::tones(ui);
    if from + room.width() + 1.0 < shown.content_size.x {
        fade(ui, room.with_min_x(room.right() - FADE), [Color32::TRANSPARENT, tones.panel]);
    }
    if from > 1.0 {
        fade(ui, room.with_max_x(room.left() + FADE), [tones.panel, Color32::TRANSPARENT]);
    }
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
    button.on_hover_text("The token and its ID: the number of its row. Click it to see the row.")
}

/// Has what is drawn go over into another color from left to right.
fn fade(ui: &Ui, rect: Rect, [left, right]: [Color32; 2]) {
    let mut mesh = Mesh::default();
    for (x, color) in [(rect.left(), left), (rect.right(), right)] {
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
}
