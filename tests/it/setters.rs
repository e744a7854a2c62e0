//! Every setter checks what it is given, and depends on no other; and what is set in mid-run holds from there.

use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, InitialStep, LineSearch, Origin, SecantGols, StepBounds, ThresholdGols,
};
use gols::{Descent, Error, Optimizer, SliceObjective, SliceOptimizer};

/// Numbers that no setter takes.
const NEVER: [f64; 5] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, f64::MIN];
const TINY: f64 = 5e-324;

/// Checks that a setter refuses some numbers by its name, and takes others.
#[track_caller]
fn check<T>(name: &str, set: impl Fn(f64) -> Result<T, Error>, refused: &[f64], taken: &[f64]) {
    for bad in NEVER.iter().chain(refused) {
        match set(*bad).err() {
            Some(Error::Setting { setting, value, .. }) => {
                assert_eq!((setting, value.to_bits()), (name, bad.to_bits()));
            }
            other => panic!("{name} {bad}: {other:?} is no refused setting"),
        }
    }
    for good in taken {
        assert!(set(*good).is_ok(), "{name} {good}");
    }
}

/// The setters that every search of growing and shrinking trials has.
macro_rules! check_walk {
    ($($search:ident),*) => {$({
        let search = $search::default;
        let above_one = [1.0 + f64::EPSILON, f64::MAX];
        let positive = [TINY, f64::MAX];
        check("factor", |value| search().with_factor(value), &[0.0, 0.5, 1.0], &above_one);
        check("previous", |value| search().with_previous(value), &[0.0, -0.0], &positive);
        let constant = |value| search().with_initial_step(InitialStep::Constant(value));
        check("initial_step", constant, &[0.0, -0.0], &positive);
        let times = |value| search().with_initial_step(InitialStep::PreviousTimes(value));
        check("initial_step", times, &[0.0, -0.0], &positive);
        check_max_evaluations!($search);
    })*};
}

macro_rules! check_max_evaluations {
    ($search:ident) => {
        let error = $search::default().with_max_evaluations(0).unwrap_err();
        assert_eq!(error.to_string(), "max_evaluations is 0, but must be at least 1");
        assert!($search::default().with_max_evaluations(1).is_ok());
        assert!($search::default().with_max_evaluations(usize::MAX).is_ok());
    };
}

#[test]
fn searches_of_growing_and_shrinking_trials_check_their_settings() {
    check_walk!(InexactGols, BacktrackingGols, ThresholdGols, SecantGols, Armijo);
    let past_one = 1.0 + f64::EPSILON;
    let overshoot = |value| InexactGols::default().with_overshoot(value);
    check("overshoot", overshoot, &[0.0, -0.0, past_one], &[TINY, 1.0]);
    let overshoot = |value| SecantGols::default().with_overshoot(value);
    check("overshoot", overshoot, &[0.0, -0.0, past_one], &[TINY, 1.0]);
    let overshoot = |value| BacktrackingGols::default().with_overshoot(value);
    check("overshoot", overshoot, &[-TINY, past_one], &[0.0, 1.0]);
    let threshold = |value| ThresholdGols::default().with_threshold(value);
    check("threshold", threshold, &[past_one], &[-0.999, 0.0, 1.0]);
    let limit = |value| SecantGols::default().with_limit(value);
    check("limit", limit, &[0.5, 1.0], &[past_one, f64::MAX]);
    let share = |value| Armijo::default().with_sufficient_decrease(value);
    check("sufficient_decrease", share, &[0.0, -0.0, 1.0], &[TINY, 1.0_f64.next_down()]);
}

#[test]
fn the_other_searches_check_their_settings() {
    let (zeros, positive) = ([0.0, -0.0], [TINY, f64::MAX]);
    let search = BisectionGols::default;
    check("first_bracket", |value| search().with_first_bracket(value), &zeros, &positive);
    check("tolerance", |value| search().with_tolerance(value), &zeros, &positive);
    check_max_evaluations!(BisectionGols);
    let search = GoldenSection::default;
    check("first_bracket", |value| search().with_first_bracket(value), &zeros, &positive);
    check("tolerance", |value| search().with_tolerance(value), &zeros, &positive);
    check_max_evaluations!(GoldenSection);
    let search = AmortizedGols::default;
    check("growth", |value| search().with_growth(value), &zeros, &positive);
    check("previous", |value| search().with_previous(value), &zeros, &positive);
    check("threshold", |value| search().with_threshold(value), &[-TINY, 1.1], &[0.0, 1.0]);
    check("averaging", |value| search().with_averaging(value), &[-TINY, 1.0], &[0.0, 0.999]);
    check("length", FixedStep::new, &zeros, &positive);
    let period = EveryKth::new(InexactGols::default(), 0).unwrap_err();
    assert_eq!(period.to_string(), "period is 0, but must be at least 1");
}

