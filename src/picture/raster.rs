//! Points → pixels: a frame of the map.
//!
//! The picture is cut into bands of rows; each band sums or draws the points that reach into it, found through the
//! cloud's order, on its own. Bands are drawn in parallel and share nothing, so the picture does not depend on threads.

use std::sync::Mutex;

use rayon::prelude::*;

use super::camera::{Bounds, Camera, Viewport};
use super::cloud::{MAX_CLASSES, Paint, PointCloud, State};
use super::color::{Image, Rgba};
use super::crisp::{Dot, over};
use super::dense::{Stamp, Sums, Tone};

/// With up to this many points in view each is drawn as a disc of its own; with more their density is drawn.
pub const CRISP_LIMIT: usize = 20_000;

/// Rows of pixels in a band: few enough for a band's sums to stay in a core's cache.
const BAND: usize = 32;

/// The largest picture, in pixels a side, and the smallest and largest discs.
const MAX_SIDE: usize = 16_384;
const RADII: std::ops::RangeInclusive<f32> = 0.25..=64.0;

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

/// Draws clouds into images. Keeps its buffers from frame to frame: keep it, too.
#[derive(Debug, Default)]
pub struct Raster {
    stamp: Stamp,
    scratch: Mutex<Vec<Scratch>>,
}

/// What one band needs while it is drawn.
#[derive(Debug, Default)]
struct Scratch {
    sums: Sums,
    pixels: Vec<[f32; 4]>,
}

/// What is the same for all bands of a frame.
struct Frame<'a> {
    cloud: &'a PointCloud,
    paint: &'a Paint,
    view: View,
    stamp: &'a Stamp,
    /// States that are drawn as density, with their colors by class.
    layers: Vec<(State, [[f32; 4]; MAX_CLASSES])>,
    tone: Tone,
    /// Discs that are drawn one by one, over the layers.
    dots: Vec<Dot>,
}

/// The camera as two lines: screen = offset + world × factor.
#[derive(Clone, Copy)]
struct View {
    camera: Camera,
    viewport: Viewport,
    offset: [f64; 2],
}

impl View {
    fn new(camera: &Camera, width: usize, height: usize) -> Self {
        let offset = [
            width as f64 / 2.0 - camera.center[0] * camera.scale,
            height as f64 / 2.0 + camera.center[1] * camera.scale,
        ];
        Self { camera: *camera, viewport: Viewport::new(width as f32, height as f32), offset }
    }

    #[inline]
    fn to_screen(&self, point: [f32; 2]) -> [f32; 2] {
        [
            (self.offset[0] + f64::from(point[0]) * self.camera.scale) as f32,
            (self.offset[1] - f64::from(point[1]) * self.camera.scale) as f32,
        ]
    }

