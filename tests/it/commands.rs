//! The commands: exact shapes, agreement with reference libraries, and what they refuse.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::shell::{project_file, run, run_with};

const GLOVE: &str = "sample_vectors/glove-6b-100d.bin";

fn glove() -> String {
    project_file(GLOVE).to_str().unwrap().to_owned()
}

fn reference(name: &str) -> Value {
    let text = fs::read_to_string(project_file("tests/reference").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap_or_else(|| panic!("{value}")).keys().map(String::as_str).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

/// Holds a list of `{"word", "score"}` to a reference; scores there have six decimals.
fn assert_scored(found: &Value, expected: &Value) {
    assert_eq!(list(found).len(), list(expected).len());
    for (found, expected) in list(found).iter().zip(list(expected)) {
        assert_eq!(keys(found), BTreeSet::from(["word", "score"]));
        assert_eq!(found["word"], expected["word"]);
        let difference = found["score"].as_f64().unwrap() - expected["score"].as_f64().unwrap();
        assert!(difference.abs() < 2e-6, "{found} {expected}");
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn info_says_what_a_file_holds() {
    let path = glove();
    let expected = json!({
        "path": path, "format": "word2vec binary", "rows": 8335, "dims": 100, "dtype": "f32",
        "has_tokenizer": false, "vocabulary": null, "warnings": []
    });
    assert_eq!(run(["info", &path, "--json"]).json(), expected);
    let sample = run(["info", "--json", "sample:minilm"]).json();
    assert_eq!((&sample["path"], &sample["dtype"]), (&json!("sample:minilm"), &json!("f16")));
    let read = run(["info", "sample:starter"]);
    assert!(read.out.contains("190") && read.err.is_empty(), "{read:?}");
}

#[test]
fn info_knows_tokenizers() {
    let folder = tempfile::tempdir().unwrap();
    let file = json!({
        "version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "cat": 1, "dog": 2}, "unk_token": "[UNK]"}
    });
    let path = write(folder.path(), "tokenizer.json", &file.to_string());
    let info = run(["info", &path, "--json"]).json();
    assert_eq!((&info["rows"], &info["dims"], &info["dtype"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!((&info["has_tokenizer"], &info["vocabulary"]), (&json!(true), &json!(3)));
    assert_eq!(keys(&info).len(), 8);
    assert_eq!(run(["tokenize", "-t", &path, "dog cat", "--json"]).json()[0]["ids"], json!([2, 1]));
    assert!(run(["neighbors", &path, "cat"]).error().contains("holds a tokenizer"));
    assert!(run(["tokenize", "-t", &glove(), "cat"]).error().contains("holds vectors"));
}

#[test]
fn neighbors_agree_with_gensim_one_by_one_and_together() {
    let (path, reference) = (glove(), reference("geometry.json"));
    let expected = list(&reference["glove-6b-100d"]["neighbors"]);
    let words: Vec<&str> = expected.iter().map(|answer| answer["query"].as_str().unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    let queries = write(folder.path(), "words.txt", &words.join("\r\n"));
    let together = run(["neighbours", "--json", &path, "--queries", &queries]).json();
    assert_eq!(list(&together).len(), words.len());
    for (found, expected) in list(&together).iter().zip(expected) {
        assert_eq!(keys(found), BTreeSet::from(["query", "neighbors"]));
        assert_eq!(found["query"], expected["query"]);
        assert_scored(&found["neighbors"], &expected["neighbors"]);
    }
    let alone = run(["neighbors", &path, words[0], "-k", "10", "--json"]).json();
    assert_eq!(alone, json!([together[0]]), "one query is answered as in a batch");
    let table = run(["neighbors", &path, "king", "-k", "2"]).out;
    assert_eq!(table, "king · cosine\nprince  0.768\nqueen   0.751\n");
}

#[test]
fn euclidean_scores_are_distances_that_ascend() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "t.txt", "a 0 0\nb 3 4\nc 0 1\nd 6 8\n");
    let near = |metric: &str| run(["neighbors", &path, "a", "--metric", metric, "--json"]).json();
    let expected = json!([{"query": "a", "neighbors": [
        {"word": "c", "score": 1.0}, {"word": "b", "score": 5.0}, {"word": "d", "score": 10.0}
    ]}]);
    assert_eq!(near("euclidean"), expected);
    let by_dot = run(["neighbors", &path, "b", "--metric", "dot", "--json"]).json();
    assert_eq!(by_dot[0]["neighbors"][0], json!({"word": "d", "score": 50.0}));
}

#[test]
fn every_unknown_word_is_named_with_near_spellings() {
    let answer = run(["neighbors", "sample:starter", "kingg", "dog", "quen"]);
    let error = answer.error();
    assert!(error.contains("kingg") && error.contains("king,") || error.contains("king."), "{error}");
    assert!(error.contains("quen") && error.contains("queen") && !error.contains("dog”"), "{error}");
    assert!(run(["analogy", "sample:starter", "man", "king", "womann"]).error().contains("woman"));
    assert!(run(["row", "sample:starter", "King"]).error().contains("king"), "case counts");
    assert!(run(["row", "sample:starter", "--id", "190"]).error().contains("0 to 189"));
    assert!(run(["tokenize", "-t", "gtp2", "hi"]).error().contains("gpt2"));
    assert!(run(["info", "sample:startr"]).error().contains("starter"));
}

#[test]
fn analogies_agree_with_gensim() {
    let (path, reference) = (glove(), reference("geometry.json"));
    for expected in list(&reference["glove-6b-100d"]["analogies"]) {
        let [a, b, c] = ["a", "b", "c"].map(|word| expected[word].as_str().unwrap());
        let found = run(["analogy", &path, a, b, c, "--json"]).json();
        assert_eq!(keys(&found), BTreeSet::from(["answers"]));
        assert_scored(&found["answers"], &expected["answers"]);
        let with = run(["analogy", &path, a, b, c, "--json", "--include-inputs", "-k", "3"]).json();
        let words: Vec<&str> =
            list(&with["answers"]).iter().map(|answer| answer["word"].as_str().unwrap()).collect();
        assert!(words.len() == 3 && (words.contains(&b) || words.contains(&c)), "{words:?}");
    }
}

#[test]
fn rows_are_given_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "t.txt", "a 0.1 -2\nb 1e-20 3\nc 5 6\n");
    let answer = run(["row", &path, "a", "--json"]);
    assert_eq!(answer.out, "{\"word\":\"a\",\"id\":0,\"values\":[0.1,-2.0]}\n");
    let by_id = run(["row", &path, "--id", "1", "--json"]).json();
    assert_eq!(by_id["word"], "b");
    assert_eq!(by_id["values"][0].as_f64().unwrap() as f32, 1e-20);
    assert!(run(["row", &path, "c"]).out.contains("row 2 of 3 × 2"));
}

/// fasttext-wheel 0.9.2: `get_word_vector("darcyish")` and `get_nearest_neighbors`.
#[test]
fn a_word_that_a_fasttext_model_never_read_has_the_vector_of_its_parts() {
    let answer = run(["row", "sample:austen", "darcyish", "--json"]);
    let row = answer.json();
    assert!(row["id"].is_null() && answer.err.contains("made of its parts"), "{answer:?}");
    for (found, expected) in list(&row["values"]).iter().zip([-0.223_733_4, 0.215_675_31, 0.177_710_19]) {
        assert!((found.as_f64().unwrap() - expected).abs() < 1e-6, "{row}");
    }
    let expected = [("darcy", 0.836_585), ("indignant", 0.831_937), ("wickham's", 0.831_745)];
    for words in [&["darcyish"][..], &["darcyish", "emma"]] {
        let arguments = ["neighbors", "sample:austen", "-k", "3", "--json"];
        let found = run(arguments.iter().chain(words)).json();
        for (found, (word, score)) in list(&found[0]["neighbors"]).iter().zip(expected) {
            assert!(
                found["word"] == word && (found["score"].as_f64().unwrap() - score).abs() < 1e-5,
                "{found}"
            );
        }
    }
    let answers = run(["analogy", "sample:austen", "emma", "darcyish", "jane", "--json"]).json();
    assert_eq!(list(&answers["answers"]).len(), 10);
    assert!(run(["row", "sample:glove-50d", "darcyish"]).error().contains("darcyish"));
}

#[test]
fn pca_gives_the_shares_that_scikit_learn_gives() {
    let (path, reference) = (glove(), reference("geometry.json"));
    let expected = &reference["glove-6b-100d"]["pca"];
    let found = run(["project", &path, "--dims", "3", "--json"]).json();
    assert_eq!(keys(&found), BTreeSet::from(["method", "explained_variance_ratio", "points"]));
    assert_eq!(found["method"], "pca");
    let shares = list(&found["explained_variance_ratio"]);
    assert_eq!(shares.len(), 3);
    for (share, expected) in shares.iter().zip(list(&expected["explained_variance_ratio"])) {
        assert!((share.as_f64().unwrap() - expected.as_f64().unwrap()).abs() < 2e-6, "{share} {expected}");
    }
    let points = list(&found["points"]);
    assert_eq!(points.len(), 8335);
    assert_eq!(keys(&points[0]), BTreeSet::from(["word", "x", "y", "z"]));
    let coffee = points.iter().find(|point| point["word"] == "coffee").unwrap();
    for (axis, expected) in ["x", "y", "z"].iter().zip(list(&expected["absolute_coordinates"]["coffee"])) {
        let difference = coffee[axis].as_f64().unwrap().abs() - expected.as_f64().unwrap();
        assert!(difference.abs() < 1e-3, "{coffee} {expected}");
    }
}

#[test]
fn projections_by_chance_depend_on_the_seed_alone() {
    for method in ["random", "diffusion", "tsne", "umap"] {
        let project =
            |seed: &str| run(["project", "sample:starter", "--method", method, "--seed", seed, "--json"]);
        let first = project("7");
        assert_eq!(first.out, project("7").out, "{method}");
        let found = first.json();
        assert_eq!((&found["method"], &found["explained_variance_ratio"]), (&json!(method), &Value::Null));
        assert_eq!(keys(&found["points"][0]), BTreeSet::from(["word", "x", "y"]));
    }
    let random = |seed: &str| run(["project", "sample:starter", "--method", "random", "--seed", seed]).out;
    assert_ne!(random("1"), random("2"));
}

#[test]
fn what_a_map_keeps_is_said_on_standard_error() {
    let answer = run(["project", "sample:starter", "--honesty", "--json"]);
    assert_eq!(list(&answer.json()["points"]).len(), 190);
    for said in
        ["note: On average 5.5 of 10 nearest words are near on this map (cosine).", "Trustworthiness 0.957"]
    {
        assert!(answer.err.contains(said), "{}", answer.err);
    }
}

#[test]
fn points_are_written_as_csv_with_quotes_where_needed_and_as_npy() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = write(folder.path(), "v.txt", "a,b 1 0\n\"hi\" 0 1\nplain -1 0\n");
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (csv, npy) = (out("p.csv"), out("p.NPY"));
    let answer = run(["project", &vectors, "-o", &csv]);
    assert_eq!((answer.code, answer.out.as_str()), (Some(0), ""), "{answer:?}");
    let text = fs::read_to_string(&csv).unwrap();
    let words: Vec<&str> = text.lines().map(|line| &line[..line.len().min(8)]).collect();
    assert_eq!(words[0], "word,x,y");
    assert!(text.lines().nth(1).unwrap().starts_with("\"a,b\","), "{text}");
    assert!(text.lines().nth(2).unwrap().starts_with("\"\"\"hi\"\"\","), "{text}");
    assert!(text.lines().nth(3).unwrap().starts_with("plain,"), "{text}");

    let json = run(["project", &vectors, "-o", &npy, "--dims", "3", "--json"]).json();
    let bytes = fs::read(&npy).unwrap();
    let data = bytes.len() - 3 * 3 * 4;
    let header = std::str::from_utf8(&bytes[10..data]).unwrap();
    assert_eq!((&bytes[..8], data % 64), (&b"\x93NUMPY\x01\x00"[..], 0));
    assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }"), "{header}");
    let numbers: Vec<f32> =
        bytes[data..].chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    for (point, row) in list(&json["points"]).iter().zip(numbers.chunks_exact(3)) {
        let coordinates = ["x", "y", "z"].map(|axis| point[axis].as_f64().unwrap() as f32);
        assert_eq!(coordinates, row);
    }
    let reread = run(["info", &npy, "--json"]).json();
    assert_eq!((&reread["rows"], &reread["dims"]), (&json!(3), &json!(3)), "our own reader reads it");
}

#[test]
fn other_endings_are_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("points.txt");
    let name = out.to_str().unwrap();
    assert!(run(["project", "sample:starter", "-o", name]).error().contains(".csv or .npy"));
    assert!(run(["cluster", "sample:starter", "-o", name]).error().contains(".csv"));
    assert!(run(["render", "sample:starter", name]).error().contains(".png, .svg or .pdf"));
    assert!(!out.exists());
    let nowhere = folder.path().join("no/such/folder.csv");
    assert!(run(["cluster", "sample:starter", "-o", nowhere.to_str().unwrap()]).error().contains("written"));
}

#[test]
fn clusters_are_counted_named_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("c.csv").to_str().unwrap().to_owned();
    let arguments = ["cluster", "sample:starter", "-k", "5", "--seed", "3", "--json", "-o", &out];
    let answer = run(arguments);
    let found = answer.json();
    assert_eq!(keys(&found), BTreeSet::from(["method", "k", "clusters", "words"]));
    assert_eq!((&found["method"], &found["k"]), (&json!("kmeans"), &json!(5)));
    assert_eq!(list(&found["clusters"]).len(), 5);
    let mut csv = String::from("word,cluster\n");
    for word in list(&found["words"]) {
        assert_eq!(keys(word), BTreeSet::from(["word", "cluster"]));
        writeln!(csv, "{},{}", word["word"].as_str().unwrap(), word["cluster"]).unwrap();
    }
    assert_eq!(fs::read_to_string(&out).unwrap(), csv);
    for cluster in list(&found["clusters"]) {
        assert_eq!(keys(cluster), BTreeSet::from(["id", "name", "size"]));
        let members = list(&found["words"]).iter().filter(|word| word["cluster"] == cluster["id"]).count();
        assert_eq!(cluster["size"], members);
    }
    assert_eq!(run(arguments).out, answer.out, "the same seed gives the same clusters");
    let dense = run(["cluster", "sample:starter", "--method", "hdbscan", "--json"]).json();
    let noise = list(&dense["words"]).iter().filter(|word| word["cluster"] == -1).count();
    let members: u64 = list(&dense["clusters"]).iter().map(|cluster| cluster["size"].as_u64().unwrap()).sum();
    assert_eq!(noise as u64 + members, 190);
}

