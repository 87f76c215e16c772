//! Named axes drawn through the whole map, where it is laid out by a projection: the shadow of each direction.

use egui::{Align2, FontId, Painter, Pos2, Stroke, Vec2};

use super::Stage;
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
    // Far beyond any edge; the painter cuts the rest off.
    let step = way.normalized() * 2.0 * (stage.rect.width() + stage.rect.height());
    let color = theme::color(tones.map.counter);
    painter.line_segment([from - step, to + step], Stroke::new(1.5, color.gamma_multiply(0.45)));
    painter.arrow(from, way, Stroke::new(3.0, color));
    for (end, at, away) in [(0, from, -way), (1, to, way)] {
        let text = axis.words[end].first().map_or("", String::as_str);
        let at = at + away.normalized() * 16.0;
        let galley =
            painter.layout_no_wrap(text.to_owned(), FontId::new(size::BODY, theme::semibold()), color);
        let place = Align2::CENTER_CENTER.anchor_size(at, galley.size());
        painter.rect_filled(place.expand(2.0), 3.0, theme::color(tones.map.background).gamma_multiply(0.85));
        painter.galley(place.min, galley, color);
    }
}
