//! The entries as a table of any length: only what is in sight is laid out.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Color32, FontFamily, FontId, Key, PointerButton, Rangef, Rect, Response, Role, ScrollArea, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::app::State;
use crate::app::tokens::TokenRow;
use crate::scene::Command;
use crate::scene::view::ChosenToken;
use crate::tokens::vocabulary::{Entry, EntryKind, Filter, Listing, SortBy, Vocabulary};
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, Tones, size, space};
use crate::ui::tokens::chip::{hex, shown};
use crate::ui::widgets::Same;
use crate::ui::{Outbox, widgets};

/// The accessible name of the table.
pub const NAME: &str = "Entries";

const ROW: f32 = 24.0;

/// The most bytes that are written of an entry.
const MOST_BYTES: usize = 32;

/// What stands in a column.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Id,
    Text,
    Hex,
    Kind,
    Writing,
    Characters,
    Bytes,
    Twin,
}

/// A column: its name, what it is sorted by, what it means, its width in points of the screen (or how much of what is left it
/// takes), and in which order columns give way where there is no room.
struct Column {
    cell: Cell,
    name: &'static str,
    sort: Option<SortBy>,
    about: &'static str,
    width: f32,
    share: f32,
    rank: u8,
}

const fn column(cell: Cell, name: &'static str, (width, share): (f32, f32), rank: u8) -> Column {
    let (sort, about) = match cell {
        Cell::Id => (Some(SortBy::Id), "The entry's number: all that the model gets."),
        Cell::Text => {
            (Some(SortBy::Text), "What it is read as; a dot is a space. Sorted without the space before it.")
        }
        Cell::Hex => (None, "The bytes that it stands for, in hexadecimal."),
        Cell::Kind => (None, "What it is to the words of a text."),
        Cell::Writing => (None, "The script of its letters, or what it has instead."),
        Cell::Characters => (Some(SortBy::Characters), "Its length in code points."),
        Cell::Bytes => (Some(SortBy::Bytes), "Its length in bytes."),
        Cell::Twin => (None, "The entry that differs from it by a space alone."),
    };
    Column { cell, name, sort, about, width, share, rank }
}

const COLUMNS: [Column; 8] = [
    column(Cell::Id, "ID", (70.0, 0.0), 0),
    column(Cell::Text, "Text", (120.0, 0.6), 0),
    column(Cell::Hex, "Bytes", (80.0, 0.4), 3),
    column(Cell::Kind, "Kind", (128.0, 0.0), 1),
    column(Cell::Writing, "Script", (104.0, 0.0), 2),
    column(Cell::Characters, "Length", (78.0, 0.0), 1),
    column(Cell::Bytes, "in bytes", (78.0, 0.0), 2),
    column(Cell::Twin, "Twin", (76.0, 0.0), 3),
];

/// The columns that have room, with their places.
fn columns(width: Rangef) -> Vec<(&'static Column, Rangef)> {
    let fits = |most: u8| {
        let wide: f32 = COLUMNS.iter().filter(|column| column.rank <= most).map(|column| column.width).sum();
        wide <= width.span()
    };
    let most = (1..=3).rev().find(|&most| fits(most)).unwrap_or(0);
    let shown: Vec<&Column> = COLUMNS.iter().filter(|column| column.rank <= most).collect();
    let used: f32 = shown.iter().map(|column| column.width).sum();
    let shares: f32 = shown.iter().map(|column| column.share).sum();
    let left = (width.span() - used).max(0.0);
    let mut x = width.min;
    let place = |column: &'static Column| {
        let from = x;
        x += column.width + left * column.share / shares.max(f32::EPSILON);
        (column, Rangef::new(from, x))
    };
    shown.into_iter().map(place).collect()
}

/// What the table remembers from frame to frame.
#[derive(Default)]
pub struct List {
    /// The entry that the keys are at, counted in the list.
    cursor: usize,
    listing: Option<Same<Listing>>,
}

/// What is the same for all rows of a frame.
struct Sheet<'a> {
    vocabulary: &'a Vocabulary,
    listing: &'a Listing,
    columns: Vec<(&'static Column, Rangef)>,
    tones: Tones,
}

