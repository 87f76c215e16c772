//! What a file leaves open: which of several files in an archive, matrices in a model, or columns in a table is meant.

/// What there is to choose between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choosable {
    /// Files of an archive or a folder.
    File,
    /// Matrices of a model.
    Matrix,
    /// Columns of a table that hold vectors.
    Column,
}

impl Choosable {
    /// What a person calls it: `file`, `matrix`, `column`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Matrix => "matrix",
            Self::Column => "column",
        }
    }
}

/// One thing that could be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Its name in the file.
    pub name: String,
    /// What is known of it beforehand: `30,522 × 384, f32`, or a size.
    pub about: String,
}

/// Several things that could be opened, and the one that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What kind of things they are.
    pub of: Choosable,
    /// The things, the likeliest first.
    pub options: Vec<Alternative>,
    /// The index of the one that was opened.
    pub chosen: usize,
    /// Why the first of them is the likeliest, in a few words.
    pub reason: &'static str,
}

impl Choice {
    /// Chooses the option that one of `parts` names, and the first where none does.
    ///
    /// # Panics
    /// If there is no option.
    #[must_use]
    pub fn new(of: Choosable, options: Vec<Alternative>, parts: &[String]) -> Self {
        assert!(!options.is_empty(), "a choice has options");
        let chosen = options.iter().position(|option| parts.contains(&option.name)).unwrap_or(0);
        let reason = match of {
            Choosable::File => "by its name",
            Choosable::Matrix | Choosable::Column => "the likeliest",
        };
        Self { of, options, chosen, reason }
    }

    /// The same with a better reason.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason, ..self }
    }

    /// The name of the option that was opened.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.options[self.chosen].name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_option_is_chosen_and_else_the_first() {
        let options =
            || ["a", "b"].map(|name| Alternative { name: name.into(), about: String::new() }).to_vec();
        assert_eq!(Choice::new(Choosable::File, options(), &["b".into()]).name(), "b");
        assert_eq!(Choice::new(Choosable::Matrix, options(), &["c".into()]).name(), "a");
    }
}
