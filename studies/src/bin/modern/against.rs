//! One entrant against another, case by case.

use gols_studies::modern::problem::Case;
use gols_studies::statistics::mean;

use crate::results::{Entrant, Results, finite};

/// Ratios, each with its case's name.
pub(crate) struct Against<'a>(pub Vec<(f64, &'a str)>);

impl<'a> Against<'a> {
    /// Of the final training losses, on the cases where both were run.
    pub(crate) fn losses(
        results: &Results<'_>,
        cases: &[&'a Case],
        one: &Entrant,
        other: &Entrant,
    ) -> Self {
        Self::of(cases, |case| results.ratio(case, one, other))
    }

    /// Of anything that a case may have.
    pub(crate) fn of(cases: &[&'a Case], ratio: impl Fn(&Case) -> Option<f64>) -> Self {
        Self(cases.iter().filter_map(|&case| Some((ratio(case)?, case.name))).collect())
    }

    pub(crate) fn ratios(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|(ratio, _)| *ratio)
    }

    /// The geometric mean; infinite if a run diverged.
    pub(crate) fn centre(&self) -> f64 {
        finite(mean(self.ratios().map(f64::ln)).exp())
    }

    /// The largest, and where; none without cases.
    pub(crate) fn worst(&self) -> Option<(f64, &'a str)> {
        self.0.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))
    }

    pub(crate) fn ahead(&self) -> usize {
        self.ratios().filter(|&ratio| ratio < 1.0).count()
    }

    /// Both below the floor, as a rule.
    pub(crate) fn tied(&self) -> usize {
        self.ratios().filter(|&ratio| ratio == 1.0).count()
    }

    pub(crate) fn within(&self, most: f64) -> usize {
        self.ratios().filter(|&ratio| ratio <= most).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_counted_and_averaged_on_a_logarithmic_scale() {
        let against = Against(vec![(0.5, "a"), (2.0, "b"), (1.0, "c"), (1.1, "d")]);
        assert!((against.centre() - 1.1_f64.powf(0.25)).abs() < 1e-15);
        assert_eq!(against.worst(), Some((2.0, "b")));
        assert_eq!([against.ahead(), against.tied()], [1, 1]);
        assert_eq!([1.0, 1.1].map(|most| against.within(most)), [2, 3]);
        assert_eq!(Against(vec![(1.0, "a"), (f64::INFINITY, "b")]).centre(), f64::INFINITY);
    }
}
