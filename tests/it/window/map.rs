//! The map and what lies around it: samples, search, selection, neighbors, clusters.

use egui::Key;
use egui::accesskit::Role;
use lexiscope::geometry::{Metric, neighbors};
use lexiscope::progress::Unwatched;
use lexiscope::scene::numbers::score;
use lexiscope::vectors::SearchMode;

use super::Person;
use egui_kittest::kittest::{NodeT, Queryable};

/// What the list of nearest words must read for a word.
fn expected(person: &Person, word: &str, k: usize, metric: Metric) -> Vec<String> {
    let table = person.table();
    let found = neighbors::of_row(table, person.row(word) as usize, k, metric, &Unwatched).unwrap();
    found
        .iter()
        .map(|near| format!("{} {}", table.word(near.row as usize), score(near.score, metric)))
        .collect()
}

#[test]
fn the_first_start_shows_the_starter_and_says_what_to_do() {
    let person = Person::new();
    person.must_see("Map of 190 words, nothing selected");
    person.must_see("Every point is a word");
    person.must_see("190 words × 100");
    for group in
        ["animals", "food", "countries", "numbers", "vehicles", "sports", "people", "months and days"]
    {
        assert_eq!(person.harness.get_all_by_label_contains(&format!("Select {group}, ")).count(), 1);
    }
    assert!(person.state().notices().all().is_empty());
}

#[test]
fn the_samples_menu_opens_a_sample() {
    let mut person = Person::new();
    person.click_button("Samples");
    person.click_button("GloVe: 8,335 words × 100");
    person.must_see("Map of 8335 words");
    assert_eq!(person.table().rows(), 8335);
    assert_eq!(person.state().documents().len(), 2, "the starter stays open");
    person.ctrl(Key::Z);
    person.must_see("Map of 190 words");
}

#[test]
fn a_word_is_found_selected_and_flown_to() {
    let mut person = Person::new();
    person.key(Key::Slash);
    person.write("quee");
    person.must_see("1 word");
    assert!(person.view().map.selection.is_empty(), "nothing is chosen while one types");
    person.key(Key::Enter);
    person.must_see("Map of 190 words, “queen” selected");
    assert!(person.view().map.framing.is_some_and(|framing| framing.zoom > 1.0));
    let at = person.state().derived().cloud().unwrap().points.position(person.row("queen") as usize).unwrap();
    assert_eq!(person.view().map.framing.unwrap().center, at.map(f64::from));
}

#[test]
fn the_search_box_finds_by_substring_and_pattern_and_says_what_it_does_not_find() {
    let mut person = Person::new();
    person.ctrl(Key::F);
    person.write("een");
    person.must_see("No word matches.");
    person.click_button("contains");
    assert_eq!(person.state().search().mode, SearchMode::Substring);
    person.must_see("queen");
    person.click_button("regex");
    person.fill("Find a word", "^mor.*o$");
    person.click_button("morocco");
    assert_eq!(person.selected_words(), ["morocco"]);
    person.key(Key::Slash);
    person.write("mo(");
    person.must_see("⚠");
}

#[test]
fn escape_closes_the_search_and_nothing_else() {
    let mut person = Person::new();
    person.click_button("cat");
    person.key(Key::Slash);
    person.write("mo");
    person.key(Key::Escape);
    assert_eq!(person.state().search().text, "");
    assert_eq!(person.selected_words(), ["cat"], "Esc closed the search and nothing else");
}

#[test]
fn arrows_choose_among_the_hits() {
    let mut person = Person::new();
    person.key(Key::Slash);
    person.write("s");
    let hits = person.table().search("s", SearchMode::Prefix, 200).unwrap().rows;
    person.key(Key::ArrowDown);
    person.key(Key::ArrowDown);
    person.key(Key::Enter);
    assert_eq!(person.selected_words(), [person.table().word(hits[2])]);
}

#[test]
fn the_neighbor_list_is_what_geometry_says() {
    let mut person = Person::new();
    person.click_button("queen");
    assert_eq!(person.lines_below("Nearest words"), expected(&person, "queen", 10, Metric::Cosine));
    person.click_button("Euclidean");
    assert_eq!(person.lines_below("Nearest words"), expected(&person, "queen", 10, Metric::Euclidean));
    person.slide("nearest", 4.0);
    assert_eq!(person.lines_below("Nearest words"), expected(&person, "queen", 4, Metric::Euclidean));
    person.key(Key::CloseBracket);
    assert_eq!(person.lines_below("Nearest words").len(), 5);
}

#[test]
fn the_metric_changes_the_order_where_lengths_differ() {
    let mut person = Person::new();
    person.command(lexiscope::scene::Command::OpenSample("glove-50d".into()));
    person.click_button("queen");
    let by_cosine = person.lines_below("Nearest words");
    person.click_button("dot");
    let by_dot = person.lines_below("Nearest words");
    assert_ne!(by_cosine, by_dot);
    assert_eq!(by_dot, expected(&person, "queen", 10, Metric::Dot));
}

#[test]
fn a_neighbor_leads_on_to_its_own_neighbors() {
    let mut person = Person::new();
    person.click_button("cat");
    let first = person.lines_below("Nearest words")[0].clone();
    person.click_button(&first);
    let word = first.rsplit_once(' ').unwrap().0;
    assert_eq!(person.selected_words(), [word]);
    assert_eq!(person.lines_below("Nearest words"), expected(&person, word, 10, Metric::Cosine));
}

