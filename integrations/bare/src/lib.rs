//! gols without a standard library: a search, a descent and both optimizers find the minimum of
//! L(x) = ½ (x₀ − 1)² + 5 (x₁ + 2)².
//!
//! The library builds for any target that has an allocator. The program brings a panic handler of its own,
//! which the compiler refuses beside a standard library: that it links shows that none is there.

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

use gols::direction::Adam;
use gols::search::{BisectionGols, LineSearch, Origin};
use gols::{
    Descent, Error, MiniBatches, Optimizer, SliceModel, SliceObjective, SliceOptimizer, Stop,
};

/// x₀ and x₁ at the minimum.
pub const MINIMUM: [f64; 2] = [1.0, -2.0];

fn loss_and_gradient(x: &[f64], gradient: &mut [f64]) -> f64 {
    let (a, b) = (x[0] - MINIMUM[0], x[1] - MINIMUM[1]);
    (gradient[0], gradient[1]) = (a, 10.0 * b);
    0.5 * a * a + 5.0 * b * b
}

fn objective() -> Result<SliceObjective<f64, impl SliceModel<f64, Error = Error>>, Error> {
    SliceObjective::from_fn(vec![0.0; 2], loss_and_gradient)
}

/// The step length that a search finds along F(α) = (α − 0.3)²; it brackets 0.3.
///
/// # Errors
/// Those of the searches.
pub fn search() -> Result<f64, Error> {
    let mut search = BisectionGols::default();
    let step = search
        .run(Origin::new(-0.6, 1.0), |request| Ok::<f64, Error>(2.0 * (request.alpha() - 0.3)))?;
    Ok(step.length)
}

/// Where a descent along −g comes to, in 200 lines.
///
/// # Errors
/// Those of the objective.
pub fn descend() -> Result<Vec<f64>, Error> {
    let mut descent = Descent::new(objective()?)?;
    descent.run_until(Stop::after(200).at_gradient_norm(1e-9)?, |_| ())?;
    Ok(descent.objective().parameters().to_vec())
}

/// Where the optimizer comes to along Adam's direction, in 500 gradients.
///
/// # Errors
/// Those of the objective.
pub fn optimize() -> Result<Vec<f64>, Error> {
    let mut objective = objective()?;
    let mut optimizer = Optimizer::new(&objective)?.along(Adam::without_momentum());
    optimizer.train(&mut objective, 500)?;
    optimizer.finish(&mut objective)?;
    Ok(objective.parameters().to_vec())
}

/// The same over slices in single precision, each gradient from one of two rows drawn at random, which pull
/// x by ±0.1.
///
/// # Errors
/// Those of the optimizer.
pub fn optimize_slices() -> Result<[f32; 2], Error> {
    let mut batches = MiniBatches::new(2, 1, 1)?;
    let (mut x, mut optimizer) = ([0.0_f32; 2], SliceOptimizer::new(2));
    for _ in 0..500 {
        let pull = if batches.draw()[0] == 0 { 0.1 } else { -0.1 };
        let gradient = [x[0] - 1.0 + pull, 10.0 * (x[1] + 2.0) + pull];
        optimizer.step(&mut x, &gradient)?;
    }
    optimizer.finish(&mut x)?;
    Ok(x)
}

/// How far each of the four may stay from what it looks for: a bracket's width; two that converge on an
/// exact gradient; less than the way between the minimum of one row and that of both.
pub const BOUNDS: [f64; 4] = [1e-3, 1e-6, 1e-6, 0.1];

/// How far each of the four stays from what it looks for.
///
/// # Errors
/// Theirs.
pub fn errors() -> Result<[f64; 4], Error> {
    let error = |x: &[f64]| x.iter().zip(MINIMUM).map(|(x, y)| (x - y).abs()).sum::<f64>();
    let slices = optimize_slices()?.map(f64::from);
    Ok([(search()? - 0.3).abs(), error(&descend()?), error(&optimize()?), error(&slices)])
}
