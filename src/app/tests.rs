//! The program without its looks, from command to state and back.

use roaring::RoaringBitmap;

use super::{Severity, State, Storage};
use crate::geometry::Metric;
use crate::geometry::projection::Method;
use crate::jobs::no_wake;
use crate::scene::Command;
use crate::scene::axes::{NamedAxes, NamedAxis};
use crate::scene::view::{
    AnalogyQuestion, ChosenToken, ClusterChoice, ColorBy, Framing, ProjectionChoice, SelectHow, Tab,
};

fn started() -> State {
    let mut state = State::new(None, no_wake());
    state.resume();
    state.settle();
    state
}

fn row(state: &State, word: &str) -> u32 {
    state.table().unwrap().find(word).unwrap() as u32
}

fn said(state: &State, severity: Severity) -> Vec<String> {
    let all = state.notices().all().iter();
    all.filter(|notice| notice.severity == severity).map(|notice| notice.text.clone()).collect()
}

#[test]
fn a_first_start_shows_the_starter_with_its_groups() {
    let state = started();
    let table = state.table().expect("the starter is open");
    let cloud = state.derived().cloud().expect("it is projected");
    assert_eq!(cloud.projection.points(), table.rows());
    let coloring = state.derived().coloring(state.view().document).expect("it is colored");
    assert_eq!(coloring.legend.len(), 8);
    assert!(!state.history().can_undo(), "opening the first document is not a step");
    assert!(state.notices().all().is_empty());
}

#[test]
fn what_the_map_keeps_is_measured_anew_when_the_map_or_the_metric_changes() {
    let mut state = started();
    let measured = |state: &State| state.derived().honesty(state.view()).cloned();
    let mut before = measured(&state).expect("it is measured");
    assert_eq!((before.k, before.measured), (10, state.table().unwrap().rows()));
    let random = ProjectionChoice { method: Method::Random, ..ProjectionChoice::default() };
    for command in [
        Command::SetNeighbors(4),
        Command::SetMetric(Metric::Euclidean),
        Command::SetAxes([2, 1]),
        Command::SetProjection(random),
    ] {
        state.update(command);
        assert_eq!(measured(&state), None, "the old figure is not shown for the new map");
        state.settle();
        let now = measured(&state).expect("it is measured anew");
        assert_ne!(now, before);
        before = now;
    }
    state.update(Command::SetColor(ColorBy::Honesty));
    state.settle();
    let coloring = state.derived().coloring(state.view().document).expect("it is colored");
    assert!(coloring.legend.iter().all(|entry| entry.name.ends_with(" of 4 near")), "{:?}", coloring.legend);
}

/// Every change of the view, each from the view after the one before.
fn changes(state: &State) -> Vec<Command> {
    let king = row(state, "king");
    let one = |row: u32| RoaringBitmap::from_iter([row]);
    vec![
        Command::Select(one(king), SelectHow::Replace),
        Command::Select(one(king + 1), SelectHow::Toggle),
        Command::Explain(king),
        Command::FlyTo(one(king)),
        Command::SetFraming(Some(Framing { center: [0.1, 0.2], zoom: 3.0 })),
        Command::SetFraming(None),
        Command::SetMetric(Metric::Euclidean),
        Command::SetNeighbors(4),
        Command::ShowNeighborLines(false),
        Command::SetColor(ColorBy::Clusters),
        Command::SetClustering(ClusterChoice { k: 5, ..ClusterChoice::default() }),
        Command::ShowLabels(false),
        Command::SetLabelSize(20.0),
        Command::SetPointSize(3.0),
        Command::SetAxes([2, 1]),
        Command::SetProjection(ProjectionChoice { method: Method::Random, ..ProjectionChoice::default() }),
        Command::AskAnalogy(Some(AnalogyQuestion { a: "man".into(), b: "king".into(), c: "woman".into() })),
        Command::AskFormula(Some("king - man + woman".into())),
        Command::NameAxes(NamedAxes { axes: vec![NamedAxis::typed("man", "woman")], on_map: true }),
        Command::UsePairs(Some("pairs.tsv".into())),
        Command::UseAnalogies(Some("questions.txt".into())),
        Command::Evaluate(true),
        Command::SetText("hello".into()),
        Command::AddSpecial(true),
        Command::TypedSpecial(true),
        Command::ShowTab(Tab::Tokens),
        Command::ChooseToken(Some(ChosenToken { tokenizer: "bert".into(), id: 2_332 })),
        Command::ShowLeftPanel(false),
        Command::ShowRightPanel(false),
        Command::Present(true),
        Command::ClearSelection,
    ]
}

