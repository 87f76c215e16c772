//! `SentencePiece` models: `tokenizer.model`, `spiece.model`, `sentencepiece.bpe.model`.
//!
//! Specification: `sentencepiece_model.proto` of <https://github.com/google/sentencepiece>, a message in protocol buffers
//! (<https://protobuf.dev/programming-guides/encoding/>). Read are the pieces with their scores and kinds, of the trainer's
//! settings the kind of model (Unigram, BPE, words, characters), whether unknown characters are spelled in bytes and
//! whether spaces belong to the word before, and the rules of normalization. Not used are the rules for turning tokens into
//! text (no published model has any), the self-test and the other settings of training. Extensions are skipped.
//!
//! A model does not say what goes around a text: the library adds nothing unless asked to. A `tokenizer_config.json` beside
//! it may.

use super::Draft;
use super::config::Config;
use crate::tokens::sentencepiece::{Kind, Model, Parts, Piece, Rules, SentencePiece, SentencePieceError};
use crate::tokens::tokenizer::Engine;
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The largest model: 64 MiB. The largest in use have 5 MB.
const LARGEST: usize = 64 << 20;
/// The most pieces. The most in use are 262,144.
const MOST_PIECES: usize = 1 << 21;

/// `ModelProto.SentencePiece`.
#[derive(Clone, PartialEq, Message)]
struct PieceMessage {
    #[prost(string, optional, tag = "1")]
    piece: Option<String>,
    #[prost(float, optional, tag = "2")]
    score: Option<f32>,
    #[prost(int32, optional, tag = "3")]
    kind: Option<i32>,
}

/// `TrainerSpec`.
#[derive(Clone, PartialEq, Message)]
struct TrainerMessage {
    #[prost(int32, optional, tag = "3")]
    model_type: Option<i32>,
    #[prost(bool, optional, tag = "24")]
    treat_whitespace_as_suffix: Option<bool>,
    #[prost(bool, optional, tag = "35")]
    byte_fallback: Option<bool>,
}

/// `NormalizerSpec`.
#[derive(Clone, PartialEq, Message)]
struct NormalizerMessage {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "2")]
    precompiled_charsmap: Option<Vec<u8>>,
    #[prost(bool, optional, tag = "3")]
    add_dummy_prefix: Option<bool>,
    #[prost(bool, optional, tag = "4")]
    remove_extra_whitespaces: Option<bool>,
    #[prost(bool, optional, tag = "5")]
    escape_whitespaces: Option<bool>,
}

/// Why a model cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The message itself is damaged.
    #[error("it is damaged at byte {at}: {reason}; download it again")]
    Damaged {
        /// Where the field with the damage begins.
        at: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It has more pieces than any model in use.
    #[error("it has more than {MOST_PIECES} pieces; no published model comes near that")]
    TooManyPieces,
    /// It is larger than any model in use.
    #[error("it has {bytes} bytes; models up to {LARGEST} bytes are read")]
    TooLarge {
        /// The file's size.
        bytes: usize,
    },
    /// The kind of model is none of the four.
    #[error("it is of an unknown kind ({0}); known are 1 (Unigram), 2 (BPE), 3 (words) and 4 (characters)")]
    Kind(i32),
    /// Its parts do not fit together.
    #[error(transparent)]
    Parts(#[from] SentencePieceError),
}

/// One field of a message: its number, its content if that is bytes, and where it begins.
struct Field<'f> {
    number: u32,
    content: Option<&'f [u8]>,
    at: usize,
}

/// The fields of a message, one by one: a list is never held whole, however many a damaged file claims.
fn fields(message: &[u8]) -> impl Iterator<Item = Result<Field<'_>, ModelError>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        let at = message.len() - rest.len();
        let damaged = |reason: &str| ModelError::Damaged { at, reason: reason.to_owned() };
        if rest.is_empty() {
            return None;
        }
        let mut next = || {
            let (number, wire) = decode_key(&mut rest).map_err(|error| damaged(&error.to_string()))?;
            if wire != WireType::LengthDelimited {
                skip_field(wire, number, &mut rest, DecodeContext::default())
                    .map_err(|error| damaged(&error.to_string()))?;
                return Ok(Field { number, content: None, at });
            }
            let length = decode_varint(&mut rest).map_err(|error| damaged(&error.to_string()))?;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let (content, after) =
                rest.split_at_checked(length).ok_or_else(|| damaged("the file is cut short"))?;
            rest = after;
            Ok(Field { number, content: Some(content), at })
        };
        let field = next();
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

/// Whether a file begins as a model does: with pieces, each a text and a score.
pub(in crate::tokens) fn is_model(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 4;
    let is_piece = |field: &Field| {
        let piece =
            field.content.filter(|_| field.number == 1).filter(|content| content.len() <= 4 * LONGEST_SEEN);
        piece.and_then(|content| PieceMessage::decode(content).ok()).is_some_and(|piece| {
            piece.piece.is_some_and(|piece| !piece.is_empty())
                && piece.score.is_some_and(|score| !score.is_nan())
        })
    };
    // The first field of a piece is its text, and the field's number and kind make one byte.
    let mut seen = 0;
    bytes.first() == Some(&0x0a)
        && fields(bytes).take(LOOKED_AT).all(|field| {
            seen += 1;
            field.is_ok_and(|field| is_piece(&field) || seen > 1 && matches!(field.number, 2 | 3))
        })
        && seen > 1
}

