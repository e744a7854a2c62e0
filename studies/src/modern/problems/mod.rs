//! The problems, each by its name.

mod autoencoder;
mod characters;
mod convolution;
mod data;
mod factorization;
mod gru;
mod images;
mod network;
mod residual;
mod scale;
mod taped;
#[cfg(test)]
mod tests;
mod transformer;
mod variational;

use std::path::Path;

use gols::mlp::Activation;

use super::problem::{Case, Group, Load};
use crate::AnyError;
use Group::{Autoencoders, Regression, Sequences, Sigmoid, Tables};
use characters::Characters;
use images::Images;
use taped::Taped;

/// All problems, in a fixed order.
pub fn all() -> Vec<Case> {
    let shown = tables()
        .into_iter()
        .chain(sequences())
        .chain(autoencoders())
        .chain(regression())
        .chain(sigmoid());
    let held_back = held_back().map(|case| Case { is_held_back: true, ..case });
    shown.chain(held_back).collect()
}

fn tables() -> [Case; 6] {
    [
        case("softmax_mnist", Tables, 32, 2000, |data| {
            let parts = data::images(data)?;
            Ok(Box::new(network::classifier(&parts, &[], Activation::Linear)?))
        }),
        case("relu_mnist", Tables, 64, 1500, |data| {
            let parts = data::images(data)?;
            Ok(Box::new(network::classifier(&parts, &[128, 128], Activation::Relu)?))
        }),
        case("relu_thyroid1", Tables, 10, 4000, |data| {
            network::relu(&*data::table(data, "thyroid1")?)
        }),
        case("relu_soybean1", Tables, 10, 4000, |data| {
            network::relu(&*data::table(data, "soybean1")?)
        }),
        case("residual_mnist", Tables, 32, 1000, |data| {
            Ok(Box::new(Taped::new(residual::Residual::new(images(data, 20_000)?), 1000)))
        }),
        bundled("relu_iris", Tables, 10, 4000, |_| network::relu(&data::iris()?)),
    ]
}

fn sequences() -> [Case; 3] {
    [
        case("convolution", Sequences, 32, 800, |data| {
            Ok(Box::new(Taped::new(convolution::Convolution::new(images(data, 10_000)?), 1000)))
        }),
        case("transformer", Sequences, 16, 800, |data| {
            let characters = Characters::new(data::text(data)?, transformer::LENGTH);
            Ok(Box::new(Taped::new(transformer::Transformer::new(characters), 500)))
        }),
        case("gru", Sequences, 16, 800, |data| {
            let characters = Characters::new(data::text(data)?, gru::LENGTH);
            Ok(Box::new(Taped::new(gru::Gru::new(characters), 500)))
        }),
    ]
}

fn autoencoders() -> [Case; 2] {
    [
        case("autoencoder", Autoencoders, 64, 1000, |data| {
            Ok(Box::new(Taped::new(autoencoder::Autoencoder::new(images(data, 20_000)?), 2000)))
        }),
        case("variational", Autoencoders, 64, 1000, |data| {
            Ok(Box::new(Taped::new(variational::Variational::new(images(data, 20_000)?), 2000)))
        }),
    ]
}

/// The first images of MNIST.
fn images(data: Option<&Path>, population: usize) -> Result<Images, AnyError> {
    Ok(Images::new(data::images(data)?, population))
}

fn regression() -> [Case; 2] {
    [
        bundled("factorization", Regression, 50, 3000, |_| {
            Ok(Box::new(factorization::Factorization::new()))
        }),
        bundled("scale", Regression, 10, 5000, |_| Ok(Box::new(scale::Scale::new()))),
    ]
}

fn sigmoid() -> [Case; 4] {
    [
        case("sigmoid_glass1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "glass1")?)
        }),
        case("sigmoid_card1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "card1")?)
        }),
        case("sigmoid_horse1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "horse1")?)
        }),
        bundled("sigmoid_iris", Sigmoid, 10, 5000, |_| network::sigmoid(&data::iris()?)),
    ]
}

fn held_back() -> [Case; 9] {
    [
        case("relu_cancer1", Tables, 10, 4000, |data| {
            network::relu(&*data::table(data, "cancer1")?)
        }),
        case("relu_heart1", Tables, 10, 4000, |data| network::relu(&*data::table(data, "heart1")?)),
        case("relu_gene1", Tables, 10, 4000, |data| network::relu(&*data::table(data, "gene1")?)),
        case("relu_card1", Tables, 10, 4000, |data| network::relu(&*data::table(data, "card1")?)),
        case("relu_forests", Tables, 10, 4000, |data| {
            network::relu(&*data::table(data, "forests")?)
        }),
        case("tanh_mnist", Tables, 32, 2000, |data| {
            let parts = data::images(data)?;
            let network = network::classifier(&parts, &[64], Activation::Tanh)?;
            Ok(Box::new(network.with_population(10_000)))
        }),
        case("sigmoid_diabetes1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "diabetes1")?)
        }),
        case("sigmoid_soybean1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "soybean1")?)
        }),
        case("sigmoid_thyroid1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "thyroid1")?)
        }),
    ]
}

fn case(name: &'static str, group: Group, batch: usize, updates: usize, load: Load) -> Case {
    Case { name, group, batch, updates, is_bundled: false, is_held_back: false, load }
}

fn bundled(name: &'static str, group: Group, batch: usize, updates: usize, load: Load) -> Case {
    Case { is_bundled: true, ..case(name, group, batch, updates, load) }
}
