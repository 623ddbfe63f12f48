//! A board in an emulator, or a program of this machine, whose console is the link.

use super::client::Wire;
use super::protocol::Link;
use crate::new::Board;
use mlc_compiler::diag::Diag;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// The console of an emulated Arm core is that of semihosting: standard input and output.
const CONSOLE: &[&str] = &[
    "-display",
    "none",
    "-monitor",
    "none",
    "-serial",
    "none",
    "-semihosting-config",
    "enable=on,target=native",
    "-kernel",
];

/// The machine whose programs run here.
const HOST: &str = "host";

struct Console {
    child: Child,
    input: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// What came and was not read yet.
    pending: Vec<u8>,
    timeout: Duration,
}

/// Makes sure that a board can be run here.
pub(super) fn check(board: &Board) -> Result<(), Diag> {
    match board.emulator.is_some() || board.target == HOST && !board.c_api {
        true => Ok(()),
        false => Err(Diag::new("no-emulator", format!("no emulator has `{}`", board.name))
            .note("`mlc new --list --json` shows which boards have one; `--serial` asks the board itself")),
    }
}

/// Starts the board with an image.
pub(super) fn start(board: &Board, image: &Path, timeout: Duration) -> Result<Box<Wire>, Diag> {
    if !image.is_file() {
        let message = format!("there is no firmware {}", image.display());
        return Err(Diag::new("no-device", message).note(
            "`cargo build --release --features verify` builds it in a project of `mlc new`",
        ));
    }
    let mut command = match board.emulator.as_deref().map(|words| words.split(' ')) {
        Some(mut words) => {
            let mut command = Command::new(words.next().unwrap_or_default());
            command.args(words).args(CONSOLE).arg(image);
            command
        }
        None => Command::new(image),
    };
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| missing(&command, &error))?;
    let (Some(input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(missing(&command, &io::Error::other("it has no console")));
    };
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut bytes) {
            if sender.send(bytes[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    Ok(Box::new(Console {
        child,
        input,
        output: receiver,
        pending: Vec::new(),
        timeout,
    }))
}

fn missing(command: &Command, error: &io::Error) -> Diag {
    let program = command.get_program().to_string_lossy().into_owned();
    Diag::new("no-emulator", format!("cannot run {program}: {error}"))
        .note("Debian's package qemu-system-arm has emulators of Arm boards")
}

impl Link for Console {
    type Error = io::Error;

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        while self.pending.len() < bytes.len() {
            let more = self
                .output
                .recv_timeout(self.timeout)
                .map_err(|error| match error {
                    RecvTimeoutError::Timeout => io::ErrorKind::TimedOut.into(),
                    RecvTimeoutError::Disconnected => io::Error::other("the program has ended"),
                })?;
            self.pending.extend(more);
        }
        let rest = self.pending.split_off(bytes.len());
        bytes.copy_from_slice(&self.pending);
        self.pending = rest;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.input.write_all(bytes)?;
        self.input.flush()
    }
}

impl Drop for Console {
    /// Firmware need not end by itself.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
