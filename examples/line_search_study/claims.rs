//! The claims of [LR] section 4, each with what was measured here and a verdict.
//!
//! What decides a verdict stands in the claim's words, with the threshold where the paper names none.

use crate::results::{Cell, Results};
use crate::statistics::{mean, median};
use crate::winners::{Contest, Stage};

/// A row of the table of claims.
pub struct Claim {
    pub claim: String,
    pub paper: &'static str,
    pub measured: String,
    pub verdict: &'static str,
}

const ARLS: &str = "ArmijoResampled";
const I_GOLS: &str = "InexactGols";

/// The exact searches under one reading: capped, or not.
#[derive(Clone, Copy)]
struct Exact {
    gs: &'static str,
    b_gols: &'static str,
}

const EXACT: [Exact; 2] = [
    Exact { gs: "GoldenSection", b_gols: "BisectionGols" },
    Exact { gs: "GoldenSectionUncapped", b_gols: "BisectionGolsUncapped" },
];

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "does not hold" }
}

fn row(claim: &str, paper: &'static str, measured: String, holds: bool) -> Claim {
    Claim { claim: claim.to_owned(), paper, measured, verdict: verdict(holds) }
}

/// All claims that the problems and methods at hand can speak to; the others say that they were not run.
pub fn claims(results: &Results, contests: &[Contest]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = contests.iter().map(wins).collect();
    let mut add = |name: &str, found: Option<Vec<Claim>>| match found {
        Some(found) => claims.extend(found),
        None => claims.push(Claim {
            claim: name.to_owned(),
            paper: "",
            measured: "the data sets or methods were not run".to_owned(),
            verdict: "not tested",
        }),
    };
    add("4.1, 4.3: ARLS", armijo(results));
    add("4.3: Glass1: I-GOLS's steps", glass1(results, I_GOLS));
    add("4.3: Cancer1: over-fitting", cancer1(results));
    for exact in EXACT.into_iter().filter(|exact| results.has(exact.gs)) {
        let Exact { gs, b_gols } = exact;
        add(&format!("4.1: I-GOLS's cost to reach {b_gols}'s error"), tenth(results, exact));
        add(&format!("4.1: {gs} against {b_gols}"), averages(results, exact));
        add(&format!("4.4: costs with {gs} and {b_gols}"), costs(results, exact));
        add(&format!("4.2.1: Gene1: {gs} against {b_gols}"), gene1(results, exact));
        add(&format!("4.2.2: Soybean1: {b_gols} against I-GOLS"), soybean1(results, exact));
        add(&format!("4.2.3: Mushroom1: {b_gols} against I-GOLS"), mushroom1(results, exact));
        add(&format!("4.3: Glass1: {b_gols}'s steps"), glass1(results, b_gols));
        add(&format!("4.3: Cancer1: {b_gols}'s steps"), cancer1_steps(results, exact));
        add("4.3: best on Glass1", best_on(results, "glass1", exact));
        add("4.3: best on Cancer1", best_on(results, "cancer1", exact));
        add(&format!("4.3: {gs} is like a fixed rate"), like_a_fixed_rate(results, exact));
    }
    claims
}

fn wins(contest: &Contest) -> Claim {
    let problems = contest.winners.len();
    let stage = match contest.stage {
        Stage::Iterations => "equal iterations",
        Stage::Cost => "equal cost",
    };
    let Contest { reading, tolerance, wins, intervals, .. } = contest;
    let each = |method: usize| {
        let [low, high] = intervals[method];
        format!("{} {} [{low:.0}, {high:.0}]", reading.methods[method], wins[method])
    };
    let measured = [3, 2, 0, 1].map(each).join(", ");
    // The paper's share of wins: 34 of 43 are 79 %.
    let holds = wins[3] as f64 >= 0.75 * problems as f64;
    row(
        &format!(
            "4.2: I-GOLS wins at least 75 % of problems; {}, {stage}, tolerance {tolerance}",
            reading.name
        ),
        "I-GOLS 34, B-GOLS 6, GS 3, ARLS 0 of 43",
        format!("{measured}; of {problems}"),
        holds,
    )
}

