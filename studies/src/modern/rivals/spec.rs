//! Rivals by name and settings: `adam:rate=0.001`, `gols:cap=3,threshold=0.25`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ::gols::{Error, Real};
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use super::dog::Dog;
use super::prodigy::Prodigy;
use super::prodigy_schedule_free::ProdigyScheduleFree;
use super::schedule::Schedule;
use super::schedule_free::ScheduleFree;
use super::sgd::Sgd;
use super::{Rival, gols};

/// Rates half a decade apart.
const ADAM_GRID: &[f64] = &[3e-4, 1e-3, 3e-3, 1e-2, 3e-2];
const SGD_GRID: &[f64] = &[1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0];
/// The authors' default among them.
const SCHEDULE_FREE_GRID: &[f64] = &[1e-3, 2.5e-3, 3e-3, 1e-2, 3e-2];

/// What only some directions have stands last.
const GOLS_ADAM_W: &[&str] = &[
    "threshold",
    "least",
    "averaging",
    "growth",
    "ramp",
    "initial",
    "cap",
    "safeguards",
    "beta",
    "delay",
    "recency",
    "most-recency",
    "reach",
    "beta1",
    "beta2",
    "decay",
];
const GOLS: &[&str] = GOLS_ADAM_W.split_at(GOLS_ADAM_W.len() - 1).0;
const GOLS_GRADIENT: &[&str] = GOLS_ADAM_W.split_at(GOLS_ADAM_W.len() - 3).0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Adam(Schedule),
    AdamW,
    Sgd,
    Momentum,
    ScheduleFree,
    Prodigy(Schedule),
    ProdigyScheduleFree,
    Dog,
    Gols,
    GolsGradient,
    GolsAdamW,
    AmortizedGols,
}

/// A rule, what can be set of it, and the rates that its bare name stands for.
#[derive(Debug, PartialEq)]
pub struct Kind {
    pub name: &'static str,
    pub grid: &'static [f64],
    pub settings: &'static [&'static str],
    rule: Rule,
}

const fn kind(
    name: &'static str,
    rule: Rule,
    grid: &'static [f64],
    settings: &'static [&'static str],
) -> Kind {
    Kind { name, grid, settings, rule }
}

/// All rules.
pub const KINDS: [Kind; 15] = [
    kind("gols", Rule::Gols, &[], GOLS),
    kind("gols-gradient", Rule::GolsGradient, &[], GOLS_GRADIENT),
    kind("gols-adamw", Rule::GolsAdamW, &[], GOLS_ADAM_W),
    kind("amortized-gols", Rule::AmortizedGols, &[], GOLS),
    kind("adam", Rule::Adam(Schedule::Constant), ADAM_GRID, &["rate"]),
    kind("adam-linear", Rule::Adam(Schedule::Linear), ADAM_GRID, &["rate"]),
    kind("adamw", Rule::AdamW, &[1e-3], &["rate", "decay"]),
    kind("sgd", Rule::Sgd, SGD_GRID, &["rate"]),
    kind("momentum", Rule::Momentum, SGD_GRID, &["rate"]),
    kind("schedule-free", Rule::ScheduleFree, SCHEDULE_FREE_GRID, &["rate", "warmup"]),
    kind("prodigy", Rule::Prodigy(Schedule::Constant), &[], &[]),
    kind("prodigy-linear", Rule::Prodigy(Schedule::Linear), &[], &[]),
    kind("prodigy-cosine", Rule::Prodigy(Schedule::Cosine), &[], &[]),
    kind("prodigy-schedule-free", Rule::ProdigyScheduleFree, &[], &[]),
    kind("dog", Rule::Dog, &[], &[]),
];

/// A rival: a rule with settings, the others at their defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Spec {
    kind: &'static Kind,
    settings: BTreeMap<String, f64>,
}

