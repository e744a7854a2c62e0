//! `GolsOptimizer` beside burn's own optimizers.

mod common;

use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{DType, Tensor};
use common::{Batch, Layers, Point, iris, numbers, select};
use gols::MiniBatches;
use gols_burn::{Along, Error, GolsOptimizer, GolsOptimizerConfig};

const ALONG: [Along; 2] = [Along::Adam, Along::Gradient];

fn config(along: Along) -> GolsOptimizerConfig {
    GolsOptimizerConfig::new().with_along(along)
}

/// A loop that knows no more of a model than that it is a module: updates number `from` to `to`, each on a batch of its own.
fn train<M: Module>(
    mut model: M,
    loss: impl Fn(&M, &Batch) -> Tensor<1>,
    data: &Batch,
    [from, to]: [usize; 2],
    mut step: impl FnMut(M, GradientsParams) -> Result<M, Error>,
) -> Result<M, Error> {
    for update in from..to {
        let mut batches = MiniBatches::new(150, 10, update as u64)?;
        let grads = loss(&model, &select(data, batches.draw())).backward();
        let grads = GradientsParams::from_grads(grads, &model);
        model = step(model, grads)?;
    }
    Ok(model)
}

fn train_layers(
    model: Layers,
    optimizer: &mut GolsOptimizer,
    dtype: DType,
    updates: [usize; 2],
) -> Result<Layers, Error> {
    train(model, Layers::error, &iris(dtype), updates, |model, grads| optimizer.step(model, grads))
}

fn bits(model: &Layers) -> Vec<u64> {
    let Layers { w1, b1, w2, b2 } = model;
    let all = [numbers(w1.val()), numbers(b1.val()), numbers(w2.val()), numbers(b2.val())];
    all.concat().into_iter().map(f64::to_bits).collect()
}

/// The loss on all of Iris.
fn loss(model: &Layers) -> f64 {
    let dtype = model.w1.val().dtype();
    numbers(model.error(&iris(dtype)))[0]
}

#[test]
fn a_loop_over_any_module_trains_further_than_with_adam() -> Result<(), Error> {
    let mut adam = AdamConfig::new().init();
    let step = |model, grads| Ok(adam.step(0.001, model, grads));
    let data = iris(DType::F32);
    let theirs = train(Layers::new(DType::F32), Layers::error, &data, [0, 500], step)?;
    for along in ALONG {
        let mut gols = config(along).init()?;
        let ours = train_layers(Layers::new(DType::F32), &mut gols, DType::F32, [0, 500])?;
        let ours = gols.finish(ours)?;
        let losses = [loss(&ours), loss(&theirs)];
        assert!(losses[0] < 0.5 * losses[1], "{along:?}: {losses:?}");
    }
    Ok(())
}

#[test]
fn a_run_that_is_saved_and_restored_goes_the_way_of_one_that_was_not() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        for (along, pause) in [(ALONG[0], 0), (ALONG[0], 1), (ALONG[0], 20), (ALONG[1], 20)] {
            let name = format!("gols-burn-{}-{along:?}-{dtype:?}-{pause}.bpk", std::process::id());
            let file = std::env::temp_dir().join(name);
            let mut gols = config(along).init()?;
            let model = train_layers(Layers::new(dtype), &mut gols, dtype, [0, pause])?;
            gols.save(&model, &file)?;
            let model_file = file.with_extension("model.bpk");
            model.clone().save_file(&model_file).map_err(Error::other)?;
            let whole = train_layers(model, &mut gols, dtype, [pause, 40])?;

            let model = Layers::new(dtype).load_file(&model_file);
            let mut restored = config(ALONG[1]).init()?;
            restored.load(&model, &file)?;
            std::fs::remove_file(&file).map_err(Error::other)?;
            let model = train_layers(model, &mut restored, dtype, [pause, 40])?;
            assert_eq!(bits(&model), bits(&whole), "{along:?}, {dtype:?}, {pause}");
            std::fs::remove_file(&model_file).map_err(Error::other)?;
            assert_eq!(restored.learning_rate(), gols.learning_rate());
            let [restored, whole] = [restored.finish(model)?, gols.finish(whole)?];
            assert_eq!(bits(&restored), bits(&whole), "{along:?}, {dtype:?}, {pause}");
        }
    }
    Ok(())
}

#[test]
fn a_run_of_another_module_is_refused_and_nothing_changes() -> Result<(), Error> {
    let file = std::env::temp_dir().join(format!("gols-burn-{}-other.bpk", std::process::id()));
    let mut gols = GolsOptimizerConfig::new().init()?;
    let model = train_layers(Layers::new(DType::F32), &mut gols, DType::F32, [0, 5])?;
    gols.save(&model, &file)?;
    let rate = gols.learning_rate();
    let refused = gols.load(&Layers::new(DType::F32), &file);
    std::fs::remove_file(&file).map_err(Error::other)?;
    assert!(matches!(refused, Err(Error::State { .. })), "{refused:?}");
    assert_eq!(gols.learning_rate(), rate);
    Ok(())
}

#[test]
fn halves_train_as_far_as_f32() -> Result<(), Error> {
    let mut losses = Vec::new();
    for dtype in [DType::F32, DType::F16, DType::BF16] {
        let mut gols = GolsOptimizerConfig::new().init()?;
        let model = train_layers(Layers::new(dtype), &mut gols, dtype, [0, 300])?;
        losses.push(loss(&gols.finish(model)?));
    }
    assert!(losses[1] < 1.05 * losses[0] && losses[2] < 1.05 * losses[0], "{losses:?}");
    Ok(())
}

