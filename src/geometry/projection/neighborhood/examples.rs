//! Tables for tests of maps, and what is asked of all of them.

use crate::geometry::arithmetic::squared_distance;
use crate::geometry::projection::Projection;
use crate::vectors::Table;

/// Numbers from −1 to 1 that look random and are always the same.
pub fn noise(i: usize) -> f32 {
    let mut hash = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((hash >> 40) as f32) / (1 << 23) as f32 - 1.0
}

pub fn table(values: Vec<f32>, dims: usize) -> Table {
    Table::from_f32((0..values.len() / dims).map(|row| row.to_string()).collect(), values, dims)
}

/// Two heaps of `per` rows each, far apart in ten dimensions; rows take turns.
pub fn heaps(per: usize) -> Table {
    let value = |i: usize| noise(i) + if (i / 10).is_multiple_of(2) { 6.0 } else { -6.0 } * noise(i % 10);
    table((0..2 * per * 10).map(value).collect(), 10)
}

/// A sheet that is rolled up and waved in twelve dimensions: no shadow of it keeps neighbors, and a map can.
pub fn sheet(rows: usize) -> Table {
    let row = |i: usize| {
        let (along, across) = (6.0 * noise(2 * i), noise(2 * i + 1));
        let mut row: Vec<f32> =
            (2..7).flat_map(|k| [(along * k as f32 * 0.8).sin(), (along * k as f32 * 0.8).cos()]).collect();
        row.extend([across, across * along.sin()]);
        row
    };
    table((0..rows).flat_map(row).collect(), 12)
}

/// Tables with which something could go wrong.
pub fn odd_tables() -> Vec<Table> {
    let mut odd: Vec<Table> = (0..8).map(|rows| table((0..rows * 3).map(noise).collect(), 3)).collect();
    odd.push(table(vec![0.5; 150], 3));
    odd.push(table(vec![0.0; 90], 3));
    odd.push(table((0..60).map(noise).collect(), 1));
    // Of each row there are forty.
    odd.push(table((0..480).map(|i| noise(i % 12)).collect(), 4));
    // Two islands, one of them of two rows, joined to nothing else.
    odd.push(table((0..200).map(|i| if i < 4 { 1e4 } else { 0.0 } + noise(i)).collect(), 2));
    let mut broken: Vec<f32> = (0..240).map(noise).collect();
    (broken[3], broken[40], broken[80]) = (f32::NAN, f32::INFINITY, f32::MAX);
    odd.push(table(broken, 4));
    odd.push(table((0..100).map(|i| noise(i) * f32::MAX).collect(), 2));
    odd.push(table((0..100).map(|i| noise(i) * 1e-38).collect(), 2));
    odd
}

/// The share of each row's `k` nearest rows that are among its `k` nearest points, on average.
pub fn kept(table: &Table, map: &Projection, k: usize) -> f64 {
    let nearest = |distance: &dyn Fn(usize) -> f32, own: usize| {
        let mut others: Vec<usize> = (0..table.rows()).filter(|other| *other != own).collect();
        others.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        others.truncate(k);
        others
    };
    let points: Vec<&[f32]> = map.coordinates.chunks_exact(map.components).collect();
    let rows = (0..table.rows()).step_by(7);
    let count = rows.len();
    let shared = rows.map(|own| {
        let truth = nearest(&|other| squared_distance(&table.row(own), &table.row(other)), own);
        let shown = nearest(&|other| squared_distance(points[own], points[other]), own);
        truth.iter().filter(|row| shown.contains(row)).count()
    });
    shared.sum::<usize>() as f64 / (count * k) as f64
}

/// Whether each point of a map of [`heaps`] is nearer to the middle of its own heap than to the other's, and by far.
pub fn heaps_are_apart(map: &Projection) -> bool {
    let points: Vec<&[f32]> = map.coordinates.chunks_exact(map.components).collect();
    let middle = |heap: usize| -> Vec<f32> {
        let own = points.iter().skip(heap).step_by(2);
        let count = own.len() as f32;
        (0..map.components).map(|side| own.clone().map(|point| point[side]).sum::<f32>() / count).collect()
    };
    let middles = [middle(0), middle(1)];
    points.iter().enumerate().all(|(i, point)| {
        squared_distance(point, &middles[i % 2]) < 0.5 * squared_distance(point, &middles[1 - i % 2])
    })
}
