//! The visual guide: what a sub-sampled loss looks like, drawn and counted as in [VG].
//!
//! Run with `cargo run --release --example visual_guide`, or `... --example visual_guide -- --help`.

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
mod statistics;
mod surfaces;
mod tables;

use std::path::Path;
use std::process::ExitCode;

use census::Census;
use indicatif::{ProgressBar, ProgressStyle};
use noise::Noise;
use options::{Options, USAGE};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("visual_guide: {message} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("visual_guide: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), AnyError> {
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    if !options.tables.is_empty() || options.claims {
        count(options)?;
    }
    draw(options)
}

/// Figures.
fn draw(options: &Options) -> Result<(), AnyError> {
    if options.figures.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("cannot make the folder {}: {error}", options.out.display()))?;
    let bar = progress("drawing figures", options.figures.len())?;
    for &figure in &options.figures {
        let (name, svg) = figures::draw(figure, options.seed, options.data.as_deref())?;
        let path = options.out.join(name);
        write(&path, &svg)?;
        bar.inc(1);
        bar.suspend(|| println!("wrote {}", path.display()));
    }
    bar.finish_and_clear();
    Ok(())
}

/// Tables and claims.
fn count(options: &Options) -> Result<(), AnyError> {
    let seeds: Vec<u64> = (0..options.seeds as u64).map(|k| options.seed.wrapping_add(k)).collect();
    let mut settings: Vec<_> = options.tables.iter().copied().flat_map(tables::settings).collect();
    if options.claims {
        settings = claims::settings();
    }
    let bar = progress("counting optima", settings.len() * seeds.len())?;
    let census = Census::take(&settings, &seeds, &bar)?;
    bar.finish_and_clear();
    for &table in &options.tables {
        println!("{}", tables::render(table, &census, seeds.len()));
    }
    if let Some(path) = &options.json {
        let cells: Vec<_> =
            options.tables.iter().flat_map(|&table| tables::json(table, &census)).collect();
        write(path, &format!("{}\n", serde_json::to_string_pretty(&cells)?))?;
        println!("wrote {}\n", path.display());
    }
    if options.claims {
        let settings = claims::noise_settings();
        let bar = progress("measuring noise", settings.len() * seeds.len())?;
        let noises = Noise::measure(&settings, &seeds, &bar)?;
        bar.finish_and_clear();
        println!("{}", claims::render(&census, &noises, seeds.len()));
    }
    Ok(())
}

fn progress(what: &'static str, steps: usize) -> Result<ProgressBar, AnyError> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}, {eta} left")?;
    Ok(ProgressBar::new(steps as u64).with_style(style).with_message(what))
}

/// Writes a file; an error names it.
fn write(path: &Path, content: &str) -> Result<(), AnyError> {
    std::fs::write(path, content)
        .map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
