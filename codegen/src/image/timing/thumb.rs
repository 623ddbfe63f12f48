//! Classes of Thumb instructions: all of Armv6-M to Armv8.1-M.

use super::{Decoded, half};
use mlc_compiler::target::Instruction::{self, *};

pub(super) fn decode(code: &[u8], _: Option<&[u8]>) -> Option<Decoded> {
    let first = half(code, 0)?;
    let (length, instruction) = match first >> 11 {
        0b11101.. => (4, long(first, half(code, 2)?)),
        _ => (2, short(first)),
    };
    Some(Decoded {
        length,
        instruction,
        waits: false,
    })
}

/// Bits `from` of an instruction, as a number.
fn bits(op: u16, from: u16, count: u16) -> u16 {
    op >> from & ((1 << count) - 1)
}

/// One of a pair: loads have this bit set.
fn moves(is_load: bool) -> Instruction {
    if is_load { Load } else { Store }
}

/// Instructions of two bytes.
fn short(op: u16) -> Instruction {
    let registers = |mask: u16| u32::from(op & mask).count_ones();
    match bits(op, 11, 5) {
        0b01000 if op & 0xFFC0 == 0x4340 => Multiply,
        // bx, blx, and moves to the program counter
        0b01000 if op & 0xFF80 == 0x4780 => Call,
        0b01000 if op & 0xFF00 == 0x4700 || op & 0xFD87 == 0x4487 => JumpRegister,
        0b01001 => Load,
        0b01010 | 0b01011 => moves(bits(op, 9, 3) >= 3),
        0b01100..=0b10011 => moves(op & 0x800 != 0),
        0b10110 | 0b10111 => match op & 0xFE00 {
            0xB400 => Several(registers(0x1FF)),
            0xBC00 if op & 0x100 != 0 => Return(registers(0x1FF)),
            0xBC00 => Several(registers(0xFF)),
            // cbz, cbnz
            _ if op & 0xF500 == 0xB100 => Branch,
            _ => Simple,
        },
        0b11000 | 0b11001 => Several(registers(0xFF)),
        // of conditions 14 is undefined and 15 a call of the system
        0b11010 | 0b11011 if bits(op, 8, 4) < 14 => Branch,
        0b11100 => Jump,
        _ => Simple,
    }
}

/// Instructions of four bytes.
fn long(first: u16, second: u16) -> Instruction {
    let is_load = first & 0x10 != 0;
    match bits(first, 8, 8) {
        0xE8 | 0xE9 => several(first, second),
        0xF0..=0xF7 if second >> 15 == 1 => branch(first, second),
        0xF8 | 0xF9 if is_load && second >> 12 == 15 => to_program_counter(first),
        0xF8 | 0xF9 => moves(is_load),
        0xFB => product(first, second),
        0xEC | 0xED | 0xFC | 0xFD => coprocessor_memory(first, second),
        0xEE | 0xEF | 0xFE | 0xFF => coprocessor(first, second),
        _ => Simple,
    }
}

/// `ldm`, `stm`, `ldrd`, `strd`, exclusive accesses and jumps by tables.
fn several(first: u16, second: u16) -> Instruction {
    let is_load = first & 0x10 != 0;
    match (first & 0x40 != 0, first & 0x120) {
        (false, _) if is_load && second >> 15 == 1 => Return(second.count_ones()),
        (false, _) => Several(second.count_ones()),
        (true, 0) if first & 0xFFF0 == 0xE8D0 && second & 0xFFE0 == 0xF000 => JumpTable,
        (true, 0) => moves(is_load),
        (true, _) => Several(2),
    }
}

/// A load of a word into the program counter; narrower ones there are hints.
fn to_program_counter(first: u16) -> Instruction {
    match bits(first, 5, 2) {
        0b10 => JumpTable,
        _ => Simple,
    }
}

