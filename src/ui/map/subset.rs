//! What of the table is not on the map, said above it, with a way back.

use egui::{Align, Button, FontId, Frame, Layout, Margin, Rect, RichText, Stroke, Ui, UiBuilder, vec2};

use crate::app::State;
use crate::scene::actions;
use crate::scene::numbers::thousands;
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, keys};

/// The height of the strip.
const HEIGHT: f32 = 42.0;

/// What is said of the rows that are isolated or hidden, as it stands above the map.
pub struct SubsetNote {
    text: String,
    about: String,
    /// The actions that lead back, with the words of their buttons.
    ways: Vec<(&'static str, &'static str)>,
}

impl SubsetNote {
    /// What there is to say; nothing where all rows are shown.
    pub fn of(state: &State) -> Option<Self> {
        let (subset, table) = (&state.view().map.subset, state.table()?);
        let (noun, rows) = (table.noun(), thousands(table.rows() as u64));
        let mut ways = Vec::new();
        let mut parts = Vec::new();
        let mut about = Vec::new();
        if !subset.isolated.is_empty() {
            let count = thousands(subset.isolated.len());
            let named = state.derived().cloud().is_some_and(|cloud| cloud.names.is_some());
            let how = subset.placing(named);
            parts.push(format!("{count} of {rows} {noun}s, {how} · distances unchanged"));
            about.push("The distances in all dimensions, nearest words and clusters are still those of the whole table.");
            ways.push(("all-words", "Back to all"));
        }
        if !subset.hidden.is_empty() {
            parts.push(format!("{} hidden", thousands(subset.hidden.len())));
            about.push("What is hidden still counts for distances, nearest words and clusters.");
            ways.push(("show-hidden", "Show them"));
        }
        (!parts.is_empty()).then(|| Self { text: parts.join(" · "), about: about.join(" "), ways })
    }

    /// Where it stands on a map whose legend takes `legend` at the top.
    pub fn place(&self, ui: &Ui, map: Rect, legend: f32) -> Rect {
        let wide = |text: &str, size: f32| {
            let color = theme::tones(ui).text;
            ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(size), color).size().x
        };
        let buttons: f32 =
            self.ways.iter().map(|(_, name)| wide(name, size::BODY) + 2.0 * space::M + space::S).sum();
        let width = (wide(&self.text, size::BODY - 1.0) + buttons + 40.0).min(map.width() - 2.0 * space::S);
        let left = map.center().x - width / 2.0;
        Rect::from_min_size(egui::pos2(left, map.top() + legend + space::XS), vec2(width, HEIGHT))
    }

    /// Says it, with a button for each way back.
    pub fn show(&self, ui: &mut Ui, state: &State, place: Rect, out: &mut Outbox) {
        let tones = theme::tones(ui);
        let mut area = ui.new_child(UiBuilder::new().max_rect(place).id_salt("subset"));
        area.set_clip_rect(place.intersect(ui.clip_rect()));
        let frame = Frame::new().fill(tones.panel).stroke(Stroke::new(1.0, tones.line)).corner_radius(8);
        frame.inner_margin(Margin::symmetric(12, 5)).show(&mut area, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                for (id, name) in self.ways.iter().rev() {
                    let Some(action) = actions::find(id) else { continue };
                    let key = action.shortcut.map(keys::text).unwrap_or_default();
                    let tip = format!("{} ({key})", action.about.trim_end_matches('.'));
                    if ui.add(Button::new(*name)).on_hover_text(tip).clicked() {
                        out.act(state, action);
                    }
                }
                let text = RichText::new(&self.text).size(size::BODY - 1.0);
                let fill = |ui: &mut Ui| ui.add(egui::Label::new(text).truncate());
                ui.with_layout(Layout::left_to_right(Align::Center), fill).inner.on_hover_text(&self.about);
            });
        });
    }
}