/// Pieces longer than this do not begin a model.
const LONGEST_SEEN: usize = 1024;

/// Reads a model called `name`, with what lies beside it.
///
/// # Errors
/// [`ModelError`]: what is wrong, and where.
pub(in crate::tokens) fn read(bytes: &[u8], name: &str, config: &Config) -> Result<Draft, ModelError> {
    let model = model_of(bytes)?;
    let mut draft = draft_of(model);
    draft.added = config.around(|name| draft.id(name));
    config.complete(&mut draft);
    let renumbering = ["XLMRoberta", "Camembert", "MBart", "MBart50", "Nllb", "XGLM", "Barthez", "Plbart"];
    let class = config.class.as_deref().unwrap_or_default().trim_end_matches("Tokenizer");
    if renumbering.contains(&class) || (class.is_empty() && name == "sentencepiece.bpe.model") {
        draft.warnings.push(
            "Models of the XLM-RoBERTa family number these pieces in their own way, mostly one higher: the IDs here are the \
             file's. For the model's, open its tokenizer.json."
                .to_owned(),
        );
    }
    Ok(draft)
}

/// A draft of any model of this kind.
pub(super) fn draft_of(model: SentencePiece) -> Draft {
    let (algorithm, specials, normalization) = (model.algorithm(), model.specials(), said(&model));
    Draft { normalization, ..Draft::new(algorithm, Engine::SentencePiece(Box::new(model)), specials) }
}

/// What the rules of normalization do, in words.
fn said(model: &SentencePiece) -> String {
    let rules = model.rules();
    let steps = [
        (model.replaces_characters(), "characters replaced by a table"),
        (rules.remove_extra_whitespaces, "extra spaces taken away"),
        (model.puts_space(), "a space in front"),
        (rules.add_dummy_prefix && rules.treat_whitespace_as_suffix, "a space at the end"),
    ];
    let done: Vec<&str> = steps.iter().filter(|(does, _)| *does).map(|(_, step)| *step).collect();
    if done.is_empty() { "none".to_owned() } else { done.join(", ") }
}

fn model_of(bytes: &[u8]) -> Result<SentencePiece, ModelError> {
    Ok(SentencePiece::new(parts_of(bytes)?)?)
}

/// All that a model says.
pub(in crate::tokens) fn parts_of(bytes: &[u8]) -> Result<Parts, ModelError> {
    if bytes.len() > LARGEST {
        return Err(ModelError::TooLarge { bytes: bytes.len() });
    }
    let (mut pieces, mut trainer, mut normalizer) =
        (Vec::new(), TrainerMessage::default(), NormalizerMessage::default());
    for field in fields(bytes) {
        let Field { number, content, at } = field?;
        let Some(content) = content else { continue };
        let damaged = |error: prost::DecodeError| ModelError::Damaged { at, reason: error.to_string() };
        match number {
            1 => {
                if pieces.len() == MOST_PIECES {
                    return Err(ModelError::TooManyPieces);
                }
                let PieceMessage { piece, score, kind } = PieceMessage::decode(content).map_err(damaged)?;
                let kind = kind.map_or(Kind::Normal, Kind::from_number);
                pieces.push(Piece {
                    text: piece.unwrap_or_default(),
                    score: score.unwrap_or_default(),
                    kind,
                });
            }
            2 => trainer.merge(content).map_err(damaged)?,
            3 => normalizer.merge(content).map_err(damaged)?,
            _ => {}
        }
    }
    let model = match trainer.model_type.unwrap_or(1) {
        1 => Model::Unigram,
        2 => Model::Bpe,
        3 => Model::Word,
        4 => Model::Character,
        other => return Err(ModelError::Kind(other)),
    };
    let rules = Rules {
        precompiled_charsmap: normalizer.precompiled_charsmap.unwrap_or_default(),
        add_dummy_prefix: normalizer.add_dummy_prefix.unwrap_or(true),
        remove_extra_whitespaces: normalizer.remove_extra_whitespaces.unwrap_or(true),
        escape_whitespaces: normalizer.escape_whitespaces.unwrap_or(true),
        treat_whitespace_as_suffix: trainer.treat_whitespace_as_suffix.unwrap_or(false),
    };
    let byte_fallback = trainer.byte_fallback.unwrap_or(false);
    Ok(Parts { pieces, model, byte_fallback, rules, lenient: false })
}

#[cfg(test)]
mod tests {
    use super::{ModelError, PieceMessage, is_model, read};
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::{stored, with_map};
    use crate::tokens::formats::config::Config;
    use crate::tokens::{Algorithm, EncodeOptions, SentencePieceError, TokenizerFormat};
    use prost::Message;

