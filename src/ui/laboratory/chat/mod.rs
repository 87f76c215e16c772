//! A conversation on its way to a model: messages, the text that a template makes of them, and its tokens, each with who it
//! comes from.

mod flow;

use egui::{Align, Layout, ScrollArea, Ui};

use super::super::theme::space;
use super::super::widgets::chooser::{self, Line};
use super::super::widgets::field::{Field, Look};
use super::super::{Outbox, focus, widgets};
use super::{GIVEN_UP, examined_one};
use crate::app::State;
use crate::app::chat::{Talk, talking};
use crate::scene::Command;
use crate::scene::view::ChatView;
use crate::tokens::chat::{Conversation, Message, Role};

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    fields: Vec<Field>,
}

impl Room {
    /// Shows the conversation, and what it comes to.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let (view, rows) = (&state.view().tokens, state.derived().tokens());
        let Some(row) = talking(view, rows) else { return };
        let chat = state.derived().reading().chat();
        let talk = chat.newest(view, rows).map(AsRef::as_ref);
        ui.horizontal_wrapped(|ui| {
            let about = "The model's own tokenizer, and the template that belongs to it.";
            examined_one(ui, state, ("Tokenizer", about), row, out);
            if let Some(Ok(talk)) = talk {
                template(ui, &view.chat, talk, out);
            }
        });
        ScrollArea::vertical().id_salt("chat").auto_shrink(false).show(ui, |ui| {
            focus::followed(ui, |ui| {
                self.messages(ui, &view.chat, out);
                match talk {
                    _ if chat.gave_up() => drop(widgets::hint(ui, GIVEN_UP)),
                    None => drop(widgets::hint(ui, "Loading the tokenizer …")),
                    Some(Err(problem) | Ok(Talk { conversation: Err(problem), .. })) => {
                        drop(widgets::warning(ui, problem));
                    }
                    Some(Ok(Talk { conversation: Ok(conversation), .. })) => {
                        told(ui, conversation);
                        flow::show(ui, state, row.name(), conversation, out);
                    }
                }
                ui.add_space(space::L);
            });
        });
    }

    fn messages(&mut self, ui: &mut Ui, chat: &ChatView, out: &mut Outbox) {
        self.fields.resize_with(chat.messages.len(), Field::default);
        let mut wanted = chat.messages.clone();
        let mut removed = None;
        for (index, (message, field)) in chat.messages.iter().zip(&mut self.fields).enumerate() {
            ui.push_id(index, |ui| {
                ui.horizontal(|ui| {
                    if let Some(role) = role(ui, message.role) {
                        wanted[index].role = role;
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let name = format!("Remove message {}", index + 1);
                        if widgets::icon_button(ui, "×", &name, "Take this message away").clicked() {
                            removed = Some(index);
                        }
                        let name = format!("Message {}", index + 1);
                        let look =
                            Look { name: &name, hint: "What is said", rows: 1, is_code: false, most: 20_000 };
                        if let Some(content) = field.show(ui, &look, &message.content) {
                            wanted[index].content = content;
                        }
                    });
                });
            });
        }
        if let Some(index) = removed {
            wanted.remove(index);
            self.fields.remove(index);
        }
        let is_full = wanted.len() >= ChatView::MOST_MESSAGES;
        if ui.add_enabled(!is_full, egui::Button::new("Add a message")).clicked() {
            let is_answer = wanted.last().is_some_and(|last| last.role == Role::User);
            let role = if is_answer { Role::Assistant } else { Role::User };
            wanted.push(Message { role, content: String::new() });
        }
        if wanted != chat.messages {
            out.send(Command::Talk(ChatView { messages: wanted, ..chat.clone() }));
        }
        ui.add_space(space::S);
    }
}

/// Who says something.
fn role(ui: &mut Ui, now: Role) -> Option<Role> {
    let lines = Role::ALL.map(|role| Line { title: role.name(), about: "", proposed: None });
    let chosen = Role::ALL.iter().position(|role| *role == now).unwrap_or_default();
    chooser::show(ui, "Role", chosen, &lines, 108.0).map(|picked| Role::ALL[picked])
}

