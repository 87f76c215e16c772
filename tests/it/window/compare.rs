//! Two tables side by side.

use egui::Key;
use lexiscope::geometry::Metric;
use lexiscope::geometry::neighbors;
use lexiscope::progress::Unwatched;
use lexiscope::scene::Command;
use lexiscope::scene::numbers::score;

use super::{Person, file};

/// Somebody with two tables of 60 words in one order but for two words, which changed places.
fn with_two() -> (Person, tempfile::TempDir) {
    let mut state = 7_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let mut rows: Vec<String> =
        (0..60).map(|_| (0..4).map(|_| format!(" {:.4}", number())).collect()).collect();
    let text = |rows: &[String]| -> String {
        rows.iter().enumerate().map(|(row, values)| format!("w{row}{values}\n")).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let before = file(folder.path(), "before.txt", text(&rows));
    rows.swap(5, 40);
    rows.truncate(58);
    let after = file(folder.path(), "after.txt", text(&rows));
    let mut person = Person::new();
    person.open(&after);
    person.open(&before);
    (person, folder)
}

#[test]
fn two_tables_are_compared_by_the_words_of_both() {
    let mut person = Person::new();
    person.ctrl(Key::Num9);
    person.must_see("Open a second table beside this one");
    let (mut person, _folder) = with_two();
    person.ctrl(Key::Num9);
    person.must_see("Choose the table to compare with.");
    let other = person.state().documents().iter().find(|(_, open)| open.title == "after.txt").unwrap().0;
    person.command(Command::CompareWith(Some(other)));
    person.must_see("58 words are in both tables.");
    person.must_see("Choose a word to see its nearest words in both tables.");
    let report = person.state().derived().questions().comparison(person.view()).unwrap().clone();
    let mut most: Vec<&str> =
        report.most[..2].iter().map(|word| person.table().word(word.row as usize)).collect();
    most.sort_unstable();
    assert_eq!(most, ["w40", "w5"]);
    // The neighbors here are those that the Word page lists.
    person.command(Command::SelectWords(vec!["w5".into()]));
    person.must_see("“w5” here and there");
    let row = person.row("w5") as usize;
    let near = neighbors::of_row(person.table(), row, 10, Metric::Cosine, &Unwatched).unwrap();
    let found = person.state().derived().questions().compared(person.view()).unwrap().unwrap();
    assert_eq!(found.first, near);
    let first = &found.left[0].here;
    let line = format!("{} {}", person.table().word(first.row as usize), score(first.score, Metric::Cosine));
    person.must_see(&line);
    person.must_see(&format!("{} of its 10 nearest words are the same in both.", found.kept.len()));
    // A word that the other table lacks is said to be missing there.
    person.command(Command::SelectWords(vec!["w59".into()]));
    person.must_see("after.txt has no such word.");
}

#[test]
fn a_closed_table_is_no_longer_compared_with() {
    let (mut person, _folder) = with_two();
    let other = person.state().documents().iter().find(|(_, open)| open.title == "after.txt").unwrap().0;
    person.command(Command::CompareWith(Some(other)));
    person.command(Command::CloseDocument(other));
    assert_eq!(person.view().compared, None);
    person.must_see("Choose the table to compare with.");
    person.ctrl(Key::Z);
    assert_eq!(person.view().compared, None);
}
