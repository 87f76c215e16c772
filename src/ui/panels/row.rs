//! The chosen row of the lookup matrix: token → ID → row → point, as one chain.

use std::sync::Arc;

use egui::scroll_area::ScrollBarVisibility;
use egui::{
    Align2, FontFamily, FontId, Galley, Rect, RichText, ScrollArea, Sense, Stroke, Ui, Vec2, pos2, vec2,
};

use crate::app::State;
use crate::app::lookup::Matrix;
use crate::app::tokens::TokenRow;
use crate::scene::names::shown_piece;
use crate::scene::view::Page;
use crate::scene::{Command, RowNames};
use crate::ui::matrix::canvas::{diverging, strip};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};
use crate::vectors::Table;

/// Shows the page.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    // On the page for the matrix it is that one's row.
    let lookup = state.derived().lookup();
    let matrix = lookup.matrix().filter(|_| state.view().page == Page::Matrix);
    let (names, focus) = match matrix {
        Some(matrix) => (Some(matrix.names.clone()), lookup.chosen()),
        None => (state.names(), state.view().map.selection.focus()),
    };
    let Some(names) = names else {
        widgets::hint(ui, "Open a file of vectors to see its rows.");
        return;
    };
    let table = names.table();
    let Some(row) = focus else {
        chain(ui, state, &names, None, out);
        let hint = if state.view().tokens.chosen.is_some() {
            "This table has no row for the token. Its row is in the model that the tokenizer was made for: open that model, or \
             choose another token, or a word on the map."
        } else {
            match state.view().page {
                Page::Matrix => {
                    "Click a token of the sentence, or a row of the matrix, to see its numbers here."
                }
                Page::Tokens => "Click a token to follow it: to its ID, and to its row of the matrix.",
                Page::Map => "Choose a word on the map, or a token, to see its row of the matrix.",
            }
        };
        widgets::hint(ui, hint);
        let elsewhere = state.view().tokens.chosen.is_some() && state.view().page != Page::Matrix;
        if elsewhere && ui.button("Look in a matrix of tokens").clicked() {
            out.send(Command::ShowPage(Page::Matrix));
        }
        // Where tokens are seen and none is chosen, no table is meant.
        if state.view().page != Page::Tokens {
            weight(ui, table);
        }
        return;
    };
    chain(ui, state, &names, Some(row), out);
    let of = matrix.map(|matrix| &matrix.document).or(state.document());
    if let Some(document) = of.filter(|_| state.view().page != Page::Map) {
        // The same word has other rows in other files.
        widgets::hint(ui, &format!("In {}.", document.title));
    }
    neighborhood(ui, &names, row as usize);
    values(ui, table, row as usize);
    weight(ui, table);
}

/// Token → ID → row → point, as far as it goes.
fn chain(ui: &mut Ui, state: &State, names: &RowNames, row: Option<u32>, out: &mut Outbox) {
    let chosen = state.view().tokens.chosen.as_ref();
    let mut links = named(state, names, row);
    match row {
        Some(row) => {
            links.push((
                format!("{row}"),
                format!("row of {}", widgets::row_range(names.table().rows())),
                "The row of the open matrix that holds this word's numbers.",
            ));
            let cloud = state.derived().cloud().filter(|_| is_on_map(state, names));
            if let Some([x, y]) = cloud.and_then(|cloud| cloud.points.position(row as usize)) {
                let at =
                    format!("{}, {}", widgets::significant(f64::from(x)), widgets::significant(f64::from(y)));
                links.push((at, "point".into(), "Where the row's shadow lies on the map."));
            }
        }
        None if chosen.is_some() => {
            let about = "The open file has no row of this name: a tokenizer's rows are in its own model.";
            links.push(("–".into(), "no row here".into(), about));
        }
        None => {}
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (index, (value, name, about)) in links.iter().enumerate() {
            let link = Link::new(ui, value, name);
            if index > 0 {
                // An arrow goes to the next line with what it leads to.
                if ui.available_size_before_wrap().x < link.size().x + ARROW {
                    ui.end_row();
                }
                // Level with it, also where it begins a line.
                let size = vec2(ARROW - space::S, link.size().y);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                let font = FontId::proportional(size::BODY);
                let color = theme::tones(ui).quiet;
                ui.painter().text(rect.center(), Align2::CENTER_CENTER, "→", font, color);
            }
            link.show(ui).on_hover_text(*about);
        }
    });
    if let Some(row) = row.filter(|_| is_on_map(state, names))
        && ui.button("Show the point on the map").clicked()
    {
        out.send(Command::FlyTo([row].into_iter().collect()));
    }
}

