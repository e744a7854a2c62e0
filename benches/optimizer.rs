//! What an update costs beside Adam's, written by hand.
//!
//! `cargo bench -p gols-benches --bench optimizer` prints a table for each number type. In every round each
//! optimizer starts anew and is warmed up; then the same updates are timed one by one, and the least time of
//! each over all rounds counts, so that a busy machine disturbs little. Gradients are made before every
//! update and are not timed.
//!
//! With `-- NAME N COUNT` so many updates of n numbers of f32 are made and nothing is timed, for programs
//! that count instructions: `-- slices 10000 20`. With `0.1s` for the count the first element of x after the updates
//! of the warm-up is printed, and the seconds of an update, for programs that set others beside.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use fearless_simd::{Simd, dispatch};
use gols::direction::{Direction, SteepestDescent};
use gols::{Optimizer, Real, SliceModel, SliceObjective, SliceOptimizer};

const LENGTHS: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const NAMES: [&str; 5] = ["adam", "slices", "slices_along_g", "any", "any_along_g"];
/// Updates that are not timed, and those that are.
const WARM: usize = 40;
const TIMED: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [name, n, count] => {
            let index = NAMES.iter().position(|known| *known == name);
            let index = index.ok_or_else(|| format!("'{name}' is none of {NAMES:?}"))?;
            let (n, mut contestant) = (n.parse()?, contestant::<f32>(index, n.parse()?)?);
            match count.strip_suffix('s') {
                Some(seconds) => report_one(&mut *contestant, n, seconds.parse()?),
                None => Ok(run(&mut *contestant, &mut vec![0.0; n], 0..count.parse()?).map(drop)?),
            }
        }
        // To see that it works.
        ["--test"] => report::<f32>("f32", 1, &LENGTHS[..2]),
        _ => {
            report::<f32>("f32", 8, &LENGTHS)?;
            println!();
            report::<f64>("f64", 8, &LENGTHS[..4])
        }
    }
}

fn report<T: Real>(number: &str, rounds: usize, lengths: &[usize]) -> Result<(), Box<dyn Error>> {
    println!("{number}, {:?}: ns an element, and as a multiple of Adam's", gols_benches::level());
    println!(
        "{:>10} {:>12} {:>19} {:>19} {:>19} {:>19}",
        "n", "Adam by hand", "SliceOptimizer", "along -g", "Optimizer", "along -g"
    );
    for &n in lengths {
        // The same time for each length but the largest.
        let rounds = rounds * (1_000_000 / n).clamp(1, 20);
        let (mut times, mut gradient) = ([[f64::INFINITY; TIMED]; 5], vec![T::zero(); n]);
        for _ in 0..rounds {
            for (index, least) in times.iter_mut().enumerate() {
                let mut contestant = contestant::<T>(index, n)?;
                run(&mut *contestant, &mut gradient, 0..WARM)?;
                let times = run(&mut *contestant, &mut gradient, WARM..WARM + TIMED)?;
                least.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
            }
        }
        let [adam, others @ ..] =
            times.map(|times| 1e9 * times.iter().sum::<f64>() / (TIMED * n) as f64);
        print!("{n:>10} {adam:>12.3}");
        others.iter().for_each(|other| print!(" {other:>10.3} ({:>5.2} x)", other / adam));
        println!();
    }
    Ok(())
}

/// Prints the first of n elements after the warm-up, and the least mean time of so many updates as a table times.
fn report_one(
    contestant: &mut dyn Contestant<f32>,
    n: usize,
    seconds: f64,
) -> Result<(), Box<dyn Error>> {
    let mut gradient = vec![0.0; n];
    run(contestant, &mut gradient, 0..WARM)?;
    let (first, begin, mut updates) = (contestant.parameters()[0], Instant::now(), WARM);
    let mut least = f64::INFINITY;
    while least.is_infinite() || begin.elapsed().as_secs_f64() < seconds {
        let times = run(contestant, &mut gradient, updates..updates + TIMED)?;
        updates += TIMED;
        least = least.min(times.iter().sum::<f64>() / TIMED as f64);
    }
    writeln!(std::io::stdout(), "{first:e} {least:e}")?;
    Ok(())
}

