//! Work on samples, shared between the processors of this machine.

use crate::diag::Diag;
use std::num::NonZero;
use std::thread;

/// How many samples are worked on at the same time.
pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// `f` of each number below `count`, in order.
pub(super) fn map<T: Send>(
    count: usize,
    f: impl Fn(usize) -> Result<T, Diag> + Sync,
) -> Result<Vec<T>, Diag> {
    let threads = threads().min(count.max(1));
    let f = &f;
    let part = |t: usize| (t * count / threads..(t + 1) * count / threads).map(f);
    let parts: Vec<Result<Vec<T>, Diag>> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|t| scope.spawn(move || part(t).collect()))
            .collect();
        let joined = started.into_iter().map(|thread| thread.join());
        joined
            .map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut all = Vec::with_capacity(count);
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_and_errors_are_reported() {
        for count in [0, 1, 2, 7, 100] {
            assert_eq!(map(count, Ok).unwrap(), (0..count).collect::<Vec<_>>());
        }
        let failing = |i| {
            if i == 5 {
                Err(Diag::new("five", ""))
            } else {
                Ok(i)
            }
        };
        assert_eq!(map(9, failing).unwrap_err().code, "five");
    }
}
