//! The optimizer in the place of candle's own.

use candle_core::backprop::GradStore;
use candle_core::{Error, Result, Var};
use gols::search::AmortizedGols;
use gols::{Optimizer, Update};

use crate::params_gols::ParamsGols;
use crate::rule::Rule;
use crate::tensors::Tensors;
use crate::variable_space::VariableSpace;

/// [`gols::Optimizer`] as an optimizer of candle: no learning rate, no schedule.
///
/// It implements [`candle_nn::Optimizer`], so that it takes the place of `AdamW` and nothing else changes:
///
/// ```
/// use candle_core::{DType, Device, Result, Tensor};
/// use candle_nn::{Module, Optimizer, VarBuilder, VarMap, linear, loss::mse};
/// use gols_candle::{Gols, ParamsGols};
///
/// fn main() -> Result<()> {
///     let (map, device) = (VarMap::new(), Device::Cpu);
///     let model = linear(2, 1, VarBuilder::from_varmap(&map, DType::F32, &device))?;
///     let inputs = Tensor::new(&[[0f32, 0.], [1., 0.], [0., 1.], [1., 1.]], &device)?;
///     let targets = Tensor::new(&[[1f32], [3.], [0.], [2.]], &device)?;
///
///     let mut optimizer = Gols::new(map.all_vars(), ParamsGols::default())?;
///     for _ in 0..200 {
///         optimizer.backward_step(&mse(&model.forward(&inputs)?, &targets)?)?;
///     }
///     optimizer.finish()?; // leaves the mean in the variables
///     assert!(mse(&model.forward(&inputs)?, &targets)?.to_scalar::<f32>()? < 1e-3);
///     Ok(())
/// }
/// ```
///
/// **What the variables hold.** While it trains they hold y, where gradients are taken. What one evaluates
/// and keeps is x, a mean of where the optimizer has been: look at it within [`averaged`](Self::averaged),
/// and end with [`finish`](Self::finish).
///
/// **Learning rate.** [`learning_rate`](candle_nn::Optimizer::learning_rate) is the step length α as it is now, 0 before
/// the first update. [`set_learning_rate`](candle_nn::Optimizer::set_learning_rate) sets the one that is remembered,
/// from which the next update goes on; what is not positive and finite is ignored. No scheduler is wanted: one that
/// sets a rate at every update takes the step length out of the optimizer's hands.
///
/// **Variables without a gradient** stay where they are and count as 0: frozen ones, the running statistics of
/// `BatchNorm`, layers that a loss did not use.
///
/// **Clipping.** The step length follows from g·d₋, the slope where the last step led, beside |g₋·d₋|, the slope
/// where it began. Gradients that are clipped before they come here give the two different measures: a steep arrival
/// looks gentle, and a step that is too long shrinks too little. So clip here, by [`ParamsGols::clip_norm`]:
/// directions (and Adam's v) are then made of clipped gradients, slopes of whole ones.
///
/// **f16 and bf16.** Moments, means and y itself are f32; a variable holds y rounded to its type. What else
/// writes into such a variable is overwritten by the next update.
///
/// **The device.** An update reads from it once, all inner products together, and once more where it measures how far
/// it has come from the start, which is often at first and seldom later. The variables' order changes no bit.
#[derive(Debug)]
pub struct Gols {
    pub(crate) space: VariableSpace,
    pub(crate) optimizer: Optimizer<Tensors, Rule>,
    pub(crate) last_update: Option<Update>,
}

impl candle_nn::Optimizer for Gols {
    type Config = ParamsGols;

    /// As in candle's own, variables that are no floating-point numbers are left out.
    fn new(variables: Vec<Var>, params: ParamsGols) -> Result<Self> {
        let variables = variables.into_iter().filter(|variable| variable.dtype().is_float());
        let space = VariableSpace::new(variables.collect())?;
        let search = AmortizedGols::for_averages();
        let search = match params.max_displacement {
            Some(cap) => search.with_max_displacement(cap).map_err(Error::wrap)?,
            None => search,
        };
        let optimizer = Optimizer::new(&space)?
            .along(Rule::new(&params).map_err(Error::wrap)?)
            .with_search(search)
            .with_averaging(params.averaging)
            .map_err(Error::wrap)?;
        Ok(Self { space, optimizer, last_update: None })
    }

