//! Numbers and tables as text.

/// Two decimals, or a power of ten for what is smaller.
pub fn short(error: f64) -> String {
    if error == 0.0 || error >= 0.1 || !error.is_finite() {
        format!("{error:.2}")
    } else {
        format!("{error:.1e}")
    }
}

/// A Markdown table with aligned columns.
pub fn table(text: &mut String, header: &[String], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    *text += &line(header);
    *text += &line(&widths.iter().map(|&width| "-".repeat(width)).collect::<Vec<_>>());
    for row in rows {
        *text += &line(row);
    }
    text.push('\n');
}
