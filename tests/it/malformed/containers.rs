//! Small files with others inside: packed ones and archives.

use std::io::Write;

use super::Sample;
use super::build::Build;

const CONTENT: &[u8] = b"cat 1 2\ndog 3 5\nowl 2 7\n";
const MORE: &[u8] = b"cat 1 2 3\ndog 3 5 6\n";

pub fn samples() -> Vec<Sample> {
    let one = |format, target, name, build| Sample { format, target, files: vec![(name, build)] };
    vec![
        one("GloVe text in a gzip file", "containers", "a.txt.gz", gzip(CONTENT)),
        one("GloVe text in a zstd file", "containers", "a.txt.zst", zstd(CONTENT)),
        one("GloVe text in a bzip2 file", "containers", "a.txt.bz2", bzip2(CONTENT)),
        one(
            "GloVe text in a zip archive",
            "containers",
            "a.zip",
            zip(&[("a.txt", CONTENT), ("m/b.txt", MORE)], true),
        ),
        one("GloVe text in a zip archive", "containers", "b.zip", zip(&[("a.txt", CONTENT)], false)),
        one(
            "GloVe text in a tar archive",
            "containers",
            "a.tar",
            tar(&[("a.txt", CONTENT), ("m/b.txt", MORE)]),
        ),
        one(
            "GloVe text in a tar archive in a gzip file",
            "containers",
            "a.tar.gz",
            gzip(&tar(&[("a.txt", CONTENT)]).bytes),
        ),
    ]
}

/// The ten bytes of its head, what is packed, the checksum and the length.
pub fn gzip(content: &[u8]) -> Build {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(content).unwrap();
    let packed = packed.finish().unwrap();
    let (body, foot) = packed.split_at(packed.len() - 8);
    Build::default()
        .raw(&body[..10])
        .end()
        .raw(&body[10..])
        .end()
        .raw(&foot[..4])
        .end()
        .little(content.len() as u64, 4)
        .end()
}

pub fn zstd(content: &[u8]) -> Build {
    let packed = ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest);
    let head = u32::from_le_bytes([packed[5], packed[6], packed[7], 0]);
    Build::default().raw(&packed[..5]).end().little(u64::from(head), 3).end().raw(&packed[8..]).end()
}

pub fn bzip2(content: &[u8]) -> Build {
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packed.write_all(content).unwrap();
    let packed = packed.finish().unwrap();
    let half = packed.len() / 2;
    Build::default().raw(&packed[..4]).end().raw(&packed[4..half]).end().raw(&packed[half..]).end()
}

/// A zip archive, its members packed or as they are, written here so that its sizes are known by their places.
pub fn zip(files: &[(&str, &[u8])], packs: bool) -> Build {
    let mut build = Build::default();
    let mut list = Build::default();
    for (name, content) in files {
        let at = build.bytes.len() as u64;
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let packed = if packs { deflated(content) } else { content.to_vec() };
        let common = Build::default()
            .little(20, 2)
            .little(0, 2)
            .little(if packs { 8 } else { 0 }, 2)
            .raw([0, 0, 0x21, 0])
            .raw(sum.sum().to_le_bytes())
            .little(packed.len() as u64, 4)
            .little(content.len() as u64, 4)
            .little(name.len() as u64, 2)
            .little(0, 2);
        build = build.raw(b"PK\x03\x04").then(&common).end().text(name).end().raw(&packed).end();
        list = list.raw(b"PK\x01\x02").raw([20, 0]).then(&common).little(0, 2).raw([0; 8]);
        list = list.little(at, 4).end().text(name).end();
    }
    let at = build.bytes.len() as u64;
    build
        .then(&list)
        .raw(b"PK\x05\x06")
        .raw([0; 4])
        .little(files.len() as u64, 2)
        .little(files.len() as u64, 2)
        .little(list.bytes.len() as u64, 4)
        .little(at, 4)
        .little(0, 2)
        .end()
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

/// A tar archive: for each file a head of 512 bytes and the content, filled up to as many.
pub fn tar(files: &[(&str, &[u8])]) -> Build {
    let mut build = Build::default();
    for (name, content) in files {
        build = build.raw(tar_head(name, &format!("{:011o}", content.len()), b'0')).end().raw(content);
        build = build.raw(vec![0; content.len().next_multiple_of(512) - content.len()]).end();
    }
    build.raw([0; 1024]).end()
}

/// The head of a file in a tar archive, whose size may say anything, with the right checksum.
pub fn tar_head(name: &str, size: &str, kind: u8) -> Vec<u8> {
    let mut head = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| head[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\x000000000\x000000000\0");
    put(124, size.as_bytes());
    put(136, b"00000000000\0        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|&byte| u32::from(byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}
