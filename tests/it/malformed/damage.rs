//! What can go wrong with a file, done to it systematically.

use std::collections::BTreeSet;

use super::build::{Build, Size};

/// At most so many files come of one kind of damage to one file; where there would be more, they are spread evenly.
const OF_A_KIND: usize = 10;

/// Wrong sizes are the most dangerous.
const OF_SIZES: usize = 24;

/// A damaged file, and what was done to it.
pub struct Damaged {
    pub how: String,
    pub bytes: Vec<u8>,
}

/// The file in every damaged form.
pub fn damaged(file: &Build) -> Vec<Damaged> {
    let kinds = [cut(file), texts(file), pieces(file), flipped(file)].map(|all| spread(all, OF_A_KIND));
    let mut seen = BTreeSet::from([file.bytes.clone()]);
    let all = kinds.into_iter().flatten().chain(spread(sizes(file), OF_SIZES));
    all.filter(|damaged| seen.insert(damaged.bytes.clone())).collect()
}

fn spread(all: Vec<Damaged>, most: usize) -> Vec<Damaged> {
    let count = all.len();
    let keep = |index: usize| count <= most || index * most / count != (index + 1) * most / count;
    all.into_iter().enumerate().filter(|(index, _)| keep(*index)).map(|(_, damaged)| damaged).collect()
}

/// Cut off where pieces end, and a byte before and after.
fn cut(file: &Build) -> Vec<Damaged> {
    let places: BTreeSet<usize> = file
        .ends
        .iter()
        .flat_map(|end| [end.saturating_sub(1), *end, end + 1])
        .chain([1, file.bytes.len().saturating_sub(1)])
        .filter(|at| (1..file.bytes.len()).contains(at))
        .collect();
    let cut = |at| Damaged { how: format!("cut off at byte {at}"), bytes: file.bytes[..at].to_vec() };
    places.into_iter().map(cut).collect()
}

/// Each declared size made none, less, more, much more, the most there is, and written in the other byte order.
fn sizes(file: &Build) -> Vec<Damaged> {
    let mut all = Vec::new();
    let mut swapped = file.bytes.clone();
    for size in &file.sizes {
        let place = size.place();
        let bytes = &file.bytes[place.clone()];
        let mut forms: Vec<Vec<u8>> = Vec::new();
        match size {
            Size::Decimal(_) => {
                let value: u128 = std::str::from_utf8(bytes).unwrap().parse().unwrap();
                let numbers = [
                    value + 1,
                    value.saturating_sub(1),
                    0,
                    1 << 31,
                    1 << 63,
                    u128::from(u64::MAX),
                    u128::MAX,
                ];
                forms.extend(numbers.map(|number| number.to_string().into_bytes()));
                forms.extend([b"-1".to_vec(), b"1e999".to_vec(), b"".to_vec()]);
            }
            Size::Little(_) => {
                let mut padded = [0; 8];
                padded[..bytes.len()].copy_from_slice(bytes);
                let value = u64::from_le_bytes(padded);
                let top = 1_u64 << (bytes.len() * 8 - 1);
                for value in [
                    value.wrapping_add(1),
                    value.wrapping_sub(1),
                    0,
                    value.wrapping_mul(2).wrapping_add(1_000),
                    top - 1,
                    top,
                    u64::MAX,
                ] {
                    forms.push(value.to_le_bytes()[..bytes.len()].to_vec());
                }
                swapped[place.clone()].reverse();
                forms.push(swapped[place.clone()].to_vec());
            }
        }
        all.extend(forms.into_iter().map(|form| Damaged {
            how: format!("size at byte {} became {:?}", place.start, String::from_utf8_lossy(&form)),
            bytes: [&file.bytes[..place.start], &form, &file.bytes[place.end..]].concat(),
        }));
    }
    all.push(Damaged { how: "all sizes in the other byte order".into(), bytes: swapped });
    all
}

/// Text that is no UTF-8, holds a NUL, or is far too long.
fn texts(file: &Build) -> Vec<Damaged> {
    let mut all = Vec::new();
    for place in &file.texts {
        let forms = [
            ("not UTF-8", vec![0xFF; place.len()]),
            ("NUL", vec![0; place.len()]),
            ("long", vec![b'a'; 70_000]),
        ];
        all.extend(forms.map(|(what, form)| Damaged {
            how: format!("text at byte {} {what}", place.start),
            bytes: [&file.bytes[..place.start], &form, &file.bytes[place.end..]].concat(),
        }));
    }
    all
}

/// Pieces twice, missing, or in another order.
fn pieces(file: &Build) -> Vec<Damaged> {
    let mut ends = file.ends.clone();
    ends.push(file.bytes.len());
    ends.dedup();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let pieces: Vec<&[u8]> = starts.zip(&ends).map(|(start, end)| &file.bytes[start..*end]).collect();
    let mut all = Vec::new();
    for at in 0..pieces.len() {
        let (before, after) = (pieces[..at].concat(), pieces[at + 1..].concat());
        all.push(Damaged { how: format!("piece {at} missing"), bytes: [&before, &after[..]].concat() });
        all.push(Damaged {
            how: format!("piece {at} twice"),
            bytes: [&before, pieces[at], pieces[at], &after].concat(),
        });
        if at + 1 < pieces.len() {
            let rest = pieces[at + 2..].concat();
            let bytes = [&before, pieces[at + 1], pieces[at], &rest].concat();
            all.push(Damaged { how: format!("pieces {at} and {} swapped", at + 1), bytes });
        }
    }
    all.retain(|damaged| !damaged.bytes.is_empty());
    all
}

/// Single bytes inverted, all over the file.
fn flipped(file: &Build) -> Vec<Damaged> {
    let flip = |at: usize| {
        let mut bytes = file.bytes.clone();
        bytes[at] ^= 0xFF;
        Damaged { how: format!("byte {at} inverted"), bytes }
    };
    (0..file.bytes.len()).map(flip).collect()
}
