//! What the page and the panel about tokens share: the text, how it is read, and how a token is drawn.

pub mod chip;
mod presets;
pub mod text_field;

use egui::{RichText, Ui};

use super::theme::{size, space};
use super::{Outbox, widgets};
use crate::app::State;
use crate::scene::Command;

/// The accessible name of the field.
pub const NAME: &str = "Text to tokenize";

/// Texts to try, each with a button.
pub fn presets(ui: &mut Ui, out: &mut Outbox) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
        for preset in presets::ALL {
            let button = egui::Button::new(RichText::new(preset.name).size(size::SMALL)).small();
            if ui.add(button).on_hover_text(preset.about).clicked() {
                out.send(Command::SetText(preset.text.to_owned()));
            }
        }
    });
}

/// How the text is read.
pub fn reading(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let tokens = &state.view().tokens;
    let mut add = tokens.add_special;
    let about = "Tokens that a tokenizer puts around every text for its model, such as [CLS] and <s>.";
    if ui.checkbox(&mut add, "Add special tokens").on_hover_text(about).changed() {
        out.send(Command::AddSpecial(add));
    }
    let mut typed = tokens.typed_special;
    let about = "Whether <|endoftext|>, [SEP] or </s> in the text are control tokens. Chat programs must not let \
                 their users type control: that is why this is off.";
    if ui.checkbox(&mut typed, "Typed specials are control").on_hover_text(about).changed() {
        out.send(Command::TypedSpecial(typed));
    }
}

/// What is written beside the text of tokens; where there is no room for more, IDs alone.
pub fn marks(ui: &mut Ui, state: &State, ids_alone: bool, out: &mut Outbox) {
    let now = state.view().tokens.marks;
    let mut marks = now;
    let all = [
        ("Show IDs", "Each token's number in its vocabulary: all that the model gets.", &mut marks.ids),
        (
            "Show bytes",
            "The text as UTF-8, byte by byte: a character may be cut between its bytes.",
            &mut marks.bytes,
        ),
        ("Show white space", "Spaces as dots, tabs and line ends as arrows.", &mut marks.white_space),
    ];
    for (name, about, mark) in all.into_iter().take(if ids_alone { 1 } else { 3 }) {
        ui.checkbox(mark, name).on_hover_text(about);
    }
    if marks != now {
        out.send(Command::ShowMarks(marks));
    }
}

/// How long the text is, counted in each way.
pub fn counts(ui: &mut Ui, state: &State) {
    let Some(counts) = state.derived().reading().counts() else { return };
    let number = |value: usize| widgets::thousands(value as u64);
    ui.horizontal_wrapped(|ui| {
        // Each goes to the next line as a whole.
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        let about = "What a person sees as one character, an emoji of several parts included.";
        widgets::term(ui, &format!("{} graphemes", number(counts.graphemes)), about);
        let about = "Numbers of the Unicode standard: an accent or a part of an emoji may be one of its own.";
        widgets::term(ui, &format!("{} code points", number(counts.code_points)), about);
        widgets::term(ui, &format!("{} bytes", number(counts.bytes)), "The text as UTF-8, as files hold it.");
    });
}
