//! RISC-V instructions that move the stack pointer or leave a function, compressed ones among them.

use super::{Decoder, Effect, adjusts, half, signed, word};

const ZERO: usize = 0;
const SP: usize = 2;

/// What constants registers hold.
pub(super) struct RiscV {
    /// Bits of a register.
    width: u32,
    constants: [Option<i64>; 32],
}

impl Decoder for RiscV {
    fn decode(&mut self, at: u64, code: &[u8]) -> Option<(usize, Effect)> {
        match half(code, 0)? {
            op if op & 3 == 3 => Some((4, self.long(word(code, 0)?, at))),
            op => Some((2, self.short(op.into(), at))),
        }
    }
}

impl RiscV {
    pub(super) fn new(width: u32) -> Self {
        Self {
            width,
            constants: [None; 32],
        }
    }

    /// Instructions of four bytes.
    fn long(&mut self, op: u32, at: u64) -> Effect {
        let [rd, rs1, rs2] = [7, 15, 20].map(|bit| (op >> bit & 31) as usize);
        let kind = op >> 12 & 7;
        let immediate = signed(op >> 20, 12);
        let upper = i64::from((op & !0xFFF) as i32);
        match op & 0x7F {
            // lui, auipc
            0x37 => self.set(rd, Some(upper)),
            0x17 => self.set(rd, Some((at as i64).wrapping_add(upper))),
            // addi, andi
            0x13 if kind == 0 && rd == SP && rs1 == SP => return adjusts(immediate),
            0x13 if kind == 7 && rd == SP => return Effect::Takes((!immediate).unsigned_abs()),
            0x13 if kind == 0 => self.set(rd, self.sum(rs1, immediate)),
            // add, sub
            0x33 if kind == 0 && rd == SP && rs1 == SP => {
                return self.moved(rs2, op >> 30 & 1 == 1);
            }
            0x6F => return jump(rd, offset_of_jal(op), at),
            0x67 => return self.jump_to(rd, self.sum(rs1, immediate)),
            0x63 => {
                return Effect::Jumps {
                    to: at.wrapping_add_signed(offset_of_branch(op)),
                    always: false,
                };
            }
            // what stores writes no register
            0x23 | 0x27 => {}
            _ => self.set(rd, None),
        }
        Effect::None
    }

    /// Instructions of two bytes.
    fn short(&mut self, op: u32, at: u64) -> Effect {
        let [rd, rs2] = [7, 2].map(|bit| (op >> bit & 31) as usize);
        let immediate = signed(op >> 7 & 0x20 | op >> 2 & 0x1F, 6);
        match (op & 3, op >> 13) {
            // c.addi, c.addi16sp
            (1, 0) if rd == SP => return adjusts(immediate),
            (1, 3) if rd == SP => return adjusts(offset_of_addi16sp(op)),
            (1, 0) => self.set(rd, self.sum(rd, immediate)),
            // c.li, c.lui
            (1, 2) => self.set(rd, Some(immediate)),
            (1, 3) => self.set(rd, Some(immediate << 12)),
            // c.jal, of 32 bits only, and c.j
            (1, 1) if self.width == 32 => return jump(1, offset_of_c_j(op), at),
            (1, 5) => return jump(ZERO, offset_of_c_j(op), at),
            // c.jr, c.jalr, c.add
            (2, 4) if rs2 == 0 && rd != ZERO => {
                let links = (op >> 12 & 1) as usize;
                return self.jump_to(links, self.sum(rd, 0));
            }
            (2, 4) if rd == SP && op >> 12 & 1 == 1 => return self.moved(rs2, false),
            // branches and stores write no register
            (1, 6 | 7) | (0 | 2, 5..=7) => {}
            // in short forms, fewer registers are named by other bits
            _ => {
                self.set(rd, None);
                self.set(8 + rd % 8, None);
                self.set(8 + rs2 % 8, None);
            }
        }
        Effect::None
    }

    fn set(&mut self, register: usize, to: Option<i64>) {
        self.constants[register] = to;
    }

    fn sum(&self, register: usize, immediate: i64) -> Option<i64> {
        match register {
            ZERO => Some(immediate),
            _ => Some(self.constants[register]?.wrapping_add(immediate)),
        }
    }

