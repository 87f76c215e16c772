//! Maps while they are turned, given up, restored, and beside one another.

use std::sync::Arc;

use super::questions::Questions;
use super::{MapStage, Severity, State};
use crate::geometry::projection::{Layout, Method, Turn};
use crate::jobs::no_wake;
use crate::progress::Unwatched;
use crate::scene::axes::{NamedAxes, NamedAxis};
use crate::scene::cloud::Cloud;
use crate::scene::document::DocumentSource;
use crate::scene::view::{ProjectionChoice, Selection};
use crate::scene::{Command, View};
use crate::vectors::Table;
use crate::vectors::write::{self, Companions};

/// So many rows that a part of them is turned.
const ROWS: usize = 130_000;

/// Somebody before a large map.
fn with_large_table() -> (State, tempfile::TempDir) {
    let mut random = 1_u32;
    let mut number = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    let values = (0..ROWS * 3).map(|_| number()).collect();
    let table = Table::from_f32((0..ROWS).map(|row| format!("w{row}")).collect(), values, 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.npy");
    write::write(&table, &path, Companions::Kept, &Unwatched).unwrap();
    let mut state = State::new(None, no_wake());
    state.update(Command::Open(vec![path]));
    state.settle();
    (state, folder)
}

fn cloud(state: &State) -> &Arc<Cloud> {
    state.derived().cloud().expect("there is a map")
}

#[test]
fn a_large_map_is_turned_in_part_with_what_is_chosen_and_is_whole_for_all_else() {
    let (mut state, folder) = with_large_table();
    state.update(Command::SelectWords(vec!["w7".into(), "w100001".into()]));
    state.settle();
    let near = state.derived().neighbors(state.view().document).unwrap()[0].neighbors[0].row as usize;
    let space = |yaw: f32| Command::SetLayout(Layout::Space(Turn { yaw, pitch: 10.0 }));
    for yaw in [10.0, 11.0, 12.5] {
        state.update(space(yaw));
        state.settle();
        let turned = cloud(&state);
        assert_eq!((turned.every, turned.turn().map(|turn| turn.yaw)), (3, Some(yaw)));
        let place = |row: usize| turned.points.position(row);
        assert!(place(0).is_some() && place(1).is_none(), "one of three");
        assert!([7, 100_001, near].into_iter().all(|row| place(row).is_some()), "and what is chosen");
    }
    let path = folder.path().join("points.csv");
    state.update(Command::SavePoints(path.clone()));
    state.settle();
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), ROWS + 1);
    let turned = cloud(&state).points.position(7);
    state.end_gesture();
    state.settle();
    assert_eq!((cloud(&state).every, cloud(&state).points.len()), (1, ROWS));
    assert_eq!(cloud(&state).points.position(7), turned, "what was there has its place");
    state.update(space(14.0));
    state.settle();
    assert!(cloud(&state).every > 1);
    state.update(Command::SelectAll);
    assert_eq!(state.view().map.selection.len(), ROWS as u64);
}

#[test]
fn no_picture_is_drawn_of_a_map_that_was_given_up() {
    let (mut state, folder) = with_large_table();
    state.update(Command::SetProjection(ProjectionChoice {
        method: Method::TSne,
        ..state.view().map.projection
    }));
    state.tick();
    state.update(Command::CancelJobs);
    assert_eq!(state.derived().map_stage(state.view()), MapStage::GivenUp);
    let path = folder.path().join("map.png");
    state.update(Command::SavePicture(path.clone()));
    state.settle();
    let errors: Vec<_> =
        state.notices().all().iter().filter(|notice| notice.severity == Severity::Error).collect();
    assert!(errors.len() == 1 && errors[0].text.contains("given up") && !path.exists(), "{errors:?}");
}

#[test]
fn a_restored_map_along_named_axes_needs_no_projection() {
    let mut state = State::new(None, no_wake());
    let mut view = View::default();
    view.map.named = NamedAxes { axes: vec![NamedAxis::typed("man", "woman")], on_map: true };
    state.open(DocumentSource::Sample(super::state::FIRST_SAMPLE.into()), Some(Box::new(view)));
    state.settle();
    assert!(cloud(&state).names.is_some());
    assert!(state.derived().placed(state.view()).is_none(), "nobody sees it");
    // Axes of which the table lacks the words leave the map to the projection.
    let axes = vec![NamedAxis::typed("qwxz", "woman")];
    state.update(Command::NameAxes(NamedAxes { axes, on_map: true }));
    state.settle();
    assert!(cloud(&state).names.is_none() && state.derived().placed(state.view()).is_some());
}

#[test]
fn along_named_axes_isolated_words_lie_where_they_lay() {
    let mut state = State::new(None, no_wake());
    state.resume();
    state.settle();
    let axes = vec![NamedAxis::typed("man", "woman")];
    state.update(Command::NameAxes(NamedAxes { axes, on_map: true }));
    state.settle();
    let row = state.table().unwrap().find("cat").unwrap();
    let place = cloud(&state).points.position(row);
    state.update(Command::Isolate([row as u32, 3, 5].into_iter().collect()));
    state.settle();
    assert_eq!((cloud(&state).points.len(), cloud(&state).points.position(row)), (3, place));
    assert_eq!(state.view().map.subset.placing(cloud(&state).names.is_some()), "shown alone");
    assert_eq!(state.view().map.selection, Selection::default());
}

#[test]
fn the_other_tables_map_stays_only_while_another_one_is_worked_out() {
    let mut state = State::new(None, no_wake());
    state.resume();
    state.settle();
    let first = state.view().document;
    state.update(Command::OpenSample("austen".into()));
    state.settle();
    state.update(Command::ShowDocument(first));
    let other = state.tables().map(|(id, _)| *id).find(|id| *id != first);
    state.update(Command::CompareWith(other));
    state.update(Command::ShowBeside(true));
    state.settle();
    let beside = |state: &State| state.derived().beside(state.view()).map().cloned();
    let before = beside(&state).expect("it is shown");
    let random = ProjectionChoice { method: Method::Random, ..state.view().map.projection };
    state.update(Command::SetProjection(random));
    assert!(Arc::ptr_eq(&beside(&state).unwrap(), &before), "the map here is the one before, too");
    state.settle();
    assert!(!Arc::ptr_eq(&beside(&state).unwrap(), &before));
    // A map that nothing is worked out for has no map beside it.
    let questions: &Questions = state.derived().questions();
    let other = Arc::new(before.whole(&state.view().map.subset));
    assert!(questions.beside(state.view(), &other).map().is_none());
    assert!(!questions.comparison_given_up(state.view(), &other));
}
