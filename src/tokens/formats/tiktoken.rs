//! `.tiktoken` files: the ranks of byte-level BPE.
//!
//! Specification: `load.py` of <https://github.com/openai/tiktoken> (`load_tiktoken_bpe`): a line for each token, with its
//! bytes in base64, a space and its rank, which is also its ID. Ranks may have holes and stand in any order; all 256 single
//! bytes must be there. A rank file names neither the pattern by which text is cut into words nor special tokens: these are
//! known for the published vocabularies, and guessed, with a warning, for others.

use super::Draft;
use crate::tokens::catalog;
use crate::tokens::ranks::{Ranks, RanksError};
use crate::tokens::tokenizer::{Algorithm, Engine};
use crate::tokens::word_split::WordPattern;

/// Whether a text begins with lines of `base64 rank`: all of them, counting up, or, in a damaged file, most of them. One
/// such line would not do: `8341 100` is valid base64 and a number, and the header of a table of vectors.
pub(in crate::tokens) fn are_ranks(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 1_024;
    let whole = text.len() <= LOOKED_AT;
    let mut lines: Vec<&[u8]> = text[..text.len().min(LOOKED_AT)].split(|&byte| byte == b'\n').collect();
    if !whole && lines.len() > 1 {
        // The last line of the stretch is cut off.
        lines.pop();
    }
    // A lone line is the header of a table without rows as likely as a vocabulary of one token.
    let many = lines.len() > 1;
    let filled = lines.iter().map(|line| line.trim_ascii_end()).filter(|line| !line.is_empty());
    let ranks: Vec<Option<u32>> = filled.clone().map(rank_of).collect();
    let count_up = |pair: &[Option<u32>]| pair[0].and_then(|rank| rank.checked_add(1)) == pair[1];
    let sound = ranks.iter().all(Option::is_some) && ranks.windows(2).all(count_up);
    many && !ranks.is_empty() && (sound || are_damaged_ranks(filled.collect::<Vec<_>>().as_slice()))
}

/// Whether three of four lines are `base64 number`, and enough of them are filled up with `=`, as no words with numbers
/// are: two of three tokens have a length that needs it.
fn are_damaged_ranks(lines: &[&[u8]]) -> bool {
    let fits = |line: &&&[u8]| {
        let mut spaced = line.to_vec();
        // Perhaps an editor has made tabs of spaces.
        spaced.iter_mut().filter(|byte| **byte == b'\t').for_each(|byte| *byte = b' ');
        rank_of(&spaced).is_some()
    };
    let fitting: Vec<_> = lines.iter().filter(fits).collect();
    let filled_up = fitting.iter().filter(|line| line.contains(&b'=')).count();
    fitting.len() * 4 >= lines.len() * 3 && filled_up * 4 >= lines.len()
}

/// The rank on a line of a rank file; none if it is no such line.
fn rank_of(line: &[u8]) -> Option<u32> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (token, rank) = (&line[..space], &line[space + 1..]);
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_token = !token.is_empty() && token.len() % 4 == 0 && token.iter().all(base64);
    let rank =
        std::str::from_utf8(rank).ok().filter(|rank| rank.bytes().all(|byte| byte.is_ascii_digit()))?;
    is_token.then(|| rank.parse().ok())?
}

/// Reads a rank file.
///
/// # Errors
/// [`RanksError`]: which line is wrong, or which byte has no token.
pub(in crate::tokens) fn read(bytes: &[u8]) -> Result<Draft, RanksError> {
    let ranks = Ranks::parse(bytes, WordPattern::Cl100k)?;
    let (known, mut warnings) = (catalog::recognize(&ranks), Vec::new());
    let (ranks, specials) = if let Some((pattern, specials)) = known {
        (ranks.with_pattern(pattern), specials)
    } else {
        warnings.push(
            "A rank file does not say how to cut text into words, and this vocabulary is not a known one: GPT-4's way is used, \
             so some IDs may differ from the model's. It names no special tokens either."
                .to_owned(),
        );
        (ranks, Vec::new())
    };
    let draft = Draft::new(Algorithm::ByteLevelBpe, Engine::Ranks(Box::new(ranks)), specials);
    Ok(Draft { warnings, ..draft })
}
