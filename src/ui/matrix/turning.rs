//! Rotary positions: pairs of a row's numbers turned like the hands of clocks.

use egui::{FontId, RichText, Sense, Stroke, Ui, pos2, vec2};

use super::change;
use crate::app::State;
use crate::app::lookup::Matrix;
use crate::geometry::arithmetic::dot;
use crate::lookup::positions::{BASE, Pairs, pace, turned, wave_length};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// How large a clock is.
const CLOCK: f32 = 104.0;

/// Shows a row's pairs turned to a position, and that only distances count.
pub fn show(ui: &mut Ui, state: &State, matrix: &Matrix, out: &mut Outbox) {
    let lookup = state.derived().lookup();
    let Some(placed) = lookup.placed() else { return };
    let first = placed.entries[0].iter().find(|entry| entry.row.is_some());
    let (Some(entry), Some(row)) = (first, placed.rows[0].first()) else {
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
    let dims = row.len();
    ui.label(format!("The {dims} numbers of “{}” taken two by two, each pair a hand of a clock: gray at position 0, in color at position {at}.", entry.text));
    let pairs = shown_pairs(dims / 2);
    let hands = turned(row, at as usize, Pairs::Neighbors, BASE);
    ui.horizontal_wrapped(|ui| {
        for pair in pairs {
            let [x, y] = Pairs::Neighbors.columns(pair, dims);
            clock(ui, (pair, dims), [row[x], row[y]], [hands[x], hands[y]], at);
        }
    });
    widgets::hint(
        ui,
        "The first pairs turn fast and tell near positions apart; the last hardly move and tell far ones apart. Lengths stay as they are.",
    );
    products(ui, placed, at as usize);
    let title = matrix.tokenizer.as_ref().map_or("rows", |_| "token rows");
    widgets::hint(
        ui,
        &format!(
            "In a model it is not the {title} that are turned but the queries and keys that each layer makes of them; the turn is the same. \
             Many programs pair column i with column i + d/2 instead of its neighbor: another numbering, the same idea."
        ),
    );
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
    let (rect, response) = ui.allocate_exact_size(vec2(CLOCK + space::S, CLOCK + 34.0), Sense::hover());
    let center = pos2(rect.center().x, rect.top() + CLOCK / 2.0);
    let radius = CLOCK / 2.0 - 6.0;
    ui.painter().circle(center, radius, tones.well, Stroke::new(1.0, tones.line));
    let length = (from[0].hypot(from[1])).max(f32::MIN_POSITIVE);
    // The hand is drawn as long as the clock, whatever its numbers: what turns is the angle.
    let tip = |hand: [f32; 2]| center + vec2(hand[0], -hand[1]) / length * (radius - 4.0);
    ui.painter().line_segment([center, tip(from)], Stroke::new(2.0, tones.quiet.gamma_multiply(0.6)));
    ui.painter().line_segment([center, tip(to)], Stroke::new(3.0, tones.accent));
    ui.painter().circle_filled(center, 3.0, tones.text);
    let degrees = pace(pair, dims, BASE).to_degrees();
    let font = FontId::proportional(size::SMALL - 1.0);
    let lines = [format!("pair {pair}"), format!("{}° each", widgets::significant(degrees))];
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
    response.on_hover_text(text);
}

/// Products of two turned rows: they depend on how far apart the positions are, and on nothing else.
fn products(ui: &mut Ui, placed: &crate::app::lookup::Placed, at: usize) {
    let rows = &placed.rows[0];
    let entries: Vec<_> = placed.entries[0].iter().filter(|entry| entry.row.is_some()).collect();
    let [Some(u), Some(v)] = [rows.first(), rows.last()] else { return };
    widgets::heading(ui, "Only the distance counts");
    let names = (entries[0].text.as_str(), entries[entries.len() - 1].text.as_str());
    ui.label(format!("The product of “{}” and “{}”, each turned to its position:", names.0, names.1));
    let product = |a: usize, b: usize| {
        let turn = |row: &[f32], at| turned(row, at, Pairs::Neighbors, BASE);
        widgets::significant(f64::from(dot(&turn(u, a), &turn(v, b))))
    };
    egui::Grid::new("products").num_columns(3).spacing([space::XL, 3.0]).show(ui, |ui| {
        for head in ["positions", "apart", "product"] {
            ui.label(RichText::new(head).color(theme::tones(ui).quiet));
        }
        ui.end_row();
        for (a, b) in [(0, 2), (at, at + 2), (at + 100, at + 102), (0, at), (100, 100 + at)] {
            ui.label(format!("{a} and {b}"));
            ui.label((b - a).to_string());
            ui.label(product(a, b));
            ui.end_row();
        }
    });
}
