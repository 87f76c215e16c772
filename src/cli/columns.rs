//! Tables to read: columns that line up, words to the left and numbers to the right.

/// Which side the cells of a column keep to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// No column is made wider than this for the sake of one long cell.
const WIDEST: usize = 60;

/// Rows of cells as lines of text, each column as wide as its widest cell, within bounds.
pub fn aligned(sides: &[Side], rows: &[Vec<String>]) -> String {
    let mut widths = vec![0; sides.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count().min(WIDEST));
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (place, ((cell, width), side)) in row.iter().zip(&widths).zip(sides).enumerate() {
            let gap = if place == 0 { "" } else { "  " };
            // By hand: the width that `write!` takes is one of 16 bits, and a name may be longer.
            let filler = " ".repeat(width.saturating_sub(cell.chars().count()));
            match side {
                Side::Left => line.extend([gap, cell, &filler]),
                Side::Right => line.extend([gap, &filler, cell]),
            }
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

    #[test]
    fn one_endless_name_widens_no_other_line() {
        let rows = [vec!["x".repeat(70_000), "1".to_owned()], vec!["word".to_owned(), "20".to_owned()]];
        let text = aligned(&[Side::Left, Side::Right], &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with("x   1"));
        assert_eq!(lines[1], format!("word{}20", " ".repeat(WIDEST - 2)));
    }
}
