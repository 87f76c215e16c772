//! The page for the lookup matrix with matrices that are not as one would wish, and while one takes the place of another.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Event, Key, PointerButton};
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::view::{ChosenToken, MatrixRoom, MatrixSource, PositionKind, RowOrder, SelectHow};

use super::matrix::{at_the_matrix, focus_picture, look};
use super::{Person, file};

/// The words of a vocabulary in the order of their IDs.
const WORDS: [&str; 10] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "bites", "man"];

/// A model with a BERT vocabulary. The row of `cat` is not finite, that of `dog` zero.
fn odd_model(folder: &Path) -> PathBuf {
    let rows = WORDS.len();
    let mut values: Vec<f32> = (0..rows * 4).map(|at| ((at * 37 % 11) as f32 - 5.0) / 4.0).collect();
    (values[6 * 4 + 1], values[6 * 4]) = (f32::NAN, 0.5);
    values[7 * 4..8 * 4].fill(0.0);
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let header = format!(
        r#"{{"embeddings.word_embeddings.weight":{{"dtype":"F32","shape":[{rows},4],"data_offsets":[0,{}]}}}}"#,
        bytes.len()
    );
    let length = (header.len() as u64).to_le_bytes();
    file(folder, "vocab.txt", WORDS.join("\n"));
    file(folder, "model.safetensors", [&length[..], header.as_bytes(), &bytes].concat())
}

fn at_the_odd_model(folder: &Path) -> Person {
    let mut person = Person::new();
    person.open(&odd_model(folder));
    person.command(Command::SetText("the cat bites man".into()));
    person.key(Key::F6);
    person.must_see("V × d = 10 × 4");
    person
}

/// Chooses a token of the odd model.
fn choose(person: &mut Person, id: u32) {
    let lookup = person.state().derived().lookup();
    let tokenizer = lookup.matrix().unwrap().tokenizer.as_ref().unwrap().1.clone();
    person.command(Command::ChooseToken(Some(ChosenToken { tokenizer, id })));
}

#[test]
fn numbers_that_are_not_finite_are_said_as_they_stand_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = at_the_odd_model(folder.path());
    person.must_see("not finite");
    choose(&mut person, 6);
    focus_picture(&mut person);
    person.key(Key::ArrowRight);
    person.must_see("row 6, cat, column 0: 0.5");
    person.key(Key::ArrowRight);
    person.must_see("row 6, cat, column 1: NaN");
    // It has no length to be sorted by.
    for ascending in [false, true] {
        look(&mut person, |matrix| (matrix.order, matrix.ascending) = (RowOrder::Norm, ascending));
        let lookup = person.state().derived().lookup();
        assert_eq!(lookup.standing(&person.view().matrix).row_at(9), 6);
    }
}

#[test]
fn a_row_that_points_nowhere_has_no_neighbors_by_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = at_the_odd_model(folder.path());
    look(&mut person, |matrix| matrix.room = MatrixRoom::Ids);
    for (id, why) in [(6, "Not all numbers of this row are finite"), (7, "All numbers of this row are zero")]
    {
        choose(&mut person, id);
        person.must_see(why);
        assert!(!person.sees("Nearest by cosine"));
    }
    choose(&mut person, 8);
    person.must_see("Nearest by cosine");
}

#[test]
fn a_word_whose_row_is_not_finite_is_left_out_of_sums_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = at_the_odd_model(folder.path());
    look(&mut person, |matrix| {
        matrix.room = MatrixRoom::OneHot;
        matrix.one_hot.words = "the cat dog".into();
    });
    person.must_see("The row of “cat” holds numbers that are not finite: it is left out.");
    person.must_see("after 2 of 2 rows. The sum is the row");
    for kind in [PositionKind::Sinusoidal, PositionKind::Rotary] {
        look(&mut person, |matrix| (matrix.room, matrix.position.kind) = (MatrixRoom::Position, kind));
        assert!(!person.sees("NaN"), "{kind:?}");
    }
    look(&mut person, |matrix| matrix.position.kind = PositionKind::Sinusoidal);
    person.must_see("for want of a row whose numbers are all finite: 1 of its words");
}

