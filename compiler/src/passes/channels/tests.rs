//! Random networks answer the same without the channels that go.

use super::run;
use crate::ir::{Graph, ValueId};
use crate::onnx::Range;
use crate::ops::arithmetic::lookup::Lookup;
use crate::ops::integers::conv::ConvInt;
use crate::ops::layout::reshape::Reshape;
use crate::ops::linear_algebra::matmul::MatMul;
use crate::ops::spatial::conv::Conv;
use crate::ops::spatial::pool::{Kind, Pool};
use crate::ops::support::testing::Random;
use crate::ops::support::window::Window;
use crate::requantize::Layer;
use crate::schedule::{Way, schedule};
use crate::settings::Settings;
use crate::tensor::{DType, Tensor, TensorType};
use crate::{interp, lower};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};

/// A convolution of which some channels saturate whatever they read, and some weights are all 0.
fn layer(g: &mut Graph, r: &mut Random, x: ValueId, channels: usize, filter: bool) -> ValueId {
    let inputs = *g.ty(x).shape.last().unwrap();
    let channels = if filter { inputs } else { channels };
    let (kernel, pad) = [(1, 0), (3, 1), (3, 0)][r.below(3)];
    let (kernel, pad) = if g.ty(x).shape[1] < 3 {
        (1, 0)
    } else {
        (kernel, pad)
    };
    let rows = if filter { 1 } else { inputs };
    let mut weights: Vec<i8> = (0..kernel * kernel * rows * channels)
        .map(|_| r.below(256) as u8 as i8)
        .collect();
    let ignored = r.below(rows);
    for (i, weight) in weights.iter_mut().enumerate() {
        if !filter && i / channels % rows == ignored {
            *weight = 0;
        }
    }
    let bias: Vec<i32> = (0..channels)
        .map(|_| [0, 1000, -10_000_000, 10_000_000][r.below(4)])
        .collect();
    let zero = [-128, 127, 5][r.below(3)];
    let window = Window {
        pads: vec![(pad, pad); 2],
        ..Window::still(vec![kernel; 2])
    };
    let requantize = Requantize {
        rounding: [Rounding::Nearest, Rounding::HalfEven { tie: 3 }][r.below(2)],
        shift: 40,
        zero,
        lo: -128,
        hi: 127,
    };
    let op = ConvInt {
        layer: Layer::Other,
        window,
        groups: if filter { channels } else { 1 },
        channels,
        zero_x: [-128, 127, 5, 0][r.below(4)],
        requantize,
    };
    let multipliers: Vec<i32> = (0..channels).map(|_| 1 + r.below(1 << 28) as i32).collect();
    let operands = [
        Tensor::new([kernel, kernel, rows, channels], &weights),
        Tensor::new([channels], &bias),
        Tensor::new([channels], &multipliers),
        Tensor::new([0], &[0i8; 0]),
    ];
    let operands = operands.map(|t| Some(g.add_constant("c", t)));
    g.add("layer", op, &[&[Some(x)][..], &operands].concat())
        .unwrap()[0]
}

fn table(g: &mut Graph, r: &mut Random, x: ValueId) -> ValueId {
    let entries: Vec<i8> = (0..256)
        .map(|q| (q as u8 as i8).max(r.below(3) as i8))
        .collect();
    let entries = g.add_constant("t", Tensor::new([256], &entries));
    g.add("table", Lookup, &[Some(x), Some(entries)]).unwrap()[0]
}

fn network(r: &mut Random) -> Graph {
    let mut g = Graph::new("g");
    let mut x = g.add_input("x", TensorType::new(DType::I8, [1, 6, 6, 3]));
    for _ in 0..2 + r.below(5) {
        let channels = 1 + r.below(6);
        let before = x;
        x = match r.below(4) {
            0 => table(&mut g, r, x),
            1 => layer(&mut g, r, x, channels, true),
            _ => layer(&mut g, r, x, channels, false),
        };
        if r.below(6) == 0 {
            // Somebody else reads it, too.
            let y = layer(&mut g, r, before, channels, false);
            g.add_output("z", y);
        }
    }
    x = layer(&mut g, r, x, 2, false);
    g.add_output("y", x);
    g
}

fn answer(g: &Graph, x: &Tensor) -> Vec<Tensor> {
    let program = schedule(lower::lower(g).unwrap(), Way::default()).unwrap();
    interp::run(&program, std::slice::from_ref(x)).unwrap()
}

fn elements_of_weights(g: &Graph) -> usize {
    let nodes = g.order().into_iter().map(|id| g.node(id));
    let constants = nodes.flat_map(|n| n.inputs.iter().flatten());
    constants
        .filter_map(|&v| g.constant(v))
        .map(|t| t.ty.len())
        .sum()
}

/// Drops channels of many networks; what share of the weights is left.
fn share_that_stays(
    network: fn(&mut Random) -> Graph,
    input: fn(&mut Random) -> Tensor,
    same: fn(&Tensor, &Tensor) -> bool,
) -> f64 {
    let mut r = Random(1);
    let (mut before, mut after) = (0, 0);
    for seed in 0..300 {
        let whole = network(&mut r);
        let mut less = whole.clone();
        run(&mut less, &Settings::default()).unwrap();
        less.verify().unwrap();
        before += elements_of_weights(&whole);
        after += elements_of_weights(&less);
        for _ in 0..3 {
            let x = input(&mut r);
            let (whole, less) = (answer(&whole, &x), answer(&less, &x));
            let same = whole.iter().zip(&less).all(|(a, b)| same(a, b));
            assert!(same && whole.len() == less.len(), "network {seed}");
        }
    }
    after as f64 / before as f64
}

