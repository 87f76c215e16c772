//! `--measure-frames`: pans and zooms the map along a fixed path, or turns the wheel over another page, and says how long the
//! frames took.

use std::sync::Arc;
use std::time::Instant;

use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, TouchPhase, ViewportCommand, vec2,
};

use crate::app::State;
use crate::scene::Command;
use crate::scene::view::{Framing, MatrixFrame, MatrixRoom, MatrixView, Page, Room};
use crate::tokens::training::novels;

/// Frames that are drawn before the counting begins, so that fonts and textures are there.
const WARM_UP: usize = 10;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measured {
    /// The map, panned and zoomed.
    #[default]
    Map,
    /// The picture of the lookup matrix, scrolled.
    Matrix,
    /// The same with the numbers written in their cells.
    Numbers,
    /// The vocabulary of a tokenizer, scrolled.
    Vocabulary,
    /// A text of 1 MB, pasted into the page for tokens.
    Text,
}

/// The measurement as it goes on. This is the one place in the window that reads a clock.
pub struct Measure {
    what: Measured,
    frames: usize,
    seen: usize,
    last: Option<Instant>,
    times: Vec<f64>,
    whole: Option<[f64; 4]>,
    reported: bool,
    pasted: Option<Pasted>,
}

/// A long text that was pasted, and how soon it was there.
struct Pasted {
    at: Instant,
    /// Milliseconds until its beginning was right under all tokenizers, and until all of it was.
    first: Option<f64>,
}

impl Measure {
    /// Measures this many frames.
    pub fn new(what: Measured, frames: usize) -> Self {
        Self {
            what,
            frames: frames.max(1),
            seen: 0,
            last: None,
            times: Vec::with_capacity(frames),
            whole: None,
            reported: false,
            pasted: None,
        }
    }

    /// Counts a frame, moves the camera on, and closes the window after the last.
    pub fn frame(&mut self, ctx: &Context, state: &mut State) {
        ctx.request_repaint();
        // What is scrolled is read while it is: only the beginning is waited for.
        let is_at_rest = state.running().is_empty() || (self.seen > 0 && self.what != Measured::Map);
        let Some(cloud) = state.derived().cloud().cloned().filter(|_| is_at_rest) else { return };
        if self.what != Measured::Map && self.open(state) {
            return;
        }
        let now = Instant::now();
        if self.what == Measured::Text {
            self.paste(ctx, state, now);
            return;
        }
        if self.seen > WARM_UP
            && let Some(last) = self.last
        {
            self.times.push(now.duration_since(last).as_secs_f64() * 1e3);
        }
        self.last = Some(now);
        self.seen += 1;
        if self.times.len() >= self.frames {
            if !std::mem::replace(&mut self.reported, true) {
                println!("{}", self.report(cloud.points.len() - cloud.outside));
            }
            ctx.send_viewport_cmd(ViewportCommand::Close);
            return;
        }
        if self.what != Measured::Map {
            return;
        }
        let bounds = *self.whole.get_or_insert_with(|| {
            let (min, max) = (cloud.bounds.min, cloud.bounds.max);
            [min[0], min[1], max[0] - min[0], max[1] - min[1]]
        });
        state.update(Command::SetFraming(Some(framing(self.seen as f64, bounds))));
    }

    /// Pastes a text, and tells how soon its beginning, and all of it, was drawn.
    fn paste(&mut self, ctx: &Context, state: &mut State, now: Instant) {
        const LENGTH: usize = 1_000_000;
        let Some(pasted) = &mut self.pasted else {
            let text: String = novels().repeat(2).chars().take(LENGTH).collect();
            state.update(Command::SetText(text));
            self.pasted = Some(Pasted { at: Instant::now(), first: None });
            self.seen = 1;
            return;
        };
        let ms = now.duration_since(pasted.at).as_secs_f64() * 1e3;
        let (reading, view) = (state.derived().reading(), &state.view().tokens);
        let shown = reading.showdown(view).map(|showdown| Arc::clone(&showdown.aligned.text));
        if shown.is_some_and(|shown| view.text.starts_with(&*shown)) {
            pasted.first.get_or_insert(ms);
        }
        if reading.current_showdown(view).is_some() && !std::mem::replace(&mut self.reported, true) {
            let first = pasted.first.unwrap_or(ms);
            println!("{}", serde_json::json!({ "first_ms": first.round(), "whole_ms": ms.round() }));
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Opens the page that is measured. Says whether it was not open yet.
    fn open(&mut self, state: &mut State) -> bool {
        let of_matrix = matches!(self.what, Measured::Matrix | Measured::Numbers);
        let (view, page) = (state.view(), if of_matrix { Page::Matrix } else { Page::Tokens });
        let room = if self.what == Measured::Text { Room::Showdown } else { Room::Vocabulary };
        let is_open = view.page == page && (page == Page::Matrix || view.tokens.room == room);
        if is_open {
            return false;
        }
        state.update(match self.what {
            Measured::Matrix | Measured::Numbers => {
                let mut matrix = MatrixView { room: MatrixRoom::Rows, ..MatrixView::default() };
                if self.what == Measured::Numbers {
                    [matrix.frame.width, matrix.frame.height] = MatrixFrame::LEGIBLE;
                }
                Command::LookUp(Box::new(matrix))
            }
            _ => Command::ShowRoom(room),
        });
        // The text that stands there at first is answered before the other is pasted.
        self.seen = 0;
        if self.what == Measured::Vocabulary {
            state.update(Command::Examine("gpt4o".into()));
        }
        true
    }

    /// Turns the wheel over the middle of the page, three lines a frame: down for a while, and then up again.
    pub fn turn(&self, input: &mut RawInput) {
        let Some(screen) = input
            .screen_rect
            .filter(|_| !matches!(self.what, Measured::Map | Measured::Text) && self.seen > 0)
        else {
            return;
        };
        let (unit, modifiers) = (MouseWheelUnit::Line, Modifiers::NONE);
        let down = (self.seen / 300).is_multiple_of(2);
        let delta = vec2(0.0, if down { -3.0 } else { 3.0 });
        let (phase, source) = (TouchPhase::Move, MouseWheelSource::Wheel);
        input.events.push(Event::PointerMoved(screen.center()));
        input.events.push(Event::MouseWheel { unit, delta, phase, source, modifiers });
    }

    fn report(&self, points: usize) -> serde_json::Value {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        let round = |ms: f64| (ms * 1e3).round() / 1e3;
        serde_json::json!({
            "p50_ms": round(at(0.50)),
            "p95_ms": round(at(0.95)),
            "p99_ms": round(at(0.99)),
            "points_drawn_per_frame": points,
        })
    }
}

/// The path: a slow circle that keeps every point in view, breathing in and out.
fn framing(frame: f64, [left, bottom, width, height]: [f64; 4]) -> Framing {
    let angle = frame / 60.0 * std::f64::consts::TAU;
    Framing {
        center: [left + width * (0.5 + 0.03 * angle.cos()), bottom + height * (0.5 + 0.03 * angle.sin())],
        zoom: 0.85 + 0.05 * (angle / 2.0).sin(),
    }
}
