//! A run saved and restored.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::store::RecordError;
use burn::tensor::{Bytes, Tensor, TensorData};
use burn_pack::{Reader, Writer};
use gols::Optimizer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::arithmetic::{in_place_of, wide};
use crate::error::Error;
use crate::module_space::{Known, is_half};
use crate::optimizer::GolsOptimizer;
use crate::rule::Rule;
use crate::tensors::Tensors;
use crate::walk::{Operation, for_each};

/// What is written beside the tensors, and the names it has in the file.
#[derive(Serialize, Deserialize)]
struct Numbers<O> {
    optimizer: O,
    /// The parameters that have had a gradient.
    trained: Vec<u64>,
}

const NUMBERS: &str = "gols";
const VECTORS: &str = "vectors";
/// The name of the places of halves.
const WIDE: &str = "y";

/// Shares a vector's tensors, of whatever ranks the module's parameters are.
type Share = Box<dyn Fn(&GradientsParams) -> Result<GradientsParams, Error>>;

thread_local! {
    /// Where vectors lie while the numbers between them are written or read: serde passes their places alone.
    static SHELF: RefCell<Vec<GradientsParams>> = const { RefCell::new(Vec::new()) };
    static SHARE: RefCell<Option<Share>> = const { RefCell::new(None) };
}

impl Serialize for Tensors {
    fn serialize<W: Serializer>(&self, writer: W) -> Result<W::Ok, W::Error> {
        let shared = SHARE.with_borrow(|share| share.as_ref().map(|share| share(&self.0)));
        let shared = shared.ok_or_else(|| ser::Error::custom("no run is being saved"))?;
        let shared = shared.map_err(ser::Error::custom)?;
        let place = SHELF.with_borrow_mut(|shelf| {
            shelf.push(shared);
            shelf.len() - 1
        });
        place.serialize(writer)
    }
}

impl<'de> Deserialize<'de> for Tensors {
    fn deserialize<R: Deserializer<'de>>(reader: R) -> Result<Self, R::Error> {
        let place = usize::deserialize(reader)?;
        let found = SHELF.with_borrow_mut(|shelf| shelf.get_mut(place).map(std::mem::take));
        found.map(Self).ok_or_else(|| de::Error::custom(format_args!("there is no vector {place}")))
    }
}

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
        let shared = module.clone();
        SHARE.set(Some(Box::new(move |vector| {
            let mut share = SharePresent { x: vector, y: GradientsParams::new() };
            for_each(&shared, &mut share)?;
            Ok(share.y)
        })));
        let trained = self.known.trained.iter().map(ParamId::val).collect();
        let numbers = serde_json::to_string(&Numbers { optimizer: &self.optimizer, trained });
        SHARE.take();
        let shelf = SHELF.take();
        let mut pack = Pack::default();
        for (place, vector) in shelf.iter().enumerate() {
            for_each(module, &mut pack.of(place.to_string(), vector))?;
        }
        for_each(module, &mut pack.of(WIDE.into(), &self.known.wide))?;
        let writer = Writer::new(pack.0).with_scalar(VECTORS, (shelf.len() as u64).into());
        let numbers = numbers.map_err(Error::other)?;
        Ok(writer
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
        let mut tensors = HashMap::new();
        for tensor in file.into_tensors().map_err(RecordError::from)? {
            let (name, dtype, shape, _, bytes) = tensor.into_parts().map_err(RecordError::from)?;
            // In memory, for the file may go before the tensors are used.
            let bytes = Bytes::from_bytes_vec(bytes.to_vec());
            tensors.insert(name, TensorData::from_bytes(bytes, shape, dtype));
        }
        let mut vector = |name: String, is_wide| {
            let vector = GradientsParams::new();
            let mut unpack = Unpack { tensors: &mut tensors, name, vector, is_wide, misfit: None };
            for_each(module, &mut unpack)?;
            unpack.misfit.map_or(Ok(unpack.vector), |reason| Err(unfit(reason)))
        };
        let shelf = (0..vectors.unwrap_or(0)).map(|place| vector(place.to_string(), false));
        let (shelf, wide) = (shelf.collect::<Result<_, _>>()?, vector(WIDE.into(), true)?);
        if let Some(name) = tensors.keys().next() {
            return Err(unfit(format!("{name} is of a parameter that the module does not have")));
        }
        SHELF.set(shelf);
        let numbers = serde_json::from_str(&numbers);
        SHELF.take();
        let Numbers::<Optimizer<Tensors, Rule>> { optimizer, trained } =
            numbers.map_err(|error| unfit(error.to_string()))?;
        let trained = trained.into_iter().map(ParamId::from).collect();
        let known = Known::restored(wide, trained);
        *self = Self { optimizer, known, last_update: None };
        Ok(())
    }
}

/// y ← x, as far as x has tensors.
struct SharePresent<'a> {
    x: &'a GradientsParams,
    y: GradientsParams,
}

impl Operation for SharePresent<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        if let Some(x) = self.x.get::<D>(id) {
            self.y.register(id, x);
        }
        Ok(())
    }
}

/// The tensors of a file.
#[derive(Default)]
struct Pack(Vec<burn_pack::Tensor>);

impl Pack {
    fn of<'a>(&'a mut self, name: String, vector: &'a GradientsParams) -> PackVector<'a> {
        PackVector { pack: self, name, vector }
    }
}

struct PackVector<'a> {
    pack: &'a mut Pack,
    name: String,
    vector: &'a GradientsParams,
}

impl Operation for PackVector<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        if let Some(tensor) = self.vector.get::<D>(id) {
            let (bytes, shape, dtype) = tensor.try_into_data().map_err(Error::other)?.into_parts();
            let name = format!("{}/{}", self.name, id.val());
            let tensor = burn_pack::Tensor::new(name, dtype, shape, Some(id.val()), bytes);
            self.pack.0.push(tensor);
        }
        Ok(())
    }
}

/// One vector out of the tensors of a file.
struct Unpack<'a> {
    tensors: &'a mut HashMap<String, TensorData>,
    name: String,
    vector: GradientsParams,
    /// Whether it has tensors for halves alone.
    is_wide: bool,
    misfit: Option<String>,
}

impl Operation for Unpack<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let name = format!("{}/{}", self.name, id.val());
        let Some(data) = self.tensors.remove(&name) else { return Ok(()) };
        let x = if self.is_wide && !is_half(&x) { None } else { Some(wide(x.inner())) };
        match x.filter(|x| x.shape() == *data.shape() && x.dtype() == data.dtype()) {
            Some(x) => {
                self.vector.register(id, in_place_of(&x, data));
            }
            None => {
                let (shape, dtype) = (data.shape(), data.dtype());
                self.misfit =
                    Some(format!("{name} is {shape:?} of {dtype:?}, unlike its parameter"));
            }
        }
        Ok(())
    }
}
