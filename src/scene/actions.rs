//! The one list of things to do, which feeds menus, palette, shortcuts and help.

use roaring::RoaringBitmap;

use super::command::{Command, WindowRequest};
use super::palette::Theme;
use super::view::{ColorBy, MatrixRoom, Page, Room, Tab, View};
use crate::geometry::projection::{Layout, Turn};

/// Where an action stands in the menus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Menu {
    File,
    Edit,
    Select,
    View,
    Map,
    Help,
}

impl Menu {
    /// All menus, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::File, Self::Edit, Self::Select, Self::View, Self::Map, Self::Help];

    /// The menu's name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Select => "Select",
            Self::View => "View",
            Self::Map => "Map",
            Self::Help => "Help",
        }
    }
}

/// A key with modifiers. `command` is Ctrl, or ⌘ on a Mac.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shortcut {
    pub command: bool,
    pub shift: bool,
    /// The key's name as egui spells it: `K`, `F5`, `Slash`, `Escape`.
    pub key: &'static str,
}

/// What an action needs to know to become a command.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    pub view: &'a View,
    pub theme: Theme,
    pub scale: f32,
    pub reduce_motion: bool,
}

/// Something to do: its words, its key and its command.
pub struct Action {
    /// Stable name, for lessons and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence that explains it.
    pub about: &'static str,
    pub menu: Menu,
    pub shortcut: Option<Shortcut>,
    /// The command that it sends as things stand.
    pub command: fn(Situation<'_>) -> Command,
}

const fn key(key: &'static str) -> Shortcut {
    Shortcut { command: false, shift: false, key }
}

const fn shift(key: &'static str) -> Shortcut {
    Shortcut { command: false, shift: true, key }
}

const fn ctrl(key: &'static str) -> Shortcut {
    Shortcut { command: true, shift: false, key }
}

const fn ctrl_shift(key: &'static str) -> Shortcut {
    Shortcut { command: true, shift: true, key }
}

/// The action with this stable name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Action> {
    ALL.iter().find(|action| action.id == id)
}

macro_rules! actions {
    ($($id:literal, $menu:ident, $shortcut:expr, $title:literal, $about:literal, $command:expr;)*) => {
        /// Every action, in the order of the menus.
        pub static ALL: &[Action] = &[$(Action {
            id: $id, title: $title, about: $about, menu: Menu::$menu, shortcut: $shortcut, command: $command,
        }),*];
    };
}

use WindowRequest as Ask;

