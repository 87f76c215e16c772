//! The page for the lookup matrix.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::view::{
    ChosenToken, MatrixRoom, MatrixSource, MatrixView, Page, PositionKind, RowOrder,
};

use super::{Person, file};

/// A person at the page, with a text whose rows are known.
pub(super) fn at_the_matrix() -> Person {
    let mut person = Person::new();
    person.command(Command::SetText("the cat".into()));
    person.key(Key::F6);
    person
}

pub(super) fn look(person: &mut Person, change: impl FnOnce(&mut MatrixView)) {
    let mut matrix = person.view().matrix.clone();
    change(&mut matrix);
    person.command(Command::LookUp(Box::new(matrix)));
}

#[test]
fn a_sentence_picks_rows_that_are_copied_out_one_by_one() {
    let mut person = at_the_matrix();
    person.must_see("30,522 rows × 384");
    // BERT's IDs, as the reference has them.
    person.must_see("Copied row 0: the, 1996");
    person.must_see("Copied row 1: cat, 4937");
    person.click_button("Back");
    assert_eq!(person.view().matrix.copied, Some(1));
    assert!(person.sees("Copied row 0: the") && !person.sees("Copied row 1"));
    person.must_see("1 × 384");
    person.click_button("Start");
    assert!(!person.sees("Copied row 0"));
    person.click_button("End");
    person.must_see("2 × 384");
    person.ctrl(Key::Z);
    assert_eq!(person.view().matrix.copied, Some(0));
}

#[test]
fn a_token_that_is_chosen_anywhere_is_chosen_everywhere() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    let chosen = ChosenToken { tokenizer: "bert".into(), id: 4937 };
    assert_eq!(person.view().tokens.chosen.as_ref(), Some(&chosen));
    assert_eq!(person.selected_words(), ["cat"], "the word of the map");
    person.must_see("row 4937, cat");
    person.must_see("row of 0–30,521 4937");
    // Another tokenizer's token leads to the row of its name.
    let other = ChosenToken { tokenizer: "gpt2".into(), id: 3797 };
    person.command(Command::ChooseToken(Some(other)));
    assert_eq!(person.state().derived().lookup().chosen(), Some(4937));
    // And so does a word of the map.
    person.command(Command::ShowPage(Page::Map));
    person.command(Command::SelectWords(vec!["queen".into()]));
    person.key(Key::F6);
    person.must_see("row 3035, queen");
}

#[test]
fn the_way_through_the_program_shows_where_one_is() {
    let mut person = Person::new();
    for (stage, page) in
        [("Tokens", Page::Tokens), ("IDs", Page::Matrix), ("+ Position", Page::Matrix), ("Map", Page::Map)]
    {
        person.click_button(&format!("Stage: {stage}"));
        assert_eq!(person.view().page, page, "{stage}");
        // On the right is what can be chosen there, until something is.
        let hint = match page {
            Page::Map => "Every point is a word",
            Page::Tokens => "Click a token to follow it",
            Page::Matrix => "Click a token of the sentence",
        };
        person.must_see(hint);
    }
    // What takes layers of a model is explained.
    person.click_button("Stage: Context");
    person.must_see("That takes an encoder");
    person.key(Key::Escape);
    person.click_button("Stage: Text");
    assert_eq!(person.view().page, Page::Tokens);
    person.ctrl(Key::A);
    person.write("dog");
    assert_eq!(&*person.view().tokens.text, "dog", "the text can be typed at once");
}

#[test]
fn rows_are_sorted_and_found_by_name_and_by_number() {
    let mut person = at_the_matrix();
    person.click_button("Norm");
    assert_eq!(person.view().matrix.order, RowOrder::Norm);
    let first = |person: &Person| {
        let lookup = person.state().derived().lookup();
        lookup.order_shown(&person.view().matrix).unwrap().as_ref().as_ref().unwrap().rows[0]
    };
    assert_eq!(first(&person), 28_760, "the longest row by numpy");
    person.click(Role::CheckBox, "Turned around");
    assert_eq!(first(&person), 103);
    person.fill("Find a row", "queen");
    person.click_button("queen · row 3035");
    assert_eq!(person.state().derived().lookup().chosen(), Some(3035));
    // No token is called so: it is the number of a row.
    person.fill("Find a row", "30521");
    person.must_see("##～ · row 30521");
    // This one is both.
    person.fill("Find a row", "2000");
    person.must_see("2000 · row 2456");
    person.must_see("to · row 2000");
    person.fill("Find a row", "quuueen");
    person.must_see("quuueen");
    look(&mut person, |matrix| {
        matrix.order = RowOrder::Direction;
        matrix.direction.to = "zzzzzz".into();
    });
    person.must_see("These words make no direction");
}

