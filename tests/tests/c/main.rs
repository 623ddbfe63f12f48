//! Networks for C: what headers say, and programs in C and C++ that call emitted libraries on this machine. On an emulated
//! board, `cargo xtask c` runs the example.
#![cfg(target_os = "linux")]

use mlc_codegen::{CNames, Files, Options, emit_crate_with_c, emit_workspace_with_c};
use mlc_compiler::interp;
use mlc_compiler::tensor::Tensor;
use mlc_tests::{Case, importer, networks, target_dir};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where all this is built.
fn folder() -> PathBuf {
    target_dir().join("c/tests")
}

fn case(name: &str) -> Case {
    let case = networks().into_iter().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("there is no network {name}"))
}

fn options(name: &str) -> Options {
    Options {
        c_api: true,
        ..Options::new(case(name).onnx())
    }
}

fn emitted(options: &Options) -> Files {
    let compiled = options.compile().unwrap_or_else(|diags| panic!("{diags}"));
    options.emit(&compiled).expect("it is emitted")
}

/// A library that was built: where its headers are, and its file.
struct Library {
    include: PathBuf,
    archive: PathBuf,
}

/// Writes a crate, or a workspace, to a folder of its own, and builds its library, which needs no more than what every C compiler takes for granted:
/// so nothing in it can panic.
fn library(files: &Files, folder_name: &str, name: &str) -> Library {
    let folder = folder().join(folder_name);
    files.write_to(&folder).expect("it is written");
    let target = folder.join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args(["build", "--quiet", "--offline", "--release", "--target-dir"])
        .arg(&target)
        .current_dir(folder.join("c"))
        .env("RUSTFLAGS", "-Dwarnings");
    succeeds(cargo.output().expect("cargo runs"));
    let archive = target.join(format!("release/lib{name}.a"));
    let needed = needed(&archive, name);
    let provided = ["memcpy", "memmove", "memset", "memcmp"];
    // What compilers call for what processors lack begins with `__`, and is in the library.
    let mut others = needed.iter().filter(|symbol| !symbol.starts_with("__"));
    assert!(
        others.all(|symbol| provided.contains(&&**symbol)),
        "{name} needs {needed:?}"
    );
    Library {
        include: folder.join("c/include"),
        archive,
    }
}

/// The symbols that the code of networks needs from elsewhere: it is one object, called after the library.
fn needed(archive: &Path, name: &str) -> Vec<String> {
    let mut nm = Command::new("nm");
    let said = succeeds(nm.arg(archive).output().expect("binutils are there"));
    let said = String::from_utf8_lossy(&said).into_owned();
    let mut objects = said.split("\n\n").map(str::trim);
    let object = objects.find(|object| object.starts_with(&format!("{name}-")));
    let symbols = object.expect("it is there").lines().map(str::trim);
    assert!(
        symbols.clone().any(|symbol| symbol.contains(" T ")),
        "it exports nothing"
    );
    symbols
        .filter_map(|symbol| symbol.strip_prefix("U "))
        .map(String::from)
        .collect()
}

#[track_caller]
fn succeeds(output: Output) -> Vec<u8> {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output.stdout
}

/// Compiles a program beside this file with libraries.
fn compile(compiler: &str, program: &str, libraries: &[&Library]) -> (PathBuf, Output) {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c");
    let out = folder().join(program.replace('.', "_"));
    let standard = if compiler == "c++" {
        "-std=c++20"
    } else {
        "-std=c11"
    };
    let mut command = Command::new(compiler);
    command.args([
        standard,
        "-O1",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Wshadow",
        "-Werror",
    ]);
    for library in libraries {
        command.arg("-I").arg(&library.include);
    }
    command.arg(sources.join(program));
    command.args(libraries.iter().map(|library| &library.archive));
    let output = command.arg("-o").arg(&out).output();
    (out, output.expect("the compiler runs"))
}

/// What a program answers to the first recorded input of a case, in outputs of 10 scores.
fn answers(compiler: &str, program: &str, libraries: &[&Library], input: &Tensor) -> Vec<Vec<f32>> {
    let (program, compiled) = compile(compiler, program, libraries);
    succeeds(compiled);
    let mut child = Command::new(program);
    child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().expect("it runs");
    let floats = input.to_vec::<f32>().expect("it is of floats");
    let bytes: Vec<u8> = floats.iter().flat_map(|x| x.to_le_bytes()).collect();
    let mut stdin = child.stdin.take().expect("it is ours");
    stdin.write_all(&bytes).expect("it is read");
    drop(stdin);
    let said = succeeds(child.wait_with_output().expect("it ends"));
    let (floats, rest) = said.as_chunks::<4>();
    assert!(rest.is_empty() && !floats.is_empty());
    let floats: Vec<f32> = floats.iter().map(|x| f32::from_le_bytes(*x)).collect();
    floats.chunks(10).map(<[f32]>::to_vec).collect()
}

