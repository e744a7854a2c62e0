//! Landscapes, seen through the public interface only.

#[path = "it/common/mod.rs"]
mod common;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use approx::assert_relative_eq;
use common::config;
use gols::landscape::{
    Ball, Grid, Histogram, Moments, NnGppTest, Plane, Proportion, RandomVectors, Scan, ScanError,
    SurfaceScan, local_minima, random_orthonormal, repeated_scan, scan, sign_changes,
};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Error, MiniBatches, Sampling, SliceModel, SliceObjective, StochasticObjective, VectorSpace,
};
use proptest::prelude::*;

type Points = Rc<RefCell<Vec<Vec<f64>>>>;

/// L = Σ cosh(xᵢ − cᵢ): smooth, unimodal along every line. It notes every point it is asked about, and
/// fails at the question numbered `fails_at`.
struct Bowl {
    centre: Vec<f64>,
    seen: Points,
    fails_at: usize,
}

#[derive(Debug, PartialEq)]
enum BowlError {
    Broken,
    Gols(Error),
}

impl fmt::Display for BowlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for BowlError {}

impl From<Error> for BowlError {
    fn from(error: Error) -> Self {
        Self::Gols(error)
    }
}

impl SliceModel<f64> for Bowl {
    type Error = BowlError;

    fn loss(&mut self, x: &[f64]) -> Result<f64, BowlError> {
        self.loss_and_gradient(x, &mut vec![0.0; x.len()])
    }

    fn loss_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, BowlError> {
        self.seen.borrow_mut().push(x.to_vec());
        if self.seen.borrow().len() == self.fails_at {
            return Err(BowlError::Broken);
        }
        let offsets = || x.iter().zip(&self.centre).map(|(x, c)| x - c);
        gradient.iter_mut().zip(offsets()).for_each(|(g, o)| *g = o.sinh());
        Ok(offsets().map(f64::cosh).sum())
    }
}

fn bowl(x0: Vec<f64>, centre: Vec<f64>, fails_at: usize) -> (SliceObjective<f64, Bowl>, Points) {
    let seen = Points::default();
    let model = Bowl { centre, seen: Rc::clone(&seen), fails_at };
    (SliceObjective::new(model, x0).unwrap(), seen)
}

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|value| value.to_bits()).collect()
}

