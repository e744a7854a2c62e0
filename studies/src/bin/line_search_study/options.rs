//! The command line.

use std::path::{Path, PathBuf};

use gols_studies::options::Arguments;
use gols_studies::pool::Pool;

use crate::methods::{GROUPS, Method};
use crate::setup::{ACTIVATIONS, Batch, Settings, Setup};
use gols_studies::catalogue::{ENTRIES, IRIS, find};

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Trains networks on 22 classification data sets with every line search, and puts the claims of
Kafka and Wilke's paper to the test.

usage: cargo run --release -p gols-studies --bin line_search_study -- [options]

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
  --out DIR          results, tables, figures; a study that was stopped goes on there
                     [target/line_search_study]
  --beside DIR,...   the --out folders of studies with other settings, to report how far errors move
  --help             this text

methods: GoldenSection, Armijo, ArmijoResampled, BisectionGols, InexactGols,
GoldenSectionUncapped, BisectionGolsUncapped, Fixed1e-4, Fixed1e-3, ..., Fixed1e2
more, if named: AmortizedGols, AmortizedGolsAdam (along Adam's direction), AmortizedGolsAdam0 (without
momentum), Optimizer (averaged), Adam1e-4, Adam1e-3, ..., Adam1e0, DAdaptation (for Adam), DAdaptationSgd, Prodigy,
DoG (its average), DoGLast, SLS
groups: FixedGrid, AdamGrid
";

