//! Lines to the nearest words, arrows of an analogy, and the card at the pointer.

use egui::{Align2, Color32, FontId, Painter, Pos2, Stroke, Ui, Vec2, vec2};

use super::{Stage, three};
use crate::ui::theme::{self, Tones, size};

/// Draws neighbor lines and analogy arrows.
pub fn lines(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    let view = stage.state.view();
    if view.map.neighbor_lines {
        neighbor_lines(painter, stage, tones);
    }
    for pair in stage.state.chosen().relation.into_iter().flat_map(|relation| &relation.pairs) {
        if let [Some(from), Some(to)] = pair.map(|row| stage.position(row)) {
            draw_arrow(painter, from, to, tones.accent);
        }
    }
    if let Some(report) = stage.state.derived().analogy(view.document) {
        analogy_arrows(painter, stage, tones, report);
    }
}

fn neighbor_lines(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    for list in stage.state.chosen().neighbors {
        let Some(from) = stage.position(list.row) else { continue };
        for (rank, neighbor) in list.neighbors.iter().enumerate() {
            let Some(to) = stage.position(neighbor.row) else { continue };
            let strength = 1.0 - 0.6 * rank as f32 / list.neighbors.len().max(1) as f32;
            painter.line_segment([from, to], Stroke::new(1.6, tones.accent.gamma_multiply(0.85 * strength)));
        }
    }
}

/// Writes the value of each line on it, nearer to the neighbor, where there is room between the words in `taken` and the
/// values before it.
pub fn values(painter: &Painter, stage: &Stage<'_>, tones: &Tones, mut taken: Vec<egui::Rect>) {
    if !stage.state.view().map.neighbor_lines {
        return;
    }
    let font = FontId::proportional(size::SMALL);
    let lines: Vec<[Pos2; 2]> = stage
        .state
        .chosen()
        .neighbors
        .iter()
        .flat_map(|list| list.neighbors.iter().map(|neighbor| [list.row, neighbor.row]))
        .filter_map(|[from, to]| Some([stage.position(from)?, stage.position(to)?]))
        .collect();
    for list in stage.state.chosen().neighbors {
        let Some(from) = stage.position(list.row) else { continue };
        for neighbor in &list.neighbors {
            let Some(to) = stage.position(neighbor.row) else { continue };
            let text = crate::ui::widgets::score(neighbor.score, list.metric);
            let galley = painter.layout_no_wrap(text, font.clone(), tones.accent);
            if (to - from).length() < galley.size().x * 1.6 {
                continue;
            }
            let crosses = |rect: egui::Rect| {
                // A rectangle meets a segment if it lies before each of its ends, looking at the other.
                let meets = |a: Pos2, b: Pos2| {
                    let way = (b - a).normalized();
                    rect.intersects_ray(a, way) && rect.intersects_ray(b, -way)
                };
                lines.iter().any(|&[a, b]| a != b && [a, b] != [from, to] && meets(a, b))
            };
            // A value that stands nearer to another word than to its own would be read as that word's.
            let is_own = |rect: egui::Rect| {
                let far = |point: Pos2| rect.distance_to_pos(point);
                lines.iter().all(|&[_, other]| other == to || far(other) > far(to).max(4.0))
            };
            // Along the line, the first place that is free, of other lines too if there is one.
            let free = [0.62, 0.5, 0.75, 0.38].into_iter().filter_map(|share| {
                let at = from + (to - from) * share;
                let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size()).expand(1.0);
                let free =
                    stage.rect.contains_rect(rect) && !taken.iter().any(|other| other.intersects(rect));
                (free && is_own(rect)).then_some(rect)
            });
            let places: Vec<egui::Rect> = free.collect();
            let place = places.iter().find(|place| !crosses(**place)).or_else(|| places.first()).copied();
            if let Some(rect) = place {
                painter.rect_filled(rect, 3.0, theme::color(tones.map.background).gamma_multiply(0.85));
                painter.galley(rect.min + Vec2::splat(1.0), galley, tones.accent);
                taken.push(rect);
            }
        }
    }
}

