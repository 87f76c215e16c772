//! Small files of whole models: vectors and a vocabulary in one.

use super::Sample;
use super::build::Build;

const TOKENS: [&str; 4] = ["<unk>", "▁", "a", "ö"];

pub fn samples() -> Vec<Sample> {
    let one = |name, build| Sample { format: "GGUF", target: "gguf", files: vec![(name, build)] };
    vec![one("f32.gguf", gguf(Numbers::F32)), one("q8_0.gguf", gguf(Numbers::Q8_0))]
}

/// How the numbers of a GGUF model's tensors are stored.
#[derive(Clone, Copy)]
enum Numbers {
    F32,
    Q8_0,
}

impl Numbers {
    /// The number of the type in the file.
    fn code(self) -> u64 {
        match self {
            Self::F32 => 0,
            Self::Q8_0 => 8,
        }
    }

    /// A row of 32 numbers.
    fn row(self, row: u8) -> Vec<u8> {
        match self {
            Self::F32 => (0..32_u8).flat_map(|column| f32::from(row * 3 + column).to_le_bytes()).collect(),
            // A scale of a half, and whole numbers.
            Self::Q8_0 => [0x00, 0x38].into_iter().chain((0..32).map(|column| row * 3 + column)).collect(),
        }
    }
}

fn string(build: Build, text: &str) -> Build {
    build.little(text.len() as u64, 8).text(text)
}

/// A key, the type of its value, and the value.
fn pair(build: Build, key: &str, kind: u64, value: &Build) -> Build {
    string(build, key).little(kind, 4).then(value).end()
}

fn strings(texts: &[&str]) -> Build {
    let head = Build::default().little(8, 4).little(texts.len() as u64, 8);
    texts.iter().fold(head, |build, text| string(build, text).end())
}

/// A model of four tokens with a matrix for them, another matrix and a list.
fn gguf(numbers: Numbers) -> Build {
    let text = |text| string(Build::default(), text);
    let number = |number| Build::default().little(number, 4);
    let list = |kind: u64| Build::default().little(kind, 4).little(TOKENS.len() as u64, 8);
    let types = [2, 1, 1, 1].into_iter().fold(list(5), |build, kind| build.little(kind, 4));
    let scores = list(6).floats(&[0.0, -1.0, -2.0, -3.0]);
    let pairs: [(&str, u64, Build); 8] = [
        ("general.architecture", 8, text("llama")),
        ("general.name", 8, text("A model")),
        ("llama.context_length", 4, number(512)),
        ("general.alignment", 4, number(32)),
        ("tokenizer.ggml.model", 8, text("llama")),
        ("tokenizer.ggml.tokens", 9, strings(&TOKENS)),
        ("tokenizer.ggml.token_type", 9, types),
        ("tokenizer.ggml.scores", 9, scores),
    ];
    let matrix: Vec<u8> = (0..4).flat_map(|row| numbers.row(row)).collect();
    let size = matrix.len().next_multiple_of(32) as u64;
    let head = Build::default().raw(b"GGUF").little(3, 4).little(3, 8).little(pairs.len() as u64, 8).end();
    let build = pairs.iter().fold(head, |build, (key, kind, value)| pair(build, key, *kind, value));
    let tensor = |build: Build, name: &str, shape: &[u64], at: u64| {
        let build = string(build, name).little(shape.len() as u64, 4);
        let build = shape.iter().fold(build, |build, &side| build.little(side, 8));
        build.little(if shape.len() == 1 { 0 } else { numbers.code() }, 4).little(at, 8).end()
    };
    let build = tensor(build, "token_embd.weight", &[32, 4], 0);
    let build = tensor(build, "blk.0.attn_q.weight", &[32, 4], size);
    let build = tensor(build, "output_norm.weight", &[8], size * 2);
    let padding = build.bytes.len().next_multiple_of(32) - build.bytes.len();
    let filled = [&matrix[..], &vec![0; size as usize - matrix.len()]].concat();
    build.raw(vec![0; padding]).end().raw(&filled).end().raw(&filled).end().floats(&[1.0; 8]).end()
}
