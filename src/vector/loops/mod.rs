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
mod update;

use num_traits::Float;
#[cfg(not(feature = "simd"))]
use plain::{Lane, Simd, Sums};
#[cfg(not(feature = "simd"))]
pub(crate) use plain::{Level, dispatch, dot};
#[cfg(all(feature = "simd", not(feature = "mlp")))]
use simd::Lane;
#[cfg(feature = "mlp")]
pub(crate) use simd::{Lane, Vector, load, splat};
#[cfg(feature = "simd")]
pub(crate) use simd::{Level, dispatch, dot};
#[cfg(feature = "simd")]
use simd::{Simd, Sums};

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

    /// g·g, g·d and g·u, all in one pass; without a u its product is 0.
    fn products_with(level: Level, g: &[Self], d: &[Self], u: Option<&[Self]>) -> [f64; 3];

    /// g·d and g·u; then v ← a g⊙g + k v and d ← b g / (√v + e), given \[a, k, b, e\]; then g·d and
    /// d·d: all in one pass. Without a u its product is 0.
    fn adapt(
        level: Level,
        factors: [Self; 4],
        g: &[Self],
        u: Option<&[Self]>,
        v: &mut [Self],
        d: &mut [Self],
    ) -> [f64; 4];

    /// |x + b u − start|²; |x − start|² without a u.
    fn distance(level: Level, x: &[Self], b: Self, u: Option<&[Self]>, start: &[Self]) -> f64;

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

    /// d ← −g, and with it x ← x + a u + b d, and u ← p u + q d.
    fn follow_against(
        level: Level,
        of_x: [Self; 2],
        of_u: [Self; 2],
        g: &[Self],
        d: &mut [Self],
        x: &mut [Self],
        u: &mut [Self],
    );

    /// y ← y / (√(v + inside) + outside).
    fn divide_by_root(level: Level, v: &[Self], inside: Self, outside: Self, y: &mut [Self]);

    /// z ← a x⊙x + b y and d ← c x / (√z + e), given \[a, b, c, e\].
    fn divide_by_mean_square(
        level: Level,
        factors: [Self; 4],
        x: &[Self],
        y: &[Self],
        z: &mut [Self],
        d: &mut [Self],
    );

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

/// Blocks from the last to the first: a pass that goes back over what the one before went through finds
/// its end still in the cache, and leaves the beginning there for the next.
fn backwards<T>(x: &mut [T]) -> impl Iterator<Item = &mut [T]> {
    x.chunks_mut(BLOCK).rev()
}

/// Runs a loop with the vectors of a level.
macro_rules! enter {
    ($level:expr, $body:expr) => {
        enter!($level, simd => $body)
    };
    ($level:expr, $simd:ident => $body:expr) => {
        dispatch!($level, $simd => $simd.vectorize(#[inline(always)] || $body))
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
            enter!(level, simd => update::sums(simd, [[x, x], [x, y], [y, y]]))
        }

        fn products_with(level: Level, g: &[$t], d: &[$t], u: Option<&[$t]>) -> [f64; 3] {
            match u {
                Some(u) => enter!(level, simd => update::sums(simd, [[g, g], [g, d], [g, u]])),
                None => {
                    let [square, slope] = enter!(level, simd => update::sums(simd, [[g, g], [g, d]]));
                    [square, slope, 0.0]
                }
            }
        }

        fn adapt(
            level: Level,
            factors: [$t; 4],
            g: &[$t],
            u: Option<&[$t]>,
            v: &mut [$t],
            d: &mut [$t],
        ) -> [f64; 4] {
            enter!(level, simd => update::adapt(simd, factors, g, u, v, d))
        }

        fn distance(level: Level, x: &[$t], b: $t, u: Option<&[$t]>, start: &[$t]) -> f64 {
            enter!(level, simd => update::distance(simd, x, b, u, start))
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
            let blocks = backwards(x).zip(backwards(u)).zip(d.chunks(BLOCK).rev());
            enter!(
                level,
                for ((x, u), d) in blocks {
                    x.iter_mut().zip(u.iter_mut().zip(d)).for_each(|(x, (u, &d))| {
                        *x += a * *u + b * d;
                        *u = p * *u + q * d;
                    });
                }
            );
        }

        fn follow_against(
            level: Level,
            [a, b]: [$t; 2],
            [p, q]: [$t; 2],
            g: &[$t],
            d: &mut [$t],
            x: &mut [$t],
            u: &mut [$t],
        ) {
            let blocks = backwards(x).zip(backwards(u));
            let blocks = blocks.zip(g.chunks(BLOCK).rev().zip(backwards(d)));
            enter!(
                level,
                for ((x, u), (g, d)) in blocks {
                    let moved = x.iter_mut().zip(u.iter_mut());
                    g.iter().zip(d.iter_mut()).zip(moved).for_each(|((&g, d), (x, u))| {
                        *d = -g;
                        *x += a * *u + b * *d;
                        *u = p * *u + q * *d;
                    });
                }
            );
        }

        fn divide_by_root(level: Level, v: &[$t], inside: $t, outside: $t, y: &mut [$t]) {
            enter!(
                level,
                y.iter_mut().zip(v).for_each(|(y, &v)| *y /= (v + inside).sqrt() + outside)
            );
        }

        fn divide_by_mean_square(
            level: Level,
            [a, b, c, e]: [$t; 4],
            x: &[$t],
            y: &[$t],
            z: &mut [$t],
            d: &mut [$t],
        ) {
            let results = z.iter_mut().zip(d.iter_mut());
            enter!(
                level,
                x.iter().zip(y).zip(results).for_each(|((&x, &y), (z, d))| {
                    *z = a * (x * x) + b * y;
                    *d = c * x / (z.sqrt() + e);
                })
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
