//! The steps of a word as pictures: parts in columns that stay where they are, a row a step.

use egui::{
    Align2, Color32, FontFamily, FontId, Pos2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};

use super::{read, written};
use crate::tokens::trace::{Match, MergeState, Order, Part, Paths};
use crate::ui::theme::{self, Tones, size, space};
use crate::ui::widgets;

const ROW: f32 = 28.0;

/// Room for what stands before a row.
const MARGIN: f32 = 124.0;

/// The most entries that are told of those looked up at one place: the longest and the shortest.
const MOST_TRIED: usize = 12;

/// The most ways to a place that are listed.
const LISTED: usize = 6;

fn font() -> FontId {
    FontId::new(size::BODY, FontFamily::Monospace)
}

/// Where the columns of a word begin, and where the last one ends: as wide as what is in them at first.
fn columns(ui: &Ui, left: f32, first: impl Iterator<Item = String>) -> Vec<f32> {
    let mut x = left;
    let mut edges = vec![x];
    for text in first {
        let wide = ui.painter().layout_no_wrap(text, font(), Color32::WHITE).size().x;
        x += wide.max(12.0) + 12.0;
        edges.push(x);
    }
    edges
}

fn chip(ui: &Ui, rect: Rect, text: &str, (ground, color): (Color32, Color32), line: Option<Color32>) {
    let rect = rect.shrink2(vec2(1.0, 2.0));
    ui.painter().rect_filled(rect, 4.0, ground);
    if let Some(line) = line {
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.5, line), StrokeKind::Inside);
    }
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font(), color);
}

fn caption(ui: &Ui, at: Pos2, text: &str, color: Color32) {
    ui.painter().text(at, Align2::LEFT_CENTER, text, FontId::proportional(size::SMALL), color);
}

/// A number with its sign, as it is written of ranks and scores.
fn number(order: Order, value: f64) -> String {
    match order {
        Order::Rank => widgets::thousands(value as u64),
        Order::Score => widgets::significant(value),
    }
}

/// A row for each merge up to `step`, and below the last the values of the pairs that may come next. A long word is scrolled.
pub fn merges(ui: &mut Ui, order: Order, states: &[MergeState], step: usize) {
    ScrollArea::horizontal().id_salt("merges").show(ui, |ui| all_merges(ui, order, states, step));
}

fn all_merges(ui: &mut Ui, order: Order, states: &[MergeState], step: usize) {
    let tones = theme::tones(ui);
    let Some(first) = states.first() else { return };
    let left = ui.cursor().left() + MARGIN;
    let edges = columns(ui, left, first.parts.iter().map(written));
    let width = edges.last().map_or(MARGIN, |right| right - left + MARGIN);
    let height = ROW * (step + 1) as f32 + 2.0 * ROW;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let shown = &states[..=step.min(states.len() - 1)];
    let mut spans: Vec<[usize; 2]> = (0..first.parts.len()).map(|at| [at, at + 1]).collect();
    let mut spoken = String::new();
    for (number_of, state) in shown.iter().enumerate() {
        let top = rect.top() + ROW * number_of as f32;
        if let Some(made) = state.made {
            let before = &states[number_of - 1];
            let value = before.pairs[made].map_or_else(String::new, |value| number(order, value));
            spans[made][1] = spans[made + 1][1];
            spans.remove(made + 1);
            let what = if order == Order::Rank { "rank" } else { "score" };
            caption(
                ui,
                pos2(rect.left(), top + ROW / 2.0),
                &format!("{number_of}  {what} {value}"),
                tones.quiet,
            );
            let pair = &before.parts[made..=made + 1];
            spoken =
                format!("{} + {} → {}", written(&pair[0]), written(&pair[1]), written(&state.parts[made]));
        } else {
            caption(ui, pos2(rect.left(), top + ROW / 2.0), "before the first step", tones.quiet);
        }
        let newest = number_of + 1 == shown.len();
        let clip = ui.clip_rect();
        if top > clip.bottom() || top + ROW < clip.top() {
            continue;
        }
        for (index, (part, [from, to])) in state.parts.iter().zip(&spans).enumerate() {
            let place = Rect::from_min_max(pos2(edges[*from], top), pos2(edges[*to], top + ROW));
            let is_made = state.made == Some(index);
            let ground = if is_made { tones.accent_soft } else { tones.well };
            let color = if newest || is_made { tones.text } else { tones.quiet };
            chip(ui, place, &written(part), (ground, color), is_made.then_some(tones.accent));
        }
    }
    let Some(last) = shown.last() else { return };
    let top = rect.top() + ROW * shown.len() as f32;
    pairs(ui, order, last, (&edges, &spans), (rect.left(), top), &tones);
    let label = if spoken.is_empty() { "No pair is joined yet".to_owned() } else { spoken };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &label));
}

