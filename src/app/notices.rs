//! What a person must be told: errors, once each, and the last thing that happened.

/// How grave a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// One sentence to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}

/// The notices that have not been dismissed, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    all: Vec<Notice>,
}

/// More than this many at once would not be read.
const MOST: usize = 5;

impl Notices {
    /// Says something, unless it is the last thing that was said already.
    pub fn say(&mut self, severity: Severity, text: impl Into<String>) {
        let notice = Notice { severity, text: text.into() };
        if self.all.contains(&notice) {
            return;
        }
        if self.all.len() == MOST {
            self.all.remove(0);
        }
        self.all.push(notice);
    }

    /// What has been said and not dismissed.
    #[must_use]
    pub fn all(&self) -> &[Notice] {
        &self.all
    }

    pub fn dismiss(&mut self) {
        self.all.clear();
    }

    /// Takes away what only accompanies the last action.
    pub fn dismiss_info(&mut self) {
        self.all.retain(|notice| notice.severity != Severity::Info);
    }
}
