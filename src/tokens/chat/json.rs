//! JSON as Python writes it, for templates: `tojson` of `transformers` is `json.dumps` with all signs as they are, and that of
//! the template engine is meant for web pages, and escapes signs of HTML.

use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind, filters};

/// What the engine writes for signs of HTML.
const ESCAPED: [(&str, char); 4] = [("\\u003c", '<'), ("\\u003e", '>'), ("\\u0026", '&'), ("\\u0027", '\'')];

/// The filter `tojson`, with `indent` spaces of indentation if that is given. Of its other options those are taken that change
/// nothing: letters stay as they are, and so do separators and the order of keys.
#[allow(clippy::needless_pass_by_value, reason = "the engine gives arguments so")]
pub(super) fn tojson(value: &Value, options: Kwargs) -> Result<Value, Error> {
    let indent = options.get::<Option<Value>>("indent")?;
    let plain = |name: &str| Ok::<_, Error>(options.get::<Option<bool>>(name)?.unwrap_or(false));
    if plain("ensure_ascii")? || plain("sort_keys")? {
        let said = "tojson with ensure_ascii or sort_keys is not known here";
        return Err(Error::new(ErrorKind::InvalidOperation, said));
    }
    options.assert_all_used()?;
    let none: Kwargs = std::iter::empty::<(&str, Value)>().collect();
    let written = filters::tojson(value, indent, none)?.to_string();
    let mut plain = String::with_capacity(written.len());
    let mut rest = written.as_str();
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((escaped, sign)) = ESCAPED.iter().find(|(escaped, _)| rest.starts_with(escaped)) {
            plain.push(*sign);
            rest = &rest[escaped.len()..];
        } else {
            // A backslash and what it stands before, be that another backslash, stay together.
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
            plain.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    plain.push_str(rest);
    Ok(Value::from(plain))
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, context};

    // What Python's json.dumps(value, ensure_ascii=False) writes, and the same with indent=2.
    #[test]
    fn json_is_written_as_python_does() {
        let mut environment = Environment::new();
        environment.add_filter("tojson", super::tojson);
        let value = r#"{% set value = [1, 2.5, {"k": "<é> & 'x'\n"}, [], none, true] %}"#;
        let run = |template: &str| environment.render_str(&format!("{value}{template}"), ()).unwrap();
        assert_eq!(run("{{ value | tojson }}"), r#"[1, 2.5, {"k": "<é> & 'x'\n"}, [], null, true]"#);
        let indented = run("{{ value[2] | tojson(indent=2) }}");
        assert_eq!(indented, "{\n  \"k\": \"<é> & 'x'\\n\"\n}");
        assert_eq!(run("{{ value[0] | tojson(ensure_ascii=False) }}"), "1");
        // Whoever writes a backslash before such a number means just that.
        let value = r"\u003c \\u003c <";
        let written = environment.render_str("{{ value | tojson }}", context! { value }).unwrap();
        assert_eq!(written, r#""\\u003c \\\\u003c <""#);
    }
}
