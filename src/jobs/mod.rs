//! Long work on threads of its own: progress, cancel, and the latest request wins.
//!
//! A [`Job`] is one run of some work on a named thread. Dropping it cancels it: the work sees that through its
//! [`Progress`] and ends by itself. A panic in the work becomes a [`JobError`], and nothing else is harmed.
//! A [`Latest`] holds the newest answer to a question that keeps changing, and runs at most one job for it.
//!
//! Nothing here ever blocks, but for [`Job::wait`] and [`Latest::settle`], which are for tests and for shutting down.

mod latest;
mod same;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

pub use latest::{Drafts, Latest, Slot};
pub use same::Same;

use crate::progress::Progress;

/// Told from a job's thread that the job has something new; the window asks for a repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A [`Wake`] that wakes nobody: for tests and the command line.
#[must_use]
pub fn no_wake() -> Wake {
    Arc::new(|| {})
}

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    #[error("{what} stopped unexpectedly: {message}. This is a defect in Lexiscope; your data is untouched.")]
    Panicked { what: String, message: String },
    #[error("{what} could not be started: {message}. Close other programs and try again.")]
    NotStarted { what: String, message: String },
}

/// Work on a thread of its own, which ends when this is dropped.
pub struct Job<T> {
    what: String,
    watch: Arc<Watch>,
    result: Receiver<Result<T, JobError>>,
    thread: Option<JoinHandle<()>>,
}

/// What a job's thread and its owner share.
struct Watch {
    /// Fraction done in `f32` bits.
    fraction: AtomicU32,
    cancelled: AtomicBool,
}

impl Progress for Watch {
    fn report(&self, fraction: f32) {
        self.fraction.store(fraction.to_bits(), Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl<T: Send + 'static> Job<T> {
    /// Starts `work` on a thread named after `what`, a short noun phrase that is shown to people ("PCA").
    pub fn spawn(what: &str, wake: Wake, work: impl FnOnce(&dyn Progress) -> T + Send + 'static) -> Self {
        silence_job_panics();
        let watch = Arc::new(Watch { fraction: AtomicU32::new(0), cancelled: AtomicBool::new(false) });
        let (sender, result) = sync_channel(1);
        let (name, shared) = (what.to_owned(), Arc::clone(&watch));
        let failed = sender.clone();
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(shared.as_ref())));
            let outcome =
                outcome.map_err(|panic| JobError::Panicked { what: name, message: panic_message(&*panic) });
            // The receiver is gone if the job was dropped: nobody waits for the result then.
            let _ = sender.send(outcome);
            wake();
        };
        let thread = match std::thread::Builder::new().name(format!("{JOB_THREAD}{what}")).spawn(run) {
            Ok(thread) => Some(thread),
            Err(error) => {
                let error = JobError::NotStarted { what: what.to_owned(), message: error.to_string() };
                let _ = failed.send(Err(error));
                None
            }
        };
        Self { what: what.to_owned(), watch, result, thread }
    }

    /// The result, once it is there; `None` while the job runs. Yields the result once.
    pub fn poll(&mut self) -> Option<Result<T, JobError>> {
        self.result.try_recv().ok()
    }

    /// Waits for the work to end, so that the next [`Job::poll`] has the result. Never called while drawing.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic in the work was caught on its thread already.
            let _ = thread.join();
        }
    }

    /// What is being done, as shown to people.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The fraction that is done, 0 to 1.
    pub fn fraction(&self) -> f32 {
        f32::from_bits(self.watch.fraction.load(Ordering::Relaxed)).clamp(0.0, 1.0)
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.watch.cancelled.store(true, Ordering::Relaxed);
    }
}

const JOB_THREAD: &str = "job: ";

/// Keeps the default panic hook from printing a backtrace for a job's panic, which is shown as a message instead.
fn silence_job_panics() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let in_job = std::thread::current().name().is_some_and(|name| name.starts_with(JOB_THREAD));
            if !in_job {
                usual(info);
            }
        }));
    });
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_yields_its_result_once() {
        let mut job = Job::spawn("adding", no_wake(), |progress| {
            progress.report(1.0);
            2 + 2
        });
        job.wait();
        assert_eq!(job.fraction(), 1.0);
        assert_eq!(job.poll(), Some(Ok(4)));
        assert_eq!(job.poll(), None);
    }

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        let mut job = Job::spawn("dividing", no_wake(), |_| -> u32 { panic!("by zero") });
        job.wait();
        let error = job.poll().unwrap().unwrap_err();
        assert_eq!(error, JobError::Panicked { what: "dividing".into(), message: "by zero".into() });
    }

    #[test]
    fn dropping_a_job_cancels_it() {
        let (sender, ended) = sync_channel(1);
        let job = Job::spawn("waiting", no_wake(), move |progress| {
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            sender.send(()).unwrap();
        });
        drop(job);
        ended.recv().expect("the work saw that it was cancelled");
    }
}
