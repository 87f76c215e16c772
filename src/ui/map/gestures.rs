//! What hands do on the map: drag pans, the wheel zooms to the cursor, a click selects, Shift-drag boxes, the lasso lassos.

use egui::{
    Event, Key, Modifiers, Painter, PointerButton, Pos2, Rect, Response, Shape, Stroke, Ui, Vec2, vec2,
};
use roaring::RoaringBitmap;

use super::glide::Glide;
use super::{Stage, at_hand, viewport};
use crate::geometry::projection::{Layout, Turn};
use crate::picture::{Bounds, ScaleLimits};
use crate::scene::view::SelectHow;
use crate::scene::{Command, actions};
use crate::ui::Outbox;
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, Tones, space};

/// How near to a point the pointer must be, in points of the screen.
const REACH: f32 = 14.0;

/// What is being drawn with the mouse, and the tool in hand.
#[derive(Default)]
pub struct Gestures {
    drawing: Option<Drawing>,
    lasso: bool,
    /// Whether the map was last pressed with the mouse.
    pressed: bool,
}

/// How far a point of the screen turns the map.
const DEGREES: f32 = 0.35;

/// How far a key turns the map.
const DEGREES_A_KEY: f32 = 5.0;

/// From where the view wants the map to be seen, where it is a space: the points on the screen may still be on their way there.
fn turn(stage: &Stage<'_>) -> Option<Turn> {
    stage.state.view().map.shown_layout().turn()
}

/// A turn, and so much further to the right and down.
fn by(turn: Turn, [right, down]: [f32; 2]) -> Turn {
    Turn { yaw: turn.yaw + right, pitch: turn.pitch + down }.sound()
}

enum Drawing {
    Box { from: Pos2, to: Pos2 },
    Lasso(Vec<Pos2>),
}

impl Gestures {
    /// Turns this frame's gestures into commands. Gives the row under the pointer.
    pub fn handle(
        &mut self,
        ui: &Ui,
        response: &Response,
        stage: &Stage<'_>,
        glide: &mut Glide,
        out: &mut Outbox,
    ) -> Option<u32> {
        self.drag(ui, response, stage, glide, out);
        wheel(ui, response, stage, glide, out);
        self.pressed = response.has_focus() && (self.pressed || response.is_pointer_button_down_on());
        if response.has_focus() {
            // Arrows walk on the map, and do not lead out of it to what lies beside.
            focus::keep_arrows(ui, response, Arrows::All);
            self.pressed &= !keys(ui, stage, out);
        }
        if response.double_clicked() {
            out.send(Command::SetFraming(None));
        } else if response.clicked() {
            response.request_focus();
            self.pressed = true;
            click(ui, response, stage, out);
        }
        let still = !response.dragged() && self.drawing.is_none() && !glide.is_flying();
        let pointer = response.hover_pos().filter(|_| still)?;
        row_at(stage, pointer)
    }

    fn drag(&mut self, ui: &Ui, response: &Response, stage: &Stage<'_>, glide: &mut Glide, out: &mut Outbox) {
        let modifiers = ui.input(|input| input.modifiers);
        let pointer = response.interact_pointer_pos();
        if response.drag_started_by(PointerButton::Primary)
            && let Some(from) = ui.input(|input| input.pointer.press_origin())
        {
            self.drawing = match () {
                () if modifiers.shift => Some(Drawing::Box { from, to: from }),
                () if self.lasso => Some(Drawing::Lasso(vec![from])),
                () => None,
            };
        }
        match (&mut self.drawing, pointer) {
            (Some(Drawing::Box { to, .. }), Some(pointer)) => *to = pointer,
            (Some(Drawing::Lasso(path)), Some(pointer))
                if path.last().is_none_or(|last| last.distance(pointer) > 2.0) =>
            {
                path.push(pointer);
            }
            (None, _) if response.dragged() => {
                let Vec2 { x, y } = response.drag_delta();
                let turned = turn(stage).filter(|_| response.dragged_by(PointerButton::Primary));
                if let Some(turn) = turned.filter(|_| response.drag_delta() != Vec2::ZERO) {
                    out.send(Command::SetLayout(Layout::Space(by(turn, [x, y].map(|way| way * DEGREES)))));
                } else if turned.is_none() && (x != 0.0 || y != 0.0) {
                    let camera = stage.camera.panned([x, y]);
                    glide.follow_hand();
                    out.send(Command::SetFraming(Some(stage.framing(&camera))));
                }
            }
            _ => {}
        }
        if response.drag_stopped()
            && let Some(drawing) = self.drawing.take()
        {
            let how = if modifiers.command { SelectHow::Add } else { SelectHow::Replace };
            out.send(Command::Select(enclosed(stage, &drawing), how));
        }
    }

