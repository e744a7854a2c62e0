//! Figure 3 of the line-search paper [LR]: Glass1 along its steepest descent direction.

use std::path::Path;
use std::sync::Arc;

use gols::landscape::{Ball, Grid, Histogram, Moments, Scan, scan};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Error, MiniBatches, Sampling, SliceObjective, StochasticObjective, VectorSpace};
use plotters::prelude::*;
use rayon::prelude::*;

use crate::glass;
use crate::plot::{
    Area, Bars, Colour, Curves, LINE_COLOURS, Mark, PlotResult, Scale, Series, bars, curves,
    picture,
};
use crate::problem::{Purpose, derive};

type Objective = SliceObjective<f64, Model<f64>>;

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
        let model = match batches {
            Some(batches) => model.with_mini_batches(batches)?,
            None => model,
        };
        SliceObjective::new(model, self.x0.clone())
    }

    fn full(&self) -> Result<Scan, Error> {
        Ok(scan(&mut self.objective(None)?, &self.direction, &self.grid, Sampling::Full)?)
    }

    /// The line, reconstructed many times with batches of this size.
    fn reconstructions(&self, batch: usize) -> Result<Vec<Scan>, Error> {
        let look = |index: usize| {
            let seed = derive(self.seed, Purpose::Ball, batch * 10_000 + index);
            let batches = MiniBatches::new(self.data.len(), batch, seed)?;
            let mut objective = self.objective(Some(batches))?;
            Ok(scan(&mut objective, &self.direction, &self.grid, Sampling::Dynamic)?)
        };
        (0..RECONSTRUCTIONS).into_par_iter().map(look).collect()
    }
}

fn network() -> Result<Network, Error> {
    Network::new(&[9, 5, 6], Activation::Sigmoid)
}

pub fn draw(folder: &Path, seed: u64) -> PlotResult<String> {
    let problem = Problem::new(glass::training_rows(folder)?, seed)?;
    let full = problem.full()?;
    let shown: Vec<Vec<Scan>> =
        SHOWN.iter().map(|&size| problem.reconstructions(size)).collect::<Result<_, _>>()?;
    let last = problem.data.len();
    let mut sizes: Vec<usize> = (1..=9).chain((10..last).step_by(5)).collect();
    sizes.push(last);
    let balls = sizes.iter().map(|&size| {
        let mut ball = Ball::default();
        ball.extend(&problem.reconstructions(size)?);
        Ok((size, ball))
    });
    let balls: Vec<(usize, Ball)> = balls.collect::<Result<_, Error>>()?;
    let title = format!(
        "Glass1 along its steepest descent direction, {RECONSTRUCTIONS} reconstructions a batch size (start {seed})"
    );
    picture((1200, 1120), &title, |root, _| {
        let panels = root.split_evenly((3, 2));
        one_reconstruction([&panels[0], &panels[1]], &full, &shown)?;
        counts(&panels[2], &balls)?;
        extents(&panels[3], &full, &balls)?;
        places([&panels[4], &panels[5]], &full, &shown[0])
    })
}

