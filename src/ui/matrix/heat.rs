//! The matrix as a picture that is panned, zoomed and read: rows named by their tokens, numbers as colors.

use egui::{FontId, Key, Modifiers, Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::bars::{self, Extent};
use super::canvas::{Canvas, Layout};
use super::labels::{self, Numbers};
use super::shown::Shown;
use crate::scene::view::MatrixFrame;
use crate::ui::focus::{self, Arrows};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// How wide the names of the rows are, and how high the numbers of the columns.
const NAMES: f32 = 176.0;
pub const RULER: f32 = 20.0;

/// The picture, and what it remembers from frame to frame.
#[derive(Default)]
pub struct Heat {
    canvas: Canvas,
    /// Where numbers were drawn last, so that a row can be found on the screen.
    pub layout: Option<Layout>,
    /// When it was drawn last, and whether it waits for what is chosen to come into view.
    pass: u64,
    awaits: bool,
    /// The row that was chosen then.
    last: Option<u32>,
    numbers: Numbers,
    /// The column whose number in the chosen row the keyboard reads, once it does, and the one that was clicked last.
    column: Option<usize>,
    clicked: Option<usize>,
    /// Whether somebody has moved or clicked the picture: then it need not be said how.
    is_used: bool,
}

impl Heat {
    /// Shows the picture in all the room that there is.
    pub fn show(&mut self, ui: &mut Ui, shown: &Shown<'_>, out: &mut Outbox) {
        let frame = shown.state.view().matrix.frame;
        // Where there is no room nothing is drawn, and nothing can be found there.
        self.layout = None;
        let whole = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(whole);
        let names = NAMES.min(whole.width() * 0.35);
        let area = Rect::from_min_max(
            whole.min + vec2(names, RULER),
            whole.max - vec2(bars::THICK + space::XS, bars::THICK + space::XS),
        );
        if area.width() < 16.0 || area.height() < 16.0 {
            return;
        }
        let layout = laid_out(frame, area, shown);
        self.layout = Some(layout);
        self.arrive(ui, &layout, shown, out);
        let response = ui.interact(area, id(), Sense::click_and_drag());
        let mut next = moved(ui, &response, &layout, frame, shown);
        self.draw(ui, &layout, shown, out);
        labels::names_of_rows(ui, &layout, whole.left(), shown);
        labels::ruler(ui, &layout, shown);
        labels::marks(ui, &layout, shown);
        self.numbers.show(ui, &layout, shown);
        next = bars_moved(ui, whole, &layout, shown, frame).or(next);
        next = self.read(ui, &response, &layout, shown).or(next);
        if let Some(next) = next {
            self.is_used = true;
            out.look_up(shown.state, |matrix| matrix.frame = next);
        }
        self.named(&response, shown);
        self.heard(ui, &response, &layout, shown, out);
    }

    /// Left and right go from number to number of the chosen row. Gives the frame in which the number is in sight.
    fn read(
        &mut self,
        ui: &Ui,
        response: &Response,
        layout: &Layout,
        shown: &Shown<'_>,
    ) -> Option<MatrixFrame> {
        // Another matrix may have taken the place of the one that was read, with fewer columns.
        self.column = self.column.filter(|column| *column < shown.dims());
        self.clicked = self.clicked.filter(|column| *column < shown.dims());
        let row = shown.chosen.filter(|_| response.has_focus() && !response.clicked());
        let Some(row) = row else {
            self.column = None;
            return None;
        };
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (right, left) = (pressed(Key::ArrowRight), pressed(Key::ArrowLeft));
        if right || left {
            let first = layout.columns(shown.dims()).start;
            let next = self.column.map_or(self.clicked.unwrap_or(first), |column| {
                if right { column + 1 } else { column.saturating_sub(1) }
            });
            self.column = Some(next.min(shown.dims() - 1));
        }
        let column = self.column?;
        let at = pos2(layout.x(column as f64), layout.y(shown.place_of(row) as f64));
        let cell = Rect::from_min_size(at, vec2(layout.cell[0], layout.cell[1].max(2.0)));
        if layout.area.intersects(cell) {
            labels::reading(ui, layout, cell, &format!("column {column}: {}", shown.value(row, column)));
        }
        let within = layout.first[0]..layout.first[0] + layout.room()[0] - 1.0;
        let out_of_sight = (right || left) && !within.contains(&(column as f64));
        let frame = shown.state.view().matrix.frame;
        out_of_sight.then_some(MatrixFrame { column: column as f64 + 0.5, ..frame })
    }

    /// What the picture is called, with what the keyboard is at.
    fn named(&self, response: &Response, shown: &Shown<'_>) {
        response.widget_info(|| {
            let row = shown.chosen.map_or("no row is chosen".to_owned(), |row| {
                format!("row {row}, {}", shown.matrix.names.shown(row))
            });
            let value = self.column.zip(shown.chosen).map_or(String::new(), |(column, row)| {
                format!(", column {column}: {}", shown.value(row, column))
            });
            let (rows, dims) = (widgets::thousands(shown.rows() as u64), shown.dims());
            WidgetInfo::labeled(
                egui::Role::ScrollView,
                true,
                format!("Matrix of {rows} rows × {dims}, {row}{value}"),
            )
        });
    }

    /// Brings the chosen row into view where one comes here from elsewhere, or it was chosen elsewhere.
    fn arrive(&mut self, ui: &Ui, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
        let pass = ui.ctx().cumulative_pass_nr();
        let comes = std::mem::replace(&mut self.pass, pass) + 2 < pass;
        // What is chosen may be found only some frames later, and the rows be sorted later still.
        let changes = std::mem::replace(&mut self.last, shown.chosen) != shown.chosen;
        self.awaits |= comes || changes;
        if changes {
            // A row that was chosen elsewhere is read from the left.
            (self.column, self.clicked) = (None, None);
        }
        let lookup = shown.state.derived().lookup();
        let is_known = lookup.knows_chosen() && lookup.is_sorted(&shown.state.view().matrix);
        if self.awaits
            && is_known
            && let Some(row) = shown.chosen
        {
            self.awaits = false;
            let place = shown.place_of(row);
            if !layout.shows_row(place) {
                out.look_up(shown.state, |matrix| matrix.frame.row = place as f64 + 0.5);
            }
        }
        if ui.input(|input| input.pointer.any_down()) {
            self.awaits = false;
        }
    }

    /// What the pointer is at, what is clicked, and the keys that go from row to row.
    fn heard(&mut self, ui: &Ui, response: &Response, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
        let hit = |at: Pos2| {
            let [column, place] = layout.place(at);
            let inside = column >= 0.0 && place >= 0.0;
            let (column, place) = (column as usize, place as usize);
            (inside && column < shown.dims() && place < shown.rows()).then(|| (shown.row_at(place), column))
        };
        // A key that presses it chooses nothing: the pointer may be anywhere.
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
            response.request_focus();
            if let Some((row, column)) = hit(at) {
                (self.column, self.clicked, self.is_used) = (None, Some(column), true);
                // It is in sight where it was clicked, also in part.
                self.last = Some(row);
                super::choose(shown.state, shown.matrix, row, out);
            }
        }
        if response.has_focus()
            && let Some(place) = walked(ui, layout, shown)
        {
            let row = shown.row_at(place);
            let go = if layout.shows_row(place) { super::choose } else { super::go_to };
            self.last = Some(row);
            go(shown.state, shown.matrix, row, out);
        }
        if let Some(hit) = response.hover_pos().filter(|_| !response.dragged()).and_then(hit) {
            told(response, shown, hit, !self.is_used);
        }
    }

    fn draw(&mut self, ui: &Ui, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
        let picture = shown.state.derived().lookup().picture();
        let tones = theme::tones(ui);
        self.canvas.turn_to((picture.generation() as usize, 0), &tones);
        let painter = ui.painter_at(layout.area);
        painter.rect_filled(layout.area, 0.0, tones.well);
        let parts = layout.parts(shown.rows(), shown.dims());
        for tile in parts.iter().filter_map(|part| picture.tile(*part)) {
            self.canvas.draw(ui.ctx(), &painter, layout, tile);
        }
        self.canvas.tidy(&parts);
        out.want_tiles(parts);
    }
}

