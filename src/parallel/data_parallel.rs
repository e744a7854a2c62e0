//! An objective whose loss is the mean over many ranks.

use std::cell::Cell;

use super::collective::Collective;
use super::parallel_error::{Operation, ParallelError};
use crate::error::Error;
use crate::objective::StochasticObjective;
use crate::vector::{ElementWise, VectorSpace};

/// A [`StochasticObjective`] that is the mean of the objectives of all ranks of a [`Collective`].
///
/// L(x) = 1/R Σ_r L_r(x). Every rank makes one of these around its own objective and calls the same methods in the same
/// order; [`Descent`](crate::Descent) does. Losses and slopes come back averaged, with the same
/// bits on every rank, so every rank's search takes the same branch. Gradients come back as the rank's own until
/// [`synchronize`](StochasticObjective::synchronize) averages them.
///
/// What is up to you:
///
/// * Every rank starts from the same parameters, bit for bit, and with equal settings of the search. [`agree`](Self::agree)
///   compares a fingerprint.
/// * Every rank has data of its own, or draws other mini-batches from the same data: seed them by the rank's number. Equal
///   seeds on equal data would give R times the same batch.
/// * The mean is one of means: a rank counts as much as any other, whatever its batch size, unless
///   [`with_weight`](Self::with_weight) says otherwise.
/// * Ranks compute alike: on processors with other vector widths inner products and moves differ in the last bit.
///
/// # The protocol
///
/// A *meeting* is one [`sum`](Collective::sum) of two scalars: a rank's value, and 1 if it has failed or 0. It costs
/// 16 bytes a rank.
///
/// 1. `loss`, `loss_and_gradient`, `slope`, `line_loss` and `line_slope` are evaluated on this rank; then the ranks meet,
///    and the sum of the values over R is the answer.
/// 2. `synchronize` is a meeting and one [`average`](Collective::average), `confirm` a meeting. Everything else is done on
///    this rank alone.
/// 3. A rank that fails, whatever it was doing, goes to the next meeting at once and says so. All meetings are alike, so
///    it needs not know where the others are; since `confirm` ends every step, they meet in the same iteration.
/// 4. Where one has failed, a second sum, of R scalars, says which and in what. Every rank returns an error that names
///    it ([`ParallelError`]), and [`Descent`](crate::Descent) restores the parameters.
///
/// So an iteration of [`Descent`](crate::Descent) costs a rank 16 bytes for the loss at the origin, 16 and a gradient for
/// `synchronize`, 16 a probe of the search, and 16 for `confirm`.
///
/// After an error the ranks may go on together. A [`Direction`](crate::Direction) with a memory may have been updated on
/// some of them, so reset the descent on all. A vector operation that fails outside of an iteration waits for the
/// others' next meeting.
///
/// ```
/// use gols::parallel::{DataParallel, ThreadCollective};
/// use gols::{SliceObjective, StochasticObjective};
///
/// // Rank r has the loss (x - r)²; their mean over two ranks is least at x = 1/2.
/// let worker = |collective: ThreadCollective| {
///     let target = collective.rank() as f64;
///     let loss = move |x: &[f64]| (x[0] - target).powi(2);
///     let objective = SliceObjective::from_fns(vec![2.0], loss, move |x, gradient| {
///         gradient[0] = 2.0 * (x[0] - target);
///         loss(x)
///     })?;
///     let mut objective = DataParallel::new(objective, collective);
///     let slope = objective.slope(&vec![-1.0], &mut vec![0.0])?;
///     Ok::<f64, Box<dyn std::error::Error + Send + Sync>>(slope)
/// };
/// let group = ThreadCollective::group(2)?;
/// let workers: Vec<_> = group.into_iter().map(|c| std::thread::spawn(move || worker(c))).collect();
/// for worker in workers {
///     assert_eq!(worker.join().unwrap().unwrap(), -3.0);
/// }
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug)]
pub struct DataParallel<O: VectorSpace, C> {
    objective: O,
    collective: C,
    /// What this rank's values are multiplied by before they are averaged.
    share: f64,
    /// Room for a gradient that is weighted; none until one is.
    weighted: Option<O::Vector>,
    /// Whether a failure has just been told to all, who go back to x₀ now and do not meet while they do.
    is_restoring: Cell<bool>,
}

/// What a method of a data-parallel objective returns.
type Outcome<T, O, C> = Result<
    T,
    ParallelError<<O as VectorSpace>::Error, <C as Collective<<O as VectorSpace>::Vector>>::Error>,
>;

