//! Archives and packed files: what is listed is read, one file after another.
#![no_main]

use std::hint::black_box;

use lexiscope_fuzz::files::archive::Archive;
use lexiscope_fuzz::files::unpack::Packing;
use lexiscope_fuzz::files::{Bytes, Problem};
use lexiscope_fuzz::progress::Unwatched;
use lexiscope_fuzz::{Corpus, assert_is_said, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let bytes = Bytes::from(data.to_vec());
    let outcome = match Packing::of(data) {
        Some(packing) => packing.unpack(&bytes, u64::MAX, &Unwatched).map(drop),
        None => match Archive::of(&bytes) {
            Ok(None) => return Corpus::Reject,
            Ok(Some(archive)) => read_all(&archive),
            Err(problem) => Err(problem),
        },
    };
    if let Err(problem) = outcome {
        assert_is_said(&problem.to_string());
    }
    Corpus::Keep
});

fn read_all(archive: &Archive) -> Result<(), Problem> {
    // Of many files that all unpack to much, a person opens one.
    for member in archive.members().iter().take(4) {
        drop(black_box(archive.read(member, &Unwatched)?));
    }
    Ok(())
}
