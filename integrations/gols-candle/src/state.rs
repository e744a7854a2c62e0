//! A run saved and restored.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::PoisonError;

use candle_core::safetensors::BufferedSafetensors;
use candle_core::{Device, Result, Tensor};
use candle_nn::VarMap;
use gols::Optimizer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::Error;
use crate::optimizer::Gols;
use crate::rule::Rule;
use crate::tensors::Tensors;
use crate::variable_space::VariableSpace;

/// What is written beside the tensors, and the name it has in the file.
#[derive(Serialize, Deserialize)]
struct Numbers<O> {
    optimizer: O,
    /// Names of the variables that have had a gradient.
    trained: Vec<String>,
}

const NUMBERS: &str = "gols";

thread_local! {
    /// Where tensors lie while the numbers between them are written or read: serde passes their places alone.
    static SHELF: RefCell<Vec<Tensors>> = const { RefCell::new(Vec::new()) };
}

impl Serialize for Tensors {
    fn serialize<W: Serializer>(&self, writer: W) -> std::result::Result<W::Ok, W::Error> {
        let place = SHELF.with_borrow_mut(|shelf| {
            shelf.push(self.clone());
            shelf.len() - 1
        });
        place.serialize(writer)
    }
}

impl<'de> Deserialize<'de> for Tensors {
    fn deserialize<R: Deserializer<'de>>(reader: R) -> std::result::Result<Self, R::Error> {
        let place = usize::deserialize(reader)?;
        let found = SHELF.with_borrow(|shelf| shelf.get(place).cloned());
        found.ok_or_else(|| de::Error::custom(format_args!("there is no vector {place}")))
    }
}

impl Gols {
    /// Writes the whole run into one safetensors file: the variables (y, in f32 where they are halves), z, the
    /// last direction, moments, the step length, settings. `map` gives the variables their names. The
    /// file at `path` is there whole or as it was before, also where the program is killed.
    ///
    /// What shall be evaluated or shipped is x, not this: save it by `map.save` within
    /// [`averaged`](Self::averaged).
    ///
    /// ```
    /// use candle_core::{DType, Device, Result, Tensor};
    /// use candle_nn::{Init, Optimizer, VarMap};
    /// use gols_candle::{Gols, ParamsGols};
    ///
    /// /// Ten updates of L(x) = Σ x², from a file if there is one.
    /// fn train(path: &std::path::Path) -> Result<Vec<f32>> {
    ///     let mut map = VarMap::new();
    ///     let x = map.get(3, "x", Init::Const(2.0), DType::F32, &Device::Cpu)?;
    ///     let mut optimizer = Gols::new(map.all_vars(), ParamsGols::default())?;
    ///     if path.exists() {
    ///         optimizer.load(&map, path)?;
    ///     }
    ///     for _ in 0..10 {
    ///         optimizer.backward_step(&x.sqr()?.sum_all()?)?;
    ///     }
    ///     optimizer.save(&map, path)?;
    ///     x.to_vec1()
    /// }
    ///
    /// fn main() -> Result<()> {
    ///     let path = std::env::temp_dir().join(format!("gols-{}.safetensors", std::process::id()));
    ///     let first = train(&path)?;
    ///     assert!(train(&path)? < first); // on from there
    ///     Ok(std::fs::remove_file(path)?)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unnamed`] if a variable is not in `map`; candle's.
    pub fn save(&self, map: &VarMap, path: impl AsRef<Path>) -> Result<()> {
        let (path, names) = (path.as_ref(), names(&self.space, map)?);
        let mut tensors = HashMap::new();
        for (name, variable) in names.iter().zip(&self.space.variables) {
            tensors.insert(format!("y/{name}"), variable.place().detach());
        }
        let trained = names.iter().zip(&self.space.variables);
        let trained = trained.filter(|(_, variable)| variable.is_trained);
        let trained = trained.map(|(name, _)| name.clone()).collect();
        SHELF.set(Vec::new());
        let numbers = serde_json::to_string(&Numbers { optimizer: &self.optimizer, trained });
        for (place, vector) in SHELF.take().into_iter().enumerate() {
            for (name, tensor) in names.iter().zip(vector.0) {
                tensors.insert(format!("{place}/{name}"), tensor);
            }
        }
        let numbers = numbers.map_err(candle_core::Error::wrap)?;
        tensors.insert(NUMBERS.into(), Tensor::new(numbers.as_bytes(), &Device::Cpu)?);
        let mut aside = path.as_os_str().to_owned();
        aside.push(".new");
        candle_core::safetensors::save(&tensors, &aside)?;
        Ok(std::fs::rename(aside, path)?)
    }

    /// Goes back to what [`save`](Self::save) wrote: variables, settings, all. The next updates give the
    /// bits they would have given.
    ///
    /// # Errors
    /// [`Error::Unnamed`] if a variable is not in `map`, [`Error::State`] if the file is of other variables
    /// or of another version; candle's. Nothing has changed then.
    pub fn load(&mut self, map: &VarMap, path: impl AsRef<Path>) -> Result<()> {
        let (path, names) = (path.as_ref(), names(&self.space, map)?);
        let file = BufferedSafetensors::new(std::fs::read(path)?)?;
        let unfit = |reason: String| Error::State { path: path.to_owned(), reason };
        let vector = |key: &str| {
            let each = names.iter().zip(&self.space.variables).map(|(name, variable)| {
                let (name, place) = (format!("{key}/{name}"), variable.place());
                let tensor = file.load(&name, place.device())?;
                if tensor.shape() == place.shape() && tensor.dtype() == place.dtype() {
                    return Ok(tensor);
                }
                let found = format!("{:?} of {:?}", tensor.shape(), tensor.dtype());
                let needed = format!("{:?} of {:?}", place.shape(), place.dtype());
                Err(unfit(format!("{name} is {found}, not {needed}")).into())
            });
            Ok::<_, candle_core::Error>(Tensors(each.collect::<Result<_>>()?))
        };
        let has =
            |place: &usize| names.iter().any(|name| file.get(&format!("{place}/{name}")).is_ok());
        let shelf = (0..).take_while(has).map(|place| vector(&place.to_string()));
        let (shelf, y) = (shelf.collect::<Result<_>>()?, vector("y")?);
        SHELF.set(shelf);
        let numbers = serde_json::from_reader(file.get(NUMBERS)?.data());
        SHELF.take();
        let Numbers::<Optimizer<Tensors, Rule>> { optimizer, trained } =
            numbers.map_err(|error| unfit(error.to_string()))?;
        for ((variable, y), name) in self.space.variables.iter_mut().zip(&y.0).zip(&names) {
            variable.set(y)?;
            variable.is_trained = trained.contains(name);
        }
        (self.optimizer, self.last_update) = (optimizer, None);
        Ok(())
    }
}

/// The variables' names.
fn names(space: &VariableSpace, map: &VarMap) -> std::result::Result<Vec<String>, Error> {
    let data = map.data().lock().unwrap_or_else(PoisonError::into_inner);
    let names: HashMap<_, _> = data.iter().map(|(name, variable)| (variable.id(), name)).collect();
    let name = |(index, variable): (usize, &crate::variable_space::Variable)| {
        let name = names.get(&variable.var.id()).copied().cloned();
        name.ok_or(Error::Unnamed { index })
    };
    space.variables.iter().enumerate().map(name).collect()
}