    /// The stack pointer is moved by what a register holds.
    fn moved(&self, by: usize, down: bool) -> Effect {
        match self.constants[by] {
            Some(by) => adjusts(if down { -by } else { by }),
            None => Effect::MovesUnknown,
        }
    }

    /// A jump to what a register says; one that links is a call.
    fn jump_to(&self, links: usize, to: Option<i64>) -> Effect {
        let to = to.map(|to| to as u64 & (u64::MAX >> (64 - self.width)) & !1);
        match (links, to) {
            (ZERO, None) => Effect::Leaves,
            (ZERO, Some(to)) => Effect::Jumps { to, always: true },
            (_, None) => Effect::CallsUnknown,
            (_, Some(to)) => Effect::Calls(to),
        }
    }
}

/// A jump by an offset; one that links is a call.
fn jump(links: usize, offset: i64, at: u64) -> Effect {
    let to = at.wrapping_add_signed(offset);
    match links {
        ZERO => Effect::Jumps { to, always: true },
        _ => Effect::Calls(to),
    }
}

/// Gathers the bits of a number that an instruction has scattered: `(bit, count, of the number)`.
fn gathered(op: u32, bits: u32, parts: &[(u32, u32, u32)]) -> i64 {
    let part = |&(from, count, to): &(u32, u32, u32)| (op >> from & ((1 << count) - 1)) << to;
    signed(parts.iter().map(part).sum(), bits)
}

fn offset_of_jal(op: u32) -> i64 {
    gathered(
        op,
        21,
        &[(31, 1, 20), (12, 8, 12), (20, 1, 11), (21, 10, 1)],
    )
}

fn offset_of_branch(op: u32) -> i64 {
    gathered(op, 13, &[(31, 1, 12), (7, 1, 11), (25, 6, 5), (8, 4, 1)])
}

fn offset_of_c_j(op: u32) -> i64 {
    let parts = [
        (12, 1, 11),
        (11, 1, 4),
        (9, 2, 8),
        (8, 1, 10),
        (7, 1, 6),
        (6, 1, 7),
        (3, 3, 1),
        (2, 1, 5),
    ];
    gathered(op, 12, &parts)
}

fn offset_of_addi16sp(op: u32) -> i64 {
    let parts = [(12, 1, 9), (6, 1, 4), (5, 1, 6), (3, 2, 7), (2, 1, 5)];
    gathered(op, 10, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The effect of the last of some instructions, at address 0x100.
    fn last(code: &[u32]) -> Effect {
        let mut core = RiscV::new(32);
        let (mut at, mut effect) = (0x100, Effect::None);
        for op in code {
            let (length, this) = core.decode(at, &op.to_le_bytes()).unwrap();
            (at, effect) = (at + length as u64, this);
        }
        effect
    }

    #[test]
    fn what_moves_the_stack() {
        assert_eq!(last(&[0xFE010113]), Effect::Takes(32)); // addi sp, sp, -32
        assert_eq!(last(&[0x1141]), Effect::Takes(16)); // c.addi sp, -16
        assert_eq!(last(&[0x7139]), Effect::Takes(64)); // c.addi16sp sp, -64
        assert_eq!(last(&[0x6121]), Effect::Frees(64)); // c.addi16sp sp, 64
        // lui t0, 1; addi t0, t0, -16; sub sp, sp, t0
        assert_eq!(
            last(&[0x000012B7, 0xFF028293, 0x40510133]),
            Effect::Takes(4080)
        );
        assert_eq!(last(&[0xFF017113]), Effect::Takes(15)); // andi sp, sp, -16
    }

    #[test]
    fn what_leaves() {
        let jump = |to, always| Effect::Jumps { to, always };
        assert_eq!(last(&[0x8082]), Effect::Leaves); // ret
        assert_eq!(last(&[0x00000097, 0x008080E7]), Effect::Calls(0x108)); // auipc ra, 0; jalr 8(ra)
        assert_eq!(last(&[0x9282]), Effect::CallsUnknown); // c.jalr t0
        assert_eq!(last(&[0x0080006F]), jump(0x108, true)); // j +8
        assert_eq!(last(&[0xBFFD]), jump(0xFE, true)); // c.j -2
        assert_eq!(last(&[0xFE000EE3]), jump(0xFC, false)); // beqz zero, -4
    }
}
