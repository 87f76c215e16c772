//! A list to choose one thing from, however long: as tall as the window allows, and searched where it is long.

use egui::{
    Button, ComboBox, Id, Key, Modifiers, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui, vec2,
};

use super::{hint, name_choice, name_field};
use crate::ui::theme::{self, size, space};

/// One thing to choose.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub title: &'a str,
    /// What is known of it, in a few words.
    pub about: &'a str,
    /// Why it is proposed, if it is.
    pub proposed: Option<&'a str>,
}

/// Lists of more things than this have a field to search them with.
const FEW: usize = 8;
/// The height of one thing in the list.
const HEIGHT: f32 = 26.0;

/// What is remembered while the list is open.
#[derive(Clone, Default)]
struct Looking {
    text: String,
    /// The line that Enter chooses, counted among those that match.
    at: usize,
    /// It was shown before, so that the field has had the cursor and the list stands at what is chosen.
    begun: bool,
}

/// Shows the chosen thing, and the list when it is asked for. Gives the one that is chosen anew.
pub fn show(ui: &mut Ui, name: &str, chosen: usize, lines: &[Line<'_>], width: f32) -> Option<usize> {
    let id = ui.make_persistent_id(egui::IdSalt::new(name));
    if !ComboBox::is_open(ui.ctx(), id) {
        ui.data_mut(|data| data.remove::<Looking>(id));
    }
    let was_open = ui.data(|data| data.get_temp::<Looking>(id)).is_some();
    let button = egui::Rect::from_min_size(ui.cursor().min, vec2(width, ui.spacing().interact_size.y));
    let window = ui.ctx().content_rect();
    // The list hangs below or stands above, where there is more room.
    let room = (window.bottom() - button.bottom()).max(button.top() - window.top()) - 3.0 * space::M;
    let current = lines.get(chosen).map_or("", |line| line.title);
    let combo = ComboBox::from_id_salt(name).width(width).truncate().height(room).selected_text(current);
    let shown = combo
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show_ui(ui, |ui| list(ui, id, name, chosen, lines, room));
    name_choice(&shown.response, name, current);
    let picked = shown.inner.flatten();
    let by_key = ui.input(|input| input.key_pressed(Key::Escape));
    if was_open && (picked.is_some() || by_key) {
        // Whoever came with the keyboard goes on from where the list was.
        shown.response.request_focus();
    }
    picked.filter(|&picked| picked != chosen)
}

fn list(ui: &mut Ui, id: Id, name: &str, chosen: usize, lines: &[Line<'_>], room: f32) -> Option<usize> {
    let widest = ui.ctx().content_rect().width() - 2.0 * space::XL;
    ui.set_width(wanted_width(ui, lines).clamp(ui.available_width().min(widest), widest.max(1.0)));
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
    let searched = lines.len() > FEW;
    let mut looking: Looking = ui.data_mut(|data| data.get_temp(id)).unwrap_or_default();
    let (mut moved, mut entered) = (false, false);
    if searched {
        let down = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown));
        let up = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp));
        // The press that opened the list is still to be heard in its first frame.
        entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) && looking.begun;
        field(ui, id, name, &mut looking);
        looking.at = if down { looking.at + 1 } else { looking.at.saturating_sub(usize::from(up)) };
        moved = down || up;
    }
    let hits = matching(lines, &looking.text);
    if !looking.begun {
        looking.at = hits.iter().position(|&line| line == chosen).unwrap_or(0);
    }
    looking.at = looking.at.min(hits.len().saturating_sub(1));
    if hits.is_empty() {
        hint(ui, "None of them has such a name.");
    }
    let left = room - if searched { 44.0 } else { 8.0 };
    let mut scroll = ScrollArea::vertical().max_height(left.max(2.0 * HEIGHT));
    if searched && (moved || !looking.begun) {
        // Half a dozen lines before the one that Enter would choose stay in view.
        let step = HEIGHT + ui.spacing().item_spacing.y;
        scroll = scroll.vertical_scroll_offset(((looking.at as f32 + 0.5) * step - left / 2.0).max(0.0));
    }
    let mut picked = hits.get(looking.at).copied().filter(|_| entered);
    scroll.show_rows(ui, HEIGHT, hits.len(), |ui, range| {
        for place in range {
            let line = hits[place];
            let on = if searched { place == looking.at } else { line == chosen };
            if entry(ui, &lines[line], on, line == chosen).clicked() {
                picked = Some(line);
            }
        }
    });
    looking.begun = !ui.is_sizing_pass();
    ui.data_mut(|data| data.insert_temp(id, looking));
    if picked.is_some() {
        ui.close();
    }
    picked
}

fn field(ui: &mut Ui, id: Id, name: &str, looking: &mut Looking) {
    let field = TextEdit::singleline(&mut looking.text)
        .hint_text("Type a part of its name")
        .desired_width(f32::INFINITY)
        .id(id.with("field"));
    let response = ui.add(field);
    name_field(&response, &format!("Search: {name}"), &looking.text);
    if !looking.begun {
        response.request_focus();
    }
    if response.changed() {
        looking.at = 0;
    }
}

/// The lines whose titles hold every word of the text, in any case.
fn matching(lines: &[Line<'_>], text: &str) -> Vec<usize> {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |line: &Line<'_>| {
        let title = line.title.to_lowercase();
        wanted.iter().all(|word| title.contains(word.as_str()))
    };
    (0..lines.len()).filter(|&line| wanted.is_empty() || fits(&lines[line])).collect()
}

fn entry(ui: &mut Ui, line: &Line<'_>, on: bool, chosen: bool) -> egui::Response {
    let quiet = theme::tones(ui).quiet;
    let about = match line.proposed {
        Some(reason) if line.about.is_empty() => format!("proposed: {reason}"),
        Some(reason) => format!("proposed: {reason}  ·  {}", line.about),
        None => line.about.to_owned(),
    };
    let mark = if chosen { "• " } else { "" };
    let button = Button::selectable(on, format!("{mark}{}", line.title))
        .min_size(vec2(ui.available_width(), HEIGHT))
        .right_text(RichText::new(about).color(quiet).size(size::SMALL));
    ui.add(button)
}

/// The width at which the longest title and what is known of it stand side by side.
fn wanted_width(ui: &Ui, lines: &[Line<'_>]) -> f32 {
    let letters = |line: &Line<'_>| {
        let reason = line.proposed.map_or(0, |reason| reason.len() + 14);
        line.title.chars().count() + line.about.chars().count() + reason
    };
    let longest = lines.iter().map(letters).max().unwrap_or(0);
    let quiet = theme::tones(ui).quiet;
    let letter = ui.painter().layout_no_wrap("n".to_owned(), egui::FontId::proportional(size::BODY), quiet);
    letter.size().x * longest as f32 + 3.0 * space::XL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_search_must_stand_in_the_title() {
        let line = |title| Line { title, about: "f32", proposed: None };
        let lines =
            ["model.layers.0.mlp.down_proj.weight", "model.layers.10.mlp.up_proj.weight", "wte"].map(line);
        assert_eq!(matching(&lines, ""), [0, 1, 2]);
        assert_eq!(matching(&lines, "MLP up"), [1]);
        assert_eq!(matching(&lines, "f32"), [0; 0]);
    }
}
