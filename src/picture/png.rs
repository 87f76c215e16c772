//! Figures as PNG, drawn by resvg from the same description as their SVG.

use resvg::tiny_skia::{Color, FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};
use resvg::usvg;

use super::color::Image;
use super::figure::{Figure, Marks};
use super::fonts::Fonts;
use super::svg::{Layer, tree};

/// The most pixels in a picture.
const MAX_PIXELS: f64 = 100e6;

/// A picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The size in pixels is nothing or too much.
    #[error(
        "a picture of {width} × {height} pixels cannot be made: ask for at least one and at most 100 million pixels"
    )]
    Size { width: f32, height: f32 },
    /// The drawing was refused by the SVG library.
    #[error("the picture could not be drawn: {0}")]
    Draw(#[from] usvg::Error),
    /// The pixels were refused by the PNG library.
    #[error("the picture could not be written as PNG: {0}")]
    Encode(String),
}

/// The figure as a PNG file with `pixels_per_unit` pixels to each of the figure's.
///
/// # Errors
/// [`PictureError::Size`] for a picture without pixels or with too many; the others if a library fails.
pub fn png(figure: &Figure, fonts: &Fonts, pixels_per_unit: f32) -> Result<Vec<u8>, PictureError> {
    rasterized(figure, fonts, pixels_per_unit)?
        .encode_png()
        .map_err(|error| PictureError::Encode(error.to_string()))
}

fn rasterized(figure: &Figure, fonts: &Fonts, pixels_per_unit: f32) -> Result<Pixmap, PictureError> {
    let [width, height] = figure.size.map(|side| (side * pixels_per_unit).round());
    let refused = || PictureError::Size { width, height };
    if !(width >= 1.0 && height >= 1.0 && f64::from(width) * f64::from(height) <= MAX_PIXELS) {
        return Err(refused());
    }
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(refused)?;
    let [red, green, blue, alpha] = figure.background.0;
    pixmap.fill(Color::from_rgba8(red, green, blue, alpha));
    if !figure.regions.is_empty() {
        draw_layer(figure, fonts, Layer::Under, pixels_per_unit, &mut pixmap)?;
    }
    match &figure.marks {
        Marks::Discs(_) => draw_layer(figure, fonts, Layer::Marks, pixels_per_unit, &mut pixmap)?,
        Marks::Picture(image) => draw_image(image, &mut pixmap),
    }
    draw_layer(figure, fonts, Layer::Over, pixels_per_unit, &mut pixmap)?;
    Ok(pixmap)
}

fn draw_layer(
    figure: &Figure,
    fonts: &Fonts,
    layer: Layer,
    pixels_per_unit: f32,
    pixmap: &mut Pixmap,
) -> Result<(), PictureError> {
    let transform = Transform::from_scale(pixels_per_unit, pixels_per_unit);
    resvg::render(&tree(figure, fonts, layer)?, transform, &mut pixmap.as_mut());
    Ok(())
}

/// Draws an image over the whole of a picture.
fn draw_image(image: &Image, pixmap: &mut Pixmap) {
    let Some(points) = pixmap_of(image) else { return };
    let scale = Transform::from_scale(
        pixmap.width() as f32 / points.width() as f32,
        pixmap.height() as f32 / points.height() as f32,
    );
    let smooth = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    let paint = if scale.is_identity() { PixmapPaint::default() } else { smooth };
    pixmap.draw_pixmap(0, 0, points.as_ref(), &paint, scale, None);
}

/// An image as a PNG file.
pub(super) fn encoded(image: &Image) -> Result<Vec<u8>, PictureError> {
    let size = PictureError::Size { width: image.width() as f32, height: image.height() as f32 };
    pixmap_of(image).ok_or(size)?.encode_png().map_err(|error| PictureError::Encode(error.to_string()))
}

fn pixmap_of(image: &Image) -> Option<Pixmap> {
    let size = IntSize::from_wh(u32::try_from(image.width()).ok()?, u32::try_from(image.height()).ok()?)?;
    Pixmap::from_vec(image.bytes().to_vec(), size)
}

#[cfg(test)]
mod tests {
    use super::super::fonts::tests::fonts;
    use super::super::labels::Rect;
    use super::super::{Disc, Region, Rgba, Weight, Word};
    use super::*;

    const PAPER: Rgba = Rgba::rgb(250, 251, 252);

    fn figure() -> Figure {
        Figure::new([120.0, 80.0], PAPER, Rgba::rgb(0, 0, 0), Rgba::rgb(0, 0, 0))
    }

