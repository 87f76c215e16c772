//! What a table is evaluated on, and how it does: analogy questions and pairs of words, those that come with the program or
//! a person's own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{Problem, Source};
use crate::geometry::evaluation::{
    AnalogySet, PairScores, PairSet, SectionScore, SetError, Settings, shipped,
};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// A person's own files, and whether they asked for the figures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluationChoice {
    /// Whether the figures are wanted: they are not computed unasked.
    pub wanted: bool,
    /// A file of analogy questions instead of `questions-words.txt`.
    pub analogies: Option<PathBuf>,
    /// A file of pairs instead of WordSim-353.
    pub pairs: Option<PathBuf>,
}

/// Files of questions are read up to this size.
const LARGEST: usize = 32 << 20;

/// Why a file of questions or pairs could not be used.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    #[error("The file of {what} could not be used: {problem} ({})", path.display())]
    File { what: &'static str, problem: Problem, path: PathBuf },
    #[error("The file of {what} could not be used. {error} ({})", path.display())]
    Content { what: &'static str, error: SetError, path: PathBuf },
    #[error("The file of {what} is not UTF-8 at byte {byte}: save it as UTF-8 ({})", path.display())]
    NotText { what: &'static str, byte: usize, path: PathBuf },
}

/// How a table does.
#[derive(Debug)]
pub struct EvaluationReport {
    pub analogies: Result<Vec<SectionScore>, EvaluationError>,
    pub pairs: Result<PairScores, EvaluationError>,
}

impl EvaluationChoice {
    /// Reads the sets and scores the table on both.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn report(
        &self,
        table: &Table,
        settings: Settings,
        progress: &dyn Progress,
    ) -> Result<EvaluationReport, Cancelled> {
        let analogies = match &self.analogies {
            None => Ok(shipped::questions_words()),
            Some(path) => read(path, "analogies", AnalogySet::read),
        };
        let pairs = match &self.pairs {
            None => Ok(shipped::wordsim353()),
            Some(path) => read(path, "pairs", PairSet::read),
        };
        // Pairs are quickly done.
        let pairs = match pairs {
            Ok(pairs) => Ok(pairs.score(table, settings, &Part::new(progress, 0.0, 0.02))?),
            Err(error) => Err(error),
        };
        let analogies = match analogies {
            Ok(set) => Ok(set.score(table, settings, &Part::new(progress, 0.02, 1.0))?),
            Err(error) => Err(error),
        };
        Ok(EvaluationReport { analogies, pairs })
    }
}

fn read<T>(
    path: &Path,
    what: &'static str,
    read: impl Fn(&str) -> Result<T, SetError>,
) -> Result<T, EvaluationError> {
    let path = path.to_owned();
    let source = match Source::from_path(&path) {
        Ok(source) if source.bytes().len() <= LARGEST => source,
        Ok(source) => {
            let bytes = format!("{} bytes", source.bytes().len());
            return Err(EvaluationError::File {
                what,
                problem: Problem::TooLarge { what: bytes, limit: LARGEST },
                path,
            });
        }
        Err(problem) => return Err(EvaluationError::File { what, problem, path }),
    };
    match std::str::from_utf8(source.bytes()) {
        Ok(text) => read(text).map_err(|error| EvaluationError::Content { what, error, path }),
        Err(error) => Err(EvaluationError::NotText { what, byte: error.valid_up_to(), path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    #[test]
    fn own_files_are_scored_and_what_is_wrong_with_one_spares_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let words = ["a", "b", "c"].map(String::from).to_vec();
        let table = Table::from_f32(words, vec![1.0, 0.0, 1.0, 0.1, 0.0, 1.0], 2);
        let pairs = Some(file("pairs.csv", b"a,b,9\na,c,1\nb,x,5\n"));
        let report = |analogies: PathBuf| {
            let choice = EvaluationChoice { wanted: true, analogies: Some(analogies), pairs: pairs.clone() };
            choice.report(&table, Settings::default(), &Unwatched).unwrap()
        };
        let found = report(file("bad.txt", b": s\na b c\n"));
        let said = found.analogies.unwrap_err().to_string();
        assert!(said.contains("Line 2 has 3 words") && said.contains("bad.txt"), "{said}");
        let scores = found.pairs.unwrap();
        assert_eq!((scores.spearman, scores.pairs.len(), scores.total), (Some(1.0), 2, 3));
        let said = |path| report(path).analogies.unwrap_err().to_string();
        assert!(said(file("latin.txt", b": s\na b c \xff\n")).contains("not UTF-8 at byte 10"));
        assert!(said(folder.path().join("none.txt")).contains("no such file"));
    }
}
