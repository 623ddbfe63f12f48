//! Limits: which layers take most of what there is too little of, and what would help.
//!
//! Cycles are limited here, where any door compiles a model; what only an image tells, in `image/budget.rs`.

use crate::cost;
use crate::prose::grouped;
use crate::report::{Layer, Report};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::Storage;
use mlc_runtime_core::scalar::ElementType;

/// Layers, or functions, that a breakdown names.
const NAMED: usize = 5;

/// Makes sure that a run is estimated to take no more cycles than that; says which layers take most, and what would help.
pub(crate) fn check_cycles(compiled: &Compiled, most: u64) -> Result<(), Diag> {
    let cycles = cost::Cycles::of(compiled).map_err(|why| unknown(&why))?;
    let report = Report::of(compiled, "");
    let without = cycles.unknown();
    let total = cycles.total();
    if total > most {
        return Err(exceeded(compiled, &report, total, most));
    }
    match &without[..] {
        [] => Ok(()),
        steps => {
            let layers = steps
                .iter()
                .map(|&step| named(step - 1, &report.layers[step - 1]));
            let layers = layers.collect::<Vec<_>>().join("; ");
            Err(unknown(&format!(
                "kernels of some steps were never timed: {layers}"
            )))
        }
    }
}

fn unknown(why: &str) -> Diag {
    let message = format!("whether the network keeps within `--max-cycles` is not known: {why}");
    Diag::new("unknown-cycles", message)
        .note("it needs `--target` with a core whose pipeline is simple, such as `cortex-m4`")
}

fn exceeded(compiled: &Compiled, report: &Report, total: u64, most: u64) -> Diag {
    let message = format!(
        "the network takes about {} cycles, and `--max-cycles` allows {}",
        grouped(total),
        grouped(most),
    );
    let cycles = |layer: &Layer| layer.cycles.unwrap_or(0);
    let diag = Diag::new("over-budget", message).note(most_of("the cycles", report, cycles));
    let expensive = largest(report, cycles);
    let diag = expensive
        .iter()
        .fold(diag, |diag, (i, layer)| match &layer.no_form {
            Some(why) => {
                let target = report.target;
                let layer = named(*i, layer);
                diag.note(format!(
                    "{layer} would be faster in a form for {target}: {why}"
                ))
            }
            None => diag,
        });
    let diag = diag.note(
        "fewer products take fewer cycles: narrower layers, larger strides; `mlc inspect --layers-by cost` shows all layers",
    );
    with_quantisation(diag, compiled)
}

fn named(index: usize, layer: &Layer) -> String {
    format!("step {}, {} ({})", index + 1, layer.name, layer.operator)
}

/// The layers that take most, with their indices.
fn largest(report: &Report, amount: impl Fn(&Layer) -> u64) -> Vec<(usize, &Layer)> {
    let layers = report.layers.iter().enumerate();
    let mut layers: Vec<_> = layers.filter(|(_, layer)| amount(layer) > 0).collect();
    layers.sort_by_key(|(_, layer)| std::cmp::Reverse(amount(layer)));
    layers.truncate(NAMED);
    layers
}

/// The layers that take most, as text.
pub(crate) fn most_of(what: &str, report: &Report, amount: impl Fn(&Layer) -> u64) -> String {
    let layers = largest(report, &amount).into_iter();
    let layers =
        layers.map(|(i, layer)| format!("{} by {}", grouped(amount(layer)), named(i, layer)));
    format!("most of {what}: {}", layers.collect::<Vec<_>>().join("; "))
}

/// Recommends integers where most of the weights are floats.
pub(crate) fn with_quantisation(diag: Diag, compiled: &Compiled) -> Diag {
    let constants = compiled.program.buffers.iter();
    let constants = constants.filter(|buffer| matches!(buffer.storage, Storage::Constant(_)));
    let floats = constants.filter(|buffer| buffer.element == ElementType::F32);
    let floats: usize = floats.map(|buffer| buffer.bytes()).sum();
    match 2 * floats > compiled.plan.weights.bytes.len() {
        true => diag.note(
            "`--quantize samples.npz` computes in integers of 8 bits: a quarter of the bytes, and fewer cycles",
        ),
        false => diag,
    }
}

/// Cycles as an argument: a number, such as 400k (× 1000) or 4.6M.
pub(crate) fn parse_cycles(text: &str) -> Option<u64> {
    let text = text.replace('_', "");
    let (number, unit) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 1e3),
        (at, 'M') => (&text[..at], 1e6),
        (at, 'G') => (&text[..at], 1e9),
        _ => (&*text, 1.0),
    };
    let cycles = number.parse::<f64>().ok()? * unit;
    // Below that, every whole number is one of floats, too.
    (cycles.fract() == 0.0 && (0.0..9e15).contains(&cycles)).then_some(cycles as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn options(model: &str, target: &str) -> Options {
        let model = mlc_fixtures::dir(model).join("model.onnx");
        Options::new(model).target(target).unwrap()
    }

    #[test]
    fn cycles_are_numbers_with_units() {
        let numbers = ["4600", "400k", "4.6M", "1G", "1_000"].map(parse_cycles);
        let expected = [4_600, 400_000, 4_600_000, 1_000_000_000, 1_000];
        assert_eq!(numbers, expected.map(Some));
        assert_eq!(
            ["", "k", "1.5", "-1", "many", "1e99", "4m"].map(parse_cycles),
            [None; 7]
        );
    }

    #[test]
    fn a_network_that_is_too_slow_is_no_crate() {
        let allowed = options("digits", "cortex-m4").max_cycles(u64::MAX);
        let cycles = cost::Cycles::of(&allowed.compile().unwrap())
            .unwrap()
            .total();
        assert!(
            options("digits", "cortex-m4")
                .max_cycles(cycles)
                .compile()
                .is_ok()
        );
        let slow = options("digits", "cortex-m4").max_cycles(cycles - 1);
        let said = slow.compile().unwrap_err().to_string();
        for part in [
            "over-budget",
            &grouped(cycles),
            "most of the cycles: ",
            "by step ",
            "--quantize",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let integers = options("digits_int8", "cortex-m4").max_cycles(1);
        let said = integers.compile().unwrap_err().to_string();
        assert!(!said.contains("--quantize"), "{said}");
    }

    #[test]
    fn what_is_not_known_is_within_no_limit() {
        for target in ["portable", "cortex-m7"] {
            let problems = options("digits", target).max_cycles(u64::MAX).compile();
            assert_eq!(problems.unwrap_err().0[0].code, "unknown-cycles");
        }
    }
}
