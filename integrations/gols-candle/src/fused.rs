//! Products and moves of an update in one pass each, where the tensors lie in the host's memory; elsewhere
//! they are made of the device's own.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, InplaceOp3, Layout, Result, Shape, Tensor};
use num_traits::Float;

use crate::arithmetic::{dot_of, sum};

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
pub(crate) fn number<T: Float>(x: f64) -> T {
    T::from(x).unwrap_or_else(T::nan)
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
            _ => return Err(unfit()),
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
            _ => return Err(unfit()),
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
        match (y, z, d) {
            (CpuStorage::F32(y), CpuStorage::F32(z), CpuStorage::F32(d)) => {
                self.run(part_mut(y, of_y)?, part(z, of_z)?, part(d, of_d)?);
            }
            (CpuStorage::F64(y), CpuStorage::F64(z), CpuStorage::F64(d)) => {
                self.run(part_mut(y, of_y)?, part(z, of_z)?, part(d, of_d)?);
            }
            _ => return Err(unfit()),
        }
        Ok(())
    }
}

/// A tensor's own elements.
pub(crate) fn part<'a, T>(storage: &'a [T], layout: &Layout) -> Result<&'a [T]> {
    let (start, end) = layout.contiguous_offsets().ok_or_else(unfit)?;
    Ok(&storage[start..end])
}

pub(crate) fn part_mut<'a, T>(storage: &'a mut [T], layout: &Layout) -> Result<&'a mut [T]> {
    let (start, end) = layout.contiguous_offsets().ok_or_else(unfit)?;
    Ok(&mut storage[start..end])
}

pub(crate) fn unfit() -> candle_core::Error {
    candle_core::Error::Msg(
        "a vector is not of f32 or of f64, or its elements are not in order".into(),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::arithmetic::numbers;
    use candle_core::{DType, Device};

    /// Two tensors of 5000 numbers, the second's not negative.
    pub(crate) fn pair(dtype: DType) -> Result<[Tensor; 2]> {
        let x = Tensor::arange(0.0, 5000.0, &Device::Cpu)?.affine(1e-3, -1.7)?;
        Ok([x.to_dtype(dtype)?, x.cos()?.affine(1.0, 1.0)?.to_dtype(dtype)?])
    }

    pub(crate) fn assert_close(found: &Tensor, expected: &Tensor) -> Result<()> {
        // A few roundings to f32, of numbers up to 15.
        for (found, expected) in numbers(found)?.into_iter().zip(numbers(expected)?) {
            assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{found}");
        }
        Ok(())
    }

    #[test]
    fn products_and_moves_are_those_of_the_tensors_operations() -> Result<()> {
        for dtype in [DType::F32, DType::F64] {
            let [x, y] = pair(dtype)?;
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
