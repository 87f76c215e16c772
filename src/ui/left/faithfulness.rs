//! What the map keeps of the nearness in all dimensions: figures, and the diagram of distances.

use egui::{CollapsingHeader, Ui};
use egui_plot::{Plot, Points};

use crate::app::State;
use crate::geometry::{Metric, faithfulness};
use crate::scene::view::ColorBy;
use crate::scene::{Command, honesty};
use crate::ui::theme;
use crate::ui::{Outbox, widgets};
use crate::vectors::Table;

/// What the map keeps of the neighbors in all dimensions.
pub fn show(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    widgets::term(
        ui,
        "Faithfulness",
        "No flat map keeps all that is near in many dimensions. This tells how much of it this one keeps.",
    );
    figures(ui, state, table, out);
    diagram(ui, state);
}

fn figures(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    let found = state.derived().honesty(state.view());
    if found.is_some_and(|found| found.k == 0) {
        widgets::hint(ui, "There are too few words on the map to have neighbors.");
        return;
    }
    let Some(found) = found else {
        if faithfulness::is_quick(table) || state.view().map.color == ColorBy::Honesty {
            widgets::hint(ui, "…");
        } else if ui.button("Measure it").on_hover_text("Some seconds for this many words.").clicked() {
            out.send(Command::SetColor(ColorBy::Honesty));
        }
        return;
    };
    let about = honesty::explanation(found);
    widgets::hint(ui, &honesty::figure(found, &state.view().map.subset.noun(table.noun())))
        .on_hover_text(&about);
    if let Some(measures) = honesty::measures(found) {
        widgets::hint(ui, &measures).on_hover_text(&about);
    }
}

/// Distances in all dimensions against those on the map, a point a pair of words.
fn diagram(ui: &mut Ui, state: &State) {
    CollapsingHeader::new("Shepard diagram").id_salt("shepard diagram").show(ui, |ui| {
        let Some(found) = state.derived().distances(state.view()).filter(|found| !found.pairs.is_empty()) else {
            widgets::hint(ui, "…");
            return;
        };
        widgets::hint(ui, &honesty::distances(found)).on_hover_text(
            "Spearman's rank correlation of the distances of word pairs that were drawn at random: 1 if the map keeps the \
             order of all distances, 0 if it tells nothing of them.",
        );
        let pairs: Vec<[f64; 2]> = found.pairs.iter().map(|pair| pair.map(f64::from)).collect();
        let color = theme::tones(ui).accent.gamma_multiply(0.45);
        let across = match found.metric {
            Metric::Cosine => "1 − cosine, all dimensions",
            Metric::Dot => "− dot product, all dimensions",
            Metric::Euclidean => "distance, all dimensions",
        };
        Plot::new("shepard")
            .height(150.0)
            .show_background(false)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false)
            .x_axis_label(across)
            .y_axis_label("on the map")
            .show(ui, |plot| plot.points(Points::new("pairs of words", pairs).radius(1.2).color(color)));
    });
}
