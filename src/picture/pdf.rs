//! Figures as PDF 1.7 (ISO 32000-1): one page of vectors, with text that can be searched and copied.
//!
//! What lies over the points comes from the description that the SVG is written from and the PNG is drawn from, so that
//! the three look alike. Text is set in the fonts that it was measured in, of which the file has the glyphs it needs.
//! Where a font cannot be embedded (variable ones, and those whose license forbids it) text becomes outlines, and text
//! with colored glyphs becomes an image; a letter that no font has is the box that a PNG shows, but is found and copied.

mod embed;
mod faces;
mod page;

use std::borrow::Cow;

use pdf_writer::{Dict, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Node};

use super::figure::{Figure, Marks};
use super::fonts::Fonts;
use super::png::PictureError;
use super::svg::{Layer, tree};
use faces::Faces;
use page::{Page, Pixels};

/// Points (1/72 inch) to a pixel (1/96 inch).
const POINTS: f32 = 0.75;

/// The longest side of a page, in points (ISO 32000-1, annex C).
const LONGEST_SIDE: f32 = 14_400.0;

/// The most pixels in a figure, as for a PNG.
const MAX_PIXELS: f64 = 100e6;

/// The pixels of an image of text to each of the figure's, and the most on a side.
const TEXT_PIXELS: f32 = 4.0;
const MOST_TEXT_PIXELS: f32 = 4096.0;

/// The figure as a PDF file, each of its pixels 0.75 points, or fewer where its page would be longer than 14,400.
///
/// The same figure gives the same bytes if all its letters are in the given fonts.
///
/// # Errors
/// [`PictureError::Size`] for a figure without pixels or with too many; the others if a library fails.
pub fn pdf(figure: &Figure, fonts: &Fonts) -> Result<Vec<u8>, PictureError> {
    let [width, height] = figure.size;
    if !(width >= 1.0 && height >= 1.0 && f64::from(width) * f64::from(height) <= MAX_PIXELS) {
        return Err(PictureError::Size { width, height });
    }
    let scale = POINTS.min(LONGEST_SIDE / width.max(height));
    let (under, over) = (tree(figure, fonts, Layer::Under)?, tree(figure, fonts, Layer::Over)?);
    let [regions, leaves] = [&under, &over].map(|tree| leaves_of(tree.root()));
    let texts =
        leaves.iter().filter_map(|leaf| if let Node::Text(text) = leaf { Some(&**text) } else { None });
    let faces = Faces::of(over.fontdb(), texts);

    let mut page = Page::new(figure.size, scale);
    page.background(figure.background);
    draw_leaves(&mut page, &faces, &regions);
    draw_marks(&mut page, &figure.marks, figure.size);
    draw_leaves(&mut page, &faces, &leaves);
    Ok(file(figure, scale, page, &faces))
}

fn draw_leaves(page: &mut Page<'_>, faces: &Faces, leaves: &[&Node]) {
    for leaf in leaves {
        match leaf {
            Node::Path(path) => page.path(path),
            Node::Text(text) => draw_text(page, faces, leaf, text),
            Node::Group(_) | Node::Image(_) => {}
        }
    }
}

/// Everything in a group and the groups in it, the lowest first.
fn leaves_of(group: &usvg::Group) -> Vec<&Node> {
    let mut leaves = Vec::new();
    add_leaves(group, &mut leaves);
    leaves
}

fn add_leaves<'a>(group: &'a usvg::Group, leaves: &mut Vec<&'a Node>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => add_leaves(inner, leaves),
            leaf => leaves.push(leaf),
        }
    }
}

fn draw_marks<'a>(page: &mut Page<'a>, marks: &'a Marks, [width, height]: [f32; 2]) {
    match marks {
        Marks::Discs(discs) => discs.iter().for_each(|disc| page.disc(disc)),
        Marks::Picture(image) => {
            let bytes = Cow::Borrowed(image.bytes());
            let pixels = Pixels { width: image.width(), height: image.height(), bytes };
            page.image(pixels, Transform::from_scale(width, height));
        }
    }
}

