//! Steepest descent on L(x) = 1/2 Σ cᵢ xᵢ², cᵢ from 1 to 2: here by I-GOLS, in argmin by Moré and Thuente's
//! line search. What is compared is the time beside the objective's own, for each evaluation it is asked for.

use std::cell::Cell;
use std::error::Error;

use argmin::core::{CostFunction, Executor, Gradient};
use argmin::solver::gradientdescent::SteepestDescent;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use gols::search::{InexactGols, StepBounds};
use gols::{Descent, SliceObjective};

use crate::least_times;

const ITERATIONS: u64 = 20;

/// The objective, which counts how often it is evaluated.
#[derive(Clone, Copy)]
struct Bowl<'a> {
    curvatures: &'a [f32],
    evaluations: &'a Cell<u64>,
}

impl Bowl<'_> {
    fn loss(&self, x: &[f32]) -> f32 {
        self.evaluations.set(self.evaluations.get() + 1);
        0.5 * x.iter().zip(self.curvatures).map(|(x, c)| c * x * x).sum::<f32>()
    }

    fn write_gradient(&self, x: &[f32], gradient: &mut [f32]) {
        self.evaluations.set(self.evaluations.get() + 1);
        for ((g, x), c) in gradient.iter_mut().zip(x).zip(self.curvatures) {
            *g = c * x;
        }
    }
}

impl CostFunction for Bowl<'_> {
    type Param = Vec<f32>;
    type Output = f32;

    fn cost(&self, x: &Vec<f32>) -> Result<f32, argmin::core::Error> {
        Ok(self.loss(x))
    }
}

impl Gradient for Bowl<'_> {
    type Param = Vec<f32>;
    type Gradient = Vec<f32>;

    fn gradient(&self, x: &Vec<f32>) -> Result<Vec<f32>, argmin::core::Error> {
        let mut gradient = vec![0.0; x.len()];
        self.write_gradient(x, &mut gradient);
        Ok(gradient)
    }
}

fn by_argmin(bowl: Bowl, x0: &[f32]) -> Result<(), argmin::core::Error> {
    let solver = SteepestDescent::new(MoreThuenteLineSearch::<_, Vec<f32>, f32>::new());
    let executor = Executor::new(bowl, solver).ctrlc(false);
    executor.configure(|state| state.param(x0.to_vec()).max_iters(ITERATIONS)).run()?;
    Ok(())
}

/// The gradient alone, as gradient-only searches need no loss.
fn by_gols(bowl: Bowl, x0: &[f32]) -> Result<(), gols::Error> {
    let gradient = |x: &[f32], gradient: &mut [f32]| {
        bowl.write_gradient(x, gradient);
        0.0_f64
    };
    let objective = SliceObjective::from_fn(x0.to_vec(), gradient)?;
    let bounds = StepBounds::default().without_cap();
    let search = InexactGols::default().with_bounds(bounds).with_previous(1.0)?;
    Descent::new(objective)?.with_search(search).run(ITERATIONS as usize)?;
    Ok(())
}

pub fn compare() -> Result<(), Box<dyn Error>> {
    println!(
        "steepest descent, {ITERATIONS} iterations, f32: ns an iteration, beside the objective's own time"
    );
    println!(
        "{:>10} {:>22} {:>22} {:>8}",
        "parameters", "gols (evaluations)", "argmin (evaluations)", "ratio"
    );
    for n in [83, 100_000] {
        let curvatures: Vec<f32> = (0..n).map(|i| 1.0 + i as f32 / n as f32).collect();
        let evaluations = Cell::new(0);
        let bowl = Bowl { curvatures: &curvatures, evaluations: &evaluations };
        let x0 = vec![1.0; n];
        by_gols(bowl, &x0)?;
        let gols_count = evaluations.replace(0);
        by_argmin(bowl, &x0)?;
        let argmin_count = evaluations.replace(0);
        let (mut room, mut sum) = (x0.clone(), 0.0);
        let mut evaluate = || {
            bowl.write_gradient(&x0, &mut room);
            sum += bowl.loss(&x0)
        };
        let mut gols = || drop(by_gols(bowl, &x0));
        let mut argmin = || drop(by_argmin(bowl, &x0));
        let [own, gols, argmin] = least_times(&mut [&mut evaluate, &mut gols, &mut argmin]);
        let beside =
            |time: f64, count: u64| 1e9 * (time - count as f64 * own / 2.0) / ITERATIONS as f64;
        let (gols, argmin) = (beside(gols, gols_count), beside(argmin, argmin_count));
        println!(
            "{n:>10} {gols:>14.1} ({gols_count:>5}) {argmin:>14.1} ({argmin_count:>5}) {:>8.1}",
            argmin / gols
        );
        assert!(sum > 0.0);
    }
    Ok(())
}
