//! Which directions go with which searches: every pair on Iris, at equal cost.
//!
//! A 4-10-3 network is trained until the function evaluations are spent (a loss is 1, a gradient 2), from starts
//! that all pairs share. One table with mini-batches of 10, a new one for every evaluation, and one on all
//! data; the last columns are constant steps, the best of a grid in hindsight.
//!
//! Run with `cargo run --release --example directions -- [runs] [function evaluations]`.

use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;

use gols::mlp::{Activation, Loss, Model, Network};
use gols::{
    Adadelta, Adagrad, Adam, AdamW, AmortizedGols, Armijo, BacktrackingGols, Dataset, Descent,
    Direction, Error, EveryKth, FixedStep, HeavyBall, InexactGols, InitialStep, LBfgs, LineSearch,
    MiniBatches, Nesterov, RMSProp, Sampling, SecantGols, SliceObjective, SteepestDescent,
    StepBounds, ThresholdGols,
};

type Iris = SliceObjective<f64, Model<f64>>;

struct Named<T: ?Sized> {
    name: &'static str,
    make: fn() -> Result<Box<T>, Error>,
}

const DIRECTIONS: [Named<dyn Direction<Iris>>; 10] = [
    Named { name: "SteepestDescent", make: || Ok(Box::new(SteepestDescent)) },
    Named { name: "HeavyBall", make: || Ok(Box::new(HeavyBall::default())) },
    Named { name: "Nesterov", make: || Ok(Box::new(Nesterov::default())) },
    Named { name: "Adagrad", make: || Ok(Box::new(Adagrad::default())) },
    Named { name: "RMSProp", make: || Ok(Box::new(RMSProp::default())) },
    Named { name: "Adadelta", make: || Ok(Box::new(Adadelta::default())) },
    Named { name: "Adam", make: || Ok(Box::new(Adam::default())) },
    Named { name: "AdamW", make: || Ok(Box::new(AdamW::default())) },
    Named { name: "Adam, β₁ = 0", make: || Ok(Box::new(Adam::default().with_momentum(0.0)?)) },
    Named { name: "LBfgs", make: || Ok(Box::new(LBfgs::default())) },
];

const SEARCHES: [Named<dyn LineSearch>; 10] = [
    Named { name: "Amortized", make: || Ok(Box::new(AmortizedGols::default())) },
    Named { name: "Am., cap 0.2", make: amortized_capped },
    Named { name: "InexactGols", make: || Ok(Box::new(InexactGols::default())) },
    Named { name: "Backtracking", make: || Ok(Box::new(BacktrackingGols::default())) },
    Named { name: "Backtr., 2 x", make: backtracking_from_twice },
    Named { name: "Backtr., from 1", make: backtracking_from_one },
    Named { name: "Threshold", make: || Ok(Box::new(ThresholdGols::default())) },
    Named { name: "Secant", make: || Ok(Box::new(SecantGols::default())) },
    Named { name: "Every 5th", make: || Ok(Box::new(EveryKth::new(InexactGols::default(), 5)?)) },
    Named { name: "Armijo", make: || Ok(Box::new(Armijo::default())) },
];

const FIXED: [f64; 7] = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0];

/// Momentum adds up steps; a shorter cap makes up for it.
fn amortized_capped() -> Result<Box<dyn LineSearch>, Error> {
    let bounds = StepBounds::new(1e-8, 1e7, Some(0.2))?;
    Ok(Box::new(AmortizedGols::default().with_bounds(bounds)))
}

/// From twice the remembered step; the first search of all starts at the smallest.
fn backtracking_from_twice() -> Result<Box<dyn LineSearch>, Error> {
    let search = BacktrackingGols::default().with_initial_step(InitialStep::PreviousTimes(2.0))?;
    Ok(Box::new(search))
}

fn backtracking_from_one() -> Result<Box<dyn LineSearch>, Error> {
    let search = BacktrackingGols::default().with_initial_step(InitialStep::Constant(1.0))?;
    Ok(Box::new(search))
}

/// A direction that counts how often it was told to forget: its falls back on −g.
struct Counted(Box<dyn Direction<Iris>>, Rc<Cell<u32>>);

impl Direction<Iris> for Counted {
    fn update(&mut self, space: &Iris, g: &Vec<f64>, d: &mut Vec<f64>) -> Result<(), Error> {
        self.0.update(space, g, d)
    }

    fn accepted(&mut self, space: &Iris, length: f64, d: &Vec<f64>) -> Result<(), Error> {
        self.0.accepted(space, length, d)
    }

