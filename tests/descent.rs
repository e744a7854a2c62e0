//! The training loop's step: counts, restoration, reuse, fallback, and what the search is told.

#[path = "it/common/mod.rs"]
mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::probe::{Call, Failure, Fault, Probe, Recorder};
use common::{Any, KINDS, Kind, Settings, bits};
use gols::{
    Armijo, BisectionGols, Descent, Direction, Evaluations, FixedStep, GoldenSection, InexactGols,
    LineSearch, Origin, ReferenceLoss, Request, Sampling, SliceObjective, SteepestDescent, Step,
    StepBounds, StochasticObjective, Termination, VectorSpace,
};

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

fn settings() -> Settings {
    Settings {
        min: 1e-8,
        max: 1e7,
        displacement: Some(1.0),
        first_bracket: 0.5,
        tolerance: 1e-3,
        previous: None,
        overshoot: 0.9,
        factor: 2.0,
        sufficient_decrease: 0.2,
        max_evaluations: 100,
        ..Settings::default()
    }
}

/// Every search with settings that keep it short, and a fixed step.
fn searches() -> Vec<Any> {
    KINDS.map(|kind| settings().build(kind)).to_vec()
}

fn descent<S: LineSearch>(
    probe: &Probe,
    search: S,
    sampling: Sampling,
) -> Descent<Vec<f64>, SteepestDescent, S> {
    Descent::new(probe, SteepestDescent, search, sampling).unwrap()
}

// --- Counts -------------------------------------------------------------------------------------------
//
// L(x) = ½ (x − 4)² from x = 0. With d = −g = 4 − x = r, x + α d − 4 = −r (1 − α), so that along every
// search direction F(α) = ½ r² (1 − α)², F'(α) = −r² (1 − α), F'(0) = −r²: the sign changes at α = 1,
// whatever r. The counts below follow by hand.

/// Runs three steps and compares the cost of each, in Full, Static and Dynamic sub-sampling.
fn check_counts<S: LineSearch + Clone>(
    search: &S,
    reuse: bool,
    losses: [u64; 3],
    gradients: [u64; 3],
    batches: [[u64; 3]; 3],
) {
    for (sampling, batches) in SAMPLINGS.into_iter().zip(batches) {
        let asked = [(); 3].map(|()| Rc::new(Cell::new(0_u64)));
        let [loss_count, gradient_count, batch_count] = asked.clone();
        let half_square = |x: &[f64]| 0.5 * (x[0] - 4.0) * (x[0] - 4.0);
        let loss = move |x: &[f64]| {
            loss_count.set(loss_count.get() + 1);
            half_square(x)
        };
        let loss_and_gradient = move |x: &[f64], gradient: &mut [f64]| {
            gradient_count.set(gradient_count.get() + 1);
            gradient[0] = x[0] - 4.0;
            half_square(x)
        };
        let mut objective = SliceObjective::from_fns(vec![0.0], loss, loss_and_gradient)
            .unwrap()
            .with_resample(move || batch_count.set(batch_count.get() + 1));
        let mut descent = Descent::new(&objective, SteepestDescent, search.clone(), sampling)
            .unwrap()
            .with_gradient_reuse(reuse);
        let mut total = Evaluations::default();
        for step in 0..3 {
            let iteration = descent.step(&mut objective).unwrap();
            let expected = Evaluations {
                losses: losses[step],
                gradients: gradients[step],
                batches: batches[step],
            };
            assert_eq!(iteration.evaluations, expected, "{sampling:?}, step {step}");
            total += expected;
        }
        assert_eq!(descent.evaluations(), total, "{sampling:?}");
        // The objective's own count agrees.
        let seen = asked.map(|count| count.get());
        assert_eq!(seen, [total.losses, total.gradients, total.batches], "{sampling:?}");
    }
}

fn uncapped() -> StepBounds {
    StepBounds::new(1e-8, 1e7, None).unwrap()
}

#[test]
fn the_counts_of_inexact_gols_are_exact() {
    // Step 1: the gradient; F'(0.75) = −r²/4 < 0, F'(1.5) = r²/2: two slopes, and 1.5 is remembered.
    // Steps 2 and 3: the gradient; F'(1.5) = r²/2 < 0.9 r²: one slope.
    let search = InexactGols::default().with_bounds(uncapped()).with_previous(0.75).unwrap();
    let batches = [[0, 0, 0], [1, 1, 1], [3, 2, 2]];
    check_counts(&search, false, [0; 3], [3, 2, 2], batches);
    // Reused, the last slope's gradient replaces the first one of steps 2 and 3. A static step draws its
    // one mini-batch all the same.
    let batches = [[0, 0, 0], [1, 1, 1], [3, 1, 1]];
    check_counts(&search, true, [0; 3], [3, 1, 1], batches);
}

