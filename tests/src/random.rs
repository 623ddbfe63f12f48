//! Random networks: valid ONNX models from a seed, for properties that must hold of all.
//!
//! Every operator is a function that looks for a value it fits, adds itself, and says so. Weights are
//! small and activations bounded, so that numbers stay in a range where floats can be compared.

use crate::build::{dims, int, ints, model_of, value_info};
use mlc_compiler::onnx::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};
use mlc_compiler::tensor::Tensor;

/// Numbers from a seed: the SplitMix64 generator (Steele, Lea and Flood, 2014).
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Less than `n`, which is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// One of some things.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// From -1 to 1.
    pub fn float(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// A tensor of such numbers.
    pub fn tensor(&mut self, shape: &[usize]) -> Tensor {
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| self.float()).collect();
        Tensor::new(shape, &values)
    }
}

/// A random model of about `nodes` nodes, as the bytes of a file.
pub fn model(seed: u64, nodes: usize) -> Vec<u8> {
    let mut builder = Builder::new(seed);
    for i in 0..1 + builder.random.below(2) {
        builder.input(&format!("input{i}"));
    }
    while builder.graph.node.len() < nodes {
        let add = builder.random.pick(OPERATORS);
        add(&mut builder);
    }
    builder.finish()
}

/// A random model all of which may run row by row: layers that slide over one image, several over the same rows and each
/// by its own stride.
pub fn strided(seed: u64) -> Vec<u8> {
    let mut builder = Builder::new(seed);
    let [height, width, channels] = [20, 6, 3].map(|most| 1 + builder.random.below(most));
    let shape = vec![1, channels, 3 + height, width];
    builder.graph.input.push(value_info("input", &shape));
    builder.values.push(("input".into(), shape));
    for _ in 0..2 + builder.random.below(4) {
        builder.slide();
    }
    builder.finish()
}

/// The operators that random models are made of.
const OPERATORS: &[fn(&mut Builder) -> Option<()>] = &[
    Builder::conv,
    Builder::conv,
    Builder::depthwise,
    Builder::residual,
    Builder::batch_norm,
    Builder::pool,
    Builder::global_pool,
    Builder::activation,
    Builder::activation,
    Builder::binary,
    Builder::binary,
    Builder::scale,
    Builder::concat,
    Builder::branches,
    Builder::slice,
    Builder::pad,
    Builder::transpose,
    Builder::swap_twice,
    Builder::reshape,
    Builder::dense,
    Builder::softmax,
    Builder::reduce,
];

/// A value: its name and shape.
type Known = (String, Vec<usize>);

struct Builder {
    random: Random,
    graph: GraphProto,
    values: Vec<Known>,
}

impl Builder {
    fn new(seed: u64) -> Self {
        Builder {
            random: Random::new(seed),
            graph: GraphProto {
                name: Some(format!("random {seed}")),
                ..GraphProto::default()
            },
            values: Vec::new(),
        }
    }

    fn input(&mut self, name: &str) {
        let size = 4 + self.random.below(8);
        let shape = vec![1, 1 + self.random.below(8), size, size];
        self.graph.input.push(value_info(name, &shape));
        self.values.push((name.into(), shape));
    }

    /// A value of which `fits` holds; recent ones are likelier, so that graphs grow deep.
    fn value(&mut self, fits: impl Fn(&[usize]) -> bool) -> Option<Known> {
        let fitting: Vec<_> = self
            .values
            .iter()
            .filter(|(_, shape)| fits(shape))
            .cloned()
            .collect();
        let recent = fitting.len() - fitting.len().min(3);
        let from = if self.random.below(4) == 0 { 0 } else { recent };
        (!fitting.is_empty()).then(|| self.random.pick(&fitting[from..]).clone())
    }

    fn image(&mut self) -> Option<Known> {
        self.value(|shape| shape.len() == 4 && shape[2] >= 3 && shape[3] >= 3)
    }

    fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
        shape: Vec<usize>,
    ) -> String {
        let name = format!("v{}", self.graph.node.len());
        self.graph.node.push(NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: vec![name.clone()],
            attribute: attributes,
            ..NodeProto::default()
        });
        self.values.push((name.clone(), shape));
        name
    }

    /// Weights, so small that sums over `terms` of them stay small.
    fn weights(&mut self, shape: &[usize], terms: usize) -> String {
        let scale = 1.0 / (terms as f32).sqrt();
        let values = (0..shape.iter().product())
            .map(|_| self.random.float() * scale)
            .collect();
        self.constant(TensorProto {
            float_data: values,
            data_type: Some(1),
            dims: dims(shape),
            ..TensorProto::default()
        })
    }

    fn positive(&mut self, len: usize) -> String {
        let values = (0..len).map(|_| self.random.float().abs() + 0.5).collect();
        self.constant(TensorProto {
            float_data: values,
            data_type: Some(1),
            dims: dims(&[len]),
            ..TensorProto::default()
        })
    }

    fn integers(&mut self, values: Vec<i64>) -> String {
        let dims = dims(&[values.len()]);
        self.constant(TensorProto {
            int64_data: values,
            data_type: Some(7),
            dims,
            ..TensorProto::default()
        })
    }

    fn constant(&mut self, mut tensor: TensorProto) -> String {
        let name = format!("c{}", self.graph.initializer.len());
        tensor.name = Some(name.clone());
        self.graph.initializer.push(tensor);
        name
    }

    fn conv(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        let (kernel, stride) = (*self.random.pick(&[1, 3]), 1 + self.random.below(2));
        let groups = if shape[1].is_multiple_of(2) {
            1 + self.random.below(2)
        } else {
            1
        };
        let out = groups * (1 + self.random.below(8));
        self.convolve(&x, &shape, groups, out, kernel, stride)
    }

    fn depthwise(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        self.convolve(&x, &shape, shape[1], shape[1], 3, 1)
    }

    /// A convolution that is added to what it reads.
    fn residual(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        let c = shape[1];
        let groups = *self.random.pick(&[1, c]);
        self.convolve(&x, &shape, groups, c, 1, 1)?;
        let (y, _) = self.values.last()?.clone();
        self.node("Add", &[&x, &y], vec![], shape);
        Some(())
    }

    fn convolve(
        &mut self,
        x: &str,
        shape: &[usize],
        groups: usize,
        out: usize,
        kernel: usize,
        stride: usize,
    ) -> Option<()> {
        let pad = self.random.below(kernel.div_ceil(2));
        let into = shape[1] / groups;
        let w = self.weights(&[out, into, kernel, kernel], into * kernel * kernel);
        let b = self.weights(&[out], 1);
        let size = |n: usize| (n + 2 * pad - kernel) / stride + 1;
        let attributes = vec![
            int("group", groups),
            ints("strides", &[stride; 2]),
            ints("pads", &[pad; 4]),
        ];
        let inputs = [x, &w, &b];
        let inputs = &inputs[..2 + self.random.below(2)];
        self.node(
            "Conv",
            inputs,
            attributes,
            vec![shape[0], out, size(shape[2]), size(shape[3])],
        );
        Some(())
    }

    fn batch_norm(&mut self) -> Option<()> {
        let (x, shape) = self.value(|shape| shape.len() == 4)?;
        let c = shape[1];
        let [s, v] = [self.positive(c), self.positive(c)];
        let [b, m] = [self.weights(&[c], 1), self.weights(&[c], 1)];
        self.node("BatchNormalization", &[&x, &s, &b, &m, &v], vec![], shape);
        Some(())
    }

    fn pool(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        let operator = *self.random.pick(&["MaxPool", "AveragePool"]);
        let (kernel, stride) = (2 + self.random.below(2), 1 + self.random.below(2));
        let size = |n: usize| (n - kernel) / stride + 1;
        let attributes = vec![
            ints("kernel_shape", &[kernel; 2]),
            ints("strides", &[stride; 2]),
        ];
        self.node(
            operator,
            &[&x],
            attributes,
            vec![shape[0], shape[1], size(shape[2]), size(shape[3])],
        );
        Some(())
    }

    /// A layer whose windows have any height, stride and padding, over an image that others may slide over as well.
    fn slide(&mut self) {
        let known = self
            .values
            .len()
            .min(1 + self.random.below(self.values.len()));
        let (x, shape) = self.random.pick(&self.values[..known]).clone();
        let most = shape[2].min(4);
        let (kernel, stride) = (1 + self.random.below(most), 1 + self.random.below(4));
        let [top, bottom] = [0; 2].map(|_| self.random.below(kernel));
        let across = shape[3].min(1 + self.random.below(2));
        let mut attributes = vec![
            ints("kernel_shape", &[kernel, across]),
            ints("strides", &[stride, 1]),
            ints("pads", &[top, 0, bottom, 0]),
        ];
        let [rows, columns] = [
            (shape[2] + top + bottom - kernel) / stride + 1,
            shape[3] - across + 1,
        ];
        let operator = *self
            .random
            .pick(&["MaxPool", "AveragePool", "Conv", "Conv"]);
        if operator != "Conv" {
            let shape = vec![1, shape[1], rows, columns];
            self.node(operator, &[&x], attributes, shape);
            return;
        }
        let groups = *self.random.pick(&[1, shape[1]]);
        let (into, out) = (shape[1] / groups, groups * (1 + self.random.below(3)));
        let w = self.weights(&[out, into, kernel, across], into * kernel * across);
        attributes.push(int("group", groups));
        self.node("Conv", &[&x, &w], attributes, vec![1, out, rows, columns]);
    }

    fn global_pool(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        if self.random.below(3) == 0 {
            self.node(
                "GlobalAveragePool",
                &[&x],
                vec![],
                vec![shape[0], shape[1], 1, 1],
            );
        }
        Some(())
    }

    fn activation(&mut self) -> Option<()> {
        let (x, shape) = self.value(|_| true)?;
        let operator = *self.random.pick(&[
            "Relu",
            "Sigmoid",
            "Tanh",
            "LeakyRelu",
            "HardSwish",
            "Abs",
            "Neg",
            "Exp",
        ]);
        match operator {
            // Nothing may grow without bounds.
            "Exp" => {
                let bounded = self.node("Tanh", &[&x], vec![], shape.clone());
                self.node(operator, &[&bounded], vec![], shape)
            }
            _ => self.node(operator, &[&x], vec![], shape),
        };
        Some(())
    }

    /// Two values of one shape, or one and its means, joined.
    fn binary(&mut self) -> Option<()> {
        let (a, shape) = self.value(|_| true)?;
        let fits = |other: &[usize]| {
            other.len() == shape.len() && other.iter().zip(&shape).all(|(&o, &s)| o == s || o == 1)
        };
        let (b, _) = self.value(fits)?;
        let operator = *self
            .random
            .pick(&["Add", "Add", "Sub", "Mul", "Max", "Min"]);
        let joined = self.node(operator, &[&a, &b], vec![], shape.clone());
        if operator == "Mul" {
            self.node("Tanh", &[&joined], vec![], shape);
        }
        Some(())
    }

    /// A constant for each channel.
    fn scale(&mut self) -> Option<()> {
        let (x, shape) = self.value(|shape| shape.len() >= 2)?;
        let mut constant = vec![1; shape.len()];
        let axis = *self.random.pick(&[1, shape.len() - 1]);
        constant[axis] = shape[axis];
        let c = self.weights(&constant, 1);
        let operator = *self.random.pick(&["Add", "Mul", "Sub"]);
        let operands = if self.random.below(2) == 0 {
            [&*x, &c]
        } else {
            [&*c, &x]
        };
        self.node(operator, &operands, vec![], shape);
        Some(())
    }

    fn concat(&mut self) -> Option<()> {
        let (a, shape) = self.value(|shape| shape.len() >= 2)?;
        let (axis, wanted) = (1 + self.random.below(shape.len() - 1), shape.clone());
        let fits = move |other: &[usize]| {
            other.len() == wanted.len()
                && (0..wanted.len()).all(|i| i == axis || other[i] == wanted[i])
        };
        let (b, other) = self.value(fits)?;
        let mut joined = shape;
        joined[axis] += other[axis];
        let small = joined.iter().product::<usize>() < 20_000;
        small
            .then(|| self.node("Concat", &[&a, &b], vec![int("axis", axis)], joined))
            .map(drop)
    }

    /// Layers side by side, of which each leaves less than it makes, joined along the rows of the image.
    fn branches(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        let mut joined = [shape[0], 1 + self.random.below(4), 0, shape[3]];
        let mut parts = Vec::new();
        for _ in 0..2 + self.random.below(3) {
            let wide = 1 + self.random.below(12);
            let (w, v) = (
                self.weights(&[wide, shape[1], 1, 1], shape[1]),
                self.weights(&[joined[1], wide, 1, 1], wide),
            );
            let whole = vec![shape[0], wide, shape[2], shape[3]];
            let inner = self.node("Conv", &[&x, &w], vec![], whole.clone());
            let inner = self.node("Relu", &[&inner], vec![], whole);
            let part = vec![shape[0], joined[1], shape[2], shape[3]];
            parts.push(self.node("Conv", &[&inner, &v], vec![], part));
            joined[2] += shape[2];
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let small = joined.iter().product::<usize>() < 20_000;
        small
            .then(|| self.node("Concat", &parts, vec![int("axis", 2)], joined.to_vec()))
            .map(drop)
    }

    fn slice(&mut self) -> Option<()> {
        let (x, mut shape) = self.value(|shape| shape.len() >= 2 && shape[1] >= 2)?;
        let axis = if self.random.below(2) == 0 {
            1
        } else {
            shape.len() - 1
        };
        let start = self.random.below(shape[axis]);
        let end = start + 1 + self.random.below(shape[axis] - start);
        shape[axis] = end - start;
        let names = [start, end, axis].map(|n| self.integers(vec![n as i64]));
        self.node(
            "Slice",
            &[&x, &names[0], &names[1], &names[2]],
            vec![],
            shape,
        );
        Some(())
    }

    fn pad(&mut self) -> Option<()> {
        let (x, mut shape) = self.image()?;
        let pads = [self.random.below(2), self.random.below(3)];
        let all: Vec<i64> = [0, 0, pads[0], pads[1], 0, 0, pads[1], pads[0]]
            .map(|n| n as i64)
            .into();
        shape[2] += pads[0] + pads[1];
        shape[3] += pads[0] + pads[1];
        let pads = self.integers(all);
        self.node("Pad", &[&x, &pads], vec![], shape);
        Some(())
    }

    fn transpose(&mut self) -> Option<()> {
        let (x, shape) = self.value(|shape| shape.len() >= 2)?;
        let mut perm: Vec<usize> = (0..shape.len()).collect();
        // The batch stays in front, as it does in real networks.
        let (i, j) = (
            1 + self.random.below(shape.len() - 1),
            1 + self.random.below(shape.len() - 1),
        );
        perm.swap(i, j);
        let moved = perm.iter().map(|&axis| shape[axis]).collect();
        self.node("Transpose", &[&x], vec![ints("perm", &perm)], moved);
        Some(())
    }

    /// To the other layout and back, with something between, as some exporters write it.
    fn swap_twice(&mut self) -> Option<()> {
        let (x, shape) = self.image()?;
        let last = vec![shape[0], shape[2], shape[3], shape[1]];
        let there = self.node(
            "Transpose",
            &[&x],
            vec![ints("perm", &[0, 2, 3, 1])],
            last.clone(),
        );
        let between = self.node("Relu", &[&there], vec![], last);
        self.node(
            "Transpose",
            &[&between],
            vec![ints("perm", &[0, 3, 1, 2])],
            shape,
        );
        Some(())
    }

    fn reshape(&mut self) -> Option<()> {
        let (x, shape) = self.value(|shape| shape.len() == 4)?;
        let flat = vec![shape[0], shape[1..].iter().product()];
        let rows = vec![shape[0], shape[1], shape[2] * shape[3]];
        let to = if self.random.below(2) == 0 {
            flat
        } else {
            rows
        };
        let target = self.integers(to.iter().map(|&n| n as i64).collect());
        self.node("Reshape", &[&x, &target], vec![], to);
        Some(())
    }

    fn dense(&mut self) -> Option<()> {
        let (x, mut shape) = self.value(|shape| shape.len() == 2 || shape.len() == 3)?;
        let (into, out) = (shape[shape.len() - 1], 1 + self.random.below(20));
        let w = self.weights(&[into, out], into);
        if let Some(last) = shape.last_mut() {
            *last = out;
        }
        if shape.len() == 2 && self.random.below(2) == 0 {
            let b = self.weights(&[out], 1);
            self.node("Gemm", &[&x, &w, &b], vec![], shape);
        } else {
            self.node("MatMul", &[&x, &w], vec![], shape);
        }
        Some(())
    }

    fn softmax(&mut self) -> Option<()> {
        let (x, shape) = self.value(|shape| shape.len() >= 2)?;
        let axis = 1 + self.random.below(shape.len() - 1);
        self.node("Softmax", &[&x], vec![int("axis", axis)], shape);
        Some(())
    }

    fn reduce(&mut self) -> Option<()> {
        let (x, mut shape) = self.value(|shape| shape.len() >= 3)?;
        let axis = 1 + self.random.below(shape.len() - 1);
        shape[axis] = 1;
        let operator = *self.random.pick(&["ReduceMean", "ReduceMax"]);
        self.node(operator, &[&x], vec![ints("axes", &[axis])], shape);
        Some(())
    }

    /// The file: what nobody reads is an output, up to four of them.
    fn finish(mut self) -> Vec<u8> {
        let read: Vec<_> = self
            .graph
            .node
            .iter()
            .flat_map(|node| node.input.clone())
            .collect();
        let unread = self
            .values
            .iter()
            .rev()
            .filter(|(name, _)| !read.contains(name) && name.starts_with('v'));
        self.graph.output = unread
            .take(4)
            .map(|(name, shape)| value_info(name, shape))
            .collect();
        model_of(self.graph)
    }
}
