//! Segments: layers that run row by row, as a loop over the rows.

use crate::buffers::Buffers;
use crate::call::{Places, function, operands, step_constant};
use crate::literal::{self, Imports};
use crate::tokens::{ident, number};
use crate::watched::told;
use mlc_compiler::diag::Diag;
use mlc_compiler::memory::MemoryPlan;
use mlc_compiler::program::{BufferId, Edge, Layer, Program, Segment, Step};
use mlc_runtime_core::stream::Source;
use mlc_runtime_core::table::{Role, Streams};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The loop that runs a segment. Where the caller feeds rows, `rows` counts those
/// of each tensor, and the loop leaves the function when it needs another.
pub(crate) fn segment(
    program: &Program,
    segment: &Segment,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<TokenStream, Diag> {
    for name in ["Edge", "Layer", "Source", "Stream", "Work", "read", "write"] {
        imports.0.insert(vec!["stream".into(), name.into()]);
    }
    let steps = segment.steps.clone();
    let layers: Vec<_> = steps.clone().map(|i| number(segment.layer_of(i))).collect();
    let calls = steps.map(|i| layer(program, segment, i, buffers, imports));
    let calls = calls.collect::<Result<Vec<_>, _>>()?;
    let name = name(segment);
    let comment = number(program.steps.len() + segment_number(program, segment));
    let (start, more) = match segment.fed {
        true => (quote!(), quote!(0 => return None,)),
        false => {
            let start = start(segment);
            (quote!(let mut rows = #start;), quote!())
        }
    };
    let rows = if segment.fed {
        quote!(&mut self.rows)
    } else {
        quote!(&mut rows)
    };
    Ok(quote! {
        comment!(#comment);
        #start
        let rows = #rows;
        while let Some(layer) = rows::#name.next(rows) {
            match layer {
                #more
                #(#layers => { #calls })*
                _ => break,
            }
        }
    })
}

fn segment_number(program: &Program, segment: &Segment) -> usize {
    let same = |s: &Segment| s.steps == segment.steps;
    program.segments.iter().position(same).unwrap_or(0)
}

/// The line above the loop.
pub(crate) fn comment(segment: &Segment) -> String {
    let range = match segment.steps.len() {
        1 => format!("Step {} runs", segment.steps.start + 1),
        _ => format!(
            "Steps {} to {} run",
            segment.steps.start + 1,
            segment.steps.end
        ),
    };
    format!("{range} row by row: the deepest layer that finds its rows computes the next one")
}

/// The call that computes the next row of a layer.
fn layer(
    program: &Program,
    segment: &Segment,
    i: usize,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<TokenStream, Diag> {
    let step = &program.steps[i];
    let (mut reads, mut base) = (Vec::new(), quote!());
    let rows_in = segment.edges.first().map_or(0, |e| buffers.arena(e.buffer));
    let (mut beside, mut elsewhere) = (Beside::default(), Vec::new());
    let args = operands(program, step, buffers, |buffers, row, id| {
        let name = ident(row.name);
        let is_scratch = row.role == Role::Scratch;
        if buffers.is_hot(id) || is_scratch {
            let (arena, place) = (buffers.arena(id), buffers.place(id));
            match (arena == rows_in, is_scratch) {
                (true, true) => beside.writes.add(name.clone(), place),
                (true, false) => beside.reads.add(name.clone(), place),
                _ => {
                    let apart = elsewhere.len();
                    let constant =
                        format_ident!("{}_{apart}", buffers.memories().step(i + 1, arena));
                    let arena = buffers.memories().running(arena);
                    let (one, none) = (quote!((#place,)), quote!(()));
                    let (reads, writes, get) = match is_scratch {
                        true => (none, one, quote!(get_mut)),
                        false => (one, none, quote!(get)),
                    };
                    let step = step_constant(&constant, i + 1, &reads, &writes, 1);
                    elsewhere.push(quote! { #step let #name = #arena.#get(#constant); });
                }
            }
            return quote!(#name);
        }
        let ty = ident(program.buffer(id).element.rust_name());
        match row.role {
            Role::Read => {
                reads.push(name.clone());
                quote!(read::<#ty>(#name))
            }
            Role::Update => {
                imports.0.insert(vec!["stream".into(), "copy_row".into()]);
                base = quote!(copy_row(base, out););
                reads.push(ident("base"));
                quote!(write::<#ty>(out))
            }
            _ => quote!(write::<#ty>(out)),
        }
    });
    let (params, position) = params(segment, i, step, imports)?;
    let call = function(step, params, args, imports)?;
    let (weights, memory) = memory(buffers, segment, i + 1, rows_in, &beside);
    let call = told(buffers, i, quote!(#base #call;), &[quote!(out)]);
    let (i, layer, name) = (number(i), number(segment.layer_of(i)), name(segment));
    Ok(quote! {
        comment!(#i);
        #weights
        #(#elsewhere)*
        let Some(Work { rows: #position, reads: [#(#reads),*], write: out }) =
            rows::#name.take(#layer, rows, #memory)
        else {
            break;
        };
        #call
    })
}

/// What a step reads and writes above the rows of an arena: weights that were copied there, and scratch.
#[derive(Default)]
struct Beside {
    reads: Places,
    writes: Places,
}

/// The memory of the rows in an arena, and before it a statement that takes what a step needs of that above them, if it
/// needs any.
fn memory(
    buffers: &Buffers<'_>,
    segment: &Segment,
    step: usize,
    number: usize,
    beside: &Beside,
) -> (TokenStream, TokenStream) {
    let memories = buffers.memories();
    let arena = memories.running(number);
    let count = beside.reads.len() + beside.writes.len();
    if count == 0 {
        return (quote!(), quote!(#arena.bytes_mut()));
    }
    let (names, places) = beside.reads.tuples();
    let (scratch, written) = beside.writes.tuples();
    let (bytes, name) = (
        row_bytes(buffers, segment, number),
        memories.step(step, number),
    );
    let constant = step_constant(&name, step, &places, &written, count);
    let statement = quote! { #constant let (memory, #names, #scratch) = #arena.below::<{ #bytes }, _, _>(#name); };
    (statement, quote!(memory))
}

/// Bytes of an arena that rows of a segment may take, for use in the page: scratch lies above them.
fn row_bytes(buffers: &Buffers<'_>, segment: &Segment, arena: usize) -> TokenStream {
    match scratch(buffers.program(), buffers.plan(), segment) {
        Some(_) => {
            let name = bytes_name(segment);
            quote!(rows::#name)
        }
        None => {
            let name = buffers.memories().row_bytes(arena);
            quote!(#name)
        }
    }
}

/// Bytes of an arena below the scratch of a segment, if it has any.
fn scratch(program: &Program, plan: &MemoryPlan, segment: &Segment) -> Option<usize> {
    let rows_in = arena(program, plan, segment);
    let beside = |id: &&BufferId| plan.arena(program, **id) == Some(rows_in);
    let of = segment.scratch.iter().filter(beside);
    of.filter_map(|&id| plan.offset(program, id)).min()
}

/// The constant that says how many bytes rows of a segment may take.
fn bytes_name(segment: &Segment) -> Ident {
    format_ident!("{}_BYTES", name(segment))
}

/// The parameters for one row, and the name of which row it is, if they need it.
fn params(
    segment: &Segment,
    i: usize,
    step: &Step,
    imports: &mut Imports,
) -> Result<(Option<TokenStream>, TokenStream), Diag> {
    match &step.call.kernel.streams {
        Some(Streams::Elements(part)) => {
            let rows = segment.edges[segment.layers[segment.layer_of(i)].writes].rows;
            let params = step.call.params.as_ref();
            let part = part
                .zip(params)
                .and_then(|(part, p)| part((**p).as_any(), rows));
            let mut row = step.clone();
            row.call.params = part;
            let literal = literal::parameters(&row, imports)?;
            Ok((literal.map(|p| quote!(&#p)), quote!(_)))
        }
        _ => {
            let trait_path = ["kernels", "rows", "ByRows"];
            imports.0.insert(trait_path.map(String::from).to_vec());
            let literal = literal::parameters(step, imports)?;
            Ok((literal.map(|p| quote!(&#p.at(at))), quote!(at)))
        }
    }
}

/// What says which rows are read and written, and where they are.
pub(crate) fn name(segment: &Segment) -> Ident {
    format_ident!("STEPS_{}_TO_{}", segment.steps.start + 1, segment.steps.end)
}

/// Rows of each tensor that are there before anything is computed.
pub(crate) fn start(segment: &Segment) -> TokenStream {
    let rows = segment.start();
    let rows = rows.into_iter().map(number);
    quote!([#(#rows),*])
}

/// What says of each segment in an arena which blocks share bytes row by row, and proves it.
pub(crate) fn proofs(buffers: &Buffers<'_>, arena: usize) -> TokenStream {
    let segments = buffers.program().segments.iter();
    let here = segments.filter(|s| s.edges.iter().any(|e| buffers.arena(e.buffer) == arena));
    let proofs = here.map(|segment| {
        let (name, start) = (name(segment), start(segment));
        let steps = [segment.steps.start + 1, segment.steps.end].map(number);
        let blocks = segment.edges.iter().filter_map(|e| buffers.block(e.buffer));
        let blocks = blocks.map(number);
        let bytes = row_bytes(buffers, segment, arena);
        quote!(super::rows::#name.by_rows([#(#steps),*], #start, &BLOCKS, &[#(#blocks),*], super::#bytes))
    });
    quote!(#(#proofs),*)
}

/// The segments as constants.
pub(crate) fn segments(program: &Program, plan: &MemoryPlan) -> TokenStream {
    if program.segments.is_empty() {
        return quote!();
    }
    let constants = program.segments.iter().map(|segment| {
        let name = name(segment);
        let edges = segment.edges.iter().map(|e| edge(program, plan, e));
        let layers = segment.layers.iter().map(layer_of);
        let doc = match segment.steps.len() {
            1 => format!(" Step {}.", segment.steps.start + 1),
            _ => format!(
                " Steps {} to {}.",
                segment.steps.start + 1,
                segment.steps.end
            ),
        };
        let bytes = scratch(program, plan, segment).map(|bytes| {
            let (name, bytes) = (bytes_name(segment), number(bytes));
            quote! {
                /// Bytes of rows; scratch lies above them.
                pub const #name: usize = #bytes;
            }
        });
        quote! {
            #[doc = #doc]
            pub const #name: Stream<'static> = Stream {
                edges: &[#(#edges),*],
                layers: &[#(#layers),*],
            };
            #bytes
        }
    });
    quote! {
        /// Which rows layers read and write where they run row by row. The memory plan proves that none is lost.
        mod rows {
            use super::{Edge, Layer, Source, Stream};
            #(#constants)*
        }
    }
}

/// The arena in which the rows of a segment lie.
pub(crate) fn arena(program: &Program, plan: &MemoryPlan, segment: &Segment) -> usize {
    let first = segment.edges.first();
    first
        .and_then(|e| plan.arena(program, e.buffer))
        .unwrap_or(0)
}

fn edge(program: &Program, plan: &MemoryPlan, edge: &Edge) -> TokenStream {
    let at = number(plan.offset(program, edge.buffer).unwrap_or(0));
    let align = plan.blocks.get(&edge.buffer).map_or(1, |b| b.align);
    let [row, rows, window, align] = [edge.row, edge.rows, edge.window, align].map(number);
    let kept = edge.kept;
    quote!(Edge { at: #at, row: #row, rows: #rows, window: #window, align: #align, kept: #kept })
}

fn layer_of(layer: &Layer) -> TokenStream {
    let writes = number(layer.writes);
    let reads = layer.reads.iter().map(
        |Source {
             edge,
             extent,
             stride,
             pad,
         }| {
            let [edge, extent, stride] = [*edge, *extent, *stride].map(number);
            let pad = proc_macro2::Literal::isize_unsuffixed(*pad);
            quote!(Source { edge: #edge, extent: #extent, stride: #stride, pad: #pad })
        },
    );
    quote!(Layer { reads: &[#(#reads),*], writes: #writes })
}
