//! Estimated cycles of a network, as data and as text.

use crate::cost::Cycles;
use mlc_compiler::Compiled;
use serde::Serialize;
use std::fmt;

/// Estimated cycles of a run, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Estimate {
    /// By a model of the core.
    Cycles {
        /// Cycles of all steps that have rates.
        total: u64,
        /// Whose cycles instructions are taken to have.
        model: &'static str,
        /// The numbers, from 1, of steps that have no rates.
        without: Vec<usize>,
    },
    /// There is no model.
    Unknown {
        /// Why.
        unknown: String,
    },
}

impl Estimate {
    pub(super) fn of(cycles: &Result<Cycles, String>) -> Self {
        match cycles {
            Ok(cycles) => Estimate::Cycles {
                total: cycles.total(),
                model: cycles.pipeline.about,
                without: cycles.unknown(),
            },
            Err(why) => Estimate::Unknown {
                unknown: why.clone(),
            },
        }
    }

    /// The estimate for a network.
    pub fn for_network(compiled: &Compiled) -> Self {
        Self::of(&Cycles::of(compiled))
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (total, model, without) = match self {
            Estimate::Cycles {
                total,
                model,
                without,
            } => (*total, model, without),
            Estimate::Unknown { unknown } => {
                return write!(f, "cycles are not estimated: {unknown}");
            }
        };
        let milliseconds = total as f64 / 100e6 * 1e3;
        write!(
            f,
            "≈ {} cycles ({} ms at 100 MHz)",
            significant(total as f64),
            significant(milliseconds)
        )?;
        if !without.is_empty() {
            let steps: Vec<_> = without.iter().map(usize::to_string).collect();
            write!(f, ", without steps {}", steps.join(", "))?;
        }
        write!(f, ", by {model}")
    }
}

/// Three digits of a number, with a unit for thousands and millions: `4.41 M`.
fn significant(number: f64) -> String {
    let (number, unit) = match number {
        1e9.. => (number / 1e9, " G"),
        1e6.. => (number / 1e6, " M"),
        1e3.. => (number / 1e3, " k"),
        _ => (number, ""),
    };
    let decimals = match number {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{number:.decimals$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_say_what_they_are_by_and_what_they_lack() {
        let mut estimate = Estimate::Cycles {
            total: 4_237_298,
            model: "a table",
            without: vec![],
        };
        let text = "≈ 4.24 M cycles (42.4 ms at 100 MHz), by a table";
        assert_eq!(estimate.to_string(), text);
        if let Estimate::Cycles { without, .. } = &mut estimate {
            *without = vec![3, 5];
        }
        assert!(estimate.to_string().contains("without steps 3, 5"));
        let numbers = [0.5, 7.0, 999.0, 12_345.0, 2.5e9].map(significant);
        assert_eq!(numbers, ["0.500", "7.00", "999", "12.3 k", "2.50 G"]);
    }
}
