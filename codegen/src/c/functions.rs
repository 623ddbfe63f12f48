//! The functions of a network, as data: what each is called, takes, gives, and does in Rust.

use super::face::{CArena, CFace, CPort, bytes_of};
use crate::tokens::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// A function, whose first parameter is the network.
pub(super) struct Function<'a> {
    /// What follows the prefix.
    pub(super) name: &'a str,
    /// What it does, for people.
    pub(super) doc: String,
    pub(super) takes: Vec<Taken<'a>>,
    pub(super) gives: Gives<'a>,
    /// What it does, in Rust, with the network `net`.
    pub(super) body: TokenStream,
}

/// A parameter beside the network.
pub(super) enum Taken<'a> {
    /// Elements of an input: all, or a row of it.
    Elements {
        name: &'a str,
        element: &'static str,
        len: usize,
        /// The constant that says how many they are, behind the prefix.
        constant: String,
    },
    /// Memory, and how many bytes it has.
    Memory(&'a CArena),
}

/// What a function returns.
#[derive(Clone, Copy)]
pub(super) enum Gives<'a> {
    Status,
    /// Where elements are that may be written.
    Input(&'a CPort),
    /// Where elements are that may be read.
    Output(&'a CPort),
}

/// All functions, in the order in which they are used.
pub(super) fn functions<'a>(face: &'a CFace<'_>) -> Vec<Function<'a>> {
    let mut functions = vec![init(face)];
    match (&face.compiled.program.stepping, face.rows) {
        (Some(stepping), _) => functions.extend([step(face, stepping.warm_up), reset("step")]),
        (_, Some(rows)) => functions.extend([push_row(face, rows), run(face), reset("row")]),
        _ => {
            functions.push(run(face));
            functions.extend(face.inputs.iter().map(input_place));
            functions.push(infer());
        }
    }
    functions.extend(face.outputs.iter().map(output_place));
    functions
}

impl<'a> Function<'a> {
    /// A function that says how it came out.
    fn new(
        name: &'a str,
        doc: impl Into<String>,
        takes: impl IntoIterator<Item = Taken<'a>>,
        body: TokenStream,
    ) -> Self {
        Function {
            name,
            doc: doc.into(),
            takes: takes.into_iter().collect(),
            gives: Gives::Status,
            body,
        }
    }
}

/// A call of the network after which there are outputs.
fn done(call: &TokenStream) -> TokenStream {
    quote! {
        net.with(|net| {
            #call;
            Ok(Status::Ok)
        })
    }
}

/// A call of the network after which there may be outputs.
fn perhaps(call: &TokenStream) -> TokenStream {
    quote! {
        net.with(|net| match #call {
            Some(_) => Ok(Status::Ok),
            None => Ok(Status::More),
        })
    }
}

fn init<'a>(face: &'a CFace<'_>) -> Function<'a> {
    let doc = match face.lent.is_empty() {
        true => "Makes a network ready: the first call.",
        false => {
            "Makes a network ready: the first call. Memory is lent to it until it is made anew, and has that many bytes."
        }
    };
    let resets = face.rows.is_some() || face.compiled.program.stepping.is_some();
    let body = match (face.lent.is_empty(), resets) {
        (false, _) => {
            let lent = face.lent.iter().map(|arena| {
                let (name, ty, bytes) = (ident(&arena.parameter), &arena.ty, bytes_of(arena));
                quote!(#name.get::<#ty>(#bytes)?)
            });
            let constructor = face.constructor();
            quote!(net.init_with(|| Ok(#constructor(#(#lent),*))))
        }
        (true, true) => quote!(net.init(|net| net.reset())),
        (true, false) => quote!(net.init(|_| ())),
    };
    Function::new("init", doc, face.lent.iter().map(Taken::Memory), body)
}

fn run<'a>(face: &'a CFace<'_>) -> Function<'a> {
    let doc = "Runs the network on inputs of the caller's.";
    let given = given(face);
    let body = done(&quote!(net.run(#(#given),*)));
    Function::new("run", doc, face.inputs.iter().map(whole), body)
}

fn push_row<'a>(face: &'a CFace<'_>, rows: usize) -> Function<'a> {
    let doc = format!(
        "Takes the next row of the input. There are outputs if it was the last, and else it is `{}`.",
        face.constant("MORE")
    );
    let row = |port: &CPort| Taken::Elements {
        name: "row",
        element: port.element,
        len: port.ty.len() / rows.max(1),
        constant: "ROW_LEN".into(),
    };
    let body = perhaps(&quote!(net.push_row(row.get()?)));
    Function::new("push_row", doc, face.inputs.iter().map(row), body)
}

fn step<'a>(face: &'a CFace<'_>, warm_up: usize) -> Function<'a> {
    let given = given(face);
    let call = quote!(net.step(#(#given),*));
    let (doc, body) = match warm_up {
        0 => ("Takes the next slices of the input.".into(), done(&call)),
        _ => {
            let more = face.constant("MORE");
            let doc = format!(
                "Takes the next slices of the input. While there were too few for outputs, it is `{more}`."
            );
            (doc, perhaps(&call))
        }
    };
    Function::new("step", doc, face.inputs.iter().map(whole), body)
}

fn reset(next: &str) -> Function<'static> {
    let doc = format!("Forgets everything that came before: the next {next} is the first.");
    Function::new("reset", doc, [], done(&quote!(net.reset())))
}

fn infer() -> Function<'static> {
    let doc = "Runs the network on inputs that were put in place.";
    Function::new("infer", doc, [], done(&quote!(net.infer())))
}

/// The inputs, checked.
fn given(face: &CFace<'_>) -> impl Iterator<Item = TokenStream> {
    face.inputs.iter().map(|port| {
        let name = ident(&port.name);
        quote!(#name.get()?)
    })
}

fn whole(port: &CPort) -> Taken<'_> {
    Taken::Elements {
        name: &port.name,
        element: port.element,
        len: port.ty.len(),
        constant: format!("{}_LEN", port.stem()),
    }
}

fn input_place(port: &CPort) -> Function<'_> {
    let function = ident(&port.rust);
    Function {
        gives: Gives::Input(port),
        ..Function::new(
            port.stem(),
            "The place of that input for `infer`, which overwrites it; null if the network is not ready.",
            [],
            quote!(net.place(|net| net.#function().as_mut_ptr())),
        )
    }
}

fn output_place(port: &CPort) -> Function<'_> {
    let function = ident(&port.rust);
    Function {
        gives: Gives::Output(port),
        ..Function::new(
            port.stem(),
            "The place of that output of the last run; null if the network is not ready.",
            [],
            quote!(net.place(|net| net.#function().as_ptr().cast_mut())),
        )
    }
}
