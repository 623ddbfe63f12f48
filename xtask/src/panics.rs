//! `cargo xtask panics`: no kernel of the runtime can panic, whatever its parameters and lengths.
//!
//! Each row of the kernel table becomes a function that calls the kernel with operands and parameters
//! the optimiser knows nothing of. Each such function is then linked by itself: it links only if no
//! panic can be reached from it, since the panic handler refers to a symbol that nothing defines.
//! An emitted crate, whose sizes are constants, can only have fewer such paths.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mlc_compiler::target::TARGETS;
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::forms::Isa;
use mlc_runtime_core::table::{self, Kernel, Operand, Role};

use crate::toolchain::{self, Toolchain};
use crate::{packages, sh};

/// Shows that no kernel can panic, by linking each for a microcontroller.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The target to build for.
    #[arg(long, default_value = "thumbv6m-none-eabi")]
    target: String,
    /// The optimisation level.
    #[arg(long, default_value = "3")]
    opt_level: String,
}

/// What the panic handler refers to.
const PANIC_SYMBOL: &str = "a_panic_can_be_reached";

pub(crate) fn run(args: Args) -> Result<()> {
    let targets = [args.target.as_str()];
    packages::install(&toolchain::missing_packages(&targets))?;
    let toolchain = Toolchain::for_targets(&targets)?;
    let kernels = table::kernels().filter(|kernel| assembles(kernel, &args.target));
    let probes: Vec<_> = kernels.flat_map(Probe::of).collect();
    let library = build(&probes, &toolchain, &args)?;
    ensure!(
        !links("planted", &library, &toolchain)?,
        "an index out of bounds should fail to link"
    );
    let mut guilty = Vec::new();
    for probe in &probes {
        if !links(&probe.symbol(), &library, &toolchain)? {
            guilty.push(probe.symbol());
        }
    }
    println!(
        "{} of {} kernels, by element type, cannot panic",
        probes.len() - guilty.len(),
        probes.len()
    );
    ensure!(guilty.is_empty(), "these can: {}", guilty.join(", "));
    Ok(())
}

/// Whether the platform has the instructions that a kernel names: those of others are proved by the images of `cargo
/// xtask qemu`.
fn assembles(kernel: &Kernel, triple: &str) -> bool {
    let is_of = |isa: &Isa| {
        let name = format!("{isa:?}").to_lowercase();
        kernel.module.split('_').next() == Some(&*name)
    };
    let has = |isa: &Isa| {
        let mut cores = TARGETS
            .iter()
            .filter(|target| target.triple == Some(triple));
        cores.any(|target| target.isas.contains(isa))
    };
    let mut named = TARGETS
        .iter()
        .flat_map(|target| target.isas)
        .filter(|isa| is_of(isa));
    named.next().is_none_or(has)
}

/// A call of a kernel for one element type.
struct Probe {
    kernel: &'static Kernel,
    /// The type of its generic operands.
    generic: ElementType,
}

impl Probe {
    /// One probe for each type that differs in kind; one in all if no operand is generic.
    fn of(kernel: &'static Kernel) -> Vec<Self> {
        use ElementType::{F32, I16, I64, U8};
        let generic = kernel.operands.iter().find(|operand| operand.generic);
        let probe = |generic| Self { kernel, generic };
        let may_be = |ty: &ElementType| generic.is_none_or(|operand| operand.types.contains(ty));
        let kinds = [F32, I64, U8, I16].into_iter().filter(may_be);
        let is_generic = kernel.has_closure || generic.is_some();
        let count = if is_generic { 3 } else { 1 };
        kinds.take(count).map(probe).collect()
    }

    fn symbol(&self) -> String {
        format!("{}_{:?}", self.kernel.name, self.generic).to_lowercase()
    }

