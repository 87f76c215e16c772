//! GGUF models: their matrix of tokens, in whatever precision, with the vocabulary that the same file holds as names.
//!
//! Source: see [`crate::files::gguf`]. Read is every matrix (a tensor of two dimensions) of the types of [`DType`]; the
//! names of tensors and keys are those that llama.cpp gives them. A file without tensors is a tokenizer and no table. One
//! matrix is looked at: the others cost nothing.

use super::super::dtype::DType;
use super::super::rows::Rows;
use super::super::warning::Warning;
use super::super::words::Words;
use super::{Format, NamesFrom, PARAMETERS, Parsed, check_shape, malformed, matrix_about, vocabulary};
use crate::files::gguf::{ElementType, Gguf, NAME, Tensor};
use crate::files::problem::{Place, Problem, grouped};
use crate::files::{Alternative, Choice, Choosable, Source, is_gguf};
use crate::progress::Progress;

/// The matrix of tokens, and the one that turns what a model computed into tokens again.
const TOKENS: &str = "token_embd.weight";
const OUTPUT: &str = "output.weight";

/// A GGUF model.
pub struct GgufModel;

impl Format for GgufModel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        // A file cut off this early is no vocabulary either: reading it says what is wrong.
        is_gguf(bytes) && bytes.get(8..16).is_none_or(|tensors| tensors.iter().any(|&byte| byte != 0))
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let gguf = Gguf::read(source.bytes())?;
        progress.check()?;
        let (choice, tensor, dtype) = matrix(&gguf, source.parts())?;
        let (rows, dims) = tensor.matrix().ok_or(Problem::Unrecognized)?;
        check_shape(NAME, rows, dims)?;
        let (count, dims) = (rows as usize, dims as usize);
        let bytes = source.bytes().slice(tensor.data.clone()).ok_or(Problem::Unrecognized)?.held();
        let found = Rows::contiguous(bytes, dtype, 0, count, dims).ok_or(Problem::Unrecognized)?;
        let mut warnings = Vec::new();
        if source.parts().is_empty() && tensor.name != TOKENS {
            warnings.push(Warning::NotOfTokens { wanted: TOKENS, shown: tensor.name.clone() });
        }
        let (words, names) = names(&gguf, source, tensor, count, &mut warnings)?;
        let facts = facts(&gguf);
        Ok(Parsed { names, choices: vec![choice], facts, warnings, ..Parsed::new(words, found) })
    }
}

/// How a type's numbers are read, if they are.
fn dtype(element: ElementType) -> Option<DType> {
    Some(match element.name()? {
        "F32" => DType::F32,
        "F16" => DType::F16,
        "BF16" => DType::Bf16,
        "F64" => DType::F64,
        "I8" => DType::I8,
        "Q4_0" => DType::Q4_0,
        "Q4_1" => DType::Q4_1,
        "Q5_0" => DType::Q5_0,
        "Q5_1" => DType::Q5_1,
        "Q8_0" => DType::Q8_0,
        "Q2_K" => DType::Q2K,
        "Q3_K" => DType::Q3K,
        "Q4_K" => DType::Q4K,
        "Q5_K" => DType::Q5K,
        "Q6_K" => DType::Q6K,
        "Q8_K" => DType::Q8K,
        "IQ3_S" => DType::Iq3S,
        "IQ4_NL" => DType::Iq4Nl,
        "IQ4_XS" => DType::Iq4Xs,
        _ => return None,
    })
}

