//! The paper's claims, measured over many starts, each with a verdict.
//!
//! What decides a verdict stands beside it in words, and was fixed before the numbers were seen.

use std::fmt::Write;

use gols::landscape::Moments;

use crate::census::{Census, Entry};
use crate::lines::{Counts, Setting};
use crate::noise::Noise;
use crate::problem::{Domain, UNITS, Unit};
use crate::statistics::share;

/// The settings that the claims speak of: all of the tables'.
pub fn settings() -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for setting in [1, 2, 3].into_iter().flat_map(crate::tables::settings) {
        if !all.contains(&setting) {
            all.push(setting);
        }
    }
    all
}

/// The settings whose noise is measured.
pub fn noise_settings() -> Vec<Setting> {
    let units = |domain| UNITS.map(move |unit| Setting { unit, domain, batch: 10 });
    [Domain::Global, Domain::LocalUnit].into_iter().flat_map(units).collect()
}

/// All claims as text.
pub fn render(census: &Census, noises: &[Noise], seeds: usize) -> String {
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
    for (number, claim) in claims.into_iter().enumerate() {
        let _ = writeln!(text, "{}. {claim}", number + 1);
    }
    text
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "does not hold" }
}

fn settings_of(unit: Unit, domain: Domain) -> Setting {
    Setting { unit, domain, batch: 10 }
}

fn mean(entry: &Entry, count: fn(&Counts) -> usize) -> f64 {
    entry.seen().map(|seen| count(&seen.counts) as f64).collect::<Moments>().mean()
}

/// Claim: there are fewer SNN-GPPs than local minima, whatever the start, activation and domain.
fn fewer(census: &Census) -> String {
    let mut all = 0;
    let mut failures = Vec::new();
    for entry in census.entries() {
        for counts in entry.seen().map(|seen| seen.counts) {
            all += 1;
            if counts.snn_gpps >= counts.local_minima {
                let Setting { unit, domain, .. } = entry.setting;
                failures.push(format!(
                    "{} {}: {} SNN-GPPs, {} minima",
                    unit.name,
                    domain.name(),
                    counts.snn_gpps,
                    counts.local_minima
                ));
            }
        }
    }
    let mut text = format!(
        "Fewer SNN-GPPs than local minima for every start, activation and domain: {}\n   in {} of \
         {all} sets of four lines\n",
        verdict(failures.is_empty()),
        all - failures.len()
    );
    for failure in failures.iter().take(5) {
        let _ = writeln!(text, "   not in {failure}");
    }
    text
}

/// Claim ([VG] 3.1): 12 to 32 times more minima than true optima, 1.5 to 6 times more SNN-GPPs.
fn ratios(census: &Census) -> String {
    let mut rows = String::new();
    let mut holds = true;
    for unit in UNITS {
        let Some(entry) = census.get(settings_of(unit, Domain::Global)) else { continue };
        let optima = mean(entry, |counts| counts.true_optima);
        let minima = mean(entry, |counts| counts.local_minima) / optima;
        let snn_gpps = mean(entry, |counts| counts.snn_gpps) / optima;
        holds &= (12.0..=32.0).contains(&minima) && (1.5..=6.0).contains(&snn_gpps);
        let _ = writeln!(rows, "   {:<12}{minima:>8.1}{snn_gpps:>10.1}", unit.name);
    }
    format!(
        "On [-20, 20], 12 to 32 minima and 1.5 to 6 SNN-GPPs for every true optimum: {} (ratios of \
         means, each within its range)\n   {:<12}{:>8}{:>10}\n{rows}",
        verdict(holds),
        "",
        "minima",
        "SNN-GPPs"
    )
}

