//! A program from its arguments to its exit code.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::AnyError;
use crate::options::Arguments;

/// Runs a program on the arguments of this process: `--help` prints `usage`; arguments that cannot be read end it with
/// code 2 and one line on stderr, an error of `work` with code 1.
///
/// Print with `writeln!(stdout(), ..)?`: where nobody reads on (`| head`), that error ends the program as if all were
/// read.
pub fn run<O>(
    name: &str,
    usage: &str,
    parse: impl FnOnce(Arguments) -> Result<O, String>,
    work: impl FnOnce(&O) -> Result<(), AnyError>,
) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let result = if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        io::stdout().write_all(usage.as_bytes()).map_err(AnyError::from)
    } else {
        match parse(Arguments::new(arguments)) {
            Ok(options) => work(&options),
            Err(message) => {
                eprintln!("{name}: {message} (--help lists the options)");
                return ExitCode::from(2);
            }
        }
    };
    match result {
        Err(error) if !is_closed_pipe(&*error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn is_closed_pipe(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Makes a folder, and those above it; an error names it.
pub fn make_folder(path: &Path) -> Result<(), AnyError> {
    std::fs::create_dir_all(path)
        .map_err(|error| format!("cannot make the folder {}: {error}", path.display()).into())
}

/// Writes a file; an error names it.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), AnyError> {
    std::fs::write(path, content)
        .map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
