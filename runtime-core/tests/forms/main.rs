//! Forms against the kernels whose place they take: random shapes, elements and requantisation, whole and by rows.
//!
//! Here a form is its twin in plain Rust; what the instructions do is compared with it on the cores that have them.
#![cfg(feature = "host")]

#[path = "../integers/random.rs"]
#[allow(dead_code)]
mod random;

use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::conv2d::Conv2d;
use mlc_runtime_core::kernels::conv2d_int::ConvInt2d;
use mlc_runtime_core::kernels::depthwise2d::Depthwise2d;
use mlc_runtime_core::kernels::depthwise2d_int::DepthwiseInt2d;
use mlc_runtime_core::kernels::matmul::MatMul;
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};
use mlc_runtime_core::kernels::rows::Rows;
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::forms::{Form, Given, Isa, Part, forms};
use mlc_runtime_core::table::{Bytes, Call, call};
use random::Random;
use std::collections::BTreeMap;

/// A call with its operands: what it reads that is not constant, its constants, and its output.
struct Layer {
    call: Call<usize>,
    types: Vec<ElementType>,
    x: Vec<u8>,
    constants: Vec<Vec<u8>>,
    /// What is there before it is written.
    output: Vec<u8>,
}

fn bytes<T: Copy, const N: usize>(values: &[T], of: fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&v| of(v)).collect()
}

fn geometry(r: &mut Random) -> Conv2d {
    let kernel = r.one_of(&[[1, 1], [3, 3], [1, 1], [3, 3], [10, 4], [2, 5]]);
    let stride = r.one_of(&[[1, 1], [2, 2], [1, 2]]);
    let dilation = r.one_of(&[[1, 1], [1, 1], [1, 1], [2, 3]]);
    let input = [r.size(12), r.size(12)];
    let pad = [r.below(kernel[0]), r.below(kernel[1])];
    let output = [0, 1].map(|i| r.size((input[i] + 2 * pad[i]).div_ceil(stride[i])));
    Conv2d {
        batch: r.one_of(&[1, 1, 1, 2]),
        in_h: input[0],
        in_w: input[1],
        in_c: r.one_of(&[1, 2, 3, 4, 5, 8, 16, 17]),
        out_h: output[0],
        out_w: output[1],
        out_c: r.one_of(&[1, 2, 3, 4, 5, 6, 7, 8, 16, 19]),
        groups: 1,
        kernel,
        stride,
        dilation,
        pad_top: pad[0] as isize,
        pad_left: pad[1] as isize,
        activation: Activation::Identity,
        rows: Rows::all(output[0]),
    }
}

/// A requantisation with which elements vary.
fn requantize(r: &mut Random, len: usize, unsigned: bool) -> Requantize {
    let all = if unsigned { [0, 255] } else { [-128, 127] };
    let mut bounds = [0; 2].map(|_| r.between(all[0], all[1]) as i32);
    bounds.sort_unstable();
    let [lo, hi] = if r.below(2) == 0 {
        all.map(|b| b as i32)
    } else {
        bounds
    };
    let wide = 14 + (len as f64).log2() as u32 / 2;
    Requantize {
        rounding: Rounding::Nearest,
        shift: (30 + wide + r.below(4) as u32).saturating_sub(7),
        zero: r.between(all[0], all[1]) as i32,
        lo,
        hi,
    }
}

fn conv2d(r: &mut Random) -> Layer {
    let conv = geometry(r);
    let (element, zero_x, unsigned) = element(r);
    let len = conv.kernel[0] * conv.kernel[1] * conv.in_c;
    let p = ConvInt2d {
        conv,
        zero_x,
        requantize: requantize(r, len, unsigned),
    };
    let constants = constants(r, len, conv.out_c);
    Layer {
        call: call::conv2d_w8(p, 0, 1, 2, 3, 4, 5),
        types: types(element),
        x: x(r, conv.batch * conv.in_h * conv.in_w * conv.in_c),
        constants,
        output: vec![0x55; conv.batch * conv.out_h * conv.out_w * conv.out_c],
    }
}

fn channelwise(r: &mut Random) -> Depthwise2d {
    let c = geometry(r);
    let kernel = r.one_of(&[[3, 3], [3, 3], [3, 3], c.kernel]);
    let pad = [r.below(kernel[0]), r.below(kernel[1])];
    let input = [c.in_h, c.in_w].map(|n| n + r.below(14));
    let output = [0, 1].map(|i| r.size((input[i] + 2 * pad[i]).div_ceil(c.stride[i])));
    Depthwise2d {
        batch: c.batch,
        in_h: input[0],
        in_w: input[1],
        channels: c.out_c,
        multiplier: r.one_of(&[1, 1, 1, 2]),
        out_h: output[0],
        out_w: output[1],
        kernel,
        stride: c.stride,
        dilation: r.one_of(&[[1, 1], [1, 1], c.dilation]),
        pad_top: pad[0] as isize,
        pad_left: pad[1] as isize,
        activation: Activation::Identity,
        rows: Rows::all(output[0]),
    }
}