#[test]
fn the_counts_of_bisection_gols_are_exact() {
    // Slopes at 0.75 (−), 0.75 + 0.75 φ = 1.964 (+), then in the middles of a bracket of 1.214:
    // 1.357 (+), leaving 0.607; 1.053 (+), leaving 0.303. A tolerance of 0.31 ends there, at the last
    // slope: four slopes, and its gradient can be used again.
    let search = |tolerance| {
        BisectionGols::default()
            .with_bounds(uncapped())
            .with_first_bracket(0.75)
            .unwrap()
            .with_tolerance(tolerance)
            .unwrap()
    };
    let batches = |each| [[0; 3], [1; 3], [each; 3]];
    check_counts(&search(0.31), false, [0; 3], [5; 3], batches(5));
    check_counts(&search(0.31), true, [0; 3], [5, 4, 4], [[0; 3], [1; 3], [5, 4, 4]]);
    // A tolerance of 0.3 asks once more, at 0.902 (−): the end, 1.053, is not where the last slope was.
    check_counts(&search(0.3), false, [0; 3], [6; 3], batches(6));
    check_counts(&search(0.3), true, [0; 3], [6; 3], batches(6));
}

#[test]
fn the_counts_of_golden_section_are_exact() {
    // In units of r²/2: losses at 0.75 (0.063) and 1.964 (0.929), which close the bracket [0, 1.964];
    // at its cuts 0.75 (0.063) and 1.214 (0.046); at 1.5 (0.25), leaving [0.75, 1.964], 1.214 long; at
    // 1.036, leaving [0.75, 1.5], 0.75 long: six losses with a tolerance of 0.8, and the gradient.
    let search = GoldenSection::default()
        .with_bounds(uncapped())
        .with_first_bracket(0.75)
        .unwrap()
        .with_tolerance(0.8)
        .unwrap();
    for reuse in [false, true] {
        check_counts(&search, reuse, [6; 3], [1; 3], [[0; 3], [1; 3], [7; 3]]);
    }
}

#[test]
fn the_counts_of_armijo_are_exact() {
    // ½ r² (1 − a)² ≤ ½ r² − 0.2 a r² where a ≤ 1.6. Step 1: 0.75 and 1.5 are accepted, 3 is refused.
    // Then from 1.5: accepted, and 3 refused. F(0) came with the gradient.
    let search = Armijo::default().with_bounds(uncapped()).with_previous(0.75).unwrap();
    let resampled = search.clone().with_reference(ReferenceLoss::Resampled);
    for reuse in [false, true] {
        check_counts(&search, reuse, [3, 2, 2], [1; 3], [[0; 3], [1; 3], [4, 3, 3]]);
        // F(0) again before every test.
        check_counts(&resampled, reuse, [6, 4, 4], [1; 3], [[0; 3], [1; 3], [7, 5, 5]]);
    }
}

#[test]
fn the_counts_of_a_fixed_step_are_exact() {
    for reuse in [false, true] {
        let rate = FixedStep::new(0.5).unwrap();
        check_counts(&rate, reuse, [0; 3], [1; 3], [[0; 3], [1; 3], [1; 3]]);
    }
}

#[test]
fn the_counts_of_boxed_searches_are_the_same() {
    let search = InexactGols::default().with_bounds(uncapped()).with_previous(0.75).unwrap();
    let mut probe = Probe::new(0.0);
    let mut plain = descent(&probe, search.clone(), Sampling::Dynamic);
    let expected: Vec<_> = (0..5).map(|_| plain.step(&mut probe).unwrap()).collect();
    let end = probe.bits();
    let mut probe = Probe::new(0.0);
    let boxed: Box<dyn LineSearch> = Box::new(search);
    let mut boxed = descent(&probe, boxed, Sampling::Dynamic);
    let found: Vec<_> = (0..5).map(|_| boxed.step(&mut probe).unwrap()).collect();
    assert_eq!(found, expected);
    assert_eq!(probe.bits(), end);
}

#[test]
fn a_step_nowhere_costs_its_gradient() {
    let flat = |_: &[f64]| 1.0;
    let mut objective = SliceObjective::from_fns(vec![2.0], flat, |_, gradient| {
        gradient[0] = 0.0;
        1.0
    })
    .unwrap();
    for search in searches() {
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic).unwrap();
        let iteration = descent.step(&mut objective).unwrap();
        assert_eq!(iteration.step.termination, Termination::Stationary);
        let expected = Evaluations { losses: 0, gradients: 1, batches: 1 };
        assert_eq!(iteration.evaluations, expected);
        assert_eq!(objective.parameters(), [2.0]);
    }
}