#[test]
fn undo_takes_back_every_change_and_redo_does_it_again() {
    let mut state = started();
    let mut views = vec![state.view().clone()];
    for command in changes(&state) {
        state.update(command.clone());
        state.end_gesture();
        state.settle();
        assert_ne!(views.last(), Some(state.view()), "{command:?} changes the view");
        views.push(state.view().clone());
    }
    for view in views.iter().rev().skip(1) {
        state.update(Command::Undo);
        assert_eq!(state.view(), view);
    }
    assert!(!state.history().can_undo());
    for view in &views[1..] {
        state.update(Command::Redo);
        assert_eq!(state.view(), view);
    }
}

#[test]
fn a_chosen_token_leads_to_its_row() {
    let mut state = started();
    state.update(Command::ShowTab(Tab::Tokens));
    state.update(Command::SetText("king".into()));
    state.settle();
    let bert = state.derived().tokens().iter().find(|row| row.name() == "bert").unwrap();
    let id = bert.tokenized().unwrap().tokens()[0].id;
    state.update(Command::ChooseToken(Some(ChosenToken { tokenizer: "bert".into(), id })));
    assert_eq!(state.view().map.selection.focus(), Some(row(&state, "king")));
}

#[test]
fn axes_never_show_the_same_component() {
    let mut state = started();
    state.update(Command::SetAxes([1, 1]));
    assert_eq!(state.view().map.axes, [1, 0], "choosing the other axis's component swaps the two");
    state.update(Command::SetAxes([4, 0]));
    assert_eq!(state.view().map.axes, [4, 0]);
    state.update(Command::SetAxes([99, 0]));
    assert_eq!(state.view().map.axes, [4, 0], "there is no such component");
}

#[test]
fn what_cannot_be_opened_is_said_and_nothing_is_lost() {
    let mut state = started();
    let before = state.view().clone();
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.txt");
    std::fs::write(&empty, b"").unwrap();
    state.update(Command::Open(vec![empty, folder.path().to_owned(), folder.path().join("missing")]));
    state.settle();
    assert_eq!(state.view(), &before);
    assert_eq!(said(&state, Severity::Error).len(), 3);
    state.update(Command::DismissNotices);
    assert!(state.notices().all().is_empty());
}

#[test]
fn closing_the_last_document_opens_the_starter_again() {
    let mut state = started();
    state.update(Command::OpenSample("austen".into()));
    state.settle();
    assert_eq!(state.documents().len(), 2);
    let austen = state.view().document;
    state.update(Command::CloseDocument(austen));
    state.settle();
    assert_ne!(state.view().document, austen);
    state.update(Command::CloseDocument(state.view().document));
    state.settle();
    assert_eq!(state.table().map(|table| table.rows() > 100), Some(true));
}

#[test]
fn the_last_session_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let storage = || Some(Storage::at(folder.path()));
    let mut state = State::new(storage(), no_wake());
    state.resume();
    state.settle();
    let queen = row(&state, "queen");
    state.update(Command::Select(RoaringBitmap::from_iter([queen]), SelectHow::Replace));
    state.update(Command::SetNeighbors(3));
    state.update(Command::SetScale(1.4));
    state.keep();
    let kept = state.view().clone();

    let mut again = State::new(storage(), no_wake());
    again.resume();
    again.settle();
    assert_eq!(again.view().map, kept.map);
    assert_eq!(again.settings().scale, 1.4);
}

#[test]
fn numbers_out_of_bounds_are_brought_back() {
    let mut state = started();
    state.update(Command::SetNeighbors(0));
    assert_eq!(state.view().map.neighbors, 1);
    state.update(Command::SetNeighbors(usize::MAX));
    assert_eq!(state.view().map.neighbors, crate::scene::view::MOST_NEIGHBORS);
    state.update(Command::SetFraming(Some(Framing { center: [f64::NAN, 0.0], zoom: 1.0 })));
    assert_eq!(state.view().map.framing, None);
    state.update(Command::SetScale(f32::NAN));
    state.update(Command::SetScale(100.0));
    assert_eq!(state.settings().scale, super::MAX_SCALE);
}

