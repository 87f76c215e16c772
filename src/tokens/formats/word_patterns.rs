//! How the vocabularies of GGUF files cut text into words: the expressions behind the names of `tokenizer.ggml.pre`.
//!
//! Source: the models' own `tokenizer.json` files; which name stands for which, `llama-vocab.cpp` of
//! <https://github.com/ggml-org/llama.cpp> says. Where there are several expressions, each cuts what the ones before it left.

/// The rules behind one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pre {
    /// Regular expressions, in the form that the `tokenizers` crate reads.
    pub(super) patterns: &'static [&'static str],
    /// As in Llama 3, a word that is in the vocabulary is one token, whatever the merges say, and the token that begins a
    /// text is added unless the file says otherwise.
    pub(super) like_llama3: bool,
    /// The token that ends a text is added unless the file says otherwise.
    pub(super) add_sep: bool,
    /// Text is brought into Unicode's composed form first.
    pub(super) nfc: bool,
}

/// GPT-2's way.
pub(super) const GPT2: &[&str] = &[GPT2_WORDS];
/// Qwen 2's way.
pub(super) const QWEN2: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];

const GPT2_WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const SINGLE_DIGITS: &[&str] = &[r"\p{N}", GPT2_WORDS];
const LLAMA3: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];
const QWEN35: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];
const O200K: &[&str] = &[concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
)];
const TEKKEN: &[&str] = &[concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|",
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
)];
const SEED: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+",
];
const BAILING: &[&str] = &[
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
];
const FALCON: &[&str] = &[r"[\p{P}$+<=>^~|`]+", GPT2_WORDS, "[0-9][0-9][0-9]"];
const DEEPSEEK_CODER: &[&str] = &[r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", r"\p{N}"];
const DEEPSEEK_V3: &[&str] = &[
    r"\p{N}{1,3}",
    "[一-龥\u{3040}-ゟ゠-ヿ]+",
    concat!(
        r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##,
        r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
];
const BLOOM: &[&str] = &[r" ?[^(\s|.,!?…。，、।۔،)]+"];
const VIKING: &[&str] = &[r" ?[^(\s|.,!?…。，、।۔،)]+", r"\p{N}"];

/// What each name stands for.
const NAMES: &[(&[&str], &[&str])] = &[
    (
        &[
            "gpt-2",
            "phi-2",
            "mpt",
            "olmo",
            "jais",
            "jina-es",
            "jina-de",
            "jina-v2-es",
            "jina-v2-de",
            "gigachat",
            "a.x-4.0",
            "mellum",
            "modern-bert",
            "exaone4",
            "trillion",
            "granite-docling",
            "jina-v1-en",
            "jina-v2-code",
            "roberta-bpe",
        ],
        GPT2,
    ),
    (
        &["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"],
        SINGLE_DIGITS,
    ),
    (LIKE_LLAMA3, LLAMA3),
    (&["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], LLAMA3),
    (
        &[
            "qwen2",
            "deepseek-r1-qwen",
            "kormo",
            "f2llmv2",
            "stablelm2",
            "megrez",
            "hunyuan",
            "solar-open",
            "grok-2",
        ],
        QWEN2,
    ),
    (&["qwen35"], QWEN35),
    (&["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], O200K),
    (&["tekken"], TEKKEN),
    (&["seed-coder"], SEED),
    (&["bailingmoe", "bailingmoe2", "llada-moe"], BAILING),
    (&["falcon"], FALCON),
    (&["deepseek-coder"], DEEPSEEK_CODER),
    (&["deepseek-v3", "hunyuan-dense", "joyai-llm"], DEEPSEEK_V3),
    (&["bloom", "gpt3-finnish", "poro-chat"], BLOOM),
    (&["viking"], VIKING),
];

/// The names of the Llama 3 family, whose words are looked up whole and whose texts begin with a token. So it is with
/// `tekken`, which cuts words otherwise.
const LIKE_LLAMA3: &[&str] = &[
    "llama3",
    "llama-v3",
    "llama-bpe",
    "falcon3",
    "falcon-h1",
    "pixtral",
    "midm-2.0",
    "lfm2",
    "jina-v5-nano",
];

impl Pre {
    /// GPT-2's rules, for vocabularies that name none, or none that is known.
    pub(super) const DEFAULT: Self = Self { patterns: GPT2, like_llama3: false, add_sep: false, nfc: false };

    /// What a name stands for.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (_, patterns) = NAMES.iter().find(|(names, _)| names.contains(&name))?;
        Some(Self {
            patterns,
            like_llama3: name == "tekken" || LIKE_LLAMA3.contains(&name),
            add_sep: ["jina-v1-en", "jina-v2-code", "roberta-bpe"].contains(&name),
            nfc: ["qwen2", "qwen35", "deepseek-r1-qwen"].contains(&name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Pre};
    use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
    use tokenizers::{
        OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior,
    };

    fn words(name: &str, text: &str) -> Vec<String> {
        let mut cut = PreTokenizedString::from(text);
        for pattern in Pre::named(name).unwrap().patterns {
            let pattern = SplitPattern::Regex((*pattern).to_owned());
            Split::new(pattern, SplitDelimiterBehavior::Isolated, false)
                .unwrap()
                .pre_tokenize(&mut cut)
                .unwrap();
        }
        let splits = cut.get_splits(OffsetReferential::Original, OffsetType::Byte);
        splits.into_iter().map(|(word, ..)| word.to_owned()).collect()
    }

    #[test]
    fn every_pattern_compiles_and_loses_nothing() {
        let text = "It's 12345 cafés,  名古屋\u{3000}ひらがな!!\n\n\tx = a[i]; // ok\r\n$5 `q` the end  ";
        for name in NAMES.iter().flat_map(|(names, _)| *names) {
            assert_eq!(words(name, text).concat(), text, "{name}");
        }
        assert_eq!(Pre::named("no such name"), None);
    }

    #[test]
    fn each_family_has_its_own_cuts() {
        assert_eq!(words("gpt-2", "it's 1234"), ["it", "'s", " 1234"]);
        assert_eq!(words("smollm", "it's 1234"), ["it", "'s", " ", "1", "2", "3", "4"]);
        assert_eq!(words("llama-bpe", "IT'S 1234"), ["IT", "'S", " ", "123", "4"]);
        assert_eq!(words("qwen2", "a 12\n\nb"), ["a", " ", "1", "2", "\n\n", "b"]);
        assert_eq!(words("gpt-4o", "it's camelCase"), ["it's", " camel", "Case"]);
        assert_eq!(words("tekken", "it's 12"), ["it", "'s", " ", "1", "2"]);
        assert_eq!(
            words("deepseek-v3", "x.append 1234漢字かな"),
            ["x", ".append", " ", "123", "4", "漢字かな"]
        );
        assert_eq!(words("falcon", "a==b 12345"), ["a", "==", "b", " ", "123", "45"]);
        assert_eq!(words("bloom", "one two,three"), ["one", " two", ",", "three"]);
    }
}