/// Claim: minima lie uniformly along the line. Uniform places have an sd of 1/√3 = 0.577 half ranges.
fn uniform(census: &Census) -> String {
    let mut rows = String::new();
    let mut holds = true;
    for unit in UNITS {
        let _ = write!(rows, "   {:<12}", unit.name);
        for domain in Domain::ALL {
            let sd = census.get(settings_of(unit, domain)).map_or(f64::NAN, |entry| {
                let places = entry.seen().flat_map(|seen| seen.minima.iter().copied());
                places.collect::<Moments>().standard_deviation()
            });
            holds &= (0.55..=0.61).contains(&sd);
            let _ = write!(rows, "{sd:>18.3}");
        }
        rows.push('\n');
    }
    format!(
        "Local minima are spread uniformly along the lines: {} (sd of their places within 0.55 to \
         0.61 half ranges everywhere; 0.577 is uniform)\n{}{rows}",
        verdict(holds),
        domains_heading()
    )
}

fn domains_heading() -> String {
    let names = Domain::ALL.map(|domain| format!("{:>18}", domain.name())).concat();
    format!("   {:<12}{names}\n", "")
}

/// Claim: SNN-GPPs lie near the true optimum, minima do not.
fn localized(census: &Census) -> String {
    let mut rows = String::new();
    let mut holds = true;
    for unit in UNITS {
        let _ = write!(rows, "   {:<12}", unit.name);
        for domain in Domain::ALL {
            let Some(entry) = census.get(settings_of(unit, domain)) else { continue };
            let near = |all: Vec<f64>| 100.0 * share(&all, |distance| distance <= 0.1);
            let snn =
                near(entry.seen().flat_map(|seen| seen.snn_gpps_to_optimum.clone()).collect());
            let minima =
                near(entry.seen().flat_map(|seen| seen.minima_to_optimum.clone()).collect());
            holds &= snn > 2.0 * minima;
            let _ = write!(rows, "{:>18}", format!("{snn:.0} % / {minima:.0} %"));
        }
        rows.push('\n');
    }
    format!(
        "SNN-GPPs lie near a true optimum, minima do not: {} (share within 10 % of the half range, \
         SNN-GPPs / minima, on lines with an optimum; more than twice the minima's everywhere)\n{}{rows}",
        verdict(holds),
        domains_heading()
    )
}

/// Claim ([VG] 3.1, 3.2): ReLU and leaky ReLU have more true optima than the others.
fn kinks(census: &Census) -> String {
    let kinked = |unit: &Unit| matches!(unit.key, "relu" | "leaky_relu");
    let mut rows = String::new();
    let mut holds = true;
    for domain in Domain::ALL {
        let optima = |wanted: bool| {
            let units = UNITS.into_iter().filter(|unit| kinked(unit) == wanted);
            let entries = units.filter_map(|unit| census.get(settings_of(unit, domain)));
            entries
                .flat_map(|entry| entry.seen().map(|seen| seen.counts.true_optima as f64))
                .collect::<Moments>()
        };
        let (with, without) = (optima(true), optima(false));
        let error = with.standard_error().hypot(without.standard_error());
        let difference = with.mean() - without.mean();
        holds &= difference > 3.0 * error;
        let _ = writeln!(
            rows,
            "   {:<18}{:>6.2} against {:.2}, difference {difference:+.2} ± {error:.2}",
            domain.name(),
            with.mean(),
            without.mean()
        );
    }
    format!(
        "ReLU and leaky ReLU have more true optima than smooth activations: {} (by more than 3 \
         standard errors in every domain)\n{rows}",
        verdict(holds)
    )
}

/// Claim ([VG] 3, 5): the fewest SNN-GPPs of each class are softsign's and ELU's.
fn best_of_class(census: &Census) -> String {
    let mut rows = String::new();
    let mut holds = true;
    for domain in Domain::ALL {
        let _ = write!(rows, "   {:<18}", domain.name());
        for (class, expected) in [(&UNITS[..3], "softsign"), (&UNITS[3..], "elu")] {
            let mean_of = |unit: &Unit| {
                let entry = census.get(settings_of(*unit, domain));
                entry.map_or(f64::NAN, |entry| mean(entry, |counts| counts.snn_gpps))
            };
            let best = class.iter().min_by(|a, b| mean_of(a).total_cmp(&mean_of(b)));
            holds &= best.is_some_and(|unit| unit.key == expected);
            for unit in class {
                let _ = write!(rows, "  {} {:.1}", unit.name, mean_of(unit));
            }
            rows.push_str(if expected == "softsign" { "  |" } else { "\n" });
        }
    }
    format!(
        "Softsign and ELU have the fewest SNN-GPPs of their classes: {} (means, in every domain)\n{rows}",
        verdict(holds)
    )
}