    fn pixel(pixmap: &Pixmap, x: u32, y: u32) -> [u8; 4] {
        let color = pixmap.pixel(x, y).expect("inside").demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    }

    fn drawn(figure: &Figure, scale: f32) -> Pixmap {
        Pixmap::decode_png(&png(figure, &fonts(), scale).expect("a picture")).expect("a PNG file")
    }

    #[test]
    fn discs_lie_where_they_should_at_any_resolution() {
        let disc = Disc { at: [30.0, 50.0], radius: 5.0, color: Rgba::rgb(255, 0, 0), outline: None };
        let figure = Figure { marks: Marks::Discs(vec![disc]), ..figure() };
        for scale in [1u16, 3] {
            let pixmap = drawn(&figure, f32::from(scale));
            let scale = u32::from(scale);
            assert_eq!((pixmap.width(), pixmap.height()), (120 * scale, 80 * scale));
            assert_eq!(pixel(&pixmap, 30 * scale, 50 * scale), [255, 0, 0, 255]);
            assert_eq!(pixel(&pixmap, 30 * scale, 57 * scale), [250, 251, 252, 255]);
        }
    }

    #[test]
    fn regions_are_filled_but_for_their_holes_and_lie_under_the_points() {
        let square = |from: f32, to: f32| vec![[from, from], [from, to], [to, to], [to, from]];
        let hole = square(30.0, 50.0).into_iter().rev().collect();
        let green = Rgba::rgb(0, 128, 0);
        let region = Region { rings: vec![square(10.0, 70.0), hole], fill: Some(green), line: None };
        let disc = Disc { at: [20.0, 20.0], radius: 3.0, color: Rgba::rgb(255, 0, 0), outline: None };
        let figure = Figure { regions: vec![region], marks: Marks::Discs(vec![disc]), ..figure() };
        let picture = drawn(&figure, 1.0);
        assert_eq!(pixel(&picture, 60, 60), [0, 128, 0, 255]);
        assert_eq!(pixel(&picture, 40, 40), PAPER.0);
        assert_eq!(pixel(&picture, 20, 20), [255, 0, 0, 255]);
    }

    #[test]
    fn an_image_of_points_fills_the_picture() {
        let mut image = Image::new(240, 160);
        let middle = (80 * 240 + 120) * 4;
        image.bytes_mut()[middle..middle + 4].copy_from_slice(&[0, 0, 255, 255]);
        let pixmap = drawn(&Figure { marks: Marks::Picture(image), ..figure() }, 2.0);
        assert_eq!(pixel(&pixmap, 120, 80), [0, 0, 255, 255]);
        assert_eq!(pixel(&pixmap, 122, 80), [250, 251, 252, 255]);
    }

    #[test]
    fn words_are_drawn_as_wide_as_they_were_measured() {
        let fonts = fonts();
        let [width, height] = fonts.measure("HHHH", 20.0, Weight::Regular);
        let rect = Rect { min: [20.0, 30.0], max: [20.0 + width, 30.0 + height] };
        let black = Rgba::rgb(0, 0, 0);
        let word = Word { text: "HHHH".into(), rect, font_size: 20.0, weight: Weight::Regular, color: black };
        let pixmap = drawn(&Figure { words: vec![word], ..figure() }, 1.0);
        let dark = |x: u32| (0..80).any(|y| pixel(&pixmap, x, y)[0] < 100);
        let columns: Vec<u32> = (0..120).filter(|&x| dark(x)).collect();
        let (first, last) = (columns[0] as f32, columns[columns.len() - 1] as f32);
        assert!(
            (20.0..24.0).contains(&first) && (16.0 + width..20.0 + width).contains(&last),
            "{first} {last} {width}"
        );
        let rows: Vec<u32> = (0..80).filter(|&y| (0..120).any(|x| pixel(&pixmap, x, y)[0] < 100)).collect();
        let middle = f32::midpoint(rows[0] as f32, rows[rows.len() - 1] as f32 + 1.0);
        assert!((middle - (30.0 + height / 2.0)).abs() < 1.0, "{middle}");
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for (size, scale) in
            [([0.0, 10.0], 1.0), ([1e9, 1e9], 1.0), ([10.0, 10.0], f32::NAN), ([10.0, 10.0], -1.0)]
        {
            let error = png(&Figure { size, ..figure() }, &fonts(), scale).expect_err("no picture");
            assert!(matches!(error, PictureError::Size { .. }), "{error}");
        }
    }
}