impl Sheet<'_> {
    fn entry(&self, line: usize) -> Option<&Entry> {
        self.vocabulary.entries().get(*self.listing.places.get(line)? as usize)
    }
}

impl List {
    /// Shows the names of the columns and the rows that are in sight.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &State,
        row: &TokenRow,
        (vocabulary, listing): (&Arc<Vocabulary>, &Arc<Listing>),
        out: &mut Outbox,
    ) {
        let width = ui.available_width() - ui.spacing().scroll.floating_allocated_width - space::S;
        let place = Rangef::new(ui.cursor().left(), ui.cursor().left() + width);
        let sheet = Sheet { vocabulary, listing, columns: columns(place), tones: theme::tones(ui) };
        header(ui, &sheet, &state.view().tokens.vocabulary, out);
        if listing.places.is_empty() {
            widgets::hint(ui, "No entry is like that.");
            return;
        }
        let same = Same(Arc::clone(listing));
        let is_new = self.listing.as_ref() != Some(&same);
        let mut area = ScrollArea::vertical().id_salt("vocabulary").auto_shrink(false);
        if is_new {
            (self.cursor, self.listing) = (0, Some(same));
            area = area.vertical_scroll_offset(0.0);
        }
        area.show_viewport(ui, |ui, seen| {
            let count = listing.places.len();
            let height = ROW * count as f32;
            let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
            let first = (seen.top() / ROW).floor().max(0.0) as usize;
            let last = ((seen.bottom() / ROW).ceil().max(0.0) as usize).min(count);
            let at = |line: usize| {
                Rect::from_min_size(pos2(rect.left(), rect.top() + ROW * line as f32), vec2(width, ROW))
            };
            let under = response.hover_pos().map(|pointer| ((pointer.y - rect.top()) / ROW) as usize);
            let moved = self.keys(ui, &response, count, ((seen.height() / ROW) as usize).max(1));
            if moved {
                ui.scroll_to_rect(at(self.cursor), None);
            }
            let chosen = state.view().tokens.chosen.as_ref().filter(|chosen| chosen.tokenizer == row.name());
            for line in first..last {
                let Some(entry) = sheet.entry(line) else { continue };
                let marked = response.has_focus() && line == self.cursor;
                let on = chosen.is_some_and(|chosen| chosen.id == entry.id);
                draw(ui, &sheet, entry, at(line), (on, marked, under == Some(line)));
            }
            self.answer(response, &sheet, (state, row), under, out);
        });
    }

    /// Clicks, Enter, and what is said of the entry that one is at.
    fn answer(
        &mut self,
        response: Response,
        sheet: &Sheet<'_>,
        (state, row): (&State, &TokenRow),
        under: Option<usize>,
        out: &mut Outbox,
    ) {
        let focused = response.has_focus();
        let spoken = sheet.entry(self.cursor).filter(|_| focused).map(|entry| {
            let of = widgets::thousands(sheet.listing.places.len() as u64);
            format!(", {} of {of}: {}", widgets::thousands(self.cursor as u64 + 1), spoken(sheet, entry))
        });
        let name = format!("{NAME} of {}{}", row.title(), spoken.unwrap_or_default());
        response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, &name));
        // A key and a screen reader mean the entry that the keys are at, wherever the pointer lies.
        let picked = if response.clicked_by(PointerButton::Primary) {
            under
        } else {
            response.clicked().then_some(self.cursor)
        };
        if let Some((line, entry)) = picked.and_then(|line| Some((line, sheet.entry(line)?))) {
            self.cursor = line;
            let chosen = ChosenToken { tokenizer: row.name().to_owned(), id: entry.id };
            let again = state.view().tokens.chosen.as_ref() == Some(&chosen);
            out.send(Command::ChooseToken((!again).then_some(chosen)));
        }
        if let Some(entry) = under.and_then(|line| sheet.entry(line)) {
            response.on_hover_ui_at_pointer(|ui| explain(ui, sheet, entry));
        }
    }

    /// The keys go from entry to entry. Says whether they did.
    fn keys(&mut self, ui: &Ui, response: &Response, count: usize, page: usize) -> bool {
        self.cursor = self.cursor.min(count.saturating_sub(1));
        if !response.has_focus() {
            return false;
        }
        focus::keep_arrows(ui, response, Arrows::Down);
        let before = self.cursor;
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        let wanted = match () {
            () if pressed(Key::ArrowDown) => before + 1,
            () if pressed(Key::ArrowUp) => before.saturating_sub(1),
            () if pressed(Key::PageDown) => before + page,
            () if pressed(Key::PageUp) => before.saturating_sub(page),
            () if pressed(Key::Home) => 0,
            () if pressed(Key::End) => count,
            () => before,
        };
        self.cursor = wanted.min(count.saturating_sub(1));
        self.cursor != before
    }
}

