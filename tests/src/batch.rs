//! Emitted code on this machine: many networks as modules of one generated program.
//!
//! A crate for each case would cost a second or more; as modules of one program, hundreds of networks
//! compile in one invocation of rustc, without optimisation, against a runtime that was optimised once.
//! The emitted text is the same as in a crate of its own, but for the path of the runtime.

use mlc_codegen::{BorrowedArena, Files, Module, Runtime, WeightsAt, emit_module};
use mlc_compiler::Compiled;
use mlc_compiler::program::{Port, Program};
use mlc_compiler::tensor::{Tensor, TensorType};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// A compiler, what it is asked for beside what is always asked, and where the runtime lies that it makes.
#[derive(Clone, Debug)]
pub struct Rustc {
    toolchain: Option<&'static str>,
    flags: Vec<String>,
    folder: PathBuf,
    /// The first file of the runtime's sources.
    runtime: PathBuf,
}

impl Rustc {
    /// The compiler that this was compiled with.
    pub fn plain() -> Self {
        Rustc {
            toolchain: None,
            flags: Vec::new(),
            folder: crate::target_dir().join("batches"),
            runtime: own_runtime(),
        }
    }

    /// The same with these flags, which may undo what is always asked; what it makes lies in a folder of their name.
    pub fn with(name: &str, flags: &[&str]) -> Self {
        Rustc {
            toolchain: None,
            flags: flags.iter().map(|flag| flag.to_string()).collect(),
            folder: crate::target_dir().join("batches").join(name),
            runtime: own_runtime(),
        }
    }

    /// That of another toolchain, with these flags; what it makes lies in `folder`.
    pub fn of(toolchain: &'static str, flags: &[&str], folder: PathBuf) -> Self {
        Rustc {
            toolchain: Some(toolchain),
            flags: flags.iter().map(|flag| flag.to_string()).collect(),
            folder,
            runtime: own_runtime(),
        }
    }

    /// With a runtime whose sources lie in `sources`; what is made of it lies in `folder`.
    pub fn with_runtime(self, sources: &Path, folder: PathBuf) -> Self {
        Rustc {
            folder,
            runtime: sources.join("lib.rs"),
            ..self
        }
    }

    /// A folder for what is made of this name.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn command(&self, always: &[&str]) -> Command {
        let own = || std::env::var_os("RUSTC").unwrap_or("rustc".into());
        let mut command = match self.toolchain {
            None => Command::new(own()),
            Some(toolchain) => {
                let mut rustup = Command::new("rustup");
                rustup.args(["run", toolchain, "rustc"]);
                rustup
            }
        };
        command
            .args(["--edition", "2024"])
            .args(always)
            .args(&self.flags);
        command
    }
}

fn own_runtime() -> PathBuf {
    crate::root().join("runtime-core/src/lib.rs")
}

/// A network that is to be run.
pub struct Job {
    /// Its name.
    pub name: String,
    /// The network.
    pub compiled: Compiled,
}

/// A program that holds several networks.
pub struct Batch {
    program: PathBuf,
    /// Types of the outputs, by job.
    outputs: Vec<Vec<TensorType>>,
}

impl Batch {
    /// Emits and builds a program in `dir`. Warnings of rustc are errors.
    pub fn build(dir: &Path, jobs: &[Job]) -> Result<Batch, String> {
        Batch::build_by(&Rustc::plain(), dir, jobs)
    }

    /// As [`Batch::build`], by a compiler of choice.
    pub fn build_by(rustc: &Rustc, dir: &Path, jobs: &[Job]) -> Result<Batch, String> {
        let mut files = Files::default();
        let mut main = String::from(HARNESS);
        for (i, job) in jobs.iter().enumerate() {
            let module = emit(i, job)?;
            main += &entry(i, &module, &job.compiled.program);
            files.add(format!("net{i}.rs"), module.items);
            files.add(format!("net{i}.bin"), module.weights);
        }
        main += &dispatch(jobs.len());
        files.add("main.rs", main);
        files.write_to(dir).map_err(|diag| diag.to_string())?;
        let types = |ports: &[Port]| ports.iter().map(|port| port.ty.clone()).collect();
        Ok(Batch {
            program: compile(rustc, dir)?,
            outputs: jobs
                .iter()
                .map(|job| types(&job.compiled.program.outputs))
                .collect(),
        })
    }

    /// Runs the `job`-th network on inputs, in order, and gives its outputs.
    pub fn run(&self, job: usize, inputs: &[Tensor]) -> Result<Vec<Tensor>, String> {
        self.outputs(job, &self.execute(job, inputs)?)
    }

