//! What `SentencePiece` does to a text before it looks for pieces: it replaces characters by a compiled table, takes away
//! white space, writes spaces as `▁` and puts one in front.
//!
//! Source: `normalizer.cc` of <https://github.com/google/sentencepiece>. The table is a double-array trie as Darts-clone
//! (<https://github.com/s-yata/darts-clone>) lays it out: the size of the trie in bytes (four bytes, little endian), its
//! units of four bytes, and texts that end with a zero each, to which the trie's values point.

use super::trie::Trie;
use crate::tokens::spelling::SPACE_MARK;

/// The rules, as a model's `NormalizerSpec` gives them.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "these are the settings of the file, one by one")]
pub(in crate::tokens) struct Rules {
    /// The compiled table of replacements; empty for none.
    pub(in crate::tokens) precompiled_charsmap: Vec<u8>,
    /// Put a space in front of a text (or behind it, see `treat_whitespace_as_suffix`).
    pub(in crate::tokens) add_dummy_prefix: bool,
    /// Take away spaces at both ends, and all but one of a run.
    pub(in crate::tokens) remove_extra_whitespaces: bool,
    /// Write spaces as `▁`.
    pub(in crate::tokens) escape_whitespaces: bool,
    /// Spaces belong to the word before them.
    pub(in crate::tokens) treat_whitespace_as_suffix: bool,
}

/// Why a table of replacements cannot be used.
pub(super) type BadTable = String;

/// How many times longer the table may make a text, in bytes: U+FDFA, three bytes, becomes 33.
const MOST_GROWTH: usize = 256;

/// A normalizer that is ready for use.
#[derive(Debug)]
pub(super) struct Normalizer {
    pub(super) rules: Rules,
    table: Option<Table>,
    /// Pieces that users defined: they are never changed.
    kept: Trie,
}

/// A text as the model sees it.
#[derive(Debug, Default)]
pub(super) struct Normalized {
    pub(super) text: String,
    /// For each byte of `text`, and its end, where it comes from in the original text.
    pub(super) origin: Vec<u32>,
}

/// Which ends of the whole text a part of it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) first: bool,
    pub(super) last: bool,
}

impl Normalizer {
    /// Reads the table and remembers what is never changed.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the table.
    pub(super) fn new(mut rules: Rules, kept: Trie) -> Result<Self, BadTable> {
        let compiled = std::mem::take(&mut rules.precompiled_charsmap);
        let table = if compiled.is_empty() { None } else { Some(Table::read(&compiled)?) };
        Ok(Self { rules, table, kept })
    }

    /// Whether there is a table of replacements.
    pub(super) fn replaces_characters(&self) -> bool {
        self.table.is_some()
    }

    /// Whether a text is taken as it is, but for spaces.
    pub(super) fn keeps_characters(&self) -> bool {
        self.table.is_none() && !self.rules.remove_extra_whitespaces && self.rules.escape_whitespaces
    }

    /// Whether a text can be cut before a single space between ASCII letters or digits and normalized in parts.
    pub(super) fn works_in_parts(&self) -> bool {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric();
        self.table.as_ref().is_none_or(|table| {
            let goes_on = |letter: u8| {
                let after = table.step(table.root(), letter);
                after.is_some_and(|after| (0..0x80).any(|next| table.step(after, next).is_some()))
            };
            !(0..0x80).filter(plain).chain([b' ']).any(goes_on)
                && table.longest(b" ").is_none_or(|(_, new)| new == " ")
        })
    }

