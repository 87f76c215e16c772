//! What languages cost: the same text in each of them, under every tokenizer.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use lexiscope::scene::Command;

use super::{Person, file};

fn comparing() -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Languages");
    person
}

#[test]
fn languages_are_told_by_the_base_and_losses_are_marked() {
    let mut person = comparing();
    // 8,442 and 353 tokens, which Python's tiktoken counts too.
    person.must_see("Burmese, GPT-2: 23.92");
    person.must_see("English, GPT-2: 1.00");
    let label = |node: egui_kittest::Node<'_>| node.accesskit_node().value().unwrap_or_default();
    let lost = label(person.harness.get_by_label_contains("Chinese, T5: "));
    assert!(lost.ends_with('?'), "what T5 does not know is said: {lost}");
    person.harness.get_by_role_and_label(Role::Button, "German").click_accesskit();
    person.settle();
    person.must_see("English, GPT-2: 0.43");
    person.click_button("tokens");
    person.must_see("Burmese, GPT-2: 8,442");
    person.click_button("price");
    person.must_see("A million tokens cost");
    // 8,442 tokens at 2.50 a million.
    person.must_see("Burmese, GPT-2: 0.0211");
    person.click_button("of a window");
    person.must_see("English, GPT-2: 4.31 %");
    person.command(Command::Examine("gpt4o".into()));
    assert_eq!(person.view().tokens.examined.as_deref(), Some("gpt4o"));
}

#[test]
fn a_parallel_text_of_ones_own_is_typed_or_opened() {
    let mut person = comparing();
    person.fill("Your own parallel text", "English: Good morning\nWelsh: Bore da i chi");
    person.must_see("Welsh, GPT-2: ");
    person.must_see("English, GPT-2: 1.00");
    assert!(!person.sees("Burmese, GPT-2"));
    person.fill("Your own parallel text", "English: Good morning\nnonsense");
    person.must_see("Line 2 is no language");
    person.click_button("Back to the Declaration");
    person.must_see("Burmese, GPT-2: 23.92");
    let folder = tempfile::tempdir().unwrap();
    let path =
        file(folder.path(), "parallel.tsv", "Dutch\tGoedemorgen\nDutch\tTot ziens\nFinnish\tHuomenta\n");
    person.command(Command::OpenLanguages(path));
    person.must_see("Finnish, GPT-2: ");
    let bad = file(folder.path(), "bad.tsv", [0xFF, 0xFE, 0]);
    person.command(Command::OpenLanguages(bad));
    person.must_see("cannot be read");
    person.must_see("Finnish, GPT-2: ");
    person.ctrl(Key::Z);
    person.must_see("Burmese, GPT-2: 23.92");
}
