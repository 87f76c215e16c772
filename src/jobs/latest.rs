//! The newest answer to a question that keeps changing.

use std::sync::Arc;

use super::{Job, JobError, Wake};
use crate::progress::{Cancelled, Progress};

/// What runs for a question, whatever is asked and answered, so that many of them are looked after as one.
pub trait Slot {
    /// Takes up a finished job's answer. A job that panicked gives its error, once.
    ///
    /// # Errors
    /// [`JobError`] if the work panicked or its thread could not be started.
    fn tick(&mut self) -> Result<bool, JobError>;

    /// The name and the fraction done of the work that runs, if any does.
    fn progress(&self) -> Option<(&str, f32)>;

    /// Gives up the work that runs. The question is not asked again until it changes.
    fn cancel(&mut self);

    /// Waits for the work that runs. For tests and for the shell, never while drawing.
    fn settle(&mut self);
}

/// Holds the answer to the last question asked and runs at most one job to find it.
///
/// While the answer to a new question is being worked out, the previous one can still be shown: it is kept with the
/// question it answers.
pub struct Latest<Q, T> {
    what: &'static str,
    answer: Option<(Q, Arc<T>)>,
    running: Option<(Q, Job<Result<T, Cancelled>>)>,
    failed: Option<Q>,
}

impl<Q: PartialEq + Clone, T: Send + 'static> Latest<Q, T> {
    /// No question yet. `what` names the work to people ("Clusters").
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        Self { what, answer: None, running: None, failed: None }
    }

    /// Asks `question`: does nothing if that is answered, under way or known to fail; otherwise drops what runs for an
    /// older question and starts `work`.
    pub fn ask(
        &mut self,
        question: Q,
        wake: &Wake,
        work: impl FnOnce(&dyn Progress) -> Result<T, Cancelled> + Send + 'static,
    ) {
        let known = self.answer.as_ref().is_some_and(|(asked, _)| *asked == question);
        if known {
            (self.running, self.failed) = (None, None);
            return;
        }
        let pending = self.running.as_ref().is_some_and(|(asked, _)| *asked == question);
        if pending || self.failed.as_ref() == Some(&question) {
            return;
        }
        self.failed = None;
        self.running = Some((question, Job::spawn(self.what, Arc::clone(wake), work)));
    }

    /// Forgets the question, its answer and its job.
    pub fn clear(&mut self) {
        self.answer = None;
        self.running = None;
        self.failed = None;
    }

    /// Forgets the questions that `about` means, with their answers and jobs: what they ask of is gone or has changed.
    pub fn forget(&mut self, about: impl Fn(&Q) -> bool) {
        self.answer.take_if(|(asked, _)| about(asked));
        self.running.take_if(|(asked, _)| about(asked));
        self.failed.take_if(|asked| about(asked));
    }

    /// The newest answer there is, which may answer an older question.
    pub fn newest(&self) -> Option<&Arc<T>> {
        self.answer.as_ref().map(|(_, answer)| answer)
    }

    /// The question that [`Latest::newest`] answers.
    pub fn answered(&self) -> Option<&Q> {
        self.answer.as_ref().map(|(question, _)| question)
    }

    /// The answer to exactly this question, if it is known.
    pub fn answer_to(&self, question: &Q) -> Option<&Arc<T>> {
        self.answer.as_ref().filter(|(asked, _)| asked == question).map(|(_, answer)| answer)
    }
}

impl<Q: PartialEq + Clone, T: Send + 'static> Slot for Latest<Q, T> {
    fn tick(&mut self) -> Result<bool, JobError> {
        let Some((_, job)) = &mut self.running else { return Ok(false) };
        let Some(result) = job.poll() else { return Ok(false) };
        let Some((question, _)) = self.running.take() else { return Ok(false) };
        match result {
            Ok(Ok(answer)) => self.answer = Some((question, Arc::new(answer))),
            Ok(Err(Cancelled)) => self.failed = Some(question),
            Err(error) => {
                self.failed = Some(question);
                return Err(error);
            }
        }
        Ok(true)
    }

    fn progress(&self) -> Option<(&str, f32)> {
        self.running.as_ref().map(|(_, job)| (job.what(), job.fraction()))
    }

    fn cancel(&mut self) {
        if let Some((question, _)) = self.running.take() {
            self.failed = Some(question);
        }
    }

    fn settle(&mut self) {
        if let Some((_, job)) = &mut self.running {
            job.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::no_wake;

    #[test]
    fn a_newer_question_replaces_an_older_one() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        latest.ask(3, &no_wake(), |progress| {
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            Err(Cancelled)
        });
        latest.ask(4, &no_wake(), |_| Ok(16));
        latest.settle();
        assert_eq!(latest.tick(), Ok(true));
        assert_eq!(latest.newest().map(|answer| **answer), Some(16));
        assert_eq!(latest.answer_to(&3), None);
    }

    #[test]
    fn a_cancelled_question_is_not_asked_again_until_it_changes() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        latest.ask(3, &no_wake(), |progress| {
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            Err(Cancelled)
        });
        latest.cancel();
        latest.ask(3, &no_wake(), |_| unreachable!("it was given up"));
        assert!(latest.progress().is_none());
        latest.ask(5, &no_wake(), |_| Ok(25));
        latest.settle();
        latest.tick().unwrap();
        assert_eq!(latest.answer_to(&5).map(|answer| **answer), Some(25));
    }

    #[test]
    fn a_cancelled_question_is_asked_again_after_another() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        let ask = |latest: &mut Latest<u32, u32>, n: u32| {
            latest.ask(n, &no_wake(), move |_| Ok(n * n));
        };
        ask(&mut latest, 8);
        latest.settle();
        latest.tick().unwrap();
        ask(&mut latest, 9);
        latest.cancel();
        ask(&mut latest, 8);
        ask(&mut latest, 9);
        latest.settle();
        latest.tick().unwrap();
        assert_eq!(latest.answer_to(&9).map(|answer| **answer), Some(81));
    }

    #[test]
    fn what_is_forgotten_is_not_answered_by_work_that_still_ran() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        latest.ask(3, &no_wake(), |_| Ok(9));
        latest.settle();
        latest.forget(|asked| *asked == 4);
        assert!(latest.progress().is_some(), "another question goes on");
        latest.forget(|asked| *asked == 3);
        assert_eq!((latest.tick(), latest.newest().is_none()), (Ok(false), true));
    }

    #[test]
    fn a_panic_is_reported_once_and_the_old_answer_stays() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        latest.ask(1, &no_wake(), |_| Ok(1));
        latest.settle();
        latest.tick().unwrap();
        latest.ask(2, &no_wake(), |_| panic!("no"));
        latest.settle();
        assert!(latest.tick().is_err());
        assert_eq!(latest.tick(), Ok(false));
        assert_eq!(latest.newest().map(|answer| **answer), Some(1));
    }
}
