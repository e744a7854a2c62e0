//! What a training problem is to the optimizers compared: a start, a loss and a gradient of some rows.

use std::path::Path;

use crate::AnyError;

/// Which kind of training problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Tables and images, by fully connected networks.
    Tables,
    /// Convolution, attention, recurrence.
    Sequences,
    Autoencoders,
    /// Matrix factorization, the regression of scale.
    Regression,
    /// The sigmoid networks of the paper on line searches.
    Sigmoid,
}

/// How a point does on data that it was not trained on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    pub loss: f64,
    /// The share of rows of which the class is right, from 0 to 1; None where there are no classes.
    pub accuracy: Option<f64>,
}

/// One training problem: its parameters are one slice of numbers.
pub trait Problem: Send {
    /// How many parameters there are.
    fn parameters(&self) -> usize;

    /// Where training starts: a function of the seed alone.
    fn start(&self, seed: u64) -> Vec<f32>;

    /// How many training rows there are.
    fn population(&self) -> usize;

    /// The mean loss over these rows, and its gradient.
    fn loss_and_gradient(&mut self, x: &[f32], rows: &[usize], gradient: &mut [f32]) -> f64;

    /// The mean loss over the training rows: over the first thousands where they are many.
    fn training_loss(&mut self, x: &[f32]) -> f64;

    /// On the data held out; None where there are none.
    fn held_out(&mut self, x: &[f32]) -> Option<HeldOut>;
}

/// Reads a problem's data, which lie in the folder named.
pub(super) type Load = fn(Option<&Path>) -> Result<Box<dyn Problem>, AnyError>;

/// A problem by its name, and how long it is trained.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub group: Group,
    /// Rows in a mini-batch.
    pub batch: usize,
    pub updates: usize,
    /// Needs no file.
    pub is_bundled: bool,
    /// Reported apart, and never used to choose settings.
    pub is_held_back: bool,
    pub(super) load: Load,
}

impl Case {
    /// The problem, with its data read from this folder; data sets are read once a process.
    ///
    /// # Errors
    ///
    /// If a file is missing or damaged, or no folder is given and the case is not bundled.
    pub fn load(&self, data: Option<&Path>) -> Result<Box<dyn Problem>, AnyError> {
        (self.load)(data).map_err(|error| format!("{}: {error}", self.name).into())
    }
}

pub use super::problems::all;
