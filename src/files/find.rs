//! From a path to the one file that is meant: packed files are unpacked, archives and folders looked into.

use std::path::Path;
use std::sync::Arc;

use super::archive::{Archive, Member};
use super::choice::{Alternative, Choice, Choosable};
use super::problem::{Problem, size};
use super::source::Source;
use super::unpack::{Packing, most_unpacked};
use crate::progress::Progress;

/// An archive in an archive in an archive: who goes further has something else in mind.
const DEEPEST: usize = 4;

/// The file that is meant by a path.
#[derive(Debug)]
pub struct Found {
    /// Its bytes, unpacked.
    pub source: Source,
    /// The files that it was chosen from, where it lay in an archive or a folder.
    pub choices: Vec<Choice>,
    /// What it lay in, from the outside in: `zip archive`, `gzip`.
    pub within: Vec<&'static str>,
}

/// Finds the file that is meant by `path`: itself, or what it unpacks to. `parts` may name files in archives.
///
/// # Errors
/// Whatever keeps it from being read; [`Problem::NothingInside`], [`Problem::ExpandsTooFar`].
pub fn find(path: &Path, parts: &[String], progress: &dyn Progress) -> Result<Found, Problem> {
    let mut choices = Vec::new();
    let mut within = Vec::new();
    let mut source = if path.is_dir() {
        within.push("folder");
        choose(&Arc::new(Archive::folder(path)?), parts, &mut choices, progress)?
    } else {
        Source::from_path(path)?
    };
    // What lies in several layers may not unpack to more than the outermost one alone could hold.
    let cap = most_unpacked(source.bytes().len() as u64);
    for _ in 0..DEEPEST {
        if let Some(packing) = Packing::of(source.bytes()) {
            let bytes = packing.unpack(source.bytes(), cap, progress)?;
            let name = packing.unpacked_name(source.name());
            within.push(packing.name());
            source = source.unpacked(name, bytes)?;
        } else if let Some(archive) =
            Archive::of(source.bytes())?.filter(|archive| !is_a_format_of_its_own(archive))
        {
            within.push(archive.name());
            source = choose(&Arc::new(archive.within(cap)), parts, &mut choices, progress)?;
        } else {
            break;
        }
    }
    Ok(Found { source: source.with_parts(parts), choices, within })
}

/// Zip archives that are one thing and no collection: npz, and the files of `PyTorch`.
fn is_a_format_of_its_own(archive: &Archive) -> bool {
    archive.is_npz() || is_of_pytorch(archive)
}

/// Whether these are the files that `torch.save` writes: a pickle, and beside it the version of their arrangement.
fn is_of_pytorch(archive: &Archive) -> bool {
    archive.members().iter().any(|member| {
        let folder = member.name.strip_suffix("/data.pkl");
        folder.is_some_and(|folder| archive.find(&format!("{folder}/version")).is_some())
    })
}

/// The member that `parts` names, or the likeliest.
fn choose(
    archive: &Arc<Archive>,
    parts: &[String],
    choices: &mut Vec<Choice>,
    progress: &dyn Progress,
) -> Result<Source, Problem> {
    let sharded = archive.members().iter().any(|member| member.name.ends_with(".safetensors.index.json"));
    let mut candidates: Vec<(u8, &Member)> = archive
        .members()
        .iter()
        .filter(|member| member.size > 0 && !(sharded && member.name.ends_with(".safetensors")))
        .filter_map(|member| Some((likelihood(&member.name)?, member)))
        .collect();
    candidates.sort_by_key(|(rank, member)| (*rank, u64::MAX - member.size));
    let about = |member: &Member| Alternative { name: member.name.clone(), about: size(member.size) };
    let options: Vec<Alternative> = candidates.iter().map(|(_, member)| about(member)).collect();
    if options.is_empty() {
        return Err(Problem::NothingInside { what: archive.name() });
    }
    let choice = Choice::new(Choosable::File, options, parts);
    let source = Source::from_archive(archive, candidates[choice.chosen].1, progress)?;
    choices.push(choice);
    Ok(source)
}