actions! {
    "open", File, Some(ctrl("O")), "Open…", "Open vectors or a tokenizer from a file.", |_| Command::Window(Ask::ChooseFile);
    "open-folder", File, Some(ctrl_shift("O")), "Open a folder…", "Open a whole model: its vectors, tokenizer and facts together.", |_| Command::Window(Ask::ChooseFolder);
    "close", File, Some(ctrl("W")), "Close file", "Close the file on the map.", |s| Command::CloseDocument(s.view.document);
    "save-vectors", File, None, "Save vectors as…", "Write the table on the map in another format: word2vec, npy, safetensors, TSV or Parquet.", |_| Command::Window(Ask::SaveVectors);
    "save-picture", File, Some(ctrl("S")), "Save picture…", "Save the map as a PNG, SVG or PDF picture.", |_| Command::Window(Ask::SavePicture);
    "save-points", File, None, "Save points as…", "Write where each word lies on the map, with its cluster and whatever else is known of it, as CSV or Parquet.", |_| Command::Window(Ask::SavePoints);
    "save-session", File, Some(ctrl_shift("S")), "Save session…", "Save what you see to a file that reopens exactly.", |_| Command::Window(Ask::SaveSession);
    "choose-analogies", File, None, "Score on your own analogies…", "Choose a file of analogy questions: sections that begin with a colon, four words a line.", |_| Command::Window(Ask::ChooseAnalogies);
    "choose-pairs", File, None, "Score on your own pairs…", "Choose a file of word pairs: two words and a score a line.", |_| Command::Window(Ask::ChoosePairs);
    "choose-languages", File, None, "Compare languages on a file…", "Choose a parallel text: a line for each language, its name, a tab or a colon, and what it says.", |_| Command::Window(Ask::ChooseLanguages);
    "quit", File, Some(ctrl("Q")), "Quit", "Close the program; what you see is remembered.", |_| Command::Window(Ask::Quit);

    "undo", Edit, Some(ctrl("Z")), "Undo", "Take back the last change of the view.", |_| Command::Undo;
    "redo", Edit, Some(ctrl_shift("Z")), "Redo", "Do again what was taken back.", |_| Command::Redo;
    "copy-picture", Edit, Some(ctrl_shift("K")), "Copy picture", "Put the map, or the tokens, on the clipboard as you see them.", |_| Command::Window(Ask::CopyPicture);
    "search", Edit, Some(key("Slash")), "Find a word", "Search the words of the open file.", |_| Command::Window(Ask::Search);
    "copy-words", Edit, Some(ctrl("C")), "Copy selected words", "Put the selected words on the clipboard, one a line.", |_| Command::Window(Ask::CopyWords);
    "copy-neighbors", Edit, None, "Copy nearest words", "Put the nearest words that are listed on the clipboard, with their scores.", |_| Command::Window(Ask::CopyNeighbors);
    "copy-tokens", Edit, None, "Copy tokens", "Put the tokens of the text on the clipboard, a tokenizer a line.", |_| Command::Window(Ask::CopyTokens);
    "copy-ids", Edit, None, "Copy IDs", "Put the IDs of the text on the clipboard, a tokenizer a line.", |_| Command::Window(Ask::CopyIds);
    "copy-tokens-json", Edit, None, "Copy tokens as JSON", "Put all that is known of the tokens on the clipboard.", |_| Command::Window(Ask::CopyTokensJson);
    "cancel", Edit, Some(ctrl("Period")), "Cancel running work", "Give up all work that runs in the background.", |_| Command::CancelJobs;

    "select-all", Select, Some(ctrl("A")), "Select all", "Select every word on the map.", |_| Command::SelectAll;
    "invert", Select, Some(ctrl("I")), "Invert", "Select the words on the map that are not selected, and no others.", |_| Command::InvertSelection;
    "grow", Select, Some(key("G")), "Grow to neighbors", "Add the nearest words of the selected ones to the selection.", |_| Command::GrowSelection;
    "clear", Select, Some(key("Escape")), "Clear selection", "Close what is open, then select nothing.", |_| Command::Window(Ask::Escape);
    "isolate", Select, Some(key("I")), "Isolate", "Show only the selected words, projected by themselves.", |s| match s.view.map.selection.rows() {
        none if none.is_empty() => Command::Report { text: "Select the words first that you want to see by themselves.".to_owned(), failed: false },
        chosen => Command::Isolate(chosen.clone()),
    };
    "all-words", Select, Some(shift("I")), "Back to all words", "Show all words again after some were isolated.", |_| Command::Isolate(RoaringBitmap::new());
    "hide", Select, Some(key("H")), "Hide", "Take the selected words off the map; the others stay where they are.", |s| Command::SetHidden(s.view.map.selection.rows() | &*s.view.map.subset.hidden);
    "show-hidden", Select, Some(shift("H")), "Show what is hidden", "Put all hidden words back on the map.", |_| Command::SetHidden(RoaringBitmap::new());
    "save-words", Select, None, "Save selected words as…", "Write the selected words to a text file, or as CSV or Parquet with all that is known of them.", |_| Command::Window(Ask::SaveWords);

    "palette", View, Some(ctrl("K")), "All commands…", "Find any command by its name.", |_| Command::Window(Ask::Palette);
    "present", View, Some(key("F5")), "Presentation mode", "Large type, and only the map and the chosen panel.", |s| Command::Present(!s.view.panels.presentation);
    "full-screen", View, Some(key("F11")), "Full screen", "Fill the whole screen.", |_| Command::Window(Ask::FullScreen);
    "theme", View, Some(ctrl("T")), "Switch light and dark", "Change between the light and the dark theme.", |s| Command::SetTheme(match s.theme { Theme::Dark => Theme::Light, Theme::Light => Theme::Dark });
    "larger", View, Some(ctrl("Plus")), "Everything larger", "Enlarge all text and controls.", |s| Command::SetScale(s.scale + 0.1);
    "smaller", View, Some(ctrl("Minus")), "Everything smaller", "Shrink all text and controls.", |s| Command::SetScale(s.scale - 0.1);
    "usual-size", View, Some(ctrl("0")), "Usual size", "Draw everything at its usual size.", |_| Command::SetScale(1.0);
    "left-panel", View, Some(key("F2")), "Show or hide settings", "Toggle the panel on the left.", |s| Command::ShowLeftPanel(!s.view.panels.left);
    "right-panel", View, Some(key("F3")), "Show or hide details", "Toggle the panel on the right.", |s| Command::ShowRightPanel(!s.view.panels.right);
    "reduce-motion", View, None, "Reduce motion", "Move the camera at once instead of gliding.", |s| Command::ReduceMotion(!s.reduce_motion);
    "tokens-page", View, Some(key("F4")), "Tokens, or the map", "Fill the window with one text under many tokenizers, or with the map again.", |s| Command::ShowPage(match s.view.page { Page::Tokens => Page::Map, Page::Map | Page::Matrix => Page::Tokens });
    "matrix-page", View, Some(key("F6")), "Matrix, or the map", "Fill the window with the lookup matrix, or with the map again.", |s| Command::ShowPage(match s.view.page { Page::Matrix => Page::Map, Page::Map | Page::Tokens => Page::Matrix });
    "one-hot", View, None, "The lookup as a product", "One-hot vectors times the matrix, on a small vocabulary of your own.", |_| Command::LookInto(MatrixRoom::OneHot);
    "weight", View, None, "What a matrix weighs", "Numbers and bytes of the open matrix and of known models.", |_| Command::LookInto(MatrixRoom::Weight);
    "ids", View, None, "What IDs mean", "Neighbors by number against neighbors by meaning.", |_| Command::LookInto(MatrixRoom::Ids);
    "position", View, None, "What position adds", "A sentence in two orders, before and after positions are added to its rows.", |_| Command::LookInto(MatrixRoom::Position);
    "columns", View, None, "What a column means", "The ends of one column against those of a direction between words.", |_| Command::LookInto(MatrixRoom::Columns);
    "save-rows", File, None, "Save the sentence's rows as…", "Write the rows that the sentence picks out of the matrix: n × d numbers.", |_| Command::Window(Ask::SaveRows);
    "step-by-step", View, None, "Take a text apart", "How one tokenizer makes tokens of a text, step by step.", |_| Command::ShowRoom(Room::Apart);
    "training", View, None, "Train a tokenizer", "Learn a tokenizer of your own from a text, and watch it learn.", |_| Command::ShowRoom(Room::Training);
    "save-tokenizer", File, None, "Save the trained tokenizer as…", "Write the tokenizer that was trained here as a tokenizer.json.", |_| Command::Window(Ask::SaveTokenizer);
    "letters", View, None, "Count letters in tokens", "How often a letter is in a text, and what a model is given instead of letters.", |_| Command::ShowRoom(Room::Letters);
    "chat", View, None, "See a conversation as tokens", "What a model gets of a conversation, and which token comes from whom.", |_| Command::ShowRoom(Room::Chat);
    "vocabulary", View, None, "Browse a vocabulary", "Every entry of a tokenizer, searched, sorted, and what is odd among them.", |_| Command::ShowRoom(Room::Vocabulary);
    "languages", View, None, "What languages cost", "The same text in many languages, and how many tokens it takes.", |_| Command::ShowRoom(Room::Languages);
    "wrong-tokenizer", View, None, "IDs under any tokenizer", "What each tokenizer reads in IDs, and which could have made them.", |_| Command::ShowRoom(Room::Ids);
    "tab-word", View, Some(ctrl("1")), "Word", "The chosen word and its nearest words.", |_| Command::ShowTab(Tab::Word);
    "tab-analogy", View, Some(ctrl("2")), "Analogy", "A is to B as C is to …", |_| Command::ShowTab(Tab::Analogy);
    "tab-clusters", View, Some(ctrl("3")), "Clusters", "Groups of words that lie together.", |_| Command::ShowTab(Tab::Clusters);
    "tab-tokens", View, Some(ctrl("4")), "Tokens", "One text under eleven tokenizers.", |_| Command::ShowTab(Tab::Tokens);
    "tab-row", View, Some(ctrl("5")), "Row", "The chosen row of the lookup matrix.", |_| Command::ShowTab(Tab::Row);
    "tab-formula", View, Some(ctrl("6")), "Formula", "What any formula of words comes to, such as king - man + woman.", |_| Command::ShowTab(Tab::Formula);
    "tab-axes", View, Some(ctrl("7")), "Axes", "Axes that you name by words at their ends, such as small and large.", |_| Command::ShowTab(Tab::Axes);
    "tab-evaluate", View, Some(ctrl("8")), "Evaluate", "How the vectors do on analogy questions and on pairs of words.", |_| Command::ShowTab(Tab::Evaluate);
    "tab-compare", View, Some(ctrl("9")), "Compare", "This table beside another: which words moved, and who is near them in both.", |_| Command::ShowTab(Tab::Compare);

    "show-all", Map, Some(key("Home")), "Show everything", "Move the camera back to see the whole map.", |_| Command::SetFraming(None);
    "zoom-in", Map, Some(key("Plus")), "Zoom in", "Look closer at the middle of the map.", |_| Command::Window(Ask::ZoomIn);
    "zoom-out", Map, Some(key("Minus")), "Zoom out", "Step back from the middle of the map.", |_| Command::Window(Ask::ZoomOut);
    "fly-to-selection", Map, Some(key("F")), "Go to selection", "Move the camera to the selected words.", |s| Command::FlyTo(s.view.map.selection.rows().clone());
    "show-neighbors", Map, Some(shift("F")), "Go to the nearest words", "Move the camera so that the selected words and their nearest ones are all in view.", |_| Command::ShowNeighbors;
    "labels", Map, Some(key("L")), "Show or hide labels", "Toggle the words on the map.", |s| Command::ShowLabels(!s.view.map.labels.show);
    "lines", Map, Some(key("N")), "Show or hide neighbor lines", "Toggle the lines to the nearest words.", |s| Command::ShowNeighborLines(!s.view.map.neighbor_lines);
    "more-neighbors", Map, Some(key("CloseBracket")), "More neighbors", "List one more nearest word.", |s| Command::SetNeighbors(s.view.map.neighbors + 1);
    "fewer-neighbors", Map, Some(key("OpenBracket")), "Fewer neighbors", "List one nearest word less.", |s| Command::SetNeighbors(s.view.map.neighbors.saturating_sub(1).max(1));
    "normalize", Map, None, "Unit-length rows", "Project directions only, or lengths too.", |s| Command::SetProjection({ let mut choice = s.view.map.projection; choice.normalize = !choice.normalize; choice });
    "space", Map, Some(key("D")), "In 3-D, or flat", "Show three components as a space that you can turn, or two of them on a plane.", |s| Command::SetLayout(match s.view.map.layout { Layout::Space(_) => Layout::Flat, _ => Layout::Space(Turn::default()) });
    "density", Map, Some(shift("D")), "Show or hide density", "Draw how densely the words lie, with lines that hold so many of them.", |s| Command::SetDensity({ let mut density = s.view.map.density; density.show = !density.show; density });
    "polar", Map, None, "Around the middle, or flat", "Show directions by two components and distances from the middle by all, or two components on a plane.", |s| Command::SetLayout(if s.view.map.layout == Layout::Polar { Layout::Flat } else { Layout::Polar });
    "beside", Map, None, "Both maps side by side", "Show the map of the table that is compared with beside this one.", |s| Command::ShowBeside(!s.view.beside);
    "color-clusters", Map, Some(key("C")), "Color by cluster or group", "Change between the file's groups and found clusters.", |s| Command::SetColor(if s.view.map.color == ColorBy::Clusters { ColorBy::Automatic } else { ColorBy::Clusters });
    "named-axes", Map, None, "Map along named axes", "Lay the map out along the axes that you named, or by the projection again.", |s| Command::NameAxes({ let mut named = s.view.map.named.clone(); named.on_map = !named.on_map; named });
    "evaluate", Map, None, "Score the vectors", "Answer analogy questions and rank pairs of words, and compare with what people say.", |_| Command::Evaluate(true);

    "guide", Help, Some(shift("F1")), "Guide", "What happens at each stage from text to map, and what to try there.", |_| Command::Window(Ask::Guide);
    "help", Help, Some(key("F1")), "Keys and gestures", "Everything that keys and the mouse can do.", |_| Command::Window(Ask::Help);
    "about", Help, None, "About Lexiscope", "Version, licenses and where the samples come from.", |_| Command::Window(Ask::About);
}

