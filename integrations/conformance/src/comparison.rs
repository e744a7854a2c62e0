//! The table that the adapters' examples print: methods side by side, from the same starts.

/// How far a run has come: training loss, test accuracy in per cent.
pub struct Outcome {
    pub loss: f64,
    pub accuracy: f64,
}

/// A way to train: its name, its learning rate ("-" if it needs none), and a run of it on a problem, which
/// is looked at after each of three budgets.
pub type Method<P, E> = (&'static str, &'static str, Run<P, E>);

pub type Run<P, E> = Box<dyn Fn(&P) -> Result<Vec<Outcome>, E>>;

/// What is compared: the number of runs, and the evaluations after which they are looked at.
pub struct Comparison {
    pub runs: u64,
    pub budgets: [u64; 3],
}

impl Comparison {
    /// What the command line says: `[RUNS [EVALUATIONS]]`.
    ///
    /// # Errors
    /// How to say it.
    pub fn from_arguments(runs: u64, evaluations: u64) -> Result<Self, String> {
        let argument = |place: usize, default: u64| {
            let Some(text) = std::env::args().nth(place) else { return Ok(default) };
            match text.parse() {
                Ok(number) if number > 1 => Ok(number),
                _ => Err(format!("[RUNS [EVALUATIONS]] are both at least 2, not {text:?}")),
            }
        };
        let (runs, evaluations) = (argument(1, runs)?, argument(2, evaluations)?);
        Ok(Self { runs, budgets: [evaluations / 9, evaluations / 3, evaluations] })
    }

    /// Runs every method on every problem, and prints what they came to, and how their accuracy differs
    /// from that of `other`.
    ///
    /// # Errors
    /// A method's own.
    pub fn print<P, E>(
        &self,
        problems: &[P],
        methods: Vec<Method<P, E>>,
        other: &str,
    ) -> Result<(), E> {
        println!("Training loss and test accuracy in % after so many function evaluations:\n");
        print!("{:<14} {:>13}", "method", "learning rate");
        self.budgets.iter().for_each(|budget| print!("  | {budget:>27}"));
        println!();
        let mut accuracies = Vec::new();
        for (name, rate, run) in methods {
            let outcomes = problems.iter().map(run).collect::<Result<Vec<_>, E>>()?;
            print!("{name:<14} {rate:>13}");
            let own = [0, 1, 2].map(|look| {
                let column = |get: fn(&Outcome) -> f64| {
                    outcomes.iter().map(|run| get(&run[look])).collect::<Vec<f64>>()
                };
                let accuracies = column(|outcome| outcome.accuracy);
                let loss = cell(&column(|outcome| outcome.loss), 3);
                print!("  | {loss:>14}  {:>11}", cell(&accuracies, 1));
                accuracies
            });
            println!();
            accuracies.push((name, rate, own));
        }
        print_differences(&accuracies, other);
        Ok(())
    }
}

/// The others' accuracy less that of one method, run by run.
fn print_differences(accuracies: &[(&str, &str, [Vec<f64>; 3])], other: &str) {
    let (heading, error) = ("Test accuracy less that of", "the standard error of the difference");
    println!("\n{heading} {other}, in points ± {error}:\n");
    let Some((.., reference)) = accuracies.iter().find(|(name, ..)| *name == other) else { return };
    for (name, rate, own) in accuracies.iter().filter(|(name, ..)| *name != other) {
        print!("{name:<14} {rate:>13}");
        for (own, reference) in own.iter().zip(reference) {
            let differences: Vec<f64> = own.iter().zip(reference).map(|(a, b)| a - b).collect();
            let (mean, deviation) = mean_and_deviation(&differences);
            let error = deviation / (differences.len() as f64).sqrt();
            print!("  | {:>27}", format!("{mean:+.1} ± {error:.1}"));
        }
        println!();
    }
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

fn cell(values: &[f64], digits: usize) -> String {
    let (mean, deviation) = mean_and_deviation(values);
    format!("{mean:.digits$} ± {deviation:.digits$}")
}
