mod reader;

use proptest::prelude::*;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::outline::pen::SvgPen;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::super::fonts::Weight;
use super::super::fonts::tests::fonts;
use super::super::labels::Rect;
use super::super::{Disc, Image, LegendEntry, Line, Outline, Region, Rgba, Word};
use super::*;
use reader::{File, find, reference};

const BLACK: Rgba = Rgba::rgb(0, 0, 0);
const RED: Rgba = Rgba::rgb(255, 0, 0);

fn figure() -> Figure {
    Figure::new([300.0, 200.0], Rgba::rgb(255, 255, 0), BLACK, BLACK)
}

fn word(text: &str, weight: Weight) -> Word {
    let rect = Rect { min: [10.0, 20.0], max: [50.0, 40.0] };
    Word { text: text.to_owned(), rect, font_size: 14.0, weight, color: BLACK }
}

fn words(texts: &[&str]) -> Figure {
    Figure { words: texts.iter().map(|text| word(text, Weight::Regular)).collect(), ..figure() }
}

fn disc(at: [f32; 2]) -> Disc {
    Disc { at, radius: 4.0, color: RED, outline: None }
}

fn line(from: [f32; 2], to: [f32; 2]) -> Line {
    Line { from, to, color: BLACK, width: 2.0, gap: 5.0, arrow: true, value: None }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_word_gives_a_whole_file(text in any::<String>()) {
        let file = File::of(&words(&[&text]));
        prop_assert!(file.texts().len() <= 1);
    }

    #[test]
    fn a_latin_word_is_found_as_it_was_written(text in "[!-~\u{a1}-\u{ac}\u{ae}-\u{17f}]([ -~\u{a0}-\u{ac}\u{ae}-\u{17f}]{0,30}[!-~])?") {
        let texts = File::of(&words(&[&text])).texts();
        prop_assert_eq!(&texts[0].text, &text);
        let [width, _] = fonts().measure(&text, 14.0, Weight::Regular);
        prop_assert!((texts[0].width - width).abs() < 0.1, "{} {width}", texts[0].width);
    }
}

#[test]
fn a_page_is_as_large_as_the_figure() {
    let page = File::of(&Figure { size: [1600.0, 1000.0], ..figure() }).only("/MediaBox");
    assert!(page.contains("/MediaBox [0 0 1200 750]"), "{page}");
    let page = File::of(&Figure { size: [40_000.0, 1000.0], ..figure() }).only("/MediaBox");
    assert!(page.contains("/MediaBox [0 0 14400 360]"), "the longest page that readers take: {page}");
}

#[test]
fn all_texts_are_found_once_and_in_the_order_of_the_svg() {
    let legend = ["animals", "food"].map(|text| LegendEntry { text: text.into(), color: RED });
    let figure = Figure {
        lines: vec![Line { value: Some("−0.78".into()), ..line([10.0, 10.0], [200.0, 100.0]) }],
        title: Some("A & B (“office”)".into()),
        caption: Some("20,000 words × 100".into()),
        x_title: Some("small ↔ large · cosine".into()),
        y_title: Some("PC 2 · 4.4 % of variance".into()),
        legend: legend.into(),
        ..words(&["AVATAR", "a\u{a0}b c"])
    };
    let file = File::of(&figure);
    let texts: Vec<String> = file.texts().into_iter().map(|shown| shown.text).collect();
    let expected = [
        "−0.78",
        "a\u{a0}b c",
        "AVATAR",
        "A & B (“office”)",
        "20,000 words × 100",
        "small ↔ large · cosine",
        "PC 2 · 4.4 % of variance",
        "animals",
        "food",
    ];
    assert_eq!(texts, expected);
    assert!(file.only("/Creator").contains("/Title <FEFF004100200026"));
}

#[test]
fn letters_that_no_font_has_are_found_all_the_same() {
    // Private characters, which look like nothing.
    let text = "a\u{10fffd}b\u{10fffc}";
    assert_eq!(File::of(&words(&[text])).texts()[0].text, text);
}

