//! An objective on a line: what is evaluated where, on which mini-batch, and what is counted.

use gols::search::{
    Armijo, FixedStep, InexactGols, LineSearch, Origin, Request, Step, StepBounds, Termination, all,
};
use gols::{Evaluations, Line, Sampling, StochasticObjective};

use crate::common::probe::{Call, Failure, Fault, Note, Probe};
use crate::common::{self, Settings, bits, counts};

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];
const DIRECTION: [f64; 3] = [0.3, -0.2, 0.7];

/// A search that asks what it is told to, and ends where it is told to.
struct Script {
    requests: Vec<Request>,
    answers: Vec<f64>,
    next: usize,
    taken_back: usize,
}

impl Script {
    fn new(requests: &[Request], length: f64) -> Self {
        let termination = Termination::FixedStep;
        let end = Request::Done(Step { length, termination });
        let mut requests = requests.to_vec();
        requests.push(end);
        Self { requests, answers: Vec::new(), next: 0, taken_back: 0 }
    }

    fn advance(&mut self) -> Request {
        self.next += 1;
        self.requests[self.next - 1]
    }
}

impl LineSearch for Script {
    fn start(&mut self, _origin: Origin) -> Request {
        self.next = 0;
        self.advance()
    }

    fn resume(&mut self, answer: f64) -> Request {
        self.answers.push(answer);
        self.advance()
    }

    fn take_back(&mut self) {
        self.taken_back += 1;
    }

    fn reset(&mut self) {}
}

/// What is known at the start; the objective is asked for the rest.
fn origin() -> Origin {
    Origin::new(-1.0, 0.8)
}

fn search_on(
    probe: &mut Probe,
    search: &mut (impl LineSearch + ?Sized),
    sampling: Sampling,
) -> (Step, Evaluations) {
    let (direction, mut gradient) = (DIRECTION.to_vec(), vec![0.0; 3]);
    let mut line = Line::new(probe, &direction, &mut gradient, origin(), sampling);
    let step = line.search(search).unwrap();
    (step, line.evaluations())
}

fn calls(notes: &[Note]) -> Vec<Call> {
    notes.iter().map(|note| note.call).collect()
}

/// x₀ + α d, as any objective must compute it.
fn at(alpha: f64) -> Vec<u64> {
    let x0 = Probe::new(0.0).x;
    let moved: Vec<f64> = x0.iter().zip(DIRECTION).map(|(x, d)| x + alpha * d).collect();
    bits(&moved)
}

#[test]
fn every_request_is_evaluated_where_it_asks() {
    let asked = [Request::Loss(0.5), Request::Slope(0.25), Request::Slope(2.0), Request::Loss(0.0)];
    let mut probe = Probe::new(0.0);
    let mut script = Script::new(&asked, 0.25);
    search_on(&mut probe, &mut script, Sampling::Full);
    let notes = probe.take_notes();
    let seen: Vec<_> = notes
        .iter()
        .filter(|note| note.is_evaluation())
        .map(|note| note.parameters.clone())
        .collect();
    let x0 = bits(&Probe::new(0.0).x);
    assert_eq!(seen, [at(0.5), at(0.25), at(2.0), x0]);
    assert_eq!(probe.bits(), at(0.25));
    // And the search was told what the objective said.
    let mut twin = Probe::new(0.0);
    twin.anchor().unwrap();
    twin.move_to(0.5, &DIRECTION.to_vec()).unwrap();
    assert_eq!(script.answers[0], twin.loss().unwrap());
    twin.move_to(0.25, &DIRECTION.to_vec()).unwrap();
    let slope = twin.slope(&DIRECTION.to_vec(), &mut vec![0.0; 3]).unwrap();
    assert_eq!(script.answers[1], slope);
}

#[test]
fn every_evaluation_has_its_own_batch_where_sampling_is_dynamic_and_none_elsewhere() {
    let asked = [Request::Loss(0.5), Request::Slope(0.5), Request::Slope(0.5), Request::Loss(0.1)];
    for (sampling, batches) in SAMPLINGS.into_iter().zip([0, 0, 4]) {
        let mut probe = Probe::new(1.0);
        let (_, evaluations) = search_on(&mut probe, &mut Script::new(&asked, 0.5), sampling);
        let expected = counts(2, 2, batches);
        assert_eq!(evaluations, expected, "{sampling:?}");
        assert_eq!(probe.count(Call::Resample) as u64, batches);
        let notes = probe.take_notes();
        let evaluated = notes.iter().filter(|note| note.is_evaluation());
        let seen: Vec<u64> = evaluated.map(|note| note.batch).collect();
        let expected = if batches == 0 { [0; 4] } else { [1, 2, 3, 4] };
        assert_eq!(seen, expected, "{sampling:?}");
    }
}