/// The first recorded input of a case.
fn input(case: &Case) -> Tensor {
    case.sets().expect("they are read")[0].inputs[0].clone()
}

/// What a network's own interpreter answers, bit for bit.
fn interpreted(name: &str, input: &Tensor) -> Vec<f32> {
    let compiled = case(name)
        .compile()
        .unwrap_or_else(|diags| panic!("{diags}"));
    let outputs = interp::run(&compiled.program, std::slice::from_ref(input));
    let first = outputs.expect("it runs").remove(0);
    first.to_vec::<f32>().expect("it is of floats")
}

/// Whether an answer is within the tolerance of what was recorded.
fn is_recorded(name: &str, answer: &[f32]) {
    let set = case(name).sets().expect("they are read").remove(0);
    let outputs = &[Tensor::new([1, 10], answer)];
    case(name)
        .tolerance
        .compare_set(outputs, &set)
        .unwrap_or_else(|why| panic!("{name}: {why}"));
}

#[test]
fn networks_that_take_all_at_once() {
    let library = library(&emitted(&options("digits")), "whole", "digits");
    let input = input(&case("digits"));
    let answer = answers("cc", "whole.c", &[&library], &input);
    assert_eq!(answer, [interpreted("digits", &input)]);
    is_recorded("digits", &answer[0]);
}

/// `main.rs` would be a program of cargo's, and C has its own use for `static`.
#[test]
fn networks_may_be_called_like_files_of_cargo_and_words_of_c() {
    for (name, library_name, prefix) in [("main", "main", "main"), ("static", "static_", "static")]
    {
        let options = Options {
            name: Some(name.into()),
            ..options("digits")
        };
        let compiled = options.compile().unwrap_or_else(|diags| panic!("{diags}"));
        let names = CNames::of(&compiled, name).expect("it has names");
        assert_eq!(names.prefix, prefix);
        let scores = (format!("{prefix}_scores"), "float".to_owned());
        assert_eq!(names.outputs, [scores]);
        let library = library(&emitted(&options), name, library_name);
        let header = std::fs::read_to_string(library.include.join(format!("{prefix}.h")));
        let declared = format!("const float *{prefix}_scores(");
        assert!(header.expect("there is a header").contains(&declared));
    }
}

#[test]
fn networks_that_take_rows_in_memory_that_is_lent() {
    let options = Options {
        ram: "least".parse().expect("it is one"),
        ..options("digits").stream_input().borrow_arena()
    };
    let library = library(&emitted(&options), "rows", "digits");
    let input = input(&case("digits"));
    let answer = answers("cc", "rows.c", &[&library], &input);
    assert_eq!(answer, [interpreted("digits", &input)]);
}

#[test]
fn networks_that_take_time_by_steps_and_programs_of_two_libraries() {
    let lstm = library(&emitted(&options("lstm").stream_time()), "steps", "lstm");
    let sequence = input(&case("lstm"));
    let by_steps = answers("cc", "steps.c", &[&lstm], &sequence);
    is_recorded("lstm", &by_steps[0]);
    let digits = library(&emitted(&options("digits")), "apart", "digits");
    let image = input(&case("digits"));
    let both = answers("cc", "apart.c", &[&lstm, &digits], &image);
    assert_eq!(both[0], interpreted("digits", &image));
    assert_eq!(both[1], by_steps[0], "the same image, as slices");
}

#[test]
fn workspaces_are_one_library_with_one_arena() {
    let names = ["digits", "digits_int8"];
    let compiled = names.map(|name| {
        let compiled = options(name).borrow_arena().compile();
        (compiled.unwrap_or_else(|diags| panic!("{diags}")), name)
    });
    let networks: Vec<_> = compiled
        .iter()
        .map(|(compiled, name)| (compiled, *name))
        .collect();
    let files = emit_workspace_with_c(&networks, "nets").expect("it is emitted");
    let library = library(&files, "nets", "nets");
    if Command::new("c++").arg("--version").output().is_err() {
        return eprintln!("left out: there is no C++ compiler");
    }
    let input = input(&case("digits"));
    let answer = answers("c++", "both.cpp", &[&library], &input);
    assert_eq!(answer, names.map(|name| interpreted(name, &input)));
}

