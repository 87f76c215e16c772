//! Analogies, the row, and what panels do when they are hidden or shown.

use egui::Key;
use lexiscope::scene::Command;
use lexiscope::scene::view::Tab;

use super::Person;
use egui_kittest::kittest::Queryable;

fn answer(person: &Person) -> String {
    let report = person.state().derived().analogy(person.view().document).expect("an analogy was asked");
    let best = report
        .answer()
        .and_then(lexiscope::scene::words::AnalogyAnswer::best)
        .expect("all three words are known");
    person.table().word(best as usize).to_owned()
}

#[test]
fn an_analogy_is_asked_through_three_fields() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    person.click_button("Ask");
    person.fill("A", "man");
    person.fill("B", "king");
    person.fill("C", "woman");
    person.click_button("Ask");
    assert_eq!(answer(&person), "queen");
    person.must_see("man is to king as woman is to");
    person.must_see("angle between the arrows, in the full space");
    let without = person.lines_below("Without the words of the question");
    assert!(without[0].starts_with("queen "), "{without:?}");
    // The raw winner is one of the question's own words.
    let with = person.lines_below("With them");
    assert!(with[0].starts_with("king "), "{with:?}");
}

#[test]
fn enter_in_a_field_asks() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    person.fill("A", "france");
    person.fill("B", "paris");
    person.fill("C", "germany");
    person.key(Key::Enter);
    assert!(person.view().map.analogy.is_some());
    // The starter has no capitals.
    person.must_see("“paris” is not in this file.");
}

#[test]
fn an_analogy_of_the_gallery_is_asked_by_a_click() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    let ready = lexiscope::geometry::relations::answerable(person.table());
    assert!(!ready.is_empty(), "the starter has the words of ready analogies");
    let scores =
        person.state().derived().questions().gallery(person.view().document).expect("they are scored");
    let first = scores.iter().find(|score| score.section == ready[0].relation).unwrap();
    assert!(first.correct > 0 && first.correct <= first.total);
    person.must_see(&format!("{} · {} of {} answered", first.section, first.correct, first.total));
    let [a, b, c, d] = ready[0].words;
    person.click_button(&format!("{a} → {b},  {c} → ?"));
    let asked = person.view().map.analogy.clone().expect("it was asked");
    assert_eq!([asked.a.as_str(), &asked.b, &asked.c], [a, b, c]);
    assert_eq!(answer(&person), d);
    assert_eq!(person.harness.get_by_label("A").value().as_deref(), Some(a), "the fields follow");
}

#[test]
fn an_unknown_word_is_said_with_near_spellings() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    person.fill("A", "man");
    person.fill("B", "qeen");
    person.fill("C", "woman");
    person.key(Key::Enter);
    person.must_see("“qeen” is not in this file.");
    let near = person.table().near_spellings("qeen", 3).join(", ");
    assert!(near.contains("queen"));
    person.must_see(&format!("Near spellings: {near}."));
}

#[test]
fn the_row_page_shows_the_chain_and_the_weight_of_the_matrix() {
    let mut person = Person::new();
    person.click_button("queen");
    person.ctrl(Key::Num5);
    person.must_see("word queen");
    let row = person.row("queen");
    person.must_see(&format!("row of 0–189 {row}"));
    person.must_see("Its 100 numbers");
    person.must_see("V × d = 190 × 100 = 19,000 numbers");
    person.click_button("Show the point on the map");
    assert!(person.view().map.framing.is_some());
}

#[test]
fn panels_hide_and_a_page_brings_its_panel_back() {
    let mut person = Person::new();
    person.must_see("Projection");
    person.key(Key::F2);
    assert!(!person.sees("Projection"));
    person.key(Key::F3);
    assert!(!person.sees("Every point is a word"));
    person.ctrl(Key::Num3);
    assert_eq!(person.view().panels.tab, Tab::Clusters);
    person.must_see("Silhouette");
}

#[test]
fn presentation_leaves_only_the_map_and_the_page_in_large_type() {
    let mut person = Person::new();
    let scale = person.harness.ctx.zoom_factor();
    person.key(Key::F5);
    assert!(!person.sees("Projection") && !person.sees("Samples"));
    person.must_see("Map of 190 words");
    person.must_see("Every point is a word");
    assert!(person.harness.ctx.zoom_factor() > 1.2 * scale);
    person.key(Key::Escape);
    person.must_see("Projection");
    assert_eq!(person.harness.ctx.zoom_factor(), scale);
}

#[test]
fn the_window_says_what_the_map_hides() {
    let mut person = Person::new();
    person.must_see("On average 5.5 of 10 nearest words are near on this map (cosine).");
    person.must_see("5.5 of 10 neighbors kept");
    person.command(Command::SelectWords(vec!["king".to_owned()]));
    person.must_see("of its 10 nearest words");
}
