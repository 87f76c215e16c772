use super::*;
use crate::progress::{Cancelled, Unwanted, Unwatched};

/// Words on a plane: one step to the right is a plural, one step up a feminine. Capitals come last.
fn table() -> Table {
    let rows: [(&str, [f32; 3]); 9] = [
        ("king", [0.0, 0.0, 1.0]),
        ("kings", [1.0, 0.0, 1.0]),
        ("queen", [0.0, 1.0, 1.0]),
        ("queens", [1.0, 1.0, 1.0]),
        ("apple", [-1.0, -1.0, 0.1]),
        ("QUEENS", [1.0, 1.0, 1.0]),
        ("KINGS", [1.0, 0.01, 1.0]),
        ("Queen", [-1.0, 1.0, -1.0]),
        ("straße", [-1.0, 0.2, -1.0]),
    ];
    let words = rows.iter().map(|(word, _)| (*word).to_owned()).collect();
    Table::from_f32(words, rows.iter().flat_map(|(_, row)| *row).collect(), 3)
}

fn score(text: &str, settings: Settings) -> Vec<SectionScore> {
    AnalogySet::read(text).unwrap().score(&table(), settings, &Unwatched).unwrap()
}

#[test]
fn questions_with_unknown_words_are_left_out_and_counted() {
    let text = ": plural\nking kings queen queens\nking kings apple apples\n: none\nx y z w\n: right\nkings king queens apple\n";
    let scores = score(text, Settings::default());
    let counts: Vec<_> = scores.iter().map(|s| (s.section.as_str(), s.correct, s.total, s.asked)).collect();
    assert_eq!(counts, [("plural", 1, 1, 2), ("none", 0, 0, 1), ("right", 0, 1, 1)]);
    let wrong = &scores[2].wrong[0];
    assert_eq!((wrong.question, wrong.found), ([1, 0, 3, 4], Some(2)));
}

#[test]
fn case_counts_only_where_it_is_asked_for() {
    let exact = Settings { any_case: false, ..Settings::default() };
    let counts = |text: &str, settings| {
        let scores = score(text, settings);
        (scores[0].correct, scores[0].total)
    };
    assert_eq!(counts(": s\nKing Kings Queen Queens\n", Settings::default()), (1, 1));
    assert_eq!(counts(": s\nKing Kings Queen Queens\n", exact), (0, 0));
    // The nearest row is KINGS, a word of the question in another case, or a capital answer to an exact question.
    assert_eq!(counts(": s\nking kings kings queens\n", exact), (0, 1));
    assert_eq!(counts(": s\nSTRASSE king kings apple\n", Settings::default()).1, 1, "ß is SS in upper case");
}

#[test]
fn only_the_first_rows_are_looked_at() {
    let few = Settings { first_rows: 4, ..Settings::default() };
    assert_eq!(score(": s\nking kings queen queens\nking kings queen apple\n", few)[0].total, 1);
    let exact = Settings { any_case: false, ..few };
    // Among all rows the answer would be QUEENS or queens, which are equally near.
    let found = score(": s\nking kings queen king\n", exact)[0].wrong[0].found;
    assert_eq!(found, Some(3));
}

#[test]
fn nobody_waits_for_questions_that_are_not_wanted() {
    let set = shipped::questions_words();
    assert_eq!(set.score(&table(), Settings::default(), &Unwanted), Err(Cancelled));
    assert_eq!(shipped::wordsim353().score(&table(), Settings::default(), &Unwanted), Err(Cancelled));
}

#[test]
fn pairs_are_ranked_by_cosine_against_people() {
    let set = PairSet::read("king,queen,9\nking,apple,1\nking,nobody,5\nqueens,queen,8\n").unwrap();
    let scores = set.score(&table(), Settings::default(), &Unwatched).unwrap();
    assert_eq!((scores.total, scores.pairs.len()), (4, 3));
    assert_eq!(scores.pairs.iter().map(|pair| pair.rows).collect::<Vec<_>>(), [[0, 2], [0, 4], [3, 2]]);
    assert_eq!(scores.pairs[1].ranks, [3.0, 3.0], "least alike to both");
    // Ranks of people 1, 3, 2; by cosine 2, 3, 1 (√½ and √⅔).
    assert!((scores.spearman.unwrap() - 0.5).abs() < 1e-12);
    let one = PairSet::read("king,queen,9\n").unwrap().score(&table(), Settings::default(), &Unwatched);
    assert_eq!(one.unwrap().spearman, None);
}
