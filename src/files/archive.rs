//! Several files as one: zip, tar, or a folder on the disk. Nothing is unpacked before it is asked for.
//!
//! Sources: PKWARE's APPNOTE (zip), POSIX.1-2001 (ustar and pax). Encrypted members and packings other than deflate are
//! refused. Members that are not packed are read where they lie, without a copy.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use super::map::Bytes;
use super::problem::{Place, Problem};
use super::unpack::{LARGEST_UNPACKED, Limits, collect};
use crate::progress::{Progress, Unwatched};

/// More files than this are not listed.
const MOST_MEMBERS: usize = 10_000;

/// A collection of files.
#[derive(Debug)]
pub struct Archive {
    kind: Kind,
    members: Vec<Member>,
    /// The most that one of its files may unpack to.
    cap: u64,
}

#[derive(Debug)]
enum Kind {
    Zip(Bytes),
    Tar(Bytes),
    Folder(PathBuf),
}

/// One file of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name with the folders inside the archive: `model/tokenizer.json`.
    pub name: String,
    /// Its size once unpacked, as the archive says.
    pub size: u64,
    /// Its place in a zip archive's list, or its first byte in a tar archive.
    at: usize,
}

impl Archive {
    /// The archive that these bytes are, if they are one.
    ///
    /// # Errors
    /// [`Problem::Malformed`] if it is damaged, [`Problem::TooLarge`].
    pub fn of(bytes: &Bytes) -> Result<Option<Self>, Problem> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::zip(bytes).map(Some);
        }
        // The magic of a tar archive stands in the header of its first file.
        if bytes.get(257..262) == Some(b"ustar") {
            return Self::tar(bytes).map(Some);
        }
        Ok(None)
    }

    /// The same with a lower limit to what one of its files may unpack to.
    #[must_use]
    pub fn within(self, cap: u64) -> Self {
        Self { cap: self.cap.min(cap), ..self }
    }

    fn zip(bytes: &Bytes) -> Result<Self, Problem> {
        let mut zip = opened(bytes)?;
        if zip.len() > MOST_MEMBERS {
            return Err(too_many(zip.len()));
        }
        let mut members = Vec::new();
        for at in 0..zip.len() {
            let member = zip.by_index_raw(at).map_err(|error| damaged_zip(&error))?;
            if member.is_file() {
                let name = String::from_utf8_lossy(member.name_raw()).into_owned();
                members.push(Member { name, size: member.size(), at });
            }
        }
        Ok(Self { kind: Kind::Zip(bytes.clone()), members, cap: LARGEST_UNPACKED })
    }

    fn tar(bytes: &Bytes) -> Result<Self, Problem> {
        let mut archive = tar::Archive::new(Cursor::new(bytes.clone()));
        let mut members = Vec::new();
        let entries = archive.entries_with_seek().map_err(|error| damaged("tar", 0, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| damaged("tar", 0, &error))?;
            if members.len() == MOST_MEMBERS {
                return Err(too_many(MOST_MEMBERS + 1));
            }
            if entry.header().entry_type().is_file() {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                members.push(Member { name, size: entry.size(), at: entry.raw_file_position() as usize });
            }
        }
        Ok(Self { kind: Kind::Tar(bytes.clone()), members, cap: LARGEST_UNPACKED })
    }

    /// The files of a folder and of the folders in it, one level deep.
    ///
    /// # Errors
    /// [`Problem::Io`] and its kin, [`Problem::TooLarge`].
    pub fn folder(path: &Path) -> Result<Self, Problem> {
        let mut members = Vec::new();
        list(path, "", &mut members, 1)?;
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { kind: Kind::Folder(path.to_path_buf()), members, cap: LARGEST_UNPACKED })
    }

    /// What the archive is: `zip archive`, `tar archive`, `folder`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Zip(_) => "zip archive",
            Kind::Tar(_) => "tar archive",
            Kind::Folder(_) => "folder",
        }
    }

    /// The folder on the disk that this is, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Folder(path) => Some(path),
            Kind::Zip(_) | Kind::Tar(_) => None,
        }
    }

    /// The files in it.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether all files are `NumPy`'s arrays, by their names, as in an npz file.
    #[must_use]
    pub fn is_npz(&self) -> bool {
        let is_array = |member: &Member| {
            Path::new(&member.name).extension().is_some_and(|end| end.eq_ignore_ascii_case("npy"))
        };
        !self.members.is_empty() && self.members.iter().all(is_array)
    }

    /// The file of exactly this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The bytes of one of its files.
    ///
    /// # Errors
    /// [`Problem::Malformed`] if it is damaged, [`Problem::ExpandsTooFar`], [`Problem::Cancelled`].
    pub fn read(&self, member: &Member, progress: &dyn Progress) -> Result<Bytes, Problem> {
        match &self.kind {
            Kind::Folder(path) => super::source::map(&path.join(&member.name)),
            Kind::Tar(bytes) => usize::try_from(member.size)
                .ok()
                .and_then(|size| bytes.slice(member.at..member.at.checked_add(size)?))
                .ok_or_else(|| damaged("tar", member.at as u64, &"the archive ends within this file")),
            Kind::Zip(bytes) => unzip(bytes, member, self.cap, progress),
        }
    }

    /// The first bytes of one of its files, `most` of them unless it is shorter. Nothing else of it is unpacked.
    ///
    /// # Errors
    /// As [`Archive::read`].
    pub fn beginning(&self, member: &Member, most: usize) -> Result<Vec<u8>, Problem> {
        if let Kind::Zip(bytes) = &self.kind {
            let mut zip = opened(bytes)?;
            return beginning(zip.by_index(member.at).map_err(|error| damaged_zip(&error))?, most);
        }
        let bytes = self.read(member, &Unwatched)?;
        Ok(bytes[..bytes.len().min(most)].to_vec())
    }
}