#[derive(Module, Debug)]
struct Three {
    always: Param<Tensor<1>>,
    never: Param<Tensor<1>>,
    now_and_then: Param<Tensor<1>>,
}

#[test]
fn parameters_without_a_gradient_stay_and_go_on_when_they_have_one_again() -> Result<(), Error> {
    for along in ALONG {
        let [always, never, now_and_then] = [3.0, 7.0, 5.0].map(|x| Point::new(&[x]).x);
        let mut model = Three { always, never, now_and_then };
        let mut gols = config(along).with_weight_decay(0.1).init()?;
        for update in 0..60 {
            let before = numbers(model.now_and_then.val());
            let mut loss = model.always.val().square();
            if update % 3 == 0 {
                loss = loss + model.now_and_then.val().square();
            }
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            model = gols.step(model, grads)?;
            let moved = numbers(model.now_and_then.val()) != before;
            assert_eq!(moved, update % 3 == 0, "{along:?}: update {update}");
        }
        model = gols.finish(model)?;
        assert_eq!(numbers(model.never.val()), [7.0]);
        for x in [model.always.val(), model.now_and_then.val()] {
            assert!(numbers(x)[0].abs() < 1.0, "{along:?}: {model:?}");
        }
    }
    Ok(())
}

#[test]
fn the_mean_is_shown_and_the_module_stays() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        let mut gols = GolsOptimizerConfig::new().init()?;
        let model = train_layers(Layers::new(dtype), &mut gols, dtype, [0, 50])?;
        let y = bits(&model);
        let mean = gols.averaged(&model, bits)?;
        assert!(mean != y && bits(&model) == y, "{dtype:?}");
        assert_eq!(bits(&gols.finish(model)?), mean, "{dtype:?}");
    }
    Ok(())
}

#[test]
fn clipped_gradients_make_the_direction_and_whole_ones_the_slopes() -> Result<(), Error> {
    let model = Point::new(&[30.0, 40.0]);
    let mut gols = config(Along::Gradient).with_clip_norm(Some(0.5)).init()?;
    let loss = model.x.val().square().sum() * 0.5;
    let grads = GradientsParams::from_grads(loss.backward(), &model);
    gols.step(model, grads)?;
    let update = gols.last_update().unwrap();
    // g = (30, 40), d = -g / 100.
    assert!((update.gradient_norm - 50.0).abs() < 1e-12);
    assert!((update.slope + 25.0).abs() < 1e-12, "{}", update.slope);
    assert!((update.displacement / update.step.length - 0.5).abs() < 1e-12);
    assert_eq!(gols.learning_rate(), update.step.length);
    Ok(())
}

#[test]
fn a_step_length_that_is_set_is_where_the_next_update_starts_from() -> Result<(), Error> {
    let mut lengths = Vec::new();
    for set in [None, Some(1e-6), Some(1e-3)] {
        let mut gols = GolsOptimizerConfig::new().init()?;
        let model = train_layers(Layers::new(DType::F64), &mut gols, DType::F64, [0, 20])?;
        if let Some(rate) = set {
            gols.set_learning_rate(rate)?;
            assert_eq!(gols.learning_rate(), rate);
        }
        train_layers(model, &mut gols, DType::F64, [20, 21])?;
        lengths.push(gols.learning_rate());
    }
    // An update changes it by a factor that the slopes give, the same in both.
    let factors = [lengths[1] / 1e-6, lengths[2] / 1e-3];
    assert!((factors[0] / factors[1] - 1.0).abs() < 1e-9, "{lengths:?}");
    assert!(lengths[0] > lengths[1], "{lengths:?}");
    let refused = GolsOptimizerConfig::new().init()?.set_learning_rate(0.0);
    assert!(refused.unwrap_err().to_string().contains("previous is 0"));
    Ok(())
}

#[test]
fn a_gradient_that_is_not_finite_is_skipped_and_counted() -> Result<(), Error> {
    for along in ALONG {
        let mut gols = config(along).init()?;
        let model = train_layers(Layers::new(DType::F32), &mut gols, DType::F32, [0, 5])?;
        let before = bits(&model);
        let loss = model.error(&iris(DType::F32)) * f64::NAN;
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        let model = gols.step(model, grads)?;
        assert_eq!((gols.skipped(), gols.updates()), (1, 5), "{along:?}");
        assert_eq!(bits(&model), before, "{along:?}");
    }
    Ok(())
}

#[test]
fn settings_are_checked() {
    let refused = |config: GolsOptimizerConfig| config.init().unwrap_err().to_string();
    let default = GolsOptimizerConfig::new;
    assert!(refused(default().with_beta2(1.0)).contains("beta2 is 1"));
    assert!(refused(default().with_eps(0.0)).contains("epsilon is 0"));
    assert!(refused(default().with_averaging(1.0)).contains("averaging is 1"));
    assert!(refused(default().with_clip_norm(Some(0.0))).contains("clip_norm is 0"));
    assert!(refused(default().with_weight_decay(f64::NAN)).contains("weight_decay is NaN"));
    let message = refused(default().with_max_displacement(Some(0.0)));
    assert!(message.contains("max_displacement is 0"), "{message}");
}
