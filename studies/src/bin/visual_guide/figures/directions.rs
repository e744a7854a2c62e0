//! Figure 7: the four lines of a plane.

use plotters::prelude::*;

use gols_studies::chart::{Drawn, Scale, picture};

use crate::plot::{LINE_COLOURS, TITLE};

pub(super) fn draw() -> Drawn<String> {
    picture((560, 560), ("The four lines of the plane x0 + a d1 + b d2", TITLE), |root, _| {
        let mut chart = ChartBuilder::on(root)
            .margin(12)
            .margin_right(24)
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d(Scale::linear(-26.0, 26.0), Scale::linear(-26.0, 26.0))?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.1))
            .x_desc("a, step along d1")
            .y_desc("b, step along d2")
            .x_labels(5)
            .y_labels(5)
            .label_style(("sans-serif", 12))
            .axis_desc_style(("sans-serif", 13))
            .draw()?;
        let frame = Rectangle::new([(-20.0, -20.0), (20.0, 20.0)], BLACK.mix(0.5).stroke_width(1));
        chart.draw_series([frame])?;
        let ends = [(20.0, 0.0), (0.0, 20.0), (20.0, 20.0), (20.0, -20.0)];
        let names = ["d1 / |d1|", "d2 / |d2|", "(d1 + d2) / |d1 + d2|", "(d1 - d2) / |d1 - d2|"];
        let labels = [(9.0, 2.6), (0.8, 15.0), (-1.0, 22.8), (-1.0, -21.6)];
        for (((x, y), name), (label, colour)) in
            ends.into_iter().zip(names).zip(labels.into_iter().zip(LINE_COLOURS))
        {
            chart
                .draw_series([PathElement::new(vec![(-x, -y), (x, y)], colour.stroke_width(3))])?;
            chart.draw_series([arrow_head((x, y), colour)])?;
            let style = ("sans-serif", 14).into_font().style(FontStyle::Bold).color(&colour);
            chart.draw_series([Text::new(name, label, style)])?;
        }
        chart.draw_series([Circle::new((0.0, 0.0), 5, BLACK.filled())])?;
        let style = ("sans-serif", 14).into_font().style(FontStyle::Bold);
        chart.draw_series([Text::new("x0", (1.0, -1.6), style)])?;
        Ok(())
    })
}

/// A triangle at the end of a line from the origin.
fn arrow_head((x, y): (f64, f64), colour: RGBColor) -> Polygon<(f64, f64)> {
    let length = x.hypot(y);
    let (u, v) = (x / length, y / length);
    let back = (x - 2.0 * u, y - 2.0 * v);
    let corners =
        vec![(x, y), (back.0 - 0.8 * v, back.1 + 0.8 * u), (back.0 + 0.8 * v, back.1 - 0.8 * u)];
    Polygon::new(corners, colour.filled())
}