#[test]
fn nothing_is_cached_but_the_place() {
    // Three questions at one α: three evaluations, one move.
    let asked = [Request::Loss(0.5); 3];
    let mut probe = Probe::new(1.0);
    let mut script = Script::new(&asked, 0.5);
    search_on(&mut probe, &mut script, Sampling::Dynamic);
    assert_eq!((probe.count(Call::Loss), probe.count(Call::MoveTo)), (3, 1));
    assert!(script.answers[0] != script.answers[1] && script.answers[1] != script.answers[2]);
}

#[test]
fn the_line_starts_where_the_parameters_stand() {
    let mut probe = Probe::new(0.0);
    let direction = DIRECTION.to_vec();
    probe.move_to(3.0, &direction).unwrap();
    let start = probe.bits();
    let mut gradient = vec![0.0; 3];
    let mut line = Line::new(&mut probe, &direction, &mut gradient, origin(), Sampling::Full);
    line.move_to(1.5).unwrap();
    line.move_to(0.0).unwrap();
    assert_eq!(probe.bits(), start);
    assert_eq!(bits(&probe.x0), start);
    assert_eq!(probe.count(Call::Anchor), 1);
}

#[test]
fn a_line_can_be_asked_by_hand() {
    let direction = DIRECTION.to_vec();
    let (mut probe, mut gradient) = (Probe::new(0.0), vec![0.0; 3]);
    let mut line = Line::new(&mut probe, &direction, &mut gradient, origin(), Sampling::Dynamic);
    let loss = line.loss(0.5).unwrap();
    let slope = line.slope(0.5).unwrap();
    let expected = counts(1, 1, 2);
    assert_eq!(line.evaluations(), expected);
    assert_eq!(probe.bits(), at(0.5));
    assert_eq!(loss, probe.loss().unwrap());
    let product: f64 = gradient.iter().zip(DIRECTION).map(|(g, d)| g * d).sum();
    assert_eq!(slope, product);
}

#[test]
fn a_step_that_was_never_evaluated_is_moved_to_all_the_same() {
    let mut probe = Probe::new(0.0);
    let (step, evaluations) =
        search_on(&mut probe, &mut FixedStep::new(0.7).unwrap(), Sampling::Dynamic);
    assert_eq!((step.length, step.termination), (0.7, Termination::FixedStep));
    assert_eq!(evaluations, Evaluations::default());
    assert_eq!(probe.bits(), at(0.7));
}

#[test]
fn a_users_search_that_ends_nowhere_leaves_the_point() {
    for length in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut probe = Probe::new(0.0);
        let start = probe.bits();
        let mut script = Script::new(&[Request::Slope(0.5)], length);
        let (step, _) = search_on(&mut probe, &mut script, Sampling::Full);
        assert_eq!((step.length, step.termination), (0.0, Termination::NonFinite));
        assert_eq!(probe.bits(), start);
    }
}

#[test]
fn an_unusable_origin_evaluates_nothing_and_moves_nothing() {
    for (name, mut search) in all() {
        for slope in [f64::NAN, 0.0, 1.0] {
            let (mut probe, direction, mut gradient) =
                (Probe::new(0.0), DIRECTION.to_vec(), vec![0.0; 3]);
            let start = probe.bits();
            let origin = Origin::new(slope, 1.0);
            let mut line =
                Line::new(&mut probe, &direction, &mut gradient, origin, Sampling::Dynamic);
            let step = line.search(&mut search).unwrap();
            assert_eq!(step.length, 0.0, "{name}");
            assert_eq!(line.evaluations(), Evaluations::default());
            assert_eq!(probe.bits(), start);
            assert!(!calls(&probe.take_notes()).contains(&Call::MoveTo));
        }
    }
}

#[test]
fn an_error_comes_back_unchanged_and_the_parameters_are_restored() {
    let asked = [Request::Loss(0.5), Request::Slope(0.25), Request::Loss(2.0), Request::Slope(1.0)];
    let mut failures = 0;
    for sampling in SAMPLINGS {
        for call in [Call::Resample, Call::Loss, Call::Slope, Call::Anchor, Call::MoveTo] {
            for count in 1..=5 {
                let mut probe = Probe::new(1.0);
                let start = probe.bits();
                probe.arm(call, count, Fault::Error);
                let (direction, mut gradient) = (DIRECTION.to_vec(), vec![0.0; 3]);
                let mut line = Line::new(&mut probe, &direction, &mut gradient, origin(), sampling);
                let mut script = Script::new(&asked, 0.75);
                let outcome = line.search(&mut script);
                if !probe.has_failed() {
                    assert!(outcome.is_ok() && script.taken_back == 0);
                    continue;
                }
                failures += 1;
                assert_eq!(outcome, Err(Failure(call)));
                assert_eq!(script.taken_back, 1, "the search is taken back");
                assert_eq!(probe.bits(), start, "{sampling:?} {call:?} {count}");
            }
        }
    }
    // In each sampling 2 losses, 2 slopes, 1 anchor, 5 moves, and 4 batches where it is dynamic.
    assert_eq!(failures, 3 * 10 + 4);
}

