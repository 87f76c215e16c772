//! IDs without the tokenizer that made them: what each tokenizer reads in them, and whether it could have made them.

use super::{EncodeError, EncodeOptions, Tokenizer};
use crate::progress::Progress;

/// The most IDs that are read at once.
pub const MOST_IDS: usize = 10_000;

/// What stands between IDs, however programs print them.
pub(super) fn is_between_ids(c: char) -> bool {
    c.is_whitespace() || ",;[]()".contains(c)
}

/// The beginning of what somebody typed, to be quoted.
#[must_use]
pub fn shortened(text: &str) -> String {
    const QUOTED: usize = 24;
    let more = if text.chars().nth(QUOTED).is_some() { "…" } else { "" };
    text.chars().take(QUOTED).collect::<String>() + more
}

/// The numbers of a text, with spaces or commas between them, in brackets or not.
///
/// # Errors
/// A sentence that says what is no ID.
pub fn typed_ids(text: &str) -> Result<Vec<u32>, String> {
    let parts = text.split(is_between_ids);
    let id = |part: &str| {
        part.parse().map_err(|_| {
            format!("“{}” is no ID: write whole numbers, such as 976 9059 382.", shortened(part))
        })
    };
    let ids: Vec<u32> = parts.filter(|part| !part.is_empty()).map(id).collect::<Result<_, String>>()?;
    if ids.len() > MOST_IDS {
        return Err(format!("These are more than {MOST_IDS} IDs: take a part of them."));
    }
    Ok(ids)
}

/// What a tokenizer reads in IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The text; what is no text and what it lacks are U+FFFD.
    pub text: String,
    /// How many of the IDs it has no entry for.
    pub missing: usize,
    /// What it would make of that text.
    pub verdict: Verdict,
}

/// Whether a tokenizer could have made IDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It makes these very IDs of the text that it reads in them.
    Makes,
    /// It makes so many others of it.
    MakesOthers(usize),
    /// It lacks some of them.
    Lacks,
}

impl Tokenizer {
    /// Reads IDs that any tokenizer may have made. Whether this one could have is tried by encoding what it reads, with and without
    /// what it adds around a text, and with special names as text and as control.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn reading(&self, ids: &[u32], progress: &dyn Progress) -> Result<Reading, EncodeError> {
        let text = self.decode(ids);
        let missing = ids.iter().filter(|&&id| self.piece(id).is_none()).count();
        if missing > 0 {
            return Ok(Reading { text, missing, verdict: Verdict::Lacks });
        }
        // What stands around the text is added to it, and no part of it.
        let (before, after) = self.added_around();
        let is_added_to = !before.is_empty() || !after.is_empty();
        let inner = ids.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let options = |typed_special| EncodeOptions { add_special: false, typed_special };
        for ids in std::iter::once(ids).chain(inner.filter(|_| is_added_to)) {
            let text = self.decode(ids);
            for typed_special in [false, true] {
                if self.encode(&text, options(typed_special), progress)?.ids() == ids {
                    return Ok(Reading { text, missing, verdict: Verdict::Makes });
                }
            }
            // What follows a special token may have been given a space of its own.
            let closer = String::from_utf8_lossy(&self.spelled(ids, true)).into_owned();
            if closer != text && self.encode(&closer, options(true), progress)?.ids() == ids {
                return Ok(Reading { text: closer, missing, verdict: Verdict::Makes });
            }
        }
        let others = self.encode(&text, options(true), progress)?.ids().len();
        Ok(Reading { text, missing, verdict: Verdict::MakesOthers(others) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::tokens::catalog;

    fn read(name: &str, ids: &[u32]) -> Reading {
        catalog::load(name).unwrap().reading(ids, &Unwatched).unwrap()
    }

    #[test]
    fn whoever_made_ids_could_have_made_them() {
        let texts = ["The cat is", "Tokenization is fun 🍓", "naïve café", " leading", "über 12345"];
        for entry in catalog::entries() {
            let tokenizer = catalog::load(entry.name).unwrap();
            for text in texts {
                for add_special in [false, true] {
                    let options = EncodeOptions { add_special, typed_special: false };
                    let encoding = tokenizer.encode(text, options, &Unwatched).unwrap();
                    let unknown =
                        encoding.tokens.iter().any(|token| Some(token.id) == tokenizer.unknown_id());
                    let reading = tokenizer.reading(&encoding.ids(), &Unwatched).unwrap();
                    let sure = reading.verdict == Verdict::Makes || unknown;
                    assert!(sure, "{} {text:?} {reading:?}", entry.name);
                }
            }
        }
    }

    #[test]
    fn conversations_with_special_tokens_inside_could_have_been_made() {
        for name in ["llama2", "mistral", "llama3"] {
            let tokenizer = catalog::load(name).unwrap();
            let text = "a</s>b c</s> d<|eot_id|>e";
            let options = EncodeOptions { add_special: true, typed_special: true };
            let ids = tokenizer.encode(text, options, &Unwatched).unwrap().ids();
            assert_eq!(tokenizer.reading(&ids, &Unwatched).unwrap().verdict, Verdict::Makes, "{name}");
        }
    }

    #[test]
    fn another_tokenizer_reads_something_else_in_them() {
        // GPT-4o's IDs of "The cat is".
        let ids = [976, 9_059, 382];
        assert_eq!(
            read("gpt4o", &ids),
            Reading { text: "The cat is".into(), missing: 0, verdict: Verdict::Makes }
        );
        let gpt2 = read("gpt2", &ids);
        assert!(gpt2.text != "The cat is" && gpt2.missing == 0);
        assert_eq!(read("byt5", &ids).missing, 2);
        assert_eq!(read("byt5", &ids).verdict, Verdict::Lacks);
        // Two pieces that GPT-2 would have joined: "t" and "he".
        assert_eq!(read("gpt2", &[83, 258]).verdict, Verdict::MakesOthers(1));
    }

    #[test]
    fn ids_are_typed_in_any_way_that_programs_print_them() {
        assert_eq!(typed_ids("[976, 9059,382]\n"), Ok(vec![976, 9_059, 382]));
        assert_eq!(typed_ids(""), Ok(Vec::new()));
        assert!(typed_ids("976 x").unwrap_err().contains("“x” is no ID"));
        assert!(typed_ids("-1").is_err() && typed_ids("4294967296").is_err());
        assert!(typed_ids(&"1 ".repeat(MOST_IDS + 1)).is_err());
    }
}
