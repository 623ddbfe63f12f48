//! Programs for tests, written by hand or at random: sums of bytes, updates and joins.

use crate::interp;
use crate::program::{Buffer, BufferId, Port, Program, Step, Storage};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::copy::{CopyAll, CopyRows};
use mlc_runtime_core::kernels::map::Broadcast;
use mlc_runtime_core::scalar::{ElementType, Expr};
use mlc_runtime_core::table::{Call, call};

impl Program {
    pub(super) fn buffer_of(&mut self, bytes: usize, storage: Storage) -> BufferId {
        let ty = TensorType::new(DType::U8, [bytes]);
        self.add(Buffer {
            name: format!("b{}", self.buffers.len()),
            element: ElementType::U8,
            ty,
            storage,
            source: None,
        })
    }

    pub(super) fn input(&mut self, bytes: usize) -> BufferId {
        let buffer = self.buffer_of(bytes, Storage::Arena);
        self.inputs.push(self.port(buffer));
        buffer
    }

    pub(super) fn output(&mut self, buffer: BufferId) {
        self.outputs.push(self.port(buffer));
    }

    fn port(&self, buffer: BufferId) -> Port {
        Port {
            name: String::new(),
            ty: self.buffer(buffer).ty.clone(),
            buffer,
            quantization: None,
        }
    }

    fn step(&mut self, call: Call<BufferId>) {
        self.steps.push(Step {
            layer: format!("s{}", self.steps.len()),
            operator: String::new(),
            call,
            macs: 0,
            segment: None,
            unpacked: None,
        });
    }

    fn have_length(&self, ids: &[BufferId], bytes: usize) -> bool {
        ids.iter().all(|&id| self.buffer(id).bytes() == bytes)
    }

    /// A new buffer, the sum of others, of which the first elements count where they have another length.
    pub(super) fn map(&mut self, from: &[BufferId], bytes: usize) -> BufferId {
        if let ([a], false) = (from, self.have_length(from, bytes)) {
            return self.map(&[*a, *a], bytes);
        }
        let to = self.buffer_of(bytes, Storage::Arena);
        let strides = |id: BufferId| {
            let stride = usize::from(self.buffer(id).bytes() == bytes);
            [0, 0, 0, 0, 0, stride]
        };
        let dims = [1, 1, 1, 1, 1, bytes];
        let call = match *from {
            [a] => call::map1(sum(1), a, to),
            [a, b] if self.have_length(from, bytes) => call::map2(sum(2), a, b, to),
            [a, b, c] => {
                let strides = [a, b, c].map(strides);
                call::map3_broadcast(Broadcast { dims, strides }, sum(3), a, b, c, to)
            }
            [a, b] => {
                let strides = [a, b].map(strides);
                call::map2_broadcast(Broadcast { dims, strides }, sum(2), a, b, to)
            }
            _ => unreachable!("tests add up to three"),
        };
        self.step(call);
        to
    }

    /// A new buffer that starts as a copy of `base`, with `x` written over its beginning.
    pub(super) fn update(&mut self, x: BufferId, base: BufferId) -> BufferId {
        let to = self.buffer_of(self.buffer(base).bytes(), Storage::CopyOf(base));
        let row = self.buffer(x).bytes();
        let p = CopyRows {
            rows: 1,
            row,
            pitch: row,
            offset: 0,
        };
        self.step(call::copy_rows_update(p, x, to));
        to
    }

    /// Buffers joined one after the other.
    pub(super) fn concat(&mut self, parts: &[BufferId]) -> BufferId {
        let bytes = |p: &Program, id: BufferId| p.buffer(id).bytes();
        let all = parts.iter().map(|&id| bytes(self, id)).sum();
        let whole = self.buffer_of(all, Storage::Arena);
        let mut offset = 0;
        for &x in parts {
            let len = bytes(self, x);
            let part = self.buffer_of(len, Storage::View { of: whole, offset });
            self.step(call::copy(CopyAll { len }, x, part));
            offset += len;
        }
        whole
    }
}

/// The sum of so many operands.
fn sum(count: usize) -> Expr {
    let operand = |n| Expr::Arg(n, ElementType::U8);
    (1..count).fold(operand(0), |sum, n| {
        Expr::call("add", [sum, operand(n)]).expect("bytes are added")
    })
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// A program of so many steps, or a few more where it joins.
pub(super) fn random(seed: u64, steps: usize) -> Program {
    let mut random = Random(seed);
    let mut program = Program::default();
    let mut made = vec![program.input(1 + random.below(9)), program.input(4)];
    while program.steps.len() < steps {
        let mut pick = || made[random.below(made.len())];
        let (a, b, c) = (pick(), pick(), pick());
        let same = program.buffer(a).bytes();
        let other = 1 + random.below(12);
        made.push(match random.below(6) {
            0 => program.map(&[a, b, c], other),
            1 => program.map(&[a], same),
            2 if a != b && program.buffer(b).bytes() <= same => program.update(b, a),
            3 if a != b && same < 30 => program.concat(&[a, b]),
            _ => program.map(&[a, b], if random.below(2) == 0 { same } else { other }),
        });
    }
    let last = made.len() - 1;
    program.output(made[last]);
    if random.below(2) == 0 {
        program.output(made[2 + random.below(last - 1)]);
    }
    program
}

/// The bytes of the outputs, for inputs that differ from byte to byte.
pub(super) fn answer(program: &Program) -> Vec<Vec<u8>> {
    let input = |(i, port): (usize, &Port)| {
        let bytes = (0..port.ty.len()).map(|k| (17 * i + 5 * k + 1) as u8);
        Tensor::from_bytes(port.ty.clone(), &bytes.collect::<Vec<_>>()[..]).expect("it fits")
    };
    let inputs: Vec<_> = program.inputs.iter().enumerate().map(input).collect();
    let outputs = interp::run(program, &inputs).expect("it runs");
    outputs.iter().map(|y| y.bytes().to_vec()).collect()
}
