use proptest::prelude::*;

use super::*;

/// A GGUF file in the making, for tests.
#[derive(Default, Clone)]
pub(crate) struct Builder {
    keys: Vec<u8>,
    key_count: u64,
    tensors: Vec<(String, Vec<u64>, u32, Vec<u8>)>,
}

fn text(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

impl Builder {
    /// Enters a key with a value of the type `kind`.
    pub fn value(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.keys.extend([text(key.as_bytes()), kind.to_le_bytes().to_vec(), value.to_vec()].concat());
        self.key_count += 1;
        self
    }

    pub fn string(self, key: &str, value: &str) -> Self {
        self.value(key, 8, &text(value.as_bytes()))
    }

    pub fn number(self, key: &str, value: u32) -> Self {
        self.value(key, 4, &value.to_le_bytes())
    }

    /// Enters a list whose elements are of the type `kind`.
    pub fn list(self, key: &str, kind: u32, elements: &[Vec<u8>]) -> Self {
        let head = [&kind.to_le_bytes()[..], &(elements.len() as u64).to_le_bytes()].concat();
        self.value(key, 9, &[head, elements.concat()].concat())
    }

    pub fn strings(self, key: &str, values: &[&str]) -> Self {
        let values: Vec<Vec<u8>> = values.iter().map(|value| text(value.as_bytes())).collect();
        self.list(key, 8, &values)
    }

    pub fn tensor(mut self, name: &str, shape: &[u64], element: u32, data: &[u8]) -> Self {
        self.tensors.push((name.into(), shape.to_vec(), element, data.to_vec()));
        self
    }

    pub fn build(&self) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend(self.key_count.to_le_bytes());
        bytes.extend(&self.keys);
        let mut data = Vec::new();
        for (name, shape, element, content) in &self.tensors {
            bytes.extend(text(name.as_bytes()));
            bytes.extend((shape.len() as u32).to_le_bytes());
            bytes.extend(shape.iter().flat_map(|length| length.to_le_bytes()));
            bytes.extend(element.to_le_bytes());
            bytes.extend((data.len() as u64).to_le_bytes());
            data.extend(content);
            data.resize(data.len().next_multiple_of(32), 0);
        }
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.extend(data);
        bytes
    }
}

fn example() -> Builder {
    Builder::default()
        .string("general.name", "a model")
        .number("llama.context_length", 8192)
        .value("i8", 1, &[0xFF])
        .value("flag", 7, &[1])
        .value("f64", 12, &0.25_f64.to_le_bytes())
        .list("types", 5, &[1, -3].map(|x: i32| x.to_le_bytes().to_vec()))
        .list("scores", 6, &[0.5, -1.5].map(|x: f32| x.to_le_bytes().to_vec()))
        .strings("tokenizer.ggml.tokens", &["a", "", "größe"])
        .tensor("token_embd.weight", &[2, 3], 0, &[7; 24])
        .tensor("norm", &[40], 1, &[1; 80])
}

fn read(bytes: Vec<u8>) -> Result<Gguf, Problem> {
    Gguf::read(&bytes.into())
}

#[test]
fn facts_lists_and_tensors_are_found() {
    let gguf = read(example().build()).unwrap();
    assert_eq!(gguf.string("general.name").as_deref(), Some("a model"));
    assert_eq!((gguf.version(), gguf.number("llama.context_length")), (3, Some(8192)));
    assert_eq!((gguf.number("i8"), gguf.float("i8"), gguf.float("f64")), (None, Some(-1.0), Some(0.25)));
    assert_eq!((gguf.flag("flag"), gguf.flag("i8"), gguf.string("flag")), (Some(true), None, None));
    assert_eq!(gguf.ints("types").unwrap().collect::<Vec<_>>(), [1, -3]);
    assert_eq!(gguf.floats("scores").unwrap().collect::<Vec<_>>(), [0.5, -1.5]);
    assert!(
        gguf.floats("types").is_none() && gguf.strings("types").is_none() && gguf.ints("scores").is_none()
    );
    let tokens = gguf.strings("tokenizer.ggml.tokens").unwrap();
    assert_eq!((tokens.len(), tokens.last()), (3, Some("größe".as_bytes())));
    assert_eq!(gguf.keys().last().as_deref(), Some("tokenizer.ggml.tokens"));
    let tensor = gguf.tensor("token_embd.weight").unwrap();
    assert_eq!((tensor.matrix(), tensor.element.name(), tensor.data.len()), (Some((3, 2)), Some("F32"), 24));
    assert!(gguf.bytes[tensor.data.clone()].iter().all(|&byte| byte == 7));
    assert_eq!((gguf.tensors()[1].matrix(), gguf.tensors()[1].numbers()), (None, 40));
    assert!(gguf.tensors()[1].data.start.is_multiple_of(32));
}

