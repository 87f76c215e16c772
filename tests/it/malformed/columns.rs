//! Small tables with columns, of many kinds.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float32Builder, ListBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};

use super::Sample;
use super::build::Build;
use super::containers::zip;
use super::tables::npy;

const WORDS: [&str; 4] = ["cat", "dög", "owl", "fox"];
const VALUES: [f32; 12] = [1.0, 0.5, 0.25, 2.0, -0.5, 1.5, 3.0, 0.0, 4.0, -1.0, 2.5, 9.0];

pub fn samples() -> Vec<Sample> {
    let one = |format, target, name, build| Sample { format, target, files: vec![(name, build)] };
    let config = Build::of_text(concat!(
        r#"{"embeddings": [{"tensorName": "Animals", "tensorShape": [4, 3], "tensorPath": "vectors.tsv","#,
        r#" "metadataPath": "words.tsv"}]}"#
    ));
    vec![
        one("npz", "numpy", "a.npz", npz(true)),
        one("npz", "numpy", "b.npz", npz(false)),
        one("Parquet", "arrow", "a.parquet", parquet(true)),
        one("Parquet", "arrow", "b.parquet", parquet(false)),
        one("Arrow IPC", "arrow", "a.arrow", arrow(true)),
        one("Arrow IPC", "arrow", "b.arrow", arrow(false)),
        one("CSV", "text", "a.csv", delimited(",", "\n")),
        one("CSV", "text", "b.csv", delimited(";", "\r\n")),
        one("JSON lines", "text", "a.jsonl", json("", "\n", "\n")),
        one("JSON", "text", "a.json", json("[", ",\n", "]\n")),
        Sample {
            format: "projector config",
            target: "text",
            files: vec![
                ("projector_config.json", config),
                ("vectors.tsv", Build::of_text("1\t2\t3\n4\t5\t6\n7\t8\t9\n1\t1\t1\n")),
                ("words.tsv", Build::of_text("cat\ndog\nowl\nfox\n")),
            ],
        },
        Sample { format: "spaCy vectors", target: "numpy", files: spacy() },
        Sample { format: "spaCy vectors", target: "numpy", files: floret() },
    ]
}

/// A matrix and its words, four code points each.
fn npz(packs: bool) -> Build {
    let letters = WORDS.iter().flat_map(|word| {
        word.chars().map(u32::from).chain([0; 4]).take(4).flat_map(u32::to_le_bytes).collect::<Vec<_>>()
    });
    let header = "{'descr': '<U4', 'fortran_order': False, 'shape': (4,), }";
    let header = [b"\x93NUMPY\x01\x00\x76\x00", format!("{header:<117}\n").as_bytes()].concat();
    let words = [header, letters.collect()].concat();
    zip(&[("vectors.npy", &npy(&VALUES, 3).bytes), ("words.npy", &words)], packs)
}

fn batch(fixed: bool) -> RecordBatch {
    let words: ArrayRef = Arc::new(StringArray::from(WORDS.to_vec()));
    let vectors: ArrayRef = if fixed {
        let mut lists = FixedSizeListBuilder::new(Float32Builder::new(), 3);
        for row in VALUES.chunks_exact(3) {
            lists.values().append_slice(row);
            lists.append(true);
        }
        Arc::new(lists.finish())
    } else {
        let mut lists = ListBuilder::new(Float32Builder::new());
        for row in VALUES.chunks_exact(3) {
            lists.values().append_slice(row);
            lists.append(true);
        }
        Arc::new(lists.finish())
    };
    RecordBatch::try_from_iter([("word", words), ("embedding", vectors)]).unwrap()
}

/// Magic, pages, the footer, its length, magic.
fn parquet(fixed: bool) -> Build {
    let batch = batch(fixed);
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let foot = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[foot..foot + 4].try_into().unwrap());
    let start = foot - length as usize;
    let build = Build::default().raw(&bytes[..4]).end().raw(&bytes[4..start]).end();
    build.raw(&bytes[start..foot]).end().little(u64::from(length), 4).end().raw(b"PAR1")
}

/// The schema, one batch of rows, and for files the list of parts. Each message begins with four bytes of ones and the
/// length of its head, in which places are written as small numbers.
fn arrow(is_file: bool) -> Build {
    let batch = batch(is_file);
    let bytes = if is_file {
        let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    } else {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    let mut build = Build::default();
    let mut from = 0;
    for at in bytes.windows(4).enumerate().filter(|(_, window)| *window == [0xFF; 4]).map(|(at, _)| at) {
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap());
        build = build.raw(&bytes[from..at]).end().raw([0xFF; 4]).little(u64::from(length), 4).end();
        // The head's own numbers, one by one.
        let head = at + 8..(at + 8 + length as usize).min(bytes.len());
        for number in bytes[head.clone()].chunks(4) {
            build = match <[u8; 4]>::try_from(number).map(u32::from_le_bytes) {
                Ok(number) if (1..1 << 16).contains(&number) => build.little(u64::from(number), 4),
                _ => build.raw(number),
            };
        }
        from = head.end;
    }
    build.raw(&bytes[from..]).end()
}

fn delimited(delimiter: &str, line_end: &str) -> Build {
    let head = ["word", "group", "x", "y", "z"].join(delimiter);
    let mut text = head + line_end;
    for (word, row) in WORDS.iter().zip(VALUES.chunks_exact(3)) {
        let values: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
        let group = format!("\"an {delimiter} \"\"animal\"\"\"");
        let fields = [format!("\"{word}\""), group, values.join(delimiter)];
        text += &fields.join(delimiter);
        text += line_end;
    }
    Build::of_text(&text)
}

fn json(before: &str, between: &str, after: &str) -> Build {
    let record = |(word, row): (&&str, &[f32])| {
        serde_json::json!({"text": word, "embedding": row, "count": 3, "odd": {"a": [1, null, true]}})
            .to_string()
    };
    let records: Vec<String> = WORDS.iter().zip(VALUES.chunks_exact(3)).map(record).collect();
    Build::of_text(&[before, &records.join(between), after].concat())
}

/// The matrix, a map in `MessagePack` from keys to rows, and the words.
fn spacy() -> Vec<(&'static str, Build)> {
    let keys = [
        5_439_657_043_933_447_811_u64,
        7_562_983_679_033_046_312,
        6_845_085_040_363_246_102,
        4_333_436_952_782_779_665,
    ];
    let head = Build::default().raw([0x84]).end();
    let key2row = keys
        .iter()
        .zip(0_u8..)
        .fold(head, |build, (key, row)| build.raw([0xCF]).raw(key.to_be_bytes()).raw([row]).end());
    vec![
        ("vectors", npy(&VALUES, 3)),
        ("key2row", key2row),
        ("strings.json", Build::of_text("[\"cat\",\"dog\",\"owl\",\"fox\"]\n")),
        ("vectors.cfg", Build::of_text("{\"mode\":\"default\"}\n")),
    ]
}

/// A table whose rows belong to parts of words, how they are found, and the words.
fn floret() -> Vec<(&'static str, Build)> {
    let settings = "{\"mode\":\"floret\",\n\"minn\":2,\n\"maxn\":3,\n\"hash_count\":2,\n\"hash_seed\":7,\n\"bow\":\"<\",\"eow\":\">\"}\n";
    vec![
        ("vectors", npy(&VALUES, 3)),
        ("key2row", Build::default().raw([0x80]).end()),
        ("strings.json", Build::of_text("[\"cat\",\"dog\",\"owl\",\"fox\"]\n")),
        ("vectors.cfg", Build::of_text(settings)),
    ]
}