/// The Iris network of [VG]: 4-10-3, batches of 10.
fn iris(seed: u64) -> SliceObjective<f64, Model<f64>> {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, seed).unwrap();
    let data = Dataset::iris().with_scaled_inputs(0.0, 1.0).unwrap();
    let batches = MiniBatches::new(150, 10, seed).unwrap();
    let model = Model::new(network, Loss::HalfSquared, data).unwrap();
    SliceObjective::new(model.with_mini_batches(batches).unwrap(), x0).unwrap()
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn on_a_full_batch_of_a_unimodal_function_both_counts_agree_and_find_the_optimum(
        centre in prop::collection::vec(-1.0..1.0_f64, 3),
        direction in prop::collection::vec(0.2..1.0_f64, 3),
    ) {
        let (mut objective, _) = bowl(vec![0.0; 3], centre.clone(), 0);
        let grid = Grid::increments(-8.0, 8.0, 100).unwrap();
        let line = scan(&mut objective, &direction, &grid, Sampling::Full).unwrap();
        let (minima, changes) = (line.local_minima(), line.sign_changes());
        prop_assert_eq!(minima.len(), 1);
        prop_assert_eq!(changes.len(), 1);
        // The optimum lies where the slope, which rises along the line, is 0: bisection finds it.
        let slope = |a: f64| -> f64 {
            let terms = direction.iter().zip(&centre);
            terms.map(|(d, c)| d * (a * d - c).sinh()).sum()
        };
        let (mut low, mut high) = (-8.0, 8.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if slope(middle) < 0.0 { low = middle } else { high = middle }
        }
        // The minimum is one of the two samples about the optimum, the sign change the upper one.
        let spacing = 0.16 * (1.0 + 1e-9);
        prop_assert!((minima[0] - low).abs() <= spacing);
        prop_assert!(changes[0] >= low && changes[0] - low <= spacing);
    }

    #[test]
    fn a_deterministic_scan_is_reproducible_and_mirrored_when_the_direction_is_reversed(
        x0 in prop::collection::vec(-1.0..1.0_f64, 4),
        direction in prop::collection::vec(0.1..1.0_f64, 4),
        points in 2..40_usize,
    ) {
        let (mut objective, _) = bowl(x0, vec![0.3, -0.2, 0.0, 1.0], 0);
        let grid = Grid::new(-3.0, 3.0, points).unwrap();
        let forwards = scan(&mut objective, &direction, &grid, Sampling::Dynamic).unwrap();
        let again = scan(&mut objective, &direction, &grid, Sampling::Dynamic).unwrap();
        prop_assert_eq!(&forwards, &again);
        let reversed: Vec<f64> = direction.iter().map(|d| -d).collect();
        let backwards = scan(&mut objective, &reversed, &grid, Sampling::Dynamic).unwrap();
        let mirrored: Vec<_> = backwards.points().map(|(a, l, s)| (-a, l, -s)).collect();
        for (there, back) in forwards.points().zip(mirrored.into_iter().rev()) {
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn mean_and_deviation_in_one_pass_agree_with_two_passes(
        values in prop::collection::vec(-1e3..1e3_f64, 2..200),
        offset in prop::sample::select(vec![0.0, 1e6, 1e9]),
        cut in 0..200_usize,
    ) {
        let values: Vec<f64> = values.iter().map(|value| value + offset).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        let (first, second) = values.split_at(cut.min(values.len()));
        let merged = Moments::from_iter(first.iter().copied())
            .merge(second.iter().copied().collect());
        for moments in [values.iter().copied().collect::<Moments>(), merged] {
            // Rounding: n additions of numbers as large as the mean, each wrong by 1e-16 of it. The sum
            // of squares of numbers at 1e9 would have lost 18 of 16 digits.
            let rounding = 1e-13 * (offset + 1e3);
            prop_assert!((moments.mean() - mean).abs() <= rounding);
            prop_assert!((moments.standard_deviation() - sd).abs() <= 10.0 * rounding);
        }
    }

    #[test]
    fn a_surface_touches_no_point_outside_its_plane_and_leaves_the_parameters_alone(
        x0 in prop::collection::vec(-1.0..1.0_f64, 6),
        seed in 0..1000_u64,
        size in 2..6_usize,
    ) {
        let (mut objective, seen) = bowl(x0.clone(), vec![0.0; 6], 0);
        let plane = Plane::random(&objective, seed).unwrap();
        let (d1, d2) = (plane.first().clone(), plane.second().clone());
        let grid = Grid::new(-1.5, 1.5, size).unwrap();
        let surface = SurfaceScan::new(&objective, plane, grid, Sampling::Full).unwrap()
            .with_draws(2).unwrap();
        let rows = surface.run(&mut objective).unwrap();
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));
        let points: Vec<_> = rows.into_iter().flatten().collect();
        prop_assert_eq!(seen.borrow().len(), 2 * points.len());
        for (x, point) in seen.borrow().chunks(2).zip(&points) {
            prop_assert_eq!(&x[0], &x[1]);
            for i in 0..6 {
                let expected = x0[i] + point.a * d1[i] + point.b * d2[i];
                prop_assert!((x[0][i] - expected).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn wherever_an_objective_fails_its_error_comes_through_and_the_parameters_are_restored(
        x0 in prop::collection::vec(-1.0..1.0_f64, 3),
        fails_at in 1..25_usize,
    ) {
        let grid = Grid::new(-1.0, 1.0, 5).unwrap();
        let (mut objective, _) = bowl(x0.clone(), vec![0.0; 3], fails_at.min(5));
        let broken = scan(&mut objective, &vec![1.0; 3], &grid, Sampling::Full);
        prop_assert_eq!(broken.unwrap_err(), ScanError::Objective(BowlError::Broken));
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));

        let (mut objective, _) = bowl(x0.clone(), vec![0.0; 3], fails_at);
        let plane = Plane::random(&objective, 1).unwrap();
        let surface = SurfaceScan::new(&objective, plane, grid.clone(), Sampling::Full).unwrap();
        prop_assert!(surface.run(&mut objective).is_err());
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));

        let (mut objective, _) = bowl(x0.clone(), vec![0.0; 3], fails_at);
        let broken = repeated_scan(&mut objective, &vec![1.0; 3], &grid, Sampling::Full, 5);
        prop_assert!(broken.is_err());
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));

        let (mut objective, _) = bowl(x0.clone(), x0.clone(), fails_at);
        let test = NnGppTest::new(0.1).unwrap().with_pairs(25).unwrap();
        prop_assert!(test.holds(&mut objective).is_err());
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));
    }

    #[test]
    fn no_two_neighbours_are_both_minima_or_both_sign_changes(
        values in prop::collection::vec(-1.0..1.0_f64, 0..60),
    ) {
        for found in [local_minima(&values), sign_changes(&values)] {
            prop_assert!(found.windows(2).all(|pair| pair[1] > pair[0] + 1));
            prop_assert!(found.iter().all(|&index| index >= 1 && index < values.len()));
        }
    }

    #[test]
    fn a_histogram_loses_no_number(
        values in prop::collection::vec(-3.0..3.0_f64, 0..100),
        bins in 1..20_usize,
    ) {
        let mut histogram = Histogram::new(-2.0, 2.0, bins).unwrap();
        histogram.extend(values.iter().copied());
        let inside = values.iter().filter(|value| value.abs() <= 2.0).count() as u64;
        prop_assert_eq!(histogram.counts().iter().sum::<u64>(), inside);
        prop_assert_eq!(histogram.outside(), values.len() as u64 - inside);
        for (low, high, count) in histogram.bins() {
            let held = values.iter().filter(|&&v| v > low + 1e-12 && v <= high - 1e-12).count();
            prop_assert!(held as u64 <= count);
        }
    }
}

