//! Glass1 of Proben1, read from its own format.

use std::path::Path;

use gols::mlp::Dataset;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The training rows of glass1.dt in `folder`, or in its folder glass1: the first half of the file.
pub fn training_rows(folder: &Path) -> Result<Dataset<f64>, AnyError> {
    let candidates = [folder.join("glass1").join("glass1.dt"), folder.join("glass1.dt")];
    let path = candidates.iter().find(|path| path.is_file()).ok_or_else(|| {
        format!(
            "--data: neither {} nor {} exists",
            candidates[0].display(),
            candidates[1].display()
        )
    })?;
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A header of `name=count` lines, then one row of inputs and targets a line.
fn parse(text: &str) -> Result<Dataset<f64>, AnyError> {
    let header = |name: &str| -> Result<usize, AnyError> {
        let prefix = format!("{name}=");
        let line = text.lines().find_map(|line| line.trim().strip_prefix(&prefix));
        let count = line.ok_or_else(|| format!("the header has no line {prefix}..."))?;
        count.trim().parse().map_err(|_| format!("{prefix}{count} is no whole number").into())
    };
    let inputs = header("bool_in")? + header("real_in")?;
    let targets = header("bool_out")? + header("real_out")?;
    let wanted = header("training_examples")?;
    let rows =
        text.lines().enumerate().filter(|(_, line)| !line.contains('=') && !line.trim().is_empty());
    let (mut x, mut t) = (Vec::new(), Vec::new());
    let mut count = 0;
    for (number, line) in rows.take(wanted) {
        let cells = line.split_whitespace().map(|cell| {
            cell.parse::<f64>().map_err(|_| format!("line {}: '{cell}' is no number", number + 1))
        });
        let cells = cells.collect::<Result<Vec<f64>, _>>()?;
        if cells.len() != inputs + targets {
            let (found, expected) = (cells.len(), inputs + targets);
            return Err(format!(
                "line {}: {found} cells, but the header says {expected}",
                number + 1
            )
            .into());
        }
        x.extend_from_slice(&cells[..inputs]);
        t.extend_from_slice(&cells[inputs..]);
        count += 1;
    }
    if count < wanted {
        return Err(format!("{count} rows, but the header says {wanted} training examples").into());
    }
    Ok(Dataset::new(count, x, t)?.with_scaled_inputs(-1.0, 1.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "bool_in=0\nreal_in=2\nbool_out=2\nreal_out=0\ntraining_examples=2\n";

    #[test]
    fn the_training_rows_are_read_and_scaled() {
        let text =
            format!("{HEADER}validation_examples=1\ntest_examples=0\n0 3 1 0\n1 5 0 1\n9 9 1 0\n");
        let data = parse(&text).unwrap();
        assert_eq!(
            (data.len(), data.inputs(), data.target(1)),
            (2, &[-1.0, -1.0, 1.0, 1.0][..], &[0.0, 1.0][..])
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_by_line() {
        let message = |text: String| parse(&text).unwrap_err().to_string();
        assert!(message("1 2 3".to_owned()).contains("bool_in="));
        assert_eq!(message(format!("{HEADER}1 2 x 0\n")), "line 6: 'x' is no number");
        assert!(message(format!("{HEADER}1 2 3\n")).starts_with("line 6: 3 cells"));
        assert!(message(format!("{HEADER}1 2 1 0\n")).starts_with("1 rows"));
    }
}
