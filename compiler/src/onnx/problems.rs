//! Collecting what is wrong, so that it can be said in one go.

use crate::diag::{Diag, Diags};

/// More problems than anyone reads; a broken file may have millions.
const MAX_REPORTED: usize = 200;

/// Problems found so far.
#[derive(Default)]
pub(crate) struct Problems {
    diags: Vec<Diag>,
    unreported: usize,
}

impl Problems {
    /// Adds a problem.
    pub(crate) fn push(&mut self, diag: Diag) {
        if self.diags.len() < MAX_REPORTED {
            self.diags.push(diag);
        } else {
            self.unreported += 1;
        }
    }

    /// The value of `result`; a problem is kept.
    pub(crate) fn value<T>(&mut self, result: Result<T, Diag>) -> Option<T> {
        result.map_err(|diag| self.push(diag)).ok()
    }

    /// `value`, unless there have been problems.
    pub(crate) fn finish<T>(mut self, value: T) -> Result<T, Diags> {
        if let (1.., Some(last)) = (self.unreported, self.diags.last_mut()) {
            last.notes
                .push(format!("{} more problems are not shown", self.unreported));
        }
        if self.diags.is_empty() {
            Ok(value)
        } else {
            Err(Diags(self.diags))
        }
    }
}
