//! Limits of what a network may take of a machine, and what to do where it takes more.

use super::{Footprint, Frame, OptLevel};
use crate::budget::{most_of, with_quantisation};
use crate::prose::grouped;
use crate::report::Report;
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::settings::parse_bytes;

/// Limits; with the feature `clap` these are arguments of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Budgets {
    /// Fail if the network takes more flash than that: code, constants and weights. Bytes, such as 256k.
    #[cfg_attr(feature = "clap", arg(long, value_name = "BYTES", value_parser = bytes))]
    pub max_flash: Option<usize>,
    /// Fail if the network takes more RAM than that: variables and the stack at its deepest.
    #[cfg_attr(feature = "clap", arg(long, value_name = "BYTES", value_parser = bytes))]
    pub max_ram: Option<usize>,
    /// Fail if the stack may grow by more than that.
    #[cfg_attr(feature = "clap", arg(long, value_name = "BYTES", value_parser = bytes))]
    pub max_stack: Option<usize>,
}

/// Bytes as an argument.
#[cfg_attr(not(feature = "clap"), allow(dead_code))]
fn bytes(text: &str) -> Result<usize, String> {
    parse_bytes(text).ok_or_else(|| "give bytes, such as 48000 or 48k (48 × 1024)".into())
}

impl Budgets {
    /// Whether there is a limit.
    pub fn any(&self) -> bool {
        *self != Budgets::default()
    }

    /// Makes sure that a network keeps within them; says of each that it does not what takes most, and what would help.
    pub fn check(&self, footprint: &Footprint, compiled: &Compiled) -> Result<(), Diags> {
        let report = Report::of(compiled, "");
        let exceeds = |takes: u64, most: Option<usize>| most.filter(|&most| takes > most as u64);
        let mut problems = Vec::new();
        if let Some(most) = exceeds(footprint.flash_bytes, self.max_flash) {
            problems.push(flash(footprint, most, &report, compiled));
        }
        if let Some(most) = exceeds(footprint.ram_bytes, self.max_ram) {
            problems.push(ram(footprint, most, &report, compiled));
        }
        if let Some(most) = exceeds(footprint.stack_bytes, self.max_stack) {
            let diag = exceeded("stack", "--max-stack", footprint.stack_bytes, most);
            problems.push(diag.note(chain(&footprint.deepest)));
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(Diags(problems)),
        }
    }

    /// Says that there is nothing to compare limits with.
    pub fn unknown(&self, why: &str) -> Diag {
        let message = format!("what the network takes is not known: {why}");
        Diag::new("unknown-footprint", message)
            .note("limits need `--target` with a core for bare machines, such as `cortex-m4`, and rustc's library for it")
    }
}

fn exceeded(what: &str, option: &str, takes: u64, most: usize) -> Diag {
    let (takes, most) = (grouped(takes), grouped(most as u64));
    let message =
        format!("the network takes {takes} bytes of {what}, and `{option}` allows {most}");
    Diag::new("over-budget", message)
}

fn flash(footprint: &Footprint, most: usize, report: &Report, compiled: &Compiled) -> Diag {
    let parts = [
        ("code", footprint.code_bytes),
        ("constants", footprint.constant_bytes),
        ("weights", footprint.weight_bytes),
    ];
    let parts = parts.map(|(name, bytes)| format!("{} of {name}", grouped(bytes)));
    let mut diag = exceeded("flash", "--max-flash", footprint.flash_bytes, most)
        .note(parts.join(", "))
        .note(most_of("weights", report, |layer| {
            layer.weight_bytes as u64
        }));
    if !matches!(footprint.opt_level, OptLevel::S | OptLevel::Z) {
        diag = diag
            .note("firmware that is built for size has less code: `--opt-level s` says how much");
    }
    with_quantisation(diag, compiled)
}

fn ram(footprint: &Footprint, most: usize, report: &Report, compiled: &Compiled) -> Diag {
    let (variables, stack) = (footprint.variable_bytes, footprint.stack_bytes);
    let parts = format!(
        "{} of variables, {} of stack",
        grouped(variables),
        grouped(stack)
    );
    let mut diag = exceeded("RAM", "--max-ram", footprint.ram_bytes, most)
        .note(parts)
        .note(most_of("the arena", report, |layer| {
            layer.arena_bytes as u64
        }))
        .note(chain(&footprint.deepest));
    if compiled.program.segments.is_empty() {
        diag = diag.note(
            "`--ram least` runs layers row by row, and `--stream input` takes the input by rows",
        );
    }
    with_quantisation(diag, compiled)
}

/// The functions on the stack at its deepest.
fn chain(deepest: &[Frame]) -> String {
    let frames = deepest.iter().filter(|frame| frame.bytes > 0);
    let frames = frames.map(|frame| format!("{} {}", frame.function, grouped(frame.bytes)));
    format!(
        "the stack at its deepest: {}",
        frames.collect::<Vec<_>>().join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn footprint() -> Footprint {
        let frame = |function: &str, bytes| Frame {
            function: function.into(),
            bytes,
        };
        Footprint {
            opt_level: OptLevel::Three,
            flash_bytes: 60_000,
            code_bytes: 5_000,
            constant_bytes: 1_000,
            weight_bytes: 54_000,
            ram_bytes: 8_300,
            variable_bytes: 8_000,
            stack_bytes: 300,
            deepest: vec![frame("infer", 100), frame("conv2d_f32", 200)],
        }
    }

    fn compiled() -> Compiled {
        let model = mlc_fixtures::dir("digits").join("model.onnx");
        Options::new(model).compile().unwrap()
    }

    #[test]
    fn what_keeps_within_its_limits_is_fine() {
        let most = Budgets {
            max_flash: Some(60_000),
            max_ram: Some(8_300),
            max_stack: Some(300),
        };
        assert!(most.any() && !Budgets::default().any());
        assert_eq!(most.check(&footprint(), &compiled()), Ok(()));
    }

    #[test]
    fn every_limit_that_is_exceeded_is_said_with_what_would_help() {
        let budgets = Budgets {
            max_flash: Some(10_000),
            max_ram: Some(8_000),
            max_stack: Some(299),
        };
        let problems = budgets.check(&footprint(), &compiled()).unwrap_err();
        let texts: Vec<_> = problems.0.iter().map(ToString::to_string).collect();
        let says = |text: &str, all: &[&str]| all.iter().all(|part| text.contains(part));
        let flash = [
            "60,000 bytes of flash",
            "5,000 of code",
            "by step",
            "--quantize",
        ];
        let ram = ["8,300 bytes of RAM", "8,000 of variables", "--ram least"];
        let stack = ["`--max-stack` allows 299", "infer 100, conv2d_f32 200"];
        assert!(says(&texts[0], &flash), "{}", texts[0]);
        assert!(says(&texts[1], &ram), "{}", texts[1]);
        assert!(says(&texts[2], &stack), "{}", texts[2]);
    }
}
