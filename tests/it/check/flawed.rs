//! An objective with one flaw.

use std::cell::Cell;

use gols::{
    Along, ElementWise, Error, Parameters, PreparedLine, Slices, StochasticObjective, VectorSpace,
};

use super::{loss_and_gradient, start};

/// An objective over a slice with a flaw, which is named where it is made; none is named "none".
pub struct Flawed {
    flaw: &'static str,
    pub x: Vec<f64>,
    x0: Vec<f64>,
    last_step: Vec<f64>,
    calls: f64,
    sums: Cell<u32>,
}

impl Flawed {
    pub fn new(flaw: &'static str) -> Self {
        let x = start(6);
        Self { flaw, x0: x.clone(), last_step: vec![0.0; 6], x, calls: 0.0, sums: Cell::new(0) }
    }

    fn space(&self) -> Slices<f64> {
        Slices::new(self.x.len())
    }
}

impl VectorSpace for Flawed {
    type Vector = Vec<f64>;
    type Error = Error;

    fn zeros(&self) -> Result<Vec<f64>, Error> {
        Ok(vec![if self.flaw == "zeros are ones" { 1.0 } else { 0.0 }; self.x.len()])
    }

    fn dot(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<f64, Error> {
        let dot = self.space().dot(a, b)?;
        Ok(match self.flaw {
            "dot is half" if a != b => 0.5 * dot,
            "dot is lopsided" => dot + 0.5 * a[0] * b[5],
            // As if v were changed along with vectors that were made from it.
            "dot drifts" => dot * (1.0 + 1e-6 * f64::from(self.sums.get())),
            _ => dot,
        })
    }

    fn products(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<[f64; 3], Error> {
        let last = if self.flaw == "products are two" { a } else { b };
        Ok([self.dot(a, a)?, self.dot(a, b)?, self.dot(last, last)?])
    }

    fn axpby(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        self.sums.set(self.sums.get() + 1);
        match self.flaw {
            "axpby keeps NaN" => y.iter_mut().zip(x).for_each(|(y, x)| *y = a * x + b * *y),
            "axpby forgets b" if b != 0.0 => self.space().axpby(a, x, 1.0, y)?,
            _ => self.space().axpby(a, x, b, y)?,
        }
        Ok(())
    }
}

impl ElementWise for Flawed {
    fn add_squares(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        match self.flaw {
            "add squares forgets to square" => self.axpby(a, x, b, y),
            "add squares keeps NaN" => {
                y.iter_mut().zip(x).for_each(|(y, x)| *y = a * x * x + b * *y);
                Ok(())
            }
            _ => self.space().add_squares(a, x, b, y),
        }
    }

    fn divide_by_root(&self, v: &Vec<f64>, i: f64, o: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        match self.flaw {
            "roots change places" => self.space().divide_by_root(v, o, i, y),
            _ => self.space().divide_by_root(v, i, o, y),
        }
    }

    fn multiply_by_root(&self, v: &Vec<f64>, inside: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        self.space().multiply_by_root(v, inside, y)?;
        if self.flaw == "root is the square" {
            self.space().multiply_by_root(v, inside, y)?;
        }
        Ok(())
    }
}

impl Parameters for Flawed {
    fn combine(&mut self, a: f64, b: f64, v: &Vec<f64>) -> Result<(), Error> {
        let space = self.space();
        match self.flaw {
            "combine keeps NaN" => self.x.iter_mut().zip(v).for_each(|(x, v)| *x = a * *x + b * v),
            "combine forgets a" if a != 0.0 => space.axpby(b, v, 1.0, &mut self.x)?,
            _ => space.axpby(b, v, a, &mut self.x)?,
        }
        Ok(())
    }

    fn copy_to(&self, v: &mut Vec<f64>) -> Result<(), Error> {
        let b = if self.flaw == "copy adds" { 1.0 } else { 0.0 };
        self.space().axpby(1.0, &self.x, b, v)
    }

    fn add_to(&self, a: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        let a = if self.flaw == "add to takes away" { -a } else { a };
        self.space().axpby(a, &self.x, 1.0, y)
    }
}

impl StochasticObjective for Flawed {
    fn resample(&mut self) -> Result<(), Error> {
        if self.flaw == "resample moves" {
            self.x[0] += 1e-9;
        }
        Ok(())
    }

    fn has_batches(&self) -> bool {
        false
    }

    fn loss(&mut self) -> Result<f64, Error> {
        let loss = loss_and_gradient(&self.x, &mut [0.0; 6]);
        Ok(if self.flaw == "loss is another" { 1.01 * loss } else { loss })
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<f64>) -> Result<f64, Error> {
        let old = gradient.clone();
        let mut loss = loss_and_gradient(&self.x, gradient);
        self.calls += 1.0;
        match self.flaw {
            "loss is noisy" => loss += 1e-12 * self.calls,
            "loss is infinite" => loss = f64::INFINITY,
            "gradient is zero" => gradient.fill(0.0),
            "gradient is half" => gradient.iter_mut().for_each(|g| *g *= 0.5),
            "gradient is added" => gradient.iter_mut().zip(old).for_each(|(g, old)| *g += old),
            _ => {}
        }
        Ok(loss)
    }

    fn slope(&mut self, direction: &Vec<f64>, gradient: &mut Vec<f64>) -> Result<f64, Error> {
        let old = gradient.clone();
        self.loss_and_gradient(gradient)?;
        let slope = self.dot(gradient, direction)?;
        if self.flaw == "slope keeps the gradient" {
            *gradient = old;
        }
        Ok(if self.flaw == "slope is turned" { -slope } else { slope })
    }

    fn anchor(&mut self) -> Result<(), Error> {
        match self.flaw {
            "anchor is the first" => {}
            "anchor moves" => {
                self.x[2] += 1e-6;
                self.x0.clone_from(&self.x);
            }
            _ => self.x0.clone_from(&self.x),
        }
        self.last_step.fill(0.0);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &Vec<f64>) -> Result<(), Error> {
        if self.flaw != "moves nowhere" {
            for ((x, x0), (d, last)) in
                self.x.iter_mut().zip(&self.x0).zip(direction.iter().zip(&mut self.last_step))
            {
                let moved = step * d;
                *x = if self.flaw == "moves add up" { *x + (moved - *last) } else { x0 + moved };
                *last = moved;
            }
        }
        Ok(())
    }

    fn restore(&mut self) -> Result<(), Error> {
        match self.flaw {
            "restore does nothing" => {}
            "restore goes back a step" => {
                self.x.iter_mut().zip(&self.last_step).for_each(|(x, last)| *x -= last);
            }
            "restore is nearby" => {
                self.x.iter_mut().zip(&self.x0).for_each(|(x, x0)| *x = x0 + 1e-15)
            }
            _ => self.x.clone_from(&self.x0),
        }
        Ok(())
    }

    fn along_prepared_line(
        &mut self,
        direction: &Vec<f64>,
        search: Along<'_, Error>,
    ) -> Result<bool, Error> {
        search(&mut Prepared { objective: self, direction });
        Ok(true)
    }
}

/// The plain line again.
struct Prepared<'a> {
    objective: &'a mut Flawed,
    direction: &'a Vec<f64>,
}

impl PreparedLine for Prepared<'_> {
    type Error = Error;

    fn loss(&mut self, alpha: f64) -> Result<f64, Error> {
        if self.objective.flaw == "prepared fails" {
            return Err(Error::Empty { what: "the line" });
        }
        self.objective.move_to(alpha, self.direction)?;
        self.objective.loss()
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Error> {
        let alpha = if self.objective.flaw == "prepared is another" { 0.9 * alpha } else { alpha };
        self.objective.move_to(alpha, self.direction)?;
        self.objective.slope(self.direction, &mut vec![0.0; 6])
    }
}
