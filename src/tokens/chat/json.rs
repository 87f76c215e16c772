//! JSON as Python writes it, for templates: `tojson` of `transformers` is `json.dumps` with letters of all scripts as they are.

use std::io::{self, Write};

use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

/// A space after each comma and each colon, all on one line.
struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

/// The filter `tojson`, with so many spaces of indentation if there are any.
pub(super) fn tojson(value: &Value, indent: Option<usize>, options: Kwargs) -> Result<Value, Error> {
    /// Nobody indents by more.
    const MOST: usize = 16;
    let indent = indent.or(options.get::<Option<usize>>("indent")?);
    let mut text = Vec::new();
    let written = match indent {
        None => value.serialize(&mut Serializer::with_formatter(&mut text, OneLine)),
        Some(indent) => {
            let spaces = " ".repeat(indent.min(MOST));
            let format = PrettyFormatter::with_indent(spaces.as_bytes());
            value.serialize(&mut Serializer::with_formatter(&mut text, format))
        }
    };
    let failed = |error: &dyn std::fmt::Display| Error::new(ErrorKind::BadSerialization, error.to_string());
    written.map_err(|error| failed(&error))?;
    String::from_utf8(text).map(Value::from).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, context};

    // What Python's json.dumps(value, ensure_ascii=False) writes, and the same with indent=2.
    #[test]
    fn json_is_written_as_python_does() {
        let mut environment = Environment::new();
        environment.add_filter("tojson", super::tojson);
        let value = serde_json::json!([1, 2.5, {"k": "<é> & 'x'\n"}, [], null, true]);
        let run = |template: &str| environment.render_str(template, context! { value }).unwrap();
        assert_eq!(run("{{ value | tojson }}"), r#"[1, 2.5, {"k": "<é> & 'x'\n"}, [], null, true]"#);
        let indented = run("{{ value[2] | tojson(indent=2) }}");
        assert_eq!(indented, "{\n  \"k\": \"<é> & 'x'\\n\"\n}");
        assert_eq!(run("{{ value[2] | tojson(2) }}"), indented);
    }
}
