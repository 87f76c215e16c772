//! What the size of the vocabulary costs and saves, and what other ways to cut the same texts come to.

use egui::{Align, DragValue, Layout, RichText, ScrollArea, Ui};
use egui_plot::{Line, LineStyle, Plot, PlotPoints, Points, VLine};

use super::super::super::theme::{self, space};
use super::super::super::{Outbox, widgets};
use crate::scene::Command;
use crate::scene::numbers::percent;
use crate::scene::view::TrainingView;
use crate::tokens::training::{Growth, Learned, OtherSize, Trained};

const HEIGHT: f32 = 200.0;

/// So many points of a curve are drawn.
const POINTS: usize = 200;

/// Shows the charts, and the table below them.
pub fn show(
    ui: &mut Ui,
    view: &TrainingView,
    trained: &Trained,
    sizes: Option<&[OtherSize]>,
    out: &mut Outbox,
) {
    widgets::heading(ui, "What the size is worth");
    let mut wanted = view.clone();
    ui.horizontal_wrapped(|ui| {
        widgets::term(
            ui,
            "Numbers in a row",
            "The width d of the model's matrix, which has a row for each entry: V·d numbers.",
        );
        let field = DragValue::new(&mut wanted.dims).range(1..=100_000).speed(4.0);
        widgets::name_number(&ui.add(field), "Numbers in a row", f64::from(view.dims));
        let size = trained.tokenizer.vocabulary_size() as u64;
        let parameters = size * u64::from(view.dims);
        let said = format!(
            "V·d = {} × {} = {} numbers, {} as 32-bit floats.",
            widgets::thousands(size),
            widgets::thousands(u64::from(view.dims)),
            widgets::thousands(parameters),
            widgets::bytes(parameters * 4)
        );
        widgets::hint(ui, &said);
    });
    if wanted != *view {
        out.send(Command::PrepareTraining(wanted));
    }
    if let (Some(growth), Some(learned)) = (&trained.growth, &trained.learned) {
        let all = ui.available_width();
        let is_narrow = all < 480.0;
        let width = if is_narrow { all } else { (all - space::L) / 2.0 };
        let layout = if is_narrow { Layout::top_down(Align::Min) } else { Layout::left_to_right(Align::Min) };
        ui.with_layout(layout, |ui| {
            ui.vertical(|ui| {
                ui.set_width(width);
                lengths(ui, view, trained, learned, growth);
            });
            ui.vertical(|ui| {
                ui.set_width(width);
                parameters(ui, view, learned);
            });
        });
    }
    if trained.learned.is_none() {
        by_sizes(ui, trained, sizes.unwrap_or_default());
    }
    table(ui, view, trained);
}

/// The entries after each of the merges that are drawn.
fn drawn(learned: &Learned) -> impl Iterator<Item = usize> {
    let last = learned.merges.len();
    let step = last.div_ceil(POINTS).max(1);
    (0..last).step_by(step).chain([last])
}

fn lengths(ui: &mut Ui, view: &TrainingView, trained: &Trained, learned: &Learned, growth: &[Growth; 2]) {
    let tones = theme::tones(ui);
    widgets::hint(
        ui,
        "Bytes of text that a token stands for, by the number of entries. The more, the shorter a text.",
    );
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("— learned from").color(tones.accent));
        ui.label(RichText::new("– – not seen").color(tones.warning));
    });
    let bytes = trained.baselines[0].tokens;
    let line = |which: usize, name: &'static str, color: egui::Color32| {
        let points: PlotPoints<'_> = drawn(learned)
            .map(|merges| {
                let tokens = growth[which].lengths[merges].max(1);
                [(learned.alphabet + merges) as f64, bytes[which] as f64 / tokens as f64]
            })
            .collect();
        let line = Line::new(name, points).color(color).width(2.0);
        if which == 1 { line.style(LineStyle::dashed_loose()) } else { line }
    };
    plot(ui, "lengths", |plot| {
        plot.line(line(0, "learned from", tones.accent));
        plot.line(line(1, "not seen", tones.warning));
        plot.vline(here(view, learned, &tones));
    });
}

