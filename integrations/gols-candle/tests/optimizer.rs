//! Gols in the place of candle's optimizers.

mod common;

use candle_core::{DType, Device, Error, Result, Tensor, Var};
use candle_nn::loss::mse;
use candle_nn::{AdamW, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap, linear, seq};
use common::{Batch, error, iris, layers, numbers, select};
use gols::MiniBatches;
use gols::search::Termination;
use gols_candle::{Along, CandleObjective, Gols, ParamsGols, variables};

const ALONG: [Along; 2] = [Along::Adam, Along::Gradient];

fn params(along: Along) -> ParamsGols {
    ParamsGols { along, ..ParamsGols::default() }
}

/// The batches of a run on Iris: 10 rows of 150.
fn batches(dtype: DType) -> Result<impl FnMut() -> Result<Batch>> {
    let (data, batches) = (iris(dtype)?, MiniBatches::new(150, 10, 7));
    let mut batches = batches.map_err(Error::wrap)?;
    Ok(move || select(&data, batches.draw()))
}

/// A trainer that knows no optimizer by name.
fn train<O: Optimizer>(optimizer: &mut O, layers: &[Var], updates: usize) -> Result<()> {
    let mut next_batch = batches(layers[0].dtype())?;
    for _ in 0..updates {
        optimizer.backward_step(&error(layers, &next_batch()?)?)?;
    }
    Ok(())
}

/// The loss on all of Iris, in f64.
fn loss(layers: &[Var]) -> Result<f64> {
    let wide = layers.iter().map(|layer| Var::from_tensor(&layer.to_dtype(DType::F64)?));
    error(&wide.collect::<Result<Vec<_>>>()?, &iris(DType::F64)?)?.to_scalar()
}

fn bits(layers: &[Var]) -> Result<Vec<u64>> {
    Ok(numbers(layers.iter().map(Var::as_tensor))?.into_iter().map(f64::to_bits).collect())
}

#[test]
fn a_trainer_that_knows_no_optimizer_by_name_trains_further_than_with_adam_w() -> Result<()> {
    let theirs = layers(DType::F32)?;
    let mut adam_w = AdamW::new(theirs.clone(), ParamsAdamW::default())?;
    train(&mut adam_w, &theirs, 500)?;
    for along in ALONG {
        let ours = layers(DType::F32)?;
        let mut gols = Gols::new(ours.clone(), params(along))?;
        train(&mut gols, &ours, 500)?;
        let unfinished = loss(&ours)?;
        gols.finish()?;
        for loss_of_ours in [unfinished, loss(&ours)?] {
            assert!(loss_of_ours < 0.5 * loss(&theirs)?, "{along:?}: {loss_of_ours}");
        }
    }
    Ok(())
}

/// A program as others write it: generic over the optimizer, made by candle's names and settings alone. It fits
/// y = sin u from a `VarMap`, and returns the loss in the end.
fn fit_sine<O: Optimizer<Config: Default>>(updates: usize) -> Result<f32> {
    let map = VarMap::new();
    let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
    let network = seq().add(linear(1, 16, builder.pp("hidden"))?).add_fn(Tensor::tanh).add(linear(
        16,
        1,
        builder.pp("output"),
    )?);
    for (place, variable) in variables(&map).iter().enumerate() {
        let numbers = Tensor::arange(0.0, variable.elem_count() as f64, &Device::Cpu)?;
        let numbers = ((numbers * 1.7)? + place as f64)?.sin()?.to_dtype(DType::F32)?;
        variable.set(&numbers.reshape(variable.shape())?)?;
    }
    let inputs = Tensor::arange(-3f32, 3f32, &Device::Cpu)?.unsqueeze(1)?;
    let targets = inputs.sin()?;
    let loss = || mse(&network.forward(&inputs)?, &targets);

    let mut optimizer = O::new(map.all_vars(), O::Config::default())?;
    for _ in 0..updates {
        let gradients = loss()?.backward()?;
        optimizer.step(&gradients)?;
        assert!(optimizer.learning_rate() > 0.0);
    }
    loss()?.to_scalar()
}

#[test]
fn a_program_of_others_that_is_generic_over_the_optimizer_runs_unchanged() -> Result<()> {
    let [ours, theirs] = [fit_sine::<Gols>(300)?, fit_sine::<AdamW>(300)?];
    assert!(ours < 0.1 * theirs, "{ours}, with AdamW {theirs}");
    Ok(())
}

