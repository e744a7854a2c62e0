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

/// Writes a type with the number of the format, and checks what is read as its setters would:
/// `saved!(Type<V>, |read| outcome)`. The type derives `Serialize` and `Deserialize` with
/// `serde(remote = "Self")`.
macro_rules! saved {
    ($type:ident $(<$($part:ident),+>)? $(, |$read:ident| $check:expr)?) => {
        #[cfg(feature = "serde")]
        const _: () = {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            use $crate::saved::{FORMAT, Saved};

            struct Content<C>(C);

            impl$(<$($part: Serialize),+>)? Serialize for Content<&$type$(<$($part),+>)?> {
                fn serialize<W: Serializer>(&self, writer: W) -> Result<W::Ok, W::Error> {
                    <$type$(<$($part),+>)?>::serialize(self.0, writer)
                }
            }

            impl<'de$($(, $part: Deserialize<'de>)+)?> Deserialize<'de>
                for Content<$type$(<$($part),+>)?>
            {
                fn deserialize<R: Deserializer<'de>>(reader: R) -> Result<Self, R::Error> {
                    <$type$(<$($part),+>)?>::deserialize(reader).map(Self)
                }
            }

            impl$(<$($part: Serialize),+>)? Serialize for $type$(<$($part),+>)? {
                fn serialize<W: Serializer>(&self, writer: W) -> Result<W::Ok, W::Error> {
                    Saved { format: FORMAT, content: Content(self) }.serialize(writer)
                }
            }

            impl<'de$($(, $part: Deserialize<'de>)+)?> Deserialize<'de> for $type$(<$($part),+>)? {
                fn deserialize<R: Deserializer<'de>>(reader: R) -> Result<Self, R::Error> {
                    let Content(read) = Saved::<Content<Self>>::deserialize(reader)?.content;
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
