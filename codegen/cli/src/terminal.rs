//! What users see: text in colour and progress where there is a terminal, plain text or JSON elsewhere.

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::quantize::Progress as Step;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::time::Duration;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const NOTE: Style = AnsiColor::BrightCyan.on_default();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
/// Columns that a terminal is taken to have at least.
const NARROWEST: usize = 80;
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
/// What did not.
pub(crate) const BAD: Style = ERROR;
/// A heading.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// `text` in a style; the streams of `anstream` take it off again where colours are not wanted.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// What people should know of a result, a line each.
pub(crate) fn warnings(warnings: &[String]) -> String {
    let line = |text: &String| format!("  {} {text}\n", styled(WARNING, "warning:"));
    warnings.iter().map(line).collect()
}

/// What writing a result came to: whoever closed it has seen enough.
pub(crate) fn closed_is_fine(written: io::Result<()>) -> Result<(), Diag> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Diag::new("io", format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// Where results, progress and problems go.
pub(crate) struct Terminal {
    /// Whether results and problems are JSON.
    pub(crate) json: bool,
}

impl Terminal {
    pub(crate) fn new(json: bool) -> Self {
        Terminal { json }
    }

    /// Shows that something is going on for as long as what is returned lives.
    pub(crate) fn progress(&self, message: impl Into<String>) -> Progress {
        let target = match self.json {
            true => ProgressDrawTarget::hidden(),
            // Hidden by itself if standard error is not a terminal.
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(ProgressStyle::default_spinner());
        bar.set_message(message.into());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(bar)
    }

    /// How many columns there are: those of the terminal that results go to, or as `COLUMNS` says; any where there is none.
    pub(crate) fn width(&self) -> Option<usize> {
        let said = || std::env::var("COLUMNS").ok()?.parse().ok();
        let terminal = console::Term::stdout().size_checked();
        let width = terminal.map(|(_, width)| width.into()).or_else(said);
        width.map(|width: usize| width.max(NARROWEST))
    }

    /// Prints a result: as JSON, or as the text that `text` makes.
    pub(crate) fn result(
        &self,
        json: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Diag> {
        let text = match self.json {
            true => serde_json::to_string_pretty(json)
                .map(|document| document + "\n")
                .map_err(|e| Diag::new("io", format!("cannot write JSON: {e}")))?,
            false => visible(&text()),
        };
        closed_is_fine(anstream::stdout().write_all(text.as_bytes()))
    }

    /// Prints everything that is wrong.
    pub(crate) fn problems(&self, diags: &Diags) {
        if self.json {
            let errors = serde_json::json!({ "errors": diags.0 });
            // The exit code tells, too, if nobody reads it.
            let _ = self.result(&errors, String::new);
            return;
        }
        diags
            .0
            .iter()
            .for_each(|diag| anstream::eprint!("{}", visible(&problem(diag))));
    }
}

/// Names come from models: characters that turn the order of others round, or are not seen, are written as Rust escapes them.
fn visible(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let shown = |c: char| match is_hidden(c) {
        true => c.escape_unicode().to_string(),
        false => c.into(),
    };
    text.chars().map(shown).collect()
}

/// A problem as compilers show them.
fn problem(diag: &Diag) -> String {
    let heading = styled(ERROR, format!("error[{}]", diag.code));
    let mut text = format!("{heading}: {}\n", styled(STRONG, &diag.message));
    let at = diag.at.to_string();
    if !at.is_empty() {
        text += &format!("  {} {at}\n", styled(NOTE, "-->"));
    }
    for note in &diag.notes {
        let note = note.trim_end().replace('\n', "\n          ");
        text += &format!("  {} {note}\n", styled(NOTE, "= note:"));
    }
    text
}

/// A spinner that disappears with this value.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Says what is going on now.
    pub(crate) fn say(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
    }

    /// Says how far quantisation has come.
    pub(crate) fn step(&self, step: Step) {
        self.say(format!("{}: {} of {}", step.stage, step.done, step.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
