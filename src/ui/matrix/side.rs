//! Which matrix is shown, in what order, and how large.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use super::canvas::{Layout, rail};
use super::{change, go_to};
use crate::app::State;
use crate::app::lookup::Matrix;
use crate::scene::document::{ERROR, KEPT};
use crate::scene::numbers::percent;
use crate::scene::view::{MatrixFrame, MatrixRoom, MatrixSource, RowOrder};
use crate::ui::theme::{self, space};
use crate::ui::widgets::field::{Field, Look};
use crate::ui::{Outbox, focus, widgets};
use crate::vectors::DType;

/// The field for a row that is looked for.
#[derive(Default)]
pub struct Find {
    field: Field,
    /// Whether Enter was pressed before the row was found: then one goes there once it is.
    goes: bool,
    /// Whether the keys are to read the row from the next frame on: in this one the click belongs to the button.
    reads: bool,
}

/// Shows what the page can be told.
pub fn show(ui: &mut Ui, state: &State, (find, layout): (&mut Find, Option<Layout>), out: &mut Outbox) {
    ScrollArea::vertical().id_salt("matrix side").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            widgets::heading(ui, "Matrix");
            source(ui, state, out);
            let Some(matrix) = state.derived().lookup().matrix() else { return };
            facts(ui, matrix);
            let on_map = state.document().filter(|document| document.table.is_some());
            if let Some(other) = on_map.filter(|document| !Arc::ptr_eq(document, &matrix.document)) {
                widgets::hint(ui, &format!("The map shows another table: {}.", other.title));
            }
            if state.view().matrix.room == MatrixRoom::Rows {
                widgets::heading(ui, "Find a row");
                find.show(ui, state, matrix, out);
                widgets::heading(ui, "Order of the rows");
                order(ui, state, matrix, out);
                widgets::heading(ui, "Size of a number");
                zoom(ui, state, matrix, layout, out);
                widgets::heading(ui, "Colors");
                legend(ui, state);
            }
        });
    });
}

fn source(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let options = [
        (
            MatrixSource::Automatic,
            "Automatic",
            "The open model's own matrix, or MiniLM's where no model is on the map.",
        ),
        (
            MatrixSource::Shipped,
            "MiniLM",
            "The matrix that comes with the program: 30,522 tokens × 384, real and whole.",
        ),
        (MatrixSource::Map, "Map", "The table on the map, whatever its rows are."),
    ];
    if let Some(source) = widgets::choose(ui, state.view().matrix.source, &options) {
        change(state, out, |matrix| {
            matrix.source = source;
            matrix.forget_rows();
        });
    }
}

fn facts(ui: &mut Ui, matrix: &Matrix) {
    let table = matrix.table();
    let (rows, dims) = (table.rows() as u64, table.dims() as u64);
    ui.label(RichText::new(&matrix.document.title).strong());
    let shape = format!("V × d = {} × {}", widgets::thousands(rows), widgets::thousands(dims));
    widgets::term(ui, &shape, "V rows, one for each entry of the vocabulary; d numbers in each row.");
    let stored = format!("{}, {}", table.dtype().name(), widgets::bytes(table.weight_bytes()));
    widgets::term(ui, &stored, "How each number is stored, and what all of them take.");
    match &matrix.tokenizer {
        Some((tokenizer, _)) => widgets::hint(ui, &format!("Rows are tokens of {}.", tokenizer.title())),
        None => widgets::hint(
            ui,
            if matrix.document.tokenizer.is_some() {
                "These rows are not the tokens of the file's tokenizer: a text is looked up word by word."
            } else {
                "Rows are words: this file has no tokenizer, and a text is looked up word by word."
            },
        ),
    };
    let cost =
        |name: &str| matrix.document.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let share = |name: &str| cost(name).and_then(|value| value.parse().ok()).map(percent);
    if table.dtype() == DType::I8
        && let (Some(error), Some(kept)) = (share(ERROR), share(KEPT))
    {
        let text = format!(
            "What 8 bits cost: half of the rows are off by less than {error} of their length, and of the ten nearest rows {kept} stay."
        );
        widgets::hint(ui, &text).on_hover_text(
            "Measured against the original in 32 bits when the file was made, and written in the file itself.",
        );
    }
}

