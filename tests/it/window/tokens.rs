//! The comparison of tokenizers: counts, special tokens, and the chain from a token to its row.

use std::collections::HashMap;

use egui::Key;
use egui::accesskit::Role;
use lexiscope::scene::Command;
use lexiscope::tokens::catalog;
use serde::Deserialize;

use super::{Person, file};
use egui_kittest::kittest::{NodeT, Queryable};

/// What the tokenizers' own libraries give for a text; see `tests/reference/README.md`.
#[derive(Deserialize)]
struct Reference {
    texts: Vec<Text>,
    tokenizers: HashMap<String, Ids>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<Vec<u32>>,
    with_special: Vec<Vec<u32>>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../reference/tokenizers.json")).unwrap()
}

/// Opens the page and writes a text.
fn person_at(text: &str) -> Person {
    let mut person = Person::new();
    person.ctrl(Key::Num4);
    person.fill("Text to tokenize", text);
    person
}

/// What the row of a tokenizer says: how many tokens, and their IDs.
fn spoken(person: &Person, tokenizer: &str) -> String {
    let start = format!("{tokenizer}: ");
    person
        .harness
        .get_by(move |node| {
            node.role() == Role::Button && node.label().is_some_and(|name| name.starts_with(&start))
        })
        .accesskit_node()
        .label()
        .unwrap_or_default()
}

fn count(person: &Person, tokenizer: &str) -> usize {
    let spoken = spoken(person, tokenizer);
    spoken.split(' ').nth(1).and_then(|count| count.parse().ok()).expect("the row says its count")
}

#[test]
fn all_eleven_read_a_typed_text_as_their_references_do() {
    let reference = reference();
    // The hardest texts of a size that fits the page.
    let mut texts: Vec<usize> = (0..reference.texts.len())
        .filter(|&at| (20..200).contains(&reference.texts[at].text.len()))
        .collect();
    texts.sort_by_key(|&at| std::cmp::Reverse(reference.tokenizers["bert"].ids[at].len()));
    let mut person = Person::new();
    person.ctrl(Key::Num4);
    for at in texts.into_iter().take(4) {
        let text = &reference.texts[at].text;
        person.command(lexiscope::scene::Command::SetText(text.clone()));
        for entry in catalog::entries() {
            let ids = &reference.tokenizers[entry.name].ids[at];
            let shown: Vec<String> = ids.iter().take(24).map(ToString::to_string).collect();
            let more = if ids.len() > 24 { " …" } else { "" };
            let expected = format!("{}: {} tokens, IDs {}{more}", entry.name, ids.len(), shown.join(" "));
            assert_eq!(spoken(&person, entry.name), expected, "{text:?}");
        }
    }
}

#[test]
fn a_text_is_counted_and_tokenized_as_it_is_typed() {
    let mut person = person_at("naïve 👍🏽");
    person.must_see("7 graphemes");
    person.must_see("8 code points");
    person.must_see("15 bytes");
    assert_eq!(count(&person, "byt5"), 15);
    assert_eq!(count(&person, "canine"), 8);
    let before = count(&person, "gpt2");
    person.write(" cat");
    assert_eq!(&*person.view().tokens.text, "naïve 👍🏽 cat");
    assert_eq!(count(&person, "gpt2"), before + 1);
}

#[test]
fn special_tokens_are_added_when_asked() {
    let reference = reference();
    let at = reference.texts.iter().position(|text| text.text.len() > 30).unwrap();
    let mut person = person_at("The cat sat.");
    let before: Vec<usize> = catalog::entries().iter().map(|entry| count(&person, entry.name)).collect();
    person.click(Role::CheckBox, "Add special tokens");
    for (entry, before) in catalog::entries().iter().zip(before) {
        // As many as the tokenizer's own library adds.
        let ids = &reference.tokenizers[entry.name];
        let added = ids.with_special[at].len() - ids.ids[at].len();
        assert_eq!(count(&person, entry.name), before + added, "{}", entry.name);
        if entry.name == "bert" {
            assert_eq!(added, 2, "[CLS] and [SEP]");
        }
    }
    assert!(spoken(&person, "bert").contains("IDs 101 "));
    person.click(Role::CheckBox, "Add special tokens");
    assert!(!spoken(&person, "bert").contains("IDs 101 "));
}

#[test]
fn a_typed_special_is_control_only_when_asked() {
    let mut person = person_at("<|endoftext|>");
    assert!(count(&person, "gpt2") > 1);
    person.click(Role::CheckBox, "Typed specials are control");
    assert_eq!(spoken(&person, "gpt2"), "gpt2: 1 tokens, IDs 50256");
}

#[test]
fn rows_stand_in_the_order_of_their_counts() {
    let mut person = person_at("antidisestablishmentarianism");
    let mut counts = Vec::new();
    let mut rows: Vec<_> = person
        .harness
        .get_all_by(|node| {
            node.role() == Role::Button && node.label().is_some_and(|name| name.contains(" tokens, IDs "))
        })
        .collect();
    rows.sort_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    for row in rows {
        let label = row.accesskit_node().label().unwrap_or_default();
        counts.push(label.split(' ').nth(1).and_then(|count| count.parse::<usize>().ok()).unwrap());
    }
    assert_eq!(counts.len(), 11);
    assert!(counts.is_sorted(), "{counts:?}");
    person.key(Key::Escape);
}

