//! `project`: rows as points, in a file or as JSON.

use std::fmt::Display;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::columns::{Side, aligned};
use super::input::{Input, say_warnings};
use super::output::{self, finite};
use super::{Failure, csv, say};
use crate::geometry::faithfulness;
use crate::geometry::projection::{Method, Projection};
use crate::progress::Unwatched;
use crate::scene::view::{MapView, PERPLEXITIES, ProjectionChoice, UMAP_NEIGHBORS};
use crate::scene::{honesty, numbers};
use crate::vectors::Table;

/// Place the words on a map, and write where they lie
#[derive(Debug, Args)]
pub struct Project {
    #[command(flatten)]
    input: Input,
    /// How words are placed
    #[arg(long, default_value_t, value_parser = method_names())]
    method: Method,
    /// How many coordinates a point has: 2 or 3
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=3))]
    dims: u8,
    /// What random methods start from; the same seed gives the same points
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Make every row unit length first, so that neighbors are those by cosine
    #[arg(long)]
    normalize: bool,
    /// For t-SNE: about how many neighbors count for each word, 2 to 100
    #[arg(long, value_name = "N", default_value_t = ProjectionChoice::default().perplexity, value_parser = within(PERPLEXITIES))]
    perplexity: f32,
    /// For UMAP: how many neighbors each word is joined to, 2 to 100
    #[arg(long, value_name = "N", default_value_t = ProjectionChoice::default().neighbors, value_parser = within(UMAP_NEIGHBORS))]
    neighbors: usize,
    /// For UMAP: how close together points may come, 0 to 1
    #[arg(long, value_name = "D", default_value_t = ProjectionChoice::default().min_dist, value_parser = within([0.0_f32, 1.0]))]
    min_dist: f32,
    /// Say on standard error what the map keeps of the ten nearest words of each word
    #[arg(long)]
    honesty: bool,
    /// Write the points to a file: .csv (word,x,y) or .npy (f32, a row a point)
    #[arg(short, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Reads a number that has to lie within bounds.
fn within<T>([least, most]: [T; 2]) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Copy,
{
    move |text| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("a number from {least} to {most} is wanted"))
    }
}

fn method_names() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::ALL.map(Method::name)).try_map(|name| name.parse::<Method>())
}

/// The kinds of file that points are written to.
#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Npy,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Failure> {
        match output::ending(path).as_str() {
            "csv" => Ok(Self::Csv),
            "npy" => Ok(Self::Npy),
            _ => Err(Failure::Said(format!(
                "points are written as CSV or npy: let the name of the file end in .csv or .npy, not {}",
                path.display()
            ))),
        }
    }
}

/// One word's point.
#[derive(Debug, Serialize)]
struct Point<'a> {
    word: &'a str,
    x: f32,
    y: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    z: Option<f32>,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    method: &'static str,
    /// The share of the total variance on each axis, 0 to 1; none unless PCA.
    explained_variance_ratio: Option<Vec<f64>>,
    points: Vec<Point<'a>>,
}

impl Project {
    /// Carries out the command.
    ///
    /// # Errors
    /// If a file cannot be read or written, or the method is not there.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let choice = self.choice();
        let target =
            self.output.as_deref().map(|path| Ok::<_, Failure>((path, Kind::of(path)?))).transpose()?;
        let (table, _, mut timings) = self.input.open_table()?;
        let projection =
            choice.project(&table, usize::from(self.dims), &mut |_| ControlFlow::Continue(()), &Unwatched)?;
        timings.end("compute");
        say_warnings(&table);
        if let Some(rows) = &projection.sampled_rows {
            let (placed, all) = (rows.len() as u64, table.rows() as u64);
            let [placed, all] = [placed, all].map(numbers::thousands);
            say(&format!(
                "note: only a sample of {placed} of the {all} rows was placed: this method cannot do more"
            ));
        }
        if self.honesty {
            Self::say_honesty(&table, &projection)?;
        }
        let report = self.report(&table, &projection);
        match target {
            Some((path, Kind::Csv)) => output::file(path, |out| report.write_csv(self.dims, out))?,
            Some((path, Kind::Npy)) => output::file(path, |out| report.write_npy(self.dims, out))?,
            None => {}
        }
        if self.input.output.json {
            output::json(&report)?;
        } else if target.is_none() {
            output::text(&report.to_text(self.dims))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }

