//! onnxruntime as a second opinion on random networks.
//!
//! Networks and inputs are written in batches, and a process answers a batch. Where it crashes, the network that it had
//! begun with is left out, and another process goes on.
//!
//! Where the answers differ, onnxruntime is asked for all values of the network, and each node is judged alone, by rules
//! that `docs/numbers.md` states ([`rules`]).

mod rules;

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};
use mlc_compiler::npy;
use mlc_compiler::tensor::Tensor;
use mlc_tests::alone::Nodes;
use mlc_tests::seeds::Subject;

use super::Found;
use crate::{packages, sh};

const SCRIPT: &str = include_str!("onnxruntime.py");

/// Networks in a batch.
const BATCH: u64 = 1000;

/// Compares with onnxruntime's answers; what it does not run is counted, and not a failure.
pub(super) fn run(seeds: &Range<u64>, python: Option<&Path>) -> Result<Found> {
    let folder = sh::target_dir().join("random");
    let python = Python::with_onnxruntime(python, &folder)?;
    rules::are_stated()?;
    let (mut found, mut refused, mut ruled) = (Found::new(), Found::new(), Found::new());
    for start in seeds.clone().step_by(BATCH as usize) {
        let batch = folder.join(format!("batch-{}", std::process::id()));
        fs::create_dir_all(&batch)?;
        let subjects = (start..seeds.end.min(start + BATCH)).map(Subject::of);
        let subjects: Vec<_> = subjects.collect();
        for subject in &subjects {
            write(&batch, subject.seed, &subject.network.file, &subject.inputs)?;
        }
        answer(&batch, &python)?;
        let mut differing = Vec::new();
        for subject in &subjects {
            match judge(&batch, subject)? {
                Verdict::Agrees => {}
                Verdict::Refused(why) => *refused.entry(why).or_default() += 1,
                Verdict::Differs(what) => differing.push((subject, what)),
            }
        }
        for (subject, what, judged) in explained(&batch, &python, differing)? {
            match judged {
                Ok(names) => names
                    .into_iter()
                    .for_each(|name| *ruled.entry(name.into()).or_default() += 1),
                Err(why) => {
                    println!("seed {}: {what}: {why}", subject.seed);
                    *found.entry(kind(subject).into()).or_default() += 1;
                }
            }
        }
        fs::remove_dir_all(&batch)?;
    }
    println!(
        "{} networks that onnxruntime does not run{}",
        refused.values().sum::<usize>(),
        super::listed(&refused)
    );
    println!(
        "networks that differ by rules of docs/numbers.md{}",
        super::listed(&ruled)
    );
    Ok(found)
}

/// A network that differs, what is seen of it, and the rules by which it does or why it must not.
type Explained<'a> = (&'a Subject, String, Result<BTreeSet<&'static str>, String>);

/// Asks onnxruntime for all values of networks that differ, and judges node by node.
fn explained<'a>(
    batch: &Path,
    python: &Python,
    differing: Vec<(&'a Subject, String)>,
) -> Result<Vec<Explained<'a>>> {
    let folder = batch.join("values");
    fs::create_dir_all(&folder)?;
    for (subject, _) in &differing {
        let watched = Nodes::of(&subject.network.file).watched();
        write(&folder, subject.seed, &watched, &subject.inputs)?;
    }
    answer(&folder, python)?;
    let judged = differing.into_iter().map(|(subject, what)| {
        let rules = by_rules(&folder, subject);
        (subject, what, rules)
    });
    Ok(judged.collect())
}

fn by_rules(folder: &Path, subject: &Subject) -> Result<BTreeSet<&'static str>, String> {
    if let Ok(why) = fs::read_to_string(folder.join(format!("{}.refused", subject.seed))) {
        return Err(format!("onnxruntime does not show its values: {why}"));
    }
    let nodes = Nodes::of(&subject.network.file);
    let values = outputs(folder, subject.seed, nodes.count()).map_err(|e| e.to_string())?;
    let mut names = BTreeSet::new();
    for node in nodes.answered(&subject.inputs, values)? {
        names.extend(rules::judge(&node)?);
    }
    match names.is_empty() {
        true => Err("though each node alone agrees".into()),
        false => Ok(names),
    }
}

fn kind(subject: &Subject) -> &'static str {
    match subject.network.special {
        true => "differs from onnxruntime, with infinities and the like",
        false => "differs from onnxruntime",
    }
}

fn write(batch: &Path, seed: u64, file: &[u8], inputs: &[Tensor]) -> Result<()> {
    fs::write(batch.join(format!("{seed}.onnx")), file)?;
    for (i, input) in inputs.iter().enumerate() {
        npy::save(&batch.join(format!("{seed}.input{i}.npy")), input)?;
    }
    Ok(())
}

/// What onnxruntime answered.
fn outputs(batch: &Path, seed: u64, count: usize) -> Result<Vec<Tensor>> {
    let output = |i| npy::load(&batch.join(format!("{seed}.output{i}.npy")));
    Ok((0..count).map(output).collect::<Result<_, _>>()?)
}

/// An interpreter that has onnxruntime.
struct Python {
    program: PathBuf,
    /// Where its packages are, if not in its own place.
    site: Option<PathBuf>,
}

impl Python {
    /// The given one, or any, for which onnxruntime is installed below `folder`.
    fn with_onnxruntime(given: Option<&Path>, folder: &Path) -> Result<Self> {
        Ok(match given {
            Some(program) => Python {
                program: program.to_owned(),
                site: None,
            },
            None => Python {
                site: Some(packages::onnxruntime(folder)?),
                program: "python3".into(),
            },
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.site.iter().map(|site| ("PYTHONPATH", site)));
        command
    }
}

/// Lets onnxruntime answer all of a batch.
fn answer(batch: &Path, python: &Python) -> Result<()> {
    fs::write(batch.join("run.py"), SCRIPT)?;
    loop {
        let mut run = python.command();
        let status = run.arg(batch.join("run.py")).arg(batch).status()?;
        if status.success() {
            return Ok(());
        }
        // It crashed: the network that it had begun with is marked.
        let begun = fs::read_to_string(batch.join("begun"))
            .map_err(|_| anyhow!("onnxruntime does not run: {status}"))?;
        fs::write(batch.join(format!("{begun}.refused")), "it crashes")?;
        fs::remove_file(batch.join("begun"))?;
    }
}

enum Verdict {
    Agrees,
    Refused(String),
    Differs(String),
}

fn judge(batch: &Path, subject: &Subject) -> Result<Verdict> {
    let seed = subject.seed;
    if let Ok(why) = fs::read_to_string(batch.join(format!("{seed}.refused"))) {
        return Ok(Verdict::Refused(why));
    }
    let expected = outputs(batch, seed, subject.model.outputs.len())?;
    let compared = subject
        .compiled()
        .and_then(|compiled| subject.answer(compiled))
        .and_then(|answers| subject.compare(&answers, &expected));
    let families = subject.network.families.join(", ");
    Ok(compared.map_or_else(
        |what| Verdict::Differs(format!("{what} ({families})")),
        |()| Verdict::Agrees,
    ))
}
