//! Files to open and to save: the system's own dialogs where there are any, and a field to type a path into elsewhere.
//!
//! A dialog is asked for here and waited for in the background: no frame ever waits for a person.

use std::future::Future;
use std::path::{Path, PathBuf};

use egui::{Context, Id, Key, RichText, TextEdit, Ui};
use rfd::{AsyncFileDialog, FileHandle};

use super::theme::{self, size, space};
use super::{Outbox, widgets};
use crate::app::State;
use crate::scene::Command;
use crate::scene::rendering::{Look, PictureChoice, PictureSize};

/// How the name of a tokenizer's file ends.
const TOKENIZER: &str = "tokenizer.json";

/// The endings of the formats that tables are written in.
const TABLES: &[&str] = &["txt", "vec", "bin", "npy", "safetensors", "tsv", "parquet"];

/// What a path is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Open,
    Folder,
    Vectors,
    Picture,
    Points,
    Words,
    Rows,
    Session,
    Analogies,
    Pairs,
    Languages,
    Tokenizer,
    TrainingText,
}

impl Purpose {
    fn title(self) -> &'static str {
        match self {
            Self::Open => "Open a file",
            Self::Folder => "Open a folder",
            Self::Vectors => "Save the vectors",
            Self::Picture => "Save the picture",
            Self::Points => "Save the points",
            Self::Words => "Save the selected words",
            Self::Rows => "Save the sentence's rows",
            Self::Session => "Save the session",
            Self::Analogies => "Score on analogies",
            Self::Pairs => "Score on pairs",
            Self::Languages => "Compare languages",
            Self::Tokenizer => "Save the tokenizer",
            Self::TrainingText => "Train on a text",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Open => {
                "Vectors, a tokenizer, a model, an archive of them, or a session: what it is, its content says."
            }
            Self::Folder => "The folder of a model: vectors, tokenizer and facts are opened together.",
            Self::Vectors | Self::Rows => {
                "The ending decides: .txt or .vec and .bin for word2vec, .npy, .safetensors, .tsv or .parquet."
            }
            Self::Picture => {
                "The ending decides: .png for an image, .svg or .pdf for a drawing with real text."
            }
            Self::Points => {
                "A line a word: where it lies, its cluster, its properties. The ending decides: .csv or .parquet."
            }
            Self::Words => {
                "The ending decides: .txt for a word a line, .csv or .parquet with all that is known of each."
            }
            Self::Session => "What you see, as a small text file that reopens exactly.",
            Self::Analogies => {
                "Sections that begin with “: name”, and four words a line, as in questions-words.txt."
            }
            Self::Pairs => {
                "Two words and a score a line, with tabs or commas between them, as in wordsim353.tsv."
            }
            Self::Languages => "A line for each language: its name, a tab or a colon, and what it says.",
            Self::Tokenizer => {
                "A tokenizer.json, which the tokenizers and transformers libraries open as well."
            }
            Self::TrainingText => "Plain text in UTF-8, of any length up to 64 MB.",
        }
    }

    fn of_what(self) -> &'static str {
        if self == Self::Folder { "Path of the folder" } else { "Path of the file" }
    }

    fn saves(self) -> bool {
        matches!(
            self,
            Self::Vectors
                | Self::Rows
                | Self::Picture
                | Self::Points
                | Self::Words
                | Self::Session
                | Self::Tokenizer
        )
    }

    fn command(self, path: PathBuf) -> Command {
        match self {
            Self::Open | Self::Folder => Command::Open(vec![path]),
            Self::Vectors => Command::SaveVectors(path),
            Self::Picture => Command::SavePicture(path),
            Self::Points => Command::SavePoints(path),
            Self::Words => Command::SaveWords(path),
            Self::Rows => Command::SaveRows(path),
            Self::Session => Command::SaveSession(path),
            Self::Analogies => Command::UseAnalogies(Some(path)),
            Self::Pairs => Command::UsePairs(Some(path)),
            Self::Languages => Command::OpenLanguages(path),
            Self::Tokenizer => Command::SaveTokenizer(path),
            Self::TrainingText => Command::TrainOn(path),
        }
    }
}

/// The field to type a path into, where the system has no dialog.
#[derive(Default)]
pub struct Dialogs {
    prompt: Option<(Purpose, String)>,
    fresh: bool,
    /// The path of a file that is there already, of which a person was told.
    told: Option<PathBuf>,
}

