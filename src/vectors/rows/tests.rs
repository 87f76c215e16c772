use super::*;
use crate::progress::Unwatched;

/// Numbers that every type holds exactly.
const VALUES: [f32; 6] = [0.5, -2.0, 0.0, 1.25, -0.75, 3.0];

fn stored(dtype: DType) -> Vec<u8> {
    VALUES
        .iter()
        .flat_map(|&x| match dtype {
            DType::F32 => x.to_le_bytes().to_vec(),
            DType::F16 => half::f16::from_f32(x).to_le_bytes().to_vec(),
            DType::Bf16 => half::bf16::from_f32(x).to_le_bytes().to_vec(),
            DType::F64 => f64::from(x).to_le_bytes().to_vec(),
            _ => vec![(x * 4.0) as i8 as u8],
        })
        .collect()
}

#[test]
fn every_type_reads_the_same_at_every_alignment() {
    for dtype in [DType::F32, DType::F16, DType::Bf16, DType::F64] {
        for shift in 0..8 {
            let mut bytes = vec![0xFF; shift];
            bytes.extend(stored(dtype));
            let rows = Rows::contiguous(bytes.clone().into(), dtype, shift, 3, 2).unwrap();
            let mut buffer = Vec::new();
            assert_eq!(rows.block(0..3, &mut buffer), VALUES, "{dtype:?} shifted by {shift}");
            assert_eq!(*rows.row(2), VALUES[4..], "{dtype:?} shifted by {shift}");
            let size = 2 * dtype.size() as u64;
            let offsets = vec![shift as u64 + 2 * size, shift as u64];
            let rows = Rows::scattered(bytes.into(), dtype, offsets, 2).unwrap();
            assert_eq!(rows.block(0..2, &mut buffer), [-0.75, 3.0, 0.5, -2.0]);
        }
    }
}

#[test]
fn whole_numbers_are_scaled_for_all_rows_or_row_by_row() {
    let rows = || Rows::contiguous(stored(DType::I8).into(), DType::I8, 0, 3, 2).unwrap();
    let mut buffer = Vec::new();
    assert_eq!(*rows().row(1), [0.0, 5.0]);
    let scaled = rows().with_scales(vec![0.25]).unwrap();
    assert_eq!(scaled.block(0..3, &mut buffer), VALUES);
    let scaled = rows().with_scales(vec![0.25, 1.0, -0.5]).unwrap();
    assert_eq!(scaled.block(0..3, &mut buffer), [0.5, -2.0, 0.0, 5.0, 1.5, -6.0]);
    assert_eq!(*scaled.without(&[0]).row(1), [1.5, -6.0]);
    assert!(rows().with_scales(vec![1.0; 2]).is_none());
    assert!(Rows::owned(vec![1.0], 1).with_scales(vec![1.0]).is_none());
}

#[test]
fn rows_of_blocks_are_widened_and_dropped_whole() {
    // Two rows of two blocks: a scale of 1, 2, 3 and 4 in half precision, and the numbers 0 to 31.
    let block =
        |scale: f32| half::f16::from_f32(scale).to_le_bytes().into_iter().chain(0..32_u8).collect::<Vec<_>>();
    let bytes = [1.0, 2.0, 3.0, 4.0].map(block).concat();
    let rows = Rows::contiguous(bytes.clone().into(), DType::Q8_0, 0, 2, 64).unwrap();
    assert_eq!((rows.count(), rows.row_bytes()), (2, 68));
    assert_eq!((rows.row(0)[31], rows.row(1)[1], rows.row(1)[63]), (31.0, 3.0, 124.0));
    let mut buffer = Vec::new();
    assert_eq!(rows.block(0..2, &mut buffer)[64..], *rows.row(1));
    let norms = rows.norms(&Unwatched).unwrap();
    assert!((norms[0] - (5.0_f32 * 10_416.0).sqrt()).abs() < 0.1, "{norms:?}");
    assert_eq!(rows.without(&[0]).row(0)[33], 4.0);
    assert!(Rows::contiguous(bytes.clone().into(), DType::Q8_0, 0, 2, 48).is_none());
    assert!(Rows::contiguous(bytes.into(), DType::Q8_0, 1, 2, 64).is_none());
}

#[test]
fn a_file_that_was_shortened_reads_as_zeros() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), stored(DType::F32).repeat(1_000)).unwrap();
    for dtype in [DType::F32, DType::F16] {
        let bytes = Bytes::map(file.reopen().unwrap()).unwrap();
        let rows = Rows::contiguous(bytes, dtype, 0, 3_000, 2).unwrap();
        let mut buffer = vec![5.0; 3];
        assert!(rows.is_whole() && rows.block(0..3, &mut buffer).iter().any(|&x| x != 0.0));
        file.as_file().set_len(100).unwrap();
        assert!(rows.row(2_999).iter().chain(rows.block(0..3, &mut buffer)).all(|&x| x == 0.0));
        assert!(!rows.is_whole() && rows.norms(&Unwatched).unwrap().iter().all(|&x| x == 0.0));
        std::fs::write(file.path(), stored(DType::F32).repeat(1_000)).unwrap();
    }
}

#[test]
fn rows_beyond_the_end_are_refused() {
    let bytes = Bytes::from(vec![0; 15]);
    assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, 2, 2).is_none());
    assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, usize::MAX, 2).is_none());
    assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, 2, usize::MAX).is_none());
    assert!(Rows::scattered(bytes, DType::F32, vec![0, u64::MAX - 2], 2).is_none());
}

#[test]
fn dropping_rows_keeps_the_others_in_order() {
    for rows in [
        Rows::owned(VALUES.to_vec(), 2),
        Rows::contiguous(stored(DType::F16).into(), DType::F16, 0, 3, 2).unwrap(),
        Rows::scattered(stored(DType::F64).into(), DType::F64, vec![0, 16, 32], 2).unwrap(),
    ] {
        let kept = rows.without(&[1]);
        assert_eq!(kept.count(), 2);
        assert_eq!(kept.block(0..2, &mut Vec::new()), [0.5, -2.0, -0.75, 3.0]);
    }
}

#[test]
fn lengths_are_finite_exactly_where_rows_are() {
    let mut values = vec![0.0_f32; 40];
    values[0] = 3.0;
    values[9] = 4.0;
    values[10] = f32::MAX;
    values[11] = f32::MAX;
    values[25] = f32::NAN;
    values[33] = f32::NEG_INFINITY;
    let norms = Rows::owned(values, 10).norms(&Unwatched).unwrap();
    assert_eq!(norms[0], 5.0);
    assert_eq!(norms[1], f32::MAX);
    assert!(norms[2].is_nan() && norms[3].is_infinite());
}
