//! Line searches: what they are told, what they ask, and how they end.
//!
//! A search looks along F(α) = L(x + α d) for a step length α. It never calls anything: it *asks*
//! for the loss F(α) or the slope F'(α) = g(x + α d)·d at one α at a time, and is handed the
//! answer. So it needs no error type, no lifetime and no closure, and runs inside any loop: on
//! slices, on a device, across workers, half today and half tomorrow (every search is `Clone`).
//!
//! | search | looks for | asks |
//! |---|---|---|
//! | [`AmortizedGols`] | the sign change of I-GOLS, on average over the iterations | nothing |
//! | [`InexactGols`] (I-GOLS) | a sign change of the slope, from negative to positive | slopes |
//! | [`BisectionGols`] (B-GOLS) | the same, to a tolerance | slopes |
//! | [`BacktrackingGols`] | the first step down from the cap that overshoots little | slopes |
//! | [`ThresholdGols`] | a slope of a given share of \|F'(0)\| | slopes |
//! | [`SecantGols`] | a sign change or a small slope, by secants | slopes |
//! | [`Armijo`] (ARLS) | a sufficient decrease of the loss | losses |
//! | [`GoldenSection`] (GS) | a minimum of the loss, to a tolerance | losses |
//! | [`EveryKth`] | what the search in it looks for, now and then | as that one |
//! | [`FixedStep`] | nothing: a constant learning rate | nothing |
//!
//! Take the first to train, and the second where every line is to be searched, as in the papers.

use alloc::boxed::Box;

mod amortized_gols;
mod armijo;
mod arrival_mean;
mod backtracking_gols;
mod bisection_gols;
mod every_kth;
mod fixed_step;
mod golden_section;
mod inexact_gols;
mod initial_step;
mod limits;
mod origin;
mod secant_gols;
mod step_bounds;
mod threshold_gols;
mod walk;

pub use amortized_gols::AmortizedGols;
pub use armijo::{Armijo, ReferenceLoss};
pub use backtracking_gols::BacktrackingGols;
pub use bisection_gols::BisectionGols;
pub use every_kth::EveryKth;
pub use fixed_step::FixedStep;
pub use golden_section::GoldenSection;
pub use inexact_gols::InexactGols;
pub use initial_step::InitialStep;
pub use origin::Origin;
pub use secant_gols::SecantGols;
pub use step_bounds::StepBounds;
pub use threshold_gols::ThresholdGols;

/// (1 + √5) / 2, by which brackets grow and golden sections are cut.
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;

/// Every search of the crate with its defaults, by its type's name, for comparisons.
///
/// [`AmortizedGols`] comes first. Two searches have no default of their own: [`EveryKth`] is
/// [`InexactGols`] at every 10th iteration, and [`FixedStep`], which comes last, is 0.01.
///
/// ```
/// use gols::Error;
/// use gols::search::{self, LineSearch, Origin, Request};
///
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// for (name, mut search) in search::all() {
///     let origin = Origin::new(-0.6, 1.0).with_loss(0.09);
///     let step = search.run::<Error>(origin, |request| match request {
///         Request::Loss(alpha) => Ok((alpha - 0.3).powi(2)),
///         other => Ok(2.0 * (other.alpha() - 0.3)),
///     })?;
///     assert!(step.length > 0.0 && step.length < 1.2, "{name}");
/// }
/// # Ok::<(), Error>(())
/// ```
#[must_use]
pub fn all() -> [(&'static str, Box<dyn LineSearch>); 10] {
    macro_rules! default {
        ($search:ident) => {
            (stringify!($search), Box::new($search::default()))
        };
    }
    [
        default!(AmortizedGols),
        default!(InexactGols),
        default!(BisectionGols),
        default!(BacktrackingGols),
        default!(ThresholdGols),
        default!(SecantGols),
        default!(Armijo),
        default!(GoldenSection),
        ("EveryKth", Box::new(EveryKth::of(InexactGols::default(), 10))),
        ("FixedStep", Box::new(FixedStep { length: 0.01 })),
    ]
}

/// A line search: a state machine that asks for losses or slopes until it has a step length.
///
/// The protocol, which [`run`](Self::run) and [`Line`](crate::Line) speak and anyone may:
///
/// 1. [`start`](Self::start) with what is known at α = 0. It returns a [`Request`].
/// 2. While the request is [`Request::Loss`] or [`Request::Slope`], evaluate F(α) or F'(α) and hand
///    the number to [`resume`](Self::resume), which returns the next request. An answer that is
///    infinite or NaN means "too far"; it is never an error.
/// 3. [`Request::Done`] ends it. What a `resume` answers after that, or before any `start`, is not
///    specified, as with an iterator after its end; it does not panic.
///
/// `start` may be called at any time; it forgets an unfinished search.
///
/// ```
/// use gols::search::{InexactGols, LineSearch, Origin, Request, Termination};
///
/// // F(α) = (α - 0.3)², so F'(0) = -0.6; the search direction has length 1.
/// let mut search = InexactGols::default();
/// let mut request = search.start(Origin::new(-0.6, 1.0));
/// let step = loop {
///     request = match request {
///         Request::Loss(alpha) => search.resume((alpha - 0.3).powi(2)),
///         Request::Slope(alpha) => search.resume(2.0 * (alpha - 0.3)),
///         Request::Done(step) => break step,
///     };
/// };
/// assert_eq!(step.termination, Termination::SignChange);
/// assert!(step.length > 0.3);
/// ```
pub trait LineSearch {
    /// Begins a search from what is known at α = 0 and returns its first request.
    ///
    /// Ends at once with length 0 if the origin is [unusable](Origin::unusable).
    fn start(&mut self, origin: Origin) -> Request;

    /// Takes the answer to the last request and returns the next one.
    fn resume(&mut self, answer: f64) -> Request;

    /// Takes the last search back, finished or not: its step did not happen. The next search then gives
    /// what it would have given without it. [`Descent`](crate::Descent) calls it after an error. Doing
    /// it twice is doing it once. Does nothing unless overridden, which suits a search that remembers
    /// nothing.
    fn take_back(&mut self) {}

    /// Forgets what was remembered from earlier searches; the settings stay.
    fn reset(&mut self);

    /// Runs a whole search: `answer` evaluates the loss or the slope at each request, of which none
    /// is [`Request::Done`].
    ///
    /// ```
    /// use gols::Error;
    /// use gols::search::{InexactGols, LineSearch, Origin};
    ///
    /// // F'(α) = 2 (α - 0.3), along a direction of length 1. I-GOLS asks for slopes only.
    /// let (mut search, origin) = (InexactGols::default(), Origin::new(-0.6, 1.0));
    /// let step = search.run(origin, |request| Ok::<_, Error>(2.0 * (request.alpha() - 0.3)))?;
    /// assert!(step.length > 0.3);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// The first error of `answer`, unchanged.
    fn run<E>(
        &mut self,
        origin: Origin,
        mut answer: impl FnMut(Request) -> Result<f64, E>,
    ) -> Result<Step, E>
    where
        Self: Sized,
    {
        let mut request = self.start(origin);
        loop {
            if let Request::Done(step) = request {
                return Ok(step);
            }
            request = self.resume(answer(request)?);
        }
    }
}

impl<S: LineSearch + ?Sized> LineSearch for &mut S {
    fn start(&mut self, origin: Origin) -> Request {
        (**self).start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        (**self).resume(answer)
    }

    fn take_back(&mut self) {
        (**self).take_back();
    }

    fn reset(&mut self) {
        (**self).reset();
    }
}

impl<S: LineSearch + ?Sized> LineSearch for Box<S> {
    fn start(&mut self, origin: Origin) -> Request {
        (**self).start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        (**self).resume(answer)
    }

    fn take_back(&mut self) {
        (**self).take_back();
    }

    fn reset(&mut self) {
        (**self).reset();
    }
}

/// What a search wants next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Request {
    /// The loss F(α) at this α.
    Loss(f64),
    /// The slope F'(α) = g(x + α d)·d at this α.
    Slope(f64),
    /// Nothing more: the search has ended here.
    Done(Step),
}