    /// The function that calls the kernel.
    fn source(&self) -> String {
        let Kernel { name, module, .. } = self.kernel;
        let params = self.kernel.has_params.then(|| "params()".to_owned());
        let closure = self.kernel.has_closure.then(|| self.closure());
        let operands = self
            .kernel
            .operands
            .iter()
            .map(|operand| self.operand(operand));
        let arguments: Vec<_> = params.into_iter().chain(closure).chain(operands).collect();
        format!(
            "#[unsafe(no_mangle)]\npub extern \"C\" fn {}() {{ {module}::{name}({}) }}\n",
            self.symbol(),
            arguments.join(", ")
        )
    }

    fn operand(&self, operand: &Operand) -> String {
        let types = operand.types;
        let ty = if types.contains(&self.generic) {
            self.generic
        } else {
            types.first().copied().unwrap_or(self.generic)
        };
        let maker = if operand.role == Role::Read {
            "shared"
        } else {
            "exclusive"
        };
        format!("{maker}::<{}>()", format!("{ty:?}").to_lowercase())
    }

    /// A scalar function of everything the kernel reads: some value that nothing is known of.
    fn closure(&self) -> String {
        let read = self
            .kernel
            .operands
            .iter()
            .filter(|o| matches!(o.role, Role::Read | Role::Update));
        let names = vec!["_"; read.count()].join(", ");
        format!("|{names}| *params()")
    }
}

const PRELUDE: &str = r#"#![no_std]
use core::{hint::black_box, slice};
use mlc_runtime_core::kernels::*;

unsafe extern "C" { safe fn a_panic_can_be_reached() -> !; }
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { a_panic_can_be_reached() }

fn params<T>() -> &'static T { unsafe { &*black_box(16 as *const T) } }
fn shared<T>() -> &'static [T] { unsafe { slice::from_raw_parts(black_box(16 as *const T), black_box(1)) } }
fn exclusive<T>() -> &'static mut [T] { unsafe { slice::from_raw_parts_mut(black_box(16 as *mut T), black_box(1)) } }

#[unsafe(no_mangle)]
pub extern "C" fn planted() -> u8 { shared()[*params::<usize>()] }

"#;

/// Builds all probes into one archive, optimised as a whole.
fn build(probes: &[Probe], toolchain: &Toolchain, args: &Args) -> Result<PathBuf> {
    let dir = sh::target_dir().join("panics");
    let mut source = PRELUDE.to_owned();
    for probe in probes {
        writeln!(source, "{}", probe.source())?;
    }
    fs::create_dir_all(dir.join("src"))?;
    fs::write(dir.join("src/lib.rs"), source)?;
    fs::write(dir.join("Cargo.toml"), manifest(&args.opt_level))?;
    let mut command = toolchain.cargo_build(&dir.join("Cargo.toml"), &args.target, &[]);
    sh::run(command.arg("--target-dir").arg(dir.join("target")))?;
    Ok(dir
        .join("target")
        .join(&args.target)
        .join("release/libpanics.a"))
}

fn manifest(opt_level: &str) -> String {
    let runtime = sh::root().join("runtime-core");
    let opt_level = toolchain::toml_opt_level(opt_level);
    format!(
        r#"[package]
name = "panics"
edition = "2024"
[lib]
crate-type = ["staticlib"]
[dependencies]
mlc-runtime-core = {{ path = {runtime:?} }}
[profile.release]
panic = "abort"
lto = "fat"
codegen-units = 1
opt-level = {opt_level}
[workspace]
"#
    )
}

/// Whether what can be reached from `symbol` links.
fn links(symbol: &str, library: &Path, toolchain: &Toolchain) -> Result<bool> {
    let mut command = Command::new(toolchain.linker());
    command.args([
        "-flavor",
        "gnu",
        "--gc-sections",
        "-o",
        "/dev/null",
        "--entry",
        symbol,
        "--undefined",
        symbol,
    ]);
    let output = command
        .arg(library)
        .output()
        .context("cannot run the linker")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let panics = said.contains(PANIC_SYMBOL);
    ensure!(
        output.status.success() || panics,
        "cannot link {symbol}:\n{said}"
    );
    Ok(!panics)
}
