//! Rotary positions: pairs of a row's numbers turned like the hands of clocks.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{FontId, RichText, Sense, Stroke, Ui, pos2, vec2};

use super::change;
use crate::app::State;
use crate::app::lookup::{Matrix, Orders, Placed};
use crate::geometry::arithmetic::dot;
use crate::lookup::positions::{BASE, Pairs, pace, turned, wave_length};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// How large a clock is.
const CLOCK: f32 = 104.0;

/// The turned rows, worked out anew where something changed.
#[derive(Default)]
pub struct Turning {
    known: Option<(Arc<Orders>, Asked, Turned)>,
}

/// Which of the tokens is turned, to which position, and which columns together.
type Asked = (usize, u32, Pairs);

/// Two positions, and the product of two rows turned to them.
type Product = (usize, usize, f32);

/// A sentence's row at a position, and products of it with the last one.
struct Turned {
    hands: Vec<f32>,
    products: Vec<Product>,
    /// The products of both where they stand in the sentence, and in the other order.
    both: Option<[Product; 2]>,
}

impl Turned {
    fn of(orders: &Orders, (which, at, pairs): Asked) -> Self {
        let (tokens, at) = (&orders.tokens[0], at as usize);
        let turn = |row: &[f32], at| turned(row, at, pairs, BASE);
        let (one, last) = (&tokens[which], &tokens[tokens.len() - 1]);
        let mut positions = vec![(0, 2), (at, at + 2), (at + 100, at + 102), (0, at), (100, 100 + at)];
        // At some positions two of them are one.
        let mut known = BTreeSet::new();
        positions.retain(|two| known.insert(*two));
        let product = |(a, b)| (a, b, dot(&turn(&one.row, a), &turn(&last.row, b)));
        let goes = |token: &Placed| orders.moved.iter().find(|moved| moved.from == token.place);
        let both = goes(one).zip(goes(last)).filter(|_| one.place != last.place);
        Self {
            hands: turn(&one.row, at),
            products: positions.into_iter().map(product).collect(),
            both: both.map(|(one, last)| [(one.from, last.from), (one.to, last.to)].map(product)),
        }
    }
}

impl Turning {
    /// Shows a row's pairs turned to a position, and that only distances count.
    pub fn show(&mut self, ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
        // Rows to which positions were added are of another kind.
        let orders = state.derived().lookup().orders().filter(|orders| orders.positions.is_none());
        let Some(orders) = orders else {
            return super::waits(ui, state, "Looking the rows up …");
        };
        if let Some(problem) = &orders.problem {
            widgets::warning(ui, problem);
            return;
        }
        let tokens = &orders.tokens[0];
        let chosen = state.derived().lookup().chosen();
        let which = tokens.iter().position(|token| Some(token.id) == chosen).unwrap_or(0);
        let Some(first) = tokens.get(which) else {
            widgets::hint(ui, "Type a sentence whose words the matrix has.");
            return;
        };
        let at = state.view().matrix.position.at;
        ui.horizontal(|ui| {
            ui.spacing_mut().slider_width = (ui.available_width() * 0.4).clamp(120.0, 420.0);
            let about = ("position", "To which position the row is turned");
            if let Some(at) = widgets::slider(ui, about, f64::from(at), 0.0..=200.0, (0, "")) {
                change(state, out, |matrix| matrix.position.at = at as u32);
            }
        });
        let mut halves = state.view().matrix.position.halves;
        let about = "The paper turns neighbors together, as llama.cpp does with Llama's weights; the Transformers library and most of its models take \
                     column i with column i + d/2. Another numbering, the same idea.";
        if ui.checkbox(&mut halves, "Pair column i with column i + d/2").on_hover_text(about).changed() {
            change(state, out, |matrix| matrix.position.halves = halves);
        }
        let pairs = if halves { Pairs::Halves } else { Pairs::Neighbors };
        let turned = self.turned(orders, (which, at, pairs));
        let dims = first.row.len();
        ui.label(format!("The {dims} numbers of “{}” taken two by two, each pair a hand of a clock: gray at position 0, in color at position {at}.", first.text));
        ui.horizontal_wrapped(|ui| {
            for pair in shown_pairs(dims / 2) {
                let [x, y] = pairs.columns(pair, dims);
                clock(ui, (pair, dims), [first.row[x], first.row[y]], [turned.hands[x], turned.hands[y]], at);
            }
        });
        widgets::hint(
            ui,
            "The first pairs turn fast and tell near positions apart; the last hardly move and tell far ones apart. Lengths stay as they are.",
        );
        products(ui, orders, which, turned);
        let title = matrix.tokenizer.as_ref().map_or("rows", |_| "token rows");
        widgets::hint(
            ui,
            &format!(
                "In a model it is not the {title} that are turned but the queries and keys that each layer makes of them; the turn is the same."
            ),
        );
    }

