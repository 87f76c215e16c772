//! The density of the words: shown, smoothed, without its points, in pictures.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use lexiscope::scene::Command;
use lexiscope::scene::density::{DensityChoice, SHARES};

use super::Person;

#[test]
fn the_lines_hold_what_is_said_of_them_and_follow_the_map() {
    let mut person = Person::new();
    assert!(person.state().derived().density(person.view()).is_none());
    person.keys(Modifiers::SHIFT, Key::D);
    person.must_see("The lines hold 95, 80, 60, 40 and 20 % of the words");
    let density = person.state().derived().density(person.view()).unwrap().clone();
    let cloud = person.state().derived().cloud().unwrap();
    for (level, share) in density.levels().iter().zip(SHARES) {
        let inside = (0..cloud.points.table_rows()).filter(|&row| {
            let place = cloud.points.position(row).unwrap();
            density.at(place.map(f64::from)) > level.threshold
        });
        let found = inside.count() as f64 / cloud.points.len() as f64;
        // The cells that are taken to reach the share may hold a little more; a word near a line may be on its other side.
        assert!((found - share).abs() < 0.06, "{found} of {share}");
        assert!(!level.contours.is_empty());
    }
    person.slide("smooth", 7.0);
    let smooth = person.state().derived().density(person.view()).unwrap();
    let pieces = |density: &lexiscope::picture::Density| -> usize {
        density.levels().iter().map(|level| level.contours.len()).sum()
    };
    assert!(pieces(smooth) < pieces(&density), "what is smoother has fewer pieces");
    person.click_button("t-SNE");
    let elsewhere = person.state().derived().density(person.view()).unwrap();
    assert_ne!(**elsewhere, *density, "another map has another density");
    person.click_button("PCA");
    person.harness.get_by_role_and_label(Role::CheckBox, "Points over it").click_accesskit();
    person.settle();
    assert_eq!(person.view().map.density.point_alpha(), 0.0);
    person.keys(Modifiers::SHIFT, Key::D);
    assert!(person.view().map.density.point_alpha() > 0.5, "without density there are points");
    person.ctrl(Key::Z);
    assert!(person.view().map.density.show);
}

#[test]
fn sliders_change_nothing_of_themselves() {
    let mut person = Person::new();
    // Smoothing that is worked out, and numbers beyond what a slider used to reach.
    person.command(Command::SetPointSize(27.5));
    person.command(Command::SetLabelSize(36.25));
    person.command(Command::SetNeighbors(80));
    let before = person.view().clone();
    person.harness.get_by_role_and_label(Role::CheckBox, "Density of the words").click_accesskit();
    person.settle();
    assert_eq!(person.view().map.density, DensityChoice { show: true, ..DensityChoice::default() });
    let map = &person.view().map;
    assert_eq!((map.point_size, map.labels.size, map.neighbors), (27.5, 36.25, 80));
    person.ctrl(Key::Z);
    assert_eq!(*person.view(), before, "it is one step, and is taken back");
}

#[test]
fn the_smoothing_before_is_shown_while_another_is_worked_out() {
    let mut person = Person::new();
    person.keys(Modifiers::SHIFT, Key::D);
    let density = |person: &Person| person.state().derived().density(person.view()).cloned();
    let usual = density(&person).unwrap();
    let smooth = DensityChoice { smoothing: Some(7.0), ..person.view().map.density };
    // As the next frame finds it.
    person.state_mut().update(Command::SetDensity(smooth));
    assert!(Arc::ptr_eq(&density(&person).unwrap(), &usual));
    person.settle();
    assert_ne!(*density(&person).unwrap(), *usual);
}

#[test]
fn a_picture_has_the_density_as_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::new();
    let save = |person: &mut Person, name: &str| {
        let path = folder.path().join(name);
        person.command(Command::SavePicture(path.clone()));
        std::fs::read(path).unwrap()
    };
    let plain = String::from_utf8(save(&mut person, "plain.svg")).unwrap();
    let circles = plain.matches("<circle").count();
    person.command(Command::SetDensity(DensityChoice { show: true, ..DensityChoice::default() }));
    let with = String::from_utf8(save(&mut person, "with.svg")).unwrap();
    assert_eq!(with.matches("<path").count(), 2 * SHARES.len(), "fills and lines");
    assert!(with.contains("the lines hold 95, 80, 60, 40 and 20 % of the words"));
    assert_eq!(with.matches("<circle").count(), circles);
    person.command(Command::SetDensity(DensityChoice {
        show: true,
        points: false,
        ..DensityChoice::default()
    }));
    let alone = String::from_utf8(save(&mut person, "alone.svg")).unwrap();
    // What is left are the discs of the legend.
    assert!(alone.matches("<circle").count() < 20, "{}", alone.matches("<circle").count());
    let pdf = save(&mut person, "alone.pdf");
    assert!(pdf.starts_with(b"%PDF"));
}
