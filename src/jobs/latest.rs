//! The newest answer to a question that keeps changing.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

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

    /// Whether what was asked last was given up, or failed.
    fn gave_up(&self) -> bool;

    /// Lets be asked again what was given up or failed.
    fn try_again(&mut self);
}

/// Holds the answer to the last question asked and runs at most one job to find it.
///
/// While the answer to a new question is being worked out, the previous one can still be shown: it is kept with the
/// question it answers. Work that has something to show before it is done gives [`Drafts`] of its answer. Where such work
/// is canceled, its last draft is the answer from then on, like any other: whoever has to tell the two apart finds it in the
/// answer itself.
pub struct Latest<Q, T> {
    what: &'static str,
    answer: Option<(Q, Arc<T>)>,
    running: Option<Running<Q, T>>,
    failed: Option<Q>,
}

struct Running<Q, T> {
    question: Q,
    job: Job<Result<T, Cancelled>>,
    drafts: Drafts<T>,
    /// The newest draft that was taken up, and how many were taken up so far.
    draft: Option<Arc<T>>,
    count: u32,
}

/// What work has to show before it is done: each draft replaces the one before.
pub struct Drafts<T> {
    newest: Arc<Mutex<Option<Arc<T>>>>,
    wake: Wake,
}

impl<T> Clone for Drafts<T> {
    fn clone(&self) -> Self {
        Self { newest: Arc::clone(&self.newest), wake: Arc::clone(&self.wake) }
    }
}

impl<T> Drafts<T> {
    fn new(wake: &Wake) -> Self {
        Self { newest: Arc::default(), wake: Arc::clone(wake) }
    }

    /// Shows what there is by now.
    pub fn show(&self, draft: T) {
        let draft = Some(Arc::new(draft));
        // The one before is let go of when the lock is.
        let _before =
            std::mem::replace(&mut *self.newest.lock().unwrap_or_else(PoisonError::into_inner), draft);
        (self.wake)();
    }

    /// Takes the newest draft, unless it is being stored just now: whoever draws never waits.
    fn take(&self) -> Option<Arc<T>> {
        match self.newest.try_lock() {
            Ok(mut newest) => newest.take(),
            Err(TryLockError::Poisoned(newest)) => newest.into_inner().take(),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl<Q: PartialEq + Clone, T: Send + Sync + 'static> Latest<Q, T> {
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
        self.ask_with_drafts(question, wake, move |progress, _| work(progress));
    }

    /// [`Latest::ask`] for work that shows drafts of its answer.
    pub fn ask_with_drafts(
        &mut self,
        question: Q,
        wake: &Wake,
        work: impl FnOnce(&dyn Progress, &Drafts<T>) -> Result<T, Cancelled> + Send + 'static,
    ) {
        let known = self.answer.as_ref().is_some_and(|(asked, _)| *asked == question);
        if known {
            (self.running, self.failed) = (None, None);
            return;
        }
        let pending = self.running.as_ref().is_some_and(|running| running.question == question);
        if pending || self.failed.as_ref() == Some(&question) {
            return;
        }
        self.failed = None;
        let drafts = Drafts::new(wake);
        let shown = drafts.clone();
        let job = Job::spawn(self.what, Arc::clone(wake), move |progress| work(progress, &shown));
        self.running = Some(Running { question, job, drafts, draft: None, count: 0 });
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
        self.running.take_if(|running| about(&running.question));
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

    /// Whether the answer to exactly this question is worked on.
    pub fn is_running(&self, question: &Q) -> bool {
        self.running.as_ref().is_some_and(|running| running.question == *question)
    }

    /// Has the answer to `from`, if it is known, answer `to` from now on: another name for the same.
    pub fn rename(&mut self, from: &Q, to: Q) {
        if let Some((question, _)) = self.answer.as_mut().filter(|(question, _)| question == from) {
            *question = to;
        }
    }

    /// Whether the question that was asked last was given up, or failed.
    pub fn gave_up(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether the answer to exactly this question was given up, or failed.
    pub fn is_given_up(&self, question: &Q) -> bool {
        self.failed.as_ref() == Some(question)
    }

    /// Lets go of the work that runs, which nobody waits for any more. What it was to answer may be asked again.
    pub fn drop_work(&mut self) {
        self.running = None;
    }

    /// Lets a question be asked again that was given up or failed.
    pub fn try_again(&mut self) {
        self.failed = None;
    }

    /// The newest draft of the answer to exactly this question, and which one it is, counted from 1.
    pub fn draft_of(&self, question: &Q) -> Option<(u32, &Arc<T>)> {
        let running = self.running.as_ref().filter(|running| running.question == *question)?;
        running.draft.as_ref().map(|draft| (running.count, draft))
    }
}

impl<Q: PartialEq + Clone, T: Send + Sync + 'static> Slot for Latest<Q, T> {
    fn tick(&mut self) -> Result<bool, JobError> {
        let Some(running) = &mut self.running else { return Ok(false) };
        let Some(result) = running.job.poll() else {
            if let Some(draft) = running.drafts.take() {
                (running.draft, running.count) = (Some(draft), running.count + 1);
            }
            return Ok(false);
        };
        let Some(Running { question, .. }) = self.running.take() else { return Ok(false) };
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
        self.running.as_ref().map(|running| (running.job.what(), running.job.fraction()))
    }

    fn cancel(&mut self) {
        // Work that has just been done need not be given up. Its panic would be told of by the next tick, which is not to come.
        let _ = self.tick();
        if let Some(Running { question, draft, drafts, .. }) = self.running.take() {
            match drafts.take().or(draft) {
                Some(draft) => self.answer = Some((question, draft)),
                None => self.failed = Some(question),
            }
        }
    }

    fn settle(&mut self) {
        if let Some(running) = &mut self.running {
            running.job.wait();
        }
    }

    fn gave_up(&self) -> bool {
        Self::gave_up(self)
    }

    fn try_again(&mut self) {
        Self::try_again(self);
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
    fn drafts_are_shown_until_the_answer_is_there() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        let go_on = Arc::new(std::sync::Barrier::new(2));
        let gate = Arc::clone(&go_on);
        latest.ask_with_drafts(3, &no_wake(), move |_, drafts| {
            for draft in [7, 8] {
                drafts.show(draft);
                gate.wait();
                gate.wait();
            }
            Ok(9)
        });
        for (count, draft) in [(1, 7), (2, 8)] {
            go_on.wait();
            assert_eq!(latest.tick(), Ok(false));
            assert_eq!(latest.draft_of(&3).map(|(n, shown)| (n, **shown)), Some((count, draft)));
            assert_eq!((latest.draft_of(&4), latest.answer_to(&3)), (None, None));
            go_on.wait();
        }
        latest.settle();
        assert_eq!(latest.tick(), Ok(true));
        assert_eq!((latest.draft_of(&3), latest.answer_to(&3).map(|nine| **nine)), (None, Some(9)));
    }

    #[test]
    fn the_last_draft_of_work_that_is_given_up_is_its_answer() {
        let mut latest: Latest<u32, u32> = Latest::new("squares");
        let shown = Arc::new(std::sync::Barrier::new(2));
        let gate = Arc::clone(&shown);
        latest.ask_with_drafts(3, &no_wake(), move |progress, drafts| {
            drafts.show(8);
            gate.wait();
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            Err(Cancelled)
        });
        shown.wait();
        // Whether or not it was taken up before.
        latest.cancel();
        assert_eq!(latest.answer_to(&3).map(|draft| **draft), Some(8));
        latest.ask(3, &no_wake(), |_| unreachable!("it has its answer"));
        assert!(latest.progress().is_none());
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
