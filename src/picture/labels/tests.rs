use proptest::prelude::*;

use super::*;

const VIEW: Viewport = Viewport::new(800.0, 500.0);

fn candidate(id: u32, at: [f32; 2]) -> Candidate {
    Candidate { id, at, radius: 3.0, forced: false }
}

fn measure(id: u32) -> [f32; 2] {
    [20.0 + (id * 7 % 50) as f32, 14.0]
}

fn place(candidates: &[Candidate]) -> Vec<Label> {
    LabelPlacer::new().place(VIEW, &[], candidates, &LabelLimits::default(), measure).to_vec()
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (-100f32..900.0, -100f32..600.0, prop::bool::weighted(0.05));
    prop::collection::vec(one, 0..400).prop_map(|places| {
        let one = |(id, (x, y, forced))| Candidate { forced, ..candidate(id, [x, y]) };
        (0..).zip(places).map(one).collect()
    })
}

proptest! {
    #[test]
    fn no_label_overlaps_another_and_no_ordinary_one_a_forced_point(candidates in candidates()) {
        let labels = place(&candidates);
        for (i, label) in labels.iter().enumerate() {
            prop_assert!(labels[..i].iter().all(|other| !label.rect.overlaps(&other.rect)));
            for forced in candidates.iter().filter(|c| c.forced && !label.forced) {
                let point = Rect { min: forced.at, max: forced.at }.grown(forced.radius);
                prop_assert!(!label.rect.overlaps(&point));
            }
        }
    }

    #[test]
    fn a_word_is_left_out_only_for_words_before_it(candidates in candidates()) {
        let labels = place(&candidates);
        let forced_points = candidates.iter().filter(|c| c.forced)
            .map(|c| Rect { min: c.at, max: c.at }.grown(c.radius));
        let taken: Vec<Rect> = forced_points.collect();
        let seen = Rect { min: [160.0; 2], max: [640.0, 340.0] };
        for left_out in candidates.iter().filter(|c| !c.forced && labels.iter().all(|l| l.id != c.id)) {
            let inside = (0..2).all(|i| (seen.min[i]..seen.max[i]).contains(&left_out.at[i]));
            for side in Side::ALL.into_iter().filter(|_| inside) {
                let rect = side.rect(left_out.at, measure(left_out.id), 6.0).grown(1.5);
                let before = labels.iter().filter(|label| label.forced || label.id < left_out.id);
                prop_assert!(before.map(|label| &label.rect).chain(&taken).any(|other| rect.overlaps(other)));
            }
        }
    }

    #[test]
    fn no_free_place_covers_fewer_points_than_the_one_taken(places in prop::collection::vec((20f32..780.0, 20f32..480.0), 0..200)) {
        let candidates: Vec<Candidate> = (0..).zip(places).map(|(id, (x, y))| candidate(id, [x, y])).collect();
        let labels = place(&candidates);
        let points = |label: Label| covered(&[label], &candidates).min(MANY);
        for (i, &label) in labels.iter().enumerate() {
            for side in Side::ALL {
                let rect = side.rect(label.at, measure(label.id), 6.0);
                let free = labels[..i].iter().all(|other| !other.rect.overlaps(&rect.grown(1.5)));
                prop_assert!(!free || points(label) <= points(Label { side, rect, ..label }), "{label:?}, {side:?}");
            }
        }
    }

    #[test]
    fn dragging_keeps_the_labels_that_stay_in_view(candidates in candidates(), by in [-40f32..40.0, -40f32..40.0]) {
        let mut placer = LabelPlacer::new();
        // Only words that are near before and after: those that come in from beyond the margin may matter.
        let near = |c: &&Candidate| (-60.0..860.0).contains(&c.at[0]) && (-60.0..560.0).contains(&c.at[1]);
        let candidates: Vec<Candidate> = candidates.iter().filter(near).copied().collect();
        let before = placer.place(VIEW, &[], &candidates, &LabelLimits::default(), measure).to_vec();
        let moved = |c: &Candidate| Candidate { at: [c.at[0] + by[0], c.at[1] + by[1]], ..*c };
        let candidates: Vec<Candidate> = candidates.iter().map(moved).collect();
        let after = placer.place(VIEW, &[], &candidates, &LabelLimits::default(), measure).to_vec();
        let inner = Rect { min: [50.0; 2], max: [750.0, 450.0] };
        for label in before.iter().filter(|label| label.rect.overlaps(&inner)) {
            prop_assert_eq!(after.iter().find(|l| l.id == label.id).map(|l| l.side), Some(label.side));
        }
    }
}

#[test]
fn a_third_fewer_points_are_covered_than_without_regard_for_them() {
    let mut random = 1_u32;
    let mut number = |range: f32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as f32 / (1 << 24) as f32 * range
    };
    let (mut now, mut then) = (0, 0);
    let (mut written, mut heedlessly) = (0, 0);
    for map in 0..60 {
        let candidates: Vec<Candidate> = (0..100 + 2 * map)
            .map(|id| candidate(id, [20.0 + number(760.0), 20.0 + number(460.0)]))
            .collect();
        let (labels, heedless) = (place(&candidates), without_regard(&candidates));
        now += covered(&labels, &candidates);
        then += covered(&heedless, &candidates);
        written += labels.len();
        heedlessly += heedless.len();
    }
    assert!(3 * now <= 2 * then, "{now} points are covered, {then} without regard for them");
    assert!(20 * written >= 19 * heedlessly, "{written} labels, {heedlessly} without regard for points");
}

