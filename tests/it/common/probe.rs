//! An objective that watches itself: it notes every call with the parameters, and fails on request.

use std::cell::{Cell, RefCell};

use gols::search::{LineSearch, Origin, Request};
use gols::{StochasticObjective, VectorSpace};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Resample,
    Loss,
    Gradient,
    Slope,
    Synchronize,
    Anchor,
    MoveTo,
    Dot,
    Axpby,
}

/// What the probe's failure is called; no other error of the tests is equal to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the probe's {call:?} failed as it was told to ({secret})")]
pub struct Failure {
    pub call: Call,
    pub secret: u64,
}

/// One call: which, with which parameters, and, of a move, how far.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    pub call: Call,
    pub parameters: Vec<u64>,
    pub batch: u64,
    pub step: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call comes back with an error, its work half done.
    Error,
    /// The call answers NaN.
    Nan,
}

#[derive(Debug, Clone)]
struct Armed {
    fault: Fault,
    call: Call,
    countdown: Cell<usize>,
    /// Whether it happens again and again.
    lasts: bool,
}

/// L(x) = ½ Σ cᵢ (xᵢ − tᵢ)², where the targets t jump from batch to batch by up to `noise` / 2.
#[derive(Debug, Clone)]
pub struct Probe {
    pub x: Vec<f64>,
    pub x0: Vec<f64>,
    pub batch: u64,
    pub noise: f64,
    pub notes: RefCell<Vec<Note>>,
    armed: Option<Armed>,
}

const CURVATURES: [f64; 3] = [1.0, 4.0, 0.25];
const TARGETS: [f64; 3] = [0.5, -0.75, 1.25];

impl Probe {
    pub fn new(noise: f64) -> Self {
        let x = vec![-0.3, 0.1, -0.7];
        Self { x0: x.clone(), x, batch: 0, noise, notes: RefCell::default(), armed: None }
    }

    /// The `count`th of these calls from now on (the first is 1) will fail.
    pub fn arm(&mut self, call: Call, count: usize, fault: Fault) {
        let countdown = Cell::new(count);
        self.armed = Some(Armed { fault, call, countdown, lasts: false });
    }

    /// All these calls from now on will come back with an error.
    pub fn break_down(&mut self, call: Call) {
        let countdown = Cell::new(1);
        self.armed = Some(Armed { fault: Fault::Error, call, countdown, lasts: true });
    }

    /// Whether the fault that was armed has happened.
    pub fn has_failed(&self) -> bool {
        let armed = self.armed.as_ref();
        armed.is_some_and(|armed| armed.countdown.get() == 0)
    }

    pub fn disarm(&mut self) {
        self.armed = None;
    }

    pub fn bits(&self) -> Vec<u64> {
        super::bits(&self.x)
    }

    pub fn count(&self, call: Call) -> usize {
        let notes = self.notes.borrow();
        notes.iter().filter(|note| note.call == call).count()
    }

    pub fn take_notes(&mut self) -> Vec<Note> {
        self.notes.take()
    }

    fn note(&self, call: Call, step: f64) -> Option<Fault> {
        self.notes.borrow_mut().push(Note {
            call,
            parameters: self.bits(),
            batch: self.batch,
            step,
        });
        let armed = self.armed.as_ref()?;
        let left = armed.countdown.get();
        if armed.call != call || left == 0 {
            return None;
        }
        if !armed.lasts {
            armed.countdown.set(left - 1);
        }
        (left == 1).then_some(armed.fault)
    }

    fn target(&self, index: usize) -> f64 {
        let word = self
            .batch
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(index as u64 * 0x2545_f491)
            .rotate_left(29)
            .wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let jump = (word >> 11) as f64 / 9_007_199_254_740_992.0 - 0.5;
        TARGETS[index] + self.noise * jump
    }

    fn value(&self) -> f64 {
        let square = |i: usize| CURVATURES[i] * (self.x[i] - self.target(i)).powi(2);
        (0..3).map(square).sum::<f64>() / 2.0
    }

    fn write_gradient(&self, gradient: &mut [f64]) {
        for (i, value) in gradient.iter_mut().enumerate() {
            *value = CURVATURES[i] * (self.x[i] - self.target(i));
        }
    }
}

