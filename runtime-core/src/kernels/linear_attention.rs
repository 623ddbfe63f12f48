//! Linear attention: each head keeps a matrix that is written and read step by step.

use super::super::math;
use super::blocks::blocks_mut;
use super::recurrent::{accumulate, block, block_mut, load};

/// Shapes of `q[batch, seq, q_heads · key]`, `k[batch, seq, kv_heads · key]`,
/// `v[batch, seq, kv_heads · value]`, `y[batch, seq, q_heads · value]` and of the states
/// `[batch, kv_heads, key, value]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearAttention {
    /// Batch items.
    pub batch: usize,
    /// Steps.
    pub seq: usize,
    /// Heads that read; a multiple of `kv_heads`: successive ones share a state.
    pub q_heads: usize,
    /// Heads that write.
    pub kv_heads: usize,
    /// Elements of a key.
    pub key: usize,
    /// Elements of a value.
    pub value: usize,
    /// Factor of the results.
    pub scale: f32,
    /// Elements of `decay[batch, seq, kv_heads · decay]`: 1, or one for each element of a key; 0 if
    /// there is none.
    pub decay: usize,
    /// Elements of `beta[batch, seq, beta]`: 1, or one for each head that writes; 0 if there is none.
    pub beta: usize,
}

/// At each step, for each head: `state ·= exp(decay)`, `state += k ⊗ u`, `y = scale · q · state`,
/// where `u = v`, or `u = beta · (v - k · state)` if there is a `beta`.
///
/// `past` is the state before the first step; empty means zero. `delta[value]` is scratch.
#[allow(clippy::too_many_arguments)]
pub fn linear_attention_f32(
    p: &LinearAttention,
    q: &[f32],
    k: &[f32],
    v: &[f32],
    decay: &[f32],
    beta: &[f32],
    past: &[f32],
    y: &mut [f32],
    state: &mut [f32],
    delta: &mut [f32],
) {
    debug_assert_eq!(delta.len(), p.value);
    debug_assert_eq!(state.len(), p.batch * p.kv_heads * p.key * p.value);
    load(past, state);
    let group = p.q_heads.checked_div(p.kv_heads).unwrap_or(0);
    let mut states = blocks_mut(state, p.key * p.value);
    for item in 0..p.batch {
        for head in 0..p.kv_heads {
            let Some(state) = states.next() else { return };
            for step in item * p.seq..(item + 1) * p.seq {
                let at = step * p.kv_heads + head;
                let k = block(k, at, p.key);
                fade(block(decay, at, p.decay), p.value, state);
                load(block(v, at, p.value), delta);
                if p.beta > 0 {
                    let beta = block(beta, step, p.beta);
                    correct(beta.get(head).or(beta.first()), k, state, delta);
                }
                write(k, delta, state);
                for reader in 0..group {
                    let at = step * p.q_heads + head * group + reader;
                    let y = block_mut(y, at, p.value);
                    y.fill(0.0);
                    accumulate(block(q, at, p.key), state, y);
                    y.iter_mut().for_each(|y| *y *= p.scale);
                }
            }
        }
    }
}

/// `state ·= exp(decay)`: of one decay for all rows, or of one for each; of none, nothing.
#[inline(always)]
fn fade(decay: &[f32], value: usize, state: &mut [f32]) {
    if let [decay] = decay {
        let factor = math::exp(*decay);
        state.iter_mut().for_each(|s| *s *= factor);
        return;
    }
    for (row, &decay) in blocks_mut(state, value).zip(decay) {
        let factor = math::exp(decay);
        row.iter_mut().for_each(|s| *s *= factor);
    }
}

/// `delta = beta · (delta - k · state)`.
#[inline(always)]
fn correct(beta: Option<&f32>, k: &[f32], state: &[f32], delta: &mut [f32]) {
    let beta = beta.copied().unwrap_or(1.0);
    delta.iter_mut().for_each(|d| *d = -*d);
    accumulate(k, state, delta);
    delta.iter_mut().for_each(|d| *d *= -beta);
}

