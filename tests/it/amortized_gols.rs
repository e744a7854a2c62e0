//! Amortized I-GOLS by its rules.

use gols::mlp::{Activation, Loss, Model, Network};
use gols::search::{
    AmortizedGols, InexactGols, LineSearch, Origin, Request, Step, StepBounds, Termination,
};
use gols::{Dataset, Descent, MiniBatches, Sampling, SliceObjective, SteepestDescent};
use proptest::prelude::*;

use crate::common::{any_answers, config, drive_on, length};

/// The end of a search that must ask for nothing.
fn end(request: Request) -> Step {
    match request {
        Request::Done(step) => step,
        other => panic!("it asked: {other:?}"),
    }
}

fn uncapped() -> StepBounds {
    StepBounds::default().without_cap()
}

/// Starts from a step of 0.1, taken along a first line of this slope.
fn under_way(slope: f64) -> AmortizedGols {
    let search = AmortizedGols::default().with_bounds(uncapped()).with_previous(0.1);
    let mut search = search.unwrap();
    assert_eq!(end(search.start(Origin::new(slope, 1.0))).length, 0.1);
    search
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn its_first_step_is_that_of_inexact_gols(
        slope in length(),
        norm in length(),
        answers in any_answers(),
    ) {
        let origin = Origin::new(-slope, norm);
        let expected = drive_on(&mut InexactGols::default(), origin, &answers);
        let mut search = AmortizedGols::default();
        let run = drive_on(&mut search, origin, &answers);
        prop_assert_eq!(run.requests(), expected.requests());
        prop_assert_eq!(run.step, expected.step);
        let is_remembered = search.previous() == Some(run.step.length);
        prop_assert_eq!(is_remembered, run.step.termination.is_success());
    }

    #[test]
    fn after_its_first_step_it_asks_for_nothing_and_stays_within_its_bounds(
        lines in prop::collection::vec((length(), length(), prop::num::f64::ANY), 1..100),
        previous in length(),
    ) {
        let mut search = AmortizedGols::default().with_previous(previous).unwrap();
        for (slope, norm, arrival) in lines {
            let origin = Origin::new(-slope, norm).with_arrival_slope(arrival);
            let step = end(search.start(origin));
            let (lo, hi) = StepBounds::default().limits(norm);
            prop_assert!((lo..=hi).contains(&step.length), "{:?}", step);
            prop_assert_eq!(search.previous(), Some(step.length));
            let expected = match step.length {
                length if length == hi => Termination::MaxStep,
                length if length == lo => Termination::MinStep,
                _ => Termination::ArrivalSlope,
            };
            prop_assert_eq!(step.termination, expected);
        }
    }

    #[test]
    fn it_compares_the_averages_that_its_documentation_defines(
        lines in prop::collection::vec((1e-2..10.0_f64, -10.0..10.0_f64), 1..60),
        averaging in 0.0..0.99_f64,
        overshoot in 0.0..1.0_f64,
    ) {
        let mut search = under_way(-1.0)
            .with_averaging(averaging)
            .and_then(|search| search.with_threshold(overshoot))
            .unwrap();
        let mut length = 0.1_f64;
        for (index, (slope, arrival)) in lines.iter().enumerate() {
            // The averages as sums: the weight of a slope is (1 - m) m^age.
            let weigh = |value: fn(&(f64, f64), f64) -> f64| {
                let slopes = std::iter::once(1.0).chain(lines.iter().map(|line| line.0));
                let pairs = lines[..=index].iter().zip(slopes).enumerate();
                pairs.map(|(i, (line, departure))| {
                    averaging.powi((index - i) as i32) * value(line, departure)
                }).sum::<f64>()
            };
            let (s, q) = (weigh(|line, _| line.1), weigh(|_, departure| departure));
            let step = end(search.start(Origin::new(-slope, 1.0).with_arrival_slope(*arrival)));
            length *= (0.1 * (overshoot - s / q).clamp(-1.0, 1.0)).exp();
            let is_near = (length - step.length).abs() <= 1e-9 * length;
            prop_assert!(is_near || step.termination != Termination::ArrivalSlope, "{step:?}");
            length = step.length;
        }
    }

    #[test]
    fn scaling_the_loss_leaves_its_steps_relative_to_the_first_alone(
        lines in prop::collection::vec((1e-2..10.0_f64, -10.0..10.0_f64), 1..60),
        exponent in -40..40_i32,
    ) {
        // A loss s times as large has gradients and slopes along -g of s and s² times the size. A
        // power of two scales them exactly; the step, 1/s of the other, is scaled by the same factors.
        let s = 2.0_f64.powi(exponent);
        let mut plain = under_way(-1.0);
        let mut scaled = AmortizedGols::default().with_previous(0.1 / s).unwrap();
        scaled = scaled.with_bounds(StepBounds::new(1e-8 / s, 1e7 / s, None).unwrap());
        scaled.start(Origin::new(-s * s, s));
        for (slope, arrival) in lines {
            let step = end(plain.start(Origin::new(-slope, 1.0).with_arrival_slope(arrival)));
            let origin = Origin::new(-slope * s * s, s).with_arrival_slope(arrival * s * s);
            let other = end(scaled.start(origin));
            prop_assert_eq!(other.length, step.length / s);
            prop_assert_eq!(other.termination, step.termination);
        }
    }
}