/// Not more than `most` bytes, as they come out.
fn beginning(mut from: impl Read, most: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    from.by_ref().take(most as u64).read_to_end(&mut bytes).map_err(|error| damaged("zip", 0, &error))?;
    Ok(bytes)
}

fn opened(bytes: &Bytes) -> Result<zip::ZipArchive<Cursor<Bytes>>, Problem> {
    zip::ZipArchive::new(Cursor::new(bytes.clone())).map_err(|error| damaged_zip(&error))
}

fn unzip(bytes: &Bytes, member: &Member, cap: u64, progress: &dyn Progress) -> Result<Bytes, Problem> {
    let mut zip = opened(bytes)?;
    let file = zip.by_index(member.at).map_err(|error| damaged_zip(&error))?;
    let packed = file.compressed_size();
    if file.compression() == zip::CompressionMethod::Stored
        && !file.encrypted()
        && let Some(start) = file.data_start()
        && let Some(stored) = usize::try_from(start)
            .ok()
            .zip(usize::try_from(packed).ok())
            .and_then(|(start, size)| bytes.slice(start..start.checked_add(size)?))
    {
        return Ok(stored);
    }
    collect(file, "zip", Limits { packed, cap }, progress)
}

fn list(path: &Path, prefix: &str, members: &mut Vec<Member>, deeper: usize) -> Result<(), Problem> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(about) = fs::metadata(entry.path()) else { continue };
        if about.is_file() {
            if members.len() == MOST_MEMBERS {
                return Err(too_many(MOST_MEMBERS + 1));
            }
            members.push(Member { name, size: about.len(), at: 0 });
        } else if about.is_dir() && deeper > 0 && !name.starts_with('.') {
            // A folder inside that cannot be read does not keep the others from being seen.
            match list(&entry.path(), &format!("{name}/"), members, deeper - 1) {
                Err(Problem::Denied) => {}
                listed => listed?,
            }
        }
    }
    Ok(())
}

fn too_many(members: usize) -> Problem {
    Problem::TooLarge { what: format!("{members} files"), limit: MOST_MEMBERS }
}

fn damaged_zip(error: &zip::result::ZipError) -> Problem {
    match error {
        zip::result::ZipError::InvalidArchive(_) => {
            damaged("zip", 0, &"the list of its files, which stands at the end, is missing or broken")
        }
        error => damaged("zip", 0, error),
    }
}

fn damaged(format: &'static str, at: u64, error: &dyn std::fmt::Display) -> Problem {
    Problem::Malformed {
        format,
        place: Place::Byte(at),
        what: format!("the archive is damaged: {error}"),
        advice: "get it again, or unpack it and open the file inside",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::progress::Unwatched;

    fn zip_of(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Bytes {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file(*name, options).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner().into()
    }

    fn tar_of(files: &[(&str, &[u8])]) -> Bytes {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append_data(&mut header, name, *content).unwrap();
        }
        tar.into_inner().unwrap().into()
    }

    const FILES: [(&str, &[u8]); 2] = [("a/vectors.txt", b"cat 1 2\n"), ("b", b"more")];

    #[test]
    fn zip_tar_and_folders_give_their_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for (name, content) in FILES {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let archives = [
            Archive::of(&zip_of(&FILES, zip::CompressionMethod::Deflated)).unwrap().unwrap(),
            Archive::of(&zip_of(&FILES, zip::CompressionMethod::Stored)).unwrap().unwrap(),
            Archive::of(&tar_of(&FILES)).unwrap().unwrap(),
            Archive::folder(folder.path()).unwrap(),
        ];
        for archive in archives {
            assert_eq!(archive.members().len(), 2, "{}", archive.name());
            for (name, content) in FILES {
                let member = archive.find(name).unwrap();
                assert_eq!(member.size, content.len() as u64);
                assert_eq!(*archive.read(member, &Unwatched).unwrap(), *content);
            }
        }
        assert!(Archive::of(&Bytes::embedded(b"cat 1 2\n")).unwrap().is_none());
    }

    #[test]
    fn damaged_archives_are_refused_wherever_they_are_cut() {
        for whole in [zip_of(&FILES, zip::CompressionMethod::Deflated), tar_of(&FILES)] {
            for cut in (262..whole.len()).step_by(7).chain(4..262.min(whole.len())) {
                let Ok(Some(archive)) = Archive::of(&whole.slice(0..cut).unwrap()) else { continue };
                for member in archive.members() {
                    let _ = archive.read(member, &Unwatched);
                }
            }
        }
    }
}
