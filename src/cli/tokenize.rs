//! `tokenize`: text to tokens, under one tokenizer or many.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{ArgGroup, Args};
use rayon::prelude::*;

use super::columns::{Side, aligned};
use super::output::Output;
use super::timings::Timings;
use super::{Failure, input, output};
use crate::progress::Unwatched;
use crate::scene::document;
use crate::scene::numbers;
use crate::tokens::{Comparison, EncodeOptions, TokenizeDocument, Tokenizer, catalog, tokenize_documents};

/// Cut text into tokens, with one tokenizer or all that come with the program
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).args(["text", "file", "jsonl"]))]
pub struct Tokenize {
    /// The text; - reads it from standard input
    text: Option<String>,
    /// Read the text from a file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A tokenizer's name, or its file (tokenizer.json, .model, .gguf, …); may be repeated [default: all built-in ones]
    #[arg(short, long = "tokenizer", value_name = "NAME|FILE")]
    tokenizer: Vec<String>,
    /// Add no special tokens such as [CLS] or <s>
    #[arg(long)]
    no_special: bool,
    /// Read special tokens in the text, such as <|endoftext|>, as control tokens and not as text
    #[arg(long)]
    typed_special: bool,
    /// Read JSON strings from standard input, one a line, and write one JSON document a line
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    output: Output,
}

impl Tokenize {
    /// Carries out the command.
    ///
    /// # Errors
    /// If the text or a tokenizer cannot be read.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut timings = Timings::new(self.output.timings);
        let tokenizers = self.tokenizers()?;
        timings.end("load");
        if self.jsonl {
            self.run_lines(&tokenizers)?;
            timings.end("compute");
        } else {
            let text = self.text()?;
            timings.end("read");
            let comparison = Comparison::new(text, &tokenizers, self.options(), &Unwatched)?;
            timings.end("compute");
            let documents = comparison.documents();
            if self.output.json {
                output::json(&documents)?;
            } else {
                output::text(&to_text(&documents))?;
            }
            timings.end("write");
        }
        timings.report();
        Ok(())
    }

    fn documents(&self, text: &str, tokenizers: &[Arc<Tokenizer>]) -> Result<Vec<TokenizeDocument>, Failure> {
        Ok(tokenize_documents(text, tokenizers, self.options())?)
    }

    fn options(&self) -> EncodeOptions {
        EncodeOptions { add_special: !self.no_special, typed_special: self.typed_special }
    }

    /// The tokenizers asked for, and no others: loading takes time.
    fn tokenizers(&self) -> Result<Vec<Arc<Tokenizer>>, Failure> {
        let all = || catalog::entries().iter().map(|entry| entry.name.to_owned()).collect();
        let names: Vec<String> = if self.tokenizer.is_empty() { all() } else { self.tokenizer.clone() };
        names.par_iter().with_max_len(1).map(|name| load(name)).collect()
    }

    fn text(&self) -> Result<String, Failure> {
        match (&self.file, self.text.as_deref()) {
            (Some(path), _) => {
                let file = fs::File::open(path).map_err(|error| {
                    Failure::Said(format!("the text could not be read: {error} ({})", path.display()))
                })?;
                input::text_of(file, &path.display().to_string())
            }
            (None, Some("-")) => input::text_of(io::stdin().lock(), "standard input"),
            (None, text) => Ok(text.unwrap_or_default().to_owned()),
        }
    }

    /// A document for each line of standard input, in order and as soon as it can be had.
    fn run_lines(&self, tokenizers: &[Arc<Tokenizer>]) -> Result<(), Failure> {
        let mut input = BufReader::with_capacity(1 << 20, io::stdin().lock());
        let mut out = output::stdout();
        let mut number = 0;
        loop {
            let lines = waiting_lines(&mut input)
                .map_err(|error| Failure::Said(format!("standard input could not be read: {error}")))?;
            if lines.is_empty() {
                return Ok(());
            }
            let answer = |(place, line): (usize, &Vec<u8>)| {
                let text: String = serde_json::from_slice(line).map_err(|error| {
                    let line = number + place + 1;
                    Failure::Said(format!("line {line} of standard input is not a JSON string: {error}"))
                })?;
                self.documents(&text, tokenizers)
            };
            let answers: Vec<Result<_, Failure>> = lines.par_iter().enumerate().map(answer).collect();
            for documents in answers {
                // What came before a bad line is still written.
                match documents {
                    Ok(documents) => output::write_json(&mut out, &documents)?,
                    Err(failure) => {
                        out.flush()?;
                        return Err(failure);
                    }
                }
            }
            out.flush()?;
            number += lines.len();
        }
    }
}

/// The next line, and those after it that have arrived whole: who writes a line and waits gets an answer, and who writes
/// many is answered by all cores. Empty at the end.
fn waiting_lines(input: &mut BufReader<impl Read>) -> io::Result<Vec<Vec<u8>>> {
    const MOST: usize = 1_024;
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(lines);
        }
        lines.push(line);
        if lines.len() == MOST || !input.buffer().contains(&b'\n') {
            return Ok(lines);
        }
    }
}

/// A built-in tokenizer by its name, or one from a file.
fn load(name: &str) -> Result<Arc<Tokenizer>, Failure> {
    match catalog::load(name) {
        Ok(tokenizer) => Ok(tokenizer),
        Err(catalog::CatalogError::Unknown { .. }) if is_path(name) => {
            let document = document::open(&input::source(Path::new(name), &[]), &Unwatched)?;
            document.tokenizer.ok_or_else(|| {
                Failure::Said(format!(
                    "this file holds vectors and no tokenizer: name a tokenizer's file, such as tokenizer.json or tokenizer.model ({name})"
                ))
            })
        }
        Err(error) => Err(error.into()),
    }
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\', '.', ':']) || Path::new(name).exists()
}

fn to_text(documents: &[TokenizeDocument]) -> String {
    let Some(first) = documents.first() else { return String::new() };
    let counts = [first.bytes, first.chars, first.graphemes].map(|count| numbers::thousands(count as u64));
    let head = format!("{} bytes · {} code points · {} characters", counts[0], counts[1], counts[2]);
    let table = if let [document] = documents { token_table(document) } else { comparison_table(documents) };
    format!("{head}\n{table}")
}

/// One tokenizer: a line for each token.
fn token_table(document: &TokenizeDocument) -> String {
    let mut rows =
        vec![[document.tokenizer.as_str(), "id", "start", "end", "bytes"].map(str::to_owned).to_vec()];
    rows.extend(document.tokens.iter().map(|token| {
        let hexadecimal: Vec<String> = token.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let numbers = [token.id.to_string(), token.start.to_string(), token.end.to_string()];
        let [id, start, end] = numbers;
        vec![numbers::visible(&token.text), id, start, end, hexadecimal.join(" ")]
    }));
    let count = document.tokens.len();
    let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Left];
    format!("{}{count} {}\n", aligned(&sides, &rows), if count == 1 { "token" } else { "tokens" })
}

/// Many tokenizers: a line for each.
fn comparison_table(documents: &[TokenizeDocument]) -> String {
    let row = |document: &TokenizeDocument| {
        let pieces: Vec<String> = document.tokens.iter().map(|token| numbers::visible(&token.text)).collect();
        let count = numbers::thousands(document.tokens.len() as u64);
        vec![document.tokenizer.clone(), count, pieces.join(" | ")]
    };
    let head = ["tokenizer", "tokens", "pieces"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(documents.iter().map(row)).collect();
    aligned(&[Side::Left, Side::Right, Side::Left], &rows)
}