#[test]
fn arrow_keys_go_from_row_to_row_of_the_picture() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    focus_picture(&mut person);
    person.key(Key::ArrowDown);
    person.must_see("row 4938");
    person.key(Key::ArrowUp);
    person.key(Key::ArrowUp);
    person.must_see("row 4936");
    person.key(Key::End);
    person.must_see("row 30521");
    person.key(Key::PageUp);
    assert!(!person.sees("Matrix of 30,522 rows × 384, row 30521"));
    person.key(Key::Home);
    person.must_see("Matrix of 30,522 rows × 384, row 0, [PAD]");
    // Where nothing is chosen one looks around.
    person.command(Command::ClearSelection);
    focus_picture(&mut person);
    person.key(Key::End);
    assert!(person.view().matrix.frame.row > 30_000.0);
    person.must_see("no row is chosen");
    let width = person.view().matrix.frame.width;
    person.key(Key::Plus);
    assert!(person.view().matrix.frame.width > width);
}

#[test]
fn a_one_hot_vector_times_the_matrix_is_the_row() {
    let mut person = at_the_matrix();
    person.click_button("One-hot");
    person.click_button("Take the sentence");
    person.must_see("from the");
    assert_eq!(&*person.view().matrix.one_hot.words, "the cat");
    person.fill("Words of the small vocabulary", "cat dog car truck bluebirdly");
    person.must_see("bluebirdly");
    person.must_see("after 4 of 4 rows. The sum is the row");
    // The distances that numpy has for the first word.
    for text in ["1.414", "1.437", "1.563", "1.708", "0.424"] {
        person.must_see(text);
    }
    person.click_button("Start");
    person.must_see("The sum is not the row yet");
    person.click_button("Next");
    person.must_see("after 1 of 4 rows. The sum is the row");
}

#[test]
fn weights_are_those_of_the_open_file_and_of_known_models() {
    let mut person = at_the_matrix();
    person.click_button("Weight");
    for text in ["11,720,448", "38,597,376", "617,558,016", "124,439,808", "8,030,261,248", "25,731,584"] {
        person.must_see(text);
    }
    person.click_button("8 bits");
    assert_eq!(person.view().matrix.weight.bits, 8);
    person.slide("d", 768.0);
    person.must_see("50,257 × 768 = 38,597,376 numbers");
}

#[test]
fn neighbors_by_number_are_set_against_neighbors_by_meaning() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    person.click_button("IDs");
    person.must_see("cat is row 4937");
    person.must_see("(ID 4938)");
    person.must_see("cats   (ID 8870)");
    person.click_button("paris");
    person.must_see("paris is row 3000");
}

#[test]
fn two_orders_are_one_bag_until_positions_are_added() {
    let mut person = at_the_matrix();
    person.click_button("Position");
    person.must_see("cat the");
    person.click_button("Try “dog bites man”");
    person.must_see("As bags they are the same.");
    person.must_see("man bites dog");
    person.must_see("dog at 0 and 2");
    person.click_button("Learned");
    person.must_see("Vectors of positions 0 to 511, 384 numbers each");
    // A word is moved with the keys.
    person.harness.get_by_role_and_label(Role::Button, "man").focus();
    person.settle();
    person.key(Key::ArrowRight);
    assert_eq!(person.view().matrix.position.order, [1, 2, 0]);
    person.must_see("bites man dog");
    person.click_button("Rotary");
    person.must_see("Only the distance counts");
    person.must_see("Pair 0 turns 57.3°");
    person.click_button("Sinusoidal");
    let is_picture = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.starts_with("Vectors of positions"))
    };
    person.harness.get_by(is_picture).focus();
    person.settle();
    for key in [Key::ArrowDown, Key::ArrowDown, Key::ArrowRight, Key::ArrowRight] {
        person.key(key);
    }
    // sin(1 / 10,000^(2/384)), by numpy.
    person.must_see("Position 1, column 2: 0.81");
}

#[test]
fn a_column_is_set_against_a_direction() {
    let mut person = at_the_matrix();
    person.click_button("Columns");
    person.slide("column", 17.0);
    assert_eq!(person.view().matrix.column, 17);
    person.must_see("woman");
    person.fill("Direction to", "she, qqqqqq");
    person.must_see("qqqqqq");
    person.click_button("Sort the matrix by it");
    assert_eq!((person.view().matrix.room, person.view().matrix.order), (MatrixRoom::Rows, RowOrder::Column));
}

