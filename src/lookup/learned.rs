//! The matrix of positions that a model learned: how files call it, and what of it is positions.

use crate::vectors::Table;

/// How models call the matrix of their learned positions.
const NAMES: [&str; 5] = [
    "position_embeddings.weight",
    "wpe.weight",
    "position_embd.weight",
    "embed_positions.weight",
    "positions_embed.weight",
];

/// Whether a file's matrix of this name is one of positions.
#[must_use]
pub fn is_name(name: &str) -> bool {
    NAMES.iter().any(|known| name.ends_with(known))
}

/// How many rows of a matrix come before that of the first position: `RoBERTa`, BART and OPT number positions from 2 on, and
/// have two rows more than positions, which are a power of two.
#[must_use]
pub fn unused_rows(rows: usize) -> usize {
    if rows > 2 && (rows - 2).is_power_of_two() { 2 } else { 0 }
}

/// Whether a matrix holds sines and cosines, which some models store though nobody learned them: all rows are √(d/2) long.
#[must_use]
pub fn is_of_waves(table: &Table) -> bool {
    let length = (table.dims() as f32 / 2.0).sqrt();
    (0..table.rows().min(64)).all(|row| {
        let norm = table.norm(row);
        // A row of zeros stands for padding.
        norm == 0.0 || (norm - length).abs() < 1e-2 * length
    })
}

/// The rows of a table but for the first ones, which are numbered anew.
#[must_use]
pub fn without_first(table: &Table, first: usize) -> Table {
    let names = (0..table.rows() - first).map(|position| position.to_string()).collect();
    let values = (first..table.rows()).flat_map(|row| table.row_as_stored(row).into_owned()).collect();
    Table::from_f32(names, values, table.dims())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::positions::sinusoidal;

    #[test]
    fn waves_are_not_taken_for_learned_positions() {
        let names = |count: usize| (0..count).map(|row| row.to_string()).collect::<Vec<_>>();
        let waves = Table::from_f32(names(8), (0..8).flat_map(|at| sinusoidal(at, 16)).collect(), 16);
        assert!(is_of_waves(&waves));
        let learned = Table::from_f32(names(4), (0..12).map(|x| x as f32 / 7.0).collect(), 3);
        assert!(!is_of_waves(&learned));
        let rest = without_first(&learned, 2);
        assert_eq!((rest.rows(), rest.word(0), &*rest.row(1)), (2, "0", &*learned.row(3)));
    }
}
