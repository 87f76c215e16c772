//! The Embedding Projector's `projector_config.json`: which files hold the numbers and which the names.
//!
//! Source: `tensorboard/plugins/projector/projector_config.proto`, as JSON: `{"embeddings": [{"tensorName", "tensorShape",
//! "tensorPath", "metadataPath"}]}`. Tensors are TSV files, or, with a `tensorShape`, raw little-endian `f32` (the
//! projector's `.bytes`). Paths are read only as long as they stay in the folder of the file: no addresses on the web,
//! no absolute paths, no `..`. Sprites and bookmarks are left alone.

use serde::Deserialize;

use super::super::rows::Rows;
use super::super::table::DType;
use super::super::warning::Warning;
use super::{Format, Parsed, check_shape, malformed, projector};
use crate::files::problem::{Place, Problem, grouped};
use crate::files::{Alternative, Choice, Choosable, Source};
use crate::progress::Progress;

const NAME: &str = "projector config";

/// A longer file is none.
const LONGEST: usize = 16 << 20;

/// The projector's list of tensors.
pub struct ProjectorConfig;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    embeddings: Vec<Embedding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Embedding {
    #[serde(default)]
    tensor_name: String,
    #[serde(default)]
    tensor_shape: Vec<u64>,
    #[serde(default)]
    tensor_path: String,
    #[serde(default)]
    metadata_path: String,
}

impl Format for ProjectorConfig {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        let beginning = &bytes[..bytes.len().min(64 << 10)];
        let has = |word: &[u8]| memchr::memmem::find(beginning, word).is_some();
        bytes.len() <= LONGEST
            && beginning.trim_ascii_start().starts_with(b"{")
            && has(b"\"embeddings\"")
            && has(b"\"tensorPath\"")
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let config: Config = serde_json::from_slice(source.bytes()).map_err(|error| {
            bad(Place::Line(error.line() as u64), format!("the list of tensors cannot be read: {error}"))
        })?;
        if config.embeddings.is_empty() {
            return Err(bad(Place::Line(1), "the list of tensors is empty".into()));
        }
        let option = |embedding: &Embedding| Alternative {
            name: embedding.name().to_owned(),
            about: match embedding.tensor_shape.as_slice() {
                [rows, dims] => format!("{} × {}", grouped(*rows), grouped(*dims)),
                _ => embedding.tensor_path.clone(),
            },
        };
        let options = config.embeddings.iter().map(option).collect();
        let choice = Choice::new(Choosable::Matrix, options, source.parts());
        let embedding = &config.embeddings[choice.chosen];
        let tensor = beside(source, &embedding.tensor_path)?.ok_or_else(|| {
            bad(Place::Line(1), format!("there is no file “{}” beside it", embedding.tensor_path))
        })?;
        let mut warnings = Vec::new();
        let metadata = match embedding.metadata_path.as_str() {
            "" => None,
            path if stays_inside(path) && source.has(path) => Some(path),
            path => {
                warnings.push(Warning::NoMetadata { name: path.to_owned() });
                None
            }
        };
        let parsed = if is_raw(&tensor, embedding) {
            raw(source, &tensor, embedding, metadata, warnings)?
        } else {
            let mut parsed = projector::read(&tensor, metadata.map(|path| (source, path)), progress)?;
            parsed.warnings.splice(0..0, warnings);
            parsed
        };
        Ok(Parsed { choices: vec![choice], ..parsed })
    }
}

impl Embedding {
    fn name(&self) -> &str {
        if self.tensor_name.is_empty() { &self.tensor_path } else { &self.tensor_name }
    }
}

/// Whether a path leads to a file in the folder or in folders in it, on every system.
fn stays_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|part| part != "..")
}

/// The file that a path in the configuration means; `None` if there is none.
fn beside(source: &Source, path: &str) -> Result<Option<Source>, Problem> {
    if !stays_inside(path) {
        return Err(Problem::Malformed {
            format: NAME,
            place: Place::Line(1),
            what: format!(
                "“{path}” does not lie in the folder of this file, and only what lies there is read"
            ),
            advice: "copy the tensors into one folder with it, and correct its paths",
        });
    }
    if !source.has(path) {
        return Ok(None);
    }
    source.turned_to(path).map(Some)
}

/// Whether a tensor is raw numbers: it has the size that its shape says.
fn is_raw(tensor: &Source, embedding: &Embedding) -> bool {
    let size = embedding.tensor_shape.iter().try_fold(4_u64, |size, &length| size.checked_mul(length));
    !embedding.tensor_shape.is_empty()
        && (tensor.name().strip_suffix(".bytes").is_some() || size == Some(tensor.bytes().len() as u64))
}

