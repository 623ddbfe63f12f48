//! A network of single layers in many shapes, side by side: what layers cost is learnt from it.
//!
//! Shapes are drawn from a seed; no real network is among them, so that real ones can be what estimates are checked with.

use crate::build::{dims, int, ints, model_of, number, text, value_info};
use crate::random::Random;
use mlc_compiler::onnx::proto::{
    AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto,
};
use mlc_compiler::tensor::Tensor;

/// Products that a layer takes at most, so that none takes long to emulate.
const MOST_MACS: usize = 600_000;

/// A kind of layer, and how many shapes of it are drawn.
type Kind = (usize, fn(&mut Net));

/// The kinds of layers of each network.
const NETWORKS: &[&[Kind]] = &[ALONE, BETWEEN];

/// Layers by themselves, or behind a small one.
const ALONE: &[Kind] = &[
    (16, Net::conv),
    (10, Net::pointwise),
    (10, Net::depthwise),
    (10, Net::dense),
    (4, Net::transposed),
    (4, Net::product),
    (5, |net| net.pool("MaxPool")),
    (5, |net| net.pool("AveragePool")),
    (4, Net::global_pool),
    (5, |net| net.binary("Add")),
    (4, |net| net.binary("Mul")),
    (3, |net| net.unary("Relu")),
    (3, |net| net.unary("Sigmoid")),
    (3, |net| net.unary("Tanh")),
    (3, |net| net.unary("HardSwish")),
    (4, Net::softmax),
    (4, Net::norm),
    (4, |net| net.recurrent("LSTM", 4)),
    (4, |net| net.recurrent("GRU", 3)),
    (4, Net::mean),
    (3, Net::concat),
];

/// Layers that are on integers only between others.
const BETWEEN: &[Kind] = &[(6, Net::weighed), (4, Net::joined)];

/// The model files, each with values for its inputs.
pub fn layers() -> Vec<(Vec<u8>, Vec<Tensor>)> {
    let networks = NETWORKS.iter().zip(0..);
    networks.map(|(kinds, seed)| network(kinds, seed)).collect()
}

fn network(kinds: &[Kind], seed: u64) -> (Vec<u8>, Vec<Tensor>) {
    let mut net = Net {
        random: Random::new(seed),
        graph: GraphProto {
            name: Some(format!("layers {seed}")),
            ..GraphProto::default()
        },
        inputs: Vec::new(),
    };
    for (count, kind) in kinds {
        (0..*count).for_each(|_| kind(&mut net));
    }
    (model_of(net.graph), net.inputs)
}

struct Net {
    random: Random,
    graph: GraphProto,
    inputs: Vec<Tensor>,
}

/// A convolution's sizes.
struct Conv {
    from: usize,
    to: usize,
    size: [usize; 2],
    kernel: [usize; 2],
    stride: usize,
    groups: usize,
}

impl Conv {
    fn macs(&self) -> usize {
        let positions: usize = self.size.iter().map(|n| n.div_ceil(self.stride)).product();
        positions * self.to * self.from / self.groups * self.kernel[0] * self.kernel[1]
    }
}

impl Net {
    fn conv(&mut self) {
        let conv = self.drawn(|random| Conv {
            from: random.one_of(&[1, 1, 2, 3, 3, 4, 8, 12, 16, 24, 32, 64]),
            to: random.one_of(&[4, 8, 12, 16, 16, 24, 32, 64]),
            size: [4 + random.below(20), 4 + random.below(20)],
            kernel: random.one_of(&[[3, 3], [3, 3], [3, 3], [5, 5], [3, 1], [9, 3]]),
            stride: 1 + usize::from(random.once_in(3)),
            groups: 1,
        });
        self.convolve(&conv);
    }

    fn pointwise(&mut self) {
        let conv = self.drawn(|random| Conv {
            from: random.one_of(&[4, 8, 16, 24, 32, 48, 64, 96, 128]),
            to: random.one_of(&[4, 8, 16, 24, 32, 48, 64, 96, 128]),
            size: [1 + random.below(12), 3 + random.below(10)],
            kernel: [1, 1],
            stride: 1 + usize::from(random.once_in(6)),
            groups: 1,
        });
        self.convolve(&conv);
    }

    fn depthwise(&mut self) {
        let channels = self.random.one_of(&[4, 8, 16, 24, 32, 64, 96]);
        let conv = self.drawn(|random| Conv {
            from: channels,
            to: channels,
            size: [3 + random.below(14), 3 + random.below(14)],
            kernel: random.one_of(&[[3, 3], [3, 3], [3, 3], [5, 5], [3, 1]]),
            stride: 1 + usize::from(random.once_in(3)),
            groups: channels,
        });
        self.convolve(&conv);
    }

