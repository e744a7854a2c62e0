//! An objective whose loss is the mean over many ranks.

use alloc::vec;

use super::collective::Collective;
use super::meetings::{MeanLine, Meetings};
use super::parallel_error::{Operation, ParallelError};
use crate::error::Error;
use crate::objective::{Along, StochasticObjective};
use crate::vector::{ElementWise, Parameters, VectorSpace};

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
/// 1. `loss`, `loss_and_gradient` and `slope`, those of a prepared line as well, are evaluated on this rank; then
///    the ranks meet, and the sum of the values over R is the answer.
/// 2. `synchronize` is a meeting and one [`average`](Collective::average), `confirm` a meeting. Everything else is done on
///    this rank alone; `restore` never meets, since it follows an error that all ranks know.
/// 3. A rank that fails, whatever it was doing, goes to the next meeting at once and says so. All meetings are alike, so
///    it needs not know where the others are; since `confirm` ends every step, they meet in the same iteration.
/// 4. Where one has failed, a second sum, of R scalars, says which and in what. Every rank returns an error that names
///    it ([`ParallelError`]), and [`Descent`](crate::Descent) restores the parameters.
///
/// So an iteration of [`Descent`](crate::Descent) costs a rank 16 bytes for the loss at the origin, 16 and a gradient for
/// `synchronize`, 16 a probe of the search, and 16 for `confirm`.
///
/// A run that may stop by the clock or by a callback meets once more an update, so that all ranks stop at the same.
///
/// After an error the ranks may go on together: nothing remembers the step that failed, on any of them. A vector operation that fails outside of an iteration waits for the
/// others' next meeting.
///
/// ```
/// use gols::parallel::{DataParallel, ThreadCollective};
/// use gols::{SliceObjective, StochasticObjective};
///
/// // Rank r has the loss (x - r)²; their mean over two ranks is least at x = 1/2.
/// let worker = |collective: ThreadCollective| {
///     let target = collective.rank() as f64;
///     let objective = SliceObjective::from_fn(vec![2.0], move |x, gradient| {
///         gradient[0] = 2.0 * (x[0] - target);
///         (x[0] - target).powi(2)
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
    meetings: Meetings<O::Vector, C>,
    /// Room for a gradient that is weighted; none until one is.
    weighted: Option<O::Vector>,
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
        Self { objective, meetings: Meetings::new(collective), weighted: None }
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
        self.meetings.share = 1.0;
        let checked = Error::check_positive("weight", weight).map(|()| weight);
        let mean = self.meetings.meet(Operation::WithWeight, checked)?;
        Error::check_positive("the mean weight", mean)
            .map_err(|error| self.meetings.own(Operation::WithWeight, error))?;
        self.meetings.share = weight / mean;
        Ok(self)
    }

    /// Whether all ranks have the same fingerprint: a hash of their parameters, say. The ranks meet here, so all of
    /// them must call it, and all get the same answer.
    ///
    /// # Errors
    /// [`ParallelError::Rank`] if another rank has failed, [`ParallelError::Collective`] if the ranks cannot meet.
    pub fn agree(&self, fingerprint: u64) -> Outcome<bool, O, C> {
        self.meetings.meet(Operation::Other, Ok(0.0))?;
        // Two halves of 32 bits, which f64 holds exactly, in the rank's own place.
        let collective = self.collective();
        let (rank, size) = (collective.rank(), collective.size());
        let mut halves = vec![0.0; 2 * size];
        halves[2 * rank] = (fingerprint >> 32) as f64;
        halves[2 * rank + 1] = (fingerprint & 0xffff_ffff) as f64;
        collective.sum(&mut halves).map_err(ParallelError::Collective)?;
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
        &self.meetings.collective
    }

    /// This rank's objective and the group.
    #[must_use]
    pub fn into_parts(self) -> (O, C) {
        (self.objective, self.meetings.collective)
    }

    fn alone<T>(&self, operation: Operation, outcome: Result<T, O::Error>) -> Outcome<T, O, C> {
        self.meetings.alone(operation, outcome)
    }

    /// Multiplies this rank's gradient by its share.
    fn weigh(&mut self, gradient: &mut O::Vector) -> Result<(), O::Error> {
        if self.meetings.share != 1.0 {
            let mut weighted = match self.weighted.take() {
                Some(weighted) => weighted,
                None => self.objective.zeros()?,
            };
            self.objective.axpby(self.meetings.share, gradient, 0.0, &mut weighted)?;
            core::mem::swap(gradient, &mut weighted);
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

    fn products(&self, a: &O::Vector, b: &O::Vector) -> Result<[f64; 3], Self::Error> {
        self.alone(Operation::Products, self.objective.products(a, b))
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

    fn squares_onto(
        &self,
        a: f64,
        x: &O::Vector,
        b: f64,
        y: &O::Vector,
        z: &mut O::Vector,
    ) -> Result<(), Self::Error> {
        self.alone(Operation::SquaresOnto, self.objective.squares_onto(a, x, b, y, z))
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
}

impl<O, C> Parameters for DataParallel<O, C>
where
    O: Parameters,
    C: Collective<O::Vector>,
{
    fn combine(&mut self, a: f64, b: f64, v: &O::Vector) -> Result<(), Self::Error> {
        let outcome = self.objective.combine(a, b, v);
        self.alone(Operation::Combine, outcome)
    }

    fn copy_to(&self, v: &mut O::Vector) -> Result<(), Self::Error> {
        self.alone(Operation::CopyTo, self.objective.copy_to(v))
    }

    fn follow(
        &mut self,
        of_x: [f64; 2],
        of_u: [f64; 2],
        d: &O::Vector,
        u: &mut O::Vector,
    ) -> Result<(), Self::Error> {
        let outcome = self.objective.follow(of_x, of_u, d, u);
        self.alone(Operation::Follow, outcome)
    }

    fn add_to(&self, a: f64, y: &mut O::Vector) -> Result<(), Self::Error> {
        self.alone(Operation::AddTo, self.objective.add_to(a, y))
    }
}

impl<O, C> StochasticObjective for DataParallel<O, C>
where
    O: StochasticObjective,
    C: Collective<O::Vector>,
{
    fn resample(&mut self) -> Result<(), Self::Error> {
        let outcome = self.objective.resample();
        self.alone(Operation::Resample, outcome)
    }

    fn has_batches(&self) -> bool {
        self.objective.has_batches()
    }

    fn loss(&mut self) -> Result<f64, Self::Error> {
        let outcome = self.objective.loss();
        self.meetings.meet(Operation::Loss, outcome)
    }

    fn loss_and_gradient(&mut self, gradient: &mut O::Vector) -> Result<f64, Self::Error> {
        let outcome = self.objective.loss_and_gradient(gradient);
        self.meetings.meet(Operation::LossAndGradient, outcome)
    }

    fn slope(
        &mut self,
        direction: &O::Vector,
        gradient: &mut O::Vector,
    ) -> Result<f64, Self::Error> {
        let outcome = self.objective.slope(direction, gradient);
        self.meetings.meet(Operation::Slope, outcome)
    }

    fn synchronize(&mut self, gradient: &mut O::Vector) -> Result<(), Self::Error> {
        let outcome = self.objective.synchronize(gradient).and_then(|()| self.weigh(gradient));
        self.meetings.meet(Operation::Synchronize, outcome.map(|()| 0.0))?;
        self.meetings.collective.average(gradient).map_err(ParallelError::Collective)
    }

    fn confirm(&mut self) -> Result<(), Self::Error> {
        let outcome = self.objective.confirm();
        self.meetings.meet(Operation::Confirm, outcome.map(|()| 0.0))?;
        Ok(())
    }

    fn any_worker(&mut self, here: bool) -> Result<bool, Self::Error> {
        let outcome = self.objective.any_worker(here).map(|any| f64::from(u8::from(any)));
        Ok(self.meetings.meet(Operation::AnyWorker, outcome)? > 0.0)
    }

    fn anchor(&mut self) -> Result<(), Self::Error> {
        let outcome = self.objective.anchor();
        self.alone(Operation::Anchor, outcome)
    }

    fn move_to(&mut self, step: f64, direction: &O::Vector) -> Result<(), Self::Error> {
        let outcome = self.objective.move_to(step, direction);
        self.alone(Operation::MoveTo, outcome)
    }

    fn restore(&mut self) -> Result<(), Self::Error> {
        self.objective.restore().map_err(|error| self.meetings.own(Operation::Restore, error))
    }

    fn has_moved(&self) -> Result<bool, Self::Error> {
        self.alone(Operation::HasMoved, self.objective.has_moved())
    }

    fn along_prepared_line(
        &mut self,
        direction: &O::Vector,
        search: Along<'_, Self::Error>,
    ) -> Result<bool, Self::Error> {
        let Self { objective, meetings, .. } = self;
        let outcome = objective.along_prepared_line(direction, &mut |line| {
            search(&mut MeanLine { line, meetings });
        });
        meetings.alone(Operation::AlongPreparedLine, outcome)
    }
}
