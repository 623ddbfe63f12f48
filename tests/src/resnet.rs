//! ResNet-50 (He et al., 2015) with random weights: 100 MB of them, to measure what size costs.

use crate::build::{dims, int, ints, model_of, value_info};
use crate::random::Random;
use mlc_compiler::onnx::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};

/// The model file, for images of 224 by 224.
pub fn resnet50() -> Vec<u8> {
    let mut net = Net {
        random: Random::new(50),
        graph: GraphProto::default(),
    };
    net.graph.name = Some("resnet50".into());
    net.graph.input.push(value_info("image", &[1, 3, 224, 224]));
    let stem = net.conv("image", 3, 64, 7, 2, true);
    let pool = [
        ints("kernel_shape", &[3, 3]),
        ints("strides", &[2, 2]),
        ints("pads", &[1; 4]),
    ];
    let mut x = net.node("MaxPool", &[&stem], pool.into());
    let mut channels = 64;
    for (stage, blocks) in [3, 4, 6, 3].into_iter().enumerate() {
        let width = 64 << stage;
        for block in 0..blocks {
            let stride = if block == 0 && stage > 0 { 2 } else { 1 };
            x = net.bottleneck(&x, channels, width, stride);
            channels = 4 * width;
        }
    }
    let pooled = net.node("GlobalAveragePool", &[&x], vec![]);
    let flat = net.node("Flatten", &[&pooled], vec![int("axis", 1)]);
    let w = net.weights(&[1000, channels], channels, 0.0);
    let b = net.weights(&[1000], 1, 0.0);
    let scores = net.node("Gemm", &[&flat, &w, &b], vec![int("transB", 1)]);
    net.graph.output.push(value_info(&scores, &[1, 1000]));
    model_of(net.graph)
}

struct Net {
    random: Random,
    graph: GraphProto,
}

impl Net {
    /// Down, across and up again, beside a shortcut.
    fn bottleneck(&mut self, x: &str, from: usize, width: usize, stride: usize) -> String {
        let to = 4 * width;
        let down = self.conv(x, from, width, 1, 1, true);
        let across = self.conv(&down, width, width, 3, stride, true);
        let up = self.conv(&across, width, to, 1, 1, false);
        let shortcut = match from == to && stride == 1 {
            true => x.to_owned(),
            false => self.conv(x, from, to, 1, stride, false),
        };
        let sum = self.node("Add", &[&up, &shortcut], vec![]);
        self.node("Relu", &[&sum], vec![])
    }

    /// A convolution with its batch normalisation, and perhaps an activation.
    fn conv(
        &mut self,
        x: &str,
        from: usize,
        to: usize,
        kernel: usize,
        stride: usize,
        relu: bool,
    ) -> String {
        let w = self.weights(&[to, from, kernel, kernel], from * kernel * kernel, 0.0);
        let attributes = [
            ints("strides", &[stride; 2]),
            ints("pads", &[kernel / 2; 4]),
        ];
        let y = self.node("Conv", &[x, &w], attributes.into());
        let parameters = [(1, 1.0), (16, 0.0), (16, 0.0), (4, 1.0)];
        let [s, b, m, v] = parameters.map(|(terms, mean)| self.weights(&[to], terms, mean));
        let y = self.node("BatchNormalization", &[&y, &s, &b, &m, &v], vec![]);
        match relu {
            true => self.node("Relu", &[&y], vec![]),
            false => y,
        }
    }

    fn node(&mut self, operator: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        let name = format!("{}_{}", operator.to_lowercase(), self.graph.node.len());
        self.graph.node.push(NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: vec![name.clone()],
            attribute,
            ..NodeProto::default()
        });
        name
    }

    /// Weights around a mean; a sum over `terms` of them keeps its magnitude.
    fn weights(&mut self, shape: &[usize], terms: usize, mean: f32) -> String {
        let name = format!("w{}", self.graph.initializer.len());
        let scale = if mean == 0.0 {
            1.0 / (terms as f32).sqrt()
        } else {
            0.25
        };
        let values = (0..shape.iter().product())
            .flat_map(|_| (mean + scale * self.random.float()).to_le_bytes());
        self.graph.initializer.push(TensorProto {
            name: Some(name.clone()),
            data_type: Some(1),
            dims: dims(shape),
            raw_data: Some(values.collect::<Vec<u8>>().into()),
            ..TensorProto::default()
        });
        name
    }
}
