//! Models in several files, and the index that says which tensor lies in which.
//!
//! Source: `model.safetensors.index.json` as the `huggingface_hub` library writes it: `{"metadata": …, "weight_map":
//! {tensor: file}}`. The files lie beside the index; names that lead elsewhere are refused. Opening one of the files
//! (`model-00001-of-00003.safetensors`) opens all, if the index is there.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use safetensors::SafeTensors;
use safetensors::tensor::Metadata;
use serde::Deserialize;

use super::{NAME, Tensor, Tensors, Warning, malformed};
use crate::files::problem::{Place, Problem, count, grouped};
use crate::files::{Bytes, Source};
use crate::progress::Progress;

/// How far into an index its map of weights begins at the latest.
const INDEX_HEAD: usize = 1 << 16;

/// Indexes of the largest models have 20 MB.
const LARGEST_INDEX: usize = 256 << 20;

/// Models come in some hundreds of files at most.
const MOST_FILES: usize = 4_096;

/// The names of files that hold Python pickles end so.
const PICKLES: [&str; 3] = [".bin", ".pt", ".pth"];

/// The files of a model.
pub(super) struct Shards {
    files: Vec<Shard>,
    /// The tensors of files that are not there, and the names of the files.
    missing: Vec<(String, String)>,
    /// Which file each tensor is said to be in.
    said: BTreeMap<String, String>,
}

struct Shard {
    name: String,
    bytes: Bytes,
    start: usize,
    header: Metadata,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// Whether these bytes are an index.
pub(super) fn is_index(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(INDEX_HEAD)];
    head.trim_ascii_start().starts_with(b"{") && memmem::find(head, b"\"weight_map\"").is_some()
}

impl Shards {
    /// The files of the model that `source` is a part of.
    pub fn of(source: &Source, progress: &dyn Progress) -> Result<Self, Problem> {
        if is_index(source.bytes()) {
            return Self::by_index(source, source.bytes(), progress);
        }
        if let Some(index) = index_name(source.name())
            && let Some(index) = source.companion(&index)?
            && is_index(&index)
        {
            return Self::by_index(source, &index, progress);
        }
        let files = vec![Shard::read(source.bytes().clone(), source.name())?];
        Ok(Self { files, missing: Vec::new(), said: BTreeMap::new() })
    }

