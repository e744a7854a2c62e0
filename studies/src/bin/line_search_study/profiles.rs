//! Performance profiles: how often each entrant is near the best (Dolan and Moré 2002).
//!
//! A pair is a problem and a start. By error: the ratio of an entrant's final training error to the least of
//! all entrants' in that pair, errors taken as at least the floor. By cost: the ratio of the function
//! evaluations at which it reached a target to the least of all. The target is e + t (e₀ − e) from the start's
//! error e₀ and the least final error e of that pair (the convergence test of Moré and Wild 2009).

use gols_studies::AnyError;
use gols_studies::table::markdown;

use crate::comparison::{Comparison, floored};
use crate::entrant::{Entrant, Name};
use crate::panels::{Curve, DRAWN, Panel, picture};
use crate::part::Part::Training;
use crate::record::Record;
use crate::results::least;

/// t, the share of the way that is still to go at a target.
const TARGETS: [f64; 2] = [0.1, 0.01];

/// The largest factor τ that is drawn.
const LARGEST: f64 = 100.0;

/// The factors τ that are printed.
const FACTORS: [f64; 6] = [1.0, 1.1, 1.5, 2.0, 5.0, 10.0];

/// For each entrant, its ratios to the best over all pairs; infinite where it never got there.
struct Profile {
    title: String,
    short: String,
    ratios: Vec<Vec<f64>>,
}

pub(crate) struct Profiles {
    names: Vec<Name>,
    profiles: Vec<Profile>,
}

impl Profiles {
    pub(crate) fn new(comparison: &Comparison<'_>) -> Self {
        let entrants = comparison.on_one_run();
        let names = entrants.iter().map(|entrant| entrant.name).collect();
        let pairs = pairs(&entrants, comparison.problems());
        let mut profiles = vec![Profile {
            title: "training error at equal cost".to_owned(),
            short: "error".to_owned(),
            ratios: ratios(entrants.len(), &pairs, errors),
        }];
        for share in TARGETS {
            profiles.push(Profile {
                title: format!("cost to within {share} of the least error"),
                short: format!("cost, t = {share}"),
                ratios: ratios(entrants.len(), &pairs, |pair| costs(pair, share)),
            });
        }
        Self { names, profiles }
    }

    /// The shares of pairs within the printed factors.
    pub(crate) fn markdown(&self) -> String {
        let pairs = self.profiles[0].ratios.first().map_or(0, Vec::len);
        let mut text = format!(
            "Performance profiles: percent of {pairs} pairs of problem and start that are within a factor τ \
             of the best\nentrant of the pair, by training error (with the floor), and by the cost to come \
             within t of the way from the\nstart's error to the least error.\n\n"
        );
        for profile in &self.profiles {
            let mut header = vec![profile.short.clone()];
            header.extend(FACTORS.map(|factor| format!("τ = {factor}")));
            header.push("ever".to_owned());
            let rows = self.names.iter().zip(&profile.ratios).map(|(name, ratios)| {
                let factors = FACTORS.into_iter().chain([f64::MAX]);
                let shares = factors.map(|factor| format!("{:.0}", 100.0 * within(ratios, factor)));
                std::iter::once(name.to_string()).chain(shares).collect()
            });
            text += &markdown(&header, &rows.collect::<Vec<_>>());
            text.push('\n');
        }
        text
    }

    /// The same as curves over τ.
    pub(crate) fn figure(&self) -> Result<String, AnyError> {
        let panels: Vec<Panel> = self.profiles.iter().map(|profile| self.panel(profile)).collect();
        picture("Share of problems and starts within a factor τ of the best", &panels)
    }

    fn panel(&self, profile: &Profile) -> Panel {
        let curve = |(name, _)| {
            let place = self.names.iter().position(|known| *known == name)?;
            Some(Curve { name, is_main: true, points: steps(&profile.ratios[place]) })
        };
        Panel {
            title: profile.title.clone(),
            axes: ["factor τ", "share of pairs"],
            is_log: [true, false],
            top: Some(1.0),
            curves: DRAWN.into_iter().filter_map(curve).collect(),
        }
    }
}

/// What every entrant did in one pair: its run, and the error it is judged by.
type Pair<'a> = Vec<(&'a Record, f64)>;

fn pairs<'a>(entrants: &[&Entrant<'a>], problems: usize) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for problem in 0..problems {
        let runs: Vec<_> = entrants.iter().map(|entrant| entrant.runs(problem)).collect();
        let count = runs.iter().map(|runs| runs.len()).min().unwrap_or(0);
        pairs.extend((0..count).map(|run| runs.iter().map(|runs| runs[run]).collect()));
    }
    pairs
}

