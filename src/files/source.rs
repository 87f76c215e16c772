//! Where bytes come from: a file with its neighbors on disk, or the same from memory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::{Archive, Member};
use super::line_ends::with_line_feeds;
use super::map::Bytes;
use super::problem::Problem;
use crate::progress::{Progress, Unwatched};

/// Lists of names beside a matrix are read up to this size.
const LARGEST_COMPANION: usize = 2 << 30;

/// A file to open, and the files beside it that may complete it (a list of words, a projector's metadata).
#[derive(Debug)]
pub struct Source {
    name: String,
    bytes: Bytes,
    beside: Beside,
    parts: Vec<String>,
}

#[derive(Debug, Clone)]
enum Beside {
    Folder(PathBuf),
    Memory(Vec<(String, Bytes)>),
    /// The other files of an archive, in the same folder inside it.
    Archive(Arc<Archive>, String),
}

impl Source {
    /// Maps a file.
    ///
    /// # Errors
    /// [`Problem::Missing`], [`Problem::Directory`], [`Problem::NotAFile`], [`Problem::Denied`], [`Problem::Io`], or
    /// [`Problem::Empty`].
    pub fn from_path(path: &Path) -> Result<Self, Problem> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self { name, bytes: map(path)?, beside: Beside::Folder(folder), parts: Vec::new() }.filled()
    }

    /// One of the files of an archive; the others in its folder lie beside it.
    ///
    /// # Errors
    /// As [`Archive::read`]; [`Problem::Empty`].
    pub(super) fn from_archive(
        archive: &Arc<Archive>,
        member: &Member,
        progress: &dyn Progress,
    ) -> Result<Self, Problem> {
        if let Some(folder) = archive.path() {
            return Self::from_path(&folder.join(&member.name));
        }
        let (folder, name) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        let beside = Beside::Archive(Arc::clone(archive), folder.to_owned());
        let bytes = archive.read(member, progress)?;
        Self { name: name.to_owned(), bytes, beside, parts: Vec::new() }.filled()
    }

    /// The same file with other bytes: those that its own unpack to.
    ///
    /// # Errors
    /// [`Problem::Empty`].
    pub(super) fn unpacked(self, name: String, bytes: Bytes) -> Result<Self, Problem> {
        Self { name, bytes, ..self }.filled()
    }

    /// The same file with a wish for some of what it holds: names of files in an archive, matrices, columns.
    #[must_use]
    pub fn with_parts(self, parts: &[String]) -> Self {
        Self { parts: parts.to_vec(), ..self }
    }

    /// What of the file's content is wanted, by name; nothing if whatever is likeliest will do.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    fn filled(self) -> Result<Self, Problem> {
        if self.bytes.is_empty() {
            return Err(Problem::Empty);
        }
        Ok(Self { bytes: with_line_feeds(self.bytes), ..self })
    }

    /// A file called `name` that is in memory already, with the files that would lie beside it.
    ///
    /// # Errors
    /// [`Problem::Empty`].
    pub fn from_memory(
        name: impl Into<String>,
        bytes: impl Into<Bytes>,
        companions: Vec<(String, Bytes)>,
    ) -> Result<Self, Problem> {
        let (name, bytes, beside) = (name.into(), bytes.into(), Beside::Memory(companions));
        Self { name, bytes, beside, parts: Vec::new() }.filled()
    }

    /// The name of the file, without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name without its last extension: `fr.npy` → `fr`.
    #[must_use]
    pub fn stem(&self) -> &str {
        match self.name.rfind('.') {
            Some(dot) if dot > 0 => &self.name[..dot],
            _ => &self.name,
        }
    }

    /// The folder that the file lies in, on the disk or inside an archive; an empty path where it lies in none.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match &self.beside {
            Beside::Folder(folder) => {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
            }
            Beside::Memory(_) => PathBuf::new(),
            Beside::Archive(_, folder) => PathBuf::from(folder),
        }
    }

    /// All bytes of the file. Text whose lines end in carriage returns alone has line feeds in their place.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes in the form in which a table should keep them: see [`Bytes::held`].
    #[must_use]
    pub fn held(&self) -> Bytes {
        self.bytes.clone().held()
    }

    /// Whether a file of this name lies beside the main one.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        name != self.name
            && match &self.beside {
                Beside::Folder(folder) => folder.join(name).is_file(),
                Beside::Memory(files) => files.iter().any(|(other, _)| other == name),
                Beside::Archive(archive, folder) => archive.find(&inside(folder, name)).is_some(),
            }
    }

    /// The first file beside the main one, in the order of their names, whose name ends so.
    #[must_use]
    pub fn beside_ending(&self, ending: &str) -> Option<String> {
        let names: Vec<String> = match &self.beside {
            Beside::Folder(folder) => {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                let files = fs::read_dir(folder).into_iter().flatten().flatten();
                files.filter_map(|file| file.file_name().into_string().ok()).collect()
            }
            Beside::Memory(files) => files.iter().map(|(name, _)| name.clone()).collect(),
            Beside::Archive(archive, folder) => {
                let names = archive.members().iter().map(|member| member.name.as_str());
                names.filter_map(|name| Some(inside_of(folder, name)?.to_owned())).collect()
            }
        };
        names.into_iter().filter(|name| name.ends_with(ending) && self.has(name)).min()
    }

    /// The file of this name beside the main one, if there is one.
    ///
    /// # Errors
    /// As [`Source::from_path`], but for [`Problem::Missing`]; [`Problem::TooLarge`].
    pub fn companion(&self, name: &str) -> Result<Option<Bytes>, Problem> {
        if !self.has(name) {
            return Ok(None);
        }
        let found = match &self.beside {
            Beside::Folder(folder) => Some(map(&folder.join(name))?),
            Beside::Memory(files) => files.iter().find(|(other, _)| other == name).map(|(_, b)| b.clone()),
            Beside::Archive(archive, folder) => match archive.find(&inside(folder, name)) {
                Some(member) => Some(archive.read(member, &Unwatched)?),
                None => None,
            },
        };
        Ok(found.map(with_line_feeds))
    }

    /// The small text file of this name beside the main one: a list of words or a vocabulary.
    ///
    /// # Errors
    /// As [`Source::companion`]; [`Problem::TooLarge`] above 2 GiB.
    pub fn text_beside(&self, name: &str) -> Result<Option<Bytes>, Problem> {
        let found = self.companion(name)?;
        match found {
            Some(bytes) if bytes.len() > LARGEST_COMPANION => Err(Problem::TooLarge {
                what: format!("{} bytes in {name}", bytes.len()),
                limit: LARGEST_COMPANION,
            }),
            found => Ok(found),
        }
    }

    /// The same folder seen from another of its files: the companion `name` becomes the main file.
    ///
    /// # Errors
    /// As [`Source::companion`]; [`Problem::Missing`] and [`Problem::Empty`].
    pub fn turned_to(&self, name: &str) -> Result<Self, Problem> {
        let bytes = self.companion(name)?.ok_or(Problem::Missing)?;
        let beside = match &self.beside {
            Beside::Memory(files) => {
                let others = files.iter().filter(|(other, _)| other != name).cloned();
                Beside::Memory(others.chain([(self.name.clone(), self.bytes.clone())]).collect())
            }
            other => other.clone(),
        };
        Self { name: name.to_owned(), bytes, beside, parts: self.parts.clone() }.filled()
    }
}