    fn reset(&mut self) {
        self.1.set(self.1.get() + 1);
        self.0.reset();
    }
}

/// The end of some runs of one pair.
struct Outcome {
    /// The median of the training errors in percent.
    error: f64,
    /// The share of iterations along −g, in percent.
    fallbacks: f64,
}

fn objective(sampling: Sampling, run: u64) -> Result<Iris, Error> {
    let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(1);
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
    let x0 = network.uniform_parameters(-0.1, 0.1, run)?;
    let batches = MiniBatches::new(iris.len(), 10, 1000 + run)?;
    let model = Model::new(network, Loss::SquaredPercentage, iris)?;
    match sampling {
        Sampling::Full => SliceObjective::new(model, x0),
        _ => SliceObjective::new(model.with_mini_batches(batches)?, x0),
    }
}

fn train(
    direction: &Named<dyn Direction<Iris>>,
    make: &dyn Fn() -> Result<Box<dyn LineSearch>, Error>,
    sampling: Sampling,
    (runs, cost): (u64, u64),
) -> Result<Outcome, Error> {
    let (mut errors, mut iterations) = (Vec::new(), 0);
    let fallbacks = Rc::new(Cell::new(0));
    for run in 1..=runs {
        let mut objective = objective(sampling, run)?;
        let rule = Counted((direction.make)()?, Rc::clone(&fallbacks));
        let mut descent = Descent::new(&objective, rule, make()?, sampling)?;
        while descent.evaluations().function_evaluations() < cost {
            descent.step(&mut objective)?;
            iterations += 1;
        }
        let (mut model, x) = objective.into_parts();
        errors.push(model.error(&x)?);
    }
    errors.sort_by(f64::total_cmp);
    let error = errors[errors.len() / 2];
    Ok(Outcome { error, fallbacks: 100.0 * f64::from(fallbacks.get()) / f64::from(iterations) })
}

/// The best constant step of the grid, which looks at the slope or, as the textbooks, does not.
fn best_fixed(
    direction: &Named<dyn Direction<Iris>>,
    any_slope: bool,
    sampling: Sampling,
    size: (u64, u64),
) -> Result<(f64, Outcome), Error> {
    let mut best: Option<(f64, Outcome)> = None;
    for length in FIXED {
        let make =
            || -> Result<Box<dyn LineSearch>, Error> { Ok(Box::new(FixedStep::new(length)?)) };
        let outcome = train(direction, &make, sampling, size)?;
        if best.as_ref().is_none_or(|(_, best)| outcome.error < best.error) {
            best = Some((length, outcome));
        }
    }
    Ok(best.unwrap_or((f64::NAN, Outcome { error: f64::NAN, fallbacks: f64::NAN })))
}

fn table(title: &str, sampling: Sampling, size: (u64, u64)) -> Result<(), Error> {
    println!("\n{title}: training error %, and in brackets the share of iterations along -g, %\n");
    print!("{:<16}", "direction");
    SEARCHES.iter().for_each(|search| print!("{:>16}", search.name));
    println!("{:>22}{:>22}", "best fixed", "best fixed, any slope");
    for direction in &DIRECTIONS {
        print!("{:<16}", direction.name);
        for search in &SEARCHES {
            let Outcome { error, fallbacks } = train(direction, &search.make, sampling, size)?;
            print!("{:>16}", format!("{error:.2} ({fallbacks:.0})"));
        }
        for any_slope in [false, true] {
            let (length, Outcome { error, fallbacks }) =
                best_fixed(direction, any_slope, sampling, size)?;
            print!("{:>22}", format!("{error:.2} ({fallbacks:.0}) at {length:.0e}"));
        }
        println!();
    }
    Ok(())
}

/// A positive whole number, or what is wrong with it.
fn count(argument: Option<String>, what: &str, default: u64) -> Result<u64, String> {
    let Some(text) = argument else { return Ok(default) };
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("{what} is '{text}', but must be a whole number greater than 0")),
    }
}

fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let runs = count(arguments.next(), "the number of runs", 5);
    let cost = count(arguments.next(), "the number of function evaluations", 10_000);
    let size = match (runs, cost) {
        (Ok(runs), Ok(cost)) => (runs, cost),
        (Err(message), _) | (_, Err(message)) => {
            eprintln!("directions: {message}");
            return Ok(ExitCode::from(2));
        }
    };
    println!("medians of {} runs of {} function evaluations", size.0, size.1);
    table("Mini-batches of 10", Sampling::Dynamic, size)?;
    table("All 150 flowers", Sampling::Full, size)?;
    Ok(ExitCode::SUCCESS)
}
