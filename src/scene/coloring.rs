//! What the points' colors stand for: a class for each row, and the legend.

use crate::geometry::clusters::Clustering;
use crate::geometry::{Faithfulness, Metric};
use crate::scene::names::RowNames;
use crate::scene::numbers::{significant, thousands};
use crate::scene::palette::{CATEGORIES, STEPS};
use crate::scene::row_set::RowSet;
use crate::scene::view::ColorBy;
use crate::vectors::{Column, ColumnValues, Table};

/// The class of rows without a category; the classes before it are categories, those after it the steps of a scale.
pub const OTHER: u8 = CATEGORIES as u8;

/// How many classes of colors there are: the categories, the one without color, the steps of a scale.
pub const CLASSES: usize = CATEGORIES + 1 + STEPS;

/// The class of each row and what the classes are called.
#[derive(Debug, Clone, PartialEq)]
pub struct Coloring {
    /// What the colors show ("group", "cluster"); `None` where all points are alike.
    pub title: Option<String>,
    /// The class of each row: a category, [`OTHER`], or a step of a scale.
    pub classes: Vec<u8>,
    /// The categories, the largest first, or the steps of the scale, and last the rest in grey, where there is any.
    pub legend: Vec<LegendEntry>,
    /// The rows of each entry of the legend.
    sets: Vec<RowSet>,
}

/// One line of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendEntry {
    pub name: String,
    /// The class of the category or step, or `None` for grey.
    pub category: Option<usize>,
    pub rows: usize,
}

/// What `choice` means for this table: a column's name, the clusters, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    Plain,
    Clusters,
    Honesty,
    Nearness,
    Norm,
    Rank,
    Column(usize),
}

/// Finds what a choice of colors comes to on a table: automatic is its first column of categories, where it has one.
#[must_use]
pub fn resolve(choice: &ColorBy, table: &Table) -> Resolved {
    let categories = |column: &Column| matches!(column.values, ColumnValues::Categories { .. });
    let column = match choice {
        ColorBy::Plain => None,
        ColorBy::Clusters => return Resolved::Clusters,
        ColorBy::Honesty => return Resolved::Honesty,
        ColorBy::Nearness => return Resolved::Nearness,
        ColorBy::Norm => return Resolved::Norm,
        ColorBy::Rank => return Resolved::Rank,
        ColorBy::Automatic => table.columns().iter().position(categories),
        ColorBy::Column(name) => table.columns().iter().position(|column| column.name == *name),
    };
    column.map_or(Resolved::Plain, Resolved::Column)
}

/// What a score by a metric is called in a legend.
fn score_title(metric: Metric) -> &'static str {
    match metric {
        Metric::Cosine => "Cosine",
        Metric::Dot => "Dot product",
        Metric::Euclidean => "Distance",
    }
}