#[test]
fn all_eleven_tokenizers_give_the_reference_ids_line_by_line() {
    let reference = reference("tokenizers.json");
    let texts = list(&reference["texts"]);
    let picked: Vec<usize> = (0..texts.len()).step_by(9).collect();
    let lines: Vec<String> = picked.iter().map(|&at| texts[at]["text"].to_string()).collect();
    let lines = lines.join("\n");
    for (arguments, field) in
        [(vec!["tokenize", "--jsonl"], "with_special"), (vec!["tokenize", "--jsonl", "--no-special"], "ids")]
    {
        let answer = run_with(arguments, lines.as_bytes());
        assert_eq!(answer.code, Some(0), "{}", answer.err);
        assert_eq!(answer.out.lines().count(), picked.len());
        for (line, &at) in answer.out.lines().zip(&picked) {
            let documents: Value = serde_json::from_str(line).unwrap();
            let names: Vec<&str> =
                list(&documents).iter().map(|document| document["tokenizer"].as_str().unwrap()).collect();
            let eleven = "bert gpt2 gpt4 gpt4o llama2 llama3 starcoder2 t5 mistral byt5 canine";
            assert_eq!(names.join(" "), eleven);
            for document in list(&documents) {
                let name = document["tokenizer"].as_str().unwrap();
                let expected = &reference["tokenizers"][name][field][at];
                assert_eq!(&document["ids"], expected, "{name}: {}", texts[at]["name"]);
            }
        }
    }
}

