//! The matrix as a picture that is panned, zoomed and read: rows named by their tokens, numbers as colors.

use egui::{
    Align2, EventFilter, FontFamily, FontId, Key, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use super::bars::{self, Extent};
use super::canvas::{Canvas, Layout};
use crate::app::State;
use crate::app::lookup::{Matrix, Sorted};
use crate::scene::view::{MatrixFrame, RowOrder};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// How wide the names of the rows are, and how high the numbers of the columns.
pub const NAMES: f32 = 176.0;
const RULER: f32 = 20.0;

/// Numbers are written in cells of this size and larger.
const WRITTEN: [f32; 2] = [46.0, 15.0];

/// Names are written so far apart at least.
const LINE: f32 = 15.0;

/// The picture, and what it remembers from frame to frame.
#[derive(Default)]
pub struct Heat {
    canvas: Canvas,
    /// Where numbers were drawn last, so that a row can be found on the screen.
    pub layout: Option<Layout>,
    /// When it was drawn last, and whether it waits for what is chosen to come into view.
    pass: u64,
    awaits: bool,
}

/// What is drawn: the matrix in its order, and the rows that are marked.
pub struct Shown<'a> {
    pub state: &'a State,
    pub matrix: &'a Matrix,
    /// Rows of the sentence.
    pub marked: &'a [u32],
}

