//! The tokens of a conversation, one after another, in the colors of those that they come from.

use egui::{
    Color32, FontFamily, FontId, Role as Kind, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::State;
use crate::scene::Command;
use crate::scene::view::ChosenToken;
use crate::tokens::chat::{Conversation, Origin, Role};
use crate::ui::theme::{self, Tones, size};
use crate::ui::tokens::chip::{explain, shown, written};
use crate::ui::{Outbox, widgets};

/// The most tokens that are drawn.
const MOST: usize = 2_000;

/// The color of what comes from somewhere.
pub fn color(origin: Origin, tones: &Tones) -> Color32 {
    let hue = match origin {
        Origin::Tokenizer => return tones.warning,
        Origin::Template => return tones.quiet,
        Origin::Message(Role::System) => 3,
        Origin::Message(Role::User) => 0,
        Origin::Message(Role::Assistant) => 1,
        Origin::Both => 2,
    };
    tones.category(Some(hue))
}

/// Shows the tokens. A click follows one to its row.
pub fn show(ui: &mut Ui, state: &State, tokenizer: &str, talk: &Conversation, out: &mut Outbox) {
    let view = &state.view().tokens;
    let chosen = view.chosen.as_ref().filter(|chosen| chosen.tokenizer == tokenizer);
    widgets::heading(ui, "What the model gets");
    widgets::hint(
        ui,
        "One row of tokens: roles are told by the template's signs alone. A new line here is one in the text.",
    );
    let count = talk.row.len().min(MOST);
    let mut index = 0;
    while index < count {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(1.0, 2.0);
            while index < count {
                let on = chosen.is_some_and(|chosen| chosen.id == talk.row.tokens()[index].id);
                token(ui, talk, index, (view.marks.ids, on), tokenizer, out);
                let ends = talk.row.original(index).is_some_and(|text| text.contains('\n'));
                index += 1;
                if ends {
                    break;
                }
            }
        });
    }
    if count < talk.row.len() {
        widgets::hint(
            ui,
            &format!("… and {} more tokens.", widgets::thousands((talk.row.len() - count) as u64)),
        );
    }
}

fn token(
    ui: &mut Ui,
    talk: &Conversation,
    index: usize,
    (ids, on): (bool, bool),
    tokenizer: &str,
    out: &mut Outbox,
) {
    const PADDING: f32 = 3.0;
    let tones = theme::tones(ui);
    let (row, origin) = (&talk.row, talk.origins[index]);
    let token = row.tokens()[index];
    let text = match row.original(index) {
        Some(text) if !text.is_empty() => shown(text).replace(' ', "·"),
        _ => written(row, index).0,
    };
    let text: String = text.chars().take(80).collect();
    let font = FontId::new(size::BODY, FontFamily::Monospace);
    let galley = ui.painter().layout_no_wrap(text.clone(), font, tones.text);
    let small = FontId::new(size::SMALL - 2.0, FontFamily::Monospace);
    let id = ids.then(|| ui.painter().layout_no_wrap(token.id.to_string(), small, tones.quiet));
    let below = id.as_ref().map_or(vec2(0.0, 0.0), |id| id.size());
    let room = vec2(galley.size().x.max(below.x), galley.size().y + below.y) + vec2(2.0 * PADDING, PADDING);
    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
    let name = format!("{text}, {}, ID {}", origin.name(), token.id);
    response.widget_info(|| WidgetInfo::selected(Kind::Button, true, on, &name));
    let ground = tones.panel.lerp_to_gamma(color(origin, &tones), 0.28);
    ui.painter().rect_filled(rect, 3.0, ground);
    if on || response.hovered() {
        ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.5, tones.accent), StrokeKind::Inside);
    }
    let top = rect.top() + PADDING / 2.0;
    if let Some(id) = id {
        ui.painter().galley(pos2(rect.left() + PADDING, top + galley.size().y), id, tones.quiet);
    }
    ui.painter().galley(pos2(rect.left() + PADDING, top), galley, tones.text);
    if response.clicked() {
        let chosen = ChosenToken { tokenizer: tokenizer.to_owned(), id: token.id };
        out.send(Command::ChooseToken((!on).then_some(chosen)));
    }
    explain(response, row, index);
}
