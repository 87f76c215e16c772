use proptest::prelude::*;
use rand::{Rng, SeedableRng};

use super::*;

const AREA: Bounds = Bounds { min: [-4.0, -3.0], max: [4.0, 3.0] };
const SHARES: [f64; 3] = [0.9, 0.5, 0.2];

/// Two heaps of points, the same on every run.
fn heaps(count: usize) -> PointCloud {
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(5);
    let mut normal = || (0..6).map(|_| random.gen_range(-1f32..1.0)).sum::<f32>() * 0.3;
    let points: Vec<[f32; 2]> =
        (0..count).map(|i| [normal() + if i % 2 == 0 { -2.0 } else { 2.0 }, normal()]).collect();
    PointCloud::new(&points)
}

fn field(count: usize) -> Density {
    Density::of(&heaps(count), &AREA, 0.02, &SHARES)
}

/// Twice the area that a closed line goes around against the clock.
fn doubled_area(line: &Contour) -> f64 {
    let points = &line.0;
    let next = points.iter().cycle().skip(1);
    points
        .iter()
        .zip(next)
        .map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1]))
        .sum()
}

#[test]
fn no_point_is_lost() {
    let found = field(20_000);
    let sum: f64 = found.values.iter().map(|&value| f64::from(value)).sum();
    assert!((sum / 20_000.0 - 1.0).abs() < 1e-3, "{sum}");
}

#[test]
fn two_heaps_are_two_regions() {
    let found = Density::of(&heaps(20_000), &AREA, 0.05, &SHARES);
    for level in found.levels() {
        let largest = level.contours.iter().filter(|line| doubled_area(line) > 0.2).count();
        assert_eq!(largest, 2, "{}", level.share);
    }
    // Smoothed much more, they are one.
    let coarse = Density::of(&heaps(20_000), &AREA, 0.4, &[0.9]);
    assert_eq!(coarse.levels()[0].contours.len(), 1);
}

#[test]
fn inside_a_line_lies_the_share_of_the_points_that_it_says() {
    let (cloud, found) = (heaps(20_000), field(20_000));
    for level in found.levels() {
        let inside = cloud
            .slice(0..cloud.len())
            .iter()
            .filter(|point| found.at(point.map(f64::from)) > level.threshold);
        let share = inside.count() as f64 / cloud.len() as f64;
        assert!((level.share..level.share + 0.02).contains(&share), "{share} {}", level.share);
    }
    let thresholds: Vec<f32> = found.levels().iter().map(|level| level.threshold).collect();
    assert!(thresholds.is_sorted() && thresholds[0] > 0.0);
}

#[test]
fn the_field_is_the_same_on_any_number_of_threads() {
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| field(400_000))
    });
    assert_eq!(one, three);
}

#[test]
fn few_points_or_none_make_lines_or_none() {
    let shares = [1.0, 0.5];
    let none = Density::of(&PointCloud::new(&[]), &AREA, 0.02, &shares);
    assert!(none.levels().iter().all(|level| level.contours.is_empty()));
    for points in [vec![[1.0, 1.0]], vec![[1.0, 1.0]; 500]] {
        let one = Density::of(&PointCloud::new(&points), &AREA, 0.02, &shares);
        for level in one.levels() {
            assert_eq!(level.contours.len(), 1, "{}", level.share);
            assert!(one.at([1.0, 1.0]) > level.threshold);
        }
    }
    // A cloud without extent, and one outside of the area.
    let dot = Bounds { min: [1.0; 2], max: [1.0; 2] };
    assert_eq!(
        Density::of(&PointCloud::new(&[[1.0, 1.0]]), &dot, 0.02, &[0.9]).levels()[0].contours.len(),
        1
    );
    let outside = Density::of(&PointCloud::new(&[[90.0, 1.0]]), &AREA, 0.02, &[0.9]);
    assert!(outside.levels()[0].contours.is_empty());
}

#[test]
fn every_pixel_has_the_color_of_the_innermost_level_around_it() {
    let found = field(20_000);
    let colors = [Rgba::rgb(10, 0, 0), Rgba::rgb(20, 0, 0), Rgba::rgb(30, 0, 0)];
    let camera = Camera { center: [0.5, -0.25], scale: 30.0 };
    let (size, mut image) = ([200, 120], Image::default());
    found.paint(&camera, size, &colors, &mut image);
    let viewport = Viewport::new(200.0, 120.0);
    let mut seen = [false; 4];
    for (x, y) in (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y))) {
        let value = found.at(camera.to_world([x as f32 + 0.5, y as f32 + 0.5], viewport));
        let inside = found.levels().iter().filter(|level| value > level.threshold).count();
        let expected = if inside == 0 { [0; 4] } else { [10 * inside as u8, 0, 0, 255] };
        assert_eq!(image.pixel(x, y), expected, "{x} {y}");
        seen[inside] = true;
    }
    assert_eq!(seen, [true; 4]);
    for scale in [f64::NAN, 0.0] {
        found.paint(&Camera { scale, ..camera }, size, &colors, &mut image);
        assert!(image.bytes().iter().all(|&byte| byte == 0));
    }
}

proptest! {
    /// Any field: each line is closed, keeps what is denser to its left, and has the density that it says all along.
    #[test]
    fn lines_go_where_the_density_is_theirs(
        values in prop::collection::vec(0f32..10.0, 42),
        threshold in 0.5f32..9.5,
    ) {
        let field = Density { corner: [1.0, -2.0], cell: 0.5, size: [7, 6], values, levels: Vec::new() };
        let lines = field.contours(threshold);
        for Contour(points) in &lines {
            prop_assert!(points.len() >= 4);
            for &[x, y] in points {
                let value = field.at([x, y].map(f64::from));
                prop_assert!((value - threshold).abs() < 1e-2, "{} {}", value, threshold);
            }
        }
        // Walls around cells: with what is denser to the left, the area within adds up, holes taken off.
        let area: f64 = lines.iter().map(doubled_area).sum::<f64>() / 2.0;
        let any = field.values.iter().any(|&value| value > threshold);
        prop_assert_eq!(any, !lines.is_empty());
        prop_assert!(!any || area > 0.0, "{}", area);
    }
}