    /// Normalizes a text, or a part of one that begins with a space between two letters.
    pub(super) fn normalize(&self, text: &str, ends: Ends) -> Normalized {
        let rules = &self.rules;
        let mut made = Normalized::default();
        if text.is_empty() {
            return made;
        }
        let mut at = 0;
        if ends.first && rules.remove_extra_whitespaces {
            while let Some((length, " ")) = self.step(&text[at..]) {
                at += length;
            }
            if at == text.len() {
                return made;
            }
        }
        made.text.reserve(text.len() + text.len() / 2);
        made.origin.reserve(text.len() + text.len() / 2);
        if ends.first && rules.add_dummy_prefix && !rules.treat_whitespace_as_suffix {
            self.push_space(&mut made, at);
        }
        let mut after_space = ends.first && rules.remove_extra_whitespaces;
        while let Some((length, new)) = self.step(&text[at..]) {
            let unchanged = new.as_ptr() == text[at..].as_ptr();
            let shown = if after_space { new.trim_start_matches(' ') } else { new };
            let skipped = new.len() - shown.len();
            for (place, letter) in shown.char_indices() {
                let origin = |n: usize| if unchanged { at + skipped + place + n } else { at };
                if letter == ' ' {
                    self.push_space(&mut made, origin(0));
                } else {
                    made.text.push(letter);
                    made.origin.extend((0..letter.len_utf8()).map(|n| origin(n) as u32));
                }
            }
            if !shown.is_empty() {
                after_space = rules.remove_extra_whitespaces && shown.ends_with(' ');
            }
            at += length;
        }
        if ends.last && rules.remove_extra_whitespaces {
            let space = if rules.escape_whitespaces { SPACE_MARK } else { ' ' };
            let kept = made.text.trim_end_matches(space).len();
            at = made.origin.get(kept).map_or(at, |&origin| origin as usize);
            made.text.truncate(kept);
            made.origin.truncate(kept);
        }
        if ends.last && rules.add_dummy_prefix && rules.treat_whitespace_as_suffix {
            self.push_space(&mut made, at);
        }
        made.origin.push(at as u32);
        made
    }

    fn push_space(&self, made: &mut Normalized, at: usize) {
        let space = if self.rules.escape_whitespaces { SPACE_MARK } else { ' ' };
        made.text.push(space);
        made.origin.extend(std::iter::repeat_n(at as u32, space.len_utf8()));
    }

    /// How much of `text` is replaced at once, and what by; `None` at the end.
    fn step<'t>(&'t self, text: &'t str) -> Option<(usize, &'t str)> {
        let first = text.chars().next()?.len_utf8();
        // Pieces and rules are whole characters, unless the file is damaged.
        if let Some((length, _)) =
            self.kept.longest(text.as_bytes()).filter(|(length, _)| text.is_char_boundary(*length))
        {
            return Some((length, &text[..length]));
        }
        let replaced = self.table.as_ref().and_then(|table| table.longest(text.as_bytes()));
        let replaced = replaced.filter(|(length, _)| text.is_char_boundary(*length));
        Some(replaced.unwrap_or((first, &text[..first])))
    }
}

/// The compiled table.
#[derive(Debug)]
struct Table {
    units: Vec<u32>,
    texts: String,
}

impl Table {
    fn read(compiled: &[u8]) -> Result<Self, BadTable> {
        let cut = || "its table of replacements is cut short".to_owned();
        let (size, rest) = compiled.split_first_chunk::<4>().ok_or_else(cut)?;
        let (trie, texts) = rest.split_at_checked(u32::from_le_bytes(*size) as usize).ok_or_else(cut)?;
        if trie.is_empty() || trie.len() % 4 != 0 {
            return Err("its table of replacements has no whole number of entries".to_owned());
        }
        let texts = std::str::from_utf8(texts)
            .map_err(|_| "its table of replacements holds texts that are not UTF-8".to_owned())?;
        if texts.split('\0').any(|text| text.len() > MOST_GROWTH) {
            return Err(format!(
                "its table of replacements makes texts more than {MOST_GROWTH} times as long"
            ));
        }
        let unit = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        Ok(Self { units: trie.chunks_exact(4).map(unit).collect(), texts: texts.to_owned() })
    }

    /// How far from a unit its children lie.
    fn offset(unit: u32) -> u32 {
        (unit >> 10) << ((unit & (1 << 9)) >> 6)
    }

    fn root(&self) -> u32 {
        Self::offset(self.units[0])
    }

    /// From where a node's children are counted, to the same of its child by `byte`.
    fn step(&self, node: u32, byte: u8) -> Option<u32> {
        let place = node ^ u32::from(byte);
        let unit = *self.units.get(place as usize)?;
        (unit & (1 << 31 | 0xff) == u32::from(byte)).then(|| place ^ Self::offset(unit))
    }

