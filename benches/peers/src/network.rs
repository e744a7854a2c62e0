//! Loss and gradient of a sigmoid network, L = 1/(2B) Σ |y − t|², beside candle's and burn's.

use std::error::Error;

use burn::tensor::{Device, Tensor as BurnTensor, TensorData, activation};
use candle_core::{Device as CandleDevice, Tensor, Var};
use gols::SliceModel;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};

use crate::least_times;

const SHAPES: [([usize; 3], usize); 5] = [
    ([4, 10, 3], 10),
    ([100, 50, 10], 10),
    ([784, 100, 10], 10),
    ([784, 100, 10], 100),
    ([784, 100, 10], 1000),
];

/// The same parameters, inputs and targets for all.
struct Problem {
    sizes: [usize; 3],
    batch: usize,
    x: Vec<f32>,
    inputs: Vec<f32>,
    labels: Vec<usize>,
    targets: Vec<f32>,
}

impl Problem {
    fn new(sizes: [usize; 3], batch: usize) -> Result<Self, gols::Error> {
        let network = Network::new(&sizes, Activation::Sigmoid)?;
        let x = network.uniform_parameters(-0.1, 0.1, 1)?;
        let cell = |i: usize| (i * 7919 % 997) as f32 / 997.0;
        let inputs = (0..batch * sizes[0]).map(cell).collect();
        let labels: Vec<usize> = (0..batch).map(|row| row % sizes[2]).collect();
        let mut targets = vec![0.0; batch * sizes[2]];
        labels.iter().enumerate().for_each(|(row, k)| targets[row * sizes[2] + k] = 1.0);
        Ok(Self { sizes, batch, x, inputs, labels, targets })
    }

    /// The shape and the numbers of weights and biases, layer by layer.
    fn parts(&self) -> [(Vec<usize>, &[f32]); 4] {
        let [i, h, o] = self.sizes;
        let (w1, rest) = self.x.split_at(i * h);
        let (b1, rest) = rest.split_at(h);
        let (w2, b2) = rest.split_at(h * o);
        [(vec![i, h], w1), (vec![1, h], b1), (vec![h, o], w2), (vec![1, o], b2)]
    }
}

fn gols_call(problem: &Problem) -> Result<impl FnMut() -> f64, gols::Error> {
    let network = Network::new(&problem.sizes, Activation::Sigmoid)?;
    let data = Dataset::from_classes(problem.inputs.clone(), &problem.labels, problem.sizes[2])?;
    let mut model = Model::new(network, Loss::HalfSquared, data)?;
    let x = problem.x.clone();
    let mut gradient = x.clone();
    Ok(move || model.loss_and_gradient(&x, &[], &mut gradient).unwrap_or(f64::NAN))
}

fn candle_call(problem: &Problem) -> candle_core::Result<impl FnMut() -> f64> {
    let device = CandleDevice::Cpu;
    let [i, _, o] = problem.sizes;
    let variables = problem
        .parts()
        .into_iter()
        .map(|(shape, values)| Var::from_slice(values, shape, &device))
        .collect::<candle_core::Result<Vec<Var>>>()?;
    let inputs = Tensor::from_slice(&problem.inputs, (problem.batch, i), &device)?;
    let targets = Tensor::from_slice(&problem.targets, (problem.batch, o), &device)?;
    let scale = 0.5 / problem.batch as f64;
    let evaluate = move || -> candle_core::Result<f64> {
        let mut a = inputs.clone();
        for layer in variables.chunks(2) {
            a = candle_nn::ops::sigmoid(&a.matmul(&layer[0])?.broadcast_add(&layer[1])?)?;
        }
        let loss = ((a - &targets)?.sqr()?.sum_all()? * scale)?;
        let gradients = loss.backward()?;
        assert!(variables.iter().all(|variable| gradients.get(variable).is_some()));
        Ok(f64::from(loss.to_scalar::<f32>()?))
    };
    Ok(move || evaluate().unwrap_or(f64::NAN))
}

fn burn_call(problem: &Problem) -> impl FnMut() -> f64 {
    let device = Device::default().autodiff();
    let [i, _, o] = problem.sizes;
    let tensor = |shape: Vec<usize>, values: &[f32]| {
        BurnTensor::<2>::from_data(TensorData::new(values.to_vec(), shape), &device)
    };
    let parameters = problem.parts().map(|(shape, values)| tensor(shape, values).require_grad());
    let inputs = tensor(vec![problem.batch, i], &problem.inputs);
    let targets = tensor(vec![problem.batch, o], &problem.targets);
    let scale = 0.5 / problem.batch as f64;
    move || {
        let mut a = inputs.clone();
        for layer in parameters.chunks(2) {
            a = activation::sigmoid(a.matmul(layer[0].clone()) + layer[1].clone());
        }
        let loss = (a - targets.clone()).square().sum() * scale;
        let gradients = loss.backward();
        assert!(parameters.iter().all(|parameter| parameter.grad(&gradients).is_some()));
        f64::from(loss.into_scalar::<f32>())
    }
}

pub fn compare() -> Result<(), Box<dyn Error>> {
    println!("loss and gradient, f32, one thread: us, and how many times gols is faster");
    println!(
        "{:>12} {:>6} {:>10} {:>10} {:>7} {:>10} {:>7}",
        "network", "batch", "gols", "candle", "ratio", "burn", "ratio"
    );
    for (sizes, batch) in SHAPES {
        let problem = Problem::new(sizes, batch)?;
        let (mut gols, mut candle) = (gols_call(&problem)?, candle_call(&problem)?);
        let mut burn = burn_call(&problem);
        let [a, b, c] = [gols(), candle(), burn()];
        assert!((a - b).abs() < 1e-4 * a && (a - c).abs() < 1e-4 * a, "losses {a}, {b}, {c}");
        let [gols, candle, burn] = least_times(&mut [&mut gols, &mut candle, &mut burn]);
        let name = sizes.map(|size| size.to_string()).join("-");
        let us = |seconds: f64| 1e6 * seconds;
        println!(
            "{name:>12} {batch:>6} {:>10.2} {:>10.1} {:>7.1} {:>10.1} {:>7.1}",
            us(gols),
            us(candle),
            candle / gols,
            us(burn),
            burn / gols
        );
    }
    Ok(())
}
