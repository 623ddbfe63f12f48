//! `cargo xtask random`: random networks by the thousand, for what must hold of all.
//!
//! Tests try a few hundred of them; this tries as many as there is time for, on all properties, and names the seeds that
//! fail. What emitted code answers costs a compiler of Rust, and what onnxruntime answers costs its installation, so both
//! are asked for.

mod peers;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use mlc_compiler::Compiled;
use mlc_tests::Rustc;
use mlc_tests::properties::{PROPERTIES, by_rows};
use mlc_tests::seeds::{Subject, Trial, disagreements};

/// Tries properties of all networks on random ones.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which seeds, such as 0..1000.
    #[arg(long, default_value = "0..1000", value_parser = seeds)]
    seeds: Range<u64>,
    /// Build and run what is emitted, instead: whole, row by row and fed row by row.
    #[arg(long)]
    emit: bool,
    /// Compare with the answers of onnxruntime, instead.
    #[arg(long, conflicts_with = "emit")]
    peers: bool,
    /// How many networks at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// A network that takes this thread longer is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long this thread has computed, where the system tells; else how late it is.
fn computed() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn seeds(text: &str) -> Result<Range<u64>> {
    let ends = text
        .split_once("..")
        .and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    ends.ok_or_else(|| anyhow!("give a range of seeds, such as 0..1000"))
}

pub(crate) fn run(args: Args) -> Result<()> {
    let found = match (args.emit, args.peers) {
        (true, _) => emitted(&args.seeds)?,
        (_, true) => peers::run(&args.seeds)?,
        _ => properties(&args),
    };
    let count = args.seeds.end.saturating_sub(args.seeds.start);
    println!(
        "{count} seeds, {} failures{}",
        found.values().sum::<usize>(),
        listed(&found)
    );
    ensure!(found.is_empty(), "some networks are not as they should be");
    Ok(())
}

/// How many failures there are, by what failed.
type Found = BTreeMap<String, usize>;

fn listed(found: &Found) -> String {
    found
        .iter()
        .map(|(what, count)| format!("\n  {count:>6}  {what}"))
        .collect()
}

/// Tries all properties, several seeds at a time.
fn properties(args: &Args) -> Found {
    let (next, found) = (AtomicU64::new(args.seeds.start), Mutex::new(Found::new()));
    std::thread::scope(|scope| {
        for _ in 0..args.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= args.seeds.end {
                        return;
                    }
                    for (name, what) in failures(seed) {
                        println!("seed {seed}: {name}: {what}");
                        *found
                            .lock()
                            .unwrap_or_else(|e| e.into_inner())
                            .entry(name)
                            .or_default() += 1;
                    }
                    if seed % 5_000 == 4_999 {
                        println!("{} seeds", seed + 1);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(|e| e.into_inner())
}

/// What does not hold of a seed's network.
fn failures(seed: u64) -> Vec<(String, String)> {
    let start = computed();
    let all = || {
        let subject = Subject::of(seed);
        let failed = PROPERTIES
            .iter()
            .map(|(name, holds)| Some((name.to_string(), holds(&subject).err()?)));
        failed.flatten().collect()
    };
    let mut failed: Vec<_> = catch_unwind(AssertUnwindSafe(all))
        .unwrap_or_else(|_| vec![("no panic".into(), "it panics".into())]);
    let took = computed().saturating_sub(start);
    if took > PATIENCE {
        failed.push(("time".into(), format!("{took:.0?}")));
    }
    failed
}

/// As many networks as one program holds.
const BATCH: u64 = 60;

/// A way to compile a network, if it can be compiled so.
type Way = fn(&Subject) -> Option<Compiled>;

/// Builds and runs what is emitted.
fn emitted(seeds: &Range<u64>) -> Result<Found> {
    let ways: [(&str, Way); 3] = [
        ("random", |subject| subject.compiled().ok().cloned()),
        ("rows", |subject| by_rows(subject, false).ok()),
        ("fed", |subject| by_rows(subject, true).ok()),
    ];
    let mut found = Found::new();
    for start in seeds.clone().step_by(BATCH as usize) {
        for (name, compile) in ways {
            let subjects = (start..seeds.end.min(start + BATCH)).map(Subject::of);
            let trials = subjects.filter_map(|subject| Trial::of(name, &subject, compile));
            let folder = format!("xtask-{name}");
            let failures = disagreements(&folder, trials.collect(), &Rustc::plain());
            for failure in failures.map_err(|e| anyhow!(e))? {
                println!("{failure}");
                *found.entry(name.into()).or_default() += 1;
            }
        }
        println!("{} seeds", seeds.end.min(start + BATCH) - seeds.start);
    }
    Ok(found)
}
