//! Rivals against their authors' programs.

use gols::search::AmortizedGols;
use gols::{Error, Optimizer, SliceObjective};
use serde::Deserialize;

use super::Spec;

/// What one program did: after so many updates it stood at x, and would have evaluated this.
#[derive(Deserialize)]
struct Run {
    rival: String,
    updates: usize,
    points: Vec<(usize, [f64; 2], [f64; 2])>,
}

/// The gradient of ½ (x₀² + 10 x₁²), with noise.
fn gradient(x: &[f64], t: usize) -> [f64; 2] {
    let t = t as f64;
    [x[0] + 0.3 * (3.0 * t).sin(), 10.0 * x[1] + 0.3 * (5.0 * t).cos()]
}

/// The largest distance between what a rival does and what was recorded.
fn error(run: &Run) -> f64 {
    let spec: Spec = run.rival.parse().unwrap();
    let mut x = [1.0, -0.5];
    let mut rival = spec.start::<f64>(&x, run.updates).unwrap();
    let mut error = 0.0_f64;
    for t in 1..=run.updates {
        let gradient = gradient(&x, t);
        rival.step(&mut x, &gradient, 0.0);
        let Some((_, end, kept)) = run.points.iter().find(|point| point.0 == t) else { continue };
        let mut evaluated = [0.0; 2];
        rival.evaluated(&x, &mut evaluated);
        let found = x.iter().chain(&evaluated);
        error = found.zip(end.iter().chain(kept)).map(|(a, b)| (a - b).abs()).fold(error, f64::max);
    }
    error
}

#[test]
fn every_rival_follows_its_authors_program() {
    let text = include_str!("../../../tests/data/rivals.json");
    let runs: Vec<Run> = serde_json::from_str(text).unwrap();
    assert_eq!(runs.len(), 12);
    for run in runs {
        // All run in f64, with rounding errors of 1e-16 that some hundred updates near a minimum do not let grow much;
        // Prodigy with averaging computes in f32 over there, whose errors of 1e-7 grow with d from 1e-6 on.
        let tolerance = if run.rival == "prodigy-schedule-free" { 1e-5 } else { 1e-12 };
        let error = error(&run);
        assert!(error < tolerance, "{}: {error}", run.rival);
    }
}

#[test]
fn the_optimizer_takes_its_settings_and_is_evaluated_at_its_mean() -> Result<(), Error> {
    let x0 = [1.0, -0.5];
    let search = AmortizedGols::for_averages().with_max_displacement(0.01)?.with_threshold(0.25)?;
    let mut space = SliceObjective::from_fn(x0.to_vec(), |_, _| 0.0)?;
    let mut optimizer = Optimizer::new(&space)?.with_search(search).with_averaging(0.8)?;
    let spec: Spec = "gols:cap=0.01,threshold=0.25,beta=0.8".parse().unwrap();
    let (mut x, mut rival) = (x0, spec.start::<f64>(&x0, 50)?);
    for t in 1..=50 {
        let gradient = gradient(&x, t);
        rival.step(&mut x, &gradient, 0.0);
        let update = optimizer.step(&mut space, &gradient.to_vec())?;
        assert_eq!(rival.step_length(), update.step.length);
        assert_eq!(space.parameters(), x);
    }
    let mut evaluated = [0.0; 2];
    rival.evaluated(&x, &mut evaluated);
    optimizer.finish(&mut space)?;
    assert!(space.parameters() == evaluated && evaluated != x);
    Ok(())
}
