//! The optimizer over plain slices, against the one over any parameters.

use gols::direction::{Direction, SteepestDescent};
use gols::search::AmortizedGols;
use gols::{Error, Optimizer, Real, SliceModel, SliceObjective, SliceOptimizer, Update};

use crate::common::normal;

/// Parameters without a loss: gradients are made here.
struct Nothing;

impl<T: Real> SliceModel<T> for Nothing {
    type Error = Error;

    fn loss_and_gradient(&mut self, _: &[T], _: &[usize], _: &mut [T]) -> Result<f64, Error> {
        Ok(0.0)
    }
}

/// Gradients of a curved valley at y, noise included, of a size that wanders; at some updates 0, not
/// finite, or at the ends of the range of T.
fn gradient<T: Real>(t: usize, y: &[T]) -> Vec<T> {
    let extreme = T::max_value().to_f64().unwrap();
    let scale = match t {
        7 => 0.0,
        11 => f64::NAN,
        12 => f64::INFINITY,
        20..23 => extreme.powf(-0.7),
        26 => extreme.powf(0.8),
        30..33 => extreme.powf(-0.4),
        _ => 1.0 + (t as f64).sin(),
    };
    let noise = normal(y.len(), t as u64);
    let rows = y.iter().zip(noise).enumerate();
    rows.map(|(i, (y, noise))| {
        let curvature = 0.1 + (i % 7) as f64;
        T::from(scale * (curvature * (y.to_f64().unwrap() - 1.0) + 0.3 * noise)).unwrap()
    })
    .collect()
}

/// Bits: NaN as itself.
fn bits(update: &Update) -> [u64; 6] {
    let Update { step, slope, arrival_slope, displacement, gradient_norm, .. } = *update;
    let arrival = arrival_slope.unwrap_or(0.125);
    let numbers = [step.length, slope, arrival, displacement, gradient_norm];
    let [a, b, c, d, e] = numbers.map(|x| if x.is_nan() { f64::NAN } else { x }.to_bits());
    [a, b, c, d, e, step.termination as u64]
}

/// Sixty updates of both, with the mean looked at and a new beginning on the way.
fn compare<T: Real, D>(length: usize, mut one: Optimizer<Vec<T>, D>, mut other: SliceOptimizer<T>)
where
    D: Direction<SliceObjective<T, Nothing>>,
{
    let start: Vec<T> = normal(length, 99).iter().map(|&x| T::from(x).unwrap()).collect();
    let mut y = start.clone();
    let mut parameters = SliceObjective::new(start, None, Nothing).unwrap();
    for t in 0..60 {
        let g = gradient(t, &y);
        let expected = one.step(&mut parameters, &g).unwrap();
        let update = other.step(&mut y, &g).unwrap();
        let what = format!("{length} parameters, update {t}");
        assert_eq!(bits(&update), bits(&expected), "{what}: {update:?}, not {expected:?}");
        assert!(y == parameters.parameters(), "{what}");
        if t % 10 == 9 {
            let mean = one.averaged(&mut parameters, |x| x.parameters().to_vec()).unwrap();
            let mut found = vec![T::nan(); length];
            other.average(&y, &mut found).unwrap();
            assert!(found == mean, "{what}");
        }
        if t == 39 {
            one.finish(&mut parameters).unwrap();
            other.finish(&mut y).unwrap();
        }
    }
    assert_eq!(other.updates(), one.updates());
    assert_eq!((other.recency(), other.agreement()), (one.recency(), one.agreement()));
    assert_eq!(other.search(), one.search());
    assert!(other.direction() == *one.direction());
}

fn compare_all<T: Real>(length: usize) {
    let parameters = SliceObjective::new(vec![T::zero(); length], None, Nothing).unwrap();
    let optimizer = || Optimizer::new(&parameters).unwrap();
    let new = || SliceOptimizer::<T>::new(length);
    compare(length, optimizer(), new());
    compare(length, optimizer().along(SteepestDescent), new().steepest_descent());
    for averaging in [0.0, 0.5] {
        let one = optimizer().with_averaging(averaging).unwrap();
        let other = new().with_averaging(averaging).unwrap();
        compare(length, one.clone(), other.clone());
        compare(length, one.along(SteepestDescent), other.steepest_descent());
    }
    let search = AmortizedGols::default().with_max_displacement(0.3).unwrap();
    let one = optimizer().with_search(search.clone()).with_reach(f64::INFINITY).unwrap();
    let one = one.with_recency(0.0, 3.0).unwrap().with_delay(0.0).unwrap();
    let other = new().with_search(search).with_reach(f64::INFINITY).unwrap();
    let other = other.with_recency(0.0, 3.0).unwrap().with_delay(0.0).unwrap();
    compare(length, one, other);
}

