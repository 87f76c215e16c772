//! Damage at random, much of it, within this process: opened through the library, and used.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lexiscope::files::archive::Archive;
use lexiscope::files::unpack::Packing;
use lexiscope::files::{Bytes, Source};
use lexiscope::progress::Unwatched;
use lexiscope::tokens::{self, EncodeOptions};
use lexiscope::vectors;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::{Sample, samples};

/// How many damaged forms of each sample are opened, unless `LEXISCOPE_DAMAGE` says another number.
const OF_EACH: u64 = 60;

/// Numbers that are often taken for sizes.
const SIZES: [u64; 10] = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 63, u64::MAX];

fn mutate(bytes: &mut Vec<u8>, others: &[&[u8]], random: &mut Xoshiro256PlusPlus) {
    if bytes.is_empty() {
        return;
    }
    let at = random.gen_range(0..bytes.len());
    let end = (at + random.gen_range(1..=16)).min(bytes.len());
    match random.gen_range(0..9) {
        0 => bytes[at] ^= 1 << random.gen_range(0..8),
        1 => bytes[at] = random.r#gen(),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            let to = random.gen_range(0..=bytes.len());
            drop(bytes.splice(to..to, piece));
        }
        4 => bytes.truncate(at),
        5 => {
            let size = SIZES[random.gen_range(0..SIZES.len())].to_le_bytes();
            let width = [1, 2, 4, 8][random.gen_range(0..4)].min(bytes.len() - at);
            bytes[at..at + width].copy_from_slice(&size[..width]);
        }
        6 => {
            let other = others.choose(random).copied().unwrap_or_default();
            let from = random.gen_range(0..=other.len());
            drop(bytes.splice(at..end, other[from..(from + 32).min(other.len())].iter().copied()));
        }
        7 => {
            let number = SIZES[random.gen_range(0..SIZES.len())].to_string();
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            drop(bytes.splice(at..at + digits, number.into_bytes()));
        }
        _ => {
            let many = vec![bytes[at]; random.gen_range(1..5_000)];
            drop(bytes.splice(at..at, many));
        }
    }
}

/// Opens what is there, as whatever it is taken for, and uses it.
fn open(files: &[(String, Vec<u8>)]) {
    let Some(((name, bytes), others)) = files.split_first() else { return };
    let companions =
        others.iter().map(|(name, bytes)| (name.clone(), Bytes::from(bytes.clone()))).collect::<Vec<_>>();
    let bytes = Bytes::from(bytes.clone());
    if let Some(packing) = Packing::of(&bytes) {
        drop(packing.unpack(&bytes, u64::MAX, &Unwatched));
    }
    if let Ok(Some(archive)) = Archive::of(&bytes) {
        archive.members().iter().take(4).for_each(|member| drop(archive.read(member, &Unwatched)));
    }
    let Ok(source) = Source::from_memory(name.clone(), bytes, companions) else { return };
    if let Ok(opened) = vectors::open_source(&source, &Unwatched) {
        let table = opened.table;
        let mut buffer = Vec::new();
        let rows = table.rows().min(64);
        assert_eq!(table.block(0..rows, &mut buffer).len(), rows * table.dims());
        let odd = table.norms().iter().filter(|norm| !norm.is_finite()).count();
        assert_eq!(table.non_finite().map(<[u32]>::len), Some(odd));
        assert!(table.find(table.word(rows - 1)).is_some_and(|row| row < rows));
        assert!(table.vector_of("unheard").is_none_or(|vector| vector.len() == table.dims()));
    }
    if tokens::files::sniff(&source).is_some()
        && let Ok(opened) = tokens::files::open(&source)
    {
        for text in ["Hello, naïve 你好 \u{1F642}\0\r\n aaaaaaaa", "ab", ""] {
            let Ok(encoding) = opened.tokenizer.encode(text, EncodeOptions::default(), &Unwatched) else {
                continue;
            };
            assert!(encoding.tokens.iter().all(|token| token.start <= token.end && token.end <= text.len()));
            opened.tokenizer.decode(&encoding.ids());
        }
    }
}

fn damage(sample: &Sample, others: &[&[u8]], seed: u64) -> Vec<(String, Vec<u8>)> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut files: Vec<(String, Vec<u8>)> =
        sample.files.iter().map(|(name, build)| ((*name).to_owned(), build.bytes.clone())).collect();
    for _ in 0..random.gen_range(1..8) {
        let file = if random.gen_bool(0.7) { 0 } else { random.gen_range(0..files.len()) };
        mutate(&mut files[file].1, others, &mut random);
    }
    files
}

#[test]
fn random_damage_is_an_error_or_harmless() {
    let of_each =
        std::env::var("LEXISCOPE_DAMAGE").ok().and_then(|said| said.parse().ok()).unwrap_or(OF_EACH);
    let samples = samples();
    let wrong: Vec<String> = samples
        .par_iter()
        .enumerate()
        .flat_map_iter(|(number, sample)| {
            let relatives = samples.iter().filter(|other| other.target == sample.target);
            let others: Vec<&[u8]> = relatives.map(|other| &other.files[0].1.bytes[..]).collect();
            let seeds = (0..of_each).map(|seed| (number as u64) << 32 | seed);
            let tried = seeds.filter(|&seed| {
                let files = damage(sample, &others, seed);
                catch_unwind(AssertUnwindSafe(|| open(&files))).is_err()
            });
            tried.map(|seed| format!("{}, seed {seed}", sample.format)).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{} panics:\n  {}", wrong.len(), wrong.join("\n  "));
}
