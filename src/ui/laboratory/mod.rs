//! The tokenizer laboratory: one text under many tokenizers, along one line.

mod apart;
mod board;
mod ids;
mod lane;
mod languages;
mod lines;
mod vocabulary;

use egui::{Align, FontId, Layout, Rect, RichText, ScrollArea, Ui, vec2};

use super::theme::{self, size, space};
use super::tokens::{self, TextField};
use super::widgets::chooser::{self, Line};
use super::{Outbox, focus, widgets};
use crate::app::State;
use crate::app::showdown::Showdown;
use crate::app::tokens::TokenRow;
use crate::scene::numbers::percent;
use crate::scene::view::Room;
use crate::scene::{Command, WindowRequest};
use crate::tokens::Row;

use board::Board;

/// The rooms of the page.
const ROOMS: [(Room, &str, &str); 5] = [
    (Room::Showdown, "Showdown", "One text under many tokenizers, along one line."),
    (Room::Apart, "Step by step", "How one tokenizer takes a text apart, from characters to tokens."),
    (Room::Vocabulary, "Vocabulary", "Every entry of a tokenizer: what there is to choose from."),
    (Room::Languages, "Languages", "The same text in many languages, and how many tokens it takes."),
    (
        Room::Ids,
        "Wrong tokenizer",
        "IDs under the wrong tokenizer, and which tokenizers could have made them.",
    ),
];

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct Laboratory {
    field: TextField,
    board: Board,
    apart: apart::Room,
    vocabulary: vocabulary::Room,
    languages: languages::Room,
    ids: ids::Room,
    /// Where the tokens were drawn.
    place: Option<Rect>,
}

impl Laboratory {
    /// Shows the room that one is in, and the doors to the others.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme::tones(ui).panel);
        let inner = ui.max_rect().shrink2(vec2(space::L, space::S));
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner));
        let ui = &mut ui;
        let room = state.view().tokens.room;
        if let Some(room) = widgets::choose(ui, room, &ROOMS) {
            out.send(Command::ShowRoom(room));
        }
        ui.add_space(space::XS);
        self.place = None;
        match room {
            Room::Showdown => self.showdown(ui, state, out),
            Room::Apart => self.apart.show(ui, state, out),
            Room::Vocabulary => self.vocabulary.show(ui, state, out),
            Room::Languages => self.languages.show(ui, state, out),
            Room::Ids => self.ids.show(ui, state, out),
        }
    }

    fn showdown(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        self.field.show(ui, state, 2, out);
        ui.horizontal_wrapped(|ui| tokens::presets(ui, out));
        ui.add_space(space::XS);
        let Some(showdown) = state.derived().reading().showdown() else {
            widgets::hint(ui, "Loading the tokenizers …");
            return;
        };
        summary(ui, showdown, out);
        self.place = Some(ui.available_rect_before_wrap());
        if showdown.lanes.is_empty() {
            widgets::hint(ui, "No tokenizer is chosen: choose some in the list on the left (F2).");
        } else {
            self.board.show(ui, state, showdown, out);
        }
    }

    /// Where the tokens were drawn, to be copied as a picture.
    pub fn place(&self) -> Option<Rect> {
        self.place
    }
}

/// What the tokens come to as a whole, and ways to take them along.
fn summary(ui: &mut Ui, showdown: &Showdown, out: &mut Outbox) {
    ui.horizontal(|ui| {
        let of_which =
            if showdown.asked < showdown.lanes.len() { " that have a vocabulary" } else { "" };
        let said = match showdown.asked {
            0 | 1 => String::new(),
            asked => format!(
                "{asked} tokenizers{of_which} cut {} of the text alike; elsewhere tokens have colors. In amber is what a tokenizer \
                 changed; ? stands for what it does not know, a line for what it drops.",
                percent(showdown.aligned.alike())
            ),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.menu_button("Copy", |ui| {
                for (name, request) in [
                    ("Tokens as text", WindowRequest::CopyTokens),
                    ("IDs", WindowRequest::CopyIds),
                    ("Everything as JSON", WindowRequest::CopyTokensJson),
                    ("Picture", WindowRequest::CopyPicture),
                ] {
                    if ui.button(name).clicked() {
                        out.send(Command::Window(request));
                        ui.close();
                    }
                }
            });
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                widgets::hint(ui, &said).on_hover_text(
                    "A stretch is alike if no tokenizer cuts inside of it. White space that a tokenizer drops is no difference. \
                     Tokenizers without a vocabulary cut everywhere: they are not asked. \
                     The text stands in the order in which it is stored, also where it is read from right to left.",
                );
            });
        });
    });
}

