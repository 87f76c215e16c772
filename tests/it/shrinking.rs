//! Files that another program shortens while they are open: an error, or zeros, and the program goes on.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use lexiscope::files::Problem;
use lexiscope::geometry::Metric;
use lexiscope::geometry::neighbors::{nearest, nearest_batch};
use lexiscope::progress::{Progress, Unwatched};
use lexiscope::vectors;

/// Files above 64 MiB stay mapped.
const LARGE: u64 = 80 << 20;

/// Shortens a file once a tenth of it was read.
struct Shortens {
    path: PathBuf,
    done: AtomicBool,
}

impl Progress for Shortens {
    fn report(&self, fraction: f32) {
        if fraction > 0.1 && !self.done.swap(true, Ordering::Relaxed) {
            File::options().write(true).open(&self.path).unwrap().set_len(5_000).unwrap();
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

fn put(file: &mut File, at: u64, bytes: &[u8]) {
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

/// Opening the file fails, since it is shortened meanwhile.
fn assert_said(path: &Path) {
    let shortens = Shortens { path: path.to_path_buf(), done: AtomicBool::new(false) };
    let error = vectors::open(path, &shortens).expect_err("half of it is gone");
    assert!(shortens.done.load(Ordering::Relaxed), "{error}");
    assert!(error.to_string().contains("became shorter"), "{error}");
}

#[test]
fn an_open_table_reads_as_zeros() {
    const DIMS: u64 = 256;
    let rows = LARGE / (DIMS * 4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.npy");
    let mut file = File::create(&path).unwrap();
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {DIMS}), }}");
    put(&mut file, 0, &[b"\x93NUMPY\x01\x00\x76\x00", format!("{header:<117}\n").as_bytes()].concat());
    for row in [0, 1, rows - 1] {
        put(&mut file, 128 + row * DIMS * 4, &1.0_f32.to_le_bytes().repeat(DIMS as usize));
    }
    file.set_len(128 + LARGE).unwrap();
    let table = vectors::open(&path, &Unwatched).unwrap().table;
    let last = rows as usize - 1;
    assert!(table.is_whole() && table.row(last)[0] == 1.0 && table.norms()[last] == 16.0);
    file.set_len(4_096).unwrap();
    assert!(!table.is_whole());
    let mut buffer = Vec::new();
    assert_eq!(*table.row(last), [0.0; DIMS as usize]);
    assert_eq!(*table.row(0), [0.0; DIMS as usize]);
    assert!(table.block(last - 1_000..last + 1, &mut buffer).iter().all(|&x| x == 0.0));
    let queries = [1.0; DIMS as usize * 8];
    for metric in [Metric::Cosine, Metric::Dot, Metric::Euclidean] {
        let found = nearest(&table, &queries[..DIMS as usize], 5, metric, &[], &Unwatched).unwrap();
        assert_eq!(found.len(), 5, "{metric:?}");
        assert_eq!(
            nearest_batch(&table, &queries, 5, metric, &[], &Unwatched).unwrap().len(),
            8,
            "{metric:?}"
        );
    }
    file.set_len(128 + LARGE).unwrap();
    assert!(!table.is_whole(), "what was lost does not come back");
}

#[test]
fn a_text_that_is_shortened_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.txt");
    let row = format!("cat{}\n", " 0.5".repeat(2_000));
    std::fs::write(&path, row.repeat((36 << 20) / row.len())).unwrap();
    assert_said(&path);
}

#[test]
fn a_binary_table_that_is_shortened_while_it_is_read_is_refused() {
    const DIMS: u64 = 65_536;
    let rows = LARGE * 2 / (DIMS * 4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.bin");
    let mut file = File::create(&path).unwrap();
    let header = format!("{rows} {DIMS}\n");
    put(&mut file, 0, header.as_bytes());
    for row in 0..rows {
        put(&mut file, header.len() as u64 + row * (DIMS * 4 + 2), b"w ");
    }
    file.set_len(header.len() as u64 + rows * (DIMS * 4 + 2)).unwrap();
    assert_said(&path);
}

#[test]
fn a_packed_file_that_is_shortened_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt.gz");
    let text: String = (0..400_000_u32).map(|i| format!("{i} {}\n", i.wrapping_mul(2_654_435_761))).collect();
    let mut packed = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap();
    assert_said(&path);
    assert!(matches!(vectors::open(&path, &Unwatched).unwrap_err().problem, Problem::Malformed { .. }));
}
