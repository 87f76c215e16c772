//! The chosen word, explained: its nearest words, its place in the file, its length.

use egui::{FontId, RichText, Ui};
use roaring::RoaringBitmap;

use crate::app::State;
use crate::geometry::Metric;
use crate::scene::coloring::OTHER;
use crate::scene::honesty;
use crate::scene::view::SelectHow;
use crate::scene::{Command, RowNames, actions};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, keys, widgets};

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let Some(names) = state.names() else {
        widgets::hint(ui, "Open a file to see its words.");
        return;
    };
    let selection = &state.view().map.selection;
    let Some(focus) = selection.focus() else {
        nothing_chosen(ui, &names, out);
        return;
    };
    title(ui, state, &names, focus);
    absent(ui, state, focus, out);
    if selection.len() > 1 {
        others(ui, state, &names, focus, out);
    }
    actions_on_selection(ui, state, out);
    neighbors(ui, state, &names, focus, out);
}

/// What to do first.
fn nothing_chosen(ui: &mut Ui, names: &RowNames, out: &mut Outbox) {
    ui.label(
        RichText::new(format!("Every point is a {}", names.table().noun()))
            .font(FontId::new(size::TITLE, theme::semibold())),
    );
    ui.add_space(space::XS);
    widgets::hint(
        ui,
        "A language model knows each word as a row of numbers. Rows that are alike lie close together here: the map is \
         the flat shadow of a space with many more dimensions.",
    );
    ui.add_space(space::S);
    widgets::hint(ui, "Click a point to see its nearest words, or press / and type one. Try:");
    ui.horizontal_wrapped(|ui| {
        for row in examples(names) {
            if ui.button(names.shown(row)).clicked() {
                out.send(Command::Select(RoaringBitmap::from_iter([row]), SelectHow::Replace));
            }
        }
    });
}

/// A few words to begin with: familiar ones where the file has them, the first rows otherwise.
fn examples(names: &RowNames) -> Vec<u32> {
    const FAMILIAR: [&str; 7] = ["cat", "queen", "bread", "france", "monday", "seven", "tennis"];
    let known: Vec<u32> = FAMILIAR.iter().filter_map(|word| names.find_exactly(word)).collect();
    if known.len() >= 3 { known } else { (0..names.table().rows().min(6) as u32).collect() }
}

fn title(ui: &mut Ui, state: &State, names: &RowNames, row: u32) {
    let tones = theme::tones(ui);
    let table = names.table();
    ui.label(RichText::new(names.shown(row)).font(FontId::new(size::TITLE + 4.0, theme::semibold())));
    let derived = state.derived();
    let coloring = derived.coloring(state.view().document);
    let group = coloring.and_then(|coloring| {
        let entry = coloring.name_of(row)?;
        Some((coloring.title.clone().unwrap_or_default(), entry.clone()))
    });
    ui.horizontal_wrapped(|ui| {
        if let Some((title, entry)) = group {
            let (dot, _) = ui.allocate_exact_size(egui::vec2(10.0, 16.0), egui::Sense::hover());
            ui.painter().circle_filled(dot.center(), 5.0, tones.category(entry.category));
            // A range of numbers says nothing without what it is a range of.
            let is_range = entry.category.is_some_and(|class| class > usize::from(OTHER));
            let text = if is_range { format!("{title}: {}", entry.name) } else { entry.name };
            ui.label(text).on_hover_text(title);
            ui.label(RichText::new("·").color(tones.quiet));
        }
        let text = format!("row {} of {}", widgets::thousands(u64::from(row)), widgets::row_range(table.rows()));
        widgets::term(ui, &text, "The row's number in the file, counted from 0. Files usually begin with the most frequent words.");
        ui.label(RichText::new("·").color(tones.quiet));
        let length = widgets::significant(f64::from(table.norm(row as usize)));
        let about = "The Euclidean length of the row. In many files it grows or shrinks with how frequent the word is.";
        widgets::term(ui, &format!("length {length}"), about);
    });
    if let Some(piece) = names.spelled(row) {
        let about = "A model's vocabulary spells its tokens in letters of its own, in which a space and every byte has a sign. A dot \
                     in front says that a word begins here.";
        let quiet = tones.quiet;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            widgets::term(ui, "The vocabulary writes it", about);
            ui.label(RichText::new(piece).monospace().color(quiet));
        });
    }
}

