//! The claims of [LR] section 4, each with what was measured here and a verdict.
//!
//! What decides a verdict stands in the claim's words, with the threshold where the paper names none.

use std::fmt;

use gols_studies::statistics::{mean, median};
use serde::Serialize;

use crate::methods::Method;
use crate::part::Part::{self, Test, Training, Validation};
use crate::results::{Cell, Results, least, most};
use crate::winners::Contest;
use gols_studies::catalogue::{CANCER1, GENE1, GLASS1, MUSHROOM1, SOYBEAN1};

/// A row of the table of claims.
#[derive(Serialize)]
pub(crate) struct Claim {
    pub claim: String,
    pub paper: &'static str,
    pub measured: String,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(crate) enum Verdict {
    Holds,
    DoesNotHold,
    NotTested,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotTested => "not tested",
        })
    }
}

impl From<Verdict> for String {
    fn from(verdict: Verdict) -> Self {
        verdict.to_string()
    }
}

const ARLS: Method = Method::ArmijoResampled;
const I_GOLS: Method = Method::InexactGols;

/// The exact searches under one reading: capped, or not.
#[derive(Clone, Copy)]
struct Exact {
    gs: Method,
    b_gols: Method,
}

const EXACT: [Exact; 2] = [
    Exact { gs: Method::GoldenSection, b_gols: Method::BisectionGols },
    Exact { gs: Method::GoldenSectionUncapped, b_gols: Method::BisectionGolsUncapped },
];

fn row(claim: impl Into<String>, paper: &'static str, measured: String, holds: bool) -> Claim {
    let verdict = if holds { Verdict::Holds } else { Verdict::DoesNotHold };
    Claim { claim: claim.into(), paper, measured, verdict }
}

fn not_tested(claim: String) -> Claim {
    let measured = "the data sets or methods were not run".to_owned();
    Claim { claim, paper: "", measured, verdict: Verdict::NotTested }
}

/// All claims that the problems and methods at hand can speak to; the others say that they were not run.
pub(crate) fn claims(results: &Results, contests: &[Contest]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = contests.iter().map(wins).collect();
    let mut add = |name: String, found: Option<Vec<Claim>>| {
        claims.extend(found.unwrap_or_else(|| vec![not_tested(name)]));
    };
    add("4.1, 4.3: ARLS".to_owned(), armijo(results));
    add("4.3: Glass1: I-GOLS's steps".to_owned(), glass1(results, I_GOLS));
    add("4.3: Cancer1: over-fitting".to_owned(), cancer1(results));
    for exact in EXACT.into_iter().filter(|exact| results.has(exact.gs)) {
        let Exact { gs, b_gols } = exact;
        add(format!("4.1: I-GOLS's cost to reach {b_gols}'s error"), tenth(results, exact));
        add(format!("4.1: {gs} against {b_gols}"), averages(results, exact));
        add(format!("4.4: costs with {gs} and {b_gols}"), costs(results, exact));
        add(format!("4.2.1: Gene1: {gs} against {b_gols}"), gene1(results, exact));
        add(format!("4.2.2: Soybean1: {b_gols} against I-GOLS"), soybean1(results, exact));
        add(format!("4.2.3: Mushroom1: {b_gols} against I-GOLS"), mushroom1(results, exact));
        add(format!("4.3: Glass1: {b_gols}'s steps"), glass1(results, b_gols));
        add(format!("4.3: Cancer1: {b_gols}'s steps"), cancer1_steps(results, exact));
        add("4.3: best on Glass1".to_owned(), best_on(results, GLASS1, exact));
        add("4.3: best on Cancer1".to_owned(), best_on(results, CANCER1, exact));
        add(format!("4.3: {gs} is like a fixed rate"), like_a_fixed_rate(results, exact));
    }
    claims
}

fn wins(contest: &Contest) -> Claim {
    let Contest { reading, stage, tolerance, problems, wins, .. } = contest;
    let each = |method: usize| format!("{} {}", reading.methods[method], contest.shown(method));
    let measured = [3, 2, 0, 1].map(each).join(", ");
    // The paper's share of wins: 34 of 43 are 79 %.
    let holds = wins[3] as f64 >= 0.75 * *problems as f64;
    row(
        format!(
            "4.2: I-GOLS wins at least 75 % of problems; {}, equal {stage}, tolerance {tolerance}",
            reading.name
        ),
        "I-GOLS 34, B-GOLS 6, GS 3, ARLS 0 of 43",
        format!("{measured}; of {problems}"),
        holds,
    )
}

