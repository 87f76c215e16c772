//! A line of the text on the screen: where each of its cells stands, in the order in which people read them.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Direction, Level, get_base_direction};

use crate::tokens::Aligned;

/// A line of the text as it is on the screen.
pub struct Line<'a> {
    pub aligned: &'a Aligned,
    /// Its graphemes, and its stretch of the text in bytes.
    pub cells: Range<usize>,
    pub span: Range<usize>,
    /// Where each grapheme begins, and where the last one ends, if all is read from left to right.
    edges: Vec<f32>,
    /// Where each stands, and whether it is read from right to left, if anything is.
    turned: Option<Vec<Turned>>,
    pub is_first: bool,
    pub is_last: bool,
}

/// So many bytes of a paragraph are looked through for a letter that has a direction.
const FAR: usize = 1 << 12;

/// Where a cell stands in a line that is read in both directions.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Turned {
    place: [f32; 2],
    backward: bool,
}

impl<'a> Line<'a> {
    /// Lays the cells out from `left` on; `measure` gives the width of a grapheme. What is read from right to left is put in
    /// order by the bidirectional algorithm of Unicode (UAX #9).
    pub fn new(
        aligned: &'a Aligned,
        cells: Range<usize>,
        left: f32,
        is_first: bool,
        mut measure: impl FnMut(&str) -> f32,
    ) -> Self {
        let mut x = left;
        let mut edges = vec![x];
        for cell in cells.clone() {
            x += measure(aligned.grapheme(cell));
            edges.push(x);
        }
        let span = if cells.is_empty() {
            0..0
        } else {
            aligned.span(cells.start).start..aligned.span(cells.end - 1).end
        };
        let is_last = cells.end == aligned.graphemes();
        let mut line = Self { aligned, cells, span, edges, turned: None, is_first, is_last };
        line.turned = line.turn();
        line
    }

