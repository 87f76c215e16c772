//! How the choices of a view look on any map, in the window and in a picture: which points stand out, which words are
//! written in any case, what the axes are called.

use std::collections::HashSet;

use super::cloud::{Cloud, DEPTHS};
use super::coloring::{CLASSES, Coloring, OTHER};
use super::formula::{FormulaAnswer, FormulaReport};
use super::numbers::percent;
use super::palette::Palette;
use super::relation::RelationReport;
use super::row_set::RowSet;
use super::view::{ColorBy, MapView, Selection};
use super::words::{AnalogyReport, NearestWords};
use crate::geometry::projection::layout::three;
use crate::geometry::projection::{Layout, Method, Projection};
use crate::picture::{Outline, Paint, Rgba, State, Style};

/// Words that are written whatever else is there; more at once would not be read.
const MOST_FORCED: usize = 60;

/// What was chosen on a map and what follows from it.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    pub selection: &'a Selection,
    pub neighbors: &'a [NearestWords],
    pub analogy: Option<&'a AnalogyReport>,
    pub formula: Option<&'a FormulaReport>,
    pub relation: Option<&'a RelationReport>,
    /// The colors tell of the choice itself: nothing steps back.
    pub colors_tell: bool,
}

/// Whether the colors of a map tell of what is selected on it.
#[must_use]
pub fn colors_tell(map: &MapView) -> bool {
    map.color == ColorBy::Nearness && !map.selection.is_empty()
}

impl Chosen<'_> {
    /// The color class and the state of each point: the chosen ones stand out, their neighbors keep their color, and
    /// where anything is chosen the rest steps back in grey.
    #[must_use]
    pub fn paint(&self, cloud: &Cloud, coloring: Option<&Coloring>) -> Paint {
        let class_of = |row: usize| {
            let class = coloring.map_or(0, |coloring| coloring.classes.get(row).copied().unwrap_or(OTHER));
            class + cloud.depth(row) * CLASSES as u8
        };
        let near: HashSet<u32> = self.near().collect();
        let arrows: HashSet<u32> = self.arrows().into_iter().collect();
        let none_steps_back = !self.dims_others();
        Paint::new(&cloud.points, class_of, |row| {
            let row = row as u32;
            if self.selection.contains(row) || arrows.contains(&row) {
                State::Highlighted
            } else if none_steps_back || near.contains(&row) {
                State::Normal
            } else {
                State::Dimmed
            }
        })
    }

    /// The rows whose words are always written, the explained one first.
    #[must_use]
    pub fn forced(&self) -> Vec<u32> {
        let mut seen = HashSet::new();
        let rows = self.selection.focus().into_iter().chain(self.arrows());
        let rows = rows.chain(self.selection.iter().take(MOST_FORCED)).chain(self.near());
        rows.filter(|row| seen.insert(*row)).take(MOST_FORCED).collect()
    }

    /// Whether the words that are not chosen step back.
    #[must_use]
    pub fn dims_others(&self) -> bool {
        !self.colors_tell && (!self.selection.is_empty() || !self.arrows().is_empty())
    }

    /// The rows of all that is chosen and of what was answered; of very many selected ones the first.
    #[must_use]
    pub fn rows(&self) -> RowSet {
        const MOST: usize = 20_000;
        self.selection.iter().take(MOST).chain(self.near()).chain(self.arrows()).collect()
    }

    fn near(&self) -> impl Iterator<Item = u32> {
        self.neighbors.iter().flat_map(|list| list.neighbors.iter().map(|neighbor| neighbor.row))
    }

    fn arrows(&self) -> Vec<u32> {
        let mut rows = self.analogy.map(AnalogyReport::points).unwrap_or_default();
        rows.extend(
            self.formula.and_then(FormulaReport::answer).map(FormulaAnswer::points).unwrap_or_default(),
        );
        rows.extend(self.relation.into_iter().flat_map(RelationReport::points));
        rows
    }
}

/// The colors of all classes of points: categories, grey for the rest, the steps of a scale; then the same ones farther from
/// the eye, step by step nearer to the background.
#[must_use]
pub fn class_colors(palette: &Palette) -> Vec<Rgba> {
    /// What the background takes of a color at each step.
    const HAZE: f32 = 0.36;
    let near = palette.categories.iter().copied().chain([palette.neutral]).chain(palette.scale);
    let near: Vec<Rgba> = near.collect();
    let hazy = |depth: usize| {
        let share = 1.0 - (1.0 - HAZE).powi(depth as i32);
        near.iter().map(move |color| color.mixed(palette.background, share))
    };
    (0..DEPTHS).flat_map(hazy).collect()
}

