//! Many pairs of words at once, as arrows that should be parallel: those of a relation of the gallery, or a person's own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cloud::Cloud;
use super::names::RowNames;
use super::words::UnknownWord;
use crate::geometry::parallel::Parallelism;
use crate::geometry::relations::{self, known_pairs};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// The most pairs that a person can give: more arrows would not be told apart.
const MOST_PAIRS: usize = 100;

/// What divides the two words of a line, the first that is there.
const MARKS: [&str; 5] = ["→", "->", "\t", ",", ":"];

/// Which pairs are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RelationChoice {
    /// Those of a relation of the gallery, by its name.
    Gallery(String),
    /// These, shared: the view is asked for them at every frame.
    Own(Arc<[[String; 2]]>),
}

impl RelationChoice {
    /// The pairs of a text with one on a line: two words with an arrow, a tab, a comma or a colon between them, or a space alone where
    /// neither has one. Lines without two words are left out; nothing where none is left.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let pairs: Vec<[String; 2]> = text.lines().filter_map(pair).take(MOST_PAIRS).collect();
        (!pairs.is_empty()).then(|| Self::Own(pairs.into()))
    }

    /// What is typed to have these pairs, if each was typed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Gallery(_) => String::new(),
            // The first of the marks divides a line: with this one words may have all the others in them.
            Self::Own(pairs) => {
                pairs.iter().map(|[from, to]| format!("{from} {} {to}\n", MARKS[0])).collect()
            }
        }
    }

    /// What is said of lines of a text that [`RelationChoice::typed`] leaves out; nothing where it takes all.
    #[must_use]
    pub fn note(text: &str) -> Option<String> {
        let (mut pairs, mut others) = (0, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match pair(line) {
                Some(_) => pairs += 1,
                None => others.push(line.trim()),
            }
        }
        let beyond =
            (pairs > MOST_PAIRS).then(|| format!("The first {MOST_PAIRS} pairs of {pairs} are meant."));
        // A line that is being written is not faulty yet.
        let faulty = others.first().filter(|_| pairs > 0).map(|first| {
            let first: String = first.chars().take(30).collect();
            match others.len() {
                1 => format!("“{first}” is no pair: write two words with a comma between them."),
                lines => format!(
                    "{lines} lines are no pairs, as “{first}”: write two words with a comma between them."
                ),
            }
        });
        let said: Vec<String> = beyond.into_iter().chain(faulty).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// The same choice within its bounds.
    #[must_use]
    pub fn sound(mut self) -> Self {
        if let Self::Own(pairs) = &mut self
            && pairs.len() > MOST_PAIRS
        {
            *pairs = pairs[..MOST_PAIRS].into();
        }
        self
    }

    /// The rows of each pair of which a table has both words.
    #[must_use]
    pub fn pairs(&self, names: &RowNames) -> Vec<[u32; 2]> {
        match self {
            Self::Gallery(name) => {
                let relation = relations::RELATIONS.iter().find(|relation| relation.name == name);
                let known = relation.map_or_else(Vec::new, |relation| known_pairs(relation, names.table()));
                known.iter().map(|pair| pair.rows).collect()
            }
            Self::Own(pairs) => {
                let rows = |[from, to]: &[String; 2]| Some([names.find(from)?, names.find(to)?]);
                pairs.iter().filter_map(rows).collect()
            }
        }
    }

    /// The words that a table lacks, each with near spellings. Of a relation of the gallery only the pairs that the table has are
    /// meant.
    fn missing(&self, names: &RowNames, progress: &dyn Progress) -> Result<Vec<UnknownWord>, Cancelled> {
        let Self::Own(pairs) = self else { return Ok(Vec::new()) };
        let mut missing = Vec::new();
        for (i, word) in pairs.iter().flatten().enumerate() {
            progress.report(i as f32 / (2 * pairs.len()) as f32);
            progress.check()?;
            missing.extend(names.find_or_near(word).err());
        }
        Ok(missing)
    }
}

fn pair(line: &str) -> Option<[String; 2]> {
    let line = line.trim();
    let apart = MARKS.into_iter().find_map(|mark| line.split_once(mark));
    let (from, to) = apart.or_else(|| line.split_once(' '))?;
    let pair = [from, to].map(|word| word.trim().to_owned());
    let whole = apart.is_some() || !pair[1].contains(char::is_whitespace);
    (whole && pair.iter().all(|word| !word.is_empty())).then_some(pair)
}