/// Shows which tokenizer is looked into, after a few words that say why, and lets another one be chosen.
fn examined_one(
    ui: &mut Ui,
    state: &State,
    (name, about): (&'static str, &str),
    row: &TokenRow,
    out: &mut Outbox,
) {
    let rows = state.derived().tokens();
    let lines: Vec<Line<'_>> =
        rows.iter().map(|row| Line { title: row.title(), about: row.algorithm(), proposed: None }).collect();
    let chosen = rows.iter().position(|other| other.name() == row.name()).unwrap_or(usize::MAX);
    widgets::term(ui, name, about);
    if let Some(picked) = chooser::show(ui, name, chosen, &lines, 150.0) {
        out.send(Command::Examine(rows[picked].name().to_owned()));
    }
}

/// Shows what the room can be told.
pub fn side(ui: &mut Ui, state: &State, out: &mut Outbox) {
    match state.view().tokens.room {
        Room::Showdown => compared(ui, state, out),
        Room::Apart => apart::side(ui),
        Room::Vocabulary => vocabulary::side(ui, state, out),
        Room::Languages | Room::Ids => languages::side(ui, state, out),
    }
}

/// Shows which tokenizers are compared, ranked by how few tokens they need, and how the text is read and written.
fn compared(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ScrollArea::vertical().id_salt("tokenizers").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            widgets::heading(ui, "Text");
            tokens::counts(ui, state);
            widgets::heading(ui, "Tokenizers");
            widgets::hint(
                ui,
                "Those with the fewest tokens come first. In amber, tokens for what is not known.",
            );
            ranking(ui, state, out);
            widgets::heading(ui, "How it is read");
            tokens::reading(ui, state, out);
            widgets::heading(ui, "What is shown");
            tokens::marks(ui, state, false, out);
        });
    });
}

fn ranking(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let (rows, hidden) = (state.derived().tokens(), &state.view().tokens.hidden);
    let count = |row: &TokenRow| row.tokenized().map_or(usize::MAX, Row::len);
    let mut order: Vec<(bool, usize, &TokenRow)> =
        rows.iter().map(|row| (hidden.contains(row.name()), count(row), row)).collect();
    order.sort_by_key(|(hidden, count, _)| (*hidden, if *hidden { 0 } else { *count }));
    let counts = order.iter().filter(|(hidden, count, _)| !hidden && *count < usize::MAX);
    let counts: Vec<usize> = counts.map(|(_, count, _)| *count).collect();
    let (least, most) = (counts.iter().min().copied(), counts.iter().max().copied());
    for (hidden, count, row) in &order {
        let known = (!hidden && *count < usize::MAX).then_some(*count);
        // A tokenizer that goes to another place of the list keeps the keyboard.
        ui.push_id(row.name(), |ui| ranked(ui, row, !hidden, known.zip(least).zip(most), out));
    }
}

/// A tokenizer of the list: whether it is compared, its count, and how long that is among those of the others.
fn ranked(
    ui: &mut Ui,
    row: &TokenRow,
    mut on: bool,
    counted: Option<((usize, usize), usize)>,
    out: &mut Outbox,
) {
    let tones = theme::tones(ui);
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.horizontal(|ui| {
        let about = format!("{}. Adds {}.", row.algorithm(), row.adds());
        if ui.checkbox(&mut on, row.title()).on_hover_text(about).changed() {
            out.send(Command::ShowTokenizer(row.name().to_owned(), on));
        }
        let Some(((count, least), _)) = counted else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = RichText::new(widgets::thousands(count as u64))
                .font(FontId::new(size::BODY, theme::semibold()));
            let more = match least {
                0 => "as many as any".to_owned(),
                least if least == count => "the fewest".to_owned(),
                least => format!("{:.2} times the fewest", count as f64 / least as f64),
            };
            ui.label(text).on_hover_text(more);
            if let Some(unknown) = row.tokenized().map(Row::unknown).filter(|unknown| *unknown > 0) {
                let text = RichText::new(format!("{} ?", widgets::thousands(unknown as u64)));
                let about = "So many of its tokens say that it does not know what stands there: that is lost, and cheap for it.";
                ui.label(text.size(size::SMALL).color(tones.warning)).on_hover_text(about);
            }
        });
    });
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 3.0), egui::Sense::hover());
    if let Some(((count, _), most)) = counted {
        let share = if most == 0 { 0.0 } else { count as f32 / most as f32 };
        ui.painter().rect_filled(line, 1.5, tones.well);
        let bar = Rect::from_min_size(line.min, vec2(line.width() * share, line.height()));
        ui.painter().rect_filled(bar, 1.5, tones.accent);
    }
    ui.add_space(space::XS);
}