fn draw_text(page: &mut Page<'_>, faces: &Faces, leaf: &Node, text: &usvg::Text) {
    if let Some(drawings) = faces.drawings(text) {
        for drawing in &drawings {
            page.text(drawing);
        }
        return;
    }
    let parts = text.flattened().children();
    if parts.iter().all(|part| matches!(part, Node::Path(_))) {
        for part in parts {
            if let Node::Path(path) = part {
                page.path(path);
            }
        }
    } else if let Some((pixels, place)) = text_image(leaf, text) {
        page.image(pixels, place);
    }
}

/// A text drawn as in a PNG, and from the unit square to its place.
fn text_image(leaf: &Node, text: &usvg::Text) -> Option<(Pixels<'static>, Transform)> {
    let (bounds, on_page) = (text.stroke_bounding_box(), text.abs_stroke_bounding_box());
    let scale = TEXT_PIXELS.min(MOST_TEXT_PIXELS / bounds.width().max(bounds.height()));
    let [width, height] = [bounds.width(), bounds.height()].map(|side| (side * scale).ceil().max(1.0));
    let mut pixmap = Pixmap::new(width as u32, height as u32)?;
    // The library moves what it draws from its place on the page, but does not turn it.
    let shift = [on_page.x() - bounds.x(), on_page.y() - bounds.y()];
    let transform = Transform::from_scale(scale, scale).pre_translate(shift[0], shift[1]);
    resvg::render_node(leaf, transform, &mut pixmap.as_mut())?;
    let place =
        text.abs_transform().pre_translate(bounds.x(), bounds.y()).pre_scale(width / scale, height / scale);
    let pixels = Pixels { width: width as usize, height: height as usize, bytes: pixmap.take().into() };
    Some((pixels, place))
}

/// The file around a page.
fn file(figure: &Figure, scale: f32, mut page: Page<'_>, faces: &Faces) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let [catalog, pages, id, content, info] = [(); 5].map(|()| next.bump());
    pdf.catalog(catalog).pages(pages).viewer_preferences().display_doc_title(figure.title.is_some());
    pdf.pages(pages).kids([id]).count(1);
    let mut about = pdf.document_info(info);
    about.creator(TextStr("Lexiscope"));
    if let Some(title) = &figure.title {
        about.title(TextStr(title));
    }
    about.finish();

    let fonts: Vec<Ref> = faces.faces.iter().map(|face| embed::font(&mut pdf, &mut next, face)).collect();
    let (images, alphas) = (std::mem::take(&mut page.images), std::mem::take(&mut page.alphas));
    let images: Vec<Ref> = images.iter().map(|pixels| embed::image(&mut pdf, &mut next, pixels)).collect();
    let alphas: Vec<(u8, Ref)> =
        alphas.iter().map(|&alpha| (alpha, embed::opacity(&mut pdf, &mut next, alpha))).collect();

    let mut written = pdf.page(id);
    let [width, height] = figure.size.map(|side| (side * scale).min(LONGEST_SIDE));
    written.parent(pages).media_box(Rect::new(0.0, 0.0, width, height)).contents(content);
    // Without this, readers that know printing inks may mix translucent colors in these.
    written.group().transparency().isolated(true).color_space().device_rgb();
    let mut resources = written.resources();
    add_named(resources.fonts(), page::font_name, &fonts);
    add_named(resources.x_objects(), page::image_name, &images);
    let mut states = resources.ext_g_states();
    for (alpha, id) in alphas {
        states.pair(Name(page::alpha_name(alpha).as_bytes()), id);
    }
    states.finish();
    resources.finish();
    written.finish();
    pdf.stream(content, &embed::deflated(&page.finish())).filter(Filter::FlateDecode);
    pdf.finish()
}

/// Says by what names a page calls resources of one kind.
fn add_named(mut entries: Dict<'_>, name: fn(usize) -> String, refs: &[Ref]) {
    for (index, &id) in refs.iter().enumerate() {
        entries.pair(Name(name(index).as_bytes()), id);
    }
}

#[cfg(test)]
mod tests;
