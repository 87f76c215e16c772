//! Points that go from where they lay to where they lie now, when the map is laid out in another way.

use std::sync::Arc;

use egui::Context;

use super::at_hand;
use crate::picture::{Camera, Viewport};
use crate::scene::cloud::Cloud;
use crate::scene::view::DocumentId;

/// How long the way takes, in seconds.
const SECONDS: f64 = 0.3;

/// More points than these are shown where they lie at once: they could not be arranged anew for every frame.
const MOST_POINTS: usize = 200_000;

/// Carries the points from one arrangement to the next.
#[derive(Default)]
pub struct Morph {
    shown: Option<Shown>,
    way: Option<Way>,
}

/// What the last frame showed.
struct Shown {
    document: DocumentId,
    /// What there was to show.
    cloud: Arc<Cloud>,
    /// What was drawn: that, or what lies on the way to it.
    drawn: Arc<Cloud>,
    camera: Camera,
    viewport: Viewport,
}

struct Way {
    /// Where each row's point comes from, in the world of the arrangement that it goes to.
    from: Vec<[f32; 2]>,
    began: f64,
}

impl Morph {
    /// The arrangement of this frame, on the way to `cloud` as `camera` sees it.
    pub fn cloud(
        &mut self,
        ctx: &Context,
        (document, cloud): (DocumentId, &Arc<Cloud>),
        (camera, viewport): (Camera, Viewport),
        at_once: bool,
    ) -> Arc<Cloud> {
        let now = ctx.input(|input| input.time);
        let before = self.shown.take().filter(|shown| shown.document == document && !at_once);
        if let Some(before) = &before {
            if !Arc::ptr_eq(&before.cloud, cloud) {
                self.way = way(before, cloud, &camera, viewport).map(|from| Way { from, began: now });
            }
        } else {
            self.way = None;
        }
        let drawn = match &self.way {
            Some(way) if now - way.began < SECONDS => {
                ctx.request_repaint();
                let t = ((now - way.began) / SECONDS) as f32;
                Arc::new(at_hand(|| cloud.on_the_way(&way.from, t * t * (3.0 - 2.0 * t))))
            }
            _ => {
                self.way = None;
                Arc::clone(cloud)
            }
        };
        let cloud = Arc::clone(cloud);
        self.shown = Some(Shown { document, cloud, drawn: Arc::clone(&drawn), camera, viewport });
        drawn
    }
}

/// Where the points of the last frame lie in the world of the next arrangement, so that none of them jumps.
fn way(before: &Shown, cloud: &Cloud, camera: &Camera, viewport: Viewport) -> Option<Vec<[f32; 2]>> {
    if cloud.points.len().max(before.drawn.points.len()) > MOST_POINTS {
        return None;
    }
    let place = |row: usize| {
        let Some(point) = before.drawn.points.position(row) else { return [f32::NAN; 2] };
        let screen = before.camera.to_screen(point.map(f64::from), before.viewport);
        camera.to_world(screen, viewport).map(|c| c as f32)
    };
    Some((0..cloud.points.table_rows()).map(place).collect())
}
