//! The axes: a faint grid with its values, and what each axis stands for.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Stroke, pos2, vec2};

use super::labels::halo;
use super::{Stage, viewport};
use crate::geometry::projection::Layout;
use crate::picture::Bounds;
use crate::scene::drawing;
use crate::ui::theme::{self, Tones, size, space};

/// The rays of a grid around the middle.
const RAYS: usize = 12;

/// The least distance between two lines of the grid, in points of the screen.
const STEP: f64 = 110.0;

/// The grid as it lies behind the points, with the values at its ends.
pub struct Grid {
    step: f64,
    kind: Kind,
    /// The text of each value and where it stands.
    values: Vec<(String, Rect)>,
}

/// What the lines are.
enum Kind {
    /// Lines of equal x, and of equal y.
    Straight,
    /// Circles around the middle.
    Round,
    /// The axes of a space: their ends on the screen.
    Space(Vec<[Pos2; 2]>),
}

impl Grid {
    /// Finds places for the values, which no word is written over.
    pub fn lay_out(painter: &Painter, stage: &mut Stage<'_>) -> Self {
        let step = nice_step(STEP / stage.camera.scale);
        let mut values = Vec::new();
        let mut place = |text: String, at: Pos2, align: Align2| {
            let size = painter.layout_no_wrap(text.clone(), font(), Color32::WHITE).size();
            values.push((text, align.anchor_size(at, size)));
        };
        let kind = match stage.cloud.layout {
            Layout::Flat => {
                straight(stage, step, &mut place);
                Kind::Straight
            }
            Layout::Polar => {
                round(stage, step, &mut place);
                Kind::Round
            }
            Layout::Space(_) => {
                let mut axes = Vec::new();
                for (ends, name) in drawing::space_axes(stage.cloud) {
                    let [from, to] = ends.map(|end| stage.to_screen(end));
                    let middle = drawing::space_axis_name_place([from.into(), to.into()]);
                    place(name, middle.into(), Align2::CENTER_CENTER);
                    axes.push([from, to]);
                }
                Kind::Space(axes)
            }
        };
        stage.reserved.extend(values.iter().map(|(_, rect)| *rect));
        Self { step, kind, values }
    }

    /// Draws the lines.
    pub fn lines(&self, painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
        let visible = stage.camera.visible(viewport(stage.rect));
        let line = Stroke::new(1.0, tones.line.gamma_multiply(0.55));
        let zero = Stroke::new(1.0, tones.line);
        match &self.kind {
            Kind::Straight => {
                for value in multiples(self.step, visible.min[0], visible.max[0]) {
                    let x = stage.to_screen([value as f32, 0.0]).x;
                    painter.vline(x, stage.rect.y_range(), if value == 0.0 { zero } else { line });
                }
                for value in multiples(self.step, visible.min[1], visible.max[1]) {
                    let y = stage.to_screen([0.0, value as f32]).y;
                    painter.hline(stage.rect.x_range(), y, if value == 0.0 { zero } else { line });
                }
            }
            Kind::Round => {
                let middle = stage.to_screen([0.0; 2]);
                let [near, far] = distances(&visible);
                for value in multiples(self.step, near.max(self.step), far) {
                    painter.circle_stroke(middle, (value * stage.camera.scale) as f32, line);
                }
                for ray in 0..RAYS {
                    let angle = std::f32::consts::TAU * ray as f32 / RAYS as f32;
                    let way = vec2(angle.cos(), angle.sin()) * (far * stage.camera.scale) as f32;
                    painter.line_segment([middle, middle + way], line);
                }
            }
            Kind::Space(axes) => {
                for ends in axes {
                    painter.line_segment(*ends, zero);
                }
            }
        }
    }

    /// Writes the values, over the points.
    pub fn values(&self, painter: &Painter, tones: &Tones) {
        for (text, rect) in &self.values {
            let galley = painter.layout_no_wrap(text.clone(), font(), tones.quiet);
            halo(painter, rect.min, &galley, theme::color(tones.map.background).gamma_multiply(0.8), 1.2);
            painter.galley(rect.min, galley, tones.quiet);
        }
    }
}

