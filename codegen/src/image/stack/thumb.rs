//! Thumb instructions that move the stack pointer or leave a function: all of Armv6-M to Armv8.1-M.

use super::{Decoder, Effect, adjusts, half, signed, word};

const SP: u16 = 13;
const LR: u16 = 14;

/// What the instructions before have left.
#[derive(Default)]
pub(super) struct Thumb {
    /// The constants that were loaded into registers last.
    constants: [Option<u32>; 16],
    /// A register whose lowest bits were cleared, and what that may have taken at most.
    aligned: Option<(u16, u64)>,
}

impl Decoder for Thumb {
    fn decode(&mut self, at: u64, code: &[u8]) -> Option<(usize, Effect)> {
        let first = half(code, 0)?;
        if first >> 11 < 0b11101 {
            let effect = self.short(first, at, half(code, 2));
            self.aligned = shifted(first).or(self.aligned);
            if let Some((register, constant)) = literal(first, at, code) {
                self.constants[register] = constant;
            }
            return Some((2, effect));
        }
        let second = half(code, 2)?;
        self.aligned = cleared(first, second).or(self.aligned);
        self.load(first, second, at, code);
        Some((4, self.long(first, second, at)))
    }
}

impl Thumb {
    /// Instructions of two bytes, each with the first half of the next.
    fn short(&self, op: u16, at: u64, next: Option<u16>) -> Effect {
        let register = op >> 3 & 15;
        let registers = |mask: u16| 4 * u64::from((op & mask).count_ones());
        match op {
            // push, pop
            _ if op & 0xFE00 == 0xB400 => Effect::Takes(registers(0x1FF)),
            _ if op & 0xFF00 == 0xBD00 => Effect::Leaves,
            _ if op & 0xFF00 == 0xBC00 => Effect::Frees(registers(0xFF)),
            // sub sp, #; add sp, #; add sp, register; mov sp, register
            _ if op & 0xFF80 == 0xB080 => Effect::Takes(u64::from(op & 0x7F) * 4),
            _ if op & 0xFF80 == 0xB000 => Effect::Frees(u64::from(op & 0x7F) * 4),
            _ if op & 0xFF87 == 0x4485 => match self.constants[usize::from(register)] {
                Some(by) => adjusts((by as i32).into()),
                None => Effect::MovesUnknown,
            },
            _ if op & 0xFF87 == 0x4685 && next.is_some_and(pops) => Effect::None,
            _ if op & 0xFF87 == 0x4685 => match self.aligned {
                Some((aligned, bytes)) if aligned == register => Effect::Takes(bytes),
                _ => Effect::MovesUnknown,
            },
            // blx register; bx register, mov pc, add pc
            _ if op & 0xFF87 == 0x4780 => match self.constants[usize::from(register)] {
                Some(to) => Effect::Calls(u64::from(to) & !1),
                None => Effect::CallsUnknown,
            },
            _ if op & 0xFF87 == 0x4700 || op & 0xFD87 == 0x4487 => Effect::Leaves,
            // b, b<condition>; of conditions 14 is undefined and 15 a call of the system
            _ if op & 0xF800 == 0xE000 => Effect::Jumps {
                to: relative(at, 2 * signed(op.into(), 11)),
                always: true,
            },
            _ if op & 0xF000 == 0xD000 && op >> 8 & 15 < LR => Effect::Jumps {
                to: relative(at, 2 * signed(op.into(), 8)),
                always: false,
            },
            _ => Effect::None,
        }
    }

    /// Remembers `movw`, `movt` and `ldr.w` of constants.
    fn load(&mut self, first: u16, second: u16, at: u64, code: &[u8]) {
        let half = u32::from(first & 15) << 12 | u32::from(plain(first, second));
        let register = usize::from(second >> 8 & 15);
        match first & 0xFBF0 {
            0xF240 if second >> 15 == 0 => self.constants[register] = Some(half),
            0xF2C0 if second >> 15 == 0 => {
                let low = self.constants[register].map(|low| low & 0xFFFF);
                self.constants[register] = low.map(|low| half << 16 | low);
            }
            _ if first == 0xF8DF => {
                let register = usize::from(second >> 12);
                self.constants[register] = pool(at, u64::from(second & 0xFFF), code);
            }
            _ => {}
        }
    }

