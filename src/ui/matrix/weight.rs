//! What token matrices weigh: of the open file, of known models, and of any size.

use egui::{Label, RichText, Ui};

use super::change;
use crate::app::State;
use crate::app::lookup::Matrix;
use crate::lookup::models::{KNOWN, Output};
use crate::scene::numbers::percent;
use crate::scene::view::WeightView;
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};
use crate::vectors::PARAMETERS;

/// What so many bits a number are called: 4, 8, 16 and 32.
const NAMES: [&str; 4] = ["4 bits", "8 bits", "16 bits", "32 bits"];

/// The bytes of so many numbers.
fn weighed(numbers: u64, bits: u8) -> u64 {
    (numbers * u64::from(bits)).div_ceil(8)
}

/// One line of the table.
struct Line<'a> {
    name: &'a str,
    about: &'a str,
    size: [u64; 2],
    /// All parameters of the model, where they are known, and what is at its end.
    parameters: Option<(u64, &'a str)>,
}

/// Shows the table and the rails.
pub fn show(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    ui.label("V rows of d numbers each: the matrix is V·d numbers. In small models it is a large part of all there is to learn; in large ones the layers outgrow it.");
    rails(ui, state, out);
    widgets::heading(ui, "Known models");
    let bits = state.view().matrix.weight.bits;
    let options = WeightView::BITS
        .map(|bits| (bits, NAMES[usize::from(bits.ilog2() as u8 - 2)], "How many bits each number takes"));
    if let Some(bits) = widgets::choose(ui, bits, &options) {
        change(state, out, |matrix| matrix.weight.bits = bits);
    }
    table(ui, matrix, bits);
    widgets::hint(
        ui,
        "Totals follow from each model's published architecture. Where the same matrix serves at \
         the end again it counts once; Llama's output is a second matrix of the same size, which counts toward all parameters and not toward the share here.",
    );
    sources(ui);
}

/// Where the sizes of each family are published.
fn sources(ui: &mut Ui) {
    ui.collapsing("Sources", |ui| {
        for models in KNOWN.chunk_by(|a, b| a.source == b.source) {
            let names: Vec<&str> = models.iter().map(|model| model.name).collect();
            widgets::hint(ui, &format!("{}: {}.", names.join(", "), models[0].source));
        }
    });
}

fn rails(ui: &mut Ui, state: &State, out: &mut Outbox) {
    widgets::heading(ui, "Any size");
    let weight = state.view().matrix.weight;
    let [rows, dims] = WeightView::MOST;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().slider_width = (ui.available_width() * 0.28).clamp(120.0, 360.0);
        let about = ("V", "How many entries the vocabulary has");
        let narrow = ui.available_width() < 440.0;
        if let Some(rows) = rail(ui, about, weight.rows, rows) {
            change(state, out, |matrix| matrix.weight.rows = rows);
        }
        if narrow {
            ui.end_row();
        }
        let about = ("d", "How many numbers each row has");
        if let Some(dims) = rail(ui, about, weight.dims, dims) {
            change(state, out, |matrix| matrix.weight.dims = dims);
        }
    });
    let numbers = u64::from(weight.rows) * u64::from(weight.dims);
    let text = format!(
        "{} × {} = {} numbers",
        widgets::thousands(u64::from(weight.rows)),
        widgets::thousands(u64::from(weight.dims)),
        widgets::thousands(numbers)
    );
    ui.label(RichText::new(text).heading());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        for bits in WeightView::BITS {
            // In one piece, however narrow the page is.
            let text = format!("{bits} bits: {}", widgets::bytes(weighed(numbers, bits)));
            ui.add(Label::new(text).extend());
        }
    });
}

/// A whole number on a logarithmic rail.
fn rail(ui: &mut Ui, (name, about): (&str, &str), value: u32, most: u32) -> Option<u32> {
    let mut shown = value;
    let slider = egui::Slider::new(&mut shown, 1..=most)
        .logarithmic(true)
        .custom_formatter(|value, _| widgets::thousands(value as u64))
        .custom_parser(|typed| typed.replace(',', "").trim().parse().ok());
    let response = ui.horizontal(|ui| {
        let label = widgets::term(ui, name, about);
        ui.add(slider).labelled_by(label.id).on_hover_text(about)
    });
    let response = response.inner;
    (response.changed() && shown != value).then_some(shown)
}

