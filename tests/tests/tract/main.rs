//! Every case through an independent evaluator: what was recorded must not be a mistake that we share.
//!
//! Where tract lacks an operator, or is known to be wrong, the list of expected failures says so.

mod oracle;

use libtest_mimic::{Arguments, Trial};
use mlc_tests::Case;
use mlc_tests::expected::Expected;
use mlc_tests::recorded::Tolerance;
use std::panic::catch_unwind;
use std::sync::Arc;

/// Two evaluators of floats, both right, may differ by more than ours from what was recorded.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-3,
    range: 1e-4,
    absolute: 1e-6,
};

fn main() {
    let arguments = Arguments::from_args();
    let expected = Arc::new(Expected::parse(include_str!("../../expected_failures.txt")));
    let mut cases = mlc_tests::networks();
    cases.extend(mlc_tests::operators());
    cases.extend(
        mlc_tests::importer()
            .into_iter()
            .filter(|case| case.must_compile),
    );
    let trial = |case: Case| {
        let expected = expected.clone();
        Trial::test(format!("tract::{}", case.name), move || {
            Ok(expected.judge("tract", &case.name, agrees(&case))?)
        })
    };
    libtest_mimic::run(&arguments, cases.into_iter().map(trial).collect()).exit();
}

/// tract gives the recorded answers.
fn agrees(case: &Case) -> Result<(), String> {
    for set in case.sets().map_err(|diag| diag.to_string())? {
        // tract has panics for exotic types.
        let answer = catch_unwind(|| oracle::answer(&case.onnx(), &set.inputs));
        let answer = answer.map_err(|_| "tract panics")?;
        let answer = answer.map_err(|error| format!("{error:?}"))?;
        TOLERANCE.compare(&answer, &set.outputs)?;
    }
    Ok(())
}
