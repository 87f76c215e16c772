//! The help sheet, made from the list of actions, and the page about the program.

use egui::{Context, Label, RichText, ScrollArea, Ui, vec2};

use super::theme::{self, size};
use super::{guide, keys, widgets};
use crate::app::State;
use crate::scene::actions::{self, Menu};
use crate::vectors::samples;

/// A page of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Guide,
    Keys,
    About,
}

/// Whether the sheet is open, and at which page.
#[derive(Default)]
pub struct Help {
    page: Option<Page>,
    chapter: usize,
}

/// What the mouse does on the map.
const GESTURES: [(&str, &str); 12] = [
    ("Drag", "move the map"),
    ("Wheel", "zoom to the pointer"),
    ("Double-click", "show everything"),
    ("Click a point", "choose the word and see its nearest words"),
    ("Shift- or Ctrl-click", "add a word to the selection, or take it out"),
    ("Drag, in 3-D", "turn the space; the other mouse button moves it"),
    ("Alt + arrows, in 3-D", "turn the space"),
    ("Shift-drag", "select a box"),
    ("Lasso button, then drag", "select what you draw around"),
    ("Click on nothing", "clear the selection"),
    ("Click on a name of the legend", "select its words; on its dot, hide them or show them"),
    ("Arrow keys on the map", "go from word to word; with Ctrl, move the map"),
];

/// What the mouse and the keys do on the picture of the matrix.
const ON_THE_MATRIX: [(&str, &str); 7] = [
    ("Drag, or wheel", "move over the matrix; with Shift, the wheel moves along its columns"),
    ("Ctrl + wheel, or + and −", "zoom"),
    ("Double-click", "the usual size, where the pointer is"),
    ("Click a row", "choose the token whose row it is"),
    (
        "Up and Down",
        "go from row to row; Page Up and Page Down, by what is seen; Home and End, to the first and to the last",
    ),
    ("Left and Right", "read the chosen row, number by number, from where it was clicked"),
    ("Ctrl + Left and Right", "move along the columns"),
];

impl Help {
    /// Opens a page, or closes the sheet if that page is open.
    pub fn toggle(&mut self, page: Page) {
        self.page = if self.page == Some(page) { None } else { Some(page) };
    }

    /// Opens the guide at a stage of the way, or closes the sheet if the guide is open.
    pub fn guide(&mut self, stage: &str) {
        self.chapter = guide::chapter_of(stage);
        self.toggle(Page::Guide);
    }

    /// Closes the sheet. Says whether it was open.
    pub fn close(&mut self) -> bool {
        self.page.take().is_some()
    }

    /// Shows the sheet while it is open.
    pub fn show(&mut self, ctx: &Context, state: &State) {
        let Some(page) = self.page else { return };
        let modal = widgets::modal(ctx, "help").show(ctx, |ui| {
            let room = ui.ctx().content_rect().size();
            ui.set_width((room.x - 64.0).clamp(240.0, 760.0));
            ui.horizontal(|ui| {
                let title = match page {
                    Page::Guide => "The way through the program",
                    Page::Keys => "Keys and gestures",
                    Page::About => "About Lexiscope",
                };
                ui.label(RichText::new(title).font(egui::FontId::new(size::TITLE, theme::semibold())));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    widgets::icon_button(ui, "×", "Close", "Close (Esc)").clicked()
                })
                .inner
            })
            .inner
            .then(|| ui.close());
            ScrollArea::vertical().max_height(room.y - 180.0).min_scrolled_height(room.y - 180.0).show(
                ui,
                |ui| match page {
                    Page::Guide => {
                        // All chapters are as high, so that the doors to the others stay where they are.
                        ui.set_min_height(360.0_f32.min(room.y - 200.0));
                        if let Some(chosen) = guide::show(ui, self.chapter) {
                            self.chapter = chosen;
                        }
                    }
                    Page::Keys => keys_page(ui),
                    Page::About => about_page(ui, state),
                },
            );
        });
        if modal.should_close() {
            self.page = None;
        }
    }
}

fn keys_page(ui: &mut Ui) {
    widgets::heading(ui, "On the map");
    for (gesture, effect) in GESTURES {
        line(ui, RichText::new(gesture).strong(), effect, "");
    }
    widgets::heading(ui, "On the matrix");
    for (gesture, effect) in ON_THE_MATRIX {
        line(ui, RichText::new(gesture).strong(), effect, "");
    }
    for menu in Menu::ALL {
        widgets::heading(ui, menu.title());
        for action in actions::ALL.iter().filter(|action| action.menu == menu) {
            let keys: Vec<String> = actions::shortcuts()
                .filter(|(_, of)| of.id == action.id)
                .map(|(shortcut, _)| keys::text(shortcut))
                .collect();
            let keys = RichText::new(keys.join("  ")).monospace().color(theme::tones(ui).accent);
            line(ui, keys, action.title, action.about);
        }
    }
    widgets::heading(ui, "Everywhere");
    widgets::hint(
        ui,
        "Tab and Shift+Tab go from control to control; Space or Enter presses one; Esc takes a step back, and the keyboard to the map.",
    );
}

/// What one does, and what comes of it: in two columns, however narrow the window is.
fn line(ui: &mut Ui, left: RichText, right: &str, about: &str) {
    ui.horizontal_top(|ui| {
        let room = vec2((ui.available_width() * 0.36).min(240.0), 0.0);
        ui.allocate_ui_with_layout(room, egui::Layout::top_down(egui::Align::LEFT), |ui| {
            ui.set_width(room.x);
            ui.add(Label::new(left).wrap());
        });
        let told = ui.add(Label::new(right).wrap());
        if !about.is_empty() {
            told.on_hover_text(about);
        }
    });
}

fn about_page(ui: &mut Ui, state: &State) {
    ui.label(format!("Lexiscope {}. See how language models read.", env!("CARGO_PKG_VERSION")));
    widgets::hint(
        ui,
        "Free software under the MIT or the Apache-2.0 license. It works offline; every number is computed from the open file.",
    );
    widgets::heading(ui, "Samples");
    for sample in samples::all() {
        ui.label(RichText::new(sample.title).strong());
        widgets::hint(ui, sample.about);
    }
    widgets::heading(ui, "Tokenizers");
    for row in state.derived().tokens() {
        ui.label(RichText::new(row.title()).strong());
        widgets::hint(ui, row.license());
    }
}
