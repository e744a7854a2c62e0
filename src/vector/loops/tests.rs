//! The loops against naive ones, for both types, at every level that this machine has.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::Level;
use crate::stream::Stream;
use crate::vector::Real;

/// This machine's levels, from the widest vectors to the narrowest, and the scalar code of
/// processors without vectors.
pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(not(feature = "simd"))]
    let levels = vec![best];
    #[cfg(feature = "simd")]
    let mut levels = vec![best, Level::fallback()];
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    {
        levels.extend(best.as_avx2().map(fearless_simd::Simd::level));
        levels.extend(best.as_sse2().map(fearless_simd::Simd::level));
    }
    levels
}

/// Numbers in [-1, 1).
pub(crate) fn random<T: Real>(stream: &mut Stream, count: usize) -> Vec<T> {
    (0..count).map(|_| T::of(stream.uniform(-1.0, 1.0))).collect()
}

/// Sums of up to 800 products of numbers below 1: the rounding errors of 800 additions stay below
/// 800 · 800 / 2 units in the worst case, and near √800 · 10 ≈ 300 units in a random one.
#[track_caller]
pub(crate) fn assert_close<T: Real>(found: &[T], expected: &[f64], what: &str) {
    let tolerance = 400.0 * T::epsilon().wide();
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.wide() - expected).abs();
        assert!(
            error <= tolerance * (1.0 + expected.abs()),
            "{what}: element {index} is {} instead of {expected}",
            found.wide()
        );
    }
}

fn compare_vectors<T: Real>(level: Level, length: usize, stream: &mut Stream) {
    let what = format!("{level:?}, {length} elements");
    let (x, y) = (random::<T>(stream, length), random::<T>(stream, length));
    let (a, b) = (T::of(0.75), T::of(-0.5));
    let pairs = || x.iter().zip(&y).map(|(x, y)| (x.wide(), y.wide()));

    // Blocks of 4096 in lanes of T: at most 4096 / 4 additions a lane, of terms of about 1/3.
    let (dot, expected) = (T::dot(level, &x, &y), pairs().map(|(x, y)| x * y).sum::<f64>());
    let tolerance = 1024.0 * T::epsilon().wide() * (length as f64).sqrt();
    assert!((dot - expected).abs() <= tolerance, "{what}: dot is {dot}, not {expected}");

    let products = [T::dot(level, &x, &x), dot, T::dot(level, &y, &y)];
    assert_eq!(T::products(level, &x, &y), products, "{what}");

    let mut sum = y.clone();
    T::axpby(level, a, &x, b, &mut sum);
    assert_close(&sum, &pairs().map(|(x, y)| 0.75 * x - 0.5 * y).collect::<Vec<_>>(), &what);
    let mut fresh = vec![T::nan(); length];
    T::axpby(level, a, &x, T::zero(), &mut fresh);
    assert_close(&fresh, &x.iter().map(|x| 0.75 * x.wide()).collect::<Vec<_>>(), &what);
    let mut moved = vec![T::nan(); length];
    T::step(level, &x, a, &y, &mut moved);
    assert_close(&moved, &pairs().map(|(x, y)| x + 0.75 * y).collect::<Vec<_>>(), &what);
}

#[test]
fn sums_and_products_of_vectors_of_any_length_are_those_of_naive_loops_at_every_level() {
    let mut stream = Stream::new(4);
    for level in levels() {
        for length in (0..300).step_by(7).chain([1, 2, 3, 4095, 4096, 4097, 10_001]) {
            compare_vectors::<f32>(level, length, &mut stream);
            compare_vectors::<f64>(level, length, &mut stream);
        }
    }
}

