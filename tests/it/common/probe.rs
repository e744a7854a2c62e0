//! An objective that watches itself: it notes every call with the parameters it saw, and fails on
//! request.

use std::cell::{Cell, RefCell};

use gols::search::{LineSearch, Origin, Request};
use gols::{Along, ElementWise, Parameters, PreparedLine, StochasticObjective, VectorSpace};

pub use gols::parallel::Operation as Call;

use super::bits;

/// The probe's error; nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the probe's {0} failed as it was told to")]
pub struct Failure(pub Call);

/// One call: which, with which parameters, on which batch and, of a move, how far.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    pub call: Call,
    pub parameters: Vec<u64>,
    pub batch: u64,
    pub step: f64,
}

impl Note {
    pub fn is_evaluation(&self) -> bool {
        matches!(self.call, Call::Loss | Call::Slope)
    }
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

impl Armed {
    /// Whether it happens at this call.
    fn is_due(&self) -> bool {
        let left = self.countdown.get();
        if !self.lasts {
            self.countdown.set(left.saturating_sub(1));
        }
        left == 1
    }
}

/// L(x) = ½ Σ cᵢ (xᵢ − tᵢ)², where the targets t jump from batch to batch by up to `noise` / 2.
#[derive(Debug, Clone)]
pub struct Probe {
    pub x: Vec<f64>,
    pub x0: Vec<f64>,
    pub batch: u64,
    pub curvatures: [f64; 3],
    /// Whether it prepares lines: they give the bits of plain evaluations.
    pub prepares: bool,
    noise: f64,
    notes: RefCell<Vec<Note>>,
    armed: Vec<Armed>,
}

const TARGETS: [f64; 3] = [0.5, -0.75, 1.25];

impl Probe {
    pub fn new(noise: f64) -> Self {
        let x = vec![-0.3, 0.1, -0.7];
        Self {
            x0: x.clone(),
            x,
            batch: 0,
            curvatures: [1.0, 4.0, 0.25],
            prepares: false,
            noise,
            notes: RefCell::default(),
            armed: Vec::new(),
        }
    }

    /// The `count`th of these calls from now on (the first is 1) will fail.
    pub fn arm(&mut self, call: Call, count: usize, fault: Fault) {
        let countdown = Cell::new(count);
        self.armed.push(Armed { fault, call, countdown, lasts: false });
    }

    /// All these calls from now on will come back with an error.
    pub fn break_down(&mut self, call: Call) {
        let countdown = Cell::new(1);
        self.armed.push(Armed { fault: Fault::Error, call, countdown, lasts: true });
    }

    /// Whether a fault that was armed has happened.
    pub fn has_failed(&self) -> bool {
        self.armed.iter().any(|armed| armed.countdown.get() == 0)
    }

    pub fn disarm(&mut self) {
        self.armed.clear();
    }

    pub fn bits(&self) -> Vec<u64> {
        bits(&self.x)
    }

    pub fn count(&self, call: Call) -> usize {
        self.notes.borrow().iter().filter(|note| note.call == call).count()
    }

    pub fn take_notes(&self) -> Vec<Note> {
        self.notes.take()
    }

    /// Notes a call. What comes back is added to the answer: 0, or NaN where the probe was told so.
    fn note(&self, call: Call, step: f64) -> Result<f64, Failure> {
        let (parameters, batch) = (self.bits(), self.batch);
        self.notes.borrow_mut().push(Note { call, parameters, batch, step });
        let mut outcome = Ok(0.0);
        for armed in self.armed.iter().filter(|armed| armed.call == call && armed.is_due()) {
            outcome = match armed.fault {
                Fault::Error => Err(Failure(call)),
                Fault::Nan => Ok(f64::NAN),
            };
        }
        outcome
    }

    /// Notes a call that writes to `y`, and leaves its work half done where it fails.
    fn note_writing(&self, call: Call, y: &mut [f64]) -> Result<f64, Failure> {
        self.note(call, 0.0).inspect_err(|_| y[0] = 1e99)
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

    /// The loss at any x on the current batch, unnoted.
    pub fn loss_at(&self, x: &[f64]) -> f64 {
        let square = |i: usize| self.curvatures[i] * (x[i] - self.target(i)).powi(2);
        (0..3).map(square).sum::<f64>() / 2.0
    }

    /// The gradient at any x on the current batch, unnoted.
    pub fn gradient_at(&self, x: &[f64]) -> Vec<f64> {
        (0..3).map(|i| self.curvatures[i] * (x[i] - self.target(i))).collect()
    }

    /// x₀ + `step` · `direction`.
    pub fn point(&self, step: f64, direction: &[f64]) -> Vec<f64> {
        self.x0.iter().zip(direction).map(|(x, d)| x + step * d).collect()
    }
}

pub fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// y ← a f(x) + b y, of which y is ignored where b = 0.
fn combine(a: f64, x: &[f64], b: f64, y: &mut [f64], f: impl Fn(f64) -> f64) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = if b == 0.0 { a * f(x) } else { a * f(x) + b * *y };
    }
}

impl VectorSpace for Probe {
    type Vector = Vec<f64>;
    type Error = Failure;

    fn zeros(&self) -> Result<Vec<f64>, Failure> {
        self.note(Call::Zeros, 0.0)?;
        Ok(vec![0.0; 3])
    }

    fn dot(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<f64, Failure> {
        Ok(product(a, b) + self.note(Call::Dot, 0.0)?)
    }

    fn products(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<[f64; 3], Failure> {
        let added = self.note(Call::Products, 0.0)?;
        Ok([product(a, a), product(a, b), product(b, b)].map(|product| product + added))
    }

    fn axpby(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::Axpby, y)?;
        combine(a, x, b, y, |x| x);
        Ok(())
    }
}

impl ElementWise for Probe {
    fn add_squares(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::AddSquares, y)?;
        combine(a, x, b, y, |x| x * x);
        Ok(())
    }

