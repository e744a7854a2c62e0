//! A model whose loss is multiplied by a factor, as a change of its unit would.

use gols::{Error, SliceModel};

/// Factor times the loss, the gradient and the slopes of a model. A factor of 1 leaves every bit as it is.
#[derive(Debug, Clone)]
pub struct ScaledLoss<M> {
    model: M,
    factor: f64,
}

impl<M> ScaledLoss<M> {
    pub fn new(model: M, factor: f64) -> Self {
        Self { model, factor }
    }
}

impl<M: SliceModel<f32, Error = Error>> SliceModel<f32> for ScaledLoss<M> {
    type Error = Error;

    fn loss(&mut self, x: &[f32]) -> Result<f64, Error> {
        Ok(self.factor * self.model.loss(x)?)
    }

    fn loss_and_gradient(&mut self, x: &[f32], gradient: &mut [f32]) -> Result<f64, Error> {
        let loss = self.model.loss_and_gradient(x, gradient)?;
        let factor = self.factor as f32;
        gradient.iter_mut().for_each(|g| *g *= factor);
        Ok(self.factor * loss)
    }

    fn resample(&mut self) -> Result<(), Error> {
        self.model.resample()
    }

    fn prepare_line(&mut self, x0: &[f32], direction: &[f32]) -> Result<bool, Error> {
        self.model.prepare_line(x0, direction)
    }

    fn line_loss(&mut self, step: f64, x0: &[f32], direction: &[f32]) -> Result<f64, Error> {
        Ok(self.factor * self.model.line_loss(step, x0, direction)?)
    }

    fn line_slope(&mut self, step: f64, x0: &[f32], direction: &[f32]) -> Result<f64, Error> {
        Ok(self.factor * self.model.line_slope(step, x0, direction)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gols::mlp::Dataset;
    use gols::mlp::{Activation, Loss, Model, Network};

    #[test]
    fn losses_gradients_and_slopes_are_all_multiplied() {
        let network = Network::new(&[4, 3, 3], Activation::Sigmoid).unwrap();
        let x: Vec<f32> = network.uniform_parameters(-0.5, 0.5, 1).unwrap();
        let mut plain = Model::new(network, Loss::SquaredPercentage, Dataset::iris()).unwrap();
        let mut scaled = ScaledLoss::new(plain.clone(), 0.125); // a power of two: no rounding
        let [mut g, mut h] = [0; 2].map(|_| vec![0.0_f32; x.len()]);
        let loss = plain.loss_and_gradient(&x, &mut g).unwrap();
        assert_eq!(scaled.loss_and_gradient(&x, &mut h).unwrap(), 0.125 * loss);
        assert_eq!(scaled.loss(&x).unwrap(), 0.125 * plain.loss(&x).unwrap());
        assert!(g.iter().zip(&h).all(|(g, h)| *h == 0.125 * g));
        assert!(plain.prepare_line(&x, &g).unwrap() && scaled.prepare_line(&x, &g).unwrap());
        let [a, b] =
            [&mut plain as &mut dyn SliceModel<f32, Error = Error>, &mut scaled].map(|model| {
                [model.line_loss(0.1, &x, &g), model.line_slope(0.1, &x, &g)].map(Result::unwrap)
            });
        assert_eq!(a.map(|value| 0.125 * value), b);
        assert!(a[1] != 0.0);
    }
}
