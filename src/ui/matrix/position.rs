//! What position adds: a sentence in two orders, the same bag of rows, until positions are added.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Align, Button, Label, Rect, RichText, Sense, TextFormat, TextStyle, Ui, pos2, vec2};

use super::canvas::{STACKED, sharing, strip};
use super::change;
use super::turning::Turning;
use super::waves::Waves;
use crate::app::State;
use crate::app::lookup::{Matrix, Moved, Orders};
use crate::scene::Command;
use crate::scene::view::{PositionKind, PositionView};
use crate::tokens::decoding::shortened;
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, space};
use crate::ui::tokens::text_field::TextField;
use crate::ui::{Outbox, widgets};
use crate::vectors::Table;

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: TextField,
    waves: Waves,
    /// The word that is dragged, by its place.
    dragged: Option<usize>,
    turning: Turning,
}

const KINDS: [(PositionKind, &str, &str); 3] = [
    (
        PositionKind::Sinusoidal,
        "Sinusoidal",
        "Sines and cosines of many wave lengths, added to rows: the first Transformer, 2017.",
    ),
    (
        PositionKind::Learned,
        "Learned",
        "A second matrix with a row for each position, learned and added: BERT, GPT-2.",
    ),
    (
        PositionKind::Rotary,
        "Rotary",
        "Nothing is added: pairs of numbers are turned, the farther the later: Llama and most models since.",
    ),
];

/// A sentence whose words make sense in another order too.
const EXAMPLE: &str = "dog bites man";

/// How much room the grip of a word takes.
const GRIP: f32 = 8.0;

/// How wide the names beside the strips are.
const NAME: f32 = 92.0;

/// How high a strip of numbers is.
const STRIP: f32 = 14.0;

