//! Replays every recorded search of `tests/replay`: each request, answer, step and its reason.
//!
//! A bug in a search becomes one more recorded case there before it is mended.

use gols::search::{
    Armijo, BisectionGols, GoldenSection, InexactGols, LineSearch, Origin, ReferenceLoss, Request,
    StepBounds,
};
use serde_json::Value;

#[test]
fn every_recorded_search_replays_request_by_request() {
    let text = include_str!("../replay/searches.json");
    let cases: Vec<Value> = serde_json::from_str(text).expect("a list of recorded searches");
    assert_eq!(cases.len(), 391);
    for case in &cases {
        replay(case);
    }
}

/// A recorded search is one value, whatever was replayed before it.
#[test]
fn a_recorded_search_replays_again_after_reset() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../replay/searches.json")).expect("recorded searches");
    let fresh = cases.iter().filter(|case| case["settings"]["previous"].is_null());
    for case in fresh.step_by(7) {
        let mut search = search(case);
        run(&mut *search, case);
        search.reset();
        run(&mut *search, case);
    }
}

fn replay(case: &Value) {
    run(&mut *search(case), case);
}

fn run(search: &mut dyn LineSearch, case: &Value) {
    let name = format!("{} of {}, {}", case["search"], case["name"], case["settings"]);
    let mut request = search.start(origin(&case["origin"]));
    for (index, row) in case["requests"].as_array().expect("requests").iter().enumerate() {
        let asked = match request {
            Request::Loss(alpha) => ("loss", alpha),
            Request::Slope(alpha) => ("slope", alpha),
            Request::Done(step) => panic!("{name}: ended at {step:?} before request {index}"),
        };
        assert_eq!(asked.0, row[0], "{name}: request {index}");
        assert_close(asked.1, number(&row[1]), &format!("{name}: request {index}"));
        request = search.resume(number(&row[2]));
    }
    let Request::Done(step) = request else { panic!("{name}: still asks {request:?}") };
    assert_eq!(format!("{:?}", step.termination), case["termination"], "{name}");
    assert_close(step.length, number(&case["step"]), &name);
}

/// To 1e-9 relative, as recorded.
fn assert_close(found: f64, expected: f64, what: &str) {
    let tolerance = 1e-9 * expected.abs();
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
}

fn origin(value: &Value) -> Origin {
    let origin = Origin::new(number(&value["slope"]), number(&value["direction_norm"]));
    match value["loss"].as_f64() {
        Some(loss) => origin.with_loss(loss),
        None => origin,
    }
}

fn search(case: &Value) -> Box<dyn LineSearch> {
    let settings = &case["settings"];
    let bounds = match settings.get("displacement") {
        Some(displacement) => StepBounds::new(1e-8, 1e7, displacement.as_f64()).unwrap(),
        None => StepBounds::default(),
    };
    let real = |key: &str| settings.get(key).map(number);
    let budget = settings.get("budget").map(|budget| budget.as_u64().unwrap() as usize);
    macro_rules! with {
        ($search:ident, $($key:literal => $setter:ident),*) => {{
            let mut search = $search::default().with_bounds(bounds);
            $(if let Some(value) = real($key) { search = search.$setter(value).unwrap(); })*
            if let Some(budget) = budget { search = search.with_max_evaluations(budget).unwrap(); }
            search
        }};
    }
    match case["search"].as_str().unwrap() {
        "InexactGols" => Box::new(with!(InexactGols, "overshoot" => with_overshoot,
            "factor" => with_factor, "previous" => with_previous)),
        "BisectionGols" => Box::new(with!(BisectionGols, "first_bracket" => with_first_bracket,
            "tolerance" => with_tolerance)),
        "GoldenSection" => Box::new(with!(GoldenSection, "first_bracket" => with_first_bracket,
            "tolerance" => with_tolerance)),
        "Armijo" => {
            let search = with!(Armijo, "sufficient_decrease" => with_sufficient_decrease,
                "factor" => with_factor, "previous" => with_previous);
            let reference = match settings.get("reference") {
                Some(_) => ReferenceLoss::Resampled,
                None => ReferenceLoss::Once,
            };
            Box::new(search.with_reference(reference))
        }
        other => panic!("no search is called {other}"),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| match value.as_str() {
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some("nan") => f64::NAN,
        _ => panic!("{value} is not a number"),
    })
}