#[test]
fn a_step_grows_below_the_share_stays_at_it_and_shrinks_above() {
    // κ = 0.5 - S / Q, and the first pair of slopes, with Q = 1, is its own average.
    let cases =
        [(-3.0, 1.0), (-0.5, 1.0), (0.0, 0.5), (0.25, 0.25), (0.5, 0.0), (1.0, -0.5), (7.0, -1.0)];
    for (arrival, change) in cases {
        let mut search = under_way(-1.0).with_averaging(0.0).unwrap();
        let step = end(search.start(Origin::new(-5.0, 1.0).with_arrival_slope(arrival)));
        assert_eq!(step.length, 0.1 * (0.1_f64 * change).exp(), "{arrival}");
        assert_eq!(step.termination, Termination::ArrivalSlope);
    }
}

#[test]
fn one_overshoot_among_many_short_steps_does_not_turn_it_round() {
    let mut search = under_way(-1.0);
    let lengths = [-1.0, -1.0, -1.0, 2.0, -1.0].map(|arrival| {
        end(search.start(Origin::new(-1.0, 1.0).with_arrival_slope(arrival))).length
    });
    assert!(lengths.windows(2).all(|pair| pair[1] > pair[0]), "{lengths:?}");
    // Without averages it does.
    let mut search = under_way(-1.0).with_averaging(0.0).unwrap();
    let lengths = [-1.0, 2.0].map(|arrival| {
        end(search.start(Origin::new(-1.0, 1.0).with_arrival_slope(arrival))).length
    });
    assert!(lengths[1] < lengths[0], "{lengths:?}");
}

#[test]
fn an_arrival_slope_that_is_not_finite_shrinks_the_step_and_is_not_averaged() {
    for arrival in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = under_way(-1.0);
        let shrunk = end(search.start(Origin::new(-1.0, 1.0).with_arrival_slope(arrival)));
        assert_eq!(shrunk.length, 0.1 * (-0.1_f64).exp());
        let grown = end(search.start(Origin::new(-1.0, 1.0).with_arrival_slope(-1.0)));
        assert!(grown.length > shrunk.length);
    }
}

#[test]
fn slopes_too_small_to_average_leave_the_step_as_it_is() {
    let mut search = under_way(-5e-324);
    let step = end(search.start(Origin::new(-5e-324, 1.0).with_arrival_slope(-5e-324)));
    assert_eq!(step.length, 0.1);
}

#[test]
fn without_an_arrival_slope_the_step_is_taken_again() {
    let mut search = under_way(-1.0);
    assert_eq!(end(search.start(Origin::new(-9.0, 1.0))).length, 0.1);
    // Within the bounds of the new direction.
    let mut capped = search.clone().with_bounds(StepBounds::default());
    let step = end(capped.start(Origin::new(-9.0, 100.0)));
    assert_eq!(step, Step { length: 0.01, termination: Termination::MaxStep });
}

#[test]
fn a_direction_that_does_not_descend_is_counted_once() {
    // Descent starts the search anew along -g with the same arrival slope.
    let arrive = |search: &mut AmortizedGols| {
        let origin = Origin::new(-1.0, 1.0).with_arrival_slope(0.9);
        end(search.start(origin)).length
    };
    let (mut plain, mut twice) = (under_way(-1.0), under_way(-1.0));
    arrive(&mut plain);
    let refused = end(twice.start(Origin::new(2.0, 1.0).with_arrival_slope(0.9)));
    assert_eq!(refused, Step { length: 0.0, termination: Termination::NotDescent });
    arrive(&mut twice);
    assert_eq!(twice.previous(), plain.previous());
    let answer = |search: &mut AmortizedGols| {
        end(search.start(Origin::new(-1.0, 1.0).with_arrival_slope(0.2))).length
    };
    assert_eq!(answer(&mut twice), answer(&mut plain));
}

#[test]
fn a_first_search_that_fails_is_made_again() {
    let mut search = AmortizedGols::default();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[f64::NAN]);
    assert_eq!(run.step, Step { length: 0.0, termination: Termination::NonFinite });
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0]);
    assert_eq!(run.step, Step { length: 1.0, termination: Termination::MaxStep });
    assert!(run.asked.len() > 20, "it doubles 1e-8 until the cap");
}

#[test]
fn the_first_step_keeps_to_the_bounds_too() {
    let bounds = StepBounds::new(1e-3, 1e7, Some(0.25)).unwrap();
    let mut search = AmortizedGols::default().with_bounds(bounds);
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0]);
    assert_eq!(run.points()[0].0, 1e-3);
    assert_eq!(run.step, Step { length: 0.25, termination: Termination::MaxStep });
}

#[test]
fn on_iris_an_update_costs_one_gradient_and_the_network_learns() {
    let iris = Dataset::<f32>::iris();
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let batches = MiniBatches::new(iris.len(), 10, 1).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, 2).unwrap();
    let model = Model::new(network, Loss::SquaredPercentage, iris).unwrap();
    let model = model.with_mini_batches(batches).unwrap();
    let mut objective = SliceObjective::new(model, x0).unwrap();
    let search = AmortizedGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic).unwrap();
    let first = descent.step(&mut objective).unwrap().evaluations;
    // The gradient at the origin and one slope for each doubling from 1e-8 to at most 1e7.
    assert!((2..=51).contains(&first.gradients), "{first:?}");
    for _ in 1..3000 {
        let evaluations = descent.step(&mut objective).unwrap().evaluations;
        assert_eq!((evaluations.gradients, evaluations.losses, evaluations.batches), (1, 0, 1));
    }
    let (mut model, x) = objective.into_parts();
    // Constant outputs leave an error of 100 (1/3) (2/3) = 22 %; a quarter of it is learning.
    let error = model.error(&x).unwrap();
    assert!(error < 22.0 / 4.0, "{error}");
}
