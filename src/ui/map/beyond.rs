//! Nearest words outside the view: how many the lines lead to that cannot be seen, and a way to them.

use std::collections::HashSet;

use egui::{Align, Button, FontId, Frame, Layout, Margin, Rect, RichText, Ui, UiBuilder, Vec2, vec2};

use super::{Stage, viewport};
use crate::app::State;
use crate::picture::Camera;
use crate::scene::actions;
use crate::scene::cloud::Cloud;
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, keys};

/// How many of the nearest words that lines lead to are outside the view.
#[derive(Debug, PartialEq, Eq)]
pub struct Beyond {
    outside: usize,
    of: usize,
}

/// The words of the button.
const SHOW: &str = "Show them";

/// Whether a map has no room for a sentence between its buttons.
fn is_narrow(map: Rect) -> bool {
    map.width() < 480.0
}

impl Beyond {
    /// Counts; `None` where nothing is to be said: all are in view, no lines are drawn, or the camera is still on its way.
    pub fn of(state: &State, camera: &Camera, cloud: &Cloud, rect: Rect, flying: bool) -> Option<Self> {
        let view = state.view();
        if flying || !view.map.neighbor_lines || view.map.selection.is_empty() {
            return None;
        }
        let seen = Rect::from_min_size(egui::Pos2::ZERO, rect.size());
        let lists = state.derived().neighbors(view.document)?;
        let rows: HashSet<u32> =
            lists.iter().flat_map(|list| list.neighbors.iter().map(|neighbor| neighbor.row)).collect();
        // Rows without a point have no place that could be shown.
        let points = rows.iter().filter_map(|&row| cloud.points.position(row as usize));
        let (mut outside, mut of) = (0, 0);
        for point in points {
            let [x, y] = camera.to_screen(point.map(f64::from), viewport(rect));
            of += 1;
            outside += usize::from(!seen.contains(egui::pos2(x, y)));
        }
        (outside > 0).then_some(Self { outside, of })
    }

    /// In few words where the map is narrow.
    fn text(&self, narrow: bool) -> String {
        let Self { outside, of } = self;
        if narrow {
            return format!("{outside} of {of} outside");
        }
        let verb = if *outside == 1 { "is" } else { "are" };
        format!("{outside} of {of} nearest words {verb} outside the view")
    }

    fn size(&self, ui: &Ui, narrow: bool) -> Vec2 {
        let wide = |text: String, size: f32| {
            let color = theme::tones(ui).text;
            ui.painter().layout_no_wrap(text, FontId::proportional(size), color).size().x
        };
        vec2(wide(self.text(narrow), size::BODY - 1.0) + wide(SHOW.to_owned(), size::BODY) + 60.0, 40.0)
    }

    /// Where it stands: in the middle above the names of the axis, or at the left where that is too narrow.
    pub fn place(&self, ui: &Ui, map: Rect) -> Rect {
        let size = self.size(ui, is_narrow(map)).min(map.size());
        let left = (map.center().x - size.x / 2.0).max(map.left());
        Rect::from_min_size(egui::pos2(left, map.bottom() - 46.0 - size.y), size)
    }

    /// Says it, with a button that brings them into view.
    pub fn show(&self, ui: &mut Ui, stage: &Stage<'_>, out: &mut Outbox) {
        let Some(action) = actions::find("show-neighbors") else { return };
        let tones = theme::tones(ui);
        let place = self.place(ui, stage.rect);
        let mut area = ui.new_child(UiBuilder::new().max_rect(place).id_salt("beyond the view"));
        let frame =
            Frame::new().fill(tones.panel).stroke(egui::Stroke::new(1.0, tones.line)).corner_radius(8);
        frame.inner_margin(Margin::symmetric(12, 6)).show(&mut area, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::M;
                ui.label(RichText::new(self.text(is_narrow(stage.rect))).size(size::BODY - 1.0));
                let key = action.shortcut.map(keys::text).unwrap_or_default();
                let tip = format!("{} ({key})", action.about.trim_end_matches('.'));
                if ui.add(Button::new(SHOW)).on_hover_text(tip).clicked() {
                    out.act(stage.state, action);
                }
            });
        });
    }
}
