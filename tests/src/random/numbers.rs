//! Numbers from a seed, ordinary ones and those that are hardly numbers.

use mlc_compiler::tensor::{DType, Tensor, TensorType};

/// Numbers from a seed: the SplitMix64 generator (Steele, Lea and Flood, 2014).
pub struct Random(u64);

/// What floats can be that computing rarely shows.
const SPECIAL: [f32; 10] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1.0,
    -1e-40,
    f32::from_bits(1),
    f32::MIN_POSITIVE,
    -f32::EPSILON,
];

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

    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// One of some things.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of some small things.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        *self.pick(of)
    }

    /// From -1 to 1.
    pub fn float(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// A tensor of such numbers.
    pub fn tensor(&mut self, shape: &[usize]) -> Tensor {
        self.floats(shape, 1.0, false)
    }

    /// A tensor of floats up to `scale`, or of what floats can be.
    pub fn floats(&mut self, shape: &[usize], scale: f32, special: bool) -> Tensor {
        let mut element = || match special && self.once_in(6) {
            true => self.one_of(&SPECIAL),
            false => self.float() * scale,
        };
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| element()).collect();
        Tensor::new(shape, &values)
    }

    /// A tensor of a type, of small numbers or of all that there can be.
    pub fn of(&mut self, ty: &TensorType, special: bool) -> Tensor {
        if ty.dtype == DType::F32 {
            return self.floats(&ty.shape, 1.0, special);
        }
        let values = (0..ty.len()).map(|_| match (ty.dtype, special) {
            (DType::Bool, _) => self.between(0, 1),
            (_, true) => self.next() as i64,
            (DType::U8 | DType::U16 | DType::U32 | DType::U64, _) => self.between(0, 9),
            _ => self.between(-9, 9),
        });
        integers(ty, values)
    }
}

/// A tensor of integers, of which the lower bits are taken.
pub(super) fn integers(ty: &TensorType, values: impl IntoIterator<Item = i64>) -> Tensor {
    let size = ty.dtype.bits() / 8;
    let bytes: Vec<u8> = values
        .into_iter()
        .flat_map(|value| value.to_le_bytes().into_iter().take(size))
        .collect();
    Tensor::from_bytes(ty.clone(), &*bytes).expect("as many values as elements")
}
