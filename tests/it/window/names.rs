//! Rows of models: called as people read them, found as people type them; and tokenizers, called by their models.

use std::path::{Path, PathBuf};

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::app::tokens::TokenRow;
use lexiscope::scene::Command;
use lexiscope::scene::view::ChosenToken;

use super::{Person, file};

/// The pieces of a small byte-level vocabulary, by ID.
const PIECES: [&str; 8] = ["the", "Ġthe", "Ġthen", "ĠcafÃ©", "Ã", "Ċ", "Ġcat", "ing"];

/// A folder with a matrix of as many rows as the vocabulary has pieces, and the tokenizer that names them.
fn model(folder: &Path) -> PathBuf {
    let vocabulary: serde_json::Map<String, serde_json::Value> =
        (0..).zip(PIECES).map(|(id, piece)| (piece.to_owned(), serde_json::json!(id))).collect();
    let byte_level = serde_json::json!({
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true
    });
    let tokenizer = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": byte_level, "post_processor": null, "decoder": byte_level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []}
    });
    file(folder, "tokenizer.json", tokenizer.to_string());
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 2), }}", PIECES.len());
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(format!("{header:117}\n").bytes());
    let angle = |row: usize| row as f32 * 0.3;
    npy.extend(
        (0..PIECES.len()).flat_map(|row| [angle(row).cos(), angle(row).sin()]).flat_map(f32::to_le_bytes),
    );
    file(folder, "model.npy", npy)
}

/// Searches for a word and goes to the first hit.
fn find(person: &mut Person, typed: &str) {
    person.key(Key::Slash);
    person.write(typed);
    person.key(Key::Enter);
}

#[test]
fn rows_of_a_model_are_called_as_people_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&model(folder.path()));
    find(&mut person, "the");
    assert_eq!(person.selected_words(), ["Ġthe"], "the file's own name stays what it is");
    person.must_see("Map of 8 words, “·the” selected");
    person.must_see("The vocabulary writes it");
    person.must_see("Ġthe");
    let nearest = person.lines_below("Nearest words").join("; ");
    for shown in ["·then ", "·café ", "<C3> ", "↵ ", "the "] {
        assert!(nearest.contains(shown), "{shown}: {nearest}");
    }
    assert!(!nearest.contains(['Ġ', 'Ã', 'Ċ']), "{nearest}");
    person.ctrl(Key::Num5);
    person.must_see("word, written Ġthe ·the");
    person.ctrl(Key::Num3);
    assert!(!person.sees("Ġ") && !person.sees("Ã"), "clusters are named by what is read");
}

#[test]
fn a_row_of_a_model_is_found_however_it_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&model(folder.path()));
    for (typed, word) in [(" the", "Ġthe"), ("Ġthe", "Ġthe"), ("café", "ĠcafÃ©"), ("ing", "ing")] {
        find(&mut person, typed);
        assert_eq!(person.selected_words(), [word], "{typed:?}");
    }
    person.key(Key::Slash);
    person.write("the");
    person.must_see("3 words");
    for shown in ["·the", "·then", "the"] {
        assert!(person.harness.get_all_by_label(shown).next().is_some(), "{shown} is listed");
    }
    person.key(Key::Escape);
    person.command(Command::SelectWords(vec!["cat".into()]));
    assert_eq!(person.selected_words(), ["Ġcat"]);
}

#[test]
fn a_tokenizer_is_called_by_its_model_and_told_from_one_of_the_same_name() {
    let root = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    for place in ["a/small", "b/small", "c/configured"] {
        let folder = root.path().join(place);
        std::fs::create_dir_all(&folder).unwrap();
        model(&folder);
        if place.ends_with("configured") {
            file(&folder, "config.json", r#"{"_name_or_path": "somebody/Their-Model-1B"}"#);
        }
        person.open(&folder);
    }
    person.ctrl(Key::Num4);
    let titles: Vec<&str> = person.state().derived().tokens().iter().skip(11).map(TokenRow::title).collect();
    assert_eq!(titles, ["small", "small (2)", "Their-Model-1B"]);
    for title in ["small", "small (2)", "Their-Model-1B"] {
        assert!(person.harness.get_all_by_role_and_label(Role::Label, title).next().is_some(), "{title}");
    }
    let second = ChosenToken { tokenizer: "small (2)".into(), id: 6 };
    person.command(Command::ChooseToken(Some(second)));
    assert_eq!(person.selected_words(), ["Ġcat"]);
    person.ctrl(Key::Num5);
    person.must_see("token, written Ġcat ·cat");
    person.must_see("ID in small (2) 6");
}
