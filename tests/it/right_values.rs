//! Right values where public bug reports of the field found wrong ones.

use crate::common::normal;
use gols::search::{
    self, Armijo, BacktrackingGols, GoldenSection, InexactGols, LineSearch, Origin, ReferenceLoss,
    Request, SecantGols, Step, Termination, ThresholdGols,
};
use gols::{Descent, Error, MiniBatches, SliceObjective};

type Named = (&'static str, Box<dyn LineSearch>);

/// The searches that adapt to a line and are not told a step.
fn adaptive() -> impl Iterator<Item = Named> {
    search::all().into_iter().filter(|(name, _)| *name != "FixedStep")
}

/// |x| after so many steps on k/2 x² from x₀, along −g and on all data.
fn end_on_a_parabola(search: Box<dyn LineSearch>, k: f64, x0: f64, steps: usize) -> f64 {
    let objective = SliceObjective::from_fn(vec![x0], move |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = k * x[0];
        0.5 * k * x[0] * x[0]
    });
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
    descent.run(steps).unwrap();
    descent.objective().parameters()[0].abs()
}

/// Answers a search by F and F'.
fn run(
    search: &mut impl LineSearch,
    origin: Origin,
    loss: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
) -> Step {
    let answer = |request| match request {
        Request::Loss(alpha) => Ok::<_, Error>(loss(alpha)),
        request => Ok(slope(request.alpha())),
    };
    search.run(origin, answer).unwrap()
}

#[test]
fn armijo_leaves_a_start_that_its_first_trial_does_not_move() {
    for x0 in [0.01_f32, 0.1, 0.3, 1.0, 7.0, 100.0] {
        let objective = SliceObjective::from_fn(vec![x0], |x, gradient| {
            gradient[0] = x[0];
            f64::from(0.5 * x[0] * x[0])
        });
        let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(Armijo::default());
        descent.run(1000).unwrap();
        let x = descent.objective().parameters()[0];
        assert!(x.abs() < 1e-3 * x0, "from {x0} it ends at {x}");
    }
}

#[test]
fn armijo_on_a_plane_that_never_changes_ends_at_its_smallest_step() {
    let step = run(&mut Armijo::default(), Origin::new(-1.0, 1.0), |_| 2.0, |_| -1.0);
    assert_eq!((step.length, step.termination), (1e-8, Termination::MinStep));
}

#[test]
fn every_search_minimizes_parabolas_of_any_stiffness() {
    for (name, _) in adaptive() {
        for k in [1.0, 1e3, 1e6, 1e10, 1e14] {
            let (_, search) = adaptive().find(|(other, _)| *other == name).unwrap();
            let x = end_on_a_parabola(search, k, 0.3, 1000);
            assert!(x < 1e-6, "{name} ends at {x} for k = {k}");
        }
    }
}

#[test]
fn searches_beyond_the_papers_minimize_parabolas_of_any_flatness() {
    let beyond: Vec<fn() -> Box<dyn LineSearch>> = vec![
        || Box::new(search::AmortizedGols::default()),
        || Box::new(BacktrackingGols::default()),
        || Box::new(ThresholdGols::default()),
        || Box::new(SecantGols::default()),
        || Box::new(search::EveryKth::new(SecantGols::default(), 3).unwrap()),
    ];
    for (index, search) in beyond.iter().enumerate() {
        for k in [1e-14, 1e-12, 1e-8, 1e-4, 1e-2] {
            let x = end_on_a_parabola(search(), k, 0.3, 1000);
            assert!(x < 1e-6, "search {index} ends at {x} for k = {k}");
        }
    }
}

#[test]
fn every_search_converges_on_sixty_curvatures() {
    for (name, _) in adaptive() {
        for index in 0..60 {
            let k = 1e-2 * 10_f64.powf(index as f64 / 15.0);
            let (_, search) = adaptive().find(|(other, _)| *other == name).unwrap();
            let x = end_on_a_parabola(search, k, 1.0, 1500);
            assert!(x < 1e-6, "{name} ends at {x} for curvature {k}");
        }
    }
}

