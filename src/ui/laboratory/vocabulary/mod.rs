//! All entries of one tokenizer: searched, sorted, and what is odd among them.

mod list;

use std::sync::Arc;

use egui::{Align2, FontId, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::super::theme::{self, size, space};
use super::super::widgets::chooser::{self, Line};
use super::super::widgets::field::{Field, Look};
use super::super::{Outbox, focus, widgets};
use super::{GIVEN_UP, examined_one};
use crate::app::State;
use crate::app::browsing::examined;
use crate::scene::Command;
use crate::tokens::vocabulary::{Filter, Oddity, SearchBy, SortBy, Unmade, Vocabulary};

use list::List;

/// The accessible name of the field.
pub const NAME: &str = "Find entries";

/// What is searched for.
const SEARCHES: [(SearchBy, &str, &str); 4] = [
    (
        SearchBy::Text,
        "text",
        "Entries that have the text in them; a space counts, and capitals where you write any.",
    ),
    (SearchBy::Regex, "regex", "Entries in which a regular expression matches: ^ the.*s$"),
    (SearchBy::Id, "ID", "Entries of these numbers: 976 9059 382, or 100-200."),
    (
        SearchBy::Bytes,
        "bytes",
        "Entries that have these bytes in them, two hexadecimal digits each: E2 96 81.",
    ),
];

/// What may be odd about entries, and what that means.
const ODDITIES: [(Oddity, &str, &str); 3] = [
    (
        Oddity::Undecodable,
        "Undecodable alone",
        "Their bytes are no whole characters: alone they cannot be read as text.",
    ),
    (
        Oddity::Twins,
        "Twins but for a space",
        "The same text with and without the space before it (or inside of a word) has two numbers, and two rows.",
    ),
    (
        Oddity::Unmade,
        "Never made",
        "The tokenizer has them, and in no try makes them of their own text: a model may hardly have been trained on their rows.",
    ),
];

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: Field,
    list: List,
}

impl Room {
    /// Shows the search and the entries.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let view = &state.view().tokens;
        let Some(row) = examined(view, state.derived().tokens()) else { return };
        ui.horizontal(|ui| {
            let about = "Each entry is a token: a number, and a row of the model's matrix.";
            examined_one(ui, state, ("Vocabulary of", about), row, out);
            let look = Look { name: NAME, hint: NAME, rows: 1, is_code: false, most: 1_000 };
            if let Some(query) = self.field.show(ui, &look, &view.vocabulary.query) {
                out.send(Command::Browse(Filter { query, ..view.vocabulary.clone() }));
            }
        });
        let browsing = state.derived().reading().browsing();
        let vocabulary = match browsing.opened(view, state.derived().tokens()) {
            None => {
                widgets::hint(ui, if browsing.gave_up() { GIVEN_UP } else { "Reading the vocabulary …" });
                return;
            }
            Some(Err(problem)) => {
                widgets::warning(ui, problem);
                return;
            }
            Some(Ok(vocabulary)) => vocabulary,
        };
        let Some(listing) = browsing.listing(vocabulary) else {
            widgets::hint(ui, if browsing.gave_up() { GIVEN_UP } else { "Listing the vocabulary …" });
            return;
        };
        let all = widgets::thousands(vocabulary.entries().len() as u64);
        let said = match &listing.problem {
            _ if browsing.gave_up() => GIVEN_UP.to_owned(),
            _ if !browsing.is_listed(view) => "Looking through the vocabulary …".to_owned(),
            Some(problem) => problem.clone(),
            None => format!("{} of {all} entries", widgets::thousands(listing.places.len() as u64)),
        };
        ui.horizontal_wrapped(|ui| {
            let filter = &view.vocabulary;
            if let Some(by) = widgets::choose(ui, filter.by, &SEARCHES) {
                out.send(Command::Browse(Filter { by, ..filter.clone() }));
            }
            widgets::hint(ui, &said);
        });
        self.list.show(ui, state, row, (vocabulary, listing), out);
    }
}

/// Shows which entries are listed.
pub fn side(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let view = &state.view().tokens;
    let opened = state.derived().reading().browsing().opened(view, state.derived().tokens());
    ScrollArea::vertical().id_salt("vocabulary filters").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            if let Some(Ok(vocabulary)) = opened {
                kinds(ui, &view.vocabulary, vocabulary, out);
                writings(ui, &view.vocabulary, vocabulary, out);
                oddities(ui, state, vocabulary, out);
            }
        });
    });
}