#[test]
fn evaluations_of_failed_steps_count_in_the_sum() {
    let mut probe = Probe::new(0.0);
    let search = settings().inexact().with_previous(0.1).unwrap();
    let mut descent = descent(&probe, search, Sampling::Dynamic);
    probe.arm(Call::Slope, 2, Fault::Error);
    assert!(descent.step(&mut probe).is_err());
    // The gradient and two slopes, each on its own batch.
    let expected = Evaluations { losses: 0, gradients: 3, batches: 3 };
    assert_eq!(descent.evaluations(), expected);
}

// --- The accepted point -------------------------------------------------------------------------------

#[test]
fn the_accepted_point_is_the_tested_point_bit_for_bit() {
    let mut tested_steps = 0;
    for search in searches() {
        for sampling in SAMPLINGS {
            for reuse in [false, true] {
                let mut probe = Probe::new(1.5);
                let mut descent =
                    descent(&probe, search.clone(), sampling).with_gradient_reuse(reuse);
                for _ in 0..12 {
                    let before = probe.bits();
                    probe.take_notes();
                    let iteration = descent.step(&mut probe).unwrap();
                    let length = iteration.step.length;
                    let notes = probe.take_notes();
                    if length == 0.0 {
                        assert_eq!(probe.bits(), before);
                    } else if notes.iter().any(|note| matches!(note.call, Call::Loss | Call::Slope))
                    {
                        // Somewhere in the step the model was moved by this length and evaluated there.
                        let is_tested = (1..notes.len()).any(|index| {
                            let (moved, evaluated) = (&notes[index - 1], &notes[index]);
                            moved.call == Call::MoveTo
                                && moved.step == length
                                && matches!(evaluated.call, Call::Loss | Call::Slope)
                                && evaluated.parameters == probe.bits()
                        });
                        assert!(is_tested, "{search:?} {sampling:?} {:?}", iteration.step);
                        tested_steps += 1;
                    }
                }
            }
        }
    }
    assert!(tested_steps > 300, "{tested_steps}");
}

#[test]
fn a_step_is_taken_along_the_direction_that_is_reported() {
    for search in searches() {
        let mut probe = Probe::new(1.0);
        let mut descent = descent(&probe, search, Sampling::Dynamic);
        for _ in 0..10 {
            let before = probe.x.clone();
            let iteration = descent.step(&mut probe).unwrap();
            let moved = before.iter().zip(descent.direction());
            let expected: Vec<f64> = moved.map(|(x, d)| x + iteration.step.length * d).collect();
            assert_eq!(probe.x, expected);
            // Steepest descent: F'(0) = −|d|².
            let square: f64 = descent.direction().iter().map(|d| d * d).sum();
            assert_eq!(iteration.slope, -square);
        }
    }
}

#[test]
fn the_loss_of_an_iteration_is_that_of_its_origin() {
    let mut probe = Probe::new(0.0);
    let mut descent = descent(&probe, settings().inexact(), Sampling::Static);
    for _ in 0..5 {
        let expected = probe.clone().loss().unwrap();
        assert_eq!(descent.step(&mut probe).unwrap().loss, expected);
    }
}

#[test]
fn workers_agree_on_the_gradient_once_an_iteration() {
    for reuse in [false, true] {
        let mut probe = Probe::new(0.5);
        let mut descent =
            descent(&probe, settings().inexact(), Sampling::Dynamic).with_gradient_reuse(reuse);
        for step in 1..=6 {
            descent.step(&mut probe).unwrap();
            assert_eq!(probe.count(Call::Synchronize), step);
        }
    }
}

// --- Gradient reuse -----------------------------------------------------------------------------------

#[test]
fn a_reused_gradient_is_the_one_of_the_accepted_step() {
    let mut probe = Probe::new(1.0);
    let search = settings().inexact().with_previous(0.3).unwrap();
    let mut descent = descent(&probe, search, Sampling::Dynamic).with_gradient_reuse(true);
    let mut reused = 0;
    for _ in 0..20 {
        let iteration = descent.step(&mut probe).unwrap();
        let last = descent.gradient().clone();
        // What the model says at the accepted point, on the batch that was drawn last.
        let mut expected = vec![0.0; 3];
        probe.clone().loss_and_gradient(&mut expected).unwrap();
        probe.take_notes();
        let is_reusable = matches!(
            iteration.step.termination,
            Termination::SignChange | Termination::SlopeReduced
        );
        if is_reusable {
            assert_eq!(last, expected);
            let next = descent.step(&mut probe).unwrap();
            let negative: Vec<f64> = expected.iter().map(|g| -g).collect();
            assert_eq!(descent.direction(), &negative);
            assert!(next.loss.is_nan());
            assert_eq!(probe.count(Call::Gradient), 0);
            reused += 1;
        }
    }
    assert!(reused > 10, "{reused}");
}

