//! What a file would take in memory, told from its structure before it is decoded.
//!
//! A message that is absent but for its two bytes of tag and length still becomes a value of hundreds of bytes,
//! so a file of nothing else would take a hundred times its size. No exporter writes such files.

use super::proto::{LAYOUT, MODEL};
use crate::diag::Diag;

/// What the messages of any model may take.
const FREE_BYTES: usize = 32 << 20;

/// What the messages of a larger model may take per byte of it: twice what they do where all names are of one letter.
const MESSAGE_BYTES_PER_BYTE: usize = 40;

/// Nodes that a file may hold, those within others included.
const MAX_NODES: usize = 400_000;

/// The decoder gives up on deeper messages.
const MAX_DEPTH: usize = 100;

/// Refuses a file that would take far more memory than its size explains.
pub(super) fn check(bytes: &[u8]) -> Result<(), Diag> {
    let limit = bytes
        .len()
        .saturating_mul(MESSAGE_BYTES_PER_BYTE)
        .max(FREE_BYTES);
    let Weight {
        bytes: weight,
        nodes,
    } = weight(bytes, MODEL, 0);
    if nodes > MAX_NODES {
        let message = format!("the file holds {nodes} nodes; {MAX_NODES} are the most");
        return Err(Diag::new("too-many-nodes", message)
            .note("split the model, or simplify it with another tool before"));
    }
    if weight > limit {
        let message = format!(
            "the file holds {} MiB of messages in {} MiB, mostly empty ones",
            weight >> 20,
            bytes.len() >> 20
        );
        return Err(Diag::new("malformed-file", message));
    }
    Ok(())
}

/// What the messages within a message will take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Weight {
    bytes: usize,
    /// How many of them are nodes.
    nodes: usize,
}

/// The place in [`LAYOUT`] of the message in a field of another.
fn inner(message: usize, field: u64) -> Option<usize> {
    let fields = LAYOUT[message].1.iter();
    fields
        .clone()
        .find(|(number, _)| *number == field)
        .map(|(_, place)| *place)
}

/// Whether a message is a node: what a model's graph (field 7) holds in its first field.
fn is_node(message: usize) -> bool {
    inner(MODEL, 7).and_then(|graph| inner(graph, 1)) == Some(message)
}

/// Weighs the messages within a message. Counting ends where the decoder will find a mistake.
fn weight(mut bytes: &[u8], message: usize, depth: usize) -> Weight {
    let mut total = Weight::default();
    while let Some(field) = field(&mut bytes) {
        let Some((number, inner)) = field else {
            continue;
        };
        if let (Some(place), true) = (self::inner(message, number), depth < MAX_DEPTH) {
            let within = weight(inner, place, depth + 1);
            let bytes = within.bytes.saturating_add(LAYOUT[place].0);
            total.bytes = total.bytes.saturating_add(bytes);
            total.nodes += within.nodes + usize::from(is_node(place));
        }
    }
    total
}

/// The next field, with its number and contents if it has a length.
fn field<'a>(bytes: &mut &'a [u8]) -> Option<Option<(u64, &'a [u8])>> {
    let key = varint(bytes)?;
    let len = match key & 7 {
        0 => return varint(bytes).map(|_| None),
        1 => 8,
        2 => varint(bytes)?,
        // Groups, which ONNX does not have: what is in them counts as if it were around them.
        3 | 4 => 0,
        5 => 4,
        _ => return None,
    };
    let (contents, rest) = bytes.split_at_checked(usize::try_from(len).ok()?)?;
    *bytes = rest;
    Some((key & 7 == 2).then_some((key >> 3, contents)))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    prost::encoding::decode_varint(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::parse;
    use crate::onnx::proto::{GraphProto, ModelProto, NodeProto, TensorProto};
    use prost::Message;

    #[test]
    fn messages_are_weighed_at_every_level() {
        let node = NodeProto {
            op_type: Some("Neg".into()),
            ..NodeProto::default()
        };
        let tensor = TensorProto {
            raw_data: Some(vec![0; 1000].into()),
            ..TensorProto::default()
        };
        let graph = GraphProto {
            node: vec![node; 3],
            initializer: vec![tensor],
            ..GraphProto::default()
        };
        let model = ModelProto {
            graph: Some(Box::new(graph)),
            ..ModelProto::default()
        };
        let expected =
            size_of::<GraphProto>() + 3 * size_of::<NodeProto>() + size_of::<TensorProto>();
        let expected = Weight {
            bytes: expected,
            nodes: 3,
        };
        assert_eq!(weight(&model.encode_to_vec(), MODEL, 0), expected);
    }

    #[test]
    fn files_of_empty_messages_are_refused() {
        let graph = GraphProto {
            node: vec![NodeProto::default(); 1 << 18],
            ..GraphProto::default()
        };
        let model = ModelProto {
            graph: Some(Box::new(graph)),
            ..ModelProto::default()
        };
        let said = parse(&model.encode_to_vec(), None).unwrap_err().to_string();
        assert!(said.contains("mostly empty"), "{said}");
    }
}
