//! What an adapter makes of numbers that its framework's types can hardly hold, or not at all.

use gols::direction::{Adagrad, Adam, Direction, SteepestDescent};
use gols::landscape::RandomVectors;
use gols::search::FixedStep;
use gols::{
    Descent, ElementWise, Optimizer, Parameters, Sampling, Slices, StochasticObjective, VectorSpace,
};

use crate::network::{Adapter, Number, Vector, parameters};
use crate::promises::objectives;

/// A vector whose numbers are all -`size` or `size`, as the vectors' type has it.
fn signs<A: Adapter>(objective: &A::Objective, size: f64) -> Vector<A> {
    let [mut signs, mut squares] = [(); 2].map(|()| objective.zeros().unwrap());
    objective.fill_normal(3, &mut signs).unwrap();
    objective.add_squares(1.0, &signs, 0.0, &mut squares).unwrap();
    objective.divide_by_root(&squares, 0.0, 0.0, &mut signs).unwrap();
    filled::<A>(objective, size, &signs)
}

/// A new vector: `factor` times this one.
fn filled<A: Adapter>(objective: &A::Objective, factor: f64, vector: &Vector<A>) -> Vector<A> {
    let mut product = objective.zeros().unwrap();
    objective.axpby(factor, vector, 0.0, &mut product).unwrap();
    product
}

/// A size whose square is too large for the vectors' type, and one whose square is too small.
fn sizes(number: Number) -> [f64; 2] {
    if number == Number::F64 { [1e155, 1e-163] } else { [1e19, 1e-23] }
}

pub fn products_of_large_and_of_small_vectors_are_found<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        for size in sizes(number) {
            let (x, ones) = (signs::<A>(&objective, size), signs::<A>(&objective, 1.0));
            let y = filled::<A>(&objective, -1.0, &x);
            let n = A::numbers(&objective, &x).len() as f64;
            let near = |found: f64, product: f64| {
                // The nearest number that is neither 0 nor infinite; sizes are rounded to f32.
                let expected = product.signum() * product.abs().clamp(f64::from_bits(1), f64::MAX);
                let agrees = (found - expected).abs() <= 1e-6 * expected.abs();
                assert!(agrees, "{number:?}, {size}: {found}, not {expected}");
            };
            near(objective.dot(&x, &x).unwrap(), n * size * size);
            near(objective.dot(&x, &ones).unwrap(), n * size);
            let [xx, xy, yy] = objective.products(&x, &y).unwrap();
            near(xx, n * size * size);
            near(xy, -(n * size) * size);
            near(yy, n * size * size);
        }
    }
}

pub fn products_of_nothing_are_0_and_what_is_not_finite_stays_so<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        let (zeros, ones) = (objective.zeros().unwrap(), signs::<A>(&objective, 1.0));
        assert_eq!(objective.products(&zeros, &ones).unwrap()[..2], [0.0; 2], "{number:?}");
        for factor in [f64::INFINITY, f64::NAN] {
            let wild = filled::<A>(&objective, factor, &ones);
            let [square, product, _] = objective.products(&wild, &ones).unwrap();
            assert!(!square.is_finite() && !product.is_finite(), "{number:?}");
            assert!(!objective.dot(&wild, &zeros).unwrap().is_finite(), "{number:?}");
        }
    }
}

pub fn large_and_small_gradients_move_the_parameters<A: Adapter>() {
    for (number, mut objective) in objectives::<A>() {
        for size in sizes(number) {
            let gradient = signs::<A>(&objective, size);
            let before = parameters::<A>(&objective);
            let mut optimizer = Optimizer::new(&objective).unwrap().along(SteepestDescent);
            // The first steps are below the resolution of halves.
            for _ in 0..20 {
                let update = optimizer.step(&mut objective, &gradient).unwrap();
                let displacement = update.displacement;
                assert!(displacement > 0.0 && displacement.is_finite(), "{number:?}: {update:?}");
            }
            assert_ne!(parameters::<A>(&objective), before, "{number:?}, {size}");
        }
    }
}

pub fn sums_of_many_small_vectors_do_not_stop_growing<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        let ones = signs::<A>(&objective, 1.0);
        let mut sum = filled::<A>(&objective, 1.0, &ones);
        for _ in 0..1000 {
            objective.axpby(1e-4, &ones, 1.0, &mut sum).unwrap();
        }
        // 1000 roundings to the numbers of f32 around 1 are within 6e-5.
        let found = A::numbers(&objective, &sum);
        assert!(found.iter().all(|x| (x.abs() - 1.1).abs() < 1e-4), "{number:?}: {}", found[0]);
    }
}

pub fn the_moments_of_small_and_of_constant_gradients_are_those_of_f64<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        let [ten, one, small] = [10.0, 1.0, 1e-3].map(|size| signs::<A>(&objective, size));
        assert_adam::<A>(number, &objective, &[&small; 3]);
        let gradients: Vec<_> = std::iter::once(&ten).chain([&one; 1000]).collect();
        assert_adam::<A>(number, &objective, &gradients);
    }
}