#[test]
fn a_click_on_a_point_selects_it_and_a_click_beside_all_points_clears() {
    let mut person = Person::new();
    // The camera looks at the word: its point is in the middle of the map.
    person.key(Key::Slash);
    person.write("tennis");
    person.key(Key::Enter);
    person.key(Key::Escape);
    assert!(person.view().map.selection.is_empty());
    let map = person.harness.get_by_label_contains("Map of").rect();
    person.harness.hover_at(map.center());
    person.harness.drag_at(map.center());
    person.harness.drop_at(map.center());
    person.settle();
    assert_eq!(person.selected_words(), ["tennis"]);
    let nothing = map.left_bottom() + egui::vec2(60.0, -60.0);
    person.harness.run_steps(4);
    person.harness.hover_at(nothing);
    person.harness.drag_at(nothing);
    person.harness.drop_at(nothing);
    person.settle();
    assert!(person.view().map.selection.is_empty());
}

#[test]
fn an_entry_of_the_legend_selects_its_words() {
    let mut person = Person::new();
    let name =
        person.harness.get_by_label_contains("Select vehicles").accesskit_node().label().unwrap_or_default();
    person.click_button(&name);
    let words = person.selected_words();
    assert!(words.contains(&"train".to_owned()) && !words.contains(&"cat".to_owned()));
    assert_eq!(name, format!("Select vehicles, {} words", words.len()));
}

#[test]
fn nearest_words_outside_the_view_are_said_and_a_click_away() {
    const SAID: &str = "nearest words are outside the view";
    let mut person = Person::new();
    person.click_button("cat");
    assert!(!person.sees(SAID), "everything is in view");
    person.key(Key::F);
    for _ in 0..3 {
        person.key(Key::Plus);
    }
    person.must_see(&format!("of 10 {SAID}"));
    let before = person.view().clone();
    person.click_button("Show them");
    assert!(!person.sees(SAID));
    assert_ne!(person.view().map.framing, before.map.framing);
    assert_eq!(person.selected_words(), ["cat"]);
    person.ctrl(Key::Z);
    assert_eq!(*person.view(), before, "it is undone like any other change of the view");
    person.keys(egui::Modifiers::SHIFT, Key::F);
    assert!(!person.sees(SAID), "the key does the same");
    person.ctrl(Key::Z);
    person.key(Key::N);
    assert!(!person.sees(SAID), "without lines nothing leads out of the view");
}

#[test]
fn most_words_of_the_starter_are_written_and_few_points_are_covered() {
    use lexiscope::picture::{Camera, Candidate, LabelLimits, LabelPlacer, Viewport};
    let person = Person::new();
    let (cloud, table) = (person.state().derived().cloud().unwrap(), person.table());
    // Without regard for points, 108 and 148 words are written and 97 and 62 points covered.
    let maps = [(Viewport::new(690.0, 640.0), 114, 75), (Viewport::new(1330.0, 1000.0), 155, 35)];
    for (viewport, least, most) in maps {
        let camera = Camera::fit(cloud.bounds, viewport, 52.0);
        let at = |row: usize| {
            camera.to_screen(cloud.points.position(row).unwrap_or_default().map(f64::from), viewport)
        };
        let words: Vec<Candidate> = (0..table.rows())
            .map(|row| Candidate { id: row as u32, at: at(row), radius: 4.5, forced: false })
            .collect();
        let measure = |row: u32| [7.2 * table.word(row as usize).len() as f32, 16.0];
        let mut placer = LabelPlacer::new();
        let labels = placer.place(viewport, &[], &words, &LabelLimits::default(), measure);
        let covers = |rect: &lexiscope::picture::Rect, point: &Candidate| {
            let away = |i: usize| point.at[i] - point.at[i].clamp(rect.min[i], rect.max[i]);
            away(0).hypot(away(1)) < point.radius
        };
        let covered = labels
            .iter()
            .map(|label| words.iter().filter(|word| word.id != label.id && covers(&label.rect, word)).count())
            .sum::<usize>();
        assert!(labels.len() >= least && covered <= most, "{} written, {covered} covered", labels.len());
    }
}

#[test]
fn clusters_are_listed_and_their_number_can_be_changed() {
    let mut person = Person::new();
    person.ctrl(Key::Num3);
    person.must_see("Silhouette");
    person.slide("clusters", 5.0);
    assert_eq!(person.view().map.clustering.k, 5);
    let clustering = person.state().derived().clustering(person.view().document).unwrap().clone();
    assert_eq!(clustering.clusters.len(), 5);
    for cluster in &clustering.clusters {
        person.must_see(&format!("{} {}", cluster.name, cluster.size));
    }
    let first = &clustering.clusters[0];
    person.click_button(&format!("{} {}", first.name, first.size));
    assert_eq!(person.view().map.selection.len(), first.size as u64);
    person.click(Role::CheckBox, "Color the map by cluster");
    person.must_see(&format!("Select {}, {} words", first.name, first.size));
    person.click_button("HDBSCAN");
    person.slide("smallest cluster", 4.0);
    person.must_see("belong to none");
}
