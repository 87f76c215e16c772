//! A picture of a map, put together of what was chosen and what follows from it.

use super::{PictureKind, PictureOptions};
use crate::geometry::clusters::Clustering;
use crate::picture::density::{Contour, Level};
use crate::picture::figure::{Figure, LegendEntry, Line, Marks, Region, Word};
use crate::picture::fonts::{Fonts, Weight};
use crate::picture::{
    Banner, Camera, Candidate, LabelLimits, LabelPlacer, Rect, Rgba, Viewport, place_banners,
};
use crate::scene::cloud::Cloud;
use crate::scene::coloring::{self, Coloring};
use crate::scene::density;
use crate::scene::drawing::{self, Chosen};
use crate::scene::group_names::{self, GroupName, GroupNames};
use crate::scene::names::RowNames;
use crate::scene::numbers;
use crate::scene::palette::Palette;
use crate::scene::view::View;
use crate::scene::words::AnalogyReport;
use crate::vectors::Table;

/// The height of the values at lines: that of a figure's ordinary text.
const VALUE_SIZE: f32 = 14.0;

/// All that a picture is drawn from.
pub(super) struct Composition<'a> {
    pub names: &'a RowNames,
    pub table: &'a Table,
    pub view: &'a View,
    pub cloud: &'a Cloud,
    pub coloring: &'a Coloring,
    pub chosen: Chosen<'a>,
    /// What the regions are named after, where the colors have no names.
    pub clustering: Option<&'a Clustering>,
    pub fonts: &'a Fonts,
}