/// For each problem, the share of B-GOLS's whole cost at which I-GOLS reaches B-GOLS's final error.
pub(crate) fn cost_ratios(results: &Results, exact: Method) -> Vec<f64> {
    let ratio = |problem: usize| {
        let (exact, inexact) = (results.cell(problem, exact)?, results.cell(problem, I_GOLS)?);
        Some(inexact.cost_to_reach(exact.error(Training), &inexact.all()) / exact.cost())
    };
    (0..results.problems.len()).filter_map(ratio).collect()
}

fn tenth(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let ratios = cost_ratios(results, b_gols);
    if ratios.is_empty() {
        return None;
    }
    let middle = median(ratios.iter().copied());
    let never = ratios.iter().filter(|ratio| ratio.is_infinite()).count();
    let within = ratios.iter().filter(|&&ratio| ratio <= 0.1).count();
    Some(vec![row(
        format!(
            "4.1: I-GOLS reaches {b_gols}'s final training error at a tenth of its cost (median)"
        ),
        "an order of magnitude",
        format!(
            "median share of the cost {middle:.3}; a tenth or less on {within} of {}, never reached on {never}",
            ratios.len()
        ),
        middle <= 0.1,
    )])
}

/// The mean final errors of a method over problems with this many hidden layers.
fn average(results: &Results, method: Method, layers: usize) -> Option<[f64; 3]> {
    let problems = (0..results.problems.len()).filter(|&p| results.problems[p].layers == layers);
    let cells: Vec<&Cell> = problems.filter_map(|problem| results.cell(problem, method)).collect();
    let error = |part: Part| mean(cells.iter().map(|cell| cell.error(part)));
    (!cells.is_empty()).then(|| Part::ALL.map(error))
}

fn averages(results: &Results, Exact { gs, b_gols }: Exact) -> Option<Vec<Claim>> {
    let show = |e: [f64; 3]| format!("{:.2} / {:.2} / {:.2}", e[0], e[1], e[2]);
    let against = |a, b| format!("training / validation / test: {} against {}", show(a), show(b));
    let errors = |layers| Some((average(results, gs, layers)?, average(results, b_gols, layers)?));
    let (of_gs, of_b) = errors(1)?;
    let mut claims = vec![row(
        format!(
            "4.1: one layer: {gs}'s training error is above {b_gols}'s, validation and test below"
        ),
        "GS trains less far, and generalizes better",
        against(of_gs, of_b),
        of_gs[0] > of_b[0] && of_gs[1] < of_b[1] && of_gs[2] < of_b[2],
    )];
    claims.extend(errors(2).map(|(of_gs, of_b)| {
        row(
            format!("4.1: two layers: {b_gols}'s errors are below {gs}'s"),
            "B-GOLS is superior in error and cost",
            against(of_b, of_gs),
            of_b.iter().zip(of_gs).all(|(b, gs)| *b < gs),
        )
    }));
    Some(claims)
}

fn armijo(results: &Results) -> Option<Vec<Claim>> {
    let mut claims = Vec::new();
    for method in [ARLS, Method::Armijo].into_iter().filter(|&method| results.has(method)) {
        let cells = results.problems.iter().enumerate();
        let stalls: Vec<bool> = cells
            .filter_map(|(problem, p)| Some((results.cell(problem, method)?, p.prior_error())))
            .filter(|(_, prior)| *prior > 0.0) // else its training samples are all of one class
            .map(|(cell, prior)| cell.error(Training) > 0.9 * prior)
            .collect();
        let stalled = stalls.iter().filter(|&&stalls| stalls).count();
        let step = median(results.runs_of(method).map(|run| run.median_step));
        claims.push(row(
            format!("4.1: {method} stays above 90 % of the class-prior error on most problems"),
            "ARLS fails to converge to a useful solution",
            format!("on {stalled} of {}", stalls.len()),
            2 * stalled > stalls.len(),
        ));
        claims.push(row(
            format!("4.3: {method}'s steps stay near the smallest, 1e-8 (median below 1e-7)"),
            "very small step sizes",
            format!("median step {step:.1e}"),
            step < 1e-7,
        ));
    }
    (!claims.is_empty()).then_some(claims)
}

