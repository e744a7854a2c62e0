//! Tables of inputs and targets.

use crate::common::config;
use gols::Error;
use gols::mlp::Dataset;
use proptest::prelude::*;

fn numbered(rows: usize) -> Dataset<f64> {
    let inputs = (0..2 * rows).map(|cell| cell as f64).collect();
    let targets = (0..rows).map(|row| row as f64).collect();
    Dataset::new(rows, inputs, targets).unwrap()
}

fn rows_of(data: &Dataset<f64>) -> Vec<usize> {
    data.targets().iter().map(|&row| row as usize).collect()
}

#[test]
fn a_cell_that_is_not_finite_is_named_by_row_and_column() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for (row, column) in [(0, 0), (0, 2), (1, 1), (3, 2)] {
            let mut inputs = vec![1.0; 12];
            inputs[3 * row + column] = bad;
            let error = Dataset::new(4, inputs, vec![0.0; 8]).unwrap_err();
            let Error::Data { part, row: at_row, column: at_column, value } = error else {
                panic!("{error:?}")
            };
            assert_eq!((part, at_row, at_column), ("inputs", row, column));
            assert_eq!(value.to_bits(), bad.to_bits());
        }
        let mut targets = vec![1.0; 8];
        (targets[5], targets[6]) = (bad, bad);
        let error = Dataset::new(4, vec![0.0; 4], targets).unwrap_err();
        // The first of them.
        assert!(
            matches!(error, Error::Data { part: "targets", row: 2, column: 1, .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("targets row 2, column 1"), "{error}");
    }
    let inputs = vec![1.0_f32, f32::NAN];
    let error = Dataset::new(1, inputs, vec![0.0]).unwrap_err();
    assert!(
        matches!(error, Error::Data { part: "inputs", row: 0, column: 1, value } if value.is_nan())
    );
}

#[test]
fn a_table_that_is_no_multiple_of_the_rows_is_refused() {
    let error = Dataset::new(3, vec![0.0; 7], vec![0.0; 3]).unwrap_err();
    assert_eq!(error, Error::Length { what: "inputs", found: 7, expected: 6 });
    let error = Dataset::new(3, vec![0.0; 6], vec![0.0; 4]).unwrap_err();
    assert_eq!(error, Error::Length { what: "targets", found: 4, expected: 3 });
    // Fewer cells than rows.
    let error = Dataset::new(3, vec![0.0; 2], vec![0.0; 3]).unwrap_err();
    assert_eq!(error, Error::Length { what: "inputs", found: 2, expected: 3 });
}

#[test]
fn a_data_set_without_rows_is_refused() {
    let empty = Error::Empty { what: "the data set" };
    assert_eq!(Dataset::<f64>::new(0, vec![], vec![]).unwrap_err(), empty);
    assert_eq!(Dataset::new(0, vec![1.0], vec![1.0]).unwrap_err(), empty);
    assert_eq!(Dataset::<f64>::from_classes(vec![], &[], 3).unwrap_err(), empty);
}

#[test]
fn a_data_set_without_columns_is_refused_as_empty() {
    // As `Dataset::new` documents: `Error::Empty` if there are no rows or no columns.
    let error = Dataset::new(3, vec![], vec![0.0; 3]).unwrap_err();
    assert!(matches!(error, Error::Empty { .. }), "{error:?}");
    let error = Dataset::new(3, vec![0.0; 3], vec![]).unwrap_err();
    assert!(matches!(error, Error::Empty { .. }), "{error:?}");
}