#[test]
fn a_narrower_matrix_may_take_the_place_of_the_one_that_the_keys_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&file(folder.path(), "few.txt", "cat 1 2 0\ndog 1 1.5 0\ncar -1 0 3\n"));
    person.command(Command::SetText("cat dog".into()));
    person.key(Key::F6);
    look(&mut person, |matrix| matrix.source = MatrixSource::Shipped);
    person.click_button("cat, ID 4937");
    focus_picture(&mut person);
    for _ in 0..6 {
        person.key(Key::ArrowRight);
    }
    person.must_see("row 4937, cat, column 5: ");
    look(&mut person, |matrix| matrix.source = MatrixSource::Map);
    focus_picture(&mut person);
    person.must_see("Matrix of 3 rows × 3");
    person.key(Key::ArrowRight);
    person.must_see("row 0, cat, column 0: 1");
}

#[test]
fn a_text_may_become_shorter_while_one_of_its_words_is_dragged() {
    let mut person = at_the_matrix();
    person.command(Command::SetText("dog bites man".into()));
    look(&mut person, |matrix| matrix.room = MatrixRoom::Position);
    let place = |person: &Person, word| person.harness.get_by_role_and_label(Role::Button, word).rect();
    let (man, dog) = (place(&person, "man").center(), place(&person, "dog").center());
    let go = |person: &mut Person, to| {
        person.harness.event(Event::PointerMoved(to));
        person.settle();
    };
    go(&mut person, man);
    person.harness.event(button(man, true));
    person.settle();
    go(&mut person, man + egui::vec2(12.0, 0.0));
    go(&mut person, dog + egui::vec2(4.0, 0.0));
    assert_eq!(person.view().matrix.position.order, [1, 0, 2], "man goes to the end");
    // It was the last of three, and now there is a single one.
    person.command(Command::SetText("bites".into()));
    let left = place(&person, "bites").left_center() + egui::vec2(3.0, 0.0);
    go(&mut person, left);
    person.harness.event(button(left, false));
    person.settle();
    person.must_see("Both orders are the same");
}

/// The mouse is pressed at a point, or let go.
fn button(pos: egui::Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: egui::Modifiers::NONE }
}

/// Clicks at a point.
fn click_at(person: &mut Person, pos: egui::Pos2) {
    person.harness.event(Event::PointerMoved(pos));
    for pressed in [true, false] {
        person.harness.event(button(pos, pressed));
    }
    person.settle();
}

#[test]
fn a_row_that_is_seen_in_part_stays_where_it_is_clicked() {
    let mut person = at_the_matrix();
    let is_picture = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.starts_with("Matrix of"))
    };
    let picture = person.harness.get_by(is_picture).rect();
    let rows = f64::from(picture.height()) / 20.0;
    // Half a row is seen at the top.
    look(&mut person, |matrix| matrix.frame.row = 5_000.5 + rows / 2.0);
    let frame = person.view().matrix.frame;
    click_at(&mut person, picture.left_top() + egui::vec2(30.0, 3.0));
    assert_eq!(person.state().derived().lookup().chosen(), Some(5_000));
    assert_eq!(person.view().matrix.frame, frame);
    // Its numbers are read from where it was clicked; those of another row from the left.
    person.key(Key::ArrowRight);
    person.must_see("column 7: ");
    person.fill("Find a row", "queen");
    person.key(Key::Enter);
    person.key(Key::ArrowRight);
    person.must_see("row 3035, queen, column 0: ");
}

#[test]
fn likeness_to_a_row_of_one_matrix_is_not_asked_of_another() {
    let mut person = at_the_matrix();
    let like_cat = |person: &mut Person| {
        person.click_button("cat, ID 4937");
        person.click_button("Likeness");
        assert_eq!(person.view().matrix.order, RowOrder::Likeness(4937));
        person.must_see("Likeness to “cat”.");
    };
    like_cat(&mut person);
    person.click_button("MiniLM");
    assert_eq!(person.view().matrix.order, RowOrder::Id);
    // The matrix that comes with the program stays what it is, whatever is opened.
    like_cat(&mut person);
    let folder = tempfile::tempdir().unwrap();
    person.open(&odd_model(folder.path()));
    assert_eq!(person.view().matrix.order, RowOrder::Likeness(4937));
    person.key(Key::F6);
    look(&mut person, |matrix| matrix.source = MatrixSource::Automatic);
    look(&mut person, |matrix| matrix.order = RowOrder::Likeness(8));
    let open = person.view().document;
    person.command(Command::CloseDocument(open));
    assert_eq!(person.view().matrix.order, RowOrder::Id);
}

