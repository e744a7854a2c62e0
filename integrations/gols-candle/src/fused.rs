//! Operations of an update in one pass each, where the tensors lie in the host's memory; elsewhere they are
//! made of the device's own.

use candle_core::{
    CpuStorage, CustomOp2, CustomOp3, InplaceOp3, Layout, Result, Shape, Tensor, bail,
};
use num_traits::Float;

use crate::arithmetic::{dot_of, sum};

/// An operation on two tensors of one shape and type, element by element.
pub(crate) trait Pairwise {
    /// Of two elements.
    fn of<T: Float>(&self, x: T, y: T) -> T;

    /// Of two tensors, by the device's own operations.
    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>;

    /// Of two tensors.
    fn apply(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>
    where
        Self: Sized,
    {
        if x.device().is_cpu() {
            x.apply_op2_no_bwd(y, &OnePass(self))
        } else {
            self.by_tensors(x, y)
        }
    }
}

/// a x + b y.
pub(crate) struct Sum(pub f64, pub f64);

impl Pairwise for Sum {
    fn of<T: Float>(&self, x: T, y: T) -> T {
        number::<T>(self.0) * x + number::<T>(self.1) * y
    }

    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        x.affine(self.0, 0.0)? + y.affine(self.1, 0.0)?
    }
}

/// a x x + b y.
pub(crate) struct SquareSum(pub f64, pub f64);

impl Pairwise for SquareSum {
    fn of<T: Float>(&self, x: T, y: T) -> T {
        number::<T>(self.0) * (x * x) + number::<T>(self.1) * y
    }

    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        x.sqr()?.affine(self.0, 0.0)? + y.affine(self.1, 0.0)?
    }
}

/// y / (√(x + inside) + outside).
pub(crate) struct RootQuotient {
    pub inside: f64,
    pub outside: f64,
}

impl Pairwise for RootQuotient {
    fn of<T: Float>(&self, x: T, y: T) -> T {
        y / ((x + number(self.inside)).sqrt() + number(self.outside))
    }

    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        y / x.affine(1.0, self.inside)?.sqrt()?.affine(1.0, self.outside)?
    }
}

/// Σ x y and Σ y y.
pub(crate) fn sums(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        x.apply_op2_no_bwd(y, &Sums)
    } else {
        Tensor::stack(&[dot_of(x, y)?, dot_of(y, y)?], 0)
    }
}

/// Σ (x + b u − s)².
pub(crate) struct Way(pub f64);

impl Way {
    pub(crate) fn apply(&self, x: &Tensor, u: &Tensor, s: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() { x.apply_op3_no_bwd(u, s, self) } else { self.by_tensors(x, u, s) }
    }

    fn by_tensors(&self, x: &Tensor, u: &Tensor, s: &Tensor) -> Result<Tensor> {
        let way = ((x + u.affine(self.0, 0.0)?)? - s)?;
        sum(&way.sqr()?)?.reshape(1)
    }

    fn run<T: Float>(&self, x: &[T], u: &[T], s: &[T]) -> f64 {
        let (b, mut square) = (number::<T>(self.0), 0.0);
        for ((x, u), s) in x.chunks(ROW).zip(u.chunks(ROW)).zip(s.chunks(ROW)) {
            let mut lanes = [T::zero(); LANES];
            for ((x, u), s) in x.chunks(LANES).zip(u.chunks(LANES)).zip(s.chunks(LANES)) {
                for (((x, u), s), lane) in x.iter().zip(u).zip(s).zip(&mut lanes) {
                    let way = *x + b * *u - *s;
                    *lane = *lane + way * way;
                }
            }
            square += widened(lanes);
        }
        square
    }
}

/// y ← y + a u + b d.
pub(crate) struct Follow {
    pub a: f64,
    pub b: f64,
}

impl Follow {
    pub(crate) fn apply(&self, y: &Tensor, u: &Tensor, d: &Tensor) -> Result<()> {
        y.inplace_op3(u, d, self)
    }

