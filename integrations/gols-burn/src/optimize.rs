//! An update by whichever optimizer is there.

use std::cell::RefCell;
use std::collections::VecDeque;

use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::module::{Module, Param, ParamId};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;

use crate::error::Error;
use crate::fitness::check_fitness;
use crate::saved::{Misfit, Saved};
use crate::shared_optimizer::SharedOptimizer;
use crate::walk::{Operation, for_each};

/// Moves `module` by one update of `optimizer`: of a [`SharedOptimizer`] where it was made of one, otherwise of burn's own.
///
/// It is what a model's `TrainStep::optimize` calls in burn's `Learner`:
///
/// ```
/// # use burn::module::Module;
/// # use burn::nn::Linear;
/// # use burn::tensor::Tensor;
/// # use burn::train::{RegressionOutput, TrainOutput, TrainStep};
/// use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
/// use burn::optim::{GradientsParams, ModuleOptimizer};
///
/// # #[derive(Module, Debug)]
/// # struct Model { layer: Linear }
/// impl TrainStep for Model {
///     // ...
/// #   type Input = (Tensor<2>, Tensor<2>);
/// #   type Output = RegressionOutput;
/// #   fn step(&self, (x, t): Self::Input) -> TrainOutput<RegressionOutput> {
/// #       let y = self.layer.forward(x);
/// #       let loss = (y.clone() - t.clone()).square().mean();
/// #       TrainOutput::new(self, loss.backward(), RegressionOutput::new(loss, y, t))
/// #   }
///     fn optimize(self, optim: &mut ModuleOptimizer, lr: ModuleLearningRate, grads: GradientsParams) -> Self {
///         gols_burn::optimize(optim, lr, self, grads).expect("an update")
///     }
/// }
/// ```
///
/// 1. Ask a clone of `optimizer` to move a parameter of its own: a shared optimizer makes itself known then. If none does,
///    take burn's step.
/// 2. Go with `optimizer` through the module: each parameter is attached to the shared optimizer, so that records of
///    `optimizer` have its state, and what was loaded from a record is handed over.
/// 3. If something was loaded, go back to it.
/// 4. Take the shared optimizer's step.
///
/// `learning_rate` is for burn's own. One device: `optimize_multi` is burn's own.
///
/// # Errors
/// Those of [`GolsOptimizer::step`](crate::GolsOptimizer::step); [`Error::Checkpoint`] if what was loaded is not of this
/// module; [`Error::Mixed`] if `optimizer` has groups of other optimizers, or clips gradients.
pub fn optimize<M: Module>(
    optimizer: &mut ModuleOptimizer,
    learning_rate: impl Into<ModuleLearningRate>,
    module: M,
    grads: GradientsParams,
) -> Result<M, Error> {
    // 1.
    let Some(shared) = shared_of(optimizer, &module)? else {
        return Ok(optimizer.step(learning_rate, module, grads));
    };
    if optimizer.has_gradient_clipping() {
        let part = "burn's optimizer clips gradients: take GolsOptimizerConfig::with_clip_norm";
        return Err(Error::Mixed { part });
    }
    // 2.
    let Visit { left, loaded, parameters, .. } = visit(optimizer, &module)?;
    if !left.is_empty() {
        check_fitness(&module)?;
        return Err(Error::Mixed {
            part: "some are in groups of other optimizers: leave these out",
        });
    }
    let mut gols = shared.lock();
    // 3.
    if !loaded.is_empty() {
        let missing = parameters - loaded.len();
        let saved = match missing {
            0 => Saved::together(loaded),
            _ => Err(Misfit(format!("it has nothing of {missing} of {parameters} parameters"))),
        };
        let restored = saved.and_then(|saved| gols.restore(&module, saved));
        restored.map_err(|Misfit(reason)| Error::Checkpoint { reason })?;
    }
    // 4.
    gols.step(module, grads)
}

/// A walk of burn's optimizer through a module.
#[derive(Default)]
struct Visit {
    parameters: usize,
    /// Parameters that are still to come.
    left: VecDeque<ParamId>,
    met: Option<SharedOptimizer>,
    /// What records had of the parameters.
    loaded: Vec<Saved>,
}

thread_local! {
    static VISIT: RefCell<Option<Visit>> = const { RefCell::new(None) };
}

/// Says that burn's optimizer has come to a parameter: the one of this identity.
///
/// # Panics
/// If nobody has asked it to, as then nothing would be trained.
pub(crate) fn visited(optimizer: &SharedOptimizer, loaded: Option<Saved>) -> ParamId {
    VISIT.with_borrow_mut(|visit| {
        let visit = visit.as_mut().unwrap_or_else(|| {
            panic!(
                "a step of burn's optimizer would move nothing here: let `TrainStep::optimize` \
                 return `gols_burn::optimize(optimizer, rate, self, grads)`, on one device"
            )
        });
        visit.met.get_or_insert_with(|| optimizer.clone());
        visit.loaded.extend(loaded);
        visit.left.pop_front().expect("burn's optimizer comes to each parameter once")
    })
}

/// Lets burn's optimizer go through the parameters that require gradients.
fn visit<M: Module>(optimizer: &mut ModuleOptimizer, module: &M) -> Result<Visit, Error> {
    let mut all = Everything::default();
    for_each(module, &mut all)?;
    VISIT.set(Some(Visit { parameters: all.ids.len(), left: all.ids, ..Visit::default() }));
    optimizer.step(0.0, module.clone(), all.grads);
    Ok(VISIT.take().unwrap_or_default())
}

/// The shared optimizer that burn's was made of, if it was.
fn shared_of<M: Module>(
    optimizer: &ModuleOptimizer,
    module: &M,
) -> Result<Option<SharedOptimizer>, Error> {
    let device = module.devices().into_iter().next().ok_or(Error::NoParameters)?;
    let own = Param::from_tensor(Tensor::<1>::zeros([1], &device.autodiff()));
    Ok(visit(&mut optimizer.clone(), &own)?.met)
}

/// Every parameter, and a tensor for each in the place of its gradient.
#[derive(Default)]
struct Everything {
    ids: VecDeque<ParamId>,
    grads: GradientsParams,
}

impl Operation for Everything {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        self.ids.push_back(id);
        self.grads.register(id, x.inner());
        Ok(())
    }
}
