//! Landscapes: what is counted on them, and what scans of lines and planes see.

mod counts;
#[cfg(feature = "mlp")]
mod network;
mod nn_gpp;
mod planes;
mod scans;

use std::cell::RefCell;
use std::rc::Rc;

use gols::{Error, SliceModel, SliceObjective};

type Points = Rc<RefCell<Vec<Vec<f64>>>>;

/// L = Σ cosh(xᵢ − cᵢ): smooth, unimodal along every line. It notes every point it is asked about, and
/// fails at the question numbered `fails_at`.
struct Bowl {
    centre: Vec<f64>,
    seen: Points,
    fails_at: usize,
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum BowlError {
    #[error("broken")]
    Broken,
    #[error(transparent)]
    Gols(#[from] Error),
}

impl SliceModel<f64> for Bowl {
    type Error = BowlError;

    fn loss_and_gradient(
        &mut self,
        x: &[f64],
        _rows: &[usize],
        gradient: &mut [f64],
    ) -> Result<f64, BowlError> {
        self.seen.borrow_mut().push(x.to_vec());
        if self.seen.borrow().len() == self.fails_at {
            return Err(BowlError::Broken);
        }
        let offsets = || x.iter().zip(&self.centre).map(|(x, c)| x - c);
        gradient.iter_mut().zip(offsets()).for_each(|(g, o)| *g = o.sinh());
        Ok(offsets().map(f64::cosh).sum())
    }
}

fn bowl(x0: Vec<f64>, centre: Vec<f64>, fails_at: usize) -> (SliceObjective<f64, Bowl>, Points) {
    let seen = Points::default();
    let model = Bowl { centre, seen: Rc::clone(&seen), fails_at };
    (SliceObjective::new(x0, None, model).unwrap(), seen)
}

/// Whether an error is that of this setting.
#[track_caller]
fn assert_setting(error: Error, name: &str) {
    match error {
        Error::Setting { setting, .. } => assert_eq!(setting, name),
        other => panic!("{other:?}"),
    }
}
