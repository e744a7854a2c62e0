//! One candle model on two threads: the collective of slices, for tensors.

mod common;

use std::thread;

use candle_core::{DType, Error, Result, Tensor, Var};
use common::{error, iris, layers, numbers, select};
use gols::parallel::{Collective, DataParallel, ThreadCollective};
use gols::search::{AmortizedGols, InexactGols, LineSearch};
use gols::{Descent, MiniBatches};
use gols_candle::CandleObjective;

/// Averages tensors by way of the host, one at a time.
struct Tensors(ThreadCollective);

impl Collective<Vec<Tensor>> for Tensors {
    type Error = Error;

    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn sum(&self, scalars: &mut [f64]) -> Result<()> {
        Collective::<Vec<f64>>::sum(&self.0, scalars).map_err(Error::wrap)
    }

    fn average(&self, tensors: &mut Vec<Tensor>) -> Result<()> {
        for tensor in tensors {
            let mut numbers = tensor.flatten_all()?.to_vec1::<f64>()?;
            self.0.average(&mut numbers).map_err(Error::wrap)?;
            *tensor = Tensor::from_vec(numbers, tensor.shape(), tensor.device())?;
        }
        Ok(())
    }
}

/// One rank's parameters after each of 150 iterations, and what they have done for the loss on all of Iris.
fn train(collective: Tensors, search: Box<dyn LineSearch>) -> Result<(Vec<Vec<f64>>, f64)> {
    let (all, layers) = (iris(DType::F64)?, layers(DType::F64)?); // the same on every rank
    let batches = MiniBatches::new(150, 10, collective.rank() as u64); // others on every rank
    let mut batches = batches.map_err(Error::wrap)?;
    let whole_error = || error(&layers, &all)?.to_scalar::<f64>();

    let start = whole_error()?;
    let objective =
        CandleObjective::new(layers.clone(), all.clone(), |batch| error(&layers, batch))?
            .with_batches(|| select(&all, batches.draw()));
    let descent = Descent::new(DataParallel::new(objective, collective)).map_err(Error::wrap)?;
    let mut descent = descent.with_search(search);
    let mut path = Vec::new();
    for _ in 0..150 {
        descent.step().map_err(Error::wrap)?;
        path.push(numbers(layers.iter().map(Var::as_tensor))?);
    }
    Ok((path, whole_error()? / start))
}

#[test]
fn two_ranks_stay_the_same_bit_for_bit() -> Result<()> {
    let searches: [fn() -> Box<dyn LineSearch>; 2] =
        [|| Box::new(InexactGols::default()), || Box::new(AmortizedGols::default())];
    for search in searches {
        let group = ThreadCollective::group(2).map_err(Error::wrap)?;
        let ranks = group.into_iter().map(Tensors);
        let workers: Vec<_> =
            ranks.map(|rank| thread::spawn(move || train(rank, search()))).collect();
        let mut outcomes = Vec::new();
        for worker in workers {
            outcomes.push(worker.join().unwrap()?);
        }
        assert_eq!(outcomes[0].0, outcomes[1].0);
        let left = outcomes[0].1;
        assert!(left < 0.5, "{left} of the loss is left");
    }
    Ok(())
}
