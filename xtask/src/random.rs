//! `cargo xtask random`: random networks by the thousand, for what must hold of all.
//!
//! Tests try a few hundred of them; this tries as many as there is time for, on all properties, and names the seeds that
//! fail. What emitted code answers costs a compiler of Rust, and what onnxruntime answers costs its installation, so both
//! are asked for.

mod peers;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use mlc_compiler::Compiled;
use mlc_tests::Rustc;
use mlc_tests::properties::{PROPERTIES, by_rows};
use mlc_tests::seeds::{Subject, Trial, disagreements};

/// Tries properties of all networks on random ones.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which seeds, such as 0..1000; a long run says from which one it can be taken up again.
    #[arg(long, default_value = "0..1000", value_parser = seeds)]
    seeds: Range<u64>,
    /// Build and run what is emitted, instead: whole, row by row and fed row by row.
    #[arg(long)]
    emit: bool,
    /// Compare with the answers of onnxruntime, instead.
    #[arg(long, conflicts_with = "emit")]
    peers: bool,
    /// A Python that has onnxruntime and numpy [default: both are installed beside what is built].
    #[arg(long, requires = "peers")]
    python: Option<PathBuf>,
    /// How many networks at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Name seeds that take longer than this, in seconds.
    #[arg(long, default_value_t = 2.0)]
    slow: f64,
}

/// A network that takes this thread longer is a failure.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a long run says how far it is.
const PULSE: Duration = Duration::from_secs(30);

/// How long this thread has computed, where the system tells; else how late it is.
fn computed() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// A range of seeds, as the command line has it.
pub(crate) fn seeds(text: &str) -> Result<Range<u64>> {
    let ends = text
        .split_once("..")
        .and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    ends.ok_or_else(|| anyhow!("give a range of seeds, such as 0..1000"))
}

pub(crate) fn run(args: Args) -> Result<()> {
    let found = match (args.emit, args.peers) {
        (true, _) => emitted(&args.seeds)?,
        (_, true) => peers::run(&args.seeds, args.python.as_deref())?,
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

/// How far a run is that several threads share.
struct Run {
    all: Range<u64>,
    next: u64,
    /// Seeds that somebody is at, and since when.
    begun: BTreeMap<u64, Instant>,
    found: Found,
}

impl Run {
    /// The next seed, for a thread that has time.
    fn begin(&mut self) -> Option<u64> {
        let seed = Some(self.next).filter(|next| *next < self.all.end)?;
        self.next += 1;
        self.begun.insert(seed, Instant::now());
        Some(seed)
    }

    fn end(&mut self, seed: u64, failed: Vec<(String, String)>) {
        self.begun.remove(&seed);
        for (name, what) in failed {
            println!("seed {seed}: {name}: {what}");
            *self.found.entry(name).or_default() += 1;
        }
    }

    /// All seeds before this one are done.
    fn done(&self) -> u64 {
        self.begun.keys().next().copied().unwrap_or(self.next)
    }

    /// Says how far it is, and which seeds do not come to an end.
    fn report(&self, start: Instant) {
        let (seconds, done) = (start.elapsed().as_secs_f64(), self.done());
        let rate = (done - self.all.start) as f64 / seconds;
        println!(
            "{seconds:.0} s: {rate:.1} seeds a second, {} failures; --seeds {done}..{} goes on",
            self.found.values().sum::<usize>(),
            self.all.end
        );
        for (seed, since) in &self.begun {
            if since.elapsed() > PATIENCE {
                println!("seed {seed}: begun {:.0?} ago", since.elapsed());
            }
        }
    }
}

/// Tries all properties, several seeds at a time.
fn properties(args: &Args) -> Found {
    let run = Mutex::new(Run {
        all: args.seeds.clone(),
        next: args.seeds.start,
        begun: BTreeMap::new(),
        found: Found::new(),
    });
    let begin = || lock(&run).begin();
    let work = || {
        while let Some(seed) = begin() {
            let failed = failures(seed, args.slow);
            lock(&run).end(seed, failed);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..args.threads.max(1))
            .map(|_| scope.spawn(work))
            .collect();
        let (start, mut said) = (Instant::now(), Instant::now());
        while !workers.iter().all(|worker| worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(100));
            if said.elapsed() > PULSE {
                lock(&run).report(start);
                said = Instant::now();
            }
        }
    });
    run.into_inner().unwrap_or_else(|e| e.into_inner()).found
}

/// Whatever a thread may have come to: what is in there holds between any two statements.
fn lock(run: &Mutex<Run>) -> MutexGuard<'_, Run> {
    run.lock().unwrap_or_else(|e| e.into_inner())
}

/// What does not hold of a seed's network.
fn failures(seed: u64, slow: f64) -> Vec<(String, String)> {
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
    if took.as_secs_f64() > slow {
        println!("seed {seed}: {took:.1?}");
    }
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
