//! All pairs of a relation of the gallery at once, as arrows that should be parallel.

use super::cloud::Cloud;
use crate::geometry::parallel::Parallelism;
use crate::geometry::relations::{self, known_pairs};
use crate::vectors::Table;

/// The pairs of a relation of which a table has both words.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationReport {
    /// What the gallery calls it.
    pub name: String,
    /// The rows of each pair, from and to.
    pub pairs: Vec<[u32; 2]>,
    /// How parallel the steps are in all dimensions, of rows scaled to length 1 or not, as the map shows them.
    pub parallel: Parallelism,
}

impl RelationReport {
    /// Of the relation called `name`; without pairs where there is no such relation, or the table lacks its words.
    #[must_use]
    pub fn of(table: &Table, name: &str, unit_rows: bool) -> Self {
        let relation = relations::RELATIONS.iter().find(|relation| relation.name == name);
        let pairs: Vec<[u32; 2]> = relation
            .map_or_else(Vec::new, |relation| known_pairs(relation, table))
            .iter()
            .map(|pair| pair.rows)
            .collect();
        let row = |row: u32| -> Vec<f32> {
            let norm = table.norm(row as usize);
            let scale = if unit_rows && norm > 0.0 { norm.recip() } else { 1.0 };
            table.row(row as usize).iter().map(|x| x * scale).collect()
        };
        let steps: Vec<[Vec<f32>; 2]> = pairs.iter().map(|pair| pair.map(row)).collect();
        Self { name: name.to_owned(), pairs, parallel: Parallelism::of(&steps) }
    }

    /// How parallel the arrows are on a map.
    #[must_use]
    pub fn on_map(&self, cloud: &Cloud) -> Parallelism {
        let at = |row: u32| cloud.points.position(row as usize).map(|point| point.to_vec());
        let step = |pair: &[u32; 2]| Some([at(pair[0])?, at(pair[1])?]);
        Parallelism::of(&self.pairs.iter().filter_map(step).collect::<Vec<_>>())
    }

    /// The rows of all its words.
    pub fn points(&self) -> impl Iterator<Item = u32> + '_ {
        self.pairs.iter().flatten().copied()
    }
}
