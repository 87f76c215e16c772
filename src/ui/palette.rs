//! The command palette: every command by its name.

use egui::{Context, Id, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use super::theme::{self, size, space};
use super::{Outbox, keys, widgets};
use crate::app::State;
use crate::scene::Command;
use crate::scene::actions::{self, Action};
use crate::vectors::samples;

/// The accessible name of the palette's field.
pub const NAME: &str = "Search commands";

/// What the palette remembers while it is open.
#[derive(Default)]
pub struct CommandPalette {
    open: bool,
    text: String,
    chosen: usize,
    /// The field has not had the cursor yet.
    fresh: bool,
}

/// Something that the palette offers.
enum Offer {
    Action(&'static Action),
    Sample(&'static samples::Sample),
}

impl Offer {
    fn title(&self) -> String {
        match self {
            Self::Action(action) => format!("{}: {}", action.menu.title(), action.title),
            Self::Sample(sample) => format!("Sample: {}", sample.title),
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Self::Action(action) => action.about,
            Self::Sample(sample) => sample.about,
        }
    }
}

impl CommandPalette {
    pub fn open(&mut self) {
        *self = Self { open: true, fresh: true, ..Self::default() };
    }

    /// Closes it. Says whether it was open.
    pub fn close(&mut self) -> bool {
        std::mem::take(&mut self.open)
    }

    /// Shows the palette while it is open.
    pub fn show(&mut self, ctx: &Context, state: &State, out: &mut Outbox) {
        if !self.open {
            return;
        }
        let modal = widgets::modal(ctx, "palette").show(ctx, |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 64.0).clamp(200.0, 520.0));
            self.content(ui, state, out);
        });
        if modal.should_close() {
            self.open = false;
        }
    }

    fn content(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let offers = offers(&self.text);
        let (down, up, enter) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::ArrowDown), pressed(Key::ArrowUp), pressed(Key::Enter))
        });
        let field = TextEdit::singleline(&mut self.text)
            .hint_text("Type what you want to do")
            .font(egui::FontId::proportional(size::LARGE))
            .desired_width(f32::INFINITY)
            .id(Id::unique("palette text"));
        let response = ui.add(field);
        widgets::name_field(&response, NAME, &self.text);
        if std::mem::take(&mut self.fresh) {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        if down {
            self.chosen += 1;
        }
        if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        self.chosen = self.chosen.min(offers.len().saturating_sub(1));
        ui.add_space(space::XS);
        if offers.is_empty() {
            widgets::hint(ui, "No command has such a name.");
        }
        let mut run = offers.get(self.chosen).filter(|_| enter);
        let room = (ui.ctx().content_rect().height() - 140.0).clamp(80.0, 380.0);
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            for (index, offer) in offers.iter().enumerate() {
                let on = index == self.chosen;
                let line = line(ui, offer, on);
                if on && (down || up) {
                    line.scroll_to_me(None);
                }
                if line.clicked() {
                    run = Some(offer);
                }
            }
        });
        if let Some(offer) = run {
            match offer {
                Offer::Action(action) => out.act(state, action),
                Offer::Sample(sample) => out.send(Command::OpenSample(sample.id.to_owned())),
            }
            self.open = false;
        }
    }
}

fn line(ui: &mut Ui, offer: &Offer, on: bool) -> egui::Response {
    let quiet = theme::tones(ui).quiet;
    let mut button =
        egui::Button::selectable(on, offer.title()).min_size(egui::vec2(ui.available_width(), 28.0));
    if let Offer::Action(Action { shortcut: Some(shortcut), .. }) = offer {
        button = button.right_text(RichText::new(keys::text(*shortcut)).color(quiet).size(size::SMALL));
    } else {
        button = button.right_text("");
    }
    ui.add(button).on_hover_text(offer.about())
}

/// What fits the text: every word of it must stand in the title or the explanation; the best fits come first.
fn offers(text: &str) -> Vec<Offer> {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let all = actions::ALL.iter().map(Offer::Action).chain(samples::all().iter().map(Offer::Sample));
    let mut ranked: Vec<(usize, Offer)> = all
        .filter_map(|offer| {
            let (title, about) = (offer.title().to_lowercase(), offer.about().to_lowercase());
            let mut rank = 0;
            for word in &wanted {
                rank += match title.find(word.as_str()) {
                    Some(at) if title[..at].ends_with([' ', ':']) || at == 0 => 0,
                    Some(_) => 1,
                    None if about.contains(word.as_str()) => 2,
                    None => return None,
                };
            }
            Some((rank, offer))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, offer)| offer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_fit_comes_first() {
        let first = |text: &str| offers(text).first().map(Offer::title);
        assert_eq!(first("undo").as_deref(), Some("Edit: Undo"));
        assert_eq!(first("light dark").as_deref(), Some("View: Switch light and dark"));
        assert!(first("glove").is_some_and(|title| title.contains("GloVe")));
        assert!(offers("xyzzy").is_empty());
        assert_eq!(offers("").len(), actions::ALL.len() + samples::all().len());
    }
}
