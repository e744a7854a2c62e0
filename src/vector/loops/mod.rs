//! Loops over slices, as fast as the processor can.
//!
//! Published crates cannot assume what they run on, so every caller holds a [`Level`] found at run
//! time (AVX-512, AVX2, SSE2, NEON, WebAssembly), and the methods of [`Sealed`] enter the loop for
//! that level. Without the feature `simd` there is one level, and loops as the compiler makes them.
//! None allocates.

#[cfg(not(feature = "simd"))]
mod plain;
#[cfg(feature = "simd")]
mod simd;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(feature = "simd")]
use fearless_simd::Simd;
use num_traits::Float;
#[cfg(not(feature = "simd"))]
use plain::products;
#[cfg(not(feature = "simd"))]
pub(crate) use plain::{Level, dispatch, dot};
#[cfg(feature = "simd")]
use simd::products;
#[cfg(feature = "mlp")]
pub(crate) use simd::{Lane, Vector, load, splat};
#[cfg(feature = "simd")]
pub(crate) use simd::{Level, dispatch, dot};

/// Products that are added in T before the sum is folded into f64.
const BLOCK: usize = 4096;

/// What [`Real`](crate::Real) has beside arithmetic: the loops over slices.
///
/// They are methods of the two types, not generic functions, so that they are compiled once, with
/// this crate, and not again with every crate that uses it.
#[allow(unnameable_types, reason = "it is what seals `Real`")]
pub trait Sealed: Sized + 'static {
    /// The number nearest to `x`.
    fn of(x: f64) -> Self;

    /// This number, exactly.
    fn wide(self) -> f64;

    /// Of two things, the one that is made for this type.
    #[cfg(feature = "mlp")]
    fn pick<F: Family>(of_f32: F::Of<f32>, of_f64: F::Of<f64>) -> F::Of<Self>;

    /// x·y, summed in many lanes and, block by block, in f64.
    fn dot(level: Level, x: &[Self], y: &[Self]) -> f64;

    /// x·x, x·y and y·y.
    fn products(level: Level, x: &[Self], y: &[Self]) -> [f64; 3];

    /// y ← a x + b y. With b = 0 the old y does not matter, whatever it is.
    fn axpby(level: Level, a: Self, x: &[Self], b: Self, y: &mut [Self]);

    /// z ← x + a d.
    fn step(level: Level, x: &[Self], a: Self, d: &[Self], z: &mut [Self]);

    /// y ← a x⊙x + b y. With b = 0 the old y does not matter, whatever it is.
    fn add_squares(level: Level, a: Self, x: &[Self], b: Self, y: &mut [Self]);

    /// z ← a x⊙x + b y.
    fn squares_onto(level: Level, a: Self, x: &[Self], b: Self, y: &[Self], z: &mut [Self]);

    /// x ← x + a u + b d, and u ← p u + q d.
    fn follow(
        level: Level,
        of_x: [Self; 2],
        of_u: [Self; 2],
        d: &[Self],
        x: &mut [Self],
        u: &mut [Self],
    );

    /// y ← y / (√(v + inside) + outside).
    fn divide_by_root(level: Level, v: &[Self], inside: Self, outside: Self, y: &mut [Self]);

    /// y ← y √(v + inside).
    fn multiply_by_root(level: Level, v: &[Self], inside: Self, y: &mut [Self]);
}

/// Things made for a number type: of a family, [`Sealed::pick`] takes the one for its type.
#[cfg(feature = "mlp")]
#[allow(unnameable_types, reason = "it is a part of `Sealed`")]
pub trait Family {
    /// The one for `T`.
    type Of<T: 'static>;
}

/// y ← f(x) + b y, element by element. With b = 0 the old y does not matter.
#[inline(always)]
fn combine<T: Float>(f: impl Fn(T) -> T, x: &[T], b: T, y: &mut [T]) {
    if b == T::zero() {
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
    } else {
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x) + b * *y);
    }
}

/// Runs a loop with the vectors of a level.
macro_rules! enter {
    ($level:expr, $body:expr) => {
        dispatch!($level, simd => simd.vectorize(#[inline(always)] || $body))
    };
}

/// The conversions and the loops of one type.
macro_rules! loops {
    ($t:ty) => {
        #[inline(always)]
        fn of(x: f64) -> $t {
            x as $t
        }

        #[inline(always)]
        fn wide(self) -> f64 {
            self.into()
        }

        fn dot(level: Level, x: &[$t], y: &[$t]) -> f64 {
            dispatch!(level, simd => dot(simd, x, y))
        }

        fn products(level: Level, x: &[$t], y: &[$t]) -> [f64; 3] {
            dispatch!(level, simd => simd.vectorize(#[inline(always)] || products(simd, x, y)))
        }

        fn axpby(level: Level, a: $t, x: &[$t], b: $t, y: &mut [$t]) {
            enter!(level, combine(#[inline(always)] |x| a * x, x, b, y));
        }

        fn step(level: Level, x: &[$t], a: $t, d: &[$t], z: &mut [$t]) {
            let pairs = x.iter().zip(d);
            enter!(level, z.iter_mut().zip(pairs).for_each(|(z, (&x, &d))| *z = x + a * d));
        }

        fn add_squares(level: Level, a: $t, x: &[$t], b: $t, y: &mut [$t]) {
            enter!(level, combine(#[inline(always)] |x| a * (x * x), x, b, y));
        }

        fn squares_onto(level: Level, a: $t, x: &[$t], b: $t, y: &[$t], z: &mut [$t]) {
            enter!(
                level,
                z.iter_mut().zip(x.iter().zip(y)).for_each(|(z, (&x, &y))| *z = a * (x * x) + b * y)
            );
        }

        fn follow(
            level: Level,
            [a, b]: [$t; 2],
            [p, q]: [$t; 2],
            d: &[$t],
            x: &mut [$t],
            u: &mut [$t],
        ) {
            enter!(
                level,
                x.iter_mut().zip(u.iter_mut().zip(d)).for_each(|(x, (u, &d))| {
                    *x += a * *u + b * d;
                    *u = p * *u + q * d;
                })
            );
        }

        fn divide_by_root(level: Level, v: &[$t], inside: $t, outside: $t, y: &mut [$t]) {
            enter!(
                level,
                y.iter_mut().zip(v).for_each(|(y, &v)| *y /= (v + inside).sqrt() + outside)
            );
        }

        fn multiply_by_root(level: Level, v: &[$t], inside: $t, y: &mut [$t]) {
            enter!(level, y.iter_mut().zip(v).for_each(|(y, &v)| *y *= (v + inside).sqrt()));
        }
    };
}

impl Sealed for f32 {
    loops!(f32);

    #[cfg(feature = "mlp")]
    fn pick<F: Family>(of_f32: F::Of<f32>, _: F::Of<f64>) -> F::Of<f32> {
        of_f32
    }
}

impl Sealed for f64 {
    loops!(f64);

    #[cfg(feature = "mlp")]
    fn pick<F: Family>(_: F::Of<f32>, of_f64: F::Of<f64>) -> F::Of<f64> {
        of_f64
    }
}
