//! The look: colors, type, distances. No panel knows a color or a size of its own.

mod fonts;

use std::sync::Arc;

use egui::style::{HandleShape, ScrollStyle, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Ui, Vec2,
    Visuals, vec2,
};

use crate::picture::Rgba;
use crate::scene::palette::{self, Palette, Theme};

pub use fonts::install as install_fonts;

/// Sizes of type, in points.
pub mod size {
    /// Captions, axis values.
    pub const SMALL: f32 = 12.0;
    /// Everything that is read.
    pub const BODY: f32 = 14.0;
    /// The names of sections.
    pub const LARGE: f32 = 16.0;
    /// The chosen word.
    pub const TITLE: f32 = 20.0;
}

/// Distances, in steps of four points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
}

/// The semibold face, for the few words that need weight.
pub const SEMIBOLD: &str = "semibold";

/// The colors of the window in one theme, beside those of the map.
#[derive(Debug, Clone, Copy)]
pub struct Tones {
    /// The map's colors.
    pub map: &'static Palette,
    /// Panels beside the map.
    pub panel: Color32,
    /// Fields, tracks, the bars behind values.
    pub well: Color32,
    /// Something under the pointer.
    pub hover: Color32,
    /// Lines between areas.
    pub line: Color32,
    pub text: Color32,
    pub quiet: Color32,
    pub accent: Color32,
    /// Behind chosen things.
    pub accent_soft: Color32,
    /// Text upon the accent.
    pub on_accent: Color32,
    pub warning: Color32,
    pub error: Color32,
}

impl Tones {
    /// The tones of a theme.
    #[must_use]
    pub fn of(theme: Theme) -> Self {
        let map = palette::of(theme);
        let (text, quiet, accent) = (color(map.text), color(map.quiet), color(map.accent));
        match theme {
            Theme::Light => Self {
                map,
                panel: Color32::from_rgb(0xF1, 0xF3, 0xF6),
                well: Color32::from_rgb(0xE3, 0xE7, 0xED),
                hover: Color32::from_rgb(0xD8, 0xDE, 0xE7),
                line: Color32::from_rgb(0xD9, 0xDE, 0xE5),
                text,
                quiet,
                accent,
                accent_soft: Color32::from_rgb(0xD3, 0xE5, 0xF9),
                on_accent: Color32::WHITE,
                warning: Color32::from_rgb(0x8F, 0x52, 0x00),
                error: Color32::from_rgb(0xB3, 0x26, 0x1E),
            },
            Theme::Dark => Self {
                map,
                panel: Color32::from_rgb(0x19, 0x1D, 0x25),
                well: Color32::from_rgb(0x25, 0x2B, 0x36),
                hover: Color32::from_rgb(0x31, 0x39, 0x47),
                line: Color32::from_rgb(0x2A, 0x31, 0x3D),
                text,
                quiet,
                accent,
                accent_soft: Color32::from_rgb(0x1D, 0x3A, 0x58),
                on_accent: Color32::from_rgb(0x08, 0x16, 0x26),
                warning: Color32::from_rgb(0xF2, 0xB8, 0x4B),
                error: Color32::from_rgb(0xFF, 0x8A, 0x80),
            },
        }
    }

    /// The color of a category or of a step of a scale; `None` is grey.
    #[must_use]
    pub fn category(&self, index: Option<usize>) -> Color32 {
        color(self.map.class(index))
    }
}

/// The tones of the theme that `ui` is drawn in.
#[must_use]
pub fn tones(ui: &Ui) -> Tones {
    tones_of(ui.ctx())
}

/// The tones of the theme that the window is drawn in.
#[must_use]
pub fn tones_of(ctx: &Context) -> Tones {
    Tones::of(match ctx.theme() {
        egui::Theme::Dark => Theme::Dark,
        egui::Theme::Light => Theme::Light,
    })
}

/// One of our colors as egui's.
#[must_use]
pub fn color(rgba: Rgba) -> Color32 {
    let [red, green, blue, alpha] = rgba.0;
    Color32::from_rgba_unmultiplied(red, green, blue, alpha)
}

