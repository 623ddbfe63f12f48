//! Changing values of JSON without knowing what they mean.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::Value;

/// Changes the first `size` bytes of `data`, which has room for `max_size`; gives the new size.
pub(crate) fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(seed);
    let Ok(mut document) = serde_json::from_slice::<Value>(&data[..size]) else {
        return fuzzer_mutate(data, size, max_size);
    };
    for _ in 0..=random.below(3) {
        let mut place = random.below(count(&document));
        change(&mut document, &mut place, &mut random);
    }
    let changed = document.to_string();
    if changed.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..changed.len()].copy_from_slice(changed.as_bytes());
    changed.len()
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Changes the value that comes `place` values into the tree.
fn change(value: &mut Value, place: &mut usize, random: &mut Random) {
    if *place == 0 {
        return replace(value, random);
    }
    *place -= 1;
    for child in children(value) {
        let inner = count(child);
        if *place < inner {
            return change(child, place, random);
        }
        *place -= inner;
    }
}

fn replace(value: &mut Value, random: &mut Random) {
    match value {
        Value::Number(number) => {
            let n = number.as_u64().unwrap_or(0);
            let others = [
                0,
                1,
                n.wrapping_add(1),
                n.wrapping_sub(1),
                n / 2,
                1 << 20,
                1 << 40,
                u64::MAX,
            ];
            *value = others[random.below(others.len())].into();
        }
        Value::Array(items) if !items.is_empty() => {
            let (i, j) = (random.below(items.len()), random.below(items.len()));
            match random.below(3) {
                0 => drop(items.remove(i)),
                1 => items.push(items[i].clone()),
                _ => items.swap(i, j),
            }
        }
        Value::Object(fields) => {
            let key = fields.keys().nth(random.below(fields.len())).cloned();
            key.and_then(|key| fields.remove(&key));
        }
        Value::Bool(flag) => *flag = !*flag,
        Value::String(text) => text.push('x'),
        _ => *value = 0.into(),
    }
}

/// A linear congruential generator; libFuzzer gives the seed.
struct Random(u32);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(1664525).wrapping_add(1013904223);
        (self.0 >> 8) as usize % n.max(1)
    }
}