#[test]
fn each_font_is_embedded_once_with_the_glyphs_in_use() {
    assert!(File::of(&figure()).all("/FontFile2").is_empty());
    let mut figure = words(&["queen", "queen", "king"]);
    let plain = File::of(&figure);
    assert_eq!((plain.all("/FontFile2").len(), plain.all("/Length1").len()), (1, 1));
    figure.words.push(word("woman", Weight::SemiBold));
    let file = File::of(&figure);
    let names: Vec<String> = file.all("/FontFile2");
    assert_eq!((names.len(), file.all("/Length1").len()), (2, 2));
    assert!(
        ["+IBMPlexSans\n", "+IBMPlexSans-SmBld\n"].iter().all(|name| names.concat().contains(name)),
        "{names:?}"
    );
    assert!(file.bytes.len() < 20_000, "{} bytes", file.bytes.len());
}

#[test]
fn every_code_shows_the_letter_it_stands_for() {
    let file = File::of(&words(&["queen", "quasi-é", "queen"]));
    let (letters, widths) = file.fonts().remove("/F0").expect("a font");
    // The box for missing glyphs has a code of its own.
    assert_eq!((letters.len(), widths.len()), (9, 10));
    let cid_font = file.only("/CIDToGIDMap");
    let numbers = file.stream(reference(&cid_font, "/CIDToGIDMap"));
    let embedded = file.stream(reference(&file.only("/FontFile2"), "/FontFile2"));
    let embedded = FontRef::new(&embedded).expect("a font");
    let whole = include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf");
    let whole = FontRef::new(whole).expect("a font");
    let outline = |font: &FontRef, id: GlyphId| {
        let mut pen = SvgPen::new();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        font.outline_glyphs().get(id).expect("a glyph").draw(settings, &mut pen).expect("an outline");
        pen.to_string()
    };
    for (code, letter) in letters {
        let at = 2 * usize::from(code);
        let id = GlyphId::from(u16::from_be_bytes([numbers[at], numbers[at + 1]]));
        let expected = whole.charmap().map(letter.chars().next().expect("a letter")).expect("a glyph");
        assert_eq!(outline(&embedded, id), outline(&whole, expected), "{letter}");
    }
}

#[test]
fn discs_lie_in_their_places_with_outlines_below() {
    let outline = Some(Outline { width: 1.0, color: Rgba([0, 0, 255, 51]) });
    let marks = vec![
        disc([50.0, 60.5]),
        Disc { outline, ..disc([70.0, 80.25]) },
        disc([f32::NAN, 0.0]),
        disc([1e9, 0.0]),
        Disc { radius: -1.0, ..disc([9.0, 9.0]) },
        disc([-3.0, 203.0]),
    ];
    let file = File::of(&Figure { marks: Marks::Discs(marks), ..figure() });
    let content = file.content_text();
    let places: Vec<&str> =
        content.split("q 1 0 0 1 ").skip(1).filter_map(|rest| rest.split(" cm").next()).collect();
    assert_eq!(places, ["50 60.5", "70 80.25", "70 80.25", "-3 203"]);
    assert_eq!(content.matches("\nf\n").count(), 3, "three discs: {content}");
    assert!(content.contains("/A51 gs 0 0 1 RG\nq 1 0 0 1 70 80.25 cm 1 w 4.5 0 m"), "{content}");
    assert!(content.contains("/A255 gs\nq 1 0 0 1 70 80.25 cm 4 0 m 4 2.21 2.21 4 0 4 c"), "{content}");
    assert!(file.only("/MediaBox").contains("/A51 ") && file.all("/ca 0.2").len() == 1);
}

#[test]
fn ten_thousand_discs_stay_small() {
    let place = |i: u32| [(i * 7_919 % 29_989) as f32 / 100.0, (i * 6_007 % 19_997) as f32 / 100.0];
    let outline = Some(Outline { width: 1.0, color: BLACK.faded(0.5) });
    let discs = (0..10_000).map(|i| Disc { outline, color: RED.faded(0.8), ..disc(place(i)) }).collect();
    let bytes = pdf(&Figure { marks: Marks::Discs(discs), ..figure() }, &fonts()).expect("a file");
    assert!(bytes.len() < 500_000, "{} bytes", bytes.len());
}

#[test]
fn lines_end_before_the_points_and_arrows_point() {
    let content =
        File::of(&Figure { lines: vec![line([0.0, 0.0], [100.0, 0.0])], ..figure() }).content_text();
    assert!(content.contains("5 0 m 87 0 l\nS"), "{content}");
    assert!(!content.contains("l\nf"), "a line has no inside to fill: {content}");
    assert!(content.contains("95 0 m 85 4 l 85 -4 l\nh\nf"), "{content}");
}

