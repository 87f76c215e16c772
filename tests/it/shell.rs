//! Runs the real program and looks at what it answers.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run of the program gave.
#[derive(Debug)]
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The one JSON document on standard output of a run that went well.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The line that says the error of a run that failed with exit status 1 and no answer.
    pub fn error(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.out, "", "an error is no answer");
        self.err.lines().find(|line| line.starts_with("error:")).unwrap_or_else(|| panic!("{self:?}"))
    }
}

/// Runs the program with these arguments.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Answer {
    run_with(arguments, b"")
}

/// Runs the program with these arguments and this standard input.
pub fn run_with<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lexiscope"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe was asked for");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the program ends");
    // A program that does not read its input closes it; that is its right.
    let _ = writer.join().expect("writing does not panic");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is said is UTF-8");
    let answer = Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!answer.err.contains("panicked"), "{answer:?}");
    answer
}

/// A file of the project.
pub fn project_file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
