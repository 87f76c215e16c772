//! `NumPy`'s npz: a zip archive of npy arrays, one of them the matrix, perhaps one the names of its rows.
//!
//! Source: `numpy.savez` and `numpy.savez_compressed`; each member is as [`super::npy_array`] says. The matrix is one of
//! the two-dimensional arrays of f2, f4 or f8, by its name and else the one with the most numbers. An array of strings
//! (`U`, `S`) of as many items names the rows; other arrays of as many items are properties of the rows. Arrays of
//! Python objects are pickles and not read. Members that are not compressed are used where they lie.

use super::super::rows::Rows;
use super::super::warning::Warning;
use super::super::words::Words;
use super::columns::{MOST_COLUMNS, Values, name_rank};
use super::npy_array::{Array, Matrix, ORDINARY_HEADER};
use super::{Format, NamesFrom, Parsed, malformed, matrix_about, npy, vocabulary};
use crate::files::archive::{Archive, Member};
use crate::files::problem::{Place, Problem};
use crate::files::{Alternative, Choice, Choosable, Source};
use crate::progress::{Part, Progress};

const NAME: &str = "npz";

/// How the matrix is often called, the likelier names first.
const MATRICES: &[&str] = &["vectors", "embeddings", "vecs", "embs", "matrix", "weights", "data", "arr_0"];

/// A list of strings longer than this is not unpacked.
const LONGEST_LIST: u64 = 2 << 30;

/// `NumPy`'s npz.
pub struct Npz;

impl Format for Npz {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        source.bytes().starts_with(b"PK\x03\x04")
            && Archive::of(source.bytes()).ok().flatten().is_some_and(|archive| archive.is_npz())
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let archive = Archive::of(&source.held())?.ok_or(Problem::Unrecognized)?;
        let mut warnings = Vec::new();
        let arrays = arrays(&archive, &mut warnings, progress)?;
        let (choice, chosen, shape) = matrix(&arrays, source.parts())?;
        let bytes = archive.read(chosen.member, &Part::new(progress, 0.1, 0.9))?;
        let array = Array::read(NAME, &bytes)?;
        let rows = npy::rows(NAME, &bytes, &array, &shape, &mut warnings, progress)?;
        let lists: Vec<&Named> =
            arrays.iter().filter(|named| named.array.shape.as_slice() == [shape.rows]).collect();
        let parsed = named(source, &archive, rows, shape, &lists, warnings, progress)?;
        Ok(Parsed { choices: vec![choice], ..parsed })
    }
}

/// One array of the archive.
struct Named<'a> {
    /// Its name without the ending.
    name: &'a str,
    member: &'a Member,
    array: Array,
}

impl Named<'_> {
    fn is_text(&self) -> bool {
        self.array.kind.starts_with(['U', 'S'])
    }
}

/// All arrays with their headers. One that cannot be read, or whose header is longer than any ordinary one, is left out
/// with a warning: another may be sound.
fn arrays<'a>(
    archive: &'a Archive,
    warnings: &mut Vec<Warning>,
    progress: &dyn Progress,
) -> Result<Vec<Named<'a>>, Problem> {
    let mut arrays = Vec::new();
    let mut failed = Vec::new();
    for member in archive.members() {
        progress.check()?;
        let beginning = archive.beginning(member, ORDINARY_HEADER);
        match beginning.and_then(|beginning| Array::read(NAME, &beginning)) {
            Ok(array) => {
                let name = &member.name[..member.name.len() - ".npy".len()];
                arrays.push(Named { name, member, array });
            }
            Err(problem) => failed.push((&member.name, problem)),
        }
    }
    let parts = failed.len();
    if let Some((first, problem)) = failed.into_iter().next() {
        if arrays.is_empty() {
            return Err(problem);
        }
        warnings.push(Warning::UnreadableParts { parts, first: first.clone() });
    }
    Ok(arrays)
}

