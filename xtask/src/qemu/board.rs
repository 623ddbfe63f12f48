//! The boards that firmware is built for and run on: a core, and the machine of QEMU that has it.

use std::fmt::{self, Display};

/// A core to build for, on a machine that runs it.
pub(crate) struct Board {
    pub(crate) name: &'static str,
    /// The processor core.
    pub(crate) core: &'static str,
    /// rustc's target.
    pub(crate) target: &'static str,
    /// rustc's name of the core (`-Ctarget-cpu`).
    cpu: &'static str,
    /// mlc's name of the core.
    #[expect(dead_code, reason = "networks are compiled for any machine so far")]
    pub(crate) mlc: &'static str,
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
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        cpu: "cortex-m0",
        mlc: "cortex-m0",
        machine: &MICROBIT,
    },
    Board {
        name: "mps2-an385-m0",
        core: "Cortex-M0 code on a Cortex-M3",
        target: "thumbv6m-none-eabi",
        cpu: "cortex-m0",
        mlc: "cortex-m0",
        machine: &AN385,
    },
    Board {
        name: "mps2-an385",
        core: "Cortex-M3",
        target: "thumbv7m-none-eabi",
        cpu: "cortex-m3",
        mlc: "cortex-m3",
        machine: &AN385,
    },
    Board {
        name: "mps2-an386",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        cpu: "cortex-m4",
        mlc: "cortex-m4",
        machine: &AN386,
    },
    Board {
        name: "mps2-an500",
        core: "Cortex-M7",
        target: "thumbv7em-none-eabihf",
        cpu: "cortex-m7",
        mlc: "cortex-m7",
        machine: &AN500,
    },
    Board {
        name: "mps2-an505",
        core: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        cpu: "cortex-m33",
        mlc: "cortex-m33",
        machine: &AN505,
    },
    Board {
        name: "mps3-an547",
        core: "Cortex-M55",
        target: "thumbv8m.main-none-eabihf",
        cpu: "cortex-m55",
        mlc: "cortex-m55",
        machine: &AN547,
    },
    Board {
        name: "virt-rv32imc",
        core: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        cpu: "generic-rv32",
        mlc: "rv32imc",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv32imac",
        core: "RV32IMAC",
        target: "riscv32imac-unknown-none-elf",
        cpu: "generic-rv32",
        mlc: "rv32imac",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv32imafc",
        core: "RV32IMAFC",
        target: "riscv32imafc-unknown-none-elf",
        cpu: "generic-rv32",
        mlc: "rv32imafc",
        machine: &VIRT32,
    },
    Board {
        name: "virt-rv64gc",
        core: "RV64GC",
        target: "riscv64gc-unknown-none-elf",
        cpu: "generic-rv64",
        mlc: "rv64gc",
        machine: &VIRT64,
    },
];

impl Board {
    /// Flags for rustc.
    pub(crate) fn flags(&self) -> [String; 1] {
        [format!("-Ctarget-cpu={}", self.cpu)]
    }
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
        write!(f, "{} ({}, {})", self.name, self.core, self.target)
    }
}