/// Mean function evaluations and information calls an iteration, over all problems and runs.
pub(crate) fn per_iteration(results: &Results, method: Method) -> Option<[f64; 2]> {
    results.runs_of(method).next()?;
    let ratio = |value: u64, iterations: usize| value as f64 / iterations.max(1) as f64;
    let runs = || results.runs_of(method).map(|run| (run, run.last()));
    let evaluations = runs().map(|(_, last)| ratio(last.cost, last.iteration));
    let calls = runs().map(|(run, last)| ratio(run.information_calls, last.iteration));
    Some([mean(evaluations), mean(calls)])
}

fn costs(results: &Results, Exact { gs, b_gols }: Exact) -> Option<Vec<Claim>> {
    let of = |method| per_iteration(results, method);
    let ([of_gs, gs_calls], [of_arls, arls_calls]) = (of(gs)?, of(ARLS)?);
    let ([of_b, b_calls], [of_i, i_calls]) = (of(b_gols)?, of(I_GOLS)?);
    let (by_value, inexact) = ([of_gs / of_b, of_arls / of_i], [of_gs / of_arls, of_b / of_i]);
    let calls = [gs_calls / b_calls, arls_calls / i_calls];
    Some(vec![
        row(
            "4.4: searches by value cost about half of the gradient-only ones (0.4 to 0.7)",
            "close to half as expensive",
            format!("{gs} / {b_gols} {:.2}, ARLS / I-GOLS {:.2}", by_value[0], by_value[1]),
            by_value.iter().all(|share| (0.4..=0.7).contains(share)),
        ),
        row(
            "4.4: inexact searches are about an order of magnitude cheaper (5 times or more)",
            "about an order of magnitude",
            format!("{gs} / ARLS {:.1}, {b_gols} / I-GOLS {:.1}", inexact[0], inexact[1]),
            inexact.iter().all(|&times| times >= 5.0),
        ),
        row(
            "4.4: information calls are similar (within a factor of 2)",
            "very similar",
            format!(
                "{gs} {gs_calls:.1}, {b_gols} {b_calls:.1}; ARLS {arls_calls:.1}, I-GOLS {i_calls:.1}"
            ),
            calls.iter().all(|factor| (0.5..=2.0).contains(factor)),
        ),
    ])
}

/// The least mean error on the way, over the points of the first run's costs.
fn least_error(cell: &Cell, part: Part) -> f64 {
    let costs = cell.runs[0].curve.iter().map(|point| point.cost as f64);
    least(costs.map(|cost| cell.error_at(cost, part, &cell.all())))
}

fn gene1(results: &Results, Exact { gs, b_gols }: Exact) -> Option<Vec<Claim>> {
    let (of_gs, of_b) = (results.named(GENE1, 1, gs)?, results.named(GENE1, 1, b_gols)?);
    let lower = |part| least_error(of_b, part) - least_error(of_gs, part);
    let [validation, test] = [Validation, Test].map(lower);
    Some(vec![row(
        format!(
            "4.2.1: Gene1, one layer: {gs}'s least validation and test errors are lower than {b_gols}'s"
        ),
        "0.8 lower",
        format!("validation {validation:+.2}, test {test:+.2} lower"),
        validation > 0.0 && test > 0.0,
    )])
}

/// The cells of B-GOLS and of I-GOLS.
fn pair<'a>(
    results: &'a Results,
    name: &str,
    layers: usize,
    b_gols: Method,
) -> Option<[&'a Cell; 2]> {
    Some([results.named(name, layers, b_gols)?, results.named(name, layers, I_GOLS)?])
}

fn soybean1(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let claim = |layers| {
        let [b, i] = pair(results, SOYBEAN1, layers, b_gols)?.map(|cell| cell.error(Training));
        Some(row(
            format!("4.2.2: Soybean1, {layers} hidden layer(s): {b_gols} ends below I-GOLS"),
            "by about 0.4",
            format!("by {:.2} in training", i - b),
            i - b > 0.0,
        ))
    };
    [1, 2].into_iter().map(claim).collect()
}