/// The name of a file in a folder of an archive.
fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The name of a file that lies in a folder of an archive, and in no folder in it, without the folder's.
fn inside_of<'a>(folder: &str, name: &'a str) -> Option<&'a str> {
    let (of, name) = name.rsplit_once('/').unwrap_or(("", name));
    (of == folder).then_some(name)
}

/// Maps an ordinary file; anything else is refused before it is opened, since opening a pipe would wait forever.
pub(super) fn map(path: &Path) -> Result<Bytes, Problem> {
    let about = fs::metadata(path)?;
    if about.is_dir() {
        return Err(Problem::Directory);
    }
    if !about.is_file() {
        return Err(Problem::NotAFile);
    }
    if about.len() == 0 {
        return Ok(Bytes::from(Vec::new()));
    }
    Ok(Bytes::map(File::open(path)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_ordinary_file_is_refused_and_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Source::from_path(folder.path()), Err(Problem::Directory)));
        assert!(matches!(Source::from_path(&folder.path().join("none")), Err(Problem::Missing)));
        let empty = folder.path().join("empty");
        fs::write(&empty, b"").unwrap();
        assert!(matches!(Source::from_path(&empty), Err(Problem::Empty)));
        if cfg!(unix) {
            assert!(matches!(Source::from_path(Path::new("/dev/zero")), Err(Problem::NotAFile)));
        }
    }

    #[test]
    fn text_whose_lines_end_in_carriage_returns_has_line_feeds() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), b"word,x\rcat,1\r").unwrap();
        fs::write(folder.path().join("a.txt"), b"one\rtwo").unwrap();
        let disk = Source::from_path(&folder.path().join("a.csv")).unwrap();
        let words = vec![("a.txt".to_owned(), Bytes::embedded(b"one\rtwo"))];
        let memory = Source::from_memory("a.csv", b"word,x\rcat,1\r".to_vec(), words).unwrap();
        for source in [disk, memory] {
            assert_eq!(&**source.bytes(), b"word,x\ncat,1\n");
            assert_eq!(&*source.companion("a.txt").unwrap().unwrap(), b"one\ntwo");
            assert_eq!(&**source.turned_to("a.txt").unwrap().bytes(), b"one\ntwo");
        }
    }

    #[test]
    fn companions_are_found_on_disk_and_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.npy"), b"main").unwrap();
        fs::write(folder.path().join("a.txt"), b"words").unwrap();
        let disk = Source::from_path(&folder.path().join("a.npy")).unwrap();
        let words = vec![("a.txt".to_owned(), Bytes::embedded(b"words"))];
        let memory = Source::from_memory("a.npy", Bytes::embedded(b"main"), words).unwrap();
        for source in [disk, memory] {
            assert_eq!((source.name(), source.stem(), &**source.bytes()), ("a.npy", "a", &b"main"[..]));
            assert_eq!(&*source.companion("a.txt").unwrap().unwrap(), b"words");
            assert!(source.companion("b.txt").unwrap().is_none());
            assert!(!source.has("a.npy"), "a file is no companion of itself");
            assert_eq!(source.beside_ending(".txt").as_deref(), Some("a.txt"));
            assert!(source.beside_ending(".npy").is_none() && source.beside_ending(".tiktoken").is_none());
            let named = source.folder().file_name() == folder.path().file_name();
            assert!(named || source.folder().as_os_str().is_empty());
            let turned = source.turned_to("a.txt").unwrap();
            assert_eq!((turned.name(), turned.has("a.npy")), ("a.txt", true));
        }
    }
}
