//! safetensors: named tensors behind a JSON header. The token matrix of a language model is one of them.
//!
//! Source: the format's description in the `safetensors` crate, which reads the header and checks every declared
//! offset against the file.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::super::rows::Rows;
use super::super::table::DType;
use super::{Format, Parsed, check_shape, malformed, matrix_about, vocabulary};
use crate::files::Source;
use crate::files::problem::{Place, Problem};
use crate::files::{Alternative, Choice, Choosable};
use crate::progress::Progress;

const NAME: &str = "safetensors";

/// The crate takes headers up to this size.
const LONGEST_HEADER: u64 = 100_000_000;

/// How models call their token matrix, the more certain names first.
const TOKEN_MATRICES: &[&str] = &[
    "word_embeddings.weight",
    "embed_tokens.weight",
    "wte.weight",
    "tok_embeddings.weight",
    "token_embedding.weight",
    "token_embd.weight",
    "shared.weight",
    "word_embeddings",
    "embedding.weight",
    "embeddings.weight",
    "embedding",
    "embeddings",
    "vectors",
];

/// safetensors.
pub struct Safetensors;

impl Format for Safetensors {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return false };
        (2..=LONGEST_HEADER).contains(&u64::from_le_bytes(*length))
            && rest.trim_ascii_start().starts_with(b"{")
            && rest
                .iter()
                .find(|byte| **byte != b'{' && !byte.is_ascii_whitespace())
                .is_some_and(|b| matches!(b, b'"' | b'}'))
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let bytes = source.held();
        progress.check()?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| {
            let advice = "get the file again; it may have been cut off";
            malformed(NAME, Place::Byte(0), format!("the header does not fit the file: {error}"), advice)
        })?;
        let (choice, view, dtype) = token_matrix(&tensors, source.parts())?;
        let (rows, dims) = (view.shape()[0], view.shape()[1]);
        check_shape(NAME, rows as u64, dims as u64)?;
        let start = view.data().as_ptr() as usize - bytes.as_ptr() as usize;
        let found = Rows::contiguous(bytes.clone(), dtype, start, rows, dims).ok_or(Problem::Unrecognized)?;
        let mut warnings = Vec::new();
        let (words, names) = vocabulary::names(source, rows, rows as u64, &mut warnings)?;
        Ok(Parsed { names, choices: vec![choice], warnings, ..Parsed::new(words, found) })
    }
}

/// The matrix whose name says that it holds tokens; otherwise the one with the most rows.
fn token_matrix<'a>(
    tensors: &SafeTensors<'a>,
    parts: &[String],
) -> Result<(Choice, TensorView<'a>, DType), Problem> {
    let mut matrices: Vec<_> = tensors
        .tensors()
        .into_iter()
        .filter(|(_, view)| view.shape().len() == 2)
        .filter_map(|(name, view)| dtype(view.dtype()).map(|dtype| (name, view, dtype)))
        .collect();
    let rank = |name: &str| {
        let named = |token_matrix: &str| {
            name.strip_suffix(token_matrix)
                .is_some_and(|before| before.is_empty() || before.ends_with(['.', '/', '_']))
        };
        TOKEN_MATRICES.iter().position(|matrix| named(matrix)).unwrap_or(TOKEN_MATRICES.len())
    };
    matrices.sort_by_cached_key(|(name, view, _)| (rank(name), usize::MAX - view.shape()[0], name.clone()));
    if matrices.is_empty() {
        let what = format!("none of its {} tensors is a matrix of f32, f16, bf16 or f64", tensors.len());
        return Err(malformed(NAME, Place::Byte(8), what, "choose the file that holds the token embeddings"));
    }
    let about = |(name, view, dtype): &(String, TensorView, DType)| Alternative {
        name: name.clone(),
        about: matrix_about(view.shape()[0], view.shape()[1], dtype.name()),
    };
    let choice = Choice::new(Choosable::Matrix, matrices.iter().map(about).collect(), parts);
    let (_, view, dtype) = matrices.swap_remove(choice.chosen);
    Ok((choice, view, dtype))
}

fn dtype(dtype: Dtype) -> Option<DType> {
    match dtype {
        Dtype::F32 => Some(DType::F32),
        Dtype::F16 => Some(DType::F16),
        Dtype::BF16 => Some(DType::Bf16),
        Dtype::F64 => Some(DType::F64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::progress::Unwatched;

    /// A file of tensors: name, type, shape, and as many zero bytes as their data takes.
    fn file(tensors: &[(&str, &str, &[usize], usize)], padding: usize) -> Vec<u8> {
        let mut header = String::from("{");
        let mut at = 0;
        for (name, dtype, shape, size) in tensors {
            let comma = if at == 0 { "" } else { "," };
            let end = at + size;
            write!(
                header,
                r#"{comma}"{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{at},{end}]}}"#
            )
            .unwrap();
            at = end;
        }
        header += "}";
        header += &" ".repeat(padding);
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        bytes.extend((0..at).map(|i| (i % 64) as u8));
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Parsed, Problem> {
        let source = Source::from_memory("x.safetensors", bytes, Vec::new())?;
        assert!(Safetensors.recognizes(&source));
        Safetensors.read(&source, &Unwatched)
    }

    #[test]
    fn the_token_matrix_is_chosen_by_its_name_and_else_by_its_rows() {
        let position = ("position_embeddings.weight", "F32", &[9, 2][..], 72);
        let parsed = read(file(&[position, ("bert.word_embeddings.weight", "F16", &[3, 2], 12)], 0)).unwrap();
        assert_eq!(parsed.choices[0].name(), "bert.word_embeddings.weight");
        assert_eq!((parsed.rows.count(), parsed.rows.dtype()), (3, DType::F16));
        let parsed =
            read(file(&[("layer", "F32", &[4, 2], 32), position, ("bias", "F32", &[50], 200)], 0)).unwrap();
        assert_eq!(parsed.choices[0].name(), "position_embeddings.weight");
    }

    #[test]
    fn numbers_are_read_at_every_alignment() {
        let expected = f32::from_le_bytes([0, 1, 2, 3]);
        for padding in 0..8 {
            let parsed = read(file(&[("wte.weight", "F32", &[3, 2], 24)], padding)).unwrap();
            assert_eq!(parsed.rows.row(0)[0].to_bits(), expected.to_bits());
        }
    }

    #[test]
    fn files_that_are_cut_off_or_hold_no_matrix_are_refused() {
        let whole = file(&[("wte.weight", "F32", &[3, 2], 24)], 0);
        assert!(read(whole[..whole.len() - 1].to_vec()).err().unwrap().to_string().contains("cut off"));
        for tensor in [("a", "I64", &[2, 2][..], 32), ("a", "F32", &[6][..], 24)] {
            assert!(read(file(&[tensor], 0)).err().unwrap().to_string().contains("none of its 1 tensors"));
        }
        let overflow = file(&[("a", "F32", &[usize::MAX, 8][..], 24)], 0);
        assert!(matches!(read(overflow), Err(Problem::Malformed { .. })));
    }
}
