//! Changing protobuf messages without knowing their schema.

use libfuzzer_sys::fuzzer_mutate;

/// Deeper messages are left as bytes.
const MAX_DEPTH: usize = 24;

/// A field: its number and wire type as encoded, and its contents.
#[derive(Clone)]
struct Field {
    key: u64,
    contents: Contents,
}

#[derive(Clone)]
enum Contents {
    Varint(u64),
    Fixed(Vec<u8>),
    Bytes(Vec<u8>),
    /// Bytes that could be read as fields, and so probably are.
    Message(Vec<Field>),
}

/// Changes the first `size` bytes of `data`, which has room for `max_size`; gives the new size.
pub(crate) fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(seed);
    let fields = parse(&data[..size], 0).filter(|fields| !fields.is_empty());
    // Bytes that are no message are changed as bytes, and messages now and then.
    let Some(mut fields) = fields.filter(|_| random.below(8) > 0) else {
        return fuzzer_mutate(data, size, max_size);
    };
    for _ in 0..=random.below(3) {
        change(&mut fields, &mut random);
    }
    let mut changed = Vec::new();
    fields.iter().for_each(|field| encode(field, &mut changed));
    if changed.is_empty() || changed.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..changed.len()].copy_from_slice(&changed);
    changed.len()
}

/// Changes a field somewhere in the tree.
fn change(fields: &mut Vec<Field>, random: &mut Random) {
    let count = count(fields);
    if count == 0 {
        return;
    }
    let mut donor = random.below(count);
    let donor = at(fields, &mut donor).map(|(fields, i)| fields[i].clone());
    let mut place = random.below(count);
    let Some((siblings, i)) = at(fields, &mut place) else {
        return;
    };
    match (random.below(6), donor) {
        (0, _) => drop(siblings.remove(i)),
        (1, _) => siblings.insert(i, siblings[i].clone()),
        (2, _) => {
            let other = random.below(siblings.len());
            siblings.swap(i, other);
        }
        (3, Some(donor)) => siblings[i].contents = donor.contents,
        (4, Some(donor)) => siblings.insert(i, donor),
        _ => siblings[i].contents.change(random),
    }
}

impl Contents {
    fn change(&mut self, random: &mut Random) {
        match self {
            Contents::Varint(value) => {
                let interesting = [
                    0,
                    1,
                    value.wrapping_add(1),
                    value.wrapping_sub(1),
                    1 << 31,
                    1 << 40,
                    u64::MAX >> 1,
                    u64::MAX,
                ];
                *value = interesting[random.below(interesting.len())];
            }
            Contents::Fixed(bytes) => {
                let len = bytes.len();
                fuzzer_mutate(bytes, len, len);
            }
            Contents::Bytes(bytes) => {
                let len = bytes.len();
                bytes.resize(len + 8, 0);
                let len = fuzzer_mutate(bytes, len, len + 8);
                bytes.truncate(len);
            }
            Contents::Message(fields) => fields.reverse(),
        }
    }
}

fn count(fields: &[Field]) -> usize {
    let inner = |field: &Field| match &field.contents {
        Contents::Message(fields) => count(fields),
        _ => 0,
    };
    fields.iter().map(|field| 1 + inner(field)).sum()
}

/// The field that comes `place` fields into the tree: the message it is in, and where.
fn at<'a>(fields: &'a mut Vec<Field>, place: &mut usize) -> Option<(&'a mut Vec<Field>, usize)> {
    for i in 0..fields.len() {
        if *place == 0 {
            return Some((fields, i));
        }
        *place -= 1;
        let inner = match &fields[i].contents {
            Contents::Message(inner) => count(inner),
            _ => 0,
        };
        if *place < inner {
            return match &mut fields[i].contents {
                Contents::Message(inner) => at(inner, place),
                _ => None,
            };
        }
        *place -= inner;
    }
    None
}

fn parse(mut bytes: &[u8], depth: usize) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let contents = match key & 7 {
            0 => Contents::Varint(varint(&mut bytes)?),
            1 => Contents::Fixed(take(&mut bytes, 8)?.into()),
            5 => Contents::Fixed(take(&mut bytes, 4)?.into()),
            2 => {
                let len = varint(&mut bytes)?;
                let inner = take(&mut bytes, usize::try_from(len).ok()?)?;
                let fields = Some(inner).filter(|inner| depth < MAX_DEPTH && !inner.is_empty());
                match fields.and_then(|inner| parse(inner, depth + 1)) {
                    Some(fields) => Contents::Message(fields),
                    None => Contents::Bytes(inner.into()),
                }
            }
            _ => return None,
        };
        fields.push(Field { key, contents });
    }
    Some(fields)
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn encode(field: &Field, to: &mut Vec<u8>) {
    // The wire type follows the contents, which may have come from another field.
    let wire = match &field.contents {
        Contents::Varint(_) => 0,
        Contents::Fixed(bytes) if bytes.len() == 8 => 1,
        Contents::Fixed(_) => 5,
        Contents::Bytes(_) | Contents::Message(_) => 2,
    };
    put_varint(field.key & !7 | wire, to);
    match &field.contents {
        Contents::Varint(value) => put_varint(*value, to),
        Contents::Fixed(bytes) => to.extend(bytes),
        Contents::Bytes(bytes) => put_bytes(bytes, to),
        Contents::Message(fields) => {
            let mut inner = Vec::new();
            fields.iter().for_each(|field| encode(field, &mut inner));
            put_bytes(&inner, to);
        }
    }
}

fn put_bytes(bytes: &[u8], to: &mut Vec<u8>) {
    put_varint(bytes.len() as u64, to);
    to.extend(bytes);
}

fn put_varint(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// A linear congruential generator; libFuzzer gives the seed.
struct Random(u32);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(1664525).wrapping_add(1013904223);
        (self.0 >> 8) as usize % n.max(1)
    }
}
