//! The window as a person, or a screen reader, meets it: found by accessible names, driven by mouse and keys.

mod apart;
mod chat;
mod compare;
mod density;
mod files;
mod focus;
mod ids;
mod laboratory;
mod languages;
mod layouts;
mod letters;
mod map;
mod matrix;
mod names;
mod odd_matrices;
mod panels;
mod program;
mod projections;
mod questions;
mod subsets;
mod tokens;
mod training;
mod vocabulary;

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use lexiscope::app::{State, Storage};
use lexiscope::scene::{Command, View};
use lexiscope::ui::Window;
use lexiscope::vectors::Table;

/// More steps than any animation takes; a window that still moves after them never comes to rest.
const MOST_STEPS: u64 = 60;

/// A window without a display, and somebody who uses it.
struct Person {
    harness: Harness<'static, Window>,
}

impl Person {
    /// Starts the program for the first time; nothing is kept.
    fn new() -> Self {
        Self::at_window(None, State::resume)
    }

    /// Starts the program with what is kept in a folder.
    fn with_settings_in(folder: &Path) -> Self {
        Self::at_window(Some(Storage::at(folder)), State::resume)
    }

    fn at_window(storage: Option<Storage>, start: impl FnOnce(&mut State)) -> Self {
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_max_steps(MOST_STEPS)
            // Texts hold signs of every script, and which fonts a machine has is its own affair.
            .allow_missing_glyphs()
            .build_eframe(|cc| {
                let mut window = Window::new(&cc.egui_ctx, storage);
                start(window.state_mut());
                window
            });
        let mut person = Self { harness };
        person.settle();
        person
    }

    /// Draws frames and waits for jobs until there is nothing left to do.
    fn settle(&mut self) {
        for _ in 0..20 {
            self.harness.run();
            let worked = !self.state().running().is_empty();
            self.state_mut().settle();
            if !worked {
                self.harness.run();
                return;
            }
        }
        panic!("there is always more to do: {:?}", self.state().running());
    }

    fn state(&self) -> &State {
        self.harness.state().state()
    }

    fn state_mut(&mut self) -> &mut State {
        self.harness.state_mut().state_mut()
    }

    fn view(&self) -> &View {
        self.state().view()
    }

    fn table(&self) -> &Table {
        self.state().table().expect("a table is open")
    }

    /// Sends a command as a menu would.
    fn command(&mut self, command: Command) {
        self.state_mut().update(command);
        self.settle();
    }

    fn open(&mut self, path: &Path) {
        self.command(Command::Open(vec![path.to_owned()]));
    }

    /// Presses a key and lets it go.
    fn key(&mut self, key: Key) {
        self.keys(Modifiers::NONE, key);
    }

    fn ctrl(&mut self, key: Key) {
        self.keys(Modifiers::COMMAND, key);
    }

    fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types into what has the focus.
    fn write(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    /// Clicks the one thing of this role and name.
    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.settle();
    }

    fn click_button(&mut self, name: &str) {
        self.click(Role::Button, name);
    }

    /// Moves a slider, as a screen reader does.
    fn slide(&mut self, name: &str, value: f64) {
        self.harness.get_by_role_and_label(Role::Slider, name).set_value_accesskit(value);
        self.settle();
    }

    /// Puts the cursor into a field and writes a text in place of what stands there.
    fn fill(&mut self, field: &str, text: &str) {
        let is_field = move |node: &egui_kittest::kittest::AccessKitNode<'_>| {
            matches!(node.role(), Role::TextInput | Role::MultilineTextInput)
                && node.label().as_deref() == Some(field)
        };
        self.harness.get_by(is_field).focus();
        self.settle();
        self.ctrl(Key::A);
        self.write(text);
    }

    /// Whether something is there whose name, or text, contains this.
    fn sees(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    #[track_caller]
    fn must_see(&self, text: &str) {
        assert!(self.sees(text), "“{text}” is nowhere in the window");
    }

    /// The names of the buttons in the lines below a label, from top to bottom.
    fn lines_below(&self, label: &str) -> Vec<String> {
        let head = self.harness.get_by_label(label).rect();
        let below =
            |node: &Node<'_>| node.rect().top() > head.top() && node.rect().left() > head.left() - 12.0;
        let mut lines: Vec<Node<'_>> =
            self.harness.get_all_by_role(Role::Button).filter(|node| below(node)).collect();
        lines.sort_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
        lines.iter().filter_map(|line| line.accesskit_node().label()).collect()
    }

    /// The row of a word that must be there.
    fn row(&self, word: &str) -> u32 {
        self.table().find(word).expect("the table has the word") as u32
    }

    fn selected_words(&self) -> Vec<String> {
        let table = self.table();
        self.view().map.selection.iter().map(|row| table.word(row as usize).to_owned()).collect()
    }
}

/// Writes a file into a folder.
fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a temporary folder can be written to");
    path
}
