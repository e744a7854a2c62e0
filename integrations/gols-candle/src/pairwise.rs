//! Operations on two tensors element by element, in one pass and in place where the tensors lie in the host's
//! memory; elsewhere they are made of the device's own.

use candle_core::{CpuStorage, InplaceOp2, InplaceOp3, Layout, Result, Tensor};
use num_traits::Float;

use crate::fused::{number, part, part_mut, unfit};

/// An operation on two tensors of one shape and type, element by element.
pub(crate) trait Pairwise: Sized {
    /// Of two elements x and y.
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T;

    /// Of two tensors, by the device's own operations.
    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>;

    /// y ← f(x, y), where it lies.
    fn apply(&self, x: &Tensor, y: &mut Tensor) -> Result<()> {
        if x.device().is_cpu() {
            return y.inplace_op2(x, &OnePass(self));
        }
        *y = self.by_tensors(x, y)?;
        Ok(())
    }

    /// z ← f(x, y), where it lies.
    fn apply_onto(&self, x: &Tensor, y: &Tensor, z: &mut Tensor) -> Result<()> {
        if x.device().is_cpu() {
            return z.inplace_op3(x, y, &OnePass(self));
        }
        *z = self.by_tensors(x, y)?;
        Ok(())
    }
}

/// a x; y is ignored, even if it is NaN.
pub(crate) struct Multiple(pub f64);

impl Pairwise for Multiple {
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T {
        let a: T = number(self.0);
        move |x, _| a * x
    }

    fn by_tensors(&self, x: &Tensor, _: &Tensor) -> Result<Tensor> {
        x.affine(self.0, 0.0)
    }
}

/// a x + b y.
pub(crate) struct Sum(pub f64, pub f64);

impl Pairwise for Sum {
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T {
        let [a, b]: [T; 2] = [self.0, self.1].map(number);
        move |x, y| a * x + b * y
    }

    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        x.affine(self.0, 0.0)? + y.affine(self.1, 0.0)?
    }
}

/// a x x; y is ignored, even if it is NaN.
pub(crate) struct Square(pub f64);

impl Pairwise for Square {
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T {
        let a: T = number(self.0);
        move |x, _| a * (x * x)
    }

    fn by_tensors(&self, x: &Tensor, _: &Tensor) -> Result<Tensor> {
        x.sqr()?.affine(self.0, 0.0)
    }
}

/// a x x + b y.
pub(crate) struct SquareSum(pub f64, pub f64);

impl Pairwise for SquareSum {
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T {
        let [a, b]: [T; 2] = [self.0, self.1].map(number);
        move |x, y| a * (x * x) + b * y
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
    fn of<T: Float>(&self) -> impl Fn(T, T) -> T {
        let [inside, outside]: [T; 2] = [self.inside, self.outside].map(number);
        move |x, y| y / ((x + inside).sqrt() + outside)
    }

    fn by_tensors(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        y / x.affine(1.0, self.inside)?.sqrt()?.affine(1.0, self.outside)?
    }
}

struct OnePass<'a, P>(&'a P);

impl<P: Pairwise> OnePass<'_, P> {
    /// y ← f(x, y)
    fn run<T: Float>(&self, x: &[T], y: &mut [T]) {
        let f = self.0.of::<T>();
        x.iter().zip(y).for_each(|(x, y)| *y = f(*x, *y));
    }

    /// z ← f(x, y)
    fn run_onto<T: Float>(&self, x: &[T], y: &[T], z: &mut [T]) {
        let f = self.0.of::<T>();
        x.iter().zip(y).zip(z).for_each(|((x, y), z)| *z = f(*x, *y));
    }
}

impl<P: Pairwise> InplaceOp2 for OnePass<'_, P> {
    fn name(&self) -> &'static str {
        "a pairwise operation of gols"
    }

    fn cpu_fwd(
        &self,
        y: &mut CpuStorage,
        of_y: &Layout,
        x: &CpuStorage,
        of_x: &Layout,
    ) -> Result<()> {
        match (x, y) {
            (CpuStorage::F32(x), CpuStorage::F32(y)) => {
                self.run(part(x, of_x)?, part_mut(y, of_y)?);
            }
            (CpuStorage::F64(x), CpuStorage::F64(y)) => {
                self.run(part(x, of_x)?, part_mut(y, of_y)?);
            }
            _ => return Err(unfit()),
        }
        Ok(())
    }
}

impl<P: Pairwise> InplaceOp3 for OnePass<'_, P> {
    fn name(&self) -> &'static str {
        "a pairwise operation of gols"
    }

    fn cpu_fwd(
        &self,
        z: &mut CpuStorage,
        of_z: &Layout,
        x: &CpuStorage,
        of_x: &Layout,
        y: &CpuStorage,
        of_y: &Layout,
    ) -> Result<()> {
        match (x, y, z) {
            (CpuStorage::F32(x), CpuStorage::F32(y), CpuStorage::F32(z)) => {
                self.run_onto(part(x, of_x)?, part(y, of_y)?, part_mut(z, of_z)?);
            }
            (CpuStorage::F64(x), CpuStorage::F64(y), CpuStorage::F64(z)) => {
                self.run_onto(part(x, of_x)?, part(y, of_y)?, part_mut(z, of_z)?);
            }
            _ => return Err(unfit()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::tests::{assert_close, pair};
    use candle_core::DType;

    fn assert_pairwise(f: &impl Pairwise, x: &Tensor, y: &Tensor) -> Result<()> {
        let (expected, mut written, mut other) = (f.by_tensors(x, y)?, y.copy()?, x.copy()?);
        f.apply(x, &mut written)?;
        f.apply_onto(x, y, &mut other)?;
        assert_close(&written, &expected)?;
        assert_close(&other, &expected)
    }

    #[test]
    fn one_pass_is_what_the_tensors_operations_are() -> Result<()> {
        for dtype in [DType::F32, DType::F64] {
            let [x, y] = pair(dtype)?;
            assert_pairwise(&Multiple(0.3), &x, &y)?;
            assert_pairwise(&Sum(0.3, -2.0), &x, &y)?;
            assert_pairwise(&Square(0.3), &x, &y)?;
            assert_pairwise(&SquareSum(0.1, 0.9), &x, &y)?;
            assert_pairwise(&RootQuotient { inside: 0.01, outside: 0.1 }, &y, &x)?;
        }
        Ok(())
    }
}
