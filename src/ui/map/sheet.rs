//! A picture on the map, and the texture that shows it.

use egui::{Color32, ColorImage, Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2, vec2};

use crate::picture::Image;

/// A picture that is drawn anew only when what it follows from has changed.
pub struct Sheet<K> {
    image: Image,
    texture: Option<TextureHandle>,
    drawn: Option<K>,
}

impl<K> Default for Sheet<K> {
    fn default() -> Self {
        Self { image: Image::default(), texture: None, drawn: None }
    }
}

impl<K: PartialEq> Sheet<K> {
    /// Has the picture of `key` drawn, if it is another one than that which is there.
    pub fn draw(
        &mut self,
        painter: &Painter,
        key: K,
        options: TextureOptions,
        draw: impl FnOnce(&K, &mut Image),
    ) {
        if self.drawn.as_ref() == Some(&key) {
            return;
        }
        draw(&key, &mut self.image);
        let size = [self.image.width(), self.image.height()];
        let pixels = ColorImage::from_rgba_premultiplied(size, self.image.bytes());
        match &mut self.texture {
            Some(texture) => texture.set(pixels, options),
            None => self.texture = Some(painter.ctx().load_texture("map", pixels, options)),
        }
        self.drawn = Some(key);
    }

    /// Shows the picture with its upper left corner at `corner`, `scale` of its pixels a point of the screen.
    pub fn show(&self, painter: &Painter, corner: Pos2, scale: f32) {
        let Some(texture) = &self.texture else { return };
        let size = vec2(self.image.width() as f32, self.image.height() as f32) / scale;
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), Rect::from_min_size(corner, size), whole, Color32::WHITE);
    }
}
