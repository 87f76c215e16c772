//! The guide: a page for each stage of the way through the program.

use egui::{RichText, Ui};

use super::widgets;

/// One stage, explained.
struct Chapter {
    stage: &'static str,
    /// What happens there.
    about: &'static [&'static str],
    /// What to do oneself.
    try_it: &'static [&'static str],
}

const CHAPTERS: [Chapter; 7] = [
    Chapter {
        stage: "Text",
        about: &[
            "Most language models never see letters. What you type goes through four stages before a model computes anything: tokens, \
             IDs, rows, and positions. This program shows each of them with real data, and the rows as a map besides. The bar at the \
             top is the way; the sentence and whatever you choose go along.",
            "On the left stand settings, on the right whatever is chosen is explained, and between them is the page. F2 and F3 hide \
             the sides, Ctrl+K finds any command, Ctrl+Z takes anything back, Ctrl+plus makes everything larger.",
        ],
        try_it: &[
            "Press Text in the bar and type your own name.",
            "Each line below it is a tokenizer. Leave some out in the list on the left.",
        ],
    },
    Chapter {
        stage: "Tokens",
        about: &[
            "A tokenizer cuts the text into pieces of a fixed vocabulary. Frequent words are one piece, rare ones several; a continuation \
             looks like one (##izing, or a piece without the space before it). Every model family cuts in its own way.",
            "The rooms of this page: one text under all tokenizers; how one of them takes it apart, step by step; the letters that a \
             model does not see; conversations with their control tokens; whole vocabularies; what languages cost; IDs read by the wrong \
             tokenizer; and a tokenizer of your own, trained before your eyes.",
        ],
        try_it: &[
            "Press the presets: Emoji, Numbers, Scripts. Where do the tokenizers differ?",
            "Letters: how many r are in strawberry, and what is the model given instead?",
            "Click a token: it is chosen everywhere, and its row is one step away.",
        ],
    },
    Chapter {
        stage: "IDs",
        about: &[
            "Each token is replaced by its number in the vocabulary. The number is an address and nothing else: tokens whose numbers are \
             close have no more in common than neighbors in a telephone book.",
        ],
        try_it: &[
            "Choose a token and compare both lists: next to it by number, nearest by meaning.",
            "Decode IDs with the wrong tokenizer: Tokens, Wrong IDs.",
        ],
    },
    Chapter {
        stage: "Rows",
        about: &[
            "The ID picks a row of the lookup matrix: V rows, one for each token, of d learned numbers each. A text of n tokens becomes n × d numbers: with positions, that is all the layers of a model begin with. The matrix that you see is real: MiniLM's comes with the program, and \
             a model that you open takes its place.",
            "Scroll and drag to move, Ctrl and the wheel zoom, and large cells show their numbers. Rows can be sorted by length, by one \
             column, along a direction between words, or by likeness. One-hot shows the same lookup as a product; Weight says what \
             matrices of known models take; Columns shows why meaning lies in directions and not in single numbers.",
        ],
        try_it: &[
            "Press Start under the matrix, then Next: each row is copied out of its place.",
            "Sort by Norm, then by Likeness to a word that you chose.",
            "Open a GGUF or safetensors model of your own with Ctrl+O.",
        ],
    },
    Chapter {
        stage: "Position",
        about: &[
            "Rows know no order. So a vector for each position is added to them (waves, or a second learned matrix), or pairs of numbers are \
             turned by an angle that grows with the position (rotary).",
        ],
        try_it: &[
            "Drag the words of the other order: as bags the rows stay the same, with positions each word that moved changes.",
            "Compare Sinusoidal, Learned and Rotary.",
        ],
    },
    Chapter {
        stage: "Map",
        about: &[
            "Each row is a point in a space of d dimensions. The map is its shadow in two: points that are near may or may not be near in \
             truth, and the program says for each how far it can be trusted. Colors show groups, lines lead to the nearest words, arrows \
             show analogies.",
            "Drag moves, the wheel zooms, a click chooses a word, Shift-drag chooses many. The pages on the right ask more of the rows: \
             analogies, clusters, formulas, named axes, how the vectors do on tests, and how two files differ.",
        ],
        try_it: &[
            "Press / and find queen; read its nearest words.",
            "Analogy: man is to king as woman is to …",
            "Project by t-SNE and by UMAP: what stays, and what was only shadow?",
        ],
    },
    Chapter {
        stage: "Context",
        about: &[
            "Up to here a token has the same row in every sentence: there is one row for the bank of a river and the bank that lends money. \
             The layers of a model mix the rows of a sentence with each other, time and again, until each tells what its word means there.",
            "That takes an encoder, which this version does not have: the way ends here, and nothing on these pages comes from such layers.",
        ],
        try_it: &[
            "Press IDs in the bar, choose bank, and read its nearest rows: one row has to do for all that the word may mean.",
            "Press + Position: what tells dog bites man from man bites dog before any layer has seen it?",
        ],
    },
];

/// The chapter of a stage of the way, by its place there.
pub fn chapter_of(name: &str) -> usize {
    CHAPTERS.iter().position(|chapter| name.ends_with(chapter.stage)).unwrap_or(0)
}

/// Shows a chapter, and the doors to the others. Gives the one that is chosen.
pub fn show(ui: &mut Ui, chapter: usize) -> Option<usize> {
    let options: Vec<(usize, &str, &str)> = CHAPTERS
        .iter()
        .enumerate()
        .map(|(index, chapter)| (index, chapter.stage, "A stage of the way through the program"))
        .collect();
    let chosen = widgets::choose(ui, chapter, &options);
    let Chapter { about, try_it, .. } = &CHAPTERS[chapter.min(CHAPTERS.len() - 1)];
    for paragraph in *about {
        ui.add(egui::Label::new(*paragraph).wrap());
    }
    widgets::heading(ui, "Try it");
    for line in *try_it {
        ui.add(egui::Label::new(RichText::new(format!("•  {line}"))).wrap());
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_of_the_way_has_its_chapter() {
        for (stage, chapter) in [
            ("Text", 0),
            ("Tokens", 1),
            ("IDs", 2),
            ("Rows", 3),
            ("+ Position", 4),
            ("Map", 5),
            ("Context", 6),
        ] {
            assert_eq!(chapter_of(stage), chapter);
        }
        assert!(CHAPTERS.iter().all(|chapter| !chapter.about.is_empty() && !chapter.try_it.is_empty()));
    }
}
