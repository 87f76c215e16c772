//! Choosing many words, and showing some of them: invert, grow, isolate, hide, lists that go elsewhere.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use lexiscope::geometry::neighbors;
use lexiscope::progress::Unwatched;
use lexiscope::scene::view::ColorBy;
use lexiscope::scene::{Command, honesty};

use super::Person;

/// Somebody who has selected a group by the legend.
fn with_group(group: &str) -> Person {
    let mut person = Person::new();
    let rows = group_rows(&person, group).len();
    person.click_button(&format!("Select {group}, {rows} words"));
    assert_eq!(person.view().map.selection.len() as usize, rows);
    person
}

fn group_rows(person: &Person, group: &str) -> Vec<u32> {
    let coloring = person.state().derived().coloring(person.view().document).unwrap();
    let entry = coloring.legend.iter().position(|entry| entry.name == group).unwrap();
    coloring.rows_of(entry).iter().collect()
}

fn has_point(person: &Person, row: u32) -> bool {
    person.state().derived().cloud().unwrap().points.position(row as usize).is_some()
}

#[test]
fn isolated_words_are_projected_by_themselves_and_their_distances_stay() {
    let mut person = with_group("animals");
    let animals = group_rows(&person, "animals");
    let cat = person.row("cat");
    let before = person.state().derived().cloud().unwrap().points.position(cat as usize).unwrap();
    person.key(Key::I);
    person.must_see(&format!("{} of 190 words, projected by themselves", animals.len()));
    let cloud = person.state().derived().cloud().unwrap().clone();
    assert_eq!(cloud.points.len(), animals.len());
    assert!(animals.iter().all(|&row| has_point(&person, row)) && !has_point(&person, person.row("queen")));
    assert_ne!(cloud.points.position(cat as usize), Some(before));
    let shares = cloud.projection.explained_variance_ratio.as_ref().unwrap();
    assert!(shares[..2].iter().sum::<f64>() > 0.2, "the variance of the animals alone: {shares:?}");
    person.must_see("of 10 nearest isolated words are near on this map");
    // What is measured in all dimensions is what it was.
    person.command(Command::SelectWords(vec!["cat".into()]));
    let expected =
        neighbors::of_row(person.table(), cat as usize, 10, lexiscope::geometry::Metric::Cosine, &Unwatched)
            .unwrap();
    let lists = person.state().derived().neighbors(person.view().document).unwrap();
    assert_eq!(lists[0].neighbors, expected);
    person.click_button("Back to all");
    assert!(!person.sees("projected by themselves"));
    assert_eq!(person.state().derived().cloud().unwrap().points.position(cat as usize), Some(before));
    person.ctrl(Key::Z);
    person.must_see("projected by themselves");
}

#[test]
fn one_and_two_isolated_words_still_make_a_map() {
    let mut person = Person::new();
    for words in [&["cat"][..], &["cat", "dog"]] {
        person.command(Command::SelectWords(words.iter().map(|&word| word.to_owned()).collect()));
        person.key(Key::I);
        assert_eq!(person.state().derived().cloud().unwrap().points.len(), words.len());
        for method in ["t-SNE", "UMAP", "Random", "Diffusion", "PCA"] {
            person.click_button(method);
            assert!(person.state().derived().cloud().unwrap().points.len() <= words.len(), "{method}");
        }
        person.keys(Modifiers::SHIFT, Key::I);
        assert_eq!(person.state().derived().cloud().unwrap().points.len(), 190);
    }
    assert!(person.state().notices().all().is_empty(), "{:?}", person.state().notices().all());
}

#[test]
fn hidden_words_leave_the_others_where_they_are() {
    let mut person = with_group("animals");
    let animals = group_rows(&person, "animals");
    let queen = person.row("queen");
    let place = |person: &Person| {
        let cloud = person.state().derived().cloud().unwrap();
        (cloud.points.position(queen as usize), cloud.bounds)
    };
    let before = place(&person);
    let kept = person.state().derived().honesty(person.view()).unwrap().mean;
    person.key(Key::H);
    person.must_see(&format!("{} hidden", animals.len()));
    assert!(person.view().map.selection.is_empty(), "what is hidden is no longer chosen");
    assert!(animals.iter().all(|&row| !has_point(&person, row)));
    assert_eq!(place(&person), before);
    assert_eq!(person.state().derived().honesty(person.view()).unwrap().mean, kept);
    // A word that is hidden says so, and leads back.
    person.key(Key::Slash);
    person.write("cat");
    person.key(Key::Enter);
    person.must_see("It is hidden on the map.");
    person.click_button("Show what is hidden");
    assert!(has_point(&person, person.row("cat")) && !person.sees("hidden"));
}

#[test]
fn a_dot_of_the_legend_filters_its_words() {
    let mut person = Person::new();
    let food = group_rows(&person, "food");
    person.click(Role::CheckBox, "Show food on the map");
    assert!(food.iter().all(|&row| !has_point(&person, row)));
    person.click(Role::CheckBox, "Show animals on the map");
    person.must_see(&format!("{} hidden", food.len() + group_rows(&person, "animals").len()));
    person.click(Role::CheckBox, "Show food on the map");
    assert!(food.iter().all(|&row| has_point(&person, row)) && !has_point(&person, person.row("cat")));
    person.click_button("Show them");
    assert!(has_point(&person, person.row("cat")));
}

