//! A command line, option by option.

use std::ffi::OsString;
use std::fmt::{Display, LowerExp};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::Arg;

/// The arguments of a program. [`next_option`](Self::next_option) names an option; what is read then is its value, or
/// one line that says what was wrong with it and what would be right.
#[derive(Debug)]
pub struct Arguments {
    parser: lexopt::Parser,
    option: String,
}

impl Arguments {
    /// Reads these, the program's name first.
    pub fn new(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        Self { parser: lexopt::Parser::from_iter(arguments), option: String::new() }
    }

    /// The next option, as `--name`; `None` at the end.
    pub fn next_option(&mut self) -> Result<Option<String>, String> {
        match self.parser.next().map_err(|error| error.to_string())? {
            None => Ok(None),
            Some(Arg::Long(name)) => {
                self.option = format!("--{name}");
                Ok(Some(self.option.clone()))
            }
            Some(other) => Err(other.unexpected().to_string()),
        }
    }

    /// What is wrong with an option that the program does not have.
    pub fn unknown(&self) -> String {
        format!("there is no option {}", self.option)
    }

    /// What is wrong with a value.
    fn refusal(&self, text: &str, expected: &str) -> String {
        format!("{} is '{text}', but must be {expected}", self.option)
    }

    fn value(&mut self) -> Result<OsString, String> {
        self.parser.value().map_err(|error| error.to_string())
    }

    /// Any text.
    pub fn text(&mut self) -> Result<String, String> {
        let value = self.value()?;
        value
            .into_string()
            .map_err(|value| format!("{} {} is no text", self.option, value.display()))
    }

    /// A path, which must not be empty.
    pub fn path(&mut self) -> Result<PathBuf, String> {
        match self.value()? {
            value if value.is_empty() => Err(self.refusal("", "a path")),
            value => Ok(value.into()),
        }
    }

    /// What `accepts` takes; `expected` says in words what that is.
    pub fn parsed<T: FromStr>(
        &mut self,
        expected: &str,
        accepts: impl FnOnce(&T) -> bool,
    ) -> Result<T, String> {
        let text = self.text()?;
        let value = text.parse().ok().filter(accepts);
        value.ok_or_else(|| self.refusal(&text, expected))
    }

    /// A whole number.
    pub fn whole<N>(&mut self, range: RangeInclusive<N>) -> Result<N, String>
    where
        N: FromStr + PartialOrd + Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(&expected, |number| range.contains(number))
    }

    /// A number.
    pub fn number<N>(&mut self, range: RangeInclusive<N>) -> Result<N, String>
    where
        N: FromStr + PartialOrd + LowerExp,
    {
        let expected = format!("a number from {:e} to {:e}", range.start(), range.end());
        self.parsed(&expected, |number| range.contains(number))
    }

    /// What one of these names stands for.
    pub fn one_of<T: Copy>(&mut self, known: &[(&str, T)]) -> Result<T, String> {
        let text = self.text()?;
        let named = known.iter().find(|(name, _)| *name == text);
        named.map(|&(_, value)| value).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|&(name, _)| name).collect();
            self.refusal(&text, &format!("one of {}", names.join(", ")))
        })
    }

    /// Names between commas, each once.
    pub fn names(&mut self) -> Result<Vec<String>, String> {
        let text = self.text()?;
        let mut names: Vec<String> = Vec::new();
        for name in text.split(',').map(str::trim) {
            if name.is_empty() {
                return Err(self.refusal(&text, "names between commas"));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_value(text: &str) -> Arguments {
        let words = ["program"].into_iter().chain(text.split_whitespace());
        let mut arguments = Arguments::new(words.map(OsString::from));
        assert_eq!(arguments.next_option().unwrap().unwrap(), "--x");
        arguments
    }

    #[test]
    fn values_are_read_within_their_ranges() {
        assert_eq!(at_value("--x 3").whole(1..=3), Ok(3));
        assert_eq!(at_value("--x=1e-3").number(1e-6..=1e6), Ok(1e-3));
        assert_eq!(at_value("--x b").one_of(&[("a", 1), ("b", 2)]), Ok(2));
        assert_eq!(at_value("--x b,a,b").names(), Ok(vec!["b".to_owned(), "a".to_owned()]));
        assert_eq!(at_value("--x a/b").path(), Ok(PathBuf::from("a/b")));
    }

    #[test]
    fn what_is_wrong_with_a_value_is_said_beside_what_would_be_right() {
        let range = "--x is '4', but must be a whole number from 1 to 3";
        assert_eq!(at_value("--x 4").whole(1..=3), Err(range.to_owned()));
        let range = "--x is 'NaN', but must be a number from 1e-6 to 1e6";
        assert_eq!(at_value("--x NaN").number(1e-6..=1e6), Err(range.to_owned()));
        let names = "--x is 'c', but must be one of a, b";
        assert_eq!(at_value("--x c").one_of(&[("a", 1), ("b", 2)]), Err(names.to_owned()));
        let names = "--x is 'a,,b', but must be names between commas";
        assert_eq!(at_value("--x a,,b").names(), Err(names.to_owned()));
        assert_eq!(at_value("--x=").path(), Err("--x is '', but must be a path".to_owned()));
        assert!(at_value("--x").text().unwrap_err().contains("--x"));
        assert!(at_value("--x").next_option().unwrap().is_none());
        assert!(at_value("--x stray").next_option().unwrap_err().contains("stray"));
    }
}
