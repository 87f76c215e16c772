//! Sets of rows that are cheap to copy and that a person can read in a session file: `"3, 8-10, 70000"`.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use roaring::RoaringBitmap;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// The greatest row that a set from a file may name: a range without bounds would fill the memory before anybody could
/// compare it with a table.
const GREATEST: u32 = (1 << 28) - 1;

/// Rows of a table, counted from 0, shared so that a view is cheap to copy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowSet(Arc<RoaringBitmap>);

impl Deref for RowSet {
    type Target = RoaringBitmap;

    fn deref(&self) -> &RoaringBitmap {
        &self.0
    }
}

impl From<RoaringBitmap> for RowSet {
    fn from(rows: RoaringBitmap) -> Self {
        Self(Arc::new(rows))
    }
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        RoaringBitmap::from_iter(rows).into()
    }
}

/// Single rows and ranges of them, ascending.
impl fmt::Display for RowSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = self.iter().peekable();
        let mut separator = "";
        while let Some(first) = rows.next() {
            let mut last = first;
            while let Some(next) = rows.next_if(|&next| next == last + 1) {
                last = next;
            }
            match last - first {
                0 => write!(f, "{separator}{first}")?,
                1 => write!(f, "{separator}{first}, {last}")?,
                _ => write!(f, "{separator}{first}-{last}")?,
            }
            separator = ", ";
        }
        Ok(())
    }
}

/// Reads what [`RowSet`] writes.
fn parse(text: &str) -> Result<RoaringBitmap, String> {
    let number = |text: &str| {
        let row: u32 = text.trim().parse().map_err(|_| format!("“{}” is no row number", text.trim()))?;
        known(row)
    };
    let mut rows = RoaringBitmap::new();
    for part in text.split(',').filter(|part| !part.trim().is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(format!("the rows {first}-{last} run backward"));
        }
        rows.insert_range(first..=last);
    }
    Ok(rows)
}

fn known(row: u32) -> Result<u32, String> {
    if row <= GREATEST { Ok(row) } else { Err(format!("no table has a row {row}")) }
}

impl Serialize for RowSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RowSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextOrList)
    }
}

/// Files of before have a list of numbers.
struct TextOrList;

impl<'de> Visitor<'de> for TextOrList {
    type Value = RowSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows such as \"3, 8-10\", or a list of row numbers")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RowSet, E> {
        parse(text).map(RowSet::from).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RowSet, A::Error> {
        let mut rows = RoaringBitmap::new();
        while let Some(row) = list.next_element()? {
            rows.insert(known(row).map_err(de::Error::custom)?);
        }
        Ok(rows.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_written_as_ranges_and_lists_are_read_too() {
        let rows: RowSet = [3, 8, 9, 10, 70_000, 70_001].into_iter().collect();
        assert_eq!(serde_json::to_string(&rows).unwrap(), r#""3, 8-10, 70000, 70001""#);
        assert_eq!(serde_json::from_str::<RowSet>("[10, 9, 8, 3, 70001, 70000]").unwrap(), rows);
        assert_eq!(serde_json::from_str::<RowSet>(r#"" 3,8-10 ,70000-70001,""#).unwrap(), rows);
        assert_eq!(serde_json::to_string(&RowSet::default()).unwrap(), r#""""#);
        assert!(serde_json::from_str::<RowSet>(r#""""#).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_row_is_refused_with_its_reason() {
        for (text, reason) in [
            (r#""cat""#, "“cat” is no row number"),
            (r#""9-3""#, "run backward"),
            (r#""0-4294967295""#, "no table has a row"),
            ("[4294967295]", "no table has a row"),
            ("7", "rows such as"),
        ] {
            let error = serde_json::from_str::<RowSet>(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn sets_come_back_as_they_were_written(rows in proptest::collection::btree_set(0_u32..200, 0..80)) {
            let rows: RowSet = rows.into_iter().collect();
            let text = serde_json::to_string(&rows).unwrap();
            prop_assert_eq!(serde_json::from_str::<RowSet>(&text).unwrap(), rows);
        }
    }
}