    /// What the program writes when it is given these tensors.
    fn execute(&self, job: usize, given: &[Tensor]) -> Result<Vec<u8>, String> {
        let mut command = Command::new(&self.program);
        let mut child = command
            .arg(job.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let given: Vec<u8> = given.iter().flat_map(|x| x.bytes()).copied().collect();
        let mut stdin = child.stdin.take().ok_or("no standard input")?;
        // The program reads everything before it writes anything.
        stdin.write_all(&given).map_err(|e| e.to_string())?;
        drop(stdin);
        let output = child.wait_with_output().map_err(|e| e.to_string())?;
        succeeded("the emitted network", output)
    }

    /// Runs steps of the `job`-th network, one after the other and from the start of time, and gives the outputs of
    /// those that return any.
    pub fn run_steps(
        &self,
        job: usize,
        steps: &[Tensor],
    ) -> Result<Vec<Option<Vec<Tensor>>>, String> {
        let bytes = self.execute(job, steps)?;
        let size = 1 + self.outputs[job]
            .iter()
            .map(TensorType::bytes)
            .sum::<usize>();
        let step = |bytes: &[u8]| match bytes.split_first() {
            Some((1, outputs)) => self.outputs(job, outputs).map(Some),
            _ => Ok(None),
        };
        bytes.chunks(size).map(step).collect()
    }

    fn outputs(&self, job: usize, mut bytes: &[u8]) -> Result<Vec<Tensor>, String> {
        let types = &self.outputs[job];
        let wanted: usize = types.iter().map(TensorType::bytes).sum();
        if bytes.len() != wanted {
            return Err(format!(
                "{} bytes of output instead of {wanted}",
                bytes.len()
            ));
        }
        let mut outputs = Vec::new();
        for ty in types {
            let (own, rest) = bytes.split_at(ty.bytes());
            outputs.push(Tensor::from_bytes(ty.clone(), own).map_err(|diag| diag.to_string())?);
            bytes = rest;
        }
        Ok(outputs)
    }
}

fn emit(number: usize, job: &Job) -> Result<Module, String> {
    let runtime = Runtime::External("::mlc_runtime_core".into());
    let weights = WeightsAt::File(format!("net{number}.bin"));
    emit_module(&job.compiled, &job.name, &runtime, &weights)
        .map_err(|diag| format!("{}: {diag}", job.name))
}

/// How the program reads inputs and writes outputs, as they lie in memory.
const HARNESS: &str = r#"//! Networks under test.
#![allow(dead_code)]
#![deny(warnings)]
use std::io::{Read, Write};

fn read<T: Copy, const N: usize>(place: &mut [T; N]) {
    // SAFETY: elements are plain numbers: any bytes will do.
    let bytes = unsafe { std::slice::from_raw_parts_mut(place.as_mut_ptr().cast::<u8>(), size_of_val(place)) };
    std::io::stdin().read_exact(bytes).unwrap();
}

fn read_all<T: Copy + Default, const N: usize>() -> Vec<[T; N]> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).unwrap();
    let block = |bytes: &[u8]| {
        let mut place = [T::default(); N];
        // SAFETY: elements are plain numbers: any bytes will do.
        let all = unsafe { std::slice::from_raw_parts_mut(place.as_mut_ptr().cast::<u8>(), size_of_val(&place)) };
        all.copy_from_slice(bytes);
        place
    };
    bytes.chunks_exact(size_of::<[T; N]>()).map(block).collect()
}

fn write<T: Copy, const N: usize>(place: &[T; N]) {
    // SAFETY: elements are plain numbers without padding.
    let bytes = unsafe { std::slice::from_raw_parts(place.as_ptr().cast::<u8>(), size_of_val(place)) };
    std::io::stdout().write_all(bytes).unwrap();
}
"#;

/// The module of a network, and the function that runs it.
fn entry(number: usize, module: &Module, program: &Program) -> String {
    format!(
        "\n#[path = \"net{number}.rs\"]\nmod net{number};\n{}",
        runner(number, module, program)
    )
}

/// A function that runs a network. One may be larger than the stack, so it lies in a static, or its arenas do.
fn runner(number: usize, module: &Module, program: &Program) -> String {
    let lines = |names: &[String], call: &str| -> String {
        names
            .iter()
            .map(|name| format!("    {call}(net.{name}());\n"))
            .collect()
    };
    let outputs = lines(&module.outputs, "write");
    let by_rows = program.segments.first().is_some_and(|s| s.fed);
    if program.stepping.is_some() {
        return stepper(number, module, program, &outputs);
    }
    let run = match &program.inputs[..] {
        // The network has no place for the whole input.
        [input] if by_rows => {
            let buffer = program.buffer(input.buffer);
            let (ty, len) = (buffer.element.rust_name(), buffer.len());
            format!(
                "    let mut input = [0 as {ty}; {len}];\n    read(&mut input);\n    net.run(&input);\n"
            )
        }
        _ => lines(&module.inputs, "read") + "    net.infer();\n",
    };
    format!(
        "fn run{number}() {{\n{}{run}{outputs}}}\n",
        network(number, module)
    )
}

