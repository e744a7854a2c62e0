//! The overhead of each search: nanoseconds a request, with no objective behind the answers.
//!
//! `search/NAME` is a whole search, `search/NAME/floor` the same conversation with requests that are read from a list:
//! what the answers' arithmetic and the loop cost. The difference is the search's own logic.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gols::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, LineSearch, Origin, Request, SecantGols, ThresholdGols,
};

/// Runs a search on F(α) = (α - 0.3)² and returns its number of requests.
#[inline(never)]
fn run<S: LineSearch>(search: &mut S) -> u64 {
    let mut requests = 0;
    let mut request = search.start(black_box(Origin::new(-0.6, 1.0).with_loss(0.09)));
    loop {
        let answer = match request {
            Request::Loss(alpha) => (alpha - 0.3) * (alpha - 0.3),
            Request::Slope(alpha) => 2.0 * (alpha - 0.3),
            Request::Done(step) => {
                black_box(step);
                return requests;
            }
        };
        requests += 1;
        request = search.resume(black_box(answer));
    }
}

/// Asks what it was told to ask.
struct Floor {
    requests: Vec<Request>,
    next: usize,
}

impl LineSearch for Floor {
    fn start(&mut self, _: Origin) -> Request {
        self.next = 0;
        self.requests[0]
    }

    fn resume(&mut self, answer: f64) -> Request {
        // Waits for the answer, as every search must.
        self.next += black_box(usize::from(!answer.is_nan()));
        self.requests[self.next]
    }

    fn reset(&mut self) {}
}

/// Passes requests on, and keeps them.
struct Recorder<'a, S> {
    search: &'a mut S,
    requests: Vec<Request>,
}

impl<S: LineSearch> LineSearch for Recorder<'_, S> {
    fn start(&mut self, origin: Origin) -> Request {
        self.requests = vec![self.search.start(origin)];
        self.requests[0]
    }

    fn resume(&mut self, answer: f64) -> Request {
        self.requests.push(self.search.resume(answer));
        self.requests[self.requests.len() - 1]
    }

    fn reset(&mut self) {}
}

fn bench<S: LineSearch>(criterion: &mut Criterion, name: &str, mut search: S) {
    // The first search of all starts from nothing; the second has its remembered step.
    run(&mut search);
    let mut recorder = Recorder { search: &mut search, requests: Vec::new() };
    let requests = run(&mut recorder);
    let mut floor = Floor { requests: recorder.requests, next: 0 };
    let mut group = criterion.benchmark_group("search");
    // A fixed step asks nothing: its start is what is timed.
    group.throughput(Throughput::Elements(requests.max(1)));
    group.bench_function(name, |bencher| bencher.iter(|| run(&mut search)));
    group.bench_function(format!("{name}/floor"), |bencher| bencher.iter(|| run(&mut floor)));
}

fn searches(criterion: &mut Criterion) {
    bench(criterion, "inexact_gols", InexactGols::default());
    bench(criterion, "bisection_gols", BisectionGols::default());
    bench(criterion, "golden_section", GoldenSection::default());
    bench(criterion, "armijo", Armijo::default());
    bench(criterion, "backtracking_gols", BacktrackingGols::default());
    bench(criterion, "threshold_gols", ThresholdGols::default());
    bench(criterion, "secant_gols", SecantGols::default());
    let every_kth = EveryKth::new(InexactGols::default(), 10).expect("a valid period");
    bench(criterion, "every_kth", every_kth);
    bench(criterion, "amortized_gols", AmortizedGols::default());
    bench(criterion, "fixed_step", FixedStep::new(0.1).expect("a valid length"));
}

criterion_group!(benches, searches);
criterion_main!(benches);