#[test]
fn tokens_have_the_promised_shape_from_any_source() {
    let expected = json!([{
        "tokenizer": "bert", "ids": [101, 19204, 6026, 102],
        "tokens": [
            {"id": 101, "text": "[CLS]", "start": 0, "end": 0, "bytes": []},
            {"id": 19204, "text": "token", "start": 0, "end": 5, "bytes": [116, 111, 107, 101, 110]},
            {"id": 6026, "text": "##izing", "start": 5, "end": 10, "bytes": [105, 122, 105, 110, 103]},
            {"id": 102, "text": "[SEP]", "start": 10, "end": 10, "bytes": []}
        ],
        "bytes": 10, "chars": 10, "graphemes": 10
    }]);
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "text.txt", "tokenizing");
    assert_eq!(run(["tokenize", "-t", "bert", "tokenizing", "--json"]).json(), expected);
    assert_eq!(run(["tokenize", "-t", "bert", "--file", &file, "--json"]).json(), expected);
    assert_eq!(run_with(["tokenize", "-t", "bert", "-", "--json"], b"tokenizing").json(), expected);
    let two = run(["tokenize", "-t", "gpt2", "-t", "byt5", "x", "--no-special", "--json"]).json();
    assert_eq!((&two[0]["ids"], &two[1]["ids"]), (&json!([87]), &json!([123])));
    let typed = |more: &[&str]| {
        let arguments = ["tokenize", "-t", "gpt2", "<|endoftext|>", "--json"];
        list(&run(arguments.iter().chain(more)).json()[0]["ids"]).clone()
    };
    assert_eq!(typed(&["--typed-special"]), [json!(50256)]);
    assert!(typed(&[]).len() > 1, "typed specials are text unless asked");
    let table = run(["tokenize", "-t", "gpt2", "strawberry"]).out;
    assert!(table.contains("301") && table.ends_with("3 tokens\n"), "{table}");
}

