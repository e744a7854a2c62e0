//! The library where the tests are, on a standard library.

#[test]
fn searches_and_optimizers_find_the_minimum_without_the_features_of_a_standard_library() {
    let errors = gols_bare::errors().unwrap();
    for (error, most) in errors.into_iter().zip(gols_bare::BOUNDS) {
        assert!(error <= most, "{errors:?}");
    }
}