/// Makes sure that Adam's last direction is that of a slice of f64.
fn assert_adam<A: Adapter>(number: Number, objective: &A::Objective, gradients: &[&Vector<A>]) {
    let slice = Slices::<f64>::new(parameters::<A>(objective).len());
    let (mut adam, mut adam_of_f64) = (Adam::without_momentum(), Adam::without_momentum());
    let (mut found, mut expected) = (objective.zeros().unwrap(), slice.zeros().unwrap());
    for gradient in gradients {
        adam.update(objective, gradient, &mut found).unwrap();
        let gradient = A::numbers(objective, gradient);
        adam_of_f64.update(&slice, &gradient, &mut expected).unwrap();
    }
    // v forgets by 0.999: what three roundings to f32 an update leave is below 1000 · 3 · 6e-8.
    for (found, expected) in A::numbers(objective, &found).iter().zip(expected) {
        let agrees = (found - expected).abs() < 2e-4 * expected.abs();
        assert!(agrees, "{number:?}: {found}, not {expected}");
    }
}

pub fn an_epsilon_below_the_type_stays_positive<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        let (zeros, mut d) = (objective.zeros().unwrap(), objective.zeros().unwrap());
        let mut adagrad = Adagrad::default().with_epsilon(1e-46).unwrap();
        adagrad.update(&objective, &zeros, &mut d).unwrap();
        assert!(A::numbers(&objective, &d).iter().all(|d| *d == 0.0), "{number:?}: Adagrad");
        objective.divide_by_root(&zeros, 1e-46, 0.0, &mut d).unwrap();
        assert!(A::numbers(&objective, &d).iter().all(|d| *d == 0.0), "{number:?}: quotient");
        let mut root = signs::<A>(&objective, 1.0);
        objective.multiply_by_root(&zeros, 1e-46, &mut root).unwrap();
        let numbers = A::numbers(&objective, &root);
        assert!(numbers.iter().all(|x| *x != 0.0 && x.abs() < 1e-18), "{number:?}: product");
        objective.multiply_by_root(&zeros, 1e300, &mut root).unwrap();
        assert!(A::numbers(&objective, &root).iter().all(|x| x.is_finite()), "{number:?}: large");
    }
}

pub fn factors_beyond_the_type_give_the_nearest_numbers<A: Adapter>() {
    for (number, objective) in objectives::<A>() {
        let ones = signs::<A>(&objective, 1.0);
        for (factor, size, expected) in [(1e39, 1e-20, 1e19), (1e-50, 1e15, 1e-35)] {
            let x = signs::<A>(&objective, size);
            let product = A::numbers(&objective, &filled::<A>(&objective, factor, &x));
            let agrees = product.iter().all(|x| (x.abs() / expected - 1.0).abs() < 1e-6);
            assert!(agrees, "{number:?}: {} for {expected}", product[0]);
            let mut sum = filled::<A>(&objective, 1.0, &ones);
            objective.axpby(0.0, &x, factor, &mut sum).unwrap();
            objective.axpby(1.0, &ones, 1.0, &mut sum).unwrap();
            assert!(A::numbers(&objective, &sum).iter().all(|x| x.is_finite()), "{number:?}");
        }
        let mut squares = objective.zeros().unwrap();
        objective.add_squares(1e39, &ones, 1e39, &mut squares).unwrap();
        let squares = A::numbers(&objective, &squares);
        assert!(squares.iter().all(|x| *x > 1e38 && x.is_finite()), "{number:?}: {}", squares[0]);
        let wild = filled::<A>(&objective, f64::INFINITY, &ones);
        let wild = A::numbers(&objective, &filled::<A>(&objective, 1e39, &wild));
        assert!(wild.iter().all(|x| !x.is_finite()), "{number:?}: what is not finite stays so");
    }
}

pub fn a_step_beyond_the_type_leaves_finite_parameters<A: Adapter>() {
    for (number, mut objective) in objectives::<A>() {
        let (start, zeros) = (parameters::<A>(&objective), objective.zeros().unwrap());
        objective.anchor().unwrap();
        objective.move_to(1e39, &zeros).unwrap();
        assert_eq!(parameters::<A>(&objective), start, "{number:?}");
        objective.combine(1.0, 1e39, &zeros).unwrap();
        assert_eq!(parameters::<A>(&objective), start, "{number:?}");
        let ones = signs::<A>(&objective, 1.0);
        objective.combine(1.0, -1e39, &ones).unwrap();
        assert!(parameters::<A>(&objective).iter().all(|x| x.is_finite()), "{number:?}: combine");
        objective.restore().unwrap();
        let descent = Descent::new(objective).unwrap().with_sampling(Sampling::Full);
        let mut descent = descent.with_search(FixedStep::new(1e39).unwrap());
        descent.step().unwrap();
        let parameters = parameters::<A>(descent.objective());
        assert!(parameters.iter().all(|x| x.is_finite()), "{number:?}: descent");
    }
}
