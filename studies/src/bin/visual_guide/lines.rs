//! The four lines of a plane, seen with all data and through mini-batches ([VG] 2.4).

use gols::landscape::{Scan, scan};
use gols::{Error, Sampling};
use gols_studies::pool::Pool;

use crate::problem::{Domain, Purpose, Unit, batches, objective, plane};

/// The mini-batches of a setting: the activation, the domain, the samples a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    pub unit: Unit,
    pub domain: Domain,
    pub batch: usize,
}

impl Setting {
    /// All activations on a domain, with the paper's batches of 10.
    pub(crate) fn of_units(domain: Domain) -> [Self; 6] {
        Unit::ALL.map(|unit| Self { unit, domain, batch: 10 })
    }

    /// A number for the mini-batches of one line of this setting, so that no two share them.
    pub(crate) fn stream(self, line: usize) -> usize {
        ((self.batch * 8 + self.unit as usize) * 4 + self.domain as usize) * 4 + line
    }

    /// What `look` sees in every setting from every start.
    pub(crate) fn look_all<R: Send>(
        settings: &[Self],
        (pool, what): (Pool, &'static str),
        seeds: &[u64],
        look: impl Fn(Self, u64) -> Result<R, Error> + Sync,
    ) -> Result<Vec<(Self, Vec<R>)>, Error> {
        let jobs = settings.iter().flat_map(|&setting| seeds.iter().map(move |&s| (setting, s)));
        let jobs: Vec<(Self, u64)> = jobs.collect();
        let seen = pool.map_with_progress(what, &jobs, |&(setting, seed)| look(setting, seed))?;
        let mut seen = seen.into_iter();
        let mut next = || seen.by_ref().take(seeds.len()).collect();
        Ok(settings.iter().map(|&setting| (setting, next())).collect())
    }
}

/// What is looked at along a line, and so what its optima are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Optima are local minima.
    Loss,
    /// Optima are sign changes from negative to positive, (S)NN-GPPs.
    Slope,
}

impl Quantity {
    pub(crate) const BOTH: [Self; 2] = [Self::Loss, Self::Slope];

    pub(crate) fn is_slope(self) -> bool {
        self == Self::Slope
    }

    pub(crate) fn values(self, scan: &Scan) -> &[f64] {
        match self {
            Self::Loss => &scan.losses,
            Self::Slope => &scan.slopes,
        }
    }

    /// The steps of the optima.
    pub(crate) fn optima(self, scan: &Scan) -> Vec<f64> {
        match self {
            Self::Loss => scan.local_minima(),
            Self::Slope => scan.sign_changes(),
        }
    }

    pub(crate) fn points(self, scan: &Scan) -> Vec<(f64, f64)> {
        scan.steps.iter().copied().zip(self.values(scan).iter().copied()).collect()
    }

    /// The points of the optima.
    pub(crate) fn optimal_points(self, scan: &Scan) -> Vec<(f64, f64)> {
        let optima = self.optima(scan);
        self.points(scan).into_iter().filter(|(step, _)| optima.contains(step)).collect()
    }
}

/// One line: what all data show, and what mini-batches show, a new one a step.
#[derive(Debug, Clone)]
pub(crate) struct LineView {
    pub name: &'static str,
    /// Half of the line's range, in steps.
    pub half_range: f64,
    pub full: Scan,
    pub sampled: Scan,
}

impl LineView {
    /// Steps over the half range: from -1 to 1.
    pub(crate) fn places(&self, steps: Vec<f64>) -> Vec<f64> {
        steps.into_iter().map(|step| step / self.half_range).collect()
    }

    /// The places of the true optima: the minima of the full-batch loss.
    pub(crate) fn true_optima(&self) -> Vec<f64> {
        self.places(self.full.local_minima())
    }
}

/// How many there are on the four lines together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counts {
    pub true_optima: usize,
    pub local_minima: usize,
    pub snn_gpps: usize,
}

/// The four lines of one seed.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub setting: Setting,
    pub views: Vec<LineView>,
}

impl Lines {
    /// Scans all four lines, each sampled afresh. `None` where there is no [`plane`].
    pub(crate) fn look(setting: Setting, seed: u64) -> Result<Option<Self>, Error> {
        let Setting { unit, domain, batch } = setting;
        let mut all_data = objective(unit, seed, None)?;
        let Some(plane) = plane(unit, domain, seed)? else {
            return Ok(None);
        };
        let lines = plane.lines(&all_data, &domain.line_grid(100)?)?;
        let mut views = Vec::with_capacity(lines.len());
        for (index, line) in lines.into_iter().enumerate() {
            let source = batches(batch, seed, Purpose::Batches, setting.stream(index))?;
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

    pub(crate) fn counts(&self) -> Counts {
        let sum = |count: fn(&LineView) -> usize| self.views.iter().map(count).sum();
        Counts {
            true_optima: sum(|view| view.true_optima().len()),
            local_minima: sum(|view| view.sampled.local_minima().len()),
            snn_gpps: sum(|view| view.sampled.sign_changes().len()),
        }
    }
}
