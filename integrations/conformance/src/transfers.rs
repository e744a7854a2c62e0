//! What crosses between the device and the host, as far as the source can say.

use std::fs;
use std::path::Path;

/// Makes sure that of the package in `manifest_dir` only the file beside it makes each of these calls; no
/// file at all where it is "".
pub fn assert_transfers(manifest_dir: &str, calls: &[(&str, &str)]) {
    for file in fs::read_dir(Path::new(manifest_dir).join("src")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        for &(call, home) in calls {
            let found = code.lines().filter(is_code).any(|line| line.contains(call));
            assert_eq!(found, name == home, "{call} in {name}");
        }
    }
}
