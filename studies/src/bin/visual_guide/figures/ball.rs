//! Figure 3 of the line-search paper [LR]: Glass1 along its steepest descent direction.

use std::path::Path;
use std::sync::Arc;

use gols::landscape::{Ball, Grid, Scan, scan};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::statistics::{Histogram, Moments};
use gols::{Error, MiniBatches, Sampling, SliceObjective, StochasticObjective, VectorSpace};
use gols_studies::chart::{Area, Colour, Drawn, Look, Mark, Panel, Scale, Series, curves, picture};
use gols_studies::pool::Pool;
use plotters::prelude::*;

use crate::glass;
use crate::lines::Quantity;
use crate::plot::{Bars, LINE_COLOURS, TITLE, bars};
use crate::problem::{Objective, Purpose, derive};

/// Reconstructions of the line for each batch size ([LR] 1.3).
const RECONSTRUCTIONS: usize = 100;
/// The batch sizes whose lines are shown.
const SHOWN: [usize; 3] = [10, 30, 50];

struct Problem {
    data: Arc<Dataset<f64>>,
    x0: Vec<f64>,
    direction: Vec<f64>,
    grid: Grid,
    seed: u64,
}

impl Problem {
    /// A 9-5-6 network, [LR]'s for Glass1, at a random start; d is -gradient of all training rows
    /// scaled to length 1, and the line is sampled at 0.1, 0.2, ..., 10.
    fn new(data: Dataset<f64>, seed: u64) -> Result<Self, Error> {
        let data = Arc::new(data);
        let mut problem = Self {
            x0: network()?.uniform_parameters(-0.1, 0.1, derive(seed, Purpose::Start, 1))?,
            data,
            direction: Vec::new(),
            grid: Grid::increments(0.0, 10.0, 100)?,
            seed,
        };
        let mut objective = problem.objective(None)?;
        let mut gradient = objective.zeros()?;
        objective.loss_and_gradient(&mut gradient)?;
        let norm = objective.dot(&gradient, &gradient)?.sqrt();
        problem.direction = gradient.iter().map(|g| -g / norm).collect();
        Ok(problem)
    }

    fn objective(&self, batches: Option<MiniBatches>) -> Result<Objective, Error> {
        let model = Model::new(network()?, Loss::SquaredPercentage, Arc::clone(&self.data))?;
        SliceObjective::new(self.x0.clone(), batches, model)
    }

    fn full(&self) -> Result<Scan, Error> {
        Ok(scan(&mut self.objective(None)?, &self.direction, &self.grid, Sampling::Full)?)
    }

    /// The line, reconstructed many times with batches of this size.
    fn reconstructions(&self, pool: Pool, batch: usize) -> Result<Vec<Scan>, Error> {
        let indices: Vec<usize> = (0..RECONSTRUCTIONS).collect();
        pool.map(&indices, |index| {
            let seed = derive(self.seed, Purpose::Ball, batch * 10_000 + index);
            let batches = MiniBatches::new(self.data.len(), batch, seed)?;
            let mut objective = self.objective(Some(batches))?;
            Ok(scan(&mut objective, &self.direction, &self.grid, Sampling::Dynamic)?)
        })
    }
}

fn network() -> Result<Network, Error> {
    Network::new(&[9, 5, 6], Activation::Sigmoid)
}

pub(super) fn draw(folder: &Path, pool: Pool, seed: u64) -> Drawn<String> {
    let problem = Problem::new(glass::training_rows(folder)?, seed)?;
    let full = problem.full()?;
    let shown = SHOWN.iter().map(|&size| problem.reconstructions(pool, size));
    let shown: Vec<Vec<Scan>> = shown.collect::<Result<_, _>>()?;
    let last = problem.data.len();
    let mut sizes: Vec<usize> = (1..=9).chain((10..last).step_by(5)).collect();
    sizes.push(last);
    let balls = sizes.iter().map(|&size| {
        let mut ball = Ball::default();
        ball.extend(&problem.reconstructions(pool, size)?);
        Ok((size, ball))
    });
    let balls: Vec<(usize, Ball)> = balls.collect::<Result<_, Error>>()?;
    let title = format!(
        "Glass1 along its steepest descent direction, {RECONSTRUCTIONS} reconstructions a batch size (start {seed})"
    );
    picture((1200, 1120), (&title, TITLE), |root, _| {
        let panels = root.split_evenly((3, 2));
        one_reconstruction([&panels[0], &panels[1]], &full, &shown)?;
        counts(&panels[2], &balls)?;
        extents(&panels[3], &full, &balls)?;
        places([&panels[4], &panels[5]], &full, &shown[0])
    })
}

