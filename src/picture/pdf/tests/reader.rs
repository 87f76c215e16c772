//! Reads a written PDF file back, as far as the tests look into it.

use std::collections::HashMap;
use std::io::Read;

use super::super::super::fonts::tests::fonts;
use super::super::{Figure, pdf};

/// A written file, read back by its cross-reference table.
pub struct File {
    pub bytes: Vec<u8>,
    places: Vec<usize>,
}

/// What each code of a font stands for, and how wide it is.
type Font = (HashMap<u16, String>, Vec<f32>);

/// A text as a reader finds it, how wide it is set, and the font size.
pub struct Shown {
    pub text: String,
    pub width: f32,
    size: f32,
}

pub fn find(bytes: &[u8], what: &str) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what.as_bytes())
}

fn first_number(text: &str) -> f32 {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-')).unwrap_or(text.len());
    text[..end].parse().expect("a number")
}

impl File {
    pub fn of(figure: &Figure) -> Self {
        Self::read(pdf(figure, &fonts()).expect("a file"))
    }

    pub fn read(bytes: Vec<u8>) -> Self {
        assert!(bytes.starts_with(b"%PDF-1.7\n") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
        let tail = String::from_utf8_lossy(&bytes[bytes.len() - 40..]).into_owned();
        let table = first_number(tail.split("startxref\n").nth(1).expect("the table's place")) as usize;
        let table = std::str::from_utf8(&bytes[table..]).expect("a table");
        let count = first_number(&table["xref\n0 ".len()..]) as usize;
        let places = table.lines().skip(2).take(count).map(|entry| entry[..10].parse().expect("a place"));
        Self { places: places.collect(), bytes }
    }

    /// An object's dictionary or whole text.
    pub fn object(&self, id: usize) -> String {
        let bytes = &self.bytes[self.places[id]..];
        assert!(bytes.starts_with(format!("{id} 0 obj").as_bytes()), "object {id} is where the table says");
        let end = find(bytes, "endobj").expect("its end");
        let end = find(&bytes[..end], "\nstream\n").unwrap_or(end);
        String::from_utf8(bytes[..end].to_vec()).expect("a dictionary")
    }

    /// The objects whose text holds `what`.
    pub fn all(&self, what: &str) -> Vec<String> {
        (1..self.places.len()).map(|id| self.object(id)).filter(|text| text.contains(what)).collect()
    }

    pub fn only(&self, what: &str) -> String {
        let mut all = self.all(what);
        assert_eq!(all.len(), 1, "{what}: {all:?}");
        all.remove(0)
    }

    pub fn stream(&self, id: usize) -> Vec<u8> {
        let (bytes, dictionary) = (&self.bytes[self.places[id]..], self.object(id));
        assert!(dictionary.contains("/FlateDecode"));
        let length = dictionary.split("/Length ").nth(1).map(first_number).expect("a length") as usize;
        let start = dictionary.len() + "\nstream\n".len();
        let mut out = Vec::new();
        let packed = &bytes[start..start + length];
        flate2::read::ZlibDecoder::new(packed).read_to_end(&mut out).expect("a whole stream");
        out
    }

    /// The page's content, its strings as bytes above 127 left as they are.
    pub fn content(&self) -> Vec<u8> {
        self.stream(reference(&self.only("/MediaBox"), "/Contents"))
    }

    pub fn content_text(&self) -> String {
        String::from_utf8_lossy(&self.content()).into_owned()
    }

    /// The fonts by the names that the page calls them.
    pub fn fonts(&self) -> HashMap<String, Font> {
        let page = self.only("/MediaBox");
        let names = page.split("/Font <<").nth(1).and_then(|rest| rest.split(">>").next()).unwrap_or("");
        let words: Vec<&str> = names.split_whitespace().collect();
        let mut fonts = HashMap::new();
        for entry in words.chunks_exact(4) {
            let font = self.object(entry[1].parse().expect("a reference"));
            let map = String::from_utf8(self.stream(reference(&font, "/ToUnicode"))).expect("a map");
            let pairs =
                map.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"));
            let pairs = pairs.filter(|&pair| pair != ("0000", "FFFF")).map(|(code, text)| {
                let units: Vec<u16> = text.as_bytes().chunks(4).map(hexadecimal).collect();
                (hexadecimal(code.as_bytes()), String::from_utf16(&units).expect("UTF-16"))
            });
            let cid = self.object(reference(&font, "/DescendantFonts ["));
            let widths = cid.split("/W [0 [").nth(1).and_then(|rest| rest.split(']').next()).expect("widths");
            let widths = widths.split_whitespace().map(first_number).collect();
            fonts.insert(entry[0].to_owned(), (pairs.collect(), widths));
        }
        fonts
    }

    /// All texts between `BT` and `ET`.
    pub fn texts(&self) -> Vec<Shown> {
        let fonts = self.fonts();
        let (mut texts, mut words, mut font, mut in_array) =
            (Vec::<Shown>::new(), Vec::<String>::new(), None, false);
        for token in tokens(&self.content()) {
            match token {
                Token::Text(bytes) => {
                    let (map, widths): &Font = font.expect("a font before text");
                    let shown = texts.last_mut().expect("BT before text");
                    for code in bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])) {
                        shown.text.push_str(map.get(&code).map_or("", String::as_str));
                        shown.width += widths[usize::from(code)] / 1000.0 * shown.size;
                    }
                }
                Token::Word(word) => {
                    match &word[..] {
                        "BT" => texts.push(Shown { text: String::new(), width: 0.0, size: 0.0 }),
                        "Tf" => {
                            let [.., name, size] = &words[..] else { panic!("a name and a size") };
                            font = fonts.get(name);
                            texts.last_mut().expect("BT before Tf").size = first_number(size);
                        }
                        "[" | "]" => in_array = word == "[",
                        back if in_array => {
                            let shown = texts.last_mut().expect("BT before text");
                            shown.width -= first_number(back) / 1000.0 * shown.size;
                        }
                        _ => {}
                    }
                    words.push(word);
                }
            }
        }
        texts
    }
}