impl Dialogs {
    pub fn choose_file(&mut self, state: &mut State) {
        if !system_has_dialogs() {
            self.ask(Purpose::Open, String::new());
            return;
        }
        let asked = AsyncFileDialog::new().set_title(Purpose::Open.title()).pick_files();
        state.await_choice(async move {
            let files = asked.await?;
            Some(Command::Open(files.iter().map(|file| file.path().to_owned()).collect()))
        });
    }

    pub fn choose_folder(&mut self, state: &mut State) {
        if !system_has_dialogs() {
            self.ask(Purpose::Folder, String::new());
            return;
        }
        let asked = AsyncFileDialog::new().set_title(Purpose::Folder.title()).pick_folder();
        state.await_choice(chosen(Purpose::Folder, asked));
    }

    pub fn choose_analogies(&mut self, state: &mut State) {
        self.choose_one(Purpose::Analogies, state);
    }

    pub fn choose_pairs(&mut self, state: &mut State) {
        self.choose_one(Purpose::Pairs, state);
    }

    pub fn choose_languages(&mut self, state: &mut State) {
        self.choose_one(Purpose::Languages, state);
    }

    fn choose_one(&mut self, purpose: Purpose, state: &mut State) {
        if !system_has_dialogs() {
            self.ask(purpose, String::new());
            return;
        }
        let asked = AsyncFileDialog::new().set_title(purpose.title()).pick_file();
        state.await_choice(chosen(purpose, asked));
    }

    pub fn save_vectors(&mut self, state: &mut State) {
        self.save(Purpose::Vectors, state, "txt", TABLES);
    }

    pub fn save_rows(&mut self, state: &mut State) {
        self.save(Purpose::Rows, state, "npy", TABLES);
    }

    /// Asks how large and in which colors first, and then where.
    pub fn save_picture(&mut self, state: &State) {
        self.ask(Purpose::Picture, suggestion(state, "png"));
    }

    pub fn save_points(&mut self, state: &mut State) {
        self.save(Purpose::Points, state, "csv", &["csv", "parquet"]);
    }

    pub fn save_words(&mut self, state: &mut State) {
        self.save(Purpose::Words, state, "txt", &["txt", "csv", "parquet"]);
    }

    pub fn choose_training_text(&mut self, state: &mut State) {
        self.choose_one(Purpose::TrainingText, state);
    }

    pub fn save_tokenizer(&mut self, state: &mut State) {
        self.save(Purpose::Tokenizer, state, TOKENIZER, &["json"]);
    }

    pub fn save_session(&mut self, state: &mut State) {
        self.save(Purpose::Session, state, "lexiscope", &["lexiscope"]);
    }

    fn save(&mut self, purpose: Purpose, state: &mut State, ending: &str, endings: &[&str]) {
        if system_has_dialogs() {
            choose_where(purpose, state, ending, endings);
        } else {
            self.ask(purpose, suggestion(state, ending));
        }
    }

    fn ask(&mut self, purpose: Purpose, text: String) {
        (self.prompt, self.fresh, self.told) = (Some((purpose, text)), true, None);
    }

    /// Closes the field. Says whether it was open.
    pub fn close(&mut self) -> bool {
        self.prompt.take().is_some()
    }

    /// Shows the field while it is wanted.
    pub fn show(&mut self, ctx: &Context, state: &mut State, out: &mut Outbox) {
        let Some((purpose, text)) = &mut self.prompt else { return };
        let purpose = *purpose;
        let fresh = std::mem::take(&mut self.fresh);
        // Then the path is asked for by the system, and here what else there is to say.
        let system = system_has_dialogs();
        let mut done = false;
        let modal = widgets::modal(ctx, "path").show(ctx, |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 64.0).clamp(200.0, 560.0));
            ui.label(RichText::new(purpose.title()).font(egui::FontId::new(size::TITLE, theme::semibold())));
            widgets::hint(ui, purpose.hint());
            if purpose == Purpose::Picture {
                picture_choice(ui, state, out);
            }
            let entered = !system && path_field(ui, purpose, text, fresh);
            ui.add_space(space::S);
            let replaces = self.told.as_deref() == Some(Path::new(text.trim()));
            if replaces {
                widgets::warning(ui, "There is a file of this name. It will be replaced.");
            }
            let name = match (purpose.saves(), replaces) {
                _ if system => "Choose where…",
                (false, _) => "Open",
                (true, false) => "Save",
                (true, true) => "Replace",
            };
            let pressed = ui.horizontal(|ui| {
                let pressed = ui.button(name).clicked();
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
                pressed
            });
            done = (entered || pressed.inner) && !text.trim().is_empty();
        });
        if done && system {
            choose_where(purpose, state, "png", &["png", "svg", "pdf"]);
        } else if done {
            let path = PathBuf::from(text.trim());
            if purpose.saves() && self.told.as_ref() != Some(&path) && path.exists() {
                (self.told, self.fresh, done) = (Some(path), true, false);
            } else {
                out.send(purpose.command(path));
            }
        }
        if done || modal.should_close() {
            self.prompt = None;
        }
    }
}

