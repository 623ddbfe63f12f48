//! Random layers, each from a seed of its own: shapes, elements, weights and requantisation, whole or some rows of them.

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
use mlc_runtime_core::table::{Call, call};
use random::Random;

/// A call with its operands: what it reads that is not constant, its constants, and its output.
pub(crate) struct Layer {
    pub(crate) call: Call<usize>,
    pub(crate) types: Vec<ElementType>,
    pub(crate) x: Vec<u8>,
    pub(crate) constants: Vec<Vec<u8>>,
    /// What is there before it is written.
    pub(crate) output: Vec<u8>,
}

/// A kind of layer.
type Kind = fn(&mut Random) -> Layer;

const KINDS: [Kind; 5] = [
    conv2d,
    depthwise2d,
    conv2d_of_floats,
    depthwise2d_of_floats,
    matmul,
];

impl Layer {
    /// That of a seed; kinds take turns.
    pub(crate) fn random(seed: u64) -> Layer {
        let kind = KINDS[(seed % KINDS.len() as u64) as usize];
        let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        kind(&mut r)
    }
}

fn bytes<T: Copy, const N: usize>(values: &[T], of: fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&v| of(v)).collect()
}

/// One axis of windows: pixels, outputs, and the padding before.
fn axis(r: &mut Random, input: usize, kernel: usize, stride: usize) -> (usize, isize) {
    let pad = r.between(-1, kernel as i64 - 1);
    let places = (input as i64 + 2 * pad).max(1) as usize;
    (r.size(places.div_ceil(stride)), pad as isize)
}

fn geometry(r: &mut Random) -> Conv2d {
    let kernel = r.one_of(&[[1, 1], [3, 3], [1, 1], [3, 3], [10, 4], [2, 5]]);
    let stride = r.one_of(&[[1, 1], [2, 2], [1, 2]]);
    let dilation = r.one_of(&[[1, 1], [1, 1], [1, 1], [2, 3]]);
    let input = [r.size(12), r.size(12)];
    let [(out_h, pad_top), (out_w, pad_left)] =
        [0, 1].map(|i| axis(r, input[i], kernel[i], stride[i]));
    Conv2d {
        batch: r.one_of(&[1, 1, 1, 2]),
        in_h: input[0],
        in_w: input[1],
        in_c: r.one_of(&[1, 2, 3, 4, 5, 8, 16, 17]),
        out_h,
        out_w,
        out_c: r.one_of(&[1, 2, 3, 4, 5, 6, 7, 8, 16, 19]),
        groups: 1,
        kernel,
        stride,
        dilation,
        pad_top,
        pad_left,
        activation: Activation::Identity,
        rows: Rows::all(out_h),
    }
}

/// Sometimes a few rows only, where there is a single image; `x` then begins where they do or above.
fn rows(
    r: &mut Random,
    batch: usize,
    [in_h, out_h]: [usize; 2],
    stride: usize,
    pad: isize,
) -> Rows {
    if batch > 1 || r.below(3) > 0 {
        return Rows::all(out_h);
    }
    let first = r.below(out_h);
    let needed = (first * stride) as isize - pad;
    let above = needed.clamp(0, in_h as isize - 1) as usize;
    Rows {
        first,
        end: first + r.size(out_h - first),
        input: r.below(above + 1),
    }
}

fn conv2d(r: &mut Random) -> Layer {
    let mut conv = geometry(r);
    conv.groups = r.one_of(&[1, 1, 1, 2, 3]);
    conv.in_c *= conv.groups;
    conv.out_c *= conv.groups;
    let heights = [conv.in_h, conv.out_h];
    conv.rows = rows(r, conv.batch, heights, conv.stride[0], conv.pad_top);
    let (element, zero_x) = element(r);
    let len = conv.kernel[0] * conv.kernel[1] * conv.in_c / conv.groups;
    let p = ConvInt2d {
        conv,
        zero_x,
        requantize: requantize(r, len, element),
    };
    let lines = [conv.in_h - conv.rows.input, conv.rows.end - conv.rows.first];
    Layer {
        call: call::conv2d_w8(p, 0, 1, 2, 3, 4, 5),
        types: types(element),
        x: x(r, element, conv.batch * lines[0] * conv.in_w * conv.in_c),
        constants: constants(r, len, conv.out_c, &p.requantize),
        output: vec![0x55; element.size() * conv.batch * lines[1] * conv.out_w * conv.out_c],
    }
}

fn channelwise(r: &mut Random) -> Depthwise2d {
    let c = geometry(r);
    let kernel = r.one_of(&[[3, 3], [3, 3], [3, 3], [15, 1], [1, 7], c.kernel]);
    let input = [c.in_h, c.in_w].map(|n| n + r.below(14));
    let [(out_h, pad_top), (out_w, pad_left)] =
        [0, 1].map(|i| axis(r, input[i], kernel[i], c.stride[i]));
    Depthwise2d {
        batch: c.batch,
        in_h: input[0],
        in_w: input[1],
        channels: c.out_c,
        multiplier: r.one_of(&[1, 1, 1, 2, 3]),
        out_h,
        out_w,
        kernel,
        stride: c.stride,
        dilation: r.one_of(&[[1, 1], [1, 1], c.dilation]),
        pad_top,
        pad_left,
        activation: Activation::Identity,
        rows: Rows::all(out_h),
    }
}

