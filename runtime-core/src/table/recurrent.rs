//! Recurrent layers, and attention that is one.

use super::prelude::*;

kernels! {
    gru::gru_f32(Gru; x: read f32, w: read f32, r: read f32, bias: read f32, lengths: read i64,
        initial_h: read f32, y: write f32, y_h: write f32, gates: scratch f32);
    linear_attention::linear_attention_f32(LinearAttention; q: read f32, k: read f32, v: read f32,
        decay: read f32, beta: read f32, past: read f32, y: write f32, state: write f32,
        delta: scratch f32);
    lstm::lstm_f32(Lstm; x: read f32, w: read f32, r: read f32, bias: read f32, peepholes: read f32,
        lengths: read i64, initial_h: read f32, initial_c: read f32, y: write f32, y_h: write f32,
        y_c: write f32, gates: scratch f32);
    rnn::rnn_f32(Rnn; x: read f32, w: read f32, r: read f32, bias: read f32, lengths: read i64,
        initial_h: read f32, y: write f32, y_h: write f32, next: scratch f32);
}