/// The matrix that is wanted, or the likeliest.
fn matrix<'a, 'b>(
    arrays: &'b [Named<'a>],
    parts: &[String],
) -> Result<(Choice, &'b Named<'a>, Matrix), Problem> {
    let mut matrices: Vec<(&Named, Matrix)> =
        arrays.iter().filter_map(|named| Some((named, named.array.matrix(NAME).ok()?))).collect();
    let rank = |name: &str| {
        let name = name.to_lowercase();
        MATRICES.iter().position(|matrix| *matrix == name).unwrap_or(MATRICES.len())
    };
    matrices.sort_by_cached_key(|(named, shape)| (rank(named.name), u64::MAX - shape.rows * shape.dims));
    if matrices.is_empty() {
        let pickled = arrays.iter().find(|named| named.array.kind == "O");
        let what = match pickled {
            Some(named) => format!(
                "“{}” holds Python objects, which are programs as much as data and are not read",
                named.name
            ),
            None => format!("none of its {} arrays is a matrix of f2, f4 or f8", arrays.len()),
        };
        let advice = "save the matrix with numpy.savez(…, vectors=array.astype('float32'))";
        return Err(malformed(NAME, Place::Byte(0), what, advice));
    }
    let about = |(named, shape): &(&Named, Matrix)| Alternative {
        name: named.name.to_owned(),
        about: matrix_about(shape.rows as usize, shape.dims as usize, shape.dtype.name()),
    };
    let choice = Choice::new(Choosable::Matrix, matrices.iter().map(about).collect(), parts);
    let (named, shape) = matrices.swap_remove(choice.chosen);
    Ok((choice, named, shape))
}