/// The ranks or scores of neighbors, each between its two; that of the pair which comes next stands out.
fn pairs(
    ui: &Ui,
    order: Order,
    state: &MergeState,
    (edges, spans): (&[f32], &[[usize; 2]]),
    (left, top): (f32, f32),
    tones: &Tones,
) {
    let known = state.pairs.iter().flatten().copied();
    let next = match order {
        Order::Rank => known.fold(f64::INFINITY, f64::min),
        Order::Score => known.fold(f64::NEG_INFINITY, f64::max),
    };
    let said = if next.is_finite() { "known pairs" } else { "no pair is known: done" };
    caption(ui, pos2(left, top + ROW / 2.0), said, tones.quiet);
    let mut is_first = true;
    let mut right = f32::NEG_INFINITY;
    for (index, value) in state.pairs.iter().enumerate() {
        let Some(value) = value else { continue };
        let on = *value == next && std::mem::take(&mut is_first);
        let x = edges[spans[index][1]];
        let color = if on { tones.accent } else { tones.quiet };
        let font = FontId::new(size::SMALL, if on { theme::semibold() } else { FontFamily::Proportional });
        let galley = ui.painter().layout_no_wrap(number(order, *value), font, color);
        ui.painter().vline(x, top..=top + 5.0, Stroke::new(1.5, color));
        // Where two would run into each other, the second stands below.
        let low = if x - galley.size().x / 2.0 < right + 4.0 { 14.0 } else { 0.0 };
        right = if low > 0.0 { right } else { x + galley.size().x / 2.0 };
        ui.painter().galley(pos2(x - galley.size().x / 2.0, top + 6.0 + low), galley, color);
    }
}

/// What was looked up for each entry found up to `step`, the longest first.
pub fn matches(ui: &mut Ui, matches: &[Match], step: usize) {
    let tones = theme::tones(ui);
    if step == 0 {
        widgets::hint(ui, "Nothing is looked up yet.");
        return;
    }
    for (index, found) in matches.iter().take(step).enumerate() {
        let newest = index + 1 == step;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
            caption_label(ui, &format!("{}", index + 1), &tones);
            let count = found.tried.len();
            let left_out = count.saturating_sub(MOST_TRIED);
            for (at, tried) in found.tried.iter().enumerate() {
                let is_found = found.found.is_some() && at + 1 == count;
                if at == MOST_TRIED / 2 && left_out > 0 {
                    caption_label(ui, &format!("… {left_out} more …"), &tones);
                }
                if (MOST_TRIED / 2..MOST_TRIED / 2 + left_out).contains(&at) {
                    continue;
                }
                let color = if newest { tones.text } else { tones.quiet };
                let text = egui::RichText::new(tried).font(font());
                let text = if is_found {
                    text.color(color).background_color(tones.accent_soft).strong()
                } else {
                    text.color(tones.quiet).strikethrough()
                };
                ui.label(text);
            }
            if found.found.is_none() {
                ui.label(egui::RichText::new("nothing found: the word is unknown").color(tones.warning));
            }
        });
    }
}

fn caption_label(ui: &mut Ui, text: &str, tones: &Tones) {
    ui.label(egui::RichText::new(text).size(size::SMALL).color(tones.quiet));
}

/// The ways to the place that is reached at `step`; after the last, the best ways through the whole.
pub fn paths(ui: &mut Ui, paths: &Paths, step: usize) {
    let tones = theme::tones(ui);
    if let Some(end) = step.checked_sub(1).and_then(|at| paths.ends.get(at)) {
        ui.label(format!("Up to “{}”, the best ways to get there:", read(&end.bytes)));
        egui::Grid::new("ways").num_columns(4).spacing([space::L, 2.0]).show(ui, |ui| {
            for title in ["", "last piece", "its score", "sum"] {
                caption_label(ui, title, &tones);
            }
            ui.end_row();
            for (index, candidate) in end.candidates.iter().take(LISTED).enumerate() {
                let color = if index == 0 { tones.text } else { tones.quiet };
                let cell = |text: String| egui::RichText::new(text).color(color);
                ui.label(cell(if index == 0 { "✓".to_owned() } else { String::new() }));
                let piece = cell(written(&candidate.part)).font(font());
                ui.label(if index == 0 { piece.background_color(tones.accent_soft) } else { piece });
                ui.label(cell(widgets::significant(candidate.score)));
                ui.label(cell(widgets::significant(candidate.total)));
                ui.end_row();
            }
        });
    } else {
        widgets::hint(ui, "Before the first piece the sum is 0.");
    }
    if step < paths.ends.len() {
        return;
    }
    let Some(best) = paths.paths.first().map(|path| path.total) else { return };
    ui.add_space(space::S);
    ui.label("The best ways through the whole:");
    for (index, path) in paths.paths.iter().enumerate() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
            let color = if index == 0 { tones.text } else { tones.quiet };
            ui.label(egui::RichText::new(widgets::significant(path.total)).color(color));
            for (part, score) in &path.parts {
                piece(ui, part, *score, (color, index == 0), &tones);
            }
            if index > 0 {
                let times = widgets::significant((best - path.total).exp());
                caption_label(ui, &format!("{times} times less probable"), &tones);
            }
        });
    }
}

fn piece(ui: &mut Ui, part: &Part, score: f64, (color, best): (Color32, bool), tones: &Tones) {
    let ground = if best { tones.accent_soft } else { tones.well };
    let text = egui::RichText::new(format!(" {} ", written(part))).font(font()).color(color);
    ui.label(text.background_color(ground)).on_hover_text(format!("score {}", widgets::significant(score)));
}