/// The picture, to the keyboard.
pub fn id() -> egui::Id {
    egui::Id::unique("matrix picture")
}

/// The frame as it fits the area: no farther than the last row and column.
fn laid_out(frame: MatrixFrame, area: Rect, shown: &Shown<'_>) -> Layout {
    let cell = [frame.width, frame.height];
    let mut layout = Layout { area, first: [0.0, 0.0], cell };
    let room = layout.room();
    let along = |middle: f64, room: f64, count: usize| {
        (middle - room / 2.0).clamp(0.0, (count as f64 - room).max(0.0))
    };
    layout.first = [along(frame.column, room[0], shown.dims()), along(frame.row, room[1], shown.rows())];
    layout
}

/// The frame in whose middle a layout has what it has.
fn framed(layout: &Layout) -> MatrixFrame {
    let room = layout.room();
    MatrixFrame {
        column: layout.first[0] + room[0] / 2.0,
        row: layout.first[1] + room[1] / 2.0,
        width: layout.cell[0],
        height: layout.cell[1],
    }
}

/// What pointer, wheel and keys make of the frame.
fn moved(
    ui: &Ui,
    response: &Response,
    layout: &Layout,
    frame: MatrixFrame,
    shown: &Shown<'_>,
) -> Option<MatrixFrame> {
    let mut next = *layout;
    if response.dragged() {
        let by = response.drag_delta();
        next.first[0] -= f64::from(by.x / layout.cell[0]);
        next.first[1] -= f64::from(by.y / layout.cell[1]);
    }
    if response.hovered() {
        let zoom = ui.input(egui::InputState::zoom_delta);
        // Whatever the picture lies in stays where it is.
        let scroll = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
        next.first[0] -= f64::from(scroll.x / layout.cell[0]);
        next.first[1] -= f64::from(scroll.y / layout.cell[1]);
        if let Some(at) = response.hover_pos().filter(|_| (zoom - 1.0).abs() > 1e-4) {
            zoom_about(&mut next, zoom, at);
        }
    }
    if response.has_focus() {
        keys(ui, response, &mut next, shown.chosen.is_some());
    }
    if response.double_clicked() {
        // As one reads it: the usual size, where one is.
        let usual = MatrixFrame::default();
        let at = response.interact_pointer_pos().unwrap_or(layout.area.center());
        let [column, row] = layout.place(at);
        return Some(MatrixFrame { row, column, ..usual });
    }
    let moves = next.first != layout.first || next.cell != layout.cell;
    moves.then(|| framed(&laid_out(framed(&next).sound(), layout.area, shown))).filter(|next| *next != frame)
}

