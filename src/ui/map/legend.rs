//! What the colors mean. A click on an entry selects its words.

use egui::{Align, Layout, Rect, Sense, Ui, UiBuilder, WidgetInfo, Role, vec2};
use roaring::RoaringBitmap;

use super::Stage;
use crate::scene::coloring::OTHER;
use crate::scene::Command;
use crate::scene::view::SelectHow;
use crate::ui::Outbox;
use crate::ui::theme::{self, size, space};

const WIDTH: f32 = 200.0;

/// Where the legend is, if there is one and room for it.
pub fn place(stage: &Stage<'_>) -> Option<Rect> {
    let coloring = stage.state.derived().coloring(stage.state.view().document)?;
    coloring.title.as_ref()?;
    let room = stage.rect.width() >= 420.0 && stage.rect.height() >= 320.0;
    let height = 26.0 + 22.0 * coloring.legend.len() as f32;
    let corner = stage.rect.min + vec2(space::L + 8.0, space::M);
    room.then(|| Rect::from_min_size(corner, vec2(WIDTH, height.min(stage.rect.height() - 60.0))))
}

/// Shows the legend in the map's upper left corner, where the colors mean anything.
pub fn show(ui: &mut Ui, stage: &Stage<'_>, out: &mut Outbox) {
    let Some(coloring) = stage.state.derived().coloring(stage.state.view().document) else { return };
    let (Some(title), Some(rect)) = (&coloring.title, place(stage)) else { return };
    let tones = theme::tones(ui);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("legend"));
    child.set_clip_rect(rect);
    child.spacing_mut().item_spacing.y = 0.0;
    let heading = egui::RichText::new(title.to_uppercase()).size(size::SMALL - 1.0).color(tones.quiet);
    child.label(heading);
    child.add_space(space::XS);
    for entry in &coloring.legend {
        let row = vec2(WIDTH, 22.0);
        let (rect, response) = child.allocate_exact_size(row, Sense::click());
        let name = format!("{}, {} words", entry.name, entry.rows);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Select {name}")));
        let strong = response.hovered() || response.has_focus();
        let painter = child.painter();
        painter.circle_filled(rect.left_center() + vec2(6.0, 0.0), 5.0, tones.category(entry.category));
        let color = if strong { tones.accent } else { tones.text };
        let mut text = child.new_child(
            UiBuilder::new()
                .max_rect(rect.with_min_x(rect.left() + 18.0))
                .layout(Layout::left_to_right(Align::Center)),
        );
        let label = egui::RichText::new(&entry.name).size(size::BODY - 1.0).color(color);
        text.add(egui::Label::new(label).truncate());
        if response.on_hover_text(format!("Select the {} words of “{}”", entry.rows, entry.name)).clicked() {
            let class = entry.category.map_or(OTHER, |category| category as u8);
            let rows = (0..).zip(&coloring.classes).filter(|(_, known)| **known == class).map(|(row, _)| row);
            let how = if child.input(|input| input.modifiers.command || input.modifiers.shift) {
                SelectHow::Toggle
            } else {
                SelectHow::Replace
            };
            out.send(Command::Select(rows.collect::<RoaringBitmap>(), how));
        }
    }
}
