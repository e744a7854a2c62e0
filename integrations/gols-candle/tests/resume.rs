//! Runs that are saved, killed, and go on.

mod common;

use std::path::PathBuf;

use candle_core::{DType, Device, Error, Result, Tensor};
use candle_nn::{Init, Linear, Module, Optimizer, VarBuilder, VarMap, linear, loss::mse};
use common::{Batch, iris, numbers, select};
use gols::MiniBatches;
use gols_candle::{Along, Gols, ParamsGols, variables};
use gols_conformance::killed::{kill_in_training, saves_to};

const ALONG: [Along; 2] = [Along::Adam, Along::Gradient];
const DTYPES: [DType; 4] = [DType::F64, DType::F32, DType::F16, DType::BF16];

/// A file that is gone in the end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let name = format!("gols-candle-{}-{name}.safetensors", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A network on Iris with a layer that is used now and then and a variable that never is, and its optimizer.
struct Run {
    map: VarMap,
    layers: [Linear; 3],
    optimizer: Gols,
    data: Batch,
}

impl Run {
    fn new(dtype: DType, along: Along, start: f64) -> Result<Self> {
        let map = VarMap::new();
        let builder = VarBuilder::from_varmap(&map, dtype, &Device::Cpu);
        let layers = [(4, 8, "first"), (8, 3, "last"), (3, 3, "rare")]
            .map(|(inputs, outputs, name)| linear(inputs, outputs, builder.pp(name)));
        let [first, last, rare] = layers;
        map.get(2, "unused", Init::Const(start), dtype, &Device::Cpu)?;
        for (place, variable) in variables(&map).iter().enumerate() {
            let numbers = Tensor::arange(0.0, variable.elem_count() as f64, &Device::Cpu)?;
            let numbers = ((numbers * 1.7)? + place as f64)?.sin()?.affine(0.5, start)?;
            variable.set(&numbers.reshape(variable.shape())?.to_dtype(dtype)?)?;
        }
        let params = ParamsGols { along, ..ParamsGols::default() };
        let optimizer = Gols::new(map.all_vars(), params)?;
        Ok(Self { map, layers: [first?, last?, rare?], optimizer, data: iris(dtype)? })
    }

    /// Updates number `from` to `to`, each on a batch of its own.
    fn train(&mut self, from: usize, to: usize) -> Result<()> {
        for update in from..to {
            let batches = MiniBatches::new(150, 10, update as u64);
            let (x, t) = select(&self.data, batches.map_err(Error::wrap)?.draw())?;
            let [first, last, rare] = &self.layers;
            let mut y = last.forward(&first.forward(&x)?.tanh()?)?;
            if update % 3 == 0 && update < 30 {
                y = rare.forward(&y)?;
            }
            self.optimizer.backward_step(&mse(&y, &t)?)?;
        }
        Ok(())
    }

    /// y, and x.
    fn bits(&mut self) -> Result<[Vec<u64>; 2]> {
        let bits = || {
            Ok(numbers(variables(&self.map).iter().map(|x| x.as_tensor()))?
                .into_iter()
                .map(f64::to_bits)
                .collect())
        };
        Ok([bits()?, self.optimizer.averaged(bits)?])
    }
}

#[test]
fn a_run_that_is_saved_and_restored_goes_the_way_of_one_that_was_not() -> Result<()> {
    for (along, dtype) in ALONG.into_iter().flat_map(|along| DTYPES.map(|dtype| (along, dtype))) {
        for pause in [0, 1, 40] {
            let file = File::new(&format!("{along:?}-{dtype:?}-{pause}"));
            let mut whole = Run::new(dtype, along, 0.0)?;
            whole.train(0, pause)?;
            whole.optimizer.save(&whole.map, &file.0)?;
            whole.train(pause, 80)?;
            let other = if along == Along::Adam { Along::Gradient } else { Along::Adam };
            let mut restored = Run::new(dtype, other, 0.25)?;
            restored.train(1, 3)?; // all of which is forgotten
            restored.optimizer.load(&restored.map, &file.0)?;
            restored.train(pause, 80)?;
            assert_eq!(restored.bits()?, whole.bits()?, "{along:?}, {dtype:?}, {pause}");
            assert_eq!(restored.optimizer.learning_rate(), whole.optimizer.learning_rate());
        }
    }
    Ok(())
}

/// So many updates are made before the kill, at least.
const BEFORE: u64 = 40;

/// Lets a child run the test of this name, which saves after each update, kills it in mid-training, goes on
/// from its file, and compares with a run that nobody killed.
fn check_killed(name: &str, along: Along) -> Result<()> {
    if let Some(path) = saves_to() {
        let mut run = Run::new(DType::F32, along, 0.0)?;
        for update in 0..100_000 {
            run.optimizer.save(&run.map, &path)?;
            run.train(update, update + 1)?;
        }
        panic!("nobody killed it");
    }
    let file = File::new(name);
    let _aside = File(file.0.with_extension("safetensors.new"));
    let mut run = Run::new(DType::F32, along, 0.25)?;
    kill_in_training(name, &file.0, || {
        if file.0.exists() {
            run.optimizer.load(&run.map, &file.0).unwrap(); // whole at any time
        }
        run.optimizer.updates() >= BEFORE
    });

    run.optimizer.load(&run.map, &file.0)?;
    let killed = run.optimizer.updates() as usize;
    let mut whole = Run::new(DType::F32, along, 0.0)?;
    for (run, start) in [(&mut run, killed), (&mut whole, 0)] {
        run.train(start, killed + 30)?;
    }
    assert_eq!(run.bits()?, whole.bits()?, "killed after {killed} updates");
    [&mut run, &mut whole].map(|run| run.optimizer.finish()).into_iter().collect::<Result<()>>()?;
    assert_eq!(run.bits()?, whole.bits()?, "killed after {killed} updates, finished");
    Ok(())
}

#[test]
fn a_run_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not() -> Result<()> {
    let name = "a_run_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed(name, Along::Adam)
}

#[test]
fn a_run_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not() -> Result<()> {
    let name = "a_run_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed(name, Along::Gradient)
}

#[test]
fn a_file_of_other_variables_is_refused_by_name_and_nothing_changes() -> Result<()> {
    let file = File::new("refused");
    let mut run = Run::new(DType::F32, Along::Adam, 0.0)?;
    run.train(0, 5)?;
    run.optimizer.save(&run.map, &file.0)?;
    let message = run.optimizer.save(&VarMap::new(), &file.0).unwrap_err().to_string();
    assert!(message.contains("variable 0 is not in the map"), "{message}");
    let mut other = Run::new(DType::F64, Along::Adam, 0.0)?;
    other.train(0, 5)?;
    let before = other.bits()?;
    let message = other.optimizer.load(&other.map, &file.0).unwrap_err().to_string();
    assert!(message.contains("is [") && message.contains("F32, not"), "{message}");
    assert_eq!(other.bits()?, before);
    run.map.save(&file.0)?; // no run at all
    assert!(run.optimizer.load(&run.map, &file.0).is_err());
    Ok(())
}