/// The other selected words, to go from one to another.
fn others(ui: &mut Ui, state: &State, names: &RowNames, focus: u32, out: &mut Outbox) {
    /// As many as fit without a scroll of their own.
    const SHOWN: usize = 14;
    let selection = &state.view().map.selection;
    widgets::heading(ui, &format!("{} selected", widgets::thousands(selection.len())));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for row in selection.iter().take(SHOWN) {
            if widgets::pill(ui, &names.shown(row), row == focus).clicked() {
                out.send(Command::Explain(row));
            }
        }
        let rest = selection.len().saturating_sub(SHOWN as u64);
        if rest > 0 {
            widgets::term(ui, &format!("and {} more", widgets::thousands(rest)), "Ctrl+C copies them all.");
        }
    });
}

/// Why a word has no point on the map, and the way to one.
fn absent(ui: &mut Ui, state: &State, row: u32, out: &mut Outbox) {
    let view = state.view();
    let Some(cloud) = state.derived().cloud_of(view.document) else { return };
    if cloud.points.position(row as usize).is_some() {
        return;
    }
    let subset = &view.map.subset;
    let (text, way) = match (subset.hidden.contains(row), subset.projects(row)) {
        (true, _) => ("It is hidden on the map.", Some("show-hidden")),
        (false, false) => ("It is not among the words that were isolated.", Some("all-words")),
        (false, true) => (
            "It has no point on this map: too many words for the projection, or a row without numbers.",
            None,
        ),
    };
    widgets::hint(ui, text);
    if let Some(action) = way.and_then(actions::find)
        && ui.button(action.title).on_hover_text(action.about).clicked()
    {
        out.act(state, action);
    }
}

/// What can be done with the selected words.
fn actions_on_selection(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (id, name) in [
            ("grow", "Grow"),
            ("invert", "Invert"),
            ("isolate", "Isolate"),
            ("hide", "Hide"),
            ("copy-words", "Copy"),
            ("copy-neighbors", "Copy nearest"),
            ("save-words", "Save…"),
        ] {
            let Some(action) = actions::find(id) else { continue };
            let key =
                action.shortcut.map(|shortcut| format!(" ({})", keys::text(shortcut))).unwrap_or_default();
            let tip = format!("{}{key}", action.about.trim_end_matches('.'));
            if ui.button(name).on_hover_text(tip).clicked() {
                out.act(state, action);
            }
        }
    });
}

fn neighbors(ui: &mut Ui, state: &State, names: &RowNames, focus: u32, out: &mut Outbox) {
    let metric = state.view().map.metric;
    widgets::heading(ui, "Nearest words");
    let (about, unit) = match metric {
        Metric::Cosine => ("by cosine similarity: 1 is the same direction", "cosine"),
        Metric::Dot => ("by dot product: direction and length together", "dot"),
        Metric::Euclidean => ("by Euclidean distance: 0 is the same place", "distance"),
    };
    widgets::hint(ui, &format!("In all {} dimensions, {about}.", names.table().dims()));
    let lists = state.derived().neighbors(state.view().document);
    let Some(list) = lists.and_then(|lists| lists.iter().find(|list| list.row == focus)) else {
        widgets::hint(ui, "…");
        return;
    };
    if list.neighbors.is_empty() {
        widgets::hint(ui, "This is the only row of the file.");
    }
    let found = state.derived().honesty(state.view());
    let noun = state.view().map.subset.noun(names.table().noun());
    if let Some((found, said)) =
        found.and_then(|found| Some((found, honesty::sentence(found, focus, &noun)?)))
    {
        widgets::hint(ui, &said).on_hover_text(honesty::explanation(found));
    }
    let scores = list.neighbors.iter().map(|neighbor| neighbor.score);
    let (least, most) =
        scores.fold((f32::MAX, f32::MIN), |(least, most), score| (least.min(score), most.max(score)));
    let tones = theme::tones(ui);
    let coloring = state.derived().coloring(state.view().document);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (rank, neighbor) in list.neighbors.iter().enumerate() {
        let share = match list.metric {
            Metric::Cosine => neighbor.score,
            Metric::Dot => neighbor.score / most.max(f32::MIN_POSITIVE),
            Metric::Euclidean => least / neighbor.score.max(f32::MIN_POSITIVE),
        };
        let class = coloring.and_then(|coloring| coloring.classes.get(neighbor.row as usize).copied());
        let mark = class.map(|class| tones.category((class != OTHER).then_some(usize::from(class))));
        let word = names.shown(neighbor.row);
        let value = widgets::score(neighbor.score, list.metric);
        let line = widgets::word_line(ui, rank + 1, &word, &value, share, mark);
        if line.on_hover_text(format!("{unit} {value}. Click to go on from here.")).clicked() {
            let how = if ui.input(|input| input.modifiers.command || input.modifiers.shift) {
                SelectHow::Add
            } else {
                SelectHow::Replace
            };
            out.send(Command::Select(RoaringBitmap::from_iter([neighbor.row]), how));
        }
    }
}
