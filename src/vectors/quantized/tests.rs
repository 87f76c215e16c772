use super::*;

const ALL: [DType; 14] = [
    DType::Q4_0,
    DType::Q4_1,
    DType::Q5_0,
    DType::Q5_1,
    DType::Q8_0,
    DType::Q2K,
    DType::Q3K,
    DType::Q4K,
    DType::Q5K,
    DType::Q6K,
    DType::Q8K,
    DType::Iq3S,
    DType::Iq4Nl,
    DType::Iq4Xs,
];

fn widened(bytes: &[u8], dtype: DType) -> Vec<f32> {
    let mut values = vec![f32::NAN; bytes.len() / dtype.size() * dtype.block()];
    widen(bytes, dtype, &mut values);
    values
}

fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn every_number_is_that_of_the_reference_to_the_last_bit() {
    let lines = include_str!("reference.txt").lines().filter(|line| !line.starts_with('#'));
    let mut seen = Vec::new();
    for line in lines {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, block, hex, hash, samples @ ..] = &fields[..] else { panic!("{line}") };
        let dtype = ALL.into_iter().find(|dtype| dtype.name() == *name).unwrap();
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        assert_eq!((bytes.len(), *block), (3 * dtype.size(), &*dtype.block().to_string()), "{name}");
        let values = widened(&bytes, dtype);
        let samples: Vec<f32> = samples.iter().map(|number| number.parse().unwrap()).collect();
        assert_eq!([values[0], values[1], values[values.len() - 1]], *samples, "{name}");
        let found = fnv(values.iter().flat_map(|value| value.to_le_bytes()));
        assert_eq!(format!("{found:016x}"), *hash, "{name}");
        seen.push(dtype);
    }
    // The Python package does not widen Q8_K, which the next test does.
    assert_eq!(seen.len(), ALL.len() - 1);
}

#[test]
fn whole_numbers_times_one_scale_are_read_from_the_largest_blocks() {
    let mut bytes = 0.25_f32.to_le_bytes().to_vec();
    bytes.extend((0..256).map(|i| i as u8));
    bytes.extend([0xAA; 32]);
    let values = widened(&bytes, DType::Q8K);
    assert_eq!((values[0], values[127], values[128], values[255]), (0.0, 31.75, -32.0, -0.25));
}

#[test]
fn the_sizes_of_blocks_are_those_of_their_layouts() {
    for dtype in ALL {
        assert!(dtype.is_quantized() && widened(&vec![0; dtype.size() * 2], dtype).iter().all(|&x| x == 0.0));
    }
}