    /// Instructions of four bytes.
    fn long(&self, first: u16, second: u16, at: u64) -> Effect {
        let words = |n: u16| 4 * u64::from(n);
        let low = second & 0xFF;
        let writes = second >> 8 & 15;
        match (first, second) {
            // push.w, pop.w
            (0xE92D, _) => Effect::Takes(words(second.count_ones() as u16)),
            (0xE8BD, _) if second >> 15 == 1 => Effect::Leaves,
            (0xE8BD, _) => Effect::Frees(words(second.count_ones() as u16)),
            // str register, [sp, #-n]!; ldr register, [sp], #n
            (0xF84D, _) if writes == 13 => Effect::Takes(low.into()),
            (0xF85D, _) if writes == 11 && second >> 12 == 15 => Effect::Leaves,
            (0xF85D, _) if writes == 11 => Effect::Frees(low.into()),
            // strd .., [sp, #-n]!; ldrd .., [sp], #n
            (0xE96D, _) => Effect::Takes(words(low)),
            (0xE8FD, _) => Effect::Frees(words(low)),
            // vpush, vpop
            (0xED2D | 0xED6D, _) if second & 0x0E00 == 0x0A00 => Effect::Takes(words(low)),
            (0xECBD | 0xECFD, _) if second & 0x0E00 == 0x0A00 => Effect::Frees(words(low)),
            // sub.w sp, sp, #; add.w sp, sp, #
            _ if second & 0x8000 == 0 && writes == SP => match first & 0xFBEF {
                0xF1AD => Effect::Takes(modified(first, second)),
                0xF10D => Effect::Frees(modified(first, second)),
                0xF2AD => Effect::Takes(plain(first, second).into()),
                0xF20D => Effect::Frees(plain(first, second).into()),
                0xEBAD => match self.constants[usize::from(second & 15)] {
                    Some(by) => adjusts(-i64::from(by as i32)),
                    None => Effect::MovesUnknown,
                },
                0xEB0D => Effect::MovesUnknown,
                _ => Effect::None,
            },
            // tbb, tbh
            (0xE8D0..=0xE8DF, _) if second & 0xFFE0 == 0xF000 => Effect::Leaves,
            _ if first & 0xF800 == 0xF000 => branch(first, second, at),
            _ => Effect::None,
        }
    }
}

/// `pop`, `pop.w` and `vpop`, which come last: if the stack pointer is set before one of them, everything was freed.
fn pops(op: u16) -> bool {
    op & 0xFE00 == 0xBC00 || matches!(op, 0xE8BD | 0xECBD | 0xECFD)
}

/// `ldr register, =constant`, or `movs register, #` for which nothing is remembered
fn literal(op: u16, at: u64, code: &[u8]) -> Option<(usize, Option<u32>)> {
    let register = usize::from(op >> 8 & 7);
    match op >> 11 {
        0b01001 => Some((register, pool(at, 4 * u64::from(op & 0xFF), code))),
        0b00100 => Some((register, None)),
        _ => None,
    }
}

/// The word of the constant pool that is so far ahead.
fn pool(at: u64, ahead: u64, code: &[u8]) -> Option<u32> {
    let place = (relative(at, 0) & !3) + ahead - at;
    word(code, usize::try_from(place).ok()?)
}

/// `lsls register, register, #bits`, the second half of clearing bits
fn shifted(op: u16) -> Option<(u16, u64)> {
    let same = op & 7 == op >> 3 & 7;
    (op & 0xF800 == 0 && same).then(|| (op & 7, (1 << (op >> 6 & 31)) - 1))
}

/// `bfc register, #0, #bits`
fn cleared(first: u16, second: u16) -> Option<(u16, u64)> {
    let from_zero = first == 0xF36F && second & 0x70C0 == 0;
    from_zero.then(|| (second >> 8 & 15, (2 << (second & 31)) - 1))
}

/// The constant of twelve bits in an instruction.
fn plain(first: u16, second: u16) -> u16 {
    (first >> 10 & 1) << 11 | (second >> 12 & 7) << 8 | second & 0xFF
}

/// The constant that twelve bits stand for where they are a byte, repeated or shifted.
fn modified(first: u16, second: u16) -> u64 {
    let code = u32::from(plain(first, second));
    let byte = code & 0xFF;
    u64::from(match code >> 8 {
        0 => byte,
        1 => byte << 16 | byte,
        2 => byte << 24 | byte << 8,
        3 => byte << 24 | byte << 16 | byte << 8 | byte,
        _ => (byte | 0x80).rotate_right(code >> 7),
    })
}

