//! The settings of the optimizer.

use burn::config::Config;
use gols::Optimizer;
use gols::search::AmortizedGols;

use crate::error::Error;
use crate::module_space::{Known, ModuleSpace};
use crate::optimizer::GolsOptimizer;
use crate::rule::Rule;

/// The settings of [`GolsOptimizer`]. None needs to be set.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `along` | what steps go along | Adam's direction, without momentum | |
/// | `beta2` | β₂: what is left of Adam's v after an update | 0.999 (Kingma and Ba 2015) | \[0, 1) |
/// | `eps` | Adam's ε | 1e-8 (Kingma and Ba 2015) | (0, ∞) |
/// | `weight_decay` | λ of the decoupled decay: d ← d − λ x | 0 | \[0, ∞) |
/// | `clip_norm` | the longest gradient that the direction is made of; see [`GolsOptimizer`] | none | (0, ∞) |
/// | `averaging` | β: the mean's share of the point where gradients are taken; 0 averages nothing | 0.9 (Defazio et al. 2024) | \[0, 1) |
/// | `max_displacement` | a cap on a step's length \|α d\| beside the optimizer's reach, in units of the parameters | none | (0, ∞), or none |
///
/// ```
/// use gols_burn::GolsOptimizerConfig;
///
/// let clipped = GolsOptimizerConfig::new().with_clip_norm(Some(1.0));
/// assert_eq!(clipped.averaging, 0.9);
/// ```
#[derive(Config, Debug)]
pub struct GolsOptimizerConfig {
    /// What steps go along.
    #[config(default = "Along::Adam")]
    pub along: Along,
    /// β₂ of Adam.
    #[config(default = 0.999)]
    pub beta2: f64,
    /// ε of Adam.
    #[config(default = 1e-8)]
    pub eps: f64,
    /// λ of the decoupled weight decay.
    #[config(default = 0.0)]
    pub weight_decay: f64,
    /// The longest gradient that the direction is made of.
    #[config(default = "None")]
    pub clip_norm: Option<f64>,
    /// β, the mean's share of the point where gradients are taken.
    #[config(default = 0.9)]
    pub averaging: f64,
    /// A cap on |α d|, beside the optimizer's reach.
    #[config(default = "None")]
    pub max_displacement: Option<f64>,
}

/// What steps go along.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
pub enum Along {
    /// −g / (√v̂ + ε): [`Adam`](gols::direction::Adam) without momentum.
    Adam,
    /// −g.
    Gradient,
}

impl GolsOptimizerConfig {
    /// An optimizer with these settings, for any module.
    ///
    /// # Errors
    /// [`Error::Setting`] if one is outside its range.
    pub fn init(&self) -> Result<GolsOptimizer, Error> {
        let search = AmortizedGols::for_averages();
        let search = match self.max_displacement {
            Some(cap) => search.with_max_displacement(cap)?,
            None => search,
        };
        // Vectors get their tensors with the first gradient.
        let mut known = Known::default();
        let optimizer = Optimizer::new(&ModuleSpace::nothing(&mut known))?
            .along(Rule::new(self)?)
            .with_search(search)
            .with_averaging(self.averaging)?;
        Ok(GolsOptimizer { optimizer, known, last_update: None })
    }
}
