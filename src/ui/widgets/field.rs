//! Fields for texts that belong to the view.

use egui::{FontFamily, FontId, Id, Margin, Response, ScrollArea, TextEdit, Ui};

use super::name_field;
use crate::ui::theme::size;

/// What a field looks like, and what it is called.
pub struct Look<'a> {
    /// The accessible name.
    pub name: &'a str,
    /// What stands in the field while it is empty.
    pub hint: &'a str,
    /// So many lines are shown of a short text; 1 is a field of one line.
    pub rows: usize,
    /// Whether all letters are of one width.
    pub is_code: bool,
    /// The most characters that it takes; no more can be typed or pasted.
    pub most: usize,
}

/// As many characters as anybody wants.
pub const ANY_LENGTH: usize = usize::MAX;

/// What was typed before is no longer what the keys for undoing lead back to: another text stands in the field.
fn forget_typing(ui: &Ui, field: Id) {
    if let Some(mut state) = TextEdit::load_state(ui.ctx(), field) {
        state.clear_undoer();
        state.store(ui.ctx(), field);
    }
}

/// A field whose text belongs to the view: it follows lessons, presets and undo.
#[derive(Default)]
pub struct Field {
    text: String,
    /// The text of the view that the field was last filled from.
    shown: String,
    /// Whether the keyboard has just left it.
    left: bool,
}

impl Field {
    /// Shows the field with a text of the view. Gives what a person made of it.
    pub fn show(&mut self, ui: &mut Ui, look: &Look<'_>, of_view: &str) -> Option<String> {
        if self.shown != of_view {
            // What a person typed comes back by the view: the cursor stays where it is.
            if self.text != of_view {
                of_view.clone_into(&mut self.text);
                forget_typing(ui, Id::unique(look.name));
            }
            of_view.clone_into(&mut self.shown);
        }
        let response = if look.rows > 1 { self.tall(ui, look) } else { self.flat(ui, look) };
        name_field(&response, look.name, &self.text);
        self.left = response.lost_focus();
        response.changed().then(|| self.text.clone())
    }

    /// Has the field show the text of the view again, whatever was typed: for what the view does not take as it is.
    pub fn follow(&mut self) {
        self.text.clone_from(&self.shown);
    }

    /// Whether the keyboard left the field when it was shown last: by Enter, for one.
    pub fn lost_focus(&self) -> bool {
        self.left
    }

    /// What stands in the field.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn tall(&mut self, ui: &mut Ui, look: &Look<'_>) -> Response {
        /// A longer text is scrolled.
        const HIGHEST: f32 = 120.0;
        let mut field = TextEdit::multiline(&mut self.text)
            .hint_text(look.hint)
            .char_limit(look.most)
            .desired_rows(look.rows)
            .desired_width(f32::INFINITY)
            .id(Id::unique(look.name));
        if look.is_code {
            field = field.font(FontId::new(size::BODY, FontFamily::Monospace));
        }
        ScrollArea::vertical().id_salt(look.name).max_height(HIGHEST).show(ui, |ui| ui.add(field)).inner
    }

    fn flat(&mut self, ui: &mut Ui, look: &Look<'_>) -> Response {
        let field = TextEdit::singleline(&mut self.text)
            .hint_text(look.hint)
            .char_limit(look.most)
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 4))
            .id(Id::unique(look.name));
        ui.add(field)
    }
}
