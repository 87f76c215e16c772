//! Entries that a tokenizer has and never makes.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::{Entry, EntryKind, Vocabulary};
use crate::progress::{Cancelled, Progress};
use crate::tokens::comparison::Quiet;
use crate::tokens::{EncodeError, EncodeOptions, Tokenizer};

/// Entries that are tried at a time.
const BLOCK: usize = 512;

/// What is put before an entry's text: nothing, and ends of words, lines and sentences of several scripts. Within a word an
/// entry is made only where no longer one takes the letter before it along, so that several letters are tried.
const BEFORE: [&str; 14] = ["", " ", "a", "q", "x", "zq", "J", "7", ".", "(", "\n", "й", "語", "🍓"];

/// What is put after it.
const AFTER: [&str; 6] = ["", "a", "q", " ", ".", "\n"];

/// Nothing is added, and nothing that is written is control.
const PLAIN: EncodeOptions = EncodeOptions { add_special: false, typed_special: false };

/// The entries that a tokenizer never makes of their own text: not alone, and not between any of several beginnings and ends.
/// They are rows of the model's matrix that training text did not reach, or not since the text is cut in this way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade {
    pub ids: RoaringBitmap,
    /// How many entries were not tried: special ones, and bytes that are no text.
    pub untried: usize,
}

impl Unmade {
    /// In how many ways an entry's text is tried.
    pub const WAYS: usize = BEFORE.len() * AFTER.len();
}

impl Vocabulary {
    /// Encodes the text of every entry, alone and among others, until its tokenizer makes the entry of it.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn unmade(&self, progress: &dyn Progress) -> Result<Unmade, Cancelled> {
        let tokenizer = &**self.tokenizer();
        let done = AtomicUsize::new(0);
        let block = |entries: &[Entry]| {
            progress.check()?;
            let mut found = Vec::new();
            for entry in entries {
                match self.text_of(entry) {
                    None => found.push((entry.id, false)),
                    Some(text) if !is_made(tokenizer, entry.id, &text, progress)? => {
                        found.push((entry.id, true));
                    }
                    Some(_) => {}
                }
            }
            let done = done.fetch_add(entries.len(), Ordering::Relaxed) + entries.len();
            progress.report(done as f32 / self.entries.len() as f32);
            Ok(found)
        };
        let blocks: Vec<_> = self.entries.par_chunks(BLOCK).map(block).collect::<Result<_, Cancelled>>()?;
        let all = || blocks.iter().flatten();
        let ids = all().filter(|(_, tried)| *tried).map(|(id, _)| *id).collect();
        Ok(Unmade { ids, untried: all().filter(|(_, tried)| !tried).count() })
    }

    /// The text that an entry stands for, if it is to be tried.
    fn text_of(&self, entry: &Entry) -> Option<String> {
        let bytes = self.tokenizer().bytes(entry.id).filter(|_| entry.kind != EntryKind::Special)?;
        String::from_utf8(bytes.into_owned()).ok()
    }
}

fn is_made(tokenizer: &Tokenizer, id: u32, text: &str, progress: &dyn Progress) -> Result<bool, Cancelled> {
    for before in BEFORE {
        for after in AFTER {
            let tried = format!("{before}{text}{after}");
            match tokenizer.encode(&tried, PLAIN, &Quiet(progress)) {
                Ok(encoding) if encoding.tokens.iter().any(|token| token.id == id) => return Ok(true),
                Err(EncodeError::Cancelled(cancelled)) => return Err(cancelled),
                Ok(_) | Err(_) => {}
            }
        }
    }
    Ok(false)
}