impl Find {
    /// A row by its name or its number.
    fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        if std::mem::take(&mut self.reads) {
            ui.memory_mut(|memory| memory.request_focus(super::heat::id()));
        }
        let look = Look { name: "Find a row", hint: "A token or an ID", rows: 1, is_code: false, most: 100 };
        let typed = self.field.show(ui, &look, &state.view().matrix.find);
        let is_new = typed.is_some();
        if let Some(text) = typed {
            self.goes = false;
            change(state, out, |matrix| matrix.find = text.into());
        }
        let entered = self.field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if entered {
            // Where there is no such row one writes on.
            ui.memory_mut(|memory| memory.request_focus(egui::Id::unique(look.name)));
        }
        self.goes = (self.goes || entered) && !self.field.text().trim().is_empty();
        // What was found is for the text of before, where letters came in this very frame.
        let found = state.derived().lookup().found(&state.view().matrix).filter(|_| !is_new);
        // Room is kept for what is found: nothing below moves while one types.
        ui.vertical(|ui| {
            ui.set_min_height(ui.spacing().interact_size.y);
            match found {
                Some(Ok(rows)) => {
                    for row in rows {
                        let name = format!("{} · row {row}", matrix.names.shown(*row));
                        let button = ui.add(egui::Button::new(name).truncate());
                        let button = button.on_hover_text(
                            "Go to this row (Enter goes to the first), and read it with the arrow keys",
                        );
                        if button.clicked() || std::mem::take(&mut self.goes) {
                            go_to(state, matrix, *row, out);
                            self.reads = true;
                        }
                    }
                }
                Some(Err(said)) => {
                    self.goes = false;
                    widgets::hint(ui, said);
                }
                None => {}
            }
        });
    }
}

fn order(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    let view = &state.view().matrix;
    let chosen = state.derived().lookup().chosen();
    let first = || {
        state.derived().lookup().stack().and_then(|stack| stack.entries.iter().find_map(|entry| entry.row))
    };
    let like = match view.order {
        RowOrder::Likeness(row) => row,
        _ => chosen.or_else(first).unwrap_or(0),
    };
    let options = [
        if matrix.tokenizer.is_some() {
            (RowOrder::Id, "ID", "As they stand in the file: the number of a row is its token's ID.")
        } else {
            (RowOrder::Id, "ID", "As they stand in the file.")
        },
        (RowOrder::Norm, "Norm", "By the length of the rows."),
        (RowOrder::Column, "Column", "By one of their numbers."),
        (RowOrder::Direction, "Direction", "By the cosine with a direction between words."),
        (
            RowOrder::Likeness(like),
            "Likeness",
            "By the cosine with the chosen row, or with the first of the sentence.",
        ),
    ];
    if let Some(order) = widgets::choose(ui, view.order, &options) {
        change(state, out, |matrix| {
            (matrix.order, matrix.frame.row) = (order, 0.0);
        });
    }
    let mut ascending = view.ascending;
    if ui
        .checkbox(&mut ascending, "Turned around")
        .on_hover_text("The last row first: of an order by a number, the least")
        .changed()
    {
        change(state, out, |matrix| {
            (matrix.ascending, matrix.frame.row) = (ascending, 0.0);
        });
    }
    let lookup = state.derived().lookup();
    if lookup.is_sorting() {
        widgets::hint(ui, "Sorting …");
    } else if !lookup.is_sorted(view) {
        widgets::warning(ui, "Sorting was given up: the rows stand as before.");
    }
    if let Some(Err(said)) = lookup.order_shown(view).map(AsRef::as_ref) {
        widgets::warning(ui, said);
    }
    ui.add_enabled_ui(chosen.is_some(), |ui| {
        if ui.button("Go to the chosen row").clicked()
            && let Some(row) = chosen
        {
            go_to(state, matrix, row, out);
        }
    });
    // Room is kept for it: what stands below stays where it is.
    ui.vertical(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        by_what(ui, state, matrix, chosen, out);
    });
}

