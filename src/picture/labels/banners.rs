//! Names of regions: few, large, each centered on one of the places that are offered for it.

use super::Rect;

/// A name that would like to be written. Banners are given in order of priority, the most important first.
#[derive(Debug, Clone, PartialEq)]
pub struct Banner {
    /// The places on the screen at which its middle may lie, the best first, in pixels.
    pub spots: Vec<[f32; 2]>,
    /// Width and height of its text, in pixels.
    pub size: [f32; 2],
}

/// Finds for each banner the first of its spots at which it keeps `spacing` pixels from those before it; none where there
/// is no such spot. The viewport plays no part, so that names stay where they are while the map is dragged: which of them
/// is seen is for the caller.
#[must_use]
pub fn place_banners(banners: &[Banner], spacing: f32) -> Vec<Option<Rect>> {
    let mut placed: Vec<Option<Rect>> = Vec::with_capacity(banners.len());
    for banner in banners {
        let centered = |spot: &[f32; 2]| {
            let half = banner.size.map(|side| side / 2.0);
            Rect { min: [spot[0] - half[0], spot[1] - half[1]], max: [spot[0] + half[0], spot[1] + half[1]] }
        };
        let free = |rect: &Rect| {
            rect.is_finite() && placed.iter().flatten().all(|other| !other.overlaps(&rect.grown(spacing)))
        };
        placed.push(banner.spots.iter().map(centered).find(free));
    }
    placed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn banner(spots: &[[f32; 2]], size: [f32; 2]) -> Banner {
        Banner { spots: spots.to_vec(), size }
    }

    #[test]
    fn the_first_comes_first_and_the_next_takes_another_place_or_none() {
        let size = [40.0, 10.0];
        let banners = [
            banner(&[[0.0, 0.0]], size),
            banner(&[[10.0, 0.0], [100.0, 0.0]], size),
            banner(&[[0.0, 5.0]], size),
            banner(&[[f32::NAN, 0.0]], size),
        ];
        let placed = place_banners(&banners, 2.0);
        assert_eq!(placed[0], Some(Rect { min: [-20.0, -5.0], max: [20.0, 5.0] }));
        assert_eq!(placed[1].map(|rect| rect.min), Some([80.0, -5.0]));
        assert_eq!(placed[2..], [None, None]);
    }

    proptest! {
        #[test]
        fn no_two_meet_and_dragging_moves_them_all_alike(
            spots in proptest::collection::vec(proptest::collection::vec([-500_f32..500.0, -400_f32..400.0], 1..4), 1..20),
        ) {
            let banners = |by: f32| -> Vec<Banner> {
                let moved = |spot: &[f32; 2]| [spot[0] + by, spot[1]];
                spots.iter().map(|spots| Banner { spots: spots.iter().map(moved).collect(), size: [120.0, 20.0] }).collect()
            };
            let placed = place_banners(&banners(0.0), 4.0);
            let rects: Vec<Rect> = placed.iter().flatten().copied().collect();
            for (i, rect) in rects.iter().enumerate() {
                prop_assert!(rects[..i].iter().all(|other| !other.overlaps(rect)));
            }
            let dragged = place_banners(&banners(512.0), 4.0);
            prop_assert_eq!(
                placed.iter().map(Option::is_some).collect::<Vec<_>>(),
                dragged.iter().map(Option::is_some).collect::<Vec<_>>()
            );
        }
    }
}
