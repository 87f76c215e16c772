//! Files made to hurt: nested without end, far larger than they are, contradicting themselves.

use super::build::Build;
use super::containers::{bzip2, gzip, tar_head, zip, zstd};

/// A file by its name, which says what is wrong with it, and the files beside it.
pub type Bomb = Vec<(&'static str, Vec<u8>)>;

pub fn all() -> Vec<Bomb> {
    let alone = [nested(), nested_binary(), expanding(), contradicting(), lopsided()].into_iter().flatten();
    alone.map(|file| vec![file]).chain(with_others()).collect()
}

fn safetensors(header: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header].concat()
}

fn nested() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, inside: &str, close: &str| {
        [open.repeat(100_000), inside.to_owned(), close.repeat(100_000)].concat().into_bytes()
    };
    let around =
        |before: &str, middle: Vec<u8>, after: &str| [before.as_bytes(), &middle, after.as_bytes()].concat();
    let mut packed = b"cat 1 2\ndog 3 5\n".to_vec();
    for _ in 0..200 {
        packed = gzip(&packed).bytes;
    }
    vec![
        ("arrays_in_arrays.json", deep("[", "1", "]")),
        ("arrays_without_end.json", b"[".repeat(1_000_000)),
        ("objects_in_objects.json", deep(r#"{"model":{"vocab":"#, "{}", "}}")),
        ("deep_tokenizer.json", around(r#"{"added_tokens":[],"model":"#, deep("[", "", "]"), "}")),
        (
            "deep_normalizer_tokenizer.json",
            around(
                r#"{"version":"1.0","added_tokens":[],"normalizer":"#,
                deep(r#"{"type":"Sequence","normalizers":["#, "", "]}"),
                r#","model":{"type":"BPE","vocab":{},"merges":[]}}"#,
            ),
        ),
        ("deep.safetensors", safetensors(&around(r#"{"a":"#, deep("[", "1", "]"), "}"))),
        (
            "deep_metadata.safetensors",
            safetensors(&around(r#"{"__metadata__":"#, deep(r#"{"a":"#, "1", "}"), "}")),
        ),
        ("deep_line.jsonl", around(r#"{"text":"a","embedding":"#, deep("[", "1", "]"), "}\n")),
        ("packed_200_times.gz", packed),
    ]
}

fn nested_binary() -> Vec<(&'static str, Vec<u8>)> {
    const DEPTH: usize = 1 << 20;
    let lists = [&9_u32.to_le_bytes()[..], &1_u64.to_le_bytes()].concat().repeat(100_000);
    let key = [&1_u64.to_le_bytes()[..], b"a", &9_u32.to_le_bytes()].concat();
    let gguf = [&b"GGUF\x03\0\0\0"[..], &1_u64.to_le_bytes(), &1_u64.to_le_bytes(), &key, &lists].concat();
    let parquet = |foot: &[u8]| [b"PAR1", foot, &(foot.len() as u32).to_le_bytes(), b"PAR1"].concat();
    let piece = b"\x0a\x0a\x0a\x01a\x15\0\0\x80\xBF\x18\x01";
    vec![
        ("lists_of_lists.gguf", gguf),
        ("structures.parquet", parquet(&[0xFC; DEPTH])),
        ("known_structures.parquet", parquet(&[0x1C; DEPTH])),
        ("lists.parquet", parquet(&[&[0xF9][..], &[0x19; DEPTH]].concat())),
        ("groups.model", [&piece.repeat(8)[..], &[0x2B; DEPTH]].concat()),
    ]
}

fn expanding() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = vec![0; 120 << 20];
    let lines = b"a 1 2\n".repeat(20 << 20);
    let twice = gzip(&gzip(&lines).bytes).bytes;
    let archive = zip(&[("a.npy", &zeros), ("b.txt", b"cat 1 2\n")], true).bytes;
    vec![
        ("zeros.gz", gzip(&zeros).bytes),
        ("zeros.zst", zstd(&zeros).bytes),
        ("zeros.bz2", bzip2(&zeros).bytes),
        ("packed_twice.gz.gz", twice),
        ("zeros.zip", archive),
        ("many_parts.gz", gzip(&vec![0; 1 << 20]).bytes.repeat(300)),
    ]
}

fn contradicting() -> Vec<(&'static str, Vec<u8>)> {
    let tar = |size: &str, kind: u8| {
        [&tar_head("a.txt", size, kind)[..], b"cat 1 2\ndog 2 3\n", &[0; 1_520]].concat()
    };
    let mut huge = zip(&[("a.txt", b"cat 1 2\ndog 2 3\n")], false).bytes;
    let list = huge.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for place in [18, 22, list + 20, list + 24] {
        huge[place..place + 4].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    }
    vec![
        ("overlapping.zip", overlapping()),
        ("huge_sizes.zip", huge),
        ("most_files.zip", [&b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF"[..], &[0xFF; 8], &[0, 0]].concat()),
        ("octal_beyond.tar", tar("77777777777", b'0')),
        ("no_octal.tar", tar("99999999999", b'0')),
        ("negative.tar", tar("-0000000001", b'0')),
        ("binary_beyond.tar", tar("\u{0}\u{1}\u{1}", b'0')),
        ("link.tar", tar("00000000020", b'2')),
        ("long_name.tar", tar("37777777777", b'L')),
        ("pax.tar", tar("37777777777", b'x')),
        ("sparse.tar", tar("37777777777", b'S')),
        ("header_alone.txt", b"18446744073709551615 65536\n".to_vec()),
        ("header_alone.bin", b"4294967294 65536\n\x01 \x02".to_vec()),
        ("one_line.txt", [b"cat".to_vec(), b" 1".repeat(2_000_000)].concat()),
        ("no_line_ends.txt", b"a".repeat(8 << 20)),
        ("only_spaces.txt", b" ".repeat(8 << 20)),
        ("only_line_ends.txt", b"\n".repeat(8 << 20)),
        ("headers.bin", b"1 1\n".repeat(1 << 20)),
        ("line_ends.bin", [&b"1000000 4\n"[..], &b"\n".repeat(1 << 20), &[0; 100]].concat()),
        ("tabs.tsv", b"\t".repeat(1 << 20)),
        ("magics", magics()),
        ("long_words.bin", fasttext_of_long_words()),
    ]
}

/// Few bytes that ask for many: fields without content, numbers of one digit.
fn lopsided() -> Vec<(&'static str, Vec<u8>)> {
    let rows = b"word,x,y\ncat,1.5,2\ndog,2,3.5\nowl,1,1\n";
    let zeros = [&b"{\"text\":\"a\",\"embedding\":[0"[..], &b",0".repeat(2_000_000), b"]}\n"].concat();
    let array = [&b"["[..], &zeros[..zeros.len() - 1], b"]"].concat();
    let fields: String = (0..200_000).map(|field| format!(",\"f{field}\":0")).collect();
    let record = format!("{{\"text\":\"a\",\"embedding\":[1,2]{fields}}}\n");
    vec![
        ("commas.csv", [&rows[..], &b",".repeat(40 << 20)].concat()),
        ("many_columns.csv", [b"a,".repeat(500_000), b"\n".to_vec(), b"1,".repeat(500_000)].concat()),
        ("zeros.jsonl", zeros.repeat(12)),
        ("zeros.json", array),
        ("fields.jsonl", record.repeat(4).into_bytes()),
        ("tokens.json", format!("{{\"a\":[{}0]}}", "0,".repeat(10 << 20)).into_bytes()),
    ]
}

/// Files whose companions are to blame.
fn with_others() -> Vec<Bomb> {
    let header = format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }");
    let matrix = [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), &[0; 8]].concat();
    let tabs = [&b"a"[..], &b"\t".repeat(200_000), b"\n"].concat();
    let config = |path: &str| {
        format!(
            "{{\"embeddings\":[{{\"tensorName\":\"a\",\"tensorPath\":\"{path}\",\"tensorShape\":[4294967295,65536]}}]}}"
        )
    };
    let spacy = |keys: Vec<u8>| vec![("vectors", matrix.clone()), ("key2row", keys)];
    vec![
        vec![
            ("vectors.tsv", b"1\t2\n".repeat(1_000)),
            ("metadata.tsv", [tabs, b"b\n".repeat(1_000)].concat()),
        ],
        vec![("projector_config.json", config("vectors.bytes").into_bytes()), ("vectors.bytes", vec![0; 8])],
        vec![("projector_config.json", config("projector_config.json").into_bytes())],
        vec![("projector_config.json", config("../../../../../../etc/passwd").into_bytes())],
        spacy(vec![0xDF, 0xFF, 0xFF, 0xFF, 0xFF]),
        spacy(vec![0x91; 1 << 20]),
        spacy([&[0xDF, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0xC6, 0xFF, 0xFF, 0xFF, 0xFF].repeat(1_000)].concat()),
        vec![("a.npy", matrix.clone()), ("a.words.txt", b"\n".repeat(8 << 20))],
        vec![("vocab.json", b"{\"a\":0}".to_vec()), ("merges.txt", b"a a\n".repeat(1 << 20))],
    ]
}

/// Many files in one archive that all have the same bytes.
fn overlapping() -> Vec<u8> {
    let content = b"cat 1 2\n".repeat(100_000);
    let one = zip(&[("a.txt", &content)], true).bytes;
    let list = one.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = one.len() - 22;
    let entry = &one[list..end];
    let count = 5_000_u16;
    let size = (entry.len() * usize::from(count)) as u32;
    let foot = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count.to_le_bytes(),
        &count.to_le_bytes(),
        &size.to_le_bytes(),
        &(list as u32).to_le_bytes(),
        &[0, 0],
    ];
    [&one[..list], &entry.repeat(usize::from(count)), &foot.concat()].concat()
}

/// The beginnings of many formats, one after another.
fn magics() -> Vec<u8> {
    [
        &b"GGUF\x03\0\0\0"[..],
        b"PK\x03\x04",
        b"\x93NUMPY\x01\x00",
        b"PAR1",
        b"ARROW1\0\0",
        b"\xBA\x16\x4F\x2F",
        &[0xFF; 64],
    ]
    .concat()
}

/// A model whose words have millions of n-grams each, and rows so long that adding them up would take an hour.
fn fasttext_of_long_words() -> Vec<u8> {
    const DIMS: u64 = 4_096;
    let mut build = Build::default().raw(793_712_314_i32.to_le_bytes()).little(12, 4);
    for setting in [DIMS, 5, 5, 1, 5, 1, 2, 2, 1, 1, 64, 100] {
        build = build.little(setting, 4);
    }
    build = build
        .raw(1e-4_f64.to_le_bytes())
        .little(8, 4)
        .little(8, 4)
        .little(0, 4)
        .little(1_000, 8)
        .little(u64::MAX, 8);
    for word in 0..8 {
        build = build.raw(vec![b'a' + word; 60_000]).raw([0]).little(100, 8).raw([0]);
    }
    build.raw([0]).little(9, 8).little(DIMS, 8).floats(&vec![1.0; 9 * DIMS as usize]).bytes
}
