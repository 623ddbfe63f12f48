//! The program around an emitted crate: it reads samples as raw little-endian bytes from standard input, and
//! writes the outputs of each to standard output in the same way.
//!
//! How many samples there are is its argument. What it says on standard error is the time, in nanoseconds, for
//! which the network ran; of one with marks, the times of its steps follow.

use super::cache::FOLDER;
use crate::tokens::{ident, number};
use crate::{Files, Interface, Socket, marks};
use mlc_compiler::diag::Diag;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// What marks in the network do: they tell the program, which has a clock.
pub(super) fn marks(steps: usize) -> String {
    let function = |step: usize| {
        let name = marks::mark(step);
        format!("pub(super) fn {name}() {{ unsafe {{ step_begins({step}) }} }}\n")
    };
    let functions = (1..=steps).map(function).collect::<String>();
    format!("unsafe extern \"C\" {{ fn step_begins(step: usize); }}\n{functions}")
}

/// Everything that is built: the crate in `network`, and the program in `runner`; with a clock for so many steps, if the
/// network has marks.
pub(super) fn files(
    interface: &Interface,
    network: &Files,
    clock: Option<usize>,
) -> Result<Files, Diag> {
    let mut files = Files::default();
    for (path, contents) in network.iter() {
        files.add(format!("network/{path}"), contents);
    }
    files.add(
        format!("{FOLDER}/Cargo.toml"),
        manifest(&interface.crate_name),
    );
    files.add(format!("{FOLDER}/src/main.rs"), source(interface, clock)?);
    Ok(files)
}

fn manifest(network: &str) -> String {
    format!(
        "[package]\nname = \"run\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nnetwork = {{ path = \"../network\", package = \"{network}\" }}\n\n\
         [profile.release]\ncodegen-units = 1\ndebug = false\nstrip = true\n\n[workspace]\n"
    )
}

fn source(interface: &Interface, clock: Option<usize>) -> Result<String, Diag> {
    let file = syn::parse2(program(interface, clock)).map_err(|e| {
        Diag::new(
            "invalid-program",
            format!("the network's program does not parse: {e}"),
        )
    })?;
    Ok(prettyplease::unparse(&file))
}

/// The network is in a `static`, or its arenas are, since its memory may be larger than a stack.
fn program(interface: &Interface, clock: Option<usize>) -> TokenStream {
    let (statics, network) = network(interface);
    let run = match (&interface.stepping, interface.rows) {
        (Some(_), _) => run_step(&interface.inputs[0]),
        (_, Some(rows)) => run_by_rows(&interface.inputs[0], rows),
        _ => run_at_once(&interface.inputs),
    };
    let (getters, encoded) = names(&interface.outputs);
    let conversions = conversions();
    let (stop, say, clock) = clock.map(with_clock).unwrap_or_default();
    quote! {
        use std::io::{self, BufReader, BufWriter, Read, Write};
        use std::sync::{Mutex, PoisonError};
        use std::time::{Duration, Instant};

        #statics

        fn main() -> io::Result<()> {
            let samples = std::env::args().nth(1).and_then(|n| n.parse().ok());
            #network
            let mut from = BufReader::new(io::stdin().lock());
            let mut to = BufWriter::new(io::stdout().lock());
            let mut time = Duration::ZERO;
            for _ in 0..samples.unwrap_or(1_u64) {
                #run
                #stop
                #(write(&mut to, net.#getters(), #encoded::to_le_bytes)?;)*
            }
            eprintln!("{}", time.as_nanos());
            #say
            to.flush()
        }

        #conversions
        #clock
    }
}

