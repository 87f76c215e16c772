//! Files that another program shortens while they are read: an error, and the program goes on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::parquet::arrow::ArrowWriter;
use arrow_array::types::Float32Type;
use arrow_array::{ArrayRef, ListArray, RecordBatch};
use arrow_ipc::writer::{FileWriter, StreamWriter};

use super::Format;
use super::arrow_ipc::ArrowIpc;
use super::json::JsonArray;
use super::parquet::Parquet;
use crate::files::Source;
use crate::files::problem::Problem;
use crate::progress::Progress;

/// Shortens a file when it is first asked whether the work should go on.
struct Shortens(PathBuf, AtomicBool);

impl Progress for Shortens {
    fn report(&self, _fraction: f32) {}

    fn is_cancelled(&self) -> bool {
        if !self.1.swap(true, Ordering::Relaxed) {
            File::options().write(true).open(&self.0).unwrap().set_len(0).unwrap();
        }
        false
    }
}

fn assert_said(format: &dyn Format, path: &Path) {
    let source = Source::from_path(path).unwrap();
    assert!(source.bytes().is_mapped() && format.recognizes(&source));
    let shortens = Shortens(path.to_path_buf(), AtomicBool::new(false));
    assert!(matches!(format.read(&source, &shortens), Err(Problem::Shortened)), "{}", format.name());
}

#[test]
fn a_json_array_that_is_shortened_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let record = r#"{"word": "cat", "vector": [1, 2, 3, 4]}"#;
    std::fs::write(&path, format!("[{}]", vec![record; 50_000].join(",\n"))).unwrap();
    assert_said(&JsonArray, &path);
}

#[test]
fn parquet_and_arrow_files_that_are_shortened_while_they_are_read_are_refused() {
    let vectors = (0..50_000).map(|row| Some((0..8).map(move |at| Some((row * 8 + at) as f32))));
    let vectors: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(vectors));
    let batch = RecordBatch::try_from_iter([("v", vectors)]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let file = || File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert_said(&Parquet, &path);
    let mut writer = FileWriter::try_new(file(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    assert_said(&ArrowIpc, &path);
    let mut writer = StreamWriter::try_new(file(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    assert_said(&ArrowIpc, &path);
}
