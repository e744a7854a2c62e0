//! The optimizer beside burn's own.

use burn::module::Module;
use burn::optim::GradientsParams;
use gols::{Optimizer, Update};

use crate::error::Error;
use crate::module_space::{Known, ModuleSpace};
use crate::rule::Rule;
use crate::tensors::Tensors;

/// [`gols::Optimizer`] as an optimizer of burn: no learning rate, no schedule.
///
/// It takes the place of a [`ModuleOptimizer`](burn::optim::ModuleOptimizer) in a loop of one's own:
///
/// ```
/// use burn::module::Module;
/// use burn::nn::loss::{MseLoss, Reduction};
/// use burn::nn::LinearConfig;
/// use burn::optim::GradientsParams;
/// use burn::tensor::{Device, Tensor};
/// use gols_burn::{Error, GolsOptimizerConfig};
///
/// fn main() -> Result<(), Error> {
///     let device = Device::default().autodiff();
///     let mut model = LinearConfig::new(2, 1).init(&device);
///     let inputs = Tensor::<2>::from_data([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], &device);
///     let targets = Tensor::<2>::from_data([[1.0], [3.0], [0.0], [2.0]], &device);
///
///     let mut optimizer = GolsOptimizerConfig::new().init()?;
///     for _ in 0..200 {
///         let outputs = model.forward(inputs.clone());
///         let loss = MseLoss::new().forward(outputs, targets.clone(), Reduction::Mean);
///         let grads = GradientsParams::from_grads(loss.backward(), &model);
///         model = optimizer.step(model, grads)?;
///     }
///     model = optimizer.finish(model)?; // leaves the mean in the module
///     let loss = MseLoss::new().forward(model.forward(inputs), targets, Reduction::Mean);
///     assert!(loss.try_into_scalar::<f64>()? < 1e-3);
///     Ok(())
/// }
/// ```
///
/// **What the module holds.** While it trains it holds y, where gradients are taken. What one evaluates and keeps is
/// x, a mean of where the optimizer has been: look at it by [`averaged`](Self::averaged), and end with
/// [`finish`](Self::finish).
///
/// **One module.** Parameters are known by their identity ([`ParamId`](burn::module::ParamId)): an optimizer stays with
/// the module of its first step and with clones and records of it.
///
/// **Parameters without a gradient** stay where they are and count as 0: layers that a loss did not use. Frozen
/// ones and running statistics are no parameters to it.
///
/// **Clipping.** The step length follows from g·d₋, the slope where the last step led, beside |g₋·d₋|, the slope
/// where it began. Gradients that are clipped before they come here give the two different measures. So clip here, by
/// [`clip_norm`](crate::GolsOptimizerConfig::clip_norm): directions (and Adam's v) are then made of clipped gradients,
/// slopes of whole ones.
///
/// **f16 and bf16.** Moments, means and y itself are f32; a parameter holds y rounded to its type. What else
/// writes into such a parameter is overwritten by the next update.
///
/// **The device.** An update reads from it once, all inner products together, and once more where it measures how far
/// it has come from the start, which is often at first and seldom later.
#[derive(Debug)]
pub struct GolsOptimizer {
    pub(crate) optimizer: Optimizer<Tensors, Rule>,
    pub(crate) known: Known,
    pub(crate) last_update: Option<Update>,
}

impl GolsOptimizer {
    /// Moves `module` by one update, against these gradients at it.
    ///
    /// # Errors
    /// In the first step [`Error::NoParameters`], [`Error::Devices`], [`Error::Duplicate`] or [`Error::Start`] if the
    /// module is unfit; later [`Error::Vector`] if it is another one; [`Error::Read`] if the device fails. Keep a
    /// clone (tensors are shared) to go on after an error.
    pub fn step<M: Module>(&mut self, module: M, grads: GradientsParams) -> Result<M, Error> {
        let mut space = ModuleSpace::new(module, &mut self.known);
        let gradient = space.gradient(grads)?;
        self.last_update = Some(self.optimizer.step(&mut space, &gradient)?);
        Ok(space.model)
    }

    /// The step length α as it is now; 0 before the first update.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.optimizer.search().previous().unwrap_or(0.0)
    }

    /// Sets the remembered step length, which the next update starts from. No scheduler is wanted: each update sets
    /// it anew.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        let search = self.optimizer.search().clone().with_previous(learning_rate)?;
        *self.optimizer.search_mut() = search;
        Ok(())
    }

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

    /// The gradients that were skipped, because they were not finite: nothing moved then.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.optimizer.skipped()
    }

    /// Lets `look` see `module` at x, the mean. The module itself stays at y. Evaluate, and save what shall be
    /// shipped, here; for predictions use `valid()` of what it shows.
    ///
    /// # Errors
    /// [`Error::Vector`] if it is another module than the one that is trained.
    pub fn averaged<M: Module, R>(
        &mut self,
        module: &M,
        look: impl FnOnce(&M) -> R,
    ) -> Result<R, Error> {
        let mut space = ModuleSpace::new(module.clone(), &mut self.known);
        self.optimizer.averaged(&mut space, |space| look(&space.model))
    }

    /// `module` at x, the mean, for good. Training may go on from there: averaging starts anew, the step length
    /// stays.
    ///
    /// # Errors
    /// [`Error::Vector`] if it is another module than the one that is trained.
    pub fn finish<M: Module>(&mut self, module: M) -> Result<M, Error> {
        let mut space = ModuleSpace::new(module, &mut self.known);
        self.optimizer.finish(&mut space)?;
        Ok(space.model)
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Param;
    use burn::tensor::{DType, Device, Tensor};

    use super::*;
    use crate::arithmetic::READS;
    use crate::gols_optimizer_config::{Along, GolsOptimizerConfig};

    #[test]
    fn an_update_reads_from_the_device_once_and_once_more_where_the_reach_is_measured()
    -> Result<(), Error> {
        let device = Device::flex().autodiff();
        for dtype in [DType::F32, DType::F64, DType::BF16] {
            for along in [Along::Adam, Along::Gradient] {
                let ones = || Tensor::<1>::ones([100], (&device, dtype));
                let mut model = [(); 2].map(|()| Param::from_tensor(ones())).to_vec();
                let config = GolsOptimizerConfig::new().with_along(along);
                let mut gols = config.with_clip_norm(Some(1.0)).init()?;
                for update in 0..12 {
                    READS.set(0);
                    // Always the same gradient: it travels, and measures each time.
                    let start = [ones().require_grad(), ones().require_grad()];
                    let loss = start[0].clone().square().sum() + start[1].clone().square().mean();
                    let backward = loss.backward();
                    let mut grads = GradientsParams::new();
                    for (param, start) in model.iter().zip(&start) {
                        grads.register(param.id, start.grad(&backward).unwrap());
                    }
                    model = gols.step(model, grads)?;
                    assert!(update < 2 || READS.get() == 2, "{dtype:?}, {along:?}");
                }
                assert!(gols.last_update().is_some_and(|update| update.displacement > 0.0));
            }
        }
        Ok(())
    }
}
