//! Files that learners try to open and that are no tables of vectors, or none that can be read: what they are, and
//! what to do instead.

use memchr::memmem;

use crate::files::problem::Problem;

/// What a file begins with, what it then is, and what to do.
const BEGINNINGS: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a zip archive without a file that can be read", UNPACK),
    (b"\x1F\x8B", "a gzip archive", UNPACK),
    (b"\x28\xB5\x2F\xFD", "a zstd archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xFD7zXZ\0", "an xz archive", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
    (b"\x89HDF\r\n\x1A\n", "an HDF5 file", "save its embedding matrix with numpy.save and open that"),
    (b"GGUF", "a GGUF file without tensors", "choose the file of the model itself"),
    (
        b"FEA1",
        "a Feather file of the first version",
        "save it again as Feather's second version or as Parquet",
    ),
    (b"PARE", "an encrypted Parquet table", "save it again without encryption"),
    (b"Obj\x01", "an Avro file", "save its vectors as Parquet and open that"),
    (b"ORC", "an ORC file", "save its vectors as Parquet and open that"),
    (b"SQLite format 3\0", "an SQLite database", "save its vectors as Parquet, CSV or npy and open that"),
    (b"%PDF", "a PDF document", PICTURE),
    (b"\x89PNG", "a PNG picture", PICTURE),
    (b"\xFF\xD8\xFF", "a JPEG picture", PICTURE),
    (b"GIF8", "a GIF picture", PICTURE),
    (b"\xFF\xFE", "text in UTF-16", "save it as UTF-8"),
    (b"\xFE\xFF", "text in UTF-16", "save it as UTF-8"),
    (b"<", "a web page or XML", "download the file that the page links to"),
    (b"\x7FELF", "a program", "choose a file of vectors"),
    (b"MZ", "a program", "choose a file of vectors"),
];

const UNPACK: &str = "unpack it and open the file inside";
const PICTURE: &str = "choose a file of vectors";

/// Why nothing that Python pickled is opened, and what to do instead.
pub fn pickle() -> Problem {
    Problem::Unsupported {
        what: "a Python pickle, as PyTorch and gensim save their models: whoever reads one runs the program in it, so none is opened",
        advice: "get the model's .safetensors file, or make it in Python: \
                 safetensors.torch.save_file(torch.load(file, weights_only=True), 'model.safetensors'); \
                 of gensim's vectors: vectors.save_word2vec_format('vectors.bin', binary=True)",
    }
}

/// Whether this is a pickle of protocol 2 or later, or a zip archive as `PyTorch` writes it, with a pickle at its beginning.
fn is_pickle(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1_024)];
    matches!(bytes, [0x80, 2..=5, ..])
        || bytes.starts_with(b"PK\x03\x04") && memmem::find(head, b"data.pkl").is_some()
}

/// Says what a file is that no format recognized, if it is something well known.
pub fn known_but_unsupported(bytes: &[u8]) -> Option<Problem> {
    if is_pickle(bytes) {
        return Some(pickle());
    }
    if let Some(&(_, what, advice)) = BEGINNINGS.iter().find(|(beginning, ..)| bytes.starts_with(beginning)) {
        return Some(Problem::Unsupported { what, advice });
    }
    let (what, advice) = match bytes.trim_ascii_start().first()? {
        b'{' | b'[' => (
            "JSON without vectors",
            "they are read from records with a text and an array of numbers, one a line or all in one array; if it is \
             a tokenizer, its file is damaged",
        ),
        _ => text(&bytes[..bytes.len().min(4096)])?,
    };
    Some(Problem::Unsupported { what, advice })
}

fn text(beginning: &[u8]) -> Option<(&'static str, &'static str)> {
    let valid = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if valid.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let is_list = valid.lines().all(|line| !line.trim().contains([' ', '\t', ',']));
    Some(if is_list {
        ("a list of words without numbers", "open the matrix that it belongs to, and keep the list beside it")
    } else {
        (
            "text without rows of numbers",
            "each line must hold a word and its numbers, separated by spaces, tabs, commas or semicolons",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_files_are_called_by_their_names() {
        for (bytes, expected) in [
            (&b"PK\x03\x04rest"[..], "zip"),
            (b"PK\x03\x04\0\0\x08\x08\0\0\0\0model/data.pkl", "torch.load"),
            (b"\x1F\x8B\x08", "gzip"),
            (b"\x89HDF\r\n\x1A\n", "HDF5"),
            (b"\x89PNG\r\n", "PNG"),
            (b"\xFF\xD8\xFF\xE0", "JPEG"),
            (b"%PDF-1.7", "PDF"),
            (b"GGUF\x03", "GGUF"),
            (b"FEA1", "Feather"),
            (b"SQLite format 3\0", "SQLite"),
            (b"\x80\x02}q", "pickle"),
            (b"\n {\"a\": 1}", "JSON"),
            (b"cat\ndog\n", "list of words"),
            (b"Call me Ishmael. Some years ago\n", "text without rows"),
        ] {
            let said = known_but_unsupported(bytes).unwrap().to_string();
            assert!(said.contains(expected), "{said}");
        }
        assert!(known_but_unsupported(b"\x01\x02\x03").is_none());
    }
}