impl Coloring {
    fn new(title: Option<String>, classes: Vec<u8>, legend: Vec<LegendEntry>) -> Self {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); if legend.is_empty() { 0 } else { CLASSES }];
        if !legend.is_empty() {
            for (row, &class) in classes.iter().enumerate() {
                rows[usize::from(class)].push(row as u32);
            }
        }
        let class = |entry: &LegendEntry| entry.category.unwrap_or(usize::from(OTHER));
        let sets = legend.iter().map(|entry| rows[class(entry)].iter().copied().collect()).collect();
        Self { title, classes, legend, sets }
    }

    /// Whether the colors are categories with names, and not the steps of a scale.
    #[must_use]
    pub fn has_categories(&self) -> bool {
        self.legend.iter().any(|entry| entry.category.is_some_and(|class| class < CATEGORIES))
    }

    /// The rows of an entry of the legend, by its place there.
    #[must_use]
    pub fn rows_of(&self, entry: usize) -> &RowSet {
        &self.sets[entry]
    }

    /// The name of a row's category or step; none where it has no color of its own.
    #[must_use]
    pub fn name_of(&self, row: u32) -> Option<&LegendEntry> {
        let class = *self.classes.get(row as usize).filter(|class| **class != OTHER)?;
        self.legend.iter().find(|entry| entry.category == Some(usize::from(class)))
    }

    /// All rows alike.
    #[must_use]
    pub fn plain(rows: usize) -> Self {
        Self::new(None, vec![0; rows], Vec::new())
    }

    /// By the values of a column. Numbers are cut into ranges of equally many rows.
    #[must_use]
    pub fn by_column(column: &Column) -> Self {
        match &column.values {
            ColumnValues::Categories { names, of_row } => {
                let of_row =
                    of_row.iter().map(|&category| (category != u32::MAX).then_some(category as usize));
                Self::by_category(&column.name, names, &of_row.collect::<Vec<_>>())
            }
            ColumnValues::Numbers(numbers) => Self::by_number(&column.name, numbers),
        }
    }

    /// By the clusters that were found, called by `names`; noise is grey.
    #[must_use]
    pub fn by_cluster(clustering: &Clustering, names: &RowNames) -> Self {
        let names = names.of_clusters(clustering);
        let of_row = clustering.labels.iter().map(|&label| usize::try_from(label).ok());
        Self::by_category("Clusters", &names, &of_row.collect::<Vec<_>>())
    }

    /// By how many of their nearest rows are near on the map, in steps from few to all.
    #[must_use]
    pub fn by_honesty(found: &Faithfulness, rows: usize) -> Self {
        let k = found.k.max(1);
        let step = |kept: usize| (kept * STEPS / k).min(STEPS - 1);
        let mut counts = [0_usize; STEPS];
        let mut class = |row: usize| {
            found.kept(row).map_or(OTHER, |kept| {
                counts[step(kept)] += 1;
                OTHER + 1 + step(kept) as u8
            })
        };
        let classes: Vec<u8> = (0..rows).map(&mut class).collect();
        let mut legend = Vec::new();
        for (at, &rows) in counts.iter().enumerate() {
            let mut inside = (0..=k).filter(|&kept| step(kept) == at);
            let (Some(first), last) = (inside.next(), inside.next_back()) else { continue };
            let range = last.map_or_else(|| first.to_string(), |last| format!("{first}–{last}"));
            let name = format!("{range} of {k} near");
            legend.push(LegendEntry { name, category: Some(usize::from(OTHER) + 1 + at), rows });
        }
        let rest = rows - counts.iter().sum::<usize>();
        if rest > 0 {
            legend.push(LegendEntry { name: "not measured".to_owned(), category: None, rows: rest });
        }
        Self::new(Some("Nearest words that are near on the map".to_owned()), classes, legend)
    }

    fn by_category(title: &str, names: &[String], of_row: &[Option<usize>]) -> Self {
        let mut counts = vec![0_usize; names.len()];
        for category in of_row.iter().flatten() {
            counts[*category] += 1;
        }
        let mut order: Vec<usize> = (0..names.len()).filter(|&category| counts[category] > 0).collect();
        // A stable sort: categories of one size keep the file's order.
        order.sort_by_key(|&category| std::cmp::Reverse(counts[category]));
        let mut class_of = vec![OTHER; names.len()];
        let mut legend = Vec::new();
        for (class, &category) in order.iter().take(CATEGORIES).enumerate() {
            class_of[category] = class as u8;
            legend.push(LegendEntry {
                name: names[category].clone(),
                category: Some(class),
                rows: counts[category],
            });
        }
        let classes: Vec<u8> =
            of_row.iter().map(|category| category.map_or(OTHER, |category| class_of[category])).collect();
        let rest = classes.len() - legend.iter().map(|entry| entry.rows).sum::<usize>();
        if rest > 0 {
            let further = order.len().saturating_sub(CATEGORIES);
            let name = if further > 0 { format!("{further} more and none") } else { "none".to_owned() };
            legend.push(LegendEntry { name, category: None, rows: rest });
        }
        Self::new(Some(title.to_owned()), classes, legend)
    }

    /// By the lengths of the rows.
    #[must_use]
    pub fn by_norm(table: &Table) -> Self {
        Self::by_number("Length of the row", table.norms())
    }

    /// By the place in the file, in powers of ten: most files name their words by frequency, the most frequent first.
    #[must_use]
    pub fn by_rank(rows: usize) -> Self {
        const TEN: usize = 10;
        let place = |row: usize| (row + 1).ilog10() as usize;
        // The first hundred are one step, and so are all beyond the last.
        let step = |row: usize| place(row).clamp(1, STEPS) - 1;
        let last = rows.checked_sub(1).map_or(0, step);
        let mut counts = vec![0; last + 1];
        let classes = (0..rows)
            .map(|row| {
                counts[step(row)] += 1;
                scale_class(step(row), last + 1)
            })
            .collect();
        let name = |at: usize| {
            let first = if at == 0 { 1 } else { TEN.pow(at as u32 + 1) };
            let end = if at == last { rows } else { TEN.pow(at as u32 + 2) - 1 };
            format!("{} to {}", thousands(first as u64), thousands(end as u64))
        };
        Self::scale("Place in the file", (0..=last).map(name).zip(counts).collect(), classes)
    }

    /// By how near each row is to what is selected, called `what`: the nearest hundredth of the rows, the next, and so on, for
    /// most of a large table is far from everything.
    #[must_use]
    pub fn by_nearness(scores: &[f32], metric: Metric, what: &str) -> Self {
        /// The shares of the rows up to which each step reaches, from far to near.
        const SHARES: [f64; STEPS - 1] = [0.5, 0.8, 0.95, 0.99];
        let near = |score: f32| if metric.ascending() { -score } else { score };
        let mut sorted: Vec<f32> =
            scores.iter().map(|&score| near(score)).filter(|s| s.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        if sorted.is_empty() {
            return Self::plain(scores.len());
        }
        let mut bounds = vec![sorted[0]];
        bounds.extend(SHARES.map(|share| sorted[((sorted.len() - 1) as f64 * share) as usize]));
        bounds.push(sorted[sorted.len() - 1]);
        let numbers: Vec<f32> = scores.iter().map(|&score| near(score)).collect();
        let shown = |bound: f32| significant(f64::from(if metric.ascending() { -bound } else { bound }));
        Self::by_ranges(&format!("{} to {what}", score_title(metric)), &numbers, bounds, &shown)
    }

    /// By numbers, cut into ranges of equally many rows; what is no number is grey.
    fn by_number(title: &str, numbers: &[f32]) -> Self {
        let mut sorted: Vec<f32> = numbers.iter().copied().filter(|number| number.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        if sorted.is_empty() {
            return Self::plain(numbers.len());
        }
        let bounds = (0..=STEPS).map(|i| sorted[(sorted.len() - 1) * i / STEPS]).collect();
        Self::by_ranges(title, numbers, bounds, &|bound| significant(f64::from(bound)))
    }

    /// By ranges of numbers, each up to the next of the ascending `bounds`; what is no number is grey.
    fn by_ranges(title: &str, numbers: &[f32], mut bounds: Vec<f32>, shown: &dyn Fn(f32) -> String) -> Self {
        bounds.dedup();
        let ranges = bounds.len().saturating_sub(1).max(1);
        let range_of = |number: f32| {
            let ends = bounds.get(1..).unwrap_or_default();
            ends.iter().position(|&end| number <= end).unwrap_or(ranges - 1)
        };
        let mut counts = vec![0; ranges];
        let classes = numbers.iter().map(|&number| {
            if !number.is_finite() {
                return OTHER;
            }
            counts[range_of(number)] += 1;
            scale_class(range_of(number), ranges)
        });
        let classes = classes.collect();
        let name = |at: usize| {
            let [from, to] = [at, at + 1].map(|i| shown(bounds[i.min(bounds.len() - 1)]));
            if from == to { from } else { format!("{from} to {to}") }
        };
        Self::scale(title, (0..ranges).map(name).zip(counts).collect(), classes)
    }

    /// A scale of ranges with their names and numbers of rows, from least to greatest.
    fn scale(title: &str, ranges: Vec<(String, usize)>, classes: Vec<u8>) -> Self {
        let count = ranges.len();
        let entry = |(at, (name, rows)): (usize, (String, usize))| LegendEntry {
            name,
            category: Some(usize::from(scale_class(at, count))),
            rows,
        };
        let mut legend: Vec<LegendEntry> = ranges.into_iter().enumerate().map(entry).collect();
        let rest = classes.len() - legend.iter().map(|entry| entry.rows).sum::<usize>();
        if rest > 0 {
            legend.push(LegendEntry { name: "none".to_owned(), category: None, rows: rest });
        }
        Self::new(Some(title.to_owned()), classes, legend)
    }
}

/// The class of a range of a scale: of fewer ranges than the scale has steps, the first and the last have its ends.
fn scale_class(range: usize, ranges: usize) -> u8 {
    let step = if ranges > 1 { range * (STEPS - 1) / (ranges - 1) } else { STEPS / 2 };
    OTHER + 1 + step as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(names: &[&str], of_row: Vec<u32>) -> Column {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Column { name: "group".into(), values: ColumnValues::Categories { names, of_row } }
    }

    #[test]
    fn the_largest_category_comes_first_and_rows_without_one_are_grey() {
        let coloring = Coloring::by_column(&column(&["a", "b"], vec![1, 0, 1, u32::MAX]));
        assert_eq!(coloring.classes, [0, 1, 0, OTHER]);
        let names: Vec<_> = coloring.legend.iter().map(|entry| (entry.name.as_str(), entry.rows)).collect();
        assert_eq!(names, [("b", 2), ("a", 1), ("none", 1)]);
        let rows: Vec<String> = (0..3).map(|entry| coloring.rows_of(entry).to_string()).collect();
        assert_eq!(rows, ["0, 2", "1", "3"]);
        assert_eq!(coloring.name_of(1).map(|entry| &*entry.name), Some("a"));
        assert_eq!(coloring.name_of(3), None);
    }

    #[test]
    fn more_categories_than_colors_share_grey() {
        let names: Vec<String> = (0..20).map(|i| i.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let coloring = Coloring::by_column(&column(&names, (0..20).collect()));
        assert_eq!(coloring.legend.len(), CATEGORIES + 1);
        assert_eq!(coloring.legend.iter().map(|entry| entry.rows).sum::<usize>(), 20);
        assert!(coloring.classes.iter().all(|&class| class <= OTHER));
    }

    #[test]
    fn places_in_the_file_are_told_apart_by_powers_of_ten() {
        for (rows, names) in [
            (0, &["1 to 0"][..]),
            (60, &["1 to 60"]),
            (100, &["1 to 99", "100 to 100"]),
            (5_000, &["1 to 99", "100 to 999", "1,000 to 5,000"]),
            (
                2_000_000,
                &["1 to 99", "100 to 999", "1,000 to 9,999", "10,000 to 99,999", "100,000 to 2,000,000"],
            ),
        ] {
            let coloring = Coloring::by_rank(rows);
            assert_eq!(coloring.legend.iter().map(|entry| &*entry.name).collect::<Vec<_>>(), names);
            assert_eq!(coloring.legend.iter().map(|entry| entry.rows).sum::<usize>(), rows);
            assert!(coloring.classes.is_sorted() && coloring.classes.len() == rows);
        }
    }

    #[test]
    fn lengths_are_steps_of_a_scale_from_short_to_long() {
        let table = Table::from_f32(vec![String::new(); 10], (1..=10).map(|x| x as f32).collect(), 1);
        let coloring = Coloring::by_norm(&table);
        let first = OTHER + 1;
        assert_eq!(coloring.classes, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4].map(|step| first + step));
        assert_eq!((&*coloring.legend[0].name, coloring.legend[4].rows), ("1.00 to 2.00", 2));
    }

    #[test]
    fn the_nearest_hundredth_has_a_step_of_its_own() {
        let scores: Vec<f32> = (0..1_000).map(|i| i as f32 / 1_000.0).collect();
        let near = Coloring::by_nearness(&scores, Metric::Cosine, "“cat”");
        assert_eq!(near.title.as_deref(), Some("Cosine to “cat”"));
        let counts: Vec<usize> = near.legend.iter().map(|entry| entry.rows).collect();
        assert_eq!(counts.iter().sum::<usize>(), 1_000);
        assert!(counts[4] == 10 && counts[3] == 40 && counts[0] == 500, "{counts:?}");
        let far = Coloring::by_nearness(&scores, Metric::Euclidean, "“cat”");
        assert_eq!(far.classes[0], OTHER + STEPS as u8, "the least distance is the nearest");
        assert_eq!(far.legend[4].name, "0.0100 to 0");
        let none = Coloring::by_nearness(&[f32::NAN; 4], Metric::Dot, "“cat”");
        assert!(none.legend.is_empty() && none.classes.len() == 4);
    }

    #[test]
    fn numbers_are_cut_into_ranges_that_hold_every_row() {
        let numbers: Vec<f32> = (0..100).map(|i| i as f32).chain([f32::NAN]).collect();
        let coloring =
            Coloring::by_column(&Column { name: "count".into(), values: ColumnValues::Numbers(numbers) });
        assert_eq!(coloring.legend.iter().map(|entry| entry.rows).sum::<usize>(), 101);
        assert_eq!(coloring.classes[100], OTHER);
        let same = Column { name: "one".into(), values: ColumnValues::Numbers(vec![2.0; 4]) };
        assert_eq!(Coloring::by_column(&same).legend.len(), 1);
    }
}