    /// The text that stands for the longest beginning of `text` for which there is one.
    fn longest(&self, text: &[u8]) -> Option<(usize, &str)> {
        let (mut node, mut found) = (self.root(), None);
        for (at, &byte) in text.iter().enumerate() {
            let place = node ^ u32::from(byte);
            let Some(next) = self.step(node, byte) else { break };
            node = next;
            if self.units[place as usize] >> 8 & 1 == 1 {
                let value = self.units.get(node as usize).map(|leaf| leaf & (u32::MAX >> 1));
                let new = value.and_then(|start| self.texts.get(start as usize..));
                found = new.map(|new| (at + 1, new.split('\0').next().unwrap_or_default())).or(found);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Normalizer, Rules};
    use crate::tokens::sentencepiece::trie::Trie;

    const WHOLE: Ends = Ends { first: true, last: true };

    /// Rules by their first letters: a space in front, extra ones removed, spaces escaped, suffix.
    fn rules(flags: &str) -> Rules {
        let has = |flag| flags.contains(flag);
        Rules {
            precompiled_charsmap: Vec::new(),
            add_dummy_prefix: has('a'),
            remove_extra_whitespaces: has('r'),
            escape_whitespaces: has('e'),
            treat_whitespace_as_suffix: has('s'),
        }
    }

    fn normalized(flags: &str, text: &str) -> (String, Vec<u32>) {
        let made = Normalizer::new(rules(flags), Trie::default()).unwrap().normalize(text, WHOLE);
        (made.text, made.origin)
    }

    // The expected texts are those of Python's `sentencepiece` 0.2.3 (`SentencePieceNormalizer`, rule "identity").
    #[test]
    fn spaces_follow_the_rules() {
        assert_eq!(normalized("are", "  a  b "), ("▁a▁b".into(), vec![2, 2, 2, 2, 3, 3, 3, 5, 6]));
        assert_eq!(normalized("e", " a "), ("▁a▁".into(), vec![0, 0, 0, 1, 2, 2, 2, 3]));
        assert_eq!(normalized("ars", " a  b ").0, "a b ");
        assert_eq!(normalized("", "a  b").0, "a  b");
        assert_eq!(normalized("are", "   "), (String::new(), vec![]));
        assert_eq!(normalized("ae", ""), (String::new(), vec![]));
    }

    #[test]
    fn an_unchanged_character_keeps_the_place_of_each_of_its_bytes() {
        assert_eq!(normalized("", "aé漢"), ("aé漢".into(), (0..=6).collect()));
    }

    #[test]
    fn pieces_of_users_are_left_alone() {
        let kept = Trie::new([(&b"x  y"[..], 0)].into_iter());
        let normalizer = Normalizer::new(rules("r"), kept).unwrap();
        assert_eq!(normalizer.normalize("a  x  y  b", WHOLE).text, "a x  y b");
    }

    #[test]
    fn a_part_goes_on_where_the_one_before_ended() {
        let normalizer = Normalizer::new(rules("are"), Trie::default()).unwrap();
        let (text, cut) = ("  one  two three  ", 10);
        let part = |range: std::ops::Range<usize>| {
            let ends = Ends { first: range.start == 0, last: range.end == text.len() };
            normalizer.normalize(&text[range], ends).text
        };
        assert_eq!(part(0..cut) + &part(cut..text.len()), normalizer.normalize(text, WHOLE).text);
    }

    #[test]
    fn damaged_tables_are_refused() {
        let refused = |table: &[u8]| {
            let rules = Rules { precompiled_charsmap: table.to_vec(), ..rules("a") };
            Normalizer::new(rules, Trie::default()).unwrap_err()
        };
        assert!(refused(&[1, 2]).contains("cut short"));
        assert!(refused(&[8, 0, 0, 0, 1, 1, 1, 1]).contains("cut short"));
        assert!(refused(&[0, 0, 0, 0, b'a']).contains("whole number"));
        assert!(refused(&[4, 0, 0, 0, 1, 1, 1, 1, 0xff]).contains("UTF-8"));
        let long = [&[4, 0, 0, 0, 1, 1, 1, 1][..], &[b'a'; 300]].concat();
        assert!(refused(&long).contains("times as long"));
    }
}
