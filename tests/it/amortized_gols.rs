//! Amortized I-GOLS by its rules.

use gols::search::{AmortizedGols, LineSearch, Origin, Request, Step, Termination};
use gols::{Descent, SliceObjective};
use proptest::prelude::*;

use crate::common::{config, length};

/// The end of a search that must ask for nothing.
fn end(request: Request) -> Step {
    match request {
        Request::Done(step) => step,
        other => panic!("it asked: {other:?}"),
    }
}

/// A step along a direction of length 1 with this slope, the last one having led to that.
fn step(search: &mut AmortizedGols, slope: f64, arrival: f64) -> Step {
    end(search.start(Origin::new(slope, 1.0).with_arrival_slope(arrival)))
}

/// The rule of averages alone.
fn plain() -> AmortizedGols {
    AmortizedGols::default().with_safeguards(false).with_least_threshold(1.0).unwrap()
}

/// Without a cap, from a step of 0.1 taken along a first line of this slope.
fn under_way(slope: f64) -> AmortizedGols {
    let mut search = plain().without_cap().with_previous(0.1).unwrap();
    assert_eq!(end(search.start(Origin::new(slope, 1.0))).length, 0.1);
    search
}

/// The same with the ramp behind it, so that ln α changes by 0.1 at most: three overshoots, after
/// which the step is set anew.
fn settled(slope: f64) -> AmortizedGols {
    let mut search = under_way(slope).with_averaging(0.0).and_then(|s| s.with_ramp(0.1)).unwrap();
    for _ in 0..3 {
        step(&mut search, slope, 9.0);
    }
    search.with_previous(0.1).unwrap()
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn it_asks_for_nothing_and_stays_within_its_cap(
        lines in prop::collection::vec((length(), length(), prop::num::f64::ANY), 1..100),
        cap in length(),
        previous in prop::option::of(length()),
    ) {
        let mut search = AmortizedGols::default().with_max_displacement(cap).unwrap();
        if let Some(previous) = previous {
            search = search.with_previous(previous).unwrap();
        }
        for (slope, norm, arrival) in lines {
            let origin = Origin::new(-slope, norm).with_arrival_slope(arrival);
            let step = end(search.start(origin));
            let hi = cap / norm;
            prop_assert!(step.length > 0.0 && step.length <= hi, "{:?}", step);
            prop_assert_eq!(search.previous(), Some(step.length));
            let is_capped = step.length == hi;
            let expected =
                if is_capped { Termination::MaxStep } else { Termination::ArrivalSlope };
            prop_assert_eq!(step.termination, expected);
        }
    }

    #[test]
    fn it_follows_the_numbered_rules(
        lines in prop::collection::vec((1e-2..10.0_f64, -10.0..10.0_f64), 1..60),
        m in 0.0..0.99_f64,
        c in 0.0..1.0_f64,
        ramp in 0.05..1.0_f64,
    ) {
        let mut search = under_way(-1.0)
            .with_averaging(m)
            .and_then(|search| search.with_threshold(c))
            .and_then(|search| search.with_ramp(ramp))
            .unwrap();
        let (mut alpha, mut overshoots, mut rate) = (0.1_f64, 0, ramp);
        for (index, (slope, arrival)) in lines.iter().enumerate() {
            // The averages as sums: the weight of a slope is (1 - m) m^age.
            let weigh = |value: fn(f64, f64) -> f64| {
                let starts = std::iter::once(1.0).chain(lines.iter().map(|line| line.0));
                let pairs = lines[..=index].iter().zip(starts).enumerate();
                pairs.map(|(i, (line, start))| m.powi((index - i) as i32) * value(line.1, start))
                    .sum::<f64>()
            };
            let ratio = weigh(|arrival, _| arrival) / weigh(|_, start| start);
            let kappa = (c - ratio).clamp(-1.0, 1.0);
            prop_assume!(kappa.abs() > 1e-12); // whose sign is not that of a rounding error
            overshoots += u32::from(kappa < 0.0);
            // The rate is the ramp until three overshoots, and falls by a tenth from then on.
            if overshoots >= 3 {
                rate = (0.9 * rate).max(0.1);
            }
            alpha *= (rate * kappa).exp();
            let found = step(&mut search, -slope, *arrival).length;
            prop_assert!((alpha - found).abs() <= 1e-9 * alpha, "{index}: {found} is not {alpha}");
            let mean_ratio = search.mean_ratio().unwrap();
            prop_assert!((mean_ratio - ratio).abs() <= 1e-9 * (1.0 + ratio.abs()));
        }
    }

    #[test]
    fn scaling_the_loss_leaves_its_way_alone(
        lines in prop::collection::vec((1e-2..10.0_f64, -10.0..10.0_f64), 1..60),
        exponent in -40..40_i32,
    ) {
        // A loss s times as large has gradients and slopes along -g of s and s² times the size. A
        // power of two scales them exactly; the step is 1/s of the other, and |α d| the same.
        let s = 2.0_f64.powi(exponent);
        let (mut plain, mut scaled) = (AmortizedGols::default(), AmortizedGols::default());
        for (slope, arrival) in lines {
            let one = step(&mut plain, -slope, arrival);
            let origin = Origin::new(-slope * s * s, s).with_arrival_slope(arrival * s * s);
            let other = end(scaled.start(origin));
            // The logarithms of slopes are rounded.
            prop_assert!((other.length * s / one.length - 1.0).abs() < 1e-9, "{one:?} {other:?}");
        }
    }
}

