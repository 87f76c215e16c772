//! Figures as SVG 1.1: <https://www.w3.org/TR/SVG11/>. Words stay text, so that they can be searched and edited.

use std::borrow::Cow;
use std::fmt::Write;

use base64::Engine;
use resvg::usvg;

use super::color::Rgba;
use super::figure::{Disc, Figure, Line, MIDDLE, Marks, Note, Region};
use super::fonts::{Fonts, Weight};
use super::png::{PictureError, encoded};

/// The width of the background-colored line around letters, in font sizes.
const HALO: f32 = 0.22;

/// The sizes of values at lines, in sizes of ordinary text.
const VALUE_SCALE: f32 = 0.86;

/// A part of a figure that is a document of its own when the parts are drawn one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Background,
    /// What lies under the points.
    Under,
    Marks,
    /// Lines, words, titles, legend.
    Over,
}

/// The figure as an SVG document.
///
/// # Errors
/// [`PictureError::Encode`] if the image of many points cannot be written.
pub fn svg(figure: &Figure, fonts: &Fonts) -> Result<String, PictureError> {
    document(figure, fonts, &[Layer::Background, Layer::Under, Layer::Marks, Layer::Over])
}

/// An SVG document with some of a figure's layers.
fn document(figure: &Figure, fonts: &Fonts, layers: &[Layer]) -> Result<String, PictureError> {
    let [width, height] = figure.size.map(number);
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'{}', sans-serif">"#,
        escaped(&fonts.family().replace('\'', "")),
    );
    out.push('\n');
    if let Some(title) = &figure.title {
        let _ = writeln!(out, "<title>{}</title>", escaped(title));
    }
    for layer in layers {
        match layer {
            Layer::Background => {
                let _ = writeln!(
                    out,
                    r#"<rect width="{width}" height="{height}"{}/>"#,
                    paint("fill", figure.background)
                );
            }
            Layer::Under => figure.regions.iter().for_each(|region| write_region(&mut out, region)),
            Layer::Marks => write_marks(&mut out, &figure.marks, [&width, &height])?,
            Layer::Over => write_over(&mut out, figure),
        }
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// The tree of a document with one of a figure's layers, to be drawn.
pub(super) fn tree(figure: &Figure, fonts: &Fonts, layer: Layer) -> Result<usvg::Tree, PictureError> {
    let document = document(figure, fonts, &[layer])?;
    Ok(usvg::Tree::from_str(&document, &fonts.options(&document))?)
}

fn write_region(out: &mut String, region: &Region) {
    let mut data = String::new();
    for ring in region.rings.iter().filter(|ring| ring.iter().all(|&point| is_finite(point))) {
        for (i, &point) in ring.iter().enumerate() {
            let [x, y] = point.map(number);
            let _ = write!(data, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
        }
        data.push('Z');
    }
    let fill = region.fill.map_or_else(|| r#" fill="none""#.to_owned(), |color| paint("fill", color));
    let line = region.line.map_or_else(String::new, |(color, width)| {
        format!(r#"{} stroke-width="{}""#, paint("stroke", color), number(width))
    });
    let _ = writeln!(out, r#"<path d="{data}"{fill}{line}/>"#);
}

fn write_marks(out: &mut String, marks: &Marks, [width, height]: [&str; 2]) -> Result<(), PictureError> {
    match marks {
        Marks::Discs(discs) => {
            out.push_str("<g>\n");
            for disc in discs.iter().filter(|disc| is_finite(disc.at) && disc.radius.is_finite()) {
                write_disc(out, disc);
            }
            out.push_str("</g>\n");
        }
        Marks::Picture(image) => {
            let data = base64::engine::general_purpose::STANDARD.encode(encoded(image)?);
            let _ = writeln!(
                out,
                r#"<image width="{width}" height="{height}" preserveAspectRatio="none" xlink:href="data:image/png;base64,{data}"/>"#
            );
        }
    }
    Ok(())
}

fn write_disc(out: &mut String, disc: &Disc) {
    let [x, y] = disc.at.map(number);
    if let Some(outline) = disc.outline {
        // The line lies outside the disc, so its own middle is half its width further out.
        let _ = write!(
            out,
            r#"<circle cx="{x}" cy="{y}" r="{}" fill="none"{} stroke-width="{}"/>"#,
            number(disc.radius + outline.width / 2.0),
            paint("stroke", outline.color),
            number(outline.width),
        );
    }
    let radius = number(disc.radius);
    let _ = writeln!(out, r#"<circle cx="{x}" cy="{y}" r="{radius}"{}/>"#, paint("fill", disc.color));
}

fn write_over(out: &mut String, figure: &Figure) {
    figure.outlines.iter().for_each(|region| write_region(out, region));
    for line in figure.lines.iter().filter(|line| is_finite(line.from) && is_finite(line.to)) {
        write_line(out, line);
    }
    for line in figure.lines.iter().filter(|line| is_finite(line.from) && is_finite(line.to)) {
        if let Some(value) = &line.value {
            let size = VALUE_SCALE * figure.font_size;
            let middle = [0, 1].map(|axis| f32::midpoint(line.from[axis], line.to[axis]));
            let at = [middle[0], middle[1] + MIDDLE * size];
            let note = Note {
                text: value,
                at,
                font_size: size,
                weight: Weight::Regular,
                color: figure.quiet_ink,
                centered: true,
                upward: false,
            };
            write_text(out, &note, figure.background);
        }
    }
    // The first words matter most, so they lie above.
    for word in figure.words.iter().rev().filter(|word| is_finite(word.rect.min) && is_finite(word.rect.max))
    {
        let at =
            [word.rect.min[0], f32::midpoint(word.rect.min[1], word.rect.max[1]) + MIDDLE * word.font_size];
        let note = Note {
            text: &word.text,
            at,
            font_size: word.font_size,
            weight: word.weight,
            color: word.color,
            centered: false,
            upward: false,
        };
        write_text(out, &note, figure.background);
    }
    for (at, radius, color) in figure.swatches() {
        write_disc(out, &Disc { at, radius, color, outline: None });
    }
    for note in figure.notes() {
        write_text(out, &note, figure.background);
    }
}

/// A line without the gaps at its ends, and its arrowhead; nothing if the gaps leave nothing.
fn write_line(out: &mut String, line: &Line) {
    let (dx, dy) = (line.to[0] - line.from[0], line.to[1] - line.from[1]);
    let length = dx.hypot(dy);
    let head = if line.arrow { 3.0 * line.width + 4.0 } else { 0.0 };
    if length <= 2.0 * line.gap + head {
        return;
    }
    let along = |distance: f32, aside: f32| {
        let (x, y) = (dx / length, dy / length);
        [line.from[0] + x * distance - y * aside, line.from[1] + y * distance + x * aside].map(number)
    };
    let [x1, y1] = along(line.gap, 0.0);
    let [x2, y2] = along(length - line.gap - 0.8 * head, 0.0);
    let _ = writeln!(
        out,
        r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke-width="{}"{}/>"#,
        number(line.width),
        paint("stroke", line.color),
    );
    if line.arrow {
        let corners = [(0.0, 0.0), (head, 0.4 * head), (head, -0.4 * head)];
        let points = corners.map(|(back, aside)| along(length - line.gap - back, aside).join(","));
        let _ = writeln!(out, r#"<polygon points="{}"{}/>"#, points.join(" "), paint("fill", line.color));
    }
}

fn write_text(out: &mut String, note: &Note, halo: Rgba) {
    let [x, y] = note.at.map(number);
    let _ = writeln!(
        out,
        r#"<text xml:space="preserve" x="{x}" y="{y}" font-size="{}" font-weight="{}"{}{}{} stroke-width="{}" stroke-linejoin="round" paint-order="stroke"{}>{}</text>"#,
        number(note.font_size),
        note.weight.number(),
        if note.centered { r#" text-anchor="middle""# } else { "" },
        paint("fill", note.color),
        paint("stroke", halo),
        number(HALO * note.font_size),
        if note.upward { format!(r#" transform="rotate(-90 {x} {y})""#) } else { String::new() },
        escaped(note.text),
    );
}

/// An attribute with a color, and one with its opacity if it is not opaque.
fn paint(attribute: &str, Rgba([red, green, blue, alpha]): Rgba) -> String {
    let mut out = format!(r##" {attribute}="#{red:02x}{green:02x}{blue:02x}""##);
    if alpha < 255 {
        let _ = write!(out, r#" {attribute}-opacity="{}""#, number(f32::from(alpha) / 255.0));
    }
    out
}

/// A number as short as hundredths of a pixel need it.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn is_finite(position: [f32; 2]) -> bool {
    position.iter().all(|c| c.is_finite())
}

/// Text that can stand in XML: markup escaped, white space of any kind a space, and characters that XML 1.0 does not
/// allow (<https://www.w3.org/TR/xml/#charsets>) left out.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |letter: char| {
        !matches!(letter, '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' | '<' | '>' | '&' | '"' | '\'')
    };
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use resvg::usvg::roxmltree::Document;

    use super::super::fonts::tests::fonts;
    use super::super::labels::Rect;
    use super::super::{Image, Outline, Word};
    use super::*;

    const BLACK: Rgba = Rgba::rgb(0, 0, 0);

    fn figure() -> Figure {
        Figure::new([300.0, 200.0], Rgba::rgb(250, 251, 252), BLACK, BLACK)
    }

    fn word(text: &str) -> Word {
        let rect = Rect { min: [10.0, 20.0], max: [50.0, 40.0] };
        Word { text: text.to_owned(), rect, font_size: 14.0, weight: Weight::Regular, color: BLACK }
    }

    proptest! {
        #[test]
        fn any_word_can_be_read_back(text in any::<String>()) {
            let figure = Figure { words: vec![word(&text)], ..figure() };
            let svg = svg(&figure, &fonts()).expect("a document");
            let document = Document::parse(&svg).expect("well-formed XML");
            let node = document.descendants().find(|node| node.has_tag_name("text")).expect("a text");
            let allowed = text.chars().filter(|c| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'));
            let expected: String = allowed.map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }).collect();
            prop_assert_eq!(node.text().unwrap_or(""), expected);
        }
    }

    #[test]
    fn everything_in_the_figure_is_in_the_document() {
        let line = Line {
            from: [0.0, 0.0],
            to: [100.0, 0.0],
            color: BLACK,
            width: 2.0,
            gap: 5.0,
            arrow: true,
            value: Some("0.78".into()),
        };
        let outline = Some(Outline { width: 1.0, color: Rgba([1, 2, 3, 51]) });
        let figure = Figure {
            marks: Marks::Discs(vec![Disc {
                at: [50.0, 60.5],
                radius: 4.0,
                color: Rgba::rgb(255, 0, 16),
                outline,
            }]),
            lines: vec![line],
            words: vec![word("queen")],
            title: Some("A & B".into()),
            x_title: Some("PC 1 · 5.4 % of variance".into()),
            ..figure()
        };
        let text = svg(&figure, &fonts()).expect("a document");
        let document = Document::parse(&text).expect("well-formed XML");
        let all = |tag: &'static str| document.descendants().filter(move |node| node.has_tag_name(tag));
        assert_eq!(all("circle").count(), 2);
        let disc = all("circle").nth(1).expect("a disc");
        assert_eq!(
            ["cx", "cy", "r", "fill"].map(|name| disc.attribute(name)),
            ["50", "60.5", "4", "#ff0010"].map(Some)
        );
        assert_eq!(all("circle").next().and_then(|ring| ring.attribute("stroke-opacity")), Some("0.2"));
        assert_eq!(all("polygon").next().and_then(|head| head.attribute("points")), Some("95,0 85,4 85,-4"));
        let texts: Vec<_> = all("text").filter_map(|node| node.text()).collect();
        assert_eq!(texts, ["0.78", "queen", "A & B", "PC 1 · 5.4 % of variance"]);
        assert_eq!(all("title").next().and_then(|node| node.text()), Some("A & B"));
    }

    #[test]
    fn a_region_is_a_path_of_closed_lines_under_the_points() {
        let outer = vec![[0.0, 0.0], [0.0, 9.0], [9.0, 9.0], [9.0, 0.0]];
        let hole = vec![[3.0, 3.0], [6.0, 3.0], [6.0, 6.0], [3.0, 6.0]];
        let region = Region {
            rings: vec![outer, hole, vec![[f32::NAN, 0.0]]],
            fill: Some(Rgba::rgb(0, 128, 0)),
            line: Some((Rgba([0, 0, 0, 51]), 1.0)),
        };
        let outline = Region { fill: None, rings: vec![vec![[1.0, 1.0], [2.0, 2.0]]], ..region.clone() };
        let disc = Disc { at: [50.0, 60.5], radius: 4.0, color: BLACK, outline: None };
        let figure = Figure {
            regions: vec![region],
            marks: Marks::Discs(vec![disc]),
            outlines: vec![outline],
            ..figure()
        };
        let text = svg(&figure, &fonts()).expect("a document");
        let path = r##"<path d="M0 0L0 9L9 9L9 0ZM3 3L6 3L6 6L3 6Z" fill="#008000" stroke="#000000" stroke-opacity="0.2" stroke-width="1"/>"##;
        assert!(text.contains(path), "{text}");
        assert!(text.find("<path") < text.find("<circle"));
        let over =
            r##"<path d="M1 1L2 2Z" fill="none" stroke="#000000" stroke-opacity="0.2" stroke-width="1"/>"##;
        assert!(text.find("<circle") < text.find(over), "{text}");
    }

    #[test]
    fn what_has_no_place_is_left_out() {
        let nowhere = Disc { at: [f32::NAN, 0.0], radius: 1.0, color: BLACK, outline: None };
        let line = Line {
            from: [f32::INFINITY, 0.0],
            to: [1.0, 1.0],
            color: BLACK,
            width: 1.0,
            gap: 0.0,
            arrow: true,
            value: Some("1".into()),
        };
        let short = Line { from: [1.0, 1.0], to: [1.0, 1.0], value: None, ..line.clone() };
        let figure = Figure { marks: Marks::Discs(vec![nowhere]), lines: vec![line, short], ..figure() };
        let text = svg(&figure, &fonts()).expect("a document");
        assert!(
            !text.contains("NaN")
                && !text.contains("inf")
                && !text.contains("<line")
                && !text.contains("<circle")
        );
    }

    #[test]
    fn an_image_is_embedded_as_it_is() {
        let figure = Figure { marks: Marks::Picture(Image::new(3, 2)), ..figure() };
        let text = svg(&figure, &fonts()).expect("a document");
        let start = text.find("base64,").expect("a data URI") + 7;
        let data = text[start..].split('"').next().expect("its end");
        let bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&bytes).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), (3, 2));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 0.5, -0.001, 100.256, -3.1].map(number), ["1", "0.5", "0", "100.26", "-3.1"]);
    }
}