/// What ends the last step of a run, what says the times of all steps, and the clock.
fn with_clock(steps: usize) -> (TokenStream, TokenStream, TokenStream) {
    let steps = number(steps);
    let stop = quote! { clock(0); };
    let say = quote! {
        let times = STEPS.lock().unwrap_or_else(PoisonError::into_inner).0;
        times.iter().for_each(|time| eprintln!("{}", time.as_nanos()));
    };
    let clock = quote! {
        /// The times of the steps so far, and the one that runs, from 1, since when.
        static STEPS: Mutex<([Duration; #steps], Option<(usize, Instant)>)> = Mutex::new(([Duration::ZERO; #steps], None));

        #[unsafe(no_mangle)]
        extern "C" fn step_begins(step: usize) {
            clock(step);
        }

        /// Ends the step that runs, and begins another one, or none if that is 0.
        fn clock(step: usize) {
            let now = Instant::now();
            let mut steps = STEPS.lock().unwrap_or_else(PoisonError::into_inner);
            let (times, running) = &mut *steps;
            if let Some((step, since)) = *running {
                times[step - 1] += now - since;
            }
            *running = (step > 0).then(|| (step, Instant::now()));
        }
    };
    (stop, say, clock)
}

/// What lies in statics, and the statements that make `net` of it.
fn network(interface: &Interface) -> (TokenStream, TokenStream) {
    let network = ident(&interface.type_name);
    if interface.lent.is_empty() {
        return (
            quote! { static NETWORK: Mutex<network::#network> = Mutex::new(network::#network::new()); },
            quote! { let mut net = NETWORK.lock().unwrap_or_else(PoisonError::into_inner); },
        );
    }
    let names: Vec<_> = interface
        .lent
        .iter()
        .map(|lent| format_ident!("arena_{}", lent.name))
        .collect();
    let statics = names.iter().map(|name| name.to_string().to_uppercase());
    let statics: Vec<_> = statics.map(|name| ident(&name)).collect();
    let bytes = interface.lent.iter().map(|lent| ident(&lent.bytes));
    (
        quote! {
            #(
                static #statics: Mutex<network::Arena<{ network::#bytes }>> = Mutex::new(network::Arena::new());
            )*
        },
        quote! {
            #(let mut #names = #statics.lock().unwrap_or_else(PoisonError::into_inner);)*
            let mut net = network::#network::new(#(&mut #names),*);
        },
    )
}

/// Reads all inputs and runs the network.
fn run_at_once(inputs: &[Socket]) -> TokenStream {
    let (setters, decoded) = names(inputs);
    quote! {
        #(read(&mut from, net.#setters(), #decoded::from_le_bytes)?;)*
        let start = Instant::now();
        net.infer();
        time += start.elapsed();
    }
}

/// Reads one row after the other, as the network takes them.
fn run_by_rows(input: &Socket, rows: usize) -> TokenStream {
    let (element, len) = (ident(input.element), number(input.ty.len() / rows.max(1)));
    let rows = number(rows);
    quote! {
        let mut row = [#element::default(); #len];
        for _ in 0..#rows {
            read(&mut from, &mut row, #element::from_le_bytes)?;
            let start = Instant::now();
            net.push_row(&row);
            time += start.elapsed();
        }
    }
}

/// Reads what one step takes.
fn run_step(input: &Socket) -> TokenStream {
    let (element, len) = (ident(input.element), number(input.ty.len()));
    quote! {
        let mut slice = [#element::default(); #len];
        read(&mut from, &mut slice, #element::from_le_bytes)?;
        let start = Instant::now();
        net.step(&slice);
        time += start.elapsed();
    }
}

fn conversions() -> TokenStream {
    quote! {
        #[allow(dead_code)]
        fn read<T, const SIZE: usize>(
            from: &mut impl Read,
            to: &mut [T],
            decode: fn([u8; SIZE]) -> T,
        ) -> io::Result<()> {
            let mut bytes = [0; SIZE];
            for element in to {
                from.read_exact(&mut bytes)?;
                *element = decode(bytes);
            }
            Ok(())
        }

        #[allow(dead_code)]
        fn write<T: Copy, const SIZE: usize>(
            to: &mut impl Write,
            from: &[T],
            encode: fn(T) -> [u8; SIZE],
        ) -> io::Result<()> {
            from.iter().try_for_each(|&element| to.write_all(&encode(element)))
        }
    }
}

fn names(sockets: &[Socket]) -> (Vec<Ident>, Vec<Ident>) {
    let name = |s: &Socket| (ident(&s.function), ident(s.element));
    sockets.iter().map(name).unzip()
}
