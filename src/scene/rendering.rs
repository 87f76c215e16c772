//! A view of a table as a picture file, without a window.

mod choice;
mod composition;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::axes::AxesReport;
use super::cloud::{COMPONENTS, Cloud};
use super::coloring::{self, Coloring, Resolved};
use super::drawing::{self, Chosen};
use super::formula::FormulaReport;
use super::group_names;
use super::names::RowNames;
use super::numbers;
use super::palette::Palette;
use super::relation::RelationReport;
use super::view::{MapView, Selection, View};
use super::words::{AnalogyReport, NearestWords};
use crate::geometry::axes::mean;
use crate::geometry::faithfulness;
use crate::geometry::projection::{Draft, Projection};
use crate::geometry::{Metric, nearness};
use crate::picture::fonts::Fonts;
use crate::picture::{pdf, png, svg};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

use composition::Composition;

pub use choice::{Look, PictureChoice, PictureSize};

/// The size of a picture that nobody chose another size for, in pixels.
pub const USUAL_SIZE: [u32; 2] = [1600, 1000];

/// The selected words from which lines go to their nearest, the explained one first. From many words the lines would be
/// a tangle: then only the explained one has them.
#[must_use]
pub fn centers(selection: &Selection) -> Vec<u32> {
    const MOST: u64 = 6;
    let focus = selection.focus();
    let others = selection.iter().filter(|row| selection.len() <= MOST && Some(*row) != focus);
    focus.into_iter().chain(others).collect()
}

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("A picture must be PNG, SVG or PDF: let the name of the file end in .png, .svg or .pdf, not {0}")]
    Ending(String),
    #[error("The picture could not be drawn: {0}")]
    Picture(String),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The kind of picture that a file's name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    Png,
    Svg,
    Pdf,
}

impl PictureKind {
    /// Reads the kind from the ending of a file's name.
    ///
    /// # Errors
    /// [`RenderError::Ending`] for any other ending.
    pub fn of(path: &Path) -> Result<Self, RenderError> {
        let ending =
            path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            "pdf" => Ok(Self::Pdf),
            _ => Err(RenderError::Ending(path.display().to_string())),
        }
    }
}

/// How a picture is to look, apart from the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureOptions<'a> {
    pub kind: PictureKind,
    pub palette: &'a Palette,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// How many times larger than usual letters, lines and points are, for pictures with many pixels: 1 is usual.
    pub scale: f32,
    /// What the picture is called, above it.
    pub title: &'a str,
}