/// `state += k ⊗ delta`.
#[inline(always)]
fn write(k: &[f32], delta: &[f32], state: &mut [f32]) {
    for (row, &k) in blocks_mut(state, delta.len()).zip(k) {
        for (s, &d) in row.iter_mut().zip(delta) {
            *s += k * d;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::recurrent::reference::{assert_near, numbers};
    use super::*;
    use std::vec;
    use std::vec::Vec;

    struct Case {
        p: LinearAttention,
        q: Vec<f32>,
        k: Vec<f32>,
        v: Vec<f32>,
        decay: Vec<f32>,
        beta: Vec<f32>,
        past: Vec<f32>,
    }

    /// The definition, element by element in `f64`: results and last states.
    fn reference(c: &Case) -> (Vec<f64>, Vec<f64>) {
        let p = &c.p;
        let (dk, dv, heads) = (p.key, p.value, p.kv_heads);
        let at = |x: &[f32], i: usize| f64::from(x[i]);
        let mut y = vec![0.0; p.batch * p.seq * p.q_heads * dv];
        let mut states: Vec<f64> = c.past.iter().map(|&s| s.into()).collect();
        for head in 0..p.batch * heads {
            let (b, h) = (head / heads, head % heads);
            let s = &mut states[head * dk * dv..][..dk * dv];
            for t in b * p.seq..(b + 1) * p.seq {
                let key = |i: usize| at(&c.k, (t * heads + h) * dk + i);
                for (i, s) in s.iter_mut().enumerate().filter(|_| p.decay > 0) {
                    let own = (i / dv).min(p.decay - 1);
                    *s *= at(&c.decay, (t * heads + h) * p.decay + own).exp();
                }
                let held = s.to_vec();
                for (i, s) in s.iter_mut().enumerate() {
                    let mut u = at(&c.v, (t * heads + h) * dv + i % dv);
                    if p.beta > 0 {
                        let seen: f64 = (0..dk).map(|j| key(j) * held[j * dv + i % dv]).sum();
                        u = at(&c.beta, t * p.beta + h.min(p.beta - 1)) * (u - seen);
                    }
                    *s += key(i / dv) * u;
                }
                let group = p.q_heads / heads;
                for g in h * group..(h + 1) * group {
                    for m in 0..dv {
                        let read = |i| at(&c.q, (t * p.q_heads + g) * dk + i) * s[i * dv + m];
                        let sum: f64 = (0..dk).map(read).sum();
                        y[(t * p.q_heads + g) * dv + m] = f64::from(p.scale) * sum;
                    }
                }
            }
        }
        (y, states)
    }

    #[test]
    fn it_equals_the_definition() {
        for (q_heads, kv_heads) in [(1, 1), (4, 2), (3, 3)] {
            for (per_key, beta) in [(false, 0), (true, 1), (false, kv_heads)] {
                let (batch, seq, key, value) = (2, 5, 6, 3);
                let decay = if per_key { key } else { usize::from(beta > 0) };
                let p = LinearAttention {
                    batch,
                    seq,
                    q_heads,
                    kv_heads,
                    key,
                    value,
                    scale: 0.5,
                    decay,
                    beta,
                };
                let steps = batch * seq;
                let c = Case {
                    p,
                    q: numbers(steps * q_heads * key, 1),
                    k: numbers(steps * kv_heads * key, 2),
                    v: numbers(steps * kv_heads * value, 3),
                    decay: numbers(steps * kv_heads * decay, 4),
                    beta: numbers(steps * beta, 5),
                    past: numbers(batch * kv_heads * key * value, 6),
                };
                let (want_y, want_state) = reference(&c);
                let (mut y, mut state) = (vec![9.0; want_y.len()], vec![9.0; want_state.len()]);
                linear_attention_f32(
                    &p,
                    &c.q,
                    &c.k,
                    &c.v,
                    &c.decay,
                    &c.beta,
                    &c.past,
                    &mut y,
                    &mut state,
                    &mut vec![9.0; value],
                );
                assert_near(&y, &want_y);
                assert_near(&state, &want_state);
            }
        }
    }
}