#[test]
fn a_bad_line_or_text_is_said_where_it_is() {
    let answer = run_with(["tokenize", "-t", "byt5", "--jsonl"], b"\"a\"\nnot json\n\"b\"\n");
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(answer.out.lines().count(), 1, "what came before is answered");
    assert!(answer.err.contains("error: line 2"), "{}", answer.err);
    let answer = run_with(["tokenize", "-t", "byt5", "-"], b"ab\xff");
    assert!(answer.error().contains("byte 2"));
    assert!(run(["tokenize", "--file", "/no/such/file"]).error().contains("/no/such/file"));
}

#[test]
fn pictures_have_the_size_asked_for_and_are_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (png, again, svg) = (path("a.png"), path("b.png"), path("a.svg"));
    for out in [&png, &again, &svg] {
        let size = ["--size", "640x360", "--theme", "dark", "--select", "king", "--select", "queen"];
        let answer = run(["render", "sample:starter", out].iter().chain(&size));
        assert_eq!((answer.code, answer.out.as_str()), (Some(0), ""), "{answer:?}");
    }
    let bytes = fs::read(&png).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (640, 360));
    assert_eq!(bytes, fs::read(&again).unwrap());
    let text = fs::read_to_string(&svg).unwrap();
    assert!(text.contains("<svg") && text.contains("640") && text.contains("360"), "{text:.300}");
    assert!(text.contains(">queen<") && text.trim_end().ends_with("</svg>"));
    assert!(run(["render", "sample:starter", &png, "--select", "xyzzy"]).error().contains("xyzzy"));
    assert_eq!(fs::read(&png).unwrap(), bytes, "the picture that was there stays");
}