impl Room {
    /// Shows what positions are, and what they do to a sentence.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        ui.label("Rows know nothing of order: a model that had only them would read “dog bites man” and “man bites dog” alike. So a model is told the position of each token, in one of these ways.");
        let kind = state.view().matrix.position.kind;
        if let Some(kind) = widgets::choose(ui, kind, &KINDS) {
            change(state, out, |matrix| matrix.position.kind = kind);
        }
        self.field.show(ui, state, 1, out);
        self.sentence(ui, state, out);
        if kind == PositionKind::Rotary {
            self.turning.show(ui, state, matrix, out);
            return;
        }
        let lookup = state.derived().lookup();
        let (table, full, unused) = match kind {
            PositionKind::Learned => match lookup.positions() {
                None => return super::waits(ui, state, "Looking for the learned positions …"),
                Some(Err(said)) => return drop(widgets::warning(ui, said)),
                Some(Ok(None)) => {
                    widgets::hint(
                        ui,
                        "This file has no learned positions. Those of BERT's family and GPT-2 have some; MiniLM's come with the program: \
                         choose it on the left.",
                    );
                    return;
                }
                Some(Ok(Some(learned))) => (&learned.table, learned.full, learned.unused),
            },
            _ => match lookup.waves() {
                None => return super::waits(ui, state, "Working the waves out …"),
                Some(table) => (table, 1.0, 0),
            },
        };
        if kind == PositionKind::Learned && matrix.tokenizer.is_some() {
            widgets::hint(
                ui,
                "The text alone is placed here, from position 0. A model puts tokens of its own before it: BERT's [CLS] takes position 0.",
            );
        }
        if unused > 0 {
            widgets::hint(
                ui,
                &format!(
                    "By its size this matrix is of RoBERTa's kind, whose first {unused} rows are no positions: they are left out."
                ),
            );
        }
        let mut scaled = state.view().matrix.position.scaled;
        if kind == PositionKind::Sinusoidal {
            let about = "Rows are short beside waves of height 1. The paper of 2017 multiplies them by √d first, so that words are not drowned.";
            if ui
                .checkbox(&mut scaled, "Rows × √d, as in the first Transformer")
                .on_hover_text(about)
                .changed()
            {
                change(state, out, |matrix| matrix.position.scaled = scaled);
            }
        }
        // What is shown belongs to the positions that are drawn.
        let orders = lookup.orders().filter(|orders| {
            orders.is_empty() || orders.positions.as_ref().is_some_and(|of| Arc::ptr_eq(of, table))
        });
        match orders {
            Some(orders) => compared(ui, matrix, orders, table),
            None => super::waits(ui, state, "Looking the rows up …"),
        }
        self.waves.show(ui, table, kind, full);
    }

    /// The text's first words in another order, to be dragged.
    fn sentence(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let words = PositionView::words(&state.view().tokens.text);
        let order = state.view().matrix.position.other(words.len());
        let now: Vec<&str> = order.iter().map(|&at| words[at as usize]).collect();
        ui.horizontal_wrapped(|ui| {
            widgets::term(
                ui,
                "Other order",
                "Drag a word to another place, or go to it with Tab and move it with the arrow keys.",
            );
            if let Some((from, to)) = self.ordered(ui, &now) {
                let mut order = order.clone();
                let word = order.remove(from);
                order.insert(to, word);
                change(state, out, |matrix| matrix.position.order = order);
            }
            let example = ui.small_button(format!("Try “{EXAMPLE}”"));
            if example.on_hover_text("Take this sentence: its words can stand in either order").clicked() {
                out.send(Command::SetText(EXAMPLE.to_owned()));
            }
        });
    }

    /// The words as buttons that can be moved. Gives which one goes where.
    fn ordered(&mut self, ui: &mut Ui, words: &[&str]) -> Option<(usize, usize)> {
        // The text may have become another one while a word is dragged.
        self.dragged = self.dragged.filter(|at| *at < words.len());
        let tones = theme::tones(ui);
        let mut moved = None;
        let mut places: Vec<Rect> = Vec::new();
        let mut pointer = None;
        for (place, word) in words.iter().enumerate() {
            let fill = if self.dragged == Some(place) { tones.accent_soft } else { tones.well };
            // A word goes to the next line as a whole.
            let format = TextFormat::simple(TextStyle::Button.resolve(ui.style()), tones.text);
            let mut job = LayoutJob::default();
            job.append(&shortened(word), GRIP, format);
            let galley = ui.painter().layout_job(job);
            let width = galley.size().x + 2.0 * ui.spacing().button_padding.x;
            if place > 0 && width > ui.available_size_before_wrap().x {
                ui.end_row();
            }
            let button = Button::new(galley).fill(fill).sense(Sense::click_and_drag());
            let response = ui.push_id(("word", place), |ui| ui.add(button)).inner;
            let response = response.on_hover_cursor(egui::CursorIcon::Grab);
            let response = response.on_hover_text("Drag it, or move it with the arrow keys Left and Right");
            grip(ui, response.rect);
            places.push(response.rect);
            if response.clicked() || response.drag_started() {
                // The keys go on with what the mouse took.
                response.request_focus();
            }
            if response.drag_started() {
                self.dragged = Some(place);
            }
            if response.dragged() {
                pointer = response.interact_pointer_pos();
            }
            if response.has_focus() {
                focus::keep_arrows(ui, &response, Arrows::Across);
                let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
                let by = i32::from(pressed(egui::Key::ArrowRight)) - i32::from(pressed(egui::Key::ArrowLeft));
                let to = (place as i32 + by).clamp(0, words.len() as i32 - 1) as usize;
                if to != place {
                    moved = Some((place, to));
                    // The keyboard goes with the word.
                    self.dragged = None;
                    ui.data_mut(|data| data.insert_temp(egui::Id::unique("moved word"), to));
                }
            }
            let follows = ui.data(|data| data.get_temp::<usize>(egui::Id::unique("moved word")));
            if follows == Some(place) && moved.is_none() {
                response.request_focus();
                ui.data_mut(|data| data.remove::<usize>(egui::Id::unique("moved word")));
            }
        }
        if !ui.input(|input| input.pointer.any_down()) {
            self.dragged = None;
        }
        if let (Some(from), Some(at)) = (self.dragged, pointer) {
            // Past the middle of the other: a word that is shorter than it would go back and forth otherwise.
            let past = |to: usize| {
                let middle = places[to].center().x;
                if to > from { at.x > middle } else { at.x < middle }
            };
            let over = places.iter().position(|place| place.contains(at));
            if let Some(to) = over.filter(|to| *to != from && past(*to)) {
                self.dragged = Some(to);
                moved = Some((from, to));
                ui.data_mut(|data| data.insert_temp(egui::Id::unique("moved word"), to));
            }
        }
        moved
    }
}

/// Six points at the left of what can be dragged.
fn grip(ui: &Ui, rect: Rect) {
    let corner = pos2(rect.left() + 6.0, rect.center().y - 4.0);
    for (x, y) in [(0.0, 0.0), (4.0, 0.0), (0.0, 4.0), (4.0, 4.0), (0.0, 8.0), (4.0, 8.0)] {
        ui.painter().circle_filled(corner + vec2(x, y), 1.1, theme::tones(ui).quiet);
    }
}

