//! Figure 9: the activations and their derivatives.

use gols::mlp::{Dataset, Loss, Model, Network};
use gols::{Error, SliceModel};
use gols_studies::chart::{Drawn, Look, Mark, Panel, Scale, Series, curves, picture};
use plotters::prelude::*;

use crate::plot::{LINE_COLOURS, TITLE};
use crate::problem::Unit;

pub(super) fn draw() -> Drawn<String> {
    let title = "Activations (left) and their derivatives (right)";
    picture((1000, 760), (title, TITLE), |root, _| {
        let panels = root.split_evenly((2, 2));
        let classes = [
            ("saturation", Unit::SATURATION, Scale::linear(-1.1, 1.1)),
            ("sparsity", Unit::SPARSITY, Scale::linear(-1.2, 5.2)),
        ];
        for (row, (class, units, y_scale)) in panels.chunks(2).zip(classes) {
            let mut values = Vec::new();
            let mut derivatives = Vec::new();
            for ((unit, colour), mark) in
                units.into_iter().zip(LINE_COLOURS).zip([Mark::Line, Mark::Dashes, Mark::Line])
            {
                let samples = sample(unit)?;
                let value = samples.iter().map(|&(z, h, _)| (z, h));
                let derivative = samples.iter().map(|&(z, _, d)| (z, d));
                values.push(Series::new(unit.name(), colour, mark, value));
                derivatives.push(Series::new(unit.name(), colour, mark, derivative));
            }
            let panel = Panel {
                title: &format!("{class} class: h(z)"),
                x: "z",
                y: "h(z)",
                x_scale: Scale::linear(-5.0, 5.0),
                y_scale,
                zero_line: true,
                legend: Some(SeriesLabelPosition::UpperLeft),
                look: Look::default(),
            };
            curves(&row[0], &panel, &values)?;
            let panel = Panel {
                title: &format!("{class} class: h'(z)"),
                y: "h'(z)",
                y_scale: Scale::linear(-0.05, 1.1),
                ..panel
            };
            curves(&row[1], &panel, &derivatives)?;
        }
        Ok(())
    })
}

/// (z, h(z), h'(z)), asked of the crate's own network: one input z, one output h(1 z + b) with b = 0.
/// With the target h - 1, the half squared loss has the derivative h'(z) by b.
fn sample(unit: Unit) -> Result<Vec<(f64, f64, f64)>, Error> {
    (0..=200)
        .map(|n| {
            let z = -5.0 + 0.05 * f64::from(n);
            let network = Network::new(&[1, 1], unit.activation())?;
            let model = |target: f64| {
                let data = Dataset::new(1, vec![z], vec![target])?;
                Model::new(network.clone(), Loss::HalfSquared, data)
            };
            // With the targets 0 and 1 the losses are h²/2 and (h - 1)²/2; their difference is h - 1/2.
            let x = [1.0, 0.0];
            let h = model(0.0)?.error(&x)? - model(1.0)?.error(&x)? + 0.5;
            let mut gradient = [0.0; 2];
            model(h - 1.0)?.loss_and_gradient(&x, &[], &mut gradient)?;
            Ok((z, h, gradient[1]))
        })
        .collect()
}
