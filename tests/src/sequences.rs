//! Random networks over sequences, which have to answer alike when time comes slice by slice.
//!
//! A seed stands for one network at any length of its input: what is drawn does not depend on the length.

use crate::build::{dims, int, ints, model_of, value_info};
use crate::random::Random;
use mlc_compiler::diag::Diags;
use mlc_compiler::onnx::Model;
use mlc_compiler::onnx::proto::{
    AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto,
};
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Settings, TimeAxis};
use mlc_compiler::{Compiled, compile_observed};

/// The network that takes time slice by slice.
pub fn by_steps(model: &Model, axis: TimeAxis) -> Result<Compiled, Diags> {
    let settings = Settings {
        time: Some(axis),
        ..Settings::default()
    };
    compile_observed(model, settings, PASSES, &mut |_, _| ())
}

/// What the start of time is to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing is padded: answers are about as many slices as the network was made for.
    Open,
    /// Everything is padded there, and nowhere else: answers are about the whole sequence so far.
    Padded,
}

/// How a network ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It answers for every position.
    Every,
    /// It answers for the last position only.
    Last,
    /// It sums up all positions.
    Sum,
}

/// A random network, but for the length of its input.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    seed: u64,
    /// What the start of time is to it.
    pub start: Start,
    /// How it ends.
    pub end: End,
    /// Whether it is quantised; else it may have recurrent layers.
    pub quantised: bool,
}

/// The axis of time, in all of them.
pub const AXIS: usize = 2;

impl Sequence {
    /// The network of a seed.
    pub fn of(seed: u64) -> Self {
        Sequence {
            seed,
            start: [Start::Open, Start::Padded][seed as usize % 2],
            end: [End::Every, End::Sum, End::Last][seed as usize / 2 % 3],
            quantised: seed / 6 % 2 == 1,
        }
    }

    /// Its file, for an input of so many slices.
    pub fn model(&self, len: usize) -> Vec<u8> {
        let mut random = Random::new(self.seed);
        let (channels, width) = (
            1 + random.below(6),
            [1, 1, 1 + random.below(4)][random.below(3)],
        );
        let mut builder = Builder {
            net: *self,
            graph: GraphProto {
                name: Some(format!("sequence {}", self.seed)),
                ..GraphProto::default()
            },
            value: "input".into(),
            images: random.below(2) == 0,
            channels,
            width,
            len,
            strides: 0,
            others: Vec::new(),
            random,
        };
        builder.width = if builder.images { builder.width } else { 1 };
        let shape = builder.shape();
        builder.graph.input.push(value_info("input", &shape));
        builder.quantise();
        for _ in 0..2 + builder.random.below(3) {
            let layer = *builder.random.pick(LAYERS);
            layer(&mut builder);
            builder.give();
        }
        builder.finish()
    }
}

const LAYERS: &[fn(&mut Builder)] = &[
    Builder::conv,
    Builder::conv,
    Builder::residual,
    Builder::residual,
    Builder::branches,
    Builder::pool,
    Builder::pointwise,
    Builder::crop,
];

/// A window along time.
#[derive(Clone, Copy)]
struct Taps {
    kernel: usize,
    stride: usize,
    dilation: usize,
}

impl Taps {
    fn extent(&self) -> usize {
        (self.kernel - 1) * self.dilation + 1
    }
}

/// A model in the making; what it has so far ends in `[1, channels, len]` or `[1, channels, len, width]`.
struct Builder {
    net: Sequence,
    random: Random,
    graph: GraphProto,
    value: String,
    images: bool,
    channels: usize,
    width: usize,
    len: usize,
    strides: usize,
    /// Outputs beside the last value.
    others: Vec<ValueInfoProto>,
}

impl Builder {
    fn shape(&self) -> Vec<usize> {
        let shape = [1, self.channels, self.len, self.width];
        shape[..if self.images { 4 } else { 3 }].into()
    }

    /// Attributes of as many axes as there are, those of the width being 1 or 0.
    fn axes(&self, time: usize, width: usize) -> Vec<usize> {
        [time, width][..if self.images { 2 } else { 1 }].into()
    }

    fn node(&mut self, operator: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        let name = format!("v{}", self.graph.node.len());
        self.graph.node.push(NodeProto {
            op_type: Some(operator.into()),
            name: Some(name.clone()),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: vec![name.clone()],
            attribute: attributes,
            ..NodeProto::default()
        });
        self.value.clone_from(&name);
        name
    }

