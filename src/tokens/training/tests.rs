use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::models::wordpiece::WordPieceTrainer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{AddedToken, Model, Trainer};

use super::*;
use crate::progress::{Unwanted, Unwatched};
use crate::tokens::EncodeOptions;

/// The beginning of a novel, with letters of every kind after it.
fn text(bytes: usize) -> String {
    let novels = novels();
    let end = novels.floor_char_boundary(bytes);
    format!("{}\nnaïve café, 12345 Ünïcödé 🍓 добрый день aaaa aaaaaa\n", &novels[..end])
}

fn specials(kind: Kind) -> Vec<AddedToken> {
    kind.specials().iter().map(|name| AddedToken::from(*name, true)).collect()
}

/// What the crate's own trainer makes of the same words: its vocabulary by ID, and its merges.
fn reference(kind: Kind, words: &Words, size: usize) -> (Vec<String>, Vec<(String, String)>) {
    let mut builder = BpeTrainer::builder()
        .vocab_size(size)
        .min_frequency(LEAST)
        .special_tokens(specials(kind))
        .show_progress(false);
    if kind == Kind::ByteLevelBpe {
        builder = builder.initial_alphabet(ByteLevel::alphabet().into_iter().collect());
    }
    let mut trainer = builder.build();
    let each = words.0.iter().flat_map(|(word, count)| std::iter::repeat_n(word, *count as usize));
    trainer.feed(each, |word| Ok(vec![word.to_owned()])).unwrap();
    let mut model = BPE::default();
    trainer.train(&mut model).unwrap();
    let mut pieces: Vec<(String, u32)> = model.get_vocab().into_iter().collect();
    pieces.sort_by_key(|(_, id)| *id);
    let json: serde_json::Value = serde_json::to_value(&model).unwrap();
    let merges = serde_json::from_value(json["merges"].clone()).unwrap();
    (pieces.into_iter().map(|(piece, _)| piece).collect(), merges)
}

#[test]
fn merges_are_those_of_the_crate() {
    for kind in [Kind::ByteLevelBpe, Kind::Bpe] {
        for (bytes, size) in [(0, 400), (2_000, 500), (300_000, 3_000)] {
            let words = Words::of(&text(bytes), kind, &Unwatched).unwrap();
            let learned = learn(kind, &words, size, &Unwatched).unwrap();
            let (pieces, merges) = reference(kind, &words, size);
            assert_eq!(learned.pieces, pieces, "{kind:?} {bytes}");
            let piece = |id: u32| learned.pieces[id as usize].clone();
            let own: Vec<_> =
                learned.merges.iter().map(|merge| (piece(merge.pair.0), piece(merge.pair.1))).collect();
            assert_eq!(own, merges, "{kind:?} {bytes}");
        }
    }
}

#[test]
fn word_pieces_are_those_of_the_crate_but_for_pairs_that_are_equally_frequent() {
    // The crate numbers letters within words in the order of a hash table: what it makes of ties differs from run to run.
    let words = Words::of(&text(300_000), Kind::WordPiece, &Unwatched).unwrap();
    let learned = learn(Kind::WordPiece, &words, 2_000, &Unwatched).unwrap();
    let mut trainer = WordPieceTrainer::builder()
        .vocab_size(2_000)
        .min_frequency(LEAST)
        .special_tokens(specials(Kind::WordPiece))
        .show_progress(false)
        .build();
    let each = words.0.iter().flat_map(|(word, count)| std::iter::repeat_n(word, *count as usize));
    trainer.feed(each, |word| Ok(vec![word.to_owned()])).unwrap();
    let mut model = tokenizers::models::wordpiece::WordPiece::default();
    Trainer::train(&trainer, &mut model).unwrap();
    let theirs: std::collections::HashSet<String> = model.get_vocab().into_keys().collect();
    let alike = learned.pieces.iter().filter(|piece| theirs.contains(*piece)).count();
    assert!(alike as f64 > 0.99 * theirs.len() as f64, "{alike} of {}", theirs.len());
}

#[test]
fn each_merge_joins_the_most_frequent_pair_of_its_stage() {
    for kind in [Kind::ByteLevelBpe, Kind::Bpe, Kind::WordPiece] {
        let words = Words::of(&text(20_000), kind, &Unwatched).unwrap();
        let learned = learn(kind, &words, 600, &Unwatched).unwrap();
        for at in (0..learned.merges.len()).step_by(7) {
            let stage = learned.stage(&words, at, "strawberries and cream", &Unwatched).unwrap();
            let merge = learned.merges[at];
            let first = &stage.standings[0];
            assert_eq!(first.count, merge.count, "{kind:?} {at}");
            assert_eq!(
                (&first.left, &first.right),
                (&learned.read(merge.pair.0), &learned.read(merge.pair.1))
            );
            assert!(stage.standings.is_sorted_by(|a, b| a.count >= b.count));
        }
        let last = learned.stage(&words, usize::MAX, "Emma", &Unwatched).unwrap();
        assert_eq!((last.merges, last.samples.len()), (learned.merges.len(), 1));
    }
}

