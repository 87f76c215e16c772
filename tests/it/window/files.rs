//! Files that hold more than one thing: what is proposed, what is said of it, and how another is chosen.

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
    person.ctrl(egui::Key::Z);
    assert_eq!(person.table().rows(), 3, "the choice is undone");
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