#[test]
fn of_two_words_at_one_place_the_first_is_right_and_the_second_gives_way() {
    let labels = place(&[candidate(4, [100.0, 100.0]), candidate(5, [101.0, 100.0])]);
    assert_eq!(
        labels.iter().map(|l| (l.id, l.side)).collect::<Vec<_>>(),
        [(4, Side::Right), (5, Side::Left)]
    );
    let large = |id| Candidate { radius: 8.0, ..candidate(id, [100.0, 100.0]) };
    let crowd: Vec<Candidate> = (0..50).map(large).collect();
    assert_eq!(place(&crowd).iter().map(|l| l.id).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

/// How many points the labels cover, other than their own.
fn covered(labels: &[Label], candidates: &[Candidate]) -> usize {
    let meets = |rect: &Rect, point: &Candidate| {
        let away = |i: usize| point.at[i] - point.at[i].clamp(rect.min[i], rect.max[i]);
        away(0).hypot(away(1)) < point.radius
    };
    let of = |label: &Label| candidates.iter().filter(|c| c.id != label.id && meets(&label.rect, c)).count();
    labels.iter().map(of).sum()
}

/// Labels that take the first of four sides that is free of other labels, whatever points they cover.
fn without_regard(candidates: &[Candidate]) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for &Candidate { id, at, radius, forced } in candidates {
        let first = Side::ALL.into_iter().take(4).find_map(|side| {
            let rect = side.rect(at, measure(id), radius + 3.0);
            let free = labels.iter().all(|other| !other.rect.overlaps(&rect.grown(1.5)));
            free.then_some(Label { id, at, side, rect, forced })
        });
        labels.extend(first);
    }
    labels
}

#[test]
fn labels_keep_off_obstacles() {
    let obstacle = Rect { min: [90.0, 80.0], max: [200.0, 120.0] };
    let mut placer = LabelPlacer::new();
    let words = [candidate(0, [88.0, 100.0]), candidate(1, [150.0, 100.0])];
    let labels = placer.place(VIEW, &[obstacle], &words, &LabelLimits::default(), measure);
    assert_eq!(labels.iter().map(|l| (l.id, l.side)).collect::<Vec<_>>(), [(0, Side::Left)]);
}

#[test]
fn a_forced_word_among_forced_points_on_all_sides_is_written() {
    let around =
        [[0.0, 0.0], [12.0, 0.0], [-12.0, 0.0], [0.0, 10.0], [0.0, -10.0], [20.0, 0.0], [-20.0, 0.0]];
    let candidates: Vec<Candidate> = (0..)
        .zip(around)
        .map(|(id, [x, y])| Candidate { forced: true, ..candidate(id, [200.0 + x, 200.0 + y]) })
        .collect();
    assert!(place(&candidates).iter().any(|label| label.id == 0), "the first word has its label");
}

#[test]
fn forced_words_come_first_wherever_they_stand() {
    let mut crowd: Vec<Candidate> = (0..50).map(|id| candidate(id, [100.0, 100.0])).collect();
    crowd[49].forced = true;
    assert_eq!(place(&crowd)[0].id, 49);
}

#[test]
fn more_is_written_as_one_zooms_in() {
    let count = |scale: f32| {
        let at =
            |id: u32| [400.0 + ((id % 20) as f32 - 10.0) * scale, 250.0 + ((id / 20) as f32 - 10.0) * scale];
        place(&(0..400).map(|id| candidate(id, at(id))).collect::<Vec<_>>()).len()
    };
    assert!(count(2.0) < count(6.0) && count(6.0) < count(15.0));
}

#[test]
fn a_million_candidates_cost_no_more_than_the_limit_allows() {
    let many: Vec<Candidate> =
        (0..1_000_000).map(|id| candidate(id, [(id % 800) as f32, (id % 499) as f32])).collect();
    let mut asked = 0;
    let limits = LabelLimits { labels: 100, tries: 500, spacing: 2.0 };
    let mut placer = LabelPlacer::new();
    let count = |id| {
        asked += 1;
        measure(id)
    };
    assert!(placer.place(VIEW, &[], &many, &limits, count).len() <= 100);
    assert!(asked <= 500);
}

#[test]
fn words_far_away_or_nowhere_are_not_written() {
    let at = [[-500.0, 10.0], [f32::NAN, 10.0], [10.0, f32::INFINITY], [-90.0, 10.0]];
    assert!(place(&at.map(|at| candidate(1, at))).is_empty());
    let huge = LabelPlacer::new()
        .place(VIEW, &[], &[candidate(1, [5.0, 5.0])], &LabelLimits::default(), |_| [f32::INFINITY; 2])
        .to_vec();
    assert!(huge.is_empty());
}
