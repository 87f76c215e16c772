//! The house keeps its shape: which part may use which, where windows, clocks and threads are, and how long code gets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::shell::project_file;

const DOMAIN: [&str; 6] = ["files", "vectors", "geometry", "lookup", "tokens", "picture"];

/// What each part of the library may use, besides itself. DESIGN: `ui → app → {scene, jobs} → domain` and `cli → scene → domain`.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("progress", &[]),
    ("files", &["progress"]),
    ("vectors", &["progress", "files"]),
    ("geometry", &["progress", "vectors"]),
    ("lookup", &["progress", "vectors", "geometry"]),
    ("tokens", &["progress", "files"]),
    ("picture", &[]),
    ("scene", &["progress", "files", "vectors", "geometry", "lookup", "tokens", "picture"]),
    ("jobs", &["progress"]),
    ("app", &["progress", "files", "vectors", "geometry", "lookup", "tokens", "picture", "scene", "jobs"]),
    ("ui", &["files", "vectors", "geometry", "lookup", "tokens", "picture", "scene", "app"]),
    ("cli", &["progress", "files", "vectors", "geometry", "tokens", "picture", "scene"]),
];

/// The longest a file may get, in lines, with its tests.
const LONGEST_FILE: usize = 450;

/// The longest a function may get, in lines from `fn` to its closing brace.
const LONGEST_FUNCTION: usize = 75;

/// Files that may be longer, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Functions that may be longer, as `file: name`, each with its reason.
const LONG_FUNCTIONS: [(&str, &str); 0] = [];

/// A file of the library: its path below `src`, its text, and its code without comments, strings and unit tests.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    /// The part of the library that a file belongs to.
    fn part(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs")
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = project_file("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 50, "the sources are there");
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, code: without_tests(bare(&text)), text }
    };
    paths.into_iter().map(source).collect()
}

/// Code with comments, strings and character literals blanked out; line ends stay where they are.
fn bare(text: &str) -> String {
    let pattern = concat!(
        r##"(?s)//[^\n]*|/\*.*?\*/|b?r#+".*?"#+|b?r"[^"]*"|b?"(?:\\.|[^"\\])*""##,
        r"|b?'(?:\\(?:u\{[^}]*\}|x[0-9a-fA-F]{2}|.)|[^'\\\n])'",
    );
    let blank = |found: &regex::Captures<'_>| "\n".repeat(found[0].matches('\n').count());
    Regex::new(pattern).unwrap().replace_all(text, blank).into_owned()
}

/// Bare code without its unit tests, which may use more than the code that they test.
fn without_tests(mut code: String) -> String {
    const HEAD: &str = "#[cfg(test)]\nmod tests {";
    while let Some(start) = code.find(HEAD) {
        let inside = start + HEAD.len();
        let mut depth = 1_usize;
        let end = code[inside..].find(|letter| {
            depth += usize::from(letter == '{');
            depth -= usize::from(letter == '}');
            depth == 0
        });
        code.replace_range(start..end.map_or(code.len(), |end| inside + end + 1), "");
    }
    code
}

/// Fails with all offences at once, and says what to do about them.
fn assert_none(offences: &[String], advice: &str) {
    assert!(offences.is_empty(), "{advice}\n  {}\n", offences.join("\n  "));
}

#[test]
fn parts_use_only_what_lies_below_them() {
    let pattern = Regex::new(r"\bcrate::(?:(\w+)|\{([^;]*?)\};)").unwrap();
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        if ["main.rs", "lib.rs"].contains(&source.path.as_str()) {
            continue;
        }
        let part = source.part();
        let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == part) else {
            offences.push(format!(
                "src/{} belongs to no part that the list MAY_USE of this test knows",
                source.path
            ));
            continue;
        };
        let mut used = BTreeSet::new();
        for found in pattern.captures_iter(&source.code) {
            match (found.get(1), found.get(2)) {
                (Some(name), _) => drop(used.insert(name.as_str())),
                (None, group) => offences.push(format!(
                    "src/{} names several parts in one `use crate::{{{}}}`: name each in a line of its own",
                    source.path,
                    group.map_or("", |group| group.as_str())
                )),
            }
        }
        used.remove(part);
        for name in used.iter().filter(|name| !may_use.contains(name)) {
            offences.push(format!("src/{}: `{part}` uses `{name}`", source.path));
        }
    }
    assert_none(
        &offences,
        "The layers are ui → app → {scene, jobs} → domain and cli → scene → domain. Move what is shared down into the lower \
         part, or pass it in as an argument:",
    );
}

#[test]
fn windows_are_seen_by_the_ui_alone() {
    let pattern = Regex::new(r"\b(egui|eframe|egui_plot|rfd)\b").unwrap();
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| source.part() != "ui") {
        for found in pattern.find_iter(&source.code) {
            offences.push(format!("src/{} names {}", source.path, found.as_str()));
        }
    }
    assert_none(
        &offences,
        "Below `ui` there is no window. Let `ui` ask for what it needs, and hand it plain data:",
    );
}

