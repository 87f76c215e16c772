//! A gallery of analogies that are ready to be asked: pairs of words that stand in the same relation.

use super::analogy::Question;
use super::evaluation::AnalogySet;
use crate::vectors::Table;

/// A relation and pairs of words that stand in it, all in lower case and the same way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// What the pairs have in common, as a title.
    pub name: &'static str,
    /// From and to, such as `("man", "woman")`.
    pub pairs: &'static [(&'static str, &'static str)],
}

/// Two pairs of one relation that a table has all four words of: A is to B as C is to D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The relation's name.
    pub relation: &'static str,
    /// The words A, B, C and D.
    pub words: [&'static str; 4],
    /// The rows of A, B and C.
    pub question: Question,
    /// The row of D, the expected answer.
    pub answer: u32,
}

/// Every relation there is.
pub const RELATIONS: &[Relation] = &[
    Relation {
        name: "Man and woman",
        pairs: &[
            ("man", "woman"),
            ("king", "queen"),
            ("father", "mother"),
            ("son", "daughter"),
            ("brother", "sister"),
            ("boy", "girl"),
            ("husband", "wife"),
            ("uncle", "aunt"),
            ("prince", "princess"),
            ("grandfather", "grandmother"),
            ("actor", "actress"),
            ("he", "she"),
        ],
    },
    Relation {
        name: "Country and capital",
        pairs: &[
            ("france", "paris"),
            ("germany", "berlin"),
            ("italy", "rome"),
            ("spain", "madrid"),
            ("japan", "tokyo"),
            ("china", "beijing"),
            ("russia", "moscow"),
            ("england", "london"),
            ("greece", "athens"),
            ("egypt", "cairo"),
            ("poland", "warsaw"),
            ("sweden", "stockholm"),
            ("cuba", "havana"),
            ("iraq", "baghdad"),
        ],
    },
    Relation {
        name: "Country and people",
        pairs: &[
            ("france", "french"),
            ("germany", "german"),
            ("italy", "italian"),
            ("spain", "spanish"),
            ("japan", "japanese"),
            ("china", "chinese"),
            ("russia", "russian"),
            ("england", "english"),
            ("poland", "polish"),
            ("sweden", "swedish"),
            ("mexico", "mexican"),
            ("india", "indian"),
        ],
    },
    Relation {
        name: "One and many",
        pairs: &[
            ("cat", "cats"),
            ("dog", "dogs"),
            ("car", "cars"),
            ("house", "houses"),
            ("tree", "trees"),
            ("child", "children"),
            ("man", "men"),
            ("woman", "women"),
            ("city", "cities"),
            ("country", "countries"),
            ("hand", "hands"),
            ("mouse", "mice"),
        ],
    },
    Relation {
        name: "More",
        pairs: &[
            ("big", "bigger"),
            ("small", "smaller"),
            ("fast", "faster"),
            ("slow", "slower"),
            ("long", "longer"),
            ("short", "shorter"),
            ("strong", "stronger"),
            ("warm", "warmer"),
            ("good", "better"),
            ("bad", "worse"),
            ("young", "younger"),
            ("easy", "easier"),
        ],
    },
    Relation {
        name: "Most",
        pairs: &[
            ("big", "biggest"),
            ("small", "smallest"),
            ("fast", "fastest"),
            ("long", "longest"),
            ("strong", "strongest"),
            ("good", "best"),
            ("bad", "worst"),
            ("young", "youngest"),
            ("rich", "richest"),
            ("great", "greatest"),
        ],
    },
    Relation {
        name: "Today and yesterday",
        pairs: &[
            ("go", "went"),
            ("see", "saw"),
            ("take", "took"),
            ("run", "ran"),
            ("play", "played"),
            ("walk", "walked"),
            ("eat", "ate"),
            ("write", "wrote"),
            ("sing", "sang"),
            ("think", "thought"),
            ("buy", "bought"),
            ("swim", "swam"),
        ],
    },
    Relation {
        name: "Doing",
        pairs: &[
            ("go", "going"),
            ("run", "running"),
            ("play", "playing"),
            ("walk", "walking"),
            ("swim", "swimming"),
            ("write", "writing"),
            ("sing", "singing"),
            ("read", "reading"),
            ("think", "thinking"),
            ("look", "looking"),
        ],
    },
    Relation {
        name: "Opposites",
        pairs: &[
            ("hot", "cold"),
            ("big", "small"),
            ("old", "young"),
            ("rich", "poor"),
            ("good", "bad"),
            ("early", "late"),
            ("up", "down"),
            ("happy", "sad"),
            ("strong", "weak"),
            ("open", "closed"),
        ],
    },
    Relation {
        name: "Grown and young",
        pairs: &[
            ("dog", "puppy"),
            ("cat", "kitten"),
            ("cow", "calf"),
            ("horse", "foal"),
            ("sheep", "lamb"),
            ("bear", "cub"),
            ("chicken", "chick"),
            ("man", "boy"),
            ("woman", "girl"),
        ],
    },
    Relation {
        name: "Country and money",
        pairs: &[
            ("japan", "yen"),
            ("russia", "ruble"),
            ("india", "rupee"),
            ("china", "yuan"),
            ("mexico", "peso"),
            ("sweden", "krona"),
            ("iraq", "dinar"),
            ("thailand", "baht"),
            ("poland", "zloty"),
        ],
    },
];

