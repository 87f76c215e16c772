//! The sample files against what scikit-learn and gensim make of them: `tests/reference/README.md` says how the numbers came.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::arithmetic::squared_distance;
use super::clusters::kmeans;
use super::projection::pca;
use super::{Metric, analogy, faithfulness, neighbors};
use crate::progress::Unwatched;
use crate::vectors::Table;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn reference() -> Value {
    serde_json::from_str(&std::fs::read_to_string(path("tests/reference/geometry.json")).unwrap()).unwrap()
}

/// The starter: a row a line, and its word in the first column of the other file, under a header.
fn starter() -> Table {
    let read = |name| std::fs::read_to_string(path("sample_vectors").join(name)).unwrap();
    let rows: Vec<Vec<f32>> = read("starter.vectors.tsv")
        .lines()
        .map(|line| line.split('\t').map(|number| number.parse().unwrap()).collect())
        .collect();
    let metadata = read("starter.metadata.tsv");
    let words = metadata.lines().skip(1).map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    Table::from_f32(words, rows.concat(), rows[0].len())
}

/// `GloVe` in word2vec's binary format: a header line, then words, each with a space and its numbers behind it.
fn glove() -> Table {
    let bytes = std::fs::read(path("sample_vectors/glove-6b-100d.bin")).unwrap();
    let until = |from: usize, end: u8| from + bytes[from..].iter().position(|&byte| byte == end).unwrap();
    let header = until(0, b'\n');
    let sizes: Vec<usize> = str::from_utf8(&bytes[..header])
        .unwrap()
        .split(' ')
        .map(|size| size.trim().parse().unwrap())
        .collect();
    let (mut words, mut values, mut at) = (Vec::new(), Vec::new(), header + 1);
    for _ in 0..sizes[0] {
        let end = until(at, b' ');
        words.push(str::from_utf8(&bytes[at..end]).unwrap().trim().to_owned());
        at = end + 1 + 4 * sizes[1];
        values.extend(bytes[end + 1..at].as_chunks::<4>().0.iter().map(|&number| f32::from_le_bytes(number)));
    }
    Table::from_f32(words, values, sizes[1])
}

fn assert_pca(table: &Table, expected: &Value) {
    let found = pca::project(table, pca::Options::default(), &Unwatched).unwrap();
    let ratio = found.explained_variance_ratio.as_ref().unwrap();
    for (i, share) in expected["explained_variance_ratio"].as_array().unwrap().iter().enumerate() {
        assert!((ratio[i] - share.as_f64().unwrap()).abs() < 1e-5, "share {i}");
    }
    for (word, coordinates) in expected["absolute_coordinates"].as_object().unwrap() {
        let point = table.find(word).unwrap();
        for (i, coordinate) in coordinates.as_array().unwrap().iter().enumerate() {
            let (found, expected) = (found.coordinate(point, i).abs(), coordinate.as_f64().unwrap() as f32);
            assert!((found - expected).abs() < 2e-5, "{word}, component {i}: {found} instead of {expected}");
        }
    }
}

/// Words in order, and scores to the six decimals that are written down.
fn assert_ranking(table: &Table, found: &[neighbors::Neighbor], expected: &Value) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(table.word(found.row as usize), expected["word"]);
        assert!((f64::from(found.score) - expected["score"].as_f64().unwrap()).abs() < 1e-5);
    }
}

#[test]
fn the_starter_and_glove_are_projected_as_scikit_learn_does() {
    assert_pca(&starter(), &reference()["starter"]["pca"]);
    assert_pca(&glove(), &reference()["glove-6b-100d"]["pca"]);
}

#[test]
fn neighbors_and_analogies_are_those_of_gensim() {
    let (table, reference) = (glove(), reference());
    let row = |word: &Value| table.find(word.as_str().unwrap()).unwrap();
    for expected in reference["glove-6b-100d"]["neighbors"].as_array().unwrap() {
        let list = &expected["neighbors"];
        let k = list.as_array().unwrap().len();
        let found =
            neighbors::of_row(&table, row(&expected["query"]), k, Metric::Cosine, &Unwatched).unwrap();
        assert_ranking(&table, &found, list);
    }
    for expected in reference["glove-6b-100d"]["analogies"].as_array().unwrap() {
        let [a, b, c] = ["a", "b", "c"].map(|part| row(&expected[part]) as u32);
        let k = expected["answers"].as_array().unwrap().len();
        let found = analogy::Question { a, b, c }.answer(&table, k, &Unwatched).unwrap();
        assert_ranking(&table, &found.without_inputs, &expected["answers"]);
    }
}

#[test]
fn what_a_map_keeps_is_what_scikit_learn_finds() {
    // All ranks of the starter are looked at, and of a sample of the other.
    for (name, table, close) in [("starter", starter(), 1e-4), ("glove-6b-100d", glove(), 0.01)] {
        let expected = &reference()[name]["faithfulness"];
        let map = pca::project(&table, pca::Options::default(), &Unwatched).unwrap();
        let k = expected["k"].as_u64().unwrap() as usize;
        let found = faithfulness::measure(&table, &map, [0, 1], k, Metric::Euclidean, &Unwatched).unwrap();
        let near = |found: f64, name: &str, close: f64| {
            let expected = expected[name].as_f64().unwrap();
            assert!((found - expected).abs() < close, "{name}: {found} and not {expected}");
        };
        near(found.mean, "mean_kept", 1e-3);
        near(found.trustworthiness.unwrap(), "trustworthiness", close);
        near(found.continuity.unwrap(), "continuity", close);
    }
}

#[test]
fn k_means_finds_clusters_as_tight_as_the_best_of_scikit_learn() {
    let table = starter();
    let expected = &reference()["starter"]["kmeans"];
    let options = kmeans::Options {
        k: expected["k"].as_u64().unwrap() as usize,
        normalize: false,
        ..Default::default()
    };
    let found = kmeans::cluster(&table, options, &Unwatched).unwrap();
    let mut inertia = 0.0;
    for cluster in &found.clusters {
        let rows: Vec<usize> =
            (0..table.rows()).filter(|&row| found.labels[row] == cluster.id as i32).collect();
        let mean: Vec<f32> = (0..table.dims())
            .map(|column| rows.iter().map(|&row| table.row(row)[column]).sum::<f32>() / rows.len() as f32)
            .collect();
        inertia += rows.iter().map(|&row| f64::from(squared_distance(&table.row(row), &mean))).sum::<f64>();
    }
    let best = expected["best_inertia_of_1000"].as_f64().unwrap();
    assert!(inertia < best * 1.01, "{inertia} against {best}: {:?}", found.clusters);
}
