//! Colour maps that survive greyscale.

use plotters::style::RGBColor;

use gols_studies::chart::Colour;

/// From a place in [0, 1] to a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Map {
    /// For losses and deviations: the darker the lower.
    Sequential,
    /// For slopes and differences: blues below the middle, oranges above; lighter all the way, and a
    /// jump of hue at the middle.
    Diverging,
}

/// Dark violet over blue and green to yellow.
const SEQUENTIAL: [[f64; 3]; 6] = [
    [46.0, 8.0, 84.0],
    [62.0, 68.0, 136.0],
    [44.0, 112.0, 142.0],
    [34.0, 160.0, 130.0],
    [124.0, 206.0, 84.0],
    [252.0, 232.0, 60.0],
];
const BELOW: [[f64; 3]; 3] = [[8.0, 24.0, 74.0], [36.0, 82.0, 150.0], [84.0, 126.0, 184.0]];
const ABOVE: [[f64; 3]; 3] = [[226.0, 160.0, 104.0], [246.0, 190.0, 120.0], [255.0, 244.0, 206.0]];

impl Map {
    pub(crate) fn colour(self, place: f64) -> Colour {
        match self {
            Self::Sequential => between(&SEQUENTIAL, place),
            Self::Diverging if place < 0.5 => between(&BELOW, 2.0 * place),
            Self::Diverging => between(&ABOVE, 2.0 * place - 1.0),
        }
    }
}

fn between(anchors: &[[f64; 3]], place: f64) -> Colour {
    let along = place.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
    let below = (along.floor() as usize).min(anchors.len() - 2);
    let share = along - below as f64;
    let mix = |c: usize| {
        (anchors[below][c] + share * (anchors[below + 1][c] - anchors[below][c])).round() as u8
    };
    RGBColor(mix(0), mix(1), mix(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (ITU-R BT.709) of the linear light.
    fn luminance(RGBColor(r, g, b): Colour) -> f64 {
        let linear = |c: u8| (f64::from(c) / 255.0).powf(2.2);
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn both_maps_grow_lighter_all_the_way() {
        for map in [Map::Sequential, Map::Diverging] {
            let steps = (0..=32).map(|step| luminance(map.colour(f64::from(step) / 32.0)));
            let steps: Vec<f64> = steps.collect();
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{map:?}: {steps:?}");
            assert!(steps[32] > 8.0 * steps[0]);
        }
    }
}