/// What a link of the chain is, what that is called, and what it means.
type Told = (String, String, &'static str);

/// The chain as far as the row: a token and its ID, or the name of the row.
fn named(state: &State, names: &RowNames, row: Option<u32>) -> Vec<Told> {
    let chosen = state.view().tokens.chosen.as_ref();
    let tokenizer = chosen.and_then(|chosen| state.derived().reading().tokenizer(&chosen.tokenizer));
    let mut links = Vec::new();
    match (chosen, tokenizer) {
        (Some(chosen), Some(tokenizer)) => {
            let row = state.derived().tokens().iter().find(|row| row.name() == chosen.tokenizer);
            let title = row.map_or(tokenizer.title(), TokenRow::title);
            let piece = tokenizer.piece(chosen.id).unwrap_or("?".into());
            let shown = shown_piece(tokenizer, &piece);
            let name = written("token", (*shown != *piece).then_some(&*piece));
            links.push((
                shown,
                name,
                "A piece of text that the vocabulary knows, and how the vocabulary writes it.",
            ));
            links.push((
                chosen.id.to_string(),
                format!("ID in {title}"),
                "The token's number. Other tokenizers number differently.",
            ));
        }
        _ => {
            let rows_are_of = matrix_of(state, names).and_then(|matrix| matrix.tokenizer.as_ref());
            if let Some(row) = row {
                let what = if rows_are_of.is_some() { "token" } else { "word" };
                let name = written(what, names.spelled(row));
                links.push((names.shown(row), name, "The name of the row in this file."));
            }
            // Whatever was chosen: here it stands for the token whose row it is.
            if let (Some(row), Some((tokenizer, _))) = (row, rows_are_of) {
                let about = "The token's number. Other tokenizers number differently.";
                links.push((row.to_string(), format!("ID in {}", tokenizer.title()), about));
            }
        }
    }
    links
}

/// The matrix that the page is about, where these rows are its own.
fn matrix_of<'a>(state: &'a State, names: &RowNames) -> Option<&'a Matrix> {
    let matrix = state.derived().lookup().matrix().filter(|_| state.view().page == Page::Matrix)?;
    Arc::ptr_eq(matrix.table(), names.table()).then_some(matrix)
}

/// Whether these rows are those of the table on the map.
fn is_on_map(state: &State, names: &RowNames) -> bool {
    state.table().is_some_and(|table| Arc::ptr_eq(table, names.table()))
}

/// What a link of the chain is, and how the vocabulary writes it where that is not how it is shown.
fn written(what: &str, spelled: Option<&str>) -> String {
    spelled.map_or_else(|| what.to_owned(), |piece| format!("{what}, written {piece}"))
}

/// How much room an arrow takes.
const ARROW: f32 = 22.0;

/// A link of the chain: what it is, and what that is called.
struct Link {
    value: Arc<Galley>,
    name: Arc<Galley>,
}

impl Link {
    fn new(ui: &Ui, value: &str, name: &str) -> Self {
        let tones = theme::tones(ui);
        let write = |text: &str, font, color| ui.painter().layout_no_wrap(text.to_owned(), font, color);
        Self {
            value: write(value, FontId::new(size::LARGE, theme::semibold()), tones.text),
            name: write(name, FontId::proportional(size::SMALL), tones.quiet),
        }
    }

    fn size(&self) -> Vec2 {
        let (value, name) = (self.value.size(), self.name.size());
        vec2(value.x.max(name.x) + 2.0 * space::S, value.y + name.y + 10.0)
    }

    fn show(self, ui: &mut Ui) -> egui::Response {
        let tones = theme::tones(ui);
        let (rect, response) = ui.allocate_exact_size(self.size(), Sense::hover());
        ui.painter().rect_filled(rect, 6.0, tones.well);
        let left = rect.min + vec2(space::S, 4.0);
        let below = left + vec2(0.0, self.value.size().y + 1.0);
        let spoken = format!("{} {}", self.name.text(), self.value.text());
        ui.painter().galley(left, self.value, tones.text);
        ui.painter().galley(below, self.name, tones.quiet);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken.clone()));
        response
    }
}

