//! `evaluate`: gensim's figures with the same settings, its shapes, and what it refuses.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::shell::{Answer, project_file, run};

fn reference() -> Value {
    let text = fs::read_to_string(project_file("tests/reference/evaluation.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Holds an answer to gensim's: the same sections with the same counts, and the same correlation.
fn assert_agrees(found: &Answer, expected: &Value) {
    let found = found.json();
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["analogies", "pairs"]);
    assert_eq!(found["analogies"], expected["analogies"]);
    let (pairs, wanted) = (&found["pairs"], &expected["pairs"]);
    assert_eq!((&pairs["covered"], &pairs["total"]), (&wanted["covered"], &wanted["total"]));
    let difference = pairs["spearman"].as_f64().unwrap() - wanted["spearman"].as_f64().unwrap();
    assert!(difference.abs() < 1e-6, "{pairs} {wanted}");
}

#[test]
fn figures_are_those_of_gensim_with_the_same_settings() {
    let reference = reference();
    let settings: [(&str, &str, &[&str]); 5] = [
        ("glove-100d", "usual", &[]),
        ("glove-50d", "first_5000", &["--restrict-vocab", "5000"]),
        ("minilm", "usual", &[]),
        ("minilm", "exact_case", &["--case-sensitive"]),
        ("minilm", "first_5000", &["--restrict-vocab", "5000"]),
    ];
    for (sample, setting, options) in settings {
        let file = format!("sample:{sample}");
        let found = run([&["evaluate", &file, "--json"], options].concat());
        assert_agrees(&found, &reference[sample][setting]);
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn own_files_are_scored_as_a_document_and_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let questions = ": family\nman woman king queen\nman woman boy unheardof\n: nonsense\nking man dog woman\n: unknown\na b c d\n";
    let questions = write(folder.path(), "q.txt", questions);
    let pairs = write(
        folder.path(),
        "p.csv",
        "# mine\nword,word,score\nking,queen,9\nking,cheese,1\nking,nobodyknows,5\n",
    );
    let arguments = ["evaluate", "sample:starter", "--analogies", &questions, "--pairs", &pairs];
    let found = run([&arguments[..], &["--json"]].concat()).json();
    let expected = json!({
        "analogies": [
            {"section": "family", "correct": 1, "total": 1},
            {"section": "nonsense", "correct": 0, "total": 1},
            {"section": "unknown", "correct": 0, "total": 0}
        ],
        "pairs": {"spearman": 1.0, "covered": 2, "total": 3}
    });
    assert_eq!(found, expected);
    let table = run(arguments);
    let lines: Vec<&str> = table.out.lines().collect();
    assert_eq!(
        lines[1].split_whitespace().collect::<Vec<_>>(),
        ["family", "1", "of", "1", "100", "%", "of", "2", "asked"]
    );
    assert_eq!(
        lines[4].split_whitespace().collect::<Vec<_>>(),
        ["all", "1", "of", "2", "50.0", "%", "of", "4", "asked"]
    );
    assert!(table.out.ends_with("Spearman 1.000, 2 of 3 pairs covered\n"), "{}", table.out);
}

#[test]
fn what_cannot_be_scored_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let questions = write(folder.path(), "q.txt", ": family\nman woman king\n");
    let said = run(["evaluate", "sample:starter", "--analogies", &questions]);
    assert!(said.error().contains("Line 2 has 3 words") && said.error().contains("q.txt"), "{said:?}");
    let pairs = write(folder.path(), "p.tsv", "king\tqueen\t9\nking\tqueen\n");
    let said = run(["evaluate", "sample:starter", "--pairs", &pairs]);
    assert!(said.error().contains("Line 2 is no pair") && said.error().contains("p.tsv"), "{said:?}");
    assert!(run(["evaluate", "sample:starter", "--pairs", "nowhere.tsv"]).error().contains("no such file"));
    assert_eq!(run(["evaluate", "sample:starter", "--restrict-vocab", "0"]).code, Some(2));
}

#[test]
fn a_file_that_ranks_nothing_has_no_correlation() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = write(folder.path(), "v.txt", "here 1 0\nthere 0 1\n");
    let found = run(["evaluate", &vectors, "--json"]).json();
    assert_eq!(found["pairs"], json!({"spearman": null, "covered": 0, "total": 353}));
    assert!(found["analogies"].as_array().unwrap().iter().all(|section| section["total"] == 0));
}
