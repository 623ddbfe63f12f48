//! The page: the emitted `lib.rs`, which reads as a table of contents of the network.

use crate::buffers::Buffers;
use crate::calls;
use crate::certificate::Certificate;
use crate::face::{Face, Feed, SelfTest, Steps};
use crate::literal::Imports;
use crate::memories::Memories;
use crate::names::{identifiers, type_name};
use crate::rows;
use crate::seal::OPEN;
use crate::summary;
use crate::tokens::{ident, number};
use crate::watched;
use crate::{Runtime, WeightsAt};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::Program;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// An emitted page and the runtime modules it uses.
pub(crate) struct Page {
    /// The items, without attributes and documentation of the crate.
    pub(crate) items: String,
    /// Documentation of the crate or module, in Markdown.
    pub(crate) summary: String,
    /// Paths below the runtime's root.
    pub(crate) imports: Imports,
    /// The memory plan, proved.
    pub(crate) certificate: Certificate,
    /// Name of the network's type.
    pub(crate) type_name: String,
    /// The functions that give the places of inputs and of outputs, by name.
    pub(crate) places: [Vec<String>; 2],
}

/// Writes the page for the network `name`.
pub(crate) fn page(
    compiled: &Compiled,
    name: &str,
    runtime: &Runtime,
    weights: &WeightsAt,
) -> Result<Page, Diag> {
    let certificate = Certificate::proved(compiled, name)?;
    let draft = Draft::new(compiled)?;
    let type_name = draft.type_name(name);
    let comments = calls::comments(&compiled.program);
    let format = |group| format(group, &comments);
    let items = draft
        .groups(&ident(&type_name), runtime, weights)
        .into_iter()
        .filter(|group| !group.is_empty())
        .map(format)
        .collect::<Result<Vec<_>, _>>()?
        .join("\n");
    let shared = matches!(runtime, Runtime::Shared(_));
    Ok(Page {
        items,
        summary: summary::summary(compiled, &type_name, &draft.face, shared),
        places: [draft.face.input_functions(), draft.face.output_functions()],
        imports: draft.imports,
        certificate,
        type_name,
    })
}

/// All that a page is made of, before the network's type has a name.
pub(crate) struct Draft<'a> {
    compiled: &'a Compiled,
    buffers: Buffers<'a>,
    imports: Imports,
    calls: Vec<TokenStream>,
    feed: Feed<'a>,
    pub(crate) face: Face,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(compiled: &'a Compiled) -> Result<Self, Diag> {
        let mut imports = Imports::default();
        let mut buffers = Buffers::new(compiled);
        watched::import(&buffers, &mut imports);
        let calls = calls::calls(&compiled.program, &mut buffers, &mut imports)?;
        let feed = feed(&compiled.program, &mut buffers, &mut imports);
        let self_test = SelfTest::of(compiled, &mut buffers, &mut imports);
        Ok(Draft {
            face: Face::new(&compiled.program, &buffers, &feed, self_test)?,
            compiled,
            buffers,
            imports,
            calls,
            feed,
        })
    }

    /// The type of the network `name`: nothing that the page says, wherever its runtime is.
    pub(crate) fn type_name(&self, name: &str) -> String {
        let (runtime, weights) = (
            Runtime::Shared(String::new()),
            WeightsAt::File(String::new()),
        );
        let groups = self.groups(&ident("_Network"), &runtime, &weights);
        type_name(name, &identifiers(groups.into_iter().collect()))
    }

    /// The items of the page in the order in which they are read.
    fn groups(&self, name: &Ident, runtime: &Runtime, weights: &WeightsAt) -> Vec<TokenStream> {
        let (compiled, buffers, feed) = (self.compiled, &self.buffers, &self.feed);
        let root = root(runtime);
        // From within a module of the page.
        let below = match runtime {
            Runtime::Vendored => quote!(super::#root),
            _ => root.clone(),
        };
        let shared = matches!(runtime, Runtime::Shared(_));
        vec![
            uses(&self.imports, &root, buffers, weights, shared),
            costs(compiled, feed),
            build_id(weights),
            self.layers(),
            labels(&compiled.labels),
            self.face.constants(),
            self.face.network(name, buffers, &self.calls, feed, shared),
            buffers.places(&below, |arena| rows::proofs(buffers, arena)),
            rows::segments(&compiled.program, &compiled.plan),
            buffers.weights(weights, &below),
        ]
    }

    /// What is said of layers that can be watched.
    fn layers(&self) -> TokenStream {
        match self.buffers.is_watched() {
            true => watched::layers(&self.compiled.program),
            false => quote!(),
        }
    }
}

