//! The tokenizer laboratory: one text under many tokenizers, along one line.

mod apart;
mod board;
mod chat;
mod cursor;
mod ids;
mod lane;
mod languages;
mod letters;
mod line;
mod lines;
mod training;
mod vocabulary;

use egui::{Align, FontId, Layout, Rect, RichText, ScrollArea, Ui, vec2};

use super::theme::{self, size, space};
use super::tokens::text_field::TextField;
use super::widgets::chooser::{self, Line};
use super::{Outbox, focus, tokens, widgets};
use crate::app::State;
use crate::app::showdown::Showdown;
use crate::app::tokens::{TokenRow, against_the_fewest, compared, ranking as ranking_of};
use crate::scene::numbers::percent;
use crate::scene::view::{Room, TokenView};
use crate::scene::{Command, WindowRequest};
use crate::tokens::Row;

use board::Board;

/// The rooms of the page.
const ROOMS: [(Room, &str, &str); 8] = [
    (Room::Showdown, "Showdown", "One text under many tokenizers, along one line."),
    (Room::Apart, "Steps", "How one tokenizer takes a text apart, from characters to tokens."),
    (
        Room::Letters,
        "Letters",
        "How often a letter is in a text, and what a model is given instead of letters.",
    ),
    (Room::Chat, "Chat", "A conversation as a model gets it, and which token comes from whom."),
    (Room::Vocabulary, "Vocabulary", "Every entry of a tokenizer: what there is to choose from."),
    (Room::Languages, "Languages", "The same text in many languages, and how many tokens it takes."),
    (Room::Ids, "Wrong IDs", "IDs under the wrong tokenizer, and which tokenizers could have made them."),
    (Room::Training, "Train", "A tokenizer of your own, learned from a text before your eyes."),
];

/// What is said where work was given up.
const GIVEN_UP: &str = "Given up. Change what is asked for to begin anew.";

/// What is said where nothing is compared.
const NO_TOKENIZER: &str = "No tokenizer is chosen: choose some in the list on the left (F2).";

/// What the page remembers from frame to frame.
#[derive(Default)]
pub struct Laboratory {
    field: TextField,
    board: Board,
    apart: apart::Room,
    letters: letters::Room,
    chat: chat::Room,
    vocabulary: vocabulary::Room,
    languages: languages::Room,
    ids: ids::Room,
    training: training::Room,
    /// Where the tokens were drawn.
    place: Option<Rect>,
}

impl Laboratory {
    /// Shows the room that one is in, and the doors to the others.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let inner = ui.available_rect_before_wrap().shrink2(vec2(space::L, space::S));
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
            Room::Letters => self.letters.show(ui, state, out),
            Room::Chat => self.chat.show(ui, state, out),
            Room::Vocabulary => self.vocabulary.show(ui, state, out),
            Room::Languages => self.languages.show(ui, state, out),
            Room::Ids => self.ids.show(ui, state, out),
            Room::Training => self.training.show(ui, state, out),
        }
    }

    fn showdown(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        self.field.show(ui, state, 2, out);
        ui.horizontal_wrapped(|ui| tokens::presets(ui, out));
        ui.add_space(space::XS);
        let (reading, view) = (state.derived().reading(), &state.view().tokens);
        let shown = match reading.showdown(view) {
            _ if compared(view, reading.rows()).next().is_none() => Err(NO_TOKENIZER),
            _ if reading.gave_up(view) => Err(GIVEN_UP),
            None => Err("Loading the tokenizers …"),
            Some(showdown) => Ok(showdown),
        };
        let showdown = match shown {
            Ok(showdown) => showdown,
            Err(said) => {
                widgets::hint(ui, said);
                return;
            }
        };
        summary(ui, showdown, out);
        if showdown.aligned.text.len() < view.text.len() && view.text.starts_with(&*showdown.aligned.text) {
            widgets::hint(ui, "This is the beginning. The whole text is being worked on …");
        }
        self.place = Some(ui.available_rect_before_wrap());
        self.board.show(ui, state, showdown, out);
    }

    /// Where the tokens were drawn, to be copied as a picture.
    pub fn place(&self) -> Option<Rect> {
        self.place
    }
}