/// `bl`, `b.w`, `b<condition>.w`; other instructions of this shape stay within their function.
fn branch(first: u16, second: u16, at: u64) -> Effect {
    let (first, second) = (u32::from(first), u32::from(second));
    let sign = first >> 10 & 1;
    let [j1, j2] = [second >> 13 & 1, second >> 11 & 1];
    let far = || {
        let high = sign << 23 | (1 ^ j1 ^ sign) << 22 | (1 ^ j2 ^ sign) << 21;
        let offset = high | (first & 0x3FF) << 11 | second & 0x7FF;
        relative(at, 2 * signed(offset, 24))
    };
    match second & 0xD000 {
        0xD000 => Effect::Calls(far()),
        0x9000 => Effect::Jumps {
            to: far(),
            always: true,
        },
        0x8000 if first >> 6 & 15 < u32::from(LR) => {
            let high = sign << 19 | j2 << 18 | j1 << 17;
            let offset = high | (first & 0x3F) << 11 | second & 0x7FF;
            Effect::Jumps {
                to: relative(at, 2 * signed(offset, 20)),
                always: false,
            }
        }
        _ => Effect::None,
    }
}

/// An address relative to the program counter, which is two short instructions ahead.
fn relative(at: u64, offset: i64) -> u64 {
    (at + 4).wrapping_add_signed(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The effect of the last of some instructions, at address 0x100.
    fn last(code: &[u16]) -> Effect {
        let bytes: Vec<_> = code.iter().flat_map(|half| half.to_le_bytes()).collect();
        let mut thumb = Thumb::default();
        let (mut at, mut effect) = (0, Effect::None);
        while at < bytes.len() {
            let (length, this) = thumb.decode(0x100 + at as u64, &bytes[at..]).unwrap();
            (at, effect) = (at + length, this);
        }
        effect
    }

    #[test]
    fn what_moves_the_stack() {
        assert_eq!(last(&[0xB5F0]), Effect::Takes(20)); // push {r4-r7, lr}
        assert_eq!(last(&[0xE92D, 0x4FF0]), Effect::Takes(36)); // push.w {r4-r11, lr}
        assert_eq!(last(&[0xED2D, 0x8B10]), Effect::Takes(64)); // vpush {d8-d15}
        assert_eq!(last(&[0xF84D, 0x8D04]), Effect::Takes(4)); // str r8, [sp, #-4]!
        assert_eq!(last(&[0xB082]), Effect::Takes(8)); // sub sp, #8
        assert_eq!(last(&[0xF5AD, 0x7D00]), Effect::Takes(512)); // sub.w sp, sp, #512
        assert_eq!(last(&[0xF6AD, 0x0D0C]), Effect::Takes(0x80C)); // subw sp, sp, #2060
        assert_eq!(last(&[0xB002]), Effect::Frees(8)); // add sp, #8
        assert_eq!(last(&[0xF36F, 0x0403, 0x46A5]), Effect::Takes(15)); // bfc r4, #0, #4; mov sp, r4
        assert_eq!(last(&[0x46B5]), Effect::MovesUnknown); // mov sp, r6
        assert_eq!(
            last(&[0xF241, 0x0702, 0xEBAD, 0x0D07]),
            Effect::Takes(0x1002)
        ); // movw r7, #4098; sub.w sp, sp, r7
        assert_eq!(last(&[0x44BD]), Effect::MovesUnknown); // add sp, r7
    }

    #[test]
    fn what_leaves() {
        assert_eq!(last(&[0xBDF0]), Effect::Leaves); // pop {r4-r7, pc}
        assert_eq!(last(&[0xF000, 0xF802]), Effect::Calls(0x108)); // bl +4
        let jump = |to, always| Effect::Jumps { to, always };
        assert_eq!(last(&[0xF7FF, 0xBFFE]), jump(0x100, true)); // b.w here
        assert_eq!(last(&[0xE7FE]), jump(0x100, true)); // b here
        assert_eq!(last(&[0xD0FE]), jump(0x100, false)); // beq here
        assert_eq!(last(&[0xF01F, 0xC00B]), Effect::None); // letp
        assert_eq!(last(&[0x4790]), Effect::CallsUnknown); // blx r2
        // movw r2, #0x201; movt r2, #0; blx r2
        let through_pointer = [0xF240, 0x2201, 0xF2C0, 0x0200, 0x4790];
        assert_eq!(last(&through_pointer), Effect::Calls(0x200));
    }
}
