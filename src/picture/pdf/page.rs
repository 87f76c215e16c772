//! The page of a PDF while it is drawn: paths, discs, images and runs of text, in a figure's pixels.

use std::borrow::Cow;
use std::collections::BTreeSet;

use pdf_writer::types::LineJoinStyle;
use pdf_writer::{Content, Name, Settings, Str};
use resvg::tiny_skia::{Path, PathSegment, Transform};
use resvg::usvg::{self, PaintOrder};

use super::super::color::Rgba;
use super::super::figure::Disc;
use super::faces::{Halo, Run, TextDrawing};

/// How far the handles of a quarter of a circle reach, in radii: a cubic curve then leaves the circle by less than
/// 0.03 % (<https://pomax.github.io/bezierinfo/#circles_cubic>).
const HANDLE: f32 = 0.552_285;

/// Nothing is farther from the page than this, in pixels.
const FAR: f32 = 1e12;

/// Premultiplied pixels, 4 bytes each, the top row first.
pub(super) struct Pixels<'a> {
    pub width: usize,
    pub height: usize,
    pub bytes: Cow<'a, [u8]>,
}

/// What is drawn so far. All colors are set outside of `q … Q`, so that what is set stays known.
pub(super) struct Page<'a> {
    content: Content,
    size: [f32; 2],
    fill: [u8; 3],
    stroke: [u8; 3],
    alpha: u8,
    /// The opacities in use; [`alpha_name`] says how they are called.
    pub alphas: BTreeSet<u8>,
    /// The images in use, called by [`image_name`].
    pub images: Vec<Pixels<'a>>,
}

/// The name of an opacity among a page's resources.
pub(super) fn alpha_name(alpha: u8) -> String {
    format!("A{alpha}")
}

/// The name of an image among a page's resources.
pub(super) fn image_name(index: usize) -> String {
    format!("I{index}")
}

/// The name of a font among a page's resources.
pub(super) fn font_name(index: usize) -> String {
    format!("F{index}")
}

#[derive(Clone, Copy)]
enum Ink {
    Fill,
    Stroke,
}

impl<'a> Page<'a> {
    /// An empty page of `size` pixels, `scale` points each.
    pub fn new(size: [f32; 2], scale: f32) -> Self {
        let mut content = Content::with_settings(Settings { pretty: false });
        // From here on y points down, as in the figure.
        content.transform([scale, 0.0, 0.0, -scale, 0.0, size[1] * scale]);
        let (fill, stroke, alpha) = ([0; 3], [0; 3], u8::MAX);
        Self { content, size, fill, stroke, alpha, alphas: BTreeSet::new(), images: Vec::new() }
    }

    /// The finished content stream.
    pub fn finish(self) -> Vec<u8> {
        self.content.finish().into_vec()
    }

    /// Fills the whole page.
    pub fn background(&mut self, color: Rgba) {
        self.set(Ink::Fill, color);
        self.content.rect(0.0, 0.0, self.size[0], self.size[1]).fill_nonzero();
    }

    /// A disc and its outline; nothing if it has no place or none of it lies on the page.
    ///
    /// Discs of one size differ only in where they are moved to, which packs better than forms or absolute curves do, and
    /// stays easy to edit.
    pub fn disc(&mut self, disc: &Disc) {
        let outline = disc.outline.filter(|outline| outline.width > 0.0);
        let reach = disc.radius + outline.map_or(0.0, |outline| outline.width);
        let seen = |axis: usize| (-reach..self.size[axis] + reach).contains(&disc.at[axis]);
        if !(disc.radius > 0.0 && reach.is_finite() && seen(0) && seen(1)) {
            return;
        }
        let [x, y] = disc.at.map(short);
        if let Some(outline) = outline {
            self.set(Ink::Stroke, outline.color);
            self.content
                .save_state()
                .transform([1.0, 0.0, 0.0, 1.0, x, y])
                .set_line_width(short(outline.width));
            self.circle(disc.radius + outline.width / 2.0);
            self.content.stroke().restore_state();
        }
        self.set(Ink::Fill, disc.color);
        self.content.save_state().transform([1.0, 0.0, 0.0, 1.0, x, y]);
        self.circle(disc.radius);
        self.content.fill_nonzero().restore_state();
    }

    fn circle(&mut self, radius: f32) {
        let (r, h) = (short(radius), short(radius * HANDLE));
        self.content
            .move_to(r, 0.0)
            .cubic_to(r, h, h, r, 0.0, r)
            .cubic_to(-h, r, -r, h, -r, 0.0)
            .cubic_to(-r, -h, -h, -r, 0.0, -r)
            .cubic_to(h, -r, r, -h, r, 0.0)
            .close_path();
    }

    /// An image in the unit square of `place`, whose y points down.
    pub fn image(&mut self, pixels: Pixels<'a>, place: Transform) {
        if pixels.width == 0 || pixels.height == 0 {
            return;
        }
        self.set_alpha(u8::MAX);
        // An image's own y points up.
        let matrix = matrix(place.pre_concat(Transform::from_row(1.0, 0.0, 0.0, -1.0, 0.0, 1.0)));
        let name = image_name(self.images.len());
        self.content.save_state().transform(matrix).x_object(Name(name.as_bytes())).restore_state();
        self.images.push(pixels);
    }

