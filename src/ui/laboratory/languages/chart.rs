//! A bar for each language under one tokenizer.

use std::ops::RangeInclusive;

use egui::{FontId, Rangef, Ui};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, Plot, PlotPoint, Text};

use super::written;
use crate::app::languages::LanguageCosts;
use crate::scene::view::LanguageChoice;
use crate::ui::theme::{self, size};
use crate::ui::widgets;

/// The height of a bar, with the space to the next.
const BAR: f32 = 20.0;

/// Room for the names.
const NAMES: f32 = 84.0;

/// Shows the chart: the cheapest language at the top.
pub fn show(
    ui: &mut Ui,
    choice: &LanguageChoice,
    costs: &LanguageCosts,
    (tokenizer, order): (usize, &[usize]),
) {
    let tones = theme::tones(ui);
    let count = order.len();
    let place = |rank: usize| (count - rank) as f64;
    let name = |language: usize| costs.text.languages[language].name.clone();
    let value = |(rank, &language): (usize, &usize)| {
        Some((rank, language, costs.value(choice, tokenizer, language)?))
    };
    let values: Vec<(usize, usize, f64)> = order.iter().enumerate().filter_map(value).collect();
    let bars: Vec<Bar> = values
        .iter()
        .map(|&(rank, language, value)| {
            let lost = costs.lost_share(tokenizer, language) > 0.0;
            let color = if lost { tones.warning } else { tones.accent };
            Bar::new(place(rank), value).width(0.7).fill(color.gamma_multiply(0.75)).name(name(language))
        })
        .collect();
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let title = costs.tokenizers[tokenizer].title.clone();
    let measure = choice.measure;
    let chart = BarChart::new(title, bars).horizontal().allow_hover(false);
    let names: Vec<String> = order.iter().map(|&language| name(language)).collect();
    let axis = move |mark: GridMark, _: &RangeInclusive<f64>| {
        let rank = count as f64 - mark.value;
        let whole = rank >= 0.0 && rank.fract() == 0.0;
        names.get(rank as usize).filter(|_| whole).cloned().unwrap_or_default()
    };
    let left = AxisHints::new_y()
        .formatter(axis)
        .min_thickness(NAMES)
        .tick_label_color(tones.text)
        .tick_label_font(FontId::proportional(size::SMALL))
        .label_spacing(Rangef::new(BAR / 2.0, BAR));
    Plot::new("languages")
        .height(BAR * count as f32 + 12.0)
        .show_background(false)
        .show_grid(false)
        .show_axes([false, true])
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .include_x(0.0)
        .include_x(most * 1.12)
        .include_y(0.4)
        .include_y(count as f64 + 0.6)
        .y_grid_spacer(move |_| {
            (1..=count).map(|value| GridMark { value: value as f64, step_size: 1.0 }).collect()
        })
        .custom_y_axes(vec![left])
        .show(ui, |plot| {
            plot.bar_chart(chart);
            for (rank, _, value) in values {
                let text = egui::RichText::new(format!("  {}", written(measure, value))).size(size::SMALL);
                let at = PlotPoint::new(value, place(rank));
                let text = Text::new("value", at, text).anchor(egui::Align2::LEFT_CENTER).color(tones.text);
                plot.text(text);
            }
        });
    if order.iter().any(|&language| costs.lost_share(tokenizer, language) > 0.0) {
        widgets::hint(
            ui,
            "In amber are languages of which this tokenizer does not know every sign: what it does not know is lost, and the \
             count is too low.",
        );
    }
}
