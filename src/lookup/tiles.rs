//! A matrix as a picture, in tiles: only the numbers that are seen are read and widened.
//!
//! A number becomes a code between −127 and 127 by the square root of its share of a full one, which keeps the many small
//! numbers apart; −128 stands for what is not finite. Colors are left to whoever draws.

use crate::vectors::Table;

/// A tile has so many rows and columns at most.
pub const ROWS: usize = 64;
pub const COLUMNS: usize = 512;

/// How many rows are looked at to find out how large numbers are.
const SAMPLE: usize = 1024;

/// So many of the sampled numbers are below the one that gets the full color.
const BELOW: f64 = 0.999;

/// Which part of the picture a tile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// The tile's place in the picture, counted in tiles.
    pub band: u32,
    pub strip: u32,
    /// Of so many rows, and columns, one is drawn: 1 draws all.
    pub stride: [u32; 2],
}

impl Part {
    /// The tile's own rows and columns in a matrix of `rows` × `columns`, in that order: the places that are drawn.
    #[must_use]
    pub fn places(self, rows: usize, columns: usize) -> [Vec<usize>; 2] {
        let along = |tile: u32, size: usize, stride: u32, count: usize| {
            let first = tile as usize * size * stride as usize;
            (first..count).step_by(stride.max(1) as usize).take(size).collect()
        };
        [along(self.band, ROWS, self.stride[0], rows), along(self.strip, COLUMNS, self.stride[1], columns)]
    }
}

/// A part of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub part: Part,
    /// Rows and columns.
    pub size: [usize; 2],
    /// A code for each number, row after row.
    pub codes: Vec<i8>,
}

/// The code of what is no finite number.
pub const NOT_FINITE: i8 = i8::MIN;

/// The code of a number where `full` gets the full color.
#[must_use]
pub fn code(value: f32, full: f32) -> i8 {
    if !value.is_finite() {
        return NOT_FINITE;
    }
    let share = (value.abs() / full.max(f32::MIN_POSITIVE)).min(1.0);
    (share.sqrt() * 127.0).round().copysign(value) as i8
}

/// The absolute value that gets the full color: 999 of 1,000 numbers in rows spread over the whole table are below it.
#[must_use]
pub fn full(table: &Table) -> f32 {
    let (rows, dims) = (table.rows(), table.dims());
    let count = rows.min(SAMPLE);
    // Wide rows are looked at in part: a sample of a million numbers is enough.
    let stride = (count * dims).div_ceil(1 << 20).max(1);
    let mut values: Vec<f32> = (0..count)
        .flat_map(|i| {
            let row = table.row(i * rows / count);
            row.iter().skip(i % stride).step_by(stride).map(|x| x.abs()).collect::<Vec<_>>()
        })
        .filter(|x| x.is_finite() && *x > 0.0)
        .collect();
    if values.is_empty() {
        return 1.0;
    }
    let place = ((values.len() - 1) as f64 * BELOW).ceil() as usize;
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}

/// Reads a part of the picture, with the numbers that the file has. `row_at` says which row stands at each place.
#[must_use]
pub fn read(table: &Table, row_at: impl Fn(usize) -> usize, part: Part, full: f32) -> Tile {
    let [rows, columns] = part.places(table.rows(), table.dims());
    let mut codes = Vec::with_capacity(rows.len() * columns.len());
    for &place in &rows {
        let row = table.row_as_stored(row_at(place));
        codes.extend(columns.iter().map(|&column| code(row[column], full)));
    }
    Tile { part, size: [rows.len(), columns.len()], codes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: usize, dims: usize) -> Table {
        let values = (0..rows * dims).map(|i| ((i * 7_919) % 2_003) as f32 / 1_000.0 - 1.0).collect();
        Table::from_f32(vec![String::new(); rows], values, dims)
    }

    #[test]
    fn codes_keep_sign_and_order() {
        assert_eq!([code(0.0, 2.0), code(2.0, 2.0), code(-9.0, 2.0), code(0.5, 2.0)], [0, 127, -127, 64]);
        assert_eq!(
            [code(f32::NAN, 1.0), code(-f32::INFINITY, 1.0), code(1.0, 0.0)],
            [NOT_FINITE, NOT_FINITE, 127]
        );
    }

    #[test]
    fn the_full_color_leaves_out_a_few_large_numbers() {
        let mut values = vec![0.5; 100_000];
        values[7] = -4_000.0;
        let found = full(&Table::from_f32(vec![String::new(); 1_000], values, 100));
        assert_eq!(found.to_bits(), 0.5_f32.to_bits());
        assert_eq!(full(&Table::from_f32(vec![String::new()], vec![0.0], 1)).to_bits(), 1.0_f32.to_bits());
    }

    proptest! {
        /// Every number of a matrix is in one tile, at its place.
        #[test]
        fn tiles_make_up_the_picture(rows in 1_usize..200, dims in 1_usize..1_100, stride in [1_u32..4, 1_u32..4]) {
            let table = table(rows, dims);
            let (high, wide) = (rows.div_ceil(stride[0] as usize), dims.div_ceil(stride[1] as usize));
            let mut seen = vec![false; high * wide];
            for band in 0..high.div_ceil(ROWS) {
                for strip in 0..wide.div_ceil(COLUMNS) {
                    let part = Part { band: band as u32, strip: strip as u32, stride };
                    let tile = read(&table, |place| rows - 1 - place, part, 1.0);
                    for (i, &found) in tile.codes.iter().enumerate() {
                        let (y, x) = (band * ROWS + i / tile.size[1], strip * COLUMNS + i % tile.size[1]);
                        let row = rows - 1 - y * stride[0] as usize;
                        prop_assert_eq!(found, code(table.row(row)[x * stride[1] as usize], 1.0));
                        prop_assert!(!std::mem::replace(&mut seen[y * wide + x], true));
                    }
                }
            }
            prop_assert!(seen.into_iter().all(|seen| seen));
        }
    }
}