#[test]
fn other_versions_and_byte_orders_are_refused_and_said() {
    let with = |version: [u8; 4]| {
        let mut bytes = example().build();
        bytes[4..8].copy_from_slice(&version);
        read(bytes).map(|gguf| gguf.version()).map_err(|problem| problem.to_string())
    };
    assert_eq!(with([2, 0, 0, 0]), Ok(2));
    for (version, said) in [
        ([1, 0, 0, 0], "version 1"),
        ([0, 0, 0, 3], "big-endian"),
        ([4, 0, 0, 0], "version 4 is not known"),
        ([0; 4], "version 0 is not known"),
    ] {
        assert!(with(version).unwrap_err().contains(said));
    }
}

#[test]
fn sizes_that_are_not_true_are_refused() {
    let huge = 1_u64 << 63;
    let replaced = |at: usize, number: u64| {
        let mut bytes = example().build();
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    let list = |kind: u32, count: u64| {
        let head = [&kind.to_le_bytes()[..], &count.to_le_bytes()].concat();
        Builder::default().value("list", 9, &head).build()
    };
    let deep: Vec<u8> =
        (0..1_000).flat_map(|_| [&9_u32.to_le_bytes()[..], &1_u64.to_le_bytes()].concat()).collect();
    let shaped = |shape: &[u64], element| Builder::default().tensor("t", shape, element, &[0; 64]).build();
    for (bytes, said) in [
        (replaced(8, huge), "9223372036854775808 tensors are more than the file has room for"),
        (replaced(16, huge), "keys are more than"),
        (replaced(24, huge), "bytes belong here"),
        (replaced(24, u64::MAX), "bytes belong here"),
        (list(8, huge), "elements of a list are more than"),
        (list(0, 100), "elements of a list are more than"),
        (list(77, 0), "lists of type 77"),
        (Builder::default().value("deep", 9, &deep).build(), "more than 4 deep"),
        (Builder::default().value("what", 13, &[0; 8]).build(), "type 13"),
        (Builder::default().number("general.alignment", 0).build(), "aligned to 0"),
        (Builder::default().number("general.alignment", 24).build(), "aligned to 24"),
        (shaped(&[2, 9], 0), "reaches beyond the file"),
        (shaped(&[huge, huge], 0), "reaches beyond the file"),
        (shaped(&[huge, 2, 2], 24), "reaches beyond the file"),
        (shaped(&[33], 8), "reaches beyond the file"),
        (shaped(&[1; 5], 0), "5 dimensions"),
        (
            Builder::default()
                .number("general.alignment", 64)
                .tensor("a", &[8], 0, &[0; 32])
                .tensor("b", &[8], 0, &[0; 32])
                .build(),
            "no multiple of 64",
        ),
    ] {
        let error = read(bytes).err().map(|problem| problem.to_string()).unwrap_or_default();
        assert!(error.contains(said), "{error} does not say {said}");
    }
    // A file without tensors may end where they would begin, and types of the future do no harm.
    assert!(read(Builder::default().string("a", "b").build()).is_ok());
    assert_eq!(read(shaped(&[7, 3], 99)).unwrap().tensors()[0].element.name(), None);
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = example().build();
    // The last tensor is followed by 16 bytes that only fill up.
    for cut in 0..whole.len() - 16 {
        assert!(read(whole[..cut].to_vec()).is_err(), "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn damage_is_refused_or_harmless(flips in prop::collection::vec((0_usize..600, any::<u8>()), 1..6)) {
        let mut bytes = example().build();
        for (at, with) in flips {
            let length = bytes.len();
            bytes[at % length] = with;
        }
        if let Ok(gguf) = read(bytes.clone()) {
            for key in gguf.keys() {
                let texts = gguf.strings(&key).map_or(0, Iterator::count);
                let numbers = gguf.ints(&key).map_or(0, Iterator::count) + gguf.floats(&key).map_or(0, Iterator::count);
                prop_assert!(texts + numbers <= bytes.len());
            }
            for tensor in gguf.tensors() {
                prop_assert!(tensor.data.end <= bytes.len());
            }
        }
    }
}
