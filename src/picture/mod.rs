//! Points become images, for the window, for PNG, SVG and PDF files and for tests alike.
//!
//! A projection's points are put into a [`PointCloud`] once; a [`Paint`] says each point's color class and whether it
//! is dimmed or highlighted; a [`Camera`] says what is seen; and [`Raster`] draws that into an [`Image`], millions of
//! points a frame. The same cloud answers what is under the cursor. Colors come in as arguments.

pub mod camera;
pub mod cloud;
pub mod color;
mod crisp;
mod dense;
pub mod density;
pub mod figure;
pub mod fonts;
mod frame;
pub mod labels;
pub mod pdf;
pub mod pick;
pub mod png;
pub mod raster;
pub mod svg;

pub use camera::{Bounds, Camera, ScaleLimits, Viewport};
pub use cloud::{Paint, PointCloud, State};
pub use color::{Image, Rgba};
pub use density::Density;
pub use figure::{Disc, Figure, LegendEntry, Line, Marks, Region, Word};
pub use fonts::{FontError, Fonts, Weight};
pub use labels::{Banner, Candidate, Label, LabelLimits, LabelPlacer, Rect, Side, place_banners};
pub use pdf::pdf;
pub use pick::Hit;
pub use png::{PictureError, png};
pub use raster::{MAX_SIDE, Outline, Raster, Style};
pub use svg::svg;
