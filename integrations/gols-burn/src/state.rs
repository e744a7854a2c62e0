//! A run saved to a file and restored.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;
use burn::store::RecordError;
use burn::tensor::TensorData;
use burn_pack::{Reader, Tensor, Writer};

use crate::error::Error;
use crate::optimizer::GolsOptimizer;
use crate::saved::{Key, Misfit, Saved, in_memory};

/// The names in the file of what is no tensor.
const NUMBERS: &str = "gols";
const VECTORS: &str = "vectors";

impl GolsOptimizer {
    /// Writes the run into one burnpack file, beside the module's own: z, the last direction, moments, the step length,
    /// settings, and y in f32 where parameters are halves. Tensors are named by the parameters' identities,
    /// which a module's record keeps. A file at `path` is replaced whole or stays as it was.
    ///
    /// ```
    /// use burn::module::Module;
    /// use burn::nn::{Linear, LinearConfig};
    /// use burn::optim::GradientsParams;
    /// use burn::tensor::{Device, Tensor};
    /// use gols_burn::{Error, GolsOptimizer, GolsOptimizerConfig};
    ///
    /// fn train(mut model: Linear, optimizer: &mut GolsOptimizer) -> Result<Linear, Error> {
    ///     for _ in 0..10 {
    ///         let x = Tensor::<2>::ones([1, 3], &model.weight.val().device());
    ///         let grads = model.forward(x).square().sum().backward();
    ///         let grads = GradientsParams::from_grads(grads, &model);
    ///         model = optimizer.step(model, grads)?;
    ///     }
    ///     Ok(model)
    /// }
    ///
    /// fn main() -> Result<(), Error> {
    ///     let device = Device::default().autodiff();
    ///     let mut optimizer = GolsOptimizerConfig::new().init()?;
    ///     let model = train(LinearConfig::new(3, 1).init(&device), &mut optimizer)?;
    ///     let file = std::env::temp_dir().join(format!("gols-{}.bpk", std::process::id()));
    ///     optimizer.save(&model, &file)?;
    ///     let record = model.clone().into_record(); // or `model.save_file`
    ///     let whole = train(model, &mut optimizer)?;
    ///
    ///     let model: Linear = LinearConfig::new(3, 1).init(&device).load_record(record);
    ///     let mut optimizer = GolsOptimizerConfig::new().init()?;
    ///     optimizer.load(&model, &file)?;
    ///     let resumed = train(model, &mut optimizer)?;
    ///     assert_eq!(resumed.weight.val().into_data(), whole.weight.val().into_data());
    ///     std::fs::remove_file(file).map_err(Error::other)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Record`] if the file cannot be written.
    pub fn save<M: Module + 'static>(
        &self,
        module: &M,
        path: impl AsRef<Path>,
    ) -> Result<(), Error> {
        let Saved { numbers, vectors, tensors } = self.to_saved(module)?;
        let tensors = tensors.into_iter().map(|((name, id), data)| {
            let (bytes, shape, dtype) = data.into_parts();
            Tensor::new(format!("{name}/{id}"), dtype, shape, Some(id), bytes)
        });
        Ok(Writer::new(tensors.collect())
            .with_scalar(VECTORS, vectors.into())
            .with_metadata(NUMBERS, &numbers)
            .write_to_file(path)
            .map_err(RecordError::from)?)
    }

    /// Goes back to what [`save`](Self::save) wrote, settings and all. With the module that was saved beside it,
    /// the next updates give the bits they would have given.
    ///
    /// # Errors
    /// [`Error::Record`] if the file cannot be read, [`Error::State`] if it is of another module or of another version.
    /// Nothing has changed then.
    pub fn load<M: Module>(&mut self, module: &M, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let unfit = |reason: String| Error::State { path: path.to_owned(), reason };
        let file = Reader::from_file(path).map_err(RecordError::from)?;
        let numbers = file.metadata().get(NUMBERS).cloned();
        let numbers = numbers.ok_or_else(|| unfit("it has no entry `gols`".into()))?;
        let vectors = file.scalars().get(VECTORS).and_then(|count| u64::try_from(*count).ok());
        let mut tensors = BTreeMap::new();
        for tensor in file.into_tensors().map_err(RecordError::from)? {
            let (name, dtype, shape, _, bytes) = tensor.into_parts().map_err(RecordError::from)?;
            let key = key(&name).ok_or_else(|| unfit(format!("{name} is no vector of a run")))?;
            tensors.insert(key, in_memory(TensorData::from_bytes(bytes, shape, dtype)));
        }
        let saved = Saved { numbers, vectors: vectors.unwrap_or(0), tensors };
        self.restore(module, saved).map_err(|Misfit(reason)| unfit(reason))
    }
}

/// The vector and the parameter of a tensor of this name.
fn key(name: &str) -> Option<Key> {
    let (vector, id) = name.split_once('/')?;
    Some((vector.to_owned(), id.parse().ok()?))
}
