//! A text broken into lines of cells, one for each grapheme, that all tokenizers are drawn along.

use std::ops::Range;

use super::lane::Hit;
use crate::app::showdown::Showdown;
use crate::tokens::{Aligned, Stretch};

/// So many cells are measured in one frame; the lines of a longer text come in the frames after.
const A_FRAME: usize = 60_000;

/// The lines of a text, so far as they are broken.
#[derive(Default)]
pub struct Lines {
    broken: Vec<Range<usize>>,
    /// How many cells are in lines.
    done: usize,
    /// The stretch that the next line begins in.
    stretch: usize,
}

impl Lines {
    /// The lines, each a range of cells.
    pub fn all(&self) -> &[Range<usize>] {
        &self.broken
    }

    /// The line that a token begins in.
    pub fn of(&self, showdown: &Showdown, hit: Hit) -> usize {
        let token = showdown.lanes.get(hit.lane).and_then(|lane| lane.row()?.tokens().get(hit.token));
        let cell = showdown.aligned.grapheme_at(token.map_or(0, |token| token.start));
        self.broken.partition_point(|line| line.end <= cell).min(self.broken.len().saturating_sub(1))
    }

    /// Whether the whole text is in lines.
    pub fn is_whole(&self, aligned: &Aligned) -> bool {
        self.done == aligned.graphemes()
    }

    /// Breaks further lines of at most `width`, the first of them narrower by `first`; `measure` gives the width of a grapheme.
    /// A line ends with its line feed, or the last of several that follow on each other, else at the last place where all tokenizers cut, between words before within one, if
    /// that leaves it half full, or else wherever it is full.
    pub fn go_on(&mut self, aligned: &Aligned, width: f32, first: f32, mut measure: impl FnMut(&str) -> f32) {
        let until = self.done.saturating_add(A_FRAME);
        while self.done < aligned.graphemes().min(until) {
            let room = if self.broken.is_empty() { (width - first).max(width / 2.0) } else { width };
            let line = self.line(aligned, room, &mut measure);
            self.done = line.end;
            self.broken.push(line);
        }
    }

    fn line(&mut self, aligned: &Aligned, room: f32, measure: &mut impl FnMut(&str) -> f32) -> Range<usize> {
        let start = self.done;
        let (mut used, mut good, mut better) = (0.0, None, None);
        for cell in start..aligned.graphemes() {
            let grapheme = aligned.grapheme(cell);
            used += measure(grapheme);
            if used > room && cell > start {
                return start..better.or(good).unwrap_or(cell);
            }
            let end = aligned.span(cell).end;
            if self.is_cut(&aligned.stretches, end) && used > room / 2.0 {
                let next = aligned.text[end..].chars().next();
                if next.is_some_and(char::is_whitespace) {
                    better = Some(cell + 1);
                } else {
                    good = Some(cell + 1);
                }
            }
            // Empty lines stand in a row, or a text of line feeds would be higher than anybody scrolls.
            let goes_on = || cell + 1 < aligned.graphemes() && aligned.grapheme(cell + 1).ends_with('\n');
            if grapheme.ends_with('\n') && !goes_on() {
                return start..cell + 1;
            }
        }
        start..aligned.graphemes()
    }

    /// Whether all tokenizers cut at a place. Places are asked for in ascending order, or a line further back.
    fn is_cut(&mut self, stretches: &[Stretch], place: usize) -> bool {
        let ends = |index: usize| stretches.get(index).map(|stretch| stretch.range.end);
        while self.stretch > 0 && ends(self.stretch - 1).is_some_and(|end| end >= place) {
            self.stretch -= 1;
        }
        while ends(self.stretch).is_some_and(|end| end < place) {
            self.stretch += 1;
        }
        ends(self.stretch) == Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, cuts: &[usize], width: f32) -> Vec<String> {
        let ends = cuts.iter().copied().chain([text.len()]);
        let mut start = 0;
        let stretches =
            ends.map(|end| Stretch { range: std::mem::replace(&mut start, end)..end, alike: true }).collect();
        let aligned = Aligned::new(text.into(), stretches);
        let mut lines = Lines::default();
        while !lines.is_whole(&aligned) {
            lines.go_on(&aligned, width, 0.0, |_| 1.0);
        }
        let text = |line: &Range<usize>| {
            aligned.text[aligned.span(line.start).start..aligned.span(line.end - 1).end].to_owned()
        };
        lines.all().iter().map(text).collect()
    }

    #[test]
    fn lines_end_where_all_cut_or_where_they_are_full_or_at_a_line_feed() {
        assert_eq!(lines("abcdefghij", &[7], 8.0), ["abcdefg", "hij"]);
        assert_eq!(
            lines("abcdefghij", &[2], 8.0),
            ["abcdefgh", "ij"],
            "not where the line would be almost empty"
        );
        assert_eq!(lines("abcde fghij", &[5, 7], 8.0), ["abcde", " fghij"], "rather between words");
        assert_eq!(lines("ab\ncd", &[], 8.0), ["ab\n", "cd"]);
        assert_eq!(lines("ab\n\n\r\ncd", &[], 8.0), ["ab\n\n\r\n", "cd"]);
        assert_eq!(lines("\n\n\n\n\n", &[], 2.0), ["\n\n", "\n\n", "\n"]);
        assert_eq!(lines("e\u{301}e\u{301}e\u{301}", &[], 2.0), ["e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(lines("abc", &[], 0.5), ["a", "b", "c"], "a cell that is too wide has a line of its own");
        assert_eq!(lines("", &[], 5.0), Vec::<String>::new());
    }

    #[test]
    fn long_texts_come_in_parts_and_whole() {
        let text = "one two three ".repeat(20_000);
        let broken = lines(&text, &[], 40.0);
        assert_eq!(broken.concat(), text);
    }
}