    /// Gives up what is being drawn. Says whether there was anything.
    pub fn escape(&mut self) -> bool {
        let lasso = std::mem::take(&mut self.lasso);
        self.drawing.take().is_some() || lasso
    }

    /// Whether the map, where it has the keyboard, was reached with it and not by a click.
    pub fn by_keyboard(&self) -> bool {
        !self.pressed
    }

    /// Draws the box or the lasso.
    pub fn paint(&self, painter: &Painter, tones: &Tones) {
        let stroke = Stroke::new(1.5, tones.accent);
        let fill = tones.accent.gamma_multiply(0.12);
        match &self.drawing {
            Some(Drawing::Box { from, to }) => {
                painter.rect(Rect::from_two_pos(*from, *to), 0.0, fill, stroke, egui::StrokeKind::Middle);
            }
            Some(Drawing::Lasso(path)) => {
                painter.add(Shape::closed_line(path.clone(), stroke));
            }
            None => {}
        }
    }

    /// The buttons in the map's lower right corner.
    pub fn buttons(&mut self, ui: &mut Ui, stage: &Stage<'_>, out: &mut Outbox) {
        let Some(rect) = buttons_place(stage.rect) else { return };
        let mut column = ui.new_child(egui::UiBuilder::new().max_rect(rect).id_salt("map buttons"));
        column.spacing_mut().item_spacing = Vec2::splat(space::XS);
        for id in ["zoom-in", "zoom-out", "show-all"] {
            let Some(action) = actions::find(id) else { continue };
            let icon = match id {
                "zoom-in" => "+",
                "zoom-out" => "−",
                _ => "↺",
            };
            let key = action.shortcut.map(crate::ui::keys::text).unwrap_or_default();
            let tip = format!("{} ({key})", action.about.trim_end_matches('.'));
            if round_button(&mut column, icon, action.title, false, &tip, SIDE) {
                out.act(stage.state, action);
            }
        }
        let tip = "Draw around words to select them. Shift-drag selects a box";
        if round_button(&mut column, "◌", "Lasso", self.lasso, tip, SIDE) {
            self.lasso = !self.lasso;
        }
    }
}

/// A ring where the map was reached with the keyboard: the arrow keys go from word to word now.
pub fn focus_ring(painter: &Painter, response: &Response, gestures: &Gestures, rect: Rect) {
    if response.has_focus() && gestures.by_keyboard() {
        let ring = Stroke::new(2.0, theme::tones_of(painter.ctx()).accent);
        painter.rect_stroke(rect.shrink(1.0), 0.0, ring, egui::StrokeKind::Inside);
    }
}

/// The side of a button on the map.
const SIDE: f32 = 30.0;

/// Where the map's buttons are; `None` where there is no room for them.
pub fn buttons_place(map: Rect) -> Option<Rect> {
    const COUNT: f32 = 4.0;
    let size = vec2(SIDE, COUNT * SIDE + (COUNT - 1.0) * space::XS);
    let corner = map.right_bottom() - vec2(space::L, space::L + 24.0);
    (map.height() > size.y + 80.0).then(|| Rect::from_min_size(corner - size, size))
}

/// A small button on the map. Says whether it was clicked.
fn round_button(ui: &mut Ui, icon: &str, name: &str, on: bool, tip: &str, side: f32) -> bool {
    let tones = theme::tones(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, on, name));
    let fill = match (on, response.hovered() || response.has_focus()) {
        (true, _) => tones.accent_soft,
        (false, true) => tones.hover,
        (false, false) => tones.panel,
    };
    let ring = if response.has_focus() { tones.accent } else { tones.line };
    ui.painter().rect(rect, 8.0, fill, Stroke::new(1.0, ring), egui::StrokeKind::Inside);
    let font = egui::FontId::proportional(theme::size::LARGE);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icon, font, tones.text);
    response.on_hover_text(tip).clicked()
}

fn wheel(ui: &Ui, response: &Response, stage: &Stage<'_>, glide: &mut Glide, out: &mut Outbox) {
    let Some(pointer) = response.hover_pos() else { return };
    let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
    let factor = f64::from((scroll * 0.004).exp() * pinch);
    if (factor - 1.0).abs() < 1e-6 {
        return;
    }
    let cursor = pointer - stage.rect.min;
    let limits =
        ScaleLimits { min: stage.whole.scale * 0.2, max: stage.whole.scale * crate::scene::view::MOST_ZOOM };
    let camera = stage.camera.zoomed([cursor.x, cursor.y], factor, viewport(stage.rect), limits);
    glide.follow_hand();
    out.send(Command::SetFraming(Some(stage.framing(&camera))));
}

