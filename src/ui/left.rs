//! The panel on the left: how the map is made.

mod faithfulness;
mod look;

use std::ops::RangeInclusive;

use egui::{ComboBox, RichText, ScrollArea, Ui};
use egui_plot::{Bar, BarChart, GridMark, Plot};

use super::theme::{self, size, space};
use super::widgets::chooser::{self, Line};
use super::{Outbox, focus, widgets};
use crate::app::{MapStage, State};
use crate::files::Choosable;
use crate::geometry::Metric;
use crate::geometry::projection::{Layout, Method, Turn};
use crate::scene::Command;
use crate::scene::cloud::COMPONENTS;
use crate::scene::document::{Document, DocumentSource};
use crate::scene::numbers::percent;
use crate::scene::view::{MOST_NEIGHBORS, PERPLEXITIES, ProjectionChoice, UMAP_NEIGHBORS};
use crate::vectors::Table;

/// The projections by the names that people know them by, and a sentence on each.
const METHODS: [(Method, &str, &str); 5] = [
    (
        Method::Pca,
        "PCA",
        "Principal component analysis: the flat shadow that keeps the most of the variance. Exact.",
    ),
    (
        Method::TSne,
        "t-SNE",
        "Words that are near in all dimensions stay near. How far groups lie apart and how large they are means nothing.",
    ),
    (
        Method::Umap,
        "UMAP",
        "Words are drawn to their nearest ones and pushed away from the others. Distances between groups mean little.",
    ),
    (
        Method::Random,
        "Random",
        "A shadow in random directions: what any map shows by chance. Compare it with PCA.",
    ),
    (
        Method::Diffusion,
        "Diffusion",
        "A diffusion map: words are close that a random walk from neighbor to neighbor easily joins.",
    ),
];

/// A projection's name as people know it.
pub fn method_title(method: Method) -> &'static str {
    METHODS.iter().find(|(known, ..)| *known == method).map_or("", |(_, title, _)| title)
}

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let all = |ui: &mut Ui| {
        data(ui, state, out);
        let Some(table) = state.table() else { return };
        projection(ui, state, table, out);
        nearness(ui, state, out);
        look::color(ui, state, table, out);
        look::density(ui, state, table, out);
        look::labels(ui, state, out);
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| focus::followed(ui, all));
}

fn data(ui: &mut Ui, state: &State, out: &mut Outbox) {
    widgets::heading(ui, "Data");
    let Some(document) = state.document() else {
        widgets::hint(ui, "Open a file with Ctrl+O, drop one here, or choose a sample.");
        return;
    };
    title(ui, state, document, out);
    if let Some(table) = &document.table {
        let text = format!(
            "{} {}s × {} numbers · {} · {} of numbers",
            widgets::thousands(table.rows() as u64),
            table.noun(),
            table.dims(),
            document.format,
            widgets::bytes(table.weight_bytes()),
        );
        widgets::hint(ui, &text);
    }
    choices(ui, document, out);
    about(ui, document);
    for warning in &document.all_warnings() {
        widgets::warning(ui, warning);
    }
}

/// What is on the map, and the way to the other tables that are open.
fn title(ui: &mut Ui, state: &State, document: &Document, out: &mut Outbox) {
    let open: Vec<_> = state.tables().collect();
    if open.len() < 2 {
        ui.label(&document.title).on_hover_text(document.source.to_string());
        return;
    }
    let lines: Vec<Line<'_>> = open
        .iter()
        .map(|(_, open)| Line { title: &open.title, about: &open.format, proposed: None })
        .collect();
    let chosen = open.iter().position(|(id, _)| *id == state.view().document).unwrap_or(usize::MAX);
    let width = ui.available_width();
    if let Some(picked) = chooser::show(ui, "On the map", chosen, &lines, width) {
        out.send(Command::ShowDocument(open[picked].0));
    }
}