#[test]
fn the_first_step_is_tiny_beside_the_parameters() {
    let first = |search: &AmortizedGols, norm| {
        let origin = Origin::new(-3.0, 4.0);
        let origin = match norm {
            Some(norm) => origin.with_parameters_norm(norm),
            None => origin,
        };
        end(search.clone().start(origin)).length
    };
    let search = AmortizedGols::default();
    assert_eq!(first(&search, None), 1e-6 / 4.0);
    assert_eq!(first(&search, Some(7.0)), 1e-6 * 8.0 / 4.0);
    let search = search.with_initial_displacement(0.5).unwrap();
    assert_eq!(first(&search, Some(0.0)), 0.5 / 4.0);
    assert_eq!(first(&search, Some(7.0)), 1.0 / 4.0, "the cap holds for it, too");
}

#[test]
fn a_step_grows_below_the_share_stays_at_it_and_shrinks_above() {
    // κ = 0.5 - S / Q, and without averages S / Q is the last pair's.
    let cases =
        [(-3.0, 1.0), (-0.5, 1.0), (0.0, 0.5), (0.25, 0.25), (0.5, 0.0), (1.0, -0.5), (7.0, -1.0)];
    for (arrival, kappa) in cases {
        let (mut ramping, mut settled) =
            (under_way(-1.0).with_averaging(0.0).unwrap(), settled(-1.0));
        assert_eq!(step(&mut ramping, -5.0, arrival).length, 0.1 * (0.7_f64 * kappa).exp());
        assert_eq!(step(&mut settled, -5.0, arrival).length, 0.1 * (0.1_f64 * kappa).exp());
    }
}

#[test]
fn a_ramp_below_the_growth_ends_in_the_growth() {
    let mut search = under_way(-1.0).with_averaging(0.0).and_then(|s| s.with_ramp(0.01)).unwrap();
    let changes = [9.0; 5].map(|arrival| {
        let before = search.previous().unwrap();
        (step(&mut search, -1.0, arrival).length / before).ln()
    });
    for (found, expected) in changes.into_iter().zip([-0.01, -0.01, -0.1, -0.1, -0.1]) {
        assert!((found - expected).abs() < 1e-12, "{changes:?}");
    }
}

