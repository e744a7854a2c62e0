//! The optimizer in the place of one of burn's own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::module::{Param, ParamId};
use burn::optim::{LearningRate, ModuleOptimizer, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor, TensorData};

use crate::optimize::visited;
use crate::optimizer::GolsOptimizer;
use crate::saved::{Saved, WIDE, in_memory};

/// A [`GolsOptimizer`] that stands where burn has a [`ModuleOptimizer`]: in its `Learner`, and in its checkpoints.
///
/// `ModuleOptimizer::from` makes an optimizer of burn of it. That one moves each parameter for itself, so it moves nothing
/// here; what it does is to carry this handle to [`optimize`](crate::optimize), and the run into the optimizer's
/// [record](burn::optim::OptimizerRecord) and out of it. All clones are one optimizer.
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::optim::{GradientsParams, ModuleOptimizer};
/// use burn::tensor::{Device, Tensor};
/// use gols_burn::{Error, GolsOptimizerConfig, optimize};
///
/// fn main() -> Result<(), Error> {
///     let device = Device::default().autodiff();
///     let mut model = LinearConfig::new(3, 1).init(&device);
///     let gols = GolsOptimizerConfig::new().init()?.shared();
///     let mut optimizer = ModuleOptimizer::from(gols.clone());
///     for _ in 0..50 {
///         let outputs = model.forward(Tensor::<2>::ones([1, 3], &device));
///         let grads = GradientsParams::from_grads(outputs.square().sum().backward(), &model);
///         model = optimize(&mut optimizer, 0.0, model, grads)?;
///     }
///     assert!(!optimizer.to_record().is_empty());
///     let model = gols.lock().finish(model)?;
///     let outputs = model.forward(Tensor::<2>::ones([1, 3], &device));
///     assert!(outputs.square().sum().try_into_scalar::<f64>()? < 1e-3);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SharedOptimizer(Arc<Mutex<GolsOptimizer>>);

impl GolsOptimizer {
    /// A handle that also burn's `Learner` can hold.
    #[must_use]
    pub fn shared(self) -> SharedOptimizer {
        SharedOptimizer(Arc::new(Mutex::new(self)))
    }
}

impl SharedOptimizer {
    /// The optimizer itself, for as long as nobody else has it: to [finish](GolsOptimizer::finish), to log its
    /// [updates](GolsOptimizer::last_update).
    pub fn lock(&self) -> MutexGuard<'_, GolsOptimizer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<SharedOptimizer> for ModuleOptimizer {
    fn from(optimizer: SharedOptimizer) -> Self {
        Carrier(optimizer).into()
    }
}

/// What burn takes for a rule that moves parameters one by one.
#[derive(Clone)]
struct Carrier(SharedOptimizer);

impl Optimizer for Carrier {
    type State<const D: usize> = Carried<D>;

    fn step<const D: usize>(
        &self,
        _: LearningRate,
        x: Tensor<D>,
        _: Tensor<D>,
        state: Option<Carried<D>>,
    ) -> (Tensor<D>, Option<Carried<D>>) {
        let (loaded, attached) = match state {
            Some(Carried::Loaded(saved)) => (Some(saved), None),
            Some(attached) => (None, Some(attached)),
            None => (None, None),
        };
        let id = visited(&self.0, loaded);
        let attach = || Carried::Attached { optimizer: self.0.clone(), id };
        let state = attached.unwrap_or_else(attach);
        (x, Some(state))
    }

    fn to_device<const D: usize>(state: Carried<D>, _: &Device) -> Carried<D> {
        state // which is read where the parameter is
    }
}

/// What is kept with one parameter.
#[derive(Clone)]
enum Carried<const D: usize> {
    /// All that is of this parameter in an optimizer.
    Attached { optimizer: SharedOptimizer, id: ParamId },
    /// What has come from a record, and is not in an optimizer yet.
    Loaded(Saved),
}

const NUMBERS: &str = "gols";
const VECTORS: &str = "vectors";

impl<const D: usize> RecordState for Carried<D> {
    /// # Panics
    /// If the device fails, as it does for burn's own.
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        let Saved { numbers, vectors, tensors } = match self {
            Self::Attached { optimizer, id } => {
                // It stands for the parameter: the identity and the rank matter, and that it requires a gradient.
                let one = Tensor::<D>::zeros([1; D], &Device::default().autodiff());
                let one = Param::initialized(*id, one.require_grad());
                let saved = optimizer.lock().to_saved(&one);
                saved.unwrap_or_else(|error| panic!("an optimizer is not saved: {error}"))
            }
            Self::Loaded(saved) => saved.clone(),
        };
        out.push_scalar(prefix, VECTORS, vectors.into());
        out.push_tensor(prefix, NUMBERS, TensorData::from(numbers.as_bytes()));
        for ((vector, _), data) in tensors {
            out.push_tensor(prefix, &vector, data);
        }
    }

    fn state_unflatten(prefix: &str, source: &mut StateSource, _: &Device) -> Option<Self> {
        let id = prefix.parse().ok()?;
        let vectors = u64::try_from(source.take_scalar(prefix, VECTORS)?).ok()?;
        let numbers = source.take_tensor(prefix, NUMBERS)?;
        let numbers = String::from_utf8(numbers.as_bytes().to_vec()).ok()?;
        let mut tensors = BTreeMap::new();
        for vector in (0..vectors).map(|place| place.to_string()).chain([WIDE.to_owned()]) {
            if let Some(data) = source.take_tensor(prefix, &vector) {
                tensors.insert((vector, id), in_memory(data));
            }
        }
        Some(Self::Loaded(Saved { numbers, vectors, tensors }))
    }
}
