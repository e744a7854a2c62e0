//! `GolsOptimizer` in burn's `Learner`.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::data::dataloader::DataLoader;
use burn::module::{Module, Param, ParamGroup};
use burn::nn::Linear;
use burn::optim::{
    AdamConfig, AdamWConfig, GradientsAccumulator, GradientsParams, ModuleOptimizer, SgdConfig,
};
use burn::tensor::{DType, Tensor};
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::metric::store::{Aggregate, Direction, Split};
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{
    ClassificationOutput, InferenceStep, Learner, LearningResult, MetricEarlyStoppingStrategy,
    StoppingCondition, SupervisedTraining,
};
use common::iris_learner::{Iris, Network, ROWS, SIZE, all, loader};
use common::{device, numbers, quiet::Quiet};
use gols_burn::{Along, Error, GolsOptimizer, GolsOptimizerConfig, SharedOptimizer, optimize};

const ALONG: [Along; 2] = [Along::Adam, Along::Gradient];

/// A folder that is gone in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("gols-burn-{}-learner-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shared(along: Along) -> SharedOptimizer {
    let optimizer = GolsOptimizerConfig::new().with_along(along).init();
    optimizer.map(GolsOptimizer::shared).unwrap()
}

/// A program for burn's `Learner` that knows neither the model nor the optimizer.
fn training(folder: &Path, epochs: usize) -> SupervisedTraining<Network> {
    let [train, valid]: [Arc<dyn DataLoader<Iris>>; 2] = [loader(), loader()];
    SupervisedTraining::new(folder, train, valid)
        .metrics((LossMetric::new(), AccuracyMetric::new()))
        .with_application_logger(None)
        .renderer(Box::new(Quiet))
        .num_epochs(epochs)
}

fn launch(
    training: SupervisedTraining<Network>,
    network: Network,
    optimizer: impl Into<ModuleOptimizer>,
) -> Network {
    let LearningResult { model, error, .. } =
        training.launch(Learner::new(network, optimizer.into(), 0.001));
    assert!(error.is_none(), "{error:?}");
    model.train()
}

fn bits(network: &Network) -> Vec<u64> {
    let all = network.parameters().map(|x| x.into_iter().map(f64::to_bits).collect::<Vec<_>>());
    all.concat()
}

#[test]
fn every_parameter_changes_and_the_loss_falls_further_than_with_adam_at_its_default() {
    let folder = Folder::new("further");
    let start = Network::new(DType::F32);
    let theirs = launch(training(&folder.0, 20), start.clone(), AdamWConfig::new().init());
    for along in ALONG {
        let gols = shared(along);
        let ours = launch(training(&folder.0, 20), start.clone(), gols.clone());
        for (before, after) in start.parameters().iter().zip(ours.parameters()) {
            assert!(before.iter().zip(&after).all(|(before, after)| before != after), "{along:?}");
        }
        let ours = gols.lock().finish(ours).unwrap();
        let losses = [ours.whole_loss(), theirs.whole_loss()];
        assert!(losses[0] < 0.5 * losses[1], "{along:?}: {losses:?}");
        assert!(gols.lock().last_update().is_some_and(|update| update.step.length > 0.0));
    }
}

/// A loop of one's own, as burn's page on training has it, but for the line that takes the step.
fn own_loop<M: Module>(
    mut model: M,
    grads: impl Fn(&M, usize) -> GradientsParams,
    accumulated: usize,
    epochs: usize,
    mut step: impl FnMut(M, GradientsParams) -> M,
) -> M {
    for _ in 0..epochs {
        let mut accumulator = GradientsAccumulator::new();
        for batch in 0..ROWS / SIZE {
            accumulator.accumulate(&model, grads(&model, batch));
            if (batch + 1) % accumulated == 0 || (batch + 1) * SIZE == ROWS {
                model = step(model, accumulator.grads());
            }
        }
    }
    model
}