/// Parameters and what updates them.
trait Contestant<T> {
    fn parameters(&self) -> &[T];
    #[allow(clippy::ptr_arg, reason = "`Optimizer` takes its objective's vectors")]
    fn update(&mut self, gradient: &Vec<T>) -> Result<(), gols::Error>;
}

fn contestant<T: Real>(index: usize, n: usize) -> Result<Box<dyn Contestant<T>>, gols::Error> {
    let x = || vec![T::zero(); n];
    // The gradients are made in `run`.
    let objective = || SliceObjective::from_fn(x(), |_, _| 0.0);
    let any = || Optimizer::new(&objective()?);
    Ok(match NAMES[index] {
        "slices" => Box::new((x(), SliceOptimizer::new(n))),
        "slices_along_g" => Box::new((x(), SliceOptimizer::new(n).steepest_descent())),
        "any" => Box::new((objective()?, any()?)),
        "any_along_g" => Box::new((objective()?, any()?.along(SteepestDescent))),
        _ => Box::new(Adam { x: x(), m: x(), v: x(), powers: [T::one(); 2] }),
    })
}

/// The times of some updates. Gradients are those of ½ |x − 1|², with noise that keeps them from 0.
fn run<T: Real>(
    contestant: &mut dyn Contestant<T>,
    gradient: &mut Vec<T>,
    updates: std::ops::Range<usize>,
) -> Result<Vec<f64>, gols::Error> {
    updates
        .map(|t| {
            let noise = T::from([0.1, -0.1, 0.3, -0.3][t % 4]).unwrap_or(T::zero());
            for (g, &x) in gradient.iter_mut().zip(contestant.parameters()) {
                *g = x - T::one() + noise;
            }
            let start = Instant::now();
            contestant.update(black_box(gradient))?;
            Ok(start.elapsed().as_secs_f64())
        })
        .collect()
}

/// Adam as its authors wrote it (Kingma and Ba 2015), in one loop on the vectors of the processor.
struct Adam<T> {
    x: Vec<T>,
    m: Vec<T>,
    v: Vec<T>,
    powers: [T; 2],
}

impl<T: Real> Contestant<T> for Adam<T> {
    fn parameters(&self) -> &[T] {
        &self.x
    }

    fn update(&mut self, gradient: &Vec<T>) -> Result<(), gols::Error> {
        let one = T::one();
        let [rate, beta1, beta2, epsilon] =
            [1e-3, 0.9, 0.999, 1e-8].map(|x| T::from(x).unwrap_or(one));
        self.powers = [self.powers[0] * beta1, self.powers[1] * beta2];
        let [step, root] = [rate / (one - self.powers[0]), (one - self.powers[1]).sqrt()];
        let moments = self.m.iter_mut().zip(&mut self.v);
        let all = self.x.iter_mut().zip(gradient).zip(moments);
        dispatch!(gols_benches::level(), simd => simd.vectorize(
            #[inline(always)]
            || all.for_each(|((x, &g), (m, v))| {
                *m = beta1 * *m + (one - beta1) * g;
                *v = beta2 * *v + (one - beta2) * (g * g);
                *x = *x - step * *m / (v.sqrt() / root + epsilon);
            }),
        ));
        Ok(())
    }
}

impl<T: Real> Contestant<T> for (Vec<T>, SliceOptimizer<T>) {
    fn parameters(&self) -> &[T] {
        &self.0
    }

    fn update(&mut self, gradient: &Vec<T>) -> Result<(), gols::Error> {
        self.1.step(&mut self.0, gradient).map(drop)
    }
}

impl<T: Real, M, D> Contestant<T> for (SliceObjective<T, M>, Optimizer<Vec<T>, D>)
where
    M: SliceModel<T, Error = gols::Error>,
    D: Direction<SliceObjective<T, M>>,
{
    fn parameters(&self) -> &[T] {
        self.0.parameters()
    }

    fn update(&mut self, gradient: &Vec<T>) -> Result<(), gols::Error> {
        self.1.step(&mut self.0, gradient).map(drop)
    }
}
