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

/// The decoder gives up on deeper messages.
const MAX_DEPTH: usize = 100;

/// Refuses a file that would take far more memory than its size explains.
pub(super) fn check(bytes: &[u8]) -> Result<(), Diag> {
    let limit = bytes
        .len()
        .saturating_mul(MESSAGE_BYTES_PER_BYTE)
        .max(FREE_BYTES);
    let weight = weight(bytes, MODEL, 0);
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

/// Bytes that the messages within a message will take. Counting ends where the decoder will find a mistake.
fn weight(mut bytes: &[u8], message: usize, depth: usize) -> usize {
    let mut total = 0_usize;
    while let Some(field) = field(&mut bytes) {
        let Some((number, inner)) = field else {
            continue;
        };
        let inner_message = LAYOUT[message]
            .1
            .iter()
            .find(|(candidate, _)| *candidate == number);
        if let (Some((_, place)), true) = (inner_message, depth < MAX_DEPTH) {
            total = total
                .saturating_add(LAYOUT[*place].0)
                .saturating_add(weight(inner, *place, depth + 1));
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
