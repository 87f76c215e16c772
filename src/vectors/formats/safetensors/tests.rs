use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::progress::Unwatched;
use crate::vectors::open_source;

/// A tensor of a file to be: name, type, shape, and as many bytes as its data takes.
type Described<'a> = (&'a str, &'a str, &'a [usize], usize);

/// A file of tensors whose bytes count from 0 to 63 over and over.
fn file(tensors: &[Described], padding: usize) -> Vec<u8> {
    let mut header = String::from("{");
    let mut at = 0;
    for (name, dtype, shape, size) in tensors {
        let comma = if at == 0 { "" } else { "," };
        let end = at + size;
        let field = r#"":{"dtype":""#;
        write!(header, r#"{comma}"{name}{field}{dtype}","shape":{shape:?},"data_offsets":[{at},{end}]}}"#)
            .unwrap();
        at = end;
    }
    header += "}";
    header += &" ".repeat(padding);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.extend((0..at).map(|i| (i % 64) as u8));
    bytes
}

fn read_with(
    name: &str,
    bytes: Vec<u8>,
    beside: &[(&str, Vec<u8>)],
    parts: &[&str],
) -> Result<Parsed, Problem> {
    let beside = beside.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone().into())).collect();
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let source = Source::from_memory(name, bytes, beside)?.with_parts(&parts);
    assert!(Safetensors.recognizes(&source));
    Safetensors.read(&source, &Unwatched)
}

fn read(bytes: Vec<u8>) -> Result<Parsed, Problem> {
    read_with("x.safetensors", bytes, &[], &[])
}

fn error(read: Result<Parsed, Problem>) -> String {
    read.err().map(|problem| problem.to_string()).unwrap_or_default()
}

const POSITION: Described = ("position_embeddings.weight", "F32", &[9, 2], 72);

#[test]
fn the_token_matrix_is_chosen_by_its_name_and_else_by_its_rows() {
    let parsed = read(file(&[POSITION, ("bert.word_embeddings.weight", "F16", &[3, 2], 12)], 0)).unwrap();
    assert_eq!(parsed.choices[0].name(), "bert.word_embeddings.weight");
    assert_eq!((parsed.rows.count(), parsed.rows.dtype()), (3, DType::F16));
    let layer = ("layer", "F32", &[4, 2][..], 32);
    let parsed = read(file(&[layer, POSITION, ("bias", "F32", &[50], 200)], 0)).unwrap();
    assert_eq!(parsed.choices[0].name(), "position_embeddings.weight");
}

