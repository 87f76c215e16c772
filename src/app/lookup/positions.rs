//! The vectors of positions, those that a model learned among them, and what they add to a sentence.

use std::sync::Arc;

use super::orders::{Orders, OrdersQuestion};
use super::{Lookup, Matrix};
use crate::app::tokens::said;
use crate::jobs::{Same, Wake};
use crate::lookup::positions::sinusoidal;
use crate::lookup::tiles;
use crate::progress::{Cancelled, Progress};
use crate::scene::View;
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::view::{PositionKind, PositionView};
use crate::vectors::Table;

impl Lookup {
    pub(super) fn ask_positions(&mut self, view: &View, matrix: &Matrix, wake: &Wake) {
        let position = &view.matrix.position;
        let dims = matrix.table().dims();
        let (mut positions, mut factor) = (None, 1.0);
        match position.kind {
            PositionKind::Rotary => {}
            PositionKind::Learned => {
                let of = Arc::clone(&matrix.document);
                self.positions.ask((), wake, move |progress| match learned(&of, progress) {
                    Err(_) if progress.is_cancelled() => Err(Cancelled),
                    found => Ok(found),
                });
                let Some(Ok(Some(learned))) = self.positions() else { return };
                positions = Some(Same(Arc::clone(&learned.table)));
            }
            PositionKind::Sinusoidal => {
                self.waves.ask(dims, wake, move |_| Ok(waves(dims)));
                let Some(waves) = self.waves() else { return };
                positions = Some(Same(Arc::clone(waves)));
                factor = if position.scaled { (dims as f32).sqrt() } else { 1.0 };
            }
        }
        let text = Arc::clone(&view.tokens.text);
        let order = position.other(PositionView::words(&text).len());
        let typed_special = view.tokens.typed_special;
        let asked = OrdersQuestion { text, order, typed_special, positions, factor };
        let matrix = matrix.clone();
        self.orders.ask(asked.clone(), wake, move |progress| {
            Ok(match said(Orders::of(&matrix, &asked, progress))? {
                Ok(orders) => orders,
                Err(problem) => Orders { problem: Some(problem), ..Orders::default() },
            })
        });
    }
}

/// The sinusoidal vectors of the first positions.
pub(super) fn waves(dims: usize) -> Table {
    let names = (0..WAVES).map(|position| position.to_string()).collect();
    let values = (0..WAVES).flat_map(|position| sinusoidal(position, dims)).collect();
    Table::from_f32(names, values, dims)
}

/// So many positions are shown as waves.
const WAVES: usize = 256;

/// How models call the matrix of their learned positions.
const POSITIONS: [&str; 5] = [
    "position_embeddings.weight",
    "wpe.weight",
    "position_embd.weight",
    "embed_positions.weight",
    "positions_embed.weight",
];

/// The learned positions of a model.
#[derive(Debug)]
pub struct Learned {
    /// A row for each position, from the first.
    pub table: Arc<Table>,
    /// The absolute value that gets the full color.
    pub full: f32,
    /// How many rows of the file's matrix come before that of the first position: some models keep two for other uses.
    pub unused: usize,
}

/// The learned positions of a model: another matrix of its file, as wide as the first. Nothing where it has none.
fn learned(document: &Document, progress: &dyn Progress) -> Result<Option<Learned>, String> {
    let Some(dims) = document.table.as_ref().map(|table| table.dims()) else { return Ok(None) };
    let options = document.choices.iter().flat_map(|choice| &choice.options);
    let is_known = |name: &&String| POSITIONS.iter().any(|known| name.ends_with(known));
    let Some(name) = options.map(|option| &option.name).find(is_known) else { return Ok(None) };
    let found = match &document.source {
        DocumentSource::Sample(id) => {
            let Some(sample) = crate::vectors::samples::find(id) else { return Ok(None) };
            let opened = crate::vectors::samples::open_part(sample, name, progress);
            Arc::new(opened.map_err(|error| error.to_string())?.table)
        }
        DocumentSource::File(path) | DocumentSource::Part(path, _) => {
            // The parts that lead to this file, and this matrix of it instead of that of the tokens.
            let mut parts = document.source.parts().to_vec();
            let chosen: Vec<&str> = document.choices.iter().map(crate::files::Choice::name).collect();
            parts.retain(|part| chosen.last().is_none_or(|last| last != part));
            parts.push(name.clone());
            let opened = document::open(&DocumentSource::file(path.clone(), parts), progress);
            let Some(table) = opened.map_err(|error| error.to_string())?.table else { return Ok(None) };
            table
        }
    };
    if found.dims() != dims || is_of_waves(&found) {
        return Ok(None);
    }
    // RoBERTa, BART and OPT number positions from 2 on: their matrices have two rows more than positions.
    let unused = if found.rows() > 2 && (found.rows() - 2).is_power_of_two() { 2 } else { 0 };
    let table = if unused == 0 { found } else { Arc::new(without_first(&found, unused)) };
    let full = tiles::full(&table);
    Ok(Some(Learned { table, full, unused }))
}

/// Whether a matrix holds sines and cosines, which some models store though nobody learned them: all rows are √(d/2) long.
fn is_of_waves(table: &Table) -> bool {
    let length = (table.dims() as f32 / 2.0).sqrt();
    (0..table.rows().min(64)).all(|row| {
        let norm = table.norm(row);
        // A row of zeros stands for padding.
        norm == 0.0 || (norm - length).abs() < 1e-2 * length
    })
}

/// The rows of a table but for the first ones, which are numbered anew.
fn without_first(table: &Table, first: usize) -> Table {
    let names = (0..table.rows() - first).map(|position| position.to_string()).collect();
    let values = (first..table.rows()).flat_map(|row| table.row(row).into_owned()).collect();
    Table::from_f32(names, values, table.dims())
}

#[cfg(test)]
mod tests {
    use super::*;

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
