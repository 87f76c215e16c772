//! What is asked of the vectors on pages of their own: formulas, named axes, and how the vectors do.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::relation::RelationChoice;
use lexiscope::scene::view::Tab;

use super::{Person, file};

#[test]
fn a_formula_is_a_point_with_its_nearest_words() {
    let mut person = Person::new();
    person.ctrl(Key::Num6);
    assert_eq!(person.view().panels.tab, Tab::Formula);
    person.fill("Formula", "king - man + woman");
    person.key(Key::Enter);
    let without = person.lines_below("Without the words of the formula");
    assert!(without[0].starts_with("queen "), "{without:?}");
    let with = person.lines_below("With them");
    assert!(with[0].starts_with("king "), "{with:?}");
    let state = person.state();
    let report = state.derived().questions().formula(person.view().document).unwrap();
    let place = report.answer().unwrap().position(state.derived().cloud().unwrap()).unwrap();
    assert!(place.iter().all(|x| x.is_finite()));
    person.click_button("Show it on the map");
    assert!(person.view().map.framing.is_some());
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(person.view().map.formula, None, "undo takes the formula back");
}

#[test]
fn what_is_wrong_with_a_formula_is_said_and_nothing_is_replaced() {
    let mut person = Person::new();
    person.ctrl(Key::Num6);
    person.fill("Formula", "king - mann");
    person.click_button("Work out");
    person.must_see("“mann” is not in this file.");
    person.fill("Formula", "king king");
    person.click_button("Work out");
    person.must_see("At character 6: a sign such as + or * is missing before “king”");
    person.click_button("mean(cat, dog, horse)");
    assert_eq!(person.view().map.formula.as_deref(), Some("mean(cat, dog, horse)"));
    person.must_see("Without the words of the formula");
}

#[test]
fn words_are_sorted_along_named_axes_and_the_map_is_laid_out_by_them() {
    let mut person = Person::new();
    person.ctrl(Key::Num7);
    assert_eq!(person.view().panels.tab, Tab::Axes);
    person.fill("First axis from", "man, king, manx");
    person.fill("First axis to", "woman, queen");
    person.fill("Second axis from", "dog, cat");
    person.fill("Second axis to", "bread, milk");
    person.click_button("Sort the words");
    person.must_see("“manx” is not in this file.");
    person.must_see("man, king ↔ woman, queen");
    person.must_see("dog, cat ↔ bread, milk");
    let before = person.state().derived().cloud().unwrap().points.position(0);
    person.click(Role::CheckBox, "Lay the map out along them");
    let cloud = person.state().derived().cloud().unwrap();
    assert_ne!(cloud.points.position(0), before);
    let names = cloud.names.clone().unwrap();
    assert_eq!(names, ["man, king ↔ woman, queen", "dog, cat ↔ bread, milk"]);
    let at = |word: &str| cloud.points.position(person.row(word) as usize).unwrap();
    assert!(at("woman")[0] > at("man")[0] && at("bread")[1] > at("dog")[1]);
    person.click_button("Back to the projection");
    assert!(person.state().derived().cloud().unwrap().names.is_none());
    assert_eq!(person.state().derived().cloud().unwrap().points.position(0), before);
}

#[test]
fn an_axis_whose_words_are_missing_leaves_the_map_as_it_is() {
    let mut person = Person::new();
    person.ctrl(Key::Num7);
    person.fill("First axis from", "xyzzy");
    person.fill("First axis to", "woman");
    person.click_button("Sort the words");
    person.must_see("There is no direction");
    person.click(Role::CheckBox, "Lay the map out along them");
    assert!(person.state().derived().cloud().unwrap().names.is_none());
}

#[test]
fn vectors_are_scored_when_somebody_asks_and_the_errors_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let questions =
        file(folder.path(), "mine.txt", ": family\nman woman king queen\n: nonsense\nking man dog woman\n");
    let pairs = file(folder.path(), "mine.csv", "king,queen,9\nking,cheese,1\nking,nobodyknows,5\n");
    let mut person = Person::new();
    person.command(Command::UseAnalogies(Some(questions)));
    assert_eq!(person.view().panels.tab, Tab::Evaluate);
    person.command(Command::UsePairs(Some(pairs)));
    assert!(person.state().derived().questions().evaluation(person.view()).is_none(), "nobody asked yet");
    person.click_button("Score these vectors");
    person.must_see("1 of 2 as expected");
    person.must_see("on 2 of 3 pairs");
    person.click_button("family 1 of 1 · 100 %");
    person.must_see("All were answered as expected.");
    person.click_button("nonsense 0 of 1 · 0.00 %");
    let report = person.state().derived().questions().evaluation(person.view()).unwrap();
    let wrong = report.analogies.as_ref().unwrap()[1].wrong[0];
    let found = person.table().word(wrong.found.unwrap() as usize).to_owned();
    person.click_button(&format!("king is to man as dog is to {found}, not woman"));
    let selected = person.selected_words();
    assert!(["king", "man", "dog", "woman", &found].iter().all(|word| selected.iter().any(|it| it == word)));
    person.click_button("Usual analogies");
    assert_eq!(person.view().map.evaluation.analogies, None);
}

#[test]
fn what_is_wrong_with_a_file_of_questions_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    person.command(Command::UseAnalogies(Some(file(folder.path(), "bad.txt", ": a\nb c d\n"))));
    person.command(Command::Evaluate(true));
    person.must_see("Line 2 has 3 words");
}

#[test]
fn all_pairs_of_a_relation_are_drawn_and_judged() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    person.command(Command::ShowRelation(Some(RelationChoice::Gallery("Man and woman".into()))));
    let report = person.state().derived().questions().relation(person.view()).unwrap().clone();
    assert!(report.pairs.contains(&[person.row("king"), person.row("queen")]));
    let kept = report.parallel.mean_cosine.unwrap();
    assert!((0.1..0.9).contains(&kept), "{kept}");
    person
        .must_see(&format!("{} pairs: the mean cosine of every two steps is {kept:.2}", report.pairs.len()));
    person.key(Key::Escape);
    assert_eq!(person.view().map.relation, None);
    person.ctrl(Key::Z);
    assert!(person.view().map.relation.is_some());
    person.command(Command::AskFormula(Some("king - man".into())));
    assert_eq!(person.view().map.relation, None, "one question at a time");
}

#[test]
fn pairs_of_ones_own_are_drawn_together_and_their_missing_words_are_said() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    person.fill("Pairs", "man, woman\nking, queen\nfather, mothr");
    person.harness.get_by_role_and_label(Role::Button, "Draw as arrows").click_accesskit();
    person.settle();
    let report = person.state().derived().questions().relation(person.view()).unwrap().clone();
    let row = |word: &str| person.row(word);
    assert_eq!(report.pairs, [[row("man"), row("woman")], [row("king"), row("queen")]]);
    person.must_see("2 pairs: the mean cosine of every two steps is");
    person.must_see("“mothr” is not in this file");
    assert!(person.view().map.framing.is_some(), "the camera goes to the arrows");
    person.harness.get_by_role_and_label(Role::Button, "Clear").click_accesskit();
    person.settle();
    assert_eq!(person.view().map.relation, None);
}
