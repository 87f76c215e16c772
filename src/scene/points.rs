//! Where the words lie on the map, as a table to go on with elsewhere.

use roaring::RoaringBitmap;

use crate::geometry::Faithfulness;
use crate::geometry::clusters::Clustering;
use crate::scene::cloud::Cloud;
use crate::scene::names::RowNames;
use crate::vectors::{Column, ColumnValues};

/// What goes into a table of the map's points.
pub struct MapPoints<'a> {
    pub names: &'a RowNames,
    pub cloud: &'a Cloud,
    /// The words that are listed, on the map or not; all that have a point where nothing is said.
    pub chosen: Option<&'a RoaringBitmap>,
    /// The clusters, where there are any.
    pub clustering: Option<&'a Clustering>,
    /// How many of its nearest words are near each word, where that was measured.
    pub honesty: Option<&'a Faithfulness>,
}

impl MapPoints<'_> {
    /// The words, spelled as in the file, and for each its place on the two axes (`x`, `y`), its `cluster`,
    /// how many of its neighbors are `kept`, and the properties that the file gives it.
    #[must_use]
    pub fn columns(&self) -> (Vec<&str>, Vec<Column>) {
        let table = self.names.table();
        let rows: Vec<usize> = match self.chosen {
            Some(chosen) => chosen.iter().map(|row| row as usize).collect(),
            None => (0..table.rows()).filter(|&row| self.cloud.points.position(row).is_some()).collect(),
        };
        let words = rows.iter().map(|&row| table.word(row)).collect();
        let numbers = |name: &str, of: &dyn Fn(usize) -> f32| Column {
            name: name.to_owned(),
            values: ColumnValues::Numbers(rows.iter().map(|&row| of(row)).collect()),
        };
        let place = |axis: usize| {
            move |row: usize| self.cloud.points.position(row).map_or(f32::NAN, |point| point[axis])
        };
        let mut columns = vec![numbers("x", &place(0)), numbers("y", &place(1))];
        if let Some(clustering) = self.clustering {
            let of_row = rows.iter().map(|&row| u32::try_from(clustering.labels[row]).unwrap_or(u32::MAX));
            let values = ColumnValues::Categories {
                names: self.names.of_clusters(clustering),
                of_row: of_row.collect(),
            };
            columns.push(Column { name: "cluster".to_owned(), values });
        }
        if let Some(found) = self.honesty {
            let kept = |row: usize| found.kept(row).map_or(f32::NAN, |kept| kept as f32);
            columns.push(numbers("kept", &kept));
        }
        columns.extend(table.columns().iter().map(|column| Column {
            name: column.name.clone(),
            values: match &column.values {
                ColumnValues::Numbers(all) => {
                    ColumnValues::Numbers(rows.iter().map(|&row| all[row]).collect())
                }
                ColumnValues::Categories { names, of_row } => ColumnValues::Categories {
                    names: names.clone(),
                    of_row: rows.iter().map(|&row| of_row[row]).collect(),
                },
            },
        }));
        (words, columns)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::geometry::projection::{Layout, Method, Projection};
    use crate::scene::subset::Subset;
    use crate::vectors::Table;

    #[test]
    fn only_words_with_a_point_are_listed_and_properties_stay_with_their_words() {
        let words = ["cat", "dog", "gone", "bus"].map(String::from).to_vec();
        let group = ColumnValues::Categories {
            names: vec!["animal".into(), "thing".into()],
            of_row: vec![0, 0, u32::MAX, 1],
        };
        let column = Column { name: "group".into(), values: group };
        let table = Table::from_f32(words, vec![1.0; 8], 2).with_columns(vec![column]);
        let projection = Projection {
            method: Method::TSne,
            components: 2,
            coordinates: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            explained_variance_ratio: None,
            sampled_rows: Some(vec![0, 1, 3]),
            linear: None,
            unfinished: None,
        };
        let cloud = Cloud::new(Arc::new(projection), 4, [1, 0], Layout::Flat, &Subset::default());
        let names = RowNames::new(Arc::new(table), None);
        let all = MapPoints { names: &names, cloud: &cloud, chosen: None, clustering: None, honesty: None };
        let (words, columns) = all.columns();
        assert_eq!(words, ["cat", "dog", "bus"]);
        assert_eq!(columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["x", "y", "group"]);
        assert_eq!(
            columns[0].values,
            ColumnValues::Numbers(vec![2.0, 4.0, 6.0]),
            "the axes as they are shown"
        );
        let ColumnValues::Categories { of_row, .. } = &columns[2].values else { panic!("groups") };
        assert_eq!(*of_row, [0, 0, 1]);
        let chosen = RoaringBitmap::from_iter([1, 2]);
        let some = MapPoints { chosen: Some(&chosen), ..all };
        let (words, columns) = some.columns();
        assert_eq!(words, ["dog", "gone"], "what was chosen is listed, with a point or without");
        let ColumnValues::Numbers(x) = &columns[0].values else { panic!("numbers") };
        assert!(x[0] == 4.0 && x[1].is_nan());
    }
}
