//! How parallel the steps of many pairs are: whether *man* to *woman* leads the same way as *king* to *queen*.

use super::arithmetic::norm;

/// How parallel some steps are.
#[derive(Debug, Clone, PartialEq)]
pub struct Parallelism {
    /// The mean cosine of every two of the steps, −1 to 1: 1 if all lead the same way, about 0 if each its own. None with
    /// fewer than two steps that have a length.
    pub mean_cosine: Option<f64>,
    /// For each step its mean cosine with the others; none for a step without a length.
    pub each: Vec<Option<f64>>,
}

impl Parallelism {
    /// Of steps given as pairs of points, in any number of dimensions: for rows as for points on the screen.
    #[must_use]
    pub fn of(steps: &[[Vec<f32>; 2]]) -> Self {
        let units: Vec<Option<Vec<f64>>> = steps.iter().map(unit).collect();
        let dims = units.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let mut sum = vec![0.0; dims];
        for unit in units.iter().flatten() {
            sum.iter_mut().zip(unit).for_each(|(sum, x)| *sum += x);
        }
        let count = units.iter().flatten().count();
        let others = count.saturating_sub(1) as f64;
        // The products with all others are those with the sum, less the one with itself.
        let with_others = |unit: &Vec<f64>| {
            let product: f64 = unit.iter().zip(&sum).map(|(x, sum)| x * sum).sum();
            ((product - 1.0) / others).clamp(-1.0, 1.0)
        };
        let each: Vec<Option<f64>> =
            units.iter().map(|unit| unit.as_ref().filter(|_| count > 1).map(with_others)).collect();
        let mean = each.iter().flatten().sum::<f64>() / count.max(1) as f64;
        Self { mean_cosine: (count > 1).then_some(mean), each }
    }
}

/// The direction of a step.
fn unit([from, to]: &[Vec<f32>; 2]) -> Option<Vec<f64>> {
    let step: Vec<f32> = from.iter().zip(to).map(|(from, to)| to - from).collect();
    let length = norm(&step);
    (length > 0.0 && length.is_finite()).then(|| step.iter().map(|&x| f64::from(x) / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(steps: &[[f32; 2]]) -> Vec<[Vec<f32>; 2]> {
        steps
            .iter()
            .enumerate()
            .map(|(i, [x, y])| [vec![i as f32, 1.0], vec![i as f32 + x, 1.0 + y]])
            .collect()
    }

    #[test]
    fn steps_of_one_direction_are_parallel_whatever_their_lengths() {
        let found = Parallelism::of(&steps(&[[1.0, 1.0], [3.0, 3.0], [0.5, 0.5]]));
        assert!((found.mean_cosine.unwrap() - 1.0).abs() < 1e-6);
        let opposite = Parallelism::of(&steps(&[[1.0, 0.0], [-2.0, 0.0]]));
        assert!((opposite.mean_cosine.unwrap() + 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_mean_is_that_of_all_pairs() {
        let arrows = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [-1.0, 0.5]];
        let found = Parallelism::of(&steps(&arrows));
        let cosine = |a: [f32; 2], b: [f32; 2]| {
            f64::from(a[0] * b[0] + a[1] * b[1]) / f64::from(a[0].hypot(a[1]) * b[0].hypot(b[1]))
        };
        let (mut sum, mut count) = (0.0, 0.0);
        for (i, &a) in arrows.iter().enumerate() {
            for &b in &arrows[..i] {
                (sum, count) = (sum + cosine(a, b), count + 1.0);
            }
        }
        assert!((found.mean_cosine.unwrap() - sum / count).abs() < 1e-6);
        let first = (1..4).map(|i| cosine(arrows[0], arrows[i])).sum::<f64>() / 3.0;
        assert!((found.each[0].unwrap() - first).abs() < 1e-6);
    }

    #[test]
    fn a_step_without_a_length_has_no_direction() {
        let found = Parallelism::of(&steps(&[[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]));
        assert_eq!(found.each[1], None);
        assert!((found.mean_cosine.unwrap() - 1.0).abs() < 1e-6);
        assert_eq!(Parallelism::of(&steps(&[[1.0, 0.0]])).mean_cosine, None);
        assert_eq!(Parallelism::of(&[]), Parallelism { mean_cosine: None, each: Vec::new() });
    }
}
