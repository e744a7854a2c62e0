//! How states are written and read back, with the feature `serde`.

#[cfg(feature = "serde")]
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The number of the format that this version writes, and the only one that it reads.
#[cfg(feature = "serde")]
pub(crate) const FORMAT: u32 = 1;

/// What is written: the number of the format, and behind it the content.
#[cfg(feature = "serde")]
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved<T> {
    #[serde(deserialize_with = "current")]
    pub(crate) format: u32,
    pub(crate) content: T,
}

#[cfg(feature = "serde")]
fn current<'de, R: Deserializer<'de>>(reader: R) -> Result<u32, R::Error> {
    match u32::deserialize(reader)? {
        FORMAT => Ok(FORMAT),
        other => Err(R::Error::custom(format_args!(
            "this was saved in format {other}, but this version of gols reads format {FORMAT} alone"
        ))),
    }
}

/// Numbers of which infinity is one: it is written as none, for formats that do not know it.
#[cfg(feature = "serde")]
pub(crate) mod infinite {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(crate) fn serialize<W: Serializer>(number: &f64, writer: W) -> Result<W::Ok, W::Error> {
        Some(number).filter(|number| number.is_finite()).serialize(writer)
    }

    pub(crate) fn deserialize<'de, R: Deserializer<'de>>(reader: R) -> Result<f64, R::Error> {
        Option::deserialize(reader).map(|number| number.unwrap_or(f64::INFINITY))
    }
}

/// Writes a type's fields behind the number of the format, and checks what is read as its setters would:
/// `saved!(Type<V>: fields; without fields, which become defaults; |read| outcome)`.
///
/// The derives are those of a private struct with these fields. Derived for the type itself, they would read what
/// is not checked, or be found before the traits' functions.
macro_rules! saved {
    (
        $type:ident $(<$($part:ident),+>)?: $($field:ident),+ $(; without $($skipped:ident),+)?
        $(; |$read:ident| $check:expr)?
    ) => {
        #[cfg(feature = "serde")]
        #[allow(non_camel_case_types, reason = "a field's type is named like the field")]
        const _: () = {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            use $crate::saved::{FORMAT, Saved};

            #[derive(Serialize, Deserialize)]
            struct Content<$($field),+> {
                $($field: $field),+
            }

            impl$(<$($part: Serialize),+>)? Serialize for $type$(<$($part),+>)? {
                fn serialize<W: Serializer>(&self, writer: W) -> Result<W::Ok, W::Error> {
                    let content = Content { $($field: &self.$field),+ };
                    Saved { format: FORMAT, content }.serialize(writer)
                }
            }

            impl<'de$($(, $part: Deserialize<'de>)+)?> Deserialize<'de> for $type$(<$($part),+>)? {
                fn deserialize<R: Deserializer<'de>>(reader: R) -> Result<Self, R::Error> {
                    let Content { $($field),+ } = Saved::deserialize(reader)?.content;
                    let read = Self { $($field,)+ $($($skipped: Default::default(),)+)? };
                    $(
                        let check = |$read: &Self| -> Result<_, $crate::error::Error> { $check };
                        check(&read).map_err(serde::de::Error::custom)?;
                    )?
                    Ok(read)
                }
            }
        };
    };
}
pub(crate) use saved;
