//! The axes: a faint grid with its values, and what each axis stands for.

use egui::{Align2, FontId, Painter, Pos2, Stroke, pos2, vec2};

use super::{Stage, viewport};
use crate::scene::drawing;
use crate::ui::theme::{Tones, size, space};

/// The least distance between two lines of the grid, in points of the screen.
const STEP: f64 = 110.0;

/// Draws the grid, and the values at its ends.
pub fn grid(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    let visible = stage.camera.visible(viewport(stage.rect));
    let step = nice_step(STEP / stage.camera.scale);
    let line = Stroke::new(1.0, tones.line.gamma_multiply(0.55));
    let zero = Stroke::new(1.0, tones.line);
    let font = FontId::proportional(size::SMALL);
    let color = tones.quiet.gamma_multiply(0.8);
    for value in multiples(step, visible.min[0], visible.max[0]) {
        let x = stage.to_screen([value as f32, 0.0]).x;
        painter.vline(x, stage.rect.y_range(), if value == 0.0 { zero } else { line });
        let at = pos2(x, stage.rect.bottom() - 22.0);
        if x > stage.rect.left() + 30.0 && x < stage.rect.right() - 30.0 {
            painter.text(at, Align2::CENTER_BOTTOM, number(value, step), font.clone(), color);
        }
    }
    for value in multiples(step, visible.min[1], visible.max[1]) {
        let y = stage.to_screen([0.0, value as f32]).y;
        painter.hline(stage.rect.x_range(), y, if value == 0.0 { zero } else { line });
        if y > stage.reserved.first().map_or(stage.rect.top(), egui::Rect::bottom) + 20.0
            && y < stage.rect.bottom() - 50.0
        {
            let at = pos2(stage.rect.left() + 26.0, y);
            painter.text(at, Align2::LEFT_BOTTOM, number(value, step), font.clone(), color);
        }
    }
}

/// Writes what the axes stand for.
pub fn names(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    let [x, y] = drawing::map_axis_names(stage.cloud);
    let font = FontId::proportional(size::SMALL);
    let bottom = pos2(stage.rect.center().x, stage.rect.bottom() - 5.0);
    painter.text(bottom, Align2::CENTER_BOTTOM, x, font.clone(), tones.quiet);
    let galley = painter.layout_no_wrap(y, font, tones.quiet);
    let at = Pos2::new(stage.rect.left() + space::XS, stage.rect.center().y + galley.size().x / 2.0);
    let mut text = egui::epaint::TextShape::new(at + vec2(0.0, 0.0), galley, tones.quiet);
    text.angle = -std::f32::consts::FRAC_PI_2;
    painter.add(text);
}

/// The next of 1, 2, 5 × 10ⁿ that is at least `step`.
fn nice_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|nice| *nice >= step).unwrap_or(power)
}

/// The multiples of `step` between two values; none where there would be too many to draw.
fn multiples(step: f64, from: f64, to: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    let sound = step.is_finite() && step > 0.0 && last.saturating_sub(first) < 200;
    (first..=if sound { last } else { first - 1 }).map(move |i| i as f64 * step)
}

fn number(value: f64, step: f64) -> String {
    let decimals = (-step.log10().floor()).clamp(0.0, 8.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_round_values() {
        assert_eq!(nice_step(0.013), 0.02);
        assert_eq!(nice_step(3.0), 5.0);
        assert_eq!(multiples(0.5, -1.2, 1.2).collect::<Vec<_>>(), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(multiples(0.0, 0.0, 1.0).count(), 0);
    }
}
