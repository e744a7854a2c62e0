//! The order of the house: who may use whom, and what no file may contain.
//!
//! error, float | saved, stream | vector, statistics | search | direction | objective | sampling |
//! model, parallel | line, slice_objective | best, run, update | optimizer | slice_optimizer, descent, landscape, check |
//! mlp. A module uses only what stands left of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [&[&str]; 13] = [
    &["error", "float"],
    &["saved", "stream"],
    &["vector", "statistics"],
    &["search"],
    &["direction"],
    &["objective"],
    &["sampling"],
    &["model", "parallel"],
    &["line", "slice_objective"],
    &["best", "run", "update"],
    &["optimizer"],
    &["slice_optimizer", "descent", "landscape", "check"],
    &["mlp"],
];

const SEARCHES: [&str; 10] = [
    "amortized_gols",
    "inexact_gols",
    "bisection_gols",
    "golden_section",
    "armijo",
    "fixed_step",
    "backtracking_gols",
    "threshold_gols",
    "secant_gols",
    "every_kth",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file of the source but its tests, with its text, by its path below `src`.
pub fn files() -> BTreeMap<String, String> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![source()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name =
                    path.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
                if !name.ends_with("/tests.rs") {
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
    }
    assert!(files.len() > 20, "the source was not found");
    files
}

/// The code of a file: no comments, no contents of strings, nothing from its tests on.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let (mut code, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            end_of_string(rest)
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of the string literal that `text` begins with.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '"' if !is_escaped => return index + 1,
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    text.len()
}

/// The identifiers and the other signs of some code, in order.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut is_word = false;
    for c in code.chars() {
        let continues = c.is_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(last) if continues && is_word => last.push(c),
            _ if !c.is_whitespace() => tokens.push(c.to_string()),
            _ => {}
        }
        is_word = continues;
    }
    tokens
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The module a file belongs to: "mlp" for "mlp/pass.rs", "line" for "line.rs".
fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The names that the crate's root exports, each with its module, from `lib.rs`.
fn exports() -> BTreeMap<String, String> {
    let root = tokens(&code(&files()["lib.rs"]));
    let mut exports = BTreeMap::new();
    for statement in root.split(|token| token == ";") {
        let Some(start) =
            statement.windows(2).position(|pair| pair[0] == "pub" && pair[1] == "use")
        else {
            continue;
        };
        let names = statement[start + 2..]
            .iter()
            .filter(|token| !matches!(token.as_str(), ":" | "{" | "}" | ","));
        let names: Vec<&String> = names.collect();
        for name in &names[1..] {
            exports.insert((*name).clone(), names[0].clone());
        }
    }
    assert_eq!(exports["Line"], "line");
    assert_eq!(exports["Slices"], "vector");
    exports
}