fn raw(
    source: &Source,
    tensor: &Source,
    embedding: &Embedding,
    metadata: Option<&str>,
    mut warnings: Vec<Warning>,
) -> Result<Parsed, Problem> {
    let &[declared, dims] = embedding.tensor_shape.as_slice() else {
        return Err(bad(Place::Line(1), format!("“{}” is no matrix of two sizes", embedding.name())));
    };
    check_shape(NAME, declared, dims)?;
    let bytes = tensor.held();
    let size = dims * DType::F32.size() as u64;
    let rows = declared.min(bytes.len() as u64 / size);
    if rows == 0 {
        let what = format!("“{}” ends within its first row", embedding.tensor_path);
        return Err(bad(Place::Byte(bytes.len() as u64), what));
    }
    if rows < declared {
        warnings.push(Warning::Truncated { rows, promised: declared });
    } else if bytes.len() as u64 > rows * size {
        warnings.push(Warning::TrailingBytes { bytes: bytes.len() as u64 - rows * size });
    }
    let rows =
        Rows::contiguous(bytes, DType::F32, 0, rows as usize, dims as usize).ok_or(Problem::Unrecognized)?;
    let (words, columns, names) =
        projector::names_in(source, metadata, rows.count(), declared, &super::Places::Rows, &mut warnings)?;
    Ok(Parsed { columns, names, warnings, ..Parsed::new(words, rows) })
}

fn bad(place: Place, what: String) -> Problem {
    malformed(NAME, place, what, "write the configuration again, with its files beside it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Bytes;
    use crate::progress::Unwatched;

    fn read(config: &str, parts: &[&str]) -> Result<Parsed, Problem> {
        let raw: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let beside = vec![
            ("t/a.tsv".to_owned(), Bytes::embedded(b"0.5\t1\n2\t3\n")),
            ("t/m.tsv".to_owned(), Bytes::embedded(b"word\tkind\ncat\tn\nrun\tv\n")),
            ("b.bytes".to_owned(), raw.into()),
            ("list".to_owned(), Bytes::embedded(b"one\ntwo\n")),
        ];
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let source = Source::from_memory("projector_config.json", config.as_bytes().to_vec(), beside)?;
        let source = source.with_parts(&parts);
        assert!(ProjectorConfig.recognizes(&source));
        ProjectorConfig.read(&source, &Unwatched)
    }

    const BOTH: &str = r#"{"embeddings": [
        {"tensorName": "A", "tensorShape": [2, 2], "tensorPath": "t/a.tsv", "metadataPath": "t/m.tsv"},
        {"tensorName": "B", "tensorShape": [2, 2], "tensorPath": "b.bytes", "metadataPath": "list"}],
        "modelCheckpointPath": "x"}"#;

    #[test]
    fn tsv_and_raw_tensors_open_with_their_metadata() {
        let parsed = read(BOTH, &[]).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["cat", "run"]);
        assert_eq!(parsed.rows.block(0..2, &mut Vec::new()), [0.5, 1.0, 2.0, 3.0]);
        assert_eq!((&*parsed.columns[0].name, parsed.choices[0].options.len()), ("kind", 2));
        let parsed = read(BOTH, &["B"]).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(parsed.rows.block(0..2, &mut Vec::new()), [1.0, 2.0, 3.0, 4.0]);
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    }

    #[test]
    fn paths_do_not_leave_the_folder() {
        for path in
            ["../a.tsv", "/etc/passwd", "https://x.org/a.tsv", "t/../../a", "C:a.tsv", "t\\\\a.tsv", ""]
        {
            let config = format!(r#"{{"embeddings": [{{"tensorPath": "{path}"}}]}}"#);
            let said = read(&config, &[]).err().unwrap().to_string();
            assert!(said.contains("only what lies there is read"), "{path}: {said}");
            let config = BOTH.replace("t/m.tsv", path);
            let parsed = read(&config, &[]).unwrap();
            assert!(parsed.columns.is_empty(), "{path}");
        }
    }

    #[test]
    fn what_is_missing_or_does_not_fit_is_said() {
        for (config, expected) in [
            (BOTH.replace("t/a.tsv", "none.tsv"), "no file “none.tsv”"),
            (
                BOTH.replace(
                    "[2, 2], \"tensorPath\": \"t/a",
                    "[2], \"tensorPath\": \"b.bytes\", \"x\": \"t/a",
                ),
                "is no matrix",
            ),
            (r#"{"embeddings": [], "tensorPath": 1}"#.to_owned(), "is empty"),
            (r#"{"embeddings": [{"tensorPath": }]}"#.to_owned(), "cannot be read"),
        ] {
            let said = read(&config, &[]).err().unwrap().to_string();
            assert!(said.contains(expected), "{said}");
        }
        let parsed =
            read(&BOTH.replace("[2, 2], \"tensorPath\": \"b", "[9, 2], \"tensorPath\": \"b"), &["B"])
                .unwrap();
        assert_eq!(parsed.warnings[0], Warning::Truncated { rows: 2, promised: 9 });
        let parsed = read(&BOTH.replace("t/m.tsv", "none.tsv"), &[]).unwrap();
        assert_eq!(parsed.warnings[0], Warning::NoMetadata { name: "none.tsv".into() });
    }
}
