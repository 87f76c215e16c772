//! The tokens of a conversation, one after another, in the colors of those that they come from.

use std::ops::Range;

use egui::{
    Color32, FontFamily, FontId, Role as Kind, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::State;
use crate::scene::Command;
use crate::scene::numbers::percent;
use crate::scene::view::ChosenToken;
use crate::tokens::chat::{Conversation, Origin, Role};
use crate::ui::theme::{self, Tones, size, space};
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

/// Shows the tokens. A click follows one to its row. Of very many, the beginning and the end are shown.
pub fn show(ui: &mut Ui, state: &State, tokenizer: &str, talk: &Conversation, out: &mut Outbox) {
    widgets::heading(ui, "What the model gets");
    legend(ui, talk);
    widgets::hint(
        ui,
        "One row of tokens: who speaks, the template's signs alone tell. Behind each ↵ a new line begins here as well.",
    );
    let count = talk.row.len();
    if count <= MOST {
        part(ui, state, tokenizer, talk, 0..count, out);
        return;
    }
    part(ui, state, tokenizer, talk, 0..MOST / 2, out);
    let left_out = widgets::thousands((count - MOST) as u64);
    widgets::hint(ui, &format!("… {left_out} tokens are left out here …"));
    part(ui, state, tokenizer, talk, count - MOST / 2..count, out);
}

/// How many tokens come from whom, in the colors that they have.
fn legend(ui: &mut Ui, talk: &Conversation) {
    let tones = theme::tones(ui);
    let all = talk.row.len().max(1) as f64;
    ui.horizontal_wrapped(|ui| {
        for (origin, count) in talk.shares() {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
            ui.painter().rect_filled(rect, 3.0, color(origin, &tones));
            let share = percent(count as f64 / all);
            ui.label(format!("{} {} ({share})", origin.name(), widgets::thousands(count as u64)));
            ui.add_space(space::S);
        }
        let said = format!("{} tokens in all", widgets::thousands(talk.row.len() as u64));
        ui.label(egui::RichText::new(said).color(tones.quiet));
    });
}

fn part(
    ui: &mut Ui,
    state: &State,
    tokenizer: &str,
    talk: &Conversation,
    tokens: Range<usize>,
    out: &mut Outbox,
) {
    let view = &state.view().tokens;
    let chosen = view.chosen.as_ref().filter(|chosen| chosen.tokenizer == tokenizer);
    let mut index = tokens.start;
    while index < tokens.end {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(1.0, 2.0);
            while index < tokens.end {
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
    // Control that somebody typed is a danger.
    let is_typed_control =
        matches!(origin, Origin::Message(_)) && row.tokenizer.is_special(token.id) && !row.is_unknown(index);
    if is_typed_control {
        ui.painter().rect_stroke(rect, 3.0, Stroke::new(2.0, tones.warning), StrokeKind::Inside);
    } else if on || response.hovered() {
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
    explain(response.on_hover_text(format!("from: {}", origin.name())), row, index);
}
