//! A variational autoencoder trained by I-GOLS and by three constant steps ([LR] 4.5).
//!
//! The model is written here, on the crate's public traits: the crate knows nothing of it.
//!
//! Run with `cargo run --release --example vae -- --data DIR`, or with `--help`.

mod model;
mod noise;
mod options;
mod pictures;
#[path = "../line_search_study/readers/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the study's readers, this needs one")]
mod readers;
#[path = "../line_search_study/scale.rs"]
mod scale;
mod training;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use gols::SliceModel;
use gols::mlp::Dataset;
use indicatif::{ProgressBar, ProgressStyle};

use model::{Sizes, Vae};
use options::{Options, USAGE};
use readers::SourceError;
use training::{METHODS, Outcome, SEARCHES, Task, train};

type AnyError = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("vae: {message} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vae: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), AnyError> {
    let out = &options.out;
    std::fs::create_dir_all(out)
        .map_err(|error| format!("cannot make the folder {}: {error}", out.display()))?;
    let digits = mnist(options.data.as_deref())?;
    let is_mnist = digits.is_some();
    let data = match digits {
        Some(digits) => digits,
        None => {
            println!(
                "MNIST is not there: mnist/train-images-idx3-ubyte.gz is from \
                 yann.lecun.com/exdb/mnist, and --data names the folder above it.\n\
                 A small autoencoder learns Iris instead.\n"
            );
            Dataset::<f32>::iris().with_scaled_inputs(0.0, 1.0)?.inputs().to_vec()
        }
    };
    let (sizes, batch, epochs) = match is_mnist {
        true => (Sizes { inputs: 784, hidden: 400, latent: 20 }, 128, 5),
        false => (Sizes { inputs: 4, hidden: 8, latent: 2 }, 32, 500),
    };
    let (batch, epochs) = (options.batch.unwrap_or(batch), options.epochs.unwrap_or(epochs));
    let task = Task { sizes, data: &data, batch, epochs, seed: options.seed };
    let start = Instant::now();
    let outcomes = train_all(task, options.threads)?;
    eprintln!("{:.0} s", start.elapsed().as_secs_f64());
    let Sizes { inputs, hidden, latent } = sizes;
    let title = format!("{inputs}-{hidden}-{latent}-{hidden}-{inputs}, {epochs} epochs");
    let summary = summary(&title, task, &outcomes);
    print!("{summary}");
    let figure = pictures::figure_11(&title, &outcomes)?;
    let mut files = vec![
        ("vae.md", summary.into_bytes()),
        ("figure_11.svg", figure.into_bytes()),
        ("vae.csv", csv(&outcomes).into_bytes()),
    ];
    if is_mnist {
        files.push(("digits.png", digits_picture(task, &outcomes[0])?));
    }
    for (name, content) in files {
        let path = out.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// The training images, row by row in [0, 1]; `None` if there is no such file.
fn mnist(data: Option<&Path>) -> Result<Option<Vec<f32>>, String> {
    let Some(data) = data else { return Ok(None) };
    let path = data.join("mnist/train-images-idx3-ubyte");
    let bytes = match readers::open(&path) {
        Ok(bytes) => bytes,
        Err(SourceError::Missing) => return Ok(None),
        Err(SourceError::Damaged(message)) => return Err(message),
    };
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let images = readers::idx::read(&bytes, 3).map_err(|error| at(&error))?;
    if images.sizes[1..] != [28, 28] {
        return Err(at(&format!("images of {:?}, but must be 28 x 28", &images.sizes[1..])));
    }
    Ok(Some(images.values.iter().map(|&pixel| f32::from(pixel) / 255.0).collect()))
}

/// Every method, several at a time; the results do not depend on how many.
fn train_all(task: Task<'_>, threads: usize) -> Result<Vec<Outcome>, AnyError> {
    let length = METHODS.len() * task.epochs * task.iterations_per_epoch();
    let template = "{bar:40} {percent:>3} %  {elapsed} (about {eta} left)";
    let style = ProgressStyle::with_template(template)?;
    let progress = ProgressBar::new(length as u64).with_style(style);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.min(METHODS.len()) {
            scope.spawn(|| {
                while let Some(method) = METHODS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = train(task, method, &progress);
                    done.lock().expect("no thread panics").push(outcome);
                }
            });
        }
    });
    progress.finish_and_clear();
    let done = done.into_inner().expect("no thread panics");
    let mut outcomes = done.into_iter().collect::<Result<Vec<_>, _>>()?;
    let place = |outcome: &Outcome| METHODS.iter().position(|m| m.name == outcome.name);
    outcomes.sort_by_key(place);
    Ok(outcomes)
}