#[test]
fn loss_and_slope_of_one_step_come_from_one_mini_batch() {
    // Each batch is one random number r: L = r x, so that L / x and g must be the same r.
    let r = Rc::new(RefCell::new((1.0, 0)));
    let (value, gradient, draw) = (Rc::clone(&r), Rc::clone(&r), Rc::clone(&r));
    let loss = move |x: &[f64]| value.borrow().0 * x[0];
    let both = move |x: &[f64], g: &mut [f64]| {
        g[0] = gradient.borrow().0;
        g[0] * x[0]
    };
    let mut objective =
        SliceObjective::from_fns(vec![0.0], loss, both).unwrap().with_resample(move || {
            let drawn = draw.borrow().1 + 1;
            *draw.borrow_mut() = (f64::from(drawn).sin(), drawn);
        });
    let grid = Grid::new(1.0, 2.0, 9).unwrap();
    let line = scan(&mut objective, &vec![1.0], &grid, Sampling::Dynamic).unwrap();
    for (step, loss, slope) in line.points() {
        assert_eq!(loss, slope * step);
    }
    assert_eq!(r.borrow().1, 9, "one draw a step");
    scan(&mut objective, &vec![1.0], &grid, Sampling::Static).unwrap();
    assert_eq!(r.borrow().1, 9, "static sub-sampling draws nothing");
}

#[test]
fn a_scan_sees_what_the_objective_says_at_the_same_parameters() {
    let mut objective = iris(3);
    let direction = random_orthonormal(&objective, 1, 4).unwrap().remove(0);
    let grid = Grid::increments(-20.0, 20.0, 10).unwrap();
    let line = scan(&mut objective, &direction, &grid, Sampling::Full).unwrap();
    let x0 = objective.parameters().to_vec();
    for (step, loss, slope) in line.points() {
        let x: Vec<f64> = x0.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
        let mut other = iris(3);
        other.set_parameters(&x).unwrap();
        let mut gradient = other.zeros().unwrap();
        assert_eq!(other.loss_and_gradient(&mut gradient).unwrap(), loss);
        assert_eq!(other.dot(&gradient, &direction).unwrap(), slope);
    }
}

