//! Axes that a person names by words: from *small* to *large*. Where all words lie along them, and as a map.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cloud::COMPONENTS;
use super::names::RowNames;
use super::words::UnknownWord;
use crate::geometry::axes::{self, cosines, direction};
use crate::geometry::neighbors::Neighbor;
use crate::geometry::projection::{Method, Projection, pca};
use crate::progress::{Cancelled, Part, Progress};

/// One axis: the words at both of its ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NamedAxis {
    pub from: Vec<String>,
    pub to: Vec<String>,
}

/// The axes that are named, one or two, and whether the map is laid out along them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NamedAxes {
    pub axes: Vec<NamedAxis>,
    pub on_map: bool,
}

/// How many words are listed at each end of an axis.
pub const LISTED: usize = 12;

/// The most words at one end of an axis.
const MOST_WORDS: usize = 200;

impl NamedAxis {
    /// An axis between words as they are typed: separated by commas.
    #[must_use]
    pub fn typed(from: &str, to: &str) -> Self {
        let words = |text: &str| -> Vec<String> {
            text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        Self { from: words(from), to: words(to) }
    }
}

impl NamedAxes {
    /// The same axes within their bounds: a view may come from a file that was written by hand.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.axes.truncate(2);
        for axis in &mut self.axes {
            axis.from.truncate(MOST_WORDS);
            axis.to.truncate(MOST_WORDS);
        }
        self.axes.retain(|axis| !axis.from.is_empty() && !axis.to.is_empty());
        self.on_map &= !self.axes.is_empty();
        self
    }
}

/// Where words lie along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisReport {
    /// The rows of the words at both ends that the table has.
    pub rows: [Vec<u32>; 2],
    /// Their words, as they are shown.
    pub words: [Vec<String>; 2],
    /// The words that it lacks: they are said, and nothing stands in for them.
    pub missing: Vec<UnknownWord>,
    /// The rows farthest toward both ends with their cosines, the farthest first; none where the words make no direction.
    pub ends: Option<[Vec<Neighbor>; 2]>,
    /// The cosine of every row with the axis; none where there is no direction.
    along: Vec<f32>,
}

/// What named axes come to on a table.
#[derive(Debug, Clone, PartialEq)]
pub struct AxesReport {
    pub axes: Vec<AxisReport>,
    /// All rows laid out along the axes, where each of them is a direction; a single axis is spread upward by the first
    /// principal component.
    pub projection: Option<Arc<Projection>>,
}

impl AxisReport {
    /// The axis by its words: `small ↔ large`.
    #[must_use]
    pub fn title(&self) -> String {
        /// As many words of an end as are read at a glance.
        const SHOWN: usize = 3;
        let end = |words: &[String]| {
            let more = if words.len() > SHOWN { ", …" } else { "" };
            format!("{}{more}", words[..words.len().min(SHOWN)].join(", "))
        };
        format!("{} ↔ {}", end(&self.words[0]), end(&self.words[1]))
    }

    /// These rows with their cosines, the one farthest toward the greater end first; equals come by row.
    #[must_use]
    pub fn sorted(&self, rows: impl Iterator<Item = u32>) -> Vec<Neighbor> {
        let scored = |row: u32| Some(Neighbor { row, score: *self.along.get(row as usize)? });
        let mut sorted: Vec<Neighbor> = rows.filter_map(scored).collect();
        sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        sorted
    }
}

impl AxesReport {
    /// Works out axes on the rows that go by `names`.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(names: &RowNames, axes: &[NamedAxis], progress: &dyn Progress) -> Result<Self, Cancelled> {
        let table = names.table();
        table.norms_with(progress)?;
        let (mut reports, mut directions) = (Vec::new(), Vec::new());
        for axis in axes {
            let (report, way) = AxisReport::of(names, axis, progress)?;
            directions.extend(way);
            reports.push(report);
        }
        let whole = !axes.is_empty() && directions.len() == axes.len();
        let projection = if whole { Some(Arc::new(lay_out(names, directions, progress)?)) } else { None };
        Ok(Self { axes: reports, projection })
    }

    /// What the two axes of the map are called.
    #[must_use]
    pub fn titles(&self) -> [String; 2] {
        let title = |axis: usize| match self.axes.get(axis) {
            Some(axis) => axis.title(),
            None => "Principal component 1".to_owned(),
        };
        [title(0), title(1)]
    }
}

impl AxisReport {
    /// Works out one axis, without a map along it, and gives its direction if it has one.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        names: &RowNames,
        axis: &NamedAxis,
        progress: &dyn Progress,
    ) -> Result<(Self, Option<Vec<f32>>), Cancelled> {
        let table = names.table();
        table.norms_with(progress)?;
        let mut report = Self::look_up(names, axis);
        let way = direction(table, &report.rows[0], &report.rows[1]);
        if let Some(way) = &way {
            let along = cosines(table, way, progress)?;
            let scored = |rows: Vec<u32>| {
                rows.into_iter().map(|row| Neighbor { row, score: along[row as usize] }).collect()
            };
            report.ends = Some(axes::ends(&along, LISTED).map(scored));
            report.along = along;
        }
        Ok((report, way))
    }

    /// The direction of an axis by those of its words that the table has.
    #[must_use]
    pub fn direction(names: &RowNames, axis: &NamedAxis) -> Option<Vec<f32>> {
        let report = Self::look_up(names, axis);
        direction(names.table(), &report.rows[0], &report.rows[1])
    }

    fn look_up(names: &RowNames, axis: &NamedAxis) -> Self {
        let mut missing = Vec::new();
        let mut find = |words: &[String]| {
            let mut rows: Vec<u32> = Vec::new();
            for word in words {
                match names.find_or_near(word) {
                    Ok(row) if rows.contains(&row) => {}
                    Ok(row) => rows.push(row),
                    Err(unknown) => missing.push(unknown),
                }
            }
            rows
        };
        let rows = [find(&axis.from), find(&axis.to)];
        let shown = |rows: &Vec<u32>| rows.iter().map(|&row| names.shown(row)).collect();
        let words = [shown(&rows[0]), shown(&rows[1])];
        Self { rows, words, missing, ends: None, along: Vec::new() }
    }
}

