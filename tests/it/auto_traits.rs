//! Every public type is `Send`, `Sync` and `'static`, where what it holds is.

use gols::check::{Derivative, Fault, GradientReport, Report};
use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Clipped, HeavyBall, Lbfgs, Masked, Nesterov, RmsProp,
    SteepestDescent,
};
use gols::landscape::{
    Ball, Grid, NnGppTest, Plane, PlaneLine, RepeatedScan, Scan, ScanError, SurfacePoint,
    SurfaceScan,
};
use gols::parallel::{
    Counted, DataParallel, Operation, ParallelError, ThreadCollective, ThreadError, Traffic,
};
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, InitialStep, Origin, ReferenceLoss, Request, SecantGols, Step, StepBounds,
    Termination, ThresholdGols,
};
use gols::statistics::{Histogram, Moments, Proportion};
use gols::{
    Best, Descent, Error, Evaluations, FnModel, Iteration, Line, MiniBatches, Optimizer, Progress,
    Sampling, SliceObjective, SliceOptimizer, Slices, Stop, StopReason, Summary, Update,
};

use super::public_interface::public_types;

type V = Vec<f64>;
type Model = FnModel<fn(&[f64], &[usize], &mut [f64]) -> f64>;
type Objective = SliceObjective<f64, Model>;

fn is_shared<T: Send + Sync + 'static>() {}

macro_rules! shared {
    ($($type:ty),* $(,)?) => {{ $(is_shared::<$type>();)* }};
}

#[test]
fn public_types_can_be_sent_and_shared() {
    shared!(Derivative, Fault, GradientReport, Report);
    shared!(Adadelta<V>, Adagrad<V>, Adam<V>, AdamW<V>, Clipped<Adam<V>, V>, HeavyBall<V>);
    shared!(Lbfgs<V>, Masked<Adam<V>, V>, Nesterov<V>, RmsProp<V>, SteepestDescent);
    shared!(Ball, Grid, NnGppTest, Plane<V>, PlaneLine<V>, RepeatedScan, Scan, ScanError<Error>);
    shared!(SurfacePoint, SurfaceScan<V>);
    shared!(Counted<ThreadCollective>, DataParallel<Objective, ThreadCollective>, Operation);
    shared!(ParallelError<Error, ThreadError>, ThreadCollective, ThreadError, Traffic);
    shared!(AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth<Armijo>, FixedStep);
    shared!(GoldenSection, InexactGols, InitialStep, Origin, ReferenceLoss, Request, SecantGols);
    shared!(Step, StepBounds, Termination, ThresholdGols);
    shared!(Histogram, Moments, Proportion);
    shared!(Best<V>, Descent<Objective>, Error, Evaluations, Model, Iteration, MiniBatches);
    shared!(Line<'static, Objective>, Optimizer<V>, Progress, Sampling, Objective);
    shared!(SliceOptimizer<f64>, Slices<f64>, Stop, StopReason, Summary, Update);
    #[cfg(feature = "mlp")]
    {
        use gols::mlp::{Activation, Dataset, Loss, Model, Network, Scaling};
        shared!(Activation, Dataset<f64>, Loss, Model<f64>, Network, Scaling);
    }
    #[cfg(feature = "serde")]
    {
        use gols::{DescentState, SliceState};
        shared!(DescentState<V, SteepestDescent, InexactGols>, SliceState<f64>);
    }
}

#[test]
fn the_list_above_lacks_no_public_type() {
    let listed = include_str!("auto_traits.rs");
    let is_listed =
        |name: &str| listed.split(|c: char| !c.is_alphanumeric()).any(|listed| listed == name);
    let types = public_types();
    assert!(types.len() > 70, "{types:?}");
    for name in types {
        assert!(is_listed(&name), "{name} is not in tests/it/auto_traits.rs");
    }
}
