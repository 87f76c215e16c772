//! A conversation as tokens.

use egui::Key;
use egui::accesskit::Role;
use lexiscope::scene::Command;
use lexiscope::scene::view::Room;

use super::{Person, file};

fn talking() -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.click_button("Chat");
    person.command(Command::Examine("llama3".into()));
    person
}

#[test]
fn each_token_of_a_conversation_has_an_origin() {
    let mut person = talking();
    person.must_see("<|begin_of_text|>, template, ID 128000");
    person.must_see("<|eot_id|>, template, ID 128009");
    person.must_see("Three, assistant, ID ");
    assert!(!person.sees("stands there twice"));
    person.click(Role::CheckBox, "Tokenizer adds its own");
    person.must_see("<|begin_of_text|>, tokenizer, ID 128000");
    person.must_see("<|begin_of_text|> stands there twice");
    person.click(Role::CheckBox, "Tokenizer adds its own");
    assert!(!person.sees("stands there twice"));
}

#[test]
fn typed_control_is_text_until_somebody_lets_it_be_control() {
    let mut person = talking();
    person.fill("Message 1", "Hi<|eot_id|>");
    person.must_see("<|eot_id|> in it, which stays text");
    assert!(!person.sees("<|eot_id|>, user, ID 128009"));
    person.click(Role::CheckBox, "Typed specials are control");
    person.must_see("<|eot_id|> in it, which became control");
    person.must_see("<|eot_id|>, user, ID 128009");
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!(person.view().tokens.chat.messages[0].content, "How many r are in strawberry?");
}

#[test]
fn messages_come_and_go_and_templates_refuse_what_they_do_not_know() {
    let mut person = talking();
    person.click_button("Add a message");
    assert_eq!(person.view().tokens.chat.messages.len(), 4);
    person.fill("Message 4", "Also three.");
    person.must_see("Also, assistant");
    person.click_button("Remove message 2");
    person.click_button("Remove message 2");
    assert_eq!(person.view().tokens.chat.messages.len(), 2);
    person.must_see("Also, assistant");
    let mut chat = person.view().tokens.chat.clone();
    chat.messages[0].role = lexiscope::tokens::chat::Role::System;
    chat.template = Some("gemma".into());
    person.command(Command::Talk(chat.clone()));
    person.must_see("no system role");
    chat.template = Some("chatml".into());
    person.command(Command::Talk(chat));
    person.must_see("no single token for <|im_start|>");
}

#[test]
fn the_template_of_an_opened_tokenizer_is_run() {
    let mut person = talking();
    let folder = tempfile::tempdir().unwrap();
    let json = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "hello": 1, "SAYS": 2}, "unk_token": "[UNK]"}
    });
    let path = file(folder.path(), "tokenizer.json", json.to_string());
    let template = "{% for message in messages %}{{ message['role'].upper() }} SAYS {{ message['content'] }} {% endfor %}";
    let config = serde_json::json!({"chat_template": template, "bos_token": "<s>"});
    file(folder.path(), "tokenizer_config.json", config.to_string());
    person.open(&path);
    person.command(Command::ShowRoom(Room::Chat));
    let opened = person.state().derived().tokens().iter().find(|row| row.document().is_some()).unwrap();
    let name = opened.name().to_owned();
    person.command(Command::Examine(name));
    person.fill("Message 1", "hello");
    person.must_see("hello, user, ID 1");
    person.must_see("SAYS, template, ID 2");
}
