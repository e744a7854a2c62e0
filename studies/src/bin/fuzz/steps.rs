//! Descents over small objectives that fail now and then, and are tried again.

use std::cell::Cell;
use std::rc::Rc;

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Direction, HeavyBall, Lbfgs, Nesterov, RmsProp, SteepestDescent,
};
use gols::{Descent, Error, Real, Sampling, SliceModel, SliceObjective, search};

use crate::random::Random;

/// An objective's error: planted, or the crate's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    Planted,
    Own(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// ½ Σ k x² that fails when its fuse has burnt down.
struct Quadratic {
    curvatures: Vec<f64>,
    fuse: Rc<Cell<u32>>,
}

impl<T: Real> SliceModel<T> for Quadratic {
    type Error = Fault;

    fn loss_and_gradient(&mut self, x: &[T], _: &[usize], g: &mut [T]) -> Result<f64, Fault> {
        match self.fuse.get() {
            1 => {
                self.fuse.set(0);
                return Err(Fault::Planted);
            }
            burning => self.fuse.set(burning.saturating_sub(1)),
        }
        let mut loss = 0.0;
        for ((g, x), k) in g.iter_mut().zip(x).zip(&self.curvatures) {
            let wide = x.to_f64().unwrap_or(f64::NAN);
            *g = T::from(k * wide).unwrap_or_else(T::nan);
            loss += 0.5 * k * wide * wide;
        }
        Ok(loss)
    }
}

type Objective<T> = SliceObjective<T, Quadratic>;
type Rule<T> = Box<dyn Direction<Objective<T>>>;
type Descending<T> = Descent<Objective<T>, Rule<T>, Box<dyn search::LineSearch>>;

fn rule<T: Real>(index: u64) -> Rule<T> {
    match index {
        0 => Box::new(SteepestDescent),
        1 => Box::new(HeavyBall::default()),
        2 => Box::new(Nesterov::default()),
        3 => Box::new(Adagrad::default()),
        4 => Box::new(RmsProp::default()),
        5 => Box::new(Adadelta::default()),
        6 => Box::new(Adam::default()),
        7 => Box::new(AdamW::default()),
        8 => Box::new(Adam::without_momentum()),
        _ => Box::new(Lbfgs::default()),
    }
}

/// A descent that these numbers fix, and its fuse.
fn descent<T: Real>(seed: u64, search: usize) -> Result<(Descending<T>, Rc<Cell<u32>>), Fault> {
    let mut random = Random(seed);
    let curvatures: Vec<f64> = (0..3).map(|_| random.size(-6.0, 6.0)).collect();
    let x0: Vec<T> = (0..3).filter_map(|_| T::from(2.0 * random.unit() - 1.0)).collect();
    let fuse = Rc::new(Cell::new(0));
    let model = Quadratic { curvatures, fuse: Rc::clone(&fuse) };
    let (_, searching) = search::all().into_iter().nth(search).ok_or(Fault::Planted)?;
    let samplings = [Sampling::Full, Sampling::Static, Sampling::Dynamic];
    let descent = Descent::new(SliceObjective::new(x0, None, model)?)?
        .along(rule(random.below(10)))
        .with_search(searching)
        .with_sampling(samplings[random.below(3) as usize]);
    Ok((descent, fuse))
}

fn bits<T: Real>(descent: &Descending<T>) -> Vec<u64> {
    let numbers = descent.objective().parameters().iter();
    numbers.map(|x| x.to_f64().unwrap_or(f64::NAN).to_bits()).collect()
}

/// Some steps, of which one or more fail and are tried again, beside a twin without faults.
pub(crate) fn steps<T: Real>(seed: u64, search: usize, count: usize) -> Result<(), String> {
    let made = || descent::<T>(seed, search).map_err(|fault| format!("{fault:?}"));
    let ((mut tried, fuse), (mut twin, _)) = (made()?, made()?);
    let mut random = Random(!seed);
    let (name, _) = &search::all()[search];
    for step in 0..count {
        let before = bits(&tried);
        fuse.set(if random.below(3) == 0 { 1 + random.below(6) as u32 } else { 0 });
        let mut outcome = tried.step();
        if outcome == Err(Fault::Planted) {
            if bits(&tried) != before {
                return Err(format!("step {step}: not restored after an error"));
            }
            fuse.set(0);
            outcome = tried.step();
        }
        let expected = twin.step();
        // Evaluations are counted for failures as well, in the descent but not in the step tried again.
        // As text, for a NaN is not itself.
        if format!("{outcome:?}") != format!("{expected:?}") || bits(&tried) != bits(&twin) {
            return Err(format!("step {step}: tried again {outcome:?}, in one go {expected:?}"));
        }
        let is_finite = bits(&tried).iter().all(|&bits| f64::from_bits(bits).is_finite());
        if !is_finite && *name != "FixedStep" {
            return Err(format!("step {step}: parameters that are not finite"));
        }
    }
    Ok(())
}