/// For each problem, the share of B-GOLS's whole cost at which I-GOLS reaches B-GOLS's final error.
pub fn cost_ratios(results: &Results, exact: &str) -> Vec<f64> {
    let ratio = |problem: usize| {
        let (exact, inexact) = (results.cell(problem, exact)?, results.cell(problem, I_GOLS)?);
        let error = exact.final_error(0, &exact.all());
        Some(inexact.cost_to_reach(error, &inexact.all()) / exact.cost())
    };
    (0..results.problems.len()).filter_map(ratio).collect()
}

fn tenth(results: &Results, exact: Exact) -> Option<Vec<Claim>> {
    let ratios = cost_ratios(results, exact.b_gols);
    if ratios.is_empty() {
        return None;
    }
    let middle = median(ratios.iter().copied());
    let never = ratios.iter().filter(|ratio| ratio.is_infinite()).count();
    let within = ratios.iter().filter(|&&ratio| ratio <= 0.1).count();
    let measured = format!(
        "median share of the cost {middle:.3}; a tenth or less on {within} of {}, never reached on {never}",
        ratios.len()
    );
    let claim = format!(
        "4.1: I-GOLS reaches {}'s final training error at a tenth of its cost (median)",
        exact.b_gols
    );
    Some(vec![row(&claim, "an order of magnitude", measured, middle <= 0.1)])
}

/// The mean final error of a method over problems with this many hidden layers.
fn average(results: &Results, method: &str, layers: usize, part: usize) -> Option<f64> {
    let problems = (0..results.problems.len()).filter(|&p| results.problems[p].layers == layers);
    let cells = problems.filter_map(|problem| results.cell(problem, method));
    let errors: Vec<f64> = cells.map(|cell| cell.final_error(part, &cell.all())).collect();
    (!errors.is_empty()).then(|| mean(errors))
}

fn averages(results: &Results, Exact { gs, b_gols }: Exact) -> Option<Vec<Claim>> {
    let errors = |method, layers| {
        let [a, b, c] = [0, 1, 2].map(|part| average(results, method, layers, part));
        Some([a?, b?, c?])
    };
    let show = |e: [f64; 3]| format!("{:.2} / {:.2} / {:.2}", e[0], e[1], e[2]);
    let against = |a, b| format!("training / validation / test: {} against {}", show(a), show(b));
    let (gs1, b1) = (errors(gs, 1)?, errors(b_gols, 1)?);
    let one = row(
        &format!(
            "4.1: one layer: {gs}'s training error is above {b_gols}'s, validation and test below"
        ),
        "GS trains less far, and generalizes better",
        against(gs1, b1),
        gs1[0] > b1[0] && gs1[1] < b1[1] && gs1[2] < b1[2],
    );
    let (Some(gs2), Some(b2)) = (errors(gs, 2), errors(b_gols, 2)) else { return Some(vec![one]) };
    let two = row(
        &format!("4.1: two layers: {b_gols}'s errors are below {gs}'s"),
        "B-GOLS is superior in error and cost",
        against(b2, gs2),
        b2.iter().zip(gs2).all(|(b, gs)| *b < gs),
    );
    Some(vec![one, two])
}

fn armijo(results: &Results) -> Option<Vec<Claim>> {
    let mut claims = Vec::new();
    for method in [ARLS, "Armijo"].into_iter().filter(|method| results.has(method)) {
        let cells = results.problems.iter().enumerate();
        let stalls: Vec<bool> = cells
            .filter_map(|(problem, p)| Some((results.cell(problem, method)?, p.prior_error())))
            .filter(|(_, prior)| *prior > 0.0) // else its training samples are all of one class
            .map(|(cell, prior)| cell.final_error(0, &cell.all()) > 0.9 * prior)
            .collect();
        let stalled = stalls.iter().filter(|&&stalls| stalls).count();
        claims.push(row(
            &format!("4.1: {method} stays above 90 % of the class-prior error on most problems"),
            "ARLS fails to converge to a useful solution",
            format!("on {stalled} of {}", stalls.len()),
            2 * stalled > stalls.len(),
        ));
        let steps = results.of(method).flat_map(|cell| &cell.runs).map(|run| run.median_step);
        let step = median(steps);
        claims.push(row(
            &format!("4.3: {method}'s steps stay near the smallest, 1e-8 (median below 1e-7)"),
            "very small step sizes",
            format!("median step {step:.1e}"),
            step < 1e-7,
        ));
    }
    (!claims.is_empty()).then_some(claims)
}

