//! The boards that firmware is built for and run on, as QEMU knows them.

use std::fmt::{self, Display};

/// A board.
pub(crate) struct Board {
    /// QEMU's name of it.
    pub(crate) name: &'static str,
    /// Its processor core.
    pub(crate) core: &'static str,
    /// rustc's target.
    pub(crate) target: &'static str,
    /// rustc's name of the core (`-Ctarget-cpu`).
    cpu: &'static str,
    /// The emulator, and the Debian package that has it.
    pub(crate) emulator: &'static str,
    pub(crate) package: &'static str,
    /// More arguments for the emulator.
    pub(crate) options: &'static [&'static str],
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

const KIB_PER_MIB: u32 = 1024;

/// Every board there is.
pub(crate) const BOARDS: &[Board] = &[
    Board {
        name: "microbit",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        cpu: "cortex-m0",
        emulator: "qemu-system-arm",
        package: "qemu-system-arm",
        options: &[],
        flash: Memory {
            origin: 0,
            kib: 256,
        },
        ram: Memory {
            origin: 0x2000_0000,
            kib: 16,
        },
        psram: None,
    },
    Board {
        name: "mps2-an386",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        cpu: "cortex-m4",
        emulator: "qemu-system-arm",
        package: "qemu-system-arm",
        options: &[],
        flash: Memory {
            origin: 0,
            kib: 4 * KIB_PER_MIB,
        },
        ram: Memory {
            origin: 0x2000_0000,
            kib: 4 * KIB_PER_MIB,
        },
        psram: Some(Memory {
            origin: 0x2100_0000,
            kib: 16 * KIB_PER_MIB,
        }),
    },
    // Its memory is all of one kind: the first half of what we use stands for flash.
    Board {
        name: "virt",
        core: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        cpu: "generic-rv32",
        emulator: "qemu-system-riscv32",
        package: "qemu-system-misc",
        options: &["-bios", "none"],
        flash: Memory {
            origin: 0x8000_0000,
            kib: 16 * KIB_PER_MIB,
        },
        ram: Memory {
            origin: 0x8100_0000,
            kib: 16 * KIB_PER_MIB,
        },
        psram: None,
    },
];

impl Board {
    /// Flags for rustc.
    pub(crate) fn flags(&self) -> [String; 1] {
        [format!("-Ctarget-cpu={}", self.cpu)]
    }

    /// `memory.x`: the part of the linker script that is the board's own.
    pub(crate) fn memory_x(&self) -> String {
        let (psram, alias) = match &self.psram {
            Some(psram) => (format!("  PSRAM : {psram}\n"), ""),
            None => (String::new(), "REGION_ALIAS(\"PSRAM\", RAM);\n"),
        };
        format!(
            "MEMORY {{\n  FLASH : {}\n  RAM : {}\n{psram}}}\n{alias}",
            self.flash, self.ram
        )
    }
}

impl Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ORIGIN = {:#010x}, LENGTH = {}K", self.origin, self.kib)
    }
}

impl Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.core, self.target)
    }
}