#[test]
fn updates_of_slices_are_those_of_the_optimizer_bit_for_bit() {
    // Around the lanes, the pieces and the blocks of the sums.
    for length in [1, 17, 513, 4100] {
        compare_all::<f32>(length);
        compare_all::<f64>(length);
    }
}

#[test]
fn a_gradient_that_is_not_finite_leaves_everything_as_it_was() {
    let mut optimizer = SliceOptimizer::<f32>::new(5000);
    let mut y = vec![1.0; 5000];
    for t in 0..5 {
        let g = gradient(t, &y);
        optimizer.step(&mut y, &g).unwrap();
    }
    // The last element alone: all that comes before it must not have been taken in.
    let mut poisoned = gradient(5, &y);
    poisoned[4999] = f32::NAN;
    let (mut other, mut x) = (optimizer.clone(), y.clone());
    let update = optimizer.step(&mut y, &poisoned).unwrap();
    assert!(update.step.length == 0.0 && y == x);
    assert_eq!((optimizer.skipped(), other.skipped()), (1, 0));
    // Only α has shrunk.
    let alpha = optimizer.search().previous().unwrap();
    let shorter = other.search().clone().with_previous(alpha).unwrap();
    other = other.with_search(shorter);
    for t in 6..9 {
        let g = gradient(t, &y);
        let [found, expected] = [optimizer.step(&mut y, &g), other.step(&mut x, &g)];
        assert_eq!(bits(&found.unwrap()), bits(&expected.unwrap()), "update {t}");
        assert!(y == x);
    }
}

#[test]
fn slices_of_another_length_are_refused_and_nothing_changes() {
    let mut optimizer = SliceOptimizer::<f64>::new(2);
    let refused = |what, found| Err(Error::Length { what, found, expected: 2 });
    let mut short = [1.0];
    let step = optimizer.step(&mut short, &[1.0, 1.0]).map(drop);
    assert_eq!(step, refused("the parameters", 1));
    let step = optimizer.step(&mut [1.0, 1.0], &[1.0; 3]).map(drop);
    assert_eq!(step, refused("the gradient", 3));
    assert_eq!(optimizer.average(&[1.0; 3], &mut [0.0; 2]), refused("the parameters", 3));
    assert_eq!(optimizer.average(&[1.0; 2], &mut short), refused("the mean", 1));
    assert_eq!(optimizer.finish(&mut short), refused("the parameters", 1));
    assert_eq!((short, optimizer.updates()), ([1.0], 0));
}

#[test]
fn settings_of_slices_out_of_range_are_refused() {
    let new = || SliceOptimizer::<f64>::new(1);
    assert!(new().with_averaging(1.0).is_err() && new().with_delay(-1.0).is_err());
    assert!(new().with_recency(3.0, 2.0).is_err() && new().with_reach(0.0).is_err());
}

#[test]
fn no_parameters_are_no_error() {
    let mut optimizer = SliceOptimizer::<f64>::new(0);
    assert_eq!(optimizer.step(&mut [], &[]).unwrap().step.length, 0.0);
    optimizer.finish(&mut []).unwrap();
}

#[test]
fn settings_that_come_after_the_first_step_do_no_harm() {
    let start = vec![2.0_f64; 20];
    let mut parameters = SliceObjective::new(start.clone(), None, Nothing).unwrap();
    let unbound = |averaging| {
        let one = Optimizer::new(&parameters).unwrap().with_averaging(averaging).unwrap();
        let other = SliceOptimizer::new(20).with_averaging(averaging).unwrap();
        let search = AmortizedGols::default();
        let one = one.with_reach(f64::INFINITY).unwrap().with_search(search.clone());
        (one, other.with_reach(f64::INFINITY).unwrap().with_search(search))
    };
    let [off, on] = [unbound(0.0), unbound(0.9)];
    for ((mut one, mut other), later) in [(off, 0.9), (on, 0.0)] {
        let mut y = start.clone();
        parameters.set_parameters(&y).unwrap();
        for t in 0..60 {
            if t == 30 {
                one = one.with_averaging(later).unwrap().with_reach(0.7).unwrap();
                other = other.with_averaging(later).unwrap().with_reach(0.7).unwrap();
            }
            let g = y.clone();
            let expected = one.step(&mut parameters, &g).unwrap();
            assert_eq!(bits(&other.step(&mut y, &g).unwrap()), bits(&expected), "update {t}");
            assert!(y == parameters.parameters(), "update {t}");
        }
        one.finish(&mut parameters).unwrap();
        other.finish(&mut y).unwrap();
        assert!(y == parameters.parameters());
    }
}
