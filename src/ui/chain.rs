//! The way through the program: from a text to its tokens, IDs, rows, positions and the map. Each stage opens its page.

use egui::{Button, Context, Id, RichText, Ui};

use super::theme::{self, size, space};
use super::{Outbox, tokens};
use crate::app::State;
use crate::scene::view::{MatrixRoom, Page, Room, View};
use crate::scene::{Command, WindowRequest};

/// A stage of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Text,
    Tokens,
    Ids,
    Rows,
    Position,
    Map,
    Context,
}

/// The stages with what each is called and what happens there.
const STAGES: [(Stage, &str, &str); 7] = [
    (Stage::Text, "Text", "Type a text to see how models read it."),
    (Stage::Tokens, "Tokens", "A tokenizer cuts the text into pieces that its vocabulary knows."),
    (Stage::Ids, "IDs", "Each token is replaced by its number in the vocabulary."),
    (Stage::Rows, "Rows", "Each ID picks one row of the model's lookup matrix."),
    (Stage::Position, "+ Position", "Where a token stands is added to its row, or turns it."),
    (Stage::Map, "Map", "Rows are points in space; the map is their shadow in two dimensions."),
    (
        Stage::Context,
        CONTEXT,
        "Here a model's layers mix the rows of a text, so that a word means something else in each sentence. That takes an encoder, \
         which this version does not have: the guide says what would happen.",
    ),
];

/// The stage after the map.
pub const CONTEXT: &str = "Context";

impl Stage {
    /// Where one is.
    fn of(view: &View, writing: bool) -> Self {
        match view.page {
            Page::Map => Self::Map,
            Page::Tokens if writing => Self::Text,
            Page::Tokens => Self::Tokens,
            Page::Matrix => match view.matrix.room {
                MatrixRoom::Ids => Self::Ids,
                MatrixRoom::Position => Self::Position,
                MatrixRoom::Rows | MatrixRoom::OneHot | MatrixRoom::Weight | MatrixRoom::Columns => {
                    Self::Rows
                }
            },
        }
    }

    fn open(self, view: &View, out: &mut Outbox) {
        match self {
            Self::Text => {
                out.send(Command::ShowRoom(Room::Showdown));
                out.send(Command::Window(WindowRequest::WriteText));
            }
            Self::Tokens => out.send(Command::ShowRoom(view.tokens.room)),
            Self::Ids => out.send(Command::LookInto(MatrixRoom::Ids)),
            Self::Rows => out.send(Command::LookInto(MatrixRoom::Rows)),
            Self::Position => out.send(Command::LookInto(MatrixRoom::Position)),
            Self::Map => out.send(Command::ShowPage(Page::Map)),
            Self::Context => out.send(Command::Window(WindowRequest::GuideToContext)),
        }
    }
}

/// The field that the text is written in.
pub fn field() -> Id {
    Id::unique(tokens::NAME)
}

fn is_writing(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.has_focus(field()))
}

/// The name of the stage that one is at.
pub fn here(ctx: &Context, view: &View) -> &'static str {
    let here = Stage::of(view, is_writing(ctx));
    STAGES.into_iter().find(|(stage, ..)| *stage == here).map_or("", |(_, name, _)| name)
}

/// Shows the stage that one is at, with a menu of the others, where there is no room for all of them.
pub fn brief(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ui.menu_button(format!("{} …", here(ui.ctx(), state.view())), |ui| {
        for (stage, name, about) in STAGES {
            if ui.button(name).on_hover_text(about).clicked() {
                stage.open(state.view(), out);
                ui.close();
            }
        }
    });
}

/// Shows the stages, and which of them one is at.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let tones = theme::tones(ui);
    let here = Stage::of(state.view(), is_writing(ui.ctx()));
    ui.spacing_mut().item_spacing.x = space::XS;
    ui.spacing_mut().button_padding.x = space::XS;
    for (index, (stage, name, about)) in STAGES.into_iter().enumerate() {
        if index > 0 && stage != Stage::Position {
            ui.label(RichText::new("→").color(tones.quiet).size(size::SMALL));
        }
        let on = stage == here;
        // It opens no page of its own: an explanation comes.
        let shown = if stage == Stage::Context { format!("{name}…") } else { name.to_owned() };
        let text = RichText::new(shown).color(if on { tones.accent } else { tones.quiet });
        let text = if on { text.family(theme::semibold()) } else { text };
        let button = Button::new(text).frame(false);
        let response = ui.add(button);
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::Button, true, on, format!("Stage: {name}"))
        });
        if response.on_hover_text(about).clicked() {
            stage.open(state.view(), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_always_at_one_stage() {
        let mut view = View::default();
        assert_eq!(Stage::of(&view, false), Stage::Map);
        view.page = Page::Tokens;
        assert_eq!((Stage::of(&view, true), Stage::of(&view, false)), (Stage::Text, Stage::Tokens));
        view.page = Page::Matrix;
        for (room, stage) in [
            (MatrixRoom::Rows, Stage::Rows),
            (MatrixRoom::OneHot, Stage::Rows),
            (MatrixRoom::Ids, Stage::Ids),
            (MatrixRoom::Position, Stage::Position),
        ] {
            view.matrix.room = room;
            assert_eq!(Stage::of(&view, false), stage);
        }
    }
}