#[test]
fn an_open_model_takes_the_place_of_the_matrix_that_comes_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let model = crate::shell::project_file("sample_vectors");
    for (name, to) in [
        ("minilm-l6-v2-input.safetensors", "model.safetensors"),
        ("minilm-l6-v2-input.vocab.txt", "vocab.txt"),
    ] {
        std::fs::copy(model.join(name), folder.path().join(to)).unwrap();
    }
    let mut person = at_the_matrix();
    person.open(&folder.path().join("model.safetensors"));
    person.key(Key::F6);
    let matrix = |person: &Person| person.state().derived().lookup().matrix().unwrap().document.title.clone();
    assert_eq!(matrix(&person), "model.safetensors");
    person.must_see("Copied row 1: cat, 4937");
    person.click_button("Position");
    person.click_button("Learned");
    person.must_see("Vectors of positions 0 to 511, 384 numbers each");
    person.click_button("MiniLM");
    assert!(matrix(&person).starts_with("MiniLM, whole"));
}

#[test]
fn a_table_of_words_is_looked_up_word_by_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "few.txt", "cat 1 2 0\ndog 1 1.5 0\ncar -1 0 3\n");
    let mut person = Person::new();
    person.open(&path);
    person.command(Command::SetText("The cat, and a dog!".into()));
    person.key(Key::F6);
    look(&mut person, |matrix| matrix.source = MatrixSource::Map);
    person.must_see("Rows are words");
    person.must_see("Copied row 0: cat,, 0");
    person.must_see("2 × 3");
    let out = folder.path().join("rows.npy");
    person.command(Command::SaveRows(out.clone()));
    let bytes = std::fs::read(out).unwrap();
    assert!(bytes.windows(6).any(|part| part == b"(2, 3)"));
    person.click_button("Position");
    person.click_button("Learned");
    person.must_see("This file has no learned positions");
}

#[test]
fn every_room_is_there_with_nothing_to_see() {
    let mut person = at_the_matrix();
    person.command(Command::SetText(String::new()));
    look(&mut person, |matrix| {
        matrix.one_hot.words = "".into();
        matrix.direction.from = "".into();
    });
    for (room, said) in [
        ("One-hot", "Type some words that the matrix has."),
        ("Weight", "this matrix"),
        ("IDs", "Type a text above"),
        ("Position", "Type a sentence whose words the matrix has."),
        ("Columns", "Both ends need a word that the matrix has"),
    ] {
        person.click_button(room);
        person.must_see(said);
    }
    person.command(Command::Present(true));
    look(&mut person, |matrix| matrix.room = MatrixRoom::Rows);
    person.must_see("Type a text above");
}

#[test]
fn choosing_a_row_is_one_step_and_looking_around_is_none() {
    let mut person = at_the_matrix();
    let before = person.view().tokens.chosen.clone();
    person.click_button("cat, ID 4937");
    let frame = person.view().matrix.frame;
    assert!((frame.row - 4937.5).abs() < 1e-6, "the row comes into the middle");
    look(&mut person, |matrix| matrix.frame.row = 100.0);
    person.ctrl(Key::Z);
    assert_eq!(person.view().tokens.chosen, before);
    assert_eq!(person.view().page, Page::Matrix);
}

#[test]
fn a_row_that_was_chosen_elsewhere_is_in_view_when_one_comes() {
    let mut person = Person::new();
    person.command(Command::ChooseToken(Some(ChosenToken { tokenizer: "bert".into(), id: 20_968 })));
    person.key(Key::F6);
    assert!((person.view().matrix.frame.row - 20_968.5).abs() < 40.0, "{:?}", person.view().matrix.frame);
    // A word of the map is found by its name, which takes a moment: the row of the choice before is not taken for it.
    for (word, row) in [("queen", 3_035.5), ("france", 2_605.5)] {
        person.command(Command::ShowPage(Page::Map));
        person.command(Command::SelectWords(vec![word.into()]));
        person.key(Key::F6);
        let frame = person.view().matrix.frame;
        assert!((frame.row - row).abs() < 40.0, "{word} {frame:?}");
    }
}

