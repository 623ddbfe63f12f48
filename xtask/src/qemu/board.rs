//! The boards that firmware is built for and run on: a core, and the machine of QEMU that has it.

use std::fmt::{self, Display};

use mlc_compiler::target::TargetRef;

/// A core to build for, on a machine that runs it.
pub(crate) struct Board {
    pub(crate) name: &'static str,
    /// The core, as a target of mlc's.
    core: &'static str,
    pub(crate) machine: &'static Machine,
}

/// A machine of QEMU's, and what of its memory is used.
pub(crate) struct Machine {
    /// QEMU's name of it.
    pub(crate) name: &'static str,
    /// The emulator, and the Debian package that has it.
    pub(crate) emulator: &'static str,
    pub(crate) package: &'static str,
    /// More arguments for the emulator.
    pub(crate) options: &'static [&'static str],
    /// Where the core begins, if that is not the begin of the flash.
    boot: Option<Memory>,
    flash: Memory,
    ram: Memory,
    /// A second, slow memory: where the arena of a region called `psram` lies.
    psram: Option<Memory>,
}

/// A stretch of memory.
struct Memory {
    origin: u32,
    kib: u32,
}

const fn kib(kib: u32, origin: u32) -> Memory {
    Memory { origin, kib }
}

const fn mib(mib: u32, origin: u32) -> Memory {
    kib(1024 * mib, origin)
}

/// What Arm's machines have in common.
const ARM: Machine = Machine {
    name: "",
    emulator: "qemu-system-arm",
    package: "qemu-system-arm",
    options: &[],
    boot: None,
    flash: mib(4, 0),
    ram: mib(4, 0x2000_0000),
    psram: None,
};

const MICROBIT: Machine = Machine {
    name: "microbit",
    flash: kib(256, 0),
    ram: kib(16, 0x2000_0000),
    ..ARM
};

const AN385: Machine = Machine {
    name: "mps2-an385",
    psram: Some(mib(16, 0x2100_0000)),
    ..ARM
};

const AN386: Machine = Machine {
    name: "mps2-an386",
    psram: Some(mib(16, 0x2100_0000)),
    ..ARM
};

const AN500: Machine = Machine {
    name: "mps2-an500",
    psram: Some(mib(16, 0x6000_0000)),
    ..ARM
};

/// The core begins in the secure state, whose addresses these are.
const AN505: Machine = Machine {
    name: "mps2-an505",
    flash: mib(4, 0x1000_0000),
    ram: mib(4, 0x3800_0000),
    psram: Some(mib(16, 0x8000_0000)),
    ..ARM
};

/// Its vectors are in the tightly coupled memory; that holds no more than they, and DDR memory stands for flash.
const AN547: Machine = Machine {
    name: "mps3-an547",
    boot: Some(kib(512, 0)),
    flash: mib(16, 0x6000_0000),
    ram: mib(4, 0x2100_0000),
    ..ARM
};

/// Its memory is all of one kind: the first half of what we use stands for flash.
const VIRT32: Machine = Machine {
    name: "virt",
    emulator: "qemu-system-riscv32",
    package: "qemu-system-misc",
    options: &["-bios", "none"],
    boot: None,
    flash: mib(16, 0x8000_0000),
    ram: mib(16, 0x8100_0000),
    psram: None,
};

const VIRT64: Machine = Machine {
    emulator: "qemu-system-riscv64",
    ..VIRT32
};

/// Every board there is. A core whose board has little memory has a second row: the same code, counted on a machine of
/// a core that runs it as it is.
pub(crate) const BOARDS: &[Board] = &[
    Board {
        name: "microbit",
        core: "cortex-m0",
        machine: &MICROBIT,
    },
    Board {
        name: "mps2-an385-m0",
        core: "cortex-m0",
        machine: &AN385,
    },
    Board {
        name: "mps2-an385",
        core: "cortex-m3",
        machine: &AN385,
    },
    Board {
        name: "mps2-an386",
        core: "cortex-m4",
        machine: &AN386,
    },
    Board {
        name: "mps2-an500",
        core: "cortex-m7",
        machine: &AN500,
    },
    Board {
        name: "mps2-an505",
        core: "cortex-m33",
        machine: &AN505,
    },
    Board {
        name: "mps3-an547",
        core: "cortex-m55",
        machine: &AN547,
    },
    Board {
        name: "virt-rv32imc",
        core: "rv32imc",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv32imac",
        core: "rv32imac",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv32imafc",
        core: "rv32imafc",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv64gc",
        core: "rv64gc",
        machine: &VIRT64,
    },
];

impl Board {
    /// What networks are compiled for.
    pub(crate) fn target(&self) -> TargetRef {
        self.core.parse().unwrap_or_default()
    }

    /// What firmware is compiled for, as rustc calls it.
    pub(crate) fn triple(&self) -> &'static str {
        self.target().triple.unwrap_or_default()
    }
}

/// The board that runs what is compiled for a target: of those with its core, or else of its platform, the largest.
pub(super) fn largest(target: TargetRef) -> Option<&'static Board> {
    let of = |fits: fn(&Board, TargetRef) -> bool| {
        let boards = BOARDS.iter().filter(|board| fits(board, target));
        boards.max_by_key(|board| board.machine.ram.kib)
    };
    of(|board, target| board.target() == target)
        .or_else(|| of(|board, target| Some(board.triple()) == target.triple))
}

impl Machine {
    /// `memory.x`: the part of the linker script that is the machine's own.
    pub(crate) fn memory_x(&self) -> String {
        let named = [
            ("BOOT", self.boot.as_ref(), "FLASH"),
            ("FLASH", Some(&self.flash), ""),
            ("RAM", Some(&self.ram), ""),
            ("PSRAM", self.psram.as_ref(), "RAM"),
        ];
        let mut regions = String::new();
        let mut aliases = String::new();
        for (name, memory, otherwise) in named {
            match memory {
                Some(memory) => regions += &format!("  {name} : {memory}\n"),
                None => aliases += &format!("REGION_ALIAS(\"{name}\", {otherwise});\n"),
            }
        }
        format!("MEMORY {{\n{regions}}}\n{aliases}")
    }
}

impl Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ORIGIN = {:#010x}, LENGTH = {}K", self.origin, self.kib)
    }
}

impl Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, machine, .. } = self;
        let code = self.target().about;
        write!(f, "{name}: code for {code} on QEMU's {}", machine.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_have_cores_that_targets_are_for() {
        for board in BOARDS {
            assert_eq!(board.target().name, board.core);
            assert!(!board.triple().is_empty());
        }
    }
}
