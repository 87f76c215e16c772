//! What rows mean to each other: which are near, how they are arranged, and what arithmetic does with them.

pub mod analogy;
pub mod arithmetic;
pub mod axes;
pub mod clusters;
pub mod comparison;
mod correlation;
pub mod evaluation;
pub mod faithfulness;
pub mod formula;
pub mod knn;
pub mod metric;
pub mod nearness;
pub mod neighbors;
pub mod parallel;
mod plane;
pub mod projection;
mod ranking;
pub mod relations;
mod rows;
pub mod shepard;

pub use faithfulness::Faithfulness;
pub use knn::{KnnGraph, knn_graph};
pub use metric::Metric;
pub use neighbors::Neighbor;
pub use rows::table_of;
pub use shepard::Shepard;

#[cfg(test)]
mod reference;
