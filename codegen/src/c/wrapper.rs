//! The header for C++: the same functions as methods, on spans whose lengths are checked when they are compiled.

use super::face::{CFace, no_keyword};
use super::functions::{Function, Gives, Taken, functions};
use super::text::{self, comment};

/// The header, which wraps that for C.
pub(super) fn wrapper(face: &CFace<'_>) -> String {
    let (prefix, guard) = (&face.prefix, face.constant("HPP"));
    let namespace = no_keyword(prefix);
    let about = [
        format!(
            "The network `{prefix}` for C++20, over `{prefix}.h`: spans know how long they are, and nothing is made or"
        ),
        "destroyed behind the scenes.".to_owned(),
    ];
    let functions = functions(face);
    let methods = functions.iter().map(|function| method(face, function));
    format!(
        "{}#ifndef {guard}\n#define {guard}\n\n#include \"{prefix}.h\"\n\n#include <cstddef>\n#include <cstdint>\n#include <span>\n\n\
         namespace {namespace} {{\n\nusing Status = {prefix}_status;\n\n\
         /* The network. Before anything else it is made ready by `init`. */\nstruct Network : {prefix}_network {{\n{}}};\n\n\
         }} // namespace {namespace}\n\n#endif // {guard}\n",
        comment(&about),
        methods.collect::<Vec<_>>().join("\n"),
    )
}

fn method(face: &CFace<'_>, function: &Function<'_>) -> String {
    let call = format!("{}_{}", face.prefix, function.name);
    let name = no_keyword(function.name);
    let parameters = function.takes.iter().map(|taken| match taken {
        Taken::Elements {
            name, element, len, ..
        } => format!("std::span<const {}, {len}> {name}", text::element(element)),
        Taken::Memory(arena) => format!("std::span<std::byte> {}", arena.parameter),
    });
    let arguments = function.takes.iter().map(|taken| match taken {
        Taken::Elements { name, .. } => format!(", {name}.data()"),
        Taken::Memory(arena) => format!(", {0}.data(), {0}.size()", arena.parameter),
    });
    let (parameters, arguments) = (
        parameters.collect::<Vec<_>>().join(", "),
        arguments.collect::<String>(),
    );
    let signature = |result: &str, constant: &str| {
        format!("    {result} {name}({parameters}){constant} noexcept")
    };
    let doc = format!("    {}", comment(std::slice::from_ref(&function.doc)));
    let span = |element: String, len: usize, constant: &str| {
        let span = format!("std::span<{element}, {len}>");
        format!(
            "{} {{ return {span}({call}(this{arguments}), {len}); }}\n",
            signature(&span, constant)
        )
    };
    doc + &match function.gives {
        Gives::Status => format!(
            "{} {{ return {call}(this{arguments}); }}\n",
            signature("Status", "")
        ),
        Gives::Input(port) => span(text::element(port.element), port.ty.len(), ""),
        Gives::Output(port) => span(
            format!("const {}", text::element(port.element)),
            port.ty.len(),
            " const",
        ),
    }
}
