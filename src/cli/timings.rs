//! `--timings`: how long each phase of a command took. With the window's own measurement, this is the only clock.

use std::time::Instant;

use serde_json::{Map, Value};

/// Measures one phase after another.
pub struct Timings {
    wanted: bool,
    since: Instant,
    phases: Map<String, Value>,
}

impl Timings {
    /// Begins with the first phase; reports nothing in the end unless `wanted`.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, since: Instant::now(), phases: Map::new() }
    }

    /// Ends the phase that ran until now.
    pub fn end(&mut self, phase: &str) {
        let now = Instant::now();
        let milliseconds = now.duration_since(self.since).as_secs_f64() * 1e3;
        self.phases.insert(phase.to_owned(), ((milliseconds * 1e3).round() / 1e3).into());
        self.since = now;
    }

    /// Writes the report: one line of JSON on standard error.
    pub fn report(self) {
        if self.wanted {
            super::say(&Value::Object(self.phases).to_string());
        }
    }
}