    fn constant(&mut self, tensor: TensorProto) -> String {
        let name = format!("c{}", self.graph.initializer.len());
        let name_of = Some(name.clone());
        self.graph.initializer.push(TensorProto {
            name: name_of,
            ..tensor
        });
        name
    }

    fn floats(&mut self, shape: &[usize], values: Vec<f32>) -> String {
        self.constant(TensorProto {
            float_data: values,
            data_type: Some(1),
            dims: dims(shape),
            ..TensorProto::default()
        })
    }

    fn integers(&mut self, values: &[i64]) -> String {
        self.constant(TensorProto {
            int64_data: values.into(),
            data_type: Some(7),
            dims: vec![values.len() as i64],
            ..TensorProto::default()
        })
    }

    fn bytes(&mut self, shape: &[usize], values: Vec<i32>) -> String {
        self.constant(TensorProto {
            int32_data: values,
            data_type: Some(3),
            dims: dims(shape),
            ..TensorProto::default()
        })
    }

    /// Weights of sums over so many terms, quantised if the network is.
    fn weights(&mut self, shape: &[usize], terms: usize) -> String {
        let count = shape.iter().product();
        let scale = 1.0 / (terms as f32).sqrt();
        let values: Vec<_> = (0..count).map(|_| self.random.float() * scale).collect();
        if !self.net.quantised {
            return self.floats(shape, values);
        }
        let value = self.value.clone();
        let codes = values.iter().map(|w| (w / scale * 127.0) as i32).collect();
        let (codes, scale) = (
            self.bytes(shape, codes),
            self.floats(&[], vec![scale / 127.0]),
        );
        let weights = self.node("DequantizeLinear", &[&codes, &scale], vec![]);
        self.value = value;
        weights
    }

    /// Quantises the value, if the network is.
    fn quantise(&mut self) {
        if self.net.quantised {
            let zero = self.random.below(41) as i32 - 20;
            let (scale, zero) = (
                self.floats(&[], vec![1.0 / 48.0]),
                self.bytes(&[], vec![zero]),
            );
            let codes = self.node(
                "QuantizeLinear",
                &[&self.value.clone(), &scale, &zero],
                vec![],
            );
            self.node("DequantizeLinear", &[&codes, &scale, &zero], vec![]);
        }
    }

    fn taps(&mut self, may_stride: bool) -> Taps {
        if self.net.start == Start::Open && self.len < 16 {
            return Taps {
                kernel: 1,
                stride: 1,
                dilation: 1,
            };
        }
        let (kernel, dilation) = (1 + self.random.below(4), 1 + self.random.below(2));
        let strides = may_stride && self.strides < 2 && self.random.below(3) == 0;
        self.strides += usize::from(strides);
        let stride = if strides { 2 + self.random.below(2) } else { 1 };
        Taps {
            kernel,
            dilation,
            stride,
        }
    }

    /// Slices of padding in front, for windows that never look ahead.
    fn before(&mut self, taps: Taps) -> usize {
        let most = taps.extent() - 1;
        match self.net.start {
            Start::Open => 0,
            Start::Padded if self.random.below(2) == 0 => most,
            Start::Padded => most.saturating_sub(taps.stride - 1),
        }
    }

    /// Attributes of a window, and positions that come of it.
    fn window(&mut self, taps: Taps, before: usize, after: usize) -> (Vec<AttributeProto>, usize) {
        let pads = [self.axes(before, 0), self.axes(after, 0)].concat();
        let attributes = vec![
            ints("kernel_shape", &self.axes(taps.kernel, 1)),
            ints("strides", &self.axes(taps.stride, 1)),
            ints("pads", &pads),
        ];
        let room = self.len + before + after - taps.extent();
        (attributes, room / taps.stride + 1)
    }

