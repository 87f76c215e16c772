//! What the colors mean, above the map. A click on a name selects its words, one on its dot hides them.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Painter, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};

use super::Stage;
use crate::app::State;
use crate::scene::Command;
use crate::scene::coloring::Coloring;
use crate::scene::view::SelectHow;
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// The height of a line of entries.
const LINE: f32 = 24.0;
/// What the dot before a name takes.
const DOT: f32 = 18.0;
/// Names longer than this are cut, and titles longer than that.
const LONGEST: f32 = 170.0;
const LONGEST_TITLE: f32 = 280.0;

/// The legend as it stands above the map.
#[derive(Default)]
pub struct Legend {
    /// The place of the title and those of the entries, from the map's upper left corner.
    title: Option<Rect>,
    places: Vec<Rect>,
    height: f32,
}

impl Legend {
    /// Finds a place for each entry within `width`. There is no legend where the colors mean nothing.
    pub fn lay_out(ui: &Ui, state: &State, room: Vec2) -> Self {
        let Some(coloring) = shown(state).filter(|_| room.x >= 300.0 && room.y >= 280.0) else {
            return Self::default();
        };
        let mut pen = vec2(space::L, space::S);
        let mut places = Vec::new();
        let width_of = |text: &str| {
            let font = FontId::proportional(size::BODY - 1.0);
            ui.painter().layout_no_wrap(text.to_owned(), font, theme::tones(ui).text).size().x
        };
        let wide = width_of(coloring.title.as_deref().unwrap_or_default()).min(LONGEST_TITLE);
        let title = Rect::from_min_size(pen.to_pos2(), vec2(wide, LINE));
        pen.x += wide + space::M;
        for entry in &coloring.legend {
            let wide = width_of(&entry.name).min(LONGEST) + 24.0;
            if pen.x > space::L && pen.x + wide > room.x - space::S {
                pen = vec2(space::L, pen.y + LINE);
            }
            places.push(Rect::from_min_size(pen.to_pos2(), vec2(wide, LINE)));
            pen.x += wide + space::XS;
        }
        Self { title: Some(title), places, height: pen.y + LINE }
    }

    /// The room that it takes at the top of the map.
    pub fn height(&self) -> f32 {
        self.height
    }

    /// Shows the legend: a click on a name selects its words, a click on its dot hides them or shows them again.
    pub fn show(&self, ui: &Ui, stage: &Stage<'_>, out: &mut Outbox) {
        let Some(coloring) = shown(stage.state) else { return };
        let tones = theme::tones(ui);
        let place = |rect: Rect| rect.translate(stage.rect.min.to_vec2());
        // Points lie behind it where the map is zoomed.
        let ground = stage.rect.with_max_y(stage.rect.top() + self.height);
        ui.painter().rect_filled(ground, 0.0, theme::color(tones.map.background).gamma_multiply(0.88));
        if let (Some(title), Some(at)) = (&coloring.title, self.title) {
            let painter = ui.painter().with_clip_rect(stage.rect);
            cut(&painter, title.clone(), LONGEST_TITLE, tones.quiet, place(at));
        }
        for (index, at) in (0..coloring.legend.len()).zip(&self.places) {
            let rect = place(*at);
            let (dot, name) = rect.split_left_right_at_x(rect.left() + DOT);
            self::dot(ui, stage, (coloring, index), dot, out);
            self::name(ui, stage, (coloring, index), name, out);
        }
    }
}

/// An entry of a legend: the coloring and the entry's place in it.
type Entry<'a> = (&'a Coloring, usize);

/// Whether all words of an entry are hidden.
fn is_hidden(stage: &Stage<'_>, (coloring, index): Entry<'_>) -> bool {
    let hidden = &stage.state.view().map.subset.hidden;
    let rows = coloring.rows_of(index);
    !rows.is_empty() && hidden.len() >= rows.len() && hidden.is_superset(rows)
}

