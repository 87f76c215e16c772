//! The fonts of a PDF: which glyphs a page needs of them, by what codes it calls these, and text as runs of codes.
//!
//! Glyphs and places are those that usvg's layout found, which PNGs are drawn by, too. A glyph that stands for several
//! texts (a space and a no-break space, the box for any letter that no font has) gets a code for each, so that each is
//! found and copied as what it is.

use std::collections::HashMap;

use resvg::tiny_skia::{Path, PathBuilder, Transform};
use resvg::usvg::fontdb::{Database, ID};
use resvg::usvg::layout::{PositionedGlyph, Span};
use resvg::usvg::{self, PaintOrder};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use super::super::color::Rgba;
use super::page::{color_of, cubic_handles};

/// How far a glyph may lie off its run's baseline, in font sizes.
const OFF_BASELINE: f32 = 0.002;

/// How far a glyph may be moved within a run, in thousandths of the font size.
const FARTHEST: f32 = 32_000.0;

/// Bits of `OS/2`'s `fsType` (<https://learn.microsoft.com/typography/opentype/spec/os2#fstype>): what embedding allows,
/// its value for none at all, and those that forbid subsets and outlines.
const EMBEDDING: u16 = 0x000f;
const RESTRICTED: u16 = 0x0002;
const NO_SUBSET_OR_BITMAPS_ONLY: u16 = 0x0300;

/// The outlines of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    TrueType,
    Cff,
}

/// A font as it is embedded.
pub(super) struct Face {
    pub kind: Kind,
    /// The PostScript name.
    pub name: String,
    pub metrics: Metrics,
    pub weight: u16,
    /// What each code shows; code 0 is the box for missing glyphs and stands for no text.
    pub glyphs: Vec<Glyph>,
    /// The font file with nothing but these glyphs.
    pub file: Vec<u8>,
    codes: HashMap<Use, u16>,
}

/// What a code shows.
pub(super) struct Glyph {
    /// Its number in the embedded file.
    pub id: u16,
    /// The text it stands for; empty if a neighbor stands for it, too.
    pub text: String,
    /// How far it moves the pen, in thousandths of the font size.
    pub width: f32,
    /// In font units, y up; `None` for white space.
    outline: Option<Path>,
}

/// A glyph of a font and the text it stands for.
type Use = (u32, String);

/// The fonts of a page.
pub(super) struct Faces {
    pub faces: Vec<Face>,
    /// Where in `faces` a font is; fonts that cannot be embedded are missing.
    indices: HashMap<ID, usize>,
}

/// A text, or a part of it, in one color.
pub(super) struct TextDrawing<'a> {
    pub color: Option<Rgba>,
    pub runs: Vec<Run>,
    pub halo: Option<Halo<'a>>,
}

/// Glyphs of one font on one line.
pub(super) struct Run {
    pub face: usize,
    pub size: f32,
    /// From text space (y up, the origin at the first glyph, as long as the page's pixels) to the page.
    pub place: Transform,
    /// For each glyph how far it is moved back, in thousandths of the font size, and its code.
    pub codes: Vec<(f32, u16)>,
    /// Where the pen stands after the last glyph, in text space.
    pen: f32,
}

/// The line around letters.
pub(super) struct Halo<'a> {
    pub color: Rgba,
    /// For each glyph its outline in font units, from there to the page, and the line's width in font units.
    pub outlines: Vec<(&'a Path, Transform, f32)>,
}

impl Faces {
    /// The fonts that texts are set in.
    pub fn of<'a>(fonts: &Database, texts: impl Iterator<Item = &'a usvg::Text>) -> Self {
        let mut used: Vec<(ID, Vec<Use>)> = Vec::new();
        let mut places: HashMap<ID, usize> = HashMap::new();
        for glyph in texts.flat_map(usvg::Text::layouted).flat_map(|span| &span.positioned_glyphs) {
            let place = *places.entry(glyph.font).or_insert_with(|| {
                used.push((glyph.font, Vec::new()));
                used.len() - 1
            });
            used[place].1.push((glyph.id.0, glyph.text.clone()));
        }
        let mut all = Self { faces: Vec::new(), indices: HashMap::new() };
        for (id, uses) in used {
            if let Some(face) = Face::new(fonts, id, &uses) {
                all.indices.insert(id, all.faces.len());
                all.faces.push(face);
            }
        }
        all
    }

    /// How a text is drawn; `None` if it needs a font that cannot be embedded.
    pub fn drawings(&self, text: &usvg::Text) -> Option<Vec<TextDrawing<'_>>> {
        text.layouted().iter().map(|span| self.drawing(span, text.abs_transform())).collect()
    }

    fn drawing(&self, span: &Span, place: Transform) -> Option<TextDrawing<'_>> {
        let mut runs: Vec<Run> = Vec::new();
        let mut outlines = Vec::new();
        let stroke = span.stroke.as_ref().filter(|_| span.paint_order == PaintOrder::StrokeAndFill);
        for glyph in &span.positioned_glyphs {
            let index = *self.indices.get(&glyph.font)?;
            let face = &self.faces[index];
            let code = face.code(glyph)?;
            let (shown, size) = (&face.glyphs[code as usize], glyph.font_size());
            let place = place.pre_concat(glyph.outline_transform());
            let units = f32::from(face.metrics.units_per_em) / size;
            if let (Some(outline), Some(stroke)) = (&shown.outline, stroke) {
                outlines.push((outline, place, stroke.width().get() * units));
            }
            let place = place.pre_scale(units, units);
            let run = runs.last_mut().filter(|run| run.face == index && run.size == size);
            if !run.is_some_and(|run| run.push(place, code, shown.width)) {
                runs.push(Run::new(index, size, place, code, shown.width));
            }
        }
        let color = span.fill.as_ref().and_then(|fill| color_of(fill.paint(), fill.opacity()));
        let halo = stroke.and_then(|stroke| color_of(stroke.paint(), stroke.opacity()));
        Some(TextDrawing { color, runs, halo: halo.map(|color| Halo { color, outlines }) })
    }
}