fn kinds(ui: &mut Ui, filter: &Filter, vocabulary: &Vocabulary, out: &mut Outbox) {
    widgets::heading(ui, "Kind");
    let now = filter.kind;
    let all = vocabulary.entries().len();
    let mut picked = None;
    if line(ui, "all", Some(all), now.is_none()).clicked() {
        picked = Some(None);
    }
    for (kind, count) in vocabulary.kinds() {
        let shown = line(ui, kind.name(), Some(*count), now == Some(*kind));
        if shown.on_hover_text(kind.about()).clicked() {
            picked = Some(Some(*kind).filter(|_| now != Some(*kind)));
        }
    }
    if let Some(kind) = picked {
        out.send(Command::Browse(Filter { kind, ..filter.clone() }));
    }
}

fn writings(ui: &mut Ui, filter: &Filter, vocabulary: &Vocabulary, out: &mut Outbox) {
    widgets::heading(ui, "Script");
    let writings = vocabulary.writings();
    let counts: Vec<String> = writings.iter().map(|(_, count)| widgets::thousands(*count as u64)).collect();
    let all = Line { title: "all", about: "", proposed: None };
    let each = writings.iter().zip(&counts);
    let each = each.map(|((writing, _), count)| Line { title: writing.name(), about: count, proposed: None });
    let lines: Vec<Line<'_>> = std::iter::once(all).chain(each).collect();
    let is_chosen = |(writing, _): &(_, usize)| filter.writing == Some(*writing);
    let chosen = writings.iter().position(is_chosen).map_or(0, |at| at + 1);
    let width = ui.available_width();
    if let Some(picked) = chooser::show(ui, "Script", chosen, &lines, width) {
        let writing = picked.checked_sub(1).map(|at| writings[at].0);
        out.send(Command::Browse(Filter { writing, ..filter.clone() }));
    }
}

fn oddities(ui: &mut Ui, state: &State, vocabulary: &Arc<Vocabulary>, out: &mut Outbox) {
    widgets::heading(ui, "Oddities");
    let filter = &state.view().tokens.vocabulary;
    let longest = filter.sort == SortBy::Characters && filter.descending;
    let tip = "Sorted by length, the longest first.";
    if line(ui, "Longest first", None, longest).on_hover_text(tip).clicked() {
        let (sort, descending) = if longest { (SortBy::Id, false) } else { (SortBy::Characters, true) };
        out.send(Command::Browse(Filter { sort, descending, ..filter.clone() }));
    }
    let unmade = state.derived().reading().browsing().unmade(vocabulary);
    for (oddity, name, about) in ODDITIES {
        let count = vocabulary.count_of(oddity).or(unmade.map(|unmade| unmade.ids.len() as usize));
        let on = filter.oddity == Some(oddity);
        if line(ui, name, count, on).on_hover_text(about).clicked() {
            let oddity = Some(oddity).filter(|_| !on);
            out.send(Command::Browse(Filter { oddity, ..filter.clone() }));
        }
    }
    let Some((oddity, _, about)) = ODDITIES.into_iter().find(|(it, ..)| filter.oddity == Some(*it)) else {
        return;
    };
    ui.add_space(space::XS);
    widgets::hint(ui, about);
    if oddity == Oddity::Unmade {
        let said = match unmade {
            Some(unmade) => format!(
                "Each was tried alone and among other letters, in {} ways. Not tried: {} special entries and bytes that are no \
                 text.",
                Unmade::WAYS,
                widgets::thousands(unmade.untried as u64)
            ),
            None => "Every entry's text is tried, alone and among other letters …".to_owned(),
        };
        widgets::hint(ui, &said);
    }
}

/// A line that is on or off, with how many entries it stands for.
fn line(ui: &mut Ui, name: &str, count: Option<usize>, on: bool) -> Response {
    let tones = theme::tones(ui);
    let tight = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    ui.spacing_mut().item_spacing.y = tight;
    let count = count.map_or_else(String::new, |count| widgets::thousands(count as u64));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, format!("{name} {count}").trim()));
    if on {
        ui.painter().rect_filled(rect, 4.0, tones.accent_soft);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 4.0, tones.hover);
    }
    let font = |size: f32| FontId::proportional(size);
    let left = rect.left_center() + vec2(space::S, 0.0);
    ui.painter().text(left, Align2::LEFT_CENTER, name, font(size::BODY), tones.text);
    let right = rect.right_center() - vec2(space::S, 0.0);
    ui.painter().text(right, Align2::RIGHT_CENTER, count, font(size::SMALL), tones.quiet);
    response
}
