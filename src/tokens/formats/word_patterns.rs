//! How the vocabularies of GGUF files cut text into words: the rules behind the names of `tokenizer.ggml.pre`.
//!
//! Source: the models' own `tokenizer.json` files; which name stands for which, `llama-vocab.cpp` of
//! <https://github.com/ggml-org/llama.cpp> says. Where there are several expressions, each cuts what the ones before it left.
//! Where a model looks ahead to the end of a run of digits from every digit, which takes forever on a long one, the cuts here
//! are the same, but each run is looked through once.

/// The rules behind some names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pre {
    names: &'static [&'static str],
    /// Regular expressions, in the form that the `tokenizers` crate reads.
    pub(super) patterns: &'static [&'static str],
    /// What the pieces of the vocabulary are made of.
    pub(super) letters: Letters,
    /// A word that is in the vocabulary is one token, whatever the merges say.
    pub(super) ignore_merges: bool,
    /// What is added around a text unless the file says otherwise.
    pub(super) around: Around,
    /// Text is brought into Unicode's composed form first.
    pub(super) nfc: bool,
}

/// What is added around a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Nothing,
    /// The token that begins a text.
    Beginning,
    /// The token that ends a text.
    End,
}

/// What pieces are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// One letter of GPT-2's alphabet a byte.
    Bytes,
    /// Characters, `▁` for a space, and `<0x0A>` for the bytes of what is not there.
    Marked,
    /// Characters; white space is left out.
    Words,
}

/// GPT-2's way.
pub(super) const GPT2: &[&str] = &[GPT2_WORDS];
/// Qwen 2's way.
pub(super) const QWEN2: &[&str] = &[QWEN2_WORDS];

/// The endings of English words after an apostrophe, in either case.
macro_rules! endings {
    () => {
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    };
}

/// White space: up to the end of a line, up to the last one before a word, what is left.
macro_rules! spaces {
    () => {
        r"\s*[\r\n]+|\s+(?!\S)|\s+"
    };
}

/// Words that begin with capitals and go on with small letters, each with what follows it.
macro_rules! cased {
    ($after:literal) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+",
            $after,
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*",
            $after
        )
    };
}

/// The main expression of `DeepSeek` 3 and its like, but for white space.
macro_rules! deepseek {
    ($after_signs:literal) => {
        concat!(
            r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"##,
            $after_signs
        )
    };
}

