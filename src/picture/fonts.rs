//! The fonts of exported pictures, and how wide a text is in them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use resvg::usvg::{self, FontResolver, fontdb};

use super::svg::escaped;

/// The height of a line of text, in font sizes.
const LINE_HEIGHT: f32 = 1.25;

/// How often a better font is looked for when one with a missing letter is slanted, bold or narrow.
const FALLBACK_TRIES: usize = 24;

/// How heavy text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
        }
    }
}

/// A font file could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("font file {index} (counted from 0) holds no usable font; give TrueType or OpenType files")]
pub struct FontError {
    pub index: usize,
}

/// Fonts for [`super::Figure`]s: the given ones, and the system's where those lack a letter.
#[derive(Debug)]
pub struct Fonts {
    given: Arc<fontdb::Database>,
    with_system: OnceLock<Arc<fontdb::Database>>,
    fallbacks: Arc<Mutex<HashMap<char, Option<fontdb::ID>>>>,
    family: String,
}

impl Fonts {
    /// Fonts from whole TrueType or OpenType files; text is set in the family of the first.
    ///
    /// # Errors
    /// [`FontError`] names the file that holds no font.
    pub fn new(files: &[&'static [u8]]) -> Result<Self, FontError> {
        let mut database = fontdb::Database::new();
        for (index, file) in files.iter().enumerate() {
            if database.load_font_source(fontdb::Source::Binary(Arc::new(*file))).is_empty() {
                return Err(FontError { index });
            }
        }
        let first = database.faces().next().and_then(|face| face.families.first());
        let family = first.map(|(name, _)| name.clone()).ok_or(FontError { index: 0 })?;
        Ok(Self {
            given: Arc::new(database),
            with_system: OnceLock::new(),
            fallbacks: Arc::default(),
            family,
        })
    }

    /// The name of the family that text is set in.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The width and the line height of `text` at a font size, in pixels: shaped exactly as it will be drawn.
    pub fn measure(&self, text: &str, size: f32, weight: Weight) -> [f32; 2] {
        let height = size * LINE_HEIGHT;
        let document = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text xml:space="preserve" font-family="{}" font-weight="{}" font-size="{size}">{}</text></svg>"#,
            escaped(&self.family),
            weight.number(),
            escaped(text),
        );
        let tree = usvg::Tree::from_str(&document, &self.options(text));
        let width = tree.ok().and_then(|tree| match tree.root().children().first() {
            Some(usvg::Node::Text(text)) => Some(text.bounding_box().width()),
            _ => None,
        });
        [width.unwrap_or(0.0), height]
    }

    /// What an SVG document with this text is to be read with. The system's fonts are looked for only when needed.
    pub(super) fn options(&self, text: &str) -> usvg::Options<'static> {
        let fontdb = if text.chars().all(is_common) { &self.given } else { self.with_system() };
        let font_resolver = FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: fallback(Arc::clone(&self.fallbacks)),
        };
        usvg::Options {
            fontdb: Arc::clone(fontdb),
            font_resolver,
            font_family: self.family.clone(),
            ..usvg::Options::default()
        }
    }

    fn with_system(&self) -> &Arc<fontdb::Database> {
        self.with_system.get_or_init(|| {
            let mut database = fontdb::Database::clone(&self.given);
            database.load_system_fonts();
            Arc::new(database)
        })
    }
}

/// Whether any text font has this letter: Latin and common punctuation.
fn is_common(letter: char) -> bool {
    matches!(letter, '\u{0}'..='\u{17f}' | '\u{2010}'..='\u{2026}' | '\u{2212}')
}

/// Finds a font for a letter that the fonts in use lack: an upright one of ordinary weight and width if there is any.
fn fallback(known: Arc<Mutex<HashMap<char, Option<fontdb::ID>>>>) -> usvg::FallbackSelectionFn<'static> {
    let any = FontResolver::default_fallback_selector();
    Box::new(move |letter, used, database| {
        let before = known.lock().ok().and_then(|known| known.get(&letter).copied());
        if let Some(found) = before.filter(|found| found.is_none_or(|id| !used.contains(&id))) {
            return found;
        }
        let mut refused = used.to_vec();
        let mut best = None;
        for _ in 0..FALLBACK_TRIES {
            let Some(id) = any(letter, &refused, database) else { break };
            if database.face(id).is_some_and(is_plain) {
                best = Some(id);
                break;
            }
            best = best.or(Some(id));
            refused.push(id);
        }
        if let Ok(mut known) = known.lock() {
            known.insert(letter, best);
        }
        best
    })
}

fn is_plain(face: &fontdb::FaceInfo) -> bool {
    face.style == fontdb::Style::Normal
        && face.stretch == fontdb::Stretch::Normal
        && (350..=450).contains(&face.weight.0)
        && !face.monospaced
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The program's own fonts.
    pub(in crate::picture) fn fonts() -> Fonts {
        Fonts::new(&[
            include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf"),
            include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf"),
        ])
        .expect("the bundled fonts")
    }

    #[test]
    fn width_is_the_sum_of_the_advances() {
        // IBM Plex Sans Regular has 1,000 units to the em; its digits are all 600 wide.
        let fonts = fonts();
        assert_eq!(fonts.family(), "IBM Plex Sans");
        let [width, height] = fonts.measure("0123456789", 20.0, Weight::Regular);
        assert!((width - 120.0).abs() < 0.01, "{width}");
        assert_eq!(height, 25.0);
        let [single, _] = fonts.measure("queen", 10.0, Weight::Regular);
        let [double, _] = fonts.measure("queen", 20.0, Weight::Regular);
        assert!((double - 2.0 * single).abs() < 0.01);
        assert!(fonts.measure("queen", 20.0, Weight::SemiBold)[0] > double);
    }

    #[test]
    fn text_of_any_kind_can_be_measured() {
        let fonts = fonts();
        for nothing in ["", "\u{0}\u{1}\u{fffe}"] {
            assert_eq!(fonts.measure(nothing, 12.0, Weight::Regular)[0], 0.0, "{nothing:?}");
        }
        let plain = fonts.measure("a<b&c>\"d'", 12.0, Weight::Regular)[0];
        assert_eq!(plain, fonts.measure("a<b\u{8}&c>\"d'", 12.0, Weight::Regular)[0]);
        assert!(plain > fonts.measure("a<b&c>\"d", 12.0, Weight::Regular)[0]);
        assert!(
            fonts.measure("a  b", 12.0, Weight::Regular)[0] > fonts.measure("a b", 12.0, Weight::Regular)[0]
        );
    }

    #[test]
    fn what_is_no_font_is_refused() {
        assert_eq!(Fonts::new(&[b"not a font"]).err(), Some(FontError { index: 0 }));
        assert_eq!(Fonts::new(&[]).err(), Some(FontError { index: 0 }));
    }
}
