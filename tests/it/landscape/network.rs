//! Landscapes of a network.

use gols::landscape::{Ball, Grid, Plane, SurfaceScan, random_orthonormal, scan};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{MiniBatches, Sampling, SliceObjective, StochasticObjective, VectorSpace};

/// The Iris network of [VG]: 4-10-3, with batches of this size from this seed.
fn iris(start: u64, batch: usize, seed: u64) -> SliceObjective<f64, Model<f64>> {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, start).unwrap();
    let data = Dataset::iris().with_scaled_inputs(0.0, 1.0).unwrap();
    let batches = MiniBatches::new(150, batch, seed).unwrap();
    let model = Model::new(network, Loss::HalfSquared, data).unwrap();
    SliceObjective::new(x0, batches, model).unwrap()
}

#[test]
fn a_scan_sees_what_the_objective_says_at_the_same_parameters() {
    let mut objective = iris(3, 10, 3);
    let direction = random_orthonormal(&objective, 1, 4).unwrap().remove(0);
    let grid = Grid::increments(-20.0, 20.0, 10).unwrap();
    let line = scan(&mut objective, &direction, &grid, Sampling::Full).unwrap();
    let x0 = objective.parameters().to_vec();
    for (step, loss, slope) in line.points() {
        let x: Vec<f64> = x0.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
        let mut other = iris(3, 10, 3);
        other.set_parameters(&x).unwrap();
        let mut gradient = other.zeros().unwrap();
        assert_eq!(other.loss_and_gradient(&mut gradient).unwrap(), loss);
        assert_eq!(other.dot(&gradient, &direction).unwrap(), slope);
    }
}

#[test]
fn rows_with_objectives_of_their_own_give_the_same_surface_in_any_order() {
    let objective = |row: usize| iris(1, 10, row as u64);
    let plane = Plane::random(&objective(0), 2).unwrap();
    let grid = Grid::new(-20.0, 20.0, 4).unwrap();
    let surface = SurfaceScan::new(&objective(0), plane, grid, Sampling::Dynamic).unwrap();
    let rising: Vec<_> = (0..4).map(|row| surface.row(&mut objective(row), row).unwrap()).collect();
    let mut falling: Vec<_> =
        (0..4).rev().map(|row| surface.row(&mut objective(row), row).unwrap()).collect();
    falling.reverse();
    // Moments of one draw hold no NaN, so equality is meant bit for bit.
    assert_eq!(rising, falling);
    assert_ne!(rising[0][0].loss, rising[0][1].loss);
}

#[test]
fn a_ball_shrinks_as_the_batch_grows() {
    let ball = |batch: usize| {
        let mut objective = iris(2, batch, 8);
        let direction = random_orthonormal(&objective, 1, 5).unwrap().remove(0);
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