/// What the chosen order is by, where there is more to choose.
fn by_what(ui: &mut Ui, state: &State, matrix: &Matrix, chosen: Option<u32>, out: &mut Outbox) {
    let view = &state.view().matrix;
    match view.order {
        RowOrder::Column => super::columns::column(ui, state, matrix, out),
        RowOrder::Direction => {
            let ends = &view.direction;
            widgets::hint(
                ui,
                &format!("From “{}” to “{}”. The words are chosen under Columns.", ends.from, ends.to),
            );
        }
        RowOrder::Likeness(row) => {
            if (row as usize) < matrix.table().rows() {
                widgets::hint(ui, &format!("Likeness to “{}”.", matrix.names.shown(row)));
            }
            if let Some(chosen) = chosen.filter(|chosen| *chosen != row) {
                let name = format!("To “{}” instead", matrix.names.shown(chosen));
                if ui.button(name).clicked() {
                    change(state, out, |matrix| {
                        (matrix.order, matrix.frame.row) = (RowOrder::Likeness(chosen), 0.0);
                    });
                }
            }
        }
        _ => {}
    }
}

fn zoom(ui: &mut Ui, state: &State, matrix: &Matrix, layout: Option<Layout>, out: &mut Outbox) {
    let whole = layout.map_or([1.0, 1.0 / 32.0], |layout| {
        let (room, table) = (layout.area.size(), matrix.table());
        let [least, most] = MatrixFrame::SIZES;
        [room.x / table.dims() as f32, room.y / table.rows() as f32].map(|size| size.clamp(least, most))
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let sizes = [
            (
                "Whole",
                "All of it at once. Where many rows share a line of the screen, one of them is drawn.",
                whole,
            ),
            ("Pixels", "A number is a point of the screen.", [1.0, 1.0]),
            ("Rows", "Rows high enough to have names.", [4.0, 20.0]),
            ("Numbers", "Cells large enough to be read.", MatrixFrame::LEGIBLE),
        ];
        let frame = state.view().matrix.frame;
        for (name, about, [width, height]) in sizes {
            let on = [(frame.width, width), (frame.height, height)];
            let on = on.iter().all(|(now, wanted)| (now - wanted).abs() < 1e-3 * wanted);
            if widgets::pill(ui, name, on).on_hover_text(about).clicked() {
                change(state, out, |matrix| {
                    let frame = &mut matrix.frame;
                    (frame.width, frame.height) = (width, height);
                    if let Some(layout) = layout {
                        // The first column stays the first.
                        frame.column = layout.first[0] + f64::from(layout.area.width() / width) / 2.0;
                    }
                });
            }
        }
    });
    let strides = layout.map_or([1, 1], |layout| layout.strides());
    for (stride, what) in strides.into_iter().zip(["column", "row"]) {
        if stride > 1 {
            widgets::hint(ui, &format!("One {what} of {stride} is drawn."));
        }
    }
}

fn legend(ui: &mut Ui, state: &State) {
    if !color_key(ui, state) {
        return;
    }
    widgets::hint(
        ui,
        "About 999 of 1,000 numbers lie between these; the others have the full color too. A color grows with the square root of \
         its number, so that small ones can be told apart.",
    );
    if state.derived().lookup().picture().shows_not_finite() {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2.0, theme::tones(ui).error);
            widgets::hint(ui, "not finite");
        });
    }
}

/// Which numbers have which colors, as wide as there is room. Says whether that is known yet.
pub fn color_key(ui: &mut Ui, state: &State) -> bool {
    let tones = theme::tones(ui);
    let Some(full) = state.derived().lookup().picture().full() else { return false };
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 12.0), egui::Sense::hover());
    rail(ui.painter(), rect, &tones);
    ui.horizontal(|ui| {
        let number = widgets::significant(f64::from(full));
        ui.label(RichText::new(format!("−{number}")).small());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(number).small());
            let middle = egui::pos2(rect.center().x, ui.max_rect().center().y);
            let font = egui::TextStyle::Small.resolve(ui.style());
            ui.painter().text(middle, egui::Align2::CENTER_CENTER, "0", font, tones.text);
        });
    });
    true
}