/// A field for a path. Says whether Enter was pressed in it.
fn path_field(ui: &mut Ui, purpose: Purpose, text: &mut String, fresh: bool) -> bool {
    let field = TextEdit::singleline(text).hint_text(purpose.of_what()).desired_width(f32::INFINITY);
    let response = ui.add(field.id(Id::unique("path text")));
    if fresh {
        response.request_focus();
    }
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// How large a picture is, and in which colors.
fn picture_choice(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let choice = state.settings().picture;
    ui.add_space(space::XS);
    let sizes = PictureSize::ALL.map(|(size, name)| (size, name, "Letters, lines and points grow with it."));
    if let Some(size) = widgets::choose(ui, choice.size, &sizes) {
        out.send(Command::SetPicture(PictureChoice { size, ..choice }));
    }
    let looks = [
        (None, "colors of the window", "As you see it now."),
        (Some(Look::Light), "light", "Dark on light."),
        (Some(Look::Dark), "dark", "Light on dark."),
        (Some(Look::Print), "print", "On white paper, with more ink for letters."),
    ];
    if let Some(look) = widgets::choose(ui, choice.look, &looks) {
        out.send(Command::SetPicture(PictureChoice { look, ..choice }));
    }
    ui.add_space(space::XS);
}

/// What a file is called where nobody says otherwise.
fn file_name(state: &State, ending: &str) -> String {
    let trained = state.derived().reading().training().trained(&state.view().tokens.training);
    let name = match (state.document(), trained) {
        (_, Some(trained)) if ending == TOKENIZER => file_stem(trained.tokenizer.name()),
        (Some(document), _) => file_stem(&document.title),
        (None, _) => "map".to_owned(),
    };
    format!("{name}.{ending}")
}

/// That with its folder, so that everybody sees where the file will be.
fn suggestion(state: &State, ending: &str) -> String {
    let name = file_name(state, ending);
    let opened = state.document().and_then(|document| document.source.path()?.parent().map(PathBuf::from));
    let folder = opened.filter(|folder| folder.is_absolute()).or_else(|| std::env::current_dir().ok());
    let path = folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name));
    path.to_string_lossy().into_owned()
}

/// Has the system ask where to save.
fn choose_where(purpose: Purpose, state: &mut State, ending: &str, endings: &[&str]) {
    let dialog = AsyncFileDialog::new().set_title(purpose.title()).set_file_name(file_name(state, ending));
    let asked = dialog.add_filter(purpose.title(), endings).save_file();
    state.await_choice(chosen(purpose, asked));
}

async fn chosen(purpose: Purpose, asked: impl Future<Output = Option<FileHandle>>) -> Option<Command> {
    Some(purpose.command(asked.await?.path().to_owned()))
}

/// Whether the system can be asked for a file: on Linux that takes a desktop's session bus.
fn system_has_dialogs() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    bus || runtime.is_some_and(|folder| folder.join("bus").exists())
}

/// A title as the name of a file.
fn file_stem(title: &str) -> String {
    let title =
        title.rsplit_once('.').filter(|(_, ending)| ending.len() <= 11).map_or(title, |(stem, _)| stem);
    let kept: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = kept.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "map".to_owned() } else { words.join("-").to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_of_files() {
        assert_eq!(file_stem("GloVe 6B, 8,341 words × 100"), "glove-6b-8-341-words-100");
        assert_eq!(file_stem("words.50d.txt"), "words-50d");
        assert_eq!(file_stem("…"), "map");
    }
}