/// The matrix that is wanted, by default that of the tokens, among all that can be read.
fn matrix<'a>(gguf: &'a Gguf, parts: &[String]) -> Result<(Choice, &'a Tensor, DType), Problem> {
    let readable = |tensor: &&Tensor| tensor.matrix().is_some() && dtype(tensor.element).is_some();
    let mut matrices: Vec<&Tensor> = gguf.tensors().iter().filter(readable).collect();
    matrices.sort_by_key(|tensor| match tensor.name.as_str() {
        TOKENS => 0,
        OUTPUT => 1,
        _ => 2,
    });
    let unread = gguf.tensor(TOKENS).filter(|tensor| !readable(tensor));
    if let Some(tokens) = unread.filter(|_| parts.is_empty()).or(unread.filter(|_| matrices.is_empty())) {
        let kind =
            tokens.element.name().map_or_else(|| format!("number {}", tokens.element.0), str::to_owned);
        let what = format!("its matrix of tokens has numbers of type {kind}, which are not read");
        let advice =
            "get the model in a type such as Q8_0 or Q4_K_M, or choose another of its matrices by name";
        return Err(malformed(NAME, Place::Byte(tokens.data.start as u64), what, advice));
    }
    if matrices.is_empty() {
        let what = format!("none of its {} tensors is a matrix that can be read", gguf.tensors().len());
        return Err(malformed(NAME, Place::Byte(8), what, "choose the file that holds the matrix of tokens"));
    }
    let about = |tensor: &&Tensor| {
        let (rows, dims) = tensor.matrix().unwrap_or_default();
        let about = matrix_about(rows as usize, dims as usize, dtype(tensor.element).map_or("", DType::name));
        Alternative { name: tensor.name.clone(), about }
    };
    let choice = Choice::new(Choosable::Matrix, matrices.iter().map(about).collect(), parts);
    let choice = if matrices[0].name == TOKENS { choice.because("the token matrix") } else { choice };
    let tensor = matrices[choice.chosen];
    let dtype = dtype(tensor.element).ok_or(Problem::Unrecognized)?;
    Ok((choice, tensor, dtype))
}

/// The vocabulary for matrices whose rows are tokens, and numbers for others.
fn names(
    gguf: &Gguf,
    source: &Source,
    tensor: &Tensor,
    rows: usize,
    warnings: &mut Vec<Warning>,
) -> Result<(Words, NamesFrom), Problem> {
    let of_tokens = [TOKENS, OUTPUT].contains(&tensor.name.as_str());
    let Some(tokens) = gguf.strings("tokenizer.ggml.tokens") else {
        return if of_tokens {
            vocabulary::names(source, rows, rows as u64, warnings)
        } else {
            numbered(rows)
        };
    };
    if !of_tokens && tokens.len() != rows {
        return numbered(rows);
    }
    let named = tokens.len();
    let mut words = Words::default();
    let mut invalid = 0;
    for token in tokens.take(rows) {
        let token = String::from_utf8_lossy(token);
        invalid += usize::from(matches!(token, std::borrow::Cow::Owned(_)));
        words.push(&token)?;
    }
    for row in words.len()..rows {
        words.push(&format!("[row {row}]"))?;
    }
    if invalid > 0 {
        warnings.push(Warning::InvalidUtf8 { words: invalid });
    }
    if named < rows {
        warnings.push(Warning::UnnamedRows { rows: (rows - named) as u64 });
    } else if named > rows {
        warnings.push(Warning::UnusedNames { names: (named - rows) as u64 });
    }
    Ok((words, NamesFrom::Itself))
}

fn numbered(rows: usize) -> Result<(Words, NamesFrom), Problem> {
    Ok((Words::numbered(rows)?, NamesFrom::Numbers))
}