#[test]
fn rows_with_objectives_of_their_own_give_the_same_surface_in_any_order() {
    let objective = |row: usize| {
        let mut objective = iris(1);
        let batches = MiniBatches::new(150, 10, row as u64).unwrap();
        let model = objective.model_mut();
        *model = model.clone().with_mini_batches(batches).unwrap();
        objective
    };
    let plane = Plane::random(&iris(1), 2).unwrap();
    let grid = Grid::new(-20.0, 20.0, 4).unwrap();
    let surface = SurfaceScan::new(&iris(1), plane, grid, Sampling::Dynamic).unwrap();
    let rising: Vec<_> = (0..4).map(|row| surface.row(&mut objective(row), row).unwrap()).collect();
    let mut falling: Vec<_> =
        (0..4).rev().map(|row| surface.row(&mut objective(row), row).unwrap()).collect();
    falling.reverse();
    // Moments of one draw hold no NaN, so equality is meant bit for bit.
    assert_eq!(rising, falling);
    assert_ne!(rising[0][0].loss, rising[0][1].loss);
}

#[test]
fn random_directions_are_orthonormal_reproducible_and_point_everywhere() {
    let space = iris(0);
    let d = random_orthonormal(&space, 83, 9).unwrap();
    for i in 0..83 {
        for j in 0..=i {
            let expected = f64::from(u8::from(i == j));
            assert_relative_eq!(space.dot(&d[i], &d[j]).unwrap(), expected, epsilon = 1e-12);
        }
    }
    assert_eq!(d[..2], random_orthonormal(&space, 2, 9).unwrap());
    assert_ne!(d[..2], random_orthonormal(&space, 2, 10).unwrap());
    // A coordinate of a random unit vector has mean 0 and variance 1/p. Over 400 vectors, its average
    // has an sd of sqrt(1/(83 * 400)) = 0.0055; 4.5 sd leave a chance of 6e-4 for 83 coordinates.
    let mut sums = [0.0; 83];
    for seed in 0..400 {
        let vector = random_orthonormal(&space, 1, seed).unwrap().remove(0);
        sums.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value / 400.0);
    }
    assert!(sums.iter().all(|mean: &f64| mean.abs() < 0.0247), "{sums:?}");
}

#[test]
fn a_plane_has_the_four_lines_of_the_paper() {
    let space = iris(0);
    let plane = Plane::containing(&space, vec![0.5; 83], 3).unwrap();
    assert_eq!(plane.first(), &vec![0.5; 83]);
    assert_relative_eq!(space.dot(plane.first(), plane.second()).unwrap(), 0.0, epsilon = 1e-13);
    let grid = Grid::increments(-2.0, 2.0, 100).unwrap();
    let lines = plane.lines(&space, &grid).unwrap();
    let norm = (0.25 * 83.0_f64).sqrt();
    let diagonal = (1.0 + norm * norm).sqrt();
    for (line, length) in lines.iter().zip([norm, 1.0, diagonal, diagonal]) {
        assert_relative_eq!(
            space.dot(&line.direction, &line.direction).unwrap(),
            1.0,
            epsilon = 1e-13
        );
        assert_relative_eq!(line.grid.high(), 2.0 * length, epsilon = 1e-12);
        assert_relative_eq!(line.grid.steps()[0], -1.96 * length, epsilon = 1e-12);
    }
}

