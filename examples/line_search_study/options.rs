//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use gols::mlp::Activation;
use lexopt::prelude::*;

use crate::catalogue::{ENTRIES, find};
use crate::methods::{self, GROUPS, Method, STUDY};
use crate::setup::{ACTIVATIONS, Batch, Setup};
use crate::training::Settings;

/// What `--help` prints.
pub const USAGE: &str = "\
Trains networks on 22 classification data sets with every line search, and puts the claims of
Kafka and Wilke's paper to the test.

usage: cargo run --release --example line_search_study -- [options]

  --data DIR         the folder of the data sets; NAME/NAME.dt (or .dt.gz) below it can be run
                     besides the named ones   [GOLS_DATA; without it, Iris alone, which is bundled]
  --only NAME,...    these data sets                                    [the paper's 22]
  --methods NAME,... these methods, or groups                           [the paper's 14]
  --runs N           starts shared by all methods                       [10]
  --iterations N     iterations of each run                             [3000]
  --cost N           each run ends at N function evaluations instead (a loss is 1, a gradient 2)
  --threads N        runs at a time; the results do not depend on it    [all cores]
  --seed S           fixes the starts and the batches                   [1]
  --batch N          samples in a mini-batch, or full for all           [10]
  --layers N,...     numbers of hidden layers, each a problem           [1,2; mnist 1]
  --width X          multiplies the numbers of hidden nodes             [1]
  --activation NAME  of the hidden layers: sigmoid, tanh, softsign, relu, leaky-relu, elu, linear
                     [sigmoid; the outputs are sigmoids]
  --loss-scale X     multiplies loss and gradient, not the errors that are reported   [1]
  --out DIR          results, reports, figures; a study that was stopped goes on there
                     [target/line_search_study]
  --beside DIR,...   the --out folders of studies with other settings, to report how far errors move
  --help             this text

methods: GoldenSection, Armijo, ArmijoResampled, BisectionGols, InexactGols,
GoldenSectionUncapped, BisectionGolsUncapped, Fixed1e-4, Fixed1e-3, ..., Fixed1e2
more, if named: Adam1e-4, Adam1e-3, ..., Adam1e0, DAdaptation (for Adam), DAdaptationSgd, Prodigy,
DoG (its average), DoGLast, SLS
groups: FixedGrid, AdamGrid
";

pub struct Options {
    pub data: Option<PathBuf>,
    pub only: Vec<String>,
    pub methods: Vec<&'static Method>,
    /// Numbers of hidden layers, if they are not the paper's.
    pub layers: Option<Vec<usize>>,
    pub runs: usize,
    pub settings: Settings,
    pub threads: usize,
    pub out: PathBuf,
    /// The folders of other studies to report on.
    pub beside: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: std::env::var_os("GOLS_DATA").map(PathBuf::from),
            only: Vec::new(),
            methods: STUDY.iter().collect(),
            layers: None,
            runs: 10,
            settings: Settings { iterations: 3000, cost: None, seed: 1, setup: Setup::default() },
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            out: PathBuf::from("target/line_search_study"),
            beside: Vec::new(),
        }
    }
}

