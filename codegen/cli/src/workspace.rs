//! `mlc workspace`: several models that share their working memory become one cargo workspace.

use crate::Outcome;
use crate::footprint::estimated;
use crate::table::grouped;
use crate::terminal::{GOOD, Terminal, styled};
use mlc_codegen::report::Estimate;
use mlc_codegen::{Options, Several, emit_workspace, emit_workspace_with_c, install};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use serde::Serialize;
use std::path::PathBuf;

/// Writes a workspace of crates for models that never run at once and share their working memory.
///
/// Each model becomes a crate that borrows arenas, whose types are in the crate `shared_arena`: as large as the most
/// demanding model needs. Two models on the same arena at once do not compile.
///
/// With `--c-api` all of them are in one library for C, in the folder `c`, which is called after that of the workspace.
///
/// Options hold for all models; what names a dimension or an input, for those that have it. Options of one model stand
/// behind its path, without dashes and separated by commas, and so do sizes of its dimensions:
/// `kws.onnx:batch=1,io=int8,name=Kws`. They come before those for all.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    models: Several,
    /// Folder of the workspace.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write even into a folder that holds something else.
    #[arg(long)]
    force: bool,
}

/// What was built.
#[derive(Serialize)]
struct Summary {
    out: PathBuf,
    networks: Vec<Network>,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Network {
    name: String,
    arena_bytes: usize,
    weight_bytes: usize,
    macs: u64,
    /// The cycles that a run is estimated to take on its machine, or why that is not known, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    cycles: Option<Estimate>,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let models = args.models.resolve()?.into_iter();
    let models: Vec<_> = models.collect();
    let c_api = models.iter().any(|options| options.c_api);
    let networks = models.into_iter().map(|options| compile(options, terminal));
    let networks: Vec<(String, Compiled)> = networks.collect::<Result<_, _>>()?;
    let named: Vec<_> = networks.iter().map(|(name, c)| (c, &**name)).collect();
    let library = args.out.file_name().unwrap_or_default().to_string_lossy();
    let files = match c_api {
        true => emit_workspace_with_c(&named, &library)?,
        false => emit_workspace(&named)?,
    };
    install(&files, &args.out, args.force)?;
    let summary = Summary {
        out: args.out,
        networks: networks.iter().map(Network::new).collect(),
        files: files.iter().map(|(path, _)| path.to_owned()).collect(),
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

/// Compiles one of the models so that it borrows its memory; its name.
fn compile(options: Options, terminal: &Terminal) -> Result<(String, Compiled), Diags> {
    let options = options.borrow_arena();
    let _progress = terminal.progress(format!("compiling {}", options.crate_name()));
    let about = |diag: Diag| diag.note(format!("model {}", options.model.display()));
    let compiled = options.compile();
    let compiled = compiled.map_err(|diags| Diags(diags.0.into_iter().map(about).collect()))?;
    Ok((options.name(), compiled))
}

impl Network {
    fn new((name, compiled): &(String, Compiled)) -> Self {
        Network {
            name: name.clone(),
            arena_bytes: compiled.plan.arena_bytes,
            weight_bytes: compiled.plan.weights.bytes.len(),
            macs: compiled.program.macs(),
            cycles: estimated(compiled),
        }
    }

    fn text(&self) -> String {
        let numbers = [self.arena_bytes as u64, self.weight_bytes as u64, self.macs].map(grouped);
        let [arena, weights, macs] = numbers;
        let name = &self.name;
        let cycles = self.cycles.as_ref().map(|cycles| format!("    {cycles}\n"));
        format!(
            "  {name}: {arena} bytes of arena, {weights} bytes of weights, {macs} multiply-accumulates\n"
        ) + &cycles.unwrap_or_default()
    }
}

impl Summary {
    fn text(&self) -> String {
        let networks: String = self.networks.iter().map(Network::text).collect();
        format!(
            "{} {} networks in {}: {} files\n{networks}",
            styled(GOOD, "Built"),
            self.networks.len(),
            self.out.display(),
            self.files.len(),
        )
    }
}