#[test]
fn a_grid_of_increments_leaves_out_its_lower_end() {
    let grid = Grid::increments(-20.0, 20.0, 100).unwrap();
    let steps = grid.steps();
    assert_eq!((steps.len(), steps[49], steps[99]), (100, 0.0, 20.0));
    assert_relative_eq!(steps[0], -19.6, epsilon = 1e-12);
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_saddle_is_no_nn_gpp_and_a_kink_is_one() {
    let kink = |x: &[f64]| x[0].abs() + 2.0 * x[1].abs();
    let mut objective = SliceObjective::from_fns(vec![0.0; 2], kink, move |x, g| {
        (g[0], g[1]) = (x[0].signum(), 2.0 * x[1].signum());
        kink(x)
    })
    .unwrap();
    let test = NnGppTest::new(0.5).unwrap().with_pairs(500).unwrap();
    assert!(test.holds(&mut objective).unwrap());

    let saddle = |x: &[f64]| 0.5 * (x[0] * x[0] - x[1] * x[1]);
    let mut objective = SliceObjective::from_fns(vec![0.0; 2], saddle, move |x, g| {
        (g[0], g[1]) = (x[0], -x[1]);
        saddle(x)
    })
    .unwrap();
    assert!(!test.holds(&mut objective).unwrap());
}

/// L = 1/2 |x − m|², where m = (±1, 0) is the mini-batch: the slope at ε u is ε − m·u.
fn two_bowls() -> impl StochasticObjective<Vector = Vec<f64>, Error = Error> + RandomVectors {
    let m = Rc::new(RefCell::new((1.0, MiniBatches::new(2, 1, 6).unwrap())));
    let (here, there, draw) = (Rc::clone(&m), Rc::clone(&m), m);
    let loss = |x: &[f64], m: f64| 0.5 * ((x[0] - m) * (x[0] - m) + x[1] * x[1]);
    let both = move |x: &[f64], g: &mut [f64]| {
        let m = there.borrow().0;
        (g[0], g[1]) = (x[0] - m, x[1]);
        loss(x, m)
    };
    SliceObjective::from_fns(vec![1.0, 0.0], move |x| loss(x, here.borrow().0), both)
        .unwrap()
        .with_resample(move || {
            let row = draw.borrow_mut().1.draw()[0];
            draw.borrow_mut().0 = if row == 0 { -1.0 } else { 1.0 };
        })
}

#[test]
fn the_probability_of_an_snn_gpp_is_that_of_its_mini_batch() {
    // x = (1, 0) is the minimum on half of the batches, and on them every pair passes.
    let test = NnGppTest::new(0.5).unwrap().with_pairs(200).unwrap();
    let proportion = test.probability(&mut two_bowls(), Sampling::Static, 400).unwrap();
    // Binomial(400, 1/2): sd of the estimate 0.025, four of them 0.1.
    assert!((proportion.estimate() - 0.5).abs() < 0.1, "{proportion:?}");
    let (low, high) = proportion.interval(4.0);
    assert!(low < 0.5 && 0.5 < high);

    // One pair a trial, each on its own batch. On the other half of the batches the slope along u is
    // ε + 2 u₁ with ε uniform in (0, 1/2]: it is negative for u₁ < −ε/2, which has the chance
    // 1/2 − E asin(ε/2)/π = 0.46, so a pair passes with 1 − 0.46/2 = 0.7699; sd 0.0094 for 2000.
    let single = test.with_pairs(1).unwrap();
    let proportion = single.probability(&mut two_bowls(), Sampling::Dynamic, 2000).unwrap();
    assert!((proportion.estimate() - 0.7699).abs() < 0.038, "{proportion:?}");
}

#[test]
fn a_wilson_interval_agrees_with_its_published_example() {
    // Newcombe (1998), table I: 81 of 263 at 95 %: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611.
    let (low, high) = Proportion::new(81, 263).unwrap().interval(1.959_964);
    assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
    let (low, high) = Proportion::new(0, 20).unwrap().interval(1.959_964);
    assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
}

#[test]
fn a_ball_shrinks_as_the_batch_grows() {
    let ball = |batch: usize| {
        let mut objective = iris(2);
        let direction = random_orthonormal(&objective, 1, 5).unwrap().remove(0);
        let batches = MiniBatches::new(150, batch, 8).unwrap();
        let model = objective.model_mut();
        *model = model.clone().with_mini_batches(batches).unwrap();
        let grid = Grid::increments(-20.0, 20.0, 100).unwrap();
        let mut ball = Ball::default();
        for _ in 0..40 {
            ball.add(&scan(&mut objective, &direction, &grid, Sampling::Dynamic).unwrap());
        }
        ball
    };
    let (small, large) = (ball(5), ball(75));
    let error = small.extent().standard_error() + large.extent().standard_error();
    assert!(small.extent().mean() > large.extent().mean() + 3.0 * error, "{small:?} {large:?}");
    assert!(large.sign_changes().mean() < large.local_minima().mean());
}

#[test]
fn a_scan_without_sign_changes_has_no_ball() {
    let mut ball = Ball::default();
    ball.add(&Scan { steps: vec![0.0, 1.0], losses: vec![1.0, 2.0], slopes: vec![1.0, 1.0] });
    assert_eq!((ball.empty(), ball.extent().count()), (1, 0));
    assert!(ball.low().mean().is_nan());
}

#[test]
fn bad_directions_are_refused_by_name_before_anything_is_touched() {
    let (mut objective, seen) = bowl(vec![0.0; 3], vec![0.0; 3], 0);
    let grid = Grid::new(0.0, 1.0, 3).unwrap();
    let refused = |error: ScanError<BowlError>, setting: &str| match error {
        ScanError::Input(Error::Setting { setting: name, .. }) => assert_eq!(name, setting),
        other => panic!("{other:?}"),
    };
    for bad in [0.0, f64::NAN, f64::INFINITY] {
        let direction = vec![bad; 3];
        let error = scan(&mut objective, &direction, &grid, Sampling::Full).unwrap_err();
        refused(error, "the norm of the direction");
        let error =
            repeated_scan(&mut objective, &direction, &grid, Sampling::Full, 2).unwrap_err();
        refused(error, "the norm of the direction");
        let error = Plane::new(&objective, direction.clone(), vec![1.0; 3]).unwrap_err();
        refused(error, "the norm of d1");
        let error = Plane::new(&objective, vec![1.0; 3], direction.clone()).unwrap_err();
        refused(error, "the norm of d2");
        let plane = Plane::random(&objective, 1).unwrap();
        let surface = SurfaceScan::new(&objective, plane, grid.clone(), Sampling::Full).unwrap();
        let error = surface.with_slope_direction(&objective, direction).unwrap_err();
        refused(error, "the norm of the slope's direction");
    }
    let error = Plane::new(&objective, vec![1.0, 2.0, 3.0], vec![-2.0, -4.0, -6.0]).unwrap_err();
    refused(error, "the sine of the angle between d1 and d2");
    let error = random_orthonormal(&objective, 4, 1).unwrap_err();
    refused(error, "the number of directions");
    let error = random_orthonormal(&objective, 0, 1).unwrap_err();
    refused(error, "the number of directions");
    assert!(seen.borrow().is_empty());
}

#[test]
fn a_direction_of_another_length_is_the_objectives_own_error() {
    let (mut objective, _) = bowl(vec![0.0; 3], vec![0.0; 3], 0);
    let grid = Grid::new(0.0, 1.0, 3).unwrap();
    let error = scan(&mut objective, &vec![1.0; 2], &grid, Sampling::Full).unwrap_err();
    assert!(matches!(error, ScanError::Objective(BowlError::Gols(Error::Length { .. }))));
}

#[test]
fn bad_grids_counts_and_radii_are_refused_by_name() {
    let setting = |error: Error, name: &str| match error {
        Error::Setting { setting, .. } => assert_eq!(setting, name),
        other => panic!("{other:?}"),
    };
    for (low, high) in [(1.0, -1.0), (1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        setting(Grid::new(low, high, 5).unwrap_err(), "low");
        setting(Grid::increments(low, high, 5).unwrap_err(), "low");
        setting(Histogram::new(low, high, 5).unwrap_err(), "low");
    }
    let empty = Error::Empty { what: "the grid" };
    assert_eq!(Grid::new(0.0, 1.0, 0).unwrap_err(), empty);
    assert_eq!(Grid::increments(0.0, 1.0, 0).unwrap_err(), empty);
    setting(Grid::new(0.0, 1.0, 1).unwrap_err(), "points");
    let grid = Grid::new(0.0, 1.0, 3).unwrap();
    setting(grid.scaled(0.0).unwrap_err(), "factor");
    setting(Histogram::new(0.0, 1.0, 0).unwrap_err(), "bins");
    setting(Proportion::new(0, 0).unwrap_err(), "trials");
    setting(Proportion::new(2, 1).unwrap_err(), "successes");
    setting(NnGppTest::new(0.0).unwrap_err(), "radius");
    setting(NnGppTest::new(1.0).unwrap().with_pairs(0).unwrap_err(), "pairs");

    let mut objective = iris(1);
    let line = vec![1.0; 83];
    let error = repeated_scan(&mut objective, &line, &grid, Sampling::Full, 0).unwrap_err();
    setting(error.into(), "draws");
    let plane = Plane::random(&objective, 1).unwrap();
    let surface = SurfaceScan::new(&objective, plane, grid, Sampling::Full).unwrap();
    setting(surface.clone().with_draws(0).unwrap_err(), "draws");
    let row = Error::from(surface.row(&mut objective, 3).unwrap_err());
    assert_eq!(row, Error::Row { row: 3, rows: 3 });
    let test = NnGppTest::new(1.0).unwrap();
    let error = test.probability(&mut objective, Sampling::Dynamic, 0).unwrap_err();
    setting(error.into(), "trials");
}
