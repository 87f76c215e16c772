//! Held to what Python's `tokenizers` makes of the models' own expressions (`tests/reference/README.md`).

use std::collections::HashMap;

use super::{Around, Letters, Pre, RULES};
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior};

#[derive(serde::Deserialize)]
struct Reference {
    /// Texts after those of `tokenizers.json`.
    more: Vec<String>,
    /// For each text, the lengths of its words in each way that some rule cuts it.
    ways: Vec<Vec<String>>,
    /// For each rule, the number of its way for each text.
    rules: HashMap<String, Vec<usize>>,
}

#[derive(serde::Deserialize)]
struct Texts {
    texts: Vec<Text>,
}

#[derive(serde::Deserialize)]
struct Text {
    text: String,
}

fn steps(name: &str) -> Vec<Split> {
    let rule = Pre::named(name).unwrap_or_else(|| panic!("{name}"));
    let step = |pattern: &&str| {
        let pattern = SplitPattern::Regex((*pattern).to_owned());
        Split::new(pattern, SplitDelimiterBehavior::Isolated, false).unwrap()
    };
    rule.patterns.iter().map(step).collect()
}

fn cut(steps: &[Split], text: &str) -> Vec<String> {
    let mut cut = PreTokenizedString::from(text);
    for step in steps {
        step.pre_tokenize(&mut cut).unwrap();
    }
    let splits = cut.get_splits(OffsetReferential::Original, OffsetType::Byte);
    splits.into_iter().map(|(word, ..)| word.to_owned()).collect()
}

fn words(name: &str, text: &str) -> Vec<String> {
    cut(&steps(name), text)
}

