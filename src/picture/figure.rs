//! A picture described in plain terms, to be written as SVG or PNG: points, lines, words, titles, a legend.
//!
//! All positions and lengths are in pixels from the upper left corner; a PNG may have several of its pixels to each.

use super::camera::Camera;
use super::cloud::{Paint, PointCloud};
use super::color::{Image, Rgba};
use super::crisp::Dot;
use super::fonts::{Fonts, Weight};
use super::frame::dots;
use super::labels::Rect;
use super::raster::{Outline, Raster, Style};

/// Up to this many points are discs of their own in a figure; more become one embedded image.
pub const MAX_DISCS: usize = 10_000;

/// The distance of titles and legend from the edge.
const EDGE: f32 = 20.0;

/// The size of the title, in sizes of ordinary text.
const TITLE_SCALE: f32 = 1.4;

/// How far below the middle of a line of text its baseline lies, in font sizes.
pub(super) const MIDDLE: f32 = 0.35;

/// A whole picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Width and height.
    pub size: [f32; 2],
    pub background: Rgba,
    /// The color of titles and legend, and of what is less important: axis titles, caption, values at lines.
    pub ink: Rgba,
    pub quiet_ink: Rgba,
    /// The size of ordinary text.
    pub font_size: f32,
    /// What lies under the points, the lowest first.
    pub regions: Vec<Region>,
    pub marks: Marks,
    /// What lies over the points, the lowest first, below lines and words.
    pub outlines: Vec<Region>,
    pub lines: Vec<Line>,
    pub words: Vec<Word>,
    pub title: Option<String>,
    pub caption: Option<String>,
    pub x_title: Option<String>,
    pub y_title: Option<String>,
    pub legend: Vec<LegendEntry>,
}

/// A filled region with a line around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Closed lines; holes go around the other way.
    pub rings: Vec<Vec<[f32; 2]>>,
    pub fill: Option<Rgba>,
    /// The color and the width of the line.
    pub line: Option<(Rgba, f32)>,
}

/// The points.
#[derive(Debug, Clone, PartialEq)]
pub enum Marks {
    /// Few: each a disc, later ones above earlier ones.
    Discs(Vec<Disc>),
    /// Many: an image that fills the picture.
    Picture(Image),
}

/// One point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disc {
    pub at: [f32; 2],
    pub radius: f32,
    pub color: Rgba,
    pub outline: Option<Outline>,
}

/// A line between two points, or an arrow from the one to the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub from: [f32; 2],
    pub to: [f32; 2],
    pub color: Rgba,
    pub width: f32,
    /// What stays free at both ends: the radius of the points there.
    pub gap: f32,
    pub arrow: bool,
    /// Written at its middle.
    pub value: Option<String>,
}

/// A word beside its point.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    /// The place found by [`super::LabelPlacer`] for the size given by [`Fonts::measure`].
    pub rect: Rect,
    pub font_size: f32,
    pub weight: Weight,
    pub color: Rgba,
}

/// A color and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendEntry {
    pub text: String,
    pub color: Rgba,
}

impl Marks {
    /// The points of a cloud as `camera` sees them in a figure of `size` pixels: discs for up to [`MAX_DISCS`] in view,
    /// otherwise an image with `pixels_per_unit` of its pixels to each of the figure's.
    pub fn of_cloud(
        cloud: &PointCloud,
        paint: &Paint,
        camera: &Camera,
        size: [f32; 2],
        style: &Style,
        pixels_per_unit: f32,
    ) -> Self {
        let whole = size.map(|side| side.ceil() as usize);
        if let Some(dots) = dots(cloud, paint, camera, whole, style, MAX_DISCS) {
            // What cannot be seen need not be written.
            let seen = dots.iter().map(Disc::from).filter(|disc| disc.color.0[3] > 0);
            return Self::Discs(seen.collect());
        }
        let pixels = size.map(|side| (side * pixels_per_unit).round() as usize);
        let camera = Camera { scale: camera.scale * f64::from(pixels_per_unit), ..*camera };
        let mut image = Image::default();
        Raster::new().draw(cloud, paint, &camera, pixels, &style.magnified(pixels_per_unit), &mut image);
        Self::Picture(image)
    }
}

/// A line of text of the figure's own: titles, legend, caption.
pub(super) struct Note<'a> {
    pub text: &'a str,
    /// The left end of its baseline, or its middle if `centered`.
    pub at: [f32; 2],
    pub font_size: f32,
    pub weight: Weight,
    pub color: Rgba,
    pub centered: bool,
    /// Read from the bottom to the top.
    pub upward: bool,
}

impl Figure {
    /// A figure without content.
    pub fn new(size: [f32; 2], background: Rgba, ink: Rgba, quiet_ink: Rgba) -> Self {
        Self {
            size,
            background,
            ink,
            quiet_ink,
            font_size: 14.0,
            regions: Vec::new(),
            marks: Marks::Discs(Vec::new()),
            outlines: Vec::new(),
            lines: Vec::new(),
            words: Vec::new(),
            title: None,
            caption: None,
            x_title: None,
            y_title: None,
            legend: Vec::new(),
        }
    }

