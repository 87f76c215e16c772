//! A short text on its way to tokens: step by step, forth, back and by itself.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::tokens::trace::{LONGEST, Trace, Way};

use super::Person;

/// Somebody who takes a text apart.
fn before(text: &str, tokenizer: &str) -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Steps");
    person.command(Command::Examine(tokenizer.to_owned()));
    person.fill("Text to take apart", text);
    person
}

fn trace(person: &Person) -> Trace {
    let derived = person.state().derived();
    let traced = derived.reading().apart().newest(&person.view().tokens, derived.tokens()).unwrap();
    traced.as_ref().as_ref().unwrap().clone()
}

#[test]
fn pairs_are_joined_one_by_one_and_taken_apart_again() {
    let mut person = before("strawberry", "gpt2");
    person.must_see("This tokenizer takes this text as it is.");
    person.must_see("Joined, pair by pair");
    let steps = trace(&person).words[0].way.steps();
    person.must_see(&format!("of {steps}"));
    person.must_see("berry  8396");
    person.click_button("Start");
    person.must_see("No pair is joined yet");
    person.click_button("Next");
    let Way::Merges(_, states) = trace(&person).words[0].way.clone() else { panic!("byte-level BPE merges") };
    let made = &states[1].parts[states[1].made.unwrap()];
    person.must_see(&format!("→ {}", String::from_utf8_lossy(&made.bytes)));
    person.slide(&format!("of {steps} steps"), 3.0);
    let made = &states[3].parts[states[3].made.unwrap()];
    person.must_see(&format!("→ {}", String::from_utf8_lossy(&made.bytes)));
    person.click_button("Back");
    person.click_button("Back");
    person.click_button("Back");
    person.must_see("No pair is joined yet");
    // It plays by itself, to the end, and then rests.
    person.harness.get_by_role_and_label(Role::Button, "Play").click();
    for _ in 0..8 * steps {
        person.harness.step();
    }
    let made = &states[steps].parts[states[steps].made.unwrap()];
    person.must_see(&format!("→ {}", String::from_utf8_lossy(&made.bytes)));
    person.harness.get_by_role_and_label(Role::Button, "Play");
    // A token of it is followed to its row.
    person.harness.get_by_role_and_label(Role::Button, "st  301").click_accesskit();
    person.settle();
    assert_eq!(person.view().tokens.chosen.as_ref().map(|chosen| chosen.id), Some(301));
}

#[test]
fn each_algorithm_has_steps_of_its_own() {
    let mut person = before("Unbelievably odd", "bert");
    person.must_see("unbelievably·odd");
    person.must_see("The longest match first");
    person.click_button("odd");
    let bert = trace(&person);
    assert_eq!(bert.words.len(), 2);
    person.command(Command::Examine("t5".into()));
    person.must_see("The most probable way");
    person.must_see("times less probable");
    person.click_button("Start");
    person.must_see("Before the first piece the sum is 0.");
    person.click_button("Next");
    person.must_see("the best ways to get there");
    person.command(Command::Examine("canine".into()));
    person.must_see("No cut to look for");
    person.command(Command::TakeApart(String::new()));
    person.must_see("Nothing is left to be cut.");
    person.command(Command::TakeApart("x".repeat(10_000)));
    assert_eq!(trace(&person).text.len(), LONGEST);
    person.ctrl(Key::Z);
    assert_eq!(*person.view().tokens.apart, *"Unbelievably odd", "what was written in one go is one step");
}