#[test]
fn tokens_name_the_rows_of_tokens_and_no_others() {
    let bytes =
        file(&[("embed_tokens.weight", "F32", &[3, 2], 24), POSITION, ("other", "F32", &[3, 1], 12)], 0);
    let beside = [("tokenizer.json", br#"{"a":0,"b":1,"c":2}"#.to_vec())];
    let first = |parts: &[&str]| {
        let parsed = read_with("x.safetensors", bytes.clone(), &beside, parts).unwrap();
        (parsed.words.get(1).to_owned(), parsed.warnings)
    };
    assert_eq!(first(&[]), ("b".into(), vec![]));
    assert_eq!(first(&["other"]), ("b".into(), vec![]), "as many rows as there are tokens");
    assert_eq!(first(&[POSITION.0]), ("1".into(), vec![]));
}

#[test]
fn tokens_name_no_matrix_that_is_not_said_to_be_theirs() {
    let tokenizer = ("tokenizer.json", br#"{"t0":0,"t1":1}"#.to_vec());
    let bytes = file(&[POSITION], 0);
    let parsed = read_with("x.safetensors", bytes.clone(), &[tokenizer], &[]).unwrap();
    assert_eq!((parsed.words.get(1), parsed.names), ("1", NamesFrom::Numbers));
    let list = ("x.words.txt", b"a\nb\nc\nd\ne\nf\ng\nh\ni".to_vec());
    assert_eq!(read_with("x.safetensors", bytes, &[list], &[]).unwrap().words.get(8), "i");
    for name in ["position_embeddings.weight", "bert.embeddings.token_type_embeddings.weight"] {
        assert_eq!(rank(name), TOKEN_MATRICES.len(), "{name}");
    }
    for name in ["gpt_neox.embed_in.weight", "embeddings.weight", "a.embeddings.weight"] {
        assert!(rank(name) < TOKEN_MATRICES.len(), "{name}");
    }
}

#[test]
fn numbers_are_read_at_every_alignment() {
    let expected = f32::from_le_bytes([0, 1, 2, 3]);
    for padding in 0..8 {
        let parsed = read(file(&[("wte.weight", "F32", &[3, 2], 24)], padding)).unwrap();
        assert_eq!(parsed.rows.row(0)[0].to_bits(), expected.to_bits());
    }
}

#[test]
fn files_that_are_cut_off_or_hold_no_matrix_are_refused() {
    let whole = file(&[("wte.weight", "F32", &[3, 2], 24)], 0);
    assert!(error(read(whole[..whole.len() - 1].to_vec())).contains("cut off"));
    for tensor in [("a", "I64", &[2, 2][..], 32), ("a", "F32", &[6][..], 24)] {
        assert!(error(read(file(&[tensor], 0))).contains("none of its 1 tensors"));
    }
    let overflow = file(&[("a", "F32", &[usize::MAX, 8][..], 24)], 0);
    assert!(matches!(read(overflow), Err(Problem::Malformed { .. })));
}

#[test]
fn whole_numbers_are_scaled_by_what_stands_beside_them() {
    let matrix = ("wte.weight", "I8", &[3, 2][..], 6);
    let rows = |tensors: &[Described]| {
        let parsed = read(file(tensors, 0)).unwrap();
        assert_eq!(parsed.rows.dtype(), DType::I8);
        (parsed.rows.block(0..3, &mut Vec::new()).to_vec(), parsed.warnings.contains(&Warning::Unscaled))
    };
    let plain = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    assert_eq!(rows(&[matrix]), (plain.clone(), true));
    // Bytes 6 and 7 of the data, as a number of half precision.
    let scale = half::f16::from_le_bytes([6, 7]).to_f32();
    let scaled: Vec<f32> = plain.iter().map(|x| x * scale).collect();
    for name in ["wte.weight.scales", "wte.weight_scale", "wte.scale", "wte.weight._scale"] {
        for shape in [&[1][..], &[1, 1], &[]] {
            assert_eq!(rows(&[matrix, (name, "F16", shape, 2)]), (scaled.clone(), false), "{name}");
        }
    }
    for shape in [&[3][..], &[3, 1], &[1, 3]] {
        let (found, _) = rows(&[matrix, ("wte.SCB", "F32", shape, 12)]);
        let scale = f32::from_le_bytes([10, 11, 12, 13]) / 127.0;
        assert_eq!(found[2..4], [2.0 * scale, 3.0 * scale]);
    }
    for (shape, size) in [(&[2][..], 4), (&[3, 2], 12)] {
        assert_eq!(rows(&[matrix, ("wte.weight.scales", "F16", shape, size)]), (plain.clone(), true));
    }
}

const FIRST: &str = "m-00001-of-00002.safetensors";
const SECOND: &str = "m-00002-of-00002.safetensors";

fn index(map: &str) -> Vec<u8> {
    format!(r#"{{"metadata": {{"total_size": 1}}, "weight_map": {{{map}}}}}"#).into_bytes()
}

fn model() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let first = file(&[("layer.weight", "F32", &[4, 2], 32)], 0);
    let second = file(&[("model.embed_tokens.weight", "BF16", &[3, 2], 12)], 0);
    (index(&format!(r#""layer.weight": "{FIRST}", "model.embed_tokens.weight": "{SECOND}""#)), first, second)
}

#[test]
fn a_model_in_several_files_opens_from_its_index_and_from_each_of_them() {
    let (index, first, second) = model();
    let files = [("m.safetensors.index.json", index), (FIRST, first), (SECOND, second)];
    for (name, bytes) in files.clone() {
        let others: Vec<_> = files.iter().filter(|(other, _)| *other != name).cloned().collect();
        let parsed = read_with(name, bytes.clone(), &others, &[]).unwrap();
        assert_eq!(
            (parsed.choices[0].name(), parsed.choices[0].options.len()),
            ("model.embed_tokens.weight", 2)
        );
        assert_eq!(parsed.rows.dtype(), DType::Bf16);
        assert!(parsed.facts.contains(&("Files".into(), "2 of 2".into())));
        let parsed = read_with(name, bytes, &others, &["layer.weight"]).unwrap();
        assert_eq!((parsed.rows.count(), parsed.rows.dtype()), (4, DType::F32));
    }
    let (_, alone, _) = model();
    let parsed = read_with(FIRST, alone, &[], &[]).unwrap();
    assert_eq!((parsed.choices[0].name(), parsed.facts.len()), ("layer.weight", 1), "without the index");
}

#[test]
fn a_tensor_in_two_files_is_the_one_that_the_index_names() {
    let first = file(&[("wte.weight", "F32", &[3, 2], 24)], 0);
    let second = file(&[("wte.weight", "F16", &[9, 2], 36)], 0);
    for (name, rows) in [(FIRST, 3), (SECOND, 9)] {
        let files = [(FIRST, first.clone()), (SECOND, second.clone())];
        let index = index(&format!(r#""other": "{FIRST}", "wte.weight": "{name}", "another": "{SECOND}""#));
        let parsed = read_with("m.safetensors.index.json", index, &files, &[]).unwrap();
        assert_eq!((parsed.rows.count(), parsed.choices[0].options.len()), (rows, 1), "{name}");
    }
    let alone = read_with("m.safetensors.index.json", model().0, &[], &[]);
    assert!(error(alone).contains(FIRST), "with no file at all");
}

#[test]
fn whole_numbers_around_another_zero_are_refused() {
    let matrix = ("wte.weight", "I8", &[3, 2][..], 6);
    // Bytes count up from the matrix's six: the zero point is 6, or the very first byte, 0.
    assert!(
        error(read(file(&[matrix, ("wte.weight_zero_point", "I8", &[1], 1)], 0))).contains("zero points")
    );
    assert!(read(file(&[("wte.weight_zero_point", "I8", &[1], 1), matrix], 0)).is_ok());
}

#[test]
fn files_that_are_missing_are_said() {
    let (index, first, second) = model();
    let name = "m.safetensors.index.json";
    let said = error(read_with(name, index.clone(), &[(FIRST, first.clone())], &[]));
    assert!(said.contains("embed_tokens") && said.contains(SECOND), "{said}");
    let parsed = read_with(name, index.clone(), &[(SECOND, second)], &[]).unwrap();
    assert!(parsed.warnings.contains(&Warning::MissingFiles { files: 1, first: FIRST.into() }));
    assert!(read_with(name, index, &[(FIRST, first)], &["layer.weight"]).is_ok());
}

#[test]
fn an_index_leads_to_files_beside_it_and_nowhere_else() {
    let name = "m.safetensors.index.json";
    for elsewhere in ["../m.safetensors", "/etc/passwd", "a/b.safetensors", "..", "C:\\\\x.safetensors", ""] {
        let index = index(&format!(r#""a": "{elsewhere}""#));
        let said = error(read_with(name, index, &[], &["a"]));
        assert!(
            said.contains("no file beside it") || said.contains("lies in , which"),
            "{elsewhere}: {said}"
        );
    }
    assert!(error(read_with(name, index(""), &[], &[])).contains("names no file"));
    assert!(
        error(read_with(name, index(r#""a": 5"#), &[], &[])).contains("index of the model's files is broken")
    );
    assert!(error(read_with(name, index(r#""a": "pytorch_model-1.bin""#), &[], &[])).contains("pickle"));
}

proptest! {
    #[test]
    fn damage_is_refused_or_harmless(
        cut in 0_usize..300,
        flips in prop::collection::vec((0_usize..300, any::<u8>()), 0..5),
    ) {
        let tensors: [Described; 3] = [("wte.weight", "I8", &[3, 2], 6), ("wte.scales", "F16", &[3], 6), POSITION];
        let mut bytes = file(&tensors, 3);
        let length = bytes.len();
        for (at, with) in flips {
            bytes[at % length] = with;
        }
        bytes.truncate(length.saturating_sub(cut / 30).max(1));
        let source = Source::from_memory("m.safetensors", bytes, Vec::new()).unwrap();
        if let Ok(opened) = open_source(&source, &Unwatched) {
            prop_assert_eq!(opened.table.row(0).len(), opened.table.dims());
        }
    }
}