    /// The rectangles that titles and legend take, to keep words off them.
    pub fn reserved(&self, fonts: &Fonts) -> Vec<Rect> {
        let rect = |note: &Note| {
            let [width, height] = fonts.measure(note.text, note.font_size, note.weight);
            let [x, y] = note.at;
            let before = if note.centered { width / 2.0 } else { 0.0 };
            if note.upward {
                Rect { min: [x - 0.8 * height, y - width + before], max: [x + 0.2 * height, y + before] }
            } else {
                Rect { min: [x - before, y - 0.8 * height], max: [x - before + width, y + 0.2 * height] }
            }
        };
        let swatches = self
            .swatches()
            .map(|(at, radius, _)| Rect { min: at.map(|c| c - radius), max: at.map(|c| c + radius) });
        self.notes().iter().map(rect).chain(swatches).collect()
    }

    /// Titles, caption and the legend's texts.
    pub(super) fn notes(&self) -> Vec<Note<'_>> {
        let ([width, height], size) = (self.size, self.font_size);
        let plain = |text, at| Note {
            text,
            at,
            font_size: size,
            weight: Weight::Regular,
            color: self.quiet_ink,
            centered: false,
            upward: false,
        };
        let title = self.title.iter().map(|text| Note {
            font_size: TITLE_SCALE * size,
            weight: Weight::SemiBold,
            color: self.ink,
            ..plain(text, [EDGE, EDGE + TITLE_SCALE * size])
        });
        let caption = self.caption.iter().map(|text| plain(text, [EDGE, height - 8.0]));
        let x_title = self.x_title.iter().map(|text| Note {
            centered: true,
            ..plain(text, [width / 2.0, height - if self.caption.is_some() { 12.0 + size } else { 8.0 }])
        });
        let y_title = self.y_title.iter().map(|text| Note {
            centered: true,
            upward: true,
            ..plain(text, [8.0 + size, height / 2.0])
        });
        let legend = self.legend.iter().zip(self.swatches()).map(|(entry, ([x, y], _, _))| Note {
            color: self.ink,
            ..plain(&entry.text, [x + size, y + MIDDLE * size])
        });
        title.chain(caption).chain(x_title).chain(y_title).chain(legend).collect()
    }

    /// The legend's discs, below the title: center, radius, color.
    pub(super) fn swatches(&self) -> impl Iterator<Item = ([f32; 2], f32, Rgba)> {
        let size = self.font_size;
        let top = EDGE + if self.title.is_some() { TITLE_SCALE * size + 1.2 * size } else { 0.5 * size };
        self.legend.iter().enumerate().map(move |(i, entry)| {
            ([EDGE + 0.4 * size, top + 1.5 * size * i as f32], 0.4 * size, entry.color)
        })
    }
}

impl From<&Dot> for Disc {
    fn from(dot: &Dot) -> Self {
        let color = |[red, green, blue, alpha]: [f32; 4]| {
            Rgba([red, green, blue, alpha * 255.0].map(|part| part.round() as u8))
        };
        let (width, line) = dot.outline;
        let outline = (width > 0.0).then(|| Outline { width, color: color(line) });
        Self { at: dot.at, radius: dot.radius, color: color(dot.fill), outline }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::tests::fonts;
    use super::*;

    const BLACK: Rgba = Rgba::rgb(0, 0, 0);

    fn style() -> Style<'static> {
        Style {
            radius: 3.0,
            palette: const { &[Rgba::rgb(10, 20, 30)] },
            layer: 1,
            alpha: 0.8,
            dimmed: BLACK,
            outline: Some(Outline { width: 1.0, color: BLACK }),
            highlight_radius: 5.0,
            highlight_outline: None,
        }
    }

    #[test]
    fn few_points_are_discs_and_many_are_an_image() {
        let camera = Camera { center: [0.0; 2], scale: 10.0 };
        let marks = |count: usize| {
            let cloud = PointCloud::new(&vec![[1.0, 2.0]; count]);
            Marks::of_cloud(&cloud, &Paint::plain(&cloud), &camera, [100.0, 80.0], &style(), 2.0)
        };
        let Marks::Discs(discs) = marks(3) else { panic!("discs") };
        assert_eq!(discs.len(), 3);
        assert_eq!((discs[0].at, discs[0].radius), ([60.0, 20.0], 3.0));
        assert_eq!(discs[0].color, Rgba([10, 20, 30, 204]));
        let Marks::Picture(image) = marks(MAX_DISCS + 1) else { panic!("an image") };
        assert_eq!((image.width(), image.height()), (200, 160));
        assert!(image.pixel(120, 40)[3] > 200, "the point lies at the same place, twice as large");
    }

    #[test]
    fn titles_and_legend_reserve_room_inside_the_picture() {
        let mut figure = Figure::new([600.0, 400.0], BLACK, BLACK, BLACK);
        assert!(figure.reserved(&fonts()).is_empty());
        figure.title = Some("Words".into());
        figure.caption = Some("GloVe".into());
        figure.x_title = Some("PC 1 · 5.4 % of variance".into());
        figure.y_title = Some("PC 2 · 4.4 % of variance".into());
        figure.legend =
            ["animals", "food"].map(|text| LegendEntry { text: text.into(), color: BLACK }).into();
        let rects = figure.reserved(&fonts());
        assert_eq!(rects.len(), 8);
        for (i, rect) in rects.iter().enumerate() {
            assert!(
                (0..2).all(|axis| rect.min[axis] >= 0.0 && rect.max[axis] <= figure.size[axis]),
                "{rect:?}"
            );
            assert!(rects[..i].iter().all(|other| !rect.overlaps(other)), "{rects:?}");
        }
    }
}