/// What the file says of its model.
fn facts(gguf: &Gguf) -> Vec<(String, String)> {
    let architecture = gguf.string("general.architecture");
    let number = |key: &str| gguf.number(&format!("{}.{key}", architecture.as_deref()?)).map(grouped);
    let has = |name| gguf.tensor(name).is_some();
    let output = match (has(TOKENS), has(OUTPUT)) {
        (_, true) => Some(format!("of its own ({OUTPUT})")),
        (true, false) => Some("tied: the matrix of tokens serves again".to_owned()),
        (false, false) => None,
    };
    let tokenizer = gguf.string("tokenizer.ggml.model").map(|model| {
        gguf.string("tokenizer.ggml.pre").map_or_else(|| model.to_string(), |pre| format!("{model} ({pre})"))
    });
    let parameters = gguf.tensors().iter().fold(0, |sum: u64, tensor| sum.saturating_add(tensor.numbers()));
    let facts = [
        ("Model", gguf.string("general.name").map(String::from)),
        ("Architecture", architecture.as_deref().map(str::to_owned)),
        (PARAMETERS, Some(grouped(parameters))),
        ("Context length", number("context_length").map(|tokens| format!("{tokens} tokens"))),
        ("Embedding length", number("embedding_length")),
        ("Layers", number("block_count")),
        ("Output matrix", output),
        ("Tokenizer model", tokenizer),
        ("File type", gguf.number("general.file_type").map(file_type)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// What most of the matrices are stored in, by llama.cpp's number for such a mixture.
fn file_type(number: u64) -> String {
    let name = match number {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        21 => "Q2_K_S",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        24 => "IQ1_S",
        25 => "IQ4_NL",
        26 => "IQ3_S",
        27 => "IQ3_M",
        28 => "IQ2_S",
        29 => "IQ2_M",
        30 => "IQ4_XS",
        31 => "IQ1_M",
        32 => "BF16",
        36 => "TQ1_0",
        37 => "TQ2_0",
        38 => "MXFP4",
        _ => return format!("number {number}"),
    };
    format!("mostly {name}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::gguf::tests::Builder;
    use crate::progress::Unwatched;
    use crate::vectors::open_source;

    /// Three tokens of 32 numbers in `Q8_0`: a scale of a half, and the numbers `first`, 1, 2, ….
    fn tokens() -> Vec<u8> {
        let row = |first: u8| [&[0x00, 0x38, first][..], &(1..32).collect::<Vec<u8>>()].concat();
        [10, 20, 0xFE].map(row).concat()
    }

    fn model() -> Builder {
        Builder::default()
            .string("general.architecture", "llama")
            .string("general.name", "A model")
            .number("llama.context_length", 8192)
            .number("llama.block_count", 2)
            .number("general.file_type", 15)
            .string("tokenizer.ggml.model", "gpt2")
            .strings("tokenizer.ggml.tokens", &["<s>", "Ġthe", "ness"])
            .tensor("blk.0.attn_q.weight", &[2, 2], 0, &[0, 0, 128, 63].repeat(4))
            .tensor("blk.0.norm", &[2], 0, &[0; 8])
            .tensor("blk.0.odd", &[256, 1], 16, &[0; 66])
            .tensor(TOKENS, &[32, 3], 8, &tokens())
    }

    fn read(model: &Builder, parts: &[&str]) -> Result<Parsed, Problem> {
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let source = Source::from_memory("m.gguf", model.build(), Vec::new())?.with_parts(&parts);
        assert!(GgufModel.recognizes(&source));
        GgufModel.read(&source, &Unwatched)
    }

    fn said(parsed: &Parsed, fact: &str) -> String {
        parsed.facts.iter().find(|(name, _)| name == fact).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    #[test]
    fn the_matrix_of_tokens_is_proposed_with_its_names_and_the_models_facts() {
        let parsed = read(&model(), &[]).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["<s>", "Ġthe", "ness"]);
        assert_eq!((parsed.rows.dtype(), parsed.rows.dims()), (DType::Q8_0, 32));
        assert_eq!(
            (parsed.rows.row(1)[0], parsed.rows.row(2)[0], parsed.rows.row(2)[31]),
            (10.0, -1.0, 15.5)
        );
        let options = &parsed.choices[0].options;
        assert_eq!(options.len(), 2, "neither lists of numbers nor types that are not read");
        assert_eq!((options[0].name.as_str(), options[0].about.as_str()), (TOKENS, "3 × 32, Q8_0"));
        for (fact, value) in [
            ("Model", "A model"),
            ("Architecture", "llama"),
            ("Context length", "8,192 tokens"),
            ("Layers", "2"),
            ("Parameters", "358"),
            ("File type", "mostly Q4_K_M"),
            ("Tokenizer model", "gpt2"),
            ("Embedding length", ""),
        ] {
            assert_eq!(said(&parsed, fact), value, "{fact}");
        }
        assert!(said(&parsed, "Output matrix").starts_with("tied") && parsed.warnings.is_empty());
    }

    #[test]
    fn another_matrix_is_opened_when_asked_for_and_its_rows_are_numbered() {
        let parsed = read(&model(), &["blk.0.attn_q.weight"]).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["0", "1"]);
        assert_eq!((&*parsed.rows.row(1), parsed.names), (&[1.0, 1.0][..], NamesFrom::Numbers));
        let untied = model().tensor(OUTPUT, &[32, 3], 8, &tokens());
        let parsed = read(&untied, &[OUTPUT]).unwrap();
        assert_eq!((parsed.words.get(1), parsed.choices[0].chosen), ("Ġthe", 1));
        assert!(said(&parsed, "Output matrix").starts_with("of its own"));
    }

    #[test]
    fn rows_beyond_the_vocabulary_are_named_by_their_number() {
        let more = model().tensor("token_embd.weight", &[32, 3], 8, &tokens());
        let fewer = Builder::default().strings("tokenizer.ggml.tokens", &["a"]).tensor(
            TOKENS,
            &[32, 3],
            8,
            &tokens(),
        );
        assert!(read(&more, &[]).is_ok());
        let parsed = read(&fewer, &[]).unwrap();
        assert_eq!(
            (parsed.words.get(2), parsed.warnings),
            ("[row 2]", vec![Warning::UnnamedRows { rows: 2 }])
        );
        let more = Builder::default().strings("tokenizer.ggml.tokens", &["a", "b", "c", "d", "e"]).tensor(
            TOKENS,
            &[32, 3],
            8,
            &tokens(),
        );
        assert_eq!(read(&more, &[]).unwrap().warnings, [Warning::UnusedNames { names: 2 }]);
        let none = Builder::default().tensor(TOKENS, &[32, 3], 8, &tokens());
        assert_eq!(read(&none, &[]).unwrap().warnings, [Warning::NoWordList]);
    }

    #[test]
    fn a_model_without_a_matrix_of_tokens_says_what_it_shows_instead() {
        let model = Builder::default().tensor("a", &[2, 2], 0, &[0; 16]);
        let instead = Warning::NotOfTokens { wanted: TOKENS, shown: "a".into() };
        assert_eq!(read(&model, &[]).unwrap().warnings, [instead]);
        assert_eq!(read(&model, &["a"]).unwrap().warnings, [], "it was asked for");
    }

    #[test]
    fn a_vocabulary_without_tensors_is_no_table_and_types_that_are_not_read_are_said() {
        let vocabulary = Builder::default().strings("tokenizer.ggml.tokens", &["a"]).build();
        assert!(!GgufModel.recognizes(&Source::from_memory("v.gguf", vocabulary, Vec::new()).unwrap()));
        let odd = |model: Builder| model.tensor(TOKENS, &[256, 1], 16, &[0; 66]);
        let error = read(&odd(Builder::default()), &[]).err().unwrap().to_string();
        assert!(error.contains("type IQ2_XXS, which are not read") && error.contains("Q8_0"), "{error}");
        let other = odd(Builder::default()).tensor("a", &[2, 2], 0, &[0; 16]);
        assert!(read(&other, &[]).is_err() && read(&other, &["a"]).is_ok());
        let flat = Builder::default().tensor("a", &[4], 0, &[0; 16]);
        assert!(read(&flat, &[]).err().unwrap().to_string().contains("none of its 1 tensors"));
        let wide = Builder::default().tensor("a", &[70_000, 1], 24, &vec![0; 70_000]);
        assert!(matches!(read(&wide, &[]), Err(Problem::TooLarge { .. })));
        let empty = Builder::default().tensor("a", &[4, 0], 0, &[]);
        assert!(read(&empty, &[]).err().unwrap().to_string().contains("holds nothing"));
    }

    proptest! {
        #[test]
        fn damage_is_refused_or_harmless(
            cut in 0_usize..2_000,
            flips in prop::collection::vec((0_usize..2_000, any::<u8>()), 0..5),
        ) {
            let mut bytes = model().build();
            let length = bytes.len();
            for (at, with) in flips {
                bytes[at % length] = with;
            }
            bytes.truncate(length.saturating_sub(cut / 3).max(1));
            let source = Source::from_memory("m.gguf", bytes, Vec::new()).unwrap();
            if let Ok(opened) = open_source(&source, &Unwatched) {
                prop_assert_eq!(opened.table.row(0).len(), opened.table.dims());
            }
        }
    }
}
