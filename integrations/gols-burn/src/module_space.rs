//! A module that an optimizer moves, without a loss.

use std::collections::HashSet;

use burn::module::{Module, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};
use gols::{ElementWise, Parameters, VectorSpace};

use crate::arithmetic::{combine, numbers, scalar, wide};
use crate::element_wise::{AddSquares, DivideByRoot, MultiplyByRoot};
use crate::error::Error;
use crate::fitness::check_fitness;
use crate::journey::Destination;
use crate::tensors::Tensors;
use crate::vectors::{Combine, Complete, Share, checked, part, product};
use crate::walk::{Operation, for_each};

/// What is known of a module's parameters beside the module.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Where halves stand, in f32: steps smaller than their resolution add up here.
    pub(crate) wide: GradientsParams,
    /// Those that had a gradient in this update, and in any.
    moves: HashSet<ParamId>,
    pub(crate) trained: HashSet<ParamId>,
    /// Whether the module has tensors without gradients; none before it has been looked at.
    has_state: Option<bool>,
}

impl Known {
    pub(crate) fn restored(wide: GradientsParams, trained: HashSet<ParamId>) -> Self {
        Self { wide, trained, ..Self::default() }
    }

    /// Where a parameter that holds x stands.
    fn place<const D: usize>(&self, id: ParamId, x: Tensor<D>) -> Tensor<D> {
        self.wide.get(id).unwrap_or_else(|| wide(x.inner()))
    }
}

/// A module for as long as something is done with it. Vectors of halves are f32.
#[derive(Debug)]
pub(crate) struct ModuleSpace<'a, M> {
    pub(crate) model: M,
    known: &'a mut Known,
}

impl<'a> ModuleSpace<'a, Vec<Param<Tensor<1>>>> {
    /// No parameters at all.
    pub(crate) fn nothing(known: &'a mut Known) -> Self {
        Self::new(Vec::new(), known)
    }
}

impl<'a, M: Module> ModuleSpace<'a, M> {
    pub(crate) fn new(model: M, known: &'a mut Known) -> Self {
        Self { model, known }
    }

    /// The whole gradient; 0 for a parameter that has none, which will stay where it is.
    pub(crate) fn gradient(&mut self, mut gradient: GradientsParams) -> Result<Tensors, Error> {
        if self.known.has_state.is_none() {
            self.known.has_state = Some(check_fitness(&self.model)?);
        }
        self.known.moves.clear();
        for_each(&self.model, &mut Enter { known: self.known, gradient: &gradient })?;
        self.apply(Complete(&mut gradient))?;
        Ok(Tensors(gradient))
    }

    pub(crate) fn apply(&self, mut operation: impl Operation) -> Result<(), Error> {
        for_each(&self.model, &mut operation)
    }

    fn checked(&self, sum: f64, a: &Tensors, b: &Tensors) -> Result<f64, Error> {
        checked(&self.model, sum, &a.0, &b.0)
    }

    fn product(&self, a: &Tensors, b: &Tensors) -> Result<Tensor<1>, Error> {
        product(&self.model, &a.0, &b.0)
    }

    /// Puts the parameters where `places` says.
    fn go(&mut self, places: &GradientsParams) -> Result<(), Error> {
        if self.known.has_state != Some(false) {
            // Running statistics take in the updates that they still hold back.
            drop(self.model.valid());
        }
        self.model = Destination::Places(places).of(self.model.clone())?;
        for_each(&self.model, &mut Keep { wide: &mut self.known.wide, places })
    }
}

impl<M: Module> VectorSpace for ModuleSpace<'_, M> {
    type Vector = Tensors;
    type Error = Error;

    fn zeros(&self) -> Result<Tensors, Error> {
        let mut zeros = Tensors::default();
        self.apply(Complete(&mut zeros.0))?;
        Ok(zeros)
    }

    fn dot(&self, a: &Tensors, b: &Tensors) -> Result<f64, Error> {
        self.checked(scalar(self.product(a, b)?)?, a, b)
    }

    /// All three are brought to the host at once.
    fn products(&self, a: &Tensors, b: &Tensors) -> Result<[f64; 3], Error> {
        let products = vec![self.product(a, a)?, self.product(a, b)?, self.product(b, b)?];
        let products = numbers(Tensor::cat(products, 0))?;
        Ok([
            self.checked(products[0], a, a)?,
            self.checked(products[1], a, b)?,
            self.checked(products[2], b, b)?,
        ])
    }

    /// All five are brought to the host at once.
    fn products_around(
        &self,
        g: &Tensors,
        u: Option<&Tensors>,
        d: &mut Tensors,
        renew: &mut dyn FnMut(&mut Tensors) -> Result<(), Error>,
    ) -> Result<[f64; 5], Error> {
        let mut old = Tensors::default();
        self.apply(Share { x: &d.0, y: &mut old.0 })?;
        renew(d)?;
        let mut all = vec![self.product(g, g)?, self.product(g, &old)?];
        all.extend([self.product(g, d)?, self.product(d, d)?]);
        all.extend(u.map(|u| self.product(g, u)).transpose()?);
        let products = numbers(Tensor::cat(all, 0))?;
        let square = self.checked(products[0], g, g)?;
        let arrival = self.checked(products[1], g, &old)?;
        let slope = self.checked(products[2], g, d)?;
        let direction_square = self.checked(products[3], d, d)?;
        let along_u = u.map_or(Ok(0.0), |u| self.checked(products[4], g, u))?;
        if square == 0.0 || !square.is_finite() {
            *d = old;
        }
        Ok([square, arrival, along_u, slope, direction_square])
    }

    fn axpby(&self, a: f64, x: &Tensors, b: f64, y: &mut Tensors) -> Result<(), Error> {
        self.apply(Combine { a, x: &x.0, b, y: &mut y.0 })
    }
}