fn mushroom1(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let claim = |layers| {
        let [b, i] = pair(results, MUSHROOM1, layers, b_gols)?;
        let orders = Part::ALL.map(|part| (b.error(part) / i.error(part)).log10());
        let [training, validation, test] = orders;
        Some(row(
            format!(
                "4.2.3: Mushroom1, {layers} hidden layer(s): I-GOLS ends orders of magnitude below \
                 {b_gols} (2 or more)"
            ),
            "5 in training, 9 in validation and test",
            format!("{training:.1} in training, {validation:.1} and {test:.1} in the others"),
            orders.iter().all(|&orders| orders >= 2.0),
        ))
    };
    [1, 2].into_iter().map(claim).collect()
}

/// The median over runs of the step lengths in each window, and the iterations of a run.
fn steps(results: &Results, name: &str, method: Method) -> Option<(Vec<f64>, usize)> {
    let cell = results.named(name, 2, method)?;
    let windows = cell.runs.iter().map(|run| run.steps.len()).min()?;
    let at = |window: usize| median(cell.runs.iter().map(|run| run.steps[window]));
    let iterations = cell.runs.iter().map(|run| run.last().iteration).max()?;
    (windows >= 10).then(|| ((0..windows).map(at).collect(), iterations))
}

fn glass1(results: &Results, method: Method) -> Option<Vec<Claim>> {
    let (steps, iterations) = steps(results, GLASS1, method)?;
    let early = steps.len() * 1000 / iterations.max(1000);
    let most = most(steps[..early].iter().copied());
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    Some(vec![row(
        format!("4.3: Glass1: {method}'s steps grow tenfold before iteration 1000 and shrink then"),
        "up by an order of magnitude, then slowly down",
        format!("median {first:.1e} at first, at most {most:.1e} by then, {last:.1e} at the end"),
        most >= 10.0 * first && last < most,
    )])
}

fn cancer1_steps(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let (inexact, _) = steps(results, CANCER1, I_GOLS)?;
    let (exact, _) = steps(results, CANCER1, b_gols)?;
    let orders = (inexact[inexact.len() - 1] / exact[exact.len() - 1]).log10();
    Some(vec![row(
        format!(
            "4.3: Cancer1: at the end I-GOLS's steps are orders of magnitude larger than {b_gols}'s \
             (2 or more)"
        ),
        "4 orders larger than B-GOLS's",
        format!("{orders:.1} orders"),
        orders >= 2.0,
    )])
}

fn cancer1(results: &Results) -> Option<Vec<Claim>> {
    let cell = results.named(CANCER1, 2, I_GOLS)?;
    let (least, last) = (least_error(cell, Validation), cell.error(Validation));
    Some(vec![row(
        "4.3: Cancer1: I-GOLS's validation error rises at the end (5 % above its least)",
        "over-fitting",
        format!("{least:.2} at least, {last:.2} at the end"),
        last > 1.05 * least,
    )])
}

fn best_on(results: &Results, name: &str, Exact { gs, b_gols }: Exact) -> Option<Vec<Claim>> {
    let methods = [gs, ARLS, b_gols, I_GOLS];
    let error = |&method: &Method| Some(results.named(name, 2, method)?.error(Training));
    let errors = methods.iter().map(error).collect::<Option<Vec<f64>>>()?;
    let shown = methods.iter().zip(&errors).map(|(method, error)| format!("{method} {error:.2}"));
    Some(vec![row(
        format!("4.3: {name}, two layers: I-GOLS ends with the lowest training error"),
        "I-GOLS is the overall best performer",
        shown.collect::<Vec<_>>().join(", "),
        errors[3] <= least(errors.iter().copied()),
    )])
}

fn like_a_fixed_rate(results: &Results, Exact { gs, .. }: Exact) -> Option<Vec<Claim>> {
    let range = |method| {
        let (steps, _) = steps(results, GLASS1, method)?;
        Some(most(steps.iter().copied()) / least(steps.iter().copied()))
    };
    let (of_gs, inexact) = (range(gs)?, range(I_GOLS)?);
    Some(vec![row(
        format!(
            "4.3: Glass1: {gs}'s steps vary about a mean (largest / smallest median below 10, I-GOLS's \
             above)"
        ),
        "similar to a fixed learning rate",
        format!("GS {of_gs:.1}, I-GOLS {inexact:.1}"),
        of_gs < 10.0 && inexact >= 10.0,
    )])
}
