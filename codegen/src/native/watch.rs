//! Running cargo while watching how much memory its compilers take.
//!
//! Linux keeps for each process the most memory it ever had (`VmHWM` in `/proc/PID/status`, see proc(5)), so
//! that looking now and then is enough. Elsewhere nothing is reported.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(20);

/// Runs a command with nothing on its standard input; gives what it printed, and the most bytes of memory that
/// one of its `rustc` processes had.
pub(super) fn output(mut command: Command) -> io::Result<(Output, Option<u64>)> {
    let (stdout, stderr) = (Stdio::piped(), Stdio::piped());
    let child = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()?;
    let id = child.id();
    let (done, ended) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let mut peak = None;
        while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            peak = peak.max(compilers(id).into_iter().filter_map(peak_bytes).max());
        }
        peak
    });
    let output = child.wait_with_output();
    drop(done);
    Ok((output?, watch.join().unwrap_or(None)))
}

/// The compilers among the descendants of a process.
fn compilers(id: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut pending = children(id);
    while let Some(child) = pending.pop() {
        if found.insert(child) {
            pending.extend(children(child));
        }
    }
    let is_rustc = |id: &u32| {
        fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == "rustc")
    };
    found.retain(is_rustc);
    found
}

fn children(id: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = threads.filter_map(|t| fs::read_to_string(t.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn peak_bytes(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