/// All questions that the relations ask, each pair of words against every other, to score a table on.
#[must_use]
pub fn questions() -> AnalogySet {
    AnalogySet::of_relations(RELATIONS.iter().map(|relation| (relation.name, relation.pairs)))
}

/// A pair of a relation, both words of which a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownPair {
    /// The two words, from and to.
    pub words: [&'static str; 2],
    /// Their rows.
    pub rows: [u32; 2],
}

/// The pairs of a relation of which a table has both words.
#[must_use]
pub fn known_pairs(relation: &Relation, table: &Table) -> Vec<KnownPair> {
    let known = |&(from, to): &(&'static str, &'static str)| {
        let rows = [table.find(from)? as u32, table.find(to)? as u32];
        Some(KnownPair { words: [from, to], rows })
    };
    relation.pairs.iter().filter_map(known).collect()
}

/// The analogies that a table can be asked: in each relation, the first pair that it knows against every other one.
#[must_use]
pub fn answerable(table: &Table) -> Vec<Ready> {
    let mut ready = Vec::new();
    for relation in RELATIONS {
        let pairs = known_pairs(relation, table);
        let Some((first, others)) = pairs.split_first() else { continue };
        let ([a, b], [a_row, b_row]) = (first.words, first.rows);
        ready.extend(others.iter().map(|&KnownPair { words: [c, d], rows: [c_row, d_row] }| Ready {
            relation: relation.name,
            words: [a, b, c, d],
            question: Question { a: a_row, b: b_row, c: c_row },
            answer: d_row,
        }));
    }
    ready
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn relations_are_well_formed() {
        let mut names = HashSet::new();
        for relation in RELATIONS {
            assert!(names.insert(relation.name), "{} twice", relation.name);
            assert!(relation.pairs.len() >= 8);
            let pairs: HashSet<_> = relation.pairs.iter().collect();
            assert_eq!(pairs.len(), relation.pairs.len(), "a pair twice in {}", relation.name);
            for (from, to) in relation.pairs {
                assert_ne!(from, to);
                assert!(from.chars().chain(to.chars()).all(|letter| letter.is_ascii_lowercase()));
            }
        }
    }

    #[test]
    fn only_whole_analogies_are_offered() {
        let words: Vec<String> =
            ["king", "woman", "man", "queen", "paris", "france", "rome"].map(String::from).into();
        let table = Table::from_f32(words, vec![0.0; 7], 1);
        let ready = answerable(&table);
        assert_eq!(ready.len(), 1, "one capital alone asks nothing");
        assert_eq!(ready[0].words, ["man", "woman", "king", "queen"]);
        assert_eq!((ready[0].question, ready[0].answer), (Question { a: 2, b: 1, c: 0 }, 3));
    }
}