#[test]
fn a_budget_that_ends_among_answers_that_are_not_finite_ends_at_0() {
    let slope = |alpha: f64| if alpha > 1e-3 { f64::NAN } else { -1.0 + alpha };
    macro_rules! check {
        ($search:expr) => {
            let mut search = $search.with_max_evaluations(5).unwrap();
            let step = run(&mut search, Origin::new(-1.0, 1.0).with_loss(0.0), slope, slope);
            assert_eq!((step.length, step.termination), (0.0, Termination::Budget), "{search:?}");
        };
    }
    check!(BacktrackingGols::default());
    check!(InexactGols::default().with_previous(1.0).unwrap());
    check!(ThresholdGols::default().with_previous(1.0).unwrap());
    check!(SecantGols::default().with_previous(1.0).unwrap().with_limit(2.0).unwrap());
    check!(Armijo::default().with_previous(1.0).unwrap());
}

#[test]
fn armijo_out_of_budget_ends_at_no_step_that_it_has_refused() {
    let mut search = Armijo::default().with_previous(1.0).unwrap().with_max_evaluations(3).unwrap();
    let step = run(&mut search, Origin::new(-1.0, 1.0).with_loss(0.0), |a| 1.0 + a, |_| 1.0);
    assert_eq!((step.length, step.termination), (0.0, Termination::Budget));
}

#[test]
fn armijo_accepts_nothing_against_a_reference_that_is_not_finite() {
    for reference in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let loss = |alpha: f64| if alpha == 0.0 { reference } else { -alpha };
        let mut once = Armijo::default().with_previous(0.1).unwrap();
        let step = run(&mut once, Origin::new(-1.0, 1.0), loss, |_| -1.0);
        assert_eq!((step.length, step.termination), (0.0, Termination::NonFinite));
        let told = Origin::new(-1.0, 1.0).with_loss(reference);
        let step = run(&mut once, told, loss, |_| -1.0);
        assert_eq!((step.length, step.termination), (0.0, Termination::NonFinite));
        let mut anew = once.clone().with_reference(ReferenceLoss::Resampled);
        let step = run(&mut anew, Origin::new(-1.0, 1.0), loss, |_| -1.0);
        assert_eq!((step.length, step.termination), (1e-8, Termination::MinStep));
    }
}

#[test]
fn golden_section_does_not_end_above_the_loss_it_was_told() {
    let loss = |a: f64| a * a + (6.9 * a + 4.6).sin();
    let slope = |a: f64| 2.0 * a + 6.9 * (6.9 * a + 4.6).cos();
    let origin = Origin::new(slope(0.0), 1.0).with_loss(loss(0.0));
    let step = run(&mut GoldenSection::default(), origin, loss, slope);
    assert!(loss(step.length) <= loss(0.0), "{step:?} is at {}", loss(step.length));
}

#[cfg(feature = "mlp")]
#[test]
fn a_column_is_scaled_whatever_its_range() {
    let ranges =
        [[0.0, 5e-324], [-5e-324, 1e-323], [-1e308, 1e308], [-f64::MAX, f64::MAX], [3.0, 4.0]];
    for [low, high] in ranges {
        let data = gols::mlp::Dataset::new(2, vec![low, high], vec![0.0, 0.0]).unwrap();
        let scaled = data.with_scaled_inputs(0.0, 1.0).unwrap();
        assert_eq!(scaled.inputs(), [0.0, 1.0], "of {low} and {high}");
    }
}

#[test]
fn amortized_gols_does_not_rebound_once_a_loss_without_noise_is_small() {
    let loss = |x: &[f64]| 0.05 * x[0] * x[0] + 5.0 * x[1] * x[1];
    let objective = SliceObjective::from_fn(vec![1.0, 1.0], move |x: &[f64], gradient| {
        (gradient[0], gradient[1]) = (0.1 * x[0], 10.0 * x[1]);
        loss(x)
    });
    let search = search::AmortizedGols::default();
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
    let mut least = f64::INFINITY;
    for step in 0..3000 {
        let now = descent.step().unwrap().loss.unwrap();
        least = least.min(now);
        // From a start of 5.05; an oscillation over a factor of 20 is the price of long steps.
        assert!(least > 5e-3 || now < 0.1, "step {step}: {least} has come back to {now}");
    }
    assert!(least < 1e-20, "{least}");
}

