//! What the columns of a table are for: which of them hold the vector, number by number, and which names the rows.

use super::columns::name_rank;

/// How columns that hold whole vectors are often called, the likelier first.
const VECTORS: &[&str] =
    &["embedding", "embeddings", "vector", "vectors", "values", "emb", "vec", "data", "features"];

/// Number columns that stand beside vectors and are no part of them.
const NO_COORDINATES: &[&str] = &[
    "id",
    "index",
    "idx",
    "count",
    "counts",
    "freq",
    "frequency",
    "rank",
    "label",
    "class",
    "cluster",
    "year",
    "score",
    "length",
    "row",
    "size",
    "weight",
    "key",
    "timestamp",
    "date",
];

/// How likely a column of this name holds whole vectors, 0 being the most.
pub fn vector_rank(column: &str) -> usize {
    let column = column.trim().to_lowercase();
    let rank = VECTORS.iter().position(|name| *name == column);
    rank.or_else(|| VECTORS.iter().position(|name| column.contains(name)).map(|rank| rank + VECTORS.len()))
        .unwrap_or(usize::MAX)
}

/// Number columns that together are a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The first and the last column's name: `d0 … d49`.
    pub name: String,
    /// Where the columns stand in the table, in the order of the vector.
    pub columns: Vec<usize>,
}

/// The vectors that number columns make up, the longest first. Columns whose names count up belong together, wherever
/// they stand (`0`, `1`, `2`; `dim_0`, `dim_1`); where there are none such, neighbors do. `columns` are the places and
/// names of number columns, ascending. One column alone is no vector.
pub fn series(columns: &[(usize, &str)]) -> Vec<Series> {
    let mut found = counted(columns);
    if found.is_empty() {
        found = neighbors(columns);
    }
    found.sort_by_key(|series| usize::MAX - series.columns.len());
    found
}

fn counted(columns: &[(usize, &str)]) -> Vec<Series> {
    let mut numbered: Vec<(&str, u64, usize, &str)> = columns
        .iter()
        .filter_map(|&(at, name)| {
            let name = name.trim();
            let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (before, number) = name.split_at(name.len() - digits);
            Some((before, number.parse().ok()?, at, name))
        })
        .collect();
    numbered.sort_unstable();
    numbered
        .chunk_by(|a, b| a.0 == b.0 && a.1.checked_add(1) == Some(b.1))
        // A table's years count up too.
        .filter(|run| run.len() > 1 && run[0].1 <= 1)
        .map(|run| named(run.iter().map(|&(_, _, at, name)| (at, name))))
        .collect()
}

fn neighbors(columns: &[(usize, &str)]) -> Vec<Series> {
    let is_coordinate = |name: &str| {
        name_rank(name).is_none() && !NO_COORDINATES.contains(&name.trim().to_lowercase().as_str())
    };
    let coordinates: Vec<(usize, &str)> =
        columns.iter().copied().filter(|(_, name)| is_coordinate(name)).collect();
    coordinates
        .chunk_by(|a, b| a.0 + 1 == b.0)
        .filter(|run| run.len() > 1)
        .map(|run| named(run.iter().copied()))
        .collect()
}

fn named<'a>(columns: impl DoubleEndedIterator<Item = (usize, &'a str)> + Clone) -> Series {
    let name = |column: Option<(usize, &str)>| column.map_or("", |(_, name)| name).to_owned();
    let (first, last) = (name(columns.clone().next()), name(columns.clone().next_back()));
    let name = if first.is_empty() || last.is_empty() {
        let (first, last) = (columns.clone().next(), columns.clone().next_back());
        let place = |column: Option<(usize, &str)>| column.map_or(0, |(at, _)| at + 1);
        format!("columns {} … {}", place(first), place(last))
    } else {
        format!("{first} … {last}")
    };
    Series { name, columns: columns.map(|(at, _)| at).collect() }
}

/// Whether the fields of a first line that stand over numbers count the columns, from 0 or 1 on. A short row may look so
/// too, as `cat 0 1` does; the line is a title only if what it has over the names, `beside`, could be one.
pub fn are_column_numbers<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    mut beside: impl Iterator<Item = &'a [u8]>,
) -> bool {
    const NO_CHANCE: usize = 5;
    let counted: Option<Vec<u64>> =
        fields.map(|field| std::str::from_utf8(field).ok()?.trim().parse().ok()).collect();
    counted.is_some_and(|counted| {
        counted.len() > 1
            && counted[0] <= 1
            && counted.windows(2).all(|pair| pair[0] + 1 == pair[1])
            && (counted.len() >= NO_CHANCE || beside.all(could_be_title))
    })
}

/// Whether a text above the names of rows could be that column's title: a usual one, or none at all.
fn could_be_title(field: &[u8]) -> bool {
    let field = field.trim_ascii();
    field.is_empty() || std::str::from_utf8(field).is_ok_and(|field| name_rank(field).is_some())
}

/// Which column names the rows: by its name, else the first of those that hold text.
pub fn names_column(texts: &[(usize, &str)], numbers: &[(usize, &str)]) -> Option<usize> {
    let ranked = |columns: &[(usize, &str)]| {
        let ranks = columns.iter().filter_map(|&(at, name)| Some((name_rank(name)?, at)));
        ranks.min().map(|(_, at)| at)
    };
    ranked(texts).or_else(|| texts.first().map(|&(at, _)| at)).or_else(|| ranked(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<(String, Vec<usize>)> {
        let columns: Vec<(usize, &str)> = names.iter().copied().enumerate().collect();
        series(&columns).into_iter().map(|series| (series.name, series.columns)).collect()
    }

    #[test]
    fn columns_that_count_up_are_one_vector_in_their_own_order() {
        let ordered_as_text = ["count", "d0", "d1", "d10", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];
        assert_eq!(
            found(&ordered_as_text),
            [("d0 … d10".to_owned(), vec![1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 3])]
        );
        let two = found(&["x_1", "x_2", "y_0", "y_1", "y_2", "2019", "2020"]);
        assert_eq!(two, [("y_0 … y_2".to_owned(), vec![2, 3, 4]), ("x_1 … x_2".to_owned(), vec![0, 1])]);
    }

    #[test]
    fn other_columns_are_one_vector_if_they_are_neighbors() {
        assert_eq!(found(&["count", "x", "y", "z"]), [("x … z".to_owned(), vec![1, 2, 3])]);
        assert_eq!(found(&["", "", ""]), [("columns 1 … 3".to_owned(), vec![0, 1, 2])]);
        assert!(found(&["x"]).is_empty() && found(&["id", "count"]).is_empty());
        let apart: Vec<(usize, &str)> = vec![(0, "x"), (2, "y"), (3, "z")];
        assert_eq!(series(&apart)[0].columns, [2, 3]);
    }

    #[test]
    fn numbers_that_name_rows_are_no_coordinates() {
        assert_eq!(found(&["word", "x", "y"]), [("x … y".to_owned(), vec![1, 2])]);
    }

    #[test]
    fn rows_are_named_by_the_likeliest_column() {
        assert_eq!(names_column(&[(0, "text"), (3, "Word")], &[]), Some(3));
        assert_eq!(names_column(&[(2, "sparte")], &[(0, "id")]), Some(2));
        assert_eq!(names_column(&[], &[(0, "a"), (1, "id")]), Some(1));
        assert_eq!(names_column(&[], &[(0, "a")]), None);
        assert!(vector_rank("embedding") < vector_rank("vector"));
        assert!(vector_rank("vector") < vector_rank("text_embedding"));
    }
}