#[test]
fn reuse_on_full_batches_changes_no_step() {
    for search in searches() {
        let run = |reuse| {
            let mut probe = Probe::new(0.0);
            let mut descent =
                descent(&probe, search.clone(), Sampling::Full).with_gradient_reuse(reuse);
            (0..10).map(|_| descent.step(&mut probe).unwrap().step).collect::<Vec<_>>()
        };
        // The slope of a line and the first gradient of the next are the same numbers here. Only Armijo
        // and golden section have nothing to reuse.
        assert_eq!(run(true), run(false));
    }
}

#[test]
fn reset_makes_a_descent_as_new() {
    for search in searches() {
        for reuse in [false, true] {
            let mut probe = Probe::new(0.0);
            let mut descent =
                descent(&probe, search.clone(), Sampling::Full).with_gradient_reuse(reuse);
            let first: Vec<_> = (0..6).map(|_| descent.step(&mut probe).unwrap()).collect();
            let count = descent.evaluations();
            let mut probe = Probe::new(0.0);
            descent.reset(&probe).unwrap();
            assert_eq!(descent.evaluations(), count);
            assert_eq!(descent.direction(), &[0.0; 3]);
            let again: Vec<_> = (0..6).map(|_| descent.step(&mut probe).unwrap()).collect();
            // A reused gradient comes without a loss, which is NaN then: compare as text.
            assert_eq!(format!("{again:?}"), format!("{first:?}"));
        }
    }
}

#[test]
fn a_clone_of_a_descent_continues_identically() {
    for search in searches() {
        let mut probe = Probe::new(1.0);
        let mut original = descent(&probe, search, Sampling::Dynamic).with_gradient_reuse(true);
        for _ in 0..4 {
            original.step(&mut probe).unwrap();
        }
        let (mut clone, mut twin) = (original.clone(), probe.clone());
        for _ in 0..4 {
            let expected = original.step(&mut probe).unwrap();
            let found = clone.step(&mut twin).unwrap();
            assert_eq!(format!("{found:?}"), format!("{expected:?}"));
            assert_eq!(twin.bits(), probe.bits());
        }
    }
}

// --- Failures -----------------------------------------------------------------------------------------

const CALLS: [Call; 9] = [
    Call::Resample,
    Call::Loss,
    Call::Gradient,
    Call::Slope,
    Call::Synchronize,
    Call::Anchor,
    Call::MoveTo,
    Call::Dot,
    Call::Axpby,
];

/// Two good steps, then one with the fault, for every search, sampling and reuse; `check` gets the probe,
/// the descent and the outcome, with the parameters as they were before. Returns how often it happened.
fn with_faults(
    fault: Fault,
    call: Call,
    mut check: impl FnMut(
        &mut Probe,
        &mut Descent<Vec<f64>, SteepestDescent, Any>,
        Result<gols::Iteration, Failure>,
        &[u64],
    ),
) -> usize {
    let mut happened = 0;
    for search in searches() {
        for sampling in SAMPLINGS {
            for reuse in [false, true] {
                for count in [1, 2, 3, 5] {
                    let mut probe = Probe::new(0.5);
                    let mut descent =
                        descent(&probe, search.clone(), sampling).with_gradient_reuse(reuse);
                    for _ in 0..2 {
                        descent.step(&mut probe).unwrap();
                    }
                    let before = probe.bits();
                    probe.arm(call, count, fault);
                    let outcome = descent.step(&mut probe);
                    if probe.has_failed() {
                        happened += 1;
                        check(&mut probe, &mut descent, outcome, &before);
                    } else {
                        assert!(outcome.is_ok());
                    }
                }
            }
        }
    }
    happened
}

#[test]
fn an_objectives_error_comes_back_unchanged_and_the_next_step_works() {
    for call in CALLS {
        let happened = with_faults(Fault::Error, call, |probe, descent, outcome, before| {
            let secret = 20_240_229;
            assert_eq!(outcome.unwrap_err(), Failure { call, secret });
            assert_eq!(probe.bits(), before, "{call:?}");
            let next = descent.step(probe).unwrap();
            assert!(next.loss.is_finite(), "a step after an error starts with a fresh gradient");
            assert!(
                next.step.length > 0.0 && next.step.termination.is_success(),
                "{call:?} {next:?}"
            );
            assert!(probe.x.iter().all(|x| x.is_finite() && x.abs() < 10.0));
        });
        assert!(happened >= 12, "{call:?} failed only {happened} times");
    }
}

