//! What a search is told before it asks.

use super::Termination;

/// What is known at α = 0, where a search starts.
///
/// ```
/// use gols::search::Origin;
///
/// let origin = Origin::new(-2.0, 1.5).with_loss(0.7);
/// assert_eq!((origin.slope, origin.loss), (-2.0, Some(0.7)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Origin {
    /// The slope F'(0) = g(x)·d, in loss per unit of α; negative along a descent direction.
    pub slope: f64,
    /// The Euclidean norm |d| of the search direction, which turns α into a displacement α |d|.
    pub direction_norm: f64,
    /// The loss F(0), if it is known.
    pub loss: Option<f64>,
    /// g(xₖ₊₁)·dₖ on the new mini-batch: the slope where the last step αₖ led along its direction
    /// dₖ, for one dot product.
    ///
    /// It is the derivative of the new loss with respect to αₖ, the *hypergradient* of
    ///
    /// * L. B. Almeida, T. Langlois, J. D. Amaral, A. Plakhov: *Parameter adaptation in stochastic
    ///   optimization*, 1999;
    /// * A. G. Baydin, R. Cornish, D. Martínez Rubio, M. Schmidt, F. Wood: *Online learning rate
    ///   adaptation with hypergradient descent*, 2018.
    #[doc(alias = "hypergradient")]
    pub arrival_slope: Option<f64>,
    /// |x|, the norm of the parameters, if it is known: what a first step is small beside.
    pub parameters_norm: Option<f64>,
    /// The longest way α |d| that this one step may go, if whoever asks bounds it; what a search that
    /// asks nothing, as [`AmortizedGols`](super::AmortizedGols), keeps to beside its own cap.
    pub max_displacement: Option<f64>,
    /// How far the slopes between a mean of the iterates and where they stand agree, in \[−1, 1\], if it
    /// is known: the average of g·u over that of |g·u|, u the way from the mean. 1 where they all rise.
    pub agreement: Option<f64>,
    /// Whether answers on this line come from other mini-batches than F(0), so that losses cannot be
    /// compared with it one by one: dynamic sub-sampling. False unless told.
    pub is_resampled: bool,
}

impl Origin {
    /// An origin with this slope F'(0) and direction norm |d|, and nothing else known.
    #[must_use]
    pub fn new(slope: f64, direction_norm: f64) -> Self {
        Self {
            slope,
            direction_norm,
            loss: None,
            arrival_slope: None,
            parameters_norm: None,
            max_displacement: None,
            agreement: None,
            is_resampled: false,
        }
    }

    /// The same origin with its loss F(0).
    #[must_use]
    pub fn with_loss(self, loss: f64) -> Self {
        Self { loss: Some(loss), ..self }
    }

    /// The same origin with the slope at the end of the last step.
    #[must_use]
    pub fn with_arrival_slope(self, arrival_slope: f64) -> Self {
        Self { arrival_slope: Some(arrival_slope), ..self }
    }

    /// The same origin with the norm |x| of the parameters.
    #[must_use]
    pub fn with_parameters_norm(self, parameters_norm: f64) -> Self {
        Self { parameters_norm: Some(parameters_norm), ..self }
    }

    /// The same origin, with the longest way α |d| that this step may go.
    #[must_use]
    pub fn with_max_displacement(self, max_displacement: f64) -> Self {
        Self { max_displacement: Some(max_displacement), ..self }
    }

    /// The same origin, with the agreement of the slopes between the mean and the iterates.
    #[must_use]
    pub fn with_agreement(self, agreement: f64) -> Self {
        Self { agreement: Some(agreement), ..self }
    }

    /// The same origin, of a line whose answers come from other mini-batches.
    #[must_use]
    pub fn resampled(self) -> Self {
        Self { is_resampled: true, ..self }
    }

    /// Why no search can start here, if none can: [`Termination::NonFinite`] if the slope is
    /// infinite or NaN or the norm is no finite number ≥ 0, [`Termination::Stationary`] if the
    /// slope is 0, [`Termination::NotDescent`] if it is positive.
    #[must_use]
    pub fn unusable(&self) -> Option<Termination> {
        if !(self.slope.is_finite()
            && self.direction_norm.is_finite()
            && self.direction_norm >= 0.0)
        {
            Some(Termination::NonFinite)
        } else if self.slope == 0.0 {
            Some(Termination::Stationary)
        } else if self.slope > 0.0 {
            Some(Termination::NotDescent)
        } else {
            None
        }
    }
}