/// Which template makes a text of the messages.
fn template(ui: &mut Ui, chat: &ChatView, talk: &Talk, out: &mut Outbox) {
    let titles = talk.templates.iter().map(|(_, title)| &**title);
    let lines: Vec<Line<'_>> = titles.map(|title| Line { title, about: "", proposed: None }).collect();
    let chosen = talk.templates.iter().position(|(name, _)| *name == talk.template.name).unwrap_or_default();
    widgets::term(
        ui,
        "Template",
        "How the model's makers write conversations as text. It is part of the training.",
    );
    if let Some(picked) = chooser::show(ui, "Template", chosen, &lines, 150.0) {
        let template = Some(talk.templates[picked].0.clone());
        out.send(Command::Talk(ChatView { template, ..chat.clone() }));
    }
}

/// What one has to know of a conversation.
fn told(ui: &mut Ui, talk: &Conversation) {
    /// So many typed names are told.
    const TOLD: usize = 5;
    if let Some(id) = talk.doubled {
        let name = talk.row.tokenizer.piece(id).unwrap_or_default();
        widgets::warning(
            ui,
            &format!(
                "{name} stands there twice: the template wrote it, and the tokenizer put it before the text once more. Models \
                 were not trained on that. Whoever encodes what a template wrote adds nothing."
            ),
        );
    }
    if !talk.typed.is_empty() {
        let names: Vec<&str> =
            talk.typed.iter().map(|(_, place)| &talk.rendered.text[place.clone()]).collect();
        let more = if names.len() > TOLD { " …" } else { "" };
        let names = format!("{}{more}", names[..names.len().min(TOLD)].join(" "));
        let said = if talk.options.typed_special {
            format!(
                "A message has {names} in it, which became control: whoever writes that ends the message, and goes on as anybody. \
                 Programs must not let their users do that."
            )
        } else {
            format!("A message has {names} in it, which stays text: it is cut like any other.")
        };
        if talk.options.typed_special {
            widgets::warning(ui, &said)
        } else {
            widgets::hint(ui, &said)
        };
    }
    if !talk.cut.is_empty() {
        let each: Vec<String> =
            talk.cut.iter().map(|(name, count)| format!("{name} ({count} tokens)")).collect();
        widgets::hint(
            ui,
            &format!(
                "This tokenizer has no single token for {}. Some templates mean it so; else it is the template of another model.",
                each.join(", ")
            ),
        );
    }
    if !talk.rendered.is_followed {
        widgets::hint(
            ui,
            "The template changes the messages: which tokens come from them cannot be told, and all count as its own.",
        );
    }
}

/// How the conversation is read and shown.
pub fn side(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let view = &state.view().tokens;
    ScrollArea::vertical().id_salt("chat choices").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            widgets::heading(ui, "How it is read");
            choices(ui, &view.chat, out);
            widgets::heading(ui, "What is shown");
            super::super::tokens::marks(ui, state, true, out);
        });
    });
}

fn choices(ui: &mut Ui, chat: &ChatView, out: &mut Outbox) {
    let mut wanted = chat.clone();
    let all = [
        (
            "Begin the answer",
            "The text ends with what comes before the model's own words: it goes on from there.",
            &mut wanted.answer,
        ),
        (
            "Tokenizer adds its own",
            "The tokenizer puts its special tokens around the text, as it does around any other: the template has them already.",
            &mut wanted.add_special,
        ),
        (
            "Typed specials are control",
            "Names of special tokens within messages become control tokens. Then a message can end itself and speak as another \
             role: that is why this is off.",
            &mut wanted.typed_special,
        ),
    ];
    for (name, about, choice) in all {
        ui.checkbox(choice, name).on_hover_text(about);
    }
    if wanted != *chat {
        out.send(Command::Talk(wanted));
    }
}
