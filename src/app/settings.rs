//! What is remembered from one run to the next: the settings and the last session.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files::write_whole;
use crate::scene::palette::Theme;
use crate::scene::rendering::PictureChoice;
use crate::scene::session::Session;

/// How many recent files the menu lists.
const RECENT: usize = 10;

/// Preferences of a person, apart from any document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    /// How large everything is drawn; 1 is usual.
    pub scale: f32,
    pub reduce_motion: bool,
    /// How pictures are made.
    pub picture: PictureChoice,
    /// Files opened lately, the newest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            scale: 1.0,
            reduce_motion: false,
            picture: PictureChoice::default(),
            recent: Vec::new(),
        }
    }
}

impl Settings {
    /// Puts a file at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    /// The same settings within sensible bounds, whatever stood in the file.
    #[must_use]
    fn sound(mut self) -> Self {
        self.scale = if self.scale.is_finite() { self.scale.clamp(MIN_SCALE, MAX_SCALE) } else { 1.0 };
        self.recent.truncate(RECENT);
        self
    }
}

/// The smallest and the largest that everything can be drawn.
pub const MIN_SCALE: f32 = 0.6;
pub const MAX_SCALE: f32 = 2.5;

/// The folder in which settings and the last session are kept.
#[derive(Debug, Clone)]
pub struct Storage {
    folder: PathBuf,
}

impl Storage {
    /// The place that this system has for a program's settings; `None` where it has none.
    #[must_use]
    pub fn of_this_user() -> Option<Self> {
        let folders = directories::ProjectDirs::from("", "", "lexiscope")?;
        Some(Self::at(folders.config_dir()))
    }

    /// This folder; it is made when first written to.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The settings; the usual ones where there are none or they cannot be read.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.read::<Settings>("settings.json").unwrap_or_default().sound()
    }

    /// What was on the screen when the program was last closed.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        Session::read(&self.folder.join(SESSION)).ok()
    }

    /// Keeps both, each replaced whole or not at all.
    ///
    /// # Errors
    /// If the folder cannot be made or written to.
    pub fn keep(&self, settings: &Settings, session: Option<&Session>) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        write_whole(&self.folder.join("settings.json"), &serde_json::to_vec_pretty(settings)?)?;
        if let Some(session) = session {
            let path = self.folder.join(SESSION);
            write_whole(&path, session.to_text(&path).as_bytes())?;
        }
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.folder.join(name)).ok()?).ok()
    }
}

const SESSION: &str = "last-session.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_nonsense_is_survived() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::at(&folder.path().join("new"));
        assert_eq!(storage.settings(), Settings::default());
        let mut settings = Settings { theme: Theme::Light, scale: 1.5, ..Settings::default() };
        settings.remember(Path::new("/a"));
        settings.remember(Path::new("/b"));
        settings.remember(Path::new("/a"));
        storage.keep(&settings, None).unwrap();
        assert_eq!(storage.settings(), settings);
        assert_eq!(settings.recent, [PathBuf::from("/a"), PathBuf::from("/b")]);
        fs::write(folder.path().join("new/settings.json"), b"{\"scale\": 1e9, \"theme\":").unwrap();
        assert_eq!(storage.settings(), Settings::default());
        fs::write(folder.path().join("new/settings.json"), b"{\"scale\": 1e9}").unwrap();
        assert_eq!(storage.settings().scale, MAX_SCALE);
    }
}
