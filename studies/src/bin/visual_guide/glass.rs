//! Glass1 of Proben1.

use std::path::Path;

use gols::mlp::Dataset;
use gols_studies::AnyError;
use gols_studies::readers::{File, FileError, proben1};

/// The training rows of glass1.dt in `folder`, or in its folder glass1: the first half of the file.
pub(crate) fn training_rows(folder: &Path) -> Result<Dataset<f64>, AnyError> {
    let file = match File::open(folder.join("glass1").join("glass1.dt")) {
        Err(FileError::Missing(path)) => File::open(folder.join("glass1.dt"))
            .map_err(|error| format!("--data: {} is missing; {error}", path.display()))?,
        file => file?,
    };
    let read = file.read(proben1::read)?;
    let rows = read.parts[0];
    let [inputs, targets] = [read.inputs, read.targets]
        .map(|table| table.cells.into_iter().take(rows * table.columns).collect());
    Ok(Dataset::new(rows, inputs, targets)?.with_scaled_inputs(-1.0, 1.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_rows_are_read_and_scaled_and_a_missing_file_is_named() {
        let folder = std::env::temp_dir().join(format!("gols-glass-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let message = training_rows(&folder).unwrap_err().to_string();
        assert!(message.contains("glass1/glass1.dt is missing"), "{message}");
        let header = "bool_in=0\nreal_in=2\nbool_out=2\nreal_out=0\n";
        let parts = "training_examples=2\nvalidation_examples=1\ntest_examples=1\n";
        let text = format!("{header}{parts}0 3 1 0\n1 5 0 1\n9 9 1 0\n9 9 1 0\n");
        std::fs::write(folder.join("glass1.dt"), text).unwrap();
        let data = training_rows(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!((data.len(), data.inputs()), (2, &[-1.0, -1.0, 1.0, 1.0][..]));
        assert_eq!(data.target(1), [0.0, 1.0]);
    }
}
