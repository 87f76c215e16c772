//! Maps whose points are moved round after round: chosen, told what to do, kept, undone.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use lexiscope::app::MapStage;
use lexiscope::geometry::projection::Method;
use lexiscope::progress::Unwatched;
use lexiscope::scene::Command;
use lexiscope::scene::palette;
use lexiscope::scene::rendering::{self, PictureKind, PictureOptions};
use lexiscope::scene::view::ProjectionChoice;

use super::Person;

/// The share of the ten nearest words that the map keeps, as it is said at the bottom.
fn kept(person: &Person) -> f64 {
    let found = person.state().derived().honesty(person.view());
    found.map_or(0.0, |found| found.mean)
}

#[test]
fn maps_of_neighbors_keep_more_of_them_than_the_flat_shadow_does() {
    let mut person = Person::new();
    let shadow = kept(&person);
    for (title, method) in [("t-SNE", Method::TSne), ("UMAP", Method::Umap)] {
        person.click_button(title);
        let cloud = person.state().derived().cloud().unwrap();
        assert_eq!((cloud.projection.method, cloud.projection.unfinished), (method, None));
        person.must_see("The points have come to rest");
        assert_eq!(person.state().derived().map_stage(person.view()), MapStage::Whole);
        assert!(kept(&person) > shadow + 1.0, "{title} keeps {}, PCA {shadow}", kept(&person));
    }
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(person.view().map.projection.method, Method::Pca);
    assert_eq!(kept(&person), shadow);
}

/// Somebody before a map of 8,335 words that is worked on, of which drafts are shown.
fn watching() -> Person {
    let mut person = Person::new();
    person.command(Command::OpenSample("glove-100d".to_owned()));
    let choice = person.view().map.projection;
    person.state_mut().update(Command::SetProjection(ProjectionChoice { method: Method::TSne, ..choice }));
    while person.state().derived().map_stage(person.view()) != MapStage::Moving {
        person.harness.step();
    }
    person
}

#[test]
fn a_map_is_shown_while_it_is_worked_on_and_can_be_stopped_where_it_stands() {
    let mut person = watching();
    person.harness.get_by_role_and_label(Role::Button, "Stop here").click();
    while person.state().derived().map_stage(person.view()) == MapStage::Moving {
        person.harness.step();
    }
    let stopped = person.state().derived().map_stage(person.view());
    assert_eq!(stopped, MapStage::Stopped);
    person.settle();
    let cloud = person.state().derived().cloud().unwrap();
    let [done, all] = cloud.projection.unfinished.unwrap();
    assert!((1..750).contains(&done) && all == 750);
    person.must_see(&format!("Stopped after {done} of 750 rounds"));
    assert!(person.state().notices().all().is_empty(), "nothing else was given up");
    // What is written is the map that is seen.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    let row = person.row("queen") as usize;
    let [x, y] = cloud_position(&person, row);
    person.command(Command::SavePoints(path.clone()));
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.lines().any(|line| line.starts_with(&format!("queen,{x},{y}"))));
    let path = folder.path().join("map.svg");
    person.command(Command::SavePicture(path.clone()));
    let (names, view) = (person.state().names().unwrap(), person.view().clone());
    let placed = person.state().derived().cloud().unwrap().projection.clone();
    let (size, scale) = person.state().settings().picture.size.pixels();
    let theme = person.state().settings().theme;
    let title = person.state().document().unwrap().title.clone();
    let options =
        PictureOptions { kind: PictureKind::Svg, palette: palette::of(theme), size, scale, title: &title };
    let expected = rendering::render(&names, &view, Some(&placed), options, &Unwatched).unwrap();
    assert!(std::fs::read(path).unwrap() == expected, "the picture is of the map as it was stopped");
    assert_eq!(cloud_position(&person, row), [x, y]);
    // A session reopens the map that was stopped, and not one that goes on.
    assert_eq!(person.view().map.projection.rounds, Some(done));
    let session = folder.path().join("stopped.lexiscope");
    person.command(Command::SaveSession(session.clone()));
    let mut again = Person::new();
    again.open(&session);
    assert_eq!(again.state().derived().map_stage(again.view()), MapStage::Stopped);
    assert_eq!(cloud_position(&again, row), [x, y]);
    // It is worked out after all once somebody asks for that, and undo leads back.
    again.click_button("To the end");
    assert_eq!(again.state().derived().map_stage(again.view()), MapStage::Whole);
    again.ctrl(Key::Z);
    assert_eq!(cloud_position(&again, row), [x, y]);
}

#[test]
fn another_choice_replaces_a_map_that_is_still_worked_on() {
    let mut person = watching();
    let random = ProjectionChoice { method: Method::Random, ..person.view().map.projection };
    person.state_mut().update(Command::SetProjection(random));
    assert_ne!(
        person.state().derived().map_stage(person.view()),
        MapStage::Moving,
        "these were drafts of the other"
    );
    person.settle();
    let cloud = person.state().derived().cloud().unwrap();
    assert_eq!((cloud.projection.method, cloud.projection.unfinished), (Method::Random, None));
}

fn cloud_position(person: &Person, row: usize) -> [f32; 2] {
    person.state().derived().cloud().unwrap().points.position(row).unwrap()
}

#[test]
fn where_the_words_lie_is_written_with_what_is_known_of_them() {
    let mut person = Person::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    person.click_button("Clusters");
    person.command(Command::SavePoints(path.clone()));
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("word,x,y,cluster,kept,group"));
    assert_eq!(lines.clone().count(), 190);
    let row = person.row("queen");
    let [x, y] = person.state().derived().cloud().unwrap().points.position(row as usize).unwrap();
    let queen = lines.find(|line| line.starts_with("queen,")).unwrap();
    assert!(queen.starts_with(&format!("queen,{x},{y},")) && queen.ends_with(",people"), "{queen}");
    person.command(Command::SavePoints(folder.path().join("points.xlsx")));
    person.must_see("let the name of the file end in .csv or .parquet");
}

#[test]
fn the_seed_and_the_parameters_make_another_map() {
    let mut person = Person::new();
    person.click_button("t-SNE");
    let place = |person: &Person| {
        person.state().derived().cloud().unwrap().points.position(person.row("queen") as usize).unwrap()
    };
    let usual = place(&person);
    for field in ["Perplexity", "Seed"] {
        assert!(person.harness.query_by_role_and_label(Role::SpinButton, field).is_some(), "{field}");
    }
    let choice = person.view().map.projection;
    for other in [ProjectionChoice { perplexity: 9.0, ..choice }, ProjectionChoice { seed: 9, ..choice }] {
        person.command(Command::SetProjection(other));
        assert_ne!(place(&person), usual, "{other:?}");
        person.ctrl(Key::Z);
        assert_eq!(place(&person), usual, "undone");
    }
}