/// Numbers, names, operators and brackets; and strings.
enum Token {
    Word(String),
    Text(Vec<u8>),
}

fn tokens(content: &[u8]) -> Vec<Token> {
    let (mut tokens, mut i) = (Vec::new(), 0);
    while i < content.len() {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/[]()".contains(byte);
        let end = content[i + 1..].iter().position(ends).map_or(content.len(), |n| i + 1 + n);
        match content[i] {
            b'(' => {
                let (bytes, end) = literal(content, i + 1);
                tokens.push(Token::Text(bytes));
                i = end;
            }
            bracket @ (b'[' | b']') => {
                tokens.push(Token::Word(char::from(bracket).to_string()));
                i += 1;
            }
            space if space.is_ascii_whitespace() => i += 1,
            _ => {
                tokens.push(Token::Word(String::from_utf8(content[i..end].to_vec()).expect("a word")));
                i = end;
            }
        }
    }
    tokens
}

fn hexadecimal(digits: &[u8]) -> u16 {
    u16::from_str_radix(std::str::from_utf8(digits).expect("ASCII"), 16).expect("hexadecimal")
}

pub fn reference(dictionary: &str, key: &str) -> usize {
    first_number(dictionary.split(key).nth(1).expect(key).trim_start()) as usize
}

/// The bytes of a string in parentheses from `start` on, and where it ends.
fn literal(content: &[u8], start: usize) -> (Vec<u8>, usize) {
    let (mut bytes, mut depth, mut i) = (Vec::new(), 0, start);
    loop {
        match content[i] {
            b'\\' if content[i + 1].is_ascii_digit() => {
                let octal = std::str::from_utf8(&content[i + 1..i + 4]).expect("digits");
                bytes.push(u8::from_str_radix(octal, 8).expect("octal"));
                i += 3;
            }
            b'\\' => {
                let at = b"nrtbf".iter().position(|&letter| letter == content[i + 1]);
                bytes.push(at.map_or(content[i + 1], |at| b"\n\r\t\x08\x0c"[at]));
                i += 1;
            }
            b')' if depth == 0 => return (bytes, i + 1),
            byte => {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
                bytes.push(byte);
            }
        }
        i += 1;
    }
}
