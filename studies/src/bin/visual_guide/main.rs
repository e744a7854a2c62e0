//! The visual guide: what a sub-sampled loss looks like, drawn and counted as in [VG].
//!
//! Run with `cargo run --release -p gols-studies --bin visual_guide`, or `... -- --help`.

mod census;
mod claims;
mod figures;
mod glass;
mod lines;
mod noise;
mod options;
mod paper;
mod plot;
mod problem;
mod surfaces;
mod tables;

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use gols_studies::{AnyError, pool, program};

use census::Census;
use noise::Noise;
use options::{Options, USAGE};

fn main() -> ExitCode {
    program::run("visual_guide", USAGE, Options::parse, |options| {
        if !options.tables.is_empty() || options.claims {
            write!(stdout(), "{}", count(options)?)?;
        }
        write!(stdout(), "{}", draw(options)?)?;
        Ok(())
    })
}

/// Tables and claims.
fn count(options: &Options) -> Result<String, AnyError> {
    let Options { tables, claims, pool, .. } = options;
    let seeds: Vec<u64> = (0..options.seeds as u64).map(|k| options.seed.wrapping_add(k)).collect();
    let settings = match claims {
        true => claims::settings(),
        false => tables.iter().flat_map(|table| table.settings()).collect(),
    };
    let census = Census::take(*pool, &settings, &seeds)?;
    let mut text = String::new();
    for table in tables {
        writeln!(text, "{}", table.render(&census, seeds.len()))?;
    }
    if let Some(path) = &options.json {
        let cells: Vec<_> = tables.iter().flat_map(|table| table.records(&census)).collect();
        program::write(path, serde_json::to_string_pretty(&cells)? + "\n")?;
        writeln!(text, "wrote {}\n", path.display())?;
    }
    if *claims {
        let noises = Noise::measure(*pool, &claims::noise_settings(), &seeds)?;
        writeln!(text, "{}", claims::render(&census, &noises, seeds.len()))?;
    }
    Ok(text)
}

/// Figures; the text says where they are.
fn draw(options: &Options) -> Result<String, AnyError> {
    let Options { figures, out, data, pool, seed, .. } = options;
    let mut text = String::new();
    if !figures.is_empty() {
        program::make_folder(out)?;
    }
    let bar = pool::progress("figures", figures.len());
    for figure in figures {
        let svg = figures::draw(*figure, *pool, *seed, data.as_deref())?;
        let path = out.join(figure.file_name());
        program::write(&path, svg)?;
        writeln!(text, "wrote {}", path.display())?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(text)
}
