//! Files of pairs of words with what people said of their likeness, as `wordsim353.tsv`: two words and a score a line,
//! with tabs or commas between them.

use super::SetError;

/// Pairs of words with the scores that people gave them.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSet {
    pub(super) pairs: Vec<Pair>,
}

/// Two words, and how alike they are to people.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub words: [String; 2],
    pub human: f64,
}

impl PairSet {
    /// Reads a file of pairs. Empty lines and those that begin with `#` are passed over, and so is a first line that names
    /// the columns.
    ///
    /// # Errors
    /// [`SetError`] with its line for anything that is not two words and a number.
    pub fn read(text: &str) -> Result<Self, SetError> {
        let mut pairs = Vec::new();
        let mut may_be_header = true;
        for (line, content) in (1..).zip(super::lines(text)) {
            if content.trim().is_empty() || content.starts_with('#') {
                continue;
            }
            let between = if content.contains('\t') { '\t' } else { ',' };
            let fields: Vec<&str> = content.split(between).take(4).map(str::trim).collect();
            let [first, second, score] = fields[..] else { return Err(SetError::Pair { line }) };
            let is_header = std::mem::take(&mut may_be_header);
            match score.parse::<f64>().ok().filter(|score| score.is_finite()) {
                Some(human) if !first.is_empty() && !second.is_empty() => {
                    pairs.push(Pair { words: [first, second].map(str::to_owned), human });
                }
                Some(_) => return Err(SetError::Pair { line }),
                None if is_header => {}
                None => return Err(SetError::Score { line, found: score.to_owned() }),
            }
        }
        if pairs.is_empty() {
            return Err(SetError::Empty(
                "write two words and a score a line, with tabs or commas between them",
            ));
        }
        Ok(Self { pairs })
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none; a file that was read has some.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The words of a pair.
    #[must_use]
    pub fn words(&self, pair: usize) -> &[String; 2] {
        &self.pairs[pair].words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_with_tabs_or_commas_and_a_header() {
        let expected = [("tiger", "cat", 7.35), ("ice cream", "sun", 1.5)];
        for text in [
            "# a comment\nWord 1\tWord 2\tMean\ntiger\tcat\t7.35\n\nice cream\tsun\t1.5\n",
            "\u{feff}tiger,cat,7.35\r\nice cream, sun ,1.5",
        ] {
            let set = PairSet::read(text).unwrap();
            let found: Vec<_> =
                set.pairs.iter().map(|pair| (&*pair.words[0], &*pair.words[1], pair.human)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_is_no_pair_is_refused_with_its_line() {
        let read = |text: &str| PairSet::read(text).unwrap_err();
        assert_eq!(read("a,b,1\nc,d\n"), SetError::Pair { line: 2 });
        assert_eq!(read("a,b,1\nc,,2\n"), SetError::Pair { line: 2 });
        assert_eq!(read("a,b,1,2\n"), SetError::Pair { line: 1 });
        assert_eq!(read("a,b,mean\nc,d,1\ne,f,x\n"), SetError::Score { line: 3, found: "x".into() });
        assert_eq!(read("a,b,1\ne,f,nan\n"), SetError::Score { line: 2, found: "nan".into() });
        assert!(matches!(read("# nothing\n"), SetError::Empty(_)));
    }
}
