//! A network that was compiled by the macro reads a handwritten digit.

/// The network, in a module of its own.
mod digits {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx");
}

/// A NumPy array of 8×8 floats: a header of 128 bytes, and the elements.
static IMAGE: &[u8] = include_bytes!("../../../fixtures/digits/images/01.npy");

fn main() {
    let mut net = digits::Digits::new();
    let pixels = IMAGE[128..].chunks_exact(4);
    for (place, pixel) in net.image_mut().iter_mut().zip(pixels) {
        *place = f32::from_le_bytes([pixel[0], pixel[1], pixel[2], pixel[3]]);
    }
    net.infer();
    let scores = net.scores().iter().enumerate();
    let (digit, _) = scores
        .max_by(|a, b| a.1.total_cmp(b.1))
        .expect("ten scores");
    println!(
        "a handwritten 2 was read as {digit}, in {} bytes of memory",
        digits::ARENA_BYTES
    );
    assert_eq!(digit, 2);
}
