//! Forms against the kernels whose place they take: random shapes, elements and requantisation, whole and by rows.
//!
//! Here a form is its twin in plain Rust; `cargo xtask qemu --random` compares what the instructions do with it, on cores that
//! have them.
#![cfg(feature = "host")]

mod layers;
mod packed;

use layers::Layer;
use mlc_runtime_core::arena::{bytes, bytes_mut};
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::Bytes;
use mlc_runtime_core::table::forms::{Isa, forms};
use packed::{Packed, words};
use std::collections::BTreeMap;

/// What the kernel of a layer computes.
fn output(layer: &Layer) -> Vec<u8> {
    let (x, mut y) = (words(&layer.x), words(&layer.output));
    let constants: Vec<_> = layer.constants.iter().map(|c| words(c)).collect();
    let constants = layer.constants.iter().zip(&constants);
    let mut operands = vec![Bytes::Shared(&bytes(&x)[..layer.x.len()])];
    operands.extend(constants.map(|(c, words)| Bytes::Shared(&bytes(words)[..c.len()])));
    let y = &mut bytes_mut(&mut y)[..layer.output.len()];
    operands.push(Bytes::Exclusive(y));
    let ran = layer.call.run(&layer.types, operands);
    ran.expect("operands fit the kernel");
    y.to_vec()
}

/// Whether floats are the same, or as near as products allow that were fused with their sums.
fn agree(found: &[u8], expected: &[u8], isa: Isa) -> bool {
    let floats = |bytes: &[u8]| -> Vec<f32> {
        let floats = bytes.as_chunks().0.iter();
        floats.map(|&b| f32::from_le_bytes(b)).collect()
    };
    let off = match isa {
        Isa::Helium => 1e-4,
        _ => 0.0,
    };
    let (found, expected) = (floats(found), floats(expected));
    let near = |(a, b): (&f32, &f32)| (a - b).abs() <= off;
    found.len() == expected.len() && found.iter().zip(&expected).all(near)
}

#[test]
fn forms_compute_what_their_kernels_do() {
    let (mut fit, mut not): (BTreeMap<_, usize>, BTreeMap<_, usize>) = Default::default();
    for seed in 0..8000 {
        let layer = Layer::random(seed);
        let expected = output(&layer);
        for form in forms().filter(|f| std::ptr::eq(f.kernel, layer.call.kernel)) {
            match Packed::new(&layer, form) {
                Ok(packed) => {
                    let mut memory = packed.memory();
                    packed.run(&mut memory);
                    let (found, _) = packed.seen(&memory);
                    let same = match layer.types[0] {
                        ElementType::F32 => agree(found, &expected, form.isa),
                        _ => found == expected,
                    };
                    assert!(same, "{:?} of seed {seed}, {:?}", form.isa, layer.call);
                    *fit.entry(format!("{} on {:?}", form.kernel.name, form.isa))
                        .or_default() += 1;
                }
                Err(why) => *not.entry(format!("{why} ({:?})", form.isa)).or_default() += 1,
            }
        }
    }
    println!("{fit:#?} {not:#?}");
    assert!(fit.values().all(|&n| n > 150), "{fit:?} {not:?}");
}
