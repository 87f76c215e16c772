//! What a map keeps of the nearness of all dimensions, in sentences.

use super::numbers::thousands;
use crate::geometry::{Faithfulness, Shepard};

/// A figure for the whole map, such as "On average 4.1 of 10 nearest words are near on this map (cosine)."
#[must_use]
pub fn figure(found: &Faithfulness, noun: &str) -> String {
    let Faithfulness { k, mean, metric, .. } = found;
    format!("On average {mean:.1} of {k} nearest {noun}s are near on this map ({}).", metric.name())
}

/// The two measures of the whole, where there are rows enough for them.
#[must_use]
pub fn measures(found: &Faithfulness) -> Option<String> {
    let (trustworthiness, continuity) = found.trustworthiness.zip(found.continuity)?;
    Some(format!("Trustworthiness {trustworthiness:.3} · continuity {continuity:.3}"))
}

/// What the figures mean, and what they were measured on.
#[must_use]
pub fn explanation(found: &Faithfulness) -> String {
    let share = |part: usize| {
        let [part, all] = [part, found.rows].map(|rows| thousands(rows as u64));
        if part == all {
            format!("all {all} rows")
        } else {
            format!("{part} of the {all} rows, drawn at random")
        }
    };
    let mut text = format!(
        "For each row, how many of its {k} nearest rows in all dimensions are among its {k} nearest points on the map. Measured on {}.",
        share(found.measured),
        k = found.k,
    );
    if found.trustworthiness.is_some() {
        text += " Trustworthiness is 1 if all that is near on the map is near in truth, continuity is 1 if all that is near in truth is \
                 near on the map";
        text = format!("{text} (Venna and Kaski 2001; measured on {}).", share(found.ranked));
    }
    text
}

/// What the diagram of distances shows, in a sentence.
#[must_use]
pub fn distances(found: &Shepard) -> String {
    let pairs = thousands(found.pairs.len() as u64);
    match found.rank_correlation {
        Some(kept) => {
            let kept = format!("{kept:.2}").replace('-', "−");
            format!("{pairs} pairs of words: the order of distances agrees by {kept} of 1.")
        }
        None => format!("{pairs} pairs of words, all at one distance."),
    }
}

/// What the map keeps of one row's neighbors: "3 of its 10 nearest words are among the 10 nearest to it on this map." Nothing
/// where that was not measured.
#[must_use]
pub fn sentence(found: &Faithfulness, row: u32, noun: &str) -> Option<String> {
    let (kept, k) = (found.kept(row as usize)?, found.k);
    Some(match kept {
        1 if k == 1 => format!("Its nearest {noun} is the nearest to it on this map too."),
        _ if k == 1 => format!("Its nearest {noun} is not the nearest to it on this map."),
        _ if kept == k => {
            format!("All of its {k} nearest {noun}s are also the {k} nearest to it on this map.")
        }
        1 => format!("1 of its {k} nearest {noun}s is among the {k} nearest to it on this map."),
        _ => format!("{kept} of its {k} nearest {noun}s are among the {k} nearest to it on this map."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::faithfulness::measure;
    use crate::geometry::{Metric, projection::pca};
    use crate::progress::Unwatched;
    use crate::scene::coloring::{Coloring, OTHER};
    use crate::vectors::Table;

    fn found(rows: usize, k: usize) -> Faithfulness {
        let values = (0..rows * 6).map(|i| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0).collect();
        let table = Table::from_f32(vec![String::new(); rows], values, 6);
        let map = pca::project(&table, pca::Options::default(), &Unwatched).unwrap();
        measure(&table, &map, [0, 1], k, Metric::Cosine, &Unwatched).unwrap()
    }

    #[test]
    fn sentences_count_what_is_kept() {
        let found = found(300, 10);
        assert_eq!(
            figure(&found, "word"),
            format!("On average {:.1} of 10 nearest words are near on this map (cosine).", found.mean)
        );
        assert!(explanation(&found).contains("Measured on all 300 rows."));
        for row in 0..300 {
            let kept = found.kept(row).unwrap();
            let said = sentence(&found, row as u32, "token").unwrap();
            let beginning = match kept {
                10 => "All of its 10 nearest tokens are".to_owned(),
                1 => "1 of its 10 nearest tokens is".to_owned(),
                _ => format!("{kept} of its 10 nearest tokens are"),
            };
            assert!(said.starts_with(&beginning) && said.ends_with("nearest to it on this map."), "{said}");
        }
        assert_eq!(sentence(&found, 300, "word"), None);
    }

    #[test]
    fn the_steps_of_the_scale_hold_every_row_and_ascend() {
        for (rows, k) in [(300, 10), (300, 3), (300, 1), (4, 10), (1, 10)] {
            let found = found(rows, k);
            let coloring = Coloring::by_honesty(&found, rows);
            assert_eq!(coloring.legend.iter().map(|entry| entry.rows).sum::<usize>(), rows, "{rows} {k}");
            for (row, &class) in coloring.classes.iter().enumerate() {
                let kept = found.kept(row).map(|kept| (kept * 5 / found.k).min(4) as u8);
                assert_eq!(class, kept.map_or(OTHER, |step| OTHER + 1 + step));
            }
        }
        let names: Vec<String> =
            Coloring::by_honesty(&found(300, 10), 300).legend.into_iter().map(|entry| entry.name).collect();
        assert_eq!(
            names,
            ["0–1 of 10 near", "2–3 of 10 near", "4–5 of 10 near", "6–7 of 10 near", "8–10 of 10 near"]
        );
    }
}
