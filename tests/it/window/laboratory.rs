//! The page about tokens: one text under many tokenizers, along one line.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use lexiscope::app::showdown::Showdown;
use lexiscope::progress::Unwatched;
use lexiscope::scene::view::{Page, TokenMarks};
use lexiscope::scene::{Command, WindowRequest};
use lexiscope::tokens::{EncodeOptions, Row};

use super::Person;

const BOARD: &str = "Tokens of the text";

fn person_at(text: &str) -> Person {
    let mut person = Person::new();
    person.key(Key::F4);
    person.fill("Text to tokenize", text);
    person
}

fn showdown(person: &Person) -> &Showdown {
    person.state().derived().reading().showdown(&person.view().tokens).expect("the tokenizers have answered")
}

/// What a screen reader hears of the board.
fn spoken(person: &Person) -> String {
    let board = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.role() == Role::Grid && node.label().is_some_and(|name| name.starts_with(BOARD))
    };
    person.harness.get_by(board).accesskit_node().label().unwrap_or_default()
}

fn focus_board(person: &mut Person) {
    let board = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.role() == Role::Grid && node.label().is_some_and(|name| name.starts_with(BOARD))
    };
    person.harness.get_by(board).focus();
    person.settle();
}

#[test]
fn all_tokenizers_stand_along_one_line_and_rank_by_their_counts() {
    let person = person_at("The cat sat. STRAWBERRY 12345");
    let shown = showdown(&person);
    assert_eq!((shown.lanes.len(), &*shown.aligned.text), (11, "The cat sat. STRAWBERRY 12345"));
    assert!(shown.lanes.is_sorted_by_key(|lane| lane.row().map(Row::len)));
    assert_eq!(shown.asked, 9, "bytes and code points choose nothing");
    let alike = |text: &str| {
        let start = shown.aligned.text.find(text).unwrap();
        shown.aligned.stretches.iter().find(|stretch| stretch.range.end > start).unwrap().alike
    };
    assert!(alike("cat") && !alike("STRAWBERRY"));
    person.must_see("9 tokenizers that have a vocabulary cut");
    assert!(person.sees("Tokenizers") && !person.sees("Projection"), "the settings of the map are elsewhere");
}

#[test]
fn tokenizers_are_left_out_and_come_back() {
    let mut person = person_at("cat");
    person.click(Role::CheckBox, "ByT5");
    assert!(showdown(&person).lanes.iter().all(|lane| lane.name != "byt5"));
    person.ctrl(Key::Num4);
    person.key(Key::F4);
    assert_eq!(person.view().page, Page::Map);
    assert!(!person.sees("byt5: "), "nor is it in the panel");
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    person.ctrl(Key::Z);
    assert_eq!((person.view().page, showdown(&person).lanes.len()), (Page::Tokens, 11));
}

#[test]
fn the_keys_walk_from_token_to_token_and_follow_one_to_its_row() {
    let mut person = person_at("queen cat");
    focus_board(&mut person);
    let lane = &showdown(&person).lanes[0];
    let (title, row) = (lane.title.clone(), lane.row().unwrap());
    let said = |token: usize| {
        format!(
            "{BOARD}: {title}, token {} of {}, “{}”, ID {}",
            token + 1,
            row.len(),
            row.piece(token),
            row.tokens()[token].id
        )
    };
    let [first, second] = [said(0), said(1)];
    assert_eq!(spoken(&person), first);
    person.key(Key::ArrowRight);
    assert_eq!(spoken(&person), second);
    person.key(Key::ArrowLeft);
    assert_eq!(spoken(&person), first);
    let below = showdown(&person).lanes[1].title.clone();
    person.key(Key::ArrowDown);
    assert!(spoken(&person).starts_with(&format!("{BOARD}: {below}, token 1 of")), "{}", spoken(&person));
    person.key(Key::Enter);
    let chosen = person.view().tokens.chosen.clone().expect("a token is chosen");
    assert_eq!(chosen.tokenizer, showdown(&person).lanes[1].name);
    assert_eq!(person.view().page, Page::Tokens, "the page stays");
    person.key(Key::Enter);
    assert_eq!(person.view().tokens.chosen, None, "and again lets it go");
}

#[test]
fn what_is_copied_has_every_tokenizer_and_every_id() {
    let person = person_at("cats");
    let shown = showdown(&person);
    let gpt2 = "gpt2\t1\tcats\n";
    assert!(shown.as_text().contains(gpt2), "{}", shown.as_text());
    assert!(shown.as_ids().contains("gpt2\t1\t24619\n"), "{}", shown.as_ids());
    let documents: Vec<serde_json::Value> = serde_json::from_str(&shown.as_json()).unwrap();
    assert_eq!(documents.len(), 11);
}