#[test]
fn an_unknown_word_is_said_with_near_spellings() {
    let mut state = started();
    state.update(Command::SelectWords(vec!["qeen".into(), "King".into()]));
    assert_eq!(state.view().map.selection.focus(), Some(row(&state, "king")), "case does not matter");
    let warnings = said(&state, Severity::Warning);
    assert!(warnings.len() == 1 && warnings[0].contains("queen"), "{warnings:?}");
}

#[test]
fn an_analogy_is_answered_both_ways() {
    let mut state = started();
    let question = AnalogyQuestion { a: "man".into(), b: "king".into(), c: "woman".into() };
    state.update(Command::AskAnalogy(Some(question)));
    state.settle();
    let report = state.derived().analogy(state.view().document).unwrap();
    let answer = report.answer().unwrap();
    assert_eq!(answer.best(), Some(row(&state, "queen")));
    assert!(answer.answers.with_inputs.iter().any(|neighbor| neighbor.row == row(&state, "king")));
    assert!(answer.angle.is_some_and(|angle| (1.0..90.0).contains(&angle)));
}

#[test]
fn cancelled_work_is_not_begun_again_by_itself() {
    let mut state = started();
    state.update(Command::SetColor(ColorBy::Clusters));
    state.tick();
    state.update(Command::CancelJobs);
    state.tick();
    assert!(state.running().is_empty());
}

/// Bad and odd files, each with what opening it comes to: an error, or this many rows.
fn odd_files() -> Vec<(&'static str, Vec<u8>, Option<usize>)> {
    let binary = |rows: usize, said: usize| {
        let mut bytes = format!("{said} 2\n").into_bytes();
        for row in 0..rows {
            bytes.extend(format!("w{row} ").bytes());
            bytes.extend([row as f32 + 1.0, 0.5].iter().flat_map(|x| x.to_le_bytes()));
            bytes.push(b'\n');
        }
        bytes
    };
    let mut truncated = binary(5, 5);
    truncated.truncate(truncated.len() - 7);
    let wide: String = (0..50_000).map(|i| format!(" {}", i % 7)).collect();
    vec![
        ("empty", Vec::new(), None),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), None),
        ("row of another length", b"a 1 2\nb 3 4\nc 5\nd 7 8\n".to_vec(), Some(3)),
        ("NaN and infinity", b"a 1 2\nb NaN 4\nc 5 inf\nd 7 8\n".to_vec(), Some(2)),
        ("duplicate and empty words", b"a 1 2\na 3 4\n 5 6\nd 7 8\n".to_vec(), Some(4)),
        ("lying header", b"9 2\na 1 2\nb 3 4\nc 5 6\n".to_vec(), Some(3)),
        ("truncated binary", truncated, Some(4)),
        ("invalid UTF-8", b"a\xff 1 2\nb 3 4\n".to_vec(), Some(2)),
        ("one row", b"a 1 2 3\n".to_vec(), Some(1)),
        ("one column", b"cat 0.5\ndog 0.75\nbird 1.5\n".to_vec(), Some(3)),
        ("50,000 columns", format!("a{wide}\nb{wide}\n").into_bytes(), Some(2)),
        ("all rows equal", b"a 1 2\nb 1 2\nc 1 2\n".to_vec(), Some(3)),
    ]
}

#[test]
fn every_odd_file_is_an_error_or_a_table_that_can_be_explored() {
    for (name, bytes, rows) in odd_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors");
        std::fs::write(&path, bytes).unwrap();
        let mut state = State::new(None, no_wake());
        state.update(Command::Open(vec![path]));
        state.settle();
        let Some(rows) = rows else {
            assert_eq!(said(&state, Severity::Error).len(), 1, "{name}");
            continue;
        };
        assert_eq!(state.table().map(|table| table.rows()), Some(rows), "{name}");
        let tidy = ["one row", "one column", "50,000 columns", "all rows equal"].contains(&name);
        assert_eq!(state.document().unwrap().warnings.is_empty(), tidy, "{name}");
        // Whatever can be asked of a table can be asked of this one.
        state.update(Command::Select(RoaringBitmap::from_iter([0]), SelectHow::Replace));
        state.update(Command::SetColor(ColorBy::Clusters));
        state.update(Command::ShowTab(Tab::Clusters));
        state.settle();
        assert!(state.derived().cloud().is_some() && said(&state, Severity::Error).is_empty(), "{name}");
    }
}