#[test]
fn one_overshoot_among_many_short_steps_does_not_turn_it_round() {
    let lengths = |mut search: AmortizedGols| {
        [-1.0, -1.0, -1.0, 2.0, -1.0].map(|arrival| step(&mut search, -1.0, arrival).length)
    };
    let averaged = lengths(under_way(-1.0));
    assert!(averaged.windows(2).all(|pair| pair[1] > pair[0]), "{averaged:?}");
    // Without averages it does.
    let single = lengths(under_way(-1.0).with_averaging(0.0).unwrap());
    assert!(single[3] < single[2], "{single:?}");
}

#[test]
fn an_origin_that_is_not_finite_shrinks_the_step_and_leaves_the_averages_alone() {
    for (slope, norm) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (-1.0, f64::NAN)] {
        let (mut search, mut twin) = (under_way(-1.0), under_way(-1.0));
        let refused = end(search.start(Origin::new(slope, norm).with_arrival_slope(9.0)));
        assert_eq!(refused, Step { length: 0.0, termination: Termination::NonFinite });
        assert_eq!(search.previous(), Some(0.1 * (-0.1_f64).exp()));
        let shrunk = step(&mut search, -1.0, -1.0).length;
        let expected = step(&mut twin, -1.0, -1.0).length * (-0.1_f64).exp();
        assert!((shrunk - expected).abs() < 1e-15);
        assert_eq!(search.mean_ratio(), twin.mean_ratio());
    }
    // There is nothing to shrink before the first step.
    let mut new = AmortizedGols::default();
    new.start(Origin::new(f64::NAN, 1.0));
    assert_eq!(new.previous(), None);
}

#[test]
fn an_arrival_slope_that_is_not_finite_shrinks_the_step_and_one_unknown_leaves_it() {
    for arrival in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = under_way(-1.0);
        assert_eq!(step(&mut search, -9.0, arrival).length, 0.1 * (-0.1_f64).exp());
        assert_eq!(search.mean_ratio(), None);
    }
    let mut search = under_way(-1.0);
    assert_eq!(end(search.start(Origin::new(-9.0, 1.0))).length, 0.1);
    // Within the cap along the new direction.
    let mut capped = search.with_max_displacement(1.0).unwrap();
    let step = end(capped.start(Origin::new(-9.0, 100.0)));
    assert_eq!(step, Step { length: 0.01, termination: Termination::MaxStep });
}

