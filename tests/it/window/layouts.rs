//! The same components in other layouts: bent around the middle, and as a space that is turned.

use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, Vec2};
use egui_kittest::kittest::Queryable;
use lexiscope::geometry::projection::layout::around_the_middle;
use lexiscope::geometry::projection::{Layout, Turn};
use lexiscope::scene::Command;

use super::Person;

fn at(person: &Person, word: &str) -> [f32; 2] {
    let row = person.row(word) as usize;
    person.state().derived().cloud().unwrap().points.position(row).unwrap()
}

fn turn(person: &Person) -> Turn {
    match person.view().map.layout {
        Layout::Space(turn) => turn,
        other => panic!("{other:?} is no space"),
    }
}

/// Drags from the middle of the map, in four moves.
fn drag(person: &mut Person, button: PointerButton, way: Vec2) {
    drag_in(person, button, way, 4);
}

/// Drags from the middle of the map in so many moves, and rests for a frame after each.
fn drag_in(person: &mut Person, button: PointerButton, way: Vec2, moves: u16) {
    let center = person.harness.get_by_role(Role::Canvas).rect().center();
    let event = |person: &mut Person, event: egui::Event| {
        person.harness.event(event);
        person.harness.step();
    };
    event(person, egui::Event::PointerMoved(center));
    let pressed =
        |pos, pressed| egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
    event(person, pressed(center, true));
    for part in 1..=moves {
        event(person, egui::Event::PointerMoved(center + way * f32::from(part) / f32::from(moves)));
        person.harness.step();
    }
    event(person, pressed(center + way, false));
    person.settle();
}

#[test]
fn a_space_is_turned_by_hand_by_keys_and_by_sliders_and_says_what_it_shows() {
    let mut person = Person::new();
    let flat = at(&person, "cat");
    person.click_button("3-D");
    let start = turn(&person);
    assert_ne!(at(&person, "cat"), flat);
    let cloud = person.state().derived().cloud().unwrap();
    let shares = cloud.seen().0.explained_variance_ratio.clone().unwrap();
    assert!(shares[..2].iter().sum::<f64>() < shares.iter().sum::<f64>());
    person.must_see("PCA in 3-D");
    let before = at(&person, "cat");
    drag(&mut person, PointerButton::Primary, Vec2::new(80.0, 40.0));
    let dragged = turn(&person);
    // A point of the screen is 0.35 degrees.
    let way = [dragged.yaw - start.yaw, dragged.pitch - start.pitch];
    assert!((way[0] - 28.0).abs() < 1e-3 && (way[1] - 14.0).abs() < 1e-3, "{start:?} {dragged:?}");
    assert_ne!(at(&person, "cat"), before);
    assert_eq!(person.view().map.framing, None, "the camera stays");
    drag(&mut person, PointerButton::Secondary, Vec2::new(50.0, 0.0));
    assert_eq!(turn(&person), dragged);
    assert!(person.view().map.framing.is_some(), "the other button moves the map");
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(turn(&person), start, "a turn by hand is one step");
    person.slide("turn", 120.0);
    assert_eq!(turn(&person).yaw, 120.0);
    person.harness.get_by_role(Role::Canvas).focus();
    person.settle();
    person.keys(Modifiers::ALT, Key::ArrowRight);
    assert_eq!(turn(&person).yaw, 125.0);
    // What is measured is the map as it is seen now.
    assert!(person.state().derived().honesty(person.view()).is_some());
    person.key(Key::D);
    assert_eq!((person.view().map.layout, at(&person, "cat")), (Layout::Flat, flat));
}

#[test]
fn a_slow_hand_turns_as_far_as_a_quick_one_and_degrees_that_are_not_whole_stay() {
    let mut person = Person::new();
    person.click_button("3-D");
    let start = turn(&person);
    // A pixel at a time: less than half of a degree, which is what the sliders show.
    drag_in(&mut person, PointerButton::Primary, Vec2::new(9.0, 0.0), 9);
    let slow = turn(&person);
    // The first ones may pass for a click.
    let steps = (slow.yaw - start.yaw) / 0.35;
    assert!(steps > 4.9 && (steps - steps.round()).abs() < 1e-3, "{start:?} {slow:?}");
    person.settle();
    assert_eq!(turn(&person), slow);
    person.slide("tilt", 40.0);
    assert_eq!(turn(&person), Turn { pitch: 40.0, ..slow }, "the one slider leaves the other alone");
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(turn(&person), start);
}

#[test]
fn a_polar_map_has_all_components_in_the_distance_and_formulas_lie_on_it() {
    let mut person = Person::new();
    person.click_button("polar");
    person.must_see("PCA, polar");
    let cloud = person.state().derived().cloud().unwrap();
    let row = person.row("cat");
    let point = cloud.projection.point_of(row).unwrap();
    let place: Vec<f32> =
        (0..cloud.projection.components).map(|c| cloud.projection.coordinate(point, c)).collect();
    assert_eq!(at(&person, "cat"), around_the_middle(&place, [0, 1]));
    person.command(Command::AskFormula(Some("cat".into())));
    let cloud = person.state().derived().cloud().unwrap();
    let report = person.state().derived().questions().formula(person.view().document).unwrap();
    let [x, y] = report.answer().unwrap().position(cloud).unwrap();
    let [to_x, to_y] = at(&person, "cat");
    assert!((x - to_x).abs() < 1e-3 && (y - to_y).abs() < 1e-3, "the formula “cat” lies where the word does");
    person.command(Command::AskFormula(None));
    // Points that are moved round after round have no more than two coordinates.
    person.click_button("t-SNE");
    assert_eq!(person.state().derived().cloud().unwrap().layout, Layout::Flat);
    person.key(Key::D);
    person.must_see("This map has two coordinates alone.");
    person.ctrl(Key::Z);
    person.click_button("PCA");
    assert_eq!(person.state().derived().cloud().unwrap().layout, Layout::Polar);
}