    fn by_index(source: &Source, index: &[u8], progress: &dyn Progress) -> Result<Self, Problem> {
        if index.len() > LARGEST_INDEX {
            let what = format!("{} bytes of an index", grouped(index.len() as u64));
            return Err(Problem::TooLarge { what, limit: LARGEST_INDEX });
        }
        let index: Index = serde_json::from_slice(index).map_err(|error| {
            let what = format!("the index of the model's files is broken: {error}");
            malformed(NAME, Place::Line(error.line() as u64), what, "get the index again")
        })?;
        let names: BTreeSet<&String> = index.weight_map.values().collect();
        check_names(&names)?;
        let (mut files, mut missing) = (Vec::new(), Vec::new());
        let mut absent = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            progress.check()?;
            let bytes =
                if *name == source.name() { Some(source.bytes().clone()) } else { source.companion(name)? };
            match bytes {
                Some(bytes) => files.push(Shard::read(bytes, name)?),
                None => {
                    absent.insert(*name);
                }
            }
            progress.report(at as f32 / names.len() as f32);
        }
        // One pass over the tensors, however many files are missing.
        let lost = index.weight_map.iter().filter(|(_, file)| absent.contains(file));
        missing.extend(lost.map(|(tensor, file)| (tensor.clone(), file.clone())));
        missing.sort_by(|a: &(String, String), b| a.1.cmp(&b.1));
        Ok(Self { files, missing, said: index.weight_map })
    }

    /// All tensors that are there, each from the file in which the index has it.
    pub fn tensors(&self) -> Tensors<'_> {
        self.files
            .iter()
            .flat_map(|shard| {
                let tensor = |info| Tensor { info, file: &shard.bytes, start: shard.start };
                let is_said = |name: &str| self.said.get(name).is_none_or(|file| *file == shard.name);
                let tensors = shard.header.tensors().into_iter();
                tensors.filter(move |(name, _)| is_said(name)).map(move |(name, info)| (name, tensor(info)))
            })
            .collect()
    }

    /// Says that files are missing: an error if what is wanted lies in one of them or, where nothing in particular is, a
    /// matrix that would be proposed.
    pub fn check_missing(
        &self,
        would_be_proposed: impl Fn(&str) -> bool,
        parts: &[String],
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Problem> {
        let Some((_, first)) = self.missing.first() else { return Ok(()) };
        let wanted = |(tensor, _): &&(String, String)| {
            let proposed = self.files.is_empty() || would_be_proposed(tensor);
            if parts.is_empty() { proposed } else { parts.contains(tensor) }
        };
        if let Some((tensor, file)) = self.missing.iter().find(wanted) {
            let what = format!("“{tensor}” lies in {file}, which is not there");
            return Err(malformed(
                NAME,
                Place::Byte(0),
                what,
                "get that file too, and keep it beside the index",
            ));
        }
        let files: BTreeSet<&String> = self.missing.iter().map(|(_, file)| file).collect();
        warnings.push(Warning::MissingFiles { files: files.len(), first: first.clone() });
        Ok(())
    }

    /// What the first file says of itself in words, a name and a value each: some of it, where it is short.
    pub fn remarks(&self) -> Vec<(String, String)> {
        /// `format` says by which library the file was written, of which nothing follows for whoever looks at vectors.
        const UNTOLD: &str = "format";
        const MOST: usize = 16;
        const LONGEST: usize = 200;
        let said = self.files.first().and_then(|shard| shard.header.metadata().as_ref());
        let short =
            |(name, value): &(&String, &String)| name.len().max(value.len()) <= LONGEST && *name != UNTOLD;
        let told: BTreeMap<&String, &String> = said.into_iter().flatten().filter(short).collect();
        told.into_iter().take(MOST).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// How many files the model has, if several.
    pub fn fact(&self) -> Option<(String, String)> {
        let missing: BTreeSet<&String> = self.missing.iter().map(|(_, file)| file).collect();
        let all = self.files.len() + missing.len();
        (all > 1).then(|| {
            ("Files".to_owned(), format!("{} of {}", grouped(self.files.len() as u64), grouped(all as u64)))
        })
    }
}

impl Shard {
    fn read(bytes: Bytes, name: &str) -> Result<Self, Problem> {
        let (length, header) = SafeTensors::read_metadata(&bytes).map_err(|error| {
            let advice = "get the file again; it may have been cut off";
            malformed(
                NAME,
                Place::Byte(0),
                format!("the header of {name} does not fit the file: {error}"),
                advice,
            )
        })?;
        Ok(Self { name: name.to_owned(), bytes, start: 8 + length, header })
    }
}

/// The index of the model that a file of this name is one of: `model-00001-of-00003.safetensors` →
/// `model.safetensors.index.json`.
fn index_name(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".safetensors")?;
    let (rest, all) = stem.rsplit_once("-of-")?;
    let (model, number) = rest.rsplit_once('-')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(all) && is_number(number)).then(|| format!("{model}.safetensors.index.json"))
}

/// Refuses names that lead out of the folder, and files that are not read.
fn check_names(names: &BTreeSet<&String>) -> Result<(), Problem> {
    if names.is_empty() {
        return Err(malformed(NAME, Place::Byte(0), "the index names no file", "get the index again"));
    }
    if names.len() > MOST_FILES {
        return Err(Problem::TooLarge { what: count(names.len() as u64, "file"), limit: MOST_FILES });
    }
    if names.iter().any(|name| PICKLES.iter().any(|ending| name.ends_with(ending))) {
        return Err(super::super::unsupported::pickle());
    }
    match names.iter().find(|name| name.contains(['/', '\\', ':', '\0']) || name.starts_with('.')) {
        Some(name) => {
            let what = format!("the index names “{name}”, which is no file beside it");
            Err(malformed(NAME, Place::Byte(0), what, "get the index again"))
        }
        None => Ok(()),
    }
}
