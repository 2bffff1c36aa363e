//! Input that isn't quite what it should be, made readable with nothing left out.

use std::borrow::Cow;

/// What is said of input that isn't all in its encoding.
pub fn not_valid(encoding: &str) -> String {
    format!("is not valid {encoding}; what can't be read is shown as \u{FFFD}")
}

/// Bytes as text; what isn't UTF-8 becomes U+FFFD. Says whether anything did.
pub fn text(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(e) => (String::from_utf8_lossy(e.as_bytes()).into_owned(), true),
    }
}

/// JSON with the escape of every lone surrogate replaced by U+FFFD's. A page may hold such halves,
/// the browser escapes them as they are, and serde_json refuses them; U+FFFD is one UTF-16 unit too
/// and what the extension's engine gets in their place.
pub fn json(json: &str) -> Cow<'_, str> {
    let unit = |at: usize| -> Option<u16> {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
        hexadecimal
            .then(|| u16::from_str_radix(digits, 16).ok())
            .flatten()
    };
    let mut out = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = json[at..].find('\\') {
        at += next;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                out.push_str(&json[kept..at]);
                out.push_str("\\ufffd");
                kept = at + 6;
                6
            }
            // Any other escape: the mark and one ASCII character, which may be a mark itself.
            _ => 1 + json[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[kept..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_becomes_a_replacement_character() {
        assert_eq!(text("né".as_bytes().to_vec()), ("né".to_owned(), false));
        assert_eq!(text(b"n\xC3".to_vec()), ("n\u{fffd}".to_owned(), true));
    }

    #[test]
    fn halves_of_surrogate_pairs_become_replacement_characters() {
        for (json, text) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\udc00""#, "\u{fffd}"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\n\ude00""#, "\u{fffd}\n\u{fffd}"),
            (r#""\\ud800""#, "\\ud800"),
            (r#""\\\ud800é\"""#, "\\\u{fffd}é\""),
        ] {
            let read: String = serde_json::from_str(&super::json(json)).expect(json);
            assert_eq!(read, text, "{json}");
        }
        for json in ["", "\\", "\\u", "\\ud8", "\\ud800", "\\é", "\"\\uD8é0\""] {
            let _ = super::json(json); // no JSON, but no panic either
        }
    }
}
