//! `cluster`: words that belong together.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::columns::{Side, aligned};
use super::input::{Input, say_warnings};
use super::neighbors::count;
use super::{Failure, csv, output, say};
use crate::geometry::clusters::{Cluster as Group, Clustering, Method};
use crate::progress::Unwatched;
use crate::scene::numbers;
use crate::scene::view::ClusterChoice;
use crate::vectors::Table;

/// Find groups of words that lie together
#[derive(Debug, Args)]
pub struct Cluster {
    #[command(flatten)]
    input: Input,
    /// kmeans: a given number of groups; hdbscan: as many as there are dense regions
    #[arg(long, default_value = "kmeans", value_parser = method())]
    method: Method,
    /// How many clusters k-means looks for, at most 1,000 [default: 8]
    #[arg(short, value_parser = clusters)]
    k: Option<usize>,
    /// Where k-means starts and what is sampled; the same seed gives the same clusters
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write each word's cluster to a .csv file (word,cluster; noise is -1)
    #[arg(short, value_name = "OUT.csv")]
    output: Option<PathBuf>,
}

/// The most clusters that k-means is asked for: more take minutes and are no summary.
const MOST_CLUSTERS: usize = 1_000;

fn clusters(text: &str) -> Result<usize, String> {
    match count(text)? {
        wanted if wanted > MOST_CLUSTERS => Err("at most 1,000 clusters are looked for".to_owned()),
        wanted => Ok(wanted),
    }
}

fn method() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::ALL.map(Method::name)).try_map(|name| name.parse::<Method>())
}

#[derive(Debug, Serialize)]
struct Membership<'a> {
    word: &'a str,
    /// The cluster's ID, or −1 for a word in none.
    cluster: i32,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    method: &'static str,
    k: usize,
    clusters: &'a [Group],
    words: Vec<Membership<'a>>,
}

impl Cluster {
    /// Carries out the command.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub(super) fn run(&self) -> Result<(), Failure> {
        if let Some(path) = self.output.as_ref().filter(|path| output::ending(path) != "csv") {
            let path = path.display();
            return Err(Failure::Said(format!(
                "clusters are written as CSV: let the name of the file end in .csv, not {path}"
            )));
        }
        if self.method == Method::Hdbscan && self.k.is_some() {
            say("note: HDBSCAN finds its own number of clusters; -k was not used");
        }
        let usual = ClusterChoice::default();
        let choice =
            ClusterChoice { method: self.method, k: self.k.unwrap_or(usual.k), seed: self.seed, ..usual };
        let (table, _, mut timings) = self.input.open_table()?;
        let clustering = choice.find(&table, &Unwatched)?;
        timings.end("compute");
        say_warnings(&table);
        if let Some(rows) = clustering.sampled {
            let rows = numbers::thousands(rows as u64);
            say(&format!("note: the clusters were found on a sample of {rows} rows; the others joined them"));
        }
        let report = report(&table, &clustering);
        if let Some(path) = &self.output {
            output::file(path, |out| report.write_csv(out))?;
        }
        if self.input.output.json {
            output::json(&report)?;
        } else if self.output.is_none() {
            output::text(&to_text(&clustering))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }
}

fn report<'a>(table: &'a Table, clustering: &'a Clustering) -> Report<'a> {
    let words = clustering.labels.iter().enumerate();
    Report {
        method: clustering.method.name(),
        k: clustering.k,
        clusters: &clustering.clusters,
        words: words.map(|(row, &cluster)| Membership { word: table.word(row), cluster }).collect(),
    }
}

fn to_text(clustering: &Clustering) -> String {
    let mut head = format!("{} · {} clusters", clustering.method.name(), clustering.k);
    if let Some(silhouette) = clustering.silhouette {
        head = format!("{head} · silhouette {}", numbers::significant(f64::from(silhouette)));
    }
    let noise = clustering.noise();
    let size = |rows: usize| numbers::thousands(rows as u64);
    let mut rows: Vec<Vec<String>> = vec![["name", "id", "size"].map(str::to_owned).to_vec()];
    rows.extend(
        clustering
            .clusters
            .iter()
            .map(|cluster| vec![numbers::visible(&cluster.name), cluster.id.to_string(), size(cluster.size)]),
    );
    if noise > 0 {
        rows.push(vec!["(no cluster)".to_owned(), "-1".to_owned(), size(noise)]);
    }
    format!("{head}\n{}", aligned(&[Side::Left, Side::Right, Side::Right], &rows))
}

impl Report<'_> {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"word,cluster\n")?;
        self.words.iter().try_for_each(|word| writeln!(out, "{},{}", csv::cell(word.word), word.cluster))
    }
}
