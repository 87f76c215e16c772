//! Texts to train on that come with the program.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use ruzstd::decoding::StreamingDecoder;

/// Three novels by Jane Austen: what people call them, and their text.
pub static NOVELS: [(&str, &[u8]); 3] = [
    ("Pride and Prejudice", include_bytes!("../../../assets/novels/prideprejudice.txt.zst")),
    ("Emma", include_bytes!("../../../assets/novels/emma.txt.zst")),
    ("Sense and Sensibility", include_bytes!("../../../assets/novels/sensesensibility.txt.zst")),
];

/// All of them, one after another: some 400,000 words.
#[must_use]
pub fn novels() -> Arc<str> {
    static TEXT: OnceLock<Arc<str>> = OnceLock::new();
    let text = TEXT.get_or_init(|| {
        let mut text = String::new();
        for (name, packed) in NOVELS {
            let unpacked = StreamingDecoder::new(packed).map(|mut packed| packed.read_to_string(&mut text));
            debug_assert!(matches!(unpacked, Ok(Ok(_))), "{name} is whole");
        }
        text.into()
    });
    Arc::clone(text)
}
