//! The published patterns as rules: which alternatives there are, and how far each reaches.
//!
//! Each function tells how many bytes its alternative takes from the beginning of a text, zero if it does not apply.

use super::classes::Class;

/// Where `'s`, `'ll` and their like belong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contractions {
    /// They are words by themselves.
    Apart { any_case: bool },
    /// They end the word before them.
    AtEnd,
    /// Nothing is known of them.
    Unknown,
}

/// What letters make one word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// ` ?\p{L}+`
    AfterSpace,
    /// `[^\r\n\p{L}\p{N}]?\p{L}+`
    AfterAny,
    /// As `AfterAny`, with marks, and a capital after a small letter begins another word.
    Cased,
}

/// Which digits make one word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// ` ?\p{N}+`
    AfterSpace,
    /// `\p{N}{1,n}`
    AtMost(usize),
}

/// How a pattern cuts.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub contractions: Contractions,
    pub letters: Letters,
    pub digits: Digits,
    /// What may follow a run of signs and belongs to it.
    pub after_signs: &'static [char],
    /// Whether white space is cut after its last line break.
    pub cut_at_breaks: bool,
    /// Whether white space at the end of the text is one word in spite of that.
    pub whole_at_end: bool,
}

impl Rules {
    /// How long the first word of a text is, in bytes, by the first alternative that applies; at least one character.
    pub(super) fn first(&self, text: &str) -> usize {
        // In the patterns' order; no two of the last four apply at the same place but where that order decides.
        let apart = match self.contractions {
            Contractions::Apart { any_case } => contraction(text, any_case),
            _ => 0,
        };
        [apart]
            .into_iter()
            .chain(std::iter::once_with(|| self.letters(text)))
            .chain(std::iter::once_with(|| self.digits(text)))
            .chain(std::iter::once_with(|| self.signs(text)))
            .chain(std::iter::once_with(|| self.white_space(text)))
            .find(|length| *length > 0)
            .unwrap_or(text.len())
    }

    fn letters(&self, text: &str) -> usize {
        let length = match self.letters {
            Letters::AfterSpace => {
                let lead = space(text);
                with_lead(lead, run(&text[lead..], Class::is_letter))
            }
            Letters::AfterAny => {
                let lead = lead(text);
                with_lead(lead, run(&text[lead..], Class::is_letter))
            }
            Letters::Cased => cased(text),
        };
        if length > 0 && self.contractions == Contractions::AtEnd {
            return length + contraction(&text[length..], true);
        }
        length
    }

    fn digits(&self, text: &str) -> usize {
        let is_number = |class| class == Class::Number;
        match self.digits {
            Digits::AfterSpace => {
                let lead = space(text);
                with_lead(lead, run(&text[lead..], is_number))
            }
            Digits::AtMost(most) => {
                let digits = text.chars().take(most).take_while(|c| is_number(Class::of(*c)));
                digits.map(char::len_utf8).sum()
            }
        }
    }

    fn signs(&self, text: &str) -> usize {
        let lead = space(text);
        let signs = with_lead(lead, run(&text[lead..], Class::is_sign));
        if signs == 0 {
            return 0;
        }
        let rest = &text[signs..];
        signs + rest.len() - rest.trim_start_matches(self.after_signs).len()
    }

    fn white_space(&self, text: &str) -> usize {
        let all = run(text, Class::is_space);
        if !self.cut_at_breaks || (self.whole_at_end && all == text.len()) {
            return all;
        }
        text[..all].rfind(['\r', '\n']).map_or(all, |last| last + 1)
    }
}

/// How long the run of characters of a kind is with which a text begins, in bytes.
fn run(text: &str, of_kind: impl Fn(Class) -> bool) -> usize {
    text.char_indices().find(|(_, c)| !of_kind(Class::of(*c))).map_or(text.len(), |(at, _)| at)
}

/// A space at the beginning.
fn space(text: &str) -> usize {
    usize::from(text.starts_with(' '))
}

/// One character at the beginning that `[^\r\n\p{L}\p{N}]` takes.
fn lead(text: &str) -> usize {
    let first = text.chars().next().filter(|c| {
        let class = Class::of(*c);
        !class.is_letter() && !matches!(class, Class::Number | Class::Break)
    });
    first.map_or(0, char::len_utf8)
}

/// A run with what leads it, or nothing if there is no run.
fn with_lead(lead: usize, run: usize) -> usize {
    if run > 0 { lead + run } else { 0 }
}

/// A word of letters and marks: capitals, then small ones.
fn cased(text: &str) -> usize {
    let lead = lead(text);
    let mixed = |from: usize| with_lead(from, begun_and_gone_on(&text[from..]));
    let capitals = |from: usize| with_lead(from, run(&text[from..], Class::may_begin));
    // A mark may lead a word as well as begin one: with the lead first, then without.
    [mixed(lead), if lead > 0 { mixed(0) } else { 0 }, capitals(lead)]
        .into_iter()
        .find(|length| *length > 0)
        .unwrap_or(0)
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`: the first part takes all that it can and gives back
/// as much as the second needs.
fn begun_and_gone_on(text: &str) -> usize {
    let begun = run(text, Class::may_begin);
    let gone_on = run(&text[begun..], Class::may_go_on);
    if gone_on > 0 {
        return begun + gone_on;
    }
    let last = text[..begun].char_indices().rfind(|(_, c)| Class::of(*c).may_go_on());
    last.map_or(0, |(at, c)| at + c.len_utf8())
}

/// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` at the beginning.
fn contraction(text: &str, any_case: bool) -> usize {
    let mut chars = text.chars();
    if chars.next() != Some('\'') {
        return 0;
    }
    // U+017F, the long s, is an s of another case.
    let fold = |c: char| match c {
        'ſ' if any_case => 's',
        _ if any_case => c.to_ascii_lowercase(),
        _ => c,
    };
    let mut length = 1;
    let mut next = || {
        chars.next().map(|c| {
            length += c.len_utf8();
            fold(c)
        })
    };
    let whole = match next() {
        Some('s' | 't' | 'm' | 'd') => true,
        Some('r' | 'v') => next() == Some('e'),
        Some('l') => next() == Some('l'),
        _ => false,
    };
    if whole { length } else { 0 }
}