#[test]
fn classes_are_one_hot() {
    let data = Dataset::from_classes(vec![0.0_f64; 6], &[2, 0, 1], 3).unwrap();
    assert_eq!(data.targets(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!((data.len(), data.input_columns(), data.target_columns()), (3, 2, 3));
    for (labels, classes, bad) in
        [(&[0, 3, 1][..], 3, 3.0), (&[0, 0, 0], 0, 0.0), (&[0, 1, 9], 2, 9.0)]
    {
        let error = Dataset::from_classes(vec![0.0_f64; 6], labels, classes).unwrap_err();
        assert!(
            matches!(error, Error::Setting { setting: "label", value, .. } if value == bad),
            "{error:?}"
        );
    }
    let error = Dataset::from_classes(vec![0.0_f64; 5], &[0, 1, 0], 2).unwrap_err();
    assert_eq!(error, Error::Length { what: "inputs", found: 5, expected: 3 });
}

#[test]
fn iris_is_fishers() {
    let iris = Dataset::<f64>::iris();
    assert_eq!((iris.len(), iris.input_columns(), iris.target_columns()), (150, 4, 3));
    // Fisher 1936, and the sums over all flowers: 876.5, 458.6, 563.7, 179.9 centimetres.
    assert_eq!(iris.input(0), [5.1, 3.5, 1.4, 0.2]);
    assert_eq!(iris.input(149), [5.9, 3.0, 5.1, 1.8]);
    for (column, expected) in [876.5, 458.6, 563.7, 179.9].into_iter().enumerate() {
        let sum: f64 = (0..150).map(|row| iris.input(row)[column]).sum();
        // 150 additions of numbers below 8 with one decimal: far less than 1e-9.
        assert!((sum - expected).abs() < 1e-9, "column {column}: {sum}");
    }
    for row in 0..150 {
        let mut expected = [0.0; 3];
        expected[row / 50] = 1.0;
        assert_eq!(iris.target(row), expected);
    }
    let single = Dataset::<f32>::iris();
    assert!(single.inputs().iter().zip(iris.inputs()).all(|(&a, &b)| a == b as f32));
}

#[test]
fn scaling_takes_every_column_to_the_range() {
    for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (3.0, 3.5)] {
        let iris = Dataset::<f64>::iris();
        let scaled = iris.clone().with_scaled_inputs(low, high).unwrap();
        assert_eq!(scaled.targets(), iris.targets());
        for column in 0..4 {
            let values = |data: &Dataset<f64>| -> Vec<f64> {
                (0..150).map(|row| data.input(row)[column]).collect()
            };
            let (before, after) = (values(&iris), values(&scaled));
            let least = before.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = before.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for (before, after) in before.iter().zip(&after) {
                let expected = low + (high - low) * (before - least) / (greatest - least);
                // A handful of roundings of numbers below 4.
                assert!((after - expected).abs() < 1e-14, "{after} {expected}");
            }
            assert_eq!(after.iter().copied().fold(f64::INFINITY, f64::min), low);
        }
    }
}

#[test]
fn a_constant_column_becomes_the_low_end() {
    let data = Dataset::new(3, vec![7.0, 1.0, 7.0, 2.0, 7.0, 3.0], vec![0.0; 3]).unwrap();
    let scaled = data.with_scaled_inputs(-1.0, 1.0).unwrap();
    assert_eq!(scaled.inputs(), [-1.0, -1.0, -1.0, 0.0, -1.0, 1.0]);
}

#[test]
fn a_range_that_is_empty_or_not_finite_is_refused() {
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    for (low, high) in [
        (1.0, 1.0),
        (1.0, 0.0),
        (nan, 1.0),
        (0.0, nan),
        (0.0, infinity),
        (-infinity, 0.0),
        (0.0, -0.0),
    ] {
        let error = Dataset::<f64>::iris().with_scaled_inputs(low, high).unwrap_err();
        assert!(
            matches!(error, Error::Setting { setting: "low" | "high", .. }),
            "{low} {high}: {error:?}"
        );
    }
}

#[test]
fn scaled_inputs_are_finite_or_refused() {
    // Every cell of a data set is finite: that is what the type promises. Ends that f32 cannot
    // hold, and columns or ranges wider than the greatest number, must not slip through.
    let is_sound = |scaled: Result<Dataset<f64>, Error>| {
        scaled.map_or(true, |data| data.inputs().iter().all(|cell| cell.is_finite()))
    };
    let wide = Dataset::new(2, vec![f64::MIN, f64::MAX], vec![0.0; 2]).unwrap();
    assert!(is_sound(wide.with_scaled_inputs(0.0, 1.0)), "a column wider than f64");
    let narrow = Dataset::new(2, vec![0.0, 1.0], vec![0.0; 2]).unwrap();
    assert!(is_sound(narrow.with_scaled_inputs(f64::MIN, f64::MAX)), "a range wider than f64");
    let single = Dataset::<f32>::iris().with_scaled_inputs(0.0, 1e300);
    assert!(
        single.map_or(true, |data| data.inputs().iter().all(|cell| cell.is_finite())),
        "an end beyond f32"
    );
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn shuffling_is_a_permutation_that_keeps_rows_together(rows in 1_usize..80, seed in any::<u64>()) {
        let data = numbered(rows);
        let shuffled = data.shuffled(seed);
        prop_assert_eq!(&data.shuffled(seed), &shuffled);
        let mut order = rows_of(&shuffled);
        for (place, &row) in order.iter().enumerate() {
            prop_assert_eq!(shuffled.input(place), data.input(row));
        }
        order.sort_unstable();
        prop_assert!(order.iter().copied().eq(0..rows));
    }

    #[test]
    fn parts_are_consecutive_and_lose_no_row(rows in 4_usize..300, first in 1_u32..98, second in 1_u32..98) {
        let [a, b] = [f64::from(first) / 100.0, f64::from(second) / 100.0 * (1.0 - f64::from(first) / 100.0)];
        match numbered(rows).split([a, b, 1.0 - a - b]) {
            Ok(parts) => {
                let order: Vec<usize> = parts.iter().flat_map(rows_of).collect();
                prop_assert!(order.iter().copied().eq(0..rows));
                prop_assert!(parts.iter().all(|part| part.len() > 0));
                // ⌊share · rows⌋, or one more where the product is a whole number but for a
                // rounding.
                let end = a * rows as f64;
                let len = parts[0].len() as f64;
                prop_assert!(len <= end + 1e-5 && len > end - 1.0);
            }
            Err(error) => {
                let is_empty = matches!(error, Error::Empty { .. });
                prop_assert!(is_empty, "{}", error);
            }
        }
    }
}

#[test]
fn the_papers_split_is_the_papers() {
    let [training, validation, test] = Dataset::<f64>::iris().split([0.5, 0.25, 0.25]).unwrap();
    assert_eq!([training.len(), validation.len(), test.len()], [75, 37, 38]);
    assert_eq!(test.input(37), Dataset::<f64>::iris().input(149));
    let [all] = Dataset::<f64>::iris().split([1.0]).unwrap();
    assert_eq!(all, Dataset::iris());
    // 0.1 ten times is not 1 in f64, and 0.1 + 0.2 is not 0.3: no row may be lost to that.
    let tenths = numbered(10).split([0.1; 10]).unwrap();
    assert!(tenths.iter().all(|part| part.len() == 1));
    let [_, second, _] = numbered(10).split([0.1, 0.2, 0.7]).unwrap();
    assert_eq!(rows_of(&second), [1, 2]);
}

#[test]
fn shares_that_add_up_to_one_within_the_tolerance_lose_no_row() {
    // The sum 0.9999999991 is accepted as 1, so all 2000 rows must be in the parts.
    let parts = numbered(2000).split([0.5, 0.499_999_999_1]).unwrap();
    assert_eq!(parts[0].len() + parts[1].len(), 2000);
}

#[test]
fn shares_that_are_no_shares_are_refused() {
    let data = numbered(10);
    let setting = |error: Result<[Dataset<f64>; 2], Error>| match error {
        Err(Error::Setting { setting, .. }) => setting,
        other => panic!("{other:?}"),
    };
    assert_eq!(setting(data.split([0.5, 0.4])), "the sum of the shares");
    assert_eq!(setting(data.split([0.5, 0.6])), "the sum of the shares");
    assert_eq!(setting(data.split([f64::NAN, 0.5])), "the sum of the shares");
    assert_eq!(setting(data.split([f64::INFINITY, f64::NEG_INFINITY])), "the sum of the shares");
    assert_eq!(setting(data.split([1.5, -0.5])), "share");
    assert_eq!(setting(data.split([1.0, 0.0])), "share");
    assert_eq!(setting(data.split([-0.0, 1.0])), "share");
    assert!(data.split([]).is_err());
    let empty = data.split([0.95, 0.05]).unwrap();
    assert_eq!([empty[0].len(), empty[1].len()], [9, 1]);
    assert!(matches!(data.split([0.05, 0.95]).unwrap_err(), Error::Empty { .. }));
}

#[test]
fn a_seed_gives_the_same_order_for_good() {
    // Worked out by a program of its own, see `sampling`.
    let order = rows_of(&numbered(150).shuffled(1));
    assert_eq!(order[..12], [121, 112, 16, 1, 30, 90, 148, 81, 21, 27, 138, 58]);
}

#[test]
fn a_test_set_is_scaled_by_the_training_sets_range() {
    let set = |inputs: Vec<f64>| Dataset::new(2, inputs, vec![0.0; 2]).unwrap();
    let (training, test) = (set(vec![0.0, 5.0, 4.0, 5.0]), set(vec![2.0, 7.0, 6.0, -1.0]));
    let scaling = training.scaling(-1.0, 1.0).unwrap();
    let expected = training.clone().with_scaled_inputs(-1.0, 1.0).unwrap();
    assert_eq!(training.with_scaling(&scaling).unwrap(), expected);
    // Beyond the training set's range, and −1 where it is constant.
    assert_eq!(test.with_scaling(&scaling).unwrap().inputs(), [0.0, -1.0, 2.0, -1.0]);
    let narrow = Dataset::new(2, vec![1.0, 2.0], vec![0.0; 2]).unwrap();
    let error = narrow.with_scaling(&scaling).unwrap_err();
    assert_eq!(error.to_string(), "the length of the scaling is 2, but 1 is needed");
    let far = set(vec![0.0, 5.0, f64::MAX, 5.0]);
    let error = far.with_scaling(&set(vec![0.0, 0.0, 1e-3, 1.0]).scaling(0.0, 1.0).unwrap());
    assert!(matches!(error, Err(Error::Data { part: "inputs", row: 1, column: 0, .. })));
}