fn branch(first: u16, second: u16) -> Instruction {
    match second & 0xD000 {
        0xD000 => Call,
        0x9000 => Jump,
        // le, letp; dls, wls
        0xC000 if first & 0xFFC0 == 0xF000 => LoopEnd,
        0x8000 if bits(first, 6, 4) < 14 => Branch,
        _ => Simple,
    }
}

fn product(first: u16, second: u16) -> Instruction {
    let adds = second >> 12 != 15;
    match bits(first, 4, 4) {
        0 if adds => MultiplyAdd,
        0 => Multiply,
        8 | 10 => MultiplyLong,
        9 | 11 => Divide,
        12..=15 => MultiplyLongAdd,
        // halves, their pairs, upper words
        _ => Simple,
    }
}

/// Whether it is an instruction on floats; otherwise it is one on vectors.
fn is_scalar(second: u16) -> bool {
    matches!(bits(second, 8, 4), 9..=11)
}

/// `vldr`, `vstr`, `vldm`, `vstm`, two registers from or to the core, and vectors.
fn coprocessor_memory(first: u16, second: u16) -> Instruction {
    let words = u32::from(second & 0xFF);
    let is_double = bits(second, 8, 4) == 11;
    let is_load = first & 0x10 != 0;
    match () {
        // Floats are in sets of registers that the first byte's last bit does not choose.
        () if first >> 12 == 0xF && is_scalar(second) => Vector,
        () if !is_scalar(second) && bits(second, 8, 4) < 14 => Vector,
        () if !is_scalar(second) => VectorMemory,
        () if first & 0xFFE0 == 0xEC40 => Several(1),
        () if first & 0x120 == 0x100 && is_double => Several(2),
        () if first & 0x120 == 0x100 => moves(is_load),
        () => Several(words),
    }
}

