//! The overhead of each search: nanoseconds a request, with no objective behind the answers.
//!
//! `search/NAME` is a whole search, `search/NAME/floor` the same conversation with requests that are read from a list:
//! what the answers' arithmetic and the loop cost. The difference is the search's own logic.

use std::convert::Infallible;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gols::search::{self, LineSearch, Origin, Request, Step};

/// Runs a search on F(α) = (α - 0.3)², and looks on at its requests.
fn run(search: &mut Box<dyn LineSearch>, mut see: impl FnMut(Request)) -> Step {
    let origin = black_box(Origin::new(-0.6, 1.0).with_loss(0.09));
    let answer = |request| {
        see(request);
        Ok::<_, Infallible>(black_box(match request {
            Request::Loss(alpha) => (alpha - 0.3) * (alpha - 0.3),
            other => 2.0 * (other.alpha() - 0.3),
        }))
    };
    let Ok(step) = search.run(origin, answer);
    step
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

fn searches(criterion: &mut Criterion) {
    for (name, mut search) in search::all() {
        // The first search of all starts from nothing; the second has its remembered step.
        run(&mut search, |_| {});
        let mut requests = Vec::new();
        let step = run(&mut search, |request| requests.push(request));
        let mut group = criterion.benchmark_group("search");
        // A fixed step asks nothing: its start is what is timed.
        group.throughput(Throughput::Elements(requests.len().max(1) as u64));
        requests.push(Request::Done(step));
        let mut floor: Box<dyn LineSearch> = Box::new(Floor { requests, next: 0 });
        for (id, search) in [(name.to_owned(), &mut search), (format!("{name}/floor"), &mut floor)]
        {
            group.bench_function(id, |bencher| bencher.iter(|| run(search, |_| {})));
        }
    }
}

criterion_group!(benches, searches);
criterion_main!(benches);
