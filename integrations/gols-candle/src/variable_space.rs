//! Variables that an optimizer moves, without a model or a loss.

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var};
use gols::{ElementWise, Parameters, VectorSpace};

use crate::arithmetic::{combine, is_half, numbers, ordered_sum, wide};
use crate::error::Error;
use crate::extremes::{self, fits, positive};
use crate::fused::{Follow, Pairwise, RootQuotient, SquareSum, Sum, Way, sums};
use crate::objective::check_variables;
use crate::tensors::Tensors;

/// Variables, each with what is known of its gradients. Vectors are in order, and f32 where a variable is f16
/// or bf16; sums over variables do not depend on the variables' order.
#[derive(Debug)]
pub(crate) struct VariableSpace {
    pub(crate) variables: Vec<Variable>,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) var: Var,
    /// Where a half stands, in f32: steps smaller than its resolution add up here.
    wide: Option<Tensor>,
    /// Whether it had a gradient in this update, and in any.
    moves: bool,
    pub(crate) is_trained: bool,
}

impl Variable {
    fn new(var: Var) -> Result<Self> {
        let wide = if is_half(&var) { Some(wide(&var)?) } else { None };
        Ok(Self { var, wide, moves: false, is_trained: false })
    }

    /// Its numbers, which may be written into.
    pub(crate) fn place(&self) -> &Tensor {
        self.wide.as_ref().unwrap_or(&self.var)
    }

    /// Puts it where this tensor is.
    pub(crate) fn set(&mut self, place: &Tensor) -> Result<()> {
        self.var.set(&place.to_dtype(self.var.dtype())?)?;
        if self.wide.is_some() {
            self.wide = Some(wide(place)?.copy()?);
        }
        Ok(())
    }

    /// y ← y + a u + b d.
    fn follow(&mut self, follow: &Follow, u: &Tensor, d: &Tensor) -> Result<()> {
        if !self.var.device().is_cpu() {
            return self.set(&follow.by_tensors(self.place(), u, d)?);
        }
        follow.apply(self.place(), u, d)?;
        match &self.wide {
            Some(wide) => self.var.set(&wide.to_dtype(self.var.dtype())?),
            None => Ok(()),
        }
    }
}

impl VariableSpace {
    pub(crate) fn new(variables: Vec<Var>) -> Result<Self> {
        check_variables(&variables)?;
        let variables = variables.into_iter().map(Variable::new).collect::<Result<_>>()?;
        Ok(Self { variables })
    }

    /// The gradients of the variables; 0 for one that has none, which will stay where it is.
    pub(crate) fn gradient(&mut self, gradients: &GradStore) -> Result<Tensors> {
        let each = self.variables.iter_mut().map(|variable| {
            let own = gradients.get(&variable.var);
            variable.moves = own.is_some();
            variable.is_trained |= variable.moves;
            own.map_or_else(|| variable.place().zeros_like(), |own| wide(own)?.contiguous())
        });
        Ok(Tensors(each.collect::<Result<_>>()?))
    }

    fn check(&self, vectors: &[&Tensors]) -> Result<()> {
        let expected = self.variables.len();
        match vectors.iter().find(|vector| vector.0.len() != expected) {
            Some(vector) => Err(Error::Length { found: vector.0.len(), expected }.into()),
            None => Ok(()),
        }
    }

    /// x·y and y·y of every pair, all brought to the host at once.
    fn pairs<const N: usize>(&self, pairs: [(&Tensors, &Tensors); N]) -> Result<[[f64; 2]; N]> {
        let mut parts = Vec::new();
        for (x, y) in pairs {
            self.check(&[x, y])?;
            for (x, y) in x.0.iter().zip(&y.0) {
                parts.push(sums(x, y)?);
            }
        }
        let numbers = numbers(&Tensor::cat(&parts, 0)?)?;
        let mut each = numbers.chunks(2 * self.variables.len());
        let mut outcome = [[0.0; 2]; N];
        for (outcome, (x, y)) in outcome.iter_mut().zip(pairs) {
            let own = each.next().unwrap_or_default();
            let [xy, yy] =
                [0, 1].map(|place| ordered_sum(own.iter().copied().skip(place).step_by(2)));
            *outcome = [extremes::checked(xy, &x.0, &y.0)?, extremes::checked(yy, &y.0, &y.0)?];
        }
        Ok(outcome)
    }

    /// y ← f(x, y), by an operation that this type of tensor can hold the settings of.
    fn apply(&self, f: &impl Pairwise, x: &Tensors, y: &mut Tensors) -> Result<()> {
        self.check(&[x, y])?;
        for (x, y) in x.0.iter().zip(&mut y.0) {
            *y = f.apply(x, y)?;
        }
        Ok(())
    }

    /// Whether all vectors hold these factors.
    fn fit(&self, factors: &[f64]) -> bool {
        self.variables.iter().all(|variable| {
            let dtype = variable.place().dtype();
            factors.iter().all(|factor| fits(*factor, dtype))
        })
    }
}

impl VectorSpace for VariableSpace {
    type Vector = Tensors;
    type Error = candle_core::Error;

    fn zeros(&self) -> Result<Tensors> {
        let zeros = self.variables.iter().map(|variable| variable.place().zeros_like());
        Ok(Tensors(zeros.collect::<Result<_>>()?))
    }

    fn dot(&self, a: &Tensors, b: &Tensors) -> Result<f64> {
        Ok(self.pairs([(a, b)])?[0][0])
    }

