//! Small files written piece by piece, which remember where their pieces end, where sizes are declared and where text is.

use std::ops::Range;

/// A file, and the places in it that are worth damaging.
#[derive(Debug, Clone, Default)]
pub struct Build {
    pub bytes: Vec<u8>,
    /// Where one piece ends and the next begins.
    pub ends: Vec<usize>,
    pub sizes: Vec<Size>,
    pub texts: Vec<Range<usize>>,
}

/// A declared size: how it is written, and where.
#[derive(Debug, Clone)]
pub enum Size {
    Little(Range<usize>),
    Decimal(Range<usize>),
}

impl Size {
    pub fn place(&self) -> &Range<usize> {
        match self {
            Self::Little(place) | Self::Decimal(place) => place,
        }
    }
}

impl Build {
    fn put(mut self, bytes: &[u8]) -> (Self, Range<usize>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let end = self.bytes.len();
        (self, start..end)
    }

    /// Bytes with nothing to say about them.
    pub fn raw(self, bytes: impl AsRef<[u8]>) -> Self {
        self.put(bytes.as_ref()).0
    }

    /// The end of a piece.
    pub fn end(mut self) -> Self {
        self.ends.push(self.bytes.len());
        self
    }

    /// A size in `width` bytes, the least first.
    pub fn little(self, size: u64, width: usize) -> Self {
        let (mut build, place) = self.put(&size.to_le_bytes()[..width]);
        build.sizes.push(Size::Little(place));
        build
    }

    /// A size in digits.
    pub fn decimal(self, size: u64) -> Self {
        let (mut build, place) = self.put(size.to_string().as_bytes());
        build.sizes.push(Size::Decimal(place));
        build
    }

    /// Text that should be UTF-8.
    pub fn text(self, text: &str) -> Self {
        let (mut build, place) = self.put(text.as_bytes());
        build.texts.push(place);
        build
    }

    /// Numbers as `f32`, the least byte first.
    pub fn floats(self, values: &[f32]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.raw(bytes)
    }

    /// What another build holds, after what this one holds.
    pub fn then(self, other: &Self) -> Self {
        let by = self.bytes.len();
        let moved = |place: &Range<usize>| place.start + by..place.end + by;
        let mut build = self.raw(&other.bytes);
        build.ends.extend(other.ends.iter().map(|end| end + by));
        build.texts.extend(other.texts.iter().map(moved));
        build.sizes.extend(other.sizes.iter().map(|size| match size {
            Size::Little(place) => Size::Little(moved(place)),
            Size::Decimal(place) => Size::Decimal(moved(place)),
        }));
        build
    }

    /// Text in which every whole number stands for a size, every line ends a piece, and all is text: for JSON and tables.
    pub fn of_text(text: &str) -> Self {
        let mut build = Self::default().raw(text);
        build.ends = text.match_indices(['\n', '{', '[', ',']).map(|(at, _)| at + 1).collect();
        let number = regex::Regex::new(r"\d+").unwrap();
        build.sizes = number.find_iter(text).map(|found| Size::Decimal(found.range())).collect();
        let word = regex::Regex::new(r"[a-z]+").unwrap();
        build.texts = word.find_iter(text).map(|found| found.range()).collect();
        build
    }
}
