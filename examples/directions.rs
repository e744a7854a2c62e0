//! Which directions go with which searches: every pair on Iris, at equal cost.
//!
//! A 4-10-3 network is trained until the function evaluations are spent (a loss is 1, a gradient 2), from starts
//! that all pairs share. One table with mini-batches of 10, a new one for every evaluation, and one on all
//! data; the last columns are constant steps, the best of a grid in hindsight.
//!
//! Run with `cargo run --release --example directions -- [runs] [function evaluations]`.

use std::error::Error as StdError;
use std::io::{self, Write, stdout};
use std::process::ExitCode;

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Direction, HeavyBall, Lbfgs, Nesterov, RmsProp, SteepestDescent,
};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, EveryKth, FixedStep, InexactGols, InitialStep,
    LineSearch, SecantGols, ThresholdGols,
};
use gols::{Descent, Error, MiniBatches, Sampling, SliceObjective};

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
    Named { name: "RmsProp", make: || Ok(Box::new(RmsProp::default())) },
    Named { name: "Adadelta", make: || Ok(Box::new(Adadelta::default())) },
    Named { name: "Adam", make: || Ok(Box::new(Adam::default())) },
    Named { name: "AdamW", make: || Ok(Box::new(AdamW::default())) },
    Named { name: "Adam, β₁ = 0", make: || Ok(Box::new(Adam::without_momentum())) },
    Named { name: "Lbfgs", make: || Ok(Box::new(Lbfgs::default())) },
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
    Ok(Box::new(AmortizedGols::default().with_max_displacement(0.2)?))
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
    let batches = match sampling {
        Sampling::Full => None,
        _ => Some(MiniBatches::new(iris.len(), 10, 1000 + run)?),
    };
    SliceObjective::new(x0, batches, Model::new(network, Loss::SquaredPercentage, iris)?)
}

fn train(
    direction: &Named<dyn Direction<Iris>>,
    make: &dyn Fn() -> Result<Box<dyn LineSearch>, Error>,
    any_slope: bool,
    sampling: Sampling,
    (runs, cost): (u64, u64),
) -> Result<Outcome, Error> {
    let (mut errors, mut fallbacks, mut iterations) = (Vec::new(), 0, 0);
    for run in 1..=runs {
        let descent = Descent::new(objective(sampling, run)?)?.along((direction.make)()?);
        let mut descent = descent.with_search(make()?).with_any_slope(any_slope);
        while descent.evaluations().function_evaluations() < cost {
            fallbacks += u32::from(descent.step()?.fell_back);
            iterations += 1;
        }
        let (mut model, x) = descent.into_objective().into_parts();
        errors.push(model.error(&x)?);
    }
    errors.sort_by(f64::total_cmp);
    let error = errors[errors.len() / 2];
    Ok(Outcome { error, fallbacks: 100.0 * f64::from(fallbacks) / f64::from(iterations) })
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
        let outcome = train(direction, &make, any_slope, sampling, size)?;
        if best.as_ref().is_none_or(|(_, best)| outcome.error < best.error) {
            best = Some((length, outcome));
        }
    }
    Ok(best.unwrap_or((f64::NAN, Outcome { error: f64::NAN, fallbacks: f64::NAN })))
}

fn table(title: &str, sampling: Sampling, size: (u64, u64)) -> Result<(), Box<dyn StdError>> {
    let mut out = stdout();
    writeln!(
        out,
        "\n{title}: training error %, in brackets the share of iterations along -g, %\n"
    )?;
    write!(out, "{:<16}", "direction")?;
    for search in &SEARCHES {
        write!(out, "{:>16}", search.name)?;
    }
    writeln!(out, "{:>22}{:>22}", "best fixed", "best fixed, any slope")?;
    for direction in &DIRECTIONS {
        write!(out, "{:<16}", direction.name)?;
        for search in &SEARCHES {
            let outcome = train(direction, &search.make, false, sampling, size)?;
            let Outcome { error, fallbacks } = outcome;
            write!(out, "{:>16}", format!("{error:.2} ({fallbacks:.0})"))?;
            out.flush()?;
        }
        for any_slope in [false, true] {
            let (length, Outcome { error, fallbacks }) =
                best_fixed(direction, any_slope, sampling, size)?;
            write!(out, "{:>22}", format!("{error:.2} ({fallbacks:.0}) at {length:.0e}"))?;
        }
        writeln!(out)?;
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

fn main() -> Result<ExitCode, Box<dyn StdError>> {
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
    match tables(size) {
        // Nobody reads on.
        Err(error) if is_broken_pipe(&*error) => Ok(ExitCode::SUCCESS),
        outcome => outcome.map(|()| ExitCode::SUCCESS),
    }
}

fn tables(size: (u64, u64)) -> Result<(), Box<dyn StdError>> {
    writeln!(stdout(), "medians of {} runs of {} function evaluations", size.0, size.1)?;
    table("Mini-batches of 10", Sampling::Dynamic, size)?;
    table("All 150 flowers", Sampling::Full, size)
}

fn is_broken_pipe(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref().is_some_and(|e: &io::Error| e.kind() == io::ErrorKind::BrokenPipe)
}