    fn products(&self, a: &Tensors, b: &Tensors) -> Result<[f64; 3]> {
        let [[ab, bb], [_, aa]] = self.pairs([(a, b), (b, a)])?;
        Ok([aa, ab, bb])
    }

    /// All five are brought to the host at once.
    fn products_around(
        &self,
        g: &Tensors,
        u: Option<&Tensors>,
        d: &mut Tensors,
        renew: &mut dyn FnMut(&mut Tensors) -> Result<()>,
    ) -> Result<[f64; 5]> {
        let old = d.clone();
        renew(d)?;
        let (pair_of_old, pair_of_new) = ((&old, g), (g, &*d));
        let [[arrival, square], [slope, direction_square], [along_u, _]] = match u {
            Some(u) => self.pairs([pair_of_old, pair_of_new, (g, u)])?,
            None => {
                let [of_old, of_new] = self.pairs([pair_of_old, pair_of_new])?;
                [of_old, of_new, [0.0; 2]]
            }
        };
        if square == 0.0 || !square.is_finite() {
            *d = old;
        }
        Ok([square, arrival, along_u, slope, direction_square])
    }

    fn axpby(&self, a: f64, x: &Tensors, b: f64, y: &mut Tensors) -> Result<()> {
        self.check(&[x, y])?;
        if b != 0.0 && self.fit(&[a, b]) {
            return self.apply(&Sum(a, b), x, y);
        }
        for (x, y) in x.0.iter().zip(&mut y.0) {
            *y = combine(a, x, b, y)?;
        }
        Ok(())
    }
}

impl ElementWise for VariableSpace {
    fn add_squares(&self, a: f64, x: &Tensors, b: f64, y: &mut Tensors) -> Result<()> {
        self.check(&[x, y])?;
        if b != 0.0 && self.fit(&[a, b]) {
            return self.apply(&SquareSum(a, b), x, y);
        }
        for (x, y) in x.0.iter().zip(&mut y.0) {
            *y = combine(a, &x.sqr()?, b, y)?;
        }
        Ok(())
    }

    fn squares_onto(
        &self,
        a: f64,
        x: &Tensors,
        b: f64,
        y: &Tensors,
        z: &mut Tensors,
    ) -> Result<()> {
        // Tensors are shared, not copied.
        z.clone_from(y);
        self.add_squares(a, x, b, z)
    }

    fn divide_by_root(
        &self,
        v: &Tensors,
        inside: f64,
        outside: f64,
        y: &mut Tensors,
    ) -> Result<()> {
        self.check(&[v, y])?;
        for (v, y) in v.0.iter().zip(&mut y.0) {
            let [inside, outside] = [inside, outside].map(|x| positive(x, v.dtype()));
            *y = RootQuotient { inside, outside }.apply(v, y)?;
        }
        Ok(())
    }

    fn multiply_by_root(&self, v: &Tensors, inside: f64, y: &mut Tensors) -> Result<()> {
        self.check(&[v, y])?;
        for (v, y) in v.0.iter().zip(&mut y.0) {
            *y = (&*y * v.affine(1.0, positive(inside, v.dtype()))?.sqrt()?)?;
        }
        Ok(())
    }
}

/// Those that never had a gradient stay.
impl Parameters for VariableSpace {
    fn combine(&mut self, a: f64, b: f64, v: &Tensors) -> Result<()> {
        self.check(&[v])?;
        for (variable, v) in self.variables.iter_mut().zip(&v.0) {
            if variable.is_trained {
                variable.set(&combine(b, v, a, variable.place())?)?;
            }
        }
        Ok(())
    }

    fn copy_to(&self, v: &mut Tensors) -> Result<()> {
        let copies = self.variables.iter().map(|variable| variable.place().detach().copy());
        *v = Tensors(copies.collect::<Result<_>>()?);
        Ok(())
    }

    /// Those without a gradient in this update stay.
    fn follow(
        &mut self,
        [a, b]: [f64; 2],
        [p, q]: [f64; 2],
        d: &Tensors,
        u: &mut Tensors,
    ) -> Result<()> {
        self.check(&[d, u])?;
        let fit = self.fit(&[a, b]);
        for ((variable, d), u) in self.variables.iter_mut().zip(&d.0).zip(&u.0) {
            if variable.moves && fit {
                variable.follow(&Follow { a, b }, u, d)?;
            } else if variable.moves {
                let moved = combine(a, u, 1.0, variable.place())?;
                variable.set(&combine(b, d, 1.0, &moved)?)?;
            }
        }
        self.axpby(q, d, p, u)
    }

    fn distance(&self, b: f64, u: &Tensors, start: &Tensors, room: &mut Tensors) -> Result<f64> {
        self.check(&[u, start])?;
        let each = self.variables.iter().zip(&u.0).zip(&start.0);
        let each = each.map(|((variable, u), start)| Way(b).apply(variable.place(), u, start));
        let square = ordered_sum(numbers(&Tensor::cat(&each.collect::<Result<Vec<_>>>()?, 0)?)?);
        if square > 0.0 && square.is_finite() {
            return Ok(square.sqrt());
        }
        self.copy_to(room)?;
        self.axpby(b, u, 1.0, room)?;
        self.axpby(-1.0, start, 1.0, room)?;
        Ok(self.dot(room, room)?.sqrt())
    }

    /// Nothing is added where there is no gradient.
    fn add_to(&self, a: f64, y: &mut Tensors) -> Result<()> {
        self.check(&[y])?;
        for (variable, y) in self.variables.iter().zip(&mut y.0) {
            if variable.moves {
                *y = combine(a, variable.place(), 1.0, y)?;
            }
        }
        Ok(())
    }
}
