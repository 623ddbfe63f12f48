//! Broadcasting before opset 7: only where a node asks for it, only of the second operand, and to a run of the first
//! one's axes that may be in the middle.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::{Importer, axis};

/// The opset from which on shapes broadcast as NumPy's do.
const NUMPY: i64 = 7;

impl Importer<'_> {
    /// Both operands of a binary operator, of shapes that broadcast as NumPy's do.
    pub fn operands(&mut self) -> Result<[ValueId; 2], Diag> {
        let (a, b) = (self.input(0)?, self.input(1)?);
        if self.version() >= NUMPY || self.shape(a) == self.shape(b) {
            return Ok([a, b]);
        }
        if self.node.int("broadcast", 0)? == 0 {
            let message = format!("{} and {} differ in shape", self.ty(a), self.ty(b));
            return Err(Diag::new("shape-mismatch", message)
                .note("before opset 7 the second is broadcast only with `broadcast = 1`"));
        }
        Ok([a, self.under(a, b)?])
    }

    /// `b` with axes of one element behind its own, so that these come to lie under the axes of `a` that the node says.
    fn under(&mut self, a: ValueId, b: ValueId) -> Result<ValueId, Diag> {
        let (whole, mut shape) = (self.shape(a), self.shape(b));
        if self.ty(b).len() == 1 {
            return self.reshape(b, vec![]);
        }
        let misfit = || {
            let message = format!("{shape:?} is no run of the dimensions {whole:?}");
            Diag::new("shape-mismatch", message).at_attribute("axis")
        };
        let first = match self.node.optional_int("axis")? {
            Some(given) => axis(given, whole.len()).map_err(|diag| diag.at_attribute("axis"))?,
            None => whole.len().checked_sub(shape.len()).ok_or_else(misfit)?,
        };
        let run = whole.get(first..first + shape.len()).ok_or_else(misfit)?;
        if run
            .iter()
            .zip(&shape)
            .any(|(&all, &one)| one != all && one != 1)
        {
            return Err(misfit());
        }
        shape.resize(whole.len() - first, 1);
        self.reshape(b, shape)
    }

    /// A parameter for each channel of `x`, or one for all: before opset 7 it had no further axes.
    pub fn channelwise(&mut self, parameter: ValueId, x: ValueId) -> Result<ValueId, Diag> {
        let channels = self.ty(parameter).len();
        let inner = self.ty(x).rank().saturating_sub(1);
        if self.version() >= NUMPY || self.ty(parameter).rank() != 1 || channels == 1 || inner == 0
        {
            return Ok(parameter);
        }
        let mut shape = vec![1; inner];
        shape[0] = channels;
        self.reshape(parameter, shape)
    }
}
