//! Files of every format, damaged systematically, opened by the real program with little memory and little time: each gives
//! an answer or one line that says the error, and nothing worse.

mod bombs;
mod build;
mod columns;
mod containers;
mod damage;
mod limits;
mod models;
mod random;
mod seeds;
mod tables;
mod tokenizers;

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use build::Build;
use limits::{Limited, run_limited};

/// Small valid files that open as one.
pub struct Sample {
    /// What the program calls their format.
    pub format: &'static str,
    /// The fuzz target that they are seeds of.
    pub target: &'static str,
    /// The files; the first is the one to open.
    pub files: Vec<(&'static str, Build)>,
}

fn samples() -> Vec<Sample> {
    [tables::samples(), columns::samples(), models::samples(), containers::samples(), tokenizers::samples()]
        .into_iter()
        .flatten()
        .collect()
}

/// One set of files to open, and where it comes from.
struct Case {
    what: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Case {
    fn of(sample: &Sample) -> Vec<Self> {
        let mut cases = Vec::new();
        for (damaged_file, (name, build)) in sample.files.iter().enumerate() {
            for damage in damage::damaged(build) {
                let mut files: Vec<_> = sample
                    .files
                    .iter()
                    .map(|(name, build)| ((*name).to_owned(), build.bytes.clone()))
                    .collect();
                files[damaged_file].1 = damage.bytes;
                cases.push(Self { what: format!("{}, {name}: {}", sample.format, damage.how), files });
            }
        }
        cases
    }
}

/// What came of some files.
#[derive(Default)]
struct Outcome {
    opened: usize,
    refused: usize,
    wrong: Vec<String>,
    slowest: (f64, String),
}

impl Outcome {
    fn with(mut self, other: Self) -> Self {
        self.opened += other.opened;
        self.refused += other.refused;
        self.wrong.extend(other.wrong);
        if other.slowest.0 > self.slowest.0 {
            self.slowest = other.slowest;
        }
        self
    }
}

/// Writes a case into a folder of its own and opens it.
fn try_case(folder: &Path, number: usize, case: &Case) -> Outcome {
    let folder = folder.join(number.to_string());
    fs::create_dir(&folder).unwrap();
    for (name, bytes) in &case.files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let path = folder.join(&case.files[0].0);
    let path = path.to_str().unwrap();
    let info = run_limited(&["info", path, "--json"]);
    let mut outcome = Outcome { slowest: (info.seconds, case.what.clone()), ..Outcome::default() };
    outcome.wrong.extend(fault(&info).map(|fault| format!("{} (info): {fault}", case.what)));
    if info.code == Some(0) {
        outcome.opened = 1;
        let about: Value = serde_json::from_str(&info.out).unwrap_or_default();
        let mut commands = Vec::new();
        if !about["rows"].is_null() {
            commands.push(vec!["project", path, "--json"]);
        }
        if about["has_tokenizer"] == Value::Bool(true) {
            commands.push(vec![
                "tokenize",
                "-t",
                path,
                "--json",
                "Hello, naïve 你好 \u{1F642}\u{1}\r\n aaaaaaaa",
            ]);
        }
        for command in commands {
            let used = run_limited(&command);
            outcome
                .wrong
                .extend(fault(&used).map(|fault| format!("{} ({}): {fault}", case.what, command[0])));
            let slowest = (used.seconds, format!("{} ({})", case.what, command[0]));
            outcome = outcome.with(Outcome { slowest, ..Outcome::default() });
        }
    } else {
        outcome.refused = 1;
    }
    // What is wrong stays on the disk to be looked at; the rest would fill it.
    if outcome.wrong.is_empty() {
        fs::remove_dir_all(&folder).unwrap();
    }
    outcome
}

/// What is wrong with an answer, if anything.
fn fault(answer: &Limited) -> Option<String> {
    let errors = answer.err.lines().filter(|line| line.starts_with("error:")).count();
    let said = || format!("{answer:?}").chars().take(600).collect::<String>();
    match answer.code {
        None => Some(format!("it was killed: {}", said())),
        _ if answer.err.contains("panicked") => Some(format!("it panicked: {}", said())),
        Some(0) if serde_json::from_str::<Value>(&answer.out).is_ok() => None,
        Some(1) if errors == 1 && answer.out.is_empty() && answer.err.len() < 8_000 => None,
        _ => Some(format!("neither an answer nor one error: {}", said())),
    }
}

fn try_all(cases: &[Case]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let folder_path = folder.path();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let outcome = pool.install(|| {
        cases
            .par_iter()
            .enumerate()
            .map(|(number, case)| try_case(folder_path, number, case))
            .reduce(Outcome::default, Outcome::with)
    });
    println!(
        "{} damaged files: {} opened, {} refused; the slowest took {:.2} s: {}",
        cases.len(),
        outcome.opened,
        outcome.refused,
        outcome.slowest.0,
        outcome.slowest.1
    );
    if !outcome.wrong.is_empty() {
        let kept = folder.keep();
        panic!(
            "{} of {} files went wrong (kept in {}):\n  {}",
            outcome.wrong.len(),
            cases.len(),
            kept.display(),
            outcome.wrong.join("\n  ")
        );
    }
    outcome
}

#[test]
fn the_files_are_sound_before_they_are_damaged() {
    let folder = tempfile::tempdir().unwrap();
    for (number, sample) in samples().iter().enumerate() {
        let folder = folder.path().join(number.to_string());
        for (name, build) in &sample.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &build.bytes).unwrap();
        }
        let path = folder.join(sample.files[0].0);
        let info = run_limited(&["info", path.to_str().unwrap(), "--json"]);
        assert_eq!(info.code, Some(0), "{}: {info:?}", sample.format);
        let about: Value = serde_json::from_str(&info.out).unwrap();
        assert_eq!(about["format"], sample.format, "{about}");
        // Ranks never say how to cut text into words, which is a warning.
        let silent = about["warnings"] == serde_json::json!([]);
        assert!(silent || sample.format == "tiktoken ranks", "{}: {about}", sample.format);
    }
}

#[test]
fn damaged_files_give_an_answer_or_one_error() {
    let cases: Vec<Case> = samples().iter().flat_map(Case::of).collect();
    let outcome = try_all(&cases);
    assert!(outcome.refused >= 150, "{} refused", outcome.refused);
    assert!(outcome.opened >= 50, "{} opened", outcome.opened);
}

#[test]
fn files_made_to_hurt_are_refused() {
    let cases: Vec<Case> = bombs::all()
        .into_iter()
        .map(|files| {
            let what = files.iter().map(|(name, bytes)| format!("{name} ({} bytes)", bytes.len()));
            Case {
                what: what.collect::<Vec<_>>().join(" with "),
                files: files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect(),
            }
        })
        .collect();
    try_all(&cases);
}
