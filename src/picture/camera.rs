//! What part of a plane is seen: pan, zoom, fit, and the way from one view to another.
//!
//! The world's y axis points up, the screen's points down. Screen positions are in pixels from the viewport's top left.

use serde::{Deserialize, Serialize};

/// The scales no camera leaves: beyond them even `f64` arithmetic on positions loses pixels.
const SCALES: std::ops::RangeInclusive<f64> = 1e-12..=1e15;

/// How far beyond the fitted view one may zoom out, and how far in.
const ZOOM_OUT: f64 = 8.0;
const ZOOM_IN: f64 = 20_000.0;

/// The size of what is drawn into, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    pub width: f32,
    pub height: f32,
}

impl Viewport {
    /// A viewport of this many pixels.
    pub const fn new(width: f32, height: f32) -> Self {
        Self { width, height }
    }

    fn half(self) -> [f64; 2] {
        [f64::from(self.width) / 2.0, f64::from(self.height) / 2.0]
    }
}

/// An upright rectangle in the world.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub min: [f64; 2],
    pub max: [f64; 2],
}

impl Bounds {
    /// The smallest rectangle around all finite points; `None` if there are none.
    pub fn around(points: impl IntoIterator<Item = [f32; 2]>) -> Option<Self> {
        let mut bounds: Option<Self> = None;
        for [x, y] in points.into_iter().filter(|point| point.iter().all(|c| c.is_finite())) {
            let point = [f64::from(x), f64::from(y)];
            let bounds = bounds.get_or_insert(Self { min: point, max: point });
            for (axis, c) in point.into_iter().enumerate() {
                bounds.min[axis] = bounds.min[axis].min(c);
                bounds.max[axis] = bounds.max[axis].max(c);
            }
        }
        bounds
    }

    /// The rectangle with these two opposite corners.
    pub fn spanned(a: [f64; 2], b: [f64; 2]) -> Self {
        Self { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] }
    }

    /// The rectangle grown by `margin` on each side.
    #[must_use]
    pub fn grown(self, margin: f64) -> Self {
        Self { min: self.min.map(|c| c - margin), max: self.max.map(|c| c + margin) }
    }

    /// Whether a point lies inside or on the edge.
    pub fn contains(&self, point: [f64; 2]) -> bool {
        (0..2).all(|axis| (self.min[axis]..=self.max[axis]).contains(&point[axis]))
    }

    fn is_finite(&self) -> bool {
        self.min.iter().chain(&self.max).all(|c| c.is_finite())
    }
}

/// The scales between which a person may zoom, in pixels per world unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleLimits {
    pub min: f64,
    pub max: f64,
}

impl ScaleLimits {
    /// Limits that leave room around the view `fitted`, which shows everything, and go in to single points.
    pub fn around(fitted: &Camera) -> Self {
        Self { min: clamp_scale(fitted.scale / ZOOM_OUT), max: clamp_scale(fitted.scale * ZOOM_IN) }
    }
}

/// Where one looks: the world position at the middle of the viewport, and pixels per world unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    pub center: [f64; 2],
    pub scale: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { center: [0.0; 2], scale: 100.0 }
    }
}

impl Camera {
    /// The camera that shows all of `bounds` with at least `padding` pixels around. Bounds without extent (a single
    /// point) are given some; bounds that are not finite give the default camera.
    pub fn fit(bounds: Bounds, viewport: Viewport, padding: f32) -> Self {
        if !bounds.is_finite() {
            return Self::default();
        }
        let room = [viewport.width, viewport.height].map(|side| f64::from((side - 2.0 * padding).max(1.0)));
        let extent: [f64; 2] = std::array::from_fn(|axis| (bounds.max[axis] - bounds.min[axis]).max(0.0));
        let scale =
            (0..2).filter(|&axis| extent[axis] > 0.0).map(|axis| room[axis] / extent[axis]).reduce(f64::min);
        let scale = scale.unwrap_or_else(|| room[0].min(room[1]) / 2.0);
        let center = std::array::from_fn(|axis| f64::midpoint(bounds.min[axis], bounds.max[axis]));
        Self { center, scale: clamp_scale(scale) }
    }

    /// The pixel position of a world position.
    pub fn to_screen(&self, world: [f64; 2], viewport: Viewport) -> [f32; 2] {
        let half = viewport.half();
        [
            (half[0] + (world[0] - self.center[0]) * self.scale) as f32,
            (half[1] - (world[1] - self.center[1]) * self.scale) as f32,
        ]
    }

