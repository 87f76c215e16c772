//! The questions and pairs that come with the program. Where they come from is written in `assets/MANIFEST.json`.

use std::io::Read;

use ruzstd::decoding::StreamingDecoder;

use super::{AnalogySet, PairSet};

static QUESTIONS: &[u8] = include_bytes!("../../../assets/evaluation/questions-words.txt.zst");
static PAIRS: &[u8] = include_bytes!("../../../assets/evaluation/wordsim353.tsv.zst");

/// The 19,544 analogy questions of word2vec, in 14 sections (Mikolov, Chen, Corrado and Dean, *Efficient Estimation of Word
/// Representations in Vector Space*, 2013). Unpacked at each call, in some milliseconds.
#[must_use]
pub fn questions_words() -> AnalogySet {
    AnalogySet::read(&unpacked(QUESTIONS)).expect("the file that comes with the program is sound")
}

/// WordSim-353: 353 pairs of words with how related they are to people (Finkelstein and others, *Placing Search in Context*,
/// 2002).
#[must_use]
pub fn wordsim353() -> PairSet {
    PairSet::read(&unpacked(PAIRS)).expect("the file that comes with the program is sound")
}

fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    StreamingDecoder::new(packed)
        .expect("embedded files are Zstandard frames")
        .read_to_string(&mut text)
        .expect("embedded files are whole");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_are_whole() {
        let questions = questions_words();
        assert_eq!((questions.len(), questions.sections.len()), (19_544, 14));
        assert_eq!(wordsim353().len(), 353);
    }
}
