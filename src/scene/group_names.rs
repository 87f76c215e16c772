//! Names for whole regions of a map: each group's name, where the group prevails.
//!
//! From afar single words tell little, and a group's name tells what lies where. It is written only where most points are
//! the group's: a group that is scattered among others has no region, and so no name on the map.

use super::cloud::Cloud;
use super::coloring::Coloring;
use super::names::RowNames;
use super::palette::CATEGORIES;
use crate::geometry::clusters::Clustering;
use crate::picture::Bounds;

/// With up to so many words on the map all of them can be written, and the regions need no names.
pub const FEW: usize = 400;

/// How many times larger a region's name is written than a word.
pub const LARGER: f32 = 1.3;

/// Squares across the map, in each direction, within which points are counted.
const SIDE: usize = 32;

/// The least share of a group that must lie around a spot for it to stand for the group.
const LEAST_SHARE: f32 = 0.04;

/// The most places that are offered for one name.
const SPOTS: usize = 3;

/// A group's name and where it could be written.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupName {
    pub text: String,
    /// The color of its points; none where they have none in common.
    pub category: Option<usize>,
    /// Places on the map in its own units, the best first; at least one.
    pub spots: Vec<[f32; 2]>,
}

/// The names of a map's regions, those of the largest groups first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupNames(pub Vec<GroupName>);

impl GroupNames {
    /// The names of the categories that the colors stand for; none where they are a scale.
    #[must_use]
    pub fn of_coloring(cloud: &Cloud, coloring: &Coloring) -> Self {
        let entries: Vec<_> =
            coloring.legend.iter().filter(|entry| entry.category.is_some_and(|c| c < CATEGORIES)).collect();
        let group_of = |row: usize| {
            coloring.classes.get(row).map(|&class| usize::from(class)).filter(|&c| c < CATEGORIES)
        };
        // Categories are numbered as the legend lists them.
        let spots = Counts::of(cloud, CATEGORIES, group_of).spots();
        let named = entries.iter().filter_map(|entry| {
            let spots = spots.get(entry.category?)?.clone();
            let name = GroupName { text: entry.name.clone(), category: entry.category, spots };
            (!name.spots.is_empty()).then_some(name)
        });
        Self(named.collect())
    }

    /// The names of clusters, on a map that is colored by something else.
    #[must_use]
    pub fn of_clusters(cloud: &Cloud, clustering: &Clustering, names: &RowNames) -> Self {
        let group_of = |row: usize| clustering.labels.get(row).and_then(|&label| usize::try_from(label).ok());
        let spots = Counts::of(cloud, clustering.clusters.len(), group_of).spots();
        let named = names.of_clusters(clustering).into_iter().zip(spots);
        let named = named.filter(|(_, spots)| !spots.is_empty());
        Self(named.map(|(text, spots)| GroupName { text, category: None, spots }).collect())
    }
}

impl GroupNames {
    /// How strongly the names are written at a zoom, 0 to 1: wholly from afar, and not at all where words tell more.
    #[must_use]
    pub fn strength(zoom: f64) -> f32 {
        const WHOLE: f64 = 1.6;
        const GONE: f64 = 4.0;
        (1.0 - (zoom / WHOLE).ln() / (GONE / WHOLE).ln()).clamp(0.0, 1.0) as f32
    }
}

/// How many points of each group lie in each square, and the sums of their places.
struct Counts {
    groups: usize,
    totals: Vec<f32>,
    /// For each group all squares, row by row: points, and the sums of x and y.
    squares: Vec<[f32; 3]>,
}

impl Counts {
    fn of(cloud: &Cloud, groups: usize, group_of: impl Fn(usize) -> Option<usize>) -> Self {
        let mut counts =
            Self { groups, totals: vec![0.0; groups], squares: vec![[0.0; 3]; groups * SIDE * SIDE] };
        for row in 0..cloud.points.table_rows() {
            let Some(group) = group_of(row).filter(|&group| group < groups) else { continue };
            let Some(point) = cloud.points.position(row) else { continue };
            counts.totals[group] += 1.0;
            if let Some(square) = square(point, &cloud.bounds) {
                let [count, x, y] = &mut counts.squares[group * SIDE * SIDE + square];
                (*count, *x, *y) = (*count + 1.0, *x + point[0], *y + point[1]);
            }
        }
        counts
    }

    /// What lies in a square of a group and in the eight around it.
    fn around(&self, group: usize, square: usize) -> [f32; 3] {
        let (row, column) = (square / SIDE, square % SIDE);
        let mut sum = [0.0; 3];
        for row in row.saturating_sub(1)..=(row + 1).min(SIDE - 1) {
            for column in column.saturating_sub(1)..=(column + 1).min(SIDE - 1) {
                let here = self.squares[(group * SIDE + row) * SIDE + column];
                sum.iter_mut().zip(here).for_each(|(sum, here)| *sum += here);
            }
        }
        sum
    }

