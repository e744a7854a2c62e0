//! What may differ from the paper's networks: the mini-batch, the width, the activation, the loss's scale.

use gols::Sampling;
use gols::mlp::Activation;
use serde_json::{Map, Value, json};

/// Samples in a mini-batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    Size(usize),
    /// All training samples, and no sub-sampling.
    Full,
}

/// How networks are built and sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    pub batch: Batch,
    /// Multiplies the paper's number of hidden nodes.
    pub width: f64,
    /// Of the hidden layers; the outputs are sigmoids, as the targets are 0 and 1.
    pub activation: Activation,
    /// Multiplies loss and gradient, but not the errors that are reported.
    pub loss_scale: f64,
}

impl Default for Setup {
    /// The paper's ([LR] 3.1).
    fn default() -> Self {
        let (batch, activation) = (Batch::Size(10), Activation::Sigmoid);
        Self { batch, width: 1.0, activation, loss_scale: 1.0 }
    }
}

/// The activations by their names in options and files.
pub const ACTIVATIONS: [(&str, Activation); 7] = [
    ("sigmoid", Activation::Sigmoid),
    ("tanh", Activation::Tanh),
    ("softsign", Activation::Softsign),
    ("relu", Activation::Relu),
    ("leaky-relu", Activation::LeakyRelu),
    ("elu", Activation::Elu),
    ("linear", Activation::Linear),
];

impl Batch {
    /// Samples in a mini-batch out of so many.
    pub fn size(self, samples: usize) -> usize {
        match self {
            Self::Size(size) => size,
            Self::Full => samples,
        }
    }

    /// How searches sample that draw anew for every evaluation where there is something to draw.
    pub fn sampling(self) -> Sampling {
        if self == Self::Full { Sampling::Full } else { Sampling::Dynamic }
    }
}

impl Setup {
    /// The name of the hidden layers' activation.
    pub fn activation_name(&self) -> &'static str {
        let named = ACTIVATIONS.iter().find(|(_, activation)| *activation == self.activation);
        named.map_or("unknown", |(name, _)| name)
    }

    /// What identifies runs: the mini-batch, and whatever is not the paper's.
    pub fn settings(&self) -> Map<String, Value> {
        let mut settings = Map::new();
        let batch = match self.batch {
            Batch::Size(size) => json!(size),
            Batch::Full => json!("full"),
        };
        settings.insert("batch".to_owned(), batch);
        let default = Self::default();
        let mut add = |name: &str, differs: bool, value: Value| {
            if differs {
                settings.insert(name.to_owned(), value);
            }
        };
        add("width", self.width != default.width, json!(self.width));
        let activation = self.activation != default.activation;
        add("activation", activation, json!(self.activation_name()));
        add("loss_scale", self.loss_scale != default.loss_scale, json!(self.loss_scale));
        settings
    }

    /// The same for people.
    pub fn describe(&self) -> String {
        let mut text = match self.batch {
            Batch::Size(size) => format!("mini-batches of {size} drawn anew for every evaluation"),
            Batch::Full => "all training samples in every evaluation".to_owned(),
        };
        if self.width != 1.0 {
            text += &format!(", {} times the hidden nodes", self.width);
        }
        if self.activation != Activation::Sigmoid {
            text += &format!(", {} in the hidden layers", self.activation_name());
        }
        if self.loss_scale != 1.0 {
            text += &format!(", the loss times {}", self.loss_scale);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_setup_is_told_by_its_batch_alone_and_others_by_what_differs() {
        let paper = Setup::default();
        assert_eq!(Value::Object(paper.settings()), json!({ "batch": 10 }));
        let other = Setup {
            batch: Batch::Full,
            width: 2.0,
            activation: Activation::LeakyRelu,
            loss_scale: 1e-3,
        };
        let expected = json!({ "batch": "full", "width": 2.0, "activation": "leaky-relu", "loss_scale": 1e-3 });
        assert_eq!(Value::Object(other.settings()), expected);
        assert_eq!((paper.batch.size(75), other.batch.size(75)), (10, 75));
        assert_eq!(paper.batch.sampling(), Sampling::Dynamic);
        assert_eq!(other.batch.sampling(), Sampling::Full);
    }
}
