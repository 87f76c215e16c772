//! The program with little memory and little time.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The most that the program may reserve, in kilobytes. It starts with less than a fifth; 64 MiB are what an unpacked file
/// may take before it goes to the disk, where it is mapped, and each thread brings 66 MiB of addresses that it hardly uses.
const MOST_MEMORY: u32 = 640 << 10;

/// The most processor time, in seconds. Nothing here should take two on a machine of its own; this is a debug build.
const MOST_TIME: u32 = 4;

/// How long to wait for a program that waits itself, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a run of the program gave.
#[derive(Debug)]
pub struct Limited {
    /// The exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    /// From start to end.
    pub seconds: f64,
}

/// Runs the program with these arguments, within limits that the system enforces where it can.
pub fn run_limited(arguments: &[&str]) -> Limited {
    let program = env!("CARGO_BIN_EXE_lexiscope");
    let mut command = if cfg!(target_os = "linux") {
        let limits =
            format!("ulimit -v {MOST_MEMORY}; ulimit -t {MOST_TIME}; ulimit -c 0; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limits, program]);
        shell
    } else {
        Command::new(program)
    };
    command.args(arguments).env("RAYON_NUM_THREADS", "2");
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let all = |mut from: Box<dyn Read + Send>| {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.read_to_end(&mut bytes);
            let _ = send.send(bytes);
        });
        receive
    };
    let out = all(Box::new(child.stdout.take().expect("a pipe was asked for")));
    let err = all(Box::new(child.stderr.take().expect("a pipe was asked for")));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is said is UTF-8");
    // Its outputs end when it does.
    let Ok(out) = out.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("{arguments:?} hangs");
    };
    let err = err.recv_timeout(PATIENCE).expect("both outputs end");
    let status = child.wait().expect("the program ends");
    Limited { code: status.code(), out: text(out), err: text(err), seconds: start.elapsed().as_secs_f64() }
}
