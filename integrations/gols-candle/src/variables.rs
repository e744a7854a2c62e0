//! The variables of a `VarMap`, in an order that lasts.

use std::sync::PoisonError;

use candle_core::Var;
use candle_nn::VarMap;

/// The variables of `map` with a floating-point type, in the order of their names.
///
/// `VarMap::all_vars` lists them in a hash map's order, which differs from run to run; sums over variables would
/// then be rounded differently, and the same seed would not give the same bits.
///
/// ```
/// use candle_core::{DType, Device};
/// use candle_nn::{VarBuilder, VarMap, linear};
///
/// let map = VarMap::new();
/// let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
/// let _layer = linear(4, 3, builder.pp("layer"))?;
/// let shapes: Vec<Vec<usize>> =
///     gols_candle::variables(&map).iter().map(|variable| variable.dims().to_vec()).collect();
/// assert_eq!(shapes, [vec![3], vec![3, 4]]); // layer.bias, layer.weight
/// # Ok::<(), candle_core::Error>(())
/// ```
#[must_use]
pub fn variables(map: &VarMap) -> Vec<Var> {
    let data = map.data().lock().unwrap_or_else(PoisonError::into_inner);
    let mut named: Vec<_> =
        data.iter().filter(|(_, variable)| variable.dtype().is_float()).collect();
    named.sort_by_key(|(name, _)| *name);
    named.into_iter().map(|(_, variable)| variable.clone()).collect()
}
