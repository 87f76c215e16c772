//! The keyboard: what has it is seen, wherever it is.

use egui::accesskit::Role;
use egui::epaint::Shape;
use egui::{Key, Rect};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};

use lexiscope::scene::Command;
use lexiscope::scene::view::{ChosenToken, Page, Tab};
use lexiscope::ui::theme;

use super::Person;

/// The name and the place of what has the keyboard.
fn focused(person: &Person) -> Option<(String, Rect)> {
    let node = person.harness.root().children_recursive().find(Node::is_focused)?;
    let name = node.accesskit_node().label().unwrap_or_default();
    Some((name, node.rect()))
}

/// Whether a ring in the accent's color is drawn closely around a place.
fn is_ringed(person: &Person, place: Rect) -> bool {
    let accent = theme::tones_of(&person.harness.ctx).accent;
    person.harness.output().shapes.iter().any(|clipped| match &clipped.shape {
        Shape::Rect(rect) => {
            let close =
                rect.rect.contains_rect(place.shrink(1.0)) && place.expand(6.0).contains_rect(rect.rect);
            close && rect.stroke.width > 1.0 && rect.stroke.color == accent
        }
        _ => false,
    })
}

#[test]
fn whatever_has_the_keyboard_has_a_ring() {
    let mut person = Person::new();
    person.click_button("cat");
    let buttons = [
        "Help",
        "Keys and gestures",
        "Presentation mode",
        "Switch light and dark",
        "All commands…",
        "Zoom in",
        "PCA",
        "Stage: Text",
        "Stage: Rows",
        "Color by",
    ];
    let mut ringed = Vec::new();
    for _ in 0..120 {
        person.harness.key_press(Key::Tab);
        person.harness.run();
        let Some((name, place)) = focused(&person) else { continue };
        if buttons.contains(&name.as_str()) || name.starts_with("Select animals") {
            assert!(is_ringed(&person, place), "{name} shows no ring");
            ringed.push(name);
        }
    }
    for name in buttons {
        assert!(ringed.iter().any(|known| known == name), "{name} was not reached: {ringed:?}");
    }
}

#[test]
fn a_page_that_is_turned_to_with_a_key_is_gone_on_from() {
    let mut person = Person::new();
    person.ctrl(Key::Num2);
    assert_eq!(focused(&person).map(|(name, _)| name).as_deref(), Some("Analogy"));
    let mut names = Vec::new();
    for _ in 0..8 {
        person.key(Key::Tab);
        names.extend(focused(&person).map(|(name, _)| name));
    }
    assert!(names.iter().any(|name| name == "A"), "{names:?} has no field of the page");
}

#[test]
fn panels_scroll_to_what_the_keyboard_comes_to() {
    let mut person = Person::new();
    person.harness.set_size(egui::vec2(1280.0, 720.0));
    for _ in 0..5 {
        person.ctrl(Key::Plus);
    }
    person.click_button("cat");
    let scale = person.harness.ctx.zoom_factor();
    let window = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 720.0) / scale);
    let mut reached = Vec::new();
    for _ in 0..150 {
        person.harness.key_press(Key::Tab);
        person.settle();
        let Some((name, place)) = focused(&person) else { continue };
        let seen = window.expand(1.0).contains_rect(place);
        assert!(
            seen || name.starts_with("Map of"),
            "{name} has the keyboard out of sight, at {place:?} in {window:?}"
        );
        reached.push(name);
    }
    for name in ["letter size", "Words on the map"] {
        assert!(reached.iter().any(|known| known == name), "{name} was not reached: {reached:?}");
    }
    let page = person.harness.get_all_by_role(Role::Button).count();
    assert!(page > 0);
}

#[test]
fn arrows_walk_on_the_map_and_do_not_lead_out_of_it() {
    let mut person = Person::new();
    person.key(Key::Slash);
    person.write("queen");
    person.key(Key::Enter);
    assert_eq!(person.selected_words(), ["queen"]);
    // The keyboard goes on from the word that was looked up.
    let mut seen = vec![person.selected_words()];
    for key in [Key::ArrowUp, Key::ArrowUp, Key::ArrowRight, Key::ArrowDown] {
        person.key(key);
        let now = person.selected_words();
        assert_ne!(Some(&now), seen.last(), "{key:?}");
        seen.push(now);
        assert!(person.harness.get_by_role(Role::Canvas).accesskit_node().is_focused());
    }
    // What is mistyped is found where only one word is like it.
    person.key(Key::Slash);
    person.write("qeen");
    person.key(Key::Enter);
    assert_eq!(person.selected_words(), ["queen"]);
}

#[test]
fn a_token_of_the_page_leads_to_its_row_and_from_there_to_the_map() {
    let mut person = Person::new();
    person.command(Command::SetText("king".into()));
    person.key(Key::F4);
    person.command(Command::ShowTab(Tab::Tokens));
    assert!(person.sees("Row"), "the panel stays where its page would say the same twice");
    let id = 2_332;
    person.command(Command::ChooseToken(Some(ChosenToken { tokenizer: "bert".into(), id })));
    assert_eq!(person.view().panels.tab, Tab::Row);
    person.must_see("2332");
    person.click_button("Show the point on the map");
    assert_eq!(person.view().page, Page::Map);
}