#[test]
fn the_tokens_of_a_text_that_is_too_long_for_the_clipboard_are_not_copied() {
    let mut person = person_at("cats");
    person.command(Command::Window(WindowRequest::CopyIds));
    person.must_see("The IDs are on the clipboard.");
    person.command(Command::SetText("a ".repeat(40_000)));
    person.command(Command::Window(WindowRequest::CopyIds));
    person.must_see("too long for the clipboard");
}

#[test]
fn tokens_are_copied_from_the_showdown_alone() {
    let mut person = person_at("cats");
    person.click_button("Letters");
    person.command(Command::Window(WindowRequest::CopyTokens));
    person.must_see("copied from the showdown");
    person.key(Key::F4);
    person.command(Command::Window(WindowRequest::CopyIds));
    person.must_see("copied from the showdown");
}

#[test]
fn the_keys_go_to_the_ends_of_a_lane_and_over_many_lines() {
    let mut person = person_at("x");
    person.command(Command::SetText("one two three four five six seven eight\n".repeat(40)));
    focus_board(&mut person);
    let said = |person: &Person, token: usize| {
        let row = showdown(person).lanes[0].row().unwrap();
        spoken(person).contains(&format!("token {} of {}", token + 1, row.len()))
    };
    let last = showdown(&person).lanes[0].row().unwrap().len() - 1;
    person.key(Key::End);
    assert!(said(&person, last), "{}", spoken(&person));
    person.key(Key::Home);
    assert!(said(&person, 0), "{}", spoken(&person));
    person.key(Key::PageDown);
    assert!(!said(&person, 0), "{}", spoken(&person));
    person.key(Key::PageUp);
    assert!(said(&person, 0), "{}", spoken(&person));
}

#[test]
fn the_cursor_stays_with_its_tokenizer_when_counts_change() {
    let mut person = person_at("queen cat");
    focus_board(&mut person);
    person.key(Key::ArrowDown);
    let title = showdown(&person).lanes[1].title.clone();
    person.command(Command::SetText("Донаудампфшиф 12345 🍓🍓🍓 queen".into()));
    focus_board(&mut person);
    assert!(spoken(&person).starts_with(&format!("{BOARD}: {title}, ")), "{}", spoken(&person));
}

#[test]
fn a_long_text_that_is_edited_has_the_tokens_of_the_whole() {
    let text = "The quick brown fox, 12345 über naïve dogs 🍓. ".repeat(4_000);
    let mut person = person_at("x");
    person.command(Command::SetText(text.clone()));
    let edited = format!("{}a strange edit {}", &text[..100_003], &text[100_003..]);
    person.command(Command::SetText(edited.clone()));
    let shown = showdown(&person);
    assert_eq!((&*shown.aligned.text, shown.lanes.len()), (&*edited, 11));
    for lane in &shown.lanes {
        let row = lane.row().unwrap();
        let options = EncodeOptions { add_special: false, typed_special: false };
        let whole = Row::new(&*edited, &row.tokenizer, options, &Unwatched).unwrap();
        assert_eq!(row.tokens(), whole.tokens(), "{}", lane.name);
    }
}

#[test]
fn keys_of_the_map_do_nothing_on_another_page() {
    let mut person = person_at("x");
    person.harness.get_by_role_and_label(Role::CheckBox, "Show IDs").click_accesskit();
    person.settle();
    assert!(person.view().tokens.marks.ids);
    let map = person.view().map.clone();
    for key in [Key::D, Key::L, Key::N, Key::G, Key::H] {
        person.key(key);
    }
    assert_eq!(person.view().map, map);
}

#[test]
fn who_goes_to_a_word_or_opens_another_table_is_shown_the_map() {
    let mut person = person_at("cat");
    let row = person.row("cat");
    person.command(Command::GoTo([row].into_iter().collect()));
    assert_eq!((person.view().page, person.selected_words()), (Page::Map, vec!["cat".to_owned()]));
    person.key(Key::F4);
    person.command(Command::OpenSample("glove-100d".into()));
    assert_eq!(person.view().page, Page::Map);
}

#[test]
fn odd_texts_are_drawn_whole() {
    let long = "a".repeat(100_000);
    let accents = format!("e{}", "\u{301}".repeat(100_000));
    let odd = [
        "",
        " ",
        "\n\n\n",
        "\r\n\t",
        "\u{0}\u{1}",
        "👩‍🔬👨‍👩‍👧‍👦",
        "e\u{301}\u{301}\u{301}",
        &accents,
        "שלום abc 123 עולם\nמה נשמע",
        "ﷺ صباح الخير",
        "<s>[CLS]<|endoftext|>",
        &long,
    ];
    let mut person = Person::new();
    person.key(Key::F4);
    for (ids, bytes) in [(false, false), (true, true)] {
        person.command(Command::ShowMarks(TokenMarks { ids, bytes, white_space: bytes }));
        person.command(Command::AddSpecial(bytes));
        for text in odd {
            person.command(Command::SetText(text.to_owned()));
            assert_eq!(&*showdown(&person).aligned.text, text);
        }
    }
}
