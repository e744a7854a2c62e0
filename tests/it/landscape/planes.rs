//! Planes, surfaces and random directions.

use approx::assert_relative_eq;
use gols::landscape::{Grid, Plane, SurfaceScan, random_orthonormal};
use gols::{Sampling, Slices, VectorSpace};
use proptest::prelude::*;

use super::bowl;
use crate::common::{bits, config};

proptest! {
    #![proptest_config(config(256))]

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
}

#[test]
fn random_directions_are_orthonormal_reproducible_and_point_everywhere() {
    let space = Slices::<f64>::new(83);
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
    let space = Slices::<f64>::new(83);
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
