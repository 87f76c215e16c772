//! The program: a window, or one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    match lexiscope::ui::run(std::env::args_os().skip(1).map(Into::into).collect(), None) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