/// What the tokens come to as a whole, and ways to take them along.
fn summary(ui: &mut Ui, showdown: &Showdown, out: &mut Outbox) {
    ui.horizontal(|ui| {
        let answered = showdown.lanes.iter().filter(|lane| lane.row().is_some()).count();
        let of_which = if showdown.asked < answered { " that have a vocabulary" } else { "" };
        let alike = match showdown.asked {
            0 | 1 => String::new(),
            asked => format!(
                "{asked} tokenizers{of_which} cut {} of the text alike; elsewhere tokens have colors. ",
                percent(showdown.aligned.alike())
            ),
        };
        let said = format!(
            "{alike}In amber is what a tokenizer changed; ? stands for what it does not know, a line for what it drops."
        );
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
                     What is read from right to left stands so, a letter by itself in the text above.",
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
        Room::Showdown => rivals(ui, state, out),
        Room::Apart => apart::side(ui),
        Room::Chat => chat::side(ui, state, out),
        Room::Training => training::side(ui, state, out),
        Room::Vocabulary => vocabulary::side(ui, state, out),
        Room::Letters | Room::Languages | Room::Ids => languages::side(ui, state, out),
    }
}

/// Shows which tokenizers are compared, ranked by how few tokens they need, and how the text is read and written.
fn rivals(ui: &mut Ui, state: &State, out: &mut Outbox) {
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
    let (rows, view) = (state.derived().tokens(), &state.view().tokens);
    let ranking = ranking_of(view, rows);
    let hidden = rows.iter().filter(|row| view.hidden.contains(row.name()));
    let compared = ranking.compared.iter().map(|(row, count)| (*row, true, count.zip(ranking.range)));
    for (row, on, counted) in compared.chain(hidden.map(|row| (row, false, None))) {
        // A tokenizer that goes to another place of the list keeps the keyboard.
        ui.push_id(row.name(), |ui| ranked(ui, view, (row, on), counted, out));
    }
}

/// Shows which tokenizers are compared, where their counts are of another text than the one that is looked at.
fn choice(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let (rows, view) = (state.derived().tokens(), &state.view().tokens);
    for row in rows {
        let is_on = !view.hidden.contains(row.name());
        ui.push_id(row.name(), |ui| ranked(ui, view, (row, is_on), None, out));
    }
}

/// A tokenizer of the list: whether it is compared, its count, and how long that is among those of the others.
fn ranked(
    ui: &mut Ui,
    view: &TokenView,
    (row, mut on): (&TokenRow, bool),
    counted: Option<(usize, (usize, usize))>,
    out: &mut Outbox,
) {
    let tones = theme::tones(ui);
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.horizontal(|ui| {
        let about = format!("{}. Adds {}.", row.algorithm(), row.adds());
        if ui.checkbox(&mut on, row.title()).on_hover_text(about).changed() {
            out.send(Command::ShowTokenizer(row.name().to_owned(), on));
        }
        let Some((count, (fewest, _))) = counted else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = RichText::new(widgets::thousands(count as u64))
                .font(FontId::new(size::BODY, theme::semibold()));
            ui.label(text).on_hover_text(against_the_fewest(count, fewest));
            if let Some(unknown) = row.shown(view).map(Row::unknown).filter(|unknown| *unknown > 0) {
                let text = RichText::new(format!("{} ?", widgets::thousands(unknown as u64)));
                let about = "So many of its tokens say that it does not know what stands there: that is lost, and cheap for it.";
                ui.label(text.size(size::SMALL).color(tones.warning)).on_hover_text(about);
            }
        });
    });
    if let Some((count, (_, most))) = counted {
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 3.0), egui::Sense::hover());
        let share = if most == 0 { 0.0 } else { count as f32 / most as f32 };
        ui.painter().rect_filled(line, 1.5, tones.well);
        let bar = Rect::from_min_size(line.min, vec2(line.width() * share, line.height()));
        ui.painter().rect_filled(bar, 1.5, tones.accent);
    }
    ui.add_space(space::XS);
}