#[test]
fn nan_at_the_origin_leaves_the_point_and_the_next_step_works() {
    let happened = with_faults(Fault::Nan, Call::Gradient, |probe, descent, outcome, before| {
        let iteration = outcome.unwrap();
        let expected = Step { length: 0.0, termination: Termination::NonFinite };
        assert_eq!(iteration.step, expected);
        assert_eq!(probe.bits(), before);
        let next = descent.step(probe).unwrap();
        assert!(next.step.length > 0.0 && next.step.termination.is_success(), "{next:?}");
    });
    assert!(happened >= 12, "{happened}");
}

#[test]
fn nan_half_way_through_a_search_is_a_step_too_far() {
    for call in [Call::Loss, Call::Slope] {
        let happened = with_faults(Fault::Nan, call, |probe, descent, outcome, before| {
            let iteration = outcome.unwrap();
            assert!(iteration.step.length.is_finite());
            if iteration.step.length == 0.0 {
                assert_eq!(probe.bits(), before);
            }
            assert!(probe.x.iter().all(|x| x.is_finite() && x.abs() < 10.0));
            let next = descent.step(probe).unwrap();
            assert!(next.step.length > 0.0 && next.step.termination.is_success(), "{next:?}");
        });
        assert!(happened >= 24, "{call:?} {happened}");
    }
}

#[test]
fn an_objective_that_keeps_failing_keeps_its_parameters() {
    // It fails whenever x has left the start: every step fails, and every time the start is restored.
    let start = [0.25, -0.0, 1e-310];
    struct Fragile(Probe, [f64; 3]);
    impl VectorSpace for Fragile {
        type Vector = Vec<f64>;
        type Error = Failure;
        fn zeros(&self) -> Result<Vec<f64>, Failure> {
            self.0.zeros()
        }
        fn dot(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<f64, Failure> {
            self.0.dot(a, b)
        }
        fn axpby(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
            self.0.axpby(a, x, b, y)
        }
    }
    impl StochasticObjective for Fragile {
        fn loss(&mut self) -> Result<f64, Failure> {
            if self.0.x != self.1 {
                return Err(Failure { call: Call::Loss, secret: 7 });
            }
            self.0.loss()
        }
        fn loss_and_gradient(&mut self, gradient: &mut Vec<f64>) -> Result<f64, Failure> {
            self.loss()?;
            self.0.loss_and_gradient(gradient)
        }
        fn anchor(&mut self) -> Result<(), Failure> {
            self.0.anchor()
        }
        fn move_to(&mut self, step: f64, direction: &Vec<f64>) -> Result<(), Failure> {
            self.0.move_to(step, direction)
        }
    }
    for kind in KINDS.into_iter().filter(|kind| *kind != Kind::FixedStep) {
        let mut objective = Fragile(Probe::new(0.0), start);
        objective.0.x = start.to_vec();
        let search = settings().build(kind);
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Full).unwrap();
        for _ in 0..3 {
            let error = descent.step(&mut objective).unwrap_err();
            assert_eq!(error, Failure { call: Call::Loss, secret: 7 });
            assert_eq!(objective.0.bits(), bits(&start));
        }
    }
}

#[test]
fn a_failing_space_is_no_descent() {
    struct Nowhere;
    impl VectorSpace for Nowhere {
        type Vector = ();
        type Error = &'static str;
        fn zeros(&self) -> Result<(), &'static str> {
            Err("no room")
        }
        fn dot(&self, (): &(), (): &()) -> Result<f64, &'static str> {
            Err("no product")
        }
        fn axpby(&self, _: f64, (): &(), _: f64, (): &mut ()) -> Result<(), &'static str> {
            Err("no sum")
        }
    }
    let error = Descent::new(&Nowhere, SteepestDescent, InexactGols::default(), Sampling::Full);
    assert_eq!(error.err(), Some("no room"));
}

// --- Directions ---------------------------------------------------------------------------------------

/// Climbs: d = +g. It counts how often it was reset, which changes nothing.
#[derive(Clone, Default)]
struct Ascent {
    resets: Rc<Cell<usize>>,
}

impl<O: VectorSpace> Direction<O> for Ascent {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        space.axpby(1.0, g, 0.0, d)
    }

    fn reset(&mut self) {
        self.resets.set(self.resets.get() + 1);
    }
}

#[test]
fn a_direction_that_ascends_gives_way_to_steepest_descent() {
    for search in searches() {
        for sampling in SAMPLINGS {
            let rule = Ascent::default();
            let mut probe = Probe::new(0.5);
            let recorder = Recorder::new(search.clone());
            let mut ascent = Descent::new(&probe, rule.clone(), recorder, sampling).unwrap();
            let mut twin_probe = Probe::new(0.5);
            let mut twin = descent(&twin_probe, search.clone(), sampling);
            for step in 1..=5 {
                let found = ascent.step(&mut probe).unwrap();
                // It costs nothing: the gradient is there already.
                assert_eq!(found, twin.step(&mut twin_probe).unwrap());
                assert_eq!(probe.bits(), twin_probe.bits());
                assert_eq!(ascent.direction(), twin.direction());
                assert_eq!(rule.resets.get(), step);
                let origins = &ascent.line_search().origins;
                let [first, second] = origins[2 * step - 2..] else { panic!("not two searches") };
                assert_eq!(first.slope, -second.slope);
                assert!(first.slope > 0.0);
                assert_eq!(first.loss, second.loss);
                assert_eq!(first.arrival_slope, second.arrival_slope);
            }
        }
    }
}