impl Options {
    /// Reads the arguments, the program's name first; `None` asks for help.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_iter(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("data") => options.data = Some(path(&mut parser)?),
                Long("out") => options.out = path(&mut parser)?,
                Long("beside") => {
                    let list = names(&value(&mut parser, "--beside")?, "--beside")?;
                    options.beside = list.into_iter().map(PathBuf::from).collect();
                }
                Long("only") => options.only = names(&value(&mut parser, "--only")?, "--only")?,
                Long("methods") => {
                    let list = names(&value(&mut parser, "--methods")?, "--methods")?;
                    options.methods = chosen(&list)?;
                }
                Long("runs") => options.runs = count(&mut parser, "--runs", 10_000)?,
                Long("threads") => options.threads = count(&mut parser, "--threads", 1024)?,
                Long("iterations") => {
                    options.settings.iterations = count(&mut parser, "--iterations", 10_000_000)?;
                }
                Long("cost") => {
                    options.settings.cost =
                        Some(count(&mut parser, "--cost", 1_000_000_000)? as u64);
                }
                Long("seed") => {
                    let text = value(&mut parser, "--seed")?;
                    let expected = "a whole number of at most 64 bits";
                    options.settings.seed = parse(&text, "--seed", expected)?;
                }
                Long("batch") => options.settings.setup.batch = batch(&mut parser)?,
                Long("layers") => options.layers = Some(layers(&mut parser)?),
                Long("width") => options.settings.setup.width = factor(&mut parser, "--width")?,
                Long("activation") => options.settings.setup.activation = activation(&mut parser)?,
                Long("loss-scale") => {
                    options.settings.setup.loss_scale = factor(&mut parser, "--loss-scale")?;
                }
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().to_string()),
            }
        }
        options.check()?;
        Ok(Some(options))
    }

    fn check(&self) -> Result<(), String> {
        if let Some(data) = self.data.as_deref().filter(|data| !data.is_dir()) {
            return Err(format!("the data folder {} does not exist", data.display()));
        }
        let known = |name: &String| find(name).is_some() || self.is_proben1(name);
        match self.only.iter().find(|name| !known(name)) {
            Some(name) => {
                let known: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
                let known = known.join(", ");
                Err(format!("there is no data set '{name}'; known are {known}, and NAME/NAME.dt"))
            }
            None => Ok(()),
        }
    }

    /// Whether the data folder holds `name/name.dt`, packed or not.
    fn is_proben1(&self, name: &str) -> bool {
        let Some(data) = self.data.as_deref() else { return false };
        let is_file = |end: &str| data.join(name).join(format!("{name}{end}")).is_file();
        !Path::new(name).has_root()
            && !name.contains(['/', '\\'])
            && (is_file(".dt") || is_file(".dt.gz"))
    }

    /// Whether methods are to be run that the paper does not have: then the study compares all.
    pub fn has_others(&self) -> bool {
        self.methods.iter().any(|method| STUDY.iter().all(|known| known.name != method.name))
    }

    /// The names of the data sets to run.
    pub fn names(&self) -> Vec<String> {
        match (self.only.is_empty(), &self.data) {
            (false, _) => self.only.clone(),
            (true, Some(_)) => ENTRIES.iter().map(|entry| entry.name.to_owned()).collect(),
            (true, None) => vec!["iris".to_owned()],
        }
    }
}

fn chosen(list: &[String]) -> Result<Vec<&'static Method>, String> {
    let mut wanted: Vec<&str> = Vec::new();
    for name in list {
        match GROUPS.iter().find(|(group, _)| group == name) {
            Some((_, members)) => wanted.extend(*members),
            None if methods::find(name).is_some() => wanted.push(name),
            None => {
                let known: Vec<&str> = methods::all().map(|method| method.name).collect();
                let groups = GROUPS.map(|(group, _)| group).join(", ");
                let known = known.join(", ");
                return Err(format!("there is no method '{name}'; known are {known}, {groups}"));
            }
        }
    }
    Ok(methods::all().filter(|method| wanted.contains(&method.name)).collect())
}

fn batch(parser: &mut lexopt::Parser) -> Result<Batch, String> {
    let text = value(parser, "--batch")?;
    if text == "full" {
        return Ok(Batch::Full);
    }
    let expected = "a whole number from 1 to 1000000, or full";
    match parse(&text, "--batch", expected)? {
        size if (1..=1_000_000).contains(&size) => Ok(Batch::Size(size)),
        _ => Err(format!("--batch is {text}, but must be {expected}")),
    }
}

fn layers(parser: &mut lexopt::Parser) -> Result<Vec<usize>, String> {
    let expected = "whole numbers from 1 to 100 between commas";
    let mut layers = Vec::new();
    for text in names(&value(parser, "--layers")?, "--layers")? {
        match parse(&text, "--layers", expected)? {
            number if (1..=100).contains(&number) => layers.push(number),
            _ => return Err(format!("--layers holds {text}, but must be {expected}")),
        }
    }
    layers.sort_unstable();
    Ok(layers)
}

