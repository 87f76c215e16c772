//! Packed files: gzip, zstd, bzip2.
#![no_main]

use std::hint::black_box;

use lexiscope_fuzz::files::Bytes;
use lexiscope_fuzz::files::unpack::Packing;
use lexiscope_fuzz::progress::Unwatched;
use lexiscope_fuzz::{Corpus, assert_is_said, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(packing) = Packing::of(data) else { return Corpus::Reject };
    match packing.unpack(&Bytes::from(data.to_vec()), &Unwatched) {
        Ok(bytes) => drop(black_box(bytes)),
        Err(problem) => assert_is_said(&problem.to_string()),
    }
    Corpus::Keep
});
