//! Further properties of rows, gathered value by value while a file is read, and how files call their names.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::super::table::{Column, ColumnValues};

/// More properties of the rows than this are not kept.
pub const MOST_COLUMNS: usize = 256;

/// How tables call the column that names their rows, the likelier first.
const NAMES: &[&str] = &[
    "word", "words", "token", "tokens", "name", "names", "label", "labels", "text", "texts", "term", "key",
    "sentence", "title", "input", "content", "document", "id", "ids", "vocab", "item", "entity", "node",
];

/// How likely a column of this name holds the names of the rows, 0 being the most; `None` if nothing says so.
pub fn name_rank(column: &str) -> Option<usize> {
    let column = column.trim().to_lowercase();
    NAMES.iter().position(|name| *name == column)
}

/// A property of the rows while it is read, each different value kept once.
#[derive(Debug, Default)]
pub struct Values {
    different: Vec<String>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    of_row: Vec<u32>,
}

impl Values {
    /// The value of the next row; a blank one stands for none.
    pub fn push(&mut self, value: &str) {
        let at = if value.trim().is_empty() { u32::MAX } else { self.place(value) };
        self.of_row.push(at);
    }

    /// The values of the rows that follow these.
    pub fn append(&mut self, other: &Self) {
        let places: Vec<u32> = other.different.iter().map(|value| self.place(value)).collect();
        let moved = other.of_row.iter().map(|&at| places.get(at as usize).copied().unwrap_or(u32::MAX));
        self.of_row.extend(moved);
    }

    /// Takes rows away until there are `rows`.
    pub fn truncate(&mut self, rows: usize) {
        self.of_row.truncate(rows);
    }

    /// Where a value stands among the different ones.
    fn place(&mut self, value: &str) -> u32 {
        let Self { different, index, hasher, .. } = self;
        let hash = hasher.hash_one(value);
        if let Some(&at) = index.find(hash, |&at| different[at as usize] == value) {
            return at;
        }
        let at = different.len() as u32;
        different.push(value.to_owned());
        index.insert_unique(hash, at, |&other| hasher.hash_one(&different[other as usize]));
        at
    }

    /// The property, under its name: numbers if every value is a finite one, categories otherwise. Nothing where no row
    /// has a value.
    pub fn into_column(self, name: String) -> Option<Column> {
        let Self { different, of_row, .. } = self;
        if different.is_empty() {
            return None;
        }
        let number =
            |value: &String| fast_float2::parse(value.trim()).ok().filter(|number: &f32| number.is_finite());
        let numbers: Option<Vec<f32>> = different.iter().map(number).collect();
        let values = match numbers {
            Some(numbers) => {
                let number = |at: u32| numbers.get(at as usize).copied().unwrap_or(f32::NAN);
                ColumnValues::Numbers(of_row.into_iter().map(number).collect())
            }
            None => ColumnValues::Categories { names: different, of_row },
        };
        Some(Column { name, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[&str]) -> Values {
        let mut values = Values::default();
        for value in list {
            values.push(value);
        }
        values
    }

    #[test]
    fn numbers_are_told_from_categories_and_gaps_stay_gaps() {
        let Some(ColumnValues::Numbers(numbers)) =
            values(&["1", "", " 2.5", "1"]).into_column("n".into()).map(|column| column.values)
        else {
            panic!("numbers")
        };
        assert!(numbers[1].is_nan() && numbers[0] == 1.0 && numbers[2..] == [2.5, 1.0]);
        let column = values(&["b", "", "1", "b"]).into_column("c".into()).unwrap();
        let names = vec!["b".to_owned(), "1".to_owned()];
        assert_eq!(column.values, ColumnValues::Categories { names, of_row: vec![0, u32::MAX, 1, 0] });
        assert!(values(&["", ""]).into_column("none".into()).is_none());
        let Some(column) = values(&["nan", "1"]).into_column(String::new()) else { panic!("values") };
        assert!(matches!(column.values, ColumnValues::Categories { .. }), "NaN is no number to sort by");
    }

    #[test]
    fn pieces_are_put_together_in_order() {
        let mut all = values(&["a", "b"]);
        all.append(&values(&["b", "", "c", "d"]));
        all.truncate(5);
        let column = all.into_column("c".into()).unwrap();
        let names = ["a", "b", "c", "d"].map(String::from).to_vec();
        let of_row = vec![0, 1, 1, u32::MAX, 2];
        assert_eq!(column.values, ColumnValues::Categories { names, of_row });
    }

    #[test]
    fn words_come_before_labels_and_labels_before_ids() {
        let ranks = ["Word", "label", "id"].map(|name| name_rank(name).unwrap());
        assert!(ranks.is_sorted());
        assert_eq!(name_rank("embedding"), None);
    }
}
