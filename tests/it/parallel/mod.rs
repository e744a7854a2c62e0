//! An objective on many ranks: the same bits everywhere, the same as on one machine, and errors that
//! reach all.

mod average;
mod errors;
mod group;
#[cfg(feature = "mlp")]
mod network;

use std::sync::mpsc;
use std::time::Duration;

use gols::parallel::ThreadCollective;

/// Far more than any group here needs, so that a group that waits for ever fails its test.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `work` on every rank of a group, each on a thread of its own, and returns what they return.
pub fn on_ranks<R: Send + 'static>(
    size: usize,
    work: impl Fn(ThreadCollective) -> R + Clone + Send + 'static,
) -> Vec<R> {
    let (sender, receiver) = mpsc::channel();
    for collective in ThreadCollective::group(size).unwrap() {
        let (sender, work) = (sender.clone(), work.clone());
        std::thread::spawn(move || {
            let rank = collective.rank();
            sender.send((rank, work(collective))).unwrap();
        });
    }
    drop(sender); // so that a rank that panics is known as soon as the others have ended
    let mut results: Vec<(usize, R)> = (0..size)
        .map(|_| receiver.recv_timeout(PATIENCE).expect("a rank hangs or has panicked"))
        .collect();
    results.sort_by_key(|(rank, _)| *rank);
    results.into_iter().map(|(_, result)| result).collect()
}
