//! `render`: the map as a picture.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use roaring::RoaringBitmap;

use super::input::{Input, rows_of, say_warnings};
use super::{Failure, output, say};
use crate::picture::MAX_SIDE;
use crate::progress::Unwatched;
use crate::scene::axes::AxesReport;
use crate::scene::numbers;
use crate::scene::rendering::{self, Look, PictureKind, PictureOptions, USUAL_SIZE};
use crate::scene::session::Session;
use crate::scene::view::Selection;
use crate::scene::{RowNames, View};
use crate::vectors::Table;

/// Draw the map as a PNG, SVG or PDF picture
#[derive(Debug, Args)]
pub struct Render {
    #[command(flatten)]
    input: Input,
    /// The picture to write: .png, .svg or .pdf
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Width and height in pixels [default: 1600x1000]
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[u32; 2]>,
    /// How many times larger letters, lines and points are drawn, for pictures with many pixels: 4 for 7680x4320
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = scale)]
    scale: f32,
    /// A word to select, with lines to its neighbors; may be repeated
    #[arg(long, value_name = "WORD")]
    select: Vec<String>,
    /// Light or dark as on a screen, or for print: on white paper
    #[arg(long, value_enum, default_value_t = Look::Light)]
    theme: Look,
    /// Draw the view that a session file holds
    #[arg(long, value_name = "FILE")]
    session: Option<PathBuf>,
}

/// The most pixels of a picture.
const MOST_PIXELS: u64 = 100_000_000;

fn size(text: &str) -> Result<[u32; 2], String> {
    let wanted = || "write width x height in pixels, such as 1600x1000".to_owned();
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(wanted)?;
    let side = |side: &str| side.parse::<u32>().map_err(|_| wanted());
    let size = [side(width)?, side(height)?];
    let pixels = u64::from(size[0]) * u64::from(size[1]);
    if size.iter().any(|side| !(1..=MAX_SIDE as u32).contains(side)) || pixels > MOST_PIXELS {
        let longest = numbers::thousands(MAX_SIDE as u64);
        return Err(format!("a side has 1 to {longest} pixels, and a picture at most 100 million"));
    }
    Ok(size)
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse().ok().filter(|scale| (0.25..=16.0).contains(scale));
    scale.ok_or_else(|| "write a number from 0.25 to 16".to_owned())
}

impl Render {
    /// Carries out the command.
    ///
    /// # Errors
    /// If a file cannot be read or written, or a word is unknown.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let kind = PictureKind::of(&self.out)?;
        let mut view = match &self.session {
            Some(path) => Session::read(path)?.view,
            None => View::default(),
        };
        let (table, document, mut timings) = self.input.open_table()?;
        self.choose(&table, &mut view)?;
        let title = document.title.as_str();
        let names = document.names().unwrap_or_else(|| RowNames::new(Arc::clone(&table), None));
        let options = PictureOptions {
            kind,
            palette: self.theme.palette(),
            size: self.size.unwrap_or(USUAL_SIZE),
            scale: self.scale,
            title,
        };
        if view.map.named.on_map {
            let report = AxesReport::of(&names, &view.map.named.axes, &Unwatched)?;
            for missing in report.axes.iter().flat_map(|axis| &axis.missing) {
                say(&format!("warning: {missing}"));
            }
            if report.projection.is_none() {
                say("warning: the session's axes have no direction here: the map is that of its projection");
            }
        }
        let picture = rendering::render(&names, &view, None, options, &Unwatched)?;
        timings.end("compute");
        say_warnings(&table);
        output::file(&self.out, |out| out.write_all(&picture))?;
        if self.input.output.json {
            let [width, height] = options.size;
            let path = self.out.to_string_lossy();
            output::json(&serde_json::json!({"path": path, "width": width, "height": height}))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }

    /// Selects the words asked for; what a session selected stays, as far as this file has those rows.
    fn choose(&self, table: &Table, view: &mut View) -> Result<(), Failure> {
        let kept: RoaringBitmap =
            view.map.selection.iter().filter(|&row| (row as usize) < table.rows()).collect();
        if kept.len() < view.map.selection.len() {
            say("warning: the session selected rows that this file does not have");
        }
        let focus = view.map.selection.focus();
        view.map.selection = Selection::new(kept, focus);
        if !self.select.is_empty() {
            let rows = rows_of(table, &self.select)?;
            view.map.selection = Selection::new(rows.iter().copied().collect(), rows.first().copied());
        }
        Ok(())
    }
}
