//! Classes of RISC-V instructions, compressed ones among them.

use super::{Decoded, half};
use mlc_compiler::target::Instruction::{self, *};

pub(super) fn decode(code: &[u8], before: Option<&[u8]>) -> Option<Decoded> {
    let (length, instruction) = class(code)?;
    let loaded = before.and_then(loaded);
    Some(Decoded {
        length,
        instruction,
        waits: loaded.is_some_and(|register| reads(code).contains(&Some(register))),
    })
}

/// The first instruction of `code` as a number, and its bytes.
fn first(code: &[u8]) -> Option<(usize, u32)> {
    match half(code, 0)? {
        op if op & 3 == 3 => Some((4, u32::from(half(code, 2)?) << 16 | u32::from(op))),
        op => Some((2, op.into())),
    }
}

fn class(code: &[u8]) -> Option<(usize, Instruction)> {
    Some(match first(code)? {
        (2, op) => (2, short(op)),
        (_, op) => (4, long(op)),
    })
}

fn long(op: u32) -> Instruction {
    let (kind, is_product) = (op >> 12 & 7, op >> 25 == 1);
    match op & 0x7F {
        0x03 | 0x07 => Load,
        0x23 | 0x27 => Store,
        // lr, sc and what reads, changes and writes
        0x2F => Several(1),
        0x33 | 0x3B if is_product => match kind {
            0 => Multiply,
            1..=3 => MultiplyHigh,
            _ => Divide,
        },
        0x43 | 0x47 | 0x4B | 0x4F => FloatMultiplyAdd,
        0x53 => match op >> 27 {
            0b00011 | 0b01011 => FloatDivide,
            _ => Float,
        },
        0x63 => Branch,
        0x67 if register(op, 7) == 0 => JumpRegister,
        0x67 => Call,
        0x6F if register(op, 7) == 0 => Jump,
        0x6F => Call,
        _ => Simple,
    }
}

fn short(op: u32) -> Instruction {
    let is_jump = register(op, 2) == 0 && register(op, 7) != 0;
    match (op & 3, op >> 13) {
        (0 | 2, 1..=3) => Load,
        (0 | 2, 5..=7) => Store,
        // c.jal; with 64 bits, c.addiw
        (1, 1) => Call,
        (1, 5) => Jump,
        (1, 6 | 7) => Branch,
        (2, 4) if is_jump && op >> 12 & 1 == 0 => JumpRegister,
        (2, 4) if is_jump => Call,
        _ => Simple,
    }
}

fn register(op: u32, bit: u32) -> u32 {
    op >> bit & 31
}

/// One of the registers that short fields name.
fn short_register(op: u32, bit: u32) -> u32 {
    8 + (op >> bit & 7)
}

/// The register that an instruction loads; those of floats are numbered from 32.
fn loaded(code: &[u8]) -> Option<u32> {
    match first(code)? {
        (4, op) if op & 0x7F == 0x03 => Some(register(op, 7)),
        (4, op) if op & 0x7F == 0x07 => Some(32 + register(op, 7)),
        (2, op) if op & 3 == 0 && op >> 13 == 2 => Some(short_register(op, 2)),
        (2, op) if op & 3 == 2 && op >> 13 == 2 => Some(register(op, 7)),
        _ => None,
    }
}

/// The registers that an instruction computes with or takes addresses from.
fn reads(code: &[u8]) -> [Option<u32>; 3] {
    let Some((length, op)) = first(code) else {
        return [None; 3];
    };
    let [first, second, third] = [15, 20, 27].map(|bit| register(op, bit));
    match (length, op & 0x7F) {
        (4, 0x33 | 0x3B | 0x23 | 0x63 | 0x2F) => [Some(first), Some(second), None],
        (4, 0x03 | 0x07 | 0x13 | 0x1B | 0x67) => [Some(first), None, None],
        (4, 0x27) => [Some(first), Some(32 + second), None],
        (4, 0x43 | 0x47 | 0x4B | 0x4F) => [first, second, third].map(|n| Some(32 + n)),
        // Moves and conversions from integers read the first as such.
        (4, 0x53) if op >> 28 == 0xD || op >> 28 == 0xF => [Some(first), None, None],
        (4, 0x53) => [Some(32 + first), Some(32 + second), None],
        (2, _) => short_reads(op),
        _ => [None; 3],
    }
}

fn short_reads(op: u32) -> [Option<u32>; 3] {
    let [wide, source] = [7, 2].map(|bit| Some(register(op, bit)));
    let [first, second] = [7, 2].map(|bit| Some(short_register(op, bit)));
    match (op & 3, op >> 13) {
        (0, 1..=3) => [first, None, None],
        (0, 5..=7) => [first, second, None],
        (1, 0) | (2, 0) => [wide, None, None],
        (1, 4) if op >> 10 & 3 == 3 => [first, second, None],
        (1, 4 | 6 | 7) => [first, None, None],
        (2, 4) => [wide, source, None],
        (2, 5..=7) => [source, None, None],
        _ => [None; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(op: u32) -> Vec<u8> {
        let length = if op & 3 == 3 { 4 } else { 2 };
        op.to_le_bytes()[..length].to_vec()
    }

    #[track_caller]
    fn is(op: u32, instruction: Instruction) {
        let code = bytes(op);
        let decoded = decode(&code, None).unwrap();
        assert_eq!(
            (decoded.length, decoded.instruction),
            (code.len(), instruction)
        );
    }

    #[test]
    fn classes() {
        is(0x00052583, Load); // lw a1, 0(a0)
        is(0x00B52023, Store); // sw a1, 0(a0)
        is(0x02B50533, Multiply); // mul a0, a0, a1
        is(0x02B51533, MultiplyHigh); // mulh a0, a0, a1
        is(0x02B54533, Divide); // div a0, a0, a1
        is(0x00B50533, Simple); // add a0, a0, a1
        is(0xFE000EE3, Branch); // beqz zero, -4
        is(0x0080006F, Jump); // j +8
        is(0x008000EF, Call); // jal +8
        is(0x008080E7, Call); // jalr 8(ra)
        is(0x00008067, JumpRegister); // jalr zero, 0(ra)
        is(0x10B57553, Float); // fmul.s fa0, fa0, fa1
        is(0x18B57553, FloatDivide); // fdiv.s fa0, fa0, fa1
        is(0x60B57543, FloatMultiplyAdd); // fmadd.s fa0, fa0, fa1, fa2
        is(0x8082, JumpRegister); // ret
        is(0x9282, Call); // c.jalr t0
        is(0x852E, Simple); // c.mv a0, a1
        is(0x410C, Load); // c.lw a1, 0(a0)
        is(0xC10C, Store); // c.sw a1, 0(a0)
        is(0xBFFD, Jump); // c.j -2
        is(0xDDFD, Branch); // c.beqz a1
    }

    #[test]
    fn what_needs_a_load_waits_for_it() {
        let waits = |load, then| decode(&bytes(then), Some(&bytes(load))).unwrap().waits;
        let lw_a1 = 0x00052583;
        assert!(waits(lw_a1, 0x00B50533)); // add a0, a0, a1
        assert!(!waits(lw_a1, 0x00C50533)); // add a0, a0, a2
        assert!(waits(lw_a1, 0x952E)); // c.add a0, a1
        assert!(waits(0x410C, 0x952E)); // c.lw a1, 0(a0)
        assert!(!waits(0x952E, 0x952E));
    }
}
