//! What may differ from the paper's study: how long runs are, and the mini-batch, the width, the activation and the
//! loss's scale of its networks.

use gols::mlp::Activation;
use serde::{Serialize, Serializer};

/// Samples in a mini-batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Batch {
    /// All training samples, and no sub-sampling.
    Full,
    #[serde(untagged)]
    Size(usize),
}

/// How networks are built and sampled. A journal names the mini-batch, and whatever is not the paper's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Setup {
    pub batch: Batch,
    /// Multiplies the paper's number of hidden nodes.
    #[serde(skip_serializing_if = "is_one")]
    pub width: f64,
    /// Of the hidden layers; the outputs are sigmoids, as the targets are 0 and 1.
    #[serde(skip_serializing_if = "is_sigmoid", serialize_with = "serialize_name")]
    pub activation: Activation,
    /// Multiplies loss and gradient, but not the errors that are reported.
    #[serde(skip_serializing_if = "is_one")]
    pub loss_scale: f64,
}

fn is_one(factor: &f64) -> bool {
    *factor == 1.0
}

fn is_sigmoid(activation: &Activation) -> bool {
    *activation == Activation::Sigmoid
}

fn serialize_name<S: Serializer>(activation: &Activation, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(name(*activation))
}

/// Where runs end, what they are seeded with, and what they train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Iterations of a run, unless `cost` ends it.
    pub iterations: usize,
    /// Function evaluations that end a run, whatever its iterations.
    pub cost: Option<u64>,
    pub seed: u64,
    pub setup: Setup,
}

impl Default for Setup {
    /// The paper's ([LR] 3.1).
    fn default() -> Self {
        let (batch, activation) = (Batch::Size(10), Activation::Sigmoid);
        Self { batch, width: 1.0, activation, loss_scale: 1.0 }
    }
}

/// The activations by their names in options and files.
pub(crate) const ACTIVATIONS: [(&str, Activation); 7] = [
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
    pub(crate) fn size(self, samples: usize) -> usize {
        match self {
            Self::Size(size) => size,
            Self::Full => samples,
        }
    }
}

/// An activation's name in options and files.
fn name(activation: Activation) -> &'static str {
    let named = ACTIVATIONS.iter().find(|(_, known)| *known == activation);
    named.map_or("unknown", |(name, _)| name)
}

impl Setup {
    /// What a reader needs to know.
    pub(crate) fn describe(&self) -> String {
        let mut text = match self.batch {
            Batch::Size(size) => format!("mini-batches of {size} drawn anew for every evaluation"),
            Batch::Full => "all training samples in every evaluation".to_owned(),
        };
        if self.width != 1.0 {
            text += &format!(", {} times the hidden nodes", self.width);
        }
        if self.activation != Activation::Sigmoid {
            text += &format!(", {} in the hidden layers", name(self.activation));
        }
        if self.loss_scale != 1.0 {
            text += &format!(", the loss times {}", self.loss_scale);
        }
        text
    }
}

/// What identifies runs.
#[derive(Serialize)]
struct Header {
    study: u8,
    iterations: Option<usize>,
    cost: Option<u64>,
    seed: u64,
    #[serde(flatten)]
    setup: Setup,
}

impl Settings {
    /// The first line of a journal with these settings.
    pub(crate) fn header(&self) -> Result<String, serde_json::Error> {
        let Self { iterations, cost, seed, setup } = *self;
        let iterations = cost.is_none().then_some(iterations);
        serde_json::to_string(&Header { study: 1, iterations, cost, seed, setup })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_setup_is_told_by_its_batch_alone_and_others_by_what_differs() {
        let paper = Setup::default();
        let mut settings = Settings { iterations: 10, cost: None, seed: 1, setup: paper };
        let line = r#"{"study":1,"iterations":10,"cost":null,"seed":1,"batch":10}"#;
        assert_eq!(settings.header().unwrap(), line);
        let (batch, activation) = (Batch::Full, Activation::LeakyRelu);
        settings.setup = Setup { batch, width: 2.0, activation, loss_scale: 1e-3 };
        settings.cost = Some(7);
        let line = concat!(
            r#"{"study":1,"iterations":null,"cost":7,"seed":1,"#,
            r#""batch":"full","width":2.0,"activation":"leaky-relu","loss_scale":0.001}"#
        );
        assert_eq!(settings.header().unwrap(), line);
        assert_eq!((paper.batch.size(75), batch.size(75)), (10, 75));
    }
}
