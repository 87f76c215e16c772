//! The tables that come with the program: real vectors, filtered for classrooms, embedded in the binary.
//!
//! `build.rs` compresses the files of `sample_vectors/`, and [`SampleFile::bytes`] unpacks one when it is wanted.
//! Where each file comes from and under which licence is written in `sample_vectors/MANIFEST.json`.

use std::io::Read;

use ruzstd::decoding::StreamingDecoder;

use super::{Opened, open_source};
use crate::files::{OpenError, Problem, Source};
use crate::progress::Progress;

/// One table to choose from the *Samples* menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// A short name that never changes: it stands in session files and on the command line.
    pub id: &'static str,
    /// What the menu shows.
    pub title: &'static str,
    /// One sentence on what the table is good for.
    pub about: &'static str,
    /// The table's main file, then its companions: metadata, vocabulary or words.
    pub files: &'static [SampleFile],
    /// The built-in tokenizer whose tokens its rows are, where it is a whole matrix of a model.
    pub tokenizer: Option<&'static str>,
}

/// One file of a [`Sample`], in the format that its name says, as it would lie on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleFile {
    /// The file's name in `sample_vectors/`.
    pub name: &'static str,
    packed: &'static [u8],
}

impl SampleFile {
    /// The whole file, unpacked. It takes a few milliseconds for each megabyte, so not within a frame.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        StreamingDecoder::new(self.packed)
            .expect("embedded samples are Zstandard frames")
            .read_to_end(&mut bytes)
            .expect("embedded samples are whole");
        bytes
    }
}

/// A file that `build.rs` has packed.
macro_rules! embedded {
    ($name:literal) => {
        SampleFile { name: $name, packed: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".zst")) }
    };
}

static SAMPLES: [Sample; 7] = [
    Sample {
        id: "starter",
        title: "Starter: 190 everyday words",
        about: "Eight groups of everyday words, with their real GloVe rows of 100 numbers scaled to unit length.",
        files: &[embedded!("starter.vectors.tsv"), embedded!("starter.metadata.tsv")],
        tokenizer: None,
    },
    Sample {
        id: "glove-100d",
        title: "GloVe: 8,335 words × 100",
        about: "Frequent English words as GloVe learned them from Wikipedia and news, in a word2vec binary file.",
        files: &[embedded!("glove-6b-100d.bin")],
        tokenizer: None,
    },
    Sample {
        id: "glove-50d",
        title: "GloVe: 10,287 words × 50",
        about: "The same model with half as many dimensions and more words, in a GloVe text file.",
        files: &[embedded!("glove-6b-50d.txt")],
        tokenizer: None,
    },
    Sample {
        id: "minilm",
        title: "MiniLM: 6,997 tokens × 384",
        about: "Part of a real model's token matrix, half precision: words, pieces of words and punctuation of BERT's vocabulary.",
        files: &[
            embedded!("minilm-token-embeddings-384d.safetensors"),
            embedded!("minilm-token-embeddings-384d.vocab.txt"),
        ],
        tokenizer: None,
    },
    Sample {
        id: "minilm-input",
        title: "MiniLM, whole: 30,522 tokens × 384",
        about: "The whole token matrix of a real model with its tokenizer, so that any text has its rows; 8-bit numbers, a scale a row.",
        files: &[embedded!("minilm-l6-v2-input.safetensors"), embedded!("minilm-l6-v2-input.vocab.txt")],
        tokenizer: Some("bert"),
    },
    Sample {
        id: "french",
        title: "French fastText: 3,998 words × 300",
        about: "Frequent French words, capitals kept, as an npy array in half precision with a list of words.",
        files: &[embedded!("fasttext-fr-300d.npy"), embedded!("fasttext-fr-300d.words.txt")],
        tokenizer: None,
    },
    Sample {
        id: "austen",
        title: "Jane Austen: 4,547 words × 32",
        about: "A small fastText model that read only three novels, so its neighbors are those of Austen's world.",
        files: &[embedded!("fasttext-austen-32d.bin")],
        tokenizer: None,
    },
];

/// All samples, the one to begin with first.
pub fn all() -> &'static [Sample] {
    &SAMPLES
}

/// The sample of that [`Sample::id`].
pub fn find(id: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.id == id)
}

/// Opens a sample as if its files lay on a disk.
///
/// # Errors
/// [`OpenError`] if the work is cancelled; the samples themselves are sound.
pub fn open(sample: &Sample, progress: &dyn Progress) -> Result<Opened, OpenError> {
    open_parts(sample, &[], progress)
}

/// Opens another matrix of a sample than the one that it is known for, by its name.
///
/// # Errors
/// [`OpenError`] if there is no such matrix, or the work is cancelled.
pub fn open_part(sample: &Sample, part: &str, progress: &dyn Progress) -> Result<Opened, OpenError> {
    open_parts(sample, &[part.to_owned()], progress)
}

fn open_parts(sample: &Sample, parts: &[String], progress: &dyn Progress) -> Result<Opened, OpenError> {
    let failed = |problem| OpenError { problem, path: sample.id.into() };
    let (main, companions) = sample.files.split_first().ok_or(failed(Problem::Empty))?;
    let beside = companions.iter().map(|file| (file.name.to_owned(), file.bytes().into())).collect();
    let source = Source::from_memory(main.name, main.bytes(), beside).map_err(failed)?;
    open_source(&source.with_parts(parts), progress)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use sha2::{Digest, Sha256};

    use super::*;

    /// What the manifest says of each file: SHA-256, and rows where it has some.
    fn manifest() -> HashMap<String, (String, u64)> {
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../sample_vectors/MANIFEST.json")).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let entries = manifest["files"].as_array().unwrap().iter();
        entries
            .map(|file| (text(&file["path"]), (text(&file["sha256"]), file["rows"].as_u64().unwrap())))
            .collect()
    }

    #[test]
    fn every_sample_unpacks_to_the_file_in_the_manifest() {
        let manifest = manifest();
        for file in all().iter().flat_map(|sample| sample.files) {
            let digest: String =
                Sha256::digest(file.bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digest, manifest[file.name].0, "{}", file.name);
        }
    }

    #[test]
    fn titles_tell_the_number_of_rows() {
        let manifest = manifest();
        for sample in all() {
            let digits = sample.title.replace(',', "");
            let rows = manifest[sample.files[0].name].1.to_string();
            assert!(digits.split(' ').any(|word| word == rows), "{} has {rows} rows", sample.title);
        }
    }

    #[test]
    fn samples_are_found_by_their_own_id_only() {
        let ids: HashSet<_> = all().iter().map(|sample| sample.id).collect();
        assert_eq!(ids.len(), all().len());
        assert!(all().iter().all(|sample| find(sample.id) == Some(sample)));
        assert_eq!(find("no such sample"), None);
    }

    #[test]
    fn the_starter_has_a_group_for_each_row() {
        let [vectors, metadata] = find("starter").unwrap().files else { panic!("two files") };
        let (vectors, metadata) = (vectors.bytes(), metadata.bytes());
        let rows = vectors.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count();
        let metadata = String::from_utf8(metadata).unwrap();
        let mut lines = metadata.lines();
        assert_eq!(lines.next(), Some("word\tgroup"));
        let groups: Vec<_> = lines.map(|line| line.split_once('\t').unwrap().1).collect();
        assert_eq!(groups.len(), rows);
        assert_eq!(groups.iter().collect::<HashSet<_>>().len(), 8);
    }
}
