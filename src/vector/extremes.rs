//! What rounding to T or to f64 would lose: sums of products outside the range, factors too small or too
//! large for T. Rare, so written for safety, not for speed.

use super::Real;

/// x·y where the plain sum came out as 0 or as not finite.
///
/// A sum outside the range of f64 is the nearest number inside that is neither 0 nor infinite, so that a
/// sum of finite vectors is finite, and 0 only where no product is smaller than T can hold.
pub(super) fn dot<T: Real>(
    x: impl Iterator<Item = T> + Clone,
    y: impl Iterator<Item = T> + Clone,
    plain: f64,
) -> f64 {
    let (a, b) = (largest(x.clone()), largest(y.clone()));
    if !(a.is_finite() && b.is_finite()) || a == 0.0 || b == 0.0 {
        return if a.is_finite() && b.is_finite() { 0.0 } else { f64::NAN };
    }
    // The products of T lose nothing above this.
    if plain == 0.0 && a * b > T::min_positive_value().wide() / T::epsilon().wide() {
        return plain;
    }
    let sum: f64 = x.zip(y).map(|(x, y)| (x.wide() / a) * (y.wide() / b)).sum();
    let product = (sum * a) * b;
    match product {
        0.0 if sum != 0.0 => f64::from_bits(1).copysign(sum),
        product => product.clamp(-f64::MAX, f64::MAX),
    }
}

/// The largest absolute value; NaN if one is.
fn largest<T: Real>(x: impl Iterator<Item = T>) -> f64 {
    x.map(|x| x.wide().abs()).fold(0.0, |a, b| if a >= b { a } else { b })
}

/// Whether the plain sum of so many products of T is what [`dot`] would find as well, whatever it is, by
/// the product |x| |y| of the vectors' norms.
pub(super) fn is_plain<T: Real>(norms: f64, count: usize) -> bool {
    let least = T::min_positive_value().wide() / T::epsilon().wide();
    norms > least * count as f64 && norms < 0.5 * T::max_value().wide()
}

/// Whether T holds this factor: neither infinite nor 0 unless it is.
pub(super) fn fits<T: Real>(factor: f64) -> bool {
    let near = T::of(factor);
    near.is_finite() == factor.is_finite() && (near != T::zero() || factor == 0.0)
}

/// The number nearest to a positive one that is positive and finite in T.
pub(super) fn positive<T: Real>(x: f64) -> T {
    let near = T::of(x);
    if x > 0.0 { near.max(T::min_positive_value()).min(T::max_value()) } else { near }
}

/// The number of T nearest to a finite one.
pub(super) fn finite<T: Real>(x: f64) -> T {
    if x.is_finite() { T::of(x).max(T::min_value()).min(T::max_value()) } else { T::of(x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot<T: Real>(x: &[T], y: &[T], plain: f64) -> f64 {
        super::dot(x.iter().copied(), y.iter().copied(), plain)
    }

    #[test]
    fn a_product_that_plain_sums_lose_is_found() {
        assert_eq!(dot(&[1e-23_f32; 128], &[1e-23_f32; 128], 0.0) as f32, 128e-46_f64 as f32);
        let expected = 128.0 * f64::from(1e19_f32) * f64::from(1e19_f32);
        let found = dot(&[1e19_f32; 128], &[1e19_f32; 128], f64::INFINITY);
        assert!((found / expected - 1.0).abs() < 1e-12);
        assert_eq!(dot(&[1e155_f64], &[-1e155], f64::NEG_INFINITY), -f64::MAX);
        assert_eq!(dot(&[1e-163_f64], &[-1e-163], 0.0), -f64::from_bits(1));
    }

    #[test]
    fn what_is_not_finite_stays_so_and_what_cancels_is_0() {
        assert!(dot(&[1.0, f64::NAN], &[1.0, 1.0], f64::NAN).is_nan());
        assert!(!dot(&[1.0, f64::INFINITY], &[1.0, 1.0], f64::INFINITY).is_finite());
        assert_eq!(dot(&[1.0, -1.0], &[1.0, 1.0], 0.0), 0.0);
        assert_eq!(dot(&[0.0], &[1e-300], 0.0), 0.0);
    }

    #[test]
    fn a_plain_sum_is_known_by_the_norms() {
        assert!(is_plain::<f32>(1.0, 1000) && is_plain::<f64>(1e-200, 1000));
        assert!(!is_plain::<f32>(1e-30, 1000) && !is_plain::<f32>(3e38, 1));
        assert!(!is_plain::<f32>(f64::NAN, 1) && !is_plain::<f32>(0.0, 1));
    }

    #[test]
    fn factors_that_a_type_cannot_hold_are_seen() {
        assert!(fits::<f32>(0.0) && fits::<f32>(1e38) && fits::<f64>(1e300));
        assert!(!fits::<f32>(1e39) && !fits::<f32>(1e-50));
        assert_eq!(positive::<f32>(1e-46), f32::MIN_POSITIVE);
        assert_eq!(finite::<f32>(-1e39), f32::MIN);
    }
}