impl Composition<'_> {
    /// The picture.
    pub fn figure(&self, options: &PictureOptions<'_>) -> Figure {
        let map = &self.view.map;
        let palette = options.palette;
        // In units: several pixels each in a large picture.
        let size = options.size.map(|side| side as f32 / options.scale);
        let cloud = self.cloud;
        let viewport = Viewport { width: size[0], height: size[1] };
        let padding = (size[0].min(size[1]) * 0.1).min(96.0);
        let whole = Camera::fit(cloud.bounds, viewport, padding);
        let camera = map
            .framing
            .map_or(whole, |framing| Camera { center: framing.center, scale: whole.scale * framing.zoom });
        let colors = drawing::class_colors(palette);
        let style = drawing::style(palette, &colors, map.point_size, map.density.point_alpha(), 1.0);
        let paint = self.chosen.paint(cloud, Some(self.coloring));
        let mut figure = Figure::new(size, palette.background, palette.text, palette.quiet);
        // Paper shows more than a screen.
        let fineness = if options.kind == PictureKind::Pdf { 2.0 } else { options.scale };
        figure.marks = Marks::of_cloud(&cloud.points, &paint, &camera, size, &style, fineness);
        (figure.regions, figure.outlines) = self.density(palette, &camera, viewport);
        figure.title = Some(options.title.to_owned());
        let [x, y] = drawing::map_axis_names(cloud);
        (figure.x_title, figure.y_title) = (Some(x), Some(y).filter(|title| !title.is_empty()));
        figure.legend = self.legend(palette);
        figure.caption = Some(self.caption());
        let at = |row: u32| {
            let point = cloud.points.position(row as usize)?;
            Some(camera.to_screen(point.map(f64::from), viewport))
        };
        figure.lines = self.lines(palette, &at);
        let strength = GroupNames::strength(camera.scale / whole.scale);
        let regions =
            self.regions(&figure, palette, strength, &|spot| camera.to_screen(spot.map(f64::from), viewport));
        figure.words = self.words(&figure, &regions, palette, &camera, viewport, &at);
        figure.words.extend(regions);
        let place = |point: [f32; 2]| camera.to_screen(point.map(f64::from), viewport);
        self.add_formula(&mut figure, palette, &place, &at);
        self.add_space_axes(&mut figure, palette, &place);
        figure
    }

    /// The levels of the density, from the outermost to the innermost, and their lines, where it is wanted.
    fn density(&self, palette: &Palette, camera: &Camera, viewport: Viewport) -> (Vec<Region>, Vec<Region>) {
        let choice = self.view.map.density;
        if !choice.show {
            return (Vec::new(), Vec::new());
        }
        let (density, line) = (choice.of(self.cloud), choice.line_color(palette));
        let ring = |contour: &Contour| {
            contour.0.iter().map(|point| camera.to_screen(point.map(f64::from), viewport)).collect()
        };
        let levels = density.levels().iter().zip(choice.colors(palette));
        let region = |(level, fill): (&Level, Rgba)| {
            let rings: Vec<_> = level.contours.iter().map(ring).collect();
            let outline = Region { rings: rings.clone(), fill: None, line: Some((line, 1.0)) };
            (Region { rings, fill: Some(fill), line: None }, outline)
        };
        levels.map(region).unzip()
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
        let subset = &self.view.map.subset;
        let mut parts = Vec::new();
        if !subset.isolated.is_empty() {
            let count = numbers::thousands(subset.isolated.len());
            parts.push(format!(" · {count} of them {}", subset.placing(self.cloud.names.is_some())));
        }
        let wanted =
            if subset.isolated.is_empty() { self.table.rows() as u64 } else { subset.isolated.len() };
        let placed = self.cloud.projection.sampled_rows.as_ref().map_or(wanted, |rows| rows.len() as u64);
        if placed < wanted {
            parts.push(format!(" · a sample of {} {}s", numbers::thousands(placed), self.table.noun()));
        }
        if !subset.hidden.is_empty() {
            parts.push(format!(" · {} hidden", numbers::thousands(subset.hidden.len())));
        }
        if self.view.map.density.show {
            parts.push(format!(" · {}", density::explanation(self.table.noun()).to_lowercase()));
        }
        let sampled = parts.concat();
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
        for [from, to] in self.chosen.relation.into_iter().flat_map(|relation| &relation.pairs) {
            let (Some(from), Some(to)) = (at(*from), at(*to)) else { continue };
            let color = palette.accent;
            lines.push(Line { from, to, color, width: 2.0, gap: gap + 4.0, arrow: true, value: None });
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

    /// The axes of a space, and what they are called, as the window draws them.
    fn add_space_axes(&self, figure: &mut Figure, palette: &Palette, place: &impl Fn([f32; 2]) -> [f32; 2]) {
        let (font_size, weight) = (VALUE_SIZE, Weight::Regular);
        let mut lines = Vec::new();
        for (ends, text) in drawing::space_axes(self.cloud) {
            let [from, to] = ends.map(place);
            let color = palette.quiet.faded(0.5);
            lines.push(Line { from, to, color, width: 1.0, gap: 0.0, arrow: false, value: None });
            let [width, height] = self.fonts.measure(&text, font_size, weight);
            let middle = drawing::space_axis_name_place([from, to]);
            let min = [middle[0] - width / 2.0, middle[1] - height / 2.0];
            let rect = Rect { min, max: [min[0] + width, min[1] + height] };
            figure.words.push(Word { text, rect, font_size, weight, color: palette.quiet });
        }
        lines.append(&mut figure.lines);
        figure.lines = lines;
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

    /// The names of the regions, as the window writes them.
    fn regions(
        &self,
        figure: &Figure,
        palette: &Palette,
        strength: f32,
        place: &impl Fn([f32; 2]) -> [f32; 2],
    ) -> Vec<Word> {
        let labels = self.view.map.labels;
        let few = self.cloud.points.len() <= group_names::FEW;
        if few || strength == 0.0 || !labels.show || !labels.groups || self.chosen.dims_others() {
            return Vec::new();
        }
        let names = match self.clustering {
            Some(clustering) => GroupNames::of_clusters(self.cloud, clustering, self.names),
            None => GroupNames::of_coloring(self.cloud, self.coloring),
        };
        let font_size = labels.size * group_names::LARGER;
        let banners: Vec<Banner> = names
            .0
            .iter()
            .map(|name| Banner {
                spots: name.spots.iter().map(|&spot| place(spot)).collect(),
                size: self.fonts.measure(&name.text, font_size, Weight::SemiBold),
            })
            .collect();
        let reserved = figure.reserved(self.fonts);
        let word = |(name, rect): (GroupName, Option<Rect>)| {
            let rect = rect.filter(|rect| !reserved.iter().any(|taken| taken.overlaps(rect)))?;
            let color = name.category.map_or(palette.text, |category| palette.class(Some(category)));
            let color = color.faded(strength);
            Some(Word { text: name.text, rect, font_size, weight: Weight::SemiBold, color })
        };
        names.0.into_iter().zip(place_banners(&banners, 4.0)).filter_map(word).collect()
    }

    fn words(
        &self,
        figure: &Figure,
        regions: &[Word],
        palette: &Palette,
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
            let mut visible = self.cloud.points.first_rows_in(&camera.visible(viewport), CANDIDATES);
            visible.sort_by_key(|&row| !self.chosen.selection.contains(row));
            let rest = visible.into_iter().filter(|row| !forced.contains(row));
            candidates.extend(rest.filter_map(|row| candidate(row, false)));
        }
        let text = |row: u32| self.names.shown(row);
        let measure = |row: u32| self.fonts.measure(&text(row), labels.size, Weight::Regular);
        let limits = LabelLimits::default();
        let mut placer = LabelPlacer::new();
        let mut reserved = figure.reserved(self.fonts);
        reserved.extend(regions.iter().map(|region| region.rect));
        let placed = placer.place(viewport, &reserved, &candidates, &limits, measure);
        let dims = self.chosen.dims_others();
        placed
            .iter()
            .map(|label| Word {
                text: text(label.id),
                rect: label.rect,
                font_size: labels.size,
                weight: Weight::Regular,
                color: match label.forced || self.chosen.selection.contains(label.id) {
                    false if dims => palette.quiet.faded(0.6),
                    // In space what is far is hazy, as it is in the window.
                    false if self.cloud.depth(label.id as usize) > 1 => palette.quiet.faded(0.8),
                    _ => palette.text,
                },
            })
            .collect()
    }
}