#[test]
fn regions_are_filled_and_lined_below_the_points() {
    let rings = vec![vec![[0.0, 0.0], [0.0, 90.0], [90.0, 90.0]]];
    let region = Region { rings, fill: Some(Rgba::rgb(0, 255, 0)), line: Some((RED, 2.0)) };
    let marks = Marks::Discs(vec![disc([70.0, 80.0])]);
    let content = File::of(&Figure { regions: vec![region], marks, ..figure() }).content_text();
    assert!(content.contains("0 0 m 0 90 l 90 90 l\nh\nf"), "{content}");
    assert!(content.find("90 90 l") < content.find("1 0 0 1 70"), "{content}");
}

#[test]
fn an_image_of_points_is_embedded_with_its_opacity() {
    let mut image = Image::new(3, 2);
    image.bytes_mut()[4..12].copy_from_slice(&[0, 0, 255, 255, 64, 32, 0, 128]);
    let file = File::of(&Figure { marks: Marks::Picture(image), ..figure() });
    let page = file.only("/MediaBox");
    let id = reference(&page, "/I0");
    let image = file.object(id);
    assert!(image.contains("/Width 3") && image.contains("/Height 2") && image.contains("/DeviceRGB"));
    let mask = reference(&image, "/SMask");
    assert_eq!(file.stream(mask), [0, 255, 128, 0, 0, 0]);
    assert_eq!(file.stream(id)[..9], [0, 0, 0, 0, 0, 255, 128, 64, 0]);
    assert!(file.content_text().contains("q 300 0 0 -200 0 200 cm/I0 Do"), "{}", file.content_text());
    let empty = Figure { marks: Marks::Picture(Image::default()), ..figure() };
    assert!(File::of(&empty).all("/Image").is_empty());
}

#[test]
fn the_line_around_letters_is_drawn_below_them_and_is_no_text() {
    let file = File::of(&words(&["ill"]));
    let content = file.content_text();
    let (stroke, text) = (content.find("1 1 0 RG"), content.find("BT"));
    assert!(stroke.is_some() && stroke < text, "{content}");
    assert_eq!(content.matches("\nS\n").count(), 3, "a line for each letter");
    // 0.22 font sizes are 220 of the font's 1,000 units.
    assert!(content.contains(" cm 220 w "), "{content}");
    assert_eq!(file.texts().len(), 1);
}

#[test]
fn an_empty_figure_is_a_filled_page() {
    let content = File::of(&figure()).content_text();
    assert_eq!(
        content.split_whitespace().collect::<Vec<_>>().join(" "),
        "0.75 0 0 -0.75 0 150 cm 1 1 0 rg 0 0 300 200 re f"
    );
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    let figure = Figure {
        marks: Marks::Discs(vec![disc([5.0, 5.0])]),
        title: Some("T".into()),
        ..words(&["queen", "µ"])
    };
    let [one, two] = [(); 2].map(|()| pdf(&figure, &fonts()).expect("a file"));
    assert!(one == two);
    assert!(find(&one, "Date").is_none() && find(&one, "/ID").is_none());
}

#[test]
fn what_is_far_away_or_nowhere_breaks_nothing() {
    let mut far = word("far", Weight::Regular);
    far.rect = Rect { min: [3e38, -3e38], max: [3.3e38, -3e38] };
    let mut nowhere = word("nowhere", Weight::Regular);
    nowhere.rect.min[0] = f32::NAN;
    let lines =
        vec![line([0.0, 0.0], [3e38, 3e38]), line([f32::NAN, 0.0], [1.0, 1.0]), line([0.0, 0.0], [1e7, 0.0])];
    let content = File::of(&Figure { words: vec![far, nowhere], lines, ..figure() }).content_text();
    let letters: String = content.chars().filter(char::is_ascii_alphabetic).collect();
    assert!(
        content.contains("9999987 0 l") && !letters.contains("inf") && !letters.contains("NaN"),
        "{content}"
    );
}

#[test]
fn impossible_sizes_are_refused() {
    for size in [[0.0, 10.0], [1e9, 1e9], [f32::NAN, 10.0], [10.0, -1.0], [f32::INFINITY, 1.0]] {
        let error = pdf(&Figure { size, ..figure() }, &fonts()).expect_err("no page");
        assert!(matches!(error, PictureError::Size { .. }), "{error}");
    }
}