    /// A path of an SVG tree. Its paints are plain colors, as all are that a figure has.
    pub fn path(&mut self, path: &usvg::Path) {
        let Some(data) = path.data().clone().transform(path.abs_transform()) else { return };
        let order = match path.paint_order() {
            PaintOrder::FillAndStroke => [Ink::Fill, Ink::Stroke],
            PaintOrder::StrokeAndFill => [Ink::Stroke, Ink::Fill],
        };
        for ink in order {
            match ink {
                // SVG fills a line with nothing, PDF with a pixel's width of black.
                Ink::Fill if data.len() <= 2 => {}
                Ink::Fill => {
                    let Some(color) = path.fill().and_then(|fill| color_of(fill.paint(), fill.opacity()))
                    else {
                        continue;
                    };
                    self.set(Ink::Fill, color);
                    self.outline(&data);
                    self.content.fill_nonzero();
                }
                Ink::Stroke => {
                    let Some(stroke) = path.stroke() else { continue };
                    let Some(color) = color_of(stroke.paint(), stroke.opacity()) else { continue };
                    self.set(Ink::Stroke, color);
                    let join = match stroke.linejoin() {
                        usvg::LineJoin::Round => LineJoinStyle::RoundJoin,
                        _ => LineJoinStyle::MiterJoin,
                    };
                    self.content.set_line_width(short(stroke.width().get())).set_line_join(join);
                    self.outline(&data);
                    self.content.stroke();
                }
            }
        }
    }

    /// Text and the line around it. That line is drawn as paths, as text drawn twice would be found and copied twice.
    pub fn text(&mut self, drawing: &TextDrawing<'_>) {
        if let Some(halo) = &drawing.halo {
            self.halo(halo);
        }
        let Some(color) = drawing.color else { return };
        self.set(Ink::Fill, color);
        self.content.begin_text();
        for run in &drawing.runs {
            self.run(run);
        }
        self.content.end_text();
    }

    fn halo(&mut self, halo: &Halo<'_>) {
        self.set(Ink::Stroke, halo.color);
        self.content.set_line_join(LineJoinStyle::RoundJoin);
        for (outline, place, width) in &halo.outlines {
            self.content.save_state().transform(matrix(*place)).set_line_width(short(*width));
            self.outline(outline);
            self.content.stroke().restore_state();
        }
    }

    fn run(&mut self, run: &Run) {
        let name = font_name(run.face);
        self.content.set_font(Name(name.as_bytes()), short(run.size)).set_text_matrix(matrix(run.place));
        let mut shown = self.content.show_positioned();
        let mut items = shown.items();
        let mut codes = Vec::new();
        for &(adjustment, code) in &run.codes {
            if adjustment != 0.0 {
                if !codes.is_empty() {
                    items.show(Str(&codes));
                    codes.clear();
                }
                items.adjust(adjustment);
            }
            codes.extend(code.to_be_bytes());
        }
        items.show(Str(&codes));
    }

    fn outline(&mut self, path: &Path) {
        let mut last = [0.0; 2];
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => {
                    last = [to.x, to.y];
                    self.content.move_to(short(to.x), short(to.y));
                }
                PathSegment::LineTo(to) => {
                    last = [to.x, to.y];
                    self.content.line_to(short(to.x), short(to.y));
                }
                PathSegment::QuadTo(handle, to) => {
                    let [a, b] = cubic_handles(last, [handle.x, handle.y], [to.x, to.y]);
                    last = [to.x, to.y];
                    let [a, b, end] = [a, b, last].map(|point| point.map(short));
                    self.content.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
                }
                PathSegment::CubicTo(a, b, to) => {
                    last = [to.x, to.y];
                    let [a, b, to] = [a, b, to].map(|point| [short(point.x), short(point.y)]);
                    self.content.cubic_to(a[0], a[1], b[0], b[1], to[0], to[1]);
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    fn set_alpha(&mut self, alpha: u8) {
        if alpha != self.alpha {
            self.alpha = alpha;
            self.alphas.insert(alpha);
            self.content.set_parameters(Name(alpha_name(alpha).as_bytes()));
        }
    }

    /// Sets a color and its opacity where they are not set already.
    fn set(&mut self, ink: Ink, Rgba([red, green, blue, alpha]): Rgba) {
        self.set_alpha(alpha);
        let color = [red, green, blue];
        // Three digits say a byte exactly.
        let [r, g, b] = color.map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0);
        match ink {
            Ink::Fill if color != self.fill => {
                self.fill = color;
                self.content.set_fill_rgb(r, g, b);
            }
            Ink::Stroke if color != self.stroke => {
                self.stroke = color;
                self.content.set_stroke_rgb(r, g, b);
            }
            _ => {}
        }
    }
}

/// The handles of the cubic curve that is the same as a quadratic one.
pub(super) fn cubic_handles(from: [f32; 2], handle: [f32; 2], to: [f32; 2]) -> [[f32; 2]; 2] {
    [from, to].map(|end| [0, 1].map(|axis| end[axis] + 2.0 / 3.0 * (handle[axis] - end[axis])))
}

/// A plain color of an SVG tree; `None` for anything else and for what cannot be seen.
pub(super) fn color_of(paint: &usvg::Paint, opacity: usvg::Opacity) -> Option<Rgba> {
    let usvg::Paint::Color(usvg::Color { red, green, blue }) = *paint else { return None };
    let alpha = (opacity.get() * 255.0).round() as u8;
    (alpha > 0).then_some(Rgba([red, green, blue, alpha]))
}

/// A length to hundredths, and one that a reader can take.
fn short(value: f32) -> f32 {
    let near = if value.is_finite() { value.clamp(-FAR, FAR) } else { 0.0 };
    (near * 100.0).round() / 100.0
}

/// A matrix as PDF has it, with as many digits as a font's units need.
fn matrix(transform: Transform) -> [f32; 6] {
    let Transform { sx, ky, kx, sy, tx, ty } = transform;
    let [sx, ky, kx, sy] = [sx, ky, kx, sy].map(|part| (part * 1e6).round() / 1e6);
    [sx, ky, kx, sy, short(tx), short(ty)]
}