    pub(crate) fn by_tensors(&self, y: &Tensor, u: &Tensor, d: &Tensor) -> Result<Tensor> {
        let moved = (y + u.affine(self.a, 0.0)?)?;
        moved + d.affine(self.b, 0.0)?
    }

    fn run<T: Float>(&self, y: &mut [T], u: &[T], d: &[T]) {
        let [a, b] = [self.a, self.b].map(number::<T>);
        for ((y, u), d) in y.iter_mut().zip(u).zip(d) {
            *y = *y + a * *u + b * *d;
        }
    }
}

/// A setting in the type of the elements; it has been seen to fit.
fn number<T: Float>(x: f64) -> T {
    T::from(x).unwrap_or_else(T::nan)
}

struct OnePass<'a, P>(&'a P);

impl<P: Pairwise> CustomOp2 for OnePass<'_, P> {
    fn name(&self) -> &'static str {
        "a pairwise operation of gols"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        of_x: &Layout,
        y: &CpuStorage,
        of_y: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let each = self.0;
        let storage = match (x, y) {
            (CpuStorage::F32(x), CpuStorage::F32(y)) => {
                let pairs = part(x, of_x)?.iter().zip(part(y, of_y)?);
                CpuStorage::F32(pairs.map(|(x, y)| each.of(*x, *y)).collect())
            }
            (CpuStorage::F64(x), CpuStorage::F64(y)) => {
                let pairs = part(x, of_x)?.iter().zip(part(y, of_y)?);
                CpuStorage::F64(pairs.map(|(x, y)| each.of(*x, *y)).collect())
            }
            _ => bail!("{}: vectors are of f32 or of f64", self.name()),
        };
        Ok((storage, of_y.shape().clone()))
    }
}

struct Sums;

impl CustomOp2 for Sums {
    fn name(&self) -> &'static str {
        "two products of gols"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        of_x: &Layout,
        y: &CpuStorage,
        of_y: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let sums = match (x, y) {
            (CpuStorage::F32(x), CpuStorage::F32(y)) => add(part(x, of_x)?, part(y, of_y)?),
            (CpuStorage::F64(x), CpuStorage::F64(y)) => add(part(x, of_x)?, part(y, of_y)?),
            _ => bail!("{}: vectors are of f32 or of f64", self.name()),
        };
        Ok((CpuStorage::F64(sums.into()), Shape::from(2)))
    }
}

/// Elements that are added in their own type before their sum is widened, and the lanes they are added in.
const ROW: usize = 1024;
const LANES: usize = 16;

/// Σ x y and Σ y y.
fn add<T: Float>(x: &[T], y: &[T]) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (x, y) in x.chunks(ROW).zip(y.chunks(ROW)) {
        let (mut xy, mut yy) = ([T::zero(); LANES], [T::zero(); LANES]);
        for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
            for (((x, y), xy), yy) in x.iter().zip(y).zip(&mut xy).zip(&mut yy) {
                *xy = *xy + *x * *y;
                *yy = *yy + *y * *y;
            }
        }
        for (sum, lanes) in sums.iter_mut().zip([xy, yy]) {
            *sum += widened(lanes);
        }
    }
    sums
}

fn widened<T: Float>(lanes: [T; LANES]) -> f64 {
    lanes.iter().map(|lane| lane.to_f64().unwrap_or(f64::NAN)).sum()
}

impl CustomOp3 for Way {
    fn name(&self) -> &'static str {
        "a distance of gols"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        of_x: &Layout,
        u: &CpuStorage,
        of_u: &Layout,
        s: &CpuStorage,
        of_s: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let square = match (x, u, s) {
            (CpuStorage::F32(x), CpuStorage::F32(u), CpuStorage::F32(s)) => {
                self.run(part(x, of_x)?, part(u, of_u)?, part(s, of_s)?)
            }
            (CpuStorage::F64(x), CpuStorage::F64(u), CpuStorage::F64(s)) => {
                self.run(part(x, of_x)?, part(u, of_u)?, part(s, of_s)?)
            }
            _ => bail!("{}: vectors are of f32 or of f64", CustomOp3::name(self)),
        };
        Ok((CpuStorage::F64(vec![square]), Shape::from(1)))
    }
}