/// The linker does not find the first function.
#[test]
fn a_header_of_another_build_does_not_link() {
    let old = library(&emitted(&options("digits")), "old", "digits");
    let new = emitted(&Options {
        plan_effort: "0".parse().expect("it is one"),
        ..options("digits_int8")
    });
    let renamed = String::from_utf8_lossy(new.get("c/include/digits_int8.h").expect("it is there"))
        .into_owned();
    let renamed = renamed
        .replace("digits_int8", "digits")
        .replace("DIGITS_INT8", "DIGITS");
    std::fs::write(old.include.join("digits.h"), renamed).expect("it is written");
    let (_, output) = compile("cc", "whole.c", &[&old]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("digits_init_"),
        "{said}"
    );
}

/// The crate itself is what it is without a library, and the library goes when it is not asked for any more.
#[test]
fn crates_stay_as_they_are() {
    let with = emitted(&options("digits"));
    let without = emitted(&Options {
        c_api: false,
        ..options("digits")
    });
    let of_crate = |files: &Files| -> Vec<(String, String)> {
        let own = files
            .iter()
            .filter(|(path, _)| !path.starts_with("c/") && *path != "PLAN.json");
        own.map(|(path, contents)| (path.to_owned(), without_digests(contents)))
            .collect()
    };
    assert_eq!(of_crate(&with), of_crate(&without));
    assert!(without.iter().all(|(path, _)| !path.starts_with("c/")));

    let folder = folder().join("installed");
    let _ = std::fs::remove_dir_all(&folder);
    mlc_codegen::install(&with, &folder, false).expect("it is installed");
    assert!(folder.join("c/include/digits.h").is_file());
    mlc_codegen::install(&without, &folder, false).expect("it is installed");
    assert!(!folder.join("c").exists());
}

/// A file with the digests of builds, which are 64 digits, left out.
fn without_digests(contents: &[u8]) -> String {
    let text = String::from_utf8_lossy(contents);
    let is_digit = |c: char| c.is_ascii_hexdigit() && !c.is_ascii_uppercase();
    let mut out = String::new();
    let mut rest = &*text;
    while let Some(start) = rest.find(is_digit) {
        let end = rest[start..]
            .find(|c| !is_digit(c))
            .map_or(rest.len(), |len| start + len);
        let run = &rest[start..end];
        out += &rest[..start];
        out += if run.len() >= 64 { "…" } else { run };
        rest = &rest[end..];
    }
    out + rest
}

/// What people read.
#[test]
fn headers() {
    let with_everything = options("digits_int8").io(mlc_compiler::settings::Io::Int8);
    let in_regions = options("digits").region("dtcm", 2048).region("sram", 65536);
    let faces = [
        ("digits_int8", "whole", with_everything),
        ("digits", "regions", in_regions),
        ("digits", "rows", options("digits").stream_input()),
        ("lstm", "steps", options("lstm").stream_time()),
    ];
    for (name, what, options) in faces {
        let files = emitted(&options);
        for path in ["include/NAME.h", "include/NAME.hpp", "src/NAME.rs"] {
            let path = format!("c/{}", path.replace("NAME", name));
            let text = without_digests(files.get(&path).expect("it is there"));
            let extension = path.rsplit('.').next().unwrap_or_default();
            insta::assert_snapshot!(format!("{what}_{extension}"), text);
        }
    }
}

/// Headers stand alone, whatever tensors are called and made of.
#[test]
fn headers_are_c_and_cpp() {
    let mut odd = importer();
    odd.retain(|case| {
        [
            "importer/ok_awkward_names",
            "importer/ok_every_element_type",
        ]
        .contains(&&*case.name)
    });
    assert_eq!(odd.len(), 2);
    for case in networks().into_iter().chain(odd) {
        let compiled = case
            .compile()
            .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        let files = emit_crate_with_c(&compiled, "int").expect("it is emitted");
        let folder = folder().join("headers");
        for (path, contents) in files
            .iter()
            .filter(|(path, _)| path.starts_with("c/include/"))
        {
            mlc_codegen::write_file(&folder.join(path), contents).expect("it is written");
        }
        let checks = [
            ("cc", "-std=c11", "c", "int.h"),
            ("c++", "-std=c++20", "c++", "int.hpp"),
        ];
        for (compiler, standard, language, header) in checks {
            let mut command = Command::new(compiler);
            command.args([
                standard,
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsyntax-only",
                "-x",
                language,
            ]);
            match command.arg(folder.join("c/include").join(header)).output() {
                Ok(output) => drop(succeeds(output)),
                Err(_) if compiler == "c++" => eprintln!("left out: there is no C++ compiler"),
                Err(error) => panic!("{compiler}: {error}"),
            }
        }
    }
}