const GPT2_WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const SINGLE_DIGITS: &[&str] = &[r"\p{N}", GPT2_WORDS];
const LLAMA3: &[&str] =
    &[concat!(endings!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|", spaces!())];
const JAIS2: &[&str] = &[concat!(
    endings!(),
    r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|",
    r"\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|",
    r"\s{1,2}(?!\S)|\s"
)];
const MINICPM5: &[&str] = &[
    r"\p{N}{1,3}",
    concat!(endings!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*|", spaces!()),
];
const QWEN2_WORDS: &str =
    concat!(endings!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|", spaces!());
const QWEN35: &[&str] = &[concat!(
    endings!(),
    r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|",
    spaces!()
)];
/// Qwen 2's way without English endings.
const UFAKZEKA: &[&str] = &[concat!(r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|", spaces!())];
const LAGUNA: &[&str] = &[LINES, QWEN2_WORDS];
/// Words that single spaces stand between are one.
const EXAONE_MOE: &[&str] = &[concat!(
    endings!(),
    r"|[^\r\n\p{L}\p{N}]?\p{L}\p{M}*(?: ?\p{L}\p{M}*)*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"
)];
const O200K_WORDS: &str =
    concat!(cased!("(?i:'s|'t|'re|'ve|'m|'ll|'d)?"), r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|", spaces!());
const O200K: &[&str] = &[O200K_WORDS];
/// Runs of digits that end a word, as Oniguruma sees words, are cut into threes from their end, others from their beginning.
const TINY_AYA: &[&str] =
    &[r"(?<!\d)\d++(?![\p{L}\p{M}\p{N}\p{Pc}])", r"^\d{1,2}(?=(?:\d{3})+$)", O200K_WORDS];
/// Digits are cut into threes from their end, and nothing else is cut: its tokens go on over words.
const SUPERBPE: &[&str] = &[
    r"\p{N}+",
    r"(?:(?<!\d)|(?<=\D\d)|(?<=^\d)|(?<=\D\d\d)|(?<=^\d\d))(?=(?>(?:\d{3})+)(?!\d))",
    r"\d{3}(?=\d{3})",
];
const TEKKEN: &[&str] = &[concat!(cased!(""), r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|", spaces!())];
/// o200k's way with Chinese characters apart.
const KIMI: &[&str] = &[concat!(
    r"\p{Han}+|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+",
    endings!(),
    r"?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*",
    endings!(),
    r"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|",
    spaces!()
)];
/// o200k's way with single digits, East Asian scripts apart.
const YOUTU: &[&str] = &[
    concat!(
        r"[\x{ac00}-\x{d7a3}\x{3131}-\x{318e}]+|",
        r"[！…“”‘’—：；，\x{3001}-\x{303f}\x{fe30}-\x{fe4f}]+|",
        r"[\x{3105}-\x{312f}]+|[\x{4e00}-\x{9fa5}\x{3040}-\x{30ff}]+"
    ),
    concat!(cased!("(?i:'s|'t|'re|'ve|'m|'ll|'d)?"), r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|", spaces!()),
];
const SEED: &[&str] =
    &[concat!(endings!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|", spaces!())];
const BAILING: &[&str] = &[
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
];
const FALCON: &[&str] = &[r"[\p{P}$+<=>^~|`]+", GPT2_WORDS, "[0-9][0-9][0-9]"];
/// What llama.cpp does for want of anything better.
const DEFAULT: &[&str] = &[r"[\p{P}$+<=>^~|]+", GPT2_WORDS, r"\p{N}+", "[0-9][0-9][0-9]"];
const CHAMELEON: &[&str] = &[
    "<sentinel:[0-9]+>",
    "IMGIMG[A-I]{1,4}Z",
    r"[\t\n]|    |  ",
    r"\p{N}",
    r"[\p{P}!-/:-@\[-`{-~]",
    GPT2_WORDS,
];
const DEEPSEEK_CODER: &[&str] = &[
    r"[\r\n]",
    r"\s?\p{L}+",
    r"\s?\p{P}+",
    r"[\x{4e00}-\x{9fa5}\x{800}-\x{4e00}\x{ac00}-\x{d7ff}]+",
    r"\p{N}",
];
const DEEPSEEK_LLM: &[&str] = &[
    r"[\r\n]",
    // Letters with two cases, as far as the model's authors knew them.
    concat!(
        r"\s?[",
        "A-Za-z\u{b5}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{1ba}\u{1bc}-\u{1bf}\u{1c4}-\u{293}",
        "\u{295}-\u{2af}\u{370}-\u{373}\u{376}\u{377}\u{37b}-\u{37d}\u{37f}\u{386}\u{388}-\u{38a}\u{38c}",
        "\u{38e}-\u{3a1}\u{3a3}-\u{3f5}\u{3f7}-\u{481}\u{48a}-\u{52f}\u{531}-\u{556}\u{10a0}-\u{10c5}",
        "\u{13a0}-\u{13f5}\u{13f8}-\u{13fd}\u{1c90}-\u{1cba}\u{1cbd}-\u{1cbf}\u{1d00}-\u{1d2b}",
        "\u{1d6b}-\u{1d77}\u{1d79}-\u{1d9a}\u{1e00}-\u{1f15}\u{1f18}-\u{1f1d}\u{1f20}-\u{1f45}",
        "\u{1f48}-\u{1f4d}\u{1f50}-\u{1f57}\u{1f59}\u{1f5b}\u{1f5d}\u{1f5f}-\u{1f7d}\u{1f80}-\u{1fb4}",
        "\u{1fb6}-\u{1fbc}\u{1fbe}\u{1fc2}-\u{1fc4}\u{1fc6}-\u{1fcc}\u{1fd0}-\u{1fd3}\u{1fd6}-\u{1fdb}",
        "\u{1fe0}-\u{1fec}\u{1ff2}-\u{1ff4}\u{1ff6}-\u{1ffc}\u{2102}\u{2107}\u{210a}-\u{2113}\u{2115}",
        "\u{2119}-\u{211d}\u{2124}\u{2126}\u{212a}-\u{212d}\u{212f}-\u{2134}\u{2139}\u{213c}-\u{213f}",
        "\u{2145}-\u{2149}\u{214e}\u{2183}\u{2184}\u{2c00}-\u{2c7b}\u{2c7e}-\u{2ce4}\u{2ceb}-\u{2cee}",
        "\u{2cf2}\u{2cf3}\u{a640}-\u{a66d}\u{a680}-\u{a69b}\u{a722}-\u{a76f}\u{a771}-\u{a787}",
        "\u{a78b}-\u{a78e}\u{ab70}-\u{abbf}\u{fb00}-\u{fb06}\u{fb13}-\u{fb17}\u{ff21}-\u{ff3a}",
        "\u{ff41}-\u{ff5a}\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}",
        "\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}",
        "]+"
    ),
    r"\s?[!-/:-~\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff5e}\x{2018}-\x{201f}\x{3000}-\x{3002}]+",
    r"\s+$",
    r"[\x{4e00}-\x{9fa5}\x{800}-\x{4e00}\x{ac00}-\x{d7ff}]+",
    r"\p{N}",
];
const CHINESE_AND_JAPANESE: &str = r"[\x{4e00}-\x{9fa5}\x{3040}-\x{30ff}]+";
const DEEPSEEK_V3: &[&str] =
    &[r"\p{N}{1,3}", CHINESE_AND_JAPANESE, concat!(deepseek!(r"[\r\n]*|"), spaces!())];
const SPARK: &[&str] =
    &[r"\p{N}{1,3}", CHINESE_AND_JAPANESE, concat!(deepseek!(r"|[\r\n]|"), r"\s+(?!\S)|\s+"), r"\p{N}"];
/// Runs of numbers are cut into threes from their end; East Asian scripts stand apart.
const AFMOE: &[&str] = &[
    r"\p{N}+",
    r"^\p{N}{1,2}(?=(?:\p{N}{3})+$)",
    r"\p{N}{3}",
    concat!(
        r"[\x{4e00}-\x{9fff}\x{3400}-\x{4dbf}\x{f900}-\x{faff}\x{3040}-\x{30ff}\x{ff65}-\x{ff9f}\x{2f00}-\x{2fdf}",
        r"\x{e40}-\x{eff}\x{1780}-\x{17ff}\x{1000}-\x{109f}\x{aa60}-\x{aa7f}\x{a9e0}-\x{a9ff}\x{ac00}-\x{d7af}",
        r"\x{1100}-\x{11ff}]+"
    ),
    concat!(deepseek!(r"[\r\n]*|"), spaces!()),
];
const BLOOM: &[&str] = &[BLOOM_WORDS];
const VIKING: &[&str] = &[BLOOM_WORDS, r"\p{N}"];
const BLOOM_WORDS: &str = r" ?[^(\s|.,!?…。，、।۔،)]+";
/// Lines apart from the ends of lines.
const LINES: &str = r"[^\n]+|\n+";

/// GPT-2's rules.
const PLAIN: Pre = Pre {
    names: &[
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
    ],
    patterns: GPT2,
    letters: Letters::Bytes,
    ignore_merges: false,
    around: Around::Nothing,
    nfc: false,
};

const fn rule(names: &'static [&'static str], patterns: &'static [&'static str]) -> Pre {
    Pre { names, patterns, ..PLAIN }
}

/// All rules.
const RULES: &[Pre] = &[
    PLAIN,
    rule(&["default"], DEFAULT),
    Pre { around: Around::End, ..rule(&["jina-v1-en", "jina-v2-code", "roberta-bpe"], GPT2) },
    rule(
        &["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"],
        SINGLE_DIGITS,
    ),
    Pre { ignore_merges: true, around: Around::Beginning, ..rule(LLAMA3_NAMES, LLAMA3) },
    rule(&["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], LLAMA3),
    rule(&["jais-2"], JAIS2),
    Pre { ignore_merges: true, ..rule(&["minicpm5"], MINICPM5) },
    Pre { nfc: true, ..rule(&["qwen2", "deepseek-r1-qwen"], QWEN2) },
    rule(&["kormo", "f2llmv2", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2"], QWEN2),
    Pre { nfc: true, ..rule(&["qwen35"], QWEN35) },
    rule(&["ufakzeka"], UFAKZEKA),
    rule(&["laguna"], LAGUNA),
    rule(&["exaone-moe"], EXAONE_MOE),
    rule(&["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], O200K),
    Pre { ignore_merges: true, ..rule(&["granite-embed-multi-97m"], O200K) },
    rule(&["tiny_aya", "cohere2moe"], TINY_AYA),
    rule(&["superbpe"], SUPERBPE),
    Pre { ignore_merges: true, around: Around::Beginning, ..rule(&["tekken"], TEKKEN) },
    rule(&["kimi-k2"], KIMI),
    Pre { ignore_merges: true, ..rule(&["youtu"], YOUTU) },
    rule(&["seed-coder"], SEED),
    rule(&["bailingmoe", "bailingmoe2", "llada-moe"], BAILING),
    rule(&["falcon"], FALCON),
    Pre { around: Around::Beginning, ..rule(&["chameleon"], CHAMELEON) },
    rule(&["deepseek-coder"], DEEPSEEK_CODER),
    rule(&["deepseek-llm"], DEEPSEEK_LLM),
    rule(&["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"], DEEPSEEK_V3),
    rule(&["spark2_5"], SPARK),
    rule(&["afmoe"], AFMOE),
    rule(&["bloom", "gpt3-finnish", "poro-chat"], BLOOM),
    rule(&["viking"], VIKING),
    Pre {
        letters: Letters::Marked,
        around: Around::Beginning,
        ..rule(&["gemma4", "granite-embed-multi-311m"], &[LINES])
    },
    Pre { letters: Letters::Marked, ..rule(&["sarvam-moe"], &[LINES]) },
    Pre { letters: Letters::Words, ..rule(&["whitespace"], &[r"\S+"]) },
];

const LLAMA3_NAMES: &[&str] = &[
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
    pub(super) const DEFAULT: Self = PLAIN;

    /// What a name stands for.
    pub(super) fn named(name: &str) -> Option<Self> {
        RULES.iter().find(|rule| rule.names.contains(&name)).copied()
    }
}

#[cfg(test)]
mod tests;