#[test]
fn rows_of_another_text_are_never_saved_for_those_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = at_the_matrix();
    person.key(Key::F4);
    person.command(Command::SetText("another text".into()));
    let out = folder.path().join("rows.npy");
    person.command(Command::SaveRows(out.clone()));
    assert!(!out.exists());
    person.must_see("There are no rows to save");
    person.key(Key::F6);
    person.command(Command::SaveRows(out.clone()));
    assert!(out.exists());
    let names = std::fs::read_to_string(folder.path().join("rows.words.txt")).unwrap();
    assert_eq!(names.lines().collect::<Vec<_>>(), ["another", "text"]);
}

/// Puts the keyboard on the picture of the matrix.
pub(super) fn focus_picture(person: &mut Person) {
    let is_picture = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.starts_with("Matrix of"))
    };
    person.harness.get_by(is_picture).focus();
    person.settle();
}

#[test]
fn the_keyboard_reads_single_numbers() {
    let mut person = at_the_matrix();
    person.click_button("cat, ID 4937");
    focus_picture(&mut person);
    let value = |person: &Person, column: usize| {
        let matrix = person.state().derived().lookup().matrix().unwrap();
        matrix.table().row(4937)[column].to_string().replace('-', "−")
    };
    person.key(Key::ArrowRight);
    person.must_see(&format!("row 4937, cat, column 0: {}", value(&person, 0)));
    person.key(Key::ArrowRight);
    person.must_see(&format!("row 4937, cat, column 1: {}", value(&person, 1)));
    person.key(Key::ArrowLeft);
    person.key(Key::ArrowLeft);
    person.must_see("column 0: ");
    person.key(Key::ArrowDown);
    person.must_see("row 4938");
    person.must_see("column 0: ");
}

#[test]
fn whatever_stands_in_a_session_every_room_shows_it_within_the_bounds_of_the_matrix() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = at_the_matrix();
    person.command(Command::SetText("a b only c".into()));
    // A matrix of one column, one of a single row, and one with what is no number.
    let rooms = [
        MatrixRoom::Rows,
        MatrixRoom::OneHot,
        MatrixRoom::Weight,
        MatrixRoom::Ids,
        MatrixRoom::Position,
        MatrixRoom::Columns,
    ];
    let tables = ["a 1\nb 2\nc 2\n", "only 1 2 3\n", "a 1 2\nb NaN 1\nc 2 1\n"];
    for (index, table) in tables.iter().enumerate() {
        let path = file(folder.path(), &format!("{index}.txt"), table);
        person.open(&path);
        person.key(Key::F6);
        for room in rooms {
            look(&mut person, |matrix| {
                *matrix = MatrixView {
                    room,
                    source: MatrixSource::Map,
                    order: RowOrder::Likeness(u32::MAX),
                    copied: Some(u32::MAX),
                    column: u32::MAX,
                    ..MatrixView::default()
                };
                matrix.one_hot.words = "a b only c".into();
                (matrix.one_hot.word, matrix.one_hot.step) = (u32::MAX, Some(u32::MAX));
                (matrix.position.order, matrix.position.at) = (vec![9; 40], u32::MAX);
                matrix.frame.row = f64::MAX;
            });
            for kind in [PositionKind::Sinusoidal, PositionKind::Learned, PositionKind::Rotary] {
                look(&mut person, |matrix| matrix.position.kind = kind);
            }
            for order in [RowOrder::Norm, RowOrder::Column, RowOrder::Direction, RowOrder::Likeness(0)] {
                look(&mut person, |matrix| matrix.order = order);
            }
            // The other matrix takes its place under the room, and goes again.
            look(&mut person, |matrix| matrix.source = MatrixSource::Shipped);
            person.must_see("V × d = 30,522 × 384");
            look(&mut person, |matrix| matrix.source = MatrixSource::Map);
        }
        person.must_see(["V × d = 3 × 1", "V × d = 1 × 3", "V × d = 2 × 2"][index]);
    }
}

#[test]
fn what_is_typed_and_what_is_clicked_after_it_are_two_steps() {
    let mut person = at_the_matrix();
    person.click_button("Position");
    person.fill("Text to tokenize", "cat sees dog");
    person.click_button("Try “dog bites man”");
    assert_eq!(&*person.view().tokens.text, "dog bites man");
    person.command(Command::Undo);
    assert_eq!(&*person.view().tokens.text, "cat sees dog");
    // And so are two fields of one room.
    person.click_button("Columns");
    person.fill("Direction from", "cat");
    person.fill("Direction to", "dog");
    person.command(Command::Undo);
    assert_eq!(&*person.view().matrix.direction.from, "cat");
}