#[test]
fn answers_on_integers_stay_the_same_to_the_bit() {
    let input = |r: &mut Random| {
        let x: Vec<i8> = (0..108).map(|_| r.below(256) as u8 as i8).collect();
        Tensor::new([1, 6, 6, 3], &x)
    };
    let share = share_that_stays(network, input, Tensor::identical);
    assert!(share < 0.8, "{share} of the weights are left");
}

fn floats(r: &mut Random, count: usize) -> Vec<f32> {
    let float = |_| r.below(2001) as f32 / 1000.0 - 1.0;
    (0..count).map(float).collect()
}

/// A convolution with a ReLU of which some channels are always 0, and some weights are; it may add a residual.
fn float_layer(g: &mut Graph, r: &mut Random, x: ValueId, filter: bool, residual: bool) -> ValueId {
    let inputs = *g.ty(x).shape.last().unwrap();
    let channels = if filter || residual {
        inputs
    } else {
        1 + r.below(6)
    };
    let rows = if filter { 1 } else { inputs };
    let mut weights = floats(r, 9 * rows * channels);
    let ignored = r.below(rows);
    for (i, weight) in weights.iter_mut().enumerate() {
        if !filter && i / channels % rows == ignored {
            *weight = 0.0;
        }
    }
    let bias: Vec<f32> = (0..channels)
        .map(|_| [0.0, 0.5, -1e6, -1e6][r.below(4)])
        .collect();
    let op = Conv {
        window: Window {
            pads: vec![(1, 1); 2],
            ..Window::still(vec![3; 2])
        },
        groups: if filter { channels } else { 1 },
        activation: Activation::Relu,
    };
    let weights = g.add_constant("w", Tensor::new([3, 3, rows, channels], &weights));
    let bias = g.add_constant("b", Tensor::new([channels], &bias));
    let residual = residual.then_some(x);
    g.add("layer", op, &[Some(x), Some(weights), Some(bias), residual])
        .unwrap()[0]
}

/// A network of floats that ends in a mean and a product with a matrix.
fn float_network(r: &mut Random) -> Graph {
    let mut g = Graph::new("g");
    let x = g.add_input("x", TensorType::new(DType::F32, [1, 6, 6, 3]));
    g.edges.ranges = vec![Some(Range {
        least: -1.0,
        most: 1.0,
    })];
    let mut y = float_layer(&mut g, r, x, false, false);
    for _ in 0..1 + r.below(4) {
        let (filter, residual) = (r.below(3) == 0, r.below(3) == 0);
        y = float_layer(&mut g, r, y, filter, residual);
    }
    let window = Window::still(vec![6; 2]);
    let count_padding = false;
    let kind = [Kind::Max, Kind::Average { count_padding }][r.below(2)];
    let pooled = g.add("pool", Pool { window, kind }, &[Some(y)]).unwrap()[0];
    let channels = *g.ty(y).shape.last().unwrap();
    let flat = g
        .add("flat", Reshape(vec![1, channels]), &[Some(pooled)])
        .unwrap()[0];
    let w = Tensor::new([channels, 4], &floats(r, channels * 4));
    let w = g.add_constant("w", w);
    let activation = Activation::Identity;
    let scores = g
        .add("dense", MatMul { activation }, &[Some(flat), Some(w)])
        .unwrap()[0];
    g.add_output("y", scores);
    g
}

/// The same numbers; a zero may have lost its sign.
fn equal(a: &Tensor, b: &Tensor) -> bool {
    a.ty == b.ty && a.values::<f32>() == b.values::<f32>()
}

#[test]
fn answers_in_floats_stay_the_same_number_for_number() {
    let input = |r: &mut Random| Tensor::new([1, 6, 6, 3], &floats(r, 108));
    let share = share_that_stays(float_network, input, equal);
    assert!(share < 0.8, "{share} of the weights are left");
}

#[test]
fn without_a_range_floats_may_overflow_and_all_channels_stay() {
    let mut r = Random(7);
    for _ in 0..20 {
        let mut g = float_network(&mut r);
        g.edges.ranges.clear();
        let before = elements_of_weights(&g);
        run(&mut g, &Settings::default()).unwrap();
        assert_eq!(before, elements_of_weights(&g));
    }
}

/// A bias alone that is never reached: zeros times anything finite.
#[test]
fn a_promised_range_is_what_proves_a_channel_dead() {
    let network = |most: f64| {
        let mut g = Graph::new("g");
        let x = g.add_input("x", TensorType::new(DType::F32, [1, 1, 1, 1]));
        g.edges.ranges = vec![Some(Range { least: 0.0, most })];
        let window = || Window::still(vec![1; 2]);
        let first = [
            Tensor::new([1, 1, 1, 2], &[1f32, 1.0]),
            Tensor::new([2], &[0f32, -10.0]),
        ];
        let [w, b] = first.map(|t| g.add_constant("c", t));
        let activation = Activation::Relu;
        let conv = |activation| Conv {
            window: window(),
            groups: 1,
            activation,
        };
        let y = g
            .add("a", conv(activation), &[Some(x), Some(w), Some(b)])
            .unwrap()[0];
        let w = g.add_constant("c", Tensor::new([1, 1, 2, 1], &[1f32, 1.0]));
        let y = g
            .add("b", conv(Activation::Identity), &[Some(y), Some(w)])
            .unwrap()[0];
        g.add_output("y", y);
        run(&mut g, &Settings::default()).unwrap();
        elements_of_weights(&g)
    };
    assert_eq!(network(9.9), 3, "one channel of two is left, with its bias");
    assert_eq!(network(10.1), 6);
}
