//! Numbers and words as people read them: three significant digits, units, and signs for what does not show.

use crate::geometry::Metric;

/// A word as it can be seen: control characters and spaces at its ends, which would not show, as signs.
#[must_use]
pub fn visible(word: &str) -> String {
    if word.is_empty() {
        return "(empty)".to_owned();
    }
    let marked = |c: char| match c {
        '\n' => '↵',
        '\t' => '⇥',
        c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('�'),
        c => c,
    };
    let inner = word.trim_matches(' ');
    let before = word.len() - word.trim_start_matches(' ').len();
    let after = word.len() - before - inner.len();
    let dots = |count: usize| std::iter::repeat_n('·', count);
    dots(before).chain(inner.chars().map(marked)).chain(dots(after)).collect()
}

/// A score by its metric: three decimals for cosine, three significant digits otherwise.
#[must_use]
pub fn score(value: f32, metric: Metric) -> String {
    match metric {
        Metric::Cosine => decimals(value),
        Metric::Dot | Metric::Euclidean => significant(f64::from(value)),
    }
}

/// A number with three significant digits.
#[must_use]
pub fn significant(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // The power of ten after rounding to three digits: 0.9999 is 1.00.
    let rounded = format!("{value:.2e}");
    let power: i32 = rounded.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default();
    let text = match power {
        -4..=2 => format!("{value:.*}", (2 - power).max(0) as usize),
        3..=8 => thousands(value.round().abs() as u64),
        _ => rounded,
    };
    let negative = value < 0.0 && (3..=8).contains(&power);
    if negative { format!("−{text}") } else { text.replace('-', "−") }
}

/// A number as the file has it, with as many digits as tell it from every other of its kind.
#[must_use]
pub fn exact(value: f32) -> String {
    value.to_string().replace('-', "−")
}

/// A number with three decimals; what rounds to zero has no sign.
#[must_use]
pub fn decimals(value: f32) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" { "0.000".to_owned() } else { text.replace('-', "−") }
}

/// A whole number with its thousands apart: 38,597,376.
#[must_use]
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The numbers of a table's rows, which are counted from 0: 0–189.
#[must_use]
pub fn row_range(rows: usize) -> String {
    format!("0–{}", thousands(rows.saturating_sub(1) as u64))
}

/// A size in bytes, in the largest unit that keeps it at 1 or more.
#[must_use]
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1_000 {
        return format!("{value} bytes");
    }
    let mut size = value as f64 / 1e3;
    let mut unit = 0;
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1e3;
        unit += 1;
    }
    format!("{} {}", significant(size), UNITS[unit])
}

/// A share with three significant digits ("5.42 %").
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent >= 99.95 {
        0
    } else if percent >= 9.995 {
        1
    } else {
        2
    };
    format!("{percent:.decimals$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        let written = [0.0, 0.001_234, 1.0, -12.345, 123.4, 38_597_376.0, -1_500.0, 1e12].map(significant);
        assert_eq!(written, ["0", "0.00123", "1.00", "−12.3", "123", "38,597,376", "−1,500", "1.00e12"]);
    }

    #[test]
    fn bytes_have_units() {
        assert_eq!(
            [999, 1_000, 3_410_106, 999_950_000].map(bytes),
            ["999 bytes", "1.00 kB", "3.41 MB", "1.00 GB"]
        );
    }

    #[test]
    fn what_does_not_show_is_shown() {
        assert_eq!(visible(" a\n\u{0}"), "·a↵␀");
        assert_eq!(visible("new york  "), "new york··");
        assert_eq!(visible(""), "(empty)");
    }

    #[test]
    fn shares_have_three_digits() {
        assert_eq!(percent(0.0542), "5.42 %");
        assert_eq!(percent(0.234_5), "23.4 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
