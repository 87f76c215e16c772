//! Clusters: groups of words that lie together, named by their own most typical words.

use egui::{RichText, Ui};
use roaring::RoaringBitmap;

use crate::app::State;
use crate::geometry::clusters::Method;
use crate::scene::Command;
use crate::scene::palette::CATEGORIES;
use crate::scene::view::{ClusterChoice, ColorBy, MOST_CLUSTERS, SelectHow};
use crate::ui::theme::{self, space};
use crate::ui::{Outbox, widgets};

const METHODS: [(Method, &str, &str); 2] = [
    (Method::KMeans, "k-means", "Every word joins the nearest of k centers. You say how many."),
    (
        Method::Hdbscan,
        "HDBSCAN",
        "Dense groups are found by themselves; words between them belong to none, and stay grey.",
    ),
];

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    if state.table().is_none() {
        widgets::hint(ui, "Open a file of vectors to find its clusters.");
        return;
    }
    let choice = state.view().map.clustering;
    controls(ui, choice, out);
    let mut colored = state.view().map.color == ColorBy::Clusters;
    if ui.checkbox(&mut colored, "Color the map by cluster").changed() {
        out.send(Command::SetColor(if colored { ColorBy::Clusters } else { ColorBy::Automatic }));
    }
    list(ui, state, out);
}

fn controls(ui: &mut Ui, choice: ClusterChoice, out: &mut Outbox) {
    if let Some(method) = widgets::choose(ui, choice.method, &METHODS) {
        out.send(Command::SetClustering(ClusterChoice { method, ..choice }));
    }
    match choice.method {
        Method::KMeans => {
            let name = ("clusters", "k, the number of clusters to find");
            let rail = 2.0..=MOST_CLUSTERS as f64;
            if let Some(k) = widgets::slider(ui, name, choice.k as f64, rail, (0, "")) {
                out.send(Command::SetClustering(ClusterChoice { k: k as usize, ..choice }));
            }
        }
        Method::Hdbscan => {
            let name = ("smallest cluster", "The fewest words that count as a cluster");
            if let Some(size) = widgets::slider(ui, name, choice.min_size as f64, 2.0..=100.0, (0, "")) {
                out.send(Command::SetClustering(ClusterChoice { min_size: size as usize, ..choice }));
            }
        }
    }
}

fn list(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let document = state.view().document;
    let current = state.derived().clustering_is_current(state.view());
    let Some(clustering) = state.derived().clustering(document).filter(|_| current) else {
        let given_up = !state.running().iter().any(|(what, _)| *what == "Clusters");
        widgets::hint(
            ui,
            if given_up {
                "The search was given up. Change a setting to begin anew."
            } else {
                "Looking for clusters …"
            },
        );
        return;
    };
    let Some(names) = state.names() else { return };
    quality(ui, clustering);
    if clustering.clusters.is_empty() {
        widgets::hint(
            ui,
            "No cluster of that size was found. Make the smallest size smaller, or try k-means.",
        );
    }
    ui.add_space(space::S);
    ui.spacing_mut().item_spacing.y = 0.0;
    let tones = theme::tones(ui);
    let colored = state.view().map.color == ColorBy::Clusters;
    let most = clustering.clusters.iter().map(|cluster| cluster.size).max().unwrap_or(1);
    for (index, cluster) in clustering.clusters.iter().enumerate() {
        // Clusters come by size, as the colors do.
        let color = tones.category((colored && index < CATEGORIES).then_some(index));
        let share = cluster.size as f32 / most as f32;
        let size = widgets::thousands(cluster.size as u64);
        let name = names.of_cluster(cluster);
        let line = widgets::word_line(ui, index + 1, &name, &size, share, Some(color));
        if line.on_hover_text("Select the words of this cluster").clicked() {
            select(clustering, index, out);
        }
    }
    let noise =
        clustering.labels.len() - clustering.clusters.iter().map(|cluster| cluster.size).sum::<usize>();
    if noise > 0 {
        ui.add_space(space::S);
        let text = format!("{} words belong to none", widgets::thousands(noise as u64));
        if ui.button(text).on_hover_text("Select them: they may be outliers").clicked() {
            let rows = (0..).zip(&clustering.labels).filter(|(_, label)| **label < 0).map(|(row, _)| row);
            out.send(Command::Select(rows.collect::<RoaringBitmap>(), SelectHow::Replace));
        }
    }
}

fn select(clustering: &crate::geometry::clusters::Clustering, cluster: usize, out: &mut Outbox) {
    let wanted = cluster as i32;
    let rows: RoaringBitmap =
        (0..).zip(&clustering.labels).filter(|(_, label)| **label == wanted).map(|(row, _)| row).collect();
    out.send(Command::GoTo(rows));
}

/// How well the clusters are apart, and what they were found on.
fn quality(ui: &mut Ui, clustering: &crate::geometry::clusters::Clustering) {
    if let Some(silhouette) = clustering.silhouette {
        let about = "The silhouette: for each word, how much nearer its own cluster is than the next one. 1 is perfectly apart, 0 is \
                     no structure, below 0 is in the wrong cluster. Words rarely come above 0.3.";
        ui.horizontal_wrapped(|ui| {
            widgets::term(ui, "Silhouette", about);
            ui.label(RichText::new(widgets::significant(f64::from(silhouette))).strong());
            widgets::term(ui, "of at most 1", about);
        });
        let text = if silhouette < 0.1 {
            "The clusters run into each other: their borders say little."
        } else if silhouette < 0.3 {
            "The clusters overlap, as those of words mostly do."
        } else {
            "The clusters are well apart."
        };
        widgets::hint(ui, text);
    }
    if let Some(sampled) = clustering.sampled {
        let text = format!("Found on a sample of {} words.", widgets::thousands(sampled as u64));
        widgets::hint(ui, &text);
    }
}