#[test]
fn amortized_gols_fits_a_regression_whose_batches_are_smaller_than_its_weights() {
    let (rows, weights) = (500, 20);
    let (inputs, noise) = (normal(rows * weights, 1), normal(rows, 2));
    let row = |row: usize| &inputs[row * weights..][..weights];
    let target = |at: usize| {
        row(at).iter().enumerate().map(|(i, u)| i as f64 * u).sum::<f64>() + 1e-3 * noise[at]
    };
    let error =
        |x: &[f64], at: usize| row(at).iter().zip(x).map(|(u, x)| u * x).sum::<f64>() - target(at);
    let batches = MiniBatches::new(rows, 10, 1).unwrap();
    let objective =
        SliceObjective::from_batches(vec![0.0; weights], batches, |x, batch, gradient| {
            gradient.fill(0.0);
            let mut loss = 0.0;
            for &at in batch {
                let error = error(x, at) / batch.len() as f64;
                gradient.iter_mut().zip(row(at)).for_each(|(g, u)| *g += error * u);
                loss += 0.5 * error * error * batch.len() as f64;
            }
            loss
        });
    let search = search::AmortizedGols::default();
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
    descent.run(5000).unwrap();
    let x = descent.objective().parameters();
    let loss = (0..rows).map(|at| 0.5 * error(x, at).powi(2)).sum::<f64>() / rows as f64;
    assert!(loss < 1e-5, "{loss}");
}

#[test]
fn amortized_gols_has_its_step_within_some_tens_of_updates_of_noise() {
    // ½ |x|² in ten dimensions, and noise of five times the gradient's size.
    let (dimensions, updates) = (10, 400);
    let noise = normal(dimensions * updates, 3);
    let mut at = 0;
    let objective =
        SliceObjective::from_fn(vec![6.0 / 10.0_f64.sqrt(); dimensions], |x, gradient| {
            let here = &noise[at * dimensions..][..dimensions];
            at += 1;
            gradient.iter_mut().zip(x.iter().zip(here)).for_each(|(g, (x, e))| *g = x + 9.5 * e);
            0.0
        });
    let search = search::AmortizedGols::default();
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
    let lengths: Vec<f64> = (0..updates).map(|_| descent.step().unwrap().step.length).collect();
    let mut late = lengths[200..].to_vec();
    late.sort_by(f64::total_cmp);
    let reached = lengths.iter().position(|length| *length >= 0.5 * late[100]).unwrap();
    assert!(reached < 60, "half the late step after {reached} updates");
}

#[test]
fn amortized_gols_stays_finite_and_comes_back_whatever_its_settings() {
    let search = search::AmortizedGols::default().with_growth(1000.0).unwrap();
    let mut search = search.with_ramp(1000.0).unwrap().with_max_displacement(1e-300).unwrap();
    for norm in [1e300, 1e-300, 1.0, f64::MAX, f64::MIN_POSITIVE, 0.0, -0.0] {
        for arrival in [-1.0, 1.0, 1e300, -1e300] {
            let origin = Origin::new(-1.0, norm).with_arrival_slope(arrival);
            let Request::Done(step) = search.start(origin) else { panic!("it asks for nothing") };
            assert!(step.length.is_finite() && step.length >= 0.0, "{step:?}");
            assert!(search.previous().is_some_and(|step| step > 0.0 && step.is_finite()));
        }
    }
    let mut plain = search::AmortizedGols::default();
    plain.start(Origin::new(-1.0, 1e300));
    let mut length = 0.0;
    for _ in 0..2000 {
        let Request::Done(step) = plain.start(Origin::new(-1.0, 1.0).with_arrival_slope(-0.9))
        else {
            panic!("it asks for nothing")
        };
        length = step.length;
    }
    assert_eq!(length, 1.0);
}
