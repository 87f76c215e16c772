//! The matrix as a picture, tile by tile: what is seen is read, and nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use super::Sorted;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::lookup::order::Standing;
use crate::lookup::tiles::{self, NOT_FINITE, Part, Tile};
use crate::progress::Cancelled;
use crate::vectors::Table;

/// So many tiles are kept; those that are seen always are.
const KEPT: usize = 512;

/// So many tiles are read at a time, so that the first ones are seen soon.
const AT_ONCE: usize = 24;

/// The tiles that are known of a matrix in one order.
pub struct Picture {
    full: Latest<(), f32>,
    reading: Latest<(u32, Vec<Part>), Vec<Arc<Tile>>>,
    known: HashMap<Part, Arc<Tile>>,
    wanted: Vec<Part>,
    order: Option<Same<Sorted>>,
    generation: u32,
    shows_not_finite: bool,
}

impl Picture {
    /// A picture of which nothing is known yet, and whose tiles are none of those of `former`.
    pub(super) fn after(former: u32) -> Self {
        Self {
            full: Latest::new("How large numbers are"),
            reading: Latest::new("Reading rows"),
            known: HashMap::new(),
            wanted: Vec::new(),
            order: None,
            generation: former + 1,
            shows_not_finite: false,
        }
    }

    /// Says which parts are seen, the most wanted first.
    pub(in crate::app) fn want(&mut self, parts: Vec<Part>) {
        self.wanted = parts;
    }

    /// Reads what is wanted and not known yet.
    pub(super) fn ask(&mut self, table: &Arc<Table>, order: Option<Arc<Sorted>>, wake: &Wake) {
        let rows = Arc::clone(table);
        self.full.ask((), wake, move |_| Ok(tiles::full(&rows)));
        let Some(full) = self.full() else { return };
        let order = order.filter(|order| order.is_ok());
        let same = order.clone().map(Same);
        if self.order != same {
            self.order = same;
            self.generation += 1;
            self.known.clear();
            self.reading.clear();
        }
        self.take_up();
        // What is being read is waited for: it takes milliseconds, and given up at each step of a scroll nothing would ever come.
        if self.reading.progress().is_some() {
            return;
        }
        let missing = self.wanted.iter().filter(|part| !self.known.contains_key(part));
        let missing: Vec<Part> = missing.take(AT_ONCE).copied().collect();
        if missing.is_empty() {
            return;
        }
        let (rows, parts) = (Arc::clone(table), missing.clone());
        self.reading.ask((self.generation, missing), wake, move |progress| {
            let standing = Standing(order.as_deref().and_then(|sorted| sorted.as_ref().ok()));
            let row_at = |place: usize| standing.row_at(place) as usize;
            let read = |part: &Part| {
                progress.check()?;
                Ok(Arc::new(tiles::read(&rows, row_at, *part, full)))
            };
            parts.iter().map(read).collect::<Result<Vec<_>, Cancelled>>()
        });
    }

    /// Takes up the tiles that were read.
    fn take_up(&mut self) {
        let current = self.reading.answered().is_some_and(|(generation, _)| *generation == self.generation);
        let Some(read) = self.reading.newest().filter(|_| current) else { return };
        self.shows_not_finite |= read.iter().any(|tile| tile.codes.contains(&NOT_FINITE));
        self.known.extend(read.iter().map(|tile| (tile.part, Arc::clone(tile))));
        if self.known.len() > KEPT {
            let wanted: std::collections::HashSet<&Part> = self.wanted.iter().collect();
            self.known.retain(|part, _| wanted.contains(part));
        }
        self.reading.clear();
    }

    /// A part of the picture, once it was read.
    pub fn tile(&self, part: Part) -> Option<&Arc<Tile>> {
        self.known.get(&part)
    }

    /// Changes whenever there is another matrix, or its rows come to stand in another order: tiles from before are of another
    /// picture.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether numbers have come into sight that are not finite.
    pub fn shows_not_finite(&self) -> bool {
        self.shows_not_finite
    }

    /// The absolute value that gets the full color.
    pub fn full(&self) -> Option<f32> {
        self.full.newest().map(|full| **full)
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let own: [&dyn Slot; 2] = [&self.full, &self.reading];
        own.into_iter()
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let own: [&mut dyn Slot; 2] = [&mut self.full, &mut self.reading];
        own.into_iter()
    }
}
