//! What is on the screen as a file, and back.

use std::path::PathBuf;

use super::State;
use super::settings::Storage;
use super::state::FIRST_SAMPLE;
use crate::scene::Command;
use crate::scene::document::DocumentSource;
use crate::scene::session::{Compared, Session};

/// A document of a session, and what it is to be compared with once both are open.
pub(super) struct Awaited {
    document: DocumentSource,
    compared: Compared,
}

impl State {
    /// Shows what the last run showed, or the first sample where that cannot be had.
    pub fn resume(&mut self) {
        match self.storage.as_ref().and_then(Storage::session) {
            Some(session) => self.restore(session),
            None => self.open(DocumentSource::Sample(FIRST_SAMPLE.into()), None),
        }
    }

    /// Begins to show what a session shows.
    pub(super) fn restore(&mut self, session: Session) {
        let mut session = session;
        session.view.tokens = session.view.tokens.sound();
        session.view.matrix = session.view.matrix.sound();
        let document = session.document.clone();
        self.open(session.document, Some(Box::new(session.view)));
        if let Some(compared) = session.compared {
            self.open_beside(compared.document.clone());
            self.awaited = Some(Awaited { document, compared });
        }
    }

    /// Compares what a session compares, once both of its documents are open.
    pub(super) fn compare_awaited(&mut self) {
        let Some(Awaited { document, compared }) = &self.awaited else { return };
        let other = self.tables().find(|(_, open)| open.source == compared.document).map(|(id, _)| *id);
        let is_shown = self.document().is_some_and(|shown| shown.source == *document);
        if let Some(other) = other.filter(|_| is_shown) {
            (self.view.compared, self.view.beside) = (Some(other), compared.beside);
            self.awaited = None;
        }
    }

    /// Begins to read a session file.
    pub(super) fn open_session(&mut self, path: PathBuf) {
        self.run_errand("Opening a session", move |_| {
            Some(match Session::read(&path) {
                Ok(session) => Command::Restore(Box::new(session)),
                Err(error) => Command::Report { text: error.to_string(), failed: true },
            })
        });
    }

    /// What is on the screen, as a session.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        let mut session = Session::new(self.document()?.source.clone(), self.view.clone());
        let beside = self.view.beside;
        session.compared = self.compared().map(|other| Compared { document: other.source.clone(), beside });
        Some(session)
    }
}