#[test]
fn clocks_and_threads_are_where_they_belong() {
    let anything = Regex::new(r"\bstd::(thread|time)\b|\bstd::\{[^;]*\b(thread|time)\b").unwrap();
    let clock = Regex::new(r"\b(Instant|SystemTime)\b|\bstd::thread\b").unwrap();
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let forbidden = match (source.part(), source.path.as_str()) {
            ("app" | "jobs", _) | (_, "ui/measure.rs" | "cli/timings.rs") => continue,
            // A window may say when it wants to be drawn again, but it reads no clock.
            ("ui", _) => &clock,
            _ => &anything,
        };
        for found in forbidden.find_iter(&source.code) {
            offences.push(format!("src/{} uses {}", source.path, found.as_str()));
        }
    }
    assert_none(
        &offences,
        "Only `app` and `jobs` start threads, and only measurements read a clock. Work on all cores with rayon; run long work \
         as a job:",
    );
}

#[test]
fn unsafe_code_is_in_one_place() {
    let pattern = Regex::new(r"\bunsafe\b").unwrap();
    let offences: Vec<String> = sources()
        .iter()
        .filter(|source| source.path != "files/map.rs" && pattern.is_match(&bare(&source.text)))
        .map(|source| format!("src/{}", source.path))
        .collect();
    assert_none(
        &offences,
        "Only src/files/map.rs may hold `unsafe`. Find a safe way (bytemuck, slices), or go through it:",
    );
}

#[test]
fn files_are_short() {
    let offences: Vec<String> = sources()
        .iter()
        .filter(|source| !LONG_FILES.iter().any(|(path, _)| *path == source.path))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(source, lines)| format!("src/{} has {lines} lines", source.path))
        .collect();
    assert_none(
        &offences,
        "A file has at most 450 lines. Cut it where its content has a seam, one idea a file:",
    );
}

#[test]
fn functions_are_short() {
    let mut offences = Vec::new();
    for source in sources() {
        for (name, lines) in functions(&bare(&source.text)) {
            let place = format!("{}: {name}", source.path);
            if lines > LONGEST_FUNCTION && !LONG_FUNCTIONS.iter().any(|(known, _)| *known == place) {
                offences.push(format!("src/{place} has {lines} lines"));
            }
        }
    }
    assert_none(&offences, "A function has at most 75 lines. Give its steps names of their own:");
}

/// The functions in bare code, each with its lines from `fn` to the closing brace.
fn functions(code: &str) -> Vec<(String, usize)> {
    let pattern = Regex::new(r"\bfn\s+(\w+)").unwrap();
    let mut found = Vec::new();
    for head in pattern.captures_iter(code) {
        let start = head.get(0).unwrap().start();
        let mut depth = 0_usize;
        for (at, letter) in code[start..].char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                // A function of a trait, without a body; `[u8; 4]` in its head is no end.
                ';' if depth == 0
                    && code[start..start + at].matches('[').count()
                        == code[start..start + at].matches(']').count() =>
                {
                    break;
                }
                _ => continue,
            }
            if depth == 0 && letter == '}' {
                found.push((head[1].to_owned(), code[start..=start + at].lines().count()));
                break;
            }
        }
    }
    found
}

#[test]
fn the_rules_are_read_from_code_and_not_from_words() {
    let code = bare(
        "// use crate::ui;\nlet s = \"unsafe { \\\" }\"; /* std::time */ let c = '{'; r#\"egui \" x\"#; let l: &'a str;",
    );
    for word in ["crate", "unsafe", "time", "egui", "{", "}"] {
        assert!(!code.contains(word), "{word}: {code}");
    }
    assert!(code.contains("let l: &'a str"), "{code}");
    let rest = without_tests("a\n#[cfg(test)]\nmod tests {\nfn t() { egui }\n}\nfn b() {}".to_owned());
    assert_eq!(rest, "a\n\nfn b() {}");
    assert_eq!(
        functions("trait T { fn a(&self) -> [u8; 2]; fn b() {\n if x {\n}\n} }\nfn c() {}"),
        [("b".to_owned(), 4), ("c".to_owned(), 1)]
    );
}

#[test]
fn the_domain_is_listed_whole() {
    let scene = MAY_USE.iter().find(|(part, _)| *part == "scene").unwrap().1;
    assert!(DOMAIN.iter().all(|part| scene.contains(part)));
    let lib = fs::read_to_string(project_file("src/lib.rs")).unwrap();
    let declared: BTreeSet<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let listed: BTreeSet<&str> = MAY_USE.iter().map(|(part, _)| *part).collect();
    assert_eq!(declared, listed, "the list MAY_USE of this test knows every part of src/lib.rs and no other");
}
