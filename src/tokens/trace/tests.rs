use super::*;
use crate::progress::Unwatched;
use crate::tokens::file_reference_tests::source;
use crate::tokens::files::open;
use crate::tokens::{EncodeOptions, catalog};

/// Texts that come apart in every way there is.
const TEXTS: [&str; 18] = [
    "",
    " ",
    "strawberry",
    " strawberries",
    "Tokenization splits strawberries",
    "antidisestablishmentarianism unbelievably",
    "Donaudampfschifffahrtsgesellschaft",
    "the cat's 12345 dogs, 3.14!",
    "naïve café Ünïcödé",
    "cafe\u{301} e\u{301}\u{327}",
    "🍓 👩‍🔬 👨‍👩‍👧‍👦",
    "Привет, мир",
    "東京タワー",
    "مرحبا بالعالم",
    "  two  spaces\n\tand a tab ",
    "qzxjkvw ΩΩΩ ☃☃",
    "\u{0}\u{1}x",
    "def f(x):\n    return x**2",
];

fn plain(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    let options = EncodeOptions { add_special: false, typed_special: false };
    tokenizer.encode(text, options, &Unwatched).unwrap().ids()
}

fn holds(tokenizer: &Tokenizer) {
    for text in TEXTS {
        let trace = tokenizer.trace(text, &Unwatched).unwrap();
        assert_eq!(trace.ids(), plain(tokenizer, text), "{} {text:?} {trace:#?}", tokenizer.name());
        for word in &trace.words {
            let joined =
                |parts: &[Part]| parts.iter().flat_map(|part| part.bytes.clone()).collect::<Vec<u8>>();
            match &word.way {
                Way::Merges(order, states) => merges_hold(*order, states, word),
                Way::Paths(paths) => {
                    assert!(paths.paths.is_sorted_by(|a, b| a.total >= b.total));
                    for path in &paths.paths {
                        let sum: f64 = path.parts.iter().map(|(_, score)| score).sum();
                        assert!((sum - path.total).abs() < 1e-3, "{sum} {}", path.total);
                        let parts: Vec<Part> = path.parts.iter().map(|(part, _)| part.clone()).collect();
                        assert_eq!(joined(&parts), word.bytes);
                    }
                    let best: Vec<u8> =
                        paths.paths[0].parts.iter().flat_map(|(part, _)| part.bytes.clone()).collect();
                    assert_eq!(best, joined(&word.tokens), "the best way is the one that is taken");
                    let last = &paths.ends.last().unwrap().candidates[0];
                    assert_eq!(last.total, paths.paths[0].total);
                }
                Way::Each => assert_eq!(joined(&word.tokens), word.bytes),
                Way::Matches(_) | Way::Whole | Way::Unknown => {}
            }
        }
    }
}

fn merges_hold(order: Order, states: &[MergeState], word: &TracedWord) {
    for pair in states.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let made = after.made.unwrap();
        assert_eq!(before.parts.len(), after.parts.len() + 1);
        let value = before.pairs[made].unwrap();
        let others = before.pairs.iter().flatten();
        match order {
            Order::Rank => others.for_each(|&other| assert!(value <= other)),
            Order::Score => others.for_each(|&other| assert!(value >= other)),
        }
        let joined = [&before.parts[made].bytes[..], &before.parts[made + 1].bytes].concat();
        assert_eq!(after.parts[made].bytes, joined, "{word:?}");
    }
    assert!(states.last().unwrap().pairs.iter().all(Option::is_none), "nothing is left to be joined");
}

#[test]
fn the_steps_of_every_built_in_tokenizer_come_to_its_tokens() {
    for entry in catalog::entries() {
        holds(&catalog::load(entry.name).unwrap());
    }
}

#[test]
fn the_steps_of_opened_models_come_to_their_tokens() {
    for name in [
        "bpe-bytes.model",
        "bpe-map.model",
        "bpe-no-prefix.model",
        "words.model",
        "characters.model",
        "unigram-across.model",
    ] {
        let opened = open(&source(name)).unwrap();
        holds(&opened.tokenizer);
    }
}

#[test]
fn the_famous_word_comes_apart_as_the_papers_say() {
    let gpt2 = catalog::load("gpt2").unwrap();
    let trace = gpt2.trace("strawberry", &Unwatched).unwrap();
    let Way::Merges(Order::Rank, states) = &trace.words[0].way else { panic!("{trace:?}") };
    assert_eq!((states[0].parts.len(), states.len()), (10, 8));
    let read = |parts: &[Part]| {
        parts.iter().map(|part| String::from_utf8_lossy(&part.bytes).into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(read(&trace.words[0].tokens), ["st", "raw", "berry"]);
    let bert = catalog::load("bert").unwrap();
    let trace = bert.trace("Unbelievably", &Unwatched).unwrap();
    assert_eq!(trace.normalized, "unbelievably");
    let Way::Matches(matches) = &trace.words[0].way else { panic!("{trace:?}") };
    assert_eq!(matches[0].tried[0], "unbelievably");
    assert!(matches.iter().all(|found| found.found.is_some() && !found.tried.is_empty()));
    let t5 = catalog::load("t5").unwrap();
    let trace = t5.trace("unbelievably", &Unwatched).unwrap();
    let Way::Paths(paths) = &trace.words[0].way else { panic!("{trace:?}") };
    assert_eq!(paths.paths.len(), 5);
    assert!(paths.paths[0].total > paths.paths[1].total);
    assert!(
        matches!(gpt2.trace(&"a ".repeat(500), &Unwatched), Ok(trace) if trace.text.chars().count() == LONGEST)
    );
}
