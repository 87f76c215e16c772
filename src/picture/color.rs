//! Colors and images, as plain bytes.

use super::camera::Camera;

/// A color in sRGB with straight (not premultiplied) opacity: red, green, blue, alpha, each 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    /// An opaque color.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue, 255])
    }

    /// The same color at `opacity` (0 to 1) times its own opacity.
    #[must_use]
    pub fn faded(self, opacity: f32) -> Self {
        let [red, green, blue, alpha] = self.0;
        Self([red, green, blue, (f32::from(alpha) * opacity.clamp(0.0, 1.0)).round() as u8])
    }

    /// The color a `share` (0 to 1) of the way to `other`.
    #[must_use]
    pub fn mixed(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        let between = |i: usize| {
            let [from, to] = [self.0[i], other.0[i]].map(f32::from);
            (from + share * (to - from)).round() as u8
        };
        Self(std::array::from_fn(between))
    }

    /// The color as a pixel of an [`Image`] holds it.
    pub(super) fn premultiplied(self) -> [u8; 4] {
        let ([red, green, blue], alpha) = self.parts();
        let [red, green, blue] = [red, green, blue].map(|part| (part * alpha).round() as u8);
        [red, green, blue, self.0[3]]
    }

    /// Red, green and blue from 0 to 255, and opacity from 0 to 1, not premultiplied.
    pub(super) fn parts(self) -> ([f32; 3], f32) {
        let [red, green, blue, alpha] = self.0.map(f32::from);
        ([red, green, blue], alpha / 255.0)
    }
}

/// A picture: `width` × `height` pixels of premultiplied sRGB bytes (red, green, blue, alpha), the top row first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Image {
    /// A transparent picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, bytes: vec![0; width * height * 4] }
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, 4 bytes each.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The pixel at column `x`, row `y`, premultiplied.
    ///
    /// # Panics
    /// If it lies outside.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        assert!(x < self.width && y < self.height, "a pixel inside the picture");
        let at = (y * self.width + x) * 4;
        [self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]]
    }

    /// Gives the picture another size; its memory is kept, its content is not.
    pub(super) fn resize(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.bytes.resize(width * height * 4, 0);
    }

    /// Gives the picture the size of what `camera` is to be drawn into. Says whether there is anything to draw; where there is not,
    /// all of it is transparent.
    pub(super) fn begin(&mut self, [width, height]: [usize; 2], camera: &Camera) -> bool {
        self.resize(width, height);
        if !camera.is_valid() {
            self.bytes.fill(0);
        }
        camera.is_valid() && width > 0 && height > 0
    }

    /// All pixels, to write to.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fading_changes_only_the_opacity() {
        assert_eq!(Rgba([10, 20, 30, 200]).faded(0.5), Rgba([10, 20, 30, 100]));
        assert_eq!(Rgba::rgb(1, 2, 3).faded(7.0), Rgba::rgb(1, 2, 3));
    }

    #[test]
    fn a_new_image_is_transparent() {
        let image = Image::new(3, 2);
        assert_eq!(image.bytes().len(), 24);
        assert_eq!(image.pixel(2, 1), [0; 4]);
    }
}