/// The names of the columns; a click on one sorts by it, another the other way round.
fn header(ui: &mut Ui, sheet: &Sheet<'_>, filter: &Filter, out: &mut Outbox) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let Filter { sort, descending, .. } = *filter;
    for (column, place) in &sheet.columns {
        let rect = Rect::from_x_y_ranges(*place, rect.y_range());
        let sense = if column.sort.is_some() { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.scope_id().with(column.name), sense);
        let on = column.sort == Some(sort);
        let arrow = match (on, descending) {
            (true, false) => " ↑",
            (true, true) => " ↓",
            (false, _) => "",
        };
        let active = response.hovered() && column.sort.is_some() || response.has_focus();
        let color = if on || active { sheet.tones.accent } else { sheet.tones.quiet };
        let text = format!("{}{arrow}", column.name);
        write(ui, rect, text, FontId::new(size::SMALL, theme::semibold()), color, is_number(column.cell));
        if let Some(by) = column.sort {
            response.widget_info(|| {
                WidgetInfo::selected(
                    Role::Button,
                    true,
                    on,
                    format!("Sort by {}", column.name.to_lowercase()),
                )
            });
            if response.clicked() {
                let filter = Filter { sort: by, descending: on && !descending, ..filter.clone() };
                out.send(Command::Browse(filter));
            }
        }
        response.on_hover_text(column.about);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, sheet.tones.line));
}

fn is_number(cell: Cell) -> bool {
    matches!(cell, Cell::Id | Cell::Characters | Cell::Bytes | Cell::Twin)
}

/// Draws an entry: whether it is the one that is followed, the one that the keys are at, and the one that is pointed at.
fn draw(ui: &Ui, sheet: &Sheet<'_>, entry: &Entry, place: Rect, (on, marked, hovered): (bool, bool, bool)) {
    let tones = &sheet.tones;
    if on {
        ui.painter().rect_filled(place, 4.0, tones.accent_soft);
    } else if hovered {
        ui.painter().rect_filled(place, 4.0, tones.hover);
    }
    if marked {
        let stroke = egui::Stroke::new(1.5, tones.accent);
        ui.painter().rect_stroke(place.shrink(1.0), 4.0, stroke, egui::StrokeKind::Inside);
    }
    let number = |value: u32| if value == 0 { String::new() } else { widgets::thousands(u64::from(value)) };
    for (column, x) in &sheet.columns {
        let rect = Rect::from_x_y_ranges(*x, place.y_range());
        let (body, small) = (FontId::proportional(size::BODY), FontId::proportional(size::SMALL));
        let (text, font, color) = match column.cell {
            Cell::Id => (entry.id.to_string(), body, tones.quiet),
            Cell::Text => text(sheet, entry),
            Cell::Hex => {
                (bytes_of(sheet, entry), FontId::new(size::SMALL - 1.0, FontFamily::Monospace), tones.quiet)
            }
            Cell::Kind => (entry.kind.name().to_owned(), small, kind_color(entry.kind, tones)),
            Cell::Writing => (entry.writing.name().replace('_', " "), small, tones.quiet),
            Cell::Characters => (number(entry.characters), body, tones.text),
            Cell::Bytes => (number(entry.bytes), body, tones.text),
            Cell::Twin => (entry.twin.map_or_else(String::new, |twin| twin.to_string()), small, tones.quiet),
        };
        write(ui, rect, text, font, color, is_number(column.cell));
    }
}

