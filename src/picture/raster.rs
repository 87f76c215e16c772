//! Points → pixels: a frame of the map.
//!
//! The picture is cut into bands of rows; each band sums or draws the points that reach into it, found through the
//! cloud's order, on its own. Bands are drawn in parallel and share nothing, so the picture does not depend on threads.

use std::sync::Mutex;

use rayon::prelude::*;

use super::camera::Camera;
use super::cloud::{Paint, PointCloud};
use super::color::{Image, Rgba};
use super::dense::Stamp;
use super::frame::{Frame, Scratch, View, usable};

/// With up to this many points in view each is drawn as a disc of its own; with more their density is drawn.
pub const CRISP_LIMIT: usize = 20_000;

/// Rows of pixels in a band: few enough for a band's sums to stay in a core's cache.
const BAND: usize = 32;

/// The largest picture, in pixels a side.
pub const MAX_SIDE: usize = 16_384;

/// The smallest and largest discs.
pub(super) const RADII: std::ops::RangeInclusive<f32> = 0.25..=64.0;

/// A line around a disc, `width` pixels wide, outside its radius.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outline {
    pub width: f32,
    pub color: Rgba,
}

/// How points look.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// The radius of a point in pixels.
    pub radius: f32,
    /// The color of each class; points of later classes have the last color.
    pub palette: &'a [Rgba],
    /// How many classes a layer has: the points of the next classes lie behind them, and are a little smaller.
    pub layer: usize,
    /// The opacity of points, 0 to 1.
    pub alpha: f32,
    /// The color of dimmed points.
    pub dimmed: Rgba,
    /// The line around points when few are in view; usually the background's color, so that discs that overlap stay apart.
    pub outline: Option<Outline>,
    /// The radius of a highlighted point in pixels, and the line around it.
    pub highlight_radius: f32,
    pub highlight_outline: Option<Outline>,
}

impl Style<'_> {
    /// The same style for `factor` times as many pixels.
    #[must_use]
    pub fn magnified(&self, factor: f32) -> Self {
        let thicker = |outline: Outline| Outline { width: outline.width * factor, ..outline };
        Self {
            radius: self.radius * factor,
            outline: self.outline.map(thicker),
            highlight_radius: self.highlight_radius * factor,
            highlight_outline: self.highlight_outline.map(thicker),
            ..*self
        }
    }
}

/// Draws clouds into images. Keeps its buffers from frame to frame: keep it, too.
#[derive(Debug, Default)]
pub struct Raster {
    stamp: Stamp,
    scratch: Mutex<Vec<Scratch>>,
}

impl Raster {
    /// A raster without buffers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws what `camera` sees of `cloud` into `image`, which becomes `size` (width, height) pixels of premultiplied
    /// color on a transparent ground: dimmed points first, then normal ones, highlighted ones last; among equals early
    /// rows lie above later ones where discs are drawn one by one. The camera's scale is in these pixels.
    ///
    /// # Panics
    /// If `paint` was made for a cloud of another size.
    pub fn draw(
        &mut self,
        cloud: &PointCloud,
        paint: &Paint,
        camera: &Camera,
        size: [usize; 2],
        style: &Style,
        image: &mut Image,
    ) {
        assert_eq!(paint.len(), cloud.len(), "paint made for this cloud");
        let [width, height] = size.map(|side| side.min(MAX_SIDE));
        if !image.begin([width, height], camera) {
            return;
        }
        let radius = usable(style.radius);
        if self.stamp.radius() != radius {
            self.stamp = Stamp::new(radius);
        }
        let frame = Frame::new(cloud, paint, View::new(camera, width, height), style, &self.stamp);
        let scratch = &self.scratch;
        let bands = image.bytes_mut().par_chunks_mut(width * 4 * BAND).enumerate();
        bands.for_each(|(index, bytes)| {
            let mut mine = scratch.lock().expect("no panic while locked").pop().unwrap_or_default();
            frame.draw_band(index * BAND, width, &mut mine, bytes);
            scratch.lock().expect("no panic while locked").push(mine);
        });
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};

    use super::super::State;
    use super::*;

