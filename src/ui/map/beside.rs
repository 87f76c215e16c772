//! The map of another table beside that of the open one: the same words, seen by the same camera, chosen in both at once.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Align, Align2, FontId, Painter, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::{Map, Stage, axes::Grid, gestures, legend::Legend, overlay, reserved, subset::SubsetNote, whole};
use crate::app::State;
use crate::scene::cloud::Cloud;
use crate::ui::Outbox;
use crate::ui::theme::{self, Tones, size, space};

/// With less room than this the two would be too narrow to be read.
pub const LEAST_WIDTH: f32 = 520.0;

/// The accessible name of the map of the other table.
pub const NAME: &str = "Map of the other table";

/// Shows both maps, each in half of the space that there is.
pub fn show(here: &mut Map, ui: &mut Ui, state: &State, there: &Arc<Cloud>, out: &mut Outbox) {
    let (rect, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let (left, right) = rect.split_left_right_at_fraction(0.5);
    let half = |ui: &mut Ui, rect: Rect, name: &str| {
        let mut half = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(name));
        half.set_clip_rect(rect.intersect(ui.clip_rect()));
        half
    };
    here.show_here(&mut half(ui, left.with_max_x(left.right() - 1.0), "here"), state, out);
    let mut other = here.there.take().unwrap_or_default();
    other.show_there(&mut half(ui, right, "there"), state, there, here, out);
    here.there = Some(other);
    let tones = theme::tones(ui);
    ui.painter().vline(left.right() - 0.5, rect.y_range(), (1.0, tones.line));
    let titles = [state.document(), state.compared()].map(|open| open.map_or("", |open| &open.title));
    let top = Legend::lay_out(ui, state, left.size()).height() + space::S;
    title(ui.painter(), left, top, titles[0], "");
    title(ui.painter(), right, top, titles[1], "turned onto it");
}

/// Says why the other map is not there.
pub fn too_narrow(painter: &Painter, map: Rect, tones: &Tones) {
    let text = "Too narrow for both maps: make the window wider, or close a panel.";
    let mut job = LayoutJob::simple(
        text.to_owned(),
        FontId::proportional(size::SMALL),
        tones.quiet,
        map.width() - 2.0 * space::XL,
    );
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    let at = map.center_bottom() - vec2(0.0, galley.size().y + 46.0);
    let place = Rect::from_center_size(at + vec2(0.0, galley.size().y / 2.0), galley.size());
    painter.rect_filled(place.expand(4.0), 4.0, theme::color(tones.map.background).gamma_multiply(0.85));
    painter.galley(at, galley, tones.quiet);
}

/// Writes above a map whose it is.
fn title(painter: &Painter, map: Rect, top: f32, name: &str, note: &str) {
    let tones = theme::tones_of(painter.ctx());
    let font = FontId::new(size::BODY, theme::semibold());
    let name = painter.layout_no_wrap(name.to_owned(), font, tones.text);
    let note = painter.layout_no_wrap(note.to_owned(), FontId::proportional(size::SMALL), tones.quiet);
    let size = vec2(name.size().x + space::S + note.size().x, name.size().y);
    let place = Align2::CENTER_TOP.anchor_size(map.center_top() + vec2(0.0, top), size);
    painter.rect_filled(place.expand(4.0), 4.0, theme::color(tones.map.background).gamma_multiply(0.85));
    let beside = egui::pos2(place.right() - note.size().x, place.bottom() - note.size().y - 1.0);
    painter.galley(place.min, name, tones.text);
    painter.galley(beside, note, tones.quiet);
}

impl Map {
    /// Shows the words of the other table as they lie on the map `here`.
    fn show_there(
        &mut self,
        ui: &mut Ui,
        state: &State,
        cloud: &Arc<Cloud>,
        here: &mut Self,
        out: &mut Outbox,
    ) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, NAME));
        let tones = theme::tones(ui);
        // As much room at the top as the other map has, so that the same is seen in both.
        let legend = Legend::lay_out(ui, state, rect.size()).height();
        let note = SubsetNote::of(state).map(|note| note.place(ui, rect, legend).bottom() - rect.top());
        let top = note.unwrap_or(legend);
        let whole = whole(cloud, rect, top);
        let camera = here.camera;
        let seen = (camera, super::viewport(rect));
        let at_once = state.settings().reduce_motion || state.is_turning();
        let drawn = self.morph.cloud(ui.ctx(), (state.view().document, cloud), seen, at_once);
        let reserved = reserved(rect, top + 2.0 * space::L);
        let mut stage = Stage { state, cloud: &drawn, rect, camera, whole, reserved, hovered: None };
        stage.hovered = self.gestures.handle(ui, &response, &stage, &mut here.glide, out);

        let painter = ui.painter().with_clip_rect(rect);
        let grid = Grid::lay_out(&painter, &mut stage);
        grid.lines(&painter, &stage, &tones);
        self.points.paint(&painter, &stage);
        overlay::lines(&painter, &stage, &tones);
        // Without the values of the lines: those are of the open table.
        self.labels.paint(&painter, &stage, &tones);
        grid.values(&painter, &tones);
        self.gestures.paint(&painter, &tones);
        if let Some(row) = stage.hovered {
            overlay::hover_card(ui, &stage, row);
        }
        gestures::focus_ring(&painter, &response, &self.gestures, rect);
    }
}
