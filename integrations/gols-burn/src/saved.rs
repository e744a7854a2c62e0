//! A run as names, tensors and a text: what is written to a file, and beside the optimizers of burn.

use std::cell::RefCell;
use std::collections::BTreeMap;

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Bytes, Tensor, TensorData};
use gols::Optimizer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::arithmetic::{in_place_of, wide};
use crate::error::Error;
use crate::module_space::{Known, is_half};
use crate::optimizer::GolsOptimizer;
use crate::rule::Rule;
use crate::tensors::Tensors;
use crate::walk::{Operation, for_each};

/// The vector that holds the places of halves.
pub(crate) const WIDE: &str = "y";

/// The vector, and the parameter.
pub(crate) type Key = (String, u64);

/// What is left of an optimizer when it is saved, for all parameters of a module or for one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Saved {
    /// All but the tensors, as JSON.
    pub(crate) numbers: String,
    /// There are vectors "0" to this number, less one, and [`WIDE`].
    pub(crate) vectors: u64,
    pub(crate) tensors: BTreeMap<Key, TensorData>,
}

impl Saved {
    /// What was kept of each of several parameters, as one.
    ///
    /// # Errors
    /// If they were not kept at the same time.
    pub(crate) fn together(parts: Vec<Self>) -> Result<Self, Misfit> {
        let mut parts = parts.into_iter();
        let mut all = parts.next().ok_or_else(|| Misfit("it has no parameters".into()))?;
        for part in parts {
            if (&part.numbers, part.vectors) != (&all.numbers, all.vectors) {
                return Err(Misfit("its parameters were saved at different times".into()));
            }
            all.tensors.extend(part.tensors);
        }
        Ok(all)
    }
}

/// These numbers in memory, for the file that they are read from may go before they are used.
pub(crate) fn in_memory(data: TensorData) -> TensorData {
    let (bytes, shape, dtype) = data.into_parts();
    TensorData::from_bytes(Bytes::from_bytes_vec(bytes.to_vec()), shape, dtype)
}

/// What is written beside the tensors, and the names it has there.
#[derive(Serialize, Deserialize)]
struct Numbers<O> {
    optimizer: O,
    /// The parameters that have had a gradient.
    trained: Vec<u64>,
}

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
    /// What is to be kept of it, as far as it is of this module's parameters.
    pub(crate) fn to_saved<M: Module + 'static>(&self, module: &M) -> Result<Saved, Error> {
        let shared = module.clone();
        SHARE.set(Some(Box::new(move |vector| {
            let mut share = SharePresent { x: vector, y: GradientsParams::new() };
            for_each(&shared, &mut share)?;
            Ok(share.y)
        })));
        let mut trained: Vec<u64> = self.known.trained.iter().map(ParamId::val).collect();
        trained.sort_unstable();
        let numbers = serde_json::to_string(&Numbers { optimizer: &self.optimizer, trained });
        SHARE.take();
        let shelf = SHELF.take();
        let mut tensors = BTreeMap::new();
        let named = shelf.iter().enumerate().map(|(place, vector)| (place.to_string(), vector));
        for (name, vector) in named.chain([(WIDE.to_owned(), &self.known.wide)]) {
            for_each(module, &mut Pack { tensors: &mut tensors, name, vector })?;
        }
        let numbers = numbers.map_err(Error::other)?;
        Ok(Saved { numbers, vectors: shelf.len() as u64, tensors })
    }

    /// Goes back to what was kept.
    ///
    /// # Errors
    /// What does not fit this module. Nothing has changed then.
    pub(crate) fn restore<M: Module>(
        &mut self,
        module: &M,
        mut saved: Saved,
    ) -> Result<(), Misfit> {
        let mut vector = |name: String, is_wide| {
            let (tensors, vector) = (&mut saved.tensors, GradientsParams::new());
            let mut unpack = Unpack { tensors, name, vector, is_wide, misfit: None };
            for_each(module, &mut unpack).map_err(|error| Misfit(error.to_string()))?;
            unpack.misfit.map_or(Ok(unpack.vector), |reason| Err(Misfit(reason)))
        };
        let shelf = (0..saved.vectors).map(|place| vector(place.to_string(), false));
        let (shelf, wide) = (shelf.collect::<Result<_, _>>()?, vector(WIDE.into(), true)?);
        if let Some((name, id)) = saved.tensors.keys().next() {
            let reason = format!("{name}/{id} is of a parameter that the module does not have");
            return Err(Misfit(reason));
        }
        SHELF.set(shelf);
        let numbers = serde_json::from_str(&saved.numbers);
        SHELF.take();
        let Numbers::<Optimizer<Tensors, Rule>> { optimizer, trained } =
            numbers.map_err(|error| Misfit(error.to_string()))?;
        let trained = trained.into_iter().map(ParamId::from).collect();
        let known = Known::restored(wide, trained);
        *self = Self { optimizer, known, last_update: None };
        Ok(())
    }
}

/// Why something that was saved is not of a module.
#[derive(Debug)]
pub(crate) struct Misfit(pub(crate) String);

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

/// A vector's tensors, read from the device.
struct Pack<'a> {
    tensors: &'a mut BTreeMap<Key, TensorData>,
    name: String,
    vector: &'a GradientsParams,
}

impl Operation for Pack<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        if let Some(tensor) = self.vector.get::<D>(id) {
            let data = tensor.try_into_data().map_err(Error::other)?;
            self.tensors.insert((self.name.clone(), id.val()), data);
        }
        Ok(())
    }
}

/// One vector out of those that were kept.
struct Unpack<'a> {
    tensors: &'a mut BTreeMap<Key, TensorData>,
    name: String,
    vector: GradientsParams,
    /// Whether it has tensors for halves alone.
    is_wide: bool,
    misfit: Option<String>,
}

impl Operation for Unpack<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let key = (self.name.clone(), id.val());
        let Some(data) = self.tensors.remove(&key) else { return Ok(()) };
        let x = if self.is_wide && !is_half(&x) { None } else { Some(wide(x.inner())) };
        match x.filter(|x| x.shape() == *data.shape() && x.dtype() == data.dtype()) {
            Some(x) => {
                self.vector.register(id, in_place_of(&x, data));
            }
            None => {
                let (name, id, shape, dtype) = (&self.name, id.val(), data.shape(), data.dtype());
                self.misfit =
                    Some(format!("{name}/{id} is {shape:?} of {dtype:?}, unlike its parameter"));
            }
        }
        Ok(())
    }
}
