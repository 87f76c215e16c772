//! Where the keyboard is: a ring around the control that has it, and panels that scroll to it.

use egui::{Context, EventFilter, Id, Response, Stroke, StrokeKind, Ui};

use super::theme;

/// Draws a ring around the control that has the keyboard, whatever kind it is. Drawn last, over everything in its layer.
/// Nothing is drawn around `except`, which shows it in its own way, nor around a text field, which shows its cursor.
pub fn ring(ctx: &Context, except: Option<Id>) {
    let Some(id) = ctx.memory(egui::Memory::focused).filter(|id| Some(*id) != except) else { return };
    let Some(control) = ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied()) else { return };
    // What is scrolled out of sight has no ring that could be seen.
    let place = control.interact_rect;
    if !place.is_positive() || ctx.text_edit_focused() {
        return;
    }
    let ring = Stroke::new(2.0, theme::tones_of(ctx).accent);
    let around = place.expand(2.0).intersect(ctx.content_rect());
    ctx.layer_painter(control.layer_id).rect_stroke(around, 7.0, ring, StrokeKind::Inside);
}

/// Which arrow keys a control hears itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrows {
    Across,
    Down,
    All,
}

/// Has arrow keys stay with a control that has the keyboard: they do not lead to what lies beside it.
pub fn keep_arrows(ui: &Ui, response: &Response, arrows: Arrows) {
    let keep = EventFilter {
        horizontal_arrows: arrows != Arrows::Down,
        vertical_arrows: arrows != Arrows::Across,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, keep));
}

/// Shows what a scroll area holds, and scrolls to the control in it that the keyboard has just come to.
pub fn followed<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let here = ui.unique_id().with("followed");
    let known = |ui: &Ui, id: Id| ui.ctx().viewport(|viewport| viewport.this_pass.widgets.contains(id));
    let focused = |ui: &Ui| ui.memory(egui::Memory::focused);
    // Controls of other parts are known already, or not at all.
    let elsewhere = focused(ui).filter(|&id| known(ui, id));
    let inner = add(ui);
    let now = focused(ui).filter(|&id| Some(id) != elsewhere && known(ui, id));
    let before = ui.data_mut(|data| data.get_temp::<Option<Id>>(here)).flatten();
    ui.data_mut(|data| data.insert_temp(here, now));
    if let Some(id) = now.filter(|_| now != before)
        && let Some(control) = ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).copied())
        // A list that hangs out of the panel lies in a layer of its own.
        && control.layer_id == ui.layer_id()
    {
        ui.scroll_to_rect(control.rect.expand(theme::space::S), None);
    }
    inner
}