/// Zooms so that what is at a point stays there.
fn zoom_about(layout: &mut Layout, factor: f32, at: Pos2) {
    let [column, row] = layout.place(at);
    let [least, most] = MatrixFrame::SIZES;
    layout.cell = layout.cell.map(|size| (size * factor).clamp(least, most));
    layout.first = [
        column - f64::from(at.x - layout.area.left()) / f64::from(layout.cell[0]),
        row - f64::from(at.y - layout.area.top()) / f64::from(layout.cell[1]),
    ];
}

/// Plus and minus, with Ctrl left and right; and Page Up and Page Down, Home and End unless they go from row to row, since one
/// is chosen.
fn keys(ui: &Ui, response: &Response, next: &mut Layout, walks: bool) {
    focus::keep_arrows(ui, response, Arrows::All);
    let [wide, high] = next.room();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let with_ctrl = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    let step = (wide / 8.0).max(1.0);
    let by = i8::from(with_ctrl(Key::ArrowRight)) - i8::from(with_ctrl(Key::ArrowLeft));
    next.first[0] += step * f64::from(by);
    if !walks {
        next.first[1] += high * f64::from(i8::from(pressed(Key::PageDown)) - i8::from(pressed(Key::PageUp)));
        if pressed(Key::Home) {
            next.first = [0.0, 0.0];
        }
        if pressed(Key::End) {
            next.first[1] = f64::MAX / 4.0;
        }
    }
    let center = next.area.center();
    if pressed(Key::Plus) || pressed(Key::Equals) {
        zoom_about(next, 1.25, center);
    }
    if pressed(Key::Minus) {
        zoom_about(next, 0.8, center);
    }
}