/// Mean function evaluations and information calls an iteration, over all problems and runs.
pub fn per_iteration(results: &Results, method: &str) -> Option<[f64; 2]> {
    let runs = || results.of(method).flat_map(|cell| &cell.runs);
    runs().next()?;
    let ratio = |value: f64, iterations: usize| value / iterations.max(1) as f64;
    let evaluations = runs().map(|run| ratio(run.last().cost as f64, run.last().iteration));
    let calls = runs().map(|run| ratio(run.information_calls as f64, run.last().iteration));
    Some([mean(evaluations), mean(calls)])
}

fn costs(results: &Results, exact: Exact) -> Option<Vec<Claim>> {
    let of = |method: &str| per_iteration(results, method);
    let ([gs, gs_calls], [arls, arls_calls]) = (of(exact.gs)?, of(ARLS)?);
    let ([b, b_calls], [i, i_calls]) = (of(exact.b_gols)?, of(I_GOLS)?);
    let share = |a: f64, b: f64| (0.4..=0.7).contains(&(a / b));
    let near = |a: f64, b: f64| (0.5..=2.0).contains(&(a / b));
    let Exact { gs: gs_name, b_gols: b_name } = exact;
    Some(vec![
        row(
            "4.4: searches by value cost about half of the gradient-only ones (0.4 to 0.7)",
            "close to half as expensive",
            format!("{gs_name} / {b_name} {:.2}, ARLS / I-GOLS {:.2}", gs / b, arls / i),
            share(gs, b) && share(arls, i),
        ),
        row(
            "4.4: inexact searches are about an order of magnitude cheaper (5 times or more)",
            "about an order of magnitude",
            format!("{gs_name} / ARLS {:.1}, {b_name} / I-GOLS {:.1}", gs / arls, b / i),
            gs / arls >= 5.0 && b / i >= 5.0,
        ),
        row(
            "4.4: information calls are similar (within a factor of 2)",
            "very similar",
            format!(
                "{gs_name} {gs_calls:.1}, {b_name} {b_calls:.1}; ARLS {arls_calls:.1}, \
                 I-GOLS {i_calls:.1}"
            ),
            near(gs_calls, b_calls) && near(arls_calls, i_calls),
        ),
    ])
}

/// The least mean error on the way, over the points of the first run's costs.
fn least_error(cell: &Cell, part: usize) -> f64 {
    let costs = cell.runs[0].curve.iter().map(|point| point.cost as f64);
    costs.map(|cost| cell.error_at(cost, part, &cell.all())).fold(f64::INFINITY, f64::min)
}

fn gene1(results: &Results, exact: Exact) -> Option<Vec<Claim>> {
    let Exact { gs: gs_name, b_gols: b_name } = exact;
    let (gs, b) = (results.named("gene1", 1, gs_name)?, results.named("gene1", 1, b_name)?);
    let [validation, test] = [1, 2].map(|part| least_error(b, part) - least_error(gs, part));
    Some(vec![row(
        &format!(
            "4.2.1: Gene1, one layer: {gs_name}'s least validation and test errors are lower than \
             {b_name}'s"
        ),
        "0.8 lower",
        format!("validation {validation:+.2}, test {test:+.2} lower"),
        validation > 0.0 && test > 0.0,
    )])
}

fn soybean1(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let claim = |layers| {
        let at = |method| results.named("soybean1", layers, method);
        let (b, i) = (at(b_gols)?, at(I_GOLS)?);
        let difference = i.final_error(0, &i.all()) - b.final_error(0, &b.all());
        Some(row(
            &format!("4.2.2: Soybean1, {layers} hidden layer(s): {b_gols} ends below I-GOLS"),
            "by about 0.4",
            format!("by {difference:.2} in training"),
            difference > 0.0,
        ))
    };
    [1, 2].into_iter().map(claim).collect()
}