/// Claim ([VG] 4): batches of 50 have about a third of the SNN-GPPs, and as many minima.
fn larger_batches(census: &Census) -> String {
    let mut rows = String::new();
    let mut holds = true;
    for domain in Domain::ALL {
        let entry = |batch| census.get(Setting { unit: UNITS[0], domain, batch });
        let (Some(small), Some(large)) = (entry(10), entry(50)) else { continue };
        let snn = mean(small, |counts| counts.snn_gpps) / mean(large, |counts| counts.snn_gpps);
        let minima =
            mean(large, |counts| counts.local_minima) / mean(small, |counts| counts.local_minima);
        holds &= (2.0..=4.0).contains(&snn) && (0.8..=1.2).contains(&minima);
        let _ = writeln!(
            rows,
            "   {:<18}SNN-GPPs {snn:.2} times fewer, minima times {minima:.2}",
            domain.name()
        );
    }
    format!(
        "Batches of 50 instead of 10 cut SNN-GPPs to about a third and leave the minima: {} \
         (Sigmoid; a factor of 2 to 4, minima within 20 %, in every domain)\n{rows}",
        verdict(holds)
    )
}

/// Claim ([VG] 2.2): slopes are less affected by sampling than losses.
fn noise(noises: &[Noise]) -> String {
    let mut rows = String::new();
    for Noise { setting, loss, slope, .. } in noises {
        let less = if slope < loss { "slope" } else { "loss" };
        let _ = writeln!(
            rows,
            "   {:<12}{:<18}{loss:>8.2}{slope:>8.2}   less noisy: {less}",
            setting.unit.name,
            setting.domain.name()
        );
    }
    let holds = noises.iter().all(|noise| noise.slope < noise.loss);
    format!(
        "Sampling disturbs slopes less than losses: {} (noise over signal smaller for the slope \
         everywhere; noise is the rms sd of batches of 10 over a line, signal the full batch's sd along \
         it, medians over lines)\n   {:<30}{:>8}{:>8}\n{rows}",
        verdict(holds),
        "",
        "loss",
        "slope"
    )
}

/// Claim ([VG] 2.2): with bounded activation derivatives, the gradient's variance is bounded, and
/// smaller than the loss's where errors are large.
fn variance(noises: &[Noise]) -> String {
    let mut rows = String::new();
    for Noise { setting, slope_noisier, .. } in noises {
        let _ = writeln!(
            rows,
            "   {:<12}{:<18}{:>5.0} %",
            setting.unit.name,
            setting.domain.name(),
            100.0 * slope_noisier
        );
    }
    let large_errors = |noise: &&Noise| {
        noise.setting.domain == Domain::Global && UNITS[3..].contains(&noise.setting.unit)
    };
    let holds = noises.iter().filter(large_errors).all(|noise| noise.slope_noisier < 0.05);
    format!(
        "Where errors are large, as with the sparsity class on [-20, 20], the loss varies more than the \
         slope: {} (there, the slope's sd exceeds the loss's at less than 5 % of the points)\n   points \
         where the slope's sd, along a unit vector, exceeds the loss's\n{rows}   The argument bounds the \
         model's gradient by the activations' derivatives. It leaves out the weights, by which the chain \
         rule multiplies: near the start, where weights and errors are small, or far out, where weights \
         are large, the bound is no guide.\n",
        verdict(holds)
    )
}