fn bars_moved(
    ui: &mut Ui,
    whole: Rect,
    layout: &Layout,
    shown: &Shown<'_>,
    frame: MatrixFrame,
) -> Option<MatrixFrame> {
    let room = layout.room();
    let right = Rect::from_min_max(
        pos2(whole.right() - bars::THICK, layout.area.top()),
        pos2(whole.right(), layout.area.bottom()),
    );
    let below = Rect::from_min_max(
        pos2(layout.area.left(), whole.bottom() - bars::THICK),
        pos2(layout.area.right(), whole.bottom()),
    );
    let ticks = shown.marked.iter().map(|row| shown.place_of(*row) as f64);
    let rows = Extent { count: shown.rows() as f64, first: layout.first[1], seen: room[1] };
    let columns = Extent { count: shown.dims() as f64, first: layout.first[0], seen: room[0] };
    let mut next = *layout;
    if let Some(first) = bars::show(
        ui,
        ("rows", "All rows, from the first to the last. Lines mark those of the sentence."),
        right,
        rows,
        ticks,
    ) {
        next.first[1] = first;
    }
    if let Some(first) = bars::show(
        ui,
        ("columns", "All columns, from the first to the last."),
        below,
        columns,
        std::iter::empty(),
    ) {
        next.first[0] = first;
    }
    (next.first != layout.first).then(|| framed(&next)).filter(|next| *next != frame)
}

/// The place to which keys go from that of the chosen row, or to the first in sight where none is chosen.
fn walked(ui: &Ui, layout: &Layout, shown: &Shown<'_>) -> Option<usize> {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let by = i64::from(pressed(Key::ArrowDown)) - i64::from(pressed(Key::ArrowUp));
    let last = shown.rows() as i64 - 1;
    let Some(chosen) = shown.chosen else { return (by != 0).then(|| layout.rows(shown.rows()).start) };
    let page = (layout.room()[1] as i64 - 1).max(1);
    let place = shown.place_of(chosen) as i64;
    let to = match () {
        () if by != 0 => place + by,
        () if pressed(Key::PageDown) => place + page,
        () if pressed(Key::PageUp) => place - page,
        () if pressed(Key::Home) => 0,
        () if pressed(Key::End) => last,
        () => return None,
    };
    Some(to.clamp(0, last) as usize)
}

/// What is known of the number under the pointer; `how` to use the picture is said too until somebody has.
fn told(response: &Response, shown: &Shown<'_>, (row, column): (u32, usize), how: bool) {
    let is_finite = shown.matrix.table().is_finite(row as usize);
    response.clone().on_hover_ui_at_pointer(|ui| {
        let name = egui::RichText::new(shown.matrix.names.shown(row));
        ui.label(name.font(FontId::new(size::LARGE, theme::semibold())));
        ui.label(format!("row {row} · column {column}"));
        ui.label(egui::RichText::new(shown.value(row, column)).monospace());
        if !is_finite {
            let text =
                "Not all numbers of this row are finite: sorted by anything but its number, it stands last.";
            widgets::warning(ui, text);
        }
        if how {
            widgets::hint(ui, "Click to choose the row; then the arrow keys go from row to row and from number to number. Drag or scroll to move, Ctrl and the wheel zoom.");
        }
    });
}
