//! Small things that every panel is made of.

pub mod chooser;
pub mod field;
pub mod player;

use std::ops::RangeInclusive;

use egui::{
    Align, Button, Color32, Label, Layout, Response, RichText, Role, Sense, Slider, SliderClamping,
    TextStyle, Ui, WidgetInfo, vec2,
};

use super::theme::{self, size, space};
pub use crate::app::Same;
pub use crate::scene::numbers::{bytes, decimals, exact, row_range, score, significant, thousands};

/// The name of a section of a panel.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(space::S);
    ui.label(RichText::new(text).heading());
    ui.add_space(-space::XS);
}

/// A quiet sentence that explains something, or says what to do next.
pub fn hint(ui: &mut Ui, text: &str) -> Response {
    let color = theme::tones(ui).quiet;
    ui.add(Label::new(RichText::new(text).color(color).size(size::BODY - 1.0)).wrap())
}

/// A sentence that warns.
pub fn warning(ui: &mut Ui, text: &str) -> Response {
    let color = theme::tones(ui).warning;
    ui.add(Label::new(RichText::new(format!("⚠ {text}")).color(color).size(size::BODY - 1.0)).wrap())
}

/// A term of the field: a quiet label that explains itself when pointed at.
pub fn term(ui: &mut Ui, text: &str, explanation: &str) -> Response {
    let color = theme::tones(ui).quiet;
    ui.add(Label::new(RichText::new(text).color(color)).sense(Sense::hover())).on_hover_text(explanation)
}

/// How wide a text of a style is in one line, in points.
pub fn text_width(ui: &Ui, text: &str, style: &TextStyle) -> f32 {
    let font = style.resolve(ui.style());
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x
}

/// Shows two things side by side with air between them, or one under the other where there is no room.
pub fn two_columns(ui: &mut Ui, mut add: impl FnMut(&mut Ui, usize)) {
    /// Narrower columns hold too little.
    const LEAST: f32 = 220.0;
    if ui.available_width() < 2.0 * LEAST {
        for side in 0..2 {
            ui.push_id(side, |ui| add(ui, side));
            ui.add_space(space::M);
        }
        return;
    }
    let usual = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, space::L);
    ui.columns(2, |columns| {
        for (side, ui) in columns.iter_mut().enumerate() {
            ui.spacing_mut().item_spacing.x = usual;
            // Lines end where their words do.
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| add(ui, side));
        }
    });
    ui.spacing_mut().item_spacing.x = usual;
}

/// What a picture says where it is pointed at, and where the keyboard has come to it.
pub fn explained(response: Response, text: impl FnOnce() -> String) {
    if response.has_focus() {
        response.show_tooltip_text(text());
    } else {
        response.on_hover_ui(|ui| {
            ui.label(text());
        });
    }
}

/// A name on the left and a control on the right, in a row of the panel's width.
pub fn row<R>(ui: &mut Ui, name: &str, explanation: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        term(ui, name, explanation);
        ui.with_layout(Layout::right_to_left(Align::Center), add).inner
    })
    .inner
}

/// One choice out of a few, side by side. Gives the newly chosen one.
pub fn choose<T: PartialEq + Copy>(ui: &mut Ui, chosen: T, options: &[(T, &str, &str)]) -> Option<T> {
    choose_and_focus(ui, chosen, options, false)
}

/// [`choose`], and the keyboard is given to the one that is chosen where `focus` says so.
pub fn choose_and_focus<T: PartialEq + Copy>(
    ui: &mut Ui,
    chosen: T,
    options: &[(T, &str, &str)],
    focus: bool,
) -> Option<T> {
    let mut picked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.spacing_mut().button_padding.x = space::S;
        for (value, name, about) in options {
            let option = pill(ui, name, *value == chosen);
            if focus && *value == chosen {
                option.request_focus();
            }
            if option.on_hover_text(*about).clicked() {
                picked = Some(*value);
            }
        }
    });
    picked.filter(|value| *value != chosen)
}