#[test]
fn bounds_check_their_limits() {
    let zeros = [0.0, -0.0];
    check("min", |value| StepBounds::new(value, 1.0, None), &[0.0, 2.0], &[TINY, 1.0]);
    check("max", |value| StepBounds::new(TINY, value, Some(1.0)), &zeros, &[TINY, f64::MAX]);
    let new = |value| StepBounds::new(1e-8, 1.0, Some(value));
    check("max_displacement", new, &zeros, &[TINY, f64::MAX]);
    let set = |value| StepBounds::default().with_max_displacement(value);
    check("max_displacement", set, &zeros, &[TINY, f64::MAX]);
}

#[test]
fn setters_do_not_depend_on_their_order() {
    let factor_first = SecantGols::default().with_factor(20.0).unwrap().with_limit(50.0).unwrap();
    let limit_first = SecantGols::default().with_limit(50.0).unwrap().with_factor(20.0).unwrap();
    assert_eq!(factor_first, limit_first);
    let bounds = StepBounds::default().with_max_displacement(0.5).unwrap();
    let one = InexactGols::default().with_bounds(bounds).with_previous(0.1).unwrap();
    let one = one.with_max_evaluations(7).unwrap().with_initial_step(InitialStep::Secant).unwrap();
    let other = InexactGols::default().with_initial_step(InitialStep::Secant).unwrap();
    let other = other.with_max_evaluations(7).unwrap().with_previous(0.1).unwrap();
    assert_eq!(one, other.with_bounds(bounds));
}

#[test]
fn a_factor_above_the_limit_counts_for_it() {
    let mut search = SecantGols::default().with_limit(2.0).unwrap().with_factor(3.0).unwrap();
    search = search.with_bounds(StepBounds::default().without_cap()).with_previous(1.0).unwrap();
    assert_eq!(search.start(Origin::new(-1.0, 1.0)).alpha(), 1.0);
    assert_eq!(search.resume(-2.0).alpha(), 3.0);
    assert_eq!(search.start(Origin::new(-1.0, 1.0)).alpha(), 1.0);
    assert_eq!(search.resume(100.0).alpha(), 1.0 / 3.0);
}

#[test]
fn a_cap_that_is_set_in_mid_run_holds_from_the_next_update_on() {
    let gradient = |x: &[f64]| vec![x[0] - 3.0, 10.0 * (x[1] + 2.0)];
    let mut parameters = SliceObjective::from_fn(vec![0.0; 2], |_, _| 0.0).unwrap();
    let mut optimizer = Optimizer::new(&parameters).unwrap();
    let (mut x, mut slices) = (vec![0.0; 2], SliceOptimizer::new(2));
    let (mut moved, mut cap) = (Vec::new(), f64::INFINITY);
    for update in 0..60 {
        if update == 30 {
            cap = moved.iter().copied().fold(0.0, f64::max) / 100.0;
            moved.clear();
            for search in [optimizer.search_mut(), slices.search_mut()] {
                let remembered = search.previous();
                *search = search.clone().with_max_displacement(cap).unwrap();
                assert_eq!(search.previous(), remembered);
            }
        }
        let own = gradient(parameters.parameters());
        moved.push(optimizer.step(&mut parameters, &own).unwrap().displacement);
        let own = gradient(&x);
        moved.push(slices.step(&mut x, &own).unwrap().displacement);
    }
    // A length is α |d|, rounded twice.
    let is_capped = |&moved: &f64| moved > 0.0 && moved <= cap * (1.0 + 1e-15);
    assert!(moved.iter().all(is_capped), "{moved:?} beside {cap}");
}

#[test]
fn a_search_that_is_set_in_mid_run_takes_the_next_step() {
    let objective = SliceObjective::from_fn(vec![3.0_f64], |x, gradient| {
        gradient[0] = x[0];
        0.5 * x[0] * x[0]
    });
    let descent = Descent::new(objective.unwrap()).unwrap();
    let mut descent = descent.with_search(FixedStep::new(0.5).unwrap());
    assert_eq!(descent.step().unwrap().step.length, 0.5);
    *descent.line_search_mut() = FixedStep::new(0.25).unwrap();
    assert_eq!(descent.step().unwrap().step.length, 0.25);
    assert_eq!(descent.objective().parameters(), [3.0 * 0.5 * 0.75]);
}
