//! The open table beside another one: how far words moved between them, and the neighbors of the chosen word in both.

use std::sync::Arc;

use egui::Ui;
use roaring::RoaringBitmap;

use crate::app::State;
use crate::app::questions::Beside;
use crate::geometry::Neighbor;
use crate::geometry::comparison::ComparedNeighbors;
use crate::scene::comparison::ComparisonReport;
use crate::scene::view::DocumentId;
use crate::scene::{Command, Document, DocumentSource, RowNames};
use crate::ui::theme::{self, space};
use crate::ui::widgets::chooser::{self, Line};
use crate::ui::{Outbox, widgets};
use crate::vectors::samples;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let Some(names) = state.names() else {
        widgets::hint(ui, "Open a file of vectors to compare it with another.");
        return;
    };
    let view = state.view();
    let others: Vec<&(DocumentId, Arc<Document>)> =
        state.tables().filter(|(id, _)| *id != view.document).collect();
    if others.is_empty() {
        widgets::hint(
            ui,
            "Open a second table beside this one, such as another sample or another model: the words that both have are \
             then compared.",
        );
        let open = state.document().map(|document| document.source.clone());
        for sample in samples::all() {
            let source = DocumentSource::Sample(sample.id.into());
            if open.as_ref() != Some(&source)
                && ui.button(sample.title).on_hover_text("Open this sample").clicked()
            {
                out.send(Command::OpenSample(sample.id.to_owned()));
            }
        }
        return;
    }
    let chosen = others.iter().position(|(id, _)| Some(*id) == view.compared);
    let Some(index) = chosen else {
        widgets::hint(ui, "Choose the table to compare with.");
        for (id, open) in others {
            if ui.button(&open.title).on_hover_text(&open.format).clicked() {
                out.send(Command::CompareWith(Some(*id)));
            }
        }
        return;
    };
    let lines: Vec<Line<'_>> = others
        .iter()
        .map(|(_, open)| Line { title: &open.title, about: &open.format, proposed: None })
        .collect();
    let about = "The table that this one is compared with.";
    widgets::row(ui, "With", about, |ui| {
        if let Some(picked) = chooser::show(ui, "With", index, &lines, 220.0) {
            out.send(Command::CompareWith(Some(others[picked].0)));
        }
    });
    both_maps(ui, state, out);
    let given_up = state.derived().comparison_given_up(view);
    if given_up {
        widgets::hint(ui, "Given up.");
        if ui.button("Compare them after all").clicked() {
            out.send(Command::CompareWith(view.compared));
        }
    }
    let Some(report) = state.derived().questions().comparison(view) else {
        if !given_up {
            widgets::hint(ui, "Comparing …");
        }
        return;
    };
    for sentence in report.sentences() {
        widgets::hint(ui, &sentence);
    }
    chosen_word(ui, state, &names, &others[index].1, out);
    moved(ui, &names, report, out);
}

/// Whether the map of the other table is shown beside this one's.
fn both_maps(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let mut beside = state.view().beside;
    let tip = "The words of the other table as they lie on this map once that table is turned onto this one. What you select in one \
               is selected in both.";
    if ui.checkbox(&mut beside, "Both maps side by side").on_hover_text(tip).changed() {
        out.send(Command::ShowBeside(beside));
    }
    if matches!(state.derived().beside(state.view()), Beside::Nowhere) {
        widgets::hint(ui, "This map cannot place words of another table: choose PCA, Random or named axes.");
    }
}

/// The neighbors of the chosen word here and there.
fn chosen_word(ui: &mut Ui, state: &State, names: &RowNames, other: &Document, out: &mut Outbox) {
    let Some(focus) = state.view().map.selection.focus() else {
        widgets::heading(ui, "Neighbors here and there");
        widgets::hint(ui, "Choose a word to see its nearest words in both tables.");
        return;
    };
    widgets::heading(ui, &format!("“{}” here and there", names.shown(focus)));
    let Some(there) = other.names() else { return };
    match state.derived().questions().compared(state.view()) {
        None => {
            widgets::hint(ui, "…");
        }
        Some(None) => {
            widgets::hint(ui, &format!("{} has no such word.", other.title));
        }
        Some(Some(found)) => lists(ui, names, &there, found, out),
    }
}