/// A button that shows whether it is on.
pub fn pill(ui: &mut Ui, name: &str, on: bool) -> Response {
    let tones = theme::tones(ui);
    let (fill, text) = if on { (tones.accent, tones.on_accent) } else { (tones.well, tones.text) };
    let button = Button::new(RichText::new(name).color(text)).fill(fill).corner_radius(6);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    response
}

/// A word of the table that can be clicked, with its rank, its value and a bar that shows the value's size.
pub fn word_line(
    ui: &mut Ui,
    rank: impl std::fmt::Display,
    word: &str,
    value: &str,
    share: f32,
    mark: Option<Color32>,
) -> Response {
    let tones = theme::tones(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{word} {value}")));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 4.0, tones.hover);
    }
    let bar = egui::Rect::from_min_size(
        rect.left_bottom() + vec2(30.0, -3.0),
        vec2((rect.width() - 34.0) * share.clamp(0.0, 1.0), 2.0),
    );
    painter.rect_filled(bar, 1.0, mark.unwrap_or(tones.accent).gamma_multiply(0.7));
    let font = egui::FontId::proportional(size::BODY);
    let small = egui::FontId::proportional(size::SMALL);
    let middle = rect.center().y;
    painter.text(
        egui::pos2(rect.left() + 22.0, middle),
        egui::Align2::RIGHT_CENTER,
        rank.to_string(),
        small,
        tones.quiet,
    );
    let number = painter.layout_no_wrap(value.to_owned(), font.clone(), tones.text);
    let room = rect.width() - 44.0 - number.size().x;
    let mut job = egui::text::LayoutJob::simple_singleline(word.to_owned(), font, tones.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(20.0));
    let name = painter.layout_job(job);
    painter.galley(egui::pos2(rect.left() + 30.0, middle - name.size().y / 2.0), name, tones.text);
    let at = egui::pos2(rect.right() - 4.0 - number.size().x, middle - number.size().y / 2.0);
    painter.galley(at, number, tones.text);
    response
}

/// A button that carries only an icon, with a name for screen readers and a tip.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str, tip: &str) -> Response {
    let response =
        ui.add(Button::new(RichText::new(icon).size(size::LARGE)).frame(false).min_size(theme::TOUCH));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response.on_hover_text(tip)
}

/// Gives a text field a name for screen readers and tests.
pub fn name_field(response: &Response, name: &str, text: &str) {
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(response.enabled(), text, text, "");
        info.label = Some(name.to_owned());
        info
    });
}

/// A sheet over everything else, with air around its content.
pub fn modal(ctx: &egui::Context, name: &'static str) -> egui::Modal {
    let frame = egui::Frame::window(&ctx.global_style()).inner_margin(space::L as i8 + 4);
    egui::Modal::new(egui::Id::unique(name)).frame(frame)
}

/// Gives a list to choose from a name for screen readers and tests.
pub fn name_choice(response: &Response, name: &str, chosen: &str) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, response.enabled(), name);
        info.current_text_value = Some(chosen.to_owned());
        info
    });
}

/// Gives a number that can be changed a name for screen readers and tests.
pub fn name_number(response: &Response, name: &str, value: f64) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::SpinButton, response.enabled(), name);
        info.value = Some(value);
        info
    });
}

/// A number on a rail, shown with so many `decimals` and a `unit`. Gives the new one where a person changed it, and never of
/// itself: a number that is finer than what is shown, or lies beyond the rail, stays as it is until then.
pub fn slider(
    ui: &mut Ui,
    (name, about): (&str, &str),
    value: f64,
    rail: RangeInclusive<f64>,
    (decimals, unit): (usize, &str),
) -> Option<f64> {
    let before = egui::emath::round_to_decimals(value, decimals);
    let mut shown = before;
    let slider = Slider::new(&mut shown, rail).text(name).suffix(unit).clamping(SliderClamping::Edits);
    // Each key is a step that is seen.
    let slider = slider.fixed_decimals(decimals).step_by(10_f64.powi(-(decimals as i32)));
    ui.add(slider).on_hover_text(about);
    (shown != before).then_some(shown)
}

/// A thin line with air around it.
pub fn rule(ui: &mut Ui) {
    ui.add_space(space::XS);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, theme::tones(ui).line);
    ui.add_space(space::XS);
}