fn analogy_arrows(
    painter: &Painter,
    stage: &Stage<'_>,
    tones: &Tones,
    report: &crate::scene::words::AnalogyReport,
) {
    let arrow = |from: Option<u32>, to: Option<u32>, color: Color32| {
        let ends = from.and_then(|row| stage.position(row)).zip(to.and_then(|row| stage.position(row)));
        if let Some((from, to)) = ends {
            draw_arrow(painter, from, to, color);
        }
    };
    let Some(answer) = report.answer() else { return };
    arrow(Some(answer.a), Some(answer.b), tones.accent);
    arrow(Some(answer.c), answer.best(), theme::color(tones.map.counter));
}

/// An arrow that ends short of the points it joins, with a halo so that it is seen over them; a short one is smaller.
pub fn draw_arrow(painter: &Painter, from: Pos2, to: Pos2, color: Color32) {
    /// What stays free at the points, the length of the head, and how long an arrow must be to have both whole.
    const CLEAR: f32 = 7.0;
    const HEAD: f32 = 13.0;
    const WHOLE: f32 = 2.0 * CLEAR + 2.0 * HEAD;
    let way = to - from;
    if way.length() < 3.0 {
        return;
    }
    let size = (way.length() / WHOLE).min(1.0);
    let direction = way.normalized();
    let (from, to) = (from + direction * CLEAR * size, to - direction * CLEAR * size);
    let halo = theme::color(theme::tones_of(painter.ctx()).map.background);
    let thick = size.max(0.5);
    for (width, color) in [(6.0 * thick, halo.gamma_multiply(0.8)), (3.0 * thick, color)] {
        painter.line_segment([from, to - direction * 6.0 * size], Stroke::new(width, color));
    }
    let side = direction.rot90() * 6.0 * size.max(0.6);
    let back = to - direction * HEAD * size;
    painter.add(egui::Shape::convex_polygon(vec![to, back + side, back - side], color, Stroke::NONE));
}

/// Says which word is under the pointer, and where it lies.
pub fn hover_card(ui: &Ui, stage: &Stage<'_>, row: u32) {
    let (Some(names), Some(at)) = (stage.state.names(), stage.position(row)) else { return };
    let tones = theme::tones(ui);
    let painter = ui.painter().with_clip_rect(stage.rect);
    painter.circle_stroke(at, stage.state.view().map.point_size / 2.0 + 4.0, Stroke::new(2.0, tones.accent));
    let [x, y] = stage.cloud.points.position(row as usize).unwrap_or_default();
    let coloring = stage.state.derived().coloring(stage.state.view().document);
    let group = coloring.and_then(|coloring| {
        let entry = coloring.name_of(row)?;
        let title = coloring.title.as_ref().filter(|_| !coloring.has_categories());
        Some(title.map_or_else(|| entry.name.clone(), |title| format!("{title}: {}", entry.name)))
    });
    let mut lines = vec![(names.shown(row), size::LARGE, tones.text)];
    if let Some(group) = group {
        lines.push((group, size::SMALL, tones.quiet));
    }
    lines.push((format!("x {}   y {}", three(x), three(y)), size::SMALL, tones.quiet));
    lines.push((
        format!("row {row} of {}", crate::ui::widgets::row_range(names.table().rows())),
        size::SMALL,
        tones.quiet,
    ));
    card(&painter, stage, at, &lines, &tones);
}

fn card(painter: &Painter, stage: &Stage<'_>, at: Pos2, lines: &[(String, f32, Color32)], tones: &Tones) {
    let galleys: Vec<_> = lines
        .iter()
        .map(|(text, size, color)| painter.layout(text.clone(), FontId::proportional(*size), *color, 320.0))
        .collect();
    let width = galleys.iter().map(|galley| galley.size().x).fold(0.0, f32::max);
    let height: f32 = galleys.iter().map(|galley| galley.size().y + 2.0).sum();
    let size = vec2(width + 20.0, height + 14.0);
    let mut corner = at + vec2(14.0, 14.0);
    if corner.x + size.x > stage.rect.right() {
        corner.x = at.x - 14.0 - size.x;
    }
    if corner.y + size.y > stage.rect.bottom() {
        corner.y = at.y - 14.0 - size.y;
    }
    let rect = egui::Rect::from_min_size(corner, size);
    painter.rect(rect, 8.0, tones.panel, Stroke::new(1.0, tones.line), egui::StrokeKind::Inside);
    let mut pen = corner + vec2(10.0, 7.0);
    for galley in galleys {
        let step = galley.size().y + 2.0;
        painter.galley(pen, galley, tones.text);
        pen.y += step;
    }
}
