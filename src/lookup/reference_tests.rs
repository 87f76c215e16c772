//! Agreement with numbers that numpy made of the same file: `tests/reference/lookup.json`.

use serde_json::Value;

use super::bag::{mean, sum};
use super::one_hot::all_pairs;
use super::order::{Key, order};
use super::positions::{BASE, Pairs, sinusoidal, turned, wave_length};
use crate::geometry::{Metric, arithmetic::norm, axes, neighbors};
use crate::progress::Unwatched;
use crate::vectors::{Table, samples};

fn reference() -> Value {
    serde_json::from_str(include_str!("../../tests/reference/lookup.json")).unwrap()
}

fn sample() -> &'static samples::Sample {
    samples::find("minilm-input").unwrap()
}

fn words() -> Table {
    samples::open(sample(), &Unwatched).unwrap().table
}

fn positions() -> Table {
    samples::open_part(sample(), "embeddings.position_embeddings.weight", &Unwatched).unwrap().table
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

/// Holds the first numbers of a row, and its last ones where they are written down, to the reference.
#[track_caller]
fn check(row: &[f32], expected: &Value, what: &str) {
    let close = |found: &[f32], expected: &[f64]| {
        assert!(found.len() >= expected.len(), "{what}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 2e-6, "{what}: {found} and not {expected}");
        }
    };
    let first = if expected.is_array() { expected } else { &expected["first"] };
    close(row, &numbers(first));
    if let Some(last) = expected.get("last").filter(|_| !expected.is_array()) {
        let last = numbers(last);
        close(&row[row.len() - last.len()..], &last);
    }
    if let Some(length) = expected.get("norm").and_then(Value::as_f64).filter(|_| !expected.is_array()) {
        assert!((norm(row) - length).abs() < 1e-5, "{what}");
    }
}

#[test]
fn rows_and_positions_are_those_of_the_file() {
    let (words, positions, reference) = (words(), positions(), reference());
    assert_eq!((words.rows(), words.dims(), positions.rows(), positions.dims()), (30_522, 384, 512, 384));
    for entry in reference["rows"].as_array().unwrap() {
        check(&words.row(number(&entry["id"])), entry, "row");
    }
    for entry in reference["positions"].as_array().unwrap() {
        check(&positions.row(number(&entry["position"])), entry, "position");
    }
    assert_eq!((words.word(4937), words.word(101), words.word(30_521)), ("cat", "[CLS]", "##～"));
}

#[test]
fn sums_of_rows_and_positions_are_those_of_numpy() {
    let (words, positions) = (words(), positions());
    for entry in reference()["sums"].as_array().unwrap() {
        let ids = entry["ids"].as_array().unwrap().iter().map(number);
        let rows: Vec<Vec<f32>> = ids.map(|id| words.row(id).into_owned()).collect();
        check(&mean(&rows), &entry["mean_of_rows"], "mean of rows");
        let sums: Vec<Vec<f32>> =
            rows.iter().enumerate().map(|(at, row)| sum(row, &positions.row(at))).collect();
        for (found, expected) in sums.iter().zip(entry["with_positions"].as_array().unwrap()) {
            check(found, expected, "row + position");
        }
        check(&mean(&sums), &entry["mean_with_positions"], "mean of sums");
    }
}

#[test]
fn sinusoidal_and_rotary_positions_follow_the_papers() {
    let reference = reference();
    for entry in reference["sinusoidal"]["rows"].as_array().unwrap() {
        check(&sinusoidal(number(&entry["position"]), number(&entry["dims"])), entry, "sinusoidal");
    }
    for entry in reference["sinusoidal"]["wave_lengths"].as_array().unwrap() {
        let expected = entry["length"].as_f64().unwrap();
        let found = wave_length(number(&entry["pair"]), 384, BASE);
        assert!((found - expected).abs() < 1e-6 * expected, "{found} and not {expected}");
    }
    let vector: Vec<f32> = numbers(&reference["rotary"]["vector"]).iter().map(|x| *x as f32).collect();
    for entry in reference["rotary"]["turned"].as_array().unwrap() {
        for (pairs, name) in [(Pairs::Neighbors, "neighbors"), (Pairs::Halves, "halves")] {
            check(&turned(&vector, number(&entry["position"]), pairs, BASE), &entry[name], name);
        }
    }
}

#[test]
fn orders_are_those_of_numpy() {
    let (words, reference) = (words(), reference());
    let ids = |value: &Value| -> Vec<u32> {
        value.as_array().unwrap().iter().map(|entry| number(&entry["id"]) as u32).collect()
    };
    let check = |key: &Key, expected: &Value| {
        for (ascending, name) in [(false, "greatest"), (true, "least")] {
            let found = order(&words, key, ascending, &Unwatched).unwrap();
            assert_eq!(found.rows[..10], ids(&expected[name])[..], "{key:?} {name}");
        }
    };
    check(&Key::Norm, &reference["order"]["norm"]);
    check(&Key::Column(17), &reference["order"]["column"]);
    let row = |word: &str| words.find(word).unwrap();
    let unit = |word: &str| crate::geometry::arithmetic::unit(&words.row(row(word)));
    let units = ["he", "man", "she", "woman"].map(unit);
    let table = Table::from_f32(vec![String::new(); 4], units.concat(), words.dims());
    let direction = axes::direction(&table, &[0, 1], &[2, 3]).unwrap();
    check(&Key::Direction(direction), &reference["order"]["direction"]);
    let alike = order(&words, &Key::Likeness(4937), false, &Unwatched).unwrap();
    assert_eq!(
        (alike.rows[0], &alike.rows[1..11]),
        (4937, &ids(&reference["order"]["alike"]["nearest"])[..])
    );
    let nearest = neighbors::of_row(&words, 4937, 10, Metric::Cosine, &Unwatched).unwrap();
    assert!(nearest.iter().map(|neighbor| neighbor.row).eq(alike.rows[1..11].iter().copied()));
}

#[test]
fn distances_of_a_small_vocabulary_are_those_of_numpy() {
    let (words, reference) = (words(), reference());
    let one_hot = &reference["one_hot"];
    let rows: Vec<Vec<f32>> =
        one_hot["ids"].as_array().unwrap().iter().map(|id| words.row(number(id)).into_owned()).collect();
    for (metric, name) in [(Metric::Euclidean, "distances"), (Metric::Cosine, "cosines")] {
        for (found, expected) in all_pairs(&rows, metric).iter().zip(one_hot[name].as_array().unwrap()) {
            check(found, expected, name);
        }
    }
}
