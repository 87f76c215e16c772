//! The lookup as a product: one-hot × E, row by row, and how far apart one-hot vectors are against rows.

use egui::{Align2, FontFamily, FontId, Rect, RichText, Sense, Ui, pos2, vec2};

use super::canvas::strip;
use super::change;
use crate::app::State;
use crate::app::lookup::{Matrix, SmallVocabulary};
use crate::lookup::one_hot::{one_hot, product};
use crate::scene::names::bare;
use crate::scene::view::{MatrixView, OneHotView, PositionView};
use crate::ui::theme::{self, size, space};
use crate::ui::widgets::field::{Field, Look};
use crate::ui::widgets::player::Player;
use crate::ui::{Outbox, widgets};

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    field: Field,
    player: Player,
}

/// How high a row of the small matrix is, and how wide the ones and zeros and the names beside it.
const HEIGHT: f32 = 22.0;
const DIGIT: f32 = 40.0;
const NAME: f32 = 120.0;

impl Room {
    /// Shows the small vocabulary, the product and the distances.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        ui.label("Write the ID as a vector: as long as the vocabulary, all zeros but for a one at the token's place. That vector \
                  times the matrix E is the token's row. So the lookup is a product; nobody computes it, for all but one of its \
                  terms are zero. Here the vocabulary is a few words, so that the whole product is seen.");
        let view = &state.view().matrix.one_hot;
        let look = Look {
            name: "Words of the small vocabulary",
            hint: "Some words, with spaces between them",
            rows: 1,
            is_code: false,
            most: MatrixView::LONGEST,
        };
        if let Some(words) = self.field.show(ui, &look, &view.words) {
            change(state, out, |matrix| {
                matrix.one_hot.words = words.into();
                (matrix.one_hot.word, matrix.one_hot.step) = (0, None);
            });
        }
        let has_text = !state.view().tokens.text.trim().is_empty();
        if ui
            .add_enabled(has_text, egui::Button::new("Take the sentence").small())
            .on_hover_text("The first words of the text that the other pages are about")
            .on_disabled_hover_text("There is no text on the other pages yet")
            .clicked()
        {
            let words = PositionView::words(&state.view().tokens.text);
            let bare = words.iter().map(|word| bare(word));
            let words = bare.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            change(state, out, |matrix| {
                matrix.one_hot = OneHotView { words: words.into(), ..Default::default() }
            });
        }
        let Some(small) = state.derived().lookup().words() else {
            return super::waits(ui, state, "Looking the words up …");
        };
        for said in &small.missing {
            widgets::warning(ui, said);
        }
        if small.words.is_empty() {
            widgets::hint(ui, "Type some words that the matrix has.");
            return;
        }
        let word = (view.word as usize).min(small.words.len() - 1);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            widgets::term(ui, "Look up", "The word whose one-hot vector is multiplied with the matrix.");
            for (index, (name, _)) in small.words.iter().enumerate() {
                if widgets::pill(ui, name, index == word).clicked() {
                    change(state, out, |matrix| {
                        (matrix.one_hot.word, matrix.one_hot.step) = (index as u32, None);
                    });
                }
            }
        });
        let all = small.words.len();
        let step = view.step.map_or(all, |step| (step as usize).min(all));
        let next = self.player.show(ui, step, all, state.settings().reduce_motion);
        if next != step {
            change(state, out, |matrix| {
                matrix.one_hot.step = (next < all).then_some(next as u32);
            });
        }
        multiplied(ui, small, word, step);
        distances(ui, small, word);
        weight(ui, matrix);
    }
}

