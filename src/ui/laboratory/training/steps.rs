//! One step of learning: the pairs that compete, and what words look like by then.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Align2, FontFamily, FontId, Layout, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::super::super::theme::{self, size, space};
use super::super::super::widgets;
use crate::tokens::training::{LEAST, Learned, Stage, Standing};

const ROW: f32 = 22.0;

/// Shows the stage.
pub fn show(ui: &mut Ui, learned: &Learned, stage: &Stage) {
    said(ui, learned, stage);
    let width = ui.available_width();
    // Where there is no room for both beside each other, one stands below the other.
    let layout = if width < 480.0 { Layout::top_down(Align::Min) } else { Layout::left_to_right(Align::Min) };
    ui.with_layout(layout, |ui| {
        ui.vertical(|ui| {
            ui.set_width((width * 0.4).clamp(220.0, 420.0).min(width));
            let next = learned.merges.get(stage.merges);
            let said = match (next, stage.standings.first()) {
                (Some(_), _) => "Pairs that stand together most often now. The first is joined next.",
                (None, Some(first)) if first.count >= LEAST => {
                    "The vocabulary is full. These pairs would come next."
                }
                (None, _) => "No pair stands together twice any more: there is nothing left to join.",
            };
            widgets::hint(ui, said);
            ui.spacing_mut().item_spacing.y = 2.0;
            let most = stage.standings.first().map_or(1, |first| first.count.max(1));
            for (rank, standing) in stage.standings.iter().enumerate() {
                pair(ui, standing, most, rank == 0 && next.is_some());
            }
        });
        ui.add_space(space::M);
        ui.vertical(|ui| {
            widgets::hint(ui, "The words to watch, as they are by now.");
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(space::S, space::S);
                stage.samples.iter().for_each(|word| sample(ui, word));
            });
        });
    });
}

/// What the last merge was.
fn said(ui: &mut Ui, learned: &Learned, stage: &Stage) {
    let last = stage.merges.checked_sub(1).and_then(|last| learned.merges.get(last));
    let said = match last {
        None => "Nothing is joined yet: every letter or byte stands by itself.".to_owned(),
        Some(merge) => format!(
            "Merge {}: “{}” and “{}”, {} times together, became “{}”, entry {}.",
            widgets::thousands(stage.merges as u64),
            shown(&learned.read(merge.pair.0)),
            shown(&learned.read(merge.pair.1)),
            widgets::thousands(merge.count),
            shown(&learned.read(merge.made)),
            merge.made
        ),
    };
    ui.label(said);
}

fn shown(piece: &str) -> String {
    crate::ui::tokens::chip::shown(piece).replace(' ', "·")
}

/// A pair, with a bar for how often it is there.
fn pair(ui: &mut Ui, standing: &Standing, most: u64, is_next: bool) {
    let tones = theme::tones(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let text = format!("{} + {}", shown(&standing.left), shown(&standing.right));
    let count = widgets::thousands(standing.count);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text}: {count}")));
    let share = standing.count as f32 / most as f32;
    let bar = Rect::from_min_size(rect.min, vec2(rect.width() * share, ROW - 3.0));
    ui.painter().rect_filled(bar, 3.0, if is_next { tones.accent_soft } else { tones.well });
    let font = FontId::new(size::BODY, FontFamily::Monospace);
    let left = rect.left_center() + vec2(space::XS, -1.5);
    ui.painter().text(left, Align2::LEFT_CENTER, text, font, tones.text);
    let right = rect.right_center() - vec2(space::XS, 1.5);
    let color = if is_next { tones.accent } else { tones.quiet };
    ui.painter().text(right, Align2::RIGHT_CENTER, count, FontId::proportional(size::SMALL), color);
}

/// A word in its pieces, as one thing that goes to the next line whole.
fn sample(ui: &mut Ui, word: &[String]) {
    let tones = theme::tones(ui);
    let mut job = LayoutJob::default();
    for (index, piece) in word.iter().enumerate() {
        let hue = tones.category(Some(index % 4));
        let format = TextFormat {
            font_id: FontId::new(size::LARGE, FontFamily::Monospace),
            color: tones.text,
            background: tones.panel.lerp_to_gamma(hue, 0.25),
            ..TextFormat::default()
        };
        job.append(&format!(" {} ", shown(piece)), if index > 0 { 1.0 } else { 0.0 }, format);
    }
    ui.add(egui::Label::new(job).extend());
}