    fn squares_onto(
        &self,
        a: f64,
        x: &Vec<f64>,
        b: f64,
        y: &Vec<f64>,
        z: &mut Vec<f64>,
    ) -> Result<(), Failure> {
        self.note_writing(Call::SquaresOnto, z)?;
        z.clone_from(y);
        combine(a, x, b, z, |x| x * x);
        Ok(())
    }

    fn divide_by_root(
        &self,
        v: &Vec<f64>,
        inside: f64,
        outside: f64,
        y: &mut Vec<f64>,
    ) -> Result<(), Failure> {
        self.note_writing(Call::DivideByRoot, y)?;
        y.iter_mut().zip(v).for_each(|(y, v)| *y /= (v + inside).sqrt() + outside);
        Ok(())
    }

    fn multiply_by_root(&self, v: &Vec<f64>, inside: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::MultiplyByRoot, y)?;
        y.iter_mut().zip(v).for_each(|(y, v)| *y *= (v + inside).sqrt());
        Ok(())
    }
}

impl Parameters for Probe {
    fn combine(&mut self, a: f64, b: f64, v: &Vec<f64>) -> Result<(), Failure> {
        self.note(Call::Combine, 0.0)?;
        combine(b, v, a, &mut self.x, |v| v);
        Ok(())
    }

    fn copy_to(&self, v: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::CopyTo, v)?;
        v.copy_from_slice(&self.x);
        Ok(())
    }

    fn follow(
        &mut self,
        [a, b]: [f64; 2],
        [p, q]: [f64; 2],
        d: &Vec<f64>,
        u: &mut Vec<f64>,
    ) -> Result<(), Failure> {
        self.note_writing(Call::Follow, u)?;
        combine(a, u, 1.0, &mut self.x, |u| u);
        combine(b, d, 1.0, &mut self.x, |d| d);
        combine(q, d, p, u, |d| d);
        Ok(())
    }

    fn add_to(&self, a: f64, y: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::AddTo, y)?;
        combine(a, &self.x, 1.0, y, |x| x);
        Ok(())
    }
}

impl StochasticObjective for Probe {
    fn resample(&mut self) -> Result<(), Failure> {
        self.batch += 1;
        self.note(Call::Resample, 0.0).map(|_| ())
    }

    fn loss(&mut self) -> Result<f64, Failure> {
        Ok(self.loss_at(&self.x) + self.note(Call::Loss, 0.0)?)
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<f64>) -> Result<f64, Failure> {
        let added = self.note_writing(Call::LossAndGradient, gradient)?;
        *gradient = self.gradient_at(&self.x);
        gradient[1] += added;
        Ok(self.loss_at(&self.x) + added)
    }

    fn slope(&mut self, direction: &Vec<f64>, gradient: &mut Vec<f64>) -> Result<f64, Failure> {
        let added = self.note_writing(Call::Slope, gradient)?;
        *gradient = self.gradient_at(&self.x);
        gradient[1] += added;
        Ok(product(gradient, direction))
    }

    fn synchronize(&mut self, gradient: &mut Vec<f64>) -> Result<(), Failure> {
        self.note_writing(Call::Synchronize, gradient).map(|_| ())
    }

    fn confirm(&mut self) -> Result<(), Failure> {
        self.note(Call::Confirm, 0.0).map(|_| ())
    }

    fn anchor(&mut self) -> Result<(), Failure> {
        self.note(Call::Anchor, 0.0)?;
        self.x0.clone_from(&self.x);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &Vec<f64>) -> Result<(), Failure> {
        self.note(Call::MoveTo, step).inspect_err(|_| self.x[0] = 1e99)?; // half way there
        self.x = self.point(step, direction);
        Ok(())
    }

    fn restore(&mut self) -> Result<(), Failure> {
        self.note(Call::Restore, 0.0)?;
        self.x.clone_from(&self.x0);
        Ok(())
    }

    fn has_moved(&self) -> Result<bool, Failure> {
        self.note(Call::HasMoved, 0.0)?;
        Ok(self.bits() != bits(&self.x0))
    }

    fn along_prepared_line(
        &mut self,
        direction: &Vec<f64>,
        search: Along<'_, Failure>,
    ) -> Result<bool, Failure> {
        self.note(Call::AlongPreparedLine, 0.0).inspect_err(|_| self.x[0] = 1e99)?;
        if self.prepares {
            self.x[0] = 1e98; // it may leave the parameters anywhere
            search(&mut Prepared { probe: self, direction });
        }
        Ok(self.prepares)
    }
}

struct Prepared<'a> {
    probe: &'a Probe,
    direction: &'a [f64],
}

impl PreparedLine for Prepared<'_> {
    type Error = Failure;

    fn loss(&mut self, alpha: f64) -> Result<f64, Failure> {
        let added = self.probe.note(Call::Loss, alpha)?;
        Ok(self.probe.loss_at(&self.probe.point(alpha, self.direction)) + added)
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Failure> {
        let added = self.probe.note(Call::Slope, alpha)?;
        let gradient = self.probe.gradient_at(&self.probe.point(alpha, self.direction));
        Ok(product(&gradient, self.direction) + added)
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
        Self { inner, origins: Vec::new() }
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

    fn take_back(&mut self) {
        self.inner.take_back();
    }

    fn reset(&mut self) {
        self.inner.reset();
    }
}
