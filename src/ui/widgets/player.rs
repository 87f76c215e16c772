//! Buttons and a slider that go through steps.

use egui::{TextStyle, Ui};

use crate::ui::theme::space;
use crate::ui::widgets;

/// Seconds from one step to the next while they play.
const PACE: f64 = 0.8;

/// No more strides than these are played from the first step to the last.
const STRIDES: usize = 100;

/// How short the rail gets, and what is kept free for the number beside it, in points.
const LEAST_RAIL: f32 = 64.0;
const BESIDE_RAIL: f32 = 84.0;

/// Goes from step to step, by itself if it is asked to.
#[derive(Default)]
pub struct Player {
    /// When the next step is due, while they play.
    due: Option<f64>,
    /// The step that was to be shown when it was last asked.
    last: Option<usize>,
}

impl Player {
    /// Stands still.
    pub fn stop(&mut self) {
        self.due = None;
    }

    /// Shows the controls for so many steps, of which `step` is shown: 0 before the first. Gives the one that is to be shown.
    pub fn show(&mut self, ui: &mut Ui, step: usize, steps: usize, still: bool) -> usize {
        if steps == 0 {
            return 0;
        }
        let mut step = step.min(steps);
        let now = ui.input(|input| input.time);
        // Whoever undoes a step, or goes elsewhere, no longer watches.
        if still || self.last.is_some_and(|last| last != step) {
            self.due = None;
        }
        if let Some(due) = self.due {
            if now >= due {
                // Many steps are played in some hundred strides.
                step = (step + steps.div_ceil(STRIDES)).min(steps);
                self.due = (step < steps).then_some(now + PACE);
            }
            ui.ctx().request_repaint_after_secs((due - now).max(0.0) as f32);
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            step = self.buttons(ui, step, steps, still, now);
            let count = widgets::thousands(steps as u64);
            let name = format!("of {count} {}", if steps == 1 { "step" } else { "steps" });
            let about = (name.as_str(), "Which step is shown");
            // Its number and its name stand beside the rail.
            let beside = widgets::text_width(ui, &name, &TextStyle::Body) + BESIDE_RAIL;
            if ui.available_size_before_wrap().x < LEAST_RAIL + beside {
                ui.end_row();
            }
            let room = ui.available_size_before_wrap().x;
            ui.spacing_mut().slider_width = (room - beside).clamp(LEAST_RAIL, 420.0);
            if let Some(shown) = widgets::slider(ui, about, step as f64, 0.0..=steps as f64, (0, "")) {
                (step, self.due) = (shown as usize, None);
            }
        });
        self.last = Some(step);
        step
    }

    fn buttons(&mut self, ui: &mut Ui, step: usize, steps: usize, still: bool, now: f64) -> usize {
        let mut go = |ui: &mut Ui, name: &str, to: usize| {
            let clicked = ui.add_enabled(to != step, egui::Button::new(name)).clicked();
            clicked.then(|| {
                self.due = None;
                to
            })
        };
        let first = go(ui, "Start", 0);
        let back = go(ui, "Back", step.saturating_sub(1));
        let next = go(ui, "Next", (step + 1).min(steps));
        let last = go(ui, "End", steps);
        let playing = self.due.is_some();
        // Who wants no motion goes step by step.
        // As wide whatever it says: nothing beside it moves.
        let wide = widgets::text_width(ui, "Pause", &TextStyle::Button);
        let button = egui::Button::new(if playing { "Pause" } else { "Play" })
            .min_size(egui::vec2(wide + 2.0 * ui.spacing().button_padding.x, 0.0));
        if ui.add_enabled(!still, button).clicked() {
            self.due = (!playing).then_some(now + PACE);
            if !playing && step == steps {
                return 0;
            }
        }
        first.or(back).or(next).or(last).unwrap_or(step)
    }
}
