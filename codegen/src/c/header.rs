//! The header for C: what a network costs, what its inputs and outputs are, its type and its functions.

use super::face::{CFace, CPort, bytes_of};
use super::functions::{Function, Gives, Taken, functions as functions_of};
use super::text::{self, comment};
use crate::seal::OPEN;

/// The header.
pub(super) fn header(face: &CFace<'_>) -> String {
    let guard = face.constant("H");
    let sections = [costs(face), ports(face), types(face), functions(face)];
    format!(
        "{}#ifndef {guard}\n#define {guard}\n\n#include <stddef.h>\n#include <stdint.h>\n\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n{}\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n",
        comment(&about(face)),
        sections.join("\n"),
    )
}

/// What it is and how it is used.
fn about(face: &CFace<'_>) -> Vec<String> {
    let prefix = &face.prefix;
    let ok = face.constant("OK");
    let mut lines = vec![
        format!("The network `{prefix}`, compiled by mlc."),
        String::new(),
    ];
    let arenas = face.lent.iter().map(|arena| {
        let (aligned, bytes) = (
            face.constant("ALIGNED"),
            face.constant(&format!("{}_BYTES", arena.name)),
        );
        format!(
            "    {aligned} static unsigned char {}[{bytes}];",
            arena.parameter
        )
    });
    lines.extend(arenas);
    let lent = face
        .lent
        .iter()
        .map(|arena| format!(", {0}, sizeof {0}", arena.parameter));
    lines.push(format!("    static {prefix}_network net;"));
    lines.push(String::new());
    lines.push(format!(
        "    {prefix}_init(&net{});",
        lent.collect::<String>()
    ));
    let functions = functions_of(face);
    let call = functions
        .iter()
        .find(|f| ["push_row", "step", "run"].contains(&f.name));
    if let Some(call) = call {
        let given = call.takes.iter().map(|taken| match taken {
            Taken::Elements { name, .. } => format!(", {name}"),
            Taken::Memory(arena) => format!(", {}", arena.parameter),
        });
        let given: String = given.collect();
        lines.push(format!(
            "    if ({prefix}_{}(&net{given}) == {ok}) {{",
            call.name
        ));
        let read = face.outputs.iter().map(|port| {
            format!(
                "        const {} *{} = {prefix}_{}(&net);",
                text::element(port.element),
                port.name,
                port.stem()
            )
        });
        lines.extend(read);
        lines.push("    }".into());
    }
    lines.extend([
        String::new(),
        "A network is used by one thread or interrupt at a time, and stays where it was made ready. Elements that are".into(),
        "given are not in its own memory. What a call wrote is there until the next one.".into(),
    ]);
    lines
}

fn define(out: &mut String, name: &str, value: &str, doc: &str) {
    let doc = if doc.is_empty() {
        String::new()
    } else {
        format!(" /* {doc} */")
    };
    *out += &format!("#define {name} {value}{doc}\n");
}

fn costs(face: &CFace<'_>) -> String {
    let (program, plan) = (&face.compiled.program, &face.compiled.plan);
    let mut out = String::new();
    let mut constant =
        |name: &str, value: String, doc: &str| define(&mut out, &face.constant(name), &value, doc);
    constant(
        "ALIGN",
        mlc_runtime_core::arena::ALIGN.to_string(),
        "of networks and of memory that is lent",
    );
    match &face.lent[..] {
        [] => constant(
            "ARENA_BYTES",
            plan.arena_bytes.to_string(),
            "of working memory, which the network has",
        ),
        lent => {
            for arena in lent {
                constant(
                    &format!("{}_BYTES", arena.name),
                    arena.bytes.to_string(),
                    "of working memory, which is lent",
                );
            }
        }
    }
    constant(
        "WEIGHT_BYTES",
        plan.weights.bytes.len().to_string(),
        "of weights",
    );
    if let Some(stepping) = &program.stepping {
        let states = program.states().map(|(id, _)| program.buffer(id).bytes());
        constant(
            "STATE_BYTES",
            states.sum::<usize>().to_string(),
            "of working memory that are kept between steps",
        );
        constant(
            "HOP",
            stepping.hop.to_string(),
            "slices of the input that a step takes",
        );
        constant(
            "WARM_UP",
            stepping.warm_up.to_string(),
            "steps before the first with outputs",
        );
    }
    if let (Some(rows), [input]) = (face.rows, &face.inputs[..]) {
        constant("ROWS", rows.to_string(), "of the input");
        constant(
            "ROW_LEN",
            (input.ty.len() / rows.max(1)).to_string(),
            "elements of a row",
        );
    }
    let unit = if program.stepping.is_some() {
        "step"
    } else {
        "run"
    };
    constant(
        "MACS",
        program.macs().to_string(),
        &format!("multiply-accumulates of a {unit}"),
    );
    comment(&["What it costs, and how it is used.".into()]) + &out
}