fn depthwise2d(r: &mut Random) -> Layer {
    let (mut conv, (element, zero_x)) = (channelwise(r), element(r));
    let heights = [conv.in_h, conv.out_h];
    conv.rows = rows(r, conv.batch, heights, conv.stride[0], conv.pad_top);
    let p = DepthwiseInt2d {
        conv,
        zero_x,
        requantize: requantize(r, 9, element),
    };
    let outputs = conv.channels * conv.multiplier;
    let lines = [conv.in_h - conv.rows.input, conv.rows.end - conv.rows.first];
    Layer {
        call: call::depthwise2d_w8(p, 0, 1, 2, 3, 4, 5),
        types: types(element),
        x: x(
            r,
            element,
            conv.batch * lines[0] * conv.in_w * conv.channels,
        ),
        constants: constants(r, conv.kernel[0] * conv.kernel[1], outputs, &p.requantize),
        output: vec![0x55; element.size() * conv.batch * lines[1] * conv.out_w * outputs],
    }
}

/// A requantisation with which elements vary.
fn requantize(r: &mut Random, len: usize, element: ElementType) -> Requantize {
    let all = match element {
        ElementType::U8 => [0, 255],
        ElementType::I8 => [-128, 127],
        _ => [-32768, 32767],
    };
    let mut bounds = [0; 2].map(|_| r.between(all[0], all[1]) as i32);
    bounds.sort_unstable();
    let [lo, hi] = if r.below(2) == 0 {
        all.map(|b| b as i32)
    } else {
        bounds
    };
    let wide = 14 + (len as f64).log2() as u32 / 2;
    Requantize {
        // Some are proved element by element, of which 16 bits have many.
        rounding: match r.below(if all[1] > 255 { 40 } else { 5 }) {
            0 => Rounding::HalfEven { tie: 0 },
            1 => Rounding::NearestEach,
            n if n % 2 == 0 => Rounding::Nearest,
            _ => Rounding::TfLite,
        },
        shift: (30 + wide + r.below(4) as u32).saturating_sub(7),
        zero: r.between(all[0], all[1]) as i32,
        lo,
        hi,
    }
}

/// An element type, and the element that stands for 0.
fn element(r: &mut Random) -> (ElementType, i32) {
    match r.below(3) {
        0 => (ElementType::U8, r.between(0, 255) as i32),
        1 => (ElementType::I8, r.between(-128, 127) as i32),
        _ => (ElementType::I16, 0),
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

/// Numbers of any kind, or all of them an extreme.
fn extremes<T: TryFrom<i64> + Copy>(r: &mut Random, len: usize, (lo, hi): (i64, i64)) -> Vec<T> {
    let range = r.one_of(&[(lo, hi), (lo, hi), (lo, hi), (lo, hi), (lo, lo), (hi, hi)]);
    r.numbers(len, range)
}

fn x(r: &mut Random, element: ElementType, len: usize) -> Vec<u8> {
    match element {
        ElementType::I16 => bytes(&extremes(r, len, (-32768, 32767)), i16::to_le_bytes),
        _ => bytes(&extremes(r, len, (-128, 127)), i8::to_le_bytes),
    }
}

/// Weights, biases, multipliers, and shifts where the rounding asks for some.
fn constants(r: &mut Random, len: usize, channels: usize, how: &Requantize) -> Vec<Vec<u8>> {
    let least = r.one_of(&[-127, -127, -127, -128]);
    let weights: Vec<i8> = extremes(r, len * channels, (least, 127));
    let biases = r.one_of(&[0, channels]);
    let bias: Vec<i32> = r.numbers(biases, (-1 << 14, 1 << 14));
    let multipliers: Vec<i32> = r.numbers(channels, (1 << 29, i32::MAX.into()));
    let shifts: Vec<i8> = match how.rounding {
        Rounding::TfLite | Rounding::NearestEach => {
            let most = i64::from(how.shift) - 31;
            r.numbers(channels, (most - 2, most))
        }
        _ => vec![],
    };
    vec![
        bytes(&weights, i8::to_le_bytes),
        bytes(&bias, i32::to_le_bytes),
        bytes(&multipliers, i32::to_le_bytes),
        bytes(&shifts, i8::to_le_bytes),
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
    let sizes = [x * conv.in_c, len * conv.out_c, bias, y * conv.out_c];
    floats(r, call, sizes)
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
    let sizes = [x * conv.channels, len * outputs, bias, y * outputs];
    floats(r, call, sizes)
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
