//! Thrift's compact protocol, gone through without trust: what is there is compared with what should be.
//!
//! Sources: Thrift's `thrift-compact-protocol.md`; the structures of `parquet.thrift` in parquet-format 2.12. The crate takes a
//! known field for what it should be, whatever its kind says, steps over unknown ones, and counts through lists of truth
//! values without reading a byte for each: where its idea of the bytes parts from theirs, a few of them keep it busy for
//! hours. So every known field has to be of its kind, every entry of a list or a map has to have a byte, and none may be a
//! truth value (none of the format's is).

/// Nobody nests deeper.
const DEEPEST: usize = 32;

/// What a value should be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Truth,
    Int8,
    Int16,
    Int32,
    Int64,
    Double,
    Text,
    Struct(Fields),
    List(&'static Shape),
}

use Shape::{Double, Int8, Int16, Int32, Int64, List, Struct, Text, Truth};

impl Shape {
    /// Whether this is how the protocol marks such a value.
    fn is_marked(self, kind: u8) -> bool {
        match self {
            Truth => matches!(kind, 1 | 2),
            Int8 => kind == 3,
            Int16 => kind == 4,
            Int32 => kind == 5,
            Int64 => kind == 6,
            Double => kind == 7,
            Text => kind == 8,
            List(_) => kind == 9,
            Struct(_) => kind == 12,
        }
    }
}

/// The fields of a structure, by their IDs from 1 on.
pub(super) type Fields = &'static [Shape];

const KEY_VALUE: Shape = Struct(&[Text, Text]);
const STATISTICS: Shape = Struct(&[Text, Text, Int64, Int64, Text, Text, Truth, Truth]);
const EMPTY: Shape = Struct(&[]);
const UNIT: Shape = Struct(&[EMPTY, EMPTY, EMPTY]);
const LOGICAL_TYPE: Shape = Struct(&[
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    Struct(&[Int32, Int32]),
    EMPTY,
    Struct(&[Truth, UNIT]),
    Struct(&[Truth, UNIT]),
    // Reserved.
    EMPTY,
    Struct(&[Int8, Truth]),
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    EMPTY,
    Struct(&[Int8]),
    Struct(&[Text]),
    Struct(&[Text, Int32]),
    EMPTY,
]);
const SCHEMA_ELEMENT: Shape =
    Struct(&[Int32, Int32, Int32, Text, Int32, Int32, Int32, Int32, Int32, LOGICAL_TYPE]);
const BOUNDING_BOX: Shape = Struct(&[Double; 8]);
const COLUMN_META_DATA: Shape = Struct(&[
    Int32,
    List(&Int32),
    List(&Text),
    Int32,
    Int64,
    Int64,
    Int64,
    List(&KEY_VALUE),
    Int64,
    Int64,
    Int64,
    STATISTICS,
    List(&Struct(&[Int32, Int32, Int32])),
    Int64,
    Int32,
    Struct(&[Int64, List(&Int64), List(&Int64)]),
    Struct(&[BOUNDING_BOX, List(&Int32)]),
]);
const COLUMN_CHUNK: Shape = Struct(&[Text, Int64, COLUMN_META_DATA, Int64, Int32, Int64, Int32, EMPTY, Text]);
const ROW_GROUP: Shape =
    Struct(&[List(&COLUMN_CHUNK), Int64, Int64, List(&Struct(&[Int32, Truth, Truth])), Int64, Int64, Int16]);

/// The list of contents at a file's end.
pub(super) const FILE_META_DATA: Fields = &[
    Int32,
    List(&SCHEMA_ELEMENT),
    Int64,
    List(&ROW_GROUP),
    List(&KEY_VALUE),
    Text,
    List(&Struct(&[EMPTY, EMPTY])),
    EMPTY,
    Text,
];

/// What stands before each page.
pub(super) const PAGE_HEADER: Fields = &[
    Int32,
    Int32,
    Int32,
    Int32,
    Struct(&[Int32, Int32, Int32, Int32, STATISTICS]),
    EMPTY,
    Struct(&[Int32, Int32, Truth]),
    Struct(&[Int32, Int32, Int32, Int32, Int32, Int32, Truth, STATISTICS]),
];

/// Goes through a structure that `bytes` begin with, and says how long it is; `None` if it cannot be. `each` gets the whole
/// numbers in it, with the IDs of the fields that lead there.
pub(super) fn go_through(bytes: &[u8], fields: Fields, each: &mut dyn FnMut(&[i16], i64)) -> Option<usize> {
    let mut compact = Compact { bytes, at: 0, path: Vec::new(), each };
    compact.fields(fields)?;
    Some(compact.at)
}

struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The IDs of the fields that lead here, and 0 for each list.
    path: Vec<i16>,
    each: &'a mut dyn FnMut(&[i16], i64),
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(bytes).ok()?).filter(|&at| at <= self.bytes.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        self.varint().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// Steps over a structure.
    fn fields(&mut self, shapes: Fields) -> Option<()> {
        let mut field = 0_i16;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0F;
            if kind == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => i16::try_from(self.number()?).ok()?,
                step => field.checked_add(i16::from(step))?,
            };
            let shape = field.checked_sub(1).and_then(|at| shapes.get(usize::try_from(at).ok()?));
            self.path.push(field);
            self.value(kind, shape.copied())?;
            self.path.pop();
        }
    }

    /// Steps over a value.
    fn value(&mut self, kind: u8, shape: Option<Shape>) -> Option<()> {
        if self.path.len() > DEEPEST || shape.is_some_and(|shape| !shape.is_marked(kind)) {
            return None;
        }
        match kind {
            // In a field, the kind is the truth value.
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => {
                let number = self.number()?;
                (self.each)(&self.path, number);
                Some(())
            }
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                let entry = if let Some(List(entry)) = shape { Some(*entry) } else { None };
                self.entries(count, &[(head & 0x0F, entry)])
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                self.entries(count, &[(kinds >> 4, None), (kinds & 0x0F, None)])
            }
            12 => self.fields(if let Some(Struct(fields)) = shape { fields } else { &[] }),
            13 => self.skip(16),
            _ => None,
        }
    }

    /// Steps over so many entries of a list or a map, each of which has such values.
    fn entries(&mut self, count: u64, values: &[(u8, Option<Shape>)]) -> Option<()> {
        if count == 0 {
            return Some(());
        }
        if count > (self.bytes.len() - self.at) as u64 || values.iter().any(|(kind, _)| matches!(kind, 0..=2))
        {
            return None;
        }
        self.path.push(0);
        for _ in 0..count {
            for &(kind, shape) in values {
                self.value(kind, shape)?;
            }
        }
        self.path.pop();
        Some(())
    }
}