#[test]
fn special_tokens_that_were_typed_are_read_as_on_the_page_for_tokens() {
    let mut person = at_the_matrix();
    person.command(Command::SetText("[SEP] cat".into()));
    person.must_see("Copied row 3: cat, 4937");
    person.command(Command::TypedSpecial(true));
    person.must_see("Copied row 0: [SEP], 102");
    person.must_see("Copied row 1: cat, 4937");
    look(&mut person, |matrix| matrix.room = MatrixRoom::Position);
    person.must_see("[SEP] at position 0");
}

#[test]
fn a_key_that_is_held_goes_from_row_to_row_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.open(&file(folder.path(), "few.txt", "cat 1 2 0\ndog 1 1.5 0\ncar -1 0 3\n"));
    for row in 0..3 {
        person.state_mut().update(Command::Select([row].into_iter().collect(), SelectHow::Replace));
    }
    assert_eq!(person.selected_words(), ["car"]);
    person.command(Command::Undo);
    assert!(person.selected_words().is_empty());
}

#[test]
fn a_row_is_gone_to_by_enter_alone_and_the_keyboard_stays() {
    let mut person = at_the_matrix();
    let before = person.view().clone();
    person.fill("Find a row", "");
    person.key(Key::Enter);
    person.write("queen");
    assert_eq!(person.view().matrix.frame, before.matrix.frame, "nothing was entered yet");
    person.key(Key::Enter);
    assert_eq!(person.state().derived().lookup().chosen(), Some(3035));
    // From there the keys read the row.
    person.key(Key::ArrowRight);
    person.must_see("row 3035, queen, column 0: ");
    person.fill("Find a row", "30522");
    person.must_see("IDs go from 0 to 30521.");
    person.key(Key::Enter);
    person.ctrl(Key::A);
    person.write("zzzz");
    assert_eq!(&*person.view().matrix.find, "zzzz", "the keyboard stays where there is no such row");
    // What is written in a field is chosen there, and no word of a map that is out of sight.
    person.key(Key::Escape);
    person.ctrl(Key::A);
    assert!(person.view().map.selection.is_empty());
}

#[test]
fn an_order_by_likeness_stays_while_the_matrix_is_the_same() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    person.click_button("Likeness");
    // Words on the map take the place of no model's matrix.
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "few.txt", "cat 1 2 0\ndog 1 1.5 0\ncar -1 0 3\n");
    person.open(&path);
    person.key(Key::F6);
    person.must_see("V × d = 30,522 × 384");
    assert_eq!(person.view().matrix.order, RowOrder::Likeness(4937));
    // The same file with other rows is another matrix.
    look(&mut person, |matrix| (matrix.source, matrix.order) = (MatrixSource::Map, RowOrder::Likeness(2)));
    std::fs::write(&path, "cat 1 2 0\ndog 1 1.5 0\ncow -1 0 3\n").unwrap();
    person.open(&path);
    assert_eq!(person.view().matrix.order, RowOrder::Id);
    person.command(Command::Undo);
    assert_eq!(person.view().matrix.order, RowOrder::Id);
}

#[test]
fn what_a_screen_reader_presses_is_a_step_each() {
    let mut person = at_the_matrix();
    person.command(Command::SetText("the cat".into()));
    for name in ["the, ID 1996", "cat, ID 4937"] {
        let chip = person.harness.get_by_role_and_label(Role::Button, name);
        chip.click_accesskit();
        person.settle();
    }
    person.ctrl(Key::Z);
    let chosen = person.view().tokens.chosen.as_ref().map(|chosen| chosen.id);
    assert_eq!(chosen, Some(1996));
}

#[test]
fn what_is_chosen_elsewhere_comes_into_the_picture() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    let other = ChosenToken { tokenizer: "bert".into(), id: 20_968 };
    person.command(Command::ChooseToken(Some(other)));
    assert!((person.view().matrix.frame.row - 20_968.5).abs() < 1.0, "{:?}", person.view().matrix.frame);
    person.command(Command::Undo);
    assert!((person.view().matrix.frame.row - 4_937.5).abs() < 40.0, "{:?}", person.view().matrix.frame);
}

#[test]
fn a_new_text_shows_all_of_its_rows() {
    let mut person = at_the_matrix();
    person.click_button("Start");
    assert_eq!(person.view().matrix.copied, Some(0));
    person.command(Command::SetText("dog bites man".into()));
    person.must_see("Copied row 2: man");
    person.command(Command::SetText("dog zzzq man".into()));
    look(&mut person, |matrix| {
        (matrix.room, matrix.position.kind) = (MatrixRoom::Position, PositionKind::Rotary);
    });
    person.must_see("So orders are told apart, though nothing was added.");
}