    const BLUE: Rgba = Rgba::rgb(0, 80, 255);
    const GREY: Rgba = Rgba::rgb(128, 128, 128);
    const PALETTE: [Rgba; 2] = [BLUE, Rgba::rgb(255, 120, 0)];
    const SIZE: [usize; 2] = [200, 100];

    fn style() -> Style<'static> {
        Style {
            radius: 3.0,
            palette: &PALETTE,
            layer: PALETTE.len(),
            alpha: 1.0,
            dimmed: GREY,
            outline: None,
            highlight_radius: 5.0,
            highlight_outline: None,
        }
    }

    fn draw(cloud: &PointCloud, paint: &Paint, style: &Style) -> Image {
        let mut image = Image::default();
        Raster::new().draw(cloud, paint, &Camera { center: [0.0; 2], scale: 10.0 }, SIZE, style, &mut image);
        image
    }

    fn energy(image: &Image) -> u64 {
        image.bytes().chunks_exact(4).map(|pixel| u64::from(pixel[3])).sum()
    }

    /// Normally distributed points around the middle, the same on every run.
    fn heap(count: usize, spread: f32) -> Vec<[f32; 2]> {
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(7);
        let mut normal = || (0..6).map(|_| random.gen_range(-1f32..1.0)).sum::<f32>() * spread;
        (0..count).map(|_| [normal(), normal()]).collect()
    }

    #[test]
    fn a_single_point_is_a_disc_around_its_place() {
        let cloud = PointCloud::new(&[[2.03, -1.51]]);
        let image = draw(&cloud, &Paint::plain(&cloud), &style());
        let mut mean = [0.0; 2];
        for (y, x) in (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| (y, x))) {
            let share = f64::from(image.pixel(x, y)[3]) / energy(&image) as f64;
            mean[0] += share * (x as f64 + 0.5);
            mean[1] += share * (y as f64 + 0.5);
        }
        assert!((mean[0] - 120.3).abs() < 0.05 && (mean[1] - 65.1).abs() < 0.05, "{mean:?}");
        assert_eq!(image.pixel(120, 65), [0, 80, 255, 255]);
        let area = energy(&image) as f64 / 255.0;
        assert!((area / (std::f64::consts::PI * 9.0) - 1.0).abs() < 0.03, "{area}");
    }

    #[test]
    fn more_points_give_more_ink_crisp_or_dense() {
        let ink = [1, 100, 5_000, CRISP_LIMIT + 1, 60_000, 200_000].map(|count| {
            let cloud = PointCloud::new(&heap(count, 1.0));
            energy(&draw(&cloud, &Paint::plain(&cloud), &Style { radius: 0.5, alpha: 0.7, ..style() }))
        });
        assert!(ink[0] < ink[1] && ink[1] < ink[2] && ink[3] < ink[4] && ink[4] < ink[5], "{ink:?}");
    }

    #[test]
    fn dense_places_are_more_opaque_than_thin_ones() {
        let cloud = PointCloud::new(&heap(100_000, 1.0));
        let image = draw(&cloud, &Paint::plain(&cloud), &Style { radius: 1.0, ..style() });
        let around = |x: usize| (40..60).map(|y| u32::from(image.pixel(x, y)[3])).sum::<u32>();
        let opacity = [100, 115, 128, 137].map(around);
        assert!(opacity.windows(2).all(|pair| pair[0] > pair[1] + 50), "{opacity:?}");
    }

    #[test]
    fn every_pixel_is_premultiplied() {
        let cloud = PointCloud::new(&heap(50_000, 2.0));
        let paint = Paint::new(
            &cloud,
            |row| (row % 2) as u8,
            |row| if row % 3 == 0 { State::Dimmed } else { State::Normal },
        );
        let image = draw(&cloud, &paint, &Style { alpha: 0.6, radius: 1.3, ..style() });
        assert!(energy(&image) > 0);
        assert!(image.bytes().chunks_exact(4).all(|p| p[..3].iter().all(|&c| c <= p[3].saturating_add(1))));
    }

    #[test]
    fn highlighted_lies_above_normal_above_dimmed() {
        for count in [1, CRISP_LIMIT] {
            // `count` points of each state at one place each time; the first is highlighted.
            let cloud = PointCloud::new(&vec![[0.0, 0.0]; 2 * count + 1]);
            let dimmed = |row| if row <= count { State::Dimmed } else { State::Normal };
            let both = Paint::new(&cloud, |_| 0, dimmed);
            assert_eq!(draw(&cloud, &both, &style()).pixel(100, 50), [0, 80, 255, 255], "{count}");
            let all = Paint::new(
                &cloud,
                |row| u8::from(row == 0),
                |row| if row == 0 { State::Highlighted } else { dimmed(row) },
            );
            let image = draw(&cloud, &all, &style());
            assert_eq!(image.pixel(100, 50), [255, 120, 0, 255], "{count}");
            let dimmed = Paint::new(&cloud, |_| 0, |_| State::Dimmed);
            assert_eq!(draw(&cloud, &dimmed, &style()).pixel(100, 50), [128, 128, 128, 255], "{count}");
        }
    }

    #[test]
    fn early_rows_lie_above_later_ones() {
        let cloud = PointCloud::new(&[[0.0, 0.0], [0.0, 0.0]]);
        let image = draw(&cloud, &Paint::new(&cloud, |row| row as u8, |_| State::Normal), &style());
        assert_eq!(image.pixel(100, 50), [0, 80, 255, 255]);
    }

    #[test]
    fn nearer_layers_lie_above_farther_ones_and_are_larger() {
        // The first row is far, and the second is near.
        let cloud = PointCloud::new(&[[0.0, 0.0], [0.0, 0.0]]);
        let paint = Paint::new(&cloud, |row| 1 - row as u8, |_| State::Normal);
        let style = Style { layer: 1, radius: 6.0, ..style() };
        let image = draw(&cloud, &paint, &style);
        assert_eq!(image.pixel(100, 50), [0, 80, 255, 255]);
        let far = Paint::new(&cloud, |_| 1, |_| State::Normal);
        assert!(energy(&draw(&cloud, &far, &style)) < energy(&image));
        let flat = Style { layer: 2, ..style };
        assert_eq!(draw(&cloud, &paint, &flat).pixel(100, 50), [255, 120, 0, 255], "one layer");
    }

    #[test]
    fn the_picture_does_not_depend_on_the_number_of_threads() {
        let cloud = PointCloud::new(&heap(80_000, 1.5));
        let paint = Paint::new(&cloud, |row| (row % 2) as u8, |_| State::Normal);
        let pictures = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| draw(&cloud, &paint, &style()))
        });
        assert_eq!(pictures[0], pictures[1]);
    }

    #[test]
    fn panning_by_whole_pixels_moves_the_picture_and_changes_nothing_else() {
        let cloud = PointCloud::new(&heap(40_000, 0.8));
        let (paint, camera) = (Paint::plain(&cloud), Camera { center: [0.0; 2], scale: 16.0 });
        let [mut here, mut there] = [Image::default(), Image::default()];
        let mut raster = Raster::new();
        raster.draw(&cloud, &paint, &camera, SIZE, &style(), &mut here);
        raster.draw(&cloud, &paint, &camera.panned([16.0, 8.0]), SIZE, &style(), &mut there);
        let difference = (0..90)
            .flat_map(|y| (0..180).map(move |x| (x, y)))
            .map(|(x, y)| here.pixel(x, y)[3].abs_diff(there.pixel(x + 16, y + 8)[3]));
        assert!(difference.max() <= Some(2));
    }

    #[test]
    fn broken_cameras_and_empty_views_draw_nothing() {
        let cloud = PointCloud::new(&heap(10, 1.0));
        let paint = Paint::plain(&cloud);
        let mut image = Image::default();
        for camera in [f64::NAN, 0.0, -1.0, f64::INFINITY].map(|scale| Camera { center: [0.0; 2], scale }) {
            Raster::new().draw(&cloud, &paint, &camera, SIZE, &style(), &mut image);
            assert_eq!(energy(&image), 0);
        }
        Raster::new().draw(&cloud, &paint, &Camera::default(), [0, 10], &style(), &mut image);
        assert!(image.bytes().is_empty());
        let far = Camera { center: [1e9, 1e9], scale: 1e9 };
        Raster::new().draw(&cloud, &paint, &far, SIZE, &Style { radius: f32::NAN, ..style() }, &mut image);
        assert_eq!(energy(&image), 0);
    }
}
