//! Two tables side by side.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
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

#[test]
fn the_other_map_stands_beside_and_what_is_chosen_there_is_chosen_here() {
    let (mut person, folder) = with_two();
    let other = person.state().documents().iter().find(|(_, open)| open.title == "after.txt").unwrap().0;
    person.command(Command::CompareWith(Some(other)));
    person.harness.get_by_role_and_label(Role::CheckBox, "Both maps side by side").click();
    person.settle();
    let there = person.state().derived().beside(person.view()).map().unwrap().clone();
    let here = person.state().derived().cloud().unwrap().clone();
    // The words that were not swapped lie nearer to where they were than those that were.
    let apart = |word: &str| {
        let row = person.row(word) as usize;
        let [a, b] = [&here, &there].map(|cloud| cloud.points.position(row).unwrap());
        (a[0] - b[0]).hypot(a[1] - b[1])
    };
    assert!(apart("w5") > 2.0 * apart("w6") && apart("w40") > 2.0 * apart("w6"));
    assert_eq!(there.points.position(person.row("w59") as usize), None, "the other table lacks it");
    // A click on a word of the other map, of which both maps show the same part.
    let map = person.harness.get_by_role_and_label(Role::Canvas, "Map of the other table");
    let rect = map.rect();
    map.focus();
    person.settle();
    person.key(Key::ArrowRight);
    let row = person.view().map.selection.focus().expect("the arrows walk on the other map too");
    let word = person.table().word(row as usize).to_owned();
    person.must_see(&format!("“{word}” here and there"));
    assert!(rect.width() > 200.0);
    // The choice is there while the tables are compared, too.
    person.state_mut().update(Command::SetNeighbors(7));
    person.harness.step();
    person.must_see("Both maps side by side");
    person.settle();
    // A map that moves points round after round has no place for them.
    person.click_button("t-SNE");
    person.must_see("This map cannot place words of another table");
    person.click_button("PCA");
    assert!(person.state().derived().beside(person.view()).map().is_some());
    // Another metric and another layout are the same words elsewhere; the places on the plane are not worked out anew for the one.
    let beside = |person: &Person| person.state().derived().beside(person.view()).map().cloned();
    let flat = beside(&person).unwrap();
    person.command(Command::SetMetric(Metric::Euclidean));
    assert!(Arc::ptr_eq(&beside(&person).unwrap(), &flat));
    person.click_button("3-D");
    let (there, here) = (beside(&person).unwrap(), person.state().derived().cloud().unwrap().clone());
    assert_eq!((there.layout, there.bounds), (here.layout, here.bounds));
    assert!(Arc::ptr_eq(&there.projection, &flat.projection), "a turn places no word anew");
    person.slide("turn", 75.0);
    assert!(Arc::ptr_eq(&beside(&person).unwrap().projection, &flat.projection));
    // A session reopens both, side by side.
    let session = folder.path().join("both.lexiscope");
    person.command(Command::SaveSession(session.clone()));
    let mut again = Person::new();
    again.open(&session);
    assert!(again.state().derived().beside(again.view()).map().is_some());
    assert_eq!(again.state().compared().unwrap().title, "after.txt");
    assert_eq!(again.state().document().unwrap().title, "before.txt");
    // On the other table's own map this one is the other.
    let this = person.view().document;
    person.command(Command::ShowDocument(other));
    assert_eq!(person.view().compared, Some(this));
    person.command(Command::CloseDocument(other));
    assert!(person.state().derived().beside(person.view()).map().is_none());
    assert_eq!((person.view().document, person.view().compared), (this, None));
}
