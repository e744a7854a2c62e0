//! The problems, each by its name.

mod data;
mod factorization;
mod network;
mod scale;
#[cfg(test)]
mod tests;

use super::problem::{Case, Group, Load};
use Group::{Regression, Sigmoid};

/// All problems, in a fixed order.
pub fn all() -> Vec<Case> {
    let training = [
        bundled("factorization", Regression, 50, 3000, |_| {
            Ok(Box::new(factorization::Factorization::new()))
        }),
        bundled("scale", Regression, 10, 5000, |_| Ok(Box::new(scale::Scale::new()))),
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
    ];
    let held_back = [
        case("sigmoid_diabetes1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "diabetes1")?)
        }),
        case("sigmoid_soybean1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "soybean1")?)
        }),
        case("sigmoid_thyroid1", Sigmoid, 10, 5000, |data| {
            network::sigmoid(&*data::table(data, "thyroid1")?)
        }),
    ];
    let held_back = held_back.map(|case| Case { is_held_back: true, ..case });
    training.into_iter().chain(held_back).collect()
}

fn case(name: &'static str, group: Group, batch: usize, updates: usize, load: Load) -> Case {
    Case { name, group, batch, updates, is_bundled: false, is_held_back: false, load }
}

fn bundled(name: &'static str, group: Group, batch: usize, updates: usize, load: Load) -> Case {
    Case { is_bundled: true, ..case(name, group, batch, updates, load) }
}
