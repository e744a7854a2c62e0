//! The paper's claims, measured over many starts, each with a verdict.
//!
//! What decides a verdict stands beside it in words, and was fixed before the numbers were seen.

use std::fmt::Write;

use gols::statistics::Moments;
use gols_studies::statistics::share;

use crate::census::{Census, Entry, Observation};
use crate::lines::{Counts, Setting};
use crate::noise::Noise;
use crate::problem::{Domain, Unit};
use crate::tables::Table;

/// The settings that the claims speak of: all of the tables'.
pub(crate) fn settings() -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for setting in Table::ALL.into_iter().flat_map(Table::settings) {
        if !all.contains(&setting) {
            all.push(setting);
        }
    }
    all
}

/// The settings whose noise is measured.
pub(crate) fn noise_settings() -> Vec<Setting> {
    [Domain::Global, Domain::LocalUnit].map(Setting::of_units).concat()
}

/// All claims as text.
pub(crate) fn render(census: &Census, noises: &[Noise], seeds: usize) -> String {
    let claims = [
        fewer(census),
        ratios(census),
        uniform(census),
        localized(census),
        kinks(census),
        best_of_class(census),
        larger_batches(census),
        noise(noises),
        variance(noises),
    ];
    let mut text = format!("The paper's claims, measured over {seeds} starts\n\n");
    for (number, Claim { says, holds, by, rows }) in claims.into_iter().enumerate() {
        let verdict = if holds { "holds" } else { "does not hold" };
        let _ = writeln!(text, "{}. {says}: {verdict}{by}\n{rows}", number + 1);
    }
    text
}

/// A claim, whether it holds, how that was decided, and what was measured.
struct Claim {
    says: &'static str,
    holds: bool,
    by: String,
    rows: String,
}

impl Claim {
    /// A claim that holds until something measured is against it.
    fn new(says: &'static str, by: impl Into<String>) -> Self {
        Self { says, holds: true, by: by.into(), rows: String::new() }
    }

    /// Adds to what was measured.
    fn row(&mut self, holds: bool, text: std::fmt::Arguments<'_>) {
        self.holds &= holds;
        let _ = self.rows.write_fmt(text);
    }
}

/// Batches of 10.
fn entry(census: &Census, unit: Unit, domain: Domain) -> Option<&Entry> {
    census.get(Setting { unit, domain, batch: 10 })
}

fn mean(entry: &Entry, count: fn(&Counts) -> usize) -> f64 {
    entry.seen().map(|seen| count(&seen.counts) as f64).collect::<Moments>().mean()
}

/// Claim: there are fewer SNN-GPPs than local minima, whatever the start, activation and domain.
fn fewer(census: &Census) -> Claim {
    let mut all = 0;
    let mut failures = Vec::new();
    for entry in census.entries() {
        let Setting { unit, domain, .. } = entry.setting;
        for Counts { snn_gpps, local_minima, .. } in entry.seen().map(|seen| seen.counts) {
            all += 1;
            if snn_gpps >= local_minima {
                let place = format!("{} {}", unit.name(), domain.name());
                failures.push(format!("{place}: {snn_gpps} SNN-GPPs, {local_minima} minima"));
            }
        }
    }
    let by = format!("\n   in {} of {all} sets of four lines", all - failures.len());
    let says = "Fewer SNN-GPPs than local minima for every start, activation and domain";
    let mut claim = Claim::new(says, by);
    claim.holds = failures.is_empty();
    for failure in failures.iter().take(5) {
        claim.row(false, format_args!("   not in {failure}\n"));
    }
    claim
}

/// Claim ([VG] 3.1): 12 to 32 times more minima than true optima, 1.5 to 6 times more SNN-GPPs.
fn ratios(census: &Census) -> Claim {
    let by = format!(
        " (ratios of means, each within its range)\n   {:<12}{:>8}{:>10}",
        "", "minima", "SNN-GPPs"
    );
    let says = "On [-20, 20], 12 to 32 minima and 1.5 to 6 SNN-GPPs for every true optimum";
    let mut claim = Claim::new(says, by);
    for unit in Unit::ALL {
        let Some(entry) = entry(census, unit, Domain::Global) else { continue };
        let optima = mean(entry, |counts| counts.true_optima);
        let minima = mean(entry, |counts| counts.local_minima) / optima;
        let snn_gpps = mean(entry, |counts| counts.snn_gpps) / optima;
        let holds = (12.0..=32.0).contains(&minima) && (1.5..=6.0).contains(&snn_gpps);
        claim.row(holds, format_args!("   {:<12}{minima:>8.1}{snn_gpps:>10.1}\n", unit.name()));
    }
    claim
}