/// A search that never finds a direction good enough.
#[derive(Default)]
struct Refusal {
    starts: usize,
}

impl LineSearch for Refusal {
    fn start(&mut self, _origin: Origin) -> Request {
        self.starts += 1;
        self.resume(0.0)
    }

    fn resume(&mut self, _answer: f64) -> Request {
        let termination = Termination::NotDescent;
        Request::Done(Step { length: 0.0, termination })
    }

    fn reset(&mut self) {}
}

#[test]
fn the_fallback_is_tried_once() {
    let mut probe = Probe::new(0.0);
    let before = probe.bits();
    let mut descent =
        Descent::new(&probe, Ascent::default(), Refusal::default(), Sampling::Dynamic).unwrap();
    for step in 1..=3 {
        let iteration = descent.step(&mut probe).unwrap();
        assert_eq!(iteration.step.termination, Termination::NotDescent);
        assert_eq!(descent.line_search().starts, 2 * step);
        assert_eq!(probe.bits(), before);
    }
}

#[test]
fn a_direction_sees_the_last_direction() {
    // The heavy ball, d ← −g + ½ d, by hand: the direction's room keeps the last one.
    struct HeavyBall;
    impl<O: VectorSpace> Direction<O> for HeavyBall {
        fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
            space.axpby(-1.0, g, 0.5, d)
        }
        fn reset(&mut self) {}
    }
    let mut probe = Probe::new(0.0);
    let rate = FixedStep::new(0.05).unwrap();
    let mut descent = Descent::new(&probe, HeavyBall, rate, Sampling::Full).unwrap();
    let mut last = vec![0.0; 3];
    for _ in 0..5 {
        let mut gradient = vec![0.0; 3];
        probe.clone().loss_and_gradient(&mut gradient).unwrap();
        descent.step(&mut probe).unwrap();
        last = gradient.iter().zip(&last).map(|(g, d)| -g + 0.5 * d).collect();
        assert_eq!(descent.direction(), &last);
    }
}

/// Steepest descent that keeps every step it was told, and fails on request.
#[derive(Clone, Default)]
struct Diary {
    steps: Vec<(f64, Vec<f64>)>,
    resets: usize,
    fails: bool,
}

impl Direction<Probe> for Diary {
    fn update(&mut self, space: &Probe, g: &Vec<f64>, d: &mut Vec<f64>) -> Result<(), Failure> {
        space.axpby(-1.0, g, 0.0, d)
    }

    fn accepted(&mut self, _: &Probe, length: f64, d: &Vec<f64>) -> Result<(), Failure> {
        if std::mem::take(&mut self.fails) {
            return Err(Failure { call: Call::Axpby, secret: 3 });
        }
        self.steps.push((length, d.clone()));
        Ok(())
    }

    fn reset(&mut self) {
        self.resets += 1;
    }
}

#[test]
fn a_direction_is_told_every_step_that_was_taken() {
    for search in searches() {
        for sampling in SAMPLINGS {
            let mut probe = Probe::new(0.5);
            let mut descent =
                Descent::new(&probe, Diary::default(), search.clone(), sampling).unwrap();
            for step in 0..6 {
                let before = probe.x.clone();
                let length = descent.step(&mut probe).unwrap().step.length;
                assert!(length > 0.0);
                let (told, d) = &descent.direction_rule().steps[step];
                assert_eq!(*told, length);
                let expected: Vec<f64> =
                    before.iter().zip(d).map(|(x, d)| x + length * d).collect();
                assert_eq!(probe.x, expected);
            }
            // An error of the objective is no step.
            probe.arm(Call::Gradient, 1, Fault::Error);
            descent.step(&mut probe).unwrap_err();
            assert_eq!(descent.direction_rule().resets, 0);
            // A length of 0 is none either; and what the rule took in of NaN must go.
            probe.arm(Call::Gradient, 1, Fault::Nan);
            assert_eq!(descent.step(&mut probe).unwrap().step.length, 0.0);
            assert_eq!(descent.direction_rule().resets, 1);
            assert_eq!(descent.direction_rule().steps.len(), 6);
        }
    }
}

