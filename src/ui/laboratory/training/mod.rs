//! A tokenizer of one's own: what it learns from, what it learns step by step, and what comes of it.

mod charts;
mod steps;

use egui::{DragValue, ScrollArea, Ui};

use super::super::theme::space;
use super::super::widgets::field::{Field, Look};
use super::super::{Outbox, focus, widgets};
use super::GIVEN_UP;
use crate::app::State;
use crate::app::reading::Reading;
use crate::scene::view::{Recipe, Room as Where, TrainingText, TrainingView, VocabularySize};
use crate::scene::{Command, WindowRequest};
use crate::tokens::training::{Kind, Trained};
use crate::ui::widgets::player::Player;

/// The accessible names of the fields.
pub const OWN: &str = "Text to train on";
pub const SAMPLES: &str = "Words to watch";

/// The longest text that is written into the field, in characters: a longer one is opened as a file.
const LONGEST: usize = 1 << 20;

/// What is trained, and what that means.
const KINDS: [(Kind, &str, &str); 4] = [
    (
        Kind::ByteLevelBpe,
        "byte-level BPE",
        "Pairs are joined, beginning with bytes: nothing is ever unknown. GPT's way.",
    ),
    (Kind::Bpe, "BPE", "Pairs are joined, beginning with characters. The way of Llama 2, without its bytes."),
    (
        Kind::WordPiece,
        "WordPiece",
        "Entries are learned by joining pairs, in small letters, and the longest match is taken. BERT's way.",
    ),
    (
        Kind::Unigram,
        "Unigram",
        "Many pieces are thinned out until the text is most probable with those that are left. T5's way.",
    ),
];

/// What the room remembers from frame to frame.
#[derive(Default)]
pub struct Room {
    own: Field,
    samples: Field,
    player: Player,
}

impl Room {
    /// Shows the recipe, and what came of it.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let view = &state.view().tokens.training;
        ScrollArea::vertical().id_salt("training").auto_shrink(false).show(ui, |ui| {
            focus::followed(ui, |ui| {
                self.recipe(ui, view, out);
                ui.add_space(space::S);
                self.outcome(ui, state, view, out);
                ui.add_space(space::L);
            });
        });
    }

    /// What is to be trained, and on what.
    fn recipe(&mut self, ui: &mut Ui, view: &TrainingView, out: &mut Outbox) {
        let mut wanted = view.clone();
        if let Some(kind) = widgets::choose(ui, view.recipe.kind, &KINDS) {
            wanted.recipe.kind = kind;
        }
        ui.horizontal_wrapped(|ui| {
            widgets::term(
                ui,
                "Learn from",
                "A tokenizer learns what is frequent: another text gives another vocabulary.",
            );
            text_choice(ui, &mut wanted, out);
        });
        if view.recipe.text == TrainingText::Own {
            let look = Look {
                name: OWN,
                hint: "Paste a text, the longer the better",
                rows: 4,
                is_code: false,
                most: LONGEST,
            };
            if let Some(own) = self.own.show(ui, &look, &view.own) {
                wanted.own = own.into();
            }
        }
        ui.horizontal_wrapped(|ui| {
            widgets::term(
                ui,
                "Entries",
                "How many entries the vocabulary is to have, from 100 to 50,000: V, the rows of the model's matrix.",
            );
            let [least, most] = VocabularySize::RANGE;
            let field = DragValue::new(&mut wanted.recipe.size.0).range(least..=most).speed(20.0);
            widgets::name_number(&ui.add(field), "Entries", f64::from(view.recipe.size.0));
            let nothing = view.recipe.text == TrainingText::Own && view.own.trim().is_empty();
            if ui.add_enabled(!nothing, egui::Button::new("Train")).clicked() {
                out.send(Command::Train);
            }
            if view.asked.as_ref().is_some_and(|asked| *asked != view.to_ask()) {
                widgets::hint(ui, "What is below was trained otherwise.");
            }
        });
        if wanted != *view {
            out.send(Command::PrepareTraining(wanted));
        }
    }

    fn outcome(&mut self, ui: &mut Ui, state: &State, view: &TrainingView, out: &mut Outbox) {
        let training = state.derived().reading().training();
        match training.outcome(view) {
            None if view.asked.is_none() => drop(widgets::hint(
                ui,
                "Choose a way to learn and a text, and train: with the novels that takes a few seconds. Of pairs that are joined \
                 you see each step.",
            )),
            None if training.gave_up() => drop(widgets::hint(ui, GIVEN_UP)),
            None => {
                let fraction = training.progress().unwrap_or(0.0);
                ui.add(egui::ProgressBar::new(fraction).desired_width(320.0).text("Training …"));
            }
            Some(Err(problem)) => drop(widgets::warning(ui, problem)),
            Some(Ok(trained)) => {
                summary(ui, state.derived().reading(), view, trained, out);
                if trained.learned.is_some() {
                    self.steps(ui, state, view, out);
                }
                let sizes = training.sizes(trained).map(|sizes| sizes.as_slice());
                charts::show(ui, view, trained, sizes, out);
            }
        }
    }

    fn steps(&mut self, ui: &mut Ui, state: &State, view: &TrainingView, out: &mut Outbox) {
        let training = state.derived().reading().training();
        let Some(trained) = training.trained(view) else { return };
        let Some(learned) = &trained.learned else { return };
        widgets::heading(ui, "Step by step");
        let steps = learned.merges.len();
        let shown = view.merges.map_or(steps, |merges| merges as usize).min(steps);
        let step = self.player.show(ui, shown, steps, state.settings().reduce_motion);
        let mut wanted = view.clone();
        if step != shown {
            wanted.merges = (step < steps).then_some(step as u32);
        }
        let look = Look { name: SAMPLES, hint: "Words to watch", rows: 1, is_code: false, most: 200 };
        if let Some(samples) = self.samples.show(ui, &look, &view.samples) {
            wanted.samples = samples.into();
        }
        if wanted != *view {
            out.send(Command::PrepareTraining(wanted));
        }
        match training.stage(trained) {
            Some(stage) => {
                steps::show(ui, learned, stage);
                if trained.kind == Kind::WordPiece {
                    widgets::hint(
                        ui,
                        "So it learns. What it is then used for takes the longest match, and a word with a letter that it does not know \
                         is unknown as a whole.",
                    );
                }
            }
            None if training.stage_gave_up() => drop(widgets::hint(ui, GIVEN_UP)),
            None => drop(widgets::hint(ui, "Counting pairs …")),
        }
    }
}