fn factor(parser: &mut lexopt::Parser, option: &str) -> Result<f64, String> {
    let text = value(parser, option)?;
    let expected = "a number from 1e-6 to 1e6";
    match parse::<f64>(&text, option, expected)? {
        factor if (1e-6..=1e6).contains(&factor) => Ok(factor),
        _ => Err(format!("{option} is {text}, but must be {expected}")),
    }
}

fn activation(parser: &mut lexopt::Parser) -> Result<Activation, String> {
    let text = value(parser, "--activation")?;
    let named = ACTIVATIONS.iter().find(|(name, _)| *name == text);
    named.map(|(_, activation)| *activation).ok_or_else(|| {
        let known = ACTIVATIONS.map(|(name, _)| name).join(", ");
        format!("--activation is '{text}', but must be one of {known}")
    })
}

/// Names between commas, each once.
fn names(text: &str, option: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim) {
        if name.is_empty() {
            return Err(format!("{option} is '{text}', but must be names between commas"));
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    parser.value().map(PathBuf::from).map_err(|error| error.to_string())
}

fn value(parser: &mut lexopt::Parser, option: &str) -> Result<String, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|value| format!("{option} {} is no text", value.display()))
}

fn count(parser: &mut lexopt::Parser, option: &str, most: usize) -> Result<usize, String> {
    let text = value(parser, option)?;
    let expected = format!("a whole number from 1 to {most}");
    match parse(&text, option, &expected)? {
        count if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!("{option} is {text}, but must be {expected}")),
    }
}

fn parse<N: FromStr>(text: &str, option: &str, expected: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{option} is '{text}', but must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Options>, String> {
        let words = std::iter::once("study").chain(text.split_whitespace());
        Options::parse(words.map(OsString::from))
    }

    #[test]
    fn what_is_wrong_is_said_by_name() {
        for (arguments, part) in [
            ("--runs 0", "--runs is 0"),
            ("--runs ten", "--runs is 'ten'"),
            ("--methods InexactGols,Newton", "no method 'Newton'"),
            ("--only iris,,glass1", "names between commas"),
            ("--only nowhere", "no data set 'nowhere'"),
            ("--data /there/is/no/such/folder", "does not exist"),
            ("--colour blue", "--colour"),
            ("--batch 0", "--batch is 0"),
            ("--batch all", "--batch is 'all'"),
            ("--layers 1,0", "--layers holds 0"),
            ("--width NaN", "--width is NaN"),
            ("--loss-scale 0", "--loss-scale is 0"),
            ("--activation swish", "--activation is 'swish'"),
        ] {
            let message = parse(arguments).err().unwrap();
            assert!(message.contains(part), "{arguments}: {message}");
        }
    }

    #[test]
    fn methods_keep_their_order_whatever_that_of_their_names() {
        let options = parse("--methods InexactGols,GoldenSection").unwrap().unwrap();
        let names: Vec<&str> = options.methods.iter().map(|method| method.name).collect();
        assert_eq!(names, ["GoldenSection", "InexactGols"]);
    }

    #[test]
    fn a_group_stands_for_its_methods_each_once() {
        let options = parse("--methods SLS,AdamGrid,Adam1e-3").unwrap().unwrap();
        let names: Vec<&str> = options.methods.iter().map(|method| method.name).collect();
        assert_eq!(names, ["Adam1e-4", "Adam1e-3", "Adam1e-2", "Adam1e-1", "Adam1e0", "SLS"]);
        assert_eq!(Options::default().methods.len(), 14);
    }

    #[test]
    fn the_setup_is_read() {
        let text = "--batch full --layers 3,1 --width 0.5 --activation elu --loss-scale 1e3";
        let options = parse(text).unwrap().unwrap();
        let setup =
            Setup { batch: Batch::Full, width: 0.5, activation: Activation::Elu, loss_scale: 1e3 };
        assert_eq!((options.settings.setup, options.layers), (setup, Some(vec![1, 3])));
    }
}