#[test]
fn a_session_gives_the_view_to_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let session = json!({
        "lexiscope_session": 1, "document": {"sample": "starter"},
        "view": {"map": {"axes": [2, 3], "selection": {"rows": [5, 100_000], "focus": 5}}}
    });
    let session = write(folder.path(), "s.json", &session.to_string());
    let out = folder.path().join("a.svg");
    let answer = run(["render", "sample:starter", out.to_str().unwrap(), "--session", &session]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.err.contains("warning"), "a row that is not there is said: {answer:?}");
    assert!(fs::read_to_string(&out).unwrap().contains("Principal component 4"));
    let broken = write(folder.path(), "broken.json", "{");
    let answer = run(["render", "sample:starter", out.to_str().unwrap(), "--session", &broken]);
    assert!(answer.error().contains("session"));
}

#[test]
fn usage_errors_end_with_two() {
    let wrong: [&[&str]; 21] = [
        &["info"],
        &["neighbors", "sample:starter"],
        &["neighbors", "sample:starter", "dog", "-k", "0"],
        &["neighbors", "sample:starter", "dog", "--metric", "manhattan"],
        &["analogy", "sample:starter", "a", "b"],
        &["project", "sample:starter", "--dims", "4"],
        &["project", "sample:starter", "--method", "som"],
        &["project", "sample:starter", "--method", "tsne", "--perplexity", "1"],
        &["project", "sample:starter", "--method", "umap", "--neighbors", "101"],
        &["project", "sample:starter", "--method", "umap", "--min-dist", "two"],
        &["cluster", "sample:starter", "-k", "many"],
        &["row", "sample:starter", "dog", "--id", "1"],
        &["row", "sample:starter"],
        &["render", "sample:starter", "a.png", "--size", "0x10"],
        &["render", "sample:starter", "a.png", "--scale", "0"],
        &["render", "sample:starter", "a.png", "--size", "16385x10"],
        &["cluster", "sample:starter", "-k", "1001"],
        &["cluster", "sample:starter", "-k", "99999999"],
        &["tokenize"],
        &["tokenize", "a", "--jsonl"],
        &["convert"],
    ];
    for arguments in wrong {
        let answer = run(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""), "{arguments:?}: {answer:?}");
    }
    let help = run(["--help"]);
    assert_eq!(help.code, Some(0));
    let commands = [
        "info",
        "neighbors",
        "analogy",
        "project",
        "cluster",
        "evaluate",
        "tokenize",
        "row",
        "render",
        "convert",
        "sample:",
    ];
    assert!(commands.iter().all(|command| help.out.contains(command)), "{}", help.out);
}

