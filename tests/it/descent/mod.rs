//! The training loop's step.

mod accepted_point;
mod arrival_slope;
mod counts;
mod direction;
mod domain;
mod failures;
mod gradient_reuse;
mod run;

use gols::direction::SteepestDescent;
use gols::search::LineSearch;
use gols::{Descent, Sampling};

use crate::common::probe::Probe;

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

/// A way to set a descent up.
#[derive(Debug, Clone, Copy)]
struct Setup {
    sampling: Sampling,
    reuse: bool,
    /// Whether the probe prepares lines.
    prepares: bool,
}

/// Every way.
fn setups() -> impl Iterator<Item = Setup> {
    SAMPLINGS.into_iter().flat_map(|sampling| {
        [(false, false), (false, true), (true, false)].map(|(reuse, prepares)| Setup {
            sampling,
            reuse,
            prepares,
        })
    })
}

/// A descent of a probe along −g.
fn descent<S: LineSearch>(
    mut probe: Probe,
    search: S,
    setup: Setup,
) -> Descent<Probe, SteepestDescent, S> {
    probe.prepares = setup.prepares;
    let descent = Descent::new(probe).unwrap().with_search(search);
    descent.with_sampling(setup.sampling).with_gradient_reuse(setup.reuse)
}

/// The same of a probe with this noise, dynamically, with nothing special.
fn dynamic<S: LineSearch>(noise: f64, search: S) -> Descent<Probe, SteepestDescent, S> {
    Descent::new(Probe::new(noise)).unwrap().with_search(search)
}
