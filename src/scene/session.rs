//! Session files: a view and the document it shows, as readable text that reopens exactly.
//!
//! JSON with a version, so that later programs can read it and this one can refuse what is newer. The path of the document is
//! written relative to the session file wherever the two share a folder above them, so that both can be moved together.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::document::DocumentSource;
use super::view::View;

/// The version that this program writes.
const VERSION: u32 = 1;

/// A view of a document, as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The version of the format; 1 so far.
    #[serde(rename = "lexiscope_session")]
    version: u32,
    pub document: DocumentSource,
    /// The document that it is compared with, and whether both maps are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    pub view: View,
}

/// The document that another one is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub document: DocumentSource,
    /// Whether its map is shown beside the other's.
    pub beside: bool,
}

/// Why a session file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("The session file could not be read: {error}. Check that it is there and that you may read it: {}", path.display())]
    Io { error: std::io::Error, path: PathBuf },
    #[error(
        "This is not a session of Lexiscope, or it is damaged: {error}. Save the session anew: {}",
        path.display()
    )]
    Format { error: serde_json::Error, path: PathBuf },
    #[error(
        "The session was written by a newer Lexiscope (version {version} of the format; this program reads {VERSION}). Update Lexiscope to open it: {}",
        path.display()
    )]
    Newer { version: u32, path: PathBuf },
}

impl Session {
    /// What `view` shows of the document from `source`.
    #[must_use]
    pub fn new(document: DocumentSource, view: View) -> Self {
        Self { version: VERSION, document, compared: None, view }
    }

    /// The documents that it names.
    fn documents(&mut self) -> impl Iterator<Item = &mut DocumentSource> {
        let compared = self.compared.as_mut().map(|compared| &mut compared.document);
        std::iter::once(&mut self.document).chain(compared)
    }

    /// Reads a session file; the path of its document comes back resolved.
    ///
    /// # Errors
    /// [`SessionError`] if it is missing, damaged or newer than this program.
    pub fn read(path: &Path) -> Result<Self, SessionError> {
        let bytes = fs::read(path).map_err(|error| SessionError::Io { error, path: path.to_owned() })?;
        let mut session: Self = serde_json::from_slice(&bytes)
            .map_err(|error| SessionError::Format { error, path: path.to_owned() })?;
        if session.version > VERSION {
            return Err(SessionError::Newer { version: session.version, path: path.to_owned() });
        }
        for document in session.documents() {
            if let (Some(file), Some(folder)) = (document.path_mut(), path.parent()) {
                *file = joined(folder, file);
            }
        }
        Ok(session)
    }

    /// The text of the session file at `path`; that it is written whole is for the caller.
    #[must_use]
    pub fn to_text(&self, path: &Path) -> String {
        let mut relative = self.clone();
        for document in relative.documents() {
            if let (Some(file), Some(folder)) = (document.path_mut(), path.parent()) {
                let absolute = std::path::absolute(&*file).unwrap_or_else(|_| file.clone());
                let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
                *file = relative_to(&folder, &absolute);
            }
        }
        serde_json::to_string_pretty(&relative).expect("a session is plain data with text keys")
    }
}

/// The way from a folder to a file, both absolute; the file itself where they have nothing in common but the root.
fn relative_to(folder: &Path, file: &Path) -> PathBuf {
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let is_name = |part: &&Component<'_>| matches!(part, Component::Normal(_));
    if from[..shared].iter().filter(is_name).count() == 0 {
        return file.to_owned();
    }
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect()
}

/// A path as seen from a folder, without steps that lead up from it again: one file has one path.
fn joined(folder: &Path, path: &Path) -> PathBuf {
    let mut whole = folder.to_owned();
    for part in path.components() {
        match part {
            Component::ParentDir if whole.file_name().is_some() => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_finds_its_file_after_both_were_moved() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut view = View::default();
        view.map.neighbors = 7;
        let file = |name: &str| DocumentSource::File(old.path().join(name));
        let compared = Some(Compared { document: file("other.txt"), beside: true });
        let session = Session { compared, ..Session::new(file("data/words.txt"), view.clone()) };
        let text = session.to_text(&old.path().join("a.json"));
        fs::write(new.path().join("a.json"), text).unwrap();
        let read = Session::read(&new.path().join("a.json")).unwrap();
        assert_eq!(read.document, DocumentSource::File(new.path().join("data/words.txt")));
        let other = DocumentSource::File(new.path().join("other.txt"));
        assert_eq!(read.compared, Some(Compared { document: other, beside: true }));
        assert_eq!(read.view, view);
    }

    #[test]
    fn the_way_to_a_file_leads_up_where_it_must() {
        let way = |folder: &str, file: &str| relative_to(Path::new(folder), Path::new(file));
        assert_eq!(way("/home/ann/lessons", "/home/ann/lessons/a/words.txt"), Path::new("a/words.txt"));
        assert_eq!(way("/home/ann/lessons", "/home/ann/data/words.txt"), Path::new("../data/words.txt"));
        assert_eq!(way("/home/ann", "/srv/words.txt"), Path::new("/srv/words.txt"));
        for (folder, file) in [("/a/b", "/a/c/d"), ("/a", "/a/b/c"), ("/a/b/c", "/a/x"), ("/a/b", "/z/y")] {
            let (folder, file) = (Path::new(folder), Path::new(file));
            assert_eq!(joined(folder, &relative_to(folder, file)), file);
        }
        assert_eq!(joined(Path::new("lessons"), Path::new("../data/w.txt")), Path::new("data/w.txt"));
        assert_eq!(joined(Path::new(""), Path::new("../w.txt")), Path::new("../w.txt"));
    }

    #[test]
    fn a_newer_or_damaged_session_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.json");
        fs::write(&path, "{").unwrap();
        assert!(matches!(Session::read(&path), Err(SessionError::Format { .. })));
        let mut session = Session::new(DocumentSource::Sample("starter".into()), View::default());
        session.version = 99;
        fs::write(&path, session.to_text(&path)).unwrap();
        assert!(matches!(Session::read(&path), Err(SessionError::Newer { version: 99, .. })));
    }
}
