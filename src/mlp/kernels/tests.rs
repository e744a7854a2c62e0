//! Every loop against naive ones, for both types, at every level that this machine has.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::PI;

use fearless_simd::Simd;

use super::activation::scale_by_derivative;
use super::elementwise::map;
use super::entries::Entries;
use super::exponential::exp;
use super::product::bias_gradient;
use super::transpose::transpose;
use super::{Activation, Exponential, Lane, MAX_LANES, Rows, Start, threads};
use crate::stream::Stream;
use crate::vector::loops::tests::{assert_close, levels, random};
use crate::vector::loops::{Level, dispatch};

fn compare_products<T: Lane>(level: Level, [m, k, n]: [usize; 3], stream: &mut Stream) {
    let what = format!("{level:?}, {m} samples, {k} inputs, {n} outputs");
    let data: Vec<T> = random(stream, (m + 3) * k);
    let picks: Vec<usize> = (0..m).map(|_| stream.below(m + 3)).collect();
    let rows = Rows::picked(&data, k, &picks);
    let [w, bias, delta] = [k * n, n, m * n].map(|count| random::<T>(stream, count));
    let a = |sample: usize, input: usize| data[picks[sample] * k + input].wide();
    let sum = |count: usize, term: &dyn Fn(usize) -> f64| (0..count).map(term).sum::<f64>();

    let mut out = vec![T::nan(); m * n];
    (Entries::new().forward)(level, rows, &w, &bias, &mut out);
    let product = |x: usize| sum(k, &|p| a(x / n, p) * w[p * n + x % n].wide());
    let expected: Vec<f64> = (0..m * n).map(|x| bias[x % n].wide() + product(x)).collect();
    assert_close(&out, &expected, &what);

    let mut long_delta = delta.clone();
    long_delta.resize(m * n + MAX_LANES, T::nan());
    let (mut dw, mut db) = (vec![T::nan(); k * n], vec![T::nan(); n]);
    let product = |x: usize| sum(m, &|s| a(s, x / n) * delta[s * n + x % n].wide());
    let mut expected_dw: Vec<f64> = (0..k * n).map(product).collect();
    let mut expected_db: Vec<f64> = (0..n).map(|x| sum(m, &|s| delta[s * n + x].wide())).collect();
    dispatch!(level, simd => {
        threads::weight_gradient(simd, rows, &delta, false, &mut dw);
        bias_gradient(simd, (&long_delta, m), false, &mut db);
    });
    assert_close(&dw, &expected_dw, &what);
    assert_close(&db, &expected_db, &what);
    dispatch!(level, simd => {
        threads::weight_gradient(simd, rows, &long_delta, true, &mut dw);
        bias_gradient(simd, (&long_delta, m), true, &mut db);
    });
    expected_dw.iter_mut().chain(&mut expected_db).for_each(|x| *x *= 2.0);
    assert_close(&dw, &expected_dw, &what);
    assert_close(&db, &expected_db, &what);

    // Once with slices that end where the matrices end, once with longer ones.
    for slack in [0, MAX_LANES] {
        let mut transposed = vec![T::nan(); k * n + slack];
        let mut back = vec![T::nan(); m * k + slack];
        dispatch!(level, simd => {
            transpose(simd, &w, n, &mut transposed);
            let rows = Rows::all(&delta, n);
            threads::forward(simd, rows, (&transposed, k), Start::Zero, &mut back);
        });
        let product = |x: usize| sum(n, &|j| delta[x / k * n + j].wide() * w[x % k * n + j].wide());
        let expected: Vec<f64> = (0..m * k).map(product).collect();
        assert_close(&back[..m * k], &expected, &what);
    }
}

#[test]
fn products_of_any_shape_are_those_of_naive_loops_at_every_level() {
    let mut stream = Stream::new(1);
    let mut shapes = vec![[20, 300, 100], [129, 257, 33], [10, 784, 10], [1, 784, 20]];
    shapes.extend([[7, 300, 1], [20, 1, 300], [128, 4, 10], [128, 10, 3]]);
    // Copied panels whose rows collide, and ten rows as tiles of six and four.
    shapes.extend([[30, 70, 64], [10, 70, 50]]);
    shapes.extend((0..120).map(|_| [(); 3].map(|()| 1 + stream.below(40))));
    for level in levels() {
        for &shape in &shapes {
            compare_products::<f32>(level, shape, &mut stream);
            compare_products::<f64>(level, shape, &mut stream);
        }
    }
}

/// |found - expected| in units of the last place of `expected`, or 0 where it is denormal.
fn ulps<T: Lane>(found: T, expected: f64) -> f64 {
    let least = T::min_positive_value().wide();
    if expected.abs() < 4.0 * least {
        assert!(found.wide().abs() <= 8.0 * least);
        return 0.0;
    }
    (found.wide() - expected).abs() / (expected.abs() * T::epsilon().wide())
}

/// Arguments of every size, to where the function leaves the numbers of T.
fn arguments<T: Lane>(stream: &mut Stream) -> Vec<T> {
    let mut arguments: Vec<T> = (-300..=300).map(|i| T::of(f64::from(i) * 2.75)).collect();
    for exponent in -40..=10 {
        arguments.extend((0..60).map(|_| T::of(stream.uniform(-1.0, 1.0) * 2_f64.powi(exponent))));
    }
    arguments
}

