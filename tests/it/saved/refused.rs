//! What could not have been set, or was saved in another format, cannot be loaded.

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Clipped, HeavyBall, Lbfgs, Masked, Nesterov, RmsProp,
    SteepestDescent,
};
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, SecantGols, StepBounds, ThresholdGols,
};
use gols::{
    Best, Descent, DescentState, MiniBatches, Optimizer, SliceObjective, SliceOptimizer, SliceState,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[cfg(feature = "mlp")]
use super::reload;
use super::{COLUMNS, Fit, load, objective, put};

#[test]
fn another_format_is_refused() {
    let expected = "this was saved in format 2, but this version of gols reads format 1 alone";
    let (rule, optimizer) = (Adam::<Vec<f64>>::default(), optimizer());
    assert_eq!(load(&InexactGols::default(), "format", json!(2)), expected);
    assert_eq!(load(&rule, "format", json!(2)), expected);
    assert_eq!(load(&optimizer, "format", json!(2)), expected);
    assert_eq!(load(&MiniBatches::new(9, 3, 1).unwrap(), "format", json!(2)), expected);
    assert_eq!(load(&objective::<f64>(1.0).state(), "format", json!(2)), expected);
}

fn optimizer() -> Optimizer<Vec<f64>> {
    Optimizer::new(&objective::<f64>(1.0)).unwrap()
}

#[test]
fn settings_that_no_setter_takes_are_refused() {
    fn refuse<T: Serialize + DeserializeOwned>(original: &T, name: &str, bad: &[f64]) {
        for &bad in bad {
            let error = load(original, name, json!(bad));
            assert!(error.starts_with(&format!("{name} is {bad}, but must be ")), "{error}");
        }
    }
    type V = Vec<f64>;
    let amortized = AmortizedGols::default().with_previous(0.1).unwrap();
    for name in ["growth", "ramp", "initial_displacement", "max_displacement", "previous"] {
        refuse(&amortized, name, &[0.0, -1.0]);
    }
    for name in ["threshold", "least_threshold", "averaging"] {
        refuse(&amortized, name, &[-0.1, 1.1]);
    }
    refuse(&InexactGols::default(), "overshoot", &[0.0, 1.1]);
    refuse(&BacktrackingGols::default(), "overshoot", &[-0.1, 1.1]);
    refuse(&SecantGols::default(), "overshoot", &[0.0, 1.1]);
    refuse(&SecantGols::default(), "limit", &[1.0]);
    refuse(&SecantGols::default(), "factor", &[1.0]);
    refuse(&ThresholdGols::default(), "threshold", &[-1.0, 1.1]);
    refuse(&Armijo::default(), "sufficient_decrease", &[0.0, 1.0]);
    for name in ["first_bracket", "tolerance"] {
        refuse(&BisectionGols::default(), name, &[0.0]);
        refuse(&GoldenSection::default(), name, &[0.0]);
    }
    refuse(&FixedStep::new(1.0).unwrap(), "length", &[0.0, -1.0]);
    refuse(&StepBounds::default(), "max", &[0.0]);
    refuse(&StepBounds::default(), "min", &[0.0, 1e8]);
    refuse(&StepBounds::default(), "min_displacement", &[-1.0]);
    refuse(&Adam::<V>::default(), "beta1", &[1.0]);
    refuse(&Adam::<V>::default(), "beta2", &[-0.1]);
    refuse(&AdamW::<V>::default(), "epsilon", &[0.0]);
    refuse(&AdamW::<V>::default(), "weight_decay", &[-0.1]);
    refuse(&Adagrad::<V>::default(), "epsilon", &[0.0]);
    refuse(&RmsProp::<V>::default(), "decay", &[1.0]);
    refuse(&Adadelta::<V>::default(), "decay", &[1.0]);
    refuse(&HeavyBall::<V>::default(), "momentum", &[1.0]);
    refuse(&Nesterov::<V>::default(), "momentum", &[1.0]);
    refuse(&Lbfgs::<V>::default(), "curvature", &[1.0]);
    refuse(&Clipped::<_, V>::new(SteepestDescent, 1.0).unwrap(), "max_norm", &[0.0, -1.0]);
    for (name, bad) in [("share", 1.0), ("delay", -1.0), ("weight", -1.0), ("start_norm", -1.0)] {
        let mut trained = (optimizer(), SliceOptimizer::new(COLUMNS));
        for _ in 0..3 {
            let gradient = vec![0.5; COLUMNS];
            trained.0.step(&mut objective::<f64>(1.0), &gradient).unwrap();
            trained.1.step(&mut [0.3; COLUMNS], &gradient).unwrap();
        }
        for error in [load(&trained.0, name, json!(bad)), load(&trained.1, name, json!(bad))] {
            assert!(error.contains("but must be "), "{error}");
        }
    }
    for error in [
        load(&InexactGols::default(), "max_evaluations", json!(0)),
        load(&GoldenSection::default(), "max_evaluations", json!(0)),
        load(&Lbfgs::<V>::default(), "history_size", json!(0)),
        load(&EveryKth::new(InexactGols::default(), 2).unwrap(), "period", json!(0)),
        load(&Lbfgs::<V>::default(), "count", json!(1)),
    ] {
        assert!(error.contains(", but must be at "), "{error}");
    }
    let constant = json!({ "Constant": -1.0 });
    let error = load(&InexactGols::default(), "initial_step", constant);
    assert_eq!(error, "initial_step is -1, but must be positive and finite");
}

#[test]
fn no_nan_comes_in_by_a_format_that_has_it() {
    use ciborium::Value;
    fn put(value: &mut Value, name: &str) -> bool {
        let Value::Map(entries) = value else { return false };
        entries.iter_mut().any(|(key, value)| {
            let is_here = key.as_text() == Some(name);
            if is_here {
                *value = Value::Float(f64::NAN);
            }
            is_here || put(value, name)
        })
    }
    fn check<T: Serialize + DeserializeOwned>(original: &T, names: &[&str]) {
        for name in names {
            let mut saved = Value::serialized(original).unwrap();
            assert!(saved.deserialized::<T>().is_ok());
            assert!(put(&mut saved, name), "{name} is not in {saved:?}");
            let error = saved.deserialized::<T>().err().expect(name).to_string();
            assert!(error.contains(" is NaN, but must be "), "{error}");
        }
    }
    let names = ["growth", "threshold", "least_threshold", "averaging", "ramp", "previous"];
    let amortized = AmortizedGols::default().with_previous(0.1).unwrap();
    check(&amortized, &names);
    check(&amortized, &["initial_displacement", "max_displacement", "arrival", "ln_size"]);
    let inexact = InexactGols::default().with_previous(0.1).unwrap();
    check(&inexact, &["overshoot", "factor", "min", "max", "min_displacement"]);
    check(&GoldenSection::default(), &["first_bracket", "tolerance"]);
    check(&FixedStep::new(1.0).unwrap(), &["length"]);
    check(&Adam::<Vec<f64>>::default(), &["beta1", "beta2", "epsilon"]);
    check(&AdamW::<Vec<f64>>::default(), &["weight_decay"]);
    check(&optimizer(), &["share", "delay"]);
}

#[test]
fn a_state_of_another_shape_is_refused() {
    let state = objective::<f64>(1.0).state();
    let other = |x0: Vec<f64>, population: usize| {
        let batches = MiniBatches::new(population, 5, 3).unwrap();
        SliceObjective::new(x0, batches, Fit { limit: 1.0 }).unwrap()
    };
    let error = other(vec![0.0; 5], 32).with_state(state.clone()).unwrap_err();
    assert_eq!(error.to_string(), "the length of the state is 6, but 5 is needed");
    let error = other(vec![0.0; 6], 31).with_state(state.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the length of the population of the state is 32, but 31 is needed"
    );
    assert!(other(vec![0.0; 6], 32).with_state(state).is_ok());
}

#[cfg(feature = "mlp")]
#[test]
fn a_scaling_is_saved_with_the_model() {
    use gols::mlp::Dataset;
    let scaling = Dataset::<f64>::iris().scaling(-1.0, 1.0).unwrap();
    let loaded: gols::mlp::Scaling = reload(&scaling);
    assert_eq!(loaded, scaling);
    assert!(load(&scaling, "low", json!(2.0)).starts_with("low is 2, but must be"));
}

/// `Type::deserialize` finds a type's own function before the trait's: none is left there that does not check.
#[test]
fn what_is_read_by_the_type_s_path_is_checked_as_well() {
    use serde::Deserialize;

    fn check<T: Serialize>(original: T, read: impl Fn(Value) -> Option<String>) {
        let mut saved = serde_json::to_value(original).unwrap();
        assert_eq!(read(saved.clone()), None);
        // The content alone, as if there were no format.
        let error = read(saved["content"].clone()).expect("no format");
        assert!(error.starts_with("missing field `format`"), "{error}");
        put(&mut saved, "format", &json!(2));
        assert!(read(saved).expect("format 2").contains("was saved in format 2"));
    }
    macro_rules! by_path {
        ($($original:expr => $type:ty),+ $(,)?) => {
            $(check($original, |saved| <$type>::deserialize(saved).err().map(|e| e.to_string()));)+
        };
    }
    by_path![
        SliceOptimizer::<f32>::new(2) => SliceOptimizer::<f32>,
        optimizer() => Optimizer::<Vec<f64>>,
        Descent::new(objective::<f64>(1.0)).unwrap().state()
            => DescentState::<Vec<f64>, SteepestDescent, InexactGols>,
        objective::<f64>(1.0).state() => SliceState::<f64>,
        Adam::<Vec<f64>>::default() => Adam::<Vec<f64>>,
        Lbfgs::<Vec<f64>>::default() => Lbfgs::<Vec<f64>>,
        InexactGols::default() => InexactGols,
        AmortizedGols::default() => AmortizedGols,
        GoldenSection::default() => GoldenSection,
        StepBounds::default() => StepBounds,
        BisectionGols::default() => BisectionGols,
        BacktrackingGols::default() => BacktrackingGols,
        ThresholdGols::default() => ThresholdGols,
        SecantGols::default() => SecantGols,
        Armijo::default() => Armijo,
        FixedStep::new(0.1).unwrap() => FixedStep,
        EveryKth::new(Armijo::default(), 2).unwrap() => EveryKth::<Armijo>,
        HeavyBall::<Vec<f64>>::default() => HeavyBall::<Vec<f64>>,
        Nesterov::<Vec<f64>>::default() => Nesterov::<Vec<f64>>,
        Adagrad::<Vec<f64>>::default() => Adagrad::<Vec<f64>>,
        RmsProp::<Vec<f64>>::default() => RmsProp::<Vec<f64>>,
        Adadelta::<Vec<f64>>::default() => Adadelta::<Vec<f64>>,
        AdamW::<Vec<f64>>::default() => AdamW::<Vec<f64>>,
        Clipped::<SteepestDescent, Vec<f64>>::new(SteepestDescent, 1.0).unwrap() => Clipped::<SteepestDescent, Vec<f64>>,
        Masked::new(SteepestDescent, vec![1.0]) => Masked::<SteepestDescent, Vec<f64>>,
        Best::<Vec<f64>>::new() => Best::<Vec<f64>>,
        MiniBatches::new(9, 3, 1).unwrap() => MiniBatches,
    ];
    let mut negative = serde_json::to_value(SliceOptimizer::<f32>::new(2)).unwrap();
    assert_eq!(put(&mut negative, "delay", &json!(-1.0)), 1);
    let error = SliceOptimizer::<f32>::deserialize(negative).unwrap_err().to_string();
    assert!(error.contains("delay is -1, but must be "), "{error}");
}
