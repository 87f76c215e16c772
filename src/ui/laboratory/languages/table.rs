//! Every language under every tokenizer, a cell each.

use egui::{Align2, Color32, FontId, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::written;
use crate::app::languages::LanguageCosts;
use crate::scene::Command;
use crate::scene::view::{LanguageChoice, Measure};
use crate::ui::Outbox;
use crate::ui::theme::{self, size, space};

const ROW: f32 = 24.0;
const NAMES: f32 = 96.0;
const LEAST: f32 = 62.0;

/// Shows the table. A click on a tokenizer sorts by it, one on a language compares the others with it.
pub fn show(
    ui: &mut Ui,
    choice: &LanguageChoice,
    costs: &LanguageCosts,
    (sorted, order): (usize, &[usize]),
    out: &mut Outbox,
) {
    ui.add_space(space::S);
    let columns = costs.tokenizers.len();
    let width = ((ui.available_width() - NAMES) / columns.max(1) as f32).clamp(LEAST, 110.0);
    ScrollArea::horizontal().id_salt("languages table").show(ui, |ui| {
        let size = vec2(NAMES + width * columns as f32, ROW * (order.len() + 2) as f32);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let cell = |column: usize, row: usize| {
            let at = pos2(rect.left() + NAMES + width * column as f32, rect.top() + ROW * (row + 2) as f32);
            Rect::from_min_size(at, vec2(width, ROW))
        };
        for (column, tokenizer) in costs.tokenizers.iter().enumerate() {
            let top = Rect::from_min_size(cell(column, 0).min - vec2(0.0, 2.0 * ROW), vec2(width, 2.0 * ROW));
            let response = head(ui, top, &tokenizer.title, column == sorted);
            if response.on_hover_text("Sort by this tokenizer").clicked() {
                out.send(Command::Examine(tokenizer.name.clone()));
            }
        }
        let base = costs.base(choice);
        for (row, &language) in order.iter().enumerate() {
            let place = Rect::from_min_size(pos2(rect.left(), cell(0, row).top()), vec2(NAMES, ROW));
            let name = &costs.text.languages[language].name;
            if head(ui, place, name, language == base)
                .on_hover_text("Compare the others with this language")
                .clicked()
            {
                let base = Some(name.clone());
                out.send(Command::CompareLanguages(LanguageChoice { base, ..choice.clone() }));
            }
            for column in 0..columns {
                value(ui, choice, costs, (column, language), cell(column, row));
            }
        }
    });
}

/// The name of a row or a column, which can be chosen.
fn head(ui: &Ui, place: Rect, name: &str, on: bool) -> Response {
    let tones = theme::tones(ui);
    let response = ui.interact(place, ui.scope_id().with(("head", name)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    let color = if on || response.hovered() || response.has_focus() { tones.accent } else { tones.quiet };
    let mut job = egui::text::LayoutJob::simple(
        name.to_owned(),
        FontId::new(size::SMALL, if on { theme::semibold() } else { egui::FontFamily::Proportional }),
        color,
        place.width() - space::XS,
    );
    job.wrap.max_rows = if place.height() > ROW { 2 } else { 1 };
    let galley = ui.painter().layout_job(job);
    let y = if place.height() > ROW {
        place.bottom() - galley.size().y - 4.0
    } else {
        place.center().y - galley.size().y / 2.0
    };
    ui.painter().galley(pos2(place.left() + 2.0, y), galley, color);
    response
}

/// A cell: the darker, the dearer the language is under its tokenizer.
fn value(
    ui: &Ui,
    choice: &LanguageChoice,
    costs: &LanguageCosts,
    (column, language): (usize, usize),
    place: Rect,
) {
    let tones = theme::tones(ui);
    let tokenizer = &costs.tokenizers[column];
    let response = ui.interact(place, ui.scope_id().with(("cell", column, language)), Sense::hover());
    let name = &costs.text.languages[language].name;
    let cost = match &tokenizer.costs {
        Ok(costs) => costs[language],
        Err(problem) => {
            response.on_hover_text(problem);
            return;
        }
    };
    let Some(value) = costs.value(choice, column, language) else { return };
    let relative = LanguageChoice { measure: Measure::Relative, ..choice.clone() };
    let dear = costs.value(&relative, column, language).unwrap_or(1.0).max(1.0).ln() / 10_f64.ln();
    let ground = tones.accent_soft.gamma_multiply(dear.clamp(0.0, 1.0) as f32);
    ui.painter().rect_filled(place.shrink(1.0), 3.0, ground);
    let text = written(choice.measure, value);
    let (text, color) = if cost.lost > 0 { (format!("{text} ?"), tones.warning) } else { (text, tones.text) };
    write(ui, place, &text, color);
    let spoken = format!("{name}, {}: {text}", tokenizer.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    let unknown = match cost.lost {
        0 => String::new(),
        lost => format!(
            ". {lost} bytes of it are unknown to this tokenizer: what they say is lost, and the count is too low."
        ),
    };
    let about = format!("{name} under {}: {} tokens{unknown}", tokenizer.title, cost.tokens);
    response.on_hover_text(about);
}

fn write(ui: &Ui, place: Rect, text: &str, color: Color32) {
    let at = place.right_center() - vec2(space::S, 0.0);
    ui.painter().text(at, Align2::RIGHT_CENTER, text, FontId::proportional(size::SMALL), color);
}
