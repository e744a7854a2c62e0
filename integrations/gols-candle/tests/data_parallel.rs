//! One candle model on two threads: the collective of slices, for tensors; searched along lines, and in a loop of one's
//! own that averages gradients.

mod common;

use std::thread;

use candle_core::backprop::GradStore;
use candle_core::{DType, Error, Result, Tensor, Var};
use candle_nn::Optimizer;
use common::{error, iris, layers, numbers, select};
use gols::parallel::{Collective, DataParallel, ThreadCollective, average};
use gols::search::{AmortizedGols, InexactGols, LineSearch};
use gols::{Descent, MiniBatches};
use gols_candle::{CandleObjective, Gols, ParamsGols};

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

/// The mean loss, and the mean gradients in the store.
fn average_gradients(
    collective: &Tensors,
    loss: Result<f64>,
    layers: &[Var],
    gradients: &mut GradStore,
) -> Result<f64> {
    let own = layers.iter().map(|layer| match gradients.remove(layer) {
        Some(gradient) => Ok(gradient),
        None => layer.zeros_like(), // the ranks' vectors are of one length
    });
    let mut all = own.collect::<Result<Vec<_>>>()?;
    let loss = average(collective, loss, &mut all).map_err(Error::wrap)?;
    for (layer, gradient) in layers.iter().zip(all) {
        gradients.insert(layer, gradient);
    }
    Ok(loss)
}

/// One rank's parameters after each of 150 updates, and what they have done for the loss on all of Iris. In update 20
/// the last rank has an error, in update 40 a NaN.
fn push(collective: Tensors) -> Result<(Vec<Vec<f64>>, f64)> {
    let (all, layers) = (iris(DType::F64)?, layers(DType::F64)?);
    let batches = MiniBatches::new(150, 10, collective.rank() as u64);
    let mut batches = batches.map_err(Error::wrap)?;
    let start = error(&layers, &all)?.to_scalar::<f64>()?;
    let mut optimizer = Gols::new(layers.clone(), ParamsGols::default())?;
    let (is_last, mut path) = (collective.rank() + 1 == collective.size(), Vec::new());
    for update in 0..150 {
        let mut loss = error(&layers, &select(&all, batches.draw())?)?;
        if is_last && update == 40 {
            loss = (loss * f64::NAN)?;
        }
        let mut own = loss.to_scalar::<f64>();
        if is_last && update == 20 {
            own = Err(Error::Msg("no memory left".into()));
        }
        let mut gradients = loss.backward()?;
        match average_gradients(&collective, own, &layers, &mut gradients) {
            Ok(loss) => {
                assert_eq!(loss.is_nan(), update == 40);
                optimizer.step(&gradients)?;
            }
            Err(error) => {
                assert_eq!(update, 20, "{error}");
                assert!(error.to_string().contains("rank 1"), "{error}");
            }
        }
        path.push(numbers(layers.iter().map(Var::as_tensor))?);
    }
    assert_eq!(optimizer.updates(), 148);
    optimizer.finish()?;
    path.push(numbers(layers.iter().map(Var::as_tensor))?);
    Ok((path, error(&layers, &all)?.to_scalar::<f64>()? / start))
}

#[test]
fn two_ranks_that_average_their_gradients_stay_the_same_through_errors_and_nan() -> Result<()> {
    let group = ThreadCollective::group(2).map_err(Error::wrap)?;
    let workers: Vec<_> =
        group.into_iter().map(|rank| thread::spawn(move || push(Tensors(rank)))).collect();
    let mut outcomes = Vec::new();
    for worker in workers {
        outcomes.push(worker.join().unwrap()?);
    }
    assert_eq!(outcomes[0].0, outcomes[1].0);
    let path = &outcomes[0].0;
    assert!(path[19] == path[20] && path[39] == path[40] && path[20] != path[21]);
    let left = outcomes[0].1;
    assert!(left < 0.3, "{left} of the loss is left");
    Ok(())
}