pub(crate) struct Options {
    pub data: Option<PathBuf>,
    pub only: Vec<String>,
    pub methods: Vec<Method>,
    /// Numbers of hidden layers, if they are not the paper's.
    pub layers: Option<Vec<usize>>,
    pub runs: usize,
    pub settings: Settings,
    pub pool: Pool,
    pub out: PathBuf,
    /// The folders of other studies to report on.
    pub beside: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: std::env::var_os("GOLS_DATA").map(PathBuf::from),
            only: Vec::new(),
            methods: Method::all().filter(|method| method.is_of_the_study()).collect(),
            layers: None,
            runs: 10,
            settings: Settings { iterations: 3000, cost: None, seed: 1, setup: Setup::default() },
            pool: Pool::default(),
            out: PathBuf::from("target/line_search_study"),
            beside: Vec::new(),
        }
    }
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(option) = arguments.next_option()? {
            let settings = &mut options.settings;
            match option.as_str() {
                "--data" => options.data = Some(arguments.path()?),
                "--out" => options.out = arguments.path()?,
                "--beside" => {
                    options.beside = arguments.names()?.into_iter().map(PathBuf::from).collect();
                }
                "--only" => options.only = arguments.names()?,
                "--methods" => options.methods = chosen(&arguments.names()?)?,
                "--runs" => options.runs = arguments.whole(1..=10_000)?,
                "--threads" => options.pool = Pool::new(arguments.whole(1..=1024)?),
                "--iterations" => settings.iterations = arguments.whole(1..=10_000_000)?,
                "--cost" => settings.cost = Some(arguments.whole(1..=1_000_000_000)?),
                "--seed" => settings.seed = arguments.whole(0..=u64::MAX)?,
                "--batch" => settings.setup.batch = batch(&mut arguments)?,
                "--layers" => options.layers = Some(layers(&mut arguments)?),
                "--width" => settings.setup.width = arguments.number(1e-6..=1e6)?,
                "--activation" => settings.setup.activation = arguments.one_of(&ACTIVATIONS)?,
                "--loss-scale" => settings.setup.loss_scale = arguments.number(1e-6..=1e6)?,
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
        let known = |name: &String| find(name).is_some() || self.is_proben1(name);
        match self.only.iter().find(|name| !known(name)) {
            Some(name) => {
                let known = ENTRIES.map(|entry| entry.name).join(", ");
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
    pub(crate) fn has_others(&self) -> bool {
        self.methods.iter().any(|method| !method.is_of_the_study())
    }

    /// The names of the data sets to run.
    pub(crate) fn names(&self) -> Vec<&str> {
        match (self.only.is_empty(), &self.data) {
            (false, _) => self.only.iter().map(String::as_str).collect(),
            (true, Some(_)) => ENTRIES.iter().map(|entry| entry.name).collect(),
            (true, None) => vec![IRIS],
        }
    }
}

fn chosen(list: &[String]) -> Result<Vec<Method>, String> {
    let mut wanted: Vec<Method> = Vec::new();
    for name in list {
        match GROUPS.iter().find(|(group, _)| group == name) {
            Some((_, members)) => wanted.extend(*members),
            None => wanted.push(Method::find(name).ok_or_else(|| {
                let groups = GROUPS.map(|(group, _)| group);
                let known: Vec<&str> = Method::all().map(Method::name).chain(groups).collect();
                format!("there is no method '{name}'; known are {}", known.join(", "))
            })?),
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted)
}

fn batch(arguments: &mut Arguments) -> Result<Batch, String> {
    let expected = "a whole number from 1 to 1000000, or full";
    let size = |text: &str| text.parse().ok().filter(|size| (1..=1_000_000).contains(size));
    let text: String = arguments.parsed(expected, |t: &String| t == "full" || size(t).is_some())?;
    Ok(size(&text).map_or(Batch::Full, Batch::Size))
}

fn layers(arguments: &mut Arguments) -> Result<Vec<usize>, String> {
    let layer = |text: &String| {
        let number = text.parse().ok().filter(|number| (1..=100).contains(number));
        let expected = "whole numbers from 1 to 100 between commas";
        number.ok_or_else(|| format!("--layers holds '{text}', but must be {expected}"))
    };
    let mut layers = arguments.names()?.iter().map(layer).collect::<Result<Vec<usize>, _>>()?;
    layers.sort_unstable();
    Ok(layers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::{ADAM, ADAM_DEFAULT};
    use gols::mlp::Activation;

    fn parse(text: &str) -> Result<Options, String> {
        let words = std::iter::once("study").chain(text.split_whitespace());
        Options::parse(Arguments::new(words.map(Into::into)))
    }

    #[test]
    fn what_is_wrong_is_said_by_name() {
        for (arguments, part) in [
            ("--runs 0", "--runs is '0'"),
            ("--methods InexactGols,Newton", "no method 'Newton'"),
            ("--only nowhere", "no data set 'nowhere'"),
            ("--data /there/is/no/such/folder", "does not exist"),
            ("--colour blue", "--colour"),
            ("--batch 0", "--batch is '0'"),
            ("--batch all", "--batch is 'all'"),
            ("--layers 1,0", "--layers holds '0'"),
            ("--width NaN", "--width is 'NaN'"),
            ("--activation swish", "--activation is 'swish'"),
        ] {
            let message = parse(arguments).err().unwrap();
            assert!(message.contains(part), "{arguments}: {message}");
        }
    }

    #[test]
    fn methods_keep_their_order_and_a_group_stands_for_its_methods_each_once() {
        let methods = |list: &str| parse(&format!("--methods {list}")).unwrap().methods;
        let expected = [Method::GoldenSection, Method::InexactGols];
        assert_eq!(methods("InexactGols,GoldenSection"), expected);
        let expected = [&ADAM[..], &[Method::Sls]].concat();
        assert_eq!(methods(&format!("SLS,AdamGrid,{ADAM_DEFAULT}")), expected);
        assert_eq!(Options::default().methods.len(), 14);
    }

    #[test]
    fn the_setup_is_read() {
        let text = "--batch full --layers 3,1 --width 0.5 --activation elu --loss-scale 1e3";
        let options = parse(text).unwrap();
        let (batch, activation) = (Batch::Full, Activation::Elu);
        let setup = Setup { batch, width: 0.5, activation, loss_scale: 1e3 };
        assert_eq!((options.settings.setup, options.layers), (setup, Some(vec![1, 3])));
    }
}
