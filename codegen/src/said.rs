//! Structs of options from what was said of each: serde hands out a field at a time, and [`Said`] is its text.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// A struct of options as far as they are its fields.
pub(crate) fn read<T: DeserializeOwned>(said: &BTreeMap<String, Said>) -> Result<T, Problem> {
    let said = said.iter().map(|(option, said)| (&**option, said.clone()));
    T::deserialize(MapDeserializer::new(said))
}

/// The names of a struct's fields, of which all have defaults.
pub(crate) fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    /// Notes which fields are asked for, and gives none.
    struct Fields<'a>(&'a mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Fields<'_> {
        type Error = Problem;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Problem> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            visitor.visit_map(MapDeserializer::new(std::iter::empty::<((), ())>()))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &[&str] = &[];
    // It cannot fail: nothing is read.
    let _ = T::deserialize(Fields(&mut names));
    names
}

/// What is wrong with a value.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) String);

impl Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl serde::de::Error for Problem {
    fn custom<T: Display>(what: T) -> Self {
        // A diagnostic is written in several lines.
        let what = what.to_string();
        let lines: Vec<_> = what.lines().map(str::trim).collect();
        Problem(lines.join(" "))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let expected: Vec<_> = expected.iter().map(|name| format!("`{name}`")).collect();
        Problem(format!("`{variant}` is none of {}", expected.join(", ")))
    }
}

/// Values of one option, in order: nothing where it stands alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said(Vec<Option<String>>);

impl Said {
    /// Adds what is said once more.
    pub(crate) fn add(&mut self, value: Option<String>) {
        self.0.push(value);
    }

    /// The only value.
    fn text(self) -> Result<String, Problem> {
        let [value] =
            <[_; 1]>::try_from(self.0).map_err(|_| Problem("it is said more than once".into()))?;
        value.ok_or_else(|| Problem("a value is missing".into()))
    }

    fn number<T: FromStr<Err: Display>>(self) -> Result<T, Problem> {
        let text = self.text()?;
        text.parse()
            .map_err(|error| Problem(format!("`{text}`: {error}")))
    }
}

impl IntoDeserializer<'_, Problem> for Said {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Said {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0.into_iter().flatten().next() {
            None => visitor.visit_bool(true),
            Some(value) => Err(Problem(format!(
                "it takes no value, and is given `{value}`"
            ))),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_f64(self.number()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let each = self.0.into_iter().map(|value| Said(vec![value]));
        visitor.visit_seq(SeqDeserializer::new(each))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    /// It may be the field of another struct, with or without a value.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 char str string bytes byte_buf unit unit_struct newtype_struct
        tuple tuple_struct map struct identifier
    }
}

/// Reads what has names of its own.
pub(crate) fn by_name<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

/// Reads numbers, several of them between commas.
pub(crate) fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let numbers = texts.iter().flat_map(|text| text.split(','));
    let number = |text: &str| {
        let number = text.trim().parse();
        number.map_err(|error| D::Error::custom(format!("`{text}`: {error}")))
    };
    numbers.map(number).collect()
}