/// What else of the same file could be shown: another file of an archive, another matrix, another column.
fn choices(ui: &mut Ui, document: &Document, out: &mut Outbox) {
    for (index, choice) in document.choices.iter().enumerate().filter(|(_, choice)| choice.options.len() > 1)
    {
        let (name, explanation) = match choice.of {
            Choosable::File => ("File", "Which of the files in it is shown."),
            Choosable::Matrix => (
                "Matrix",
                "Which of the matrices in the model is shown; the rows of the first are its tokens.",
            ),
            Choosable::Column => ("Column", "Which column holds the vectors."),
        };
        widgets::term(ui, name, explanation);
        let lines = choice.options.iter().enumerate().map(|(option, alternative)| Line {
            title: &alternative.name,
            about: &alternative.about,
            proposed: (option == 0).then_some(choice.reason),
        });
        let lines: Vec<Line<'_>> = lines.collect();
        let width = ui.available_width();
        let picked = ui.push_id(index, |ui| chooser::show(ui, name, choice.chosen, &lines, width)).inner;
        if let Some(option) = picked
            && let Some(DocumentSource::Part(path, parts)) = document.with_choice(index, option)
        {
            out.send(Command::OpenPart(path, parts));
        }
    }
}

/// What the file says of itself, out of the way until somebody asks.
fn about(ui: &mut Ui, document: &Document) {
    egui::CollapsingHeader::new("About this file").id_salt("about this file").show(ui, |ui| {
        // Lines of text, and nothing to press: they may stand close.
        ui.spacing_mut().interact_size.y = 0.0;
        let format = [("Format".to_owned(), document.format.clone())];
        for (name, value) in format.iter().chain(&document.facts) {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                widgets::hint(ui, name);
                ui.label(RichText::new(value).size(size::BODY - 1.0));
            });
        }
    });
}

fn projection(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    let choice = state.view().map.projection;
    widgets::heading(ui, "Projection");
    // None of them is on while the map is laid out along axes with names.
    let shown = (!state.view().map.named.on_map).then_some(choice.method);
    let methods = METHODS.map(|(method, title, about)| (Some(method), title, about));
    if let Some(Some(method)) = widgets::choose(ui, shown, &methods) {
        out.send(Command::SetProjection(ProjectionChoice { method, ..choice }));
    }
    let mut normalize = choice.normalize;
    let tip =
        "Scale every row to length 1 first: then only directions count, as they do for cosine similarity.";
    if ui.checkbox(&mut normalize, "Unit-length rows").on_hover_text(tip).changed() {
        out.send(Command::SetProjection(ProjectionChoice { normalize, ..choice }));
    }
    parameters(ui, choice, out);
    if state.view().map.named.on_map {
        widgets::hint(ui, "The map is laid out along the axes that you named.");
        if ui.button("Back to the projection").clicked() {
            out.send(Command::SetProjection(choice));
        }
        return;
    }
    if choice.method.is_iterative() {
        rounds(ui, state, out);
    } else {
        layout(ui, state, out);
        axes(ui, state, table, out);
    }
    if choice.method == Method::Pca {
        explained(ui, state);
    }
    faithfulness::show(ui, state, table, out);
}

/// What the chosen method can be told, a line each.
fn parameters(ui: &mut Ui, choice: ProjectionChoice, out: &mut Outbox) {
    let mut wanted = choice;
    match choice.method {
        Method::TSne => {
            let about =
                "About how many neighbors count for each word: few show small groups, many show large ones.";
            let [least, most] = PERPLEXITIES.map(f64::from);
            let value = f64::from(choice.perplexity);
            if let Some(value) = parameter(ui, "Perplexity", about, (value, least..=most), 0) {
                wanted.perplexity = value as f32;
            }
        }
        Method::Umap => {
            let about =
                "How many neighbors each word is joined to: few show small groups, many show the whole.";
            let [least, most] = UMAP_NEIGHBORS.map(|count| count as f64);
            if let Some(value) = parameter(ui, "Joined to", about, (choice.neighbors as f64, least..=most), 0)
            {
                wanted.neighbors = value as usize;
            }
            let about = "How close together points may come: less packs groups, more spreads them.";
            let value = f64::from(choice.min_dist);
            if let Some(value) = parameter(ui, "Least distance", about, (value, 0.0..=1.0), 2) {
                wanted.min_dist = value as f32;
            }
        }
        Method::Pca | Method::Random | Method::Diffusion => {}
    }
    if choice.method == Method::Random || choice.method.is_iterative() {
        let about = "What the method's random numbers start from: the same seed gives the same map.";
        let value = choice.seed as f64;
        if let Some(value) = parameter(ui, "Seed", about, (value, 0.0..=f64::from(u32::MAX)), 0) {
            wanted.seed = value as u64;
        }
    }
    if wanted != choice {
        out.send(Command::SetProjection(wanted));
    }
}

