//! A model whose loss is multiplied by a factor, as a change of its unit would.

use gols::{Along, Error, PreparedLine, SliceModel};

/// Factor times the loss, the gradient and the slopes of a model. A factor of 1 leaves every bit as it is.
#[derive(Debug, Clone)]
pub(crate) struct ScaledLoss<M> {
    model: M,
    factor: f64,
}

impl<M> ScaledLoss<M> {
    pub(crate) fn new(model: M, factor: f64) -> Self {
        Self { model, factor }
    }
}

impl<M: SliceModel<f32, Error = Error>> SliceModel<f32> for ScaledLoss<M> {
    type Error = Error;

    fn loss_and_gradient(
        &mut self,
        x: &[f32],
        rows: &[usize],
        gradient: &mut [f32],
    ) -> Result<f64, Error> {
        let loss = self.model.loss_and_gradient(x, rows, gradient)?;
        let factor = self.factor as f32;
        gradient.iter_mut().for_each(|g| *g *= factor);
        Ok(self.factor * loss)
    }

    fn loss(&mut self, x: &[f32], rows: &[usize], scratch: &mut [f32]) -> Result<f64, Error> {
        Ok(self.factor * self.model.loss(x, rows, scratch)?)
    }

    fn along_prepared_line(
        &mut self,
        x0: &[f32],
        direction: &[f32],
        rows: &[usize],
        search: Along<'_, Error>,
    ) -> Result<bool, Error> {
        let factor = self.factor;
        let mut scaled = |line: Prepared<'_>| search(&mut ScaledLine { line, factor });
        self.model.along_prepared_line(x0, direction, rows, &mut scaled)
    }
}

type Prepared<'a> = &'a mut dyn PreparedLine<Error = Error>;

struct ScaledLine<'a> {
    line: Prepared<'a>,
    factor: f64,
}

impl PreparedLine for ScaledLine<'_> {
    type Error = Error;

    fn loss(&mut self, alpha: f64) -> Result<f64, Error> {
        Ok(self.factor * self.line.loss(alpha)?)
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Error> {
        Ok(self.factor * self.line.slope(alpha)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gols::mlp::{Activation, Dataset, Loss, Model, Network};

    #[test]
    fn losses_gradients_and_slopes_are_all_multiplied() {
        let network = Network::new(&[4, 3, 3], Activation::Sigmoid).unwrap();
        let x: Vec<f32> = network.uniform_parameters(-0.5, 0.5, 1).unwrap();
        let mut plain = Model::new(network, Loss::SquaredPercentage, Dataset::iris()).unwrap();
        let mut scaled = ScaledLoss::new(plain.clone(), 0.125); // a power of two: no rounding
        let [mut g, mut h] = [0; 2].map(|_| vec![0.0_f32; x.len()]);
        let loss = plain.loss_and_gradient(&x, &[], &mut g).unwrap();
        assert_eq!(scaled.loss_and_gradient(&x, &[], &mut h).unwrap(), 0.125 * loss);
        let plain_loss = plain.error(&x).unwrap();
        assert_eq!(scaled.loss(&x, &[], &mut []).unwrap(), 0.125 * plain_loss);
        assert!(g.iter().zip(&h).all(|(g, h)| *h == 0.125 * g));
        let along = |model: &mut dyn SliceModel<f32, Error = Error>| {
            let mut found = None;
            let mut look = |line: Prepared<'_>| found = Some([line.loss(0.1), line.slope(0.1)]);
            assert!(model.along_prepared_line(&x, &g, &[], &mut look).unwrap());
            found.unwrap().map(Result::unwrap)
        };
        let (a, b) = (along(&mut plain), along(&mut scaled));
        assert_eq!(a.map(|value| 0.125 * value), b);
        assert!(a[1] != 0.0);
    }
}
