//! One trainer for `Gols` and for AdamW at five rates, which knows neither by name.

use std::time::Instant;

use candle_core::{Device, Error, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use gols::landscape::RandomVectors;
use gols::{MiniBatches, VectorSpace};
use gols_candle::{CandleObjective, Gols, ParamsGols};
use gols_conformance::race::{self, Curve, Look, Measure};

/// Those of AdamW; 0.001 is candle's default.
const RATES: [f64; 5] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];

/// Something to learn.
pub(crate) trait Task {
    type Network;

    /// How many rows there are to draw mini-batches from, and how many make a mini-batch.
    fn rows(&self) -> [usize; 2];

    /// A new network, the same every time, and its variables.
    fn network(&self) -> Result<(Self::Network, Vec<Var>)>;

    /// The loss on these rows.
    fn loss(&self, network: &Self::Network, rows: &[usize]) -> Result<Tensor>;

    /// The training loss, and what is measured beside it.
    fn outcome(&self, network: &Self::Network) -> Result<[f64; 2]>;

    fn measure(&self) -> Measure;
}

/// What became of an optimizer: how it came there, and the network in the end.
pub(crate) type Trained<T> = (Curve, <T as Task>::Network);

/// `Gols` as it is, and AdamW at each rate.
pub(crate) fn compare<T: Task>(task: &T, updates: usize) -> Result<Vec<Trained<T>>> {
    let (curve, network, mut gols) =
        train(task, updates, ("Gols", "-"), ParamsGols::default(), |gols: &mut Gols, look| {
            gols.averaged(look)
        })?;
    gols.finish()?;
    let mut all = vec![(curve, network)];
    for lr in RATES {
        let settings = ParamsAdamW { lr, ..ParamsAdamW::default() };
        let name = ("AdamW", &*lr.to_string());
        let (curve, network, _) =
            train(task, updates, name, settings, |_: &mut AdamW, look| look())?;
        all.push((curve, network));
    }
    Ok(all)
}

/// Trains with any optimizer of candle; `show` lets the network be seen as it is to be evaluated.
fn train<T: Task, O: Optimizer>(
    task: &T,
    updates: usize,
    (name, rate): (&str, &str),
    settings: O::Config,
    show: impl Fn(&mut O, &dyn Fn() -> Result<[f64; 2]>) -> Result<[f64; 2]>,
) -> Result<(Curve, T::Network, O)> {
    let (network, variables) = task.network()?;
    let mut optimizer = O::new(variables, settings)?;
    let ([rows, size], measure) = (task.rows(), task.measure());
    let mut batches = MiniBatches::new(rows, size, 1).map_err(Error::wrap)?;
    let (mut done, mut time, mut looks) = (0, f64::INFINITY, Vec::new());
    for until in race::looks(updates) {
        let start = Instant::now();
        for _ in done..until {
            let loss = task.loss(&network, batches.draw())?;
            optimizer.backward_step(&loss)?;
        }
        time = time.min(start.elapsed().as_secs_f64() / (until - done) as f64);
        done = until;
        let [loss, score] = show(&mut optimizer, &|| task.outcome(&network))?;
        eprintln!(
            "{name} {rate}, {done} updates: training loss {loss:.4}, {} {score:.*}",
            measure.name, measure.digits
        );
        looks.push(Look { updates: done, loss, score });
    }
    let curve = Curve { name: name.to_owned(), rate: rate.to_owned(), looks, time: 1e3 * time };
    Ok((curve, network, optimizer))
}

/// Sets variables to normal numbers, the same every time, with mean 0 and this standard deviation; those for which there
/// is none stay.
pub(crate) fn start(variables: &[Var], deviation: impl Fn(&Var) -> Option<f64>) -> Result<()> {
    let no_loss = |_: &()| Tensor::new(0f32, &Device::Cpu);
    let space = CandleObjective::new(variables.to_vec(), (), no_loss)?;
    let mut numbers = space.zeros()?;
    space.fill_normal(1, &mut numbers)?;
    for (variable, numbers) in variables.iter().zip(&numbers) {
        if let Some(deviation) = deviation(variable) {
            variable.set(&numbers.affine(deviation, 0.0)?)?;
        }
    }
    Ok(())
}