impl<M: Module> ElementWise for ModuleSpace<'_, M> {
    fn add_squares(&self, a: f64, x: &Tensors, b: f64, y: &mut Tensors) -> Result<(), Error> {
        self.apply(AddSquares { a, x: &x.0, b, y: &mut y.0 })
    }

    fn divide_by_root(
        &self,
        v: &Tensors,
        inside: f64,
        outside: f64,
        y: &mut Tensors,
    ) -> Result<(), Error> {
        self.apply(DivideByRoot { v: &v.0, inside, outside, y: &mut y.0 })
    }

    fn multiply_by_root(&self, v: &Tensors, inside: f64, y: &mut Tensors) -> Result<(), Error> {
        self.apply(MultiplyByRoot { v: &v.0, inside, y: &mut y.0 })
    }
}

/// Those that never had a gradient stay.
impl<M: Module> Parameters for ModuleSpace<'_, M> {
    fn combine(&mut self, a: f64, b: f64, v: &Tensors) -> Result<(), Error> {
        let mut places = GradientsParams::new();
        self.apply(CombinePlaces { known: self.known, a, b, v: &v.0, places: &mut places })?;
        self.go(&places)
    }

    fn copy_to(&self, v: &mut Tensors) -> Result<(), Error> {
        self.apply(CopyPlaces { known: self.known, v: &mut v.0 })
    }

    /// Those without a gradient in this update stay.
    fn follow(
        &mut self,
        [a, b]: [f64; 2],
        [p, q]: [f64; 2],
        d: &Tensors,
        u: &mut Tensors,
    ) -> Result<(), Error> {
        let mut places = GradientsParams::new();
        let follow = Follow { known: self.known, a, b, u: &u.0, d: &d.0, places: &mut places };
        self.apply(follow)?;
        self.go(&places)?;
        self.axpby(q, d, p, u)
    }

    /// Nothing is added where there is no gradient.
    fn add_to(&self, a: f64, y: &mut Tensors) -> Result<(), Error> {
        self.apply(AddPlaces { known: self.known, a, y: &mut y.0 })
    }
}

/// Takes note of the parameters that have a gradient, and of where halves stand.
struct Enter<'a> {
    known: &'a mut Known,
    gradient: &'a GradientsParams,
}

impl Operation for Enter<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        if self.gradient.get::<D>(id).is_some() {
            self.known.moves.insert(id);
            self.known.trained.insert(id);
        }
        if is_half(&x) && self.known.wide.get::<D>(id).is_none() {
            self.known.wide.register(id, wide(x.inner()));
        }
        Ok(())
    }
}

pub(crate) fn is_half<const D: usize>(x: &Tensor<D>) -> bool {
    matches!(x.dtype(), DType::F16 | DType::BF16)
}

/// Takes note of where halves stand now.
struct Keep<'a> {
    wide: &'a mut GradientsParams,
    places: &'a GradientsParams,
}

impl Operation for Keep<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        if let Some(place) = self.places.get::<D>(id).filter(|_| is_half(&x)) {
            self.wide.register(id, place);
        }
        Ok(())
    }
}

/// v ← x.
struct CopyPlaces<'a> {
    known: &'a Known,
    v: &'a mut GradientsParams,
}

impl Operation for CopyPlaces<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        self.v.register(id, self.known.place(id, x));
        Ok(())
    }
}

/// y ← y + a x.
struct AddPlaces<'a> {
    known: &'a Known,
    a: f64,
    y: &'a mut GradientsParams,
}

impl Operation for AddPlaces<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        if self.known.moves.contains(&id) {
            let y = part(self.y, id)?;
            self.y.register(id, combine(self.a, self.known.place(id, x), 1.0, y));
        }
        Ok(())
    }
}

/// places ← a x + b v.
struct CombinePlaces<'a> {
    known: &'a Known,
    a: f64,
    b: f64,
    v: &'a GradientsParams,
    places: &'a mut GradientsParams,
}

impl Operation for CombinePlaces<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        if self.known.trained.contains(&id) {
            let (v, place) = (part(self.v, id)?, self.known.place(id, x));
            self.places.register::<D>(id, combine(self.b, v, self.a, place));
        }
        Ok(())
    }
}

/// places ← x + a u + b d.
struct Follow<'a> {
    known: &'a Known,
    a: f64,
    b: f64,
    u: &'a GradientsParams,
    d: &'a GradientsParams,
    places: &'a mut GradientsParams,
}

impl Operation for Follow<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        if self.known.moves.contains(&id) {
            let moved = combine(self.a, part(self.u, id)?, 1.0, self.known.place(id, x));
            self.places.register::<D>(id, combine(self.b, part(self.d, id)?, 1.0, moved));
        }
        Ok(())
    }
}
