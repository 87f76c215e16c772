//! The bar at the top: menus, the way through the program, search.

use egui::{Align, Button, Layout, MenuBar, ScrollArea, Ui, containers::menu::MenuButton};

use super::search::SearchBox;
use super::theme::space;
use super::{Outbox, chain, keys, situation, widgets};
use crate::app::State;
use crate::scene::Command;
use crate::scene::actions::{self, Menu};
use crate::vectors::samples;

/// Shows the bar.
pub fn show(ui: &mut Ui, state: &State, search: &mut SearchBox, out: &mut Outbox) {
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            MenuButton::new(menu.title()).ui(ui, |ui| {
                ui.set_min_width(240.0);
                // In a low window a long menu is scrolled.
                let room = ui.ctx().content_rect().height() - 64.0;
                ScrollArea::vertical().max_height(room).show(ui, |ui| entries(ui, state, menu, out));
            });
            if menu == Menu::File {
                samples_menu(ui, state, out);
            }
        }
        ui.add_space(space::L);
        if ui.available_width() > 700.0 {
            chain::show(ui, state, out);
        } else if ui.available_width() > 240.0 {
            chain::brief(ui, state, out);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.available_width() > 160.0 {
                buttons(ui, state, out);
            }
            if ui.available_width() > 100.0 {
                search.show(ui, state, out);
            }
        });
    });
}

fn entries(ui: &mut Ui, state: &State, menu: Menu, out: &mut Outbox) {
    for action in actions::ALL.iter().filter(|action| action.menu == menu) {
        let mut button = Button::new(action.title);
        if let Some(shortcut) = action.shortcut {
            button = button.shortcut_text(keys::text(shortcut));
        }
        ui.scope(|ui| {
            if !is_possible(state, action.id) {
                ui.disable();
            }
            if ui.add(button).on_hover_text(action.about).clicked() {
                out.send((action.command)(situation(state)));
                ui.close();
            }
        });
        if action.id == "open" {
            recent(ui, state, out);
        }
    }
    if menu == Menu::File {
        documents(ui, state, out);
    }
}

/// Whether an action would do anything now.
fn is_possible(state: &State, id: &str) -> bool {
    match id {
        "undo" => state.history().can_undo(),
        "redo" => state.history().can_redo(),
        "cancel" => !state.running().is_empty(),
        "copy-words" | "copy-neighbors" | "fly-to-selection" | "show-neighbors" | "grow" | "isolate"
        | "hide" | "save-words" => !state.view().map.selection.is_empty(),
        "save-rows" => state.derived().lookup().stack().is_some(),
        "beside" => state.compared().is_some(),
        "all-words" => !state.view().map.subset.isolated.is_empty(),
        "show-hidden" => !state.view().map.subset.hidden.is_empty(),
        _ => true,
    }
}

fn recent(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let recent = &state.settings().recent;
    ui.menu_button("Open recent", |ui| {
        if recent.is_empty() {
            widgets::hint(ui, "Files that you open appear here.");
        }
        for path in recent {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                out.send(Command::Open(vec![path.clone()]));
                ui.close();
            }
        }
    });
}

/// The open documents, to go from one to another.
fn documents(ui: &mut Ui, state: &State, out: &mut Outbox) {
    if state.documents().len() < 2 {
        return;
    }
    ui.separator();
    for (id, document) in state.documents() {
        let on = *id == state.view().document;
        if ui.selectable_label(on, &document.title).on_hover_text(document.source.to_string()).clicked() {
            out.send(Command::ShowDocument(*id));
            ui.close();
        }
    }
}

fn samples_menu(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let open = state.document().map(|document| &document.source);
    MenuButton::new("Samples").ui(ui, |ui| {
        ui.set_min_width(300.0);
        for sample in samples::all() {
            let on = open == Some(&crate::scene::DocumentSource::Sample(sample.id.to_owned()));
            if ui.selectable_label(on, sample.title).on_hover_text(sample.about).clicked() {
                out.send(Command::OpenSample(sample.id.to_owned()));
                ui.close();
            }
        }
    });
}

fn buttons(ui: &mut Ui, state: &State, out: &mut Outbox) {
    for (id, icon) in [("help", "?"), ("present", "▶"), ("theme", "◐"), ("palette", "≡")] {
        let Some(action) = actions::find(id) else { continue };
        let key = action.shortcut.map(keys::text).unwrap_or_default();
        let tip = format!("{} ({key})", action.about.trim_end_matches('.'));
        if widgets::icon_button(ui, icon, action.title, &tip).clicked() {
            out.act(state, action);
        }
    }
}