#[test]
fn convert_writes_what_the_other_commands_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let expected = run(["row", "sample:starter", "queen", "--json"]).json();
    let mut from = "sample:starter".to_owned();
    // Each is made from the one before.
    for (name, format, files) in [
        ("a.parquet", "Parquet", &["a.parquet"][..]),
        ("b.tsv", "projector TSV", &["b.tsv", "b.metadata.tsv"]),
        ("c.safetensors", "safetensors", &["c.safetensors", "c.vocab.txt"]),
        ("d.txt", "word2vec text", &["d.txt"]),
        ("e.bin", "word2vec binary", &["e.bin"]),
        ("f.npy", "npy", &["f.npy", "f.words.txt"]),
    ] {
        let answer = run(["convert", &from, &path(name), "--json"]);
        let files: Vec<String> = files.iter().map(|name| path(name)).collect();
        assert_eq!(
            answer.json(),
            json!({"path": files[0], "format": format, "rows": 190, "dims": 100, "files": files})
        );
        assert_eq!(run(["row", &files[0], "queen", "--json"]).json(), expected, "{name}");
        assert_eq!(run(["info", &files[0], "--json"]).json()["format"], format);
        from.clone_from(&files[0]);
    }
    let lost = run(["convert", &path("b.tsv"), &path("g.vec")]);
    assert!(lost.err.contains("warning: 1 further column left out") && lost.out.is_empty(), "{lost:?}");
    let unknown = run(["convert", "sample:starter", &path("x.docx")]);
    assert!(
        unknown.error().contains(".safetensors, .tsv or .parquet") && !folder.path().join("x.docx").exists()
    );
    assert!(run(["convert", "sample:starter", &path("none/x.npy")]).error().contains("could not be written"));
}