fn summary(title: &str, task: Task<'_>, outcomes: &[Outcome]) -> String {
    let (rows, iterations) = (task.rows(), task.epochs * task.iterations_per_epoch());
    let mut text = format!(
        "{title}: {rows} rows, {iterations} iterations, mini-batches of {}, seed {}\n\n\
         | method         | loss at start | loss at end | at the cost of a constant step | evaluations | median step |\n\
         | -------------- | ------------- | ----------- | ------------------------------ | ----------- | ----------- |\n",
        task.batch, task.seed
    );
    let least_cost = outcomes.iter().map(|outcome| outcome.last().cost).min().unwrap_or(0);
    for outcome in outcomes {
        let mut steps = outcome.steps.clone();
        steps.sort_by(f64::total_cmp);
        text += &format!(
            "| {:<14} | {:<13.2} | {:<11.2} | {:<30.2} | {:<11} | {:<11.1e} |\n",
            outcome.name,
            outcome.curve[0].loss,
            outcome.last().loss,
            outcome.loss_at(least_cost),
            outcome.last().cost,
            steps[steps.len() / 2],
        );
    }
    let loss = |outcome: &Outcome| match outcome.last().loss {
        loss if loss.is_finite() => loss,
        _ => f64::INFINITY,
    };
    let (searches, fixed) = outcomes.split_at(SEARCHES.min(outcomes.len()));
    let Some(best) = fixed.iter().min_by(|a, b| loss(a).total_cmp(&loss(b))) else { return text };
    for search in searches {
        let difference = loss(search) - loss(best);
        let side = if difference < 0.0 { "below" } else { "above" };
        text += &format!(
            "\n{} ends {:.4} {side} the best constant step, {}.\n",
            search.name,
            difference.abs(),
            best.name
        );
    }
    text
}

fn csv(outcomes: &[Outcome]) -> String {
    let mut text = String::from("method,epoch,function_evaluations,training_loss\n");
    for outcome in outcomes {
        for point in &outcome.curve {
            let (epoch, cost, loss) = (point.epoch, point.cost, point.loss);
            text += &format!("{},{epoch},{cost},{loss}\n", outcome.name);
        }
    }
    text
}

/// From the top: digits, what becomes of them, and three rows of digits out of noise.
fn digits_picture(task: Task<'_>, outcome: &Outcome) -> Result<Vec<u8>, AnyError> {
    const COLUMNS: usize = 16;
    let count = COLUMNS.min(task.rows());
    let mut model = Vae::new(task.sizes, task.data, task.batch, task.seed)?;
    let rows: Vec<usize> = (0..count).collect();
    model.set_batch(&rows);
    model.loss(&outcome.parameters)?;
    let reconstructed = model.outputs();
    let sampled = model.sample(&outcome.parameters, 3 * COLUMNS);
    let originals = &task.data[..count * task.sizes.inputs];
    let mut all: Vec<&[f32]> = vec![originals, &reconstructed];
    all.extend(sampled.chunks(COLUMNS * task.sizes.inputs));
    pictures::grid(&all, COLUMNS, 28)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_lowers_the_loss_on_iris_and_the_threads_change_nothing() {
        let iris = Dataset::<f32>::iris().with_scaled_inputs(0.0, 1.0).unwrap().inputs().to_vec();
        let sizes = Sizes { inputs: 4, hidden: 8, latent: 2 };
        let task = Task { sizes, data: &iris, batch: 32, epochs: 20, seed: 1 };
        let one = train_all(task, 1).unwrap();
        for (outcome, other) in one.iter().zip(train_all(task, 4).unwrap()) {
            assert!(outcome.last().loss < outcome.curve[0].loss, "{}", outcome.name);
            assert_eq!(outcome.curve, other.curve);
            assert_eq!(outcome.parameters, other.parameters);
        }
    }

    #[test]
    fn a_missing_file_is_no_error_and_a_damaged_one_is_named() {
        assert_eq!(mnist(None), Ok(None));
        let data = std::env::temp_dir().join(format!("gols-vae-{}", std::process::id()));
        std::fs::create_dir_all(data.join("mnist")).unwrap();
        assert_eq!(mnist(Some(&data)), Ok(None));
        std::fs::write(data.join("mnist/train-images-idx3-ubyte"), [0, 0, 8, 3, 0]).unwrap();
        let message = mnist(Some(&data)).unwrap_err();
        assert!(message.contains("ubyte: it ends within the sizes"), "{message}");
        std::fs::remove_dir_all(data).unwrap();
    }
}
