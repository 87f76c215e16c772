//! The program as a whole: undo, palette, help, keys, files, sessions, settings.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use lexiscope::app::{FIRST_SAMPLE, Severity, State, Storage};
use lexiscope::geometry::projection::{Layout, Method, Turn};
use lexiscope::geometry::{Metric, clusters};
use lexiscope::scene::density::DensityChoice;
use lexiscope::scene::palette::Theme;
use lexiscope::scene::relation::RelationChoice;
use lexiscope::scene::rendering::{Look, PictureChoice, PictureSize};
use lexiscope::scene::view::{AnalogyQuestion, ChosenToken, ColorBy, Framing, SelectHow, Tab};
use lexiscope::scene::{Command, DocumentSource, actions};

use super::{Person, file};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};

/// One of each kind of change of the view, in an order in which each changes something.
fn changes(person: &Person) -> Vec<Command> {
    let map = &person.view().map;
    let (mut projection, mut clustering) = (map.projection, map.clustering);
    (projection.method, projection.seed) = (Method::Random, 7);
    (clustering.method, clustering.min_size) = (clusters::Method::Hdbscan, 5);
    let rows = |words: &[&str]| words.iter().map(|word| person.row(word)).collect();
    vec![
        Command::SetProjection(projection),
        Command::SetAxes([2, 1]),
        Command::SetLayout(Layout::Space(Turn { yaw: 10.0, pitch: 5.0 })),
        Command::SetDensity(DensityChoice { show: true, ..DensityChoice::default() }),
        Command::SetFraming(Some(Framing { center: [0.1, 0.2], zoom: 2.0 })),
        Command::FlyTo(rows(&["cat", "dog"])),
        Command::SetMetric(Metric::Euclidean),
        Command::SetNeighbors(3),
        Command::ShowNeighborLines(false),
        Command::SetColor(ColorBy::Clusters),
        Command::SetClustering(clustering),
        Command::ShowLabels(false),
        Command::SetLabelSize(20.0),
        Command::SetPointSize(3.0),
        Command::Select(rows(&["cat"]), SelectHow::Replace),
        Command::ShowNeighbors,
        Command::Select(rows(&["dog", "king"]), SelectHow::Add),
        Command::Explain(person.row("king")),
        Command::SelectWords(vec!["queen".into(), "Bread".into()]),
        Command::AskAnalogy(Some(AnalogyQuestion { a: "man".into(), b: "king".into(), c: "woman".into() })),
        Command::ShowRelation(Some(RelationChoice::Own([["man".into(), "woman".into()]].into()))),
        Command::ClearSelection,
        Command::ShowBeside(true),
        Command::SetText("another text".into()),
        Command::AddSpecial(true),
        Command::TypedSpecial(true),
        Command::ShowTab(Tab::Tokens),
        Command::ChooseToken(Some(ChosenToken { tokenizer: "gpt2".into(), id: 5 })),
        Command::ShowTab(Tab::Clusters),
        Command::ShowLeftPanel(false),
        Command::ShowRightPanel(false),
        Command::Present(true),
    ]
}

#[test]
fn every_change_is_taken_back_and_done_again_exactly() {
    let mut person = Person::new();
    let start = person.view().clone();
    let mut views = Vec::new();
    for command in changes(&person) {
        let before = person.view().clone();
        person.command(command.clone());
        let after = person.view().clone();
        assert_ne!(before, after, "{command:?} changes nothing");
        person.ctrl(Key::Z);
        assert_eq!(*person.view(), before, "undo of {command:?}");
        person.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        assert_eq!(*person.view(), after, "redo of {command:?}");
        views.push(after);
    }
    // And all the way back, and forth with the other key.
    for view in views.iter().rev() {
        assert_eq!(person.view(), view);
        person.ctrl(Key::Z);
    }
    assert_eq!(*person.view(), start);
    for view in &views {
        person.ctrl(Key::Y);
        assert_eq!(person.view(), view);
    }
}