#[test]
fn a_selection_is_inverted_and_grown_to_the_nearest_words() {
    let mut person = with_group("animals");
    let animals = group_rows(&person, "animals");
    person.ctrl(Key::I);
    assert_eq!(person.view().map.selection.len() as usize, 190 - animals.len());
    assert!(!person.view().map.selection.contains(animals[0]));
    person.ctrl(Key::A);
    assert_eq!(person.view().map.selection.len(), 190);
    person.key(Key::Escape);
    person.command(Command::SelectWords(vec!["cat".into(), "seven".into()]));
    person.key(Key::G);
    let metric = lexiscope::geometry::Metric::Cosine;
    let mut expected: Vec<u32> = ["cat", "seven"]
        .iter()
        .flat_map(|word| {
            let row = person.row(word);
            let near = neighbors::of_row(person.table(), row as usize, 10, metric, &Unwatched).unwrap();
            near.into_iter().map(|neighbor| neighbor.row).chain([row])
        })
        .collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(person.view().map.selection.iter().collect::<Vec<_>>(), expected);
    person.ctrl(Key::Z);
    assert_eq!(person.selected_words(), ["cat", "seven"]);
}

#[test]
fn all_that_a_search_finds_is_selected_and_not_only_what_is_listed() {
    let mut person = Person::new();
    person.click_button("Samples");
    person.click_button("GloVe: 8,335 words × 100");
    person.key(Key::Slash);
    person.write("s");
    let total = person.table().search("s", lexiscope::vectors::SearchMode::Prefix, 10).unwrap().total;
    assert!(total > lexiscope::app::derived::MOST_HITS);
    person.click_button("Select all");
    assert_eq!(person.view().map.selection.len() as usize, total);
    assert!(person.selected_words().iter().all(|word| word.to_lowercase().starts_with('s')));
}

#[test]
fn colors_tell_how_near_every_word_is_to_the_chosen_ones() {
    let mut person = Person::new();
    person.command(Command::SetColor(ColorBy::Nearness));
    person.must_see("Select a word to see how near the others are to it.");
    person.command(Command::SelectWords(vec!["cat".into()]));
    let coloring = person.state().derived().coloring(person.view().document).unwrap().clone();
    assert_eq!(coloring.title.as_deref(), Some("Cosine to “cat”"));
    let class = |word: &str| coloring.classes[person.row(word) as usize];
    assert!(class("cat") >= class("dog") && class("dog") > class("france"));
    person.command(Command::SelectWords(vec!["cat".into(), "dog".into()]));
    let coloring = person.state().derived().coloring(person.view().document).unwrap();
    assert_eq!(coloring.title.as_deref(), Some("Cosine to the mean of 2 selected words"));
}

#[test]
fn chosen_words_are_written_as_a_list_or_with_all_that_is_known_of_them() {
    let mut person = Person::new();
    person.command(Command::SelectWords(vec!["queen".into(), "cat".into()]));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    person.command(Command::SaveWords(path("words.txt")));
    let mut expected = person.selected_words();
    expected.push(String::new());
    assert_eq!(std::fs::read_to_string(path("words.txt")).unwrap(), expected.join("\n"));
    person.command(Command::SaveWords(path("words.csv")));
    let text = std::fs::read_to_string(path("words.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("word,x,y,kept,group"));
    assert_eq!(text.lines().count(), 3);
    person.command(Command::SaveWords(path("words.doc")));
    person.must_see("let the name of the file end in .csv or .parquet");
}

#[test]
fn a_screen_reader_hears_where_a_word_lies_and_what_is_near() {
    let mut person = Person::new();
    person.command(Command::SelectWords(vec!["queen".into()]));
    let lists = person.state().derived().neighbors(person.view().document).unwrap();
    let nearest = person.table().word(lists[0].neighbors[0].row as usize).to_owned();
    person.must_see("“queen” selected at ");
    person.must_see(&format!("; nearest: {nearest}, "));
    person.key(Key::H);
    person.must_see("nothing selected");
}

#[test]
fn a_session_reopens_what_was_isolated_and_hidden() {
    let mut person = with_group("animals");
    person.key(Key::I);
    person.command(Command::SelectWords(vec!["cat".into()]));
    person.key(Key::H);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("animals.lexiscope");
    person.command(Command::SaveSession(path.clone()));
    let wanted = person.view().map.clone();
    let mut other = Person::new();
    other.open(&path);
    assert_eq!(other.view().map, wanted);
    let points = other.state().derived().cloud().unwrap().points.len();
    assert_eq!(points as u64, wanted.subset.isolated.len() - 1);
}

#[test]
fn the_diagram_of_distances_says_how_far_their_order_is_kept() {
    let mut person = Person::new();
    let found = person.state().derived().distances(person.view()).unwrap();
    assert!(
        honesty::distances(found).starts_with("2,000 pairs of words: the order of distances agrees by 0.")
    );
    let found = found.rank_correlation.unwrap();
    person.click_button("Random");
    let random = person.state().derived().distances(person.view()).unwrap().rank_correlation.unwrap();
    assert!(found > random + 0.1, "PCA {found}, random {random}");
}