    /// For each group the places where it prevails, the fullest first and apart from each other.
    fn spots(&self) -> Vec<Vec<[f32; 2]>> {
        let mut regions: Vec<Vec<(f32, usize)>> = vec![Vec::new(); self.groups];
        for square in 0..SIDE * SIDE {
            let counts = (0..self.groups).map(|group| (self.around(group, square)[0], group));
            // Of equals the first: groups come by size.
            let most = counts.reduce(|best, next| if next.0 > best.0 { next } else { best });
            if let Some((count, group)) =
                most.filter(|&(count, group)| count >= (LEAST_SHARE * self.totals[group]).max(3.0))
            {
                regions[group].push((count, square));
            }
        }
        let place = |(group, region): (usize, &mut Vec<(f32, usize)>)| {
            region.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.apart(group, region)
        };
        regions.iter_mut().enumerate().map(place).collect()
    }

    fn apart(&self, group: usize, region: &[(f32, usize)]) -> Vec<[f32; 2]> {
        /// Squares between two places of one name.
        const APART: usize = 5;
        let fullest = region.first().map_or(0.0, |(count, _)| *count);
        let mut chosen: Vec<usize> = Vec::new();
        for &(_, square) in region.iter().take_while(|(count, _)| *count >= 0.4 * fullest) {
            let far = |other: &usize| {
                let rows = (square / SIDE).abs_diff(other / SIDE);
                rows.max((square % SIDE).abs_diff(other % SIDE)) >= APART
            };
            if chosen.len() < SPOTS && chosen.iter().all(far) {
                chosen.push(square);
            }
        }
        let mean = |&square: &usize| {
            let [count, x, y] = self.around(group, square);
            [x / count, y / count]
        };
        chosen.iter().map(mean).collect()
    }
}

/// The square in which a point lies; none outside of the map.
fn square(point: [f32; 2], bounds: &Bounds) -> Option<usize> {
    let place = |axis: usize| {
        let size = bounds.max[axis] - bounds.min[axis];
        let share = if size > 0.0 { (f64::from(point[axis]) - bounds.min[axis]) / size } else { 0.5 };
        (0.0..=1.0).contains(&share).then(|| ((share * SIDE as f64) as usize).min(SIDE - 1))
    };
    Some(place(1)? * SIDE + place(0)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::geometry::projection::{Layout, Method, Projection};
    use crate::scene::subset::Subset;
    use crate::vectors::{Column, ColumnValues};

    /// Heaps of points around the given centers, 100 each, and the group of each.
    fn map(heaps: &[([f32; 2], u32)], names: &[&str]) -> (Cloud, Coloring) {
        let mut coordinates = Vec::new();
        let mut of_row = Vec::new();
        for &([x, y], group) in heaps {
            for i in 0..100 {
                coordinates.extend([x + (i % 10) as f32 * 0.01, y + (i / 10) as f32 * 0.01]);
                of_row.push(group);
            }
        }
        let projection = Projection {
            method: Method::Pca,
            components: 2,
            coordinates,
            explained_variance_ratio: None,
            sampled_rows: None,
            linear: None,
            unfinished: None,
        };
        let names = names.iter().map(|&name| name.to_owned()).collect();
        let column = Column { name: "group".into(), values: ColumnValues::Categories { names, of_row } };
        let rows = heaps.len() * 100;
        let cloud = Cloud::new(Arc::new(projection), rows, [0, 1], Layout::Flat, &Subset::default());
        (cloud, Coloring::by_column(&column))
    }

    #[test]
    fn a_group_is_named_in_the_middle_of_its_heap() {
        let (cloud, coloring) = map(&[([0.0, 0.0], 0), ([5.0, 5.0], 1)], &["fruit", "animals"]);
        let names = GroupNames::of_coloring(&cloud, &coloring).0;
        let found: Vec<_> = names.iter().map(|name| (&*name.text, name.category)).collect();
        assert_eq!(found, [("fruit", Some(0)), ("animals", Some(1))]);
        let [x, y] = names[1].spots[0];
        assert!((x - 5.045).abs() < 1e-3 && (y - 5.045).abs() < 1e-3, "{x} {y}");
        assert_eq!(names[0].spots.len(), 1);
    }

    #[test]
    fn a_group_in_two_places_has_both_and_one_among_others_has_none() {
        let heaps = [([0.0, 0.0], 0), ([5.0, 5.0], 0), ([5.0, 0.0], 1), ([5.0, 0.0], 1), ([5.0, 0.0], 2)];
        let (cloud, coloring) = map(&heaps, &["fruit", "animals", "lost"]);
        let names = GroupNames::of_coloring(&cloud, &coloring).0;
        let found: Vec<_> = names.iter().map(|name| (&*name.text, name.spots.len())).collect();
        assert_eq!(found, [("fruit", 2), ("animals", 1)], "where animals prevail, nothing is called lost");
    }

    #[test]
    fn names_fade_while_one_comes_nearer() {
        let strength = [0.2, 1.0, 1.6, 2.5, 4.0, 100.0].map(GroupNames::strength);
        assert!(strength[..3] == [1.0; 3] && strength[4..] == [0.0; 2], "{strength:?}");
        assert!((0.3..0.7).contains(&strength[3]));
    }

    #[test]
    fn a_scale_names_nothing() {
        let (cloud, _) = map(&[([0.0, 0.0], 0)], &["fruit"]);
        assert_eq!(GroupNames::of_coloring(&cloud, &Coloring::by_rank(100)), GroupNames::default());
    }
}