fn lists(ui: &mut Ui, here: &RowNames, there: &RowNames, found: &ComparedNeighbors, out: &mut Outbox) {
    let count = found.first.len();
    widgets::hint(ui, &format!("{} of its {count} nearest words are the same in both.", found.kept.len()));
    let tones = theme::tones(ui);
    let kept: Vec<Neighbor> = found.kept.iter().map(|kept| kept.first).collect();
    let left: Vec<Neighbor> = found.left.iter().map(|left| left.here).collect();
    part(ui, here, ("Near in both", &kept, None), found, tones.accent, out);
    let gone = found.left.iter().filter(|left| left.there.is_none()).count();
    let note = (gone > 0).then(|| format!("{gone} of them are not in the other table at all."));
    part(ui, here, ("Near only here", &left, note), found, tones.accent, out);
    let came: Vec<Neighbor> = found.came.iter().map(|came| came.here).collect();
    if came.is_empty() {
        return;
    }
    subheading(ui, "Near only there");
    let color = theme::color(tones.map.counter);
    for (rank, neighbor) in came.iter().enumerate() {
        let word = there.shown(neighbor.row);
        let value = widgets::score(neighbor.score, found.metric);
        let line = widgets::word_line(ui, rank + 1, &word, &value, neighbor.score, Some(color));
        let own = here.find_exactly(there.table().word(neighbor.row as usize));
        let tip = if own.is_some() { "Select it here" } else { "This table has no such word" };
        if line.on_hover_text(tip).clicked()
            && let Some(row) = own
        {
            out.send(Command::GoTo(RoaringBitmap::from_iter([row])));
        }
    }
}

/// A list of words of this table.
fn part(
    ui: &mut Ui,
    names: &RowNames,
    (title, neighbors, note): (&str, &[Neighbor], Option<String>),
    found: &ComparedNeighbors,
    color: egui::Color32,
    out: &mut Outbox,
) {
    if neighbors.is_empty() {
        return;
    }
    subheading(ui, title);
    if let Some(note) = note {
        widgets::hint(ui, &note);
    }
    for (rank, neighbor) in neighbors.iter().enumerate() {
        let value = widgets::score(neighbor.score, found.metric);
        let word = names.shown(neighbor.row);
        let line = widgets::word_line(ui, rank + 1, &word, &value, neighbor.score, Some(color));
        if line.on_hover_text("Go on from this word").clicked() {
            out.send(Command::GoTo(RoaringBitmap::from_iter([neighbor.row])));
        }
    }
}

fn subheading(ui: &mut Ui, text: &str) {
    ui.add_space(space::S);
    ui.label(egui::RichText::new(text).strong());
}

/// The words that moved the most.
fn moved(ui: &mut Ui, names: &RowNames, report: &ComparisonReport, out: &mut Outbox) {
    if report.most.is_empty() {
        return;
    }
    widgets::heading(ui, "Moved the most");
    let median = report.median.map(widgets::significant).unwrap_or_default();
    widgets::hint(
        ui,
        &format!(
            "How many times farther than the typical word, whose cosine distance from itself is {median} once the other \
             table is turned onto this one."
        ),
    );
    let farthest = report.most[0].relative.max(f32::MIN_POSITIVE);
    for (rank, moved) in report.most.iter().enumerate() {
        let value = format!("× {}", widgets::significant(f64::from(moved.relative)));
        let share = moved.relative / farthest;
        let line = widgets::word_line(ui, rank + 1, &names.shown(moved.row), &value, share, None);
        let tip = format!(
            "Cosine distance {}; {} of its {} nearest words in both tables are the same.",
            widgets::significant(f64::from(moved.distance)),
            moved.kept,
            report.kept.1,
        );
        if line.on_hover_text(tip).clicked() {
            out.send(Command::GoTo(RoaringBitmap::from_iter([moved.row])));
        }
    }
}