/// Arithmetic of floats and vectors, and moves between registers.
fn coprocessor(first: u16, second: u16) -> Instruction {
    let is_move = second & 0x10 != 0;
    // Of four bits the third is the upper one of a register.
    let operation = bits(first, 7, 1) << 2 | bits(first, 4, 2);
    match bits(first, 8, 8) {
        0xEE if is_scalar(second) && is_move => Simple,
        0xEE if is_scalar(second) => match operation {
            0b000 | 0b001 | 0b101 | 0b110 => FloatMultiplyAdd,
            0b100 => FloatDivide,
            0b111 if bits(first, 0, 4) == 1 && second & 0xC0 == 0xC0 => FloatDivide,
            _ => Float,
        },
        0xFE if is_scalar(second) => Float,
        _ => Vector,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(op: &[u16], instruction: Instruction) {
        let code: Vec<u8> = op.iter().flat_map(|half| half.to_le_bytes()).collect();
        let decoded = decode(&code, None).unwrap();
        assert_eq!(
            (decoded.length, decoded.instruction),
            (code.len(), instruction)
        );
    }

    #[test]
    fn memory() {
        is(&[0x4801], Load); // ldr r0, [pc, #4]
        is(&[0x5088], Store); // str r0, [r1, r2]
        is(&[0x5688], Load); // ldrsb r0, [r1, r2]
        is(&[0x6008], Store); // str r0, [r1]
        is(&[0x7808], Load); // ldrb r0, [r1]
        is(&[0x8008], Store); // strh r0, [r1]
        is(&[0x9801], Load); // ldr r0, [sp, #4]
        is(&[0xB5F0], Several(5)); // push {r4-r7, lr}
        is(&[0xBDF0], Return(5)); // pop {r4-r7, pc}
        is(&[0xC90F], Several(4)); // ldm r1!, {r0-r3}
        is(&[0xE8BD, 0x8FF0], Return(9)); // pop.w {r4-r11, pc}
        is(&[0xE8B0, 0x001E], Several(4)); // ldm.w r0!, {r1-r4}
        is(&[0xE9D0, 0x1200], Several(2)); // ldrd r1, r2, [r0]
        is(&[0xF850, 0x1B04], Load); // ldr r1, [r0], #4
        is(&[0xF8C0, 0x1004], Store); // str.w r1, [r0, #4]
        is(&[0xF890, 0xF000], Simple); // pld [r0]
        is(&[0xE8DF, 0xF001], JumpTable); // tbb [pc, r1]
        is(&[0xE850, 0x1F00], Load); // ldrex r1, [r0]
    }

    #[test]
    fn products() {
        is(&[0x4348], Multiply); // muls r0, r1, r0
        is(&[0xFB01, 0xF002], Multiply); // mul r0, r1, r2
        is(&[0xFB01, 0x3002], MultiplyAdd); // mla r0, r1, r2, r3
        is(&[0xFB21, 0x3002], Simple); // smlad r0, r1, r2, r3
        is(&[0xFB51, 0x3002], Simple); // smmla r0, r1, r2, r3
        is(&[0xFB82, 0x0103], MultiplyLong); // smull r0, r1, r2, r3
        is(&[0xFBC2, 0x0103], MultiplyLongAdd); // smlal r0, r1, r2, r3
        is(&[0xFB91, 0xF0F2], Divide); // sdiv r0, r1, r2
    }

    #[test]
    fn branches() {
        is(&[0xD0FE], Branch); // beq
        is(&[0xB100], Branch); // cbz r0
        is(&[0xE7FE], Jump); // b
        is(&[0x4770], JumpRegister); // bx lr
        is(&[0x4798], Call); // blx r3
        is(&[0xF7FF, 0xFFFE], Call); // bl
        is(&[0xF43F, 0xAFFE], Branch); // beq.w
        is(&[0xF00F, 0xC009], LoopEnd); // le
        is(&[0xF01F, 0xC00B], LoopEnd); // letp
        is(&[0xF043, 0xE001], Simple); // dls lr, r3
        is(&[0xF1B0, 0x0F01], Simple); // cmp.w r0, #1
    }

    #[test]
    fn floats() {
        is(&[0xED90, 0x0A00], Load); // vldr s0, [r0]
        is(&[0xED80, 0x0A00], Store); // vstr s0, [r0]
        is(&[0xECB0, 0x0A04], Several(4)); // vldmia r0!, {s0-s3}
        is(&[0xED2D, 0x8B10], Several(16)); // vpush {d8-d15}
        is(&[0xEE30, 0x0A20], Float); // vadd.f32 s0, s0, s1
        is(&[0xEE20, 0x0A20], Float); // vmul.f32 s0, s0, s1
        is(&[0xEEA0, 0x0A20], FloatMultiplyAdd); // vfma.f32 s0, s0, s1
        is(&[0xEE00, 0x0A20], FloatMultiplyAdd); // vmla.f32 s0, s0, s1
        is(&[0xEE80, 0x0A20], FloatDivide); // vdiv.f32 s0, s0, s1
        is(&[0xEEB1, 0x0AC0], FloatDivide); // vsqrt.f32 s0, s0
        is(&[0xEEB8, 0x0AC0], Float); // vcvt.f32.s32 s0, s0
        is(&[0xEE00, 0x0A10], Simple); // vmov s0, r0
        is(&[0xEEF1, 0xFA10], Simple); // vmrs apsr_nzcv, fpscr
        is(&[0xFE80, 0x0A20], Float); // vmaxnm.f32 s0, s0, s1
    }

    #[test]
    fn vectors() {
        is(&[0xED90, 0x1E00], VectorMemory); // vldrb.8 q0, [r0]
        is(&[0xECB0, 0x1E10], VectorMemory); // vldrb.8 q0, [r0], #16
        is(&[0xED90, 0x0E80], VectorMemory); // vldrb.u16 q0, [r0]
        is(&[0xEEF0, 0x0E20], Vector); // vmlava.s8
        is(&[0xEF00, 0x0840], Vector); // vadd.i8 q0, q0, q0
        is(&[0xFF00, 0x0D50], Vector); // vmul.f32 q0, q0, q0
        is(&[0xEF00, 0x0C50], Vector); // vfma.f32 q0, q0, q0
    }
}