fn click(ui: &Ui, response: &Response, stage: &Stage<'_>, out: &mut Outbox) {
    let modifiers = ui.input(|input| input.modifiers);
    let how = if modifiers.shift || modifiers.command { SelectHow::Toggle } else { SelectHow::Replace };
    let row = response.interact_pointer_pos().and_then(|pointer| row_at(stage, pointer));
    match row {
        Some(row) => out.send(Command::Select(RoaringBitmap::from_iter([row]), how)),
        None if how == SelectHow::Replace => out.send(Command::ClearSelection),
        None => {}
    }
}

/// Arrows go from word to word; with Ctrl they move the camera, with Alt they turn a space. Says whether one was pressed.
fn keys(ui: &Ui, stage: &Stage<'_>, out: &mut Outbox) -> bool {
    const ARROWS: [(Key, Vec2); 4] = [
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
    ];
    let pressed = |key: Key, with: Modifiers| {
        ui.input(|input| {
            input.events.iter().any(|event| {
                matches!(event, Event::Key { key: k, pressed: true, modifiers, .. }
                    if *k == key && modifiers.matches_exact(with))
            })
        })
    };
    let mut any = false;
    for (key, direction) in ARROWS {
        let turned = turn(stage).filter(|_| pressed(key, Modifiers::ALT));
        any |= pressed(key, Modifiers::COMMAND) || pressed(key, Modifiers::NONE) || turned.is_some();
        if let Some(turn) = turned {
            let turn = by(turn, [direction.x, direction.y].map(|way| way * DEGREES_A_KEY));
            out.send(Command::SetLayout(Layout::Space(turn)));
        } else if pressed(key, Modifiers::COMMAND) {
            let step = -direction * stage.rect.width().min(stage.rect.height()) * 0.15;
            let camera = stage.camera.panned([step.x, step.y]);
            out.send(Command::SetFraming(Some(stage.framing(&camera))));
        } else if pressed(key, Modifiers::NONE)
            && let Some(row) = next_towards(stage, direction)
        {
            out.send(Command::Select(RoaringBitmap::from_iter([row]), SelectHow::Replace));
        }
    }
    any
}

/// The nearest point in a direction of the screen, from the chosen word or from the middle of the map.
fn next_towards(stage: &Stage<'_>, direction: Vec2) -> Option<u32> {
    /// Enough points to find a way among, few enough for a frame.
    const CANDIDATES: usize = 4_000;
    let focus = stage.state.view().map.selection.focus();
    let from = focus.and_then(|row| stage.position(row)).unwrap_or(stage.rect.center());
    let visible = stage.camera.visible(viewport(stage.rect));
    let rows = stage.cloud.points.first_rows_in(&visible, CANDIDATES);
    let cost = |row: u32| {
        let way = stage.position(row)? - from;
        let along = way.dot(direction);
        let aside = (way - along * direction).length();
        // Within a wedge of 45° to either side, the nearest, with what lies straight ahead preferred.
        (Some(row) != focus && along > 0.5 && aside <= along).then_some((along + 1.5 * aside, row))
    };
    let best = rows.into_iter().filter_map(cost).min_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, row)| row)
}

/// The row whose point is under the pointer.
fn row_at(stage: &Stage<'_>, pointer: Pos2) -> Option<u32> {
    let at = pointer - stage.rect.min;
    let world = stage.camera.to_world([at.x, at.y], viewport(stage.rect));
    let reach = f64::from(REACH.max(stage.state.view().map.point_size)) / stage.camera.scale;
    stage.cloud.points.nearest(world, reach, |_| true).map(|hit| hit.row as u32)
}

/// The rows inside what was drawn.
fn enclosed(stage: &Stage<'_>, drawing: &Drawing) -> RoaringBitmap {
    let world = |position: &Pos2| {
        let at = *position - stage.rect.min;
        stage.camera.to_world([at.x, at.y], viewport(stage.rect))
    };
    match drawing {
        Drawing::Box { from, to } => {
            let area = Bounds::spanned(world(from), world(to));
            at_hand(|| stage.cloud.points.rows_in_rectangle(&area)).into_iter().collect()
        }
        Drawing::Lasso(path) => {
            let polygon: Vec<[f64; 2]> = path.iter().map(world).collect();
            at_hand(|| stage.cloud.points.rows_in_lasso(&polygon)).into_iter().collect()
        }
    }
}
