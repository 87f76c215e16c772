//! The seed corpora of the fuzz targets are the sound files of these tests.

use std::fs;

use super::samples;
use crate::shell::project_file;

/// Stands between a file and the files beside it; `fuzz/src/lib.rs` cuts there.
const BESIDE: &[u8] = b"\n--beside--\n";

/// Writes `fuzz/corpus`: `cargo test --test it write_seeds -- --ignored`.
#[test]
#[ignore = "writes fuzz/corpus"]
fn write_seeds() {
    let corpus = project_file("fuzz/corpus");
    for (number, sample) in samples().iter().enumerate() {
        let folder = corpus.join(sample.target);
        fs::create_dir_all(&folder).unwrap();
        let parts: Vec<&[u8]> = sample.files.iter().map(|(_, build)| &build.bytes[..]).collect();
        let name =
            format!("{number:02} {} {}", sample.format, sample.files[0].0).replace([' ', '/', '.'], "_");
        fs::write(folder.join(name), parts.join(BESIDE)).unwrap();
    }
}

/// What lies in the repository stays small.
#[test]
fn the_seeds_are_few_and_small() {
    let (mut bytes, mut targets) = (0, 0);
    for target in fs::read_dir(project_file("fuzz/corpus")).unwrap() {
        targets += 1;
        for seed in fs::read_dir(target.unwrap().path()).unwrap() {
            bytes += seed.unwrap().metadata().unwrap().len();
        }
    }
    assert!(targets >= 10 && bytes < 300_000, "{targets} targets with {bytes} bytes of seeds");
}