impl Request {
    /// The step length α at which to evaluate, or at which the search has ended.
    #[must_use]
    pub fn alpha(self) -> f64 {
        match self {
            Self::Loss(alpha) | Self::Slope(alpha) => alpha,
            Self::Done(step) => step.length,
        }
    }
}

/// The end of a search: where, and why there.
///
/// These two fields are all there will be, so that a search of your own can build one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The step length α ≥ 0, in units of the direction's length; always finite.
    #[doc(alias = "learning rate")]
    pub length: f64,
    /// Why the search ended at this length.
    pub termination: Termination,
}

/// Why a search ended. None of these is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Termination {
    /// The slope changes sign from negative to positive here: an SNN-GPP (\[VG\] definition 3).
    SignChange,
    /// The slope is positive but smaller than the share of |F'(0)| that the search tolerates
    /// ([`SecantGols`]: or negative, and as small).
    SlopeReduced,
    /// The slope crosses the share of |F'(0)| that the search looks for, from below.
    ThresholdCrossed,
    /// The slope is still negative here, and the search looks no farther.
    StillDescending,
    /// The loss decreased sufficiently (\[LR\] 2.3, Armijo's rule).
    SufficientDecrease,
    /// The bracket is shorter than the search's tolerance.
    IntervalTolerance,
    /// The length was fixed beforehand.
    FixedStep,
    /// The length follows from the slopes where earlier steps led; nothing was asked on this line.
    ArrivalSlope,
    /// The last search's length, without a search ([`EveryKth`]).
    Repeated,
    /// The smallest allowed step was reached before the search's own condition held.
    MinStep,
    /// The largest allowed step was reached before the search's own condition held.
    MaxStep,
    /// All requests that were allowed are used up; the length is the best the search can answer
    /// for.
    Budget,
    /// The slope at the origin is 0: there is nowhere to go. Length 0.
    Stationary,
    /// The slope at the origin is positive: the direction does not descend. Length 0.
    NotDescent,
    /// The slope at the origin, or every answer, was infinite or NaN. Length 0.
    NonFinite,
}

impl Termination {
    /// Whether the search found a step it stands for: all but [`Budget`](Self::Budget),
    /// [`Stationary`](Self::Stationary), [`NotDescent`](Self::NotDescent) and
    /// [`NonFinite`](Self::NonFinite).
    #[must_use]
    pub fn is_success(self) -> bool {
        !matches!(self, Self::Budget | Self::Stationary | Self::NotDescent | Self::NonFinite)
    }
}

/// An answer as the searches read it: infinite or NaN means "too far", which is +∞.
fn too_far_if_not_finite(answer: f64) -> f64 {
    if answer.is_finite() { answer } else { f64::INFINITY }
}

/// The end of a search.
fn done(length: f64, termination: Termination) -> Request {
    Request::Done(Step { length, termination })
}