    /// The world position under a pixel position.
    pub fn to_world(&self, screen: [f32; 2], viewport: Viewport) -> [f64; 2] {
        let half = viewport.half();
        [
            self.center[0] + (f64::from(screen[0]) - half[0]) / self.scale,
            self.center[1] - (f64::from(screen[1]) - half[1]) / self.scale,
        ]
    }

    /// The part of the world that is seen.
    pub fn visible(&self, viewport: Viewport) -> Bounds {
        let [x, y] = viewport.half().map(|half| half / self.scale);
        Bounds {
            min: [self.center[0] - x, self.center[1] - y],
            max: [self.center[0] + x, self.center[1] + y],
        }
    }

    /// The camera after dragging the picture by `delta` pixels: what was under the hand stays under the hand.
    #[must_use]
    pub fn panned(&self, delta: [f32; 2]) -> Self {
        let center = [
            self.center[0] - f64::from(delta[0]) / self.scale,
            self.center[1] + f64::from(delta[1]) / self.scale,
        ];
        if center.iter().all(|c| c.is_finite()) { Self { center, ..*self } } else { *self }
    }

    /// The camera after zooming by `factor` (above 1: nearer) about the pixel `cursor`: the world position under the
    /// cursor stays there. A factor that is not a positive number changes nothing.
    #[must_use]
    pub fn zoomed(&self, cursor: [f32; 2], factor: f64, viewport: Viewport, limits: ScaleLimits) -> Self {
        if !(factor.is_finite() && factor > 0.0 && cursor.iter().all(|c| c.is_finite())) {
            return *self;
        }
        let fixed = self.to_world(cursor, viewport);
        let scale = clamp_scale((self.scale * factor).max(limits.min).min(limits.max));
        let shrink = self.scale / scale;
        let center = std::array::from_fn(|axis| fixed[axis] + (self.center[axis] - fixed[axis]) * shrink);
        Self { center, scale }
    }

    /// The camera on the way from `self` (`t` = 0) to `to` (`t` = 1), for animation: the scale changes by equal
    /// factors in equal times, and the center moves so that one world point stays fixed on the screen.
    #[must_use]
    pub fn toward(&self, to: &Self, t: f64) -> Self {
        let t = t.clamp(0.0, 1.0);
        if t == 0.0 || t == 1.0 {
            return if t == 0.0 { *self } else { *to };
        }
        let zoom = (to.scale / self.scale).ln();
        let way = if zoom.abs() < 1e-6 { t } else { (-zoom * t).exp_m1() / (-zoom).exp_m1() };
        let center =
            std::array::from_fn(|axis| self.center[axis] + (to.center[axis] - self.center[axis]) * way);
        Self { center, scale: self.scale * (zoom * t).exp() }
    }

    /// Whether positions can be computed with this camera, as one read from a file may hold anything.
    pub fn is_valid(&self) -> bool {
        self.center.iter().all(|c| c.is_finite()) && SCALES.contains(&self.scale)
    }
}