/// Kinds that are not text stand out.
fn kind_color(kind: EntryKind, tones: &Tones) -> Color32 {
    match kind {
        EntryKind::Special => tones.warning,
        EntryKind::Byte | EntryKind::Part => tones.accent,
        _ => tones.quiet,
    }
}

/// What an entry is read as: a dot for each space, signs for what does not show; its bytes where they are no text.
fn text(sheet: &Sheet<'_>, entry: &Entry) -> (String, FontId, Color32) {
    /// Enough to see what goes on like that.
    const LONGEST: usize = 160;
    let read = sheet.vocabulary.read(entry.id).unwrap_or_default();
    let mono = || FontId::new(size::BODY - 1.0, FontFamily::Monospace);
    match std::str::from_utf8(&read) {
        Ok(text) => {
            let cut: String = text.chars().take(LONGEST).collect();
            let font = if text.is_ascii() { mono() } else { FontId::proportional(size::BODY) };
            (shown(&cut).replace(' ', "·"), font, sheet.tones.text)
        }
        Err(_) => (hex(&read[..read.len().min(MOST_BYTES)]), mono(), sheet.tones.quiet),
    }
}

fn bytes_of(sheet: &Sheet<'_>, entry: &Entry) -> String {
    let bytes = sheet.vocabulary.tokenizer().bytes(entry.id).unwrap_or_default();
    hex(&bytes[..bytes.len().min(MOST_BYTES)])
}

/// Writes into a cell, at its left or, numbers, at its right, cut where it is too long.
fn write(ui: &Ui, cell: Rect, text: String, font: FontId, color: Color32, right: bool) {
    let room = cell.shrink2(vec2(space::S, 0.0));
    let mut job = LayoutJob::simple_singleline(text, font, color);
    job.wrap = TextWrapping::truncate_at_width(room.width());
    let galley = ui.painter().layout_job(job);
    let x = if right { room.right() - galley.size().x } else { room.left() };
    ui.painter().galley(pos2(x, cell.center().y - galley.size().y / 2.0), galley, color);
}

/// What a screen reader hears of an entry.
fn spoken(sheet: &Sheet<'_>, entry: &Entry) -> String {
    let read = sheet.vocabulary.read(entry.id).unwrap_or_default();
    let text = String::from_utf8(read.into_owned())
        .map_or_else(|_| format!("bytes {}", bytes_of(sheet, entry)), |text| format!("“{text}”"));
    let writing = entry.writing.name();
    format!("{text}, ID {}, {}, {writing}, {} bytes", entry.id, entry.kind.name(), entry.bytes)
}

/// Everything about one entry.
fn explain(ui: &mut Ui, sheet: &Sheet<'_>, entry: &Entry) {
    let tokenizer = sheet.vocabulary.tokenizer();
    let (text, font, _) = text(sheet, entry);
    egui::Grid::new("entry").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
        let mut line = |name: &str, value: egui::RichText| {
            ui.label(egui::RichText::new(name).color(sheet.tones.quiet));
            ui.add(egui::Label::new(value).wrap());
            ui.end_row();
        };
        let piece: String = tokenizer.piece(entry.id).unwrap_or_default().chars().take(60).collect();
        line("ID", egui::RichText::new(entry.id.to_string()));
        line("text", egui::RichText::new(text.chars().take(60).collect::<String>()).font(font));
        line("piece", egui::RichText::new(piece).monospace());
        line("bytes", egui::RichText::new(bytes_of(sheet, entry)).monospace());
        if let Some(twin) = entry.twin {
            let other = sheet.vocabulary.read(twin).unwrap_or_default();
            let other = String::from_utf8_lossy(&other).replace(' ', "·");
            line("twin", egui::RichText::new(format!("{twin}  {other}")).monospace());
        }
    });
    widgets::hint(ui, "Click to follow it: ID → row → point");
}