/// The columns of the table behind the names, each with what it is.
const HEADS: [(&str, &str); 5] = [
    ("V × d", "The rows, which are the entries of the vocabulary, and the numbers in each."),
    ("V·d", "The numbers of the matrix."),
    ("weight", "What the matrix takes at so many bits a number."),
    ("share", "The token matrix's part of all parameters."),
    ("all parameters", "Everything that the model learned."),
];

impl Line<'_> {
    /// What stands in the columns.
    fn cells(&self, bits: u8) -> [String; 5] {
        let [rows, dims] = self.size;
        let numbers = rows * dims;
        let none = || "–".to_owned();
        [
            format!("{} × {}", widgets::thousands(rows), widgets::thousands(dims)),
            widgets::thousands(numbers),
            widgets::bytes(weighed(numbers, bits)),
            self.parameters.map_or_else(none, |(all, _)| percent(numbers as f64 / all.max(1) as f64)),
            self.parameters.map_or_else(none, |(all, _)| widgets::thousands(all)),
        ]
    }
}

/// The matrix that is shown, and those of known models.
fn table(ui: &mut Ui, matrix: &Matrix, bits: u8) {
    let table = matrix.table();
    let parameters = matrix.document.facts.iter().find(|(name, _)| name == PARAMETERS);
    let total = parameters.and_then(|(_, value)| value.replace(',', "").parse().ok());
    // What comes with the program is the input of a model alone, which stands below; and other rows than those of tokens are no
    // token matrix.
    let total = total.filter(|_| !matrix.is_shipped && matrix.tokenizer.is_some());
    let own = Line {
        name: "this matrix",
        about: &matrix.document.title,
        size: [table.rows() as u64, table.dims() as u64],
        parameters: total.map(|total| (total, "All that this file holds.")),
    };
    let known = KNOWN.iter().map(|model| Line {
        name: model.name,
        about: model.source,
        size: [model.vocabulary, model.dims],
        parameters: Some((model.parameters(), at_end(model.output()))),
    });
    let lines: Vec<Line<'_>> = std::iter::once(own).chain(known).collect();
    let cells: Vec<[String; 5]> = lines.iter().map(|line| line.cells(bits)).collect();
    // Numbers end where their columns do, which fixed letters see to however the table is scrolled.
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|column| {
            let wide = cells.iter().map(|cells| cells[column].chars().count());
            wide.chain([HEADS[column].0.chars().count()]).max().unwrap_or_default()
        })
        .collect();
    let right = |text: &str, column: usize| {
        RichText::new(format!("{text:>0$}", widths[column])).monospace().size(size::SMALL)
    };
    egui::ScrollArea::horizontal().id_salt("models").auto_shrink([false, true]).show(ui, |ui| {
        egui::Grid::new("models").num_columns(6).spacing([space::M, 5.0]).show(ui, |ui| {
            widgets::term(ui, "model", "The model whose token matrix it is.");
            for (column, (head, about)) in HEADS.into_iter().enumerate() {
                ui.label(right(head, column).color(theme::tones(ui).quiet)).on_hover_text(about);
            }
            ui.end_row();
            for (index, (line, cells)) in lines.iter().zip(&cells).enumerate() {
                let name = RichText::new(line.name);
                ui.label(if index == 0 { name.strong() } else { name }).on_hover_text(line.about);
                for (column, cell) in cells.iter().enumerate() {
                    let cell = ui.label(right(cell, column));
                    if let Some((_, how)) = line.parameters.filter(|_| column + 1 == HEADS.len()) {
                        cell.on_hover_text(how);
                    }
                }
                ui.end_row();
            }
        });
    });
}

/// What a model has at its end, and how that is counted.
fn at_end(output: Output) -> &'static str {
    match output {
        Output::Same => "The same matrix serves at the end again, and is counted once.",
        Output::InTraining => {
            "While it was trained the same matrix served at the end again; it is counted once."
        }
        Output::Own => "The output matrix is another of the same size, and is counted too.",
        Output::None => "It computes vectors, and has no output matrix.",
    }
}
