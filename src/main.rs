//! The program: a window, or one command.

use std::process::ExitCode;

use clap::Parser;
use lexiscope::cli::{self, Arguments, Wanted};

fn main() -> ExitCode {
    lexiscope::files::guard::hush_guarded_panics();
    match Arguments::parse().wanted() {
        Wanted::Command(command) => cli::run(&command),
        Wanted::Window { files, measure } => match lexiscope::ui::run(files, measure) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => cli::fail(&message),
        },
    }
}