fn depthwise2d(r: &mut Random) -> Layer {
    let (conv, (element, zero_x, unsigned)) = (channelwise(r), element(r));
    let kernel = conv.kernel;
    let p = DepthwiseInt2d {
        conv,
        zero_x,
        requantize: requantize(r, 9, unsigned),
    };
    let outputs = conv.channels * conv.multiplier;
    let constants = constants(r, kernel[0] * kernel[1], outputs);
    Layer {
        call: call::depthwise2d_w8(p, 0, 1, 2, 3, 4, 5),
        types: types(element),
        x: x(r, conv.batch * conv.in_h * conv.in_w * conv.channels),
        constants,
        output: vec![0x55; conv.batch * conv.out_h * conv.out_w * outputs],
    }
}

/// An element type, the element that stands for 0, and whether there are no negative ones.
fn element(r: &mut Random) -> (ElementType, i32, bool) {
    match r.below(2) == 0 {
        true => (ElementType::U8, r.between(0, 255) as i32, true),
        false => (ElementType::I8, r.between(-128, 127) as i32, false),
    }
}

fn types(element: ElementType) -> Vec<ElementType> {
    let constants = [
        ElementType::I8,
        ElementType::I32,
        ElementType::I32,
        ElementType::I8,
    ];
    [&[element], &constants[..], &[element]].concat()
}

fn x(r: &mut Random, len: usize) -> Vec<u8> {
    let elements: Vec<i8> = r.numbers(len, (-128, 127));
    bytes(&elements, i8::to_le_bytes)
}

/// Weights, biases, multipliers and no shifts.
fn constants(r: &mut Random, len: usize, channels: usize) -> Vec<Vec<u8>> {
    let weights: Vec<i8> = r.numbers(len * channels, (-127, 127));
    let biases = r.one_of(&[0, channels]);
    let bias: Vec<i32> = r.numbers(biases, (-1 << 14, 1 << 14));
    let multipliers: Vec<i32> = r.numbers(channels, (1 << 29, i32::MAX.into()));
    vec![
        bytes(&weights, i8::to_le_bytes),
        bytes(&bias, i32::to_le_bytes),
        bytes(&multipliers, i32::to_le_bytes),
        vec![],
    ]
}

/// Operands of floats: inputs, and outputs that may be added to; and constants.
fn floats(r: &mut Random, call: Call<usize>, [x, w, bias, y]: [usize; 4]) -> Layer {
    let mut numbers = |len| -> Vec<u8> {
        let scale = r.one_of(&[1.0, 1.0, 1e-21]);
        let numbers: Vec<i32> = r.numbers(len, (-1000, 1000));
        let numbers: Vec<f32> = numbers.iter().map(|&n| n as f32 / 1024.0 * scale).collect();
        bytes(&numbers, f32::to_le_bytes)
    };
    Layer {
        call,
        types: vec![ElementType::F32; 4],
        x: numbers(x),
        constants: vec![numbers(w), numbers(bias)],
        output: numbers(y),
    }
}

fn activation(r: &mut Random) -> Activation {
    r.one_of(&[
        Activation::Identity,
        Activation::Relu,
        Activation::Clip { lo: -0.5, hi: 1.5 },
        Activation::Silu,
    ])
}

fn conv2d_of_floats(r: &mut Random) -> Layer {
    let conv = Conv2d {
        activation: activation(r),
        ..geometry(r)
    };
    let call = match r.below(2) {
        0 => call::conv2d_f32(conv, 0, 1, 2, 3),
        _ => call::conv2d_add_f32(conv, 0, 1, 2, 3),
    };
    let len = conv.kernel[0] * conv.kernel[1] * conv.in_c;
    let bias = r.one_of(&[0, conv.out_c]);
    let pixels = [conv.in_h * conv.in_w, conv.out_h * conv.out_w];
    let [x, y] = pixels.map(|pixels| conv.batch * pixels);
    floats(
        r,
        call,
        [x * conv.in_c, len * conv.out_c, bias, y * conv.out_c],
    )
}

fn depthwise2d_of_floats(r: &mut Random) -> Layer {
    let conv = channelwise(r);
    let conv = Depthwise2d {
        activation: activation(r),
        channels: r.one_of(&[8, 13, 16, conv.channels]),
        ..conv
    };
    let call = match r.below(2) {
        0 => call::depthwise2d_f32(conv, 0, 1, 2, 3),
        _ => call::depthwise2d_add_f32(conv, 0, 1, 2, 3),
    };
    let outputs = conv.channels * conv.multiplier;
    let bias = r.one_of(&[0, outputs]);
    let pixels = [conv.in_h * conv.in_w, conv.out_h * conv.out_w];
    let [x, y] = pixels.map(|pixels| conv.batch * pixels);
    let len = conv.kernel[0] * conv.kernel[1];
    floats(
        r,
        call,
        [x * conv.channels, len * outputs, bias, y * outputs],
    )
}