/// Pairs of which a table has both words.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationReport {
    /// The rows of each pair, from and to.
    pub pairs: Vec<[u32; 2]>,
    /// Words that the table lacks: their pairs are left out, and that is said.
    pub missing: Vec<UnknownWord>,
    /// How parallel the steps are in all dimensions, of rows scaled to length 1 or not, as the map shows them.
    pub parallel: Parallelism,
}

impl RelationReport {
    /// Of the pairs of `choice`; without pairs where the table lacks their words.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        names: &RowNames,
        choice: &RelationChoice,
        unit_rows: bool,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let table: &Table = names.table();
        table.norms_with(progress)?;
        let (pairs, missing) = (choice.pairs(names), choice.missing(names, progress)?);
        let row = |row: u32| -> Vec<f32> {
            let norm = table.norm(row as usize);
            let scale = if unit_rows && norm > 0.0 { norm.recip() } else { 1.0 };
            table.row(row as usize).iter().map(|x| x * scale).collect()
        };
        let steps: Vec<[Vec<f32>; 2]> = pairs.iter().map(|pair| pair.map(row)).collect();
        Ok(Self { pairs, missing, parallel: Parallelism::of(&steps) })
    }

    /// How parallel the arrows are on a map.
    #[must_use]
    pub fn on_map(&self, cloud: &Cloud) -> Parallelism {
        let at = |row: u32| cloud.points.position(row as usize).map(|point| point.to_vec());
        let step = |pair: &[u32; 2]| Some([at(pair[0])?, at(pair[1])?]);
        Parallelism::of(&self.pairs.iter().filter_map(step).collect::<Vec<_>>())
    }

    /// The rows of all its words.
    pub fn points(&self) -> impl Iterator<Item = u32> + '_ {
        self.pairs.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    fn own(pairs: &[[&str; 2]]) -> RelationChoice {
        RelationChoice::Own(pairs.iter().map(|pair| pair.map(str::to_owned)).collect())
    }

    #[test]
    fn pairs_are_read_a_line_each_however_they_are_divided() {
        let text = "man woman\n king,queen \n1,000\t2:1\nuncle → aunt\nnew york -> usa\nparis: france\n\nlonely\na b c\n, x\n";
        let expected = own(&[
            ["man", "woman"],
            ["king", "queen"],
            ["1,000", "2:1"],
            ["uncle", "aunt"],
            ["new york", "usa"],
            ["paris", "france"],
        ]);
        assert_eq!(RelationChoice::typed(text).as_ref(), Some(&expected));
        assert_eq!(RelationChoice::typed(&expected.text()), Some(expected));
        assert_eq!(RelationChoice::typed("lonely\n"), None);
        let commas = own(&[["1,000", "a:b"]]);
        assert_eq!(RelationChoice::typed(&commas.text()), Some(commas));
        let said = RelationChoice::note(text).unwrap();
        assert!(said.starts_with("3 lines are no pairs, as “lonely”"), "{said}");
        let many = "a, b\n".repeat(MOST_PAIRS + 1);
        assert_eq!(RelationChoice::note(&many).unwrap(), "The first 100 pairs of 101 are meant.");
        assert_eq!([RelationChoice::note("a, b\n\n"), RelationChoice::note("half")], [None, None]);
    }

    #[test]
    fn files_have_a_name_or_pairs() {
        for (text, choice) in [
            (r#""Man and woman""#, RelationChoice::Gallery("Man and woman".into())),
            (r#"[["man","woman"]]"#, own(&[["man", "woman"]])),
        ] {
            assert_eq!(serde_json::from_str::<RelationChoice>(text).unwrap(), choice);
            assert_eq!(serde_json::to_string(&choice).unwrap(), text);
        }
        let many = RelationChoice::Own(vec![["a".into(), "b".into()]; 1_000].into());
        assert!(matches!(many.sound(), RelationChoice::Own(pairs) if pairs.len() == MOST_PAIRS));
    }

    #[test]
    fn own_pairs_are_as_parallel_as_their_steps_and_missing_words_are_said() {
        let words = ["man", "woman", "king", "queen"].map(str::to_owned).to_vec();
        let values = vec![0.0, 0.0, 1.0, 0.0, 5.0, 2.0, 9.0, 2.0];
        let names = RowNames::new(Arc::new(Table::from_f32(words, values, 2)), None);
        let choice = own(&[["man", "woman"], ["king", "queen"], ["uncle", "woman"]]);
        let report = RelationReport::of(&names, &choice, false, &Unwatched).unwrap();
        assert_eq!((report.pairs, report.missing.len()), (vec![[0, 1], [2, 3]], 1));
        assert!((report.parallel.mean_cosine.unwrap() - 1.0).abs() < 1e-6);
    }
}