/// All rows along one or two directions.
fn lay_out(
    names: &RowNames,
    mut directions: Vec<Vec<f32>>,
    progress: &dyn Progress,
) -> Result<Projection, Cancelled> {
    let table = names.table();
    if directions.len() == 1 {
        let options = pca::Options { components: COMPONENTS, normalize: true };
        let principal = pca::project(table, options, &Part::new(progress, 0.2, 0.8))?;
        let first = principal.linear.and_then(|linear| linear.axes.get(..table.dims()).map(<[f32]>::to_vec));
        directions.extend(first.filter(|first| first.len() == table.dims()));
    }
    let linear = axes::along(&directions, table.dims());
    let coordinates = linear.project(table, &Part::new(progress, 0.8, 1.0))?;
    Ok(Projection {
        method: Method::Pca,
        components: directions.len(),
        coordinates,
        explained_variance_ratio: None,
        sampled_rows: None,
        linear: Some(linear),
        unfinished: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::vectors::Table;

    fn names() -> RowNames {
        let rows: [(&str, [f32; 3]); 6] = [
            ("small", [-1.0, 0.0, 0.2]),
            ("large", [1.0, 0.0, 0.2]),
            ("machine", [0.0, -1.0, 0.1]),
            ("animal", [0.0, 1.0, 0.1]),
            ("ant", [-0.8, 0.6, 0.0]),
            ("truck", [6.0, -8.0, 0.0]),
        ];
        let words = rows.iter().map(|(word, _)| (*word).to_owned()).collect();
        let table = Table::from_f32(words, rows.iter().flat_map(|(_, row)| *row).collect(), 3);
        RowNames::new(Arc::new(table), None)
    }

    fn report(axes: &[NamedAxis]) -> AxesReport {
        AxesReport::of(&names(), axes, &Unwatched).unwrap()
    }

    #[test]
    fn words_lie_along_two_axes_by_their_cosines() {
        let axes = [NamedAxis::typed("small", "large"), NamedAxis::typed("machine ,", "animal")];
        let report = report(&axes);
        assert_eq!(report.titles(), ["small ↔ large", "machine ↔ animal"]);
        let projection = report.projection.as_ref().unwrap();
        for (row, expected) in [(4, [-0.8, 0.6]), (5, [0.6, -0.8])] {
            let found = [0, 1].map(|axis| projection.coordinate(row, axis));
            assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-6), "{found:?}");
        }
        let [least, most] = report.axes[0].ends.as_ref().unwrap();
        assert_eq!((least[0].row, most[0].row), (0, 1));
        assert!((least[1].score + 0.8).abs() < 1e-6 && least[1].row == 4);
    }

    #[test]
    fn any_rows_are_sorted_along_an_axis() {
        let report = report(&[NamedAxis::typed("small", "large")]);
        let sorted: Vec<u32> =
            report.axes[0].sorted([5, 2, 0, 4, 99].into_iter()).iter().map(|at| at.row).collect();
        assert_eq!(sorted, [5, 2, 4, 0], "truck, machine, ant, small; a row beyond the table has no place");
        let none = AxesReport::of(&names(), &[NamedAxis::typed("x", "large")], &Unwatched).unwrap();
        assert!(none.axes[0].sorted(0..6).is_empty());
    }

    #[test]
    fn one_axis_is_spread_by_the_first_principal_component() {
        let report = report(&[NamedAxis::typed("small", "large")]);
        let projection = report.projection.as_ref().unwrap();
        assert_eq!((projection.components, report.titles()[1].as_str()), (2, "Principal component 1"));
        let spread: Vec<f32> = (0..6).map(|row| projection.coordinate(row, 1)).collect();
        assert!(spread.iter().any(|y| (y - spread[0]).abs() > 0.1), "{spread:?}");
    }

    #[test]
    fn a_missing_word_is_said_and_never_replaced() {
        let with = report(&[NamedAxis::typed("small, smal", "large")]);
        let without = report(&[NamedAxis::typed("small", "large")]);
        assert_eq!(with.axes[0].missing.len(), 1);
        assert!(with.axes[0].missing[0].to_string().contains("“smal” is not in this file"));
        assert_eq!((&with.axes[0].ends, with.titles()), (&without.axes[0].ends, without.titles()));
        let none = report(&[NamedAxis::typed("small", "huge")]);
        assert!(none.axes[0].ends.is_none() && none.projection.is_none());
    }

    #[test]
    fn axes_from_a_damaged_file_are_brought_within_bounds() {
        let axis = NamedAxis { from: vec!["a".into(); 1_000], to: vec!["b".into()] };
        let half = NamedAxis { from: vec!["a".into()], to: Vec::new() };
        let sound = NamedAxes { axes: vec![axis, half.clone(), half], on_map: true }.sound();
        assert_eq!((sound.axes.len(), sound.axes[0].from.len(), sound.on_map), (1, MOST_WORDS, true));
        let none = NamedAxes { axes: vec![NamedAxis::default()], on_map: true }.sound();
        assert!(none.axes.is_empty() && !none.on_map);
    }
}
