//! What rows are called on the screen: as people read them, where a model's vocabulary spells them in its own way.

use std::borrow::Cow;
use std::sync::Arc;

use super::numbers::visible;
use super::words::UnknownWord;
use crate::geometry::clusters::{Cluster, Clustering};
use crate::tokens::Tokenizer;
use crate::vectors::{PatternError, SearchHits, SearchMode, Table};

/// The names of a table's rows. A name is made for what is shown, when it is shown; what the file calls its rows stays as it
/// is in data, sessions and answers of the shell.
#[derive(Debug, Clone)]
pub struct RowNames {
    table: Arc<Table>,
    /// The tokenizer whose tokens the rows are, if they are any.
    tokenizer: Option<Arc<Tokenizer>>,
}

impl RowNames {
    /// The names of a table, and the tokenizer whose pieces they are, if they are any.
    #[must_use]
    pub fn new(table: Arc<Table>, tokenizer: Option<Arc<Tokenizer>>) -> Self {
        Self { table, tokenizer }
    }

    /// The table whose rows they are.
    #[must_use]
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// A row's name as it is shown: `·the` for `Ġthe` and `▁the`, `é` for `Ã©`, `<C3>` for a part of a character.
    #[must_use]
    pub fn shown(&self, row: u32) -> String {
        self.shown_word(self.table.word(row as usize))
    }

    /// A name, or a piece, of the file as it is shown.
    #[must_use]
    pub fn shown_word(&self, word: &str) -> String {
        self.tokenizer.as_ref().map_or_else(|| visible(word), |tokenizer| shown_piece(tokenizer, word))
    }

    /// How the vocabulary writes a row's name, where that is not how it is shown.
    #[must_use]
    pub fn spelled(&self, row: u32) -> Option<&str> {
        let word = self.table.word(row as usize);
        (self.tokenizer.is_some() && self.shown_word(word) != word).then_some(word)
    }

    /// A cluster's name, made of its words as they are read.
    #[must_use]
    pub fn of_cluster(&self, cluster: &Cluster) -> String {
        if self.tokenizer.is_none() || cluster.named_after.is_empty() {
            return cluster.name.clone();
        }
        let words = cluster.named_after.iter().map(|&row| self.shown(row));
        // Where a word begins or ends says nothing about the cluster.
        words.map(|word| word.trim_matches('·').to_owned()).collect::<Vec<_>>().join(", ")
    }

    /// The names of all clusters, in their order.
    #[must_use]
    pub fn of_clusters(&self, clustering: &Clustering) -> Vec<String> {
        clustering.clusters.iter().map(|cluster| self.of_cluster(cluster)).collect()
    }

    /// The row of a word as a person types it: exactly, or else in another case. Where rows are tokens, `the` is the token that
    /// is a whole word, or begins one, if there is such a token; it may also be typed ` the`, or as the vocabulary writes it. In
    /// another case, too, whole words come before pieces.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<u32> {
        let Some(tokenizer) = &self.tokenizer else { return find_in(&self.table, typed.trim()) };
        let text = read_typed(tokenizer, typed);
        let row = if text.starts_with(' ') {
            self.table.find(&tokenizer.spell(&text)).map(|row| row as u32)
        } else {
            self.find_exactly(text.trim())
        };
        // A name that reads otherwise is not meant: é alone is the letter for a byte, too.
        let is_read_so = |row: &u32| {
            let word = self.table.word(*row as usize);
            typed.is_ascii() || *tokenizer.read(word) == *word.as_bytes()
        };
        let number = |row: Option<usize>| row.map(|row| row as u32);
        let exact = || number(self.table.find(typed.trim())).filter(is_read_so);
        let spelled = tokenizer.spell_word(text.trim());
        let whole = || number(self.table.find_folded(&spelled).filter(|_| spelled != typed.trim()));
        let folded = || number(self.table.find_folded(typed.trim())).filter(is_read_so);
        row.or_else(exact).or_else(whole).or_else(folded)
    }

    /// The row of a word in just this spelling: of tokens, the one that is the whole word, or its beginning,
    /// if there is one.
    #[must_use]
    pub fn find_exactly(&self, word: &str) -> Option<u32> {
        let row = match &self.tokenizer {
            None => self.table.find(word),
            Some(tokenizer) => {
                let whole = self.table.find(&tokenizer.spell_word(word));
                whole.or_else(|| self.table.find(&tokenizer.spell(word)))
            }
        };
        row.map(|row| row as u32)
    }

    /// [`RowNames::find`], or what is said of a word that is not there.
    ///
    /// # Errors
    /// [`UnknownWord`] with near spellings if no row has such a name.
    pub fn find_or_near(&self, typed: &str) -> Result<u32, UnknownWord> {
        self.find(typed)
            .ok_or_else(|| UnknownWord { word: typed.trim().to_owned(), near: self.near(typed.trim(), 3) })
    }

    /// At most `n` names that are spelled nearly like `typed`, as they are shown.
    #[must_use]
    pub fn near(&self, typed: &str, n: usize) -> Vec<String> {
        let spelled = self.tokenizer.as_ref().map(|tokenizer| tokenizer.spell_word(typed));
        let near = self.table.near_spellings(spelled.as_deref().unwrap_or(typed), n);
        near.into_iter().map(|word| self.shown_word(word)).collect()
    }

    /// The rows whose names match, as [`Table::search`]. Where rows are tokens their names are read for it, with the space that
    /// begins a word and without; the token that [`RowNames::find`] finds comes first.
    ///
    /// # Errors
    /// As [`Table::search`].
    pub fn search(&self, query: &str, mode: SearchMode, limit: usize) -> Result<SearchHits, PatternError> {
        let Some(tokenizer) = &self.tokenizer else { return self.table.search(query, mode, limit) };
        let read = |word: &str| String::from_utf8_lossy(&tokenizer.read(word)).into_owned();
        let mut hits = self.table.search_read(&read_typed(tokenizer, query), mode, limit, &read)?;
        let meant = self.find(query).map(|row| row as usize).filter(|_| mode != SearchMode::Regex);
        if let Some(meant) = meant.filter(|_| limit > 0) {
            let listed = hits.rows.iter().position(|&row| row == meant);
            if let Some(place) = listed {
                hits.rows.remove(place);
            }
            hits.rows.insert(0, meant);
            hits.rows.truncate(limit);
            hits.total = hits.total.max(hits.rows.len());
        }
        Ok(hits)
    }
}