impl Run {
    fn new(face: usize, size: f32, place: Transform, code: u16, width: f32) -> Self {
        Self { face, size, place, codes: vec![(0.0, code)], pen: width / 1000.0 * size }
    }

    /// Adds a glyph if it stands on the line.
    fn push(&mut self, place: Transform, code: u16, width: f32) -> bool {
        let Some(Transform { sx, ky, kx, sy, tx, ty }) =
            self.place.invert().map(|back| back.pre_concat(place))
        else {
            return false;
        };
        let back = ((self.pen - tx) / self.size * 1000.0).round();
        let turned = [sx - 1.0, ky, kx, sy - 1.0].iter().any(|part| part.abs() > 1e-3);
        if turned || ty.abs() > OFF_BASELINE * self.size || back.abs() > FARTHEST {
            return false;
        }
        self.codes.push((back, code));
        self.pen += (width - back) / 1000.0 * self.size;
        true
    }
}

impl Face {
    fn new(fonts: &Database, id: ID, uses: &[Use]) -> Option<Self> {
        let info = fonts.face(id)?;
        let name = info.post_script_name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        fonts.with_face_data(id, |data, index| {
            let font = FontRef::from_index(data, index).ok()?;
            let kind = kind_of(&font)?;
            let metrics = font.metrics(Size::unscaled(), LocationRef::default());
            let (glyphs, codes, remapper) = numbered(&font, kind, &metrics, uses)?;
            Some(Self {
                kind,
                name,
                metrics,
                weight: info.weight.0,
                glyphs,
                codes,
                file: subsetter::subset(data, index, &remapper).ok()?,
            })
        })?
    }

    fn code(&self, glyph: &PositionedGlyph) -> Option<u16> {
        self.codes.get(&(glyph.id.0, glyph.text.clone())).copied()
    }
}

/// Codes for what is used of a font, in the order of first use, and the glyphs' numbers in a file with no others.
fn numbered(
    font: &FontRef,
    kind: Kind,
    metrics: &Metrics,
    uses: &[Use],
) -> Option<(Vec<Glyph>, HashMap<Use, u16>, GlyphRemapper)> {
    let (mut glyphs, mut codes, mut remapper) = (Vec::new(), HashMap::new(), GlyphRemapper::new());
    let advances = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let em = f32::from(metrics.units_per_em);
    let missing = (0, String::new());
    for used in std::iter::once(&missing).chain(uses) {
        if codes.contains_key(used) {
            continue;
        }
        let id = remapper.remap(u16::try_from(used.0).ok()?);
        // In these fonts codes are the numbers of glyphs, so one code has to do for all texts: the first stays.
        if kind == Kind::Cff && usize::from(id) < glyphs.len() {
            codes.insert(used.clone(), id);
            continue;
        }
        let wide = advances.advance_width(GlyphId::new(used.0)).unwrap_or(0.0);
        codes.insert(used.clone(), u16::try_from(glyphs.len()).ok()?);
        glyphs.push(Glyph {
            id,
            text: used.1.clone(),
            width: (wide / em * 1e5).round() / 100.0,
            outline: outline(font, GlyphId::new(used.0)),
        });
    }
    Some((glyphs, codes, remapper))
}

/// What outlines a font has, if it may be embedded as it is: not a variable font, whose embedded form would be its default
/// instance, not one that draws glyphs in colors or as bitmaps, and not one whose license forbids it.
fn kind_of(font: &FontRef) -> Option<Kind> {
    let has = |tag: &[u8; 4]| font.table_data(Tag::new(tag)).is_some();
    let permissions = font.os2().map_or(0, |table| table.fs_type());
    let forbidden = permissions & EMBEDDING == RESTRICTED || permissions & NO_SUBSET_OR_BITMAPS_ONLY != 0;
    if forbidden || [b"fvar", b"COLR", b"SVG ", b"CBDT", b"sbix"].into_iter().any(has) {
        return None;
    }
    match (has(b"glyf"), has(b"CFF ")) {
        (true, _) => Some(Kind::TrueType),
        (_, true) => Some(Kind::Cff),
        _ => None,
    }
}

fn outline(font: &FontRef, id: GlyphId) -> Option<Path> {
    let mut pen = Pen::default();
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    font.outline_glyphs().get(id)?.draw(settings, &mut pen).ok()?;
    pen.path.finish()
}

/// Collects an outline as lines and cubic curves in whole font units, as they are written shortest.
#[derive(Default)]
struct Pen {
    path: PathBuilder,
    last: [f32; 2],
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x.round(), y.round());
        self.last = [x, y];
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(x.round(), y.round());
        self.last = [x, y];
    }

    fn quad_to(&mut self, hx: f32, hy: f32, x: f32, y: f32) {
        let [a, b] = cubic_handles(self.last, [hx, hy], [x, y]);
        self.curve_to(a[0], a[1], b[0], b[1], x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path.cubic_to(ax.round(), ay.round(), bx.round(), by.round(), x.round(), y.round());
        self.last = [x, y];
    }

    fn close(&mut self) {
        self.path.close();
    }
}
