//! One SVG: plotters draws the panels, and raster images and paths are laid under or over them.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::*;

use super::{Area, Colour, Drawn};

/// Whether something lies under all axes and texts, or over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Under,
    Over,
}

/// What plotters cannot draw: SVG elements of our own, in pixels of the whole picture.
///
/// A surface of 100 x 100 points would be 10 000 rectangles, a megabyte; as an image it is a few
/// kilobytes.
#[derive(Debug, Default)]
pub struct Overlay {
    under: String,
    over: String,
}

impl Overlay {
    /// An image of `pixels`, rows from the top, stretched over a rectangle (left, top, width, height).
    pub fn image(&mut self, place: (i32, i32, i32, i32), pixels: &[Vec<Colour>]) -> Drawn<()> {
        let (left, top, width, height) = place;
        let data = STANDARD.encode(png(pixels)?);
        writeln!(
            self.under,
            "<image x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" \
             href=\"data:image/png;base64,{data}\"/>"
        )?;
        Ok(())
    }

    /// A path in SVG's own notation.
    pub fn path(&mut self, layer: Layer, data: &str, style: &str) -> Drawn<()> {
        let text = if layer == Layer::Under { &mut self.under } else { &mut self.over };
        writeln!(text, "<path d=\"{data}\" {style}/>")?;
        Ok(())
    }
}

/// The pixels as a PNG with a palette.
fn png(pixels: &[Vec<Colour>]) -> Drawn<Vec<u8>> {
    let mut palette: Vec<Colour> = pixels.iter().flatten().copied().collect();
    palette.sort_unstable_by_key(|&RGBColor(r, g, b)| (r, g, b));
    palette.dedup();
    let index = |colour: &Colour| {
        let RGBColor(r, g, b) = *colour;
        palette.binary_search_by_key(&(r, g, b), |&RGBColor(r, g, b)| (r, g, b))
    };
    let indices = pixels.iter().flatten().map(|colour| index(colour).map_or(0, |i| i as u8));
    let indices: Vec<u8> = indices.collect();
    let width = pixels.first().map_or(0, Vec::len);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, pixels.len() as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder
        .set_palette(palette.iter().flat_map(|&RGBColor(r, g, b)| [r, g, b]).collect::<Vec<_>>());
    encoder.write_header()?.write_image_data(&indices)?;
    Ok(bytes)
}

/// Draws a picture of this size in pixels, with a title in this font, and returns its SVG.
pub fn picture(
    size: (u32, u32),
    (title, font): (&str, (&str, i32, FontStyle)),
    draw: impl FnOnce(&Area<'_>, &mut Overlay) -> Drawn<()>,
) -> Drawn<String> {
    let mut svg = String::new();
    let mut overlay = Overlay::default();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let titled = root.titled(title, font)?;
        draw(&titled, &mut overlay)?;
        root.present()?;
    }
    // The first element is the white background; what lies under comes right after it.
    let background =
        svg.find("<rect").and_then(|start| svg[start..].find("/>").map(|at| start + at + 2));
    let end = svg.rfind("</svg>");
    match (background, end) {
        (Some(background), Some(end)) => Ok(format!(
            "{}\n{}{}{}</svg>\n",
            &svg[..background],
            overlay.under,
            &svg[background..end],
            overlay.over
        )),
        _ => Err("the drawing has no background".into()),
    }
}