    /// Sizes that are not too many.
    fn drawn(&mut self, draw: impl Fn(&mut Random) -> Conv) -> Conv {
        loop {
            let conv = draw(&mut self.random);
            if conv.macs() <= MOST_MACS {
                return conv;
            }
        }
    }

    fn convolve(&mut self, conv: &Conv) {
        let ([height, width], [rows, columns]) = (conv.size, conv.kernel);
        let x = self.input(&[1, conv.from, height, width]);
        let inside = conv.from / conv.groups;
        let w = self.weights(&[conv.to, inside, rows, columns], inside * rows * columns);
        let b = self.weights(&[conv.to], 4);
        let attributes = vec![
            ints("strides", &[conv.stride; 2]),
            ints("pads", &[rows / 2, columns / 2, rows / 2, columns / 2]),
            int("group", conv.groups),
        ];
        let y = self.node("Conv", &[&x, &w, &b], attributes);
        match self.random.once_in(2) {
            true => self.last("Relu", &[&y], vec![]),
            false => self.give(&y),
        }
    }

    fn transposed(&mut self) {
        let [from, to] = [0, 1].map(|_| self.random.one_of(&[2, 4, 8, 16]));
        let size = 3 + self.random.below(6);
        let x = self.input(&[1, from, size, size]);
        let w = self.weights(&[from, to, 3, 3], 9 * from);
        self.last("ConvTranspose", &[&x, &w], vec![ints("strides", &[2, 2])]);
    }

    fn dense(&mut self) {
        let from = self.random.one_of(&[4, 10, 16, 64, 100, 128, 256, 640]);
        let to = self.random.one_of(&[2, 4, 8, 10, 12, 64, 128]);
        let rows = self.random.one_of(&[1, 1, 1, 8]);
        let x = self.input(&[rows, from]);
        let w = self.weights(&[to, from], from);
        let b = self.weights(&[to], 4);
        self.last("Gemm", &[&x, &w, &b], vec![int("transB", 1)]);
    }

    /// Of two inputs.
    fn product(&mut self) {
        let [rows, inner, columns] = [0; 3].map(|_| 4 * (1 + self.random.below(12)));
        let a = self.input(&[1, 2, rows, inner]);
        let b = self.input(&[1, 2, inner, columns]);
        self.last("MatMul", &[&a, &b], vec![]);
    }

    /// An image that comes from a layer, so that what follows may be on integers, and its channels.
    fn image(&mut self) -> (String, usize) {
        let channels = self.random.one_of(&[1, 3, 4, 8, 16, 32, 64]);
        let [height, width] = [0, 1].map(|_| 4 + self.random.below(12));
        let x = self.input(&[1, 4, height, width]);
        (self.mixed(&x, 4, channels), channels)
    }

    /// A small layer that keeps positions.
    fn mixed(&mut self, x: &str, from: usize, to: usize) -> String {
        let w = self.weights(&[to, from, 1, 1], from);
        self.node("Conv", &[x, &w], vec![])
    }

    /// An output behind another small layer, for the same reason.
    fn give_mixed(&mut self, x: &str, channels: usize) {
        let y = self.mixed(x, channels, 4);
        self.give(&y);
    }

    fn pool(&mut self, operator: &str) {
        let (x, channels) = self.image();
        let kernel = 2 + self.random.below(2);
        let stride = 1 + self.random.below(2);
        let attributes = vec![
            ints("kernel_shape", &[kernel; 2]),
            ints("strides", &[stride; 2]),
        ];
        let y = self.node(operator, &[&x], attributes);
        self.give_mixed(&y, channels);
    }

    fn global_pool(&mut self) {
        let (x, channels) = self.image();
        let y = self.node("GlobalAveragePool", &[&x], vec![]);
        self.give_mixed(&y, channels);
    }

    fn binary(&mut self, operator: &str) {
        let (a, channels) = self.image();
        let b = self.mixed(&a, channels, channels);
        let c = self.mixed(&a, channels, channels);
        let y = self.node(operator, &[&b, &c], vec![]);
        self.give_mixed(&y, channels);
    }

    fn unary(&mut self, operator: &str) {
        let (x, channels) = self.image();
        let y = self.node(operator, &[&x], vec![]);
        self.give_mixed(&y, channels);
    }