fn failure<T>(call: Call) -> Result<T, Failure> {
    let secret = 20_240_229;
    Err(Failure { call, secret })
}

impl VectorSpace for Probe {
    type Vector = Vec<f64>;
    type Error = Failure;

    fn zeros(&self) -> Result<Vec<f64>, Failure> {
        Ok(vec![0.0; 3])
    }

    fn dot(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<f64, Failure> {
        let product = a.iter().zip(b).map(|(a, b)| a * b).sum();
        match self.note(Call::Dot, 0.0) {
            Some(Fault::Error) => failure(Call::Dot),
            Some(Fault::Nan) => Ok(f64::NAN),
            None => Ok(product),
        }
    }

    fn axpby(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
        if self.note(Call::Axpby, 0.0) == Some(Fault::Error) {
            y[0] = 1e99;
            return failure(Call::Axpby);
        }
        for (y, x) in y.iter_mut().zip(x) {
            *y = if b == 0.0 { a * x } else { a * x + b * *y };
        }
        Ok(())
    }
}

impl StochasticObjective for Probe {
    fn resample(&mut self) -> Result<(), Failure> {
        self.batch += 1;
        match self.note(Call::Resample, 0.0) {
            Some(Fault::Error) => failure(Call::Resample),
            _ => Ok(()),
        }
    }

    fn loss(&mut self) -> Result<f64, Failure> {
        match self.note(Call::Loss, 0.0) {
            Some(Fault::Error) => failure(Call::Loss),
            Some(Fault::Nan) => Ok(f64::NAN),
            None => Ok(self.value()),
        }
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<f64>) -> Result<f64, Failure> {
        let fault = self.note(Call::Gradient, 0.0);
        self.write_gradient(gradient);
        match fault {
            Some(Fault::Error) => {
                gradient[1] = 1e99;
                failure(Call::Gradient)
            }
            Some(Fault::Nan) => {
                gradient[1] = f64::NAN;
                Ok(f64::NAN)
            }
            None => Ok(self.value()),
        }
    }

    fn slope(&mut self, direction: &Vec<f64>, gradient: &mut Vec<f64>) -> Result<f64, Failure> {
        let fault = self.note(Call::Slope, 0.0);
        self.write_gradient(gradient);
        match fault {
            Some(Fault::Error) => {
                gradient[1] = 1e99;
                failure(Call::Slope)
            }
            Some(Fault::Nan) => {
                gradient[1] = f64::NAN;
                Ok(f64::NAN)
            }
            None => Ok(gradient.iter().zip(direction).map(|(g, d)| g * d).sum()),
        }
    }

    fn synchronize(&mut self, _gradient: &mut Vec<f64>) -> Result<(), Failure> {
        match self.note(Call::Synchronize, 0.0) {
            Some(Fault::Error) => failure(Call::Synchronize),
            _ => Ok(()),
        }
    }

    fn anchor(&mut self) -> Result<(), Failure> {
        if self.note(Call::Anchor, 0.0) == Some(Fault::Error) {
            return failure(Call::Anchor);
        }
        self.x0.clone_from(&self.x);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &Vec<f64>) -> Result<(), Failure> {
        if self.note(Call::MoveTo, step) == Some(Fault::Error) {
            self.x[0] = 1e99; // half way there
            return failure(Call::MoveTo);
        }
        for (i, x) in self.x.iter_mut().enumerate() {
            *x = if step == 0.0 { self.x0[i] } else { self.x0[i] + step * direction[i] };
        }
        Ok(())
    }
}

/// A user's search around another one, which keeps every origin it was told.
#[derive(Debug, Clone)]
pub struct Recorder<S> {
    pub inner: S,
    pub origins: Vec<Origin>,
}

impl<S> Recorder<S> {
    pub fn new(inner: S) -> Self {
        let origins = Vec::new();
        Self { inner, origins }
    }
}

impl<S: LineSearch> LineSearch for Recorder<S> {
    fn start(&mut self, origin: Origin) -> Request {
        self.origins.push(origin);
        self.inner.start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        self.inner.resume(answer)
    }

    fn reset(&mut self) {
        self.inner.reset();
    }
}