/// A piece of a vocabulary as it is shown: its text, with signs for what does not show, and bytes that are no whole
/// character as `<C3>`.
#[must_use]
pub fn shown_piece(tokenizer: &Tokenizer, piece: &str) -> String {
    let bytes = tokenizer.read(piece);
    let mut text = String::with_capacity(piece.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let digits: Vec<String> = chunk.invalid().iter().map(|byte| format!("{byte:02X}")).collect();
            text.extend(["<", &digits.join(" "), ">"]);
        }
    }
    visible(&text)
}

/// A word without what stands around it: quotes, brackets, marks at the end of a sentence.
#[must_use]
pub fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// What was typed as text: `Ġthe`, typed as the vocabulary writes it, is ` the`.
fn read_typed<'a>(tokenizer: &Tokenizer, typed: &'a str) -> Cow<'a, str> {
    match tokenizer.read(typed) {
        Cow::Borrowed(_) => Cow::Borrowed(typed),
        // A letter such as é is one of the byte alphabet, too, where it stands for no whole character.
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(typed), Cow::Owned),
    }
}

fn find_in(table: &Table, word: &str) -> Option<u32> {
    table.find(word).or_else(|| table.find_folded(word)).map(|row| row as u32)
}

/// Whether the rows of a table are the tokens of a tokenizer: their names are its pieces, in the order of the IDs. Looks at a
/// few rows, however many there are; rows that fill a matrix up have no piece.
#[must_use]
pub fn are_tokens(table: &Table, tokenizer: &Tokenizer) -> bool {
    const LOOKED_AT: usize = 64;
    let step = table.rows().div_ceil(LOOKED_AT).max(1);
    let looked_at = (0..table.rows()).step_by(step);
    let ids: Vec<u32> = looked_at.clone().filter_map(|row| tokenizer.id(table.word(row))).collect();
    2 * ids.len() >= looked_at.count() && ids.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Bytes, Source};
    use crate::tokens::{self, catalog};

    fn names(tokenizer: &str, words: &[&str]) -> RowNames {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let values = vec![1.0; words.len()];
        let tokenizer = catalog::load(tokenizer).unwrap();
        RowNames::new(Arc::new(Table::from_f32(words, values, 1)), Some(tokenizer))
    }

    #[test]
    fn tokens_are_shown_as_text_and_never_as_the_vocabulary_spells_them() {
        let check = |tokenizer: &str, expected: &[(&str, &str)]| {
            let words: Vec<&str> = expected.iter().map(|(word, _)| *word).collect();
            let names = names(tokenizer, &words);
            for (row, (word, shown)) in (0..).zip(expected) {
                assert_eq!(names.shown(row), *shown, "{tokenizer}");
                assert_eq!(names.spelled(row), (word != shown).then_some(*word));
            }
        };
        let gpt2 = [
            ("Ġthe", "·the"),
            ("ĠcafÃ©", "·café"),
            ("Ã", "<C3>"),
            ("ĠðŁ", "·<F0 9F>"),
            ("Ċ", "↵"),
            ("Ġ", "·"),
            ("the", "the"),
            ("<|endoftext|>", "<|endoftext|>"),
            ("[row 7]", "[row 7]"),
        ];
        check("gpt2", &gpt2);
        check("llama2", &[("▁the", "·the"), ("<0x0A>", "↵"), ("<0xF0>", "<F0>"), ("é", "é"), ("<s>", "<s>")]);
        check("bert", &[("##izing", "##izing"), ("token", "token"), ("[CLS]", "[CLS]")]);
    }

    #[test]
    fn a_typed_word_is_the_token_that_begins_a_word() {
        let names = names("gpt2", &["the", "Ġthe", "ing", "ĠcafÃ©", "Ã©", "é", "Ġ(the"]);
        for (typed, row) in [
            ("the", 1),
            (" the", 1),
            ("Ġthe", 1),
            ("ing", 2),
            ("café", 3),
            ("cafÃ©", 3),
            ("é", 4),
            ("Ing", 2),
            ("THE", 1),
        ] {
            assert_eq!(names.find(typed), Some(row), "{typed:?}");
        }
        assert_eq!(names.find("xyz"), None);
        let said = names.find_or_near("Gthe").unwrap_err().to_string();
        assert!(said.contains("·the") && !said.contains('Ġ'), "{said}");
        let plain = RowNames::new(Arc::clone(names.table()), None);
        assert_eq!(
            (plain.find("the"), plain.find(" the "), plain.shown(1)),
            (Some(0), Some(0), "Ġthe".into())
        );
    }

    /// CLIP's vocabulary has both `the</w>`, a word, and `the`, the beginning of others.
    #[test]
    fn a_typed_word_is_the_token_that_ends_a_word_where_ends_are_marked() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/tokenizer_files");
        let file = |name: &str| std::fs::read(format!("{folder}/clip-{name}")).unwrap();
        let merges = ("merges.txt".to_owned(), Bytes::from(file("merges.txt")));
        let source = Source::from_memory("vocab.json", file("vocab.json"), vec![merges]).unwrap();
        let tokenizer = Arc::new(tokens::files::open(&source).unwrap().tokenizer);
        assert_eq!((tokenizer.spell_word("the"), tokenizer.spell("the")), ("the</w>".into(), "the".into()));
        let words = ["the", "the</w>", "ing</w>", "contribu", "caf", "cafÃ©</w>"].map(String::from).to_vec();
        let table = Arc::new(Table::from_f32(words, vec![1.0; 6], 1));
        let names = RowNames::new(table, Some(tokenizer));
        for (typed, row) in [
            ("the", Some(1)),
            ("THE", Some(1)),
            ("the</w>", Some(1)),
            ("ing", Some(2)),
            ("contribu", Some(3)),
            ("caf", Some(4)),
            ("café", Some(5)),
            ("th", None),
        ] {
            assert_eq!(names.find(typed), row, "{typed:?}");
        }
        assert_eq!(
            (names.shown(0), names.shown(1), names.shown(5)),
            ("the".into(), "the·".into(), "café·".into())
        );
    }

    #[test]
    fn tokens_are_searched_by_what_they_stand_for() {
        let names = names("gpt2", &["then", "the", "Ġthe", "Ġlathe", "ĠcafÃ©", "éĢ"]);
        let found = |query: &str, mode, limit| names.search(query, mode, limit).unwrap().rows;
        assert_eq!(found("the", SearchMode::Prefix, 9), [2, 0, 1], "what is spelled out comes first");
        assert_eq!(found("the", SearchMode::Prefix, 1), [2]);
        for typed in [" the", "Ġthe"] {
            assert_eq!(found(typed, SearchMode::Prefix, 9), [2], "{typed:?}");
        }
        assert_eq!(found("the", SearchMode::Substring, 9), [2, 0, 1, 3]);
        assert_eq!(found("^ l", SearchMode::Regex, 9), [3]);
        assert_eq!(found("É", SearchMode::Substring, 9), [4], "not the letter that stands for a byte");
        let hits = names.search("the", SearchMode::Substring, 2).unwrap();
        assert_eq!((hits.rows, hits.total), (vec![2, 0], 4));
    }

    #[test]
    fn rows_are_tokens_where_their_names_are_pieces_in_order() {
        let gpt2 = catalog::load("gpt2").unwrap();
        let table = |words: Vec<String>| {
            let values = vec![1.0; words.len()];
            Table::from_f32(words, values, 1)
        };
        let pieces = |ids: std::ops::Range<u32>| ids.filter_map(|id| gpt2.piece(id)).map(Cow::into_owned);
        assert!(are_tokens(&table(pieces(0..5_000).collect()), &gpt2));
        // Some rows fill the matrix up, and others were left out.
        let filled = pieces(3..4_000).chain((0..1_000).map(|row| format!("[row {row}]")));
        assert!(are_tokens(&table(filled.collect()), &gpt2));
        let mut words: Vec<String> = pieces(300..3_000).collect();
        words.sort();
        assert!(!are_tokens(&table(words), &gpt2), "a list of words");
        assert!(!are_tokens(&table(["xq-1", "xq-2"].map(String::from).to_vec()), &gpt2));
    }
}
