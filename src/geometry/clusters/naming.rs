//! Names for clusters, made of their own words.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::geometry::arithmetic::{dot, unit};
use crate::geometry::rows::gather;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The members of a cluster that may give it its name: its first, which in most files are its most frequent words.
const CANDIDATES: usize = 600;

/// What models' vocabularies write for a space.
const SPACE_MARKS: [char; 2] = ['Ġ', '▁'];

/// The words in a name.
const WORDS: usize = 3;

/// How much a word that another cluster could claim as well is worth less, by its cosine to that cluster.
const SHARED: f32 = 0.5;

/// How much the last row of a table is worth less than the first.
const RARE: f32 = 0.2;

/// The rows whose words name each of `count` clusters: two or three that are near its center, not near another's, and
/// frequent. No word is used twice, and a cluster whose words are all used has none.
pub(super) fn named_after(
    table: &Table,
    labels: &[i32],
    count: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<u32>>, Cancelled> {
    let members = first_members(labels, count);
    let mut centers = Vec::with_capacity(count);
    let mut vectors = Vec::with_capacity(count);
    for (id, rows) in members.iter().enumerate() {
        progress.check()?;
        let part = Part::new(progress, 0.5 * id as f32 / count as f32, 0.5 * (id + 1) as f32 / count as f32);
        let matrix = gather(table, rows, true, &part)?;
        centers.push(center(&matrix, table.dims()));
        vectors.push(matrix);
    }
    let mut used = HashSet::new();
    let mut names = Vec::with_capacity(count);
    for (id, (rows, matrix)) in members.iter().zip(&vectors).enumerate() {
        progress.check()?;
        progress.report(0.5 + 0.5 * id as f32 / count as f32);
        let ranking = ranking(table, rows, matrix, id, &centers);
        names.push(telling(table, &ranking, &mut used));
    }
    Ok(names)
}

/// The first rows of each cluster.
fn first_members(labels: &[i32], count: usize) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); count];
    for (row, &label) in labels.iter().enumerate() {
        if let Some(rows) = usize::try_from(label).ok().and_then(|id| members.get_mut(id))
            && rows.len() < CANDIDATES
        {
            rows.push(row as u32);
        }
    }
    members
}

/// The mean of unit rows, itself made unit length.
fn center(matrix: &[f32], dims: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; dims];
    for row in matrix.chunks_exact(dims.max(1)) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    unit(&sum)
}

/// The candidate rows of a cluster, the most typical first.
fn ranking(table: &Table, rows: &[u32], matrix: &[f32], id: usize, centers: &[Vec<f32>]) -> Vec<u32> {
    let dims = table.dims();
    let last = (table.rows() as f32 + 1.0).ln();
    let mut scored: Vec<(f32, u32)> = rows
        .par_iter()
        .enumerate()
        .map(|(i, &row)| {
            let vector = &matrix[i * dims..(i + 1) * dims];
            let others = centers.iter().enumerate().filter(|(other, _)| *other != id);
            let next = others.map(|(_, center)| dot(vector, center)).fold(0.0, f32::max);
            let rare = (row as f32 + 1.0).ln() / last;
            (dot(vector, &centers[id]) - SHARED * next - RARE * rare, row)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, row)| row).collect()
}

/// The name of cluster `id` from the rows that it is named after.
pub(super) fn name(table: &Table, named_after: &[u32], id: usize) -> String {
    let words: Vec<&str> = named_after.iter().map(|&row| table.word(row as usize).trim()).collect();
    if words.is_empty() { format!("cluster {}", id + 1) } else { words.join(", ") }
}

/// The first rows whose words say something new; words of letters go before numbers and signs.
fn telling(table: &Table, ranking: &[u32], used: &mut HashSet<String>) -> Vec<u32> {
    let mut chosen: Vec<(u32, String)> = Vec::new();
    // A model's tokens with a space in front and without one are one word.
    let bare = |row: u32| table.word(row as usize).trim().trim_start_matches(SPACE_MARKS);
    let words = || ranking.iter().map(|&row| (row, bare(row)));
    let of_letters = |word: &str| word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
    let plain = words().filter(|(_, word)| of_letters(word));
    for (row, word) in plain.chain(words().filter(|(_, word)| !word.is_empty())) {
        if chosen.len() == WORDS {
            break;
        }
        let folded = word.to_lowercase();
        if chosen.iter().any(|(_, other)| alike(other, &folded)) || used.contains(&folded) {
            continue;
        }
        used.insert(folded.clone());
        chosen.push((row, folded));
    }
    chosen.into_iter().map(|(row, _)| row).collect()
}

/// Whether two words are forms of one, such as `cat` and `cats`: one begins with nearly all of the other.
fn alike(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let shortest = a.chars().count().min(b.chars().count());
    a.chars().any(char::is_alphabetic) && shared + 1 >= shortest && shared >= 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    fn table(words: &[&str], values: Vec<f32>) -> Table {
        Table::from_f32(words.iter().map(|&word| word.to_owned()).collect(), values, 2)
    }

    fn names(table: &Table, labels: &[i32], count: usize) -> Vec<String> {
        let rows = named_after(table, labels, count, &Unwatched).unwrap();
        rows.iter().enumerate().map(|(id, rows)| name(table, rows, id)).collect()
    }

    #[test]
    fn a_token_with_and_without_its_space_names_a_cluster_once() {
        let words = ["Ġcat", "cat", "▁dog", "dog", "Ġ"];
        assert_eq!(names(&table(&words, vec![1.0; 10]), &[0; 5], 1), ["Ġcat, ▁dog"]);
    }

    #[test]
    fn typical_words_name_a_cluster_and_forms_of_one_word_only_once() {
        let words = ["##", "cat", "cats", "dog", "horse", "red", "blue", "green", "7"];
        let values =
            vec![1.0, 0.0, 1.0, 0.01, 1.0, 0.01, 1.0, 0.1, 1.0, 0.2, 0.0, 1.0, 0.1, 1.0, 0.2, 1.0, 0.01, 1.0];
        let labels = [0, 0, 0, 0, 0, 1, 1, 1, 1];
        let names = names(&table(&words, values), &labels, 2);
        assert_eq!(names, ["cat, dog, horse", "red, blue, green"]);
    }

    #[test]
    fn clusters_of_the_same_words_have_different_names() {
        let words = ["x", "x", "x", "", "1", "2"];
        let names = names(&table(&words, vec![1.0; 12]), &[0, 1, 2, 3, 4, 4], 5);
        assert_eq!(names, ["x", "cluster 2", "cluster 3", "cluster 4", "1, 2"]);
    }

    #[test]
    fn frequent_words_go_first_among_equals() {
        let words: Vec<String> =
            (0..2_000).map(|i| format!("{}", char::from(b'a' + (i % 26) as u8)).repeat(4)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let names = names(&table(&words, vec![1.0; 4_000]), &vec![0; 2_000], 1);
        assert_eq!(names, ["aaaa, bbbb, cccc"]);
    }
}
