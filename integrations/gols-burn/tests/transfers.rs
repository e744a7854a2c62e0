//! What crosses between the device and the host, as far as the source can say.

use std::fs;
use std::path::Path;

#[test]
fn numbers_are_read_from_the_device_in_one_place_and_sent_to_it_in_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in fs::read_dir(source).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        for (call, home) in [
            ("into_scalar", "arithmetic.rs"),
            ("from_data", "random_vectors.rs"),
            ("into_data", ""),
            ("to_data", ""),
            ("into_vec", ""),
            ("to_vec_as", ""),
            ("to_device", ""),
        ] {
            let found = code.lines().filter(is_code).any(|line| line.contains(call));
            assert_eq!(found, name == home, "{call} in {name}");
        }
    }
}