impl<O, C> DataParallel<O, C>
where
    O: VectorSpace,
    C: Collective<O::Vector>,
{
    /// The mean of this rank's `objective` and those that the other ranks of `collective` bring.
    pub fn new(objective: O, collective: C) -> Self {
        let is_restoring = Cell::new(false);
        Self { objective, collective, share: 1.0, weighted: None, is_restoring }
    }

    /// Gives this rank a weight w, positive and finite: L(x) = Σ_r w_r L_r(x) / Σ_r w_r. The rank's batch size makes
    /// unequal batches count by their samples. Default: equal weights.
    ///
    /// The ranks meet here, so all of them must call it. A gradient takes a second vector's room where the weights
    /// are not equal.
    ///
    /// # Errors
    /// Where a weight is not positive and finite: [`ParallelError::Own`] with [`Error::Setting`] on that rank,
    /// [`ParallelError::Rank`] on the others. [`ParallelError::Collective`] if the ranks cannot meet.
    pub fn with_weight(mut self, weight: f64) -> Result<Self, ParallelError<Error, C::Error>> {
        self.share = 1.0;
        let checked = Error::check_positive("weight", weight).map(|()| weight);
        let mean = self.meet(Operation::WithWeight, checked)?;
        let (rank, operation) = (self.collective.rank(), Operation::WithWeight);
        Error::check_positive("the mean weight", mean).map_err(|error| ParallelError::Own {
            rank,
            operation,
            error,
        })?;
        self.share = weight / mean;
        Ok(self)
    }

    /// Whether all ranks have the same fingerprint: a hash of their parameters, say. The ranks meet here, so all of
    /// them must call it, and all get the same answer.
    ///
    /// # Errors
    /// [`ParallelError::Rank`] if another rank has failed, [`ParallelError::Collective`] if the ranks cannot meet.
    pub fn agree(&self, fingerprint: u64) -> Outcome<bool, O, C> {
        self.meet(Operation::Other, Ok(0.0))?;
        // Two halves of 32 bits, which f64 holds exactly, in the rank's own place.
        let (rank, size) = (self.collective.rank(), self.collective.size());
        let mut halves = vec![0.0; 2 * size];
        halves[2 * rank] = (fingerprint >> 32) as f64;
        halves[2 * rank + 1] = (fingerprint & 0xffff_ffff) as f64;
        self.collective.sum(&mut halves).map_err(ParallelError::Collective)?;
        Ok(halves.chunks(2).all(|pair| pair == &halves[..2]))
    }

    /// This rank's objective.
    #[must_use]
    pub fn objective(&self) -> &O {
        &self.objective
    }

    /// This rank's objective, to change it: what concerns the parameters, on every rank alike.
    pub fn objective_mut(&mut self) -> &mut O {
        &mut self.objective
    }

    /// The group of ranks.
    #[must_use]
    pub fn collective(&self) -> &C {
        &self.collective
    }

    /// This rank's objective and the group.
    #[must_use]
    pub fn into_parts(self) -> (O, C) {
        (self.objective, self.collective)
    }

    /// Meets the other ranks: the weighted mean of all values, or the error that one of the ranks has brought.
    fn meet<E>(
        &self,
        operation: Operation,
        outcome: Result<f64, E>,
    ) -> Result<f64, ParallelError<E, C::Error>> {
        let met = match outcome {
            Ok(value) => self.gather(value),
            Err(error) => Err(self.tell(operation, error)),
        };
        self.is_restoring.set(met.is_err());
        met
    }

    /// The meeting of a rank that has not failed.
    fn gather<E>(&self, value: f64) -> Result<f64, ParallelError<E, C::Error>> {
        let mut scalars = [value * self.share, 0.0];
        self.collective.sum(&mut scalars).map_err(ParallelError::Collective)?;
        if scalars[1] == 0.0 {
            return Ok(scalars[0] / self.collective.size() as f64);
        }
        let codes = self.failures(0.0).map_err(ParallelError::Collective)?;
        let rank = codes.iter().position(|&code| code != 0.0).unwrap_or(0);
        Err(ParallelError::Rank { rank, operation: Operation::from_code(codes[rank]) })
    }

    /// The meeting of a rank that has failed.
    fn tell<E>(&self, operation: Operation, error: E) -> ParallelError<E, C::Error> {
        // The rank's own error is the one to report, whatever becomes of the network.
        if self.collective.sum(&mut [0.0, 1.0]).is_ok() {
            let _ = self.failures(operation.code());
        }
        self.is_restoring.set(true);
        ParallelError::Own { rank: self.collective.rank(), operation, error }
    }

    /// What each rank has failed in, by its code; 0 is nothing.
    fn failures(&self, own: f64) -> Result<Vec<f64>, C::Error> {
        let mut codes = vec![0.0; self.collective.size()];
        codes[self.collective.rank()] = own;
        self.collective.sum(&mut codes)?;
        Ok(codes)
    }

    /// The outcome of what this rank does alone; an error is told to the others.
    fn alone<T>(&self, operation: Operation, outcome: Result<T, O::Error>) -> Outcome<T, O, C> {
        outcome.map_err(|error| self.tell(operation, error))
    }

    /// The same for what restores x₀: after an error the others are back at x₀ as well, and will not meet.
    fn alone_or_restoring(
        &self,
        operation: Operation,
        outcome: Result<(), O::Error>,
    ) -> Outcome<(), O, C> {
        if self.is_restoring.get() {
            let rank = self.collective.rank();
            return outcome.map_err(|error| ParallelError::Own { rank, operation, error });
        }
        self.alone(operation, outcome)
    }

    /// Multiplies this rank's gradient by its share.
    fn weigh(&mut self, gradient: &mut O::Vector) -> Result<(), O::Error> {
        if self.share != 1.0 {
            let mut weighted = match self.weighted.take() {
                Some(weighted) => weighted,
                None => self.objective.zeros()?,
            };
            self.objective.axpby(self.share, gradient, 0.0, &mut weighted)?;
            std::mem::swap(gradient, &mut weighted);
            self.weighted = Some(weighted);
        }
        Ok(())
    }
}