#[test]
fn a_learner_takes_the_steps_of_a_loop_of_ones_own_with_gradients_accumulated_or_not() {
    for (along, accumulated) in ALONG.into_iter().flat_map(|along| [(along, 1), (along, 4)]) {
        let folder = Folder::new(&format!("accumulated-{along:?}-{accumulated}"));
        let gols = shared(along);
        let training = training(&folder.0, 3).grads_accumulation(accumulated);
        let learned = launch(training, Network::new(DType::F32), gols.clone());
        assert_eq!(gols.lock().updates(), 3 * (ROWS / SIZE).div_ceil(accumulated) as u64);

        let mut own = GolsOptimizerConfig::new().with_along(along).init().unwrap();
        let step = |model, grads| own.step(model, grads).unwrap();
        let looped = own_loop(Network::new(DType::F32), Network::grads, accumulated, 3, step);
        assert_eq!(bits(&learned), bits(&looped), "{along:?}, {accumulated}");
    }
}

#[test]
fn a_loop_over_any_module_takes_gols_or_burns_own_by_one_line() -> Result<(), Error> {
    let network = Network::new(DType::F32);
    let mut theirs = AdamConfig::new().init();
    let step = |model, grads| theirs.step(0.01, model, grads);
    let burns = own_loop(network.clone(), Network::grads, 1, 3, step);

    for (optimizer, is_burns) in
        [(AdamConfig::new().init(), true), (shared(Along::Adam).into(), false)]
    {
        let mut optimizer: ModuleOptimizer = optimizer;
        let step = |model, grads| optimize(&mut optimizer, 0.01, model, grads).unwrap();
        let model = own_loop(network.clone(), Network::grads, 1, 3, step);
        assert_eq!(bits(&model) == bits(&burns), is_burns);
        assert!(model.whole_loss() < 0.9 * network.whole_loss());
        // Burn's record has nothing of the question that `optimize` asked.
        assert!(!is_burns || optimizer.to_record().len() == theirs.to_record().len());
    }
    Ok(())
}

#[test]
fn a_learner_that_stops_and_is_resumed_from_its_checkpoint_equals_one_that_was_not() {
    for dtype in [DType::F32, DType::F64, DType::BF16] {
        for along in ALONG {
            let folder = Folder::new(&format!("resumed-{dtype:?}-{along:?}"));
            let run = |epochs, checkpoint: Option<usize>, network, optimizer: &SharedOptimizer| {
                let training = training(&folder.0, epochs).with_default_checkpointers();
                let training = training.with_checkpointing_strategy(KeepLastNCheckpoints::new(2));
                let training = match checkpoint {
                    Some(epoch) => training.checkpoint(epoch),
                    None => training,
                };
                launch(training, network, optimizer.clone())
            };
            let gols = shared(along);
            let whole = run(6, None, Network::new(dtype), &gols);

            let stopped = shared(along);
            run(3, None, Network::new(dtype), &stopped);
            // Of other numbers, other settings and another past, all of which is forgotten.
            let other = if along == Along::Adam { Along::Gradient } else { Along::Adam };
            let resumed = shared(other);
            let model = run(6, Some(3), Network::elsewhere(dtype), &resumed);

            assert_eq!(bits(&model), bits(&whole), "{along:?}, {dtype:?}");
            let [ours, theirs] = [resumed.lock().updates(), gols.lock().updates()];
            assert_eq!(ours, theirs);
            let [resumed, whole] = [(resumed, model), (gols, whole)]
                .map(|(optimizer, model)| bits(&optimizer.lock().finish(model).unwrap()));
            assert_eq!(resumed, whole, "{along:?}, {dtype:?}: the mean");
        }
    }
}

/// A model that is validated at the mean.
#[derive(Module, Debug)]
struct AtMean {
    network: Network,
    #[module(skip)]
    gols: SharedOptimizer,
}

impl InferenceStep for AtMean {
    type Input = Iris;
    type Output = ClassificationOutput;

    fn step(&self, batch: Iris) -> ClassificationOutput {
        let look = |mean: &Self| InferenceStep::step(&mean.network.valid(), batch);
        self.gols.lock().averaged(&self.clone().train(), look).unwrap()
    }
}

