//! One frame of the map while it is drawn: which points are in view, how they are drawn, and the drawing of each band.

use super::camera::{Bounds, Camera, Viewport};
use super::cloud::{MAX_CLASSES, Paint, PointCloud, State};
use super::color::Rgba;
use super::crisp::Dot;
use super::dense::{Stamp, Sums, Tone};
use super::raster::{CRISP_LIMIT, Outline, RADII, Style};

/// Full opacity and full color in a pixel's channels.
pub(super) const FULL: f32 = 255.0;

/// The size of points by that of those a layer nearer.
const SMALLER: f32 = 0.84;

/// For each class red, green, blue and opacity, 0 to 255, premultiplied.
type Colors = [[f32; 4]; MAX_CLASSES];

/// What one band needs while it is drawn.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    sums: Sums,
    pixels: Vec<[f32; 4]>,
}

/// What is the same for all bands of a frame.
pub(super) struct Frame<'a> {
    cloud: &'a PointCloud,
    paint: &'a Paint,
    view: View,
    stamp: &'a Stamp,
    /// States that are drawn as density, with their colors by class.
    layers: Vec<(State, Colors)>,
    tone: Tone,
    /// Discs that are drawn one by one, over the layers.
    dots: Vec<Dot>,
}

/// The camera in single precision, which is enough as positions are taken from a point near the middle of the view.
#[derive(Clone, Copy)]
pub(super) struct View {
    camera: Camera,
    viewport: Viewport,
    /// A world position, where it is on the screen, and pixels per world unit.
    anchor: [f32; 2],
    anchor_on_screen: [f32; 2],
    scale: f32,
}

impl View {
    pub fn new(camera: &Camera, width: usize, height: usize) -> Self {
        let viewport = Viewport::new(width as f32, height as f32);
        let anchor = camera.center.map(|c| c as f32);
        let anchor_on_screen = camera.to_screen(anchor.map(f64::from), viewport);
        Self { camera: *camera, viewport, anchor, anchor_on_screen, scale: camera.scale as f32 }
    }

    #[inline]
    fn to_screen(self, point: [f32; 2]) -> [f32; 2] {
        [
            self.anchor_on_screen[0] + (point[0] - self.anchor[0]) * self.scale,
            self.anchor_on_screen[1] - (point[1] - self.anchor[1]) * self.scale,
        ]
    }

    /// The world between two rows of pixels, with `margin` pixels around.
    fn rows(&self, top: f32, bottom: f32, margin: f32) -> Bounds {
        let upper = self.camera.to_world([-margin, top - margin], self.viewport);
        let lower = self.camera.to_world([self.viewport.width + margin, bottom + margin], self.viewport);
        Bounds::spanned(upper, lower)
    }
}

/// The discs that [`Raster::draw`] would draw, in its order; `None` if there are more than `most` in view, or if it
/// would draw density.
pub(super) fn dots(
    cloud: &PointCloud,
    paint: &Paint,
    camera: &Camera,
    [width, height]: [usize; 2],
    style: &Style,
    most: usize,
) -> Option<Vec<Dot>> {
    if !camera.is_valid() {
        return Some(Vec::new());
    }
    let stamp = Stamp::new(usable(style.radius));
    let frame = Frame::new(cloud, paint, View::new(camera, width, height), style, &stamp);
    (frame.layers.is_empty() && frame.dots.len() <= most).then_some(frame.dots)
}