/// The same where each size is a vocabulary learned by itself: a few of them.
fn by_sizes(ui: &mut Ui, trained: &Trained, smaller: &[OtherSize]) {
    let tones = theme::tones(ui);
    widgets::hint(
        ui,
        "Bytes of text that a token stands for, by the number of entries. A smaller Unigram vocabulary is no part of a larger one: each is \
         trained by itself, which takes some seconds.",
    );
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("— learned from").color(tones.accent));
        ui.label(RichText::new("– – not seen").color(tones.warning));
    });
    let own = OtherSize { entries: trained.tokenizer.vocabulary_size(), tokens: trained.tokens };
    let bytes = trained.baselines[0].tokens;
    let points = |which: usize| -> Vec<[f64; 2]> {
        let sizes = smaller.iter().chain([&own]);
        sizes.map(|it| [it.entries as f64, bytes[which] as f64 / it.tokens[which].max(1) as f64]).collect()
    };
    plot(ui, "sizes", |plot| {
        for (which, name, color) in [(0, "learned from", tones.accent), (1, "not seen", tones.warning)] {
            let line = Line::new(name, points(which)).color(color).width(2.0);
            plot.line(if which == 1 { line.style(LineStyle::dashed_loose()) } else { line });
            plot.points(Points::new(format!("{name}, sizes"), points(which)).color(color).radius(3.0));
        }
    });
    let known: Vec<String> = smaller
        .iter()
        .chain([&own])
        .map(|it| {
            format!(
                "{} entries: {} tokens",
                widgets::thousands(it.entries as u64),
                widgets::thousands(it.tokens[1])
            )
        })
        .collect();
    widgets::hint(ui, &format!("Of the last tenth, not seen: {}.", known.join("; ")));
}

fn parameters(ui: &mut Ui, view: &TrainingView, learned: &Learned) {
    let tones = theme::tones(ui);
    widgets::hint(
        ui,
        "Numbers in the model's matrix, V·d, by the number of entries. The upright line is the step above.",
    );
    ui.horizontal_wrapped(|ui| ui.label(RichText::new("— V·d").color(tones.accent)));
    let points: PlotPoints<'_> = drawn(learned)
        .map(|merges| {
            let entries = (learned.alphabet + merges) as f64;
            [entries, entries * f64::from(view.dims)]
        })
        .collect();
    plot(ui, "parameters", |plot| {
        plot.line(Line::new("V·d", points).color(tones.accent).width(2.0));
        plot.vline(here(view, learned, &tones));
    });
}

/// Where one looks.
fn here(view: &TrainingView, learned: &Learned, tones: &theme::Tones) -> VLine {
    let merges = view.merges.map_or(learned.merges.len(), |merges| merges as usize);
    VLine::new("this step", (learned.alphabet + merges) as f64).color(tones.quiet)
}

fn plot(ui: &mut Ui, name: &str, add: impl FnOnce(&mut egui_plot::PlotUi<'_>)) {
    Plot::new(name)
        .height(HEIGHT)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .include_y(0.0)
        .show_grid(false)
        .show(ui, add);
}

/// The names of the columns.
fn heads(ui: &mut Ui) {
    let numbers = [
        ("entries", "V: how many there are to choose from."),
        ("V·d", "How many numbers the model's matrix has: a row of d for each of V entries."),
        ("tokens, learned from", "How many tokens the first nine tenths of the text are, line by line."),
        ("tokens, not seen", "How many tokens the last tenth is, line by line."),
    ];
    ui.label("");
    for (head, about) in numbers {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| widgets::term(ui, head, about));
    }
    widgets::term(ui, "unknown", "The share of the last tenth's tokens that the vocabulary does not have.");
    ui.end_row();
}

/// A number of the table, with its last digit below those of the others.
fn number(ui: &mut Ui, text: &str) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
}

/// Bytes, characters, words and the trained tokenizer on the same two texts.
fn table(ui: &mut Ui, view: &TrainingView, trained: &Trained) {
    widgets::heading(ui, "Beside other ways to cut");
    let own = (trained.kind.name(), trained.tokenizer.vocabulary_size(), trained.tokens, trained.unseen);
    let others = trained.baselines.iter().map(|it| (it.name, it.vocabulary, it.tokens, it.unseen));
    ScrollArea::horizontal().id_salt("ways to cut").show(ui, |ui| {
        egui::Grid::new("ways to cut").num_columns(6).spacing([space::L, space::XS]).striped(true).show(
            ui,
            |ui| {
                heads(ui);
                for (name, vocabulary, tokens, unseen) in others.chain([own]) {
                    ui.label(name);
                    let size = vocabulary as u64;
                    for value in [size, size * u64::from(view.dims), tokens[0], tokens[1]] {
                        number(ui, &widgets::thousands(value));
                    }
                    ui.label(percent(unseen));
                    ui.end_row();
                }
            },
        );
    });
}