/// The row among the rows around it, as stripes of color.
fn neighborhood(ui: &mut Ui, names: &RowNames, row: usize) {
    const AROUND: usize = 3;
    const HEIGHT: f32 = 16.0;
    widgets::heading(ui, "In the matrix");
    let table = names.table();
    let (first, last) = (row.saturating_sub(AROUND), (row + AROUND).min(table.rows() - 1));
    let tones = theme::tones(ui);
    let margin = 84.0_f32.min(ui.available_width() * 0.3);
    let span = strength(table, first..=last);
    for other in first..=last {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
        let chosen = other == row;
        let cells = rect.with_min_x(rect.left() + margin).shrink2(vec2(0.0, 1.0));
        let opacity = if chosen { 1.0 } else { 0.45 };
        strip(ui.painter(), cells, &table.row_as_stored(other), span, opacity, &tones);
        let font = if chosen {
            FontId::new(size::SMALL, theme::semibold())
        } else {
            FontId::proportional(size::SMALL)
        };
        let color = if chosen { tones.accent } else { tones.quiet };
        let mut job = egui::text::LayoutJob::simple_singleline(names.shown(other as u32), font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(margin - 8.0);
        let name = ui.painter().layout_job(job);
        ui.painter().galley(pos2(rect.left(), rect.center().y - name.size().y / 2.0), name, color);
        if chosen {
            ui.painter().rect_stroke(
                cells.expand(1.0),
                2.0,
                Stroke::new(1.5, tones.accent),
                egui::StrokeKind::Outside,
            );
        }
        ui.add_space(-space::XS);
    }
    ui.add_space(space::S);
    let text = format!(
        "Rows {first} to {last} of {}: one stripe a row, one cell a dimension. Blue is below 0, orange above.",
        widgets::row_range(table.rows())
    );
    widgets::hint(ui, &text);
}

/// The largest absolute value in some rows, which gets the full color.
fn strength(table: &Table, rows: std::ops::RangeInclusive<usize>) -> f32 {
    rows.flat_map(|row| table.row_as_stored(row).into_owned())
        .filter(|value| value.is_finite())
        .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()))
}

/// Every number of the row, in cells that scroll sideways; only those in view are laid out.
fn values(ui: &mut Ui, table: &Table, row: usize) {
    const CELL: egui::Vec2 = vec2(62.0, 44.0);
    let numbers = table.row_as_stored(row);
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("Its {} numbers", numbers.len())).heading());
        if ui.small_button("Copy").on_hover_text("Put the row's numbers on the clipboard").clicked() {
            let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            ui.ctx().copy_text(text.join(" "));
        }
    });
    let tones = theme::tones(ui);
    let span = strength(table, row..=row);
    // A bar that is pinned to the edge of the panel would lie over the numbers.
    let whole = ui.cursor().top() + CELL.y + 8.0 <= ui.clip_rect().bottom();
    let bar = if whole { ScrollBarVisibility::VisibleWhenNeeded } else { ScrollBarVisibility::AlwaysHidden };
    let list =
        ScrollArea::horizontal().id_salt("values").auto_shrink([false, true]).scroll_bar_visibility(bar);
    list.show_viewport(ui, |ui, viewport| {
        let size = vec2(CELL.x * numbers.len() as f32, CELL.y + 8.0);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let first = (viewport.left() / CELL.x).max(0.0) as usize;
        let last = ((viewport.right() / CELL.x).ceil() as usize).min(numbers.len());
        for (cell, &value) in numbers.iter().enumerate().take(last).skip(first) {
            let at = rect.min + vec2(CELL.x * cell as f32, 0.0);
            let cell_rect = Rect::from_min_size(at, CELL - vec2(2.0, 0.0));
            ui.painter().rect_filled(cell_rect, 4.0, diverging(value / span, &tones).gamma_multiply(0.55));
            let font = FontId::new(size::SMALL, FontFamily::Monospace);
            let number = widgets::decimals(value);
            ui.painter().text(
                cell_rect.center_bottom() - vec2(0.0, 6.0),
                Align2::CENTER_BOTTOM,
                number,
                font,
                tones.text,
            );
            let small = FontId::proportional(size::SMALL - 1.0);
            ui.painter().text(
                cell_rect.center_top() + vec2(0.0, 4.0),
                Align2::CENTER_TOP,
                cell.to_string(),
                small,
                tones.quiet,
            );
        }
    });
}

/// What the matrix weighs: V·d numbers, in the file's precision and in others.
fn weight(ui: &mut Ui, table: &Table) {
    widgets::heading(ui, "What the matrix weighs");
    let (rows, dims) = (table.rows() as u64, table.dims() as u64);
    let numbers = rows * dims;
    let text = format!(
        "V × d = {} × {} = {} numbers",
        widgets::thousands(rows),
        widgets::thousands(dims),
        widgets::thousands(numbers)
    );
    ui.label(text).on_hover_text("V is the size of the vocabulary, d the numbers in each row.");
    egui::Grid::new("weight").num_columns(2).spacing([space::L, 2.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, name: String, bytes: u64| {
            ui.label(RichText::new(name).color(theme::tones(ui).quiet));
            ui.label(widgets::bytes(bytes));
            ui.end_row();
        };
        let plain = [("32-bit (float32)", 4), ("16-bit (float16, bfloat16)", 2), ("8-bit (int8)", 1)];
        for (name, bytes) in plain {
            let stored = table.dtype().size() == bytes;
            let name = if stored { format!("{name}, as in this file") } else { name.to_owned() };
            line(ui, name, numbers * bytes as u64);
        }
        if table.dtype().is_quantized() {
            line(ui, format!("{}, as in this file", table.dtype().name()), table.weight_bytes());
        }
    });
}