#[test]
fn undo_with_nothing_to_undo_says_so() {
    let mut person = Person::new();
    person.ctrl(Key::Z);
    person.must_see("There is nothing to undo.");
    person.click_button("Dismiss");
    assert!(!person.sees("There is nothing to undo."));
}

#[test]
fn the_palette_runs_a_command_by_a_part_of_its_name() {
    let mut person = Person::new();
    let theme = person.state().settings().theme;
    person.ctrl(Key::K);
    person.write("light");
    person.must_see("View: Switch light and dark");
    person.key(Key::Enter);
    assert_ne!(person.state().settings().theme, theme);
    assert!(!person.sees("Search commands"), "the palette closed");
    person.ctrl(Key::K);
    person.write("clusters");
    person.key(Key::ArrowDown);
    person.key(Key::ArrowUp);
    person.key(Key::Escape);
    assert!(!person.sees("Search commands"));
    assert_eq!(person.view().panels.tab, Tab::Word, "Esc ran nothing");
}

#[test]
fn the_palette_opens_samples() {
    let mut person = Person::new();
    person.ctrl(Key::K);
    person.write("sample austen");
    person.key(Key::Enter);
    person.must_see("Map of 4547 words");
}

#[test]
fn escape_takes_back_one_thing_at_a_time() {
    let mut person = Person::new();
    person.click_button("cat");
    person.key(Key::F5);
    person.ctrl(Key::K);
    person.key(Key::Escape);
    assert!(!person.sees("Search commands") && person.view().panels.presentation);
    assert_eq!(person.selected_words(), ["cat"]);
    person.key(Key::Escape);
    assert!(person.view().map.selection.is_empty() && person.view().panels.presentation);
    person.key(Key::Escape);
    assert!(!person.view().panels.presentation);
}

#[test]
fn the_help_sheet_and_the_menus_list_every_action() {
    let mut person = Person::new();
    person.key(Key::F1);
    for action in actions::ALL {
        person.must_see(action.title);
    }
    person.click_button("Close");
    for menu in actions::Menu::ALL {
        // The map's own name stands farther right, in the way through the program.
        let menus = person.harness.get_all_by_role_and_label(Role::Button, menu.title());
        menus.min_by(|a, b| a.rect().left().total_cmp(&b.rect().left())).expect("there is one").click();
        person.settle();
        for action in actions::ALL.iter().filter(|action| action.menu == menu) {
            person.must_see(action.title);
        }
        person.key(Key::Escape);
    }
}

#[test]
fn tab_reaches_the_controls_of_every_part() {
    let mut person = Person::new();
    person.click_button("cat");
    let mut reached = std::collections::HashSet::new();
    for _ in 0..120 {
        person.harness.key_press(Key::Tab);
        person.harness.run();
        let focused = person.harness.root().children_recursive().find(Node::is_focused);
        if let Some(name) = focused.and_then(|node| node.accesskit_node().label()) {
            reached.insert(name);
        }
    }
    for name in ["File", "Samples", "Find a word", "PCA", "nearest", "Word", "Tokens", "Zoom in"] {
        assert!(reached.contains(name), "Tab does not reach {name}: {reached:?}");
    }
    assert!(reached.iter().any(|name| name.starts_with("Map of")), "Tab does not reach the map");
    assert!(reached.iter().any(|name| name.starts_with("Select animals")), "Tab does not reach the legend");
}