#[test]
fn a_step_that_leads_to_more_slope_than_it_started_with_is_shortened_at_once() {
    let mut search = AmortizedGols::default().with_averaging(0.0).unwrap();
    search = search.with_previous(0.1).unwrap();
    search.start(Origin::new(-1.0, 1.0));
    // S / Q is 9: half of α 2 / (1 + 9) is less than exp(-0.7).
    assert_eq!(step(&mut search, -1.0, 9.0).length, 0.1 * (2.0 / 10.0));
    // The past is told the new step: h (S + Q) − Q with h = 0.2, of S = 9 and Q = 1.
    assert!((search.mean_ratio().unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn a_cap_that_cuts_steps_that_overshoot_lowers_the_threshold_down_to_its_least() {
    let mut search = AmortizedGols::default().with_averaging(0.0).unwrap();
    search = search.with_previous(0.5).unwrap();
    search.start(Origin::new(-1.0, 1.0));
    // Three overshoots end the ramp; then the direction grows, so that the cap cuts.
    for _ in 0..3 {
        step(&mut search, -1.0, 0.6);
    }
    assert_eq!(search.target(), 0.5);
    let mut norm = 4.0;
    for expected in [0.35, 0.25, 0.25] {
        norm *= 4.0;
        search.start(Origin::new(-1.0, norm).with_arrival_slope(0.6));
        assert!((search.target() - expected).abs() < 1e-12, "{}", search.target());
    }
    search.reset();
    assert_eq!(search.target(), 0.5);
}

#[test]
fn a_bound_of_the_origin_cuts_the_step_and_teaches_nothing() {
    let mut search = AmortizedGols::default().with_averaging(0.0).unwrap();
    search = search.with_previous(0.5).unwrap();
    search.start(Origin::new(-1.0, 1.0));
    for _ in 0..3 {
        step(&mut search, -1.0, 0.6);
    }
    for bound in [0.1, 0.01, 0.001] {
        let origin = Origin::new(-1.0, 2.0).with_arrival_slope(0.6).with_max_displacement(bound);
        let step = end(search.start(origin));
        assert_eq!((step.length, step.termination), (bound / 2.0, Termination::MaxStep));
        assert_eq!(search.previous(), Some(bound / 2.0));
        assert_eq!(search.target(), 0.5);
    }
}

#[test]
fn slopes_that_agree_that_it_circles_lower_what_is_aimed_at() {
    // c = 0.8, least 0.25: in full at an agreement of 1, half way at 0.95, not at all up to 0.9.
    for (agreement, aim) in [(1.0, 0.25), (0.95, 0.525), (0.9, 0.8), (-1.0, 0.8)] {
        let search = AmortizedGols::for_averages().with_averaging(0.0).unwrap();
        let mut search = search.with_previous(0.1).unwrap();
        search.start(Origin::new(-1.0, 1.0));
        let origin = Origin::new(-1.0, 1.0).with_arrival_slope(0.5).with_agreement(agreement);
        let step = end(search.start(origin));
        // On the ramp, of 0.3: α ← α exp(0.3 (c − S / Q)).
        let expected = 0.1 * (0.3 * (aim - 0.5_f64)).exp();
        assert!((step.length - expected).abs() < 1e-12, "{agreement}: {}", step.length);
        assert_eq!(search.target(), 0.8);
    }
}

#[test]
fn slopes_too_small_to_average_leave_the_step_as_it_is() {
    let mut search = under_way(-5e-324);
    assert_eq!(step(&mut search, -5e-324, -5e-324).length, 0.1);
}

#[test]
fn a_direction_that_does_not_descend_changes_nothing() {
    let (mut plain, mut refused) = (under_way(-1.0), under_way(-1.0));
    for (slope, termination) in [(2.0, Termination::NotDescent), (0.0, Termination::Stationary)] {
        assert_eq!(step(&mut refused, slope, 0.9), Step { length: 0.0, termination });
    }
    for arrival in [0.9, 0.2] {
        let expected = step(&mut plain, -1.0, arrival);
        assert_eq!(step(&mut refused, -1.0, arrival), expected);
    }
}

#[test]
fn a_search_that_is_taken_back_has_not_been() {
    for origin in [Origin::new(-2.0, 1.0).with_arrival_slope(0.8), Origin::new(f64::NAN, 1.0)] {
        let (mut search, twin) = (settled(-1.0), settled(-1.0));
        search.start(origin);
        for _ in 0..2 {
            search.take_back();
            assert_eq!(search.previous(), twin.previous());
            assert_eq!(search.mean_ratio(), twin.mean_ratio());
        }
        let (mut search, mut twin) = (search, twin);
        assert_eq!(step(&mut search, -1.0, 0.3), step(&mut twin, -1.0, 0.3));
    }
}

#[test]
fn an_update_costs_one_gradient_and_descends_a_parabola() {
    let objective = SliceObjective::from_fn(vec![3.0, -2.0], |x, gradient| {
        gradient.copy_from_slice(&[x[0], 20.0 * x[1]]);
        0.5 * x[0] * x[0] + 10.0 * x[1] * x[1]
    });
    let mut descent =
        Descent::new(objective.unwrap()).unwrap().with_search(AmortizedGols::default());
    for _ in 0..300 {
        assert_eq!(descent.step().unwrap().evaluations.function_evaluations(), 2);
    }
    let x = descent.objective().parameters();
    assert!(x.iter().all(|x| x.abs() < 1e-3), "{x:?}");
}