impl Shown<'_> {
    fn order(&self) -> Option<&Sorted> {
        self.state.derived().lookup().order_shown(&self.state.view().matrix).map(AsRef::as_ref)
    }

    /// The row that stands at a place.
    pub fn row_at(&self, place: usize) -> u32 {
        match self.order() {
            Some(Ok(order)) => order.rows[place],
            _ => place as u32,
        }
    }

    /// The place at which a row stands.
    pub fn place_of(&self, row: u32) -> usize {
        match self.order() {
            Some(Ok(order)) => order.place(row),
            _ => row as usize,
        }
    }

    /// By what a row is sorted, as it is written beside its name.
    fn key(&self, row: u32) -> Option<String> {
        let by = self.state.view().matrix.order;
        match self.order()? {
            // Until the rows are sorted anew their keys are those of the order before.
            Ok(order)
                if by != RowOrder::Id
                    && self.state.derived().lookup().is_sorted(&self.state.view().matrix) =>
            {
                Some(widgets::significant(f64::from(order.keys[row as usize])))
            }
            _ => None,
        }
    }

    fn rows(&self) -> usize {
        self.matrix.table().rows()
    }

    fn dims(&self) -> usize {
        self.matrix.table().dims()
    }
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
        let response = ui.interact(area, egui::Id::unique("matrix picture"), Sense::click_and_drag());
        let mut next = moved(ui, &response, &layout, frame, shown);
        self.draw(ui, &layout, shown, out);
        names_of_rows(ui, &layout, whole.left(), shown);
        ruler(ui, &layout, shown);
        marks(ui, &layout, shown);
        numbers(ui, &layout, shown);
        next = bars_moved(ui, whole, &layout, shown, frame).or(next);
        if let Some(next) = next {
            out.look_up(shown.state, |matrix| matrix.frame = next);
        }
        heard(ui, &response, &layout, shown, out);
    }

    /// Brings the chosen row into view where one comes here from elsewhere, or it was chosen elsewhere.
    fn arrive(&mut self, ui: &Ui, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
        let pass = ui.ctx().cumulative_pass_nr();
        let comes = std::mem::replace(&mut self.pass, pass) + 2 < pass;
        let chosen = shown.state.derived().lookup().chosen();
        // What is chosen may be found only some frames later.
        self.awaits |= comes;
        if self.awaits
            && let Some(row) = chosen
        {
            self.awaits = false;
            let place = shown.place_of(row) as f64;
            if !(layout.first[1]..layout.first[1] + layout.room()[1] - 1.0).contains(&place) {
                out.look_up(shown.state, |matrix| matrix.frame.row = place + 0.5);
            }
        }
        if ui.input(|input| input.pointer.any_down()) {
            self.awaits = false;
        }
    }

    fn draw(&mut self, ui: &Ui, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
        let picture = shown.state.derived().lookup().picture();
        let tones = theme::tones(ui);
        self.canvas.turn_to(picture.generation() as usize, &tones);
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
        keys(ui, response, &mut next);
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

/// Left and right, Page Up and Page Down, Home and End, plus and minus.
fn keys(ui: &Ui, response: &Response, next: &mut Layout) {
    ui.memory_mut(|memory| {
        let keep = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        memory.set_focus_lock_filter(response.id, keep);
    });
    let [wide, high] = next.room();
    let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
    let step = (wide / 8.0).max(1.0);
    next.first[0] += step * f64::from(i8::from(pressed(Key::ArrowRight)) - i8::from(pressed(Key::ArrowLeft)));
    next.first[1] += high * f64::from(i8::from(pressed(Key::PageDown)) - i8::from(pressed(Key::PageUp)));
    if pressed(Key::Home) {
        next.first = [0.0, 0.0];
    }
    if pressed(Key::End) {
        next.first[1] = f64::MAX / 4.0;
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
    if let Some(first) = bars::show(ui, "rows", right, rows, ticks) {
        next.first[1] = first;
    }
    if let Some(first) = bars::show(ui, "columns", below, columns, std::iter::empty()) {
        next.first[0] = first;
    }
    (next.first != layout.first).then(|| framed(&next)).filter(|next| *next != frame)
}

/// The places of the rows that are seen.
fn seen(layout: &Layout, count: usize) -> std::ops::Range<usize> {
    let first = layout.first[1].max(0.0) as usize;
    first..((layout.first[1] + layout.room()[1]).ceil() as usize).min(count)
}

/// The names of the rows, as many as can be read; of many small rows the marked ones come first.
fn names_of_rows(ui: &Ui, layout: &Layout, left: f32, shown: &Shown<'_>) {
    let tones = theme::tones(ui);
    let chosen = shown.state.derived().lookup().chosen();
    let gutter = Rect::from_min_max(
        pos2(left, layout.area.top()),
        pos2(layout.area.left() - 6.0, layout.area.bottom()),
    );
    let painter = ui.painter_at(gutter.expand(2.0));
    let places = seen(layout, shown.rows());
    let step = (f64::from(LINE) / f64::from(layout.cell[1])).ceil().max(1.0) as usize;
    let marked = shown.marked.iter().copied().chain(chosen).map(|row| shown.place_of(row));
    let regular = (places.start.next_multiple_of(step)..places.end).step_by(step).take(200);
    let mut taken: Vec<f32> = Vec::new();
    for place in marked.filter(|place| places.contains(place)).chain(regular) {
        let y = layout.y(place as f64) + layout.cell[1].max(1.0) / 2.0;
        if taken.iter().any(|other| (other - y).abs() < LINE - 0.5) {
            continue;
        }
        taken.push(y);
        let row = shown.row_at(place);
        let strong = chosen == Some(row) || shown.marked.contains(&row);
        let color = if strong { tones.accent } else { tones.text };
        row_name(&painter, gutter, y, (shown, row), (color, strong), tones.quiet);
    }
}

fn row_name(
    painter: &Painter,
    gutter: Rect,
    y: f32,
    (shown, row): (&Shown<'_>, u32),
    (color, strong): (egui::Color32, bool),
    quiet: egui::Color32,
) {
    let small = FontId::new(size::SMALL - 1.0, FontFamily::Monospace);
    let beside = shown.key(row).unwrap_or_else(|| row.to_string());
    let number = painter.text(pos2(gutter.right(), y), Align2::RIGHT_CENTER, beside, small, quiet);
    let font =
        if strong { FontId::new(size::SMALL, theme::semibold()) } else { FontId::proportional(size::SMALL) };
    let mut job = egui::text::LayoutJob::simple_singleline(shown.matrix.names.shown(row), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width((number.left() - gutter.left() - 6.0).max(8.0));
    let name = painter.layout_job(job);
    painter.galley(pos2(gutter.left(), y - name.size().y / 2.0), name, color);
}

/// The numbers of the columns, above them.
fn ruler(ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
    let tones = theme::tones(ui);
    let wide = 44.0 / f64::from(layout.cell[0]);
    let steps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
    let step = steps.into_iter().find(|step| *step as f64 >= wide).unwrap_or(8192);
    let first = (layout.first[0].max(0.0) as usize).next_multiple_of(step);
    let last = ((layout.first[0] + layout.room()[0]).ceil() as usize).min(shown.dims());
    let font = FontId::proportional(size::SMALL - 1.0);
    let column = (shown.state.view().matrix.column as usize).min(shown.dims() - 1);
    let by_column = shown.state.view().matrix.order == RowOrder::Column;
    for place in (first..last).step_by(step) {
        let x = layout.x(place as f64 + 0.5).max(layout.area.left() + 4.0);
        let at = pos2(x, layout.area.top() - 3.0);
        ui.painter().text(at, Align2::CENTER_BOTTOM, place.to_string(), font.clone(), tones.quiet);
    }
    if by_column {
        let painter = ui.painter_at(layout.area.with_min_y(layout.area.top() - RULER));
        let width = layout.cell[0].max(2.0);
        let rect = Rect::from_min_size(
            pos2(layout.x(column as f64), layout.area.top() - 2.0),
            vec2(width, layout.area.height() + 2.0),
        );
        painter.rect_stroke(rect, 0.0, Stroke::new(1.5, tones.accent), StrokeKind::Outside);
    }
}

/// The rows of the sentence and the chosen one, in their places.
fn marks(ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
    let tones = theme::tones(ui);
    let painter = ui.painter_at(layout.area);
    let chosen = shown.state.derived().lookup().chosen();
    let end = layout.x(shown.dims() as f64).min(layout.area.right());
    let height = layout.cell[1].max(2.0);
    for row in shown.marked.iter().copied().chain(chosen) {
        let y = layout.y(shown.place_of(row) as f64);
        if y + height < layout.area.top() || y > layout.area.bottom() {
            continue;
        }
        let rect = Rect::from_min_max(pos2(layout.area.left(), y), pos2(end, y + height));
        let width = if chosen == Some(row) { 2.0 } else { 1.0 };
        painter.rect_stroke(rect, 1.0, Stroke::new(width, tones.accent), StrokeKind::Inside);
    }
}

/// The numbers themselves, where cells are large enough to hold them.
fn numbers(ui: &Ui, layout: &Layout, shown: &Shown<'_>) {
    if layout.cell[0] < WRITTEN[0] || layout.cell[1] < WRITTEN[1] {
        return;
    }
    let tones = theme::tones(ui);
    let painter = ui.painter_at(layout.area);
    let first = layout.first[0].max(0.0) as usize;
    let last = ((layout.first[0] + layout.room()[0]).ceil() as usize).min(shown.dims());
    for place in seen(layout, shown.rows()) {
        let row = shown.matrix.table().row(shown.row_at(place) as usize);
        for (column, value) in row.iter().enumerate().take(last).skip(first) {
            let at = pos2(layout.x(column as f64 + 0.5), layout.y(place as f64 + 0.5));
            let text = format!("{value:.3}").replace('-', "−");
            let font = FontId::new(size::SMALL - 1.0, FontFamily::Monospace);
            painter.text(at, Align2::CENTER_CENTER, text, font, tones.text);
        }
    }
}

/// What the pointer is at, what is clicked, and the arrow keys that go from row to row.
fn heard(ui: &Ui, response: &Response, layout: &Layout, shown: &Shown<'_>, out: &mut Outbox) {
    let lookup = shown.state.derived().lookup();
    let at = response.hover_pos().filter(|_| !response.dragged());
    let hit = at.and_then(|at| {
        let [column, place] = layout.place(at);
        let inside = column >= 0.0 && place >= 0.0;
        let (column, place) = (column as usize, place as usize);
        (inside && column < shown.dims() && place < shown.rows()).then(|| (shown.row_at(place), column))
    });
    let chosen = lookup.chosen();
    response.widget_info(|| {
        let names = &shown.matrix.names;
        let row =
            chosen.map_or("no row is chosen".to_owned(), |row| format!("row {row}, {}", names.shown(row)));
        let (rows, dims) = (widgets::thousands(shown.rows() as u64), shown.dims());
        WidgetInfo::labeled(egui::Role::ScrollView, true, format!("Matrix of {rows} rows × {dims}, {row}"))
    });
    // A key that presses it chooses nothing: the pointer may be anywhere.
    if response.clicked() && response.interact_pointer_pos().is_some() {
        response.request_focus();
        if let Some((row, _)) = hit {
            super::choose(shown.state, shown.matrix, row, out);
        }
    }
    if response.has_focus() {
        let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
        let by = i64::from(pressed(Key::ArrowDown)) - i64::from(pressed(Key::ArrowUp));
        if by != 0 {
            let place = chosen.map_or(layout.first[1] as i64, |row| shown.place_of(row) as i64 + by);
            let place = place.clamp(0, shown.rows() as i64 - 1) as usize;
            let (first, room) = (layout.first[1], layout.room()[1]);
            let in_view = (first..first + room - 1.0).contains(&(place as f64));
            let go = if in_view { super::choose } else { super::go_to };
            go(shown.state, shown.matrix, shown.row_at(place), out);
        }
    }
    if let Some((row, column)) = hit {
        let value = shown.matrix.table().row(row as usize)[column];
        response.clone().on_hover_ui_at_pointer(|ui| {
            let names = &shown.matrix.names;
            ui.label(egui::RichText::new(names.shown(row)).font(FontId::new(size::LARGE, theme::semibold())));
            ui.label(format!("row {row} · column {column}"));
            ui.label(egui::RichText::new(format!("{value}").replace('-', "−")).monospace());
            widgets::hint(ui, "Click to choose the row. Drag or scroll to move, Ctrl and the wheel zoom.");
        });
    }
}