/// The values of lines of equal x and of equal y, at the map's edges.
fn straight(stage: &Stage<'_>, step: f64, place: &mut impl FnMut(String, Pos2, Align2)) {
    let visible = stage.camera.visible(viewport(stage.rect));
    let top = stage.reserved.first().map_or(stage.rect.top(), Rect::bottom);
    for value in multiples(step, visible.min[0], visible.max[0]) {
        let x = stage.to_screen([value as f32, 0.0]).x;
        if x > stage.rect.left() + 60.0 && x < stage.rect.right() - 30.0 {
            place(number(value, step), pos2(x, stage.rect.bottom() - 22.0), Align2::CENTER_BOTTOM);
        }
    }
    for value in multiples(step, visible.min[1], visible.max[1]) {
        let y = stage.to_screen([0.0, value as f32]).y;
        if y > top + 20.0 && y < stage.rect.bottom() - 50.0 {
            place(number(value, step), pos2(stage.rect.left() + 26.0, y), Align2::LEFT_BOTTOM);
        }
    }
}

/// How far the nearest and the farthest place of an area are from the middle.
fn distances(area: &Bounds) -> [f64; 2] {
    let nearest = |axis: usize| area.min[axis].max(-area.max[axis]).max(0.0);
    let farthest = |axis: usize| area.min[axis].abs().max(area.max[axis].abs());
    [nearest(0).hypot(nearest(1)), farthest(0).hypot(farthest(1))]
}

/// The values of circles around the middle, on the ray to the right.
fn round(stage: &Stage<'_>, step: f64, place: &mut impl FnMut(String, Pos2, Align2)) {
    let visible = stage.camera.visible(viewport(stage.rect));
    for value in multiples(step, step.max(visible.min[0]), visible.max[0]) {
        let at = stage.to_screen([value as f32, 0.0]);
        if stage.rect.shrink(30.0).contains(at) {
            place(number(value, step), at + vec2(-3.0, 0.0), Align2::RIGHT_BOTTOM);
        }
    }
}

fn font() -> FontId {
    FontId::proportional(size::SMALL)
}

/// Writes what the axes stand for, on strips that the points do not run through.
pub fn names(painter: &Painter, stage: &Stage<'_>, tones: &Tones) {
    let [x, y] = drawing::map_axis_names(stage.cloud);
    let ground = theme::color(tones.map.background).gamma_multiply(0.8);
    let galley = within(painter, x, stage.rect.width() - 2.0 * space::L, tones);
    let bottom = pos2(stage.rect.center().x, stage.rect.bottom() - 5.0);
    let place = Align2::CENTER_BOTTOM.anchor_size(bottom, galley.size());
    painter.rect_filled(place.expand2(vec2(4.0, 1.0)), 3.0, ground);
    painter.galley(place.min, galley, tones.quiet);
    if y.is_empty() {
        return;
    }
    // Below what stands at the top of the map.
    let top = stage.reserved.first().map_or(stage.rect.top(), |legend| legend.bottom().max(stage.rect.top()));
    let galley = within(painter, y, stage.rect.bottom() - top - 2.0 * space::L, tones);
    let middle = f32::midpoint(top, stage.rect.bottom()).max(stage.rect.center().y);
    let at = Pos2::new(stage.rect.left() + space::XS, middle + galley.size().x / 2.0);
    let place = Rect::from_min_size(at - vec2(0.0, galley.size().x), vec2(galley.size().y, galley.size().x));
    painter.rect_filled(place.expand2(vec2(1.0, 4.0)), 3.0, ground);
    let mut text = egui::epaint::TextShape::new(at, galley, tones.quiet);
    text.angle = -std::f32::consts::FRAC_PI_2;
    painter.add(text);
}

/// A name that is cut at its end where there is no room for it.
fn within(painter: &Painter, name: String, room: f32, tones: &Tones) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(name, font(), tones.quiet);
    job.wrap = TextWrapping::truncate_at_width(room.max(40.0));
    painter.layout_job(job)
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

    #[test]
    fn circles_are_drawn_that_cross_the_picture_and_no_others() {
        let area = |min, max| Bounds { min, max };
        assert_eq!(distances(&area([-3.0, -4.0], [1.0, 1.0])), [0.0, 5.0]);
        assert_eq!(distances(&area([3.0, 4.0], [6.0, 8.0])), [5.0, 10.0]);
        assert_eq!(distances(&area([-6.0, -1.0], [-3.0, 1.0]))[0], 3.0);
    }
}
