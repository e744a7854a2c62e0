//! The finished runs, by case and entrant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gols_studies::AnyError;
use gols_studies::modern::problem::Case;
use gols_studies::modern::record::Record;
use gols_studies::statistics::mean;

/// Losses below this count as equal.
pub(crate) const FLOOR: f64 = 1e-3;

/// What is compared: a rival with all its settings, or a family at each case's best rate in hindsight.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entrant {
    One(String),
    Best(String),
}

impl Entrant {
    pub(crate) fn one(name: &str) -> Self {
        Self::One(name.to_owned())
    }

    pub(crate) fn best(family: &str) -> Self {
        Self::Best(family.to_owned())
    }

    /// Whether it is the optimizer or a variant of it.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self, Self::One(name) if name.contains("gols"))
    }
}

impl fmt::Display for Entrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(name) => f.write_str(name),
            Self::Best(family) => write!(f, "best {family} rate"),
        }
    }
}

/// Rivals that are reported at this rate of their grid, too: their defaults.
pub(crate) const ADAM_DEFAULT: &str = "adam:rate=0.001";
pub(crate) const SCHEDULE_FREE_DEFAULT: &str = "schedule-free:rate=0.0025";

/// All runs of all cases.
pub(crate) struct Results<'a> {
    pub cases: &'a [Case],
    pub entrants: Vec<Entrant>,
    /// By case and rival.
    runs: BTreeMap<(String, String), Vec<Record>>,
    /// The rivals that differ by nothing but their rates.
    families: BTreeMap<String, Vec<String>>,
}

impl<'a> Results<'a> {
    /// Of these records, those of these cases and of the first `seeds` seeds.
    pub(crate) fn new(
        cases: &'a [Case],
        records: Vec<Record>,
        seeds: u64,
    ) -> Result<Self, AnyError> {
        let mut runs: BTreeMap<_, Vec<Record>> = BTreeMap::new();
        let mut families: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let is_meant = |record: &Record| {
            record.key.seed < seeds && cases.iter().any(|case| case.name == record.key.case)
        };
        for record in records.into_iter().filter(is_meant) {
            let key = &record.key;
            families.entry(record.spec()?.family()).or_default().insert(key.rival.clone());
            runs.entry((key.case.clone(), key.rival.clone())).or_default().push(record);
        }
        let families: BTreeMap<String, Vec<String>> = families
            .into_iter()
            .map(|(name, rivals)| (name, rivals.into_iter().collect()))
            .collect();
        let entrants = families.iter().flat_map(|(family, rivals)| entrants(family, rivals));
        let entrants = entrants.collect();
        Ok(Self { cases, entrants, runs, families })
    }

    /// The runs of an entrant on a case, one a seed; none if it was not run.
    pub(crate) fn runs(&self, case: &Case, entrant: &Entrant) -> &[Record] {
        match entrant {
            Entrant::One(rival) => self.of(case, rival),
            Entrant::Best(family) => {
                let best = self.rates(case, family);
                best.min_by(|a, b| mean_loss(a).total_cmp(&mean_loss(b))).unwrap_or(&[])
            }
        }
    }

    fn of(&self, case: &Case, rival: &str) -> &[Record] {
        let key = (case.name.to_owned(), rival.to_owned());
        self.runs.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The mean final training loss, infinite if a run diverged; none if it was not run.
    pub(crate) fn loss(&self, case: &Case, entrant: &Entrant) -> Option<f64> {
        let runs = self.runs(case, entrant);
        (!runs.is_empty()).then(|| mean_loss(runs))
    }

    /// The loss as a ratio to another entrant's, losses below the floor taken as equal to it.
    pub(crate) fn ratio(&self, case: &Case, one: &Entrant, other: &Entrant) -> Option<f64> {
        let [one, other] = [one, other].map(|entrant| self.loss(case, entrant));
        Some(one?.max(FLOOR) / other?.max(FLOOR))
    }

    /// The runs of a family on a case, rate by rate.
    pub(crate) fn rates(&self, case: &Case, family: &str) -> impl Iterator<Item = &[Record]> {
        let rivals = self.families.get(family).map_or(&[][..], Vec::as_slice);
        rivals.iter().map(|rival| self.of(case, rival)).filter(|runs| !runs.is_empty())
    }

    /// The cases that are held back, or the others.
    pub(crate) fn part(&self, held_back: bool) -> Vec<&'a Case> {
        self.cases.iter().filter(|case| case.is_held_back == held_back).collect()
    }

    /// How many runs of an entrant ended at no number.
    pub(crate) fn diverged(&self, cases: &[&Case], entrant: &Entrant) -> usize {
        let runs = cases.iter().flat_map(|case| self.runs(case, entrant));
        runs.filter(|run| !run.loss.is_finite()).count()
    }

    /// All records, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.runs.values().flatten()
    }
}

/// What a family is reported as: itself; or its best rate, and its default.
fn entrants(family: &str, rivals: &[String]) -> Vec<Entrant> {
    if let [rival] = rivals {
        return vec![Entrant::one(rival)];
    }
    let defaults = [ADAM_DEFAULT, SCHEDULE_FREE_DEFAULT].into_iter();
    let default = defaults.filter(|name| rivals.iter().any(|rival| rival == name));
    std::iter::once(Entrant::best(family)).chain(default.map(Entrant::one)).collect()
}

/// Infinite if a run diverged.
fn mean_loss(runs: &[Record]) -> f64 {
    finite(mean(runs.iter().map(|run| run.loss)))
}

pub(crate) fn finite(loss: f64) -> f64 {
    if loss.is_finite() { loss } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gols_studies::modern::problem;
    use gols_studies::modern::record::Key;

    fn record(case: &Case, rival: &str, seed: u64, loss: f64) -> Record {
        let key = Key { case: case.name.to_owned(), rival: rival.to_owned(), seed };
        let [early_loss, seconds, rule_seconds] = [1.0; 3];
        Record { key, loss, early_loss, readings: Vec::new(), seconds, rule_seconds }
    }

    #[test]
    fn a_family_stands_at_its_best_mean_and_a_run_that_diverged_at_infinity() {
        let cases = &problem::all()[..1];
        let case = &cases[0];
        let runs = [
            ("adam:rate=0.001", [4.0, 4.0]),
            ("adam:rate=0.01", [1.0, 5.0]),
            ("adam:rate=0.03", [0.1, f64::NAN]),
            ("gols", [1e-5, 1e-5]),
            ("dog", [1e-3, 1e-3]),
        ];
        let records = runs.iter().flat_map(|(rival, losses)| {
            (0..).zip(losses).map(|(seed, &loss)| record(case, rival, seed, loss))
        });
        let results = Results::new(cases, records.collect(), 2).unwrap();
        let best = Entrant::best("adam");
        assert_eq!(results.loss(case, &best), Some(3.0));
        assert_eq!(results.runs(case, &best)[0].key.rival, "adam:rate=0.01");
        assert_eq!(results.loss(case, &Entrant::one("adam:rate=0.03")), Some(f64::INFINITY));
        assert_eq!(results.diverged(&[case], &Entrant::one("adam:rate=0.03")), 1);
        // Below the floor all are equal, and what was not run has no ratio.
        let ratio = |one, other| results.ratio(case, &Entrant::one(one), &Entrant::one(other));
        assert_eq!(ratio("gols", "dog"), Some(1.0));
        assert_eq!(ratio("gols", "prodigy"), None);
        let entrants = ["best adam rate", "adam:rate=0.001", "dog", "gols"];
        assert_eq!(results.entrants.iter().map(Entrant::to_string).collect::<Vec<_>>(), entrants);
    }
}