#[test]
fn a_clicked_token_selects_its_row_and_undo_lets_it_go() {
    let mut person = person_at("queen");
    let before = person.view().clone();
    let chip = person
        .harness
        .get_by(|node| {
            node.role() == Role::Button && node.label().is_some_and(|name| name.starts_with("bert: "))
        })
        .rect();
    let at = chip.left_top() + egui::vec2(10.0, 10.0);
    person.harness.hover_at(at);
    person.harness.drag_at(at);
    person.harness.drop_at(at);
    person.settle();
    assert_eq!(person.selected_words(), ["queen"]);
    let chosen = person.view().tokens.chosen.clone().expect("a token is chosen");
    let bert = catalog::load("bert").unwrap();
    assert_eq!((chosen.tokenizer.as_str(), Some(chosen.id)), ("bert", bert.id("queen")));
    person.ctrl(Key::Num5);
    person.must_see("token queen");
    person.must_see(&format!("ID in BERT (uncased) {}", chosen.id));
    person.must_see(&format!("row of 0–189 {}", person.row("queen")));
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(*person.view(), before);
}

#[test]
fn a_token_without_a_row_says_so() {
    let mut person = person_at("xylophone");
    person.command(lexiscope::scene::Command::ChooseToken(Some(lexiscope::scene::view::ChosenToken {
        tokenizer: "byt5".into(),
        id: 123,
    })));
    assert!(person.view().map.selection.is_empty());
    person.ctrl(Key::Num5);
    person.must_see("no row here –");
}

#[test]
fn keys_go_from_token_to_token_and_choose_one() {
    let mut person = person_at("king queen");
    person
        .harness
        .get_by(|node| {
            node.role() == Role::Button && node.label().is_some_and(|name| name.starts_with("bert: "))
        })
        .focus();
    person.settle();
    person.key(Key::ArrowRight);
    person.key(Key::Enter);
    assert_eq!(person.selected_words(), ["queen"]);
}

#[test]
fn ready_texts_and_ids_are_a_click_away() {
    let mut person = Person::new();
    person.ctrl(Key::Num4);
    person.click_button("Emoji");
    assert!(person.view().tokens.text.contains('🍓'));
    person.click(Role::CheckBox, "Show IDs");
    person.click_button("Code");
    assert!(person.view().tokens.text.starts_with("def "));
    person.ctrl(Key::Z);
    assert!(person.view().tokens.text.contains('🍓'), "each ready text is a step of its own");
}

/// A word-level tokenizer of three words, as Hugging Face's library writes it.
const TOKENIZER: &str = r#"{
    "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "cat": 1, "dog": 2}, "unk_token": "[UNK]"}
}"#;

#[test]
fn an_opened_tokenizer_joins_the_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "mine.json", TOKENIZER);
    let mut person = Person::new();
    person.open(&path);
    person.must_see("Map of 190 words");
    person.fill("Text to tokenize", "cat dog bird");
    let rows = person.state().derived().tokens();
    assert_eq!(rows.len(), 12, "{:?}", person.state().notices().all());
    let name = rows[11].name().to_owned();
    assert_eq!(spoken(&person, &name), format!("{name}: 3 tokens, IDs 1 2 0"));
    person.command(lexiscope::scene::Command::CloseDocument(person.state().documents()[1].0));
    assert_eq!(person.state().derived().tokens().len(), 11);
}

#[test]
fn the_cursor_stays_where_one_writes_when_a_text_becomes_long_and_short_again() {
    let mut person = Person::new();
    person.key(Key::F4);
    person.command(Command::SetText("a b ".repeat(8_191)));
    person.fill("Text to tokenize", "x");
    person.command(Command::SetText("a b ".repeat(8_191)));
    person.keys(egui::Modifiers::CTRL | egui::Modifiers::COMMAND, Key::End);
    for key in ["1", "2", "3", "4", "5", "6"] {
        person.write(key);
    }
    assert!(person.view().tokens.text.ends_with("a b 123456"), "keys go in one behind the other");
    person.must_see("of 5 parts");
    for _ in 0..6 {
        person.key(Key::Backspace);
    }
    assert!(person.view().tokens.text.ends_with("a b a b "));
    person.write("z");
    assert!(person.view().tokens.text.ends_with("a b z"));
}

#[test]
fn a_long_text_is_written_in_part_by_part() {
    let mut person = Person::new();
    person.key(Key::F4);
    let text = "word and word ".repeat(10_000);
    person.command(Command::SetText(text.clone()));
    person.click_button("Part after");
    person.fill("Text to tokenize", "HERE ");
    let now = person.view().tokens.text.clone();
    // The second part, 8 kB from 8 kB on, was written anew, and nothing else.
    assert_eq!(now.len(), text.len() - 8_192 + 5);
    assert_eq!((&now[..8_192], &now[8_197..]), (&text[..8_192], &text[16_384..]));
    person.write("AND ");
    assert_eq!(&person.view().tokens.text[8_192..8_201], "HERE AND ");
    // What is pasted goes to where the cursor is, however long it is.
    let pasted = "x ".repeat(20_000);
    person.harness.event(egui::Event::Paste(pasted.clone()));
    person.settle();
    assert_eq!(person.view().tokens.text.len(), text.len() - 8_192 + 9 + pasted.len());
    assert_eq!(&person.view().tokens.text[8_192..8_205], "HERE AND x x ");
    person.click_button("Clear");
    assert!(person.view().tokens.text.is_empty());
    // What is typed in the frame of a paste, before it and behind it, is not lost.
    person.fill("Text to tokenize", "");
    let enter = egui::Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    let text = |text: &str| egui::Event::Text(text.to_owned());
    for event in [text("a"), egui::Event::Paste(pasted.clone()), text("b"), enter, text("c")] {
        person.harness.event(event);
    }
    person.settle();
    assert_eq!(*person.view().tokens.text, format!("a{pasted}b\nc"));
}
