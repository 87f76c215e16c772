//! Files that are written: always whole, so that nobody ever reads half of one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file so that at every moment either the old or the new content is there, never a part.
///
/// # Errors
/// If the folder cannot be written to; the old file is then untouched.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// [`write_whole`] for content that is made while it is written.
///
/// # Errors
/// If the folder cannot be written to, or what `write` gives; the old file is then untouched.
pub fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> io::Result<()> {
    Complete::write(path, write)?.take_place()
}

/// A file that is written whole and has not taken its place yet.
pub struct Complete {
    new: tempfile::NamedTempFile,
    place: PathBuf,
    was_free: bool,
}

impl Complete {
    /// Writes all of a file, beside the place that it is for. Dropped, it vanishes.
    ///
    /// # Errors
    /// If the folder cannot be written to, or what `write` gives.
    pub fn write(
        path: &Path,
        write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
    ) -> io::Result<Self> {
        complete(path, write)
    }

    fn take_place(self) -> io::Result<()> {
        self.new.persist(self.place)?;
        Ok(())
    }

    /// Two files that belong together take their places, or neither does: `companion` may replace only what was there
    /// when it was written.
    ///
    /// # Errors
    /// If the system refuses; what was there before is there again then.
    pub fn take_places(main: Self, companion: Self) -> io::Result<()> {
        let place = companion.place.clone();
        let old = if companion.was_free {
            if fs::symlink_metadata(&place).is_ok() {
                let what = format!("{} came into being meanwhile", place.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
            }
            None
        } else {
            Some(Self::write(&place, |out| io::copy(&mut File::open(&place)?, out).map(|_| ()))?)
        };
        companion.take_place()?;
        let placed = main.take_place();
        if placed.is_err() {
            match old {
                Some(old) => old.take_place()?,
                None => fs::remove_file(&place)?,
            }
        }
        placed
    }
}

fn complete(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> io::Result<Complete> {
    // A link stays a link, and what it points to is replaced.
    let target = fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no folder {}", folder.display()),
        ));
    }
    let mut new = beside(folder)?;
    let was_free = fs::symlink_metadata(path).is_err();
    if let Ok(old) = fs::metadata(path) {
        if old.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder"));
        }
        new.as_file().set_permissions(old.permissions())?;
    }
    let mut buffered = BufWriter::new(new.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    new.as_file().sync_all()?;
    Ok(Complete { new, place: path.to_owned(), was_free })
}

/// A new file in `folder` that others may read as far as the system's habits allow: left to itself, a temporary file is
/// for its owner alone.
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lexiscope-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write_whole(&path, b"long old content").unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn what_fails_halfway_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write_whole(&path, b"old").unwrap();
        let failed = write_whole_with(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
        assert!(write_whole(folder.path(), b"a file").is_err(), "a folder is not replaced by a file");
    }

    #[test]
    fn of_two_files_that_belong_together_both_take_their_places_or_neither() {
        let folder = tempfile::tempdir().unwrap();
        let [main, companion] = ["m", "c"].map(|name| folder.path().join(name));
        let complete = |path: &Path| Complete::write(path, |file| file.write_all(b"new")).unwrap();
        for old in [None, Some("old")] {
            if let Some(old) = old {
                fs::write(&companion, old).unwrap();
            }
            let (first, second) = (complete(&main), complete(&companion));
            // Nothing takes the place of a folder.
            fs::create_dir(&main).unwrap();
            assert!(Complete::take_places(first, second).is_err());
            assert_eq!(fs::read_to_string(&companion).ok().as_deref(), old, "as it was");
            fs::remove_dir(&main).unwrap();
        }
        Complete::take_places(complete(&main), complete(&companion)).unwrap();
        assert_eq!((fs::read(&main).unwrap(), fs::read(&companion).unwrap()), (b"new".into(), b"new".into()));
        fs::remove_file(&companion).unwrap();
        let (first, second) = (complete(&main), complete(&companion));
        fs::write(&companion, "another's").unwrap();
        assert!(Complete::take_places(first, second).is_err());
        assert_eq!(fs::read(&companion).unwrap(), b"another's", "it came while the two were written");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_survive() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("x"), folder.path().join("link"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        write_whole(&path, b"old").unwrap();
        let usual = folder.path().join("usual");
        fs::write(&usual, b"").unwrap();
        assert_eq!(mode(&path), mode(&usual), "a new file is like any other");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (&b"new"[..], 0o640));
    }
}
