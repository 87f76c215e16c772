//! How one token is drawn and explained, wherever it stands.

use egui::{Color32, Rect, Response, Tooltip, Ui};

use crate::tokens::{Row, Token};
use crate::ui::theme::{self, Tones};
use crate::ui::widgets;

/// Colors that tokens take turns in.
const HUES: [usize; 4] = [0, 1, 2, 3];

/// The ground of a token.
pub fn fill(index: usize, token: &Token, hit: bool, tones: &Tones) -> Color32 {
    if hit {
        return tones.accent_soft;
    }
    if token.added {
        return tones.well;
    }
    let hue = tones.category(Some(HUES[index % HUES.len()]));
    tones.panel.lerp_to_gamma(hue, if index.is_multiple_of(2) { 0.30 } else { 0.22 })
}

/// How a token is written: the stretch of the original text that it covers, or its bytes where that is no whole character.
/// Says also whether it is text.
pub fn written(answer: &Row, index: usize) -> (String, bool) {
    match answer.original(index) {
        None => (hex(&answer.bytes(index)), false),
        Some("") => (answer.piece(index).into_owned(), false),
        Some(text) => (shown(text), true),
    }
}

/// Text with what does not show made visible; spaces inside and before words stay spaces.
pub fn shown(text: &str) -> String {
    if text.chars().all(|c| c == ' ') {
        return "·".repeat(text.chars().count());
    }
    text.chars().map(sign).collect()
}

/// A character, or the sign for one that does not show. A space stays a space.
pub fn sign(c: char) -> char {
    match c {
        '\n' => '↵',
        '\t' => '⇥',
        '\r' => '␍',
        '\u{200d}' => '‿',
        c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('�'),
        c => c,
    }
}

/// Bytes as they are written in hexadecimal: F0 9F.
pub fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(" ")
}

/// What of the text no token stands for, white space apart; `None` where nothing is lost.
pub fn lost(answer: &Row) -> Option<String> {
    /// Enough to see what it is.
    const SHOWN: usize = 40;
    let stretches = answer.lost();
    let lost: String = stretches
        .into_iter()
        .filter_map(|range| answer.text().get(range))
        .filter(|text| !text.trim().is_empty())
        .flat_map(str::chars)
        .take(SHOWN)
        .collect();
    (!lost.is_empty()).then(|| shown(&lost))
}

/// Everything about the token that is pointed at.
pub fn explain(response: Response, answer: &Row, index: usize) {
    response.on_hover_ui_at_pointer(|ui| facts(ui, answer, index));
}

/// Everything about the token that the keys are at, below its place.
pub fn explain_at(ui: &Ui, response: &Response, place: Rect, answer: &Row, index: usize) {
    if !place.intersects(ui.clip_rect()) {
        return;
    }
    Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), response.id.with("keys"), place)
        .show(|ui| facts(ui, answer, index));
}

fn facts(ui: &mut Ui, answer: &Row, index: usize) {
    let Some(token) = answer.tokens().get(index) else { return };
    let (bytes, piece) = (answer.bytes(index), answer.piece(index));
    egui::Grid::new("token").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
        let mut line = |name: &str, value: String| {
            ui.label(egui::RichText::new(name).color(theme::tones(ui).quiet));
            ui.label(egui::RichText::new(value).monospace());
            ui.end_row();
        };
        line("ID", token.id.to_string());
        line("piece", piece.into_owned());
        line("bytes", hex(&bytes[..bytes.len().min(32)]));
        if token.added {
            line("origin", "added by the tokenizer".to_owned());
        } else {
            let beginning = |text: &str| shown(&text.chars().take(40).collect::<String>());
            line("text", answer.original(index).map_or_else(|| "part of a character".to_owned(), beginning));
            line("at", format!("bytes {} to {}", token.start, token.end));
        }
    });
    widgets::hint(ui, "Click it, or press Enter, to follow it: token → ID → row → point");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_is_written_with_signs() {
        assert_eq!(shown("  "), "··");
        assert_eq!(shown(" a\n"), " a↵");
        assert_eq!(shown("\u{0}\t"), "␀⇥");
        assert_eq!(hex(&[0xF0, 0x9F]), "F0 9F");
    }
}