/// Every operation here is rounded once as IEEE 754 says, whatever the vectors: the results are
/// equal.
fn compare_roots<T: Real>(level: Level, len: usize, stream: &mut Stream) {
    let x: Vec<T> = random(stream, len);
    let y: Vec<T> = random(stream, len);
    let (a, b) = (T::of(0.3), T::of(-0.7));
    let map = |f: &dyn Fn(T, T) -> T| x.iter().zip(&y).map(|(&x, &y)| f(x, y)).collect::<Vec<T>>();

    let mut found = y.clone();
    T::add_squares(level, a, &x, b, &mut found);
    assert!(found == map(&|x, y| a * (x * x) + b * y), "{level:?}, {len}");
    found.fill(T::nan());
    T::add_squares(level, a, &x, T::zero(), &mut found);
    assert!(found == map(&|x, _| a * (x * x)), "{level:?}, {len}");
    let v = found.clone();
    let root = |x: T| (a * (x * x) + T::one()).sqrt();
    found.copy_from_slice(&y);
    T::divide_by_root(level, &v, T::one(), a, &mut found);
    assert!(found == map(&|x, y| y / (root(x) + a)), "{level:?}, {len}");
    let mut quotient = vec![T::nan(); len];
    T::divide_by_mean_square(level, [a, -b, b, a], &x, &v, &mut found, &mut quotient);
    let square: Vec<T> = x.iter().zip(&v).map(|(&x, &v)| a * (x * x) - b * v).collect();
    let expected: Vec<T> = x.iter().zip(&square).map(|(&x, z)| b * x / (z.sqrt() + a)).collect();
    assert!(found == square && quotient == expected, "{level:?}, {len}");
    found.copy_from_slice(&y);
    T::multiply_by_root(level, &v, T::one(), &mut found);
    assert!(found == map(&|x, y| y * root(x)), "{level:?}, {len}");
}

/// Sums as [`Real`]'s products one by one make them, elements as naive loops make them: the same bits.
fn compare_passes<T: Real>(level: Level, length: usize, stream: &mut Stream) {
    let what = format!("{level:?}, {length} elements");
    let [g, u, x, d] = [(); 4].map(|()| random::<T>(stream, length));
    let v: Vec<T> = random::<T>(stream, length).iter().map(|v| v.abs()).collect();
    let dot = |x: &[T], y: &[T]| T::dot(level, x, y);
    let with_u = [dot(&g, &g), dot(&g, &d), dot(&g, &u)];
    assert_eq!(T::products_with(level, &g, &d, Some(&u)), with_u, "{what}");
    assert_eq!(T::products_with(level, &g, &d, None), [with_u[0], with_u[1], 0.0], "{what}");

    let [a, b, p, q] = [0.3, -0.7, 0.9, 1e-8].map(T::of);
    for u in [Some(&u[..]), None] {
        let along_u = u.map_or(0.0, |u| dot(&g, u));
        let (mut new_v, mut new_d) = (v.clone(), d.clone());
        let found = T::adapt(level, [a, p, b, q], &g, u, &mut new_v, &mut new_d);
        let expected: Vec<T> = g.iter().zip(&v).map(|(&g, &v)| a * (g * g) + p * v).collect();
        assert!(new_v == expected, "{what}");
        let expected: Vec<T> = g.iter().zip(&new_v).map(|(&g, v)| b * g / (v.sqrt() + q)).collect();
        assert!(new_d == expected, "{what}");
        assert_eq!(found, [dot(&g, &d), along_u, dot(&g, &new_d), dot(&new_d, &new_d)], "{what}");

        let way = |i: usize| u.map_or(x[i], |u| a * u[i] + x[i]) - d[i];
        let way: Vec<T> = (0..length).map(way).collect();
        assert_eq!(T::distance(level, &x, a, u, &d), dot(&way, &way), "{what}");
    }

    let (mut along, mut against) = ([x.clone(), u.clone()], [x, u]);
    let opposite: Vec<T> = g.iter().map(|&g| -g).collect();
    let [x, u] = &mut along;
    T::follow(level, [a, b], [p, q], &opposite, x, u);
    let ([x, u], mut d) = (&mut against, d);
    T::follow_against(level, [a, b], [p, q], &g, &mut d, x, u);
    assert!(along == against && d == opposite, "{what}");
}

#[test]
fn passes_of_an_update_have_the_bits_of_its_parts_at_every_level() {
    let mut stream = Stream::new(5);
    for level in levels() {
        for length in (0..70).chain([511, 512, 513, 4095, 4096, 4097, 9000]) {
            compare_passes::<f32>(level, length, &mut stream);
            compare_passes::<f64>(level, length, &mut stream);
        }
    }
}

#[test]
fn squares_and_roots_are_those_of_naive_loops_at_every_level() {
    let mut stream = Stream::new(3);
    for level in levels() {
        for len in (0..70).chain([1000, 4097]) {
            compare_roots::<f32>(level, len, &mut stream);
            compare_roots::<f64>(level, len, &mut stream);
        }
    }
}