/// The names of classes, if they are known.
fn labels(labels: &[String]) -> TokenStream {
    if labels.is_empty() {
        return quote!();
    }
    let count = number(labels.len());
    quote! {
        /// The names of classes, by number.
        pub const LABELS: [&str; #count] = [#(#labels),*];
    }
}

/// How the network gets its input.
fn feed<'a>(program: &'a Program, buffers: &mut Buffers<'_>, imports: &mut Imports) -> Feed<'a> {
    if let Some(steps) = Steps::of(program, buffers) {
        if steps.fills() {
            imports.0.insert(vec!["arena".into(), "fill".into()]);
        }
        return Feed::Steps(steps);
    }
    match program.segments.first().filter(|s| s.fed) {
        Some(segment) => Feed::Rows(segment),
        None => Feed::Whole,
    }
}

/// Formats items: `comment!(n)` becomes the `n`-th comment, and items are set apart by empty lines.
fn format(items: TokenStream, comments: &[String]) -> Result<String, Diag> {
    let file: syn::File = syn::parse2(items)
        .map_err(|e| Diag::new("invalid-program", format!("the page does not parse: {e}")))?;
    let text = prettyplease::unparse(&file);
    let mut out = String::with_capacity(text.len());
    let mut previous = "";
    for line in text.lines() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let number = code
            .strip_prefix("comment!(")
            .and_then(|c| c.strip_suffix(");"));
        let comment = number.and_then(|n| comments.get(n.parse::<usize>().ok()?));
        match comment {
            Some(comment) if previous.ends_with('{') => out += &format!("{indent}// {comment}\n"),
            Some(comment) => out += &format!("\n{indent}// {comment}\n"),
            // An arm or a method call goes on where a block ends; anything else is set apart.
            None if previous == "}"
                && code.starts_with(|c: char| c.is_alphabetic() || "#/".contains(c)) =>
            {
                out += &format!("\n{line}\n");
            }
            None => out += &format!("{line}\n"),
        }
        previous = code;
    }
    Ok(out)
}

fn costs(compiled: &Compiled, feed: &Feed<'_>) -> TokenStream {
    let (program, plan) = (&compiled.program, &compiled.plan);
    let by_rows = |arena| {
        let mut segments = program.segments.iter();
        segments.any(|segment| rows::arena(program, plan, segment) == arena)
    };
    let arenas = Memories::of(plan).constants(by_rows);
    let weights = number(compiled.plan.weights.bytes.len());
    let macs = Literal::u64_unsuffixed(compiled.program.macs());
    let (run, state) = match feed {
        Feed::Steps(steps) => (" Multiply-accumulates of one step.", steps.costs()),
        _ => (" Multiply-accumulates of one run.", quote!()),
    };
    quote! {
        #arenas
        #state
        /// Bytes of weights.
        pub const WEIGHT_BYTES: usize = #weights;
        #[doc = #run]
        pub const MACS: u64 = #macs;
    }
}

/// Which build the page is of. What is in it has nothing to know it by.
fn build_id(weights: &WeightsAt) -> TokenStream {
    if *weights == WeightsAt::Inline {
        return quote!();
    }
    quote! {
        /// Which build this is: weights of another one do not compile with it.
        pub const BUILD_ID: &str = #OPEN;
    }
}

/// Where the runtime is.
fn root(runtime: &Runtime) -> TokenStream {
    match runtime {
        Runtime::Vendored => quote!(runtime),
        Runtime::External(path) | Runtime::Shared(path) => path.parse().unwrap_or_default(),
    }
}

/// One `use` for each module of the runtime that something is taken from. Who lends arenas needs their types, too.
fn uses(
    imports: &Imports,
    root: &TokenStream,
    buffers: &Buffers<'_>,
    weights: &WeightsAt,
    shared: bool,
) -> TokenStream {
    let mut modules: BTreeMap<&[String], Vec<Ident>> = BTreeMap::new();
    for path in &imports.0 {
        if let Some((name, module)) = path.split_last() {
            modules.entry(module).or_default().push(ident(name));
        }
    }
    let uses = modules.iter().map(|(module, names)| {
        // What callers implement is theirs, too.
        let public = (**module == ["watch"]).then(|| quote!(pub));
        let module = module.iter().map(|m| ident(m));
        match &names[..] {
            [name] => quote! { #public use #root #(::#module)* ::#name; },
            names => quote! { #public use #root #(::#module)* ::{#(#names),*}; },
        }
    });
    let blob = buffers.has_constants().then(|| quote!(Blob,));
    // What is in the page itself needs no mark.
    let is_marked = buffers.has_constants() && *weights != WeightsAt::Inline;
    let mark = is_marked.then(|| quote! { use #root::mark; });
    let lent = buffers.memories().shared_types();
    let arena = match (lent.is_empty(), shared) {
        (true, _) => quote! { use #root::arena::{Arena, #blob Step}; },
        (_, true) => quote! {
            #(pub use #root::#lent;)*
            use #root::arena::{Arena, #blob Step};
        },
        (_, false) => quote! {
            pub use #root::arena::Arena;
            use #root::arena::{#blob Step};
        },
    };
    quote! {
        #arena
        #(#uses)*
        #mark
    }
}
