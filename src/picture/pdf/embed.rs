//! The parts of a PDF that a page refers to: fonts, images, opacities.
//!
//! Fonts are Type 0 fonts with two-byte codes (ISO 32000-1, 9.7), each with a map from its codes to Unicode (9.10.3).

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Str};
use skrifa::{FontRef, Tag};

use super::faces::{Face, Kind};
use super::page::Pixels;

/// Codes are glyphs of the font at hand and of no character collection.
const IDENTITY: SystemInfo =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A map to Unicode: its name, and what it maps to.
const UNICODE: SystemInfo = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
const UNICODE_NAME: Name = Name(b"Adobe-Identity-UCS");

/// Bytes packed as zlib does it.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

/// Writes a font and returns its reference.
pub(super) fn font(chunk: &mut Chunk, next: &mut Ref, face: &Face) -> Ref {
    let [id, cid_font, descriptor, file, unicode] = [(); 5].map(|()| next.bump());
    let file_bytes = embedded(face);
    let name = format!("{}+{}", subset_tag(&file_bytes), face.name);
    let name = Name(name.as_bytes());
    chunk
        .type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid_font)
        .to_unicode(unicode);

    let glyph_numbers = (face.kind == Kind::TrueType).then(|| next.bump());
    let mut cid = chunk.cid_font(cid_font);
    cid.base_font(name).system_info(IDENTITY).font_descriptor(descriptor).default_width(0.0);
    cid.widths().consecutive(0, face.glyphs.iter().map(|glyph| glyph.width));
    match glyph_numbers {
        Some(map) => cid.subtype(CidFontType::Type2).cid_to_gid_map_stream(map),
        None => cid.subtype(CidFontType::Type0),
    };
    cid.finish();
    if let Some(map) = glyph_numbers {
        let numbers: Vec<u8> = face.glyphs.iter().flat_map(|glyph| glyph.id.to_be_bytes()).collect();
        chunk.stream(map, &deflated(&numbers)).filter(Filter::FlateDecode);
    }

    write_descriptor(chunk, descriptor, face, name, file);
    let packed = deflated(&file_bytes);
    let mut stream = chunk.stream(file, &packed);
    stream.filter(Filter::FlateDecode);
    match face.kind {
        Kind::TrueType => stream.pair(Name(b"Length1"), file_bytes.len() as i32),
        Kind::Cff => stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
    };
    stream.finish();

    let mut map = UnicodeCmap::new(UNICODE_NAME, UNICODE);
    for (code, glyph) in face.glyphs.iter().enumerate().filter(|(_, glyph)| !glyph.text.is_empty()) {
        map.pair_with_multiple(code as u16, glyph.text.chars());
    }
    chunk.cmap(unicode, &deflated(&map.finish())).filter(Filter::FlateDecode);
    id
}

fn write_descriptor(chunk: &mut Chunk, id: Ref, face: &Face, name: Name, file: Ref) {
    let metrics = &face.metrics;
    let thousandths = |units: f32| (units * 1000.0 / f32::from(metrics.units_per_em)).round();
    let bounds = metrics.bounds.map_or([0.0; 4], |b| [b.x_min, b.y_min, b.x_max, b.y_max].map(thousandths));
    let mut flags = FontFlags::SYMBOLIC;
    flags.set(FontFlags::FIXED_PITCH, metrics.is_monospace);
    flags.set(FontFlags::ITALIC, metrics.italic_angle != 0.0);
    let mut descriptor = chunk.font_descriptor(id);
    descriptor
        .name(name)
        .flags(flags)
        .bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]))
        .italic_angle(metrics.italic_angle)
        .ascent(thousandths(metrics.ascent))
        .descent(thousandths(metrics.descent))
        .cap_height(thousandths(metrics.cap_height.unwrap_or(metrics.ascent)))
        // Font files do not say it. Readers use it only to imitate a font that is missing.
        .stem_v(10.0 + 0.244 * (f32::from(face.weight) - 50.0));
    match face.kind {
        Kind::TrueType => descriptor.font_file2(file),
        Kind::Cff => descriptor.font_file3(file),
    };
}

/// What of a font file is embedded: all of it, or its one table of outlines.
fn embedded(face: &Face) -> Vec<u8> {
    let table = match face.kind {
        Kind::TrueType => None,
        Kind::Cff => FontRef::new(&face.file).ok().and_then(|font| font.table_data(Tag::new(b"CFF "))),
    };
    table.map_or_else(|| face.file.clone(), |table| table.as_bytes().to_vec())
}

/// Six letters that tell a font with some of its glyphs from others with others (ISO 32000-1, 9.6.4), the same for the
/// same file: its FNV-1a hash (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn subset_tag(file: &[u8]) -> String {
    let hash = file.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (0..6).map(|place| char::from(b'A' + (hash / 26u64.pow(place) % 26) as u8)).collect()
}

/// Writes an image, its colors no longer premultiplied, with its opacities beside it, and returns its reference.
pub(super) fn image(chunk: &mut Chunk, next: &mut Ref, pixels: &Pixels<'_>) -> Ref {
    let [id, mask] = [(); 2].map(|()| next.bump());
    let mut colors = Vec::with_capacity(pixels.bytes.len() / 4 * 3);
    let mut alphas = Vec::with_capacity(pixels.bytes.len() / 4);
    for &[red, green, blue, alpha] in pixels.bytes.as_chunks::<4>().0 {
        let straight = |part: u8| (u32::from(part) * 255 + u32::from(alpha) / 2) / u32::from(alpha).max(1);
        colors.extend([red, green, blue].map(|part| straight(part).min(255) as u8));
        alphas.push(alpha);
    }
    for (id, samples, mask) in [(id, colors, Some(mask)), (mask, alphas, None)] {
        let packed = deflated(&samples);
        let mut image = chunk.image_xobject(id, &packed);
        image.filter(Filter::FlateDecode).pair(Name(b"Interpolate"), true);
        image.width(pixels.width as i32).height(pixels.height as i32).bits_per_component(8);
        match mask {
            Some(mask) => {
                image.color_space().device_rgb();
                image.s_mask(mask);
            }
            None => image.color_space().device_gray(),
        }
    }
    id
}

/// Writes an opacity, of lines and surfaces alike, and returns its reference.
pub(super) fn opacity(chunk: &mut Chunk, next: &mut Ref, alpha: u8) -> Ref {
    let id = next.bump();
    // Three digits say a byte exactly.
    let share = (f32::from(alpha) / 255.0 * 1000.0).round() / 1000.0;
    chunk.ext_graphics(id).stroking_alpha(share).non_stroking_alpha(share);
    id
}
