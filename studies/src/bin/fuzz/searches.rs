//! Any search, any settings in range, any origin, any answers.

use std::fmt::Debug;

use gols::Error;
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, InitialStep, LineSearch, Origin, ReferenceLoss, Request, SecantGols, StepBounds,
    ThresholdGols,
};

use crate::random::Random;

/// A search whose state can be written down.
pub(crate) trait Written: LineSearch + Debug {}
impl<S: LineSearch + Debug> Written for S {}

pub(crate) const NAMES: [&str; 10] = [
    "AmortizedGols",
    "InexactGols",
    "BisectionGols",
    "BacktrackingGols",
    "ThresholdGols",
    "SecantGols",
    "Armijo",
    "GoldenSection",
    "EveryKth",
    "FixedStep",
];

fn bounds(random: &mut Random) -> StepBounds {
    let (a, b) = (random.positive(), random.positive());
    let cap = (random.below(3) > 0).then(|| random.positive());
    match StepBounds::displacements(a.min(b), a.max(b)) {
        Ok(bounds) if random.below(3) == 0 => bounds,
        _ => StepBounds::new(a.min(b), a.max(b), cap).unwrap_or_default(),
    }
}

/// This search with random settings, and the most that it may ask.
pub(crate) fn any_search(
    name: &str,
    random: &mut Random,
) -> Result<(Box<dyn Written>, usize), Error> {
    let (bounds, most) = (bounds(random), 1 + random.below(40) as usize);
    let (share, factor) = (random.unit().max(1e-9), 1.0 + random.size(-3.0, 3.0));
    let (previous, tolerance) = (random.positive(), random.size(-15.0, 0.0));
    let rules = [InitialStep::Previous, InitialStep::SlopeRatio, InitialStep::Secant];
    let others = [InitialStep::HagerZhang, InitialStep::Largest, InitialStep::Constant(previous)];
    let initial = rules.iter().chain(&others).nth(random.below(6) as usize);
    let initial = *initial.unwrap_or(&InitialStep::Previous);
    macro_rules! walking {
        ($search:expr) => {
            $search
                .with_bounds(bounds)
                .with_max_evaluations(most)?
                .with_factor(factor)?
                .with_initial_step(initial)?
                .with_previous(previous)?
        };
    }
    let search: Box<dyn Written> = match name {
        "AmortizedGols" => {
            let search = AmortizedGols::default().with_growth(random.size(-3.0, 3.0))?;
            let search = search.with_threshold(share)?.with_averaging(0.99 * share)?;
            let search = search.with_ramp(random.size(-3.0, 3.0))?.with_least_threshold(share)?;
            let search = search.with_initial_displacement(previous)?;
            match random.below(3) {
                0 => Box::new(search.without_cap()),
                rest => {
                    let search = search.with_max_displacement(random.positive())?;
                    Box::new(search.with_safeguards(rest == 1))
                }
            }
        }
        "InexactGols" => Box::new(walking!(InexactGols::default().with_overshoot(share)?)),
        "BisectionGols" => {
            let search = BisectionGols::default().with_bounds(bounds).with_max_evaluations(most)?;
            Box::new(search.with_first_bracket(previous)?.with_tolerance(tolerance)?)
        }
        "BacktrackingGols" => {
            Box::new(walking!(BacktrackingGols::default().with_overshoot(share)?))
        }
        "ThresholdGols" => Box::new(walking!(ThresholdGols::default().with_threshold(share)?)),
        "SecantGols" => {
            let search = SecantGols::default().with_overshoot(share)?;
            Box::new(walking!(search.with_limit(1.0 + random.size(-2.0, 3.0))?))
        }
        "Armijo" => {
            let references = [ReferenceLoss::Once, ReferenceLoss::Resampled];
            let search = Armijo::default().with_sufficient_decrease(0.999 * share)?;
            Box::new(walking!(search.with_reference(references[random.below(2) as usize])))
        }
        "GoldenSection" => {
            let search = GoldenSection::default().with_bounds(bounds).with_max_evaluations(most)?;
            Box::new(search.with_first_bracket(previous)?.with_tolerance(tolerance)?)
        }
        "EveryKth" => {
            let inner = walking!(InexactGols::default());
            let search = EveryKth::new(inner, 1 + random.below(5) as usize)?;
            Box::new(search.with_bounds(bounds))
        }
        _ => Box::new(FixedStep::new(previous)?),
    };
    Ok((search, most))
}

fn any_origin(random: &mut Random) -> Origin {
    let slope = if random.below(10) == 0 { random.any() } else { -random.positive() };
    let norm = if random.below(10) == 0 { random.any() } else { random.positive() };
    let mut origin = Origin::new(slope, norm);
    if random.below(2) == 0 {
        origin = origin.with_loss(random.any());
    }
    if random.below(2) == 0 {
        origin = origin.with_arrival_slope(random.any());
    }
    if random.below(2) == 0 { origin.resampled() } else { origin }
}

/// Some searches in a row from one state, by this seed; what went wrong, if something did.
pub(crate) fn sequence(name: &str, seed: u64) -> Result<(), String> {
    let mut random = Random(seed);
    let (mut search, most) =
        any_search(name, &mut random).map_err(|error| format!("settings: {error}"))?;
    for _ in 0..4 {
        let before = format!("{search:?}");
        one(&mut *search, most, &mut random).map_err(|fault| format!("{fault}; {before}"))?;
    }
    Ok(())
}

/// One search to its end.
pub(crate) fn one(
    search: &mut dyn Written,
    most: usize,
    random: &mut Random,
) -> Result<(), String> {
    let origin = any_origin(random);
    let mut request = search.start(origin);
    let (mut asked, mut finite) = (0, Vec::new());
    let step = loop {
        let alpha = match request {
            Request::Done(step) => break step,
            request => request.alpha(),
        };
        asked += 1;
        if asked > most {
            return Err(format!("asks more than {most} times"));
        }
        if !(alpha.is_finite() && alpha >= 0.0) {
            return Err(format!("asks at {alpha}"));
        }
        let answer = random.any();
        if answer.is_finite() {
            finite.push(alpha);
        }
        request = search.resume(answer);
    };
    if !(step.length.is_finite() && step.length >= 0.0) {
        return Err(format!("ends at {step:?}"));
    }
    if asked > 0 && step.length > 0.0 && !finite.contains(&step.length) {
        return Err(format!("ends at {step:?}, whose answer was not finite"));
    }
    if origin.unusable().is_some() && step.length != 0.0 {
        return Err(format!("leaves an origin that it cannot use, by {step:?}"));
    }
    Ok(())
}