#[test]
fn a_failed_evaluation_is_counted() {
    let mut probe = Probe::new(0.0);
    probe.arm(Call::Slope, 2, Fault::Error);
    let (direction, mut gradient) = (DIRECTION.to_vec(), vec![0.0; 3]);
    let mut line = Line::new(&mut probe, &direction, &mut gradient, origin(), Sampling::Dynamic);
    let mut script =
        Script::new(&[Request::Slope(0.1), Request::Slope(0.2), Request::Slope(0.3)], 0.3);
    assert!(line.search(&mut script).is_err());
    let expected = counts(0, 2, 2);
    assert_eq!(line.evaluations(), expected);
}

#[test]
fn an_answer_of_nan_is_no_error() {
    let settings = Settings {
        displacement: None,
        tolerance: 1e-6,
        previous: Some(0.5),
        max_evaluations: 200,
        ..Settings::default()
    };
    for kind in common::KINDS {
        for count in 1..=4 {
            let mut probe = Probe::new(0.0);
            let call = if kind.is_gradient_only() { Call::Slope } else { Call::Loss };
            probe.arm(call, count, Fault::Nan);
            let (step, _) = search_on(&mut probe, &mut settings.build(kind), Sampling::Full);
            assert!(step.length.is_finite() && step.length >= 0.0);
            let expected =
                if step.length == 0.0 { bits(&Probe::new(0.0).x) } else { at(step.length) };
            assert_eq!(probe.bits(), expected, "{kind:?} {count}");
        }
    }
}

#[test]
fn a_search_behind_a_box_or_a_reference_runs_on_a_line() {
    let search = InexactGols::default().with_previous(0.5).unwrap();
    let mut direct = Probe::new(0.0);
    let expected = search_on(&mut direct, &mut search.clone(), Sampling::Full);
    let mut boxed: Box<dyn LineSearch> = Box::new(search.clone());
    let mut probe = Probe::new(0.0);
    assert_eq!(search_on(&mut probe, &mut boxed, Sampling::Full), expected);
    assert_eq!(probe.bits(), direct.bits());
    let mut probe = Probe::new(0.0);
    let dynamic: &mut dyn LineSearch = &mut search.clone();
    assert_eq!(search_on(&mut probe, dynamic, Sampling::Full), expected);
    assert_eq!(probe.bits(), direct.bits());
}

#[test]
fn evaluations_add_up_and_cost_what_the_paper_says() {
    // [LR] 3.1: a gradient costs two function evaluations; 4.4: an information call is one of either.
    let mut sum = counts(3, 5, 7);
    sum += counts(10, 20, 30);
    assert_eq!(sum, counts(13, 25, 37));
    assert_eq!((sum.function_evaluations(), sum.information_calls()), (63, 38));
}

#[test]
fn a_reference_loss_is_evaluated_at_the_start_of_the_line() {
    let mut probe = Probe::new(0.0);
    let bounds = StepBounds::new(1e-8, 1.0, None).unwrap();
    let mut search = Armijo::default().with_bounds(bounds).with_previous(0.5).unwrap();
    let x0 = probe.bits();
    search_on(&mut probe, &mut search, Sampling::Full);
    let notes = probe.take_notes();
    let first = notes.iter().find(|note| note.call == Call::Loss).unwrap();
    assert_eq!(first.parameters, x0);
}

#[test]
fn a_prepared_line_is_searched_where_the_batch_stays_and_no_gradient_is_wanted() {
    let asked = [Request::Loss(0.5), Request::Slope(0.25), Request::Slope(0.25)];
    let (direction, mut gradient) = (DIRECTION.to_vec(), vec![0.0; 3]);
    for sampling in SAMPLINGS {
        for keeps in [false, true] {
            let mut probe = Probe::new(0.0);
            probe.prepares = true;
            let mut line = Line::new(&mut probe, &direction, &mut gradient, origin(), sampling)
                .with_gradients(keeps);
            let mut script = Script::new(&asked, 0.25);
            line.search(&mut script).unwrap();
            assert_eq!(line.evaluations().information_calls(), 3);
            assert_eq!(probe.bits(), at(0.25), "the parameters end at the step all the same");
            let is_prepared = probe.count(Call::AlongPreparedLine) == 1;
            assert_eq!(is_prepared, sampling != Sampling::Dynamic && !keeps, "{sampling:?}");
            // Along it the model stands still until the step is known.
            assert_eq!(probe.count(Call::MoveTo), if is_prepared { 1 } else { 2 });
        }
    }
}
