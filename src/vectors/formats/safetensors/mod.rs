//! safetensors: named tensors behind a JSON header. The token matrix of a language model is one of them.
//!
//! Source: the format's description in the `safetensors` crate, which reads the header and checks every declared
//! offset against the file. Read are matrices (tensors of two dimensions) of f32, f16, bf16, f64 and i8; of models in
//! several files ([`shards`]) those of all files; whole numbers with the scales that stand beside them ([`scales`]).
//! `config.json` beside the model says more of it.

mod scales;
mod shards;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use safetensors::Dtype;
use safetensors::tensor::TensorInfo;

use super::super::dtype::DType;
use super::super::rows::Rows;
use super::super::warning::Warning;
use super::super::words::Words;
use super::{
    Format, NamesFrom, PARAMETERS, Parsed, check_shape, config, malformed, matrix_about, vocabulary,
};
use crate::files::problem::{Place, Problem, grouped};
use crate::files::{Alternative, Bytes, Choice, Choosable, Source};
use crate::progress::Progress;
use shards::Shards;

const NAME: &str = "safetensors";

/// The crate takes headers up to this size.
const LONGEST_HEADER: u64 = 100_000_000;

/// How models call their token matrix, the more certain names first; last, how they call the matrix that turns what they
/// computed into tokens again.
const TOKEN_MATRICES: &[&str] = &[
    "word_embeddings.weight",
    "word_embedding.weight",
    "embed_tokens.weight",
    "tokens_embed.weight",
    "embed_in.weight",
    "wte.weight",
    "tok_embeddings.weight",
    "token_embedding.weight",
    "token_embeddings.weight",
    "token_embd.weight",
    "shared.weight",
    "emb.weight",
    "word_embeddings",
    "embedding.weight",
    "embeddings.weight",
    "embedding",
    "embeddings",
    "vectors",
    OUTPUT,
];
const OUTPUT: &str = "lm_head.weight";

/// safetensors.
pub struct Safetensors;

impl Format for Safetensors {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        if shards::is_index(bytes) {
            return true;
        }
        let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return false };
        (2..=LONGEST_HEADER).contains(&u64::from_le_bytes(*length))
            && rest.trim_ascii_start().starts_with(b"{")
            && rest
                .iter()
                .find(|byte| **byte != b'{' && !byte.is_ascii_whitespace())
                .is_some_and(|b| matches!(b, b'"' | b'}'))
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let shards = Shards::of(source, progress)?;
        let mut warnings = Vec::new();
        let tensors = shards.tensors();
        let best = tensors.keys().map(|name| rank(name)).min().unwrap_or(TOKEN_MATRICES.len());
        shards.check_missing(|name| rank(name) < best, source.parts(), &mut warnings)?;
        let (choice, matrix) = matrix(&tensors, source.parts())?;
        let ([rows, dims], dtype) = (matrix.shape, matrix.dtype);
        check_shape(NAME, rows as u64, dims as u64)?;
        let bytes = tensors[&matrix.name].data().ok_or(Problem::Unrecognized)?.held();
        let mut found = Rows::contiguous(bytes, dtype, 0, rows, dims).ok_or(Problem::Unrecognized)?;
        if dtype == DType::I8 {
            if scales::are_shifted(&tensors, &matrix.name) {
                return Err(Problem::Unsupported {
                    what: "a matrix of 8-bit integers with zero points, which are not read",
                    advice: "get the model in f16 or f32, or as GGUF",
                });
            }
            match scales::of(&tensors, &matrix.name, rows) {
                Some(scales) => found = found.with_scales(scales).ok_or(Problem::Unrecognized)?,
                None => warnings.push(Warning::Unscaled),
            }
        }
        let (words, names) = if matrix.is_of_tokens {
            vocabulary::names(source, rows, rows as u64, &mut warnings)?
        } else {
            // Nothing says that its rows are tokens; but a list of just as many words does name them.
            match vocabulary::by_list(source, rows, rows as u64, &mut None, &mut warnings)? {
                Some(listed) => listed,
                None => (Words::numbered(rows)?, NamesFrom::Numbers),
            }
        };
        let facts = facts(source, &shards, &tensors)?;
        Ok(Parsed { names, choices: vec![choice], facts, warnings, ..Parsed::new(words, found) })
    }
}

/// Tensors by their names.
type Tensors<'a> = BTreeMap<String, Tensor<'a>>;