impl<'a> Frame<'a> {
    pub fn new(cloud: &'a PointCloud, paint: &'a Paint, view: View, style: &Style, stamp: &'a Stamp) -> Self {
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
                [red * alpha, green * alpha, blue * alpha, FULL * alpha]
            };
            self.layers.push((state, std::array::from_fn(color)));
        }
    }

    fn add_dots(&mut self, area: &Bounds, style: &Style, fade: f32) {
        let mut places: Vec<usize> = self.cloud.ranges_in(area).flat_map(|(_, range)| range).collect();
        places.retain(|&place| area.contains(self.cloud.point(place).map(f64::from)));
        let layer = |place: usize| self.paint.at(place).class() / style.layer.max(1);
        places.sort_unstable_by_key(|&place| std::cmp::Reverse((layer(place), self.cloud.rows()[place])));
        let outline = outline_of(style.outline, fade * style.alpha);
        for state in [State::Dimmed, State::Normal] {
            for &place in places.iter().filter(|&&place| self.paint.at(place).is(state)) {
                let fill = with_opacity(color_of(style, self.paint.at(place).class(), state), style.alpha);
                let at = self.view.to_screen(self.cloud.point(place));
                let radius = self.stamp.radius() * SMALLER.powi(layer(place) as i32);
                self.dots.push(Dot { at, radius, fill, outline });
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
                with_opacity(color_of(style, self.paint.at(place as usize).class(), State::Highlighted), 1.0);
            let dot = Dot { at, radius, fill, outline };
            let reach = dot.reach();
            if (-reach..width + reach).contains(&at[0]) && (-reach..height + reach).contains(&at[1]) {
                self.dots.push(dot);
            }
        }
    }

    /// Draws the rows of pixels from `top` on that `bytes` hold.
    pub fn draw_band(&self, top: usize, width: usize, scratch: &mut Scratch, bytes: &mut [u8]) {
        let height = bytes.len() / (width * 4);
        let reaches = |dot: &&Dot| {
            let (y, reach) = (dot.at[1] - top as f32, dot.reach());
            y + reach >= 0.0 && y - reach <= height as f32
        };
        let mut dots = self.dots.iter().filter(reaches).peekable();
        if let ([(state, colors)], None) = (&self.layers[..], dots.peek()) {
            self.sum(*state, colors, top, height, &mut scratch.sums);
            for (y, row) in bytes.chunks_exact_mut(width * 4).enumerate() {
                for (bytes, sums) in row.as_chunks_mut::<4>().0.iter_mut().zip(scratch.sums.row(y)) {
                    *bytes = to_bytes(self.toned(sums));
                }
            }
            return;
        }
        scratch.pixels.clear();
        scratch.pixels.resize(width * height, [0.0; 4]);
        for (state, colors) in &self.layers {
            self.sum(*state, colors, top, height, &mut scratch.sums);
            for (y, row) in scratch.pixels.chunks_exact_mut(width).enumerate() {
                for (pixel, sums) in row.iter_mut().zip(scratch.sums.row(y)) {
                    let above = self.toned(sums);
                    let left = 1.0 - above[3] / FULL;
                    *pixel = std::array::from_fn(|channel| pixel[channel] * left + above[channel]);
                }
            }
        }
        for dot in dots {
            dot.draw(&mut scratch.pixels, width, top);
        }
        for (bytes, &pixel) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(&scratch.pixels) {
            *bytes = to_bytes(pixel);
        }
    }

    /// A pixel's premultiplied color and opacity, 0 to 255.
    #[inline]
    fn toned(&self, sums: &[f32; 4]) -> [f32; 4] {
        let ratio = self.tone.ratio(sums[3] * (1.0 / FULL));
        sums.map(|sum| sum * ratio)
    }

    /// Adds up the points of one state that reach into a band.
    fn sum(&self, state: State, colors: &Colors, top: usize, height: usize, sums: &mut Sums) {
        sums.reset(self.view.viewport.width as usize, height, self.stamp);
        match self.stamp.side() {
            2 => self.sum_stamps::<2>(state, colors, top, height, sums),
            3 => self.sum_stamps::<3>(state, colors, top, height, sums),
            4 => self.sum_stamps::<4>(state, colors, top, height, sums),
            5 => self.sum_stamps::<5>(state, colors, top, height, sums),
            _ => self.sum_stamps::<0>(state, colors, top, height, sums),
        }
    }

    fn sum_stamps<const SIDE: usize>(
        &self,
        state: State,
        colors: &Colors,
        top: usize,
        height: usize,
        sums: &mut Sums,
    ) {
        let area = self.view.rows(top as f32, (top + height) as f32, self.stamp.radius() + 1.0);
        let everything = self.paint.count(state) == self.cloud.len();
        for (_, range) in self.cloud.ranges_in(&area) {
            let classes = self.paint.slice(range.clone());
            for (&point, &paint) in self.cloud.slice(range).iter().zip(classes) {
                if everything || paint.is(state) {
                    let [x, y] = self.view.to_screen(point);
                    sums.add::<SIDE>(self.stamp, [x, y - top as f32], colors[paint.class()]);
                }
            }
        }
    }
}

/// Rounds channels between 0 and 255. Adding 2^23 leaves the rounded number in a float's lowest bits.
#[inline]
fn to_bytes(channels: [f32; 4]) -> [u8; 4] {
    channels.map(|channel| (channel + 8_388_608.0).to_bits() as u8)
}

/// A radius that can be drawn, whatever was asked for.
pub(super) fn usable(radius: f32) -> f32 {
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