/// Draws what `view` shows of the table whose rows go by `names`. Where these have been placed as they are to be shown, `placed`
/// says how; otherwise they are placed as the view wants it.
///
/// # Errors
/// [`RenderError`] if the size cannot be drawn, or once `progress` says that nobody waits.
pub fn render(
    names: &RowNames,
    view: &View,
    placed: Option<&Arc<Projection>>,
    options: PictureOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<u8>, RenderError> {
    let table = names.table();
    let view = &View { map: view.map.clone().sound(table.rows(), table.dims()), ..view.clone() };
    let map = &view.map;
    let named = named_map(names, map, &Part::new(progress, 0.0, 0.3))?;
    let projection = match (&named, placed) {
        (Some((projection, _)), _) => Arc::clone(projection),
        (None, Some(placed)) => Arc::clone(placed),
        (None, None) => Arc::new({
            let part = Part::new(progress, 0.0, 0.6);
            let isolated = &map.subset.isolated;
            let mut go_on = |_: Draft<'_>| ControlFlow::Continue(());
            map.projection.project_among(table, isolated, COMPONENTS, &mut go_on, &part)?
        }),
    };
    let axes = if named.is_some() { [0, 1] } else { map.axes };
    let cloud = Cloud::new(Arc::clone(&projection), table.rows(), axes, map.shown_layout(), &map.subset);
    let cloud = match named {
        Some((_, titles)) => cloud.named(titles),
        None => cloud,
    };
    let (seen, seen_axes) = cloud.seen();
    let coloring = color(names, view, (seen, seen_axes), &Part::new(progress, 0.6, 0.8))?;
    let asked = Asked::of(names, map, progress)?;
    let chosen = Chosen {
        selection: &map.selection,
        neighbors: &asked.neighbors,
        analogy: asked.analogy.as_ref(),
        formula: asked.formula.as_ref(),
        relation: asked.relation.as_ref(),
        colors_tell: drawing::colors_tell(map),
    };
    let clustering = if wants_clusters(map, table, &cloud, &coloring) {
        Some(map.clustering.find(table, progress)?)
    } else {
        None
    };
    let fonts = bundled_fonts()?;
    let composition = Composition {
        names,
        table,
        view,
        cloud: &cloud,
        coloring: &coloring,
        chosen,
        clustering: clustering.as_ref(),
        fonts: &fonts,
    };
    let figure = composition.figure(&options);
    let failed = |error: crate::picture::png::PictureError| RenderError::Picture(error.to_string());
    match options.kind {
        PictureKind::Svg => svg::svg(&figure, &fonts).map(String::into_bytes).map_err(failed),
        PictureKind::Pdf => pdf::pdf(&figure, &fonts).map_err(failed),
        PictureKind::Png => png::png(&figure, &fonts, options.scale).map_err(failed),
    }
}

/// What was asked of the table, and the answers.
struct Asked {
    neighbors: Vec<NearestWords>,
    analogy: Option<AnalogyReport>,
    formula: Option<FormulaReport>,
    relation: Option<RelationReport>,
}

impl Asked {
    fn of(names: &RowNames, map: &MapView, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let table = names.table();
        let centers = centers(&map.selection);
        let neighbors: Vec<NearestWords> = centers
            .iter()
            .map(|&row| NearestWords::of(table, None, row, map.neighbors, map.metric, progress))
            .collect::<Result<_, _>>()?;
        let analogy = match &map.analogy {
            Some(question) => {
                let unit = map.projection.normalize;
                Some(AnalogyReport::of(names, question.clone(), map.neighbors, unit, progress)?)
            }
            None => None,
        };
        let unit_rows = map.projection.normalize;
        let relation = match &map.relation {
            Some(pairs) => Some(RelationReport::of(names, pairs, unit_rows, progress)?),
            None => None,
        };
        let formula = match &map.formula {
            Some(text) => Some(FormulaReport::of(names, text.clone(), map.neighbors, map.metric, progress)?),
            None => None,
        };
        Ok(Self { neighbors, analogy, formula, relation })
    }
}

/// Whether the regions of a map are named after clusters, for its colors have no names of their own. Not on large tables,
/// where looking for clusters takes longer than all else.
#[must_use]
pub fn wants_clusters(map: &MapView, table: &Table, cloud: &Cloud, coloring: &Coloring) -> bool {
    const MOST_NUMBERS: usize = 1 << 25;
    let wanted = map.labels.show && map.labels.groups && cloud.points.len() > group_names::FEW;
    wanted && !coloring.has_categories() && table.rows().saturating_mul(table.dims()) <= MOST_NUMBERS
}

/// Rows laid out along named axes, and what these are called.
type NamedMap = (Arc<Projection>, [String; 2]);

/// The rows along named axes and what these are called, where the view wants that and the table has the words.
fn named_map(
    names: &RowNames,
    map: &MapView,
    progress: &dyn Progress,
) -> Result<Option<NamedMap>, Cancelled> {
    if !map.named.on_map {
        return Ok(None);
    }
    let report = AxesReport::of(names, &map.named.axes, progress)?;
    let titles = report.titles();
    Ok(report.projection.map(|projection| (projection, titles)))
}

fn color(
    names: &RowNames,
    view: &View,
    (projection, axes): (&Projection, [usize; 2]),
    progress: &dyn Progress,
) -> Result<Coloring, Cancelled> {
    let (table, map) = (names.table(), &view.map);
    Ok(match coloring::resolve(&map.color, table) {
        Resolved::Plain => Coloring::plain(table.rows()),
        Resolved::Column(column) => Coloring::by_column(&table.columns()[column]),
        Resolved::Norm => Coloring::by_norm(table),
        Resolved::Rank => Coloring::by_rank(table.rows()),
        Resolved::Clusters => Coloring::by_cluster(&map.clustering.find(table, progress)?, names),
        Resolved::Nearness if map.selection.is_empty() => Coloring::plain(table.rows()),
        Resolved::Nearness => color_by_nearness(names, map.selection.rows(), map.metric, progress)?,
        Resolved::Honesty => {
            let MapView { neighbors, metric, .. } = *map;
            let found = faithfulness::measure(table, projection, axes, neighbors, metric, progress)?;
            Coloring::by_honesty(&found, table.rows())
        }
    })
}

/// Colors by how near each row is, in all dimensions, to the mean of some rows.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn color_by_nearness(
    names: &RowNames,
    rows: &RoaringBitmap,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Coloring, Cancelled> {
    let table = names.table();
    let chosen: Vec<u32> = rows.iter().collect();
    let place: Vec<f32> = mean(table, &chosen).iter().map(|&x| x as f32).collect();
    let scores = nearness::scores(table, &place, metric, progress)?;
    let what = match chosen[..] {
        [row] => format!("“{}”", names.shown(row)),
        _ => format!("the mean of {} selected {}s", numbers::thousands(rows.len()), table.noun()),
    };
    Ok(Coloring::by_nearness(&scores, metric, &what))
}

fn bundled_fonts() -> Result<Fonts, RenderError> {
    const FILES: [&[u8]; 2] = [
        include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf"),
        include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf"),
    ];
    Fonts::new(&FILES).map_err(|error| RenderError::Picture(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::scene::axes::{NamedAxes, NamedAxis};
    use crate::scene::palette;

    fn drawn(view: &View) -> String {
        let words = ["small", "large", "machine", "animal"].map(String::from).to_vec();
        let values = vec![-1.0, 0.0, 0.1, 1.0, 0.0, 0.1, 0.0, -1.0, 0.2, 0.0, 1.0, 0.2];
        let names = RowNames::new(Arc::new(Table::from_f32(words, values, 3)), None);
        let options = PictureOptions {
            kind: PictureKind::Svg,
            palette: &palette::PRINT,
            size: [800, 600],
            scale: 1.0,
            title: "four",
        };
        String::from_utf8(render(&names, view, None, options, &Unwatched).unwrap()).unwrap()
    }

    #[test]
    fn a_picture_shows_the_formula_and_the_names_of_the_axes() {
        let mut view = View::default();
        let plain = drawn(&view);
        assert!(plain.contains("Principal component 1") && !plain.contains('↔'));
        view.map.formula = Some("small + animal".into());
        assert!(drawn(&view).contains("small + animal"));
        let axes = vec![NamedAxis::typed("small", "large"), NamedAxis::typed("machine", "animal")];
        view.map.named = NamedAxes { axes, on_map: true };
        let named = drawn(&view);
        assert!(
            named.contains("small ↔ large · cosine") && named.contains("machine ↔ animal · cosine"),
            "{named}"
        );
        assert!(!named.contains("Principal component"));
    }
}
