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

    /// g·g, g·d and g·u, and, once `renew` has written a new d, g·d and d·d: what an update needs to
    /// know, with the bits of [`dot`](Self::dot). Without a u its product is 0. Provided in two rounds of
    /// [`products`](Self::products); `renew` is not called, and the last two are 0, where g·g is 0 or not
    /// finite.
    ///
    /// Override it where reading from a device takes time: call `renew` whatever g·g is, read all five at
    /// once, and put the old d back where g·g is 0 or not finite.
    ///
    /// # Errors
    /// The model's own, and that of `renew`.
    #[allow(clippy::type_complexity, reason = "a name for the closure's type would say less")]
    fn products_around(
        &self,
        g: &Self::Vector,
        u: Option<&Self::Vector>,
        d: &mut Self::Vector,
        renew: &mut dyn FnMut(&mut Self::Vector) -> Result<(), Self::Error>,
    ) -> Result<[f64; 5], Self::Error> {
        let [square, arrival, _] = self.products(g, d)?;
        if square == 0.0 || !square.is_finite() {
            return Ok([square, arrival, 0.0, 0.0, 0.0]);
        }
        let along_u = u.map_or(Ok(0.0), |u| self.dot(g, u))?;
        renew(d)?;
        let [_, slope, direction_square] = self.products(g, d)?;
        Ok([square, arrival, along_u, slope, direction_square])
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

    fn products_around(
        &self,
        g: &O::Vector,
        u: Option<&O::Vector>,
        d: &mut O::Vector,
        renew: &mut dyn FnMut(&mut O::Vector) -> Result<(), O::Error>,
    ) -> Result<[f64; 5], O::Error> {
        (**self).products_around(g, u, d, renew)
    }

    fn axpby(&self, a: f64, x: &O::Vector, b: f64, y: &mut O::Vector) -> Result<(), O::Error> {
        (**self).axpby(a, x, b, y)
    }
}
