//! The settings of the optimizer.

/// The settings of [`Gols`](crate::Gols). None needs to be set.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `along` | what steps go along | Adam's direction, without momentum | |
/// | `beta2` | β₂: what is left of Adam's v after an update | 0.999 (Kingma and Ba 2015) | \[0, 1) |
/// | `eps` | Adam's ε | 1e-8 (Kingma and Ba 2015) | (0, ∞) |
/// | `weight_decay` | λ of the decoupled decay: d ← d − λ x | 0 | \[0, ∞) |
/// | `clip_norm` | the longest gradient that the direction is made of; see [`Gols`](crate::Gols) | none | (0, ∞) |
/// | `averaging` | β: the mean's share of the point where gradients are taken; 0 averages nothing | 0.9 (Defazio et al. 2024) | \[0, 1) |
/// | `max_displacement` | a cap on a step's length \|α d\| beside the optimizer's reach, in units of the variables | none | (0, ∞), or none |
///
/// ```
/// use gols_candle::ParamsGols;
///
/// let clipped = ParamsGols { clip_norm: Some(1.0), ..ParamsGols::default() };
/// assert_eq!(clipped.averaging, 0.9);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParamsGols {
    /// What steps go along.
    pub along: Along,
    /// β₂ of Adam.
    pub beta2: f64,
    /// ε of Adam.
    pub eps: f64,
    /// λ of the decoupled weight decay.
    pub weight_decay: f64,
    /// The longest gradient that the direction is made of.
    pub clip_norm: Option<f64>,
    /// β, the mean's share of the point where gradients are taken.
    pub averaging: f64,
    /// A cap on |α d|, beside the optimizer's reach.
    pub max_displacement: Option<f64>,
}

/// What steps go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Along {
    /// −g / (√v̂ + ε): [`Adam`](gols::direction::Adam) without momentum.
    #[default]
    Adam,
    /// −g.
    Gradient,
}

impl Default for ParamsGols {
    /// The settings of the table.
    fn default() -> Self {
        Self {
            along: Along::Adam,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay: 0.0,
            clip_norm: None,
            averaging: 0.9,
            max_displacement: None,
        }
    }
}
