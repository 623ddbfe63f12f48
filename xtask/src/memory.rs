//! `cargo xtask memory`: hard placement problems, and who solves them.
//!
//! They are of the kind that MiniMalloc's "challenging" benchmarks are (Moffitt, ASPLOS 2024): some hundred buffers that
//! just fit 1 MiB, made anew from seeds.

use std::time::Instant;

use anyhow::{Result, ensure};
use mlc_compiler::memory::place;
use mlc_compiler::settings::Effort;
use mlc_tests::packing::{CAPACITY, Challenge};
use serde::Serialize;

/// Places the buffers of problems that are known to fit 1 MiB: greedily, and by search.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many problems of each size.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// How many buffers they have.
    #[arg(long, value_delimiter = ',', default_value = "100,200,300")]
    buffers: Vec<usize>,
    /// How much of its time and of its size a buffer may lose after the cut, in percent.
    #[arg(long, default_value_t = 20)]
    slack: usize,
    /// How long to search, as for `mlc build`.
    #[arg(long, default_value_t = Effort(200))]
    plan_effort: Effort,
    /// How many problems may stay without a solution.
    #[arg(long, default_value_t = 0)]
    unsolved: usize,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// One problem. Heights are in bytes.
#[derive(Serialize)]
struct Row {
    buffers: usize,
    seed: u64,
    lower_bound: usize,
    greedy_by_size: usize,
    best_fit: usize,
    ours: usize,
    proved: bool,
    nodes: u64,
    milliseconds: u128,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let mut rows = Vec::new();
    if !args.json {
        println!(
            "buffers  seed     bound  greedy by size  best fit      ours  proved       nodes      ms"
        );
    }
    for &buffers in &args.buffers {
        for seed in 0..args.seeds {
            let row = Row::of(buffers, seed, &args);
            if !args.json {
                println!("{}", row.text());
            }
            rows.push(row);
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    let solved = rows.iter().filter(|row| row.ours == CAPACITY).count();
    if !args.json {
        println!(
            "{solved} of {} fit 1 MiB; columns with a point are ratios to the bound",
            rows.len()
        );
    }
    ensure!(
        rows.len() - solved <= args.unsolved,
        "{} problems are not solved",
        rows.len() - solved
    );
    let worse = |row: &&Row| row.ours > row.greedy_by_size.min(row.best_fit);
    ensure!(
        rows.iter().find(worse).is_none(),
        "a placement is worse than a greedy one"
    );
    Ok(())
}

impl Row {
    fn of(count: usize, seed: u64, args: &Args) -> Self {
        let challenge = Challenge {
            seed,
            buffers: count,
            moments: count,
            slack: args.slack,
        };
        let buffers = challenge.buffers();
        let start = Instant::now();
        let minimum = place::minimise(&buffers, args.plan_effort);
        Row {
            buffers: buffers.len(),
            seed,
            lower_bound: minimum.lower_bound,
            greedy_by_size: place::by_size(&buffers).height,
            best_fit: place::best_fit(&buffers).height,
            ours: minimum.placement.height,
            proved: minimum.proved,
            nodes: minimum.nodes,
            milliseconds: start.elapsed().as_millis(),
        }
    }

    fn text(&self) -> String {
        let ratio = |height: usize| height as f64 / self.lower_bound as f64;
        format!(
            "{:>7} {:>5} {:>9} {:>15.3} {:>9.3} {:>9.3} {:>7} {:>11} {:>7}",
            self.buffers,
            self.seed,
            self.lower_bound,
            ratio(self.greedy_by_size),
            ratio(self.best_fit),
            ratio(self.ours),
            self.proved,
            self.nodes,
            self.milliseconds,
        )
    }
}
