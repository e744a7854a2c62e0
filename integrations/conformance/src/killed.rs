//! A run that is killed in mid-training.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where a child of a test saves to, until it is killed.
const KILLED: &str = "GOLS_KILLED";

/// A child that ends also where the test fails.
struct Training(Child);

impl Drop for Training {
    fn drop(&mut self) {
        let _ = (self.0.kill(), self.0.wait());
    }
}

/// Where to save to, in the child that [`kill_in_training`] starts; none in the test itself.
pub fn saves_to() -> Option<PathBuf> {
    std::env::var_os(KILLED).map(PathBuf::from)
}

/// Lets a child run the test of this name, which trains and saves there, and ends it by SIGKILL when `is_enough`.
///
/// # Panics
/// If the child ends by itself.
pub fn kill_in_training(test: &str, path: &Path, mut is_enough: impl FnMut() -> bool) {
    let program = std::env::current_exe().expect("a test is a program");
    let child = Command::new(program)
        .args(["--exact", test])
        .env(KILLED, path)
        .stdout(Stdio::null())
        .spawn();
    let mut child = Training(child.expect("a test starts twice"));
    while !is_enough() {
        let ended = child.0.try_wait().expect("its state is known");
        assert!(ended.is_none(), "it trains until it is killed");
        std::thread::yield_now();
    }
    child.0.kill().expect("it can be killed");
    let status = child.0.wait().expect("it is dead");
    #[cfg(unix)]
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    assert!(!status.success());
}
