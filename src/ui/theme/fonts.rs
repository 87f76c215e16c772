//! The bundled faces. Scripts that they lack are filled in from the system's fonts, which are found in the background.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

use super::SEMIBOLD;

const SANS: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf");
const SANS_SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-SemiBold.ttf");
const MONO: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexMono-Regular.ttf");

/// Installs the bundled faces before egui's own, which keep serving symbols and emoji.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (name, bytes) in [("Plex Sans", SANS), ("Plex Sans SemiBold", SANS_SEMIBOLD), ("Plex Mono", MONO)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let family = |first: &[&str]| first.iter().map(|&name| name.to_owned()).chain(fallback.clone()).collect();
    // The monospaced faces hold signs that the others lack: control pictures, arrows, blocks.
    fonts.families.insert(FontFamily::Proportional, family(&["Plex Sans", "Plex Mono", "Hack"]));
    fonts.families.insert(FontFamily::Monospace, family(&["Plex Mono", "Plex Sans", "Hack"]));
    fonts
        .families
        .insert(FontFamily::Name(SEMIBOLD.into()), family(&["Plex Sans SemiBold", "Plex Mono", "Hack"]));
    ctx.set_fonts(fonts);
}