#[test]
fn a_step_that_its_direction_fails_to_take_in_is_taken_back() {
    for search in searches() {
        for sampling in SAMPLINGS {
            for reuse in [false, true] {
                let mut probe = Probe::new(0.5);
                let rule = Diary { fails: true, ..Diary::default() };
                let mut descent =
                    Descent::new(&probe, rule, Recorder::new(search.clone()), sampling)
                        .unwrap()
                        .with_gradient_reuse(reuse);
                let before = probe.bits();
                let error = descent.step(&mut probe).unwrap_err();
                assert_eq!(error, Failure { call: Call::Axpby, secret: 3 });
                assert_eq!(probe.bits(), before);
                assert_eq!(descent.direction_rule().resets, 1);
                // The next step knows nothing of it.
                let next = descent.step(&mut probe).unwrap();
                assert!(next.loss.is_finite() && next.step.length > 0.0);
                assert_eq!(descent.line_search().origins[1].arrival_slope, None);
                assert_eq!(descent.direction_rule().steps.len(), 1);
            }
        }
    }
}

#[test]
fn a_direction_that_fails_is_reset() {
    // It keeps half an update, unless it is reset.
    #[derive(Default)]
    struct HalfWay {
        updates: usize,
        resets: usize,
    }
    impl Direction<Probe> for HalfWay {
        fn update(&mut self, space: &Probe, g: &Vec<f64>, d: &mut Vec<f64>) -> Result<(), Failure> {
            self.updates += 1;
            space.axpby(-1.0, g, 0.0, d)
        }
        fn reset(&mut self) {
            *self = Self { updates: 0, resets: self.resets + 1 };
        }
    }
    let mut probe = Probe::new(0.0);
    let rate = FixedStep::new(0.1).unwrap();
    let mut descent = Descent::new(&probe, HalfWay::default(), rate, Sampling::Full).unwrap();
    descent.step(&mut probe).unwrap();
    let before = probe.bits();
    probe.arm(Call::Axpby, 1, Fault::Error);
    descent.step(&mut probe).unwrap_err();
    assert_eq!(probe.bits(), before);
    assert_eq!((descent.direction_rule().updates, descent.direction_rule().resets), (0, 1));
}

// --- The arrival slope --------------------------------------------------------------------------------

fn arrivals(descent: &Descent<Vec<f64>, SteepestDescent, Recorder<Any>>) -> Vec<Option<f64>> {
    let origins = &descent.line_search().origins;
    origins.iter().map(|origin| origin.arrival_slope).collect()
}

#[test]
fn the_arrival_slope_is_the_slope_where_the_last_step_led() {
    for search in searches() {
        for sampling in SAMPLINGS {
            for reuse in [false, true] {
                let mut probe = Probe::new(0.2);
                let recorder = Recorder::new(search.clone());
                let mut descent = descent(&probe, recorder, sampling).with_gradient_reuse(reuse);
                let mut expected = Vec::new();
                let mut last: Option<Vec<f64>> = None;
                for _ in 0..8 {
                    let iteration = descent.step(&mut probe).unwrap();
                    // g at the origin is −d, for d is steepest descent.
                    let g = descent.direction().iter().map(|d| -d);
                    let product = |d: Vec<f64>| g.zip(d).map(|(g, d)| g * d).sum::<f64>();
                    expected.push(last.map(product));
                    last = (iteration.step.length != 0.0).then(|| descent.direction().clone());
                }
                assert_eq!(arrivals(&descent), expected, "{search:?} {sampling:?}");
                assert_eq!(expected[0], None);
                assert!(expected[1].is_some());
            }
        }
    }
}

#[test]
fn there_is_no_arrival_slope_after_an_error_a_step_of_zero_or_reset() {
    for search in searches() {
        let mut probe = Probe::new(0.0);
        let mut descent = descent(&probe, Recorder::new(search.clone()), Sampling::Dynamic);
        descent.step(&mut probe).unwrap();
        descent.step(&mut probe).unwrap();
        // An error, before the search is told anything.
        probe.arm(Call::Gradient, 1, Fault::Error);
        descent.step(&mut probe).unwrap_err();
        descent.step(&mut probe).unwrap();
        // An error half way through the search, or where there is none, on the way to its end.
        probe.arm(Call::MoveTo, 1, Fault::Error);
        descent.step(&mut probe).unwrap_err();
        descent.step(&mut probe).unwrap();
        // A step of length 0.
        probe.arm(Call::Gradient, 1, Fault::Nan);
        assert_eq!(descent.step(&mut probe).unwrap().step.length, 0.0);
        descent.step(&mut probe).unwrap();
        descent.reset(&probe).unwrap();
        descent.step(&mut probe).unwrap();
        let found: Vec<bool> = arrivals(&descent).iter().map(Option::is_some).collect();
        // Step 7 (with NaN) arrived from step 6: it has the slope, which is NaN.
        let expected = [false, true, false, true, false, true, false, false];
        assert_eq!(found, expected, "{search:?}");
    }
}