fn matmul(r: &mut Random) -> Layer {
    let [m, k, n] = [0; 3].map(|_| r.size(30));
    let p = MatMul {
        batch: [1; 3],
        x_batch: [0; 3],
        w_batch: [0; 3],
        m,
        k,
        n,
        activation: activation(r),
    };
    let call = match r.below(2) {
        0 => call::matmul_f32(p, 0, 1, 2, 3),
        _ => call::matmul_add_f32(p, 0, 1, 2, 3),
    };
    let bias = r.one_of(&[0, n]);
    floats(r, call, [m * k, k * n, bias, m * n])
}

impl Layer {
    /// What its kernel computes.
    fn output(&self) -> Vec<u8> {
        let mut y = self.output.clone();
        let constants = self.constants.iter().map(|c| Bytes::Shared(words(c)));
        let mut operands = vec![Bytes::Shared(&self.x)];
        operands.extend(constants);
        operands.push(Bytes::Exclusive(&mut y));
        self.call
            .run(&self.types, operands)
            .expect("operands fit the kernel");
        y
    }

    /// What a form computes, or why there is none.
    fn by(&self, form: &Form) -> Result<Vec<u8>, String> {
        let constants: Vec<_> = [None]
            .into_iter()
            .chain(self.constants.iter().map(|c| Some(&c[..])))
            .chain([None])
            .collect();
        let params = self.call.params.as_ref().expect("it has parameters");
        let packed = (form.pack)(&Given {
            params: (**params).as_any(),
            types: &self.types,
            constants: &constants,
        })?;
        let (mut y, mut types) = (self.output.clone(), Vec::new());
        let mut given_y = Some(&mut y);
        // Words for alignment.
        let mut stores: Vec<Vec<i32>> = Vec::new();
        for part in &packed.operands {
            stores.push(match part {
                Part::Given(_) => vec![],
                Part::Constant(words) => words.clone(),
                Part::Scratch(len) => vec![0x5a5a_5a5a; *len],
            });
        }
        let mut operands = Vec::new();
        for (part, store) in packed.operands.iter().zip(&mut stores) {
            let (ty, bytes) = match part {
                Part::Given(0) => (self.types[0], Bytes::Shared(&self.x)),
                Part::Given(i) => (
                    self.types[*i],
                    Bytes::Exclusive(given_y.take().expect("one output")),
                ),
                Part::Constant(_) => (
                    ElementType::I32,
                    Bytes::Shared(mlc_runtime_core::arena::bytes(store)),
                ),
                Part::Scratch(_) => (
                    ElementType::I32,
                    Bytes::Exclusive(mlc_runtime_core::arena::bytes_mut(store)),
                ),
            };
            types.push(ty);
            operands.push(bytes);
        }
        packed.run(&types, operands).expect("operands fit the form");
        Ok(y)
    }
}

/// Constants lie aligned in a blob; here they are copied to where they are.
fn words(bytes: &[u8]) -> &[u8] {
    let store: &'static mut [u64] = vec![0; bytes.len().div_ceil(8)].leak();
    let all = mlc_runtime_core::arena::bytes_mut(store);
    all[..bytes.len()].copy_from_slice(bytes);
    &all[..bytes.len()]
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
    let mut r = Random(1);
    let (mut fit, mut not): (BTreeMap<_, usize>, BTreeMap<_, usize>) = Default::default();
    for i in 0..15000 {
        let layer = match i % 5 {
            0 => conv2d(&mut r),
            1 => depthwise2d(&mut r),
            2 => conv2d_of_floats(&mut r),
            3 => depthwise2d_of_floats(&mut r),
            _ => matmul(&mut r),
        };
        let expected = layer.output();
        for form in forms().filter(|f| std::ptr::eq(f.kernel, layer.call.kernel)) {
            match layer.by(form) {
                Ok(found) => {
                    let same = match layer.types[0] {
                        ElementType::F32 => agree(&found, &expected, form.isa),
                        _ => found == expected,
                    };
                    assert!(same, "{:?} of {:?}", form.isa, layer.call);
                    *fit.entry(format!("{} on {:?}", form.kernel.name, form.isa))
                        .or_default() += 1;
                }
                Err(why) => *not.entry(why).or_default() += 1,
            }
        }
    }
    println!("{fit:?} {not:?}");
    assert!(fit.values().all(|&n| n > 300), "{fit:?} {not:?}");
}