    fn softmax(&mut self) {
        let [rows, from] = [
            self.random.one_of(&[1, 1, 8, 32]),
            4 * (1 + self.random.below(8)),
        ];
        let to = 2 + self.random.below(64);
        let x = self.input(&[rows, from]);
        let w = self.weights(&[from, to], from);
        let scores = self.node("MatMul", &[&x, &w], vec![]);
        self.last("Softmax", &[&scores], vec![]);
    }

    /// Products, weighed by a softmax.
    fn weighed(&mut self) {
        let [rows, from] = [
            self.random.one_of(&[1, 1, 4, 16]),
            4 * (1 + self.random.below(6)),
        ];
        let inner = 2 + self.random.below(60);
        let x = self.input(&[rows, from]);
        let w = self.weights(&[from, inner], from);
        let scores = self.node("MatMul", &[&x, &w], vec![]);
        let weighed = self.node("Softmax", &[&scores], vec![]);
        let w = self.weights(&[inner, 8], inner);
        self.last("MatMul", &[&weighed, &w], vec![]);
    }

    /// Images side by side in their channels.
    fn joined(&mut self) {
        let (a, channels) = self.image();
        let b = self.mixed(&a, channels, 8);
        let joined = self.node("Concat", &[&a, &b], vec![int("axis", 1)]);
        self.give_mixed(&joined, channels + 8);
    }

    fn norm(&mut self) {
        let channels = 4 * (1 + self.random.below(32));
        let rows = 1 + self.random.below(16);
        let x = self.input(&[1, rows, channels]);
        let [scale, bias] = [0, 1].map(|_| self.weights(&[channels], 4));
        let attributes = vec![number("epsilon", 1e-5)];
        self.last("LayerNormalization", &[&x, &scale, &bias], attributes);
    }

    fn recurrent(&mut self, operator: &str, gates: usize) {
        let [from, hidden] = [0, 1].map(|_| 4 * (1 + self.random.below(10)));
        let steps = 1 + self.random.below(6);
        let x = self.input(&[steps, 1, from]);
        let w = self.weights(&[1, gates * hidden, from], from);
        let r = self.weights(&[1, gates * hidden, hidden], hidden);
        let b = self.weights(&[1, 2 * gates * hidden], 4);
        let attributes = vec![int("hidden_size", hidden), text("direction", "forward")];
        self.last(operator, &[&x, &w, &r, &b], attributes);
    }

    fn mean(&mut self) {
        let shape = [1, 1 + self.random.below(40), 1 + self.random.below(60)];
        let x = self.input(&shape);
        let axis = 1 + self.random.below(2);
        self.last("ReduceMean", &[&x], vec![ints("axes", &[axis])]);
    }

    fn concat(&mut self) {
        let rows = 1 + self.random.below(100);
        let [a, b] = [0, 1].map(|_| self.random.below(20) + 1);
        let [a, b] = [a, b].map(|width| self.input(&[1, rows, width]));
        self.last("Concat", &[&a, &b], vec![int("axis", 2)]);
    }

    fn input(&mut self, shape: &[usize]) -> String {
        let name = format!("x{}", self.inputs.len());
        self.graph.input.push(value_info(&name, shape));
        let values = self.random.tensor(shape);
        self.inputs.push(values);
        name
    }

    /// Weights of which a sum over so many `terms` keeps its magnitude.
    fn weights(&mut self, shape: &[usize], terms: usize) -> String {
        let name = format!("w{}", self.graph.initializer.len());
        let scale = 1.0 / (terms as f32).sqrt();
        let values = self.random.floats(shape, scale, false);
        self.graph.initializer.push(TensorProto {
            name: Some(name.clone()),
            data_type: Some(1),
            dims: dims(shape),
            raw_data: Some(values.bytes().to_vec().into()),
            ..TensorProto::default()
        });
        name
    }

    fn node(&mut self, operator: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        let name = format!("{}_{}", operator.to_lowercase(), self.graph.node.len());
        self.graph.node.push(NodeProto {
            name: Some(name.clone()),
            op_type: Some(operator.into()),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: vec![name.clone()],
            attribute,
            ..NodeProto::default()
        });
        name
    }

    /// A node whose output is the network's.
    fn last(&mut self, operator: &str, inputs: &[&str], attributes: Vec<AttributeProto>) {
        let y = self.node(operator, inputs, attributes);
        self.give(&y);
    }

    fn give(&mut self, value: &str) {
        self.graph.output.push(ValueInfoProto {
            name: Some(value.into()),
            ..ValueInfoProto::default()
        });
    }
}