    fn step(&mut self, gradients: &GradStore) -> Result<()> {
        let gradient = self.space.gradient(gradients)?;
        self.last_update = Some(self.optimizer.step(&mut self.space, &gradient)?);
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.optimizer.search().previous().unwrap_or(0.0)
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        if let Ok(search) = self.optimizer.search().clone().with_previous(learning_rate) {
            self.optimizer = self.optimizer.clone().with_search(search);
        }
    }
}

impl Gols {
    /// What the last update did: its step length, slopes and displacement, |g|. None before the first.
    #[must_use]
    pub fn last_update(&self) -> Option<&Update> {
        self.last_update.as_ref()
    }

    /// The updates that moved, since the beginning or since [`finish`](Self::finish).
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.optimizer.updates()
    }

    /// The gradients that were skipped, because they were not finite: nothing moved then, and the step length shrank a
    /// little.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.optimizer.skipped()
    }

    /// Lets `look` see x, the mean, in the variables; afterwards y stands there again, bit for bit.
    /// Evaluate, and save what shall be kept, here.
    ///
    /// ```
    /// use candle_core::{Device, Result, Var};
    /// use candle_nn::Optimizer;
    /// use gols_candle::{Gols, ParamsGols};
    ///
    /// fn main() -> Result<()> {
    ///     let x = Var::new(4.0, &Device::Cpu)?;
    ///     let mut optimizer = Gols::new(vec![x.clone()], ParamsGols::default())?;
    ///     for _ in 0..100 {
    ///         optimizer.backward_step(&x.sqr()?)?;
    ///     }
    ///     let y = x.to_scalar::<f64>()?;
    ///     let mean = optimizer.averaged(|| x.to_scalar::<f64>())?;
    ///     assert!(mean != y && x.to_scalar::<f64>()? == y);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Candle's, or that of `look`.
    pub fn averaged<R>(&mut self, look: impl FnOnce() -> Result<R>) -> Result<R> {
        self.optimizer.averaged(&mut self.space, |_| look())?
    }

    /// Leaves x, the mean, in the variables for good. Training may go on from there: averaging starts anew,
    /// the step length stays.
    ///
    /// # Errors
    /// Candle's.
    pub fn finish(&mut self) -> Result<()> {
        self.optimizer.finish(&mut self.space)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};
    use candle_nn::Optimizer as _;

    use super::*;
    use crate::arithmetic::READS;
    use crate::objective::CandleObjective;
    use crate::params_gols::Along;

    fn variables_and_loss(dtype: DType) -> Result<(Vec<Var>, Tensor)> {
        let [x, y] = [(); 2].map(|()| Var::ones(100, dtype, &Device::Cpu));
        let (x, y) = (x?, y?);
        let loss = (x.sqr()?.sum_all() + y.affine(3.0, 0.0)?.sqr()?.mean_all()?)?;
        Ok((vec![x, y], loss))
    }

    #[test]
    fn an_update_reads_from_the_device_once_and_once_more_where_the_reach_is_measured() -> Result<()>
    {
        for dtype in [DType::F32, DType::F64, DType::BF16] {
            for along in [Along::Adam, Along::Gradient] {
                let (variables, loss) = variables_and_loss(dtype)?;
                let clipped = ParamsGols { along, clip_norm: Some(1.0), ..ParamsGols::default() };
                let mut gols = Gols::new(variables, clipped)?;
                gols.backward_step(&loss)?; // the size of the variables, too
                gols.backward_step(&loss)?;
                for _ in 0..10 {
                    READS.set(0);
                    gols.backward_step(&loss)?;
                    // On the same gradient it travels, and measures each time.
                    assert_eq!(READS.get(), 2, "{dtype:?}, {along:?}");
                    assert!(gols.last_update.is_some_and(|update| update.displacement > 0.0));
                }
            }
        }
        Ok(())
    }

    #[test]
    fn over_an_objective_an_update_reads_the_loss_and_the_products() -> Result<()> {
        let (variables, _) = variables_and_loss(DType::F32)?;
        let model = variables.clone();
        let mut objective =
            CandleObjective::new(variables, (), |()| model[0].add(&model[1])?.sqr()?.sum_all())?;
        let mut optimizer = Optimizer::new(&objective)?;
        optimizer.train(&mut objective, 2)?;
        READS.set(0);
        optimizer.train(&mut objective, 10)?;
        // On its way the reach is measured in each.
        assert_eq!(READS.get(), 30);
        Ok(())
    }
}
