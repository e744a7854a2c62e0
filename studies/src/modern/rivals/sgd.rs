//! Stochastic gradient descent at a constant rate, with or without momentum (as in PyTorch's `SGD`).

use gols::Real;

use super::{Rival, of};

/// 1. m ← μ m + g
/// 2. x ← x − η m
pub(super) struct Sgd<T> {
    rate: f64,
    momentum: f64,
    m: Vec<T>,
}

impl<T: Real> Sgd<T> {
    pub(super) fn new(rate: f64, momentum: f64, size: usize) -> Self {
        Self { rate, momentum, m: vec![T::zero(); size] }
    }
}

impl<T: Real> Rival<T> for Sgd<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        let [rate, momentum] = [self.rate, self.momentum].map(of::<T>);
        for ((x, &g), m) in x.iter_mut().zip(gradient).zip(&mut self.m) {
            // 1.
            *m = momentum * *m + g;
            // 2.
            *x = *x - rate * *m;
        }
    }

    fn step_length(&self) -> f64 {
        self.rate
    }
}
