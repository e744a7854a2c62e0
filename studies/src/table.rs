//! Numbers and tables as text.

/// Two decimals, or a power of ten for what is smaller.
pub fn short(number: f64) -> String {
    if number == 0.0 || number >= 0.1 || !number.is_finite() {
        format!("{number:.2}")
    } else {
        format!("{number:.1e}")
    }
}

/// A Markdown table with aligned columns.
pub fn markdown<S: AsRef<str>>(header: &[S], rows: &[Vec<String>]) -> String {
    let header: Vec<&str> = header.iter().map(AsRef::as_ref).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let dashes: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = line(&mut header.iter().copied());
    for row in std::iter::once(&dashes).chain(rows) {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cells() {
        let rows = [vec!["α".to_owned(), short(0.05)], vec!["b".to_owned(), short(12.0)]];
        let text = "| x   | error  |\n| --- | ------ |\n| α   | 5.0e-2 |\n| b   | 12.00  |\n";
        assert_eq!(markdown(&["x", "error"], &rows), text);
    }
}