/// The first names of what follows a `crate::`: one, or in braces the head of every path.
fn heads(path: &[String]) -> Vec<&str> {
    if path[0] != "{" {
        return vec![&path[0]];
    }
    let (mut heads, mut depth) = (Vec::new(), 1);
    for pair in path.windows(2) {
        match pair[0].as_str() {
            "{" if depth == 1 && heads.is_empty() => heads.push(pair[1].as_str()),
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 && pair[1] != "}" => heads.push(pair[1].as_str()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

/// The modules of the crate that a file names: `crate::module`, `crate::{a, b}`, by a name that the
/// root exports, or by `super` from one of the root's own files.
fn used_modules(file: &str, text: &str, exports: &BTreeMap<String, String>) -> Vec<String> {
    let tokens = tokens(&code(text));
    let is_top = !file.contains('/') || file.ends_with("mod.rs");
    let mut used = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        // `super` leads from `line.rs` or `mlp/mod.rs` to the root, and `super::super` from below
        // there.
        let is_twice = tokens[..index].ends_with(&["super".into(), ":".into(), ":".into()]);
        let is_root = token == "crate" || (token == "super" && (is_top || is_twice));
        let follows = |at: usize, sign: &str| tokens.get(at).is_some_and(|token| token == sign);
        if !is_root || !follows(index + 1, ":") || !follows(index + 2, ":") {
            continue;
        }
        let heads = heads(&tokens[index + 3..]).into_iter();
        used.extend(
            heads.map(|head| exports.get(head).cloned().unwrap_or_else(|| head.to_owned())),
        );
    }
    used.retain(|name| name != "super");
    used
}

#[test]
fn every_module_has_its_layer() {
    for file in files().keys().filter(|file| *file != "lib.rs") {
        assert!(layer(module(file)).is_some(), "{file} belongs to no layer");
    }
}

#[test]
fn no_module_uses_what_stands_right_of_it() {
    let exports = exports();
    for (file, text) in files().iter().filter(|(file, _)| *file != "lib.rs") {
        let here = module(file);
        for used in used_modules(file, text, &exports) {
            if used == here {
                continue;
            }
            let there = layer(&used)
                .unwrap_or_else(|| panic!("{file} uses crate::{used}, which has no layer"));
            assert!(
                there < layer(here).unwrap(),
                "{file} uses {used}, which does not stand left of it"
            );
        }
    }
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let exports = exports();
    for (text, expected) in [
        ("use crate::line::Line;", &["line"][..]),
        (
            "use crate::{error::Error, mlp::{Model, Network}, Descent};",
            &["error", "mlp", "descent"],
        ),
        ("fn f(x: crate::Slices<f64>) -> crate::mlp::Loss {}", &["vector", "mlp"]),
        ("use super::line::Line; use super::*;", &["line", "*"]),
        ("use std::line::Line; use other::mlp;", &[]),
    ] {
        assert_eq!(used_modules("descent.rs", text, &exports), expected, "{text}");
    }
    // From a folder the root is two steps up.
    let text = "use super::rows; use super::super::landscape::sign_changes;";
    assert_eq!(used_modules("mlp/pass.rs", text, &exports), ["landscape"]);
    assert_eq!(used_modules("mlp/mod.rs", "use super::line;", &exports), ["line"]);
    // And in the source as it is.
    let used = used_modules("mlp/model.rs", &files()["mlp/model.rs"], &exports);
    for module in ["error", "model", "objective", "vector"] {
        assert!(used.iter().any(|used| used == module), "{used:?}");
    }
}

#[test]
fn only_the_root_re_exports() {
    for (file, text) in files() {
        let tokens = tokens(&code(&text));
        let may = file == "lib.rs";
        let exports_another =
            tokens.windows(5).any(|w| w[0] == "pub" && w[1] == "use" && w[2] == "crate");
        assert!(may || !exports_another, "{file} re-exports another module");
    }
}

#[test]
fn a_search_knows_no_objective_no_vector_no_batch_and_no_random_number() {
    let foreign = [
        "rand",
        "Vec",
        "vec",
        "objective",
        "VectorSpace",
        "StochasticObjective",
        "Objective",
        "slice",
        "SliceModel",
        "sampling",
        "Sampling",
        "MiniBatches",
        "stream",
        "Stream",
        "Line",
        "Evaluations",
        "direction",
        "Direction",
        "Descent",
        "mlp",
        "Dataset",
        "num_traits",
        "std",
    ];
    for (file, text) in files() {
        if module(&file) != "search" {
            continue;
        }
        for token in tokens(&code(&text)) {
            assert!(!foreign.contains(&token.as_str()), "{file} names {token}");
        }
    }
}

#[test]
fn searches_never_use_each_other() {
    let types = [
        "AmortizedGols",
        "InexactGols",
        "BisectionGols",
        "GoldenSection",
        "Armijo",
        "FixedStep",
        "BacktrackingGols",
        "ThresholdGols",
        "SecantGols",
        "EveryKth",
    ];
    for (search, own) in SEARCHES.iter().zip(types) {
        let text = &files()[&format!("search/{search}.rs")];
        let tokens = tokens(&code(text));
        assert!(tokens.iter().any(|token| token == own), "{search} does not hold {own}");
        for other in SEARCHES.iter().chain(&types) {
            let is_own = other == search || *other == own;
            let is_named = tokens.iter().any(|token| token == other);
            assert!(is_own || !is_named, "{search} names {other}");
        }
    }
    // What they share does not know them either.
    for shared in ["limits", "walk", "step_bounds", "initial_step"] {
        let tokens = tokens(&code(&files()[&format!("search/{shared}.rs")]));
        for search in SEARCHES.iter().chain(&types) {
            assert!(!tokens.iter().any(|token| token == search), "{shared} names {search}");
        }
    }
}

#[test]
fn no_public_signature_names_the_random_number_library() {
    for (file, text) in files() {
        let names_rand = tokens(&code(&text)).iter().any(|token| token == "rand");
        assert!(!names_rand || file == "stream.rs", "{file} names rand; only stream.rs may");
    }
}

#[test]
fn no_file_is_unsafe() {
    for (file, text) in files() {
        assert!(!tokens(&text).iter().any(|token| token == "unsafe"), "{file}");
    }
    let root = &files()["lib.rs"];
    assert!(root.contains("#![forbid(unsafe_code)]") && root.contains("#![deny(missing_docs)]"));
}

#[test]
fn nothing_panics_on_what_a_user_gives() {
    let methods = ["unwrap", "expect", "unwrap_err", "expect_err", "unwrap_unchecked"];
    let macros =
        ["panic", "unreachable", "todo", "unimplemented", "assert", "assert_eq", "assert_ne"];
    for (file, text) in files() {
        for pair in tokens(&code(&text)).windows(2) {
            let [name, sign] = [pair[0].as_str(), pair[1].as_str()];
            assert!(!(methods.contains(&name) && sign == "("), "{file}: {name}");
            // Every x86-64 processor has SSE2: no input reaches the arm that says so.
            let may = file == "vector/loops/simd.rs" && name == "unreachable";
            assert!(may || !(macros.contains(&name) && sign == "!"), "{file}: {name}!");
        }
    }
}

#[test]
fn the_reader_of_code_skips_comments_strings_and_tests() {
    let text = "use crate::line; // crate::mlp\nlet a = \"crate::\\\"mlp\"; /// panic!()\n/* mlp */ b\n#[cfg(test)]\nmlp";
    let words: Vec<String> =
        tokens(&code(text)).into_iter().filter(|token| token.len() > 2).collect();
    assert_eq!(words, ["use", "crate", "line", "let"]);
}