fn ends_with(name: &str, ending: &str) -> bool {
    name.len() >= ending.len()
        && name.as_bytes()[name.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
}

/// How likely a file of this name is what a person wants to see, 0 being the most; `None` for what cannot be opened.
/// A name decides only what is proposed: what a file is, its bytes say.
fn likelihood(path: &str) -> Option<u8> {
    const NEVER: &[&str] = &[
        ".md",
        ".py",
        ".html",
        ".png",
        ".jpg",
        ".jpeg",
        ".pdf",
        ".gitattributes",
        ".sh",
        ".ini",
        ".onnx",
        ".h5",
        ".msgpack",
        ".pt",
        ".pth",
        ".ot",
        ".pkl",
        ".cfg",
        ".toml",
        ".yaml",
        ".yml",
        ".log",
        ".jinja",
    ];
    const MODELS: &[&str] = &[".safetensors.index.json", ".safetensors", ".gguf", "projector_config.json"];
    const TABLES: &[&str] = &[
        ".bin", ".vec", ".npy", ".npz", ".parquet", ".arrow", ".feather", ".csv", ".tsv", ".jsonl",
        ".ndjson", ".txt",
    ];
    const TOKENIZERS: &[&str] =
        &["tokenizer.json", ".model", ".tiktoken", "tekken.json", "vocab.json", "vocab.txt"];
    /// What completes other files.
    const COMPANIONS: &[&str] = &[
        "merges.txt",
        "words.txt",
        "labels.txt",
        "metadata.tsv",
        "meta.tsv",
        "key2row",
        "strings.json",
        "config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "modules.json",
        "pytorch_model.bin",
        "license.txt",
        "readme.txt",
        "requirements.txt",
        "notice.txt",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_one_of = |endings: &[&str]| endings.iter().any(|ending| ends_with(name, ending));
    if name.starts_with('.') || path.starts_with("__MACOSX/") || is_one_of(NEVER) {
        return None;
    }
    Some(if is_one_of(MODELS) {
        0
    } else if is_one_of(TOKENIZERS) {
        3
    } else if is_one_of(COMPANIONS) {
        if ends_with(name, "config.json") || ends_with(name, "_map.json") || ends_with(name, "modules.json") {
            return None;
        }
        5
    } else if is_one_of(TABLES) || name == "vectors" {
        1
    } else if name.contains('.') {
        4
    } else {
        2
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;
    use crate::progress::Unwatched;

    fn found(path: &Path, parts: &[&str]) -> Found {
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        find(path, &parts, &Unwatched).unwrap()
    }

    #[test]
    fn a_folder_of_a_model_proposes_its_matrix_and_lists_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["README.md", "config.json", "model.safetensors", "tokenizer.json", ".hidden"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let model = found(folder.path(), &[]);
        assert_eq!((model.source.name(), &*model.within), ("model.safetensors", &["folder"][..]));
        let listed: Vec<&str> = model.choices[0].options.iter().map(|option| option.name.as_str()).collect();
        assert_eq!(listed, ["model.safetensors", "tokenizer.json"]);
        assert_eq!(found(folder.path(), &["tokenizer.json"]).source.name(), "tokenizer.json");
        assert!(model.source.has("config.json"), "the others lie beside it");
    }

    #[test]
    fn a_packed_archive_is_unpacked_twice_and_its_files_lie_beside_each_other() {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, content) in [("m/a.npy", "matrix"), ("m/a.txt", "words")] {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&tar.into_inner().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.tar.gz");
        fs::write(&path, packed.finish().unwrap()).unwrap();
        let matrix = found(&path, &["m/a.npy"]);
        assert_eq!(
            (&**matrix.source.bytes(), &*matrix.within),
            (&b"matrix"[..], &["gzip", "tar archive"][..])
        );
        assert_eq!(&*matrix.source.companion("a.txt").unwrap().unwrap(), b"words");
        assert_eq!(matrix.source.turned_to("a.txt").unwrap().name(), "a.txt");
    }

    fn zip_of(names: &[&str]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"content").unwrap();
        }
        zip.finish().unwrap();
        file
    }

    #[test]
    fn only_what_is_one_thing_is_left_packed() {
        let within = |names: &[&str]| found(zip_of(names).path(), &[]).within.len();
        for whole in [&["a.npy", "b.npy"][..], &["A.NPY"], &["m/data.pkl", "m/version", "m/data/0"]] {
            assert_eq!(within(whole), 0, "{whole:?}");
        }
        let beside = found(zip_of(&["data.pkl", "old/data.pkl", "vectors.npy"]).path(), &[]);
        assert_eq!((beside.source.name(), beside.within.len()), ("vectors.npy", 1));
    }

    #[test]
    fn an_empty_folder_holds_nothing_to_open() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(find(folder.path(), &[], &Unwatched), Err(Problem::NothingInside { .. })));
    }
}