/// Installs both themes; which one is shown is the settings' choice.
pub fn install(ctx: &Context) {
    install_fonts(ctx);
    ctx.set_style_of(egui::Theme::Light, style(Theme::Light));
    ctx.set_style_of(egui::Theme::Dark, style(Theme::Dark));
}

/// Shows `theme` at `scale`, where 1 is the usual size.
pub fn show(ctx: &Context, theme: Theme, scale: f32) {
    ctx.set_theme(match theme {
        Theme::Light => egui::Theme::Light,
        Theme::Dark => egui::Theme::Dark,
    });
    if (ctx.zoom_factor() - scale).abs() > 1e-3 {
        ctx.set_zoom_factor(scale);
    }
}

/// The family of the semibold face.
#[must_use]
pub fn semibold() -> FontFamily {
    FontFamily::Name(Arc::from(SEMIBOLD))
}

fn style(theme: Theme) -> Style {
    let tones = Tones::of(theme);
    let mut style = Style::default();
    let plain = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, plain(size::SMALL)),
        (TextStyle::Body, plain(size::BODY)),
        (TextStyle::Button, plain(size::BODY)),
        (TextStyle::Heading, FontId::new(size::LARGE, semibold())),
        (TextStyle::Monospace, FontId::new(size::BODY - 1.0, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(space::S, space::S);
    spacing.button_padding = vec2(10.0, 4.0);
    spacing.interact_size = vec2(36.0, 26.0);
    spacing.slider_width = 132.0;
    spacing.slider_rail_height = 4.0;
    spacing.combo_width = 120.0;
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.icon_width = 16.0;
    spacing.tooltip_width = 360.0;
    // Bars float, beside what scrolls and not over it.
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating_allocated_width: 8.0, ..ScrollStyle::floating() };
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style.animation_time = 0.12;
    style.visuals = visuals(theme, &tones);
    style
}

fn visuals(theme: Theme, tones: &Tones) -> Visuals {
    let mut visuals = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    visuals.widgets = widgets(tones);
    visuals.selection.bg_fill = tones.accent_soft;
    visuals.selection.stroke = Stroke::new(1.0, tones.text);
    visuals.hyperlink_color = tones.accent;
    visuals.weak_text_color = Some(tones.quiet);
    visuals.faint_bg_color = tones.well.gamma_multiply(0.5);
    visuals.extreme_bg_color = tones.well;
    visuals.text_edit_bg_color = Some(tones.well);
    visuals.code_bg_color = tones.well;
    visuals.warn_fg_color = tones.warning;
    visuals.error_fg_color = tones.error;
    visuals.panel_fill = tones.panel;
    visuals.window_fill = tones.panel;
    visuals.window_stroke = Stroke::new(1.0, tones.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    let depth = if theme == Theme::Dark { 120 } else { 40 };
    visuals.window_shadow =
        Shadow { offset: [0, 8], blur: 32, spread: 0, color: Color32::from_black_alpha(depth) };
    visuals.popup_shadow =
        Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(depth) };
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    visuals.collapsing_header_frame = false;
    visuals
}

fn widgets(tones: &Tones) -> Widgets {
    let widget = |fill: Color32, text: Color32, ring: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, ring),
        corner_radius: CornerRadius::same(6),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let none = Color32::TRANSPARENT;
    Widgets {
        noninteractive: WidgetVisuals {
            bg_stroke: Stroke::new(1.0, tones.line),
            ..widget(none, tones.text, tones.line)
        },
        inactive: widget(tones.well, tones.text, none),
        hovered: widget(tones.hover, tones.text, none),
        // What has the keyboard gets a ring of its own, for it has to show on every kind of control.
        active: widget(tones.accent_soft, tones.text, none),
        open: widget(tones.hover, tones.text, none),
    }
}

/// The least size of something that is clicked or touched.
pub const TOUCH: Vec2 = Vec2::splat(28.0);
