//! A view of a table as a picture file, without a window.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::axes::AxesReport;
use super::cloud::{COMPONENTS, Cloud};
use super::coloring::{self, Coloring, Resolved};
use super::drawing::{self, Chosen};
use super::formula::FormulaReport;
use super::names::RowNames;
use super::numbers;
use super::palette::{self, Palette, Theme};
use super::view::{MapView, Selection, View};
use super::words::{AnalogyReport, NearestWords};
use crate::geometry::faithfulness;
use crate::geometry::projection::Projection;
use crate::picture::figure::{Figure, LegendEntry, Line, Marks, Word};
use crate::picture::fonts::{Fonts, Weight};
use crate::picture::{Camera, Candidate, LabelLimits, LabelPlacer, Rect, Viewport, png, svg};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

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

/// The height of the values at lines: that of a figure's ordinary text.
const VALUE_SIZE: f32 = 14.0;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("A picture must be PNG or SVG: let the name of the file end in .png or .svg, not {0}")]
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
            _ => Err(RenderError::Ending(path.display().to_string())),
        }
    }
}

/// How a picture is to look, apart from the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureOptions<'a> {
    pub kind: PictureKind,
    pub theme: Theme,
    /// Width and height in pixels.
    pub size: [u32; 2],
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
            map.projection.project(table, COMPONENTS, &mut |_| ControlFlow::Continue(()), &part)?
        }),
    };
    let axes = if named.is_some() { [0, 1] } else { map.axes };
    let cloud = Cloud::new(Arc::clone(&projection), table.rows(), axes);
    let cloud = match named {
        Some((_, titles)) => cloud.named(titles),
        None => cloud,
    };
    let coloring = color(names, view, (&projection, axes), &Part::new(progress, 0.6, 0.8))?;
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
    let formula = match &map.formula {
        Some(text) => Some(FormulaReport::of(names, text.clone(), map.neighbors, map.metric, progress)?),
        None => None,
    };
    let chosen = Chosen {
        selection: &map.selection,
        neighbors: &neighbors,
        analogy: analogy.as_ref(),
        formula: formula.as_ref(),
    };
    let fonts = bundled_fonts()?;
    let drawing = Drawing { names, table, view, cloud: &cloud, coloring: &coloring, chosen, fonts: &fonts };
    let figure = drawing.figure(&options);
    let failed = |error: crate::picture::png::PictureError| RenderError::Picture(error.to_string());
    match options.kind {
        PictureKind::Svg => svg::svg(&figure, &fonts).map(String::into_bytes).map_err(failed),
        PictureKind::Png => png::png(&figure, &fonts, 1.0).map_err(failed),
    }
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
        Resolved::Honesty => {
            let MapView { neighbors, metric, .. } = *map;
            let found = faithfulness::measure(table, projection, axes, neighbors, metric, progress)?;
            Coloring::by_honesty(&found, table.rows())
        }
    })
}

fn bundled_fonts() -> Result<Fonts, RenderError> {
    const FILES: [&[u8]; 2] = [
        include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf"),
        include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf"),
    ];
    Fonts::new(&FILES).map_err(|error| RenderError::Picture(error.to_string()))
}

/// All that a picture is drawn from.
struct Drawing<'a> {
    names: &'a RowNames,
    table: &'a Table,
    view: &'a View,
    cloud: &'a Cloud,
    coloring: &'a Coloring,
    chosen: Chosen<'a>,
    fonts: &'a Fonts,
}

