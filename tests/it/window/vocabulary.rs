//! The vocabulary of a tokenizer: searched, sorted, and followed to the rows of a table.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::view::{Page, Room};
use lexiscope::tokens::vocabulary::{Filter, Oddity, SortBy};

use super::Person;

/// Somebody before the vocabulary of GPT-2.
fn browsing() -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Vocabulary");
    person.must_see("30,522 of 30,522 entries");
    person.command(Command::Examine("gpt2".into()));
    person.must_see("50,257 of 50,257 entries");
    person
}

/// The entries that are listed, as they are read.
fn listed(person: &Person) -> Vec<String> {
    let (view, derived) = (&person.view().tokens, person.state().derived());
    let vocabulary = derived.reading().browsing().opened(view, derived.tokens()).unwrap().as_ref().unwrap();
    let listing = derived.reading().browsing().listing(vocabulary).unwrap();
    let read = |&place: &u32| {
        let id = vocabulary.entries()[place as usize].id;
        String::from_utf8_lossy(&vocabulary.read(id).unwrap()).into_owned()
    };
    listing.places.iter().map(read).collect()
}

#[test]
fn an_entry_is_found_and_leads_to_its_row() {
    let mut person = browsing();
    person.fill("Find entries", " king");
    let found = listed(&person);
    assert!(
        found.contains(&" king".to_owned()) && found.iter().all(|text| text.to_lowercase().contains(" king"))
    );
    person.must_see(&format!("{} of 50,257 entries", found.len()));
    let at = found.iter().position(|text| text == " king").unwrap();
    person.harness.get_by_role(Role::Grid).focus();
    person.settle();
    for _ in 0..at {
        person.key(Key::ArrowDown);
    }
    person.must_see(&format!("{} of {}: “ king”, ID 5822, word start, Latin, 5 bytes", at + 1, found.len()));
    person.key(Key::Enter);
    let chosen = person.view().tokens.chosen.clone().unwrap();
    assert_eq!((chosen.tokenizer.as_str(), chosen.id), ("gpt2", 5_822));
    assert_eq!(person.view().map.selection.focus(), Some(person.row("king")));
    assert_eq!(person.view().page, Page::Tokens, "one stays where one is");
    person.key(Key::End);
    person.key(Key::PageUp);
    person.key(Key::Home);
    person.must_see(&format!("1 of {}: ", found.len()));
}

#[test]
fn entries_are_sorted_narrowed_down_and_their_oddities_told() {
    let mut person = browsing();
    person.click_button("Sort by length");
    person.click_button("Sort by length");
    assert_eq!(person.view().tokens.vocabulary.sort, SortBy::Characters);
    assert!(listed(&person)[0].chars().count() > 60);
    person.click_button("Sort by id");
    assert_eq!(listed(&person)[0], "!");
    person.click_button("special 1");
    assert_eq!(listed(&person), ["<|endoftext|>"]);
    person.click_button("all 50,257");
    person.harness.get_by_label_contains("Undecodable alone").click();
    person.settle();
    assert!(listed(&person).iter().all(|text| text.contains('\u{fffd}')));
    person.must_see("alone they cannot be read as text");
    person.harness.get_by_role_and_label(Role::Button, "Never made").click();
    person.settle();
    let filter = &person.view().tokens.vocabulary;
    assert_eq!(filter.oddity, Some(Oddity::Unmade));
    person.must_see("Each was tried alone and among other letters");
    // Whatever GPT-2 has, it makes: a piece that is a whole entry is never cut.
    assert!(listed(&person).is_empty());
    person.must_see("Never made 0");
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(person.view().tokens.vocabulary, Filter::default());
    person.click_button("regex");
    person.fill("Find entries", "(");
    person.must_see("unclosed group");
    person.must_see("No entry is like that.");
    person.click_button("Showdown");
    assert_eq!(person.view().tokens.room, Room::Showdown);
    person.must_see("tokenizers that have a vocabulary cut");
}

#[test]
fn every_tokenizer_has_a_vocabulary_that_can_be_walked() {
    let mut person = browsing();
    let names: Vec<String> =
        person.state().derived().tokens().iter().map(|row| row.name().to_owned()).collect();
    for name in names {
        let filter = Filter { query: "a".into(), ..Filter::default() };
        person.command(Command::Examine(name.clone()));
        person.command(Command::Browse(filter));
        assert!(!listed(&person).is_empty(), "{name}");
        person.harness.get_by_role(Role::Grid).focus();
        person.settle();
        person.key(Key::End);
        person.key(Key::Enter);
        assert_eq!(person.view().tokens.chosen.as_ref().map(|chosen| &chosen.tokenizer), Some(&name));
    }
}
