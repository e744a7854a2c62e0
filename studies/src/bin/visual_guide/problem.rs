//! The paper's problem: the Iris network, its starts, planes and mini-batches.

use std::sync::{Arc, LazyLock};

use gols::landscape::{Grid, Plane};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Error, MiniBatches, SliceObjective, StochasticObjective, VectorSpace};
use gols_studies::seeds;
use serde::Serialize;

pub(crate) type Objective = SliceObjective<f64, Model<f64>>;

/// The samples of Iris, the paper's M.
pub(crate) const SAMPLES: usize = 150;

/// The six activations of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    Sigmoid,
    Tanh,
    Softsign,
    Relu,
    LeakyRelu,
    Elu,
}

impl Unit {
    pub(crate) const SATURATION: [Self; 3] = [Self::Sigmoid, Self::Tanh, Self::Softsign];
    pub(crate) const SPARSITY: [Self; 3] = [Self::Relu, Self::LeakyRelu, Self::Elu];
    pub(crate) const ALL: [Self; 6] =
        [Self::Sigmoid, Self::Tanh, Self::Softsign, Self::Relu, Self::LeakyRelu, Self::Elu];

    pub(crate) fn activation(self) -> Activation {
        match self {
            Self::Sigmoid => Activation::Sigmoid,
            Self::Tanh => Activation::Tanh,
            Self::Softsign => Activation::Softsign,
            Self::Relu => Activation::Relu,
            Self::LeakyRelu => Activation::LeakyRelu,
            Self::Elu => Activation::Elu,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        ["Sigmoid", "Tanh", "Softsign", "ReLU", "Leaky ReLU", "ELU"][self as usize]
    }
}

/// Where one looks, and along what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    /// [-20, 20] along two random orthonormal directions ([VG] 3.1).
    Global,
    /// [-2, 2], d1 the full-batch steepest descent direction scaled to length 1 ([VG] 3.2).
    LocalUnit,
    /// The same with d1 as long as the gradient: steps along d1 count in gradients.
    LocalRaw,
}

impl Domain {
    pub(crate) const ALL: [Self; 3] = [Self::Global, Self::LocalUnit, Self::LocalRaw];

    pub(crate) fn half_range(self) -> f64 {
        match self {
            Self::Global => 20.0,
            Self::LocalUnit | Self::LocalRaw => 2.0,
        }
    }

    /// How d1 is read.
    pub(crate) fn reading(self) -> &'static str {
        match self {
            Self::Global | Self::LocalUnit => "unit",
            Self::LocalRaw => "raw",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Global => "[-20, 20]",
            Self::LocalUnit => "[-2, 2], unit d1",
            Self::LocalRaw => "[-2, 2], raw d1",
        }
    }

    /// So many increments of a line; [VG] 2.4 takes 100.
    pub(crate) fn line_grid(self, increments: usize) -> Result<Grid, Error> {
        Grid::increments(-self.half_range(), self.half_range(), increments)
    }

    /// The 100 points along one side of a surface.
    pub(crate) fn surface_grid(self) -> Result<Grid, Error> {
        Grid::new(-self.half_range(), self.half_range(), 100)
    }
}

/// What a random number is for; every use has a stream of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Start = 1,
    Directions = 2,
    Batches = 3,
    Noise = 4,
    Surface = 5,
    Conceptual = 6,
    Ball = 7,
}

/// A seed for one purpose and one index under a seed.
pub(crate) fn derive(seed: u64, purpose: Purpose, index: usize) -> u64 {
    seeds::derive(&[seed, purpose as u64, index as u64])
}

/// Iris, inputs scaled to [0, 1].
static IRIS: LazyLock<Arc<Dataset<f64>>> = LazyLock::new(|| {
    let scaled = Dataset::iris().with_scaled_inputs(0.0, 1.0);
    Arc::new(scaled.expect("0 is less than 1"))
});

/// The 4-10-3 network at the start x0 that this seed fixes for every activation: all data, until a
/// mini-batch is drawn from `batches`.
pub(crate) fn objective(
    unit: Unit,
    seed: u64,
    batches: Option<MiniBatches>,
) -> Result<Objective, Error> {
    let network = Network::new(&[4, 10, 3], unit.activation())?;
    let x0 = network.uniform_parameters(-0.1, 0.1, derive(seed, Purpose::Start, 0))?;
    SliceObjective::new(x0, batches, Model::new(network, Loss::HalfSquared, Arc::clone(&IRIS))?)
}

/// Mini-batches of this size, for one purpose.
pub(crate) fn batches(
    size: usize,
    seed: u64,
    purpose: Purpose,
    index: usize,
) -> Result<MiniBatches, Error> {
    MiniBatches::new(SAMPLES, size, derive(seed, purpose, index))
}

/// The plane that this seed fixes: for the global domain the same for every activation. `None` if
/// d1 = -gradient is asked for and the gradient is 0, as where every output of a ReLU network is off.
pub(crate) fn plane(
    unit: Unit,
    domain: Domain,
    seed: u64,
) -> Result<Option<Plane<Vec<f64>>>, Error> {
    let mut objective = objective(unit, seed, None)?;
    let seed = derive(seed, Purpose::Directions, 0);
    if domain == Domain::Global {
        return Ok(Some(Plane::random(&objective, seed)?));
    }
    let mut gradient = objective.zeros()?;
    objective.loss_and_gradient(&mut gradient)?;
    let norm = objective.dot(&gradient, &gradient)?.sqrt();
    if norm == 0.0 {
        return Ok(None);
    }
    let scale = if domain == Domain::LocalUnit { -1.0 / norm } else { -1.0 };
    let mut first = objective.zeros()?;
    objective.axpby(scale, &gradient, 0.0, &mut first)?;
    Ok(Some(Plane::containing(&objective, first, seed)?))
}
