//! The camera's movement: it glides where it is sent, and follows the hand at once.

use egui::{Context, Vec2};

use crate::picture::Camera;
use crate::scene::cloud::Cloud;
use crate::ui::widgets::Same;

/// How long a flight takes, in seconds.
const SECONDS: f64 = 0.25;

/// What a camera stands on: the arrangement of points, and the size of the map. Between two of them there is no way to glide.
pub type Ground = (Same<Cloud>, Vec2);

/// Carries the camera from where it was to where the view wants it.
#[derive(Default)]
pub struct Glide {
    /// Where the camera stands, and on which points.
    shown: Option<(Camera, Ground)>,
    flight: Option<Flight>,
    /// The hand has just moved the camera: no flight to where it already is.
    by_hand: bool,
}

struct Flight {
    from: Camera,
    to: Camera,
    began: f64,
}

impl Glide {
    /// The camera of this frame on the way to `target`.
    pub fn camera(&mut self, ctx: &Context, target: Camera, ground: Ground, at_once: bool) -> Camera {
        let now = ctx.input(|input| input.time);
        let by_hand = std::mem::take(&mut self.by_hand);
        let known = self.shown.take().filter(|(_, known)| *known == ground && !at_once && !by_hand);
        let Some((shown, _)) = known else {
            self.flight = None;
            self.shown = Some((target, ground));
            return target;
        };
        let bound_for = self.flight.as_ref().map_or(shown, |flight| flight.to);
        if bound_for != target {
            self.flight = Some(Flight { from: shown, to: target, began: now });
        }
        let camera = match &self.flight {
            None => target,
            Some(flight) => {
                let t = ((now - flight.began) / SECONDS).clamp(0.0, 1.0);
                let eased = t * t * (3.0 - 2.0 * t);
                ctx.request_repaint();
                flight.from.toward(&flight.to, eased)
            }
        };
        if self.flight.as_ref().is_some_and(|flight| now - flight.began >= SECONDS) {
            self.flight = None;
        }
        let camera = if self.flight.is_none() { target } else { camera };
        self.shown = Some((camera, ground));
        camera
    }

    /// The camera follows the hand: the next frame shows where it was put, without a flight.
    pub fn follow_hand(&mut self) {
        self.by_hand = true;
    }

    /// Whether the camera is on its way.
    pub fn is_flying(&self) -> bool {
        self.flight.is_some()
    }
}
