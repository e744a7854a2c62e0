//! The command line.

use std::path::PathBuf;

use gols_studies::AnyError;
use gols_studies::modern::problem::{self, Case};
use gols_studies::modern::rivals::{KINDS, Spec};
use gols_studies::options::Arguments;
use gols_studies::pool::Pool;
use gols_studies::table::markdown;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Trains today's networks by the optimizer and by its rivals, and reports their losses as ratios to the
best rates in hindsight.

usage: cargo run --release -p gols-studies --bin modern -- [options]

  --data DIR          the folder of the data sets          [GOLS_DATA; without it, the bundled cases]
  --case NAME,...     these cases                          [all that are not held back]
  --held-back         those that are held back, too: no setting was chosen on them
  --rival NAME,...    these rivals, their settings after a colon: gols:cap=3,beta=0.8,adam,dog; a bare
                      name stands for all rates of its grid                          [all]
  --seeds N           starts and orders of mini-batches, shared by all rivals        [5]
  --updates-scale X   multiplies the updates of every run, for a quick look          [1]
  --threads N         runs at a time; the results do not depend on it                [all cores]
  --out DIR           results, tables, figures; a study that was stopped goes on there, and rivals that
                      were run before are reported, too                     [target/modern]
  --beside DIR,...    the --out folders of other studies whose rivals are reported, too
                      (of a rival in both, the runs in --out count: so can a rule that was changed be
                      compared anew with all that was not)
  --list              the cases and the rivals with their settings
  --help              this text
";

pub(crate) struct Options {
    pub data: Option<PathBuf>,
    pub only: Vec<String>,
    pub held_back: bool,
    pub rivals: Vec<Spec>,
    pub seeds: u64,
    pub updates_scale: f64,
    pub pool: Pool,
    pub out: PathBuf,
    pub beside: Vec<PathBuf>,
    pub list: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: std::env::var_os("GOLS_DATA").map(PathBuf::from),
            only: Vec::new(),
            held_back: false,
            rivals: Spec::all(),
            seeds: 5,
            updates_scale: 1.0,
            pool: Pool::default(),
            out: PathBuf::from("target/modern"),
            beside: Vec::new(),
            list: false,
        }
    }
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(option) = arguments.next_option()? {
            match option.as_str() {
                "--data" => options.data = Some(arguments.path()?),
                "--out" => options.out = arguments.path()?,
                "--beside" => {
                    options.beside = arguments.names()?.into_iter().map(PathBuf::from).collect();
                }
                "--case" => options.only = arguments.names()?,
                "--held-back" => options.held_back = true,
                "--rival" => options.rivals = Spec::list(&arguments.text()?)?,
                "--seeds" => options.seeds = arguments.whole(1..=1000)?,
                "--updates-scale" => options.updates_scale = arguments.number(1e-6..=1e3)?,
                "--threads" => options.pool = Pool::new(arguments.whole(1..=1024)?),
                "--list" => options.list = true,
                _ => return Err(arguments.unknown()),
            }
        }
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(data) = self.data.as_deref().filter(|data| !data.is_dir()) {
            return Err(format!("the data folder {} does not exist", data.display()));
        }
        let known = problem::all();
        let unknown = self.only.iter().find(|name| known.iter().all(|case| case.name != *name));
        unknown.map_or(Ok(()), |name| {
            let known: Vec<&str> = known.iter().map(|case| case.name).collect();
            Err(format!("there is no case '{name}'; known are {}", known.join(", ")))
        })
    }

    /// The cases to run; what cannot be read is named on stderr and left out.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let is_meant = |case: &Case| match self.only.is_empty() {
            true => {
                (self.held_back || !case.is_held_back) && (self.data.is_some() || case.is_bundled)
            }
            false => self.only.iter().any(|name| name == case.name),
        };
        let is_there = |case: &Case| match case.load(self.data.as_deref()) {
            Ok(_) => true,
            Err(error) => {
                eprintln!("{} is skipped: {error}", case.name);
                false
            }
        };
        problem::all().into_iter().filter(is_meant).filter(is_there).collect()
    }

    /// What all runs of a folder have in common.
    pub(crate) fn header(&self) -> String {
        format!("{{\"updates_scale\":{}}}", self.updates_scale)
    }
}

/// The cases and the rivals as tables.
pub(crate) fn listing() -> Result<String, AnyError> {
    let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
    let cases = problem::all().into_iter().map(|case| {
        vec![
            case.name.to_owned(),
            format!("{:?}", case.group),
            case.batch.to_string(),
            case.updates.to_string(),
            yes(case.is_bundled),
            yes(case.is_held_back),
        ]
    });
    let header = ["case", "group", "batch", "updates", "bundled", "held back"];
    let cases = markdown(&header, &cases.collect::<Vec<_>>());
    let rivals = KINDS.iter().map(|kind| {
        let grid: Vec<String> = kind.grid.iter().map(f64::to_string).collect();
        vec![kind.name.to_owned(), grid.join(" "), kind.settings.join(" ")]
    });
    let rivals = markdown(&["rival", "rates", "settings"], &rivals.collect::<Vec<_>>());
    Ok(format!("{cases}\n{rivals}"))
}