    fn convolve(&mut self, taps: Taps, channels: usize) {
        let groups = if self.channels == channels && self.random.below(2) == 0 {
            channels
        } else {
            1
        };
        let shape = [
            &[channels, self.channels / groups],
            &*self.axes(taps.kernel, 1),
        ]
        .concat();
        let weights = self.weights(&shape, self.channels / groups * taps.kernel);
        let bias: Vec<_> = (0..channels).map(|_| self.random.float()).collect();
        let bias = self.floats(&[channels], bias);
        let before = self.before(taps);
        // As some write it: padded at both ends, and what follows from the second cut off; or padded beforehand.
        let chomps = before == taps.extent() - 1 && taps.stride == 1 && self.random.below(3) == 0;
        let apart = before > 0 && !chomps && self.random.below(3) == 0;
        let before = if apart { self.pad(before) } else { before };
        let (mut attributes, len) = self.window(taps, before, if chomps { before } else { 0 });
        attributes.push(int("group", groups));
        attributes.push(ints("dilations", &self.axes(taps.dilation, 1)));
        let inputs = [self.value.clone(), weights, bias];
        self.node("Conv", &inputs.each_ref().map(|s| &**s), attributes);
        (self.len, self.channels) = (len, channels);
        self.quantise();
        if chomps {
            self.cut(0, len - before);
        }
    }

    /// Puts zeros before the first position; none are left to be put there.
    fn pad(&mut self, before: usize) -> usize {
        let mut pads = vec![0; 2 * self.shape().len()];
        pads[AXIS] = before as i64;
        let pads = self.integers(&pads);
        self.node("Pad", &[&self.value.clone(), &pads], vec![]);
        self.len += before;
        0
    }

    /// Some positions less, at the end, and at the start where nothing begins there.
    fn crop(&mut self) {
        let after = self.random.below(4);
        let before = match self.net.start {
            Start::Open => self.random.below(3),
            Start::Padded => 0,
        };
        if self.net.start == Start::Padded || self.len >= 24 {
            self.cut(before, self.len.saturating_sub(before + after));
        }
    }

    /// Gives what there is so far as an output of its own.
    fn give(&mut self) {
        if self.others.len() < 2 && self.random.below(5) == 0 {
            let value = self.value.clone();
            let shape = self.shape();
            self.others.push(value_info(&value, &shape));
        }
    }

    fn cut(&mut self, begin: usize, len: usize) {
        let [begin, end, axis] = [begin, begin + len, AXIS].map(|n| self.integers(&[n as i64]));
        self.node("Slice", &[&self.value.clone(), &begin, &end, &axis], vec![]);
        self.len = len;
    }

    fn conv(&mut self) {
        let (taps, channels) = (self.taps(true), 1 + self.random.below(8));
        self.convolve(taps, channels);
        self.activate();
    }

    fn activate(&mut self) {
        let operator = *self.random.pick(&["Relu", "Tanh", "Sigmoid", "LeakyRelu"]);
        self.node(operator, &[&self.value.clone()], vec![]);
        self.quantise();
    }

    /// A convolution, and what it was of, added.
    fn residual(&mut self) {
        let (x, from, taps) = (self.value.clone(), self.len, self.taps(false));
        self.convolve(taps, self.channels);
        let (y, len) = (self.value.clone(), self.len);
        (self.value, self.len) = (x, from);
        if from > len {
            let begin = self.random.below(taps.extent());
            self.cut(begin, len);
        }
        self.node("Add", &[&self.value.clone(), &y], vec![]);
        self.quantise();
    }

    /// Two convolutions of one value, joined.
    fn branches(&mut self) {
        let (x, from, channels) = (self.value.clone(), self.len, self.channels);
        let taps = self.taps(false);
        self.convolve(taps, channels);
        let first = self.value.clone();
        (self.value, self.len, self.channels) = (x, from, channels);
        self.convolve(taps, channels);
        self.node(
            "Concat",
            &[&first, &self.value.clone()],
            vec![int("axis", 1)],
        );
        self.channels *= 2;
        self.quantise();
    }

    fn pool(&mut self) {
        let mut taps = self.taps(true);
        taps.dilation = 1;
        let before = self.before(taps);
        let (mut attributes, len) = self.window(taps, before, 0);
        let operator = *self.random.pick(&["MaxPool", "AveragePool"]);
        if operator == "AveragePool" {
            attributes.push(int("count_include_pad", 1));
        }
        self.node(operator, &[&self.value.clone()], attributes);
        self.len = len;
        self.quantise();
    }

    /// Something that looks at channels only.
    fn pointwise(&mut self) {
        match self.random.below(3) {
            0 => {
                self.node("Softmax", &[&self.value.clone()], vec![int("axis", 1)]);
            }
            1 => {
                let values = (0..self.channels).map(|_| self.random.float()).collect();
                let shape = [
                    &[self.channels, 1][..],
                    if self.images { &[1] } else { &[] },
                ]
                .concat();
                let scale = self.floats(&shape, values);
                self.node("Mul", &[&self.value.clone(), &scale], vec![]);
            }
            _ => {
                self.node("Tanh", &[&self.value.clone()], vec![]);
            }
        }
        self.quantise();
    }

