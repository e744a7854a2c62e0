//! Images on the tape, for the models that look at them.

use std::sync::Arc;

use gols::mlp::Dataset;

use super::super::tape::{Number, Tape, Var};
use super::data::Parts;
use super::taped::Part;

/// Images with one-hot classes.
pub(super) struct Images {
    parts: Arc<Parts>,
    /// Only the first of the training images.
    population: usize,
}

impl Images {
    pub(super) fn new(parts: Arc<Parts>, population: usize) -> Self {
        Self { population: population.min(parts.training.len()), parts }
    }

    fn part(&self, part: Part) -> &Dataset<f32> {
        match part {
            Part::Training => &self.parts.training,
            Part::HeldOut => &self.parts.held_out,
        }
    }

    pub(super) fn rows(&self, part: Part) -> usize {
        match part {
            Part::Training => self.population,
            Part::HeldOut => self.parts.held_out.len(),
        }
    }

    /// These images, one a row.
    pub(super) fn given<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Var {
        let data = self.part(part);
        tape.given(data.input_columns(), rows.iter().map(|&row| data.input(row)))
    }

    /// What they show.
    pub(super) fn classes(&self, part: Part, rows: &[usize]) -> impl Iterator<Item = usize> {
        let data = self.part(part);
        let class = |row: usize| data.target(row).iter().position(|&target| target == 1.0);
        rows.iter().map(move |&row| class(row).unwrap_or_default())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Twelve made-up images of 784 pixels, ten classes; half of the pixels are 0.
    pub(in super::super) fn made_up() -> Images {
        let part = || {
            let pixel = |index: usize| ((index * 37 % 101) as f64 / 50.0 - 1.0).max(0.0) as f32;
            let inputs = (0..12 * 784).map(pixel).collect();
            let labels: Vec<usize> = (0..12).map(|row| row * 7 % 10).collect();
            Arc::new(Dataset::from_classes(inputs, &labels, 10).unwrap())
        };
        let parts = Parts { training: part(), held_out: part() };
        Images::new(Arc::new(parts), 10)
    }

    #[test]
    fn classes_are_those_of_the_rows_asked_for() {
        let images = made_up();
        let classes: Vec<usize> = images.classes(Part::Training, &[3, 0, 2]).collect();
        assert_eq!(classes, [1, 0, 4]);
        assert_eq!([images.rows(Part::Training), images.rows(Part::HeldOut)], [10, 12]);
    }
}
