//! Files that hold more than one thing: what is proposed, what is said of it, and how another is chosen.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use lexiscope::scene::Command;

use super::{Person, file};
use crate::containers::zip_of;
use crate::shell::project_file;

#[test]
fn another_file_of_an_archive_is_a_choice_away_and_undone_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let files: &[(&str, &[u8])] =
        &[("three.txt", b"cat 1 2 3\ndog 4 5 7\nowl 0 1 0\n"), ("two.txt", b"cat 1 2\ndog 3 5\n")];
    let path = file(folder.path(), "tables.zip", zip_of(files));
    let mut person = Person::new();
    person.open(&path);
    assert_eq!((person.table().rows(), person.table().dims()), (3, 3));
    let combo = person.harness.get_by_role_and_label(Role::ComboBox, "File");
    assert_eq!(combo.accesskit_node().value().as_deref(), Some("three.txt"));
    person.click(Role::ComboBox, "File");
    let option = person.harness.get_by_label_contains("two.txt");
    option.click();
    person.settle();
    assert_eq!((person.table().rows(), person.table().dims()), (2, 2));
    assert_eq!(
        person.harness.get_by_role_and_label(Role::ComboBox, "File").accesskit_node().value().as_deref(),
        Some("two.txt")
    );
    person.ctrl(Key::Z);
    assert_eq!(person.table().rows(), 3, "the choice is undone");
}

/// Twelve tables, each with a row of its own more than the one before.
fn many_tables(folder: &std::path::Path) -> std::path::PathBuf {
    let tables: Vec<(String, String)> =
        (0..12).map(|n| (format!("table-{n:02}.txt"), "cat 1 2\ndog 3 5\n".repeat(n + 1))).collect();
    let files: Vec<(&str, &[u8])> =
        tables.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    file(folder, "tables.zip", zip_of(&files))
}

/// The options of an open list, by the names of the files.
fn listed(person: &Person) -> Vec<String> {
    let lines = person.harness.query_all_by_label_contains(".txt");
    let names = lines.filter(|line| line.accesskit_node().role() == Role::Button);
    names.filter_map(|line| line.accesskit_node().label()).collect()
}

#[test]
fn a_long_list_shows_as_much_as_the_window_allows_and_is_searched() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&many_tables(folder.path()));
    let proposed = person.table().rows();
    assert_eq!(proposed, 24, "the largest");
    person.click(Role::ComboBox, "File");
    let all = listed(&person);
    assert_eq!(all.len(), 12, "{all:?}");
    assert_eq!(all.iter().filter(|line| line.contains("proposed: by its name")).count(), 1);
    assert!(all[0].contains("table-11") && all[0].contains("proposed"), "{all:?}");
    // The cursor is in the field already.
    person.write("table 03");
    assert_eq!(listed(&person).len(), 1);
    person.key(Key::Enter);
    assert_eq!(person.table().rows(), 8);
    let combo = person.harness.get_by_role_and_label(Role::ComboBox, "File");
    assert!(combo.is_focused(), "the keyboard goes on from where the list was");
}

#[test]
fn a_long_list_is_gone_through_with_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&many_tables(folder.path()));
    person.harness.get_by_role_and_label(Role::ComboBox, "File").focus();
    person.settle();
    person.key(Key::Enter);
    person.key(Key::ArrowDown);
    person.key(Key::ArrowDown);
    person.key(Key::ArrowUp);
    person.key(Key::Escape);
    assert!(listed(&person).is_empty());
    assert_eq!(person.table().rows(), 24, "Esc chooses nothing");
    person.key(Key::Enter);
    person.key(Key::ArrowDown);
    person.key(Key::Enter);
    assert_eq!(person.table().rows(), 22);
}

#[test]
fn a_short_list_is_gone_through_with_the_keys_without_a_field() {
    let folder = tempfile::tempdir().unwrap();
    let files: &[(&str, &[u8])] =
        &[("three.txt", b"cat 1 2 3\ndog 4 5 7\nowl 0 1 0\n"), ("two.txt", b"cat 1 2\ndog 3 5\n")];
    let mut person = Person::new();
    person.open(&file(folder.path(), "tables.zip", zip_of(files)));
    person.harness.get_by_role_and_label(Role::ComboBox, "File").focus();
    person.settle();
    person.key(Key::Enter);
    assert!(!person.sees("Search: File"), "two need no search");
    person.key(Key::ArrowDown);
    person.key(Key::ArrowDown);
    person.key(Key::Enter);
    assert_eq!(person.table().rows(), 2);
}

#[test]
fn a_model_of_one_folder_brings_its_tokenizer_and_says_where_names_come_from() {
    let folder = tempfile::tempdir().unwrap();
    let sample = |name: &str| std::fs::read(project_file("sample_vectors").join(name)).unwrap();
    file(folder.path(), "model.safetensors", sample("minilm-token-embeddings-384d.safetensors"));
    file(folder.path(), "vocab.txt", sample("minilm-token-embeddings-384d.vocab.txt"));
    let mut person = Person::new();
    person.open(folder.path());
    assert_eq!(person.table().dims(), 384);
    person.must_see("About this file");
    person.harness.get_by_label("About this file").click();
    person.settle();
    for said in ["safetensors in a folder", "f16", "vocab.txt"] {
        person.must_see(said);
    }
    assert!(
        person.harness.query_by_role_and_label(Role::ComboBox, "Matrix").is_none(),
        "there is one matrix"
    );
}

#[test]
fn vectors_are_saved_as_a_pair_and_saved_again_over_it_but_never_over_words_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&file(folder.path(), "a.txt", "cat 1 2\ndog 3 5\n"));
    let [matrix, words] = ["b.npy", "b.words.txt"].map(|name| folder.path().join(name));
    person.command(Command::SaveVectors(matrix.clone()));
    person.must_see("Saved ");
    person.open(&file(folder.path(), "c.txt", "owl 1 2\n"));
    person.command(Command::SaveVectors(matrix));
    assert_eq!(
        std::fs::read_to_string(words).unwrap(),
        "owl\n",
        "who replaces the matrix replaces its words"
    );
    let others = file(folder.path(), "d.words.txt", "mine\n");
    person.command(Command::SaveVectors(folder.path().join("d.npy")));
    person.must_see("words would be written to a file that is there already");
    assert_eq!(std::fs::read_to_string(others).unwrap(), "mine\n");
}
