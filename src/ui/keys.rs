//! Keys: the list of actions says which, this says how they are heard and written.

use egui::{Context, Event, Key, Modifiers};

use super::Outbox;
use crate::app::State;
use crate::scene::actions::{self, Menu, Shortcut};
use crate::scene::view::Page;

/// Hears the keys of this frame and sends the commands that they stand for.
///
/// Keys that select words, and keys without Ctrl that mean something on the map, are not heard on another page. Keys without
/// Ctrl are left to a text field while one is being written in, but for Escape and the function keys.
pub fn hear(ctx: &Context, state: &State, out: &mut Outbox) {
    let writing = ctx.text_edit_focused();
    let on_map = state.view().page == Page::Map;
    let pressed: Vec<(Key, Modifiers)> = ctx.input(|input| {
        let key = |event: &Event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
            // Systems turn Ctrl+C into an event of its own.
            Event::Copy => Some((Key::C, Modifiers::COMMAND)),
            _ => None,
        };
        input.events.iter().filter_map(key).collect()
    });
    // Esc is not heard here: the window gives it to whatever is uppermost.
    for (key, modifiers) in pressed.into_iter().filter(|(key, _)| *key != Key::Escape) {
        for (shortcut, action) in actions::shortcuts() {
            let meant = Key::from_name(shortcut.key) == Some(key)
                && modifiers.command == shortcut.command
                && (modifiers.shift == shortcut.shift || is_sign(key))
                && !modifiers.alt;
            let heard = match action.menu {
                // Nothing is selected that is out of sight.
                Menu::Select => on_map,
                Menu::Map => on_map || shortcut.command,
                _ => true,
            };
            if meant && heard && (!writing || works_while_writing(shortcut)) {
                out.act(state, action);
            }
        }
    }
}

/// Whether a key writes a sign: on which keyboards that takes Shift does not matter then.
fn is_sign(key: Key) -> bool {
    use Key::{CloseBracket, Equals, Minus, OpenBracket, Period, Plus, Questionmark, Slash};
    matches!(key, CloseBracket | Equals | Minus | OpenBracket | Period | Plus | Questionmark | Slash)
}

/// Whether a key means its action even in a text field: it writes nothing and edits nothing there.
fn works_while_writing(shortcut: Shortcut) -> bool {
    let edits = shortcut.command && matches!(shortcut.key, "Z" | "Y" | "C" | "A");
    let function = shortcut.key.len() > 1 && shortcut.key.starts_with('F');
    (shortcut.command && !edits) || function || shortcut.key == "Escape"
}

/// A shortcut as it is written on this system: Ctrl+Shift+Z.
#[must_use]
pub fn text(shortcut: Shortcut) -> String {
    let key = match shortcut.key {
        "Slash" => "/",
        "Period" => ".",
        "Plus" => "+",
        "Minus" => "−",
        "Equals" => "=",
        "Questionmark" => "?",
        "OpenBracket" => "[",
        "CloseBracket" => "]",
        "Escape" => "Esc",
        key => key,
    };
    let command = if cfg!(target_os = "macos") { "⌘" } else { "Ctrl+" };
    let command = if shortcut.command { command } else { "" };
    let shift = if shortcut.shift { "Shift+" } else { "" };
    format!("{command}{shift}{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_exists() {
        for (shortcut, action) in actions::shortcuts() {
            assert!(Key::from_name(shortcut.key).is_some(), "“{}” of {}", shortcut.key, action.id);
        }
    }
}
