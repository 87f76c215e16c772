//! Archives: what is listed is read, one file after another.
#![no_main]

use std::hint::black_box;

use lexiscope_fuzz::files::Bytes;
use lexiscope_fuzz::files::archive::Archive;
use lexiscope_fuzz::progress::Unwatched;
use lexiscope_fuzz::{Corpus, assert_is_said, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    match Archive::of(&Bytes::from(data.to_vec())) {
        Ok(None) => return Corpus::Reject,
        Ok(Some(archive)) => {
            for member in archive.members() {
                match archive.read(member, &Unwatched) {
                    Ok(bytes) => drop(black_box(bytes)),
                    Err(problem) => assert_is_said(&problem.to_string()),
                }
            }
        }
        Err(problem) => assert_is_said(&problem.to_string()),
    }
    Corpus::Keep
});
