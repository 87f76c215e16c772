//! Libraries that panic where a file is damaged: the panic becomes an answer, and nothing of it is printed.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};

thread_local! {
    /// How many guards stand around what this thread does.
    static GUARDS: Cell<usize> = const { Cell::new(0) };
}

/// What `work` gives, or `None` if it panics. Only for what other people's libraries do with a file, on this thread, and
/// for work that leaves nothing half done behind.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    GUARDS.set(GUARDS.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDS.set(GUARDS.get() - 1);
    outcome.ok()
}

/// Lets panics behind a guard pass without a word; others are reported as before. The program calls it once at its start.
pub fn hush_guarded_panics() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        if GUARDS.get() == 0 {
            report(about);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_behind_a_guard_is_an_answer() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| guarded(|| panic!("inner")).unwrap_or(2)), Some(2));
        assert_eq!(guarded(|| -> u8 { panic!("outer") }), None);
        assert_eq!(GUARDS.get(), 0, "no guard is left standing");
    }
}