/// A claim about every activation on every domain: of each, whether it holds there, and what to print.
fn everywhere(
    census: &Census,
    (says, by): (&'static str, &str),
    look: impl Fn(&Entry) -> (bool, String),
) -> Claim {
    let names = Domain::ALL.map(|domain| format!("{:>18}", domain.name())).concat();
    let mut claim = Claim::new(says, format!(" ({by})\n   {:<12}{names}", ""));
    for unit in Unit::ALL {
        claim.row(true, format_args!("   {:<12}", unit.name()));
        for domain in Domain::ALL {
            let Some(entry) = entry(census, unit, domain) else { continue };
            let (holds, text) = look(entry);
            claim.row(holds, format_args!("{text:>18}"));
        }
        claim.rows.push('\n');
    }
    claim
}

/// Claim: minima lie uniformly along the line. Uniform places have an sd of 1/√3 = 0.577 half ranges.
fn uniform(census: &Census) -> Claim {
    let says = "Local minima are spread uniformly along the lines";
    let by = "sd of their places within 0.55 to 0.61 half ranges everywhere; 0.577 is uniform";
    everywhere(census, (says, by), |entry| {
        let places = entry.seen().flat_map(|seen| seen.minima.iter().copied());
        let sd = places.collect::<Moments>().standard_deviation();
        ((0.55..=0.61).contains(&sd), format!("{sd:.3}"))
    })
}

/// Claim: SNN-GPPs lie near the true optimum, minima do not.
fn localized(census: &Census) -> Claim {
    let says = "SNN-GPPs lie near a true optimum, minima do not";
    let by = "share within 10 % of the half range, SNN-GPPs / minima, on lines with an optimum; more \
              than twice the minima's everywhere";
    everywhere(census, (says, by), |entry| {
        let near = |distances: fn(&Observation) -> &Vec<f64>| {
            let all: Vec<f64> = entry.seen().flat_map(distances).copied().collect();
            100.0 * share(&all, |distance| distance <= 0.1)
        };
        let snn_gpps = near(|seen| &seen.snn_gpps_to_optimum);
        let minima = near(|seen| &seen.minima_to_optimum);
        (snn_gpps > 2.0 * minima, format!("{snn_gpps:.0} % / {minima:.0} %"))
    })
}

/// Claim ([VG] 3.1, 3.2): ReLU and leaky ReLU have more true optima than the others.
fn kinks(census: &Census) -> Claim {
    let is_kinked = |unit| matches!(unit, Unit::Relu | Unit::LeakyRelu);
    let says = "ReLU and leaky ReLU have more true optima than smooth activations";
    let mut claim = Claim::new(says, " (by more than 3 standard errors in every domain)");
    for domain in Domain::ALL {
        let optima = |wanted: bool| {
            let units = Unit::ALL.into_iter().filter(|&unit| is_kinked(unit) == wanted);
            let seen = units.filter_map(|unit| entry(census, unit, domain)).flat_map(Entry::seen);
            seen.map(|seen| seen.counts.true_optima as f64).collect::<Moments>()
        };
        let (with, without) = (optima(true), optima(false));
        let error = with.standard_error().hypot(without.standard_error());
        let difference = with.mean() - without.mean();
        claim.row(
            difference > 3.0 * error,
            format_args!(
                "   {:<18}{:>6.2} against {:.2}, difference {difference:+.2} ± {error:.2}\n",
                domain.name(),
                with.mean(),
                without.mean()
            ),
        );
    }
    claim
}

/// Claim ([VG] 3, 5): the fewest SNN-GPPs of each class are softsign's and ELU's.
fn best_of_class(census: &Census) -> Claim {
    let says = "Softsign and ELU have the fewest SNN-GPPs of their classes";
    let mut claim = Claim::new(says, " (means, in every domain)");
    for domain in Domain::ALL {
        claim.row(true, format_args!("   {:<18}", domain.name()));
        let classes =
            [(Unit::SATURATION, Unit::Softsign, "  |"), (Unit::SPARSITY, Unit::Elu, "\n")];
        for (class, expected, end) in classes {
            let mean_of = |unit: Unit| {
                let entry = entry(census, unit, domain);
                entry.map_or(f64::NAN, |entry| mean(entry, |counts| counts.snn_gpps))
            };
            for unit in class {
                claim.row(true, format_args!("  {} {:.1}", unit.name(), mean_of(unit)));
            }
            let best = class.into_iter().min_by(|&a, &b| mean_of(a).total_cmp(&mean_of(b)));
            claim.row(best == Some(expected), format_args!("{end}"));
        }
    }
    claim
}

/// Claim ([VG] 4): batches of 50 have about a third of the SNN-GPPs, and as many minima.
fn larger_batches(census: &Census) -> Claim {
    let mut claim = Claim::new(
        "Batches of 50 instead of 10 cut SNN-GPPs to about a third and leave the minima",
        " (Sigmoid; a factor of 2 to 4, minima within 20 %, in every domain)",
    );
    for domain in Domain::ALL {
        let entry = |batch| census.get(Setting { unit: Unit::Sigmoid, domain, batch });
        let (Some(small), Some(large)) = (entry(10), entry(50)) else { continue };
        let snn = mean(small, |counts| counts.snn_gpps) / mean(large, |counts| counts.snn_gpps);
        let minima =
            mean(large, |counts| counts.local_minima) / mean(small, |counts| counts.local_minima);
        claim.row(
            (2.0..=4.0).contains(&snn) && (0.8..=1.2).contains(&minima),
            format_args!(
                "   {:<18}SNN-GPPs {snn:.2} times fewer, minima times {minima:.2}\n",
                domain.name()
            ),
        );
    }
    claim
}

/// Claim ([VG] 2.2): slopes are less affected by sampling than losses.
fn noise(noises: &[Noise]) -> Claim {
    let by = format!(
        " (noise over signal smaller for the slope everywhere; noise is the rms sd of batches of 10 \
         over a line, signal the full batch's sd along it, medians over lines)\n   {:<30}{:>8}{:>8}",
        "", "loss", "slope"
    );
    let mut claim = Claim::new("Sampling disturbs slopes less than losses", by);
    for Noise { setting: Setting { unit, domain, .. }, loss, slope, .. } in noises {
        let (unit, domain) = (unit.name(), domain.name());
        let less = if slope < loss { "slope" } else { "loss" };
        let ratios = format_args!("{loss:>8.2}{slope:>8.2}   less noisy: {less}");
        claim.row(slope < loss, format_args!("   {unit:<12}{domain:<18}{ratios}\n"));
    }
    claim
}

/// Claim ([VG] 2.2): with bounded activation derivatives, the gradient's variance is bounded, and
/// smaller than the loss's where errors are large.
fn variance(noises: &[Noise]) -> Claim {
    let mut claim = Claim::new(
        "Where errors are large, as with the sparsity class on [-20, 20], the loss varies more than the \
         slope",
        " (there, the slope's sd exceeds the loss's at less than 5 % of the points)\n   points where the \
         slope's sd, along a unit vector, exceeds the loss's",
    );
    for Noise { setting: Setting { unit, domain, .. }, slope_noisier, .. } in noises {
        let has_large_errors = *domain == Domain::Global && Unit::SPARSITY.contains(unit);
        claim.row(
            !has_large_errors || *slope_noisier < 0.05,
            format_args!(
                "   {:<12}{:<18}{:>5.0} %\n",
                unit.name(),
                domain.name(),
                100.0 * slope_noisier
            ),
        );
    }
    claim.rows += "   The argument bounds the model's gradient by the activations' derivatives. It leaves \
                   out the weights, by which the chain rule multiplies: near the start, where weights and \
                   errors are small, or far out, where weights are large, the bound is no guide.\n";
    claim
}