fn clamp_scale(scale: f64) -> f64 {
    if scale.is_nan() { 1.0 } else { scale.clamp(*SCALES.start(), *SCALES.end()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VIEW: Viewport = Viewport::new(1280.0, 800.0);

    fn camera() -> impl Strategy<Value = Camera> {
        (-1e3..1e3, -1e3..1e3, -3.0..4.0)
            .prop_map(|(x, y, e): (f64, f64, f64)| Camera { center: [x, y], scale: 10f64.powf(e) })
    }

    fn pixel() -> impl Strategy<Value = [f32; 2]> {
        [0f32..1280.0, 0f32..800.0]
    }

    proptest! {
        #[test]
        fn screen_to_world_and_back_is_the_same(camera in camera(), at in pixel()) {
            let back = camera.to_screen(camera.to_world(at, VIEW), VIEW);
            prop_assert!((0..2).all(|i| (back[i] - at[i]).abs() < 1e-2), "{at:?} became {back:?}");
        }

        #[test]
        fn zooming_keeps_what_is_under_the_cursor(camera in camera(), at in pixel(), factor in 0.1..10.0) {
            let limits = ScaleLimits { min: 1e-9, max: 1e9 };
            let world = camera.to_world(at, VIEW);
            let after = camera.zoomed(at, factor, VIEW, limits).to_screen(world, VIEW);
            prop_assert!((0..2).all(|i| (after[i] - at[i]).abs() < 1e-2), "{at:?} moved to {after:?}");
        }

        #[test]
        fn dragging_moves_the_picture_with_the_hand(camera in camera(), at in pixel(), to in pixel()) {
            let world = camera.to_world(at, VIEW);
            let after = camera.panned([to[0] - at[0], to[1] - at[1]]).to_screen(world, VIEW);
            prop_assert!((0..2).all(|i| (after[i] - to[i]).abs() < 1e-2), "{after:?} is not {to:?}");
        }

        #[test]
        fn fit_shows_every_corner_inside_the_padding(a in [-1e6..1e6, -1e6..1e6], b in [-1e6..1e6, -1e6..1e6]) {
            let bounds = Bounds::spanned(a, b);
            let camera = Camera::fit(bounds, VIEW, 40.0);
            for corner in [bounds.min, bounds.max] {
                let [x, y] = camera.to_screen(corner, VIEW);
                prop_assert!((39.9..=1240.1).contains(&x) && (39.9..=760.1).contains(&y), "{x} {y}");
            }
        }

        #[test]
        fn animation_keeps_one_point_fixed_on_the_screen(from in camera(), to in camera(), t in 0.05..0.95) {
            prop_assume!((from.scale / to.scale).ln().abs() > 0.1);
            // The fixed point of from → to, found by solving (p − c0)·s0 = (p − c1)·s1.
            let fixed: [f64; 2] = std::array::from_fn(|i| {
                (from.center[i] * from.scale - to.center[i] * to.scale) / (from.scale - to.scale)
            });
            let (start, now) = (from.to_screen(fixed, VIEW), from.toward(&to, t).to_screen(fixed, VIEW));
            for i in 0..2 {
                prop_assert!((start[i] - now[i]).abs() <= 1.0 + start[i].abs() * 1e-4, "{start:?} {now:?}");
            }
        }
    }

    #[test]
    fn up_in_the_world_is_up_on_the_screen() {
        let camera = Camera { center: [0.0, 0.0], scale: 10.0 };
        assert_eq!(camera.to_screen([1.0, 1.0], VIEW), [650.0, 390.0]);
    }

    #[test]
    fn degenerate_bounds_still_give_a_camera() {
        let point = Bounds { min: [3.0, 4.0], max: [3.0, 4.0] };
        let camera = Camera::fit(point, VIEW, 20.0);
        assert!(camera.is_valid());
        assert_eq!(camera.to_screen([3.0, 4.0], VIEW), [640.0, 400.0]);
        let line = Bounds { min: [0.0, 4.0], max: [10.0, 4.0] };
        assert_eq!(Camera::fit(line, VIEW, 40.0).scale, 120.0);
        let broken = Bounds { min: [f64::NAN, 0.0], max: [1.0, f64::INFINITY] };
        assert_eq!(Camera::fit(broken, VIEW, 20.0), Camera::default());
        assert!(Camera::fit(line, Viewport::new(0.0, 0.0), 40.0).is_valid());
    }

    #[test]
    fn zoom_stops_at_its_limits_and_ignores_nonsense() {
        let camera = Camera::default();
        let limits = ScaleLimits { min: 50.0, max: 200.0 };
        assert_eq!(camera.zoomed([0.0, 0.0], 1e9, VIEW, limits).scale, 200.0);
        assert_eq!(camera.zoomed([0.0, 0.0], 1e-9, VIEW, limits).scale, 50.0);
        for factor in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
            assert_eq!(camera.zoomed([1.0, 1.0], factor, VIEW, limits), camera);
        }
        assert_eq!(camera.panned([f32::NAN, 0.0]), camera);
    }

    #[test]
    fn animation_is_geometric_in_scale_and_exact_at_its_ends() {
        let from = Camera { center: [0.0, 0.0], scale: 1.0 };
        let to = Camera { center: [5.0, 2.0], scale: 100.0 };
        assert_eq!((from.toward(&to, 0.0), from.toward(&to, 1.0)), (from, to));
        assert!((from.toward(&to, 0.5).scale - 10.0).abs() < 1e-9);
        let same = Camera { center: [10.0, 0.0], ..from };
        assert!((from.toward(&same, 0.25).center[0] - 2.5).abs() < 1e-9);
    }

    #[test]
    fn bounds_leave_out_what_is_not_finite() {
        let points = [[1.0, f32::NAN], [2.0, 3.0], [f32::INFINITY, 0.0], [-1.0, 5.0]];
        assert_eq!(Bounds::around(points), Some(Bounds { min: [-1.0, 3.0], max: [2.0, 5.0] }));
        assert_eq!(Bounds::around([[f32::NAN, 0.0]]), None);
    }
}
