//! Vocabularies with merges that mark where a word ends (`</w>`): CLIP's and the first GPT's.
//!
//! Specification: `simple_tokenizer.py` of <https://github.com/openai/CLIP> and `text_utils.py` of
//! <https://github.com/openai/finetune-transformer-lm>, as `CLIPTokenizer` and `OpenAIGPTTokenizer` of
//! <https://github.com/huggingface/transformers> run them: without ftfy and spaCy, which the originals clean and cut texts with.
//!
//! | kind | known by | what it does |
//! |---|---|---|
//! | CLIP | `<\|startoftext\|>` and `<\|endoftext\|>` | NFC, runs of white space become one space, lower case; words of bytes; both tokens go around a text |
//! | GPT | `<unk>` and none of `<s>`, `</s>`, `<pad>`; or the class `OpenAIGPTTokenizer` | BERT's cleaning in lower case; words of characters |
//!
//! Refused is every other one (XLM's, `FlauBERT`'s, `HerBERT`'s, …): each first cuts texts by rules of its own, which are not in
//! these files.

use super::Draft;
use super::config::Config;
use super::gpt2_pair::{MOST_MISSING, check_merges};
use crate::tokens::byte_alphabet;
use crate::tokens::library::Library;
use crate::tokens::spelling::WORD_END;
use std::collections::HashMap;
use tokenizers::decoders::bpe::BPEDecoder;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::replace::{Replace, ReplacePattern};
use tokenizers::normalizers::{BertNormalizer, Lowercase, NFC, Sequence};
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence as Steps;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, SplitDelimiterBehavior, Tokenizer};

const START: &str = "<|startoftext|>";
const END: &str = "<|endoftext|>";
const UNKNOWN: &str = "<unk>";

/// CLIP's words.
const CLIP_WORDS: &str =
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+";

/// The two kinds that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Clip,
    FirstGpt,
}

/// Whether some piece marks the end of a word.
pub(super) fn marks_word_ends(ids: &HashMap<String, u32>) -> bool {
    ids.keys().any(|piece| piece.ends_with(WORD_END))
}

/// Makes a tokenizer of such a vocabulary and its merges.
///
/// # Errors
/// A sentence that says what is missing or unknown.
pub(super) fn read(
    ids: HashMap<String, u32>,
    merges: &[(&str, &str)],
    config: &Config,
) -> Result<Draft, String> {
    let kind = kind(&ids, config)?;
    check_merges(&ids, merges)?;
    let mut warnings = Vec::new();
    match kind {
        Kind::Clip => warnings.extend(missing_bytes(&ids)?),
        Kind::FirstGpt => warnings.push(
            "The first GPT's own program cleaned texts with ftfy and cut them with spaCy. Here, as in the transformers \
             library, BERT's rules do: some IDs may differ from the model's."
                .to_owned(),
        ),
    }
    let names = config.special_names();
    let own: &[&str] = match kind {
        Kind::Clip => &[START, END],
        Kind::FirstGpt => &[UNKNOWN],
    };
    let names = own.iter().copied().chain(names.iter().map(String::as_str));
    let specials = names.filter(|name| ids.contains_key(*name)).map(|name| AddedToken::from(name, true));
    let specials = specials.collect();
    let library =
        library(kind, ids, merges, specials, |end| config.beyond(end)).map_err(|error| error.to_string())?;
    let normalization = library.normalization();
    let mut draft = Draft { normalization, warnings, ..Draft::of_library(library) };
    draft.added = match kind {
        Kind::Clip => [START, END].map(|name| draft.id(name).into_iter().collect()).into(),
        Kind::FirstGpt => config.around(|name| draft.id(name)),
    };
    config.complete(&mut draft);
    Ok(draft)
}

/// Which of the two it is.
fn kind(ids: &HashMap<String, u32>, config: &Config) -> Result<Kind, String> {
    let has = |name: &&str| ids.contains_key(*name);
    if [START, END].iter().all(has) {
        return Ok(Kind::Clip);
    }
    let class = config.class.as_deref();
    let others = ["<s>", "</s>", "<pad>", START, END].iter().any(has);
    if has(&UNKNOWN) && (class == Some("OpenAIGPTTokenizer") || !others) {
        return Ok(Kind::FirstGpt);
    }
    let class = class.map_or_else(String::new, |class| format!(" ({class})"));
    Err(format!(
        "it marks the ends of words ({WORD_END}) but is neither CLIP's, with {START} and {END}, nor the first GPT's, with \
         {UNKNOWN} alone{class}: how it cuts texts is not in these files; open the model's tokenizer.json instead"
    ))
}