    fn turned(&mut self, orders: &Arc<Orders>, asked: Asked) -> &Turned {
        let is_known = |(of, known, _): &(Arc<Orders>, _, _)| Arc::ptr_eq(of, orders) && *known == asked;
        let known = self.known.take_if(|known| is_known(known));
        let anew = || (Arc::clone(orders), asked, Turned::of(orders, asked));
        &self.known.insert(known.unwrap_or_else(anew)).2
    }
}

/// Some pairs, from the fastest to the slowest.
fn shown_pairs(count: usize) -> Vec<usize> {
    let wanted = 8.min(count);
    let mut pairs: Vec<usize> =
        (0..wanted).map(|i| i * count.saturating_sub(1) / wanted.saturating_sub(1).max(1)).collect();
    pairs.dedup();
    pairs
}

fn clock(ui: &mut Ui, (pair, dims): (usize, usize), from: [f32; 2], to: [f32; 2], at: u32) {
    let tones = theme::tones(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(CLOCK + space::S, CLOCK + 34.0), Sense::focusable_noninteractive());
    let center = pos2(rect.center().x, rect.top() + CLOCK / 2.0);
    let radius = CLOCK / 2.0 - 6.0;
    ui.painter().circle(center, radius, tones.well, Stroke::new(1.0, tones.line));
    let length = (from[0].hypot(from[1])).max(f32::MIN_POSITIVE);
    // The hand is drawn as long as the clock, whatever its numbers: what turns is the angle.
    let tip = |hand: [f32; 2]| center + vec2(hand[0], -hand[1]) / length * (radius - 4.0);
    ui.painter().line_segment([center, tip(to)], Stroke::new(4.0, tones.accent));
    // The one from before is thin, so that it is seen where both are one.
    ui.painter().line_segment([center, tip(from)], Stroke::new(1.5, tones.quiet));
    ui.painter().circle_filled(center, 3.0, tones.text);
    let degrees = pace(pair, dims, BASE).to_degrees();
    let font = FontId::proportional(size::SMALL - 1.0);
    let lines = [format!("pair {pair}"), format!("{}° a position", widgets::significant(degrees))];
    for (index, line) in lines.iter().enumerate() {
        let y = rect.top() + CLOCK + index as f32 * 14.0;
        ui.painter().text(pos2(center.x, y), egui::Align2::CENTER_TOP, line, font.clone(), tones.quiet);
    }
    let wave = widgets::significant(wave_length(pair, dims, BASE));
    let text = format!(
        "Pair {pair} turns {}° from one position to the next, and comes round every {wave} positions. At position {at} its numbers are {:.4} and {:.4}; at 0 they were {:.4} and {:.4}.",
        widgets::significant(degrees),
        to[0],
        to[1],
        from[0],
        from[1]
    );
    let text = text.replace('-', "−");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, text.clone()));
    widgets::explained(response, || text);
}

/// Products of two turned rows: they depend on how far apart the positions are, and on nothing else; so they tell orders apart.
fn products(ui: &mut Ui, orders: &Orders, which: usize, turned: &Turned) {
    let tokens = &orders.tokens[0];
    let last = &tokens[tokens.len() - 1];
    if which + 1 == tokens.len() {
        return;
    }
    let first = &tokens[which];
    widgets::heading(ui, "Only the distance counts");
    ui.label(format!("The product of “{}” and “{}”, each turned to its position:", first.text, last.text));
    egui::Grid::new("products").num_columns(3).spacing([space::XL, 3.0]).show(ui, |ui| {
        for head in ["positions", "apart", "product"] {
            ui.label(RichText::new(head).color(theme::tones(ui).quiet));
        }
        ui.end_row();
        for (a, b, product) in &turned.products {
            ui.label(format!("{a} and {b}"));
            ui.label((b - a).to_string());
            ui.label(widgets::significant(f64::from(*product)));
            ui.end_row();
        }
    });
    let Some([(a, b, here), (c, d, there)]) = turned.both else { return };
    // Whose distance stays has the same product, but for the last digits.
    if b as isize - a as isize == d as isize - c as isize {
        return;
    }
    let [here, there] = [here, there].map(|product| widgets::significant(f64::from(product)));
    ui.label(format!(
        "Where they stand in the sentence, at {a} and {b}, it is {here}; in the other order, at {c} and {d}, {there}: the distance is another one. \
         So orders are told apart, though nothing was added."
    ));
}
