//! A tokenizer of one's own.

use egui::Key;
use lexiscope::scene::Command;
use lexiscope::scene::view::{Room, TrainingText, TrainingView};
use lexiscope::tokens::training::Kind;

use super::{Person, file};

const TEXT: &str =
    "low low low low low lower lower newest newest newest newest newest newest widest widest widest\n";

fn training(text: &str) -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Train");
    person.click_button("a text of yours");
    person.fill("Text to train on", text);
    person
}

fn press_train(person: &mut Person) {
    person.command(Command::Train);
}

/// The example of Sennrich, Haddow and Birch 2016, whose first merges are "es" and "est".
#[test]
fn pairs_are_learned_step_by_step() {
    let mut person = training(&TEXT.repeat(20));
    let mut view = person.view().tokens.training.clone();
    view.recipe.kind = Kind::Bpe;
    view.samples = "lowest".into();
    person.command(Command::PrepareTraining(view));
    press_train(&mut person);
    person.must_see("entries: ");
    person.click_button("Start");
    person.must_see("Nothing is joined yet");
    // 18 of the 20 lines are learned from, with nine words of "es" in each.
    person.must_see("e + s: 162");
    person.click_button("Next");
    person.must_see("“e” and “s”, 162 times together, became “es”");
    person.click_button("Next");
    person.must_see("became “est”");
    person.click_button("End");
    person.must_see("Merge ");
    person.ctrl(Key::Z);
    person.must_see("became “est”");
}

#[test]
fn what_was_trained_is_compared_and_saved_and_opens_again() {
    let mut person = training(&TEXT.repeat(20));
    press_train(&mut person);
    person.click_button("Compare it with the others");
    person.must_see("is compared with the others");
    let is_kept = |person: &Person| person.state().derived().tokens().len() == 12;
    assert!(is_kept(&person));
    person.click_button("No longer compare it");
    assert!(!is_kept(&person));
    person.click_button("Compare it with the others");
    let name = &*person.state().derived().tokens()[11].name().to_owned();
    assert!(name.starts_with("byte BPE "), "{name}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.json");
    person.command(Command::SaveTokenizer(path.clone()));
    person.must_see("Saved ");
    person.open(&path);
    assert!(
        person.state().derived().tokens().iter().any(|row| row.document().is_some()),
        "it opens as a tokenizer"
    );
    person.command(Command::ShowRoom(Room::Showdown));
    let showdown = person.state().derived().reading().showdown(&person.view().tokens).unwrap();
    let ids = |name: &str| {
        let lane =
            showdown.lanes.iter().find(|lane| lane.name == name).unwrap_or_else(|| panic!("no {name}"));
        lane.row().unwrap().encoding.ids()
    };
    assert_eq!(ids(name), ids("mine"), "the file is what was trained");
}

#[test]
fn a_text_with_nothing_in_it_and_a_file_that_is_not_there_say_so() {
    let mut person = training(" ");
    let mut view = person.view().tokens.training.clone();
    view.recipe.kind = Kind::WordPiece;
    person.command(Command::PrepareTraining(view));
    press_train(&mut person);
    person.must_see("There is nothing to learn from");
    let folder = tempfile::tempdir().unwrap();
    person.command(Command::TrainOn(folder.path().join("missing.txt")));
    press_train(&mut person);
    person.must_see("missing.txt cannot be read");
    let path = file(folder.path(), "words.txt", TEXT.repeat(30));
    person.command(Command::TrainOn(path.clone()));
    assert_eq!(person.view().tokens.training.recipe.text, TrainingText::File(path));
    person.must_see("What is below was trained otherwise.");
    press_train(&mut person);
    person.must_see("words.txt");
    person.must_see("different words");
}

#[test]
fn every_kind_is_trained_and_set_beside_other_ways_to_cut() {
    let mut person = training(&TEXT.repeat(20));
    for kind in Kind::ALL {
        let view = person.view().tokens.training.clone();
        let mut recipe = view.recipe.clone();
        (recipe.kind, recipe.size.0) = (kind, 100);
        person.command(Command::PrepareTraining(TrainingView { recipe, ..view }));
        press_train(&mut person);
        person.must_see("Beside other ways to cut");
    }
}
