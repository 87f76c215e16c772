//! What the colors mean, above the map. A click on an entry selects its words.

use egui::{Align2, FontId, Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};
use roaring::RoaringBitmap;

use super::Stage;
use crate::app::State;
use crate::scene::Command;
use crate::scene::coloring::{Coloring, OTHER};
use crate::scene::view::SelectHow;
use crate::ui::Outbox;
use crate::ui::theme::{self, size, space};

/// The height of a line of entries.
const LINE: f32 = 24.0;
/// Names longer than this are cut.
const LONGEST: f32 = 170.0;

/// The legend as it stands above the map.
#[derive(Default)]
pub struct Legend {
    /// The places of the entries, from the map's upper left corner.
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
        for entry in &coloring.legend {
            let font = FontId::proportional(size::BODY - 1.0);
            let galley = ui.painter().layout_no_wrap(entry.name.clone(), font, theme::tones(ui).text);
            let wide = galley.size().x.min(LONGEST) + 24.0;
            if pen.x > space::L && pen.x + wide > room.x - space::S {
                pen = vec2(space::L, pen.y + LINE);
            }
            places.push(Rect::from_min_size(pen.to_pos2(), vec2(wide, LINE)));
            pen.x += wide + space::XS;
        }
        Self { places, height: pen.y + LINE }
    }

    /// The room that it takes at the top of the map.
    pub fn height(&self) -> f32 {
        self.height
    }

    /// Shows the legend.
    pub fn show(&self, ui: &Ui, stage: &Stage<'_>, out: &mut Outbox) {
        let Some(coloring) = shown(stage.state) else { return };
        let tones = theme::tones(ui);
        // Points lie behind it where the map is zoomed.
        let ground = stage.rect.with_max_y(stage.rect.top() + self.height);
        ui.painter().rect_filled(ground, 0.0, theme::color(tones.map.background).gamma_multiply(0.88));
        for (index, (entry, place)) in coloring.legend.iter().zip(&self.places).enumerate() {
            let rect = place.translate(stage.rect.min.to_vec2());
            let response = ui.interact(rect, ui.scope_id().with(("legend", index)), Sense::click());
            let spoken = format!("Select {}, {} words", entry.name, entry.rows);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken.clone()));
            let painter = ui.painter().with_clip_rect(rect.intersect(stage.rect));
            let strong = response.hovered() || response.has_focus();
            painter.circle_filled(rect.left_center() + vec2(8.0, 0.0), 5.0, tones.category(entry.category));
            let color = if strong { tones.accent } else { tones.text };
            let mut job = egui::text::LayoutJob::simple_singleline(
                entry.name.clone(),
                FontId::proportional(size::BODY - 1.0),
                color,
            );
            job.wrap = egui::text::TextWrapping::truncate_at_width(LONGEST);
            let galley = painter.layout_job(job);
            let at = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(18.0, 0.0), galley.size()).min;
            painter.galley(at, galley, color);
            if response
                .on_hover_text(format!("Select the {} words of “{}”", entry.rows, entry.name))
                .clicked()
            {
                out.send(select(ui, coloring, entry.category));
            }
        }
    }
}

fn shown(state: &State) -> Option<&Coloring> {
    let coloring = state.derived().coloring(state.view().document)?;
    coloring.title.is_some().then_some(coloring)
}

fn select(ui: &Ui, coloring: &Coloring, category: Option<usize>) -> Command {
    let class = category.map_or(OTHER, |category| category as u8);
    let rows = (0..).zip(&coloring.classes).filter(|(_, known)| **known == class).map(|(row, _)| row);
    let add = ui.input(|input| input.modifiers.command || input.modifiers.shift);
    let how = if add { SelectHow::Toggle } else { SelectHow::Replace };
    Command::Select(rows.collect::<RoaringBitmap>(), how)
}