/// A number that is dragged or typed. Gives it once the hand has let it go: each value would be a map to work out.
fn parameter(
    ui: &mut Ui,
    name: &'static str,
    about: &str,
    (value, range): (f64, RangeInclusive<f64>),
    decimals: usize,
) -> Option<f64> {
    let id = ui.unique_id().with(name);
    let mut shown = ui.data(|data| data.get_temp(id)).unwrap_or(value);
    let speed = 0.2 / 10_f64.powi(decimals as i32);
    let field = egui::DragValue::new(&mut shown).range(range).speed(speed).fixed_decimals(decimals);
    let mut done = false;
    widgets::row(ui, name, about, |ui| {
        let field = ui.add(field.update_while_editing(false));
        widgets::name_number(&field, name, value);
        done = !field.dragged();
    });
    if done {
        ui.data_mut(|data| data.remove::<f64>(id));
        return (shown != value).then_some(shown);
    }
    ui.data_mut(|data| data.insert_temp(id, shown));
    None
}

/// How far a map is whose points are moved round after round, and a way to end it where it stands.
fn rounds(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let stage = state.derived().map_stage(state.view());
    let rounds = state.derived().cloud().and_then(|cloud| cloud.projection.unfinished);
    let rounds = rounds.map_or_else(String::new, |rounds| {
        let [done, all] = rounds.map(|rounds| widgets::thousands(rounds as u64));
        format!("{done} of {all}")
    });
    let text = match stage {
        MapStage::Preparing => "Looking for the neighbors …".to_owned(),
        MapStage::Moving => format!("Moving the points: round {rounds}"),
        MapStage::Stopped => format!("Stopped after {rounds} rounds"),
        MapStage::Whole => "The points have come to rest".to_owned(),
        MapStage::GivenUp => "Given up. Change a setting to begin anew.".to_owned(),
    };
    widgets::hint(ui, &text);
    let choice = state.view().map.projection;
    if stage == MapStage::Stopped {
        let tip = "Begin anew, and work the map out to its last round";
        if ui.button("To the end").on_hover_text(tip).clicked() {
            out.send(Command::SetProjection(choice.to_the_end()));
        }
        return;
    }
    // Always there, so that nothing below it moves.
    let running = matches!(stage, MapStage::Preparing | MapStage::Moving);
    let stop = ui.add_enabled(running, egui::Button::new("Stop here"));
    if stop.on_hover_text("Keep the map as it is now").clicked() {
        out.send(Command::StopMap);
    }
}

/// How the components become places, and from where a space of them is seen.
fn layout(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let layout = state.view().map.layout;
    let turn = layout.turn().unwrap_or_default();
    let layouts = [
        (Layout::Flat, "flat", "One component across, one up."),
        (
            Layout::Polar,
            "polar",
            "The direction is that of two components, the distance from the middle that in all that are kept (up to ten): what \
             a flat map heaps up in the middle moves outward.",
        ),
        (
            Layout::Space(turn),
            "3-D",
            "Three components as a space that you turn: drag, or Alt and the arrow keys.",
        ),
    ];
    if let Some(chosen) = widgets::choose(ui, layout, &layouts) {
        out.send(Command::SetLayout(chosen));
    }
    let Some(turn) = layout.turn() else { return };
    let mut degrees = |name, value: f32, most: f64| {
        widgets::slider(ui, name, value.into(), -most..=most, (0, "°")).map(|degrees| degrees as f32)
    };
    if let Some(yaw) = degrees(("turn", "Degrees around the upward axis."), turn.yaw, 180.0) {
        out.send(Command::SetLayout(Layout::Space(Turn { yaw, ..turn })));
    }
    if let Some(pitch) = degrees(("tilt", "Degrees from above or below."), turn.pitch, 90.0) {
        out.send(Command::SetLayout(Layout::Space(Turn { pitch, ..turn })));
    }
}

