//! Buttons and a slider that go through steps.

use egui::Ui;

use crate::ui::theme::space;
use crate::ui::widgets;

/// Seconds from one step to the next while they play.
const PACE: f64 = 0.8;

/// Which step is shown.
#[derive(Default)]
pub struct Player {
    /// The last step where nothing is said.
    step: Option<usize>,
    /// When the next step is due, while they play.
    due: Option<f64>,
}

impl Player {
    /// Shows the last step, at rest.
    pub fn go_to_end(&mut self) {
        *self = Self::default();
    }

    /// Shows the controls for so many steps. Gives the step that is to be seen: 0 before the first.
    pub fn show(&mut self, ui: &mut Ui, steps: usize, still: bool) -> usize {
        if steps == 0 {
            return 0;
        }
        let mut step = self.step.unwrap_or(steps).min(steps);
        let now = ui.input(|input| input.time);
        if let Some(due) = self.due {
            if now >= due {
                step = (step + 1).min(steps);
                self.due = (step < steps).then_some(now + PACE);
            }
            ui.ctx().request_repaint_after_secs((due - now).max(0.0) as f32);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let mut go = |ui: &mut Ui, name: &str, to: usize| {
                let there = to != step;
                if ui.add_enabled(there, egui::Button::new(name)).clicked() {
                    self.due = None;
                    Some(to)
                } else {
                    None
                }
            };
            let first = go(ui, "Start", 0);
            let back = go(ui, "Back", step.saturating_sub(1));
            let next = go(ui, "Next", (step + 1).min(steps));
            let last = go(ui, "End", steps);
            let playing = self.due.is_some();
            // Who wants no motion goes step by step.
            if ui.add_enabled(!still, egui::Button::new(if playing { "Pause" } else { "Play" })).clicked() {
                self.due = (!playing).then_some(now + PACE);
                if !playing && step == steps {
                    step = 0;
                }
            }
            step = first.or(back).or(next).or(last).unwrap_or(step);
            let name = ("of", "Which step is shown");
            let shown = widgets::slider(ui, name, step as f64, 0.0..=steps as f64, (0, ""));
            if let Some(shown) = shown {
                (step, self.due) = (shown as usize, None);
            }
            ui.label(if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") });
        });
        self.step = Some(step);
        step
    }
}
