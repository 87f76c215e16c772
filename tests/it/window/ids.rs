//! IDs under the wrong tokenizer.

use egui::Key;

use lexiscope::scene::Command;

use super::Person;

#[test]
fn ids_are_read_by_all_and_made_by_some() {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Wrong IDs");
    person.must_see("The cat is");
    person.must_see("could have made them");
    person.must_see("has no entry for 2 of them");
    person.fill("IDs to read", "976 nine");
    person.must_see("“nine” is no ID");
    person.command(Command::ReadIds(String::new()));
    assert!(!person.sees("could have made them"), "nothing was read");
    person.click_button("Showdown");
    person.click_button("Wrong IDs");
    person.click_button("GPT-2");
    assert!(person.view().tokens.ids.split(' ').count() > 10, "the showdown's text under GPT-2");
    person.must_see("Tokenization splits strawberries");
    person.ctrl(Key::Z);
    assert_eq!(*person.view().tokens.ids, *"", "as it was before");
}
