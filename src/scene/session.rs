//! Session files: a view and the document it shows, as readable text that reopens exactly.
//!
//! JSON with a version, so that later programs can read it and this one can refuse what is newer. The path of the document is
//! written relative to the session file wherever it lies in the same folder or below, so that both can be moved together.

use std::fs;
use std::path::{Path, PathBuf};

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
    pub view: View,
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
        Self { version: VERSION, document, view }
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
        if let (Some(file), Some(folder)) = (session.document.path_mut(), path.parent()) {
            *file = folder.join(&*file);
        }
        Ok(session)
    }

    /// The text of the session file at `path`; that it is written whole is for the caller.
    #[must_use]
    pub fn to_text(&self, path: &Path) -> String {
        let mut relative = self.clone();
        if let (Some(file), Some(folder)) = (relative.document.path_mut(), path.parent()) {
            let absolute = std::path::absolute(&*file).unwrap_or_else(|_| file.clone());
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            *file = absolute.strip_prefix(&folder).map_or(absolute.clone(), Path::to_owned);
        }
        serde_json::to_string_pretty(&relative).expect("a session is plain data with text keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_finds_its_file_after_both_were_moved() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut view = View::default();
        view.map.neighbors = 7;
        let session = Session::new(DocumentSource::File(old.path().join("data/words.txt")), view.clone());
        let text = session.to_text(&old.path().join("a.json"));
        fs::write(new.path().join("a.json"), text).unwrap();
        let read = Session::read(&new.path().join("a.json")).unwrap();
        assert_eq!(read.document, DocumentSource::File(new.path().join("data/words.txt")));
        assert_eq!(read.view, view);
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
