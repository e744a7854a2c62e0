//! Squares and roots, coordinate by coordinate.

use super::VectorSpace;

/// The element-wise operations that adaptive search directions need, beside those of a vector space.
///
/// They are what Adagrad, Adam and their kin do to a gradient: squares, and division by the root of
/// a running mean of squares. On a device each is one pass over the tensors, and nothing comes back.
/// Numbers are rounded to the model's own type.
///
/// ```
/// use gols::{ElementWise, Slices};
///
/// let space = Slices::<f64>::new(2);
/// let mut v = vec![1.0, 1.0];
/// space.add_squares(0.5, &vec![2.0, 4.0], 1.0, &mut v)?; // v ← ½ x⊙x + v
/// assert_eq!(v, [3.0, 9.0]);
/// let mut d = vec![6.0, 12.0];
/// space.divide_by_root(&v, 0.0, 1.0, &mut d)?; // d ← d / (√v + 1)
/// assert_eq!(d[1], 3.0);
/// space.multiply_by_root(&v, 16.0, &mut d)?; // d ← d √(v + 16)
/// assert_eq!(d[1], 15.0);
/// # Ok::<(), gols::Error>(())
/// ```
pub trait ElementWise: VectorSpace {
    /// y ← a x⊙x + b y, element by element. With b = 0 the old y is ignored, even if it is NaN.
    ///
    /// # Errors
    /// The model's own.
    fn add_squares(
        &self,
        a: f64,
        x: &Self::Vector,
        b: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;

    /// z ← a x⊙x + b y: [`add_squares`](Self::add_squares) that leaves y as it is. With b = 0 y is
    /// ignored. Provided in two passes; override it where one will do.
    ///
    /// # Errors
    /// The model's own.
    fn squares_onto(
        &self,
        a: f64,
        x: &Self::Vector,
        b: f64,
        y: &Self::Vector,
        z: &mut Self::Vector,
    ) -> Result<(), Self::Error> {
        if b == 0.0 {
            return self.add_squares(a, x, 0.0, z);
        }
        self.axpby(b, y, 0.0, z)?;
        self.add_squares(a, x, 1.0, z)
    }

    /// y ← y / (√(v + `inside`) + `outside`), element by element.
    ///
    /// v is not negative, and `inside` or `outside` is positive, or an element may become infinite
    /// or NaN, which is no error.
    ///
    /// # Errors
    /// The model's own.
    fn divide_by_root(
        &self,
        v: &Self::Vector,
        inside: f64,
        outside: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;

    /// z ← a x⊙x + b y, then d ← c x / (√z + e), given \[a, b\] and \[c, e\]: a direction by coordinate, and
    /// the mean square that it is divided by. With b = 0 y is ignored. Provided in three operations;
    /// override it where one pass will do.
    ///
    /// # Errors
    /// The model's own.
    fn divide_by_mean_square(
        &self,
        [a, b]: [f64; 2],
        x: &Self::Vector,
        y: &Self::Vector,
        z: &mut Self::Vector,
        [c, e]: [f64; 2],
        d: &mut Self::Vector,
    ) -> Result<(), Self::Error> {
        self.squares_onto(a, x, b, y, z)?;
        self.axpby(c, x, 0.0, d)?;
        self.divide_by_root(z, 0.0, e, d)
    }

    /// y ← y √(v + `inside`), element by element; v is not negative.
    ///
    /// # Errors
    /// The model's own.
    fn multiply_by_root(
        &self,
        v: &Self::Vector,
        inside: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;
}

impl<O: ElementWise + ?Sized> ElementWise for &mut O {
    fn add_squares(
        &self,
        a: f64,
        x: &O::Vector,
        b: f64,
        y: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).add_squares(a, x, b, y)
    }

    fn squares_onto(
        &self,
        a: f64,
        x: &O::Vector,
        b: f64,
        y: &O::Vector,
        z: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).squares_onto(a, x, b, y, z)
    }

    fn divide_by_root(
        &self,
        v: &O::Vector,
        inside: f64,
        outside: f64,
        y: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).divide_by_root(v, inside, outside, y)
    }

    fn divide_by_mean_square(
        &self,
        of_z: [f64; 2],
        x: &O::Vector,
        y: &O::Vector,
        z: &mut O::Vector,
        of_d: [f64; 2],
        d: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).divide_by_mean_square(of_z, x, y, z, of_d, d)
    }

    fn multiply_by_root(
        &self,
        v: &O::Vector,
        inside: f64,
        y: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).multiply_by_root(v, inside, y)
    }
}