fn compare_exponential<T: Exponential>(level: Level, stream: &mut Stream) {
    let arguments: Vec<T> = arguments(stream);
    let mut found = arguments.clone();
    dispatch!(level, simd => simd.vectorize(|| map(simd, &mut found, |x| exp::<_, T>(simd, x))));
    for (&x, &y) in arguments.iter().zip(&found) {
        let expected = x.wide().exp();
        if T::of(expected).is_infinite() {
            assert!(y.is_infinite(), "{level:?}: exp({}) is {}", x.wide(), y.wide());
        } else {
            assert!(ulps(y, expected) < 2.0, "{level:?}: exp({}) is {}", x.wide(), y.wide());
        }
    }
    let mut ends = [T::infinity(), T::neg_infinity(), T::nan(), T::zero()];
    dispatch!(level, simd => map(simd, &mut ends, |x| exp::<_, T>(simd, x)));
    assert_eq!(ends.map(T::wide)[..2], [f64::INFINITY, 0.0]);
    assert!(ends[2].is_nan() && ends[3].is_one());
}

#[test]
fn the_exponential_is_right_to_two_ulps_over_the_whole_range_at_every_level() {
    for level in levels() {
        compare_exponential::<f32>(level, &mut Stream::new(2));
        compare_exponential::<f64>(level, &mut Stream::new(2));
    }
}

type Function = fn(f64) -> f64;

const ACTIVATIONS: [(Activation, Function); 8] = [
    (Activation::Sigmoid, |x| {
        if x > 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
    }),
    (Activation::Tanh, f64::tanh),
    (Activation::Softsign, |x| x / (1.0 + x.abs())),
    (Activation::Relu, |x| x.max(0.0)),
    (Activation::LeakyRelu, |x| if x < 0.0 { x * 0.01 } else { x }),
    (Activation::Elu, |x| if x < 0.0 { x.exp_m1() } else { x }),
    (Activation::Gelu, |x| x / (1.0 + (-gelu_exponent(x)).exp())),
    (Activation::Linear, |x| x),
];

fn gelu_exponent(x: f64) -> f64 {
    (8.0 / PI).sqrt() * (x + 0.044_715 * x.powi(3))
}

/// The units in the last place that h(x) may be off by: 3; but where GELU falls as z eᵘ, the
/// rounding of u, by three units in both programs, counts |u| times.
fn tolerance(h: Activation, x: f64) -> f64 {
    let u = if h == Activation::Gelu { gelu_exponent(x) } else { 0.0 };
    3.0 + 6.0 * (-u).max(0.0)
}

fn compare_activations<T: Exponential>(level: Level, stream: &mut Stream) {
    for (h, exact) in ACTIVATIONS {
        let arguments: Vec<T> = arguments(stream);
        let mut found = arguments.clone();
        (Entries::new().activate)(level, h, &mut found);
        for (&x, &y) in arguments.iter().zip(&found) {
            let error = ulps(y, exact(x.wide()));
            assert!(
                error < tolerance(h, x.wide()),
                "{level:?}: {h:?}({}) is off by {error} ulp",
                x.wide()
            );
        }
        for length in 0..40 {
            compare_derivative::<T>(level, h, exact, length);
        }
    }
}

/// h' against central differences of step 1e-6 in f64: an error of 1e-12 in h makes one of 1e-6 in
/// h', and f32 rounds at 1e-7.
fn compare_derivative<T: Exponential>(level: Level, h: Activation, exact: Function, length: usize) {
    let mut nan = vec![T::nan(); length];
    (Entries::new().activate)(level, h, &mut nan);
    assert!(nan.iter().all(|y| y.is_nan()), "{level:?}: {h:?} hides NaN");

    let x: Vec<T> = (0..length).map(|i| T::of(i as f64 * 0.3 - 2.0)).collect();
    let (mut y, mut delta) = (x.clone(), vec![T::of(3.0); length]);
    if !h.needs_sums() {
        (Entries::new().activate)(level, h, &mut y);
    }
    dispatch!(level, simd => scale_by_derivative(simd, h, &y, &mut delta));
    for (x, delta) in x.iter().map(|x| x.wide()).zip(delta) {
        let slope = (exact(x + 1e-6) - exact(x - 1e-6)) / 2e-6;
        assert!((delta.wide() - 3.0 * slope).abs() < 1e-5, "{level:?}: {h:?}'({x})");
    }
}

#[test]
fn activations_are_right_to_three_ulps_and_their_slopes_match_differences_at_every_level() {
    for level in levels() {
        compare_activations::<f32>(level, &mut Stream::new(3));
        compare_activations::<f64>(level, &mut Stream::new(3));
    }
}

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let mut stream = Stream::new(5);
    let (m, k, n) = (128, 300, 101);
    let (data, w, bias): (Vec<f32>, Vec<f32>, Vec<f32>) =
        (random(&mut stream, m * k), random(&mut stream, k * n), random(&mut stream, n));
    let delta: Vec<f32> = random(&mut stream, m * n);
    let (rows, level) = (Rows::all(&data, k), Level::new());
    let (mut expected, mut expected_dw) = (vec![0.0; m * n], vec![0.5; k * n]);
    let compute = |threads: usize, out: &mut [f32], dw: &mut [f32]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            dispatch!(level, simd => {
                threads::forward(simd, rows, (&w, n), Start::Bias(&bias), out);
                threads::weight_gradient(simd, rows, &delta, true, dw);
            });
        });
    };
    compute(1, &mut expected, &mut expected_dw);
    for threads in 2..=5 {
        let (mut out, mut dw) = (vec![0.0; m * n], vec![0.5; k * n]);
        compute(threads, &mut out, &mut dw);
        assert!(out == expected && dw == expected_dw, "{threads} threads");
    }
}