impl Drawing<'_> {
    fn figure(&self, options: &PictureOptions<'_>) -> Figure {
        let map = &self.view.map;
        let palette = palette::of(options.theme);
        let size = options.size.map(|side| side as f32);
        let cloud = self.cloud;
        let viewport = Viewport { width: size[0], height: size[1] };
        let padding = (size[0].min(size[1]) * 0.1).min(96.0);
        let whole = Camera::fit(cloud.bounds, viewport, padding);
        let camera = map
            .framing
            .map_or(whole, |framing| Camera { center: framing.center, scale: whole.scale * framing.zoom });
        let colors = drawing::class_colors(palette);
        let style = drawing::style(palette, &colors, map.point_size, 1.0);
        let paint = self.chosen.paint(&cloud.points, Some(self.coloring));
        let mut figure = Figure::new(size, palette.background, palette.text, palette.quiet);
        figure.marks = Marks::of_cloud(&cloud.points, &paint, &camera, size, &style, 1.0);
        figure.title = Some(options.title.to_owned());
        let [x, y] = drawing::map_axis_names(cloud);
        (figure.x_title, figure.y_title) = (Some(x), Some(y));
        figure.legend = self.legend(palette);
        figure.caption = Some(self.caption());
        let at = |row: u32| {
            let point = cloud.points.position(row as usize)?;
            Some(camera.to_screen(point.map(f64::from), viewport))
        };
        figure.lines = self.lines(palette, &at);
        figure.words = self.words(&figure, palette, cloud, &camera, viewport, &at);
        let place = |point: [f32; 2]| camera.to_screen(point.map(f64::from), viewport);
        self.add_formula(&mut figure, palette, &place, &at);
        figure
    }

    fn legend(&self, palette: &Palette) -> Vec<LegendEntry> {
        let entries = self.coloring.legend.iter();
        let entry = |entry: &coloring::LegendEntry| LegendEntry {
            text: entry.name.clone(),
            color: palette.class(entry.category),
        };
        entries.map(entry).collect()
    }

    /// What every map must say of itself: how many words, in how many dimensions, measured how.
    fn caption(&self) -> String {
        let (rows, dims) = (numbers::thousands(self.table.rows() as u64), self.table.dims());
        let normalized = if self.view.map.projection.normalize { " · unit-length rows" } else { "" };
        let sampled = self.cloud.projection.sampled_rows.as_ref().map_or_else(String::new, |rows| {
            format!(" · a sample of {} words", numbers::thousands(rows.len() as u64))
        });
        format!(
            "{rows} {}s × {dims} · {}{normalized}{sampled}",
            self.table.noun(),
            self.view.map.metric.name()
        )
    }

    fn lines(&self, palette: &Palette, at: &impl Fn(u32) -> Option<[f32; 2]>) -> Vec<Line> {
        let gap = self.view.map.point_size / 2.0 + 2.0;
        let mut lines = Vec::new();
        let mut taken: Vec<Rect> = Vec::new();
        let nearest = self.chosen.neighbors.iter().filter(|_| self.view.map.neighbor_lines);
        for list in nearest {
            for neighbor in &list.neighbors {
                let (Some(from), Some(to)) = (at(list.row), at(neighbor.row)) else { continue };
                let value =
                    self.value_where_free(from, to, numbers::score(neighbor.score, list.metric), &mut taken);
                let color = palette.accent.faded(0.7);
                lines.push(Line { from, to, color, width: 1.5, gap, arrow: false, value });
            }
        }
        if let Some(answer) = self.chosen.analogy.and_then(AnalogyReport::answer) {
            let arrows = [
                (Some(answer.a), Some(answer.b), palette.accent),
                (Some(answer.c), answer.best(), palette.counter),
            ];
            for (from, to, color) in arrows {
                let (Some(from), Some(to)) = (from.and_then(at), to.and_then(at)) else { continue };
                lines.push(Line { from, to, color, width: 3.0, gap: gap + 4.0, arrow: true, value: None });
            }
        }
        lines
    }

    /// The lines from where a formula lies to its nearest words, and its text.
    fn add_formula(
        &self,
        figure: &mut Figure,
        palette: &Palette,
        place: &impl Fn([f32; 2]) -> [f32; 2],
        at: &impl Fn(u32) -> Option<[f32; 2]>,
    ) {
        let Some(report) = self.chosen.formula else { return };
        let Some(answer) = report.answer() else { return };
        let Some(from) = answer.position(self.cloud).map(place) else { return };
        for to in answer.without_inputs.iter().filter_map(|neighbor| at(neighbor.row)) {
            let color = palette.counter.faded(0.7);
            figure.lines.push(Line { from, to, color, width: 1.5, gap: 0.0, arrow: false, value: None });
        }
        let (font_size, weight) = (self.view.map.labels.size, Weight::SemiBold);
        let [width, height] = self.fonts.measure(&report.text, font_size, weight);
        let min = [from[0] + 6.0, from[1] - height / 2.0];
        let rect = Rect { min, max: [min[0] + width, min[1] + height] };
        let text = report.text.clone();
        figure.words.push(Word { text, rect, font_size, weight, color: palette.counter });
    }

    /// A line's value, if its middle has room for it among those written before.
    fn value_where_free(
        &self,
        from: [f32; 2],
        to: [f32; 2],
        value: String,
        taken: &mut Vec<Rect>,
    ) -> Option<String> {
        let [width, height] = self.fonts.measure(&value, VALUE_SIZE, Weight::Regular);
        let middle = [0, 1].map(|i| f32::midpoint(from[i], to[i]));
        let half = [width / 2.0, height / 2.0];
        let rect =
            Rect { min: [0, 1].map(|i| middle[i] - half[i]), max: [0, 1].map(|i| middle[i] + half[i]) };
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        if length < 2.0 * width || taken.iter().any(|other| other.overlaps(&rect)) {
            return None;
        }
        taken.push(rect);
        Some(value)
    }

    fn words(
        &self,
        figure: &Figure,
        palette: &Palette,
        cloud: &Cloud,
        camera: &Camera,
        viewport: Viewport,
        at: &impl Fn(u32) -> Option<[f32; 2]>,
    ) -> Vec<Word> {
        /// How many words in view compete for a label.
        const CANDIDATES: usize = 3_000;
        let labels = self.view.map.labels;
        let radius = self.view.map.point_size / 2.0 + 1.0;
        let candidate = |row: u32, forced: bool| Some(Candidate { id: row, at: at(row)?, radius, forced });
        let forced = self.chosen.forced();
        let mut candidates: Vec<Candidate> = forced.iter().filter_map(|&row| candidate(row, true)).collect();
        if labels.show {
            let visible = cloud.points.first_rows_in(&camera.visible(viewport), CANDIDATES);
            let rest = visible.into_iter().filter(|row| !forced.contains(row));
            candidates.extend(rest.filter_map(|row| candidate(row, false)));
        }
        let text = |row: u32| self.names.shown(row);
        let measure = |row: u32| self.fonts.measure(&text(row), labels.size, Weight::Regular);
        let limits = LabelLimits::default();
        let mut placer = LabelPlacer::new();
        let placed = placer.place(viewport, &figure.reserved(self.fonts), &candidates, &limits, measure);
        let dims = self.chosen.dims_others();
        placed
            .iter()
            .map(|label| Word {
                text: text(label.id),
                rect: label.rect,
                font_size: labels.size,
                weight: Weight::Regular,
                color: if dims && !label.forced { palette.quiet.faded(0.6) } else { palette.text },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::scene::axes::{NamedAxes, NamedAxis};

    fn drawn(view: &View) -> String {
        let words = ["small", "large", "machine", "animal"].map(String::from).to_vec();
        let values = vec![-1.0, 0.0, 0.1, 1.0, 0.0, 0.1, 0.0, -1.0, 0.2, 0.0, 1.0, 0.2];
        let names = RowNames::new(Arc::new(Table::from_f32(words, values, 3)), None);
        let options =
            PictureOptions { kind: PictureKind::Svg, theme: Theme::Light, size: [800, 600], title: "four" };
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
