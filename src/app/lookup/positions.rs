//! The vectors of positions, those that a model learned among them, and what they add to a sentence.

use std::sync::Arc;

use super::orders::{Orders, OrdersQuestion};
use super::{Lookup, Matrix};
use crate::app::tokens::said;
use crate::files::Choice;
use crate::jobs::{Same, Wake};
use crate::lookup::learned;
use crate::lookup::positions::sinusoidal;
use crate::lookup::tiles;
use crate::progress::{Cancelled, Progress};
use crate::scene::View;
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::view::{PositionKind, PositionView};
use crate::vectors::{Table, samples};

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
    let names = document.choices.iter().flat_map(|choice| &choice.options).map(|option| &option.name);
    // A file may have several, of which one may belong to another part of the model.
    let mut problem = None;
    for name in names.filter(|name| learned::is_name(name)) {
        let found = part(document, name, progress).unwrap_or_else(|error| {
            problem.get_or_insert(error);
            None
        });
        if let Some(found) = found.filter(|found| found.dims() == dims && !learned::is_of_waves(found)) {
            let unused = learned::unused_rows(found.rows());
            let table = if unused == 0 { found } else { Arc::new(learned::without_first(&found, unused)) };
            let full = tiles::full(&table);
            return Ok(Some(Learned { table, full, unused }));
        }
    }
    problem.map_or(Ok(None), Err)
}

/// Another matrix of a document's file.
fn part(document: &Document, name: &str, progress: &dyn Progress) -> Result<Option<Arc<Table>>, String> {
    match &document.source {
        DocumentSource::Sample(id) => {
            let Some(sample) = samples::find(id) else { return Ok(None) };
            let opened = samples::open_part(sample, name, progress).map_err(|error| error.to_string())?;
            Ok(Some(Arc::new(opened.table)))
        }
        DocumentSource::File(path) | DocumentSource::Part(path, _) => {
            // The parts that lead to this file, and this matrix of it instead of that of the tokens.
            let mut parts = document.source.parts().to_vec();
            let chosen: Vec<&str> = document.choices.iter().map(Choice::name).collect();
            parts.retain(|part| chosen.last().is_none_or(|last| last != part));
            parts.push(name.to_owned());
            let opened = document::open(&DocumentSource::file(path.clone(), parts), progress);
            Ok(opened.map_err(|error| error.to_string())?.table)
        }
    }
}
