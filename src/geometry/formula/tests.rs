use proptest::prelude::*;

use super::*;

/// One word for each direction, and two with signs in their names.
fn vector_of(word: &str) -> &'static [f32] {
    match word {
        "a" => &[1.0, 0.0],
        "b" => &[0.0, 2.0],
        "well-known" | "new york" | "1984" | "mean" => &[3.0, 4.0],
        other => panic!("{other} was asked for"),
    }
}

fn evaluated(text: &str) -> Result<Vec<f32>, FormulaError> {
    Formula::parse(text)?.evaluate(&vector_of)
}

#[test]
fn formulas_are_evaluated_as_they_are_read() {
    for (text, expected) in [
        ("a", [1.0, 0.0]),
        ("a + b", [1.0, 2.0]),
        ("a - b - b", [1.0, -4.0]),
        ("a − 2 × b", [1.0, -4.0]),
        ("-a + +b", [-1.0, 2.0]),
        ("2*a*3 + b/2", [6.0, 1.0]),
        ("1 / 2 * a", [0.5, 0.0]),
        ("(1 + 2) * (a + b)", [3.0, 6.0]),
        ("mean(a, b, b)", [1.0 / 3.0, 4.0 / 3.0]),
        ("unit(well-known)", [0.6, 0.8]),
        ("unit(a - a)", [0.0, 0.0]),
        ("\"new york\" - \"1984\"", [0.0, 0.0]),
        ("“new york” + a", [4.0, 4.0]),
        ("mean + a", [4.0, 4.0]),
        ("0.5*a+0.5*b", [0.5, 1.0]),
        ("a-2*a", [-1.0, 0.0]),
    ] {
        let found = evaluated(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, at, wrong) in [
        ("", 1, Wrong::Expected { found: None }),
        ("a + ", 5, Wrong::Expected { found: None }),
        ("a + * b", 5, Wrong::Expected { found: Some("*".into()) }),
        ("a b", 3, Wrong::NoSign { before: "b".into() }),
        ("mean(a b)", 8, Wrong::NoSign { before: "b".into() }),
        ("(a + b", 1, Wrong::Open),
        ("a)", 2, Wrong::Expected { found: Some(")".into()) }),
        ("a + \"new york", 5, Wrong::OpenQuote),
        ("sin(a)", 1, Wrong::NoSuchFunction("sin".into())),
        ("mean()", 6, Wrong::Expected { found: Some(")".into()) }),
        ("unit(a, b)", 7, Wrong::Expected { found: Some(",".into()) }),
        ("a + 1", 3, Wrong::Mixed),
        ("é b", 3, Wrong::NoSign { before: "b".into() }),
        ("a * b", 3, Wrong::VectorBy("multiplied by")),
        ("1 / a", 3, Wrong::VectorBy("divided by")),
        ("a / (1 - 1)", 3, Wrong::Zero),
        ("1 + 2", 1, Wrong::OnlyNumber),
        ("mean(a, 2)", 9, Wrong::NumberIn("a mean")),
        ("unit(2)", 6, Wrong::NumberIn("the direction")),
    ] {
        assert_eq!(evaluated(text), Err(wrong.at(at)), "{text}");
    }
    let said = evaluated("a b").unwrap_err().to_string();
    assert!(said.starts_with("At character 3: a sign") && said.contains("“b”"), "{said}");
}

#[test]
fn length_and_depth_are_bounded() {
    let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(evaluated(&deep(DEEPEST)).is_ok());
    assert_eq!(evaluated(&deep(DEEPEST + 1)).unwrap_err().wrong, Wrong::TooDeep);
    assert_eq!(evaluated(&format!("{}a", "-".repeat(200))).unwrap_err().wrong, Wrong::TooDeep);
    let long = vec!["a"; LONGEST / 2].join("+");
    assert_eq!(evaluated(&long), Ok(vec![1_000.0, 0.0]));
    assert_eq!(evaluated(&format!("{long} + a")).unwrap_err(), Wrong::TooLong.at(LONGEST + 1));
    let large = vec!["99999999999999999999"; 20].join("*");
    assert_eq!(evaluated(&format!("{large} * a")).unwrap_err().wrong, Wrong::NotFinite);
}

#[test]
fn words_come_once_and_in_their_order() {
    let formula = Formula::parse("king - man + mean(woman, king, \"new york\")").unwrap();
    assert_eq!(formula.words(), ["king", "man", "woman", "new york"]);
    assert_eq!(Formula::parse("2nd - 3d").unwrap().words(), ["2nd", "3d"], "no product without its sign");
}

proptest! {
    #[test]
    fn any_text_is_a_formula_or_an_error_within_it(text in "[a-c0-9.()+*/, \"“−mean-]{0,40}|\\PC{0,20}") {
        match Formula::parse(&text) {
            Ok(formula) => prop_assert!(formula.evaluate(&|_| &[1.0][..]).is_ok_and(|vector| vector.len() == 1) || !text.is_empty()),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at)),
        }
    }
}