/// The statements that make a network.
fn network(number: usize, module: &Module) -> String {
    let (net, ty) = (format!("net{number}"), &module.type_name);
    let mutex = "std::sync::Mutex";
    if module.lent.is_empty() {
        return format!(
            "    static NET: {mutex}<{net}::{ty}> = {mutex}::new({net}::{ty}::new());\n    \
             let mut net = NET.lock().unwrap();\n"
        );
    }
    let arena = |(i, lent): (usize, &BorrowedArena)| {
        format!(
            "    static A{i}: {mutex}<{net}::Arena<{{ {net}::{} }}>> = {mutex}::new({net}::Arena::new());\n    \
             let mut {} = A{i}.lock().unwrap();\n    {}.bytes_mut().fill(0xa5);\n",
            lent.bytes, lent.name, lent.name
        )
    };
    let arenas: String = module.lent.iter().enumerate().map(arena).collect();
    let lent: Vec<_> = module
        .lent
        .iter()
        .map(|lent| format!("&mut {}", lent.name))
        .collect();
    format!(
        "{arenas}    let mut net = {net}::{ty}::new({});\n",
        lent.join(", ")
    )
}

/// A function that runs steps as long as there is input, and writes for each whether it returned anything.
fn stepper(number: usize, module: &Module, program: &Program, outputs: &str) -> String {
    let input = program.buffer(program.inputs[0].buffer);
    let (network, element, len) = (&module.type_name, input.element.rust_name(), input.len());
    let returned = match &program.stepping {
        Some(stepping) if stepping.warm_up > 0 => "net.step(&slices[i]).is_some()",
        _ => "{\n            net.step(&slices[i]);\n            true\n        }",
    };
    format!(
        "fn run{number}() {{\n    \
         static NET: std::sync::Mutex<net{number}::{network}> = std::sync::Mutex::new(net{number}::{network}::new());\n    \
         let mut net = NET.lock().unwrap();\n    \
         let slices: Vec<[{element}; {len}]> = read_all();\n    \
         for i in 0..slices.len() {{\n        let returned = {returned};\n        write(&[u8::from(returned)]);\n{outputs}    }}\n}}\n"
    )
}

fn dispatch(count: usize) -> String {
    let names: Vec<_> = (0..count).map(|i| format!("run{i}")).collect();
    format!(
        "\nfn main() {{\n    let runs: &[fn()] = &[{}];\n    \
         let number: usize = std::env::args().nth(1).unwrap().parse().unwrap();\n    runs[number]();\n}}\n",
        names.join(", ")
    )
}

/// Compiles the program in `dir`.
fn compile(rustc: &Rustc, dir: &Path) -> Result<PathBuf, String> {
    let runtime = runtime(rustc)?;
    let program = dir.join("networks");
    let mut rustc = rustc.command(&["-Copt-level=1", "-Cdebug-assertions=on"]);
    rustc
        .arg(dir.join("main.rs"))
        .args(["--crate-name", "networks"])
        .arg("--extern")
        .arg(format!("mlc_runtime_core={}", runtime.display()))
        .arg("-o")
        .arg(&program);
    succeeded("rustc", rustc.output().map_err(|e| e.to_string())?)?;
    Ok(program)
}

/// The runtime, compiled once for all batches of a compiler.
fn runtime(rustc: &Rustc) -> Result<PathBuf, String> {
    static RUNTIMES: Mutex<BTreeMap<PathBuf, Result<PathBuf, String>>> =
        Mutex::new(BTreeMap::new());
    let mut runtimes = RUNTIMES.lock().unwrap_or_else(|e| e.into_inner());
    let runtime = runtimes.entry(rustc.folder.clone());
    runtime.or_insert_with(|| build_runtime(rustc)).clone()
}

fn build_runtime(rustc: &Rustc) -> Result<PathBuf, String> {
    let dir = rustc.folder("runtime");
    let library = dir.join("libmlc_runtime_core.rlib");
    // Built beside its place and moved there: another test may be reading it.
    let fresh = dir
        .join(std::process::id().to_string())
        .join("libmlc_runtime_core.rlib");
    std::fs::create_dir_all(fresh.parent().unwrap_or(&dir)).map_err(|e| e.to_string())?;
    // What kernels demand of their operands is checked.
    let mut command = rustc.command(&["-Copt-level=3", "-Cdebug-assertions=on"]);
    command
        .arg(&rustc.runtime)
        .args(["--crate-name", "mlc_runtime_core", "--crate-type", "rlib"])
        .arg("-o")
        .arg(&fresh);
    succeeded("rustc", command.output().map_err(|e| e.to_string())?)?;
    std::fs::rename(&fresh, &library).map_err(|e| e.to_string())?;
    let _ = std::fs::remove_dir(fresh.parent().unwrap_or(&dir));
    Ok(library)
}

fn succeeded(what: &str, output: Output) -> Result<Vec<u8>, String> {
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{what} failed: {}\n{said}", output.status))
        }
    }
}