/// (a, b): loss and slope of one reconstruction a size, and the ball as vertical lines.
fn one_reconstruction(pair: [&Area<'_>; 2], full: &Scan, shown: &[Vec<Scan>]) -> PlotResult<()> {
    let columns: [fn(&Scan) -> &Vec<f64>; 2] = [|scan| &scan.losses, |scan| &scan.slopes];
    for (index, area) in pair.into_iter().enumerate() {
        let points = |scan: &Scan| -> Vec<(f64, f64)> {
            scan.steps.iter().copied().zip(columns[index](scan).iter().copied()).collect()
        };
        let mut series = Vec::new();
        for ((scans, size), colour) in shown.iter().zip(SHOWN).zip(LINE_COLOURS) {
            let name = format!("|B| = {size}");
            series.push(Series::new(name, colour, Mark::Line, points(&scans[0])));
            if index == 1 {
                let mut ball = Ball::default();
                ball.extend(scans);
                let ends = [(ball.low().mean(), 0.0), (ball.high().mean(), 0.0)];
                let name = format!("ball of |B| = {size}: {:.2} to {:.2}", ends[0].0, ends[1].0);
                series.push(Series::new(name, colour, Mark::Verticals, ends));
            }
        }
        series.push(Series::new("all data", BLACK_LINE, Mark::Dashes, points(full)));
        let values = series.iter().filter(|series| series.mark != Mark::Verticals);
        let values = values.flat_map(|series| series.points.iter().map(|&(_, y)| y));
        let panel = Curves {
            title: ["(a) loss, one reconstruction", "(b) slope, and the average ball"][index],
            x: "step along -∇L / |∇L|",
            y: ["loss, %", "slope, % per unit step"][index],
            x_range: (0.0, 10.0),
            y_scale: Scale::of_losses(values),
            zero_line: index == 1,
            legend: Some(
                [SeriesLabelPosition::UpperRight, SeriesLabelPosition::LowerRight][index].clone(),
            ),
        };
        curves(area, &panel, &series)?;
    }
    Ok(())
}

/// Something measured of a ball.
type Measure = fn(&Ball) -> Moments;
/// What finds the candidates of a line.
type Find = fn(&Scan) -> Vec<f64>;

const BLACK_LINE: Colour = RGBColor(0, 0, 0);

fn band(balls: &[(usize, Ball)], of: Measure) -> Vec<(f64, f64, f64)> {
    let row = |(size, ball): &(usize, Ball)| {
        let moments = of(ball);
        let (mean, sd) = (moments.mean(), moments.standard_deviation());
        (*size as f64, mean - sd, mean + sd)
    };
    balls.iter().map(row).filter(|(_, low, high)| low.is_finite() && high.is_finite()).collect()
}

fn means(balls: &[(usize, Ball)], of: Measure) -> Vec<(f64, f64)> {
    band(balls, of).into_iter().map(|(size, low, high)| (size, 0.5 * (low + high))).collect()
}

/// (c): how many minima and SNN-GPPs, by batch size.
fn counts(area: &Area<'_>, balls: &[(usize, Ball)]) -> PlotResult<()> {
    let quantities: [(&str, Measure); 2] =
        [("local minima", |ball| ball.local_minima()), ("SNN-GPPs", |ball| ball.sign_changes())];
    let series: Vec<Series> = quantities
        .into_iter()
        .zip(LINE_COLOURS)
        .map(|((name, of), colour)| {
            Series::new(format!("{name}, mean ± sd"), colour, Mark::Line, means(balls, of))
                .with_band(band(balls, of))
        })
        .collect();
    let panel = Curves {
        title: "(c) candidates on the line",
        x: "samples a batch",
        y: "count",
        x_range: (0.0, balls.last().map_or(1.0, |(size, _)| *size as f64)),
        y_scale: Scale::linear(0.0, 36.0),
        zero_line: false,
        legend: Some(SeriesLabelPosition::UpperRight),
    };
    curves(area, &panel, &series)
}

/// (d): the ball's ends, by batch size.
fn extents(area: &Area<'_>, full: &Scan, balls: &[(usize, Ball)]) -> PlotResult<()> {
    let ends: [(&str, Measure); 2] =
        [("first SNN-GPP", |ball| ball.low()), ("last SNN-GPP", |ball| ball.high())];
    let mut series: Vec<Series> = ends
        .into_iter()
        .zip(LINE_COLOURS)
        .map(|((name, of), colour)| {
            Series::new(format!("{name}, mean ± sd"), colour, Mark::Line, means(balls, of))
                .with_band(band(balls, of))
        })
        .collect();
    let end = balls.last().map_or(1.0, |(size, _)| *size as f64);
    for step in full.sign_changes() {
        let line = [(0.0, step), (end, step)];
        series.push(Series::new(format!("all data: {step:.1}"), BLACK_LINE, Mark::Dashes, line));
    }
    let panel = Curves {
        title: "(d) the ball that holds the SNN-GPPs",
        x: "samples a batch",
        y: "step along the line",
        x_range: (0.0, end),
        y_scale: Scale::linear(0.0, 10.0),
        zero_line: false,
        legend: Some(SeriesLabelPosition::UpperRight),
    };
    curves(area, &panel, &series)
}

/// (e, f): where the candidates lie, over all reconstructions with batches of 10.
fn places(pair: [&Area<'_>; 2], full: &Scan, scans: &[Scan]) -> PlotResult<()> {
    let marks: Vec<(f64, Colour)> =
        full.local_minima().into_iter().map(|step| (step, BLACK_LINE)).collect();
    let find: [(&str, Find); 2] = [
        ("(e) places of the local minima, |B| = 10 (dot: all data)", Scan::local_minima),
        ("(f) places of the SNN-GPPs, |B| = 10 (dot: all data)", Scan::sign_changes),
    ];
    for (area, (title, find)) in pair.into_iter().zip(find) {
        // Two steps a bin, well inside its edges.
        let mut histogram = Histogram::new(0.05, 10.05, 50)?;
        scans.iter().for_each(|scan| histogram.extend(find(scan)));
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