#[test]
fn a_bad_file_is_an_error_in_sight_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let bad = [
        file(folder.path(), "empty.txt", ""),
        file(folder.path(), "noise.bin", [0xFF, 0x00, 0x13, 0x80, 0xFE].repeat(50)),
        folder.path().join("missing.txt"),
        folder.path().to_owned(),
        file(folder.path(), "damaged.lexiscope", "{"),
        file(folder.path(), "tokenizer.json", r#"{"version": "1.0", "model": {"type": "None of these"}}"#),
    ];
    let mut person = Person::new();
    person.click_button("cat");
    let view = person.view().clone();
    for path in bad {
        person.open(&path);
        let notices = person.state().notices().all();
        assert_eq!(notices.len(), 1, "{path:?}: {notices:?}");
        assert_eq!(notices[0].severity, Severity::Error, "{path:?}");
        let text = notices[0].text.clone();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(text.contains(name), "the file is not named: {text}");
        person.must_see(&text);
        assert_eq!(*person.view(), view, "{path:?}");
        assert!(!person.state().settings().recent.contains(&path), "{path:?}");
        person.click_button("Dismiss");
    }
    person.must_see("Map of 190 words, “cat” selected");
}

#[test]
fn trouble_with_some_rows_is_a_warning_in_sight() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "words.txt", "cat 1 0 0\ndog 0 1 0\nnan nan 1 1\ncat 2 2 2\nbird 1 1 0\n");
    let mut person = Person::new();
    person.open(&path);
    let document = person.state().document().unwrap().clone();
    assert_eq!(document.title, "words.txt");
    assert!(!document.warnings.is_empty());
    for warning in &document.warnings {
        person.must_see(warning);
    }
    assert_eq!(person.state().settings().recent, [path]);
}

#[test]
fn a_file_that_has_shrunk_is_opened_anew_without_its_former_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "words.txt", "cat 1 0 0\ndog 0 1 0\nbird 1 1 0\nfish 0 1 1\n");
    let mut person = Person::new();
    person.open(&path);
    person.command(Command::SelectWords(vec!["fish".into()]));
    person.command(Command::SetNeighbors(2));
    file(folder.path(), "words.new", "cat 1 0 0\ndog 0 1 0\n");
    std::fs::rename(folder.path().join("words.new"), &path).unwrap();
    person.open(&path);
    person.must_see("Map of 2 words, nothing selected");
    for _ in 0..4 {
        person.ctrl(Key::Z);
    }
    person.must_see("Map of");
}

/// A file as a desktop drops it.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_dropped_file_is_opened_and_listed_among_the_recent_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "dropped.txt", "cat 1 0 0\ndog 0 1 0\nbird 1 1 0\n");
    let mut person = Person::new();
    person.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
    person.settle();
    person.must_see("Map of 3 words");
    person.click_button("File");
    person.click_button("Open recent");
    person.must_see("dropped.txt");
}

#[test]
fn a_session_reopens_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = file(folder.path(), "words.txt", "cat 1 0 0\ndog 0 1 0\nbird 1 1 0\nfish 0 1 1\n");
    let path = folder.path().join("lesson.lexiscope");
    let mut person = Person::new();
    person.open(&vectors);
    person.command(Command::SelectWords(vec!["bird".into(), "cat".into()]));
    person.command(Command::SetMetric(Metric::Euclidean));
    person.command(Command::SetFraming(Some(Framing { center: [0.1, 1.0 / 3.0], zoom: 1.5 })));
    person.command(Command::SetText("naïve 🍓 text".into()));
    person.command(Command::ShowTab(Tab::Analogy));
    person.command(Command::SaveSession(path.clone()));
    person.must_see("Saved ");
    let saved = person.view().clone();

    // In the same window, after the view was changed.
    person.command(Command::ClearSelection);
    person.command(Command::OpenSample(FIRST_SAMPLE.into()));
    person.command(Command::ShowTab(Tab::Row));
    person.open(&path);
    assert_eq!(*person.view(), saved);

    // In a new one, which opens nothing else. Documents are numbered anew.
    let start = |state: &mut State| state.update(Command::Open(vec![path.clone()]));
    let other = Person::at_window(None, start);
    let mut expected = saved;
    expected.document = other.view().document;
    assert_eq!(*other.view(), expected);
    assert_eq!(other.state().document().unwrap().source, DocumentSource::File(vectors));
    other.must_see("Map of 4 words, 2 words selected, “bird” explained");
}