/// (a, b): loss and slope of one reconstruction a size, and the ball as vertical lines.
fn one_reconstruction(pair: [&Area<'_>; 2], full: &Scan, shown: &[Vec<Scan>]) -> Drawn<()> {
    for (area, quantity) in pair.into_iter().zip(Quantity::BOTH) {
        let mut series = Vec::new();
        for ((scans, size), colour) in shown.iter().zip(SHOWN).zip(LINE_COLOURS) {
            let name = format!("|B| = {size}");
            series.push(Series::new(name, colour, Mark::Line, quantity.points(&scans[0])));
            if quantity.is_slope() {
                let mut ball = Ball::default();
                ball.extend(scans);
                let ends = [(ball.low().mean(), 0.0), (ball.high().mean(), 0.0)];
                let name = format!("ball of |B| = {size}: {:.2} to {:.2}", ends[0].0, ends[1].0);
                series.push(Series::new(name, colour, Mark::Verticals, ends));
            }
        }
        series.push(Series::new("all data", BLACK_LINE, Mark::Dashes, quantity.points(full)));
        let values = series.iter().filter(|series| series.mark != Mark::Verticals);
        let values = values.flat_map(|series| series.points.iter().map(|&(_, y)| y));
        let (title, y, legend) = match quantity {
            Quantity::Loss => {
                ("(a) loss, one reconstruction", "loss, %", SeriesLabelPosition::UpperRight)
            }
            Quantity::Slope => (
                "(b) slope, and the average ball",
                "slope, % per unit step",
                SeriesLabelPosition::LowerRight,
            ),
        };
        let panel = Panel {
            title,
            x: "step along -∇L / |∇L|",
            y,
            x_scale: Scale::linear(0.0, 10.0),
            y_scale: Scale::of_losses(values),
            zero_line: quantity.is_slope(),
            legend: Some(legend),
            look: Look::default(),
        };
        curves(area, &panel, &series)?;
    }
    Ok(())
}

/// Something measured of a ball.
type Measure = fn(&Ball) -> Moments;

const BLACK_LINE: Colour = RGBColor(0, 0, 0);

/// Means with bands of one sd, by batch size.
fn measured(balls: &[(usize, Ball)], measures: [(&str, Measure); 2]) -> Vec<Series> {
    let series = |((name, of), colour): ((&str, Measure), Colour)| {
        let band = balls.iter().map(|(size, ball)| {
            let (mean, sd) = (of(ball).mean(), of(ball).standard_deviation());
            (*size as f64, mean - sd, mean + sd)
        });
        let band = band.filter(|(_, low, high)| low.is_finite() && high.is_finite());
        let band: Vec<(f64, f64, f64)> = band.collect();
        let means = band.iter().map(|&(size, low, high)| (size, 0.5 * (low + high)));
        Series::new(format!("{name}, mean ± sd"), colour, Mark::Line, means).with_band(band)
    };
    measures.into_iter().zip(LINE_COLOURS).map(series).collect()
}

fn by_size(
    area: &Area<'_>,
    (title, y, high): (&str, &str, f64),
    balls: &[(usize, Ball)],
    series: &[Series],
) -> Drawn<()> {
    let panel = Panel {
        title,
        x: "samples a batch",
        y,
        x_scale: Scale::linear(0.0, largest(balls)),
        y_scale: Scale::linear(0.0, high),
        zero_line: false,
        legend: Some(SeriesLabelPosition::UpperRight),
        look: Look::default(),
    };
    curves(area, &panel, series)
}

/// The largest batch.
fn largest(balls: &[(usize, Ball)]) -> f64 {
    balls.last().map_or(1.0, |(size, _)| *size as f64)
}

/// (c): how many minima and SNN-GPPs, by batch size.
fn counts(area: &Area<'_>, balls: &[(usize, Ball)]) -> Drawn<()> {
    let measures: [(&str, Measure); 2] =
        [("local minima", |ball| ball.local_minima()), ("SNN-GPPs", |ball| ball.sign_changes())];
    let texts = ("(c) candidates on the line", "count", 36.0);
    by_size(area, texts, balls, &measured(balls, measures))
}

/// (d): the ball's ends, by batch size.
fn extents(area: &Area<'_>, full: &Scan, balls: &[(usize, Ball)]) -> Drawn<()> {
    let ends: [(&str, Measure); 2] =
        [("first SNN-GPP", |ball| ball.low()), ("last SNN-GPP", |ball| ball.high())];
    let mut series = measured(balls, ends);
    for step in full.sign_changes() {
        let line = [(0.0, step), (largest(balls), step)];
        series.push(Series::new(format!("all data: {step:.1}"), BLACK_LINE, Mark::Dashes, line));
    }
    let texts = ("(d) the ball that holds the SNN-GPPs", "step along the line", 10.0);
    by_size(area, texts, balls, &series)
}

/// (e, f): where the candidates lie, over all reconstructions with batches of 10.
fn places(pair: [&Area<'_>; 2], full: &Scan, scans: &[Scan]) -> Drawn<()> {
    let marks: Vec<(f64, Colour)> =
        full.local_minima().into_iter().map(|step| (step, BLACK_LINE)).collect();
    let titles = [
        "(e) places of the local minima, |B| = 10 (dot: all data)",
        "(f) places of the SNN-GPPs, |B| = 10 (dot: all data)",
    ];
    for ((area, title), quantity) in pair.into_iter().zip(titles).zip(Quantity::BOTH) {
        // Two steps a bin, well inside its edges.
        let mut histogram = Histogram::new(0.05, 10.05, 50)?;
        scans.iter().for_each(|scan| histogram.extend(quantity.optima(scan)));
        let panel = Bars {
            title,
            x: "step along the line",
            y: "count over 100 reconstructions",
            x_range: (0.0, 10.05),
            marks: &marks,
        };
        bars(area, &panel, &[(histogram, LINE_COLOURS[0])])?;
    }
    Ok(())
}
