//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::prelude::*;

/// What `--help` prints.
pub const USAGE: &str = "\
The figures and tables of \"Traversing the noise of dynamic mini-batch sub-sampled loss functions: a
visual guide\" (Kafka and Wilke), drawn and counted anew.

usage: cargo run --release --example visual_guide -- [options]

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
pub const FIGURES: [u8; 20] =
    [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A figure of [VG].
    Guide(u8),
    /// Figure 3 of [LR].
    Ball,
}

#[derive(Debug)]
pub struct Options {
    pub figures: Vec<Figure>,
    pub tables: Vec<u8>,
    pub claims: bool,
    pub seeds: usize,
    pub seed: u64,
    pub data: Option<PathBuf>,
    pub out: PathBuf,
    pub json: Option<PathBuf>,
    pub threads: usize,
}

impl Options {
    /// Reads the arguments, the program's name first; `None` asks for help.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut options = Self {
            figures: Vec::new(),
            tables: Vec::new(),
            claims: false,
            seeds: 20,
            seed: 1,
            data: None,
            out: PathBuf::from("target/visual_guide"),
            json: None,
            threads: 0,
        };
        let mut parser = lexopt::Parser::from_iter(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("figure") => options.figures.push(figure(&text(&mut parser, "--figure")?)?),
                Long("table") => options.tables.push(table(&text(&mut parser, "--table")?)?),
                Long("claims") => options.claims = true,
                Long("seeds") => options.seeds = count(&mut parser, "--seeds", 100_000)?,
                Long("seed") => {
                    let text = text(&mut parser, "--seed")?;
                    options.seed = number(&text, "--seed", "a whole number of at most 64 bits")?;
                }
                Long("data") => options.data = Some(path(&mut parser, "--data")?),
                Long("out") => options.out = path(&mut parser, "--out")?,
                Long("json") => options.json = Some(path(&mut parser, "--json")?),
                Long("threads") => options.threads = count(&mut parser, "--threads", 1024)?,
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().to_string()),
            }
        }
        options.complete().map(Some)
    }

    /// Fills in what was not asked for, and refuses what cannot be done together.
    fn complete(mut self) -> Result<Self, String> {
        if self.figures.contains(&Figure::Ball) && self.data.is_none() {
            return Err("--figure lr3 needs --data, the folder of glass1.dt".to_owned());
        }
        if self.figures.is_empty() && self.tables.is_empty() && !self.claims {
            self.figures = FIGURES.map(Figure::Guide).to_vec();
            if self.data.is_some() {
                self.figures.push(Figure::Ball);
            }
            self.tables = vec![1, 2, 3];
            self.claims = true;
        }
        if self.json.is_some() && self.tables.is_empty() {
            return Err("--json writes table cells, so it needs --table".to_owned());
        }
        let mut seen = Vec::new();
        self.figures.retain(|figure| {
            !seen.contains(figure) && {
                seen.push(*figure);
                true
            }
        });
        self.tables.sort_unstable();
        self.tables.dedup();
        Ok(self)
    }
}

fn text(parser: &mut lexopt::Parser, option: &str) -> Result<String, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|value| format!("{option} {} is no text", value.display()))
}

fn path(parser: &mut lexopt::Parser, option: &str) -> Result<PathBuf, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    if value.is_empty() {
        return Err(format!("{option} is empty, but must be a path"));
    }
    Ok(value.into())
}

fn figure(text: &str) -> Result<Figure, String> {
    let known = text.parse().ok().filter(|number| FIGURES.contains(number));
    match (text, known) {
        ("lr3", _) => Ok(Figure::Ball),
        (_, Some(number)) => Ok(Figure::Guide(number)),
        _ => Err(format!("--figure is '{text}', but must be 2, 3, 5 to 22, or lr3")),
    }
}

fn table(text: &str) -> Result<u8, String> {
    let known = text.parse().ok().filter(|number| (1..=3).contains(number));
    known.ok_or_else(|| format!("--table is '{text}', but must be 1, 2 or 3"))
}

fn count(parser: &mut lexopt::Parser, option: &str, most: usize) -> Result<usize, String> {
    let text = text(parser, option)?;
    let expected = format!("a whole number from 1 to {most}");
    match number(&text, option, &expected)? {
        count if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!("{option} is '{text}', but must be {expected}")),
    }
}

fn number<N: FromStr>(text: &str, option: &str, expected: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{option} is '{text}', but must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Option<Options>, String> {
        let program = std::iter::once("visual_guide");
        Options::parse(program.chain(arguments.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn without_options_everything_but_the_figure_that_needs_data_is_made() {
        let options = parse("").unwrap().unwrap();
        assert_eq!(options.figures.len(), FIGURES.len());
        assert_eq!((options.tables, options.claims, options.seeds), (vec![1, 2, 3], true, 20));
        let options = parse("--data somewhere").unwrap().unwrap();
        assert!(options.figures.contains(&Figure::Ball));
    }

    #[test]
    fn figures_and_tables_may_be_given_several_times_and_then_nothing_else_is_made() {
        let options =
            parse("--figure 6 --figure 2 --figure 6 --table 3 --table 1").unwrap().unwrap();
        assert_eq!(options.figures, [Figure::Guide(6), Figure::Guide(2)]);
        assert_eq!((options.tables, options.claims), (vec![1, 3], false));
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
            "--figure 2 --json f",
            "--out=",
            "--colour",
            "stray",
        ] {
            let message = parse(wrong).unwrap_err();
            let option = wrong.split([' ', '=']).next().unwrap();
            let named = message.contains(option) || message.contains("--json");
            assert!(named && !message.contains('\n'), "{wrong}: {message}");
        }
    }
}