/// Further keys for actions that people also reach for by habit.
pub static ALSO: &[(&str, Shortcut)] = &[
    ("search", Shortcut { command: true, shift: false, key: "F" }),
    ("palette", Shortcut { command: true, shift: true, key: "P" }),
    ("redo", Shortcut { command: true, shift: false, key: "Y" }),
    ("help", Shortcut { command: false, shift: false, key: "Questionmark" }),
    ("zoom-in", Shortcut { command: false, shift: false, key: "Equals" }),
    ("larger", Shortcut { command: true, shift: false, key: "Equals" }),
];

/// All keys with the action that each starts.
pub fn shortcuts() -> impl Iterator<Item = (Shortcut, &'static Action)> {
    let main = ALL.iter().filter_map(|action| Some((action.shortcut?, action)));
    main.chain(ALSO.iter().filter_map(|(id, shortcut)| Some((*shortcut, find(id)?))))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_actions_share_a_key_or_a_name() {
        let mut keys = HashSet::new();
        for (shortcut, action) in shortcuts() {
            assert!(keys.insert(shortcut), "{:?} of “{}” is taken", shortcut, action.title);
        }
        let ids: HashSet<_> = ALL.iter().map(|action| action.id).collect();
        assert_eq!(ids.len(), ALL.len());
    }

    #[test]
    fn further_keys_belong_to_actions() {
        assert!(ALSO.iter().all(|(id, _)| find(id).is_some()));
    }

    #[test]
    fn every_action_explains_itself_in_a_sentence() {
        for action in ALL {
            assert!(!action.title.is_empty() && action.about.len() > 10, "{}", action.id);
            assert!(action.about.ends_with(['.', '…']), "{}", action.about);
        }
    }
}