#[test]
fn settings_and_the_last_session_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::with_settings_in(folder.path());
    let theme = person.state().settings().theme;
    person.ctrl(Key::T);
    person.ctrl(Key::Plus);
    person.click_button("queen");
    person.ctrl(Key::Num3);
    let (view, settings) = (person.view().clone(), person.state().settings().clone());
    person.state_mut().keep();

    let again = Person::with_settings_in(folder.path());
    assert_eq!(*again.view(), view);
    assert_eq!(*again.state().settings(), settings);
    assert_ne!(again.state().settings().theme, theme);
    assert!(again.state().settings().scale > 1.05);
    let shown = match again.state().settings().theme {
        Theme::Light => egui::Theme::Light,
        Theme::Dark => egui::Theme::Dark,
    };
    assert_eq!(again.harness.ctx.theme(), shown);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "settings and session, and nothing half written");
}

#[test]
fn a_session_whose_file_is_gone_falls_back_to_the_first_sample() {
    let (settings, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let vectors = file(data.path(), "words.txt", "cat 1 0 0\ndog 0 1 0\nbird 1 1 0\n");
    let mut person = Person::with_settings_in(settings.path());
    person.open(&vectors);
    person.state_mut().keep();
    drop(data);
    let again = Person::with_settings_in(settings.path());
    again.must_see("Map of 190 words");
    assert_eq!(again.state().notices().all().len(), 1);
    assert!(Storage::at(settings.path()).settings().recent.len() <= 1);
}

#[test]
fn the_map_is_saved_as_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    for (name, magic) in [("map.png", b"\x89PNG".as_slice()), ("map.svg", b"<svg")] {
        let path = folder.path().join(name);
        person.command(Command::SavePicture(path.clone()));
        person.must_see("Saved ");
        assert!(std::fs::read(&path).unwrap().starts_with(magic), "{name}");
    }
    person.command(Command::SavePicture(folder.path().join("no such folder/map.png")));
    assert_eq!(person.state().notices().all().last().unwrap().severity, Severity::Error);
}

#[test]
fn how_large_a_picture_is_and_in_which_colors_is_chosen_and_remembered() {
    let (folder, settings) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut person = Person::with_settings_in(settings.path());
    person.ctrl(Key::S);
    person.must_see("Save the picture");
    person.click_button("4K · 3840 × 2160");
    person.click_button("print");
    person.key(Key::Escape);
    assert!(!person.sees("Save the picture"));
    let path = folder.path().join("map.png");
    person.command(Command::SavePicture(path.clone()));
    let picture = std::fs::read(&path).unwrap();
    // The header of a PNG file holds its width and its height.
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!([side(16), side(20)], [3_840, 2_160]);
    let drawing = folder.path().join("map.svg");
    person.command(Command::SavePicture(drawing.clone()));
    let drawing = std::fs::read_to_string(drawing).unwrap();
    assert!(drawing.contains(r##"fill="#ffffff""##), "white paper");
    person.state_mut().keep();
    assert_eq!(
        Person::with_settings_in(settings.path()).state().settings().picture,
        PictureChoice { size: PictureSize::FourK, look: Some(Look::Print) }
    );
}

#[test]
fn a_small_window_and_a_large_scale_keep_the_map() {
    let mut person = Person::new();
    person.harness.set_size(egui::vec2(360.0, 280.0));
    person.settle();
    person.must_see("Map of 190 words");
    person.harness.set_size(egui::vec2(1280.0, 800.0));
    for _ in 0..20 {
        person.ctrl(Key::Plus);
    }
    person.must_see("Map of 190 words");
    assert_eq!(person.state().settings().scale, lexiscope::app::MAX_SCALE);
    person.ctrl(Key::Num0);
    assert_eq!(person.state().settings().scale, 1.0);
    let words = person.harness.get_by_role_and_label(Role::CheckBox, "Words on the map");
    words.scroll_to_me();
    person.settle();
    person.click(Role::CheckBox, "Words on the map");
    assert!(!person.view().map.labels.show);
}
