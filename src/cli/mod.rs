//! The same program without a window: one command, one answer. One file a command.
//!
//! Answers go to standard output, as a table to read or with `--json` as one JSON document; everything else goes to
//! standard error. The exit status is 0, 1 for an error (said in a line that begins with `error:`), or 2 for a command line that
//! cannot be understood.

mod analogy;
mod cluster;
mod columns;
mod convert;
mod csv;
mod evaluate;
mod info;
mod input;
mod neighbors;
mod output;
mod project;
mod render;
mod row;
mod timings;
mod tokenize;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::progress::Cancelled;

/// See how language models read: tokens, rows, and the geometry of real embeddings.
///
/// Without a command, opens the window. The commands work without one.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Open the window, move over a page for N frames, print how long frames took as JSON, and close
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    measure_frames: Option<u32>,
    /// The page that frames are measured on
    #[arg(long, value_name = "PAGE", default_value = "map", requires = "measure_frames")]
    page: MeasuredPage,
    /// Files to open in the window: vectors or tokenizers
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
In commands, FILE is a path, or a sample that comes with the program: sample:starter, sample:glove-100d, sample:glove-50d,
sample:minilm, sample:minilm-input, sample:french, sample:austen.
Tokenizers that come with the program: bert, gpt2, gpt4, gpt4o, llama2, llama3, starcoder2, t5, mistral, byt5, canine.
Exit status: 0, 1 after an error, 2 for a command line that cannot be understood.";

/// What a command line asks for.
#[derive(Debug)]
pub enum Wanted {
    /// An answer.
    Command(Command),
    /// The window, with these files, perhaps to measure this many frames.
    Window { files: Vec<PathBuf>, measure: Option<(MeasuredPage, usize)> },
}

/// The pages that frames are measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MeasuredPage {
    /// The map, panned and zoomed
    Map,
    /// The lookup matrix, scrolled
    Matrix,
    /// The same with its numbers written in their cells
    Numbers,
    /// The vocabulary of GPT-4o, scrolled
    Vocabulary,
    /// A text of 1 MB, pasted under all tokenizers: how soon its beginning is there, and all of it
    Text,
}

impl Arguments {
    /// Tells commands from the window. A lone word that is neither a command nor a file ends the program with a usage
    /// error: it was meant as a command, and a window would be a strange answer.
    #[must_use]
    pub fn wanted(self) -> Wanted {
        if let Some(command) = self.command {
            return Wanted::Command(command);
        }
        if let Some(first) = self.files.first().filter(|first| looks_like_a_command(first) && !first.exists())
        {
            let said = format!("there is no command and no file called '{}'", first.display());
            Self::command().error(ErrorKind::InvalidSubcommand, said).exit();
        }
        Wanted::Window {
            files: self.files,
            measure: self.measure_frames.map(|frames| (self.page, frames as usize)),
        }
    }
}

fn looks_like_a_command(path: &std::path::Path) -> bool {
    path.to_str().is_some_and(|name| name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-'))
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Info(info::Info),
    #[command(visible_alias = "neighbours")]
    Neighbors(neighbors::Neighbors),
    Analogy(analogy::Analogy),
    Project(project::Project),
    Cluster(cluster::Cluster),
    Evaluate(evaluate::Evaluate),
    Tokenize(tokenize::Tokenize),
    Row(row::Row),
    Render(render::Render),
    Convert(convert::Convert),
}

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// A person should know; the sentence says what to do.
    #[error("{0}")]
    Said(String),
    /// Standard output takes no more.
    #[error("the answer could not be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Document(#[from] crate::scene::document::DocumentError),
    #[error(transparent)]
    Evaluation(#[from] crate::scene::evaluation::EvaluationError),
    #[error(transparent)]
    Picture(#[from] crate::scene::rendering::RenderError),
    #[error(transparent)]
    Session(#[from] crate::scene::session::SessionError),
    #[error(transparent)]
    Tokenizer(#[from] crate::tokens::catalog::CatalogError),
    #[error(transparent)]
    Encode(#[from] crate::tokens::EncodeError),
    #[error(transparent)]
    Write(#[from] crate::vectors::write::WriteError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Carries out a command and gives the program's exit status.
#[must_use]
pub fn run(command: &Command) -> ExitCode {
    let outcome = match command {
        Command::Info(info) => info.run(),
        Command::Neighbors(neighbors) => neighbors.run(),
        Command::Analogy(analogy) => analogy.run(),
        Command::Project(project) => project.run(),
        Command::Cluster(cluster) => cluster.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Tokenize(tokenize) => tokenize.run(),
        Command::Row(row) => row.run(),
        Command::Render(render) => render.run(),
        Command::Convert(convert) => convert.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the answer has read enough: `lexiscope … | head` is no error.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => fail(&failure.to_string()),
    }
}

/// Says an error on standard error and gives the exit status that goes with it.
#[must_use]
pub fn fail(message: &str) -> ExitCode {
    say(&format!("error: {message}"));
    ExitCode::FAILURE
}

/// Says something that is not the answer, on standard error. If nobody can hear it, nothing is lost.
fn say(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}