#[test]
fn it_goes_the_way_of_the_optimizer_over_an_objective() -> Result<()> {
    let [ours, theirs] = [layers(DType::F64)?, layers(DType::F64)?];
    let mut gols = Gols::new(ours.clone(), ParamsGols::default())?;
    train(&mut gols, &ours, 100)?;
    gols.finish()?;
    let loss = |batch: &Batch| error(&theirs, batch);
    let objective = CandleObjective::new(theirs.clone(), iris(DType::F64)?, loss)?;
    let mut objective = objective.with_batches(batches(DType::F64)?);
    let mut optimizer = gols::Optimizer::new(&objective)?;
    optimizer.train(&mut objective, 100)?;
    optimizer.finish(&mut objective)?;
    let [found, expected] = [ours, theirs].map(|layers| numbers(layers.iter().map(Var::as_tensor)));
    for (found, expected) in found?.into_iter().zip(expected?) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }
    Ok(())
}

#[test]
fn halves_train_as_far_as_f32() -> Result<()> {
    for along in ALONG {
        let mut losses = Vec::new();
        for dtype in [DType::F32, DType::F16, DType::BF16] {
            let layers = layers(dtype)?;
            let mut gols = Gols::new(layers.clone(), params(along))?;
            train(&mut gols, &layers, 300)?;
            gols.finish()?;
            losses.push(loss(&layers)?);
        }
        let [f32, f16, bf16] = losses[..] else { unreachable!() };
        let near = |half: f64| half < 1.05 * f32;
        assert!(near(f16) && near(bf16), "{along:?}: {f32}, in f16 {f16}, in bf16 {bf16}");
    }
    Ok(())
}

#[test]
fn the_order_of_the_variables_changes_no_bit() -> Result<()> {
    for along in ALONG {
        let [first, second] = [layers(DType::F32)?, layers(DType::F32)?];
        let mut gols = Gols::new(first.clone(), params(along))?;
        train(&mut gols, &first, 50)?;
        let mut gols = Gols::new(second.iter().rev().cloned().collect(), params(along))?;
        train(&mut gols, &second, 50)?;
        assert_eq!(bits(&first)?, bits(&second)?, "{along:?}");
    }
    Ok(())
}

#[test]
fn variables_without_a_gradient_stay_and_go_on_when_they_have_one_again() -> Result<()> {
    for along in ALONG {
        let [always, never, now_and_then] = [3.0, 7.0, 5.0].map(|x| Var::new(&[x], &Device::Cpu));
        let (always, never, now_and_then) = (always?, never?, now_and_then?);
        let variables = vec![never.clone(), always.clone(), now_and_then.clone()];
        let decayed = ParamsGols { weight_decay: 0.1, ..params(along) };
        let mut gols = Gols::new(variables, decayed)?;
        for update in 0..60 {
            let before = bits(std::slice::from_ref(&now_and_then))?;
            let mut loss = always.sqr()?;
            if update % 3 == 0 {
                loss = (loss + now_and_then.sqr()?)?;
            }
            gols.backward_step(&loss.sum_all()?)?;
            let moved = bits(std::slice::from_ref(&now_and_then))? != before;
            assert_eq!(moved, update % 3 == 0, "{along:?}: update {update}");
        }
        gols.averaged(|| {
            assert_eq!(never.to_vec1::<f64>()?, [7.0]);
            Ok(())
        })?;
        gols.finish()?;
        assert_eq!(never.to_vec1::<f64>()?, [7.0]);
        for variable in [&always, &now_and_then] {
            assert!(variable.to_vec1::<f64>()?[0].abs() < 1.0, "{along:?}: {variable}");
        }
    }
    Ok(())
}

#[test]
fn variables_of_no_use_to_an_optimizer_are_left_out_or_refused() -> Result<()> {
    let (whole, good) = (Var::new(&[1_u32], &Device::Cpu)?, Var::new(1.0, &Device::Cpu)?);
    let mut gols = Gols::new(vec![whole.clone(), good.clone()], ParamsGols::default())?;
    gols.backward_step(&good.sqr()?)?;
    assert_eq!(whole.to_vec1::<u32>()?, [1]);
    let message = Gols::new(vec![good.clone(), good], ParamsGols::default()).unwrap_err();
    assert!(message.to_string().contains("variables 0 and 1 are the same"), "{message}");
    Ok(())
}

