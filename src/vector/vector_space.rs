//! Inner products and sums of vectors.

/// The few vector operations that a training loop needs, wherever the vectors live.
///
/// Nothing is flattened and nothing leaves a device but scalars, which are f64 whatever the model's
/// type. Every operation may fail with the model's own error.
pub trait VectorSpace {
    /// A vector of the parameters' shape: a `Vec`, a list of device tensors, a module's gradients.
    type Vector;
    /// What can go wrong; it passes through the crate unchanged.
    type Error;

    /// A new vector of zeros.
    ///
    /// # Errors
    /// The model's own.
    fn zeros(&self) -> Result<Self::Vector, Self::Error>;

    /// The inner product a·b.
    ///
    /// # Errors
    /// The model's own.
    fn dot(&self, a: &Self::Vector, b: &Self::Vector) -> Result<f64, Self::Error>;

    /// The inner products a·a, a·b and b·b, with the bits of [`dot`](Self::dot). Provided by three of
    /// it; override it where one pass will do.
    ///
    /// # Errors
    /// The model's own.
    fn products(&self, a: &Self::Vector, b: &Self::Vector) -> Result<[f64; 3], Self::Error> {
        Ok([self.dot(a, a)?, self.dot(a, b)?, self.dot(b, b)?])
    }

    /// y ← a x + b y. With b = 0 the old y is ignored, even if it is NaN.
    ///
    /// # Errors
    /// The model's own.
    fn axpby(
        &self,
        a: f64,
        x: &Self::Vector,
        b: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;
}

impl<O: VectorSpace + ?Sized> VectorSpace for &mut O {
    type Vector = O::Vector;
    type Error = O::Error;

    fn zeros(&self) -> Result<O::Vector, O::Error> {
        (**self).zeros()
    }

    fn dot(&self, a: &O::Vector, b: &O::Vector) -> Result<f64, O::Error> {
        (**self).dot(a, b)
    }

    fn products(&self, a: &O::Vector, b: &O::Vector) -> Result<[f64; 3], O::Error> {
        (**self).products(a, b)
    }

    fn axpby(&self, a: f64, x: &O::Vector, b: f64, y: &mut O::Vector) -> Result<(), O::Error> {
        (**self).axpby(a, x, b, y)
    }
}
