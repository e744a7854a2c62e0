//! A variational autoencoder trained by I-GOLS and by three constant steps ([LR] 4.5).
//!
//! The model is written here, on the crate's public traits: the crate knows nothing of it.
//!
//! Run with `cargo run --release -p gols-studies --bin vae -- --data DIR`, or with `--help`.

mod model;
mod options;
mod pictures;
mod training;

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use gols::mlp::Dataset;
use gols::{Error, SliceModel};
use gols_studies::pool::{Pool, progress};
use gols_studies::readers::{File, FileError, idx};
use gols_studies::statistics::upper_median;
use gols_studies::{AnyError, program, table};

use model::{Sizes, Vae};
use options::{Options, USAGE};
use training::{Method, Outcome, Task, train};

fn main() -> ExitCode {
    program::run("vae", USAGE, Options::parse, run)
}

fn run(options: &Options) -> Result<(), AnyError> {
    let out = &options.out;
    program::make_folder(out)?;
    let digits = mnist(options.data.as_deref())?;
    let is_mnist = digits.is_some();
    let data = match digits {
        Some(digits) => digits,
        None => {
            writeln!(
                stdout(),
                "MNIST is not there: mnist/train-images-idx3-ubyte.gz is from \
                 yann.lecun.com/exdb/mnist, and --data names the folder above it.\n\
                 A small autoencoder learns Iris instead.\n"
            )?;
            iris()?
        }
    };
    let (sizes, batch, epochs) = match is_mnist {
        true => (Sizes { inputs: 784, hidden: 400, latent: 20 }, 128, 5),
        false => (Sizes { inputs: 4, hidden: 8, latent: 2 }, 32, 500),
    };
    let (batch, epochs) = (options.batch.unwrap_or(batch), options.epochs.unwrap_or(epochs));
    let task = Task { sizes, data: &data, batch, epochs, seed: options.seed };
    let start = Instant::now();
    let outcomes = train_all(task, options.pool)?;
    eprintln!("{:.0} s", start.elapsed().as_secs_f64());
    let Sizes { inputs, hidden, latent } = sizes;
    let title = format!("{inputs}-{hidden}-{latent}-{hidden}-{inputs}, {epochs} epochs");
    let mut text = summary(&title, task, &outcomes);
    let mut files = vec![
        ("vae.md", text.clone().into_bytes()),
        ("figure_11.svg", pictures::figure_11(&title, &outcomes)?.into_bytes()),
        ("vae.csv", csv(&outcomes).into_bytes()),
    ];
    if is_mnist {
        files.push(("digits.png", digits_picture(task, &outcomes[0])?));
    }
    for (name, content) in files {
        let path = out.join(name);
        program::write(&path, content)?;
        writeln!(text, "wrote {}", path.display())?;
    }
    Ok(stdout().write_all(text.as_bytes())?)
}

/// Rows of four numbers in [0, 1].
fn iris() -> Result<Vec<f32>, Error> {
    Ok(Dataset::iris().with_scaled_inputs(0.0, 1.0)?.inputs().to_vec())
}

/// The training images, row by row in [0, 1]; `None` if there is no such file.
fn mnist(data: Option<&Path>) -> Result<Option<Vec<f32>>, FileError> {
    let Some(data) = data else { return Ok(None) };
    let file = match File::open(data.join("mnist/train-images-idx3-ubyte")) {
        Err(FileError::Missing(_)) => return Ok(None),
        file => file?,
    };
    let images = file.read(|bytes| idx::read(bytes, 3))?;
    if images.sizes[1..] != [28, 28] {
        let sizes = &images.sizes[1..];
        return Err(file.damaged(format!("images of {sizes:?}, but must be 28 x 28")));
    }
    Ok(Some(images.values.iter().map(|&pixel| f32::from(pixel) / 255.0).collect()))
}

/// Every method, several at a time.
fn train_all(task: Task<'_>, pool: Pool) -> Result<Vec<Outcome>, Error> {
    let iterations = task.epochs * task.iterations_per_epoch();
    let bar = progress("iterations", Method::ALL.len() * iterations);
    let outcomes = pool.map(&Method::ALL, |&method| train(task, method, &bar));
    bar.finish_and_clear();
    outcomes
}

fn summary(title: &str, task: Task<'_>, outcomes: &[Outcome]) -> String {
    let (rows, iterations) = (task.rows(), task.epochs * task.iterations_per_epoch());
    let least_cost = outcomes.iter().map(|outcome| outcome.last().cost).min().unwrap_or(0);
    let row = |outcome: &Outcome| {
        vec![
            outcome.method.name(),
            format!("{:.2}", outcome.curve[0].loss),
            format!("{:.2}", outcome.last().loss),
            format!("{:.2}", outcome.loss_at(least_cost)),
            outcome.last().cost.to_string(),
            format!("{:.1e}", upper_median(outcome.steps.iter().copied())),
        ]
    };
    let header = [
        "method",
        "loss at start",
        "loss at end",
        "at the cost of a constant step",
        "evaluations",
        "median step",
    ];
    let mut text = format!(
        "{title}: {rows} rows, {iterations} iterations, mini-batches of {}, seed {}\n\n{}",
        task.batch,
        task.seed,
        table::markdown(&header, &outcomes.iter().map(row).collect::<Vec<_>>())
    );
    let loss = |outcome: &Outcome| match outcome.last().loss {
        loss if loss.is_finite() => loss,
        _ => f64::INFINITY,
    };
    let (searches, fixed): (Vec<&Outcome>, _) =
        outcomes.iter().partition(|outcome| outcome.method.is_search());
    let Some(best) = fixed.into_iter().min_by(|a, b| loss(a).total_cmp(&loss(b))) else {
        return text;
    };
    for search in searches {
        let difference = loss(search) - loss(best);
        let side = if difference < 0.0 { "below" } else { "above" };
        text += &format!(
            "\n{} ends {:.4} {side} the best constant step, {}.\n",
            search.method.name(),
            difference.abs(),
            best.method.name()
        );
    }
    text
}

fn csv(outcomes: &[Outcome]) -> String {
    let mut text = String::from("method,epoch,function_evaluations,training_loss\n");
    for outcome in outcomes {
        for point in &outcome.curve {
            let (epoch, cost, loss) = (point.epoch, point.cost, point.loss);
            text += &format!("{},{epoch},{cost},{loss}\n", outcome.method.name());
        }
    }
    text
}

/// From the top: digits, what becomes of them, and three rows of digits out of noise.
fn digits_picture(task: Task<'_>, outcome: &Outcome) -> Result<Vec<u8>, AnyError> {
    const COLUMNS: usize = 16;
    let count = COLUMNS.min(task.rows());
    let mut model = Vae::new(task.sizes, task.data, task.batch, task.seed);
    let rows: Vec<usize> = (0..count).collect();
    model.loss(&outcome.parameters, &rows, &mut [])?;
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
        let (iris, sizes) = (iris().unwrap(), Sizes { inputs: 4, hidden: 8, latent: 2 });
        let task = Task { sizes, data: &iris, batch: 32, epochs: 20, seed: 1 };
        let one = train_all(task, Pool::new(1)).unwrap();
        for (outcome, other) in one.iter().zip(train_all(task, Pool::new(4)).unwrap()) {
            assert!(outcome.last().loss < outcome.curve[0].loss, "{:?}", outcome.method);
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
        let message = mnist(Some(&data)).unwrap_err().to_string();
        assert!(message.contains("ubyte: it ends within the sizes"), "{message}");
        std::fs::remove_dir_all(data).unwrap();
    }
}