/// A tensor, and the file that holds it.
struct Tensor<'a> {
    info: &'a TensorInfo,
    file: &'a Bytes,
    /// Where the tensors' data begin in the file.
    start: usize,
}

impl Tensor<'_> {
    /// Its bytes, as many as its shape asks for: the crate has checked that, and that they are in the file.
    fn data(&self) -> Option<Bytes> {
        let (from, to) = self.info.data_offsets;
        self.file.slice(self.start.checked_add(from)?..self.start.checked_add(to)?)
    }

    fn numbers(&self) -> usize {
        self.info.shape.iter().product()
    }
}

/// How certainly a name is that of a token matrix: less is more certain, the length of the list is not at all. What
/// goes before is the part of the model, never half a name: `position_embeddings.weight` are no `embeddings.weight`.
fn rank(name: &str) -> usize {
    let named = |token_matrix: &str| {
        name.strip_suffix(token_matrix)
            .is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
    };
    TOKEN_MATRICES.iter().position(|matrix| named(matrix)).unwrap_or(TOKEN_MATRICES.len())
}

/// A matrix that can be read.
struct Matrix {
    name: String,
    /// Rows and the numbers in each.
    shape: [usize; 2],
    dtype: DType,
    /// Whether its name says so, or it has as many rows as the one whose name does.
    is_of_tokens: bool,
}

/// The matrix that is wanted: by default one whose name says that it holds tokens; otherwise the one with the most rows.
fn matrix(tensors: &Tensors, parts: &[String]) -> Result<(Choice, Matrix), Problem> {
    let readable = |(name, tensor): (&String, &Tensor)| {
        let &[rows, dims] = &tensor.info.shape[..] else { return None };
        let dtype = dtype(tensor.info.dtype)?;
        Some(Matrix { name: name.clone(), shape: [rows, dims], dtype, is_of_tokens: false })
    };
    let mut matrices: Vec<Matrix> = tensors.iter().filter_map(readable).collect();
    let larger = |length: usize| usize::MAX - length;
    matrices.sort_by_cached_key(|matrix| (rank(&matrix.name), matrix.shape.map(larger), matrix.name.clone()));
    if matrices.is_empty() {
        let what = format!("none of its {} tensors is a matrix of f32, f16, bf16, f64 or i8", tensors.len());
        return Err(malformed(NAME, Place::Byte(8), what, "choose the file that holds the token embeddings"));
    }
    let about = |matrix: &Matrix| Alternative {
        name: matrix.name.clone(),
        about: matrix_about(matrix.shape[0], matrix.shape[1], matrix.dtype.name()),
    };
    let choice = Choice::new(Choosable::Matrix, matrices.iter().map(about).collect(), parts);
    let has_tokens = rank(&matrices[0].name) < TOKEN_MATRICES.len();
    let choice = choice.because(if has_tokens { "the token matrix" } else { "the most rows" });
    let is_of_tokens = has_tokens && matrices[choice.chosen].shape[0] == matrices[0].shape[0];
    let matrix = matrices.swap_remove(choice.chosen);
    Ok((choice, Matrix { is_of_tokens, ..matrix }))
}

fn dtype(dtype: Dtype) -> Option<DType> {
    match dtype {
        Dtype::F32 => Some(DType::F32),
        Dtype::F16 => Some(DType::F16),
        Dtype::BF16 => Some(DType::Bf16),
        Dtype::F64 => Some(DType::F64),
        Dtype::I8 => Some(DType::I8),
        _ => None,
    }
}

/// What is known of the model: from its configuration, and from its tensors.
fn facts(source: &Source, shards: &Shards, tensors: &Tensors) -> Result<Vec<(String, String)>, Problem> {
    let mut facts = Vec::new();
    let config = config::read(source)?;
    facts.extend(config.iter().flat_map(config::Config::facts));
    if tensors.contains_key(OUTPUT) {
        facts.push(("Output matrix".to_owned(), format!("of its own ({OUTPUT})")));
    } else if config.as_ref().and_then(config::Config::ties_output) == Some(true) {
        facts.push(("Output matrix".to_owned(), "tied: the matrix of tokens serves again".to_owned()));
    }
    let numbers = tensors.values().fold(0, |sum: u64, tensor| sum.saturating_add(tensor.numbers() as u64));
    facts.push((PARAMETERS.to_owned(), grouped(numbers)));
    facts.extend(shards.fact());
    facts.extend(shards.remarks());
    Ok(facts)
}