/// What inputs and outputs are.
fn ports(face: &CFace<'_>) -> String {
    let kinds = [("Input", &face.inputs), ("Output", &face.outputs)];
    let ports = kinds
        .iter()
        .flat_map(|(kind, ports)| ports.iter().map(move |port| (kind, port)));
    let ports = ports.map(|(kind, port)| {
        let what = format!(
            "{kind} {}: {}",
            text::name(&port.model_name),
            text::ty(&port.ty)
        );
        comment(&[what]) + &constants(face, port)
    });
    ports.collect::<Vec<_>>().join("\n")
}

fn constants(face: &CFace<'_>, port: &CPort) -> String {
    let mut out = String::new();
    let mut constant = |name: &str, value: String, doc: &str| {
        define(
            &mut out,
            &face.constant(&format!("{}_{name}", port.stem())),
            &value,
            doc,
        );
    };
    constant("LEN", port.ty.len().to_string(), "");
    constant("RANK", port.ty.shape.len().to_string(), "");
    if !port.ty.shape.is_empty() {
        let sizes: Vec<_> = port.ty.shape.iter().map(usize::to_string).collect();
        constant("SHAPE", format!("{{{}}}", sizes.join(", ")), "");
    }
    if let Some(quantization) = port.quantization {
        constant(
            "SCALE",
            text::float(quantization.scale),
            "q stands for (q - zero point) * scale",
        );
        constant("ZERO_POINT", format!("({})", quantization.zero), "");
    }
    out
}

fn types(face: &CFace<'_>) -> String {
    let (prefix, align, aligned) = (
        &face.prefix,
        face.constant("ALIGN"),
        face.constant("ALIGNED"),
    );
    let [ok, more, null, misaligned, not_ready, too_small] = [
        "OK",
        "MORE",
        "ERROR_NULL",
        "ERROR_MISALIGNED",
        "ERROR_NOT_READY",
        "ERROR_TOO_SMALL",
    ]
    .map(|name| face.constant(name));
    let (words, owned) = (face.words(), face.owned());
    let memory = match owned {
        0 => format!("    size_t words[{}];\n", words + 1),
        _ if words == 0 => {
            format!("    {aligned} unsigned char memory[{owned}];\n    size_t ready;\n")
        }
        // As long as a multiple of the alignment, as types of that alignment are in Rust.
        _ => format!(
            "    {aligned} unsigned char memory[({owned} + {words} * sizeof(size_t) + {0}) / {align} * {align}];\n    size_t ready;\n",
            mlc_runtime_core::arena::ALIGN - 1,
        ),
    };
    format!(
        "/* How a call came out: less than 0 if it did nothing. */\n\
         typedef enum {prefix}_status {{\n    \
         {ok} = 0, /* outputs are those of what was given */\n    \
         {more} = 1, /* more has to be given before there are outputs */\n    \
         {null} = -1, /* a pointer is null */\n    \
         {misaligned} = -2, /* a pointer is not aligned */\n    \
         {not_ready} = -3, /* the network was not made ready, or has been moved since */\n    \
         {too_small} = -4 /* memory that is lent is too small */\n\
         }} {prefix}_status;\n\n\
         #ifdef __cplusplus\n#define {aligned} alignas({align})\n#else\n#define {aligned} _Alignas({align})\n#endif\n\n\
         /* The network{}: its fields are its own. */\n\
         typedef struct {prefix}_network {{\n{memory}}} {prefix}_network;\n",
        if owned == 0 {
            ""
        } else {
            " and its working memory"
        },
    )
}

fn functions(face: &CFace<'_>) -> String {
    let init = format!("{}_init", face.prefix);
    let same_build = comment(&["Header and library are of one build, or they do not link.".into()])
        + &format!("#define {init} {}\n\n", init_symbol(&face.prefix));
    let functions = functions_of(face);
    let functions = functions.iter().map(|function| function_of(face, function));
    same_build + &functions.collect::<Vec<_>>().join("\n")
}

/// What linkers know the first function by.
pub(super) fn init_symbol(prefix: &str) -> String {
    format!("{prefix}_init_{OPEN}")
}

fn function_of(face: &CFace<'_>, function: &Function<'_>) -> String {
    let prefix = &face.prefix;
    let (result, constant) = match function.gives {
        Gives::Status => (format!("{prefix}_status "), ""),
        Gives::Input(port) => (format!("{} *", text::element(port.element)), ""),
        Gives::Output(port) => (format!("const {} *", text::element(port.element)), "const "),
    };
    let takes = function.takes.iter().map(|taken| match taken {
        Taken::Elements {
            name,
            element,
            constant,
            ..
        } => format!(
            ", const {} {name}[{}]",
            text::element(element),
            face.constant(constant)
        ),
        Taken::Memory(arena) => format!(", void *{}, size_t {}", arena.parameter, bytes_of(arena)),
    });
    format!(
        "{}{result}{prefix}_{}({constant}{prefix}_network *net{});\n",
        comment(std::slice::from_ref(&function.doc)),
        function.name,
        takes.collect::<String>(),
    )
}
