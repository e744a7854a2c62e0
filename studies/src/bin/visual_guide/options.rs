//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use gols_studies::options::Arguments;
use gols_studies::pool::Pool;

use crate::tables::Table;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
The figures and tables of \"Traversing the noise of dynamic mini-batch sub-sampled loss functions: a
visual guide\" (Kafka and Wilke), drawn and counted anew.

usage: cargo run --release -p gols-studies --bin visual_guide -- [options]

  --figure N     a figure of the paper: 2, 3, 5 to 22; or lr3, figure 3 of the line-search
                 paper, which needs --data. May be given several times   [all]
  --table N      a table of the paper: 1, 2 or 3. May be given several
                 times                                                   [all]
  --claims       measure the paper's claims; with --figure or --table,
                 only if asked for                                       [yes]
  --seeds K      starts over which tables and claims are averaged        [20]
  --seed S       the first start, which the figures show                 [1]
  --data DIR     where glass1/glass1.dt or glass1.dt lies, for lr3       [none]
  --out DIR      where figures are written          [target/visual_guide]
  --json FILE    writes every table cell there                           [none]
  --threads T    threads; results do not depend on it        [one a core]
  --help         this text

Without --figure, --table and --claims, everything is made.
";

/// The figures of [VG] that are made; 1 is a sketch, 4 needs MNIST.
pub(crate) const FIGURES: [u8; 20] =
    [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// A figure of [VG].
    Guide(u8),
    /// Figure 3 of [LR].
    Ball,
}

impl Figure {
    pub(crate) fn file_name(self) -> String {
        match self {
            Self::Guide(number) => format!("figure_{number:02}.svg"),
            Self::Ball => "figure_lr3.svg".to_owned(),
        }
    }
}

impl FromStr for Figure {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.parse() {
            Ok(number) if FIGURES.contains(&number) => Ok(Self::Guide(number)),
            _ if text == "lr3" => Ok(Self::Ball),
            _ => Err(()),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Options {
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    pub claims: bool,
    pub seeds: usize,
    pub seed: u64,
    pub data: Option<PathBuf>,
    pub out: PathBuf,
    pub json: Option<PathBuf>,
    pub pool: Pool,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self {
            figures: Vec::new(),
            tables: Vec::new(),
            claims: false,
            seeds: 20,
            seed: 1,
            data: None,
            out: PathBuf::from("target/visual_guide"),
            json: None,
            pool: Pool::default(),
        };
        while let Some(option) = arguments.next_option()? {
            match &*option {
                "--figure" => {
                    let figure = arguments.parsed("2, 3, 5 to 22, or lr3", |_| true)?;
                    options.figures.push(figure);
                }
                "--table" => {
                    let known = Table::ALL.map(|table| (table.number(), table));
                    options.tables.push(arguments.one_of(&known)?);
                }
                "--claims" => options.claims = true,
                "--seeds" => options.seeds = arguments.whole(1..=100_000)?,
                "--seed" => options.seed = arguments.whole(0..=u64::MAX)?,
                "--data" => options.data = Some(arguments.path()?),
                "--out" => options.out = arguments.path()?,
                "--json" => options.json = Some(arguments.path()?),
                "--threads" => options.pool = Pool::new(arguments.whole(1..=1024)?),
                _ => return Err(arguments.unknown()),
            }
        }
        options.complete()
    }

    /// Fills in what was not asked for, and refuses what cannot be done together.
    fn complete(mut self) -> Result<Self, String> {
        if self.figures.contains(&Figure::Ball) && self.data.is_none() {
            return Err("--figure lr3 needs --data, the folder of glass1.dt".to_owned());
        }
        if self.figures.is_empty() && self.tables.is_empty() && !self.claims {
            self.figures = FIGURES.map(Figure::Guide).to_vec();
            self.figures.extend(self.data.as_ref().map(|_| Figure::Ball));
            self.tables = Table::ALL.to_vec();
            self.claims = true;
        }
        if self.json.is_some() && self.tables.is_empty() {
            return Err("--json writes table cells, so it needs --table".to_owned());
        }
        let mut seen = Vec::new();
        self.figures.retain(|figure| {
            let is_new = !seen.contains(figure);
            seen.push(*figure);
            is_new
        });
        self.tables.sort_unstable();
        self.tables.dedup();
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options, String> {
        let words = std::iter::once("visual_guide").chain(text.split_whitespace());
        Options::parse(Arguments::new(words.map(Into::into)))
    }

    #[test]
    fn without_options_everything_but_the_figure_that_needs_data_is_made() {
        let options = parse("").unwrap();
        assert_eq!(options.figures.len(), FIGURES.len());
        assert_eq!(
            (options.tables, options.claims, options.seeds),
            (Table::ALL.to_vec(), true, 20)
        );
        assert!(parse("--data somewhere").unwrap().figures.contains(&Figure::Ball));
    }

    #[test]
    fn figures_and_tables_may_be_given_several_times_and_then_nothing_else_is_made() {
        let options = parse("--figure 6 --figure 2 --figure 6 --table 3 --table 1").unwrap();
        assert_eq!(options.figures, [Figure::Guide(6), Figure::Guide(2)]);
        assert_eq!((options.tables, options.claims), (vec![Table::One, Table::Three], false));
    }

    #[test]
    fn what_cannot_be_done_is_refused_in_one_line_that_names_the_option() {
        for wrong in [
            "--figure 4",
            "--figure 23",
            "--figure one",
            "--figure",
            "--table 4",
            "--seeds 0",
            "--seeds -1",
            "--seed 1.5",
            "--threads 0",
            "--figure lr3",
            "--json f --figure 2",
            "--out=",
            "--colour",
            "stray",
        ] {
            let message = parse(wrong).unwrap_err();
            let option = wrong.split([' ', '=']).next().unwrap();
            assert!(message.contains(option) && !message.contains('\n'), "{wrong}: {message}");
        }
    }
}
