//! Names of the map's regions, while it is seen from afar.

use std::sync::Arc;

use egui::{Color32, FontId, Galley, Painter, Rect, pos2, vec2};

use super::{Stage, labels};
use crate::picture::{Banner, place_banners};
use crate::scene::group_names::{GroupNames, LARGER};
use crate::ui::theme::{self, Tones};

/// What stays free between two names on one line, lest they be read as one.
const APART: f32 = 20.0;

/// The most letters of a name.
const LONGEST: usize = 36;

/// A region's name with its place and how strongly it is written.
pub struct Name {
    rect: Rect,
    galley: Arc<Galley>,
    strength: f32,
}

/// Lays out the names that have room on this map. Their places are reserved, so that no word is written over them.
pub fn lay_out(painter: &Painter, stage: &mut Stage<'_>, tones: &Tones) -> Vec<Name> {
    let view = stage.state.view();
    let strength = GroupNames::strength(stage.camera.scale / stage.whole.scale);
    // Whoever has chosen something looks at that.
    if strength == 0.0 || stage.state.chosen().dims_others() {
        return Vec::new();
    }
    let Some(found) = stage.state.derived().group_names(view) else { return Vec::new() };
    let font = FontId::new(view.map.labels.size * LARGER, theme::semibold());
    let galleys: Vec<Arc<Galley>> = found
        .0
        .iter()
        .map(|name| {
            let mut text: String = name.text.chars().take(LONGEST).collect();
            if text.len() < name.text.len() {
                text.push('…');
            }
            let color = name.category.map_or(tones.text, |category| tones.category(Some(category)));
            painter.layout_no_wrap(text, font.clone(), color)
        })
        .collect();
    let banners: Vec<Banner> = found
        .0
        .iter()
        .zip(&galleys)
        .map(|(name, galley)| Banner {
            spots: name.spots.iter().map(|&spot| stage.to_screen(spot).into()).collect(),
            size: (galley.size() + vec2(APART, 0.0)).into(),
        })
        .collect();
    let placed = place_banners(&banners, 4.0);
    let mut names = Vec::new();
    for (rect, galley) in placed.into_iter().zip(galleys) {
        let Some(rect) = rect else { continue };
        let rect = Rect::from_min_max(rect.min.into(), rect.max.into()).shrink2(vec2(APART / 2.0, 0.0));
        let seen = stage.rect.intersects(rect) && !stage.reserved.iter().any(|taken| taken.intersects(rect));
        if seen {
            names.push(Name { rect, galley, strength });
        }
    }
    // What has all but faded no longer takes the place of a word.
    if strength > 0.35 {
        stage.reserved.extend(names.iter().map(|name| name.rect.expand2(vec2(2.0, 0.0))));
    }
    names
}

/// Writes the names.
pub fn paint(painter: &Painter, names: Vec<Name>, tones: &Tones) {
    let halo = theme::color(tones.map.background);
    for Name { rect, galley, strength } in names {
        let corner = pos2(rect.min.x.round(), rect.min.y.round());
        labels::halo(painter, corner, &galley, halo.gamma_multiply(0.92 * strength), 2.0);
        painter.add(
            egui::epaint::TextShape::new(corner, galley, Color32::PLACEHOLDER).with_opacity_factor(strength),
        );
    }
}
