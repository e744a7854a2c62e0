//! The four lines of a plane, seen with all data and through mini-batches ([VG] 2.4).

use gols::landscape::{Scan, scan};
use gols::{Error, Sampling};

use crate::problem::{Domain, Purpose, Unit, batches, objective, plane};

/// The mini-batches of a setting: the activation, the domain, the samples a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub unit: Unit,
    pub domain: Domain,
    pub batch: usize,
}

/// One line: what all data show, and what mini-batches show, a new one a step.
#[derive(Debug, Clone)]
pub struct LineView {
    pub name: &'static str,
    /// Half of the line's range, in steps.
    pub half_range: f64,
    pub full: Scan,
    pub sampled: Scan,
}

impl LineView {
    /// The steps of the true optima: the minima of the full-batch loss.
    pub fn true_optima(&self) -> Vec<f64> {
        self.full.local_minima()
    }
}

/// How many there are on the four lines together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    pub true_optima: usize,
    pub local_minima: usize,
    pub snn_gpps: usize,
}

/// The four lines of one seed.
#[derive(Debug, Clone)]
pub struct Lines {
    pub setting: Setting,
    pub views: Vec<LineView>,
}

impl Lines {
    /// Scans all four lines, each sampled afresh. `None` where there is no [`plane`].
    pub fn look(setting: Setting, seed: u64) -> Result<Option<Self>, Error> {
        let Setting { unit, domain, batch } = setting;
        let mut all_data = objective(unit, seed, None)?;
        let Some(plane) = plane(unit, domain, seed)? else {
            return Ok(None);
        };
        let lines = plane.lines(&all_data, &domain.line_grid()?)?;
        let mut views = Vec::with_capacity(lines.len());
        for (index, line) in lines.into_iter().enumerate() {
            let source = batches(batch, seed, Purpose::Batches, stream(setting, index))?;
            let mut mini_batches = objective(unit, seed, Some(source))?;
            views.push(LineView {
                name: line.name,
                half_range: line.grid.half_range(),
                full: scan(&mut all_data, &line.direction, &line.grid, Sampling::Full)?,
                sampled: scan(&mut mini_batches, &line.direction, &line.grid, Sampling::Dynamic)?,
            });
        }
        Ok(Some(Self { setting, views }))
    }

    pub fn counts(&self) -> Counts {
        let sum = |count: fn(&LineView) -> usize| self.views.iter().map(count).sum();
        Counts {
            true_optima: sum(|view| view.true_optima().len()),
            local_minima: sum(|view| view.sampled.local_minima().len()),
            snn_gpps: sum(|view| view.sampled.sign_changes().len()),
        }
    }
}

/// A number for the mini-batches of one line of one setting, so that no two share them.
pub fn stream(setting: Setting, line: usize) -> usize {
    let unit = setting.unit.activation as usize;
    ((setting.batch * 8 + unit) * 4 + setting.domain as usize) * 4 + line
}