    /// The world between two rows of pixels, with `margin` pixels around.
    fn rows(&self, top: f32, bottom: f32, margin: f32) -> Bounds {
        let upper = self.camera.to_world([-margin, top - margin], self.viewport);
        let lower = self.camera.to_world([self.viewport.width + margin, bottom + margin], self.viewport);
        Bounds::spanned(upper, lower)
    }
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
        image.resize(width, height);
        if width == 0 || height == 0 {
            return;
        }
        if !camera.is_valid() {
            image.bytes_mut().fill(0);
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

impl<'a> Frame<'a> {
    fn new(cloud: &'a PointCloud, paint: &'a Paint, view: View, style: &Style, stamp: &'a Stamp) -> Self {
        let area = view.rows(0.0, view.viewport.height, stamp.radius() + 1.0);
        let visible: usize = cloud.ranges_in(&area).map(|(_, range)| range.len()).sum();
        let dense = cloud.density() / (view.camera.scale * view.camera.scale)
            * f64::from(std::f32::consts::PI * stamp.radius() * stamp.radius());
        let mut frame = Self {
            cloud,
            paint,
            view,
            stamp,
            layers: Vec::new(),
            tone: Tone::new(style.alpha.clamp(0.0, 1.0), dense as f32),
            dots: Vec::new(),
        };
        let crisp = visible <= CRISP_LIMIT;
        if crisp {
            // The outline fades in while the points in view become fewer, so that zooming shows no jump.
            let fade = (2.0 - 2.0 * visible as f32 / CRISP_LIMIT as f32).min(1.0);
            frame.add_dots(&area, style, fade);
        } else {
            for state in [State::Dimmed, State::Normal] {
                frame.add_layer(state, style);
            }
        }
        if paint.count(State::Highlighted) <= CRISP_LIMIT || crisp {
            frame.add_highlighted(style);
        } else {
            frame.add_layer(State::Highlighted, style);
        }
        frame
    }

    fn add_layer(&mut self, state: State, style: &Style) {
        if self.paint.count(state) > 0 {
            let color = |class| {
                let ([red, green, blue], alpha) = color_of(style, class, state).parts();
                [red * alpha, green * alpha, blue * alpha, alpha]
            };
            self.layers.push((state, std::array::from_fn(color)));
        }
    }

    fn add_dots(&mut self, area: &Bounds, style: &Style, fade: f32) {
        let mut places: Vec<usize> = self.cloud.ranges_in(area).flat_map(|(_, range)| range).collect();
        places.retain(|&place| area.contains(self.cloud.point(place).map(f64::from)));
        places.sort_unstable_by_key(|&place| std::cmp::Reverse(self.cloud.rows()[place]));
        let outline = outline_of(style.outline, fade * style.alpha);
        for state in [State::Dimmed, State::Normal] {
            for &place in places.iter().filter(|&&place| self.paint.is(place, state)) {
                let fill = with_opacity(color_of(style, self.paint.class(place), state), style.alpha);
                let at = self.view.to_screen(self.cloud.point(place));
                self.dots.push(Dot { at, radius: self.stamp.radius(), fill, outline });
            }
        }
    }

    fn add_highlighted(&mut self, style: &Style) {
        let radius = usable(style.highlight_radius);
        let outline = outline_of(style.highlight_outline, 1.0);
        let Viewport { width, height } = self.view.viewport;
        for &place in self.paint.highlighted() {
            let at = self.view.to_screen(self.cloud.point(place as usize));
            let fill =
                with_opacity(color_of(style, self.paint.class(place as usize), State::Highlighted), 1.0);
            let dot = Dot { at, radius, fill, outline };
            let reach = dot.reach();
            if (-reach..width + reach).contains(&at[0]) && (-reach..height + reach).contains(&at[1]) {
                self.dots.push(dot);
            }
        }
    }

    /// Draws the rows of pixels from `top` on that `bytes` hold.
    fn draw_band(&self, top: usize, width: usize, scratch: &mut Scratch, bytes: &mut [u8]) {
        let height = bytes.len() / (width * 4);
        scratch.pixels.clear();
        scratch.pixels.resize(width * height, [0.0; 4]);
        for (state, colors) in &self.layers {
            scratch.sums.reset(width, height, self.stamp);
            self.sum(*state, colors, top, height, &mut scratch.sums);
            for (y, row) in scratch.pixels.chunks_exact_mut(width).enumerate() {
                for (pixel, sums) in row.iter_mut().zip(scratch.sums.row(y)) {
                    if sums[3] > 0.0 {
                        let color = [sums[0] / sums[3], sums[1] / sums[3], sums[2] / sums[3], 1.0];
                        over(pixel, color, self.tone.opacity(sums[3]));
                    }
                }
            }
        }
        for dot in &self.dots {
            let (y, reach) = (dot.at[1] - top as f32, dot.reach());
            if y + reach >= 0.0 && y - reach <= height as f32 {
                dot.draw(&mut scratch.pixels, width, top);
            }
        }
        for (bytes, pixel) in bytes.chunks_exact_mut(4).zip(&scratch.pixels) {
            bytes[0] = (pixel[0] + 0.5) as u8;
            bytes[1] = (pixel[1] + 0.5) as u8;
            bytes[2] = (pixel[2] + 0.5) as u8;
            bytes[3] = (pixel[3] * 255.0 + 0.5) as u8;
        }
    }

    /// Adds up the points of one state that reach into a band.
    fn sum(
        &self,
        state: State,
        colors: &[[f32; 4]; MAX_CLASSES],
        top: usize,
        height: usize,
        sums: &mut Sums,
    ) {
        let area = self.view.rows(top as f32, (top + height) as f32, self.stamp.radius() + 1.0);
        let everything = self.paint.count(state) == self.cloud.len();
        for (_, range) in self.cloud.ranges_in(&area) {
            for place in range {
                if everything || self.paint.is(place, state) {
                    let [x, y] = self.view.to_screen(self.cloud.point(place));
                    sums.add(self.stamp, [x, y - top as f32], colors[self.paint.class(place)]);
                }
            }
        }
    }
}

/// A radius that can be drawn, whatever was asked for.
fn usable(radius: f32) -> f32 {
    radius.max(*RADII.start()).min(*RADII.end())
}

fn color_of(style: &Style, class: usize, state: State) -> Rgba {
    if state == State::Dimmed {
        return style.dimmed;
    }
    style.palette.get(class).or(style.palette.last()).copied().unwrap_or(style.dimmed)
}

fn outline_of(outline: Option<Outline>, opacity: f32) -> (f32, [f32; 4]) {
    outline.map_or((0.0, [0.0; 4]), |outline| {
        (outline.width.max(0.0).min(*RADII.end()), with_opacity(outline.color, opacity))
    })
}

/// A color at `opacity` times its own opacity, as dots take it.
fn with_opacity(color: Rgba, opacity: f32) -> [f32; 4] {
    let ([red, green, blue], alpha) = color.parts();
    [red, green, blue, alpha * opacity.clamp(0.0, 1.0)]
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};

    use super::*;

    const BLUE: Rgba = Rgba::rgb(0, 80, 255);
    const GREY: Rgba = Rgba::rgb(128, 128, 128);
    const PALETTE: [Rgba; 2] = [BLUE, Rgba::rgb(255, 120, 0)];
    const SIZE: [usize; 2] = [200, 100];

    fn style() -> Style<'static> {
        Style {
            radius: 3.0,
            palette: &PALETTE,
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
