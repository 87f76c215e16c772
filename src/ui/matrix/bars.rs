//! Scroll bars for a picture that is far larger than any list of widgets.

use egui::{CursorIcon, Rect, Sense, Ui, pos2};

use crate::ui::theme;

/// How thick a bar is.
pub const THICK: f32 = 12.0;

/// How short the thumb gets at most.
const SHORTEST: f32 = 24.0;

/// What a bar shows: how much there is, where one is, and how much of it is seen; in rows or columns.
#[derive(Clone, Copy)]
pub struct Extent {
    pub count: f64,
    pub first: f64,
    pub seen: f64,
}

/// Shows a bar along `rect`, with `ticks` at some places. Gives the first place that is to be seen, where somebody moved it.
pub fn show(
    ui: &mut Ui,
    (name, about): (&str, &str),
    rect: Rect,
    extent: Extent,
    ticks: impl Iterator<Item = f64>,
) -> Option<f64> {
    let tones = theme::tones(ui);
    let upright = rect.height() > rect.width();
    let along = |rect: &Rect| if upright { rect.height() } else { rect.width() };
    let length = along(&rect);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect.shrink(2.0), 4.0, tones.well);
    let point = |place: f64| (place / extent.count.max(1.0)) as f32 * length;
    let part = |from: f32, to: f32| {
        if upright {
            Rect::from_min_max(pos2(rect.left(), rect.top() + from), pos2(rect.right(), rect.top() + to))
        } else {
            Rect::from_min_max(pos2(rect.left() + from, rect.top()), pos2(rect.left() + to, rect.bottom()))
        }
    };
    for tick in ticks {
        let at = point(tick).min(length - 2.0);
        painter.rect_filled(part(at, at + 2.0), 0.0, tones.accent);
    }
    let travel = extent.count - extent.seen;
    if travel <= 0.0 {
        return None;
    }
    let thumb = point(extent.seen).max(SHORTEST).min(length);
    let from = (extent.first / travel).clamp(0.0, 1.0) as f32 * (length - thumb);
    // The picture itself hears the keys: a bar is for the pointer alone.
    let response = ui
        .interact(rect, egui::Id::unique(("bar", name)), Sense::CLICK | Sense::DRAG)
        .on_hover_cursor(CursorIcon::Default)
        .on_hover_text(about);
    let strength = if response.dragged() || response.hovered() { 0.75 } else { 0.45 };
    painter.rect_filled(part(from, from + thumb).shrink(2.0), 4.0, tones.quiet.gamma_multiply(strength));
    let at = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked())?;
    let at = if upright { at.y - rect.top() } else { at.x - rect.left() };
    let share = f64::from((at - thumb / 2.0) / (length - thumb).max(1.0));
    Some(share.clamp(0.0, 1.0) * travel)
}
