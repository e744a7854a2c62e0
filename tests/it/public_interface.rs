//! The public interface, listed in `tests/public_interface.txt`: a change of it must change the listing too.
//!
//! It is read from the source as rustfmt leaves it, line by line, with no compiler. `pub` means public here, for
//! the lint `unreachable_pub` is on. Listed are public items with their derives and features, the
//! variants, public fields and public functions in them, the items of public traits, and the heads of
//! all `impl`s of traits. Not seen: what macros write, auto traits (`auto_traits.rs`), bodies.
//!
//! `GOLS_RECORD=1 cargo test --test it public_interface` writes the listing anew.

use std::fmt::Write;

use super::layers::files;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/public_interface.txt");

/// Items begin at the margin, what is in them four columns to the right.
const INNER: &str = "    ";

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines of code, each declaration on one: up to its `{`, `;`, `,` or the end of its attribute.
fn declarations(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut declarations = Vec::new();
    while let Some(line) = lines.next() {
        let (mut joined, depth) = (line.to_owned(), indent(line));
        let is_open = |joined: &str| {
            let code = joined.split(" // ").next().unwrap().trim_end();
            let ends = match code.trim_start().starts_with('#') {
                true => code.ends_with(']'),
                false => code.ends_with(['{', ';', ',', '}']),
            };
            let code = code.replace("->", "");
            !ends || code.matches(['(', '<']).count() > code.matches([')', '>']).count()
        };
        while depth <= INNER.len() && !joined.trim().is_empty() && is_open(&joined) {
            let Some(next) = lines.next() else { break };
            joined = format!("{} {}", joined.trim_end(), next.trim());
        }
        declarations.push(joined);
    }
    declarations
}

/// What one file declares in public.
fn listing(text: &str) -> Vec<String> {
    let (mut listing, mut attributes) = (Vec::new(), Vec::new());
    let mut head = String::new();
    for line in declarations(text) {
        let (code, depth) = (line.trim().to_owned(), indent(&line));
        if code.starts_with("#[") {
            let tells = ["#[derive", "#[non_exhaustive", "#[cfg(feature", "#[must_use"];
            if depth <= INNER.len() && tells.iter().any(|tell| code.starts_with(tell)) {
                attributes.push(format!("{}{code}", &INNER[..depth]));
            }
            continue;
        }
        let is_listed = match depth {
            0 => {
                head.clone_from(&code);
                code.starts_with("pub ") || (code.starts_with("impl") && code.contains(" for "))
            }
            4 if head.starts_with("pub trait") => !code.starts_with('}'),
            4 if head.starts_with("pub enum") => !code.starts_with('}'),
            4 => code.starts_with("pub ") && !head.starts_with("macro_rules"),
            _ => false,
        };
        if is_listed {
            // A method says whose it is, once for all of an `impl`.
            if depth == 4 && head.starts_with("impl") && !head.is_empty() {
                listing.push(head.clone());
                head = "impl".to_owned();
            }
            listing.append(&mut attributes);
            let code = code.trim_end_matches(['{', ';', ',']).trim_end();
            listing.push(format!("{}{code}", &INNER[..depth]));
        }
        attributes.clear();
    }
    listing
}

fn whole() -> String {
    let mut whole = String::new();
    for (file, text) in files() {
        let listing = listing(&text);
        if !listing.is_empty() {
            writeln!(whole, "{file}\n{}\n", listing.join("\n")).unwrap();
        }
    }
    whole
}

/// The names of the public structures and enumerations.
pub fn public_types() -> Vec<String> {
    let whole = whole();
    let names = whole.lines().filter_map(|line| {
        let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
        rest.split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned)
    });
    names.filter(|name| name != "Level").collect() // reachable from `Sealed` alone
}

#[test]
fn the_public_interface_is_the_listed_one() {
    let found = whole();
    if std::env::var_os("GOLS_RECORD").is_some() {
        std::fs::write(FILE, &found).unwrap();
    }
    let listed = std::fs::read_to_string(FILE).unwrap().replace("\r\n", "\n");
    let only = |here: &str, there: &str| -> Vec<String> {
        let there: Vec<&str> = there.lines().collect();
        here.lines().filter(|line| !there.contains(line)).map(str::to_owned).collect()
    };
    let (new, gone) = (only(&found, &listed), only(&listed, &found));
    assert!(
        found == listed,
        "not listed: {new:#?}\nlisted, but gone: {gone:#?}\nif that is meant, run \
         `GOLS_RECORD=1 cargo test --test it public_interface` and say it in CHANGELOG.md"
    );
}

#[test]
fn the_listing_sees_what_it_should() {
    let text = "
/// Docs.
#[derive(Debug, Clone)]
pub struct A<T> {
    /// Docs.
    pub a: T,
    b: f64,
}

impl<T> A<T> {
    pub fn long(
        self,
    ) -> T {
        let pub_c = 1;
    }

    fn own() {}
}

impl Clone for A<u8> {
    fn clone(&self) -> Self {}
}

pub(crate) struct B;
";
    let expected = [
        "#[derive(Debug, Clone)]",
        "pub struct A<T>",
        "    pub a: T",
        "impl<T> A<T> {",
        "    pub fn long( self, ) -> T",
        "impl Clone for A<u8>",
    ];
    assert_eq!(listing(text), expected);
}