#[test]
fn a_text_grows_shorter_by_what_each_merge_joins() {
    for kind in [Kind::ByteLevelBpe, Kind::Bpe, Kind::WordPiece] {
        let words = Words::of(&text(20_000), kind, &Unwatched).unwrap();
        let learned = learn(kind, &words, 700, &Unwatched).unwrap();
        let growth = learned.growth(&words, &Unwatched).unwrap();
        assert_eq!((growth.lengths.len(), growth.unknown), (learned.merges.len() + 1, 0));
        for at in [0, 1, 50, 200, learned.merges.len()] {
            // Under a vocabulary that was learned no further.
            let fewer = Learned { merges: learned.merges[..at].to_vec(), ..learned.clone() };
            let ends = fewer.growth(&words, &Unwatched).unwrap().lengths;
            assert_eq!(ends.last(), Some(&growth.lengths[at]), "{kind:?} {at}");
        }
    }
}

#[test]
fn what_comes_out_is_a_tokenizer_like_any_other() {
    let text = text(100_000);
    for kind in Kind::ALL {
        let trained = train(&text, kind, 1_000, &Unwatched).unwrap();
        let size = trained.tokenizer.vocabulary_size();
        assert!((900..=1_000).contains(&size), "{kind:?} {size}");
        assert_eq!(trained.tokenizer.algorithm().name(), kind.name());
        assert!(trained.tokenizer.name().ends_with(&size.to_string()));
        let options = EncodeOptions { add_special: false, typed_special: false };
        let encoded = trained.tokenizer.encode("the happy family", options, &Unwatched).unwrap();
        assert_eq!(trained.tokenizer.decode(&encoded.ids()).trim(), "the happy family", "{kind:?}");
        if let (Some(growth), Some(learned)) = (&trained.growth, &trained.learned) {
            let last = |growth: &Growth| *growth.lengths.last().unwrap();
            assert_eq!([last(&growth[0]), last(&growth[1])], trained.tokens, "{kind:?}");
            // Longest match may now and then take a piece that leaves a longer rest.
            let is_sorted = growth[0].lengths.is_sorted_by(|a, b| a >= b);
            assert!(is_sorted || kind == Kind::WordPiece, "{kind:?}");
            assert!(growth[0].lengths[0] > 2 * last(&growth[0]) && learned.merges.len() > 500);
        }
        if kind == Kind::Unigram {
            let smaller = trained.at_size(500, &Unwatched).unwrap();
            assert!(
                smaller.entries <= 500
                    && smaller.tokens[0] > trained.tokens[0]
                    && smaller.tokens[1] > trained.tokens[1]
            );
            let same = trained.at_size(1_000, &Unwatched).unwrap();
            assert_eq!((same.entries, same.tokens), (size, trained.tokens));
        }
        assert!(trained.tokens[0] > trained.tokens[1] && trained.unseen < 0.05);
        let crate_made = tokenizers::Tokenizer::from_bytes(&trained.file).unwrap();
        let theirs = crate_made.encode_fast("the happy family", false).unwrap();
        assert_eq!(theirs.get_ids(), encoded.ids(), "{kind:?}");
    }
}

#[test]
fn a_tenth_is_kept_back_however_long_lines_are() {
    for text in [format!("Title\n{}", "word ".repeat(5_000)), "word\n".repeat(5_000), "x".repeat(10_000)] {
        let trained = train(&text, Kind::ByteLevelBpe, 300, &Unwatched).unwrap();
        let [seen, rest] = trained.baselines[0].tokens;
        let share = rest as f64 / (seen + rest) as f64;
        assert!((0.09..0.16).contains(&share), "{share}");
    }
}

#[test]
fn one_long_word_is_learned_from() {
    let words = Words(vec![("ab".repeat(100_000), 3)]);
    let learned = learn(Kind::Bpe, &words, 50, &Unwatched).unwrap();
    assert!(learned.merges.len() > 10);
    let growth = learned.growth(&words, &Unwatched).unwrap();
    assert!(growth.lengths.last().unwrap() < &100);
}

#[test]
fn other_ways_to_cut_are_counted_on_the_same_texts() {
    let [bytes, letters, words] = super::baselines("the cat the dog", "the cow é");
    assert_eq!((bytes.tokens, bytes.vocabulary), ([15, 10], 256));
    assert_eq!((letters.tokens, letters.vocabulary), ([15, 9], 9));
    assert_eq!((words.tokens, words.vocabulary), ([4, 3], 3));
    assert!((words.unseen - 2.0 / 3.0).abs() < 1e-9 && (letters.unseen - 2.0 / 9.0).abs() < 1e-9);
}

#[test]
fn texts_that_give_nothing_say_so_and_work_that_is_not_wanted_ends() {
    for kind in Kind::ALL {
        assert!(matches!(train("", kind, 500, &Unwatched), Err(TrainError::Nothing)), "{kind:?}");
        let odd = train("\u{0}\n\u{0}", kind, 500, &Unwatched);
        assert!(odd.is_ok() || matches!(odd, Err(TrainError::Nothing | TrainError::Rules(_))), "{kind:?}");
        let small = train(&"the cat sat. ".repeat(20), kind, 5, &Unwatched);
        assert!(small.is_ok() || matches!(small, Err(TrainError::Rules(_))), "{kind:?}");
        assert!(matches!(train(&text(1_000), kind, 500, &Unwanted), Err(TrainError::Cancelled(_))));
    }
}