impl Spec {
    /// The rivals of a list such as `adam,gols:cap=3,beta=0.8,dog`: a bare name with a grid stands for all its rates.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        let mut names: Vec<String> = Vec::new();
        for part in text.split(',').map(str::trim) {
            match names.last_mut() {
                // A setting of the rival before it.
                Some(name) if part.contains('=') && !part.contains(':') => {
                    name.push(if name.contains(':') { ',' } else { ':' });
                    name.push_str(part);
                }
                _ => names.push(part.to_owned()),
            }
        }
        let mut all: Vec<Self> = Vec::new();
        for name in names {
            for spec in name.parse::<Self>()?.rates() {
                if !all.contains(&spec) {
                    all.push(spec);
                }
            }
        }
        Ok(all)
    }

    /// Every rule as its bare name stands for it.
    pub fn all() -> Vec<Self> {
        let bare = |kind| Self { kind, settings: BTreeMap::new() };
        KINDS.iter().flat_map(|kind| bare(kind).rates()).collect()
    }

    /// One at each rate of its grid, unless it has none or a rate is set.
    fn rates(self) -> Vec<Self> {
        if self.kind.grid.is_empty() || self.rate().is_some() {
            return vec![self];
        }
        let at = |&rate| {
            let mut spec = self.clone();
            spec.settings.insert("rate".to_owned(), rate);
            spec
        };
        self.kind.grid.iter().map(at).collect()
    }

    /// The name, with all settings but the rate.
    pub fn family(&self) -> String {
        self.written(|name| name != "rate")
    }

    pub fn rate(&self) -> Option<f64> {
        self.settings.get("rate").copied()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.settings.contains_key(name)
    }

    pub(super) fn get(&self, name: &str, default: f64) -> f64 {
        self.settings.get(name).copied().unwrap_or(default)
    }

    /// The same with this setting, unless it is there.
    pub(super) fn or(mut self, name: &str, value: f64) -> Self {
        self.settings.entry(name.to_owned()).or_insert(value);
        self
    }

    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, f64)> {
        self.settings.iter().map(|(name, &value)| (name.as_str(), value))
    }

    /// Begins a run of so many updates from these parameters.
    pub fn start<T: Real + 'static>(
        &self,
        x0: &[T],
        updates: usize,
    ) -> Result<Box<dyn Rival<T>>, Error> {
        let (rate, size) = (self.get("rate", 1e-3), x0.len());
        Ok(match self.kind.rule {
            Rule::Adam(schedule) => Box::new(Adam::new(rate, schedule, size, updates)),
            Rule::AdamW => {
                let adam = Adam::new(rate, Schedule::Constant, size, updates);
                Box::new(adam.with_weight_decay(self.get("decay", 0.01)))
            }
            Rule::Sgd => Box::new(Sgd::new(rate, 0.0, size)),
            Rule::Momentum => Box::new(Sgd::new(rate, 0.9, size)),
            Rule::ScheduleFree => Box::new(ScheduleFree::new(rate, self.get("warmup", 0.0), x0)),
            Rule::Prodigy(schedule) => Box::new(Prodigy::new(schedule, x0, updates)),
            Rule::ProdigyScheduleFree => Box::new(ProdigyScheduleFree::new(x0)),
            Rule::Dog => Box::new(Dog::new(x0)),
            Rule::Gols => gols::along_adam(self, x0)?,
            Rule::GolsGradient => gols::along_gradient(self, x0)?,
            Rule::GolsAdamW => gols::along_adam_w(self, x0)?,
            Rule::AmortizedGols => gols::unaveraged(self, x0)?,
        })
    }

    fn written(&self, keep: impl Fn(&str) -> bool) -> String {
        let kept = self.settings.iter().filter(|(name, _)| keep(name));
        let settings: Vec<String> = kept.map(|(name, value)| format!("{name}={value}")).collect();
        let colon = if settings.is_empty() { "" } else { ":" };
        format!("{}{colon}{}", self.kind.name, settings.join(","))
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(|_| true))
    }
}

impl From<Spec> for String {
    fn from(spec: Spec) -> Self {
        spec.to_string()
    }
}

impl TryFrom<String> for Spec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, list) = text.split_once(':').unwrap_or((text, ""));
        let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let known = KINDS.map(|kind| kind.name).join(", ");
            format!("there is no rival '{name}'; known are {known}")
        })?;
        let mut settings = BTreeMap::new();
        for setting in list.split(',').filter(|setting| !setting.is_empty()) {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            if !kind.settings.contains(&key) {
                let known = kind.settings.join(", ");
                return Err(format!("{name} has no setting '{key}'; it has {known}"));
            }
            let number = value.parse().ok().filter(|value: &f64| !value.is_nan());
            let value =
                number.ok_or_else(|| format!("{name}:{key} is '{value}', but must be a number"))?;
            settings.insert(key.to_owned(), value);
        }
        let spec = Self { kind, settings };
        // Settings that the rule refuses are named here, not in the middle of a study.
        spec.start(&[0.0_f32], 1).map_err(|error| format!("{text}: {error}"))?;
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_the_rival_back_and_the_order_of_settings_is_nothing() {
        let spec: Spec = "gols:threshold=0.250,cap=inf".parse().unwrap();
        assert_eq!(spec.to_string(), "gols:cap=inf,threshold=0.25");
        assert_eq!(spec.to_string().parse(), Ok(spec));
    }

    #[test]
    fn a_bare_name_stands_for_its_grid_and_a_part_with_an_equals_sign_for_a_setting() {
        let names =
            |text| Spec::list(text).unwrap().iter().map(Spec::to_string).collect::<Vec<_>>();
        let expected = ["gols:beta=0.8,cap=3", "dog", "adamw:rate=0.001"];
        assert_eq!(names("gols:cap=3,beta=0.8,dog,adamw,dog"), expected);
        assert_eq!(names("adam").len(), 5);
        assert_eq!(Spec::list("schedule-free").unwrap()[1].family(), "schedule-free");
        assert_eq!(Spec::all().len(), 4 + 5 + 5 + 1 + 7 + 7 + 5 + 5);
    }

    #[test]
    fn what_is_wrong_is_said_beside_what_would_be_right() {
        for (text, part) in [
            ("newton", "there is no rival 'newton'; known are gols,"),
            ("dog:rate=1", "dog has no setting 'rate'"),
            ("gols:cap=wide", "gols:cap is 'wide', but must be a number"),
            ("gols:threshold=2", "[0, 1]"),
        ] {
            let message = Spec::list(text).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }
}
