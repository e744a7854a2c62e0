//! Work on several threads.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

/// So many threads, which take items of work one after the other. Results do not depend on how many there are.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    threads: usize,
}

impl Default for Pool {
    /// One thread a core.
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Pool {
    /// So many threads, and at least one.
    pub fn new(threads: usize) -> Self {
        Self { threads: threads.max(1) }
    }

    /// The results of `job` in the order of `items`. After the first error no item is begun any more.
    pub fn map<T: Sync, R: Send, E: Send>(
        self,
        items: &[T],
        job: impl Fn(&T) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else { return done };
                let result = job(item);
                if result.is_err() {
                    next.store(items.len(), Ordering::Relaxed);
                }
                done.push((index, result));
            }
        };
        let mut done: Vec<(usize, Result<R, E>)> = thread::scope(|scope| {
            let threads = 0..self.threads.min(items.len());
            let threads: Vec<_> = threads.map(|_| scope.spawn(work)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join();
            threads.into_iter().flat_map(|t| join(t).unwrap_or_else(|p| resume_unwind(p))).collect()
        });
        done.sort_by_key(|&(index, _)| index);
        done.into_iter().map(|(_, result)| result).collect()
    }

    /// [`map`](Self::map), with a bar on stderr that counts items.
    pub fn map_with_progress<T: Sync, R: Send, E: Send>(
        self,
        what: &'static str,
        items: &[T],
        job: impl Fn(&T) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        let bar = progress(what, items.len());
        let results = self.map(items, |item| job(item).inspect(|_| bar.inc(1)));
        bar.finish_and_clear();
        results
    }
}

/// A bar on stderr that counts to `steps`.
pub fn progress(what: &'static str, steps: usize) -> ProgressBar {
    let template = "{msg} {bar:40} {pos}/{len}  {elapsed} (about {eta} left)";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps as u64).with_style(style).with_message(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_items_whatever_the_number_of_threads() {
        let items: Vec<u64> = (0..100).collect();
        for threads in [0, 1, 7, 1000] {
            let squares = Pool::new(threads).map(&items, |&item| Ok::<_, ()>(item * item));
            assert_eq!(squares, Ok(items.iter().map(|item| item * item).collect()));
        }
    }

    #[test]
    fn after_an_error_nothing_is_begun_any_more() {
        let begun = AtomicUsize::new(0);
        let items: Vec<usize> = (0..100).collect();
        let result = Pool::new(1).map(&items, |&item| {
            begun.fetch_add(1, Ordering::Relaxed);
            if item == 3 { Err(item) } else { Ok(item) }
        });
        assert_eq!((result, begun.into_inner()), (Err(3), 4));
    }
}
