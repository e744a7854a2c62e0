//! What every problem promises, on those that need no file; `GOLS_DATA` names a folder for the others.

use std::path::PathBuf;

use super::super::problem::Problem;
use super::*;

/// The folder of the data sets, if the environment says one.
fn data() -> Option<PathBuf> {
    std::env::var_os("GOLS_DATA").map(PathBuf::from)
}

fn cases() -> Vec<Case> {
    let data = data();
    all().into_iter().filter(|case| case.is_bundled || data.is_some()).collect()
}

fn load(case: &Case) -> Box<dyn Problem> {
    case.load(data().as_deref()).unwrap()
}

/// A batch of a case, other rows for another `update`.
fn rows(case: &Case, population: usize, update: usize) -> Vec<usize> {
    (0..case.batch).map(|k| (update * case.batch + k) * 7919 % population).collect()
}

#[test]
fn names_are_unique_and_batches_smaller_than_their_populations() {
    let mut names: Vec<_> = all().iter().map(|case| case.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all().len());
    for case in cases() {
        assert!(case.batch < load(&case).population(), "{}", case.name);
    }
}

#[test]
fn a_seed_fixes_the_start() {
    for case in cases() {
        let problem = load(&case);
        assert_eq!(problem.start(1), problem.start(1), "{}", case.name);
        assert_eq!(problem.start(1).len(), problem.parameters(), "{}", case.name);
        let is_drawn = !["scale", "softmax_mnist"].contains(&case.name);
        assert_eq!(problem.start(1) != problem.start(2), is_drawn, "{}", case.name);
    }
}

#[test]
fn an_evaluation_depends_on_point_and_rows_alone() {
    for case in cases() {
        let mut problem = load(&case);
        let x = problem.start(1);
        let [mut first, mut second] = [f32::NAN, 1.0].map(|old| vec![old; x.len()]);
        let [here, there] = [0, 1].map(|update| rows(&case, problem.population(), update));
        let loss = problem.loss_and_gradient(&x, &here, &mut first);
        let reading = (problem.training_loss(&x), problem.held_out(&x));
        problem.loss_and_gradient(&x, &there, &mut second);
        assert_eq!(reading, (problem.training_loss(&x), problem.held_out(&x)), "{}", case.name);
        assert_eq!(loss, problem.loss_and_gradient(&x, &here, &mut second), "{}", case.name);
        assert_eq!(first, second, "{}", case.name);
    }
}

#[test]
fn adam_lowers_the_training_loss_within_a_hundred_updates() {
    for case in cases() {
        let mut problem = load(&case);
        let mut x = problem.start(1);
        let before = problem.training_loss(&x);
        let mut gradient = vec![0.0; x.len()];
        let (mut mean, mut square) = (gradient.clone(), gradient.clone());
        for update in 0..100 {
            problem.loss_and_gradient(
                &x,
                &rows(&case, problem.population(), update),
                &mut gradient,
            );
            let [m, v] = [0.9_f32, 0.999].map(|beta| 1.0 - beta.powi(update as i32 + 1));
            for (k, g) in gradient.iter().enumerate() {
                mean[k] += 0.1 * (g - mean[k]);
                square[k] += 0.001 * (g * g - square[k]);
                x[k] -= 0.003 * (mean[k] / m) / ((square[k] / v).sqrt() + 1e-8);
            }
        }
        let after = problem.training_loss(&x);
        assert!(after < before, "{}: {before} to {after}", case.name);
    }
}

#[test]
fn a_case_that_needs_files_says_so() {
    for case in all().into_iter().filter(|case| !case.is_bundled) {
        let message = case.load(None).err().unwrap().to_string();
        assert!(message.starts_with(case.name) && message.contains("--data DIR"), "{message}");
        let empty = std::path::Path::new("/nowhere");
        let message = case.load(Some(empty)).err().unwrap().to_string();
        assert!(message.contains("is missing; it is from"), "{message}");
    }
}