#[test]
fn the_search_is_told_the_origin() {
    let mut probe = Probe::new(0.3);
    let mut descent =
        descent(&probe, Recorder::new(settings().armijo(ReferenceLoss::Once)), Sampling::Static);
    for step in 0..5 {
        let iteration = descent.step(&mut probe).unwrap();
        let origin = descent.line_search().origins[step];
        let square: f64 = descent.direction().iter().map(|d| d * d).sum();
        assert_eq!(origin.direction_norm, square.sqrt());
        assert_eq!(origin.slope, iteration.slope);
        assert_eq!(origin.loss, Some(iteration.loss));
    }
}

// --- Same seed, same bits -----------------------------------------------------------------------------

/// Steps of every search on L(x) = x₀² + x₀ x₁ + 2 x₁² − x₀, whose sums and products any machine rounds
/// alike: the bits of the parameters after four steps. The numbers come from a program of its own.
#[test]
fn a_polynomial_is_descended_in_the_same_bits_everywhere() {
    for (kind, expected) in POLYNOMIAL_ENDS {
        let search = settings().build(kind);
        let loss = |x: &[f64]| x[0] * x[0] + x[0] * x[1] + 2.0 * x[1] * x[1] - x[0];
        let mut objective =
            SliceObjective::from_fns(vec![-1.25, 0.75], loss, move |x, gradient| {
                gradient[0] = 2.0 * x[0] + x[1] - 1.0;
                gradient[1] = x[0] + 4.0 * x[1];
                loss(x)
            })
            .unwrap();
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Full).unwrap();
        for _ in 0..4 {
            descent.step(&mut objective).unwrap();
        }
        assert_eq!(bits(objective.parameters()), expected, "{:?}", descent.line_search());
    }
}

const POLYNOMIAL_ENDS: [(Kind, [u64; 2]); 10] = [
    (Kind::InexactGols, [0x3fe1_a222_0d40_1b97, 0xbfc2_5a7d_57de_8db6]), // 0.551, -0.143
    (Kind::BisectionGols, [0x3fe2_411f_f4b7_f95c, 0xbfc1_af1c_f962_d341]), // 0.570, -0.138
    (Kind::GoldenSection, [0x3fe2_427e_f03f_9f09, 0xbfc1_b3f2_97a7_19b3]), // 0.571, -0.138
    (Kind::Armijo, [0x3fe2_01d8_c827_6647, 0xbfc0_b288_5662_d662]),      // 0.563, -0.130
    (Kind::ArmijoResampled, [0x3fe2_01d8_c827_6647, 0xbfc0_b288_5662_d662]), // without sub-sampling the two references agree
    (Kind::BacktrackingGols, [0x3fe2_2a43_1e95_9736, 0xbfc0_0426_691f_c859]), // 0.568, -0.125
    (Kind::ThresholdGols, [0x3fe2_c146_3df5_fba8, 0xbfba_c53c_a6d6_cf74]),   // 0.586, -0.105
    (Kind::SecantGols, [0x3fe2_4341_37ab_0fd9, 0xbfc1_bbab_a6ae_af7b]),      // 0.571, -0.139
    (Kind::EveryKth, [0x3fd3_c6ea_c66f_d90e, 0x3fd1_623c_7fc9_6a19]),        // 0.309, 0.272
    (Kind::FixedStep, [0xbfe8_258a_dab9_f559, 0x3fdd_46a1_61e4_f766]),       // -0.755, 0.457
];

/// A search that asks for one slope before it refuses the direction.
#[derive(Default)]
struct LateRefusal {
    starts: usize,
}

impl LineSearch for LateRefusal {
    fn start(&mut self, _origin: Origin) -> Request {
        self.starts += 1;
        Request::Slope(0.25)
    }

    fn resume(&mut self, _answer: f64) -> Request {
        Request::Done(Step { length: 0.0, termination: Termination::NotDescent })
    }

    fn reset(&mut self) {}
}

#[test]
fn a_search_that_asked_for_slopes_is_not_repeated_with_a_gradient_from_elsewhere() {
    for sampling in SAMPLINGS {
        let mut probe = Probe::new(0.5);
        let start = probe.bits();
        let mut descent =
            Descent::new(&probe, SteepestDescent, LateRefusal::default(), sampling).unwrap();
        for step in 1..=3 {
            let iteration = descent.step(&mut probe).unwrap();
            assert_eq!(iteration.step.termination, Termination::NotDescent);
            assert_eq!(descent.line_search().starts, step);
            assert_eq!(probe.bits(), start);
        }
    }
}
