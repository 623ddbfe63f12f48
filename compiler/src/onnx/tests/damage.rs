//! Damaged models: whatever is changed, the answer is a model or a diagnostic.

use super::build::*;
use crate::onnx;
use crate::onnx::proto::ModelProto;
use crate::onnx::proto::attribute_proto::AttributeType;
use prost::Message;

/// Knuth's 64-bit linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// A model with a bit of everything.
fn specimen() -> Vec<u8> {
    let branch = graph("", "r", [node("local.F", "x", "r").with(int("axis", 1))]);
    let mut graph = graph(
        "x c",
        "y",
        [
            node("Add", "x w", "s"),
            node("local.F", "s", "t").with(int("axis", 2)),
            node("If", "c", "u")
                .with(subgraph("then_branch", branch.clone()))
                .with(subgraph("else_branch", branch)),
            node("Concat", "t u", "y")
                .with(int("axis", 0))
                .with(ints("extra", &[1, 2, 300])),
        ],
    );
    graph.input[0] = value("x", "batch 3");
    graph.initializer = vec![floats("w", &[1.0, 2.0, 3.0])];
    let body = [
        node("Neg", "a", "n"),
        node("Softmax", "n", "b").with(reference("axis", "axis", AttributeType::Int)),
    ];
    let mut function = function("F", "a", "b", body);
    function.attribute = names("axis");
    let mut model = ModelProto {
        functions: vec![function],
        ..model(graph)
    };
    model.opset_import.push(opset("local", 1));
    assert!(parse(&model).is_ok());
    model.encode_to_vec()
}

/// Changes a few bytes, or leaves out, repeats or moves a stretch.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let end = at + random.below(12.min(bytes.len() - at) + 1);
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let stretch = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, stretch);
            }
            3 => bytes[at..end].fill([0, 0x7f, 0x80, 0xff][random.below(4)]),
            _ if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => {}
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn damaged_models_are_no_reason_to_panic() {
    let specimen = specimen();
    let mut random = Random(1);
    let mut survivors = 0;
    for _ in 0..20_000 {
        let mut bytes = specimen.clone();
        damage(&mut bytes, &mut random);
        survivors += usize::from(onnx::parse(&bytes, None).is_ok());
    }
    // Enough of them must get past the decoder for this to say anything.
    assert!(survivors > 500, "{survivors}");
}

#[test]
fn every_truncation_is_survived() {
    let specimen = specimen();
    for len in 0..specimen.len() {
        let _ = onnx::parse(&specimen[..len], None);
    }
}

#[test]
fn noise_is_refused() {
    let mut random = Random(2);
    for _ in 0..5000 {
        let len = random.below(200);
        let noise: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
        assert!(onnx::parse(&noise, None).is_err());
    }
}
