use super::*;
use crate::geometry::projection::neighborhood::examples::{noise, sheet};
use crate::geometry::projection::neighborhood::{Neighborhood, Wanted};
use crate::geometry::projection::tsne::affinities;
use crate::progress::Unwatched;

fn graph(rows: usize) -> Graph {
    let wanted = Wanted { neighbors: 9, normalize: false, sample: rows, seed: 0 };
    let found = Neighborhood::find(&sheet(rows), wanted, &Unwatched).unwrap();
    affinities(&found.lists.unwrap(), 3.0, &Unwatched).unwrap()
}

fn places<const D: usize>(count: usize, spread: f32) -> Vec<[f32; D]> {
    (0..count).map(|i| std::array::from_fn(|side| spread * noise(D * i + side))).collect()
}

/// Σ e p ln(e p / (q / Σq)) but for what does not change with the points.
fn divergence<const D: usize>(graph: &Graph, points: &[[f64; D]], exaggeration: f64) -> f64 {
    let near = |i: usize, j: usize| {
        1.0 / (1.0 + (0..D).map(|side| (points[i][side] - points[j][side]).powi(2)).sum::<f64>())
    };
    let pairs =
        (0..points.len()).flat_map(|i| (0..points.len()).map(move |j| (i, j))).filter(|(i, j)| i != j);
    let total: f64 = pairs.map(|(i, j)| near(i, j)).sum();
    let mut sum = total.ln();
    for i in 0..points.len() {
        let (others, weights) = graph.of(i);
        for (&j, &p) in others.iter().zip(weights) {
            sum -= exaggeration * f64::from(p) * near(i, j as usize).ln();
        }
    }
    sum
}

fn assert_downhill<const D: usize>(exaggeration: f32) {
    let graph = graph(40);
    let points = places::<D>(40, 2.0);
    let found = gradient(&graph, &points, exaggeration, 0.0);
    let exact: Vec<[f64; D]> = points.iter().map(|point| point.map(f64::from)).collect();
    for (i, found) in found.iter().enumerate() {
        for (side, &found) in found.iter().enumerate() {
            let moved = |by: f64| {
                let mut points = exact.clone();
                points[i][side] += by;
                divergence(&graph, &points, f64::from(exaggeration))
            };
            let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            assert!(
                (4.0 * f64::from(found) - slope).abs() < 1e-4 * f64::from(exaggeration),
                "{found} for {slope}"
            );
        }
    }
}

#[test]
fn the_gradient_is_a_fourth_of_the_slope_of_the_divergence() {
    assert_downhill::<2>(1.0);
    assert_downhill::<3>(1.0);
    assert_downhill::<2>(12.0);
}

#[test]
fn far_points_taken_together_push_nearly_as_each_alone() {
    for spread in [1e-4, 1.0, 30.0] {
        let points = places::<2>(3_000, spread);
        let (exact, exact_total) = repulsion(&points, 0.0);
        let (found, total) = repulsion(&points, THETA);
        assert!((total / exact_total - 1.0).abs() < 0.01, "{total} instead of {exact_total}");
        let square = |forces: &mut dyn Iterator<Item = f32>| forces.map(|x| f64::from(x * x)).sum::<f64>();
        let off = square(&mut found.as_flattened().iter().zip(exact.as_flattened()).map(|(a, b)| a - b));
        let off = (off / square(&mut exact.as_flattened().iter().copied())).sqrt();
        assert!(off < 0.03, "forces are off by {off} at spread {spread}");
    }
}

#[test]
fn points_in_one_place_do_not_push_each_other() {
    let (forces, total) = repulsion(&[[0.25_f32; 2]; 100], 0.5);
    assert!(forces.iter().all(|force| *force == [0.0; 2]));
    assert!((total - 9_900.0).abs() < 1.0);
}