    fn choice(&self) -> ProjectionChoice {
        let Self { method, seed, normalize, perplexity, neighbors, min_dist, .. } = *self;
        ProjectionChoice { method, normalize, seed, perplexity, neighbors, min_dist, rounds: None }
    }

    fn say_honesty(table: &Table, projection: &Projection) -> Result<(), Failure> {
        let MapView { axes, neighbors, metric, .. } = MapView::default();
        let found = faithfulness::measure(table, projection, axes, neighbors, metric, &Unwatched)?;
        say(&format!("note: {}", honesty::figure(&found, table.noun())));
        if let Some(measures) = honesty::measures(&found) {
            say(&format!("note: {measures}"));
        }
        say(&format!("note: {}", honesty::explanation(&found)));
        Ok(())
    }

    fn report<'a>(&self, table: &'a Table, projection: &Projection) -> Report<'a> {
        let dims = usize::from(self.dims);
        let explained_variance_ratio = projection.explained_variance_ratio.as_ref().map(|shares| {
            // An axis that the table has no direction for shows nothing of the variance.
            (0..dims).map(|axis| shares.get(axis).copied().unwrap_or(0.0)).collect()
        });
        let point = |point: usize| {
            let at = |axis: usize| finite(projection.coordinate(point, axis));
            let word = table.word(projection.row_of(point) as usize);
            Point { word, x: at(0), y: at(1), z: (dims > 2).then(|| at(2)) }
        };
        let points = (0..count(table, projection)).map(point).collect();
        Report { method: projection.method.name(), explained_variance_ratio, points }
    }
}

/// The points to write. A projection without any components (all rows equal, say) still puts each row at the origin.
fn count(table: &Table, projection: &Projection) -> usize {
    if projection.components > 0 {
        return projection.points();
    }
    projection.sampled_rows.as_ref().map_or(table.rows(), Vec::len)
}

impl Point<'_> {
    /// The coordinates, two or three.
    fn coordinates(&self) -> impl Iterator<Item = f32> {
        [self.x, self.y].into_iter().chain(self.z)
    }
}

impl Report<'_> {
    fn write_csv(&self, dims: u8, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if dims > 2 { b"word,x,y,z\n" } else { b"word,x,y\n" })?;
        for point in &self.points {
            write!(out, "{}", csv::cell(point.word))?;
            for coordinate in point.coordinates() {
                write!(out, ",{coordinate}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// The npy format, version 1.0: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
    fn write_npy(&self, dims: u8, out: &mut dyn Write) -> io::Result<()> {
        const BEFORE_HEADER: usize = 10;
        const ALIGNMENT: usize = 64;
        let mut header =
            format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {dims}), }}", self.points.len());
        let used = BEFORE_HEADER + header.len() + 1;
        header.extend(std::iter::repeat_n(' ', used.next_multiple_of(ALIGNMENT) - used));
        header.push('\n');
        out.write_all(b"\x93NUMPY\x01\x00")?;
        out.write_all(&(header.len() as u16).to_le_bytes())?;
        out.write_all(header.as_bytes())?;
        for coordinate in self.points.iter().flat_map(Point::coordinates) {
            out.write_all(&coordinate.to_le_bytes())?;
        }
        Ok(())
    }

    fn to_text(&self, dims: u8) -> String {
        let mut text = self.method.to_owned();
        for (axis, share) in ["x", "y", "z"].iter().zip(self.explained_variance_ratio.iter().flatten()) {
            text = format!("{text} · {axis} {} of the variance", numbers::percent(*share));
        }
        let row = |point: &Point<'_>| {
            let coordinates = point.coordinates().map(|at| numbers::significant(f64::from(at)));
            std::iter::once(numbers::visible(point.word)).chain(coordinates).collect()
        };
        let head = ["word", "x", "y", "z"].iter().take(usize::from(dims) + 1).map(|name| (*name).to_owned());
        let rows: Vec<Vec<String>> =
            std::iter::once(head.collect()).chain(self.points.iter().map(row)).collect();
        let sides = [Side::Left, Side::Right, Side::Right, Side::Right];
        format!("{text}\n{}", aligned(&sides[..=usize::from(dims)], &rows))
    }
}