impl InplaceOp3 for Follow {
    fn name(&self) -> &'static str {
        "a step of gols"
    }

    fn cpu_fwd(
        &self,
        y: &mut CpuStorage,
        of_y: &Layout,
        z: &CpuStorage,
        of_z: &Layout,
        d: &CpuStorage,
        of_d: &Layout,
    ) -> Result<()> {
        let Some((start, end)) = of_y.contiguous_offsets() else { return Err(not_in_order()) };
        match (y, z, d) {
            (CpuStorage::F32(y), CpuStorage::F32(z), CpuStorage::F32(d)) => {
                self.run(&mut y[start..end], part(z, of_z)?, part(d, of_d)?);
            }
            (CpuStorage::F64(y), CpuStorage::F64(z), CpuStorage::F64(d)) => {
                self.run(&mut y[start..end], part(z, of_z)?, part(d, of_d)?);
            }
            _ => bail!("{}: vectors are of f32 or of f64", InplaceOp3::name(self)),
        }
        Ok(())
    }
}

/// A tensor's own elements.
fn part<'a, T>(storage: &'a [T], layout: &Layout) -> Result<&'a [T]> {
    let (start, end) = layout.contiguous_offsets().ok_or_else(not_in_order)?;
    Ok(&storage[start..end])
}

fn not_in_order() -> candle_core::Error {
    candle_core::Error::Msg("a vector's elements do not lie in order".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::numbers;
    use candle_core::{DType, Device};

    /// Two tensors of 5000 numbers, the second's not negative.
    fn pair(dtype: DType) -> Result<[Tensor; 2]> {
        let x = Tensor::arange(0.0, 5000.0, &Device::Cpu)?.affine(1e-3, -1.7)?;
        Ok([x.to_dtype(dtype)?, x.cos()?.affine(1.0, 1.0)?.to_dtype(dtype)?])
    }

    fn assert_close(found: &Tensor, expected: &Tensor) -> Result<()> {
        // A few roundings to f32, of numbers up to 15.
        for (found, expected) in numbers(found)?.into_iter().zip(numbers(expected)?) {
            assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{found}");
        }
        Ok(())
    }

    #[test]
    fn one_pass_is_what_the_tensors_operations_are() -> Result<()> {
        for dtype in [DType::F32, DType::F64] {
            let [x, y] = pair(dtype)?;
            assert_close(&Sum(0.3, -2.0).apply(&x, &y)?, &Sum(0.3, -2.0).by_tensors(&x, &y)?)?;
            let squares = SquareSum(0.1, 0.9);
            assert_close(&squares.apply(&x, &y)?, &squares.by_tensors(&x, &y)?)?;
            let quotient = RootQuotient { inside: 0.01, outside: 0.1 };
            assert_close(&quotient.apply(&y, &x)?, &quotient.by_tensors(&y, &x)?)?;
            let [products, expected] =
                [sums(&x, &y)?, Tensor::stack(&[dot_of(&x, &y)?, dot_of(&y, &y)?], 0)?];
            assert_close(&products, &expected)?;
            let way = Way(0.3);
            assert_close(&way.apply(&x, &y, &y)?, &way.by_tensors(&x, &y, &y)?)?;
            let (follow, place) = (Follow { a: 0.2, b: 0.5 }, x.copy()?);
            follow.apply(&place, &y, &y)?;
            assert_close(&place, &follow.by_tensors(&x, &y, &y)?)?;
        }
        Ok(())
    }
}