#[test]
fn the_mean_is_seen_in_the_variables_and_they_come_back_bit_for_bit() -> Result<()> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        let layers = layers(dtype)?;
        let mut gols = Gols::new(layers.clone(), ParamsGols::default())?;
        train(&mut gols, &layers, 100)?;
        let y = bits(&layers)?;
        let mean = gols.averaged(|| bits(&layers))?;
        assert!(mean != y && bits(&layers)? == y, "{dtype:?}");
        assert!(gols.averaged::<()>(|| Err(Error::Msg("no".into()))).is_err());
        assert_eq!(bits(&layers)?, y, "{dtype:?}: after an error");
        gols.finish()?;
        assert_eq!(bits(&layers)?, mean, "{dtype:?}");
    }
    Ok(())
}

#[test]
fn the_learning_rate_is_the_step_length_and_can_be_set() -> Result<()> {
    let layers = layers(DType::F32)?;
    let mut gols = Gols::new(layers.clone(), ParamsGols::default())?;
    assert!(gols.learning_rate() == 0.0 && gols.last_update().is_none());
    train(&mut gols, &layers, 20)?;
    let update = *gols.last_update().unwrap();
    assert!(update.step.length > 0.0 && update.gradient_norm > 0.0);
    assert_eq!(gols.learning_rate(), update.step.length);
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        gols.set_learning_rate(nonsense);
        assert_eq!(gols.learning_rate(), update.step.length);
    }
    gols.set_learning_rate(1e-6);
    assert_eq!(gols.learning_rate(), 1e-6);
    train(&mut gols, &layers, 1)?;
    // A step changes by less than e^0.7 at an update.
    assert!((gols.learning_rate() / 1e-6).ln().abs() < 0.71);
    Ok(())
}

#[test]
fn a_gradient_that_is_not_finite_is_remembered_nowhere() -> Result<()> {
    for along in ALONG {
        let layers = layers(DType::F32)?;
        let mut gols = Gols::new(layers.clone(), params(along))?;
        train(&mut gols, &layers, 200)?;
        let (before, rate) = (bits(&layers)?, gols.learning_rate());
        for factor in [f64::NAN, f64::INFINITY] {
            gols.backward_step(&(error(&layers, &iris(DType::F32)?)? * factor)?)?;
            let update = gols.last_update().unwrap();
            assert_eq!(update.step.termination, Termination::NonFinite);
            assert_eq!(bits(&layers)?, before, "{along:?}");
        }
        assert!((gols.learning_rate() / rate - (-0.2_f64).exp()).abs() < 1e-9, "{along:?}");
        assert_eq!((gols.skipped(), gols.updates()), (2, 200));
        let after = gols.averaged(|| loss(&layers))?;
        train(&mut gols, &layers, 400)?;
        let later = gols.averaged(|| loss(&layers))?;
        assert!(later < after, "{along:?}: its memory would be NaN");
    }
    Ok(())
}

#[test]
fn clipped_gradients_make_the_direction_and_whole_ones_the_slopes() -> Result<()> {
    let x = Var::new(&[30.0, 40.0], &Device::Cpu)?;
    let clipped = ParamsGols { clip_norm: Some(0.5), ..params(Along::Gradient) };
    let mut gols = Gols::new(vec![x.clone()], clipped)?;
    gols.backward_step(&(x.sqr()?.sum_all()? * 0.5)?)?;
    let update = gols.last_update().unwrap();
    // g = (30, 40), d = -g / 100.
    assert!((update.gradient_norm - 50.0).abs() < 1e-12);
    assert!((update.slope + 25.0).abs() < 1e-12, "{}", update.slope);
    assert!((update.displacement / update.step.length - 0.5).abs() < 1e-12);
    Ok(())
}

#[test]
fn settings_are_checked() {
    let refused = |params: ParamsGols| {
        let x = vec![Var::new(1.0, &Device::Cpu).unwrap()];
        Gols::new(x, params).unwrap_err().to_string()
    };
    let default = ParamsGols::default;
    assert!(refused(ParamsGols { beta2: 1.0, ..default() }).contains("beta2 is 1"));
    assert!(refused(ParamsGols { eps: 0.0, ..default() }).contains("epsilon is 0"));
    assert!(refused(ParamsGols { averaging: 1.0, ..default() }).contains("averaging is 1"));
    let message = refused(ParamsGols { clip_norm: Some(0.0), ..default() });
    assert!(message.contains("clip_norm is 0, but must be positive"), "{message}");
    let message = refused(ParamsGols { weight_decay: f64::NAN, ..default() });
    assert!(message.contains("weight_decay is NaN"), "{message}");
    let message = refused(ParamsGols { max_displacement: Some(0.0), ..default() });
    assert!(message.contains("max_displacement is 0"), "{message}");
}