/// How points look that are `diameter` wide and, where nobody chose them, as opaque as `alpha` says, at `scale` pixels a point
/// of the screen.
#[must_use]
pub fn style<'a>(palette: &Palette, colors: &'a [Rgba], diameter: f32, alpha: f32, scale: f32) -> Style<'a> {
    let radius = diameter / 2.0 * scale;
    let outline = |width: f32| Some(Outline { width: width * scale, color: palette.background });
    Style {
        radius,
        palette: colors,
        layer: CLASSES,
        alpha,
        dimmed: palette.neutral.faded(0.55),
        outline: outline(1.0),
        highlight_radius: (radius * 1.35).max(4.5 * scale),
        highlight_outline: outline(1.5),
    }
}

/// What the axes of a map are called: as a person named them, or else what they stand for. A map without axes of its own
/// says what it shows across, and nothing upward.
#[must_use]
pub fn map_axis_names(cloud: &Cloud) -> [String; 2] {
    match (&cloud.names, cloud.layout) {
        (Some(names), _) => names.clone().map(|name| format!("{name} · cosine")),
        (None, Layout::Flat) => axis_names(&cloud.projection, cloud.axes),
        (None, Layout::Polar) => [around_name(&cloud.projection, cloud.axes), String::new()],
        (None, Layout::Space(_)) => [space_name(cloud), String::new()],
    }
}

/// The axes of a space as they are seen: for each where it begins and ends on the map, and its name. None on a plane.
#[must_use]
pub fn space_axes(cloud: &Cloud) -> Vec<([[f32; 2]; 2], String)> {
    /// How far they reach, by what is shown when everything is.
    const REACH: f64 = 0.92;
    let Some(turn) = cloud.turn() else { return Vec::new() };
    let [right, up, _] = turn.directions();
    let reach = REACH * cloud.bounds.max[0];
    let axis = |(i, component): (usize, usize)| {
        let end = [right[i], up[i]].map(|c| (c * reach) as f32);
        ([end.map(|c| -c), end], format!("{}", component + 1))
    };
    three(cloud.axes).into_iter().enumerate().map(axis).collect()
}

/// The middle of the name of a space's axis whose ends are at these places of the screen: a little beyond the second.
#[must_use]
pub fn space_axis_name_place([from, to]: [[f32; 2]; 2]) -> [f32; 2] {
    /// In points of the screen.
    const BEYOND: f32 = 10.0;
    let length = (to[0] - from[0]).hypot(to[1] - from[1]).max(1.0);
    [0, 1].map(|i| to[i] + BEYOND * (to[i] - from[i]) / length)
}

/// What components of a projection are called, in the plural.
fn components(method: Method) -> &'static str {
    match method {
        Method::Pca => "principal components",
        Method::Random => "random directions",
        Method::Diffusion | Method::TSne | Method::Umap => "coordinates",
    }
}

fn around_name(projection: &Projection, axes: [usize; 2]) -> String {
    let of_all = projection
        .explained_variance_ratio
        .as_ref()
        .map_or_else(String::new, |shares| format!(" · {} of the variance", percent(shares.iter().sum())));
    format!(
        "Direction: {} {} and {} · distance from the middle: all {}{of_all}",
        components(projection.method),
        axes[0] + 1,
        axes[1] + 1,
        projection.components,
    )
}

fn space_name(cloud: &Cloud) -> String {
    let [x, y, z] = three(cloud.axes).map(|axis| axis + 1);
    let seen = cloud.seen().0.explained_variance_ratio.as_ref().map_or_else(String::new, |shares| {
        let [all, seen] = [3, 2].map(|count| percent(shares.iter().take(count).sum()));
        format!(" · {all} of the variance, {seen} seen from here")
    });
    let thinned = if cloud.every > 1 {
        format!(" · 1 of {} points while it turns", cloud.every)
    } else {
        String::new()
    };
    format!("Space of {} {x}, {y} and {z}{seen}{thinned}", components(cloud.projection.method))
}

/// What two axes of a projection stand for, with PCA's honest share of the total variance.
#[must_use]
pub fn axis_names(projection: &Projection, axes: [usize; 2]) -> [String; 2] {
    axes.map(|axis| {
        let share = projection.explained_variance_ratio.as_ref().and_then(|shares| shares.get(axis));
        match (projection.method, share) {
            (Method::Pca, Some(share)) => {
                format!("Principal component {} · {} of the variance", axis + 1, percent(*share))
            }
            (Method::Pca, None) => format!("Principal component {} · nothing varies here", axis + 1),
            (Method::TSne, _) => format!("t-SNE {} · only who is near whom means something", axis + 1),
            (Method::Umap, _) => format!("UMAP {} · only who is near whom means something", axis + 1),
            (Method::Random, _) => format!("Random direction {}", axis + 1),
            (Method::Diffusion, _) => format!("Diffusion coordinate {}", axis + 1),
        }
    })
}