    /// A model with these pieces and further fields.
    fn model(pieces: &[(&str, f32, i32)], more: &[(u32, &[u8])]) -> Vec<u8> {
        let mut file = Vec::new();
        for (piece, score, kind) in pieces {
            let piece =
                PieceMessage { piece: Some((*piece).to_owned()), score: Some(*score), kind: Some(*kind) };
            prost::encoding::bytes::encode(1, &piece.encode_to_vec(), &mut file);
        }
        for (number, message) in more {
            prost::encoding::bytes::encode(*number, &message.to_vec(), &mut file);
        }
        file
    }

    fn error(file: &[u8]) -> ModelError {
        read(file, "x.model", &Config::default()).err().expect("this model is wrong")
    }

    fn file(name: &str) -> &'static [u8] {
        stored().into_iter().find(|(other, _)| *other == name).unwrap().1
    }

    const PLAIN: [(&str, f32, i32); 3] = [("<unk>", 0.0, 2), ("a", -1.0, 1), ("ab", -2.0, 1)];

    #[test]
    fn models_are_recognized_and_other_bytes_are_not() {
        assert!(is_model(&model(&PLAIN, &[])));
        for (name, file) in stored() {
            assert_eq!(is_model(file), name.contains(".model"), "{name}");
        }
        for other in [&b"\n\n\nthe end\n"[..], b"\n", b"", b"\n\x03\n\x01a", b"\x08\x07"] {
            assert!(!is_model(other), "{other:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_model_is_said() {
        use ModelError::Parts;
        let unknown = ("<unk>", 0.0, 2);
        assert_eq!(error(&model(&PLAIN[1..], &[])), Parts(SentencePieceError::NoUnknown));
        let twice = model(&[unknown, ("a", 0.0, 1), ("a", 0.0, 1)], &[]);
        assert_eq!(error(&twice), Parts(SentencePieceError::Repeated(2)));
        assert_eq!(error(&model(&[unknown, ("", 0.0, 1)], &[])), Parts(SentencePieceError::EmptyPiece(1)));
        assert_eq!(error(&model(&[unknown, ("a", f32::NAN, 1)], &[])), Parts(SentencePieceError::Score(1)));
        let long = "a".repeat(2_000);
        assert_eq!(error(&model(&[unknown, (&long, 0.0, 1)], &[])), Parts(SentencePieceError::LongPiece(1)));
        // Settings: model_type 9; byte_fallback without bytes.
        assert_eq!(error(&model(&PLAIN, &[(2, &[0x18, 9])])), ModelError::Kind(9));
        let fallback = error(&model(&PLAIN, &[(2, &[0x98, 2, 1])]));
        assert_eq!(fallback, Parts(SentencePieceError::MissingByte(0)));
        // A table of replacements that claims more than it has.
        let table = error(&model(&PLAIN, &[(3, &[0x12, 5, 255, 0, 0, 0, 1])]));
        assert!(table.to_string().contains("cut short"));
        let cut = model(&PLAIN, &[]);
        let said = error(&cut[..cut.len() - 1]).to_string();
        assert!(said.contains("damaged at byte") && said.contains("cut short"), "{said}");
    }

    #[test]
    fn unknown_fields_are_skipped() {
        let file = model(&PLAIN, &[(200, b"an extension"), (4, b"")]);
        let number = [file.clone(), vec![0xa0, 0x0c, 5]].concat();
        for file in [file, number] {
            assert_eq!(read(&file, "x", &Config::default()).unwrap().algorithm, Algorithm::Unigram);
        }
    }

    #[test]
    fn the_rules_of_a_model_are_said() {
        let said = |file: &[u8]| read(file, "x", &Config::default()).unwrap().normalization;
        assert_eq!(said(file("bpe-no-prefix.model")), "none");
        assert_eq!(said(file("bpe-bytes.model")), "a space in front");
        assert_eq!(
            said(&with_map(file("unigram-map.model"))),
            "characters replaced by a table, extra spaces taken away, a space in front"
        );
    }

    #[test]
    fn models_of_another_numbering_have_a_warning() {
        let warned = |name: &str| {
            let draft = read(file("unigram-across.model"), name, &Config::default()).unwrap();
            draft.warnings.iter().any(|warning| warning.contains("XLM-RoBERTa"))
        };
        assert!(warned("sentencepiece.bpe.model") && !warned("tokenizer.model"));
    }

    #[test]
    fn control_pieces_are_found_only_when_asked_for() {
        let draft = read(file("bpe-bytes.model"), "x", &Config::default()).unwrap();
        let tokenizer = draft.finish("x", TokenizerFormat::SentencePiece).tokenizer;
        let control = tokenizer.id("<ctl>").unwrap();
        let encode = |typed_special| {
            let options = EncodeOptions { add_special: false, typed_special };
            tokenizer.encode("a<ctl>b", options, &Unwatched).unwrap().tokens
        };
        assert!(encode(false).iter().all(|token| token.id != control));
        let tokens = encode(true);
        let place = tokens.iter().position(|token| token.id == control).unwrap();
        assert_eq!((tokens[place].start, tokens[place].end), (1, 6));
        assert_eq!(tokens.last().unwrap().end, 7);
    }
}
