//! The overhead of each search: nanoseconds a request, with no objective behind the answers.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gols::{
    Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection, InexactGols,
    LineSearch, Origin, Request, SecantGols, ThresholdGols,
};

/// Runs a search on F(α) = (α - 0.3)² and returns its number of requests.
fn run(search: &mut dyn LineSearch) -> u64 {
    let mut requests = 0;
    let mut request = search.start(Origin::new(-0.6, 1.0).with_loss(0.09));
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

fn searches(criterion: &mut Criterion) {
    let fixed = FixedStep::new(0.1).expect("a valid length");
    let every_kth = EveryKth::new(InexactGols::default(), 10).expect("a valid period");
    let mut searches: [(&str, Box<dyn LineSearch>); 9] = [
        ("inexact_gols", Box::new(InexactGols::default())),
        ("bisection_gols", Box::new(BisectionGols::default())),
        ("golden_section", Box::new(GoldenSection::default())),
        ("armijo", Box::new(Armijo::default())),
        ("backtracking_gols", Box::new(BacktrackingGols::default())),
        ("threshold_gols", Box::new(ThresholdGols::default())),
        ("secant_gols", Box::new(SecantGols::default())),
        ("every_kth", Box::new(every_kth)),
        ("fixed_step", Box::new(fixed)),
    ];
    let mut group = criterion.benchmark_group("search");
    for (name, search) in &mut searches {
        // The first search of all starts from nothing; the second has its remembered step.
        search.reset();
        run(&mut **search);
        let requests = run(&mut **search);
        // A fixed step asks nothing: its start is what is timed.
        group.throughput(Throughput::Elements(requests.max(1)));
        group.bench_function(*name, |bencher| bencher.iter(|| run(&mut **search)));
    }
}

criterion_group!(benches, searches);
criterion_main!(benches);