/// Entrant by entrant, the ratios of what is measured in each pair to the least there; a pair in which
/// nothing finite is measured is left out.
fn ratios(
    entrants: usize,
    pairs: &[Pair<'_>],
    measure: impl Fn(&Pair<'_>) -> Vec<f64>,
) -> Vec<Vec<f64>> {
    let mut ratios = vec![Vec::new(); entrants];
    for values in pairs.iter().map(measure) {
        let least = least(values.iter().copied());
        if least.is_finite() {
            for (ratios, value) in ratios.iter_mut().zip(values) {
                ratios.push(if value.is_finite() { value / least } else { f64::INFINITY });
            }
        }
    }
    ratios
}

/// The errors of a pair, at least the floor; infinite where a run diverged.
fn errors(pair: &Pair<'_>) -> Vec<f64> {
    pair.iter().map(|(_, error)| floored(*error)).collect()
}

/// The costs at which the runs of a pair reached the target. All infinite if nobody got below the start.
fn costs(pair: &Pair<'_>, share: f64) -> Vec<f64> {
    let start = pair.first().map_or(f64::NAN, |(run, _)| run.curve[0].errors[Training]);
    let end = least(pair.iter().map(|(_, error)| *error));
    let target = end + share * (start - end);
    let cost = |run: &Record| {
        let reached = run.curve.iter().find(|point| point.errors[Training] <= target);
        reached.filter(|_| end < start).map_or(f64::INFINITY, |point| point.cost as f64)
    };
    pair.iter().map(|(run, _)| cost(run)).collect()
}

/// The share of ratios that are no larger than this factor.
fn within(ratios: &[f64], factor: f64) -> f64 {
    ratios.iter().filter(|&&ratio| ratio <= factor).count() as f64 / ratios.len().max(1) as f64
}

/// The profile as a staircase from τ = 1 to the largest that is drawn.
fn steps(ratios: &[f64]) -> Vec<[f64; 4]> {
    let mut sorted: Vec<f64> = ratios.iter().copied().filter(|&ratio| ratio <= LARGEST).collect();
    sorted.sort_by(f64::total_cmp);
    let share = |count: usize| count as f64 / ratios.len().max(1) as f64;
    let mut points = vec![(1.0, 0.0)];
    for (count, ratio) in sorted.iter().enumerate() {
        points.extend([(*ratio, share(count)), (*ratio, share(count + 1))]);
    }
    points.push((LARGEST, share(sorted.len())));
    points.into_iter().map(|(x, y)| [x, y, y, y]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::Method;
    use crate::part::Parts;
    use crate::record::{Point, tests};

    fn record(errors: [f64; 2]) -> Record {
        tests::record(Method::Sls, 0, errors)
    }

    #[test]
    fn a_profile_is_the_share_of_pairs_within_a_factor() {
        let ratios = [1.0, 1.0, 1.5, 4.0, f64::INFINITY];
        assert_eq!(
            [1.0, 1.4, 1.5, 1e9].map(|factor| within(&ratios, factor)),
            [0.4, 0.4, 0.6, 0.8]
        );
        let steps = steps(&ratios);
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        assert_eq!([first[0], first[1], last[0], last[1]], [1.0, 0.0, 100.0, 0.8]);
        assert!(steps.windows(2).all(|pair| pair[0][0] <= pair[1][0] && pair[0][2] <= pair[1][2]));
    }

    #[test]
    fn ratios_are_to_the_best_of_their_pair_and_a_divergence_is_never_near_it() {
        let [a, b, c] = [10.0, 5.0, f64::NAN].map(|error| record([20.0, error]));
        let pairs = vec![vec![(&a, 10.0), (&b, 5.0), (&c, f64::NAN)]];
        let found = ratios(3, &pairs, errors);
        assert_eq!(found, [vec![2.0], vec![1.0], vec![f64::INFINITY]]);
    }

    #[test]
    fn the_cost_is_that_of_the_first_point_at_the_target() {
        // From 20 to 0 at best: t = 0.5 asks for 10.
        let (mut a, b) = (record([20.0, 0.0]), record([20.0, 11.0]));
        a.curve.insert(1, Point { iteration: 4, cost: 40, errors: Parts([10.0; 3]) });
        let pair = vec![(&a, 0.0), (&b, 11.0)];
        assert_eq!(costs(&pair, 0.5), [40.0, f64::INFINITY]);
        assert_eq!(costs(&pair, 0.1), [100.0, f64::INFINITY]);
        // Nobody gets below the start: no pair.
        let worse = record([20.0, 20.0]);
        assert_eq!(costs(&vec![(&worse, 20.0)], 0.1), [f64::INFINITY]);
    }
}