    /// Puts the cells in the order in which they are read; nothing where that is the order in which they are stored.
    fn turn(&self) -> Option<Vec<Turned>> {
        let text = &self.aligned.text[self.span.clone()];
        if text.is_ascii() {
            return None;
        }
        let info = BidiInfo::new(text, Some(self.base()));
        if !info.has_rtl() {
            return None;
        }
        let mut turned = vec![Turned { place: [0.0; 2], backward: false }; self.cells.len()];
        let mut x = self.left();
        for paragraph in &info.paragraphs {
            let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let backward = levels[run.start].is_rtl();
                let cells = self.cells_of(&run);
                let count = cells.len();
                for at in 0..count {
                    let cell = if backward { cells.end - 1 - at } else { cells.start + at };
                    let width = self.edges[cell + 1] - self.edges[cell];
                    turned[cell] = Turned { place: [x, x + width], backward };
                    x += width;
                }
            }
        }
        Some(turned)
    }

    /// The direction of the paragraph that the line begins in: that of its first letter that has one.
    fn base(&self) -> Level {
        let before = &self.aligned.text[..self.span.start];
        let start = before.rfind('\n').map_or(0, |line| line + 1);
        // What has no letters for so long has no direction.
        let end = self.aligned.text.floor_char_boundary(start + FAR);
        match get_base_direction(&self.aligned.text[start..end]) {
            Direction::Rtl => Level::rtl(),
            Direction::Ltr | Direction::Mixed => Level::ltr(),
        }
    }

    /// The cells that begin within a range of bytes of the line, counted from its first.
    fn cells_of(&self, bytes: &Range<usize>) -> Range<usize> {
        let first = |byte: usize| {
            let byte = self.span.start + byte;
            let cell = self.aligned.grapheme_at(byte);
            let inside = cell < self.cells.end && self.aligned.span(cell).start < byte;
            (cell + usize::from(inside)).clamp(self.cells.start, self.cells.end) - self.cells.start
        };
        first(bytes.start)..first(bytes.end)
    }

    /// Where the line begins and ends.
    pub fn left(&self) -> f32 {
        self.edges.first().copied().unwrap_or(0.0)
    }

    pub fn right(&self) -> f32 {
        self.edges.last().copied().unwrap_or(0.0)
    }

    /// Where a cell stands, counted from the line's first.
    pub fn cell(&self, index: usize) -> [f32; 2] {
        self.turned
            .as_ref()
            .map_or_else(|| [self.edges[index], self.edges[index + 1]], |turned| turned[index].place)
    }

    /// Whether anything in the line is read from right to left.
    pub fn is_turned(&self) -> bool {
        self.turned.is_some()
    }

    /// Whether a place of the text is read from right to left.
    pub fn is_backward(&self, byte: usize) -> bool {
        let index = self.aligned.grapheme_at(byte).saturating_sub(self.cells.start);
        self.turned.as_ref().and_then(|turned| turned.get(index)).is_some_and(|cell| cell.backward)
    }

    /// Where a stretch of the text stands, in bytes: once, or in several places where directions change. Within a character it is
    /// in proportion to its bytes.
    pub fn places(&self, bytes: Range<usize>) -> Vec<[f32; 2]> {
        let Some(turned) = &self.turned else {
            return vec![[self.x(bytes.start), self.x(bytes.end)]];
        };
        let clamped = bytes.start.max(self.span.start)..bytes.end.min(self.span.end);
        if clamped.is_empty() {
            let index = self.aligned.grapheme_at(bytes.start).saturating_sub(self.cells.start);
            let side = |cell: &Turned| if cell.backward { cell.place[1] } else { cell.place[0] };
            let x = turned.get(index).map_or(self.right(), side);
            return vec![[x, x]];
        }
        let first = self.aligned.grapheme_at(clamped.start).saturating_sub(self.cells.start);
        let last = self.aligned.grapheme_at(clamped.end - 1).saturating_sub(self.cells.start);
        let cells = turned.iter().enumerate().take(last + 1).skip(first);
        let mut parts: Vec<[f32; 2]> = cells.map(|(index, cell)| self.part(index, *cell, &clamped)).collect();
        parts.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut places: Vec<[f32; 2]> = Vec::new();
        for part in parts {
            match places.last_mut() {
                Some(before) if part[0] - before[1] < 0.01 => before[1] = part[1],
                _ => places.push(part),
            }
        }
        places
    }

    /// The part of a cell that a stretch of the text takes up.
    fn part(&self, index: usize, cell: Turned, bytes: &Range<usize>) -> [f32; 2] {
        let span = self.aligned.span(self.cells.start + index);
        let share =
            |byte: usize| (byte.clamp(span.start, span.end) - span.start) as f32 / span.len().max(1) as f32;
        let (from, to) = (share(bytes.start), share(bytes.end));
        let width = cell.place[1] - cell.place[0];
        if cell.backward {
            [cell.place[1] - width * to, cell.place[1] - width * from]
        } else {
            [cell.place[0] + width * from, cell.place[0] + width * to]
        }
    }

    /// Where a place of the text is, if all is read from left to right.
    fn x(&self, byte: usize) -> f32 {
        let byte = byte.clamp(self.span.start, self.span.end);
        let index = self.aligned.grapheme_at(byte).saturating_sub(self.cells.start);
        let (Some(&from), Some(&to)) = (self.edges.get(index), self.edges.get(index + 1)) else {
            return self.right();
        };
        let span = self.aligned.span(self.cells.start + index);
        from + (to - from) * (byte - span.start) as f32 / span.len().max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(text: &str) -> Aligned {
        Aligned::new(text.into(), Vec::new())
    }

    /// The graphemes of a text as they stand from left to right.
    fn seen(text: &str) -> String {
        let aligned = aligned(text);
        let line = Line::new(&aligned, 0..aligned.graphemes(), 10.0, true, |_| 2.0);
        let mut cells: Vec<usize> = (0..aligned.graphemes()).collect();
        cells.sort_by(|&a, &b| line.cell(a)[0].total_cmp(&line.cell(b)[0]));
        // Each place is taken once.
        for (at, cell) in cells.iter().enumerate() {
            assert_eq!(line.cell(*cell), [10.0 + 2.0 * at as f32, 12.0 + 2.0 * at as f32], "{text}");
        }
        cells.into_iter().map(|cell| aligned.grapheme(cell)).collect()
    }

    #[test]
    fn cells_stand_as_they_are_read() {
        assert_eq!(seen("abc déf"), "abc déf");
        assert_eq!(seen("אבג"), "גבא");
        assert_eq!(seen("a אבג b"), "a גבא b");
        assert_eq!(seen("אב 12 גד"), "דג 12 בא", "numbers keep their direction");
        assert_eq!(seen("ab אב גד"), "ab דג בא", "a paragraph that begins from left to right");
        assert_eq!(seen(""), "");
    }

    #[test]
    fn a_line_goes_on_in_the_direction_of_its_paragraph() {
        let aligned = aligned("abc אבג def");
        let line = Line::new(&aligned, 4..aligned.graphemes(), 0.0, false, |_| 2.0);
        assert!(line.cell(0)[0] < line.cell(4)[0], "the letters from left to right stay on the right");
        let aligned = self::aligned("אבג abc");
        let line = Line::new(&aligned, 0..aligned.graphemes(), 0.0, true, |_| 2.0);
        assert!(line.cell(0)[0] > line.cell(4)[0]);
    }

    #[test]
    fn stretches_stand_where_their_cells_do() {
        let text = "a אבג b";
        let aligned = aligned(text);
        let line = Line::new(&aligned, 0..aligned.graphemes(), 0.0, true, |_| 2.0);
        assert!(line.is_turned() && line.is_backward(2) && !line.is_backward(0));
        assert_eq!(line.places(0..2), [[0.0, 4.0]]);
        assert_eq!(line.places(2..4), [[8.0, 10.0]], "the first letter is the one on the right");
        assert_eq!(line.places(2..6), [[6.0, 10.0]]);
        assert_eq!(line.places(2..3), [[9.0, 10.0]], "half of its bytes, the right half");
        assert_eq!(line.places(0..4), [[0.0, 4.0], [8.0, 10.0]], "in two places");
        assert_eq!(line.places(0..text.len()), [[0.0, 14.0]]);
        assert_eq!(
            line.places(2..2),
            [[10.0, 10.0]],
            "what stands for nothing is before the letter as it is read"
        );
    }
}
