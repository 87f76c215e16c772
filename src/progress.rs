//! How long work tells its caller where it stands, and learns that it should stop.
//!
//! Everything in the domain that may take longer than a few milliseconds takes a `&dyn Progress`. The domain knows
//! nothing of threads, windows or clocks: it reports a fraction and asks whether it is still wanted.

/// Receives the progress of long work and says whether the work is still wanted.
///
/// Implementations are called from many threads at once and should cost no more than an atomic store.
pub trait Progress: Sync {
    /// Reports that `fraction` (0 to 1) of the work is done.
    fn report(&self, fraction: f32);

    /// Says whether the work should stop as soon as it conveniently can.
    fn is_cancelled(&self) -> bool;

    /// Fails with [`Cancelled`] once the work is no longer wanted, so that callers can write `progress.check()?`.
    ///
    /// # Errors
    /// [`Cancelled`] if [`Progress::is_cancelled`].
    fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// The work was given up because nobody waits for its result any more. It is not shown to a person as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work was cancelled")]
pub struct Cancelled;

/// A [`Progress`] that nobody watches and that never cancels: for the command line, for tests and for short work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn report(&self, _fraction: f32) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// A [`Progress`] of work that nobody wants any more, for tests of how it ends.
#[cfg(test)]
pub(crate) struct Unwanted;

#[cfg(test)]
impl Progress for Unwanted {
    fn report(&self, _fraction: f32) {}

    fn is_cancelled(&self) -> bool {
        true
    }
}

/// A part of a longer piece of work: fractions from 0 to 1 are mapped into `from..to` of the whole.
pub struct Part<'a> {
    whole: &'a dyn Progress,
    from: f32,
    to: f32,
}

impl<'a> Part<'a> {
    /// The stretch of `whole` that begins at fraction `from` and ends at fraction `to`.
    #[must_use]
    pub fn new(whole: &'a dyn Progress, from: f32, to: f32) -> Self {
        Self { whole, from, to }
    }
}

impl Progress for Part<'_> {
    fn report(&self, fraction: f32) {
        self.whole.report(self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0));
    }

    fn is_cancelled(&self) -> bool {
        self.whole.is_cancelled()
    }
}