#[test]
fn every_rule_cuts_as_its_reference() {
    let texts: Texts =
        serde_json::from_str(include_str!("../../../../tests/reference/tokenizers.json")).unwrap();
    let reference: Reference =
        serde_json::from_str(include_str!("../../../../tests/reference/word_patterns.json")).unwrap();
    let texts: Vec<String> = texts.texts.into_iter().map(|text| text.text).chain(reference.more).collect();
    assert_eq!(texts.len(), reference.ways.len());
    let mut differences = Vec::new();
    for (name, of_text) in &reference.rules {
        let steps = steps(name);
        for ((text, ways), &way) in texts.iter().zip(&reference.ways).zip(of_text) {
            let found: Vec<String> = cut(&steps, text).iter().map(|word| word.len().to_string()).collect();
            if found.join(" ") != ways[way] {
                differences.push(format!("{name} {text:.60?}\n   {}\n   {}", found.join(" "), ways[way]));
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

/// Which rule of the reference a name has, but for what is done besides cutting.
const TABLE: &[(&str, &str)] = &[
    (
        "gpt-2",
        "gpt-2 phi-2 mpt olmo jais jina-es jina-de jina-v2-es jina-v2-de gigachat a.x-4.0 mellum modern-bert exaone4 \
      trillion granite-docling jina-v1-en jina-v2-code roberta-bpe",
    ),
    ("default", "default"),
    ("starcoder", "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2"),
    (
        "llama-bpe",
        "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx smaug-bpe glm4 \
      chatglm-bpe",
    ),
    ("jais-2", "jais-2"),
    ("minicpm5", "minicpm5"),
    ("qwen2", "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 megrez hunyuan solar-open grok-2"),
    ("qwen35", "qwen35"),
    ("ufakzeka", "ufakzeka"),
    ("laguna", "laguna"),
    ("exaone-moe", "exaone-moe"),
    ("gpt-4o", "gpt-4o llama4 kanana2 talkie minimax-m2 granite-embed-multi-97m"),
    ("tiny_aya", "tiny_aya cohere2moe"),
    ("superbpe", "superbpe"),
    ("tekken", "tekken"),
    ("kimi-k2", "kimi-k2"),
    ("youtu", "youtu"),
    ("seed-coder", "seed-coder"),
    ("bailingmoe", "bailingmoe bailingmoe2 llada-moe"),
    ("falcon", "falcon"),
    ("chameleon", "chameleon"),
    ("deepseek-coder", "deepseek-coder"),
    ("deepseek-llm", "deepseek-llm"),
    ("deepseek-v3", "deepseek-v3 hunyuan-dense joyai-llm hy_v4"),
    ("spark2_5", "spark2_5"),
    ("afmoe", "afmoe"),
    ("bloom", "bloom gpt3-finnish poro-chat"),
    ("viking", "viking"),
    ("gemma4", "gemma4 granite-embed-multi-311m sarvam-moe"),
    ("whitespace", "whitespace"),
];

#[test]
fn every_name_has_the_expressions_of_its_reference() {
    let reference: Reference =
        serde_json::from_str(include_str!("../../../../tests/reference/word_patterns.json")).unwrap();
    let mut known = 0;
    for (rule, names) in TABLE {
        assert!(reference.rules.contains_key(*rule), "{rule}");
        let patterns = Pre::named(rule).unwrap().patterns;
        for name in names.split_ascii_whitespace() {
            assert_eq!(Pre::named(name).map(|pre| pre.patterns), Some(patterns), "{name}");
            known += 1;
        }
    }
    assert_eq!(RULES.iter().map(|rule| rule.names.len()).sum::<usize>(), known, "each is in the table");
    assert_eq!((TABLE.len(), Pre::named("no such name")), (reference.rules.len(), None));
}

#[test]
fn what_is_done_besides_cutting() {
    let of = |name: &str| {
        let rule = Pre::named(name).unwrap();
        (rule.ignore_merges, rule.around, rule.nfc)
    };
    for name in ["llama-bpe", "tekken"] {
        assert_eq!(of(name), (true, Around::Beginning, false), "{name}");
    }
    for name in ["youtu", "minicpm5", "granite-embed-multi-97m"] {
        assert_eq!(of(name), (true, Around::Nothing, false), "{name}");
    }
    assert_eq!(of("chameleon"), (false, Around::Beginning, false));
    assert_eq!(of("roberta-bpe"), (false, Around::End, false));
    assert_eq!(of("qwen2"), (false, Around::Nothing, true));
    assert_eq!(of("gpt-2"), (false, Around::Nothing, false));
    assert_eq!(Pre::named("sarvam-moe").unwrap().letters, Letters::Marked);
    assert_eq!(Pre::named("whitespace").unwrap().letters, Letters::Words);
}

#[test]
fn each_family_has_its_own_cuts() {
    assert_eq!(words("gpt-2", "it's 1234"), ["it", "'s", " 1234"]);
    assert_eq!(words("smollm", "it's 1234"), ["it", "'s", " ", "1", "2", "3", "4"]);
    assert_eq!(words("llama-bpe", "IT'S 1234"), ["IT", "'S", " ", "123", "4"]);
    assert_eq!(words("qwen2", "a 12\n\nb"), ["a", " ", "1", "2", "\n\n", "b"]);
    assert_eq!(words("gpt-4o", "it's camelCase"), ["it's", " camel", "Case"]);
    assert_eq!(words("tekken", "it's 12"), ["it", "'s", " ", "1", "2"]);
    assert_eq!(words("deepseek-v3", "x.append 1234漢字かな"), ["x", ".append", " ", "123", "4", "漢字かな"]);
    assert_eq!(words("falcon", "a==b 12345"), ["a", "==", "b", " ", "123", "45"]);
    assert_eq!(words("bloom", "one two,three"), ["one", " two", ",", "three"]);
    assert_eq!(words("tiny_aya", "12345 12345x"), ["12", "345", " ", "123", "45", "x"]);
    assert_eq!(words("superbpe", "so 12345 is"), ["so ", "12", "345", " is"]);
}

/// Rules that look ahead along digits still look at each but a few times: a run like this would otherwise take minutes.
#[test]
fn long_runs_of_digits_are_cut_from_their_end() {
    let digits = "7".repeat(300_001);
    for name in ["tiny_aya", "superbpe", "afmoe"] {
        let words = words(name, &digits);
        assert_eq!((words.len(), words[0].len(), words[1].len()), (100_001, 1, 3), "{name}");
    }
}