/// Both orders side by side: rows, positions, sums, and what is the same and what is not.
fn compared(ui: &mut Ui, matrix: &Matrix, orders: &Orders, positions: &Table) {
    if let Some(problem) = &orders.problem {
        widgets::warning(ui, problem);
        return;
    }
    if orders.is_empty() {
        widgets::hint(ui, "Type a sentence whose words the matrix has.");
        return;
    }
    if orders.goes_on {
        widgets::hint(ui, "These are the first words of the text.");
    }
    if orders.missing > 0 {
        widgets::warning(
            ui,
            &format!(
                "Left out, for want of a row whose numbers are all finite: {} of its words.",
                orders.missing
            ),
        );
    }
    widgets::two_columns(ui, |ui, side| {
        let title = RichText::new(orders.words[side].join(" ")).heading();
        ui.add(Label::new(title).halign(Align::LEFT).truncate());
        for token in &orders.tokens[side] {
            let strips = [&*token.row, &positions.row(token.place), &token.sum];
            added(ui, (&token.text, token.place), strips, orders.full);
        }
        let each = sharing(positions.dims(), ui.available_width() - NAME);
        if each > 1 && side == 1 {
            let how =
                if each <= STACKED { "they stand one above the other" } else { "the greatest is drawn" };
            widgets::hint(ui, &format!("Where {each} numbers share a point of the screen {how}."));
        }
    });
    figures(ui, matrix, orders);
}

/// A row, the vector of its position, and their sum.
fn added(ui: &mut Ui, (text, at): (&str, usize), strips: [&[f32]; 3], full: f32) {
    let tones = theme::tones(ui);
    let height = 3.0 * STRIP + 6.0;
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::focusable_noninteractive());
    let names = [text.to_owned(), format!("+ position {at}"), "= sum".to_owned()];
    let font = egui::FontId::proportional(theme::size::SMALL - 1.0);
    for (index, (values, name)) in strips.into_iter().zip(&names).enumerate() {
        let y = rect.top() + index as f32 * (STRIP + 1.0);
        let cells = Rect::from_min_max(pos2(rect.left() + NAME, y), pos2(rect.right(), y + STRIP));
        let color = if index == 1 { tones.quiet } else { tones.text };
        ui.painter_at(rect).text(
            pos2(rect.left(), y + STRIP / 2.0),
            egui::Align2::LEFT_CENTER,
            name,
            font.clone(),
            color,
        );
        strip(ui.painter(), cells, values, full, 1.0, &tones);
    }
    // Worked out for the one that is pointed at alone.
    let about = || {
        let [row, position, sum] =
            strips.map(|values| widgets::significant(crate::geometry::arithmetic::norm(values)));
        format!("Lengths: row {row}, position {position}, sum {sum}")
    };
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{text} at position {at}. {}", about()))
    });
    widgets::explained(response, about);
}

/// What is the same in both orders, and what is not.
fn figures(ui: &mut Ui, matrix: &Matrix, orders: &Orders) {
    ui.add_space(space::S);
    if orders.is_cut {
        widgets::hint(
            ui,
            "The sentence is longer than what is shown here. Take a shorter one to compare both orders.",
        );
        return;
    }
    if orders.is_same_order() {
        widgets::hint(ui, "Both orders are the same: drag a word above to another place.");
        return;
    }
    let same_bag = orders.is_same_bag;
    if !same_bag {
        let title = matrix.tokenizer.as_ref().map_or("This tokenizer", |(tokenizer, _)| tokenizer.title());
        widgets::warning(
            ui,
            &format!(
                "{title} cuts the two orders into different tokens: a word has another token at the beginning of a text than after a space. The bags differ for that reason already."
            ),
        );
    }
    let [rows, sums] = orders.means.map(widgets::significant);
    ui.label(format!(
        "Rows alone: the means of both orders are {rows} apart. As bags they are {}.",
        if same_bag { "the same" } else { "different" }
    ));
    moved(ui, orders);
    if !same_bag {
        return;
    }
    if orders.missing > 0 {
        // Words without a row take up positions as well: those that are added to the others differ with the order.
        ui.label("With positions every word that moved has other numbers than before, and a model reads them one by one.");
        return;
    }
    ui.label(format!(
        "With positions every word that moved has other numbers than before, and a model reads them one by one. Their mean is still the \
         same ({sums} apart): the same positions were added, only to other words. Whoever adds everything up loses the order again."
    ));
}

/// How far each token of both orders is from itself.
fn moved(ui: &mut Ui, orders: &Orders) {
    egui::Grid::new("apart").num_columns(3).spacing([space::XL, 3.0]).show(ui, |ui| {
        widgets::term(ui, "word", "A token of both orders.");
        widgets::term(ui, "rows apart", "The distance of its row from itself: it is the same row.");
        widgets::term(
            ui,
            "sums apart",
            "The distance of its row + position here from its row + position there.",
        );
        ui.end_row();
        for Moved { text, from, to, rows, sums } in &orders.moved {
            ui.label(if from == to {
                format!("{text} at {from}")
            } else {
                format!("{text} at {from} and {to}")
            });
            ui.label(widgets::significant(*rows));
            ui.label(widgets::significant(*sums));
            ui.end_row();
        }
    });
}