/// What to say of bytes that cannot be spelled within a word or at its end.
fn missing_bytes(ids: &HashMap<String, u32>) -> Result<Option<String>, String> {
    let is_missing = |byte: &u8| {
        let letter = byte_alphabet::write(&[*byte]);
        !ids.contains_key(&letter) || !ids.contains_key(&format!("{letter}{WORD_END}"))
    };
    let missing = (0..=u8::MAX).filter(is_missing).count();
    if missing > MOST_MISSING {
        return Err(format!("{missing} of 256 bytes have no token: this is no vocabulary of CLIP's kind"));
    }
    Ok((missing > 0).then(|| {
        format!("{missing} of 256 bytes lack a token within or at the ends of words: where they are needed, {END} stands.")
    }))
}

fn library(
    kind: Kind,
    ids: HashMap<String, u32>,
    merges: &[(&str, &str)],
    specials: Vec<AddedToken>,
    beyond: impl FnOnce(usize) -> Vec<AddedToken>,
) -> Result<Library, tokenizers::Error> {
    let merges = merges.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect();
    let unknown = if kind == Kind::Clip { END } else { UNKNOWN };
    let model = BPE::builder()
        .vocab_and_merges(ids.into_iter().collect::<Vocab>(), merges)
        .end_of_word_suffix(WORD_END.to_owned())
        .unk_token(unknown.to_owned())
        .build()?;
    let mut plain = Tokenizer::new(model);
    match kind {
        Kind::Clip => {
            let spaces = Replace::new(ReplacePattern::Regex(r"\s+".to_owned()), " ")?;
            let cleaning = vec![NFC.into(), spaces.into(), Lowercase.into()];
            plain.with_normalizer(Some(Sequence::new(cleaning)))?;
            // Whatever is no word is left out.
            let pattern = SplitPattern::Regex(CLIP_WORDS.to_owned());
            let words = Split::new(pattern, SplitDelimiterBehavior::Removed, true)?;
            let steps = vec![words.into(), ByteLevel::new(false, true, true).into()];
            plain.with_pre_tokenizer(Some(Steps::new(steps)));
            plain.with_decoder(Some(ByteLevel::default()));
        }
        Kind::FirstGpt => {
            plain.with_normalizer(Some(BertNormalizer::new(true, true, None, true)))?;
            plain.with_pre_tokenizer(Some(BertPreTokenizer));
            plain.with_decoder(Some(BPEDecoder::new(WORD_END.to_owned())));
        }
    }
    plain.add_special_tokens(specials)?;
    Library::go_on(&mut plain, beyond)?;
    let mut library = Library::new(plain)?;
    library.cut_at_spaces();
    Ok(library)
}

#[cfg(test)]
mod tests {
    use crate::files::{Bytes, Source};
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::stored;
    use crate::tokens::{Algorithm, EncodeOptions, OpenedTokenizer, TokenizerFileError, files};