impl<O, C> VectorSpace for DataParallel<O, C>
where
    O: VectorSpace,
    C: Collective<O::Vector>,
{
    type Vector = O::Vector;
    type Error = ParallelError<O::Error, C::Error>;

    fn zeros(&self) -> Result<O::Vector, Self::Error> {
        self.alone(Operation::Zeros, self.objective.zeros())
    }

    fn dot(&self, a: &O::Vector, b: &O::Vector) -> Result<f64, Self::Error> {
        self.alone(Operation::Dot, self.objective.dot(a, b))
    }

    fn axpby(&self, a: f64, x: &O::Vector, b: f64, y: &mut O::Vector) -> Result<(), Self::Error> {
        self.alone(Operation::Axpby, self.objective.axpby(a, x, b, y))
    }
}

impl<O, C> ElementWise for DataParallel<O, C>
where
    O: ElementWise,
    C: Collective<O::Vector>,
{
    fn add_squares(
        &self,
        a: f64,
        x: &O::Vector,
        b: f64,
        y: &mut O::Vector,
    ) -> Result<(), Self::Error> {
        self.alone(Operation::AddSquares, self.objective.add_squares(a, x, b, y))
    }

    fn divide_by_root(
        &self,
        v: &O::Vector,
        inside: f64,
        outside: f64,
        y: &mut O::Vector,
    ) -> Result<(), Self::Error> {
        let outcome = self.objective.divide_by_root(v, inside, outside, y);
        self.alone(Operation::DivideByRoot, outcome)
    }

    fn multiply_by_root(
        &self,
        v: &O::Vector,
        inside: f64,
        y: &mut O::Vector,
    ) -> Result<(), Self::Error> {
        self.alone(Operation::MultiplyByRoot, self.objective.multiply_by_root(v, inside, y))
    }

    fn add_parameters(&self, a: f64, y: &mut O::Vector) -> Result<(), Self::Error> {
        self.alone(Operation::AddParameters, self.objective.add_parameters(a, y))
    }
}

impl<O, C> StochasticObjective for DataParallel<O, C>
where
    O: StochasticObjective,
    C: Collective<O::Vector>,
{
    fn resample(&mut self) -> Result<(), Self::Error> {
        self.is_restoring.set(false);
        let outcome = self.objective.resample();
        self.alone(Operation::Resample, outcome)
    }

    fn loss(&mut self) -> Result<f64, Self::Error> {
        let outcome = self.objective.loss();
        self.meet(Operation::Loss, outcome)
    }

    fn loss_and_gradient(&mut self, gradient: &mut O::Vector) -> Result<f64, Self::Error> {
        let outcome = self.objective.loss_and_gradient(gradient);
        self.meet(Operation::LossAndGradient, outcome)
    }

    fn slope(
        &mut self,
        direction: &O::Vector,
        gradient: &mut O::Vector,
    ) -> Result<f64, Self::Error> {
        let outcome = self.objective.slope(direction, gradient);
        self.meet(Operation::Slope, outcome)
    }

    fn synchronize(&mut self, gradient: &mut O::Vector) -> Result<(), Self::Error> {
        let outcome = self.objective.synchronize(gradient).and_then(|()| self.weigh(gradient));
        self.meet(Operation::Synchronize, outcome.map(|()| 0.0))?;
        self.collective.average(gradient).map_err(ParallelError::Collective)
    }

    fn confirm(&mut self) -> Result<(), Self::Error> {
        let outcome = self.objective.confirm();
        self.meet(Operation::Confirm, outcome.map(|()| 0.0))?;
        Ok(())
    }

    fn anchor(&mut self) -> Result<(), Self::Error> {
        let outcome = self.objective.anchor();
        self.alone_or_restoring(Operation::Anchor, outcome)
    }

    fn move_to(&mut self, step: f64, direction: &O::Vector) -> Result<(), Self::Error> {
        let outcome = self.objective.move_to(step, direction);
        self.alone_or_restoring(Operation::MoveTo, outcome)
    }

    fn prepare_line(&mut self, direction: &O::Vector) -> Result<bool, Self::Error> {
        let outcome = self.objective.prepare_line(direction);
        self.alone(Operation::PrepareLine, outcome)
    }

    fn line_loss(&mut self, step: f64, direction: &O::Vector) -> Result<f64, Self::Error> {
        let outcome = self.objective.line_loss(step, direction);
        self.meet(Operation::LineLoss, outcome)
    }

    fn line_slope(
        &mut self,
        step: f64,
        direction: &O::Vector,
        gradient: &mut O::Vector,
    ) -> Result<f64, Self::Error> {
        let outcome = self.objective.line_slope(step, direction, gradient);
        self.meet(Operation::LineSlope, outcome)
    }
}
