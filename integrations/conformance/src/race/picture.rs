//! Training losses and another measure over updates.

use gols_studies::chart::{
    self, BLUE, Colour, Drawn, GREEN, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series, VERMILION,
};
use plotters::prelude::{FontStyle, SeriesLabelPosition};

use super::{Curve, Look, Measure};

const COLOURS: [Colour; 6] = [VERMILION, SKY, BLUE, GREEN, PURPLE, ORANGE];

/// Two panels as an SVG, over the same updates: training losses, and what else was measured.
///
/// # Errors
/// The drawing library's.
pub fn draw(title: &str, curves: &[Curve], measure: &Measure) -> Drawn<String> {
    let font = ("sans-serif", 16, FontStyle::Normal);
    let losses = series(curves, |look| look.loss);
    let mut scores = series(curves, |look| look.score);
    let score_scale = cut(&mut scores, measure);
    let scale = scale_of(&losses);
    chart::picture((1000, 400), (title, font), |root, _| {
        let panels = root.split_evenly((1, 2));
        let legend = Some(SeriesLabelPosition::UpperRight);
        chart::curves(&panels[0], &panel("training loss", scale, legend, &losses), &losses)?;
        chart::curves(&panels[1], &panel(measure.name, score_scale, None, &losses), &scores)
    })
}

/// Leaves what the measure wants drawn; everything where most curves never get there, as in short runs.
fn cut(scores: &mut [Series], measure: &Measure) -> Scale {
    let is_drawn = |point: &(f64, f64)| measure.drawn.contains(&point.1);
    let entering = scores.iter().filter(|series| series.points.iter().any(is_drawn)).count();
    if 2 * entering <= scores.len() {
        return Scale::of_losses(scores.iter().flat_map(|series| &series.points).map(|p| p.1));
    }
    scores.iter_mut().for_each(|series| series.points.retain(is_drawn));
    Scale::linear(*measure.drawn.start(), *measure.drawn.end())
}

/// Losses that span a decade are drawn in decades, others on a linear scale.
fn scale_of(losses: &[Series]) -> Scale {
    let values = || losses.iter().flat_map(|series| &series.points).map(|point| point.1);
    let (least, most) = values().fold((f64::INFINITY, 0.0_f64), |(a, b), y| (y.min(a), y.max(b)));
    if most > 10.0 * least { Scale::decades(least, most) } else { Scale::of_losses(values()) }
}

fn series(curves: &[Curve], of: fn(&Look) -> f64) -> Vec<Series> {
    let each = curves.iter().zip(COLOURS).map(|(curve, colour)| {
        let mark = if curve.rate == "-" { Mark::Thick } else { Mark::Line };
        let points = curve.looks.iter().map(|look| (look.updates as f64, of(look)));
        let name = format!("{} {}", curve.name, curve.rate.trim_matches('-'));
        Series::new(name, colour, mark, points)
    });
    each.collect()
}

fn panel<'a>(
    y: &'a str,
    y_scale: Scale,
    legend: Option<SeriesLabelPosition>,
    series: &[Series],
) -> Panel<'a> {
    let updates = series.iter().flat_map(|series| &series.points).map(|point| point.0);
    let x_scale = Scale::linear(0.0, updates.fold(1.0, f64::max));
    let look = chart::Look::default();
    Panel { title: "", x: "updates", y, x_scale, y_scale, zero_line: false, legend, look }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_short_run_are_drawn_where_they_are_and_those_of_a_long_one_where_it_matters() {
        let measure = Measure { name: "accuracy", digits: 1, drawn: 90.0..=100.0 };
        let scores = |points: &[[f64; 3]]| -> Vec<Series> {
            let points =
                points.iter().map(|scores| (0..3).map(|t| (f64::from(t), scores[t as usize])));
            points.map(|points| Series::new("", VERMILION, Mark::Line, points)).collect()
        };
        let mut short = scores(&[[10.0, 20.0, 30.0], [10.0, 91.0, 92.0]]);
        let scale = cut(&mut short, &measure);
        assert!(scale.low < 10.0 && scale.high > 92.0, "{scale:?}");
        assert!(short.iter().all(|series| series.points.len() == 3));

        let mut long = scores(&[[10.0, 95.0, 96.0], [10.0, 91.0, 92.0], [10.0, 10.0, 50.0]]);
        assert_eq!(cut(&mut long, &measure), Scale::linear(90.0, 100.0));
        assert_eq!(long.iter().map(|series| series.points.len()).collect::<Vec<_>>(), [2, 2, 0]);
    }
}
