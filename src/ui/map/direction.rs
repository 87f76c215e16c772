//! Named axes drawn through the whole map, where it is laid out by a projection: the shadow of each direction.

use egui::{Align2, FontId, Painter, Pos2, Rect, Stroke, Vec2, vec2};

use super::{Stage, overlay};
use crate::geometry::projection::Layout;
use crate::scene::axes::AxisReport;
use crate::scene::view::Tab;
use crate::ui::theme::{self, Tones, size};

/// Draws the axes of the page that is open: from the mean of the points of one end's words to that of the other's, and on
/// to the edges of the map.
pub fn lines(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    let view = stage.state.view();
    if view.map.named.on_map || view.panels.tab != Tab::Axes {
        return;
    }
    let Some(report) = stage.state.derived().questions().axes(view) else { return };
    for axis in report.axes.iter().filter(|axis| axis.ends.is_some()) {
        line(painter, stage, tones, axis);
    }
}

fn line(painter: &Painter, stage: &Stage<'_>, tones: &Tones, axis: &AxisReport) {
    let mean = |rows: &[u32]| {
        let points: Vec<Pos2> = rows.iter().filter_map(|&row| stage.position(row)).collect();
        let sum = points.iter().fold(Vec2::ZERO, |sum, point| sum + point.to_vec2());
        (!points.is_empty()).then(|| (sum / points.len() as f32).to_pos2())
    };
    let (Some(from), Some(to)) = (mean(&axis.rows[0]), mean(&axis.rows[1])) else { return };
    let way = to - from;
    if way.length() < 1.0 {
        return;
    }
    let color = theme::color(tones.map.counter);
    if stage.cloud.layout == Layout::Polar {
        // Bent around the middle, a direction is no straight line: only where it begins and ends is shown.
        overlay::draw_arrow(painter, from, to, color);
        name(painter, axis, 0, from - way.normalized() * 14.0, tones);
        name(painter, axis, 1, to + way.normalized() * 14.0, tones);
        return;
    }
    // Far beyond any edge; the painter cuts the rest off.
    let step = way.normalized() * 2.0 * (stage.rect.width() + stage.rect.height());
    painter.line_segment([from - step, to + step], Stroke::new(1.5, color.gamma_multiply(0.45)));
    overlay::draw_arrow(painter, from, to, color);
    for (end, away) in [(0, -way), (1, way)] {
        let Some(at) = edge(stage.rect.shrink2(vec2(60.0, 60.0)), from, away) else { continue };
        name(painter, axis, end, at, tones);
    }
}

/// Writes the first word of one end of an axis.
fn name(painter: &Painter, axis: &AxisReport, end: usize, at: Pos2, tones: &Tones) {
    let text = axis.words[end].first().map_or("", String::as_str);
    let color = theme::color(tones.map.counter);
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::new(size::BODY, theme::semibold()), color);
    let place = Align2::CENTER_CENTER.anchor_size(at, galley.size());
    painter.rect_filled(place.expand(2.0), 3.0, theme::color(tones.map.background).gamma_multiply(0.85));
    painter.galley(place.min, galley, color);
}

/// Where a ray leaves a rectangle; none where it begins outside of it.
fn edge(rect: Rect, from: Pos2, way: Vec2) -> Option<Pos2> {
    if !rect.contains(from) {
        return None;
    }
    let steps = [
        (way.x, if way.x > 0.0 { rect.right() - from.x } else { rect.left() - from.x }),
        (way.y, if way.y > 0.0 { rect.bottom() - from.y } else { rect.top() - from.y }),
    ];
    let steps = steps.into_iter().filter(|(way, _)| *way != 0.0).map(|(way, room)| room / way);
    steps.reduce(f32::min).map(|step| from + way * step)
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_ray_leaves_where_it_meets_the_first_edge() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 50.0));
        assert_eq!(edge(rect, pos2(50.0, 25.0), vec2(1.0, 0.0)), Some(pos2(100.0, 25.0)));
        assert_eq!(edge(rect, pos2(50.0, 25.0), vec2(-2.0, -2.0)), Some(pos2(25.0, 0.0)));
        assert_eq!(edge(rect, pos2(150.0, 25.0), vec2(1.0, 0.0)), None);
        assert_eq!(edge(rect, pos2(50.0, 25.0), vec2(0.0, 0.0)), None);
    }
}