    /// A recurrent layer over `[len, 1, channels · width]`, in which time is the first axis from then on.
    fn recurrent(&mut self) -> Vec<usize> {
        let (len, input, hidden) = (
            self.len,
            self.channels * self.width,
            2 + self.random.below(5),
        );
        let perm: &[usize] = if self.images {
            &[2, 0, 1, 3]
        } else {
            &[2, 0, 1]
        };
        self.node(
            "Transpose",
            &[&self.value.clone()],
            vec![ints("perm", perm)],
        );
        let shape = self.integers(&[len as i64, 1, input as i64]);
        let x = self.node("Reshape", &[&self.value.clone(), &shape], vec![]);
        let (operator, gates) = *self.random.pick(&[("LSTM", 4), ("GRU", 3), ("RNN", 1)]);
        let w = self.weights(&[1, gates * hidden, input], input);
        let r = self.weights(&[1, gates * hidden, hidden], hidden);
        let bias: Vec<_> = (0..2 * gates * hidden)
            .map(|_| self.random.float())
            .collect();
        let bias = self.floats(&[1, 2 * gates * hidden], bias);
        let mut inputs = vec![x, w, r, bias];
        if self.random.below(2) == 0 {
            // No lengths, and a state or two to begin with.
            inputs.push(String::new());
            for _ in 0..if operator == "LSTM" { 2 } else { 1 } {
                let state = (0..hidden).map(|_| self.random.float()).collect();
                inputs.push(self.floats(&[1, 1, hidden], state));
            }
        }
        let inputs: Vec<_> = inputs.iter().map(|s| &**s).collect();
        self.node(operator, &inputs, vec![int("hidden_size", hidden)]);
        if self.net.end != End::Every {
            // A state cannot wait for what ends later.
            self.others.clear();
            // The state after the last position is its second output.
            let node = self.graph.node.last_mut().expect("it was added");
            node.output = vec![String::new(), "last".into()];
            self.value = "last".into();
            return vec![1, 1, hidden];
        }
        let one = self.integers(&[1]);
        self.node("Squeeze", &[&self.value.clone(), &one], vec![]);
        vec![len, 1, hidden]
    }

    /// One position from all of them.
    fn sum_up(&mut self) -> Vec<usize> {
        match (self.net.end, self.random.below(3)) {
            (End::Sum, 0) => self.node("GlobalAveragePool", &[&self.value.clone()], vec![]),
            (End::Sum, 1) => {
                let axes = vec![ints("axes", &[AXIS]), int("keepdims", 1)];
                self.node("ReduceMax", &[&self.value.clone()], axes)
            }
            (End::Sum, _) => {
                self.dense(self.channels * self.len * self.width);
                return vec![1, 3];
            }
            _ => {
                let [begin, end, axis] = [-1, i64::MAX, AXIS as i64].map(|n| self.integers(&[n]));
                self.node("Slice", &[&self.value.clone(), &begin, &end, &axis], vec![])
            }
        };
        let pooled =
            self.graph.node.last().and_then(|n| n.op_type.as_deref()) == Some("GlobalAveragePool");
        let width = if pooled { 1 } else { self.width };
        self.dense(self.channels * width);
        vec![1, 3]
    }

    /// A fully connected layer.
    fn dense(&mut self, inputs: usize) {
        self.quantise();
        self.node("Flatten", &[&self.value.clone()], vec![int("axis", 1)]);
        let w = self.weights(&[inputs, 3], inputs);
        let bias = self.floats(&[3], vec![0.5, -0.25, 0.125]);
        self.node("Gemm", &[&self.value.clone(), &w, &bias], vec![]);
        self.quantise();
    }

    fn finish(mut self) -> Vec<u8> {
        let recurs =
            !self.net.quantised && self.net.start == Start::Padded && self.random.below(2) == 0;
        let shape = match self.net.end {
            _ if recurs => self.recurrent(),
            End::Every => self.shape(),
            End::Last | End::Sum => self.sum_up(),
        };
        self.graph.output = vec![value_info(&self.value, &shape)];
        let others = self
            .others
            .drain(..)
            .filter(|other| other.name.as_ref() != Some(&self.value));
        self.graph.output.extend(others);
        model_of(self.graph)
    }
}
