//! The rows: a target is one of these, and nothing else in the project names it.

use super::{Pipeline, Target};
use mlc_runtime_core::table::forms::Isa;

/// Any machine: what rows differ from.
const ANY: Target = Target {
    name: "portable",
    about: "any machine",
    triple: None,
    cpu: None,
    isas: &[],
    floats: false,
    registers: 13,
    pipeline: None,
};

/// Every target; the first is the default.
pub const TARGETS: &[Target] = &[
    ANY,
    Target {
        name: "cortex-m0",
        about: "Arm Cortex-M0 (Armv6-M)",
        triple: Some("thumbv6m-none-eabi"),
        cpu: Some("cortex-m0"),
        registers: 8,
        isas: &[Isa::Armv6m],
        pipeline: Some(&Pipeline::CORTEX_M0),
        ..ANY
    },
    Target {
        name: "cortex-m0plus",
        about: "Arm Cortex-M0+ (Armv6-M)",
        triple: Some("thumbv6m-none-eabi"),
        cpu: Some("cortex-m0plus"),
        registers: 8,
        isas: &[Isa::Armv6m],
        pipeline: Some(&Pipeline::CORTEX_M0PLUS),
        ..ANY
    },
    Target {
        name: "cortex-m3",
        about: "Arm Cortex-M3 (Armv7-M)",
        triple: Some("thumbv7m-none-eabi"),
        cpu: Some("cortex-m3"),
        isas: &[Isa::Armv7m],
        pipeline: Some(&Pipeline::CORTEX_M3),
        ..ANY
    },
    Target {
        name: "cortex-m4",
        about: "Arm Cortex-M4 with DSP and FPU (Armv7E-M)",
        triple: Some("thumbv7em-none-eabihf"),
        cpu: Some("cortex-m4"),
        isas: &[Isa::Dsp, Isa::Fpu],
        floats: true,
        pipeline: Some(&Pipeline::CORTEX_M4),
        ..ANY
    },
    Target {
        name: "cortex-m7",
        about: "Arm Cortex-M7 with DSP and FPU (Armv7E-M)",
        triple: Some("thumbv7em-none-eabihf"),
        cpu: Some("cortex-m7"),
        isas: &[Isa::Dsp, Isa::Fpu],
        floats: true,
        ..ANY
    },
    Target {
        name: "cortex-m33",
        about: "Arm Cortex-M33 with DSP and FPU (Armv8-M Mainline)",
        triple: Some("thumbv8m.main-none-eabihf"),
        cpu: Some("cortex-m33"),
        isas: &[Isa::Dsp, Isa::Fpu],
        floats: true,
        pipeline: Some(&Pipeline::CORTEX_M33),
        ..ANY
    },
    Target {
        name: "cortex-m55",
        about: "Arm Cortex-M55 with Helium (Armv8.1-M Mainline)",
        triple: Some("thumbv8m.main-none-eabihf"),
        cpu: Some("cortex-m55"),
        isas: &[Isa::Helium, Isa::Dsp],
        floats: true,
        pipeline: Some(&Pipeline::CORTEX_M55),
        ..ANY
    },
    Target {
        name: "cortex-m85",
        about: "Arm Cortex-M85 with Helium (Armv8.1-M Mainline)",
        triple: Some("thumbv8m.main-none-eabihf"),
        cpu: Some("cortex-m85"),
        isas: &[Isa::Helium, Isa::Dsp],
        floats: true,
        ..ANY
    },
    Target {
        name: "rv32imc",
        about: "RISC-V, 32 bits, compressed instructions",
        triple: Some("riscv32imc-unknown-none-elf"),
        registers: 27,
        isas: &[Isa::Rv32],
        pipeline: Some(&Pipeline::RISC_V),
        ..ANY
    },
    Target {
        name: "rv32imac",
        about: "RISC-V, 32 bits, with atomic instructions",
        triple: Some("riscv32imac-unknown-none-elf"),
        registers: 27,
        isas: &[Isa::Rv32],
        pipeline: Some(&Pipeline::RISC_V),
        ..ANY
    },
    Target {
        name: "rv32imafc",
        about: "RISC-V, 32 bits, with floats",
        triple: Some("riscv32imafc-unknown-none-elf"),
        floats: true,
        registers: 27,
        isas: &[Isa::Rv32],
        pipeline: Some(&Pipeline::RISC_V),
        ..ANY
    },
    Target {
        name: "rv64gc",
        about: "RISC-V, 64 bits",
        triple: Some("riscv64gc-unknown-none-elf"),
        floats: true,
        registers: 27,
        ..ANY
    },
    Target {
        name: "aarch64",
        about: "Arm, 64 bits, with Neon",
        triple: Some("aarch64-unknown-linux-gnu"),
        floats: true,
        registers: 28,
        ..ANY
    },
    Target {
        name: "x86-64",
        about: "x86, 64 bits",
        triple: Some("x86_64-unknown-linux-gnu"),
        floats: true,
        registers: 14,
        ..ANY
    },
    Target {
        name: "wasm32",
        about: "WebAssembly",
        triple: Some("wasm32-unknown-unknown"),
        floats: true,
        ..ANY
    },
    Target {
        name: "host",
        about: "the machine that compiles, with all that it has",
        cpu: Some("native"),
        floats: true,
        ..ANY
    },
];