/// The two components on the axes.
fn axes(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    let components = table.dims().min(COMPONENTS);
    let axes = state.view().map.axes;
    for (place, name) in ["Across", "Up"].into_iter().enumerate() {
        let about = "Which of the first ten components this axis shows; the first keeps the most variance.";
        widgets::row(ui, name, about, |ui| {
            let text = |axis: usize| format!("Component {}", axis + 1);
            let combo = ComboBox::from_id_salt(name).selected_text(text(axes[place])).width(120.0);
            let shown = combo.show_ui(ui, |ui| {
                for axis in 0..components {
                    if ui.selectable_label(axes[place] == axis, text(axis)).clicked() {
                        let mut chosen = axes;
                        chosen[place] = axis;
                        out.send(Command::SetAxes(chosen));
                    }
                }
            });
            widgets::name_choice(&shown.response, name, &text(axes[place]));
        });
    }
}

/// The share of the variance that each of the first components has.
fn explained(ui: &mut Ui, state: &State) {
    let Some(cloud) = state.derived().cloud() else { return };
    let Some(shares) = &cloud.projection.explained_variance_ratio else { return };
    let tones = theme::tones(ui);
    let on_map = cloud.components();
    let bars = shares.iter().enumerate().map(|(component, share)| {
        let color = if on_map.contains(&component) { tones.accent } else { tones.quiet.gamma_multiply(0.5) };
        Bar::new((component + 1) as f64, share * 100.0).width(0.72).fill(color).stroke((0.0, color))
    });
    ui.add_space(space::XS);
    let about = "How much of the words' total spread, over all dimensions, each component keeps.";
    widgets::term(ui, "Explained variance", about);
    // Two marks are enough to read the scale by: none, and a round share below the largest.
    let largest = shares.first().copied().unwrap_or_default() * 100.0;
    let steps = [50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2];
    let top = steps.into_iter().find(|step| *step <= largest).unwrap_or(0.1);
    let shown: f64 = on_map.iter().filter_map(|&component| shares.get(component)).sum();
    let what = match cloud.layout {
        Layout::Flat => "The map shows",
        Layout::Polar => "The distances from the middle hold",
        Layout::Space(_) => "The space shows",
    };
    let chart = BarChart::new("share of variance", bars.collect())
        .element_formatter(Box::new(|bar, _| format!("component {:.0}: {:.2} %", bar.argument, bar.value)));
    Plot::new("explained variance")
        .height(84.0)
        .show_background(false)
        .show_grid([false, true])
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .include_y(0.0)
        .y_grid_spacer(move |_| {
            vec![GridMark { value: 0.0, step_size: top }, GridMark { value: top, step_size: top }]
        })
        .y_axis_formatter(|mark, _| format!("{} %", mark.value))
        .x_axis_formatter(|mark, _| {
            if mark.value.fract() == 0.0 && mark.value > 0.5 {
                format!("{}", mark.value)
            } else {
                String::new()
            }
        })
        .show(ui, |plot| plot.bar_chart(chart));
    widgets::hint(ui, &format!("{what} {} of the variance.", percent(shown)));
}

fn nearness(ui: &mut Ui, state: &State, out: &mut Outbox) {
    const METRICS: [(Metric, &str, &str); 3] = [
        (
            Metric::Cosine,
            "cosine",
            "The cosine of the angle between two rows: 1 is the same direction. Length does not count.",
        ),
        (Metric::Dot, "dot", "The dot product: direction and length together. Long rows win."),
        (Metric::Euclidean, "Euclidean", "The straight-line distance between two rows: 0 is the same place."),
    ];
    let map = &state.view().map;
    widgets::heading(ui, "Neighbors");
    if let Some(metric) = widgets::choose(ui, map.metric, &METRICS) {
        out.send(Command::SetMetric(metric));
    }
    let name = ("nearest", "How many nearest words are listed and joined by lines.");
    if let Some(k) = widgets::slider(ui, name, map.neighbors as f64, 1.0..=MOST_NEIGHBORS as f64, (0, "")) {
        out.send(Command::SetNeighbors(k as usize));
    }
    let mut lines = map.neighbor_lines;
    if ui.checkbox(&mut lines, "Lines on the map").changed() {
        out.send(Command::ShowNeighborLines(lines));
    }
}
