//! Tables to read: columns that line up, words to the left and numbers to the right.

use std::fmt::Write;

/// Which side the cells of a column keep to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Rows of cells as lines of text, each column as wide as its widest cell.
pub fn aligned(sides: &[Side], rows: &[Vec<String>]) -> String {
    let mut widths = vec![0; sides.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (place, ((cell, width), side)) in row.iter().zip(&widths).zip(sides).enumerate() {
            let gap = if place == 0 { "" } else { "  " };
            let written = match side {
                Side::Left => write!(line, "{gap}{cell:<width$}"),
                Side::Right => write!(line, "{gap}{cell:>width$}"),
            };
            written.expect("a string takes everything");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_characters() {
        let rows = [vec!["é".to_owned(), "−1.5".to_owned()], vec!["word".to_owned(), "20".to_owned()]];
        assert_eq!(aligned(&[Side::Left, Side::Right], &rows), "é     −1.5\nword    20\n");
    }
}