fn mushroom1(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let claim = |layers| {
        let at = |method| results.named("mushroom1", layers, method);
        let (b, i) = (at(b_gols)?, at(I_GOLS)?);
        let orders = [0, 1, 2].map(|part| {
            let [b, i] = [b, i].map(|cell| cell.final_error(part, &cell.all()));
            (b / i).log10()
        });
        let [training, validation, test] = orders;
        Some(row(
            &format!(
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
fn steps(results: &Results, name: &str, method: &str) -> Option<(Vec<f64>, usize)> {
    let cell = results.named(name, 2, method)?;
    let windows = cell.runs.iter().map(|run| run.steps.len()).min()?;
    let at = |window: usize| median(cell.runs.iter().map(|run| run.steps[window]));
    let iterations = cell.runs.iter().map(|run| run.last().iteration).max()?;
    (windows >= 10).then(|| ((0..windows).map(at).collect(), iterations))
}

fn glass1(results: &Results, method: &str) -> Option<Vec<Claim>> {
    let (steps, iterations) = steps(results, "glass1", method)?;
    let early = steps.len() * 1000 / iterations.max(1000);
    let most = steps[..early].iter().copied().fold(0.0, f64::max);
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    Some(vec![row(
        &format!(
            "4.3: Glass1: {method}'s steps grow tenfold before iteration 1000 and shrink then"
        ),
        "up by an order of magnitude, then slowly down",
        format!("median {first:.1e} at first, at most {most:.1e} by then, {last:.1e} at the end"),
        most >= 10.0 * first && last < most,
    )])
}

fn cancer1_steps(results: &Results, Exact { b_gols, .. }: Exact) -> Option<Vec<Claim>> {
    let (inexact, _) = steps(results, "cancer1", I_GOLS)?;
    let (exact, _) = steps(results, "cancer1", b_gols)?;
    let orders = (inexact[inexact.len() - 1] / exact[exact.len() - 1]).log10();
    Some(vec![row(
        &format!(
            "4.3: Cancer1: at the end I-GOLS's steps are orders of magnitude larger than {b_gols}'s \
             (2 or more)"
        ),
        "4 orders larger than B-GOLS's",
        format!("{orders:.1} orders"),
        orders >= 2.0,
    )])
}

fn cancer1(results: &Results) -> Option<Vec<Claim>> {
    let cell = results.named("cancer1", 2, I_GOLS)?;
    let (least, last) = (least_error(cell, 1), cell.final_error(1, &cell.all()));
    Some(vec![row(
        "4.3: Cancer1: I-GOLS's validation error rises at the end (5 % above its least)",
        "over-fitting",
        format!("{least:.2} at least, {last:.2} at the end"),
        last > 1.05 * least,
    )])
}

fn best_on(results: &Results, name: &str, exact: Exact) -> Option<Vec<Claim>> {
    let methods = [exact.gs, ARLS, exact.b_gols, I_GOLS];
    let cells: Option<Vec<&Cell>> =
        methods.iter().map(|method| results.named(name, 2, method)).collect();
    let cells = cells?;
    let errors: Vec<f64> = cells.iter().map(|cell| cell.final_error(0, &cell.all())).collect();
    let best = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let shown: Vec<String> =
        methods.iter().zip(&errors).map(|(method, error)| format!("{method} {error:.2}")).collect();
    Some(vec![row(
        &format!("4.3: {name}, two layers: I-GOLS ends with the lowest training error"),
        "I-GOLS is the overall best performer",
        shown.join(", "),
        errors[3] <= best,
    )])
}

fn like_a_fixed_rate(results: &Results, exact: Exact) -> Option<Vec<Claim>> {
    let range = |method: &str| {
        let (steps, _) = steps(results, "glass1", method)?;
        let most = steps.iter().copied().fold(0.0, f64::max);
        Some(most / steps.iter().copied().fold(f64::INFINITY, f64::min))
    };
    let (gs, inexact) = (range(exact.gs)?, range(I_GOLS)?);
    Some(vec![row(
        &format!(
            "4.3: Glass1: {}'s steps vary about a mean (largest / smallest median below 10, I-GOLS's \
             above)",
            exact.gs
        ),
        "similar to a fixed learning rate",
        format!("GS {gs:.1}, I-GOLS {inexact:.1}"),
        gs < 10.0 && inexact >= 10.0,
    )])
}