#[test]
fn convert_replaces_no_file_that_was_not_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    std::fs::write(path("y.vocab.txt"), "a list of mine\n").unwrap();
    let kept = run(["convert", "sample:starter", &path("y.safetensors")]);
    let said = kept.error();
    assert!(said.contains("y.vocab.txt") && said.contains("--force"), "{said}");
    assert!(read("y.vocab.txt") == "a list of mine\n" && !folder.path().join("y.safetensors").exists());
    run(["convert", "sample:starter", &path("y.safetensors"), "--force", "--json"]).json();
    assert_eq!(read("y.vocab.txt").lines().count(), 190);

    std::fs::write(path("x.words.txt"), "cat 1 2\ndog 3 4\n").unwrap();
    for force in [&[][..], &["--force"]] {
        let (from, to) = (path("x.words.txt"), path("x.npy"));
        let own = run([&["convert", &from, &to][..], force].concat());
        assert!(own.error().contains("x.words.txt") && read("x.words.txt").starts_with("cat 1 2"), "{own:?}");
    }
}

/// Elsewhere a window needs no variable to find its screen.
#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_commands_are_named() {
    let home = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_lexiscope"));
    for variable in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        program.env_remove(variable);
    }
    program.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).env("XDG_RUNTIME_DIR", home.path());
    let output = program.args(["--measure-frames", "3"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let error = said.lines().find(|line| line.starts_with("error:")).unwrap_or_else(|| panic!("{said}"));
    assert!(
        error.contains("neighbors") && error.contains("tokenize") && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn timings_are_one_line_of_json_on_standard_error() {
    let commands: [&[&str]; 4] = [
        &["info", "sample:starter"],
        &["neighbors", "sample:starter", "dog"],
        &["cluster", "sample:starter"],
        &["tokenize", "-t", "gpt2", "hello"],
    ];
    for arguments in commands {
        let answer = run(arguments.iter().copied().chain(["--timings", "--json"]));
        answer.json();
        let phases: Value = serde_json::from_str(&answer.err).unwrap_or_else(|_| panic!("{answer:?}"));
        assert_eq!(answer.err.lines().count(), 1);
        assert!(keys(&phases).contains("load"));
        assert!(phases.as_object().unwrap().values().all(|ms| ms.as_f64().unwrap() >= 0.0));
    }
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lexiscope"))
        .args(["project", &glove(), "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn large_pictures_have_large_letters_and_paper_has_real_text() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (size, scale, pixels) in [("1920x1081", "3", [1_920, 1_081]), ("801x600", "1.7", [801, 600])] {
        let path = out("map.png");
        let answer = run(["render", "sample:starter", &path, "--size", size, "--scale", scale]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        let bytes = fs::read(&path).unwrap();
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!([side(16), side(20)], pixels, "as in the header of the file");
    }
    let path = out("map.pdf");
    assert_eq!(run(["render", "sample:starter", &path, "--select", "queen"]).code, Some(0));
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
}