    fn file(name: &str) -> String {
        let (_, bytes) = stored().into_iter().find(|(other, _)| *other == name).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// A pair of the stored ones whose vocabulary was changed.
    fn open(
        pair: &str,
        change: impl Fn(String) -> String,
        config: &str,
    ) -> Result<OpenedTokenizer, TokenizerFileError> {
        let beside = [
            ("merges.txt", file(&format!("{pair}-merges.txt"))),
            ("tokenizer_config.json", config.to_owned()),
        ];
        let beside = beside.map(|(name, text)| (name.to_owned(), Bytes::from(text.into_bytes())));
        let vocabulary = change(file(&format!("{pair}-vocab.json")));
        files::open(&Source::from_memory("vocab.json", vocabulary.into_bytes(), beside.to_vec()).unwrap())
    }

    fn ids(opened: &OpenedTokenizer, text: &str, typed_special: bool) -> Vec<u32> {
        let options = EncodeOptions { add_special: true, typed_special };
        opened.tokenizer.encode(text, options, &Unwatched).unwrap().ids()
    }

    #[test]
    fn clip_cleans_a_text_and_puts_its_tokens_around_it() {
        let opened = open("clip", |same| same, "{}").unwrap();
        let clip = &opened.tokenizer;
        assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
        assert_eq!(clip.algorithm(), Algorithm::ByteLevelBpe);
        let end = clip.id("<|endoftext|>").unwrap();
        assert_eq!(clip.added_around(), (&[end - 1][..], &[end][..]));
        assert_eq!(clip.unknown_id(), Some(end));
        assert_eq!(ids(&opened, "THE\n\n  License", false), ids(&opened, "the license", false));
        let text = "  The\u{3000}LICENSE";
        let options = EncodeOptions { add_special: false, typed_special: false };
        let tokens = clip.encode(text, options, &Unwatched).unwrap().tokens;
        let seen: Vec<_> = tokens
            .iter()
            .map(|token| (clip.piece(token.id).unwrap(), &text[token.start..token.end]))
            .collect();
        assert_eq!(seen, [("the</w>".into(), "The"), ("license</w>".into(), "LICENSE")]);
        assert_eq!(&*clip.bytes(tokens[0].id).unwrap(), b"the");
        assert_eq!(clip.decode(&clip.encode(text, options, &Unwatched).unwrap().ids()), "the license");
        let typed = ids(&opened, "the<|endoftext|>", true);
        assert_eq!(typed[typed.len() - 2..], [end, end]);
        assert!(ids(&opened, "the<|endoftext|>", false).len() > typed.len());
    }

    #[test]
    fn the_first_gpt_is_known_by_its_only_control_token() {
        let opened = open("gpt1", |same| same, "{}").unwrap();
        assert!(opened.warnings.len() == 1 && opened.warnings[0].contains("spaCy"), "{:?}", opened.warnings);
        let gpt = &opened.tokenizer;
        assert_eq!(
            (gpt.algorithm(), gpt.unknown_id(), gpt.added_around()),
            (Algorithm::Bpe, Some(0), (&[][..], &[][..]))
        );
        assert_eq!(gpt.decode(&ids(&opened, "The LICENSE", false)), "the license");
        let marked = |text: String| text.replacen("\"<unk>\":0", "\"<unk>\":0,\"<s>\":900", 1);
        assert!(open("gpt1", marked, "{}").is_err());
        assert!(open("gpt1", marked, r#"{"tokenizer_class": "OpenAIGPTTokenizerFast"}"#).is_ok());
    }

    #[test]
    fn other_vocabularies_with_ends_of_words_are_refused_and_said() {
        let refused = |pair, change: fn(String) -> String, config: &str| {
            open(pair, change, config).unwrap_err().to_string()
        };
        let without_start = |text: String| text.replace("<|startoftext|>", "<|begin|>");
        let said = refused("clip", without_start, r#"{"tokenizer_class": "XLMTokenizer"}"#);
        assert!(said.contains("<|startoftext|>") && said.contains("XLMTokenizer"), "{said}");
        let without_letters =
            |text: String| text.replace("</w>\":", "<|w|>\":").replace("the<|w|>", "the</w>");
        let said = refused("clip", without_letters, "{}");
        assert!(said.contains("needs the token") && said.contains("</w>"), "{said}");
        let merges_gone = |text: String| text.replace("\"the</w>\"", "\"thy</w>\"");
        assert!(refused("clip", merges_gone, "{}").contains("“the</w>”"));
    }

    #[test]
    fn bytes_that_cannot_be_spelled_are_said() {
        let without_tilde = |text: String| text.replace("\"~</w>\"", "\"~~~~</w>\"");
        let opened = open("clip", without_tilde, "{}").unwrap();
        assert!(opened.warnings[0].starts_with("1 of 256 bytes"), "{:?}", opened.warnings);
        let end = opened.tokenizer.id("<|endoftext|>").unwrap();
        assert_eq!(ids(&opened, "~", false), [end - 1, end, end]);
    }
}
