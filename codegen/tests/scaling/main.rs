//! Twice the network takes about twice the time and the memory, whatever its shape.
//!
//! Each shape is compiled, from the bytes of a file to the text of a crate, in sizes that double. What is measured is the
//! processor's time for this thread and what this thread allocates, so a busy machine disturbs little; a shape fails only if it
//! grows too fast between the largest sizes each time that it is tried.

mod measure;
mod shapes;

use measure::{Spent, spent};
use mlc_codegen::emit_crate;
use mlc_compiler::diag::Diags;
use mlc_compiler::onnx;

/// How much more four times the size may take: 4 is linear, 16 quadratic.
const MOST: f64 = 8.0;
/// Less than this is not told from nothing.
const LEAST: Spent = Spent {
    seconds: 0.02,
    bytes: 1 << 20,
};
const ATTEMPTS: usize = 4;

fn compiled(file: &[u8]) -> Result<(), Diags> {
    let model = onnx::parse(file, None)?;
    let compiled = mlc_compiler::compile(&model)?;
    emit_crate(&compiled, "net")?;
    Ok(())
}

fn cost(file: &[u8]) -> Spent {
    spent(|| compiled(file).unwrap_or_else(|diags| panic!("{diags}")))
}

/// Makes sure that a shape grows about linearly from `size` to four times that.
fn is_linear(shape: fn(usize) -> Vec<u8>, size: usize) {
    let (small, large) = (shape(size), shape(4 * size));
    let mut seen = Vec::new();
    for _ in 0..ATTEMPTS {
        let growth = cost(&large).over(&cost(&small), &LEAST);
        if growth.iter().all(|&growth| growth <= MOST) {
            return;
        }
        seen.push(growth);
    }
    panic!(
        "from {size} to {}, time and memory grow by {seen:.1?}",
        4 * size
    );
}

macro_rules! linear { ($($shape:ident: $size:expr,)*) => { $(
    #[test]
    fn $shape() {
        is_linear(shapes::$shape, $size);
    }
)* } }

linear! {
    chain: 500,
    elementwise_chain: 1000,
    fan_in: 250,
    joined: 500,
    joined_rows: 250,
    fan_out: 250,
    branches: 250,
    diamonds: 250,
    skips: 300,
    ifs: 500,
    undecided_ifs: 250,
    nested_ifs: 7,
    turns: 500,
    constants: 1000,
    splits: 250,
    calls: 250,
}

/// Constants that double with each node are not made without end.
#[test]
fn doubling_constants() {
    for depth in [10, 20, 26] {
        let spent = spent(|| drop(compiled(&shapes::doubling(depth, true))));
        assert!(
            spent.bytes < 700 << 20 && spent.seconds < 20.0,
            "{depth}: {spent:?}"
        );
    }
}

/// Nor are tensors that double with each node: their sizes are but numbers.
#[test]
fn doubling_tensors() {
    for depth in [10, 20, 24] {
        let spent = spent(|| drop(compiled(&shapes::doubling(depth, false))));
        assert!(
            spent.bytes < 100 << 20 && spent.seconds < 5.0,
            "{depth}: {spent:?}"
        );
    }
}

/// What is too large is refused soon, and it is said what to do.
#[test]
fn endless_networks_are_refused() {
    for (file, code) in [
        (shapes::chain(410_000), "too-many-nodes"),
        (shapes::turns(10_000_000), "too-many-nodes"),
        (shapes::idle_turns(), "too-many-nodes"),
        (shapes::ranges(100), "constants-too-large"),
    ] {
        let mut said = None;
        let spent = spent(|| said = compiled(&file).err());
        let diag = &said.expect("it is refused").0[0];
        assert!(diag.code == code && !diag.notes.is_empty(), "{diag}");
        assert!(
            spent.bytes < 1 << 30 && spent.seconds < 20.0,
            "{code}: {spent:?}"
        );
    }
}