/// Puts the names and properties of rows to them, which are `lists` of as many items as the matrix declares rows.
fn named(
    source: &Source,
    archive: &Archive,
    rows: Rows,
    shape: Matrix,
    lists: &[&Named],
    mut warnings: Vec<Warning>,
    progress: &dyn Progress,
) -> Result<Parsed, Problem> {
    let texts = |named: &Named| -> Result<Option<Vec<String>>, Problem> {
        if named.member.size > LONGEST_LIST {
            return Ok(None);
        }
        let bytes = archive.read(named.member, &Part::new(progress, 0.9, 1.0))?;
        Ok(named.array.texts(&bytes).map(|texts| texts.take(rows.count()).collect()))
    };
    let names = lists
        .iter()
        .filter(|named| named.is_text())
        .min_by_key(|named| name_rank(named.name).unwrap_or(usize::MAX));
    let listed = names.map(|named| texts(named)).transpose()?.flatten();
    let (words, from) = match &listed {
        Some(list) => {
            let mut words = Words::default();
            list.iter().try_for_each(|word| words.push(word))?;
            (words, NamesFrom::Itself)
        }
        None => {
            let pickle = lists.iter().find(|named| named.array.kind == "O");
            warnings.extend(pickle.map(|named| Warning::PickledNames { name: named.name.to_owned() }));
            vocabulary::names(source, rows.count(), shape.rows, &mut warnings)?
        }
    };
    let mut columns = Vec::new();
    for list in lists.iter().take(MOST_COLUMNS) {
        if names.is_some_and(|names| names.name == list.name) {
            continue;
        }
        let mut values = Values::default();
        texts(list)?.into_iter().flatten().for_each(|value| values.push(&value));
        columns.extend(values.into_column(list.name.to_owned()));
    }
    Ok(Parsed { columns, names: from, warnings, ..Parsed::new(words, rows) })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::files::Bytes;
    use crate::progress::Unwatched;
    use crate::vectors::{ColumnValues, DType};

    fn npy(descr: &str, shape: &str, items: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend(items);
        bytes
    }

    fn npz(arrays: &[(&str, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, array) in arrays {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file(format!("{name}.npy"), options).unwrap();
            zip.write_all(array).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>, parts: &[&str]) -> Result<Parsed, Problem> {
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let source = Source::from_memory("x.npz", bytes, Vec::new())?.with_parts(&parts);
        assert!(Npz.recognizes(&source));
        Npz.read(&source, &Unwatched)
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn letters(word: &str) -> Vec<u8> {
        word.chars().flat_map(|c| (c as u32).to_le_bytes()).collect()
    }

    #[test]
    fn a_matrix_is_named_by_the_array_of_words_and_described_by_the_others() {
        for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
            let arrays = [
                ("kinds", npy("|S1", "(2,)", b"nv")),
                ("words", npy("<U3", "(2,)", &letters("catrun"))),
                ("counts", npy("<i2", "(2,)", &[5, 0, 7, 0])),
                ("other", npy("<f4", "(3, 2)", &floats(&[0.0; 6]))),
                ("vectors", npy("<f4", "(2, 2)", &floats(&[1.0, 2.0, 3.0, 4.0]))),
                ("three", npy("<i2", "(3,)", &[0; 6])),
            ];
            let file = npz(&arrays, method);
            let parsed = read(file.clone(), &[]).unwrap();
            assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["cat", "run"]);
            assert_eq!(parsed.rows.block(0..2, &mut Vec::new()), [1.0, 2.0, 3.0, 4.0]);
            let names: Vec<&str> = parsed.columns.iter().map(|column| &*column.name).collect();
            assert_eq!(names, ["kinds", "counts"]);
            assert_eq!(parsed.columns[1].values, ColumnValues::Numbers(vec![5.0, 7.0]));
            assert!(parsed.warnings.is_empty());
            let other = read(file, &["other"]).unwrap();
            assert_eq!((other.rows.count(), other.choices[0].chosen), (3, 1));
            assert_eq!(other.choices[0].options[0].about, "2 × 2, f32");
        }
    }

    #[test]
    fn pickles_are_refused_and_said() {
        let words = ("words", npy("|O", "(2,)", b"\x80\x04."));
        let matrix = ("m", npy("<f2", "(2, 1)", &[0; 4]));
        let parsed = read(npz(&[words.clone(), matrix], zip::CompressionMethod::Stored), &[]).unwrap();
        assert_eq!((parsed.names, parsed.rows.dtype()), (NamesFrom::Numbers, DType::F16));
        assert_eq!(parsed.warnings[0], Warning::PickledNames { name: "words".into() });
        let said = read(npz(&[words], zip::CompressionMethod::Stored), &[]).err().unwrap().to_string();
        assert!(said.contains("“words” holds Python objects"), "{said}");
    }

    #[test]
    fn an_array_that_is_damaged_is_left_out_and_said() {
        let arrays = [("m", npy("<f4", "(2, 1)", &[0; 8])), ("words", b"no array".to_vec())];
        let parsed = read(npz(&arrays, zip::CompressionMethod::Stored), &[]).unwrap();
        let damaged = Warning::UnreadableParts { parts: 1, first: "words.npy".into() };
        assert_eq!(parsed.warnings, [damaged, Warning::NoWordList]);
    }

    #[test]
    fn damage_ends_in_an_error() {
        let matrix = npy("<f4", "(2, 2)", &floats(&[1.0; 4]));
        let whole = npz(&[("vectors", matrix)], zip::CompressionMethod::Deflated);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            for bytes in [damaged, whole[..at].to_vec()] {
                if let Ok(source) = Source::from_memory("x.npz", Bytes::from(bytes), Vec::new()) {
                    let _ = Npz.recognizes(&source).then(|| Npz.read(&source, &Unwatched).is_ok());
                }
            }
        }
        let huge = npy("<f4", "(1000000000, 1000)", &[0; 64]);
        let parsed = read(npz(&[("a", huge)], zip::CompressionMethod::Stored), &[]);
        assert!(matches!(parsed, Err(Problem::Malformed { .. })));
    }
}
