//! Lines: what a scan sees, and what it leaves alone.

use approx::assert_relative_eq;
use gols::landscape::{
    Ball, Grid, NnGppTest, Plane, Scan, ScanError, SurfaceScan, random_orthonormal, repeated_scan,
    scan,
};
use gols::{Error, MiniBatches, Sampling, SliceObjective};
use proptest::prelude::*;

use super::{BowlError, assert_setting, bowl};
use crate::common::{bits, config};

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
}

#[test]
fn loss_and_slope_of_one_step_come_from_one_mini_batch() {
    // Each batch is one number r: L = r x, so that L / x and g must be the same r.
    let mut batches = MiniBatches::new(1000, 1, 1).unwrap();
    let slope = |x: &[f64], rows: &[usize], g: &mut [f64]| {
        g[0] = (1.0 + rows[0] as f64).sin();
        g[0] * x[0]
    };
    let mut objective = SliceObjective::from_batches(vec![0.0], batches.clone(), slope).unwrap();
    let grid = Grid::new(1.0, 2.0, 9).unwrap();
    let line = scan(&mut objective, &vec![1.0], &grid, Sampling::Dynamic).unwrap();
    let drawn = [(); 9].map(|()| (1.0 + batches.draw()[0] as f64).sin());
    assert_eq!(line.slopes, drawn, "one draw a step");
    for (step, loss, slope) in line.points() {
        assert_eq!(loss, slope * step);
    }
    let line = scan(&mut objective, &vec![1.0], &grid, Sampling::Static).unwrap();
    assert_eq!(line.slopes, [drawn[8]; 9], "static sub-sampling draws nothing");
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
fn a_scan_without_sign_changes_has_no_ball() {
    let mut ball = Ball::default();
    ball.add(&Scan { steps: vec![0.0, 1.0], losses: vec![1.0, 2.0], slopes: vec![1.0, 1.0] });
    assert_eq!((ball.empty(), ball.extent().count()), (1, 0));
    assert!(ball.low().mean().is_nan());
}

#[track_caller]
fn refused(error: ScanError<BowlError>, setting: &str) {
    match error {
        ScanError::Input(error) => assert_setting(error, setting),
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_directions_are_refused_by_name_before_anything_is_touched() {
    let (mut objective, seen) = bowl(vec![0.0; 3], vec![0.0; 3], 0);
    let grid = Grid::new(0.0, 1.0, 3).unwrap();
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
    for (low, high) in [(1.0, -1.0), (1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        assert_setting(Grid::new(low, high, 5).unwrap_err(), "low");
        assert_setting(Grid::increments(low, high, 5).unwrap_err(), "low");
    }
    let empty = Error::Empty { what: "the grid" };
    assert_eq!(Grid::new(0.0, 1.0, 0).unwrap_err(), empty);
    assert_eq!(Grid::increments(0.0, 1.0, 0).unwrap_err(), empty);
    assert_setting(Grid::new(0.0, 1.0, 1).unwrap_err(), "points");
    let grid = Grid::new(0.0, 1.0, 3).unwrap();
    assert_setting(grid.scaled(0.0).unwrap_err(), "factor");
    assert_setting(NnGppTest::new(0.0).unwrap_err(), "radius");
    assert_setting(NnGppTest::new(1.0).unwrap().with_pairs(0).unwrap_err(), "pairs");

    let (mut objective, _) = bowl(vec![0.0; 3], vec![0.0; 3], 0);
    let line = vec![1.0; 3];
    let error = repeated_scan(&mut objective, &line, &grid, Sampling::Full, 0).unwrap_err();
    refused(error, "draws");
    let plane = Plane::random(&objective, 1).unwrap();
    let surface = SurfaceScan::new(&objective, plane, grid, Sampling::Full).unwrap();
    assert_setting(surface.clone().with_draws(0).unwrap_err(), "draws");
    let row = surface.row(&mut objective, 3).unwrap_err();
    assert_eq!(row, ScanError::Input(Error::Row { row: 3, rows: 3 }));
    let test = NnGppTest::new(1.0).unwrap();
    let error = test.probability(&mut objective, Sampling::Dynamic, 0).unwrap_err();
    refused(error, "trials");
}