fn text_choice(ui: &mut Ui, wanted: &mut TrainingView, out: &mut Outbox) {
    let now = wanted.recipe.text.clone();
    let file = match &now {
        TrainingText::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        TrainingText::Novels | TrainingText::Own => None,
    };
    let novels = widgets::pill(ui, "three novels by Jane Austen", now == TrainingText::Novels);
    if novels.on_hover_text("Some 400,000 words of English from 1811 to 1815.").clicked() {
        wanted.recipe.text = TrainingText::Novels;
    }
    if widgets::pill(ui, "a text of yours", now == TrainingText::Own).clicked() {
        wanted.recipe.text = TrainingText::Own;
    }
    let opened = widgets::pill(ui, file.as_deref().unwrap_or("a file…"), file.is_some());
    if opened.on_hover_text("Plain text in UTF-8.").clicked() {
        out.send(Command::Window(WindowRequest::ChooseTrainingText));
    }
}

/// What was learned, and what to do with it.
fn summary(ui: &mut Ui, reading: &Reading, view: &TrainingView, trained: &Trained, out: &mut Outbox) {
    let size = trained.tokenizer.vocabulary_size();
    let number = |value: usize| widgets::thousands(value as u64);
    let how = trained.learned.as_ref().map_or_else(String::new, |learned| {
        format!(": {} to begin with, and {} merges", number(learned.alphabet), number(learned.merges.len()))
    });
    ui.horizontal_wrapped(|ui| {
        let about =
            "What it begins with are single letters or bytes, and special tokens. Each merge adds an entry.";
        ui.strong(format!("{} entries{how}", number(size))).on_hover_text(about);
        let words = (number(trained.words.0.len()), widgets::thousands(trained.total));
        widgets::hint(ui, &format!("learned from {} different words, {} in all.", words.0, words.1));
    });
    let wanted = view.asked.as_ref().map_or(0, |asked| asked.recipe.size.0 as usize);
    if size < wanted {
        let why = if trained.learned.is_some() {
            "no further pair is there twice"
        } else {
            "there are no more pieces"
        };
        widgets::hint(ui, &format!("The text gives no more than these: {why}."));
    }
    if size > wanted {
        widgets::hint(ui, "Single letters or bytes alone are more than were asked for: nothing was joined.");
    }
    if trained.learned.is_none() {
        widgets::hint(
            ui,
            "Unigram joins no pairs, so that there are no steps to see: it thins out a great many pieces. What is left, and how it \
             cuts a word, shows its vocabulary, and the room for steps.",
        );
    }
    taken_along(ui, reading, trained, out);
}

/// Ways to go on with what was trained.
fn taken_along(ui: &mut Ui, reading: &Reading, trained: &Trained, out: &mut Outbox) {
    let kept = reading.name_of(&trained.tokenizer);
    ui.horizontal_wrapped(|ui| {
        let name = if kept.is_some() { "No longer compare it" } else { "Compare it with the others" };
        if ui.button(name).clicked() {
            out.send(Command::KeepTrained(kept.is_none()));
        }
        if let Some(name) = kept {
            for (title, room) in [
                ("See it in the showdown", Where::Showdown),
                ("See its steps", Where::Apart),
                ("See its vocabulary", Where::Vocabulary),
            ] {
                if ui.button(title).clicked() {
                    out.send(Command::Examine(name.to_owned()));
                    out.send(Command::ShowRoom(room));
                }
            }
        }
        if ui.button("Save as tokenizer.json…").clicked() {
            out.send(Command::Window(WindowRequest::SaveTokenizer));
        }
    });
}

/// What there is to know about training, beside it.
pub fn side(ui: &mut Ui, state: &State, out: &mut Outbox) {
    ScrollArea::vertical().id_salt("training notes").auto_shrink(false).show(ui, |ui| {
        focus::followed(ui, |ui| {
            widgets::heading(ui, "Train");
            for text in [
                "A tokenizer learns once, from a text, before its model does. What was frequent there becomes one token.",
                "The first nine tenths of the text are learned from. The last tenth tells what texts cost that were not.",
                "Go back to the first step and play: the most frequent pair is joined, then the next, and words come together.",
            ] {
                widgets::hint(ui, text);
            }
            widgets::heading(ui, "Try");
            for (name, recipe) in tries() {
                if ui.button(name).clicked() {
                    let training = TrainingView { recipe, ..state.view().tokens.training.clone() };
                    out.send(Command::PrepareTraining(training));
                    out.send(Command::Train);
                }
            }
        });
    });
}

/// Recipes that show something.
fn tries() -> [(&'static str, Recipe); 3] {
    let recipe = |kind, size| Recipe { kind, size: VocabularySize(size), text: TrainingText::Novels };
    [
        ("A small vocabulary", recipe(Kind::ByteLevelBpe, 400)),
        ("10,000 entries", recipe(Kind::ByteLevelBpe, 10_000)),
        ("Whole words and pieces", recipe(Kind::WordPiece, 8_000)),
    ]
}