#[test]
fn a_model_with_a_handle_is_validated_at_the_mean() {
    let gols = shared(Along::Adam);
    let mut model = AtMean { network: Network::new(DType::F32), gols: gols.clone() };
    let mut optimizer = ModuleOptimizer::from(gols.clone());
    for update in 0..45 {
        let grads = model.network.grads(update % (ROWS / SIZE));
        model = optimize(&mut optimizer, 0.0, model, grads).unwrap();
    }
    let shown = numbers(InferenceStep::step(&model.valid(), all()).loss)[0];
    let at_y = model.network.whole_loss();
    let mean = gols.lock().finish(model).unwrap().network.whole_loss();
    assert!(shown == mean && shown != at_y, "{shown}, {mean}, {at_y}");
}

#[test]
fn a_learner_stops_early_where_the_validation_loss_rises() {
    let folder = Folder::new("early");
    let gols = shared(Along::Adam);
    let stop = MetricEarlyStoppingStrategy::new(
        &LossMetric::new(),
        Aggregate::Mean,
        Direction::Highest, // which it is at once, and never again
        Split::Valid,
        StoppingCondition::NoImprovementSince { n_epochs: 4 },
    );
    launch(training(&folder.0, 50).early_stopping(stop), Network::new(DType::F32), gols.clone());
    assert_eq!(gols.lock().updates(), (5 * ROWS / SIZE) as u64);
}

#[test]
fn a_checkpoint_of_other_parameters_is_refused() {
    let network = Network::new(DType::F32);
    let of = |inputs: Tensor<2>, model: &Linear| {
        let loss = model.forward(inputs).square().mean();
        GradientsParams::from_grads(loss.backward(), model)
    };
    let ones = |dtype| Tensor::<2>::ones([1, 4], (&device(), dtype));
    let mut trained = ModuleOptimizer::from(shared(Along::Adam));
    let hidden = network.hidden.clone();
    let grads = of(ones(DType::F32), &hidden);
    let hidden = optimize(&mut trained, 0.0, hidden, grads).unwrap();
    let loaded = || ModuleOptimizer::from(shared(Along::Adam)).load_record(trained.to_record());
    let refused = |model: Result<_, Error>| model.map(|_: Network| ()).unwrap_err().to_string();

    let message = refused(optimize(&mut loaded(), 0.0, network.clone(), network.grads(0)));
    assert!(message.contains("it has nothing of 2 of 4 parameters"), "{message}");

    let wide = |x: Tensor<1>| Param::initialized(hidden.bias.as_ref().unwrap().id, x);
    let wider = Linear {
        weight: Param::initialized(
            hidden.weight.id,
            hidden.weight.val().cast(DType::F64).detach().require_grad(),
        ),
        bias: hidden
            .bias
            .as_ref()
            .map(|bias| wide(bias.val().cast(DType::F64).detach().require_grad())),
    };
    let grads = of(ones(DType::F64), &wider);
    let message = optimize(&mut loaded(), 0.0, wider, grads).unwrap_err().to_string();
    assert!(message.contains("of F32, unlike its parameter"), "{message}");
}

#[test]
#[should_panic(expected = "let `TrainStep::optimize` return `gols_burn::optimize(")]
fn a_model_that_does_not_override_optimize_is_told_so() {
    let network = Network::new(DType::F32);
    let grads = network.grads(0);
    ModuleOptimizer::from(shared(Along::Adam)).step(0.0, network, grads);
}

#[test]
fn groups_and_clips_of_burns_own_are_refused() {
    let network = Network::new(DType::F32);
    let group = ParamGroup::from_predicate("hidden");
    let grouped = ModuleOptimizer::from(shared(Along::Adam));
    let grouped = grouped.with_group(group, SgdConfig::new().build(), None);
    let clip = burn::grad_clipping::GradientClipping::Norm(1.0);
    let clipped = ModuleOptimizer::from(shared(Along::Adam)).with_grad_clipping(clip);
    for (mut optimizer, told) in [(grouped, "groups of other"), (clipped, "with_clip_norm")] {
        let refused = optimize(&mut optimizer, 0.1, network.clone(), network.grads(0));
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(numbers(network.hidden.weight.val()).len(), 40);
}
