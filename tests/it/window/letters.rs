//! The letters inside of tokens.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::view::LetterChoice;

use super::Person;

#[test]
fn a_letter_is_counted_by_eye_and_then_in_the_tokens() {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Letters");
    // GPT-4's tokens of "strawberry", as Python's tiktoken has them.
    for id in ["ID 496", "ID 675", "ID 15717"] {
        assert!(person.harness.query_all_by_label(id).next().is_some(), "{id}");
    }
    assert!(!person.sees("“r” is there 3 times."), "one counts by oneself first");
    person.click(Role::CheckBox, "Show the letters inside");
    person.must_see("“r” is there 3 times.");
    person.must_see("ID 496, str, 1");
    person.must_see("ID 15717, berry, 2");
    person.must_see("3 of them, in 2 of 3 tokens.");
    person.fill("Letter to count", "a");
    person.must_see("“a” is there once.");
    person.fill("Text with letters", "a🍓b🍓");
    person.fill("Letter to count", "🍓");
    person.must_see("“🍓” is there 2 times.");
    person.must_see("2 are in no token");
    person.ctrl(Key::Z);
    assert_ne!(&*person.view().tokens.letters.letter, "🍓");
}

#[test]
fn a_letter_that_is_not_there_and_no_text_at_all_are_counted_too() {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Letters");
    person.click(Role::CheckBox, "Show the letters inside");
    person.fill("Letter to count", "z");
    person.must_see("“z” is there 0 times.");
    let counting = |text: &str, letter: &str| {
        Command::CountLetters(LetterChoice { text: text.into(), letter: letter.into(), reveal: true })
    };
    person.command(counting("", "z"));
    person.must_see("“z” is there 0 times.");
    person.command(counting("abc", ""));
    person.must_see("Write the letter that is to be counted.");
    person.fill("Letter to count", "ss");
    assert_eq!(&*person.view().tokens.letters.letter, "s");
}