/// The one-hot vector as a column, the matrix beside it, and the sum of what was multiplied so far below.
fn multiplied(ui: &mut Ui, small: &SmallVocabulary, word: usize, step: usize) {
    let tones = theme::tones(ui);
    let vector = one_hot(word, small.words.len());
    let sum = product(&vector, &small.rows, step);
    let full = small.rows.iter().flatten().fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
    let rows = small.words.len();
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT * (rows as f32 + 1.6)), Sense::hover());
    let cells = |y: f32| {
        Rect::from_min_max(
            pos2(rect.left() + NAME + DIGIT + 30.0, y + 1.0),
            pos2(rect.right(), y + HEIGHT - 1.0),
        )
    };
    for (index, ((name, _), row)) in small.words.iter().zip(&small.rows).enumerate() {
        let y = rect.top() + HEIGHT * index as f32;
        let done = index < step;
        let now = index + 1 == step && step < rows;
        let opacity = if done { 1.0 } else { 0.35 };
        let color = if index == word { tones.accent } else { tones.text };
        write(ui, pos2(rect.left(), y + HEIGHT / 2.0), Align2::LEFT_CENTER, name, color, false);
        let digit = if index == word { "1" } else { "0" };
        let digit_color = if index == word { tones.accent } else { tones.quiet };
        let at = pos2(rect.left() + NAME + DIGIT / 2.0, y + HEIGHT / 2.0);
        write(ui, at, Align2::CENTER_CENTER, digit, digit_color, true);
        write(ui, at + vec2(DIGIT / 2.0 + 12.0, 0.0), Align2::CENTER_CENTER, "×", tones.quiet, false);
        strip(ui.painter(), cells(y), row, full, opacity, &tones);
        if now {
            ui.painter().rect_stroke(
                cells(y).expand(1.0),
                2.0,
                egui::Stroke::new(1.5, tones.accent),
                egui::StrokeKind::Outside,
            );
        }
    }
    let y = rect.bottom() - HEIGHT;
    let title = if step == rows { "= its row".to_owned() } else { format!("sum of {step}") };
    write(ui, pos2(rect.left(), y + HEIGHT / 2.0), Align2::LEFT_CENTER, &title, tones.text, false);
    strip(ui.painter(), cells(y), &sum, full, 1.0, &tones);
    ui.painter().rect_stroke(
        cells(y).expand(1.0),
        2.0,
        egui::Stroke::new(1.0, tones.line),
        egui::StrokeKind::Outside,
    );
    let same = step > word;
    let said = if same {
        "The sum is the row, number by number."
    } else {
        "The sum is not the row yet: the one has not been reached."
    };
    response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::Role::Image,
            true,
            format!("One-hot product after {step} of {rows} rows. {said}"),
        )
    });
    widgets::hint(ui, said);
}

fn write(ui: &Ui, at: egui::Pos2, align: Align2, text: &str, color: egui::Color32, code: bool) {
    let font =
        if code { FontId::new(size::BODY, FontFamily::Monospace) } else { FontId::proportional(size::BODY) };
    ui.painter().text(at, align, text, font, color);
}

/// All distances from the word that is looked up: between one-hot vectors, and between rows.
fn distances(ui: &mut Ui, small: &SmallVocabulary, word: usize) {
    widgets::heading(ui, "How far apart");
    ui.label("One-hot vectors know of no likeness: every two of them are √2 ≈ 1.414 apart. Rows were learned, and are near where words are used alike.");
    egui::Grid::new("distances").num_columns(4).spacing([space::XL, 4.0]).show(ui, |ui| {
        let heads = [
            (format!("from {}", small.words[word].0), "The word that is looked up."),
            ("one-hot distance".to_owned(), "The straight-line distance of the two one-hot vectors."),
            ("row distance".to_owned(), "The straight-line distance of the two rows."),
            ("row cosine".to_owned(), "1 where rows point the same way; 0 where they have nothing in common. Of one-hot vectors it is always 0."),
        ];
        for (head, about) in heads {
            widgets::term(ui, &head, about);
        }
        ui.end_row();
        let mut others: Vec<usize> = (0..small.words.len()).filter(|other| *other != word).collect();
        // The most alike first; what has no cosine comes last.
        let likeness = |other: usize| Some(small.cosines[word][other]).filter(|cosine| !cosine.is_nan());
        let key = |other: &usize| likeness(*other).unwrap_or(f32::NEG_INFINITY);
        others.sort_by(|a, b| key(b).total_cmp(&key(a)));
        for other in others {
            ui.label(&small.words[other].0);
            for value in [small.one_hot_distances[word][other], small.distances[word][other], small.cosines[word][other]] {
                ui.label(RichText::new(if value.is_nan() { "–".to_owned() } else { widgets::decimals(value) }).monospace());
            }
            ui.end_row();
        }
    });
}

/// What the one-hot vectors of the whole vocabulary would weigh.
fn weight(ui: &mut Ui, matrix: &Matrix) {
    widgets::heading(ui, "Why nobody writes them down");
    let (rows, dims) = (matrix.table().rows() as u64, matrix.table().dims() as u64);
    let text = format!(
        "In this vocabulary a one-hot vector is {} numbers long: {} in 32 bits, for each token of a text. Its ID takes 4 bytes, and \
         its row {} numbers. All one-hot vectors, one under the other, would be {}.",
        widgets::thousands(rows),
        widgets::bytes(rows * 4),
        widgets::thousands(dims),
        widgets::bytes(rows * rows * 4)
    );
    ui.label(text);
}
