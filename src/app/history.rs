//! Undo and redo: the views that a person came from and went back from.

use std::mem;

use crate::scene::{Command, View};

/// How many steps can be taken back.
const DEPTH: usize = 200;

/// The views before and after the present one.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<View>,
    future: Vec<View>,
    /// The command that made the newest step, while further ones of its gesture may join it.
    open: Option<Command>,
}

impl History {
    /// Remembers `before`, the view that `command` has just changed.
    pub fn record(&mut self, before: View, command: &Command) {
        self.future.clear();
        if self.open.as_ref().is_some_and(|earlier| command.continues(earlier)) {
            return;
        }
        if self.past.len() == DEPTH {
            self.past.remove(0);
        }
        self.past.push(before);
        self.open = Some(command.clone());
    }

    /// The command that the gesture under way began with.
    pub fn gesture(&self) -> Option<&Command> {
        self.open.as_ref()
    }

    /// What comes next is a step of its own: the mouse button was let go, or a key was pressed anew.
    pub fn end_gesture(&mut self) {
        self.open = None;
    }

    /// Steps back from `view`. Says whether there was anything to take back.
    pub fn undo(&mut self, view: &mut View) -> bool {
        self.open = None;
        let Some(previous) = self.past.pop() else { return false };
        self.future.push(mem::replace(view, previous));
        true
    }

    /// Steps forward again. Says whether there was anything to do again.
    pub fn redo(&mut self, view: &mut View) -> bool {
        self.open = None;
        let Some(next) = self.future.pop() else { return false };
        self.past.push(mem::replace(view, next));
        true
    }

    /// Forgets the steps that show something that is no longer there.
    pub fn retain(&mut self, keep: impl Fn(&View) -> bool) {
        self.past.retain(&keep);
        self.future.retain(&keep);
        self.open = None;
    }

    /// Changes each view that may be come back to.
    pub fn change(&mut self, change: impl FnMut(&mut View)) {
        self.past.iter_mut().chain(&mut self.future).for_each(change);
    }

    /// Whether there is anything to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is anything to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(history: &mut History, view: &mut View, neighbors: usize) {
        let before = view.clone();
        view.map.neighbors = neighbors;
        history.record(before, &Command::SetNeighbors(neighbors));
    }

    #[test]
    fn one_gesture_is_one_step() {
        let (mut history, mut view) = (History::default(), View::default());
        let start = view.clone();
        for k in 11..20 {
            change(&mut history, &mut view, k);
        }
        history.end_gesture();
        change(&mut history, &mut view, 30);
        assert!(history.undo(&mut view));
        assert_eq!(view.map.neighbors, 19);
        assert!(history.undo(&mut view));
        assert_eq!(view, start);
        assert!(!history.undo(&mut view));
    }

    #[test]
    fn redo_returns_what_undo_took_until_something_new_is_done() {
        let (mut history, mut view) = (History::default(), View::default());
        change(&mut history, &mut view, 5);
        history.end_gesture();
        change(&mut history, &mut view, 6);
        let newest = view.clone();
        history.undo(&mut view);
        assert!(history.redo(&mut view));
        assert_eq!(view, newest);
        history.undo(&mut view);
        change(&mut history, &mut view, 9);
        assert!(!history.can_redo());
    }
}