/// So many rows by what they are: `7 words`.
fn counted(stage: &Stage<'_>, rows: usize) -> String {
    let noun = stage.state.table().map_or("word", |table| table.noun());
    if rows == 1 { format!("1 {noun}") } else { format!("{} {noun}s", widgets::thousands(rows as u64)) }
}

/// Whether other words than those of an entry are on the map by themselves.
fn is_absent(stage: &Stage<'_>, (coloring, index): Entry<'_>) -> bool {
    let isolated = &stage.state.view().map.subset.isolated;
    !isolated.is_empty() && isolated.is_disjoint(coloring.rows_of(index))
}

/// Writes a line that is cut where it is longer than `longest`, in the middle of a place's left edge.
fn cut(painter: &Painter, text: String, longest: f32, color: Color32, place: Rect) {
    let font = FontId::proportional(size::BODY - 1.0);
    let mut job = LayoutJob::simple_singleline(text, font, color);
    job.wrap = TextWrapping::truncate_at_width(longest);
    let galley = painter.layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(place.left_center(), galley.size()).min;
    painter.galley(at, galley, color);
}

/// The colored dot, which hides its words and shows them again.
fn dot(ui: &Ui, stage: &Stage<'_>, (coloring, index): Entry<'_>, rect: Rect, out: &mut Outbox) {
    let (tones, entry) = (theme::tones(ui), &coloring.legend[index]);
    let hidden = is_hidden(stage, (coloring, index));
    let response = ui.interact(rect, ui.scope_id().with(("legend dot", index)), Sense::click());
    let spoken = format!("Show {} on the map", entry.name);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, !hidden, spoken.clone()));
    let color = tones.category(entry.category);
    let center = rect.left_center() + vec2(8.0, 0.0);
    if response.hovered() || response.has_focus() {
        ui.painter().circle_stroke(center, 8.0, Stroke::new(1.5, tones.accent));
    }
    if hidden || is_absent(stage, (coloring, index)) {
        ui.painter().circle_stroke(center, 4.5, Stroke::new(1.5, color));
    } else {
        ui.painter().circle_filled(center, 5.0, color);
    }
    let verb = if hidden { "Show" } else { "Hide" };
    let counted = counted(stage, entry.rows);
    if response.on_hover_text(format!("{verb} the {counted} of “{}”", entry.name)).clicked() {
        let (before, rows) = (&stage.state.view().map.subset.hidden, coloring.rows_of(index));
        let after = if hidden { &**before - &**rows } else { &**before | &**rows };
        out.send(Command::SetHidden(after));
    }
}

/// The name, which selects its words.
fn name(ui: &Ui, stage: &Stage<'_>, (coloring, index): Entry<'_>, rect: Rect, out: &mut Outbox) {
    let (tones, entry) = (theme::tones(ui), &coloring.legend[index]);
    let response = ui.interact(rect, ui.scope_id().with(("legend", index)), Sense::click());
    let counted = counted(stage, entry.rows);
    let spoken = format!("Select {}, {counted}", entry.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken.clone()));
    let painter = ui.painter().with_clip_rect(rect.intersect(stage.rect));
    let color = match response.hovered() || response.has_focus() {
        true => tones.accent,
        false if is_hidden(stage, (coloring, index)) || is_absent(stage, (coloring, index)) => {
            tones.quiet.gamma_multiply(0.7)
        }
        false => tones.text,
    };
    cut(&painter, entry.name.clone(), LONGEST, color, rect);
    if response.on_hover_text(format!("Select the {counted} of “{}”", entry.name)).clicked() {
        let add = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        let how = if add { SelectHow::Toggle } else { SelectHow::Replace };
        let rows = stage.state.view().map.subset.shown_of(coloring.rows_of(index));
        out.send(Command::Select(rows, how));
    }
}

fn shown(state: &State) -> Option<&Coloring> {
    let coloring = state.derived().coloring(state.view().document)?;
    coloring.title.is_some().then_some(coloring)
}
