//! The program: a window, or one command.

use std::process::ExitCode;

use clap::Parser;
use lexiscope::cli::{self, Arguments, MeasuredPage, Wanted};
use lexiscope::ui::measure::Measured;

fn main() -> ExitCode {
    lexiscope::files::guard::hush_guarded_panics();
    match Arguments::parse().wanted() {
        Wanted::Command(command) => cli::run(&command),
        Wanted::Window { files, measure } => {
            let measure = measure.map(|(page, frames)| (measured(page), frames));
            match lexiscope::ui::run(files, measure) {
                Ok(()) => ExitCode::SUCCESS,
                Err(message) => cli::fail(&message),
            }
        }
    }
}

fn measured(page: MeasuredPage) -> Measured {
    match page {
        MeasuredPage::Map => Measured::Map,
        MeasuredPage::Matrix => Measured::Matrix,
        MeasuredPage::Numbers => Measured::Numbers,
        MeasuredPage::Vocabulary => Measured::Vocabulary,
        MeasuredPage::Text => Measured::Text,
    }
}
