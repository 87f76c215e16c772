//! How long the parts of Lexiscope take that a person waits for.
//!
//! `cargo bench` runs all of it in about a minute; `cargo bench -- pca` runs what has `pca` in its name. Input is made
//! from a fixed seed, so two runs measure the same work. Times of different machines say little: `compare.py`, beside
//! this file, sets the same work against other libraries in one run on one machine.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use lexiscope::geometry::neighbors::{self, Compact};
use lexiscope::geometry::{Metric, knn_graph, projection::pca};
use lexiscope::picture::{
    Camera, Candidate, Density, Image, LabelLimits, LabelPlacer, Paint, PointCloud, Raster, State, Viewport,
};
use lexiscope::progress::Unwatched;
use lexiscope::scene::{density, drawing, palette};
use lexiscope::tokens::catalog;
use lexiscope::tokens::{Comparison, EncodeOptions, Tokenizer};
use lexiscope::vectors::{Table, open};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tempfile::TempDir;

fn main() {
    let limit = Duration::from_secs(2);
    divan::Divan::default().max_time(limit).config_with_args().main();
}

fn generator() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(20)
}

/// `rows` × `dims` numbers whose spread falls from the first column to the last, as it does along the components of
/// real tables.
fn numbers(rows: usize, dims: usize) -> Vec<f32> {
    let mut random = generator();
    let spread: Vec<f32> = (0..dims).map(|column| 1.0 / (1.0 + column as f32 * 0.1)).collect();
    (0..rows * dims).map(|at| random.gen_range(-1.0..1.0) * spread[at % dims]).collect()
}

fn word(row: usize) -> String {
    format!("word{row}")
}

fn table(rows: usize, dims: usize) -> Table {
    Table::from_f32((0..rows).map(word).collect(), numbers(rows, dims), dims)
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_vectors").join(name)
}

mod rows {
    use lexiscope::vectors::DType;
    use lexiscope::vectors::rows::Rows;

    use super::{Bencher, BytesCount};

    const ROWS: usize = 2_048;
    const DIMS: usize = 768;

    /// Rows of a model are widened into a buffer on one thread; the rate is that of the numbers that come out.
    #[divan::bench(args = [
        DType::F16, DType::Bf16, DType::I8, DType::Q4_0, DType::Q4_1, DType::Q5_0, DType::Q5_1, DType::Q8_0, DType::Q2K,
        DType::Q3K, DType::Q4K, DType::Q5K, DType::Q6K, DType::Q8K, DType::Iq3S, DType::Iq4Nl, DType::Iq4Xs,
    ])]
    fn widen(bencher: Bencher, dtype: DType) {
        let size = dtype.row_bytes(DIMS).unwrap();
        // Every scale is 0.048, and no number is so small that the processor takes longer for it.
        let rows = Rows::contiguous(vec![0x2A; ROWS * size].into(), dtype, 0, ROWS, DIMS).unwrap();
        let mut buffer = Vec::new();
        bencher
            .counter(BytesCount::of_many::<f32>(ROWS * DIMS))
            .bench_local(|| divan::black_box(rows.block(0..ROWS, &mut buffer)).len());
    }
}

/// What typing waits for: a frame has 16 ms.
mod words {
    use super::{Bencher, LazyLock, Table};
    use lexiscope::vectors::SearchMode;

    const ROWS: usize = 3_000_000;

    /// Pronounceable names in every case, the more frequent shorter.
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let words = (0..ROWS).map(|row| {
            let mut word: String = (0..4 + row / 1_000_000)
                .map(|place| ["ka", "to", "ri", "Me", "su", "no", "hé", "Ly"][row >> (3 * place) & 7])
                .collect();
            word.push_str(&row.to_string());
            word
        });
        let table = Table::from_f32(words.collect(), vec![1.0; ROWS], 1);
        assert!(table.find("katori").is_none(), "the index of names is built");
        table
    });

    #[divan::bench(args = ["k", "KATO", "hé", "nothing"])]
    fn beginning_with(bencher: Bencher, query: &str) {
        let table = &*TABLE;
        bencher.bench(|| table.search(query, SearchMode::Prefix, 200));
    }

    #[divan::bench]
    fn containing(bencher: Bencher) {
        let table = &*TABLE;
        bencher.bench(|| table.search("risu", SearchMode::Substring, 200));
    }

    #[divan::bench(args = ["nothing", "kanothing", "hénothing"])]
    fn in_any_case(bencher: Bencher, word: &str) {
        let table = &*TABLE;
        bencher.bench(|| table.find_folded(word));
    }

    #[divan::bench]
    fn near_spellings(bencher: Bencher) {
        let table = &*TABLE;
        bencher.bench(|| table.near_spellings("katorisumi", 3).len());
    }
}

mod read {
    use std::fmt::Write as _;
    use std::fs;

    use super::{Bencher, BytesCount, Path, PathBuf, TempDir, Unwatched, numbers, open, sample, word};

    const ROWS: usize = 100_000;

    /// Made files, gone when the program ends in the ordinary way.
    struct Files {
        folder: TempDir,
    }

    impl Files {
        fn new() -> Self {
            let files = Self { folder: tempfile::tempdir().expect("a folder for made files") };
            fs::write(files.glove(), glove_text(50)).expect("room for the text");
            fs::write(files.word2vec(), word2vec_binary(100)).expect("room for the binary");
            files
        }

        fn glove(&self) -> PathBuf {
            self.folder.path().join("made.txt")
        }

        fn word2vec(&self) -> PathBuf {
            self.folder.path().join("made.bin")
        }
    }

    fn glove_text(dims: usize) -> String {
        let mut text = String::new();
        for (row, values) in numbers(ROWS, dims).chunks(dims).enumerate() {
            text.push_str(&word(row));
            for value in values {
                write!(text, " {value:.5}").expect("writing to a string");
            }
            text.push('\n');
        }
        text
    }

    fn word2vec_binary(dims: usize) -> Vec<u8> {
        let mut bytes = format!("{ROWS} {dims}\n").into_bytes();
        for (row, values) in numbers(ROWS, dims).chunks(dims).enumerate() {
            bytes.extend(word(row).bytes().chain([b' ']));
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            bytes.push(b'\n');
        }
        bytes
    }

    fn bench_open(bencher: Bencher, path: &Path) {
        let bytes = fs::metadata(path).expect("the file is there").len();
        bencher.counter(BytesCount::new(bytes)).bench(|| open(path, &Unwatched).expect("a good file"));
    }

    #[divan::bench]
    fn glove_text_100k_x_50(bencher: Bencher) {
        bench_open(bencher, &Files::new().glove());
    }

    #[divan::bench]
    fn glove_text_sample(bencher: Bencher) {
        bench_open(bencher, &sample("glove-6b-50d.txt"));
    }

    #[divan::bench]
    fn word2vec_binary_100k_x_100(bencher: Bencher) {
        bench_open(bencher, &Files::new().word2vec());
    }

    #[divan::bench]
    fn word2vec_binary_sample(bencher: Bencher) {
        bench_open(bencher, &sample("glove-6b-100d.bin"));
    }
}

mod project {
    use super::{Bencher, Unwatched, pca, table};

    #[divan::bench(args = [(100_000, 100), (20_000, 300)])]
    fn pca_10_components(bencher: Bencher, (rows, dims): (usize, usize)) {
        let table = table(rows, dims);
        bencher.bench(|| pca::project(&table, pca::Options::default(), &Unwatched).expect("never cancelled"));
    }
}

mod nearest {
    use super::{
        Bencher, Compact, ItemsCount, LazyLock, Metric, Table, Unwatched, knn_graph, neighbors, table,
    };

    const DIMS: usize = 100;
    static TABLE: LazyLock<Table> = LazyLock::new(|| table(200_000, DIMS));

    #[divan::bench(args = Metric::ALL)]
    fn one_query_200k_x_100(bencher: Bencher, metric: Metric) {
        TABLE.norms();
        bencher
            .counter(ItemsCount::new(1usize))
            .bench(|| neighbors::of_row(&TABLE, 1_234, 10, metric, &Unwatched).expect("never cancelled"));
    }

    #[divan::bench(args = Metric::ALL)]
    fn one_query_by_8_bits_200k_x_100(bencher: Bencher, metric: Metric) {
        let compact = Compact::build(&TABLE, &Unwatched).expect("never cancelled");
        bencher.counter(ItemsCount::new(1usize)).bench(|| {
            neighbors::of_row_with(&TABLE, Some(&compact), 1_234, 10, metric, &Unwatched)
                .expect("never cancelled")
        });
    }

    #[divan::bench]
    fn copy_of_8_bits_200k_x_100(bencher: Bencher) {
        TABLE.norms();
        bencher.bench(|| Compact::build(&TABLE, &Unwatched).expect("never cancelled"));
    }

    #[divan::bench]
    fn all_pairs_20k_x_100(bencher: Bencher) {
        let table = table(20_000, DIMS);
        bencher.bench(|| knn_graph(&table, 15, Metric::Cosine, &Unwatched).expect("never cancelled"));
    }

    #[divan::bench]
    fn batch_of_64_200k_x_100(bencher: Bencher) {
        TABLE.norms();
        let queries: Vec<f32> = (0..64).flat_map(|at| TABLE.row(at * 3_000).into_owned()).collect();
        bencher.counter(ItemsCount::new(64usize)).bench(|| {
            neighbors::nearest_batch(&TABLE, &queries, 10, Metric::Cosine, &[], &Unwatched)
                .expect("never cancelled")
        });
    }
}

mod map {
    use super::{Arc, Density, Raster, Rng, State, Viewport, density, drawing, generator, numbers, palette};
    use super::{Bencher, Camera, Candidate, Image, ItemsCount, LabelLimits, LabelPlacer, Paint, PointCloud};
    use lexiscope::geometry::projection::{Layout, Method, Projection, Turn};
    use lexiscope::scene::cloud::{Cloud, Thinned};
    use lexiscope::scene::{RowSet, Subset};

    const SIZE: [usize; 2] = [1_280, 800];
    const VIEWPORT: Viewport = Viewport::new(1_280.0, 800.0);
    const CLASSES: usize = 12;

    /// Twelve clouds that overlap, each point near the middle of its own.
    fn cloud(points: usize) -> PointCloud {
        let mut random = generator();
        let middles: [[f32; 2]; CLASSES] =
            std::array::from_fn(|_| [0; 2].map(|_| random.gen_range(-1.0..1.0)));
        // The sum of uniform numbers is near enough to a bell.
        let mut bell = || (0..4).map(|_| random.gen_range(-0.3_f32..0.3)).sum::<f32>();
        let place = |row: usize| middles[row % CLASSES].map(|middle| middle + bell());
        PointCloud::new(&(0..points).map(place).collect::<Vec<_>>())
    }

    /// The view of the whole cloud, brought nearer by `zoom`.
    fn camera(cloud: &PointCloud, zoom: f64) -> Camera {
        let fitted = Camera::fit(cloud.bounds().expect("points"), VIEWPORT, 32.0);
        Camera { scale: fitted.scale * zoom, ..fitted }
    }

    #[divan::bench(args = [1_000_000, 100_000, 5_000])]
    fn raster(bencher: Bencher, points: usize) {
        let cloud = cloud(points);
        let paint = Paint::new(&cloud, |row| (row % CLASSES) as u8, |_| State::Normal);
        let palette = palette::of(palette::Theme::Dark);
        let colors = drawing::class_colors(palette);
        let style = drawing::style(palette, &colors, 5.0, density::POINTS_ALONE, 1.0);
        let camera = camera(&cloud, 1.0);
        let (mut raster, mut image) = (Raster::new(), Image::default());
        bencher.counter(ItemsCount::new(points)).bench_local(|| {
            raster.draw(&cloud, &paint, &camera, SIZE, &style, &mut image);
        });
    }

    /// The field and its lines, once for a cloud.
    #[divan::bench(args = [1_000_000, 100_000])]
    fn density_of(bencher: Bencher, points: usize) {
        let cloud = cloud(points);
        let area = cloud.bounds().expect("points");
        bencher
            .counter(ItemsCount::new(points))
            .bench_local(|| Density::of(&cloud, &area, 0.015, &density::SHARES).levels().len());
    }

    /// A step of a map in space that is turned by hand: the part of a million points that is there, seen from elsewhere.
    #[divan::bench]
    fn turn_among_1m(bencher: Bencher) {
        let projection = Arc::new(Projection {
            method: Method::Pca,
            components: 3,
            coordinates: numbers(1_000_000, 3),
            explained_variance_ratio: None,
            sampled_rows: None,
            linear: None,
            unfinished: None,
        });
        let subset = Subset::default();
        let layout = Layout::Space(Turn::default());
        let thinned = Thinned { every: 17, always: RowSet::default() };
        let part = Cloud::thinned(projection, 1_000_000, [0, 1], layout, &subset, &thinned);
        let mut yaw = 0.0;
        bencher.bench_local(|| {
            yaw += 1.0;
            part.turned(Turn { yaw, pitch: 20.0 }, &subset).points.len()
        });
    }

    /// The levels as the window paints them, at half its resolution, whenever the camera moves.
    #[divan::bench]
    fn density_levels(bencher: Bencher) {
        let cloud = cloud(1_000_000);
        let area = cloud.bounds().expect("points");
        let field = Density::of(&cloud, &area, 0.015, &density::SHARES);
        let colors = density::DensityChoice::default().colors(palette::of(palette::Theme::Dark));
        let camera = Camera { scale: camera(&cloud, 1.0).scale / 2.0, ..camera(&cloud, 1.0) };
        let mut image = Image::default();
        bencher.bench_local(|| field.paint(&camera, SIZE.map(|side| side / 2), &colors, &mut image));
    }

    /// What is under the cursor, at places all over the map.
    #[divan::bench(args = [1.0, 100.0])]
    fn pick_among_1m(bencher: Bencher, zoom: f64) {
        let cloud = cloud(1_000_000);
        let (camera, mut at) = (camera(&cloud, zoom), 0_u32);
        bencher.bench_local(|| {
            at = at.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let cursor = [(at >> 8) % 1_280, (at >> 20) % 800].map(|side| side as f32);
            cloud.nearest(camera.to_world(cursor, VIEWPORT), 14.0 / camera.scale, |_| true)
        });
    }

    /// All inside a lasso of 60 corners around a third of the map.
    #[divan::bench]
    fn lasso_among_1m(bencher: Bencher) {
        let cloud = cloud(1_000_000);
        let camera = camera(&cloud, 1.0);
        let corner = |i: u32| {
            let (sin, cos) = (f64::from(i) / 60.0 * std::f64::consts::TAU).sin_cos();
            let reach = if i.is_multiple_of(2) { 300.0 } else { 260.0 };
            camera.to_world([640.0 + (reach * cos) as f32, 400.0 + (reach * sin) as f32], VIEWPORT)
        };
        let lasso: Vec<[f64; 2]> = (0..60).map(corner).collect();
        bencher.bench_local(|| cloud.rows_in_lasso(&lasso).len());
    }

    /// As the window does it: the first words in view compete for places. Zooms show all, an eighth of the side, and little.
    #[divan::bench(args = [1.0, 8.0, 100.0])]
    fn labels_among_1m(bencher: Bencher, zoom: f64) {
        let cloud = cloud(1_000_000);
        let camera = camera(&cloud, zoom);
        let visible = camera.visible(VIEWPORT);
        let candidate = |row: u32| {
            let world = cloud.position(row as usize)?.map(f64::from);
            Some(Candidate { id: row, at: camera.to_screen(world, VIEWPORT), radius: 2.5, forced: false })
        };
        let measure = |row: u32| [40.0 + (row % 40) as f32, 14.0];
        let mut placer = LabelPlacer::new();
        bencher.bench_local(|| {
            let rows = cloud.first_rows_in(&visible, 1_500);
            let candidates: Vec<Candidate> = rows.into_iter().filter_map(candidate).collect();
            placer.place(VIEWPORT, &[], &candidates, &LabelLimits::default(), measure).len()
        });
    }
}

mod tokenize {
    use super::{Arc, Bencher, BytesCount, Comparison, EncodeOptions, Rng, Tokenizer, Unwatched};
    use super::{catalog, generator, open, sample};

    /// What a class may type: several scripts, joined emoji, code, long numbers.
    const STRETCHES: [&str; 10] = [
        "The cat sat on the windowsill and watched 1,024 raindrops race each other down the glass.",
        "Übermorgen fährt die Straßenbahn wegen der Bauarbeiten nur bis zum Königsplatz.",
        "Où est passée la clé de l'armoire ? Personne ne l'a vue depuis Noël.",
        "आज बारिश हो रही है, इसलिए हम घर पर किताबें पढ़ेंगे।",
        "القطار المتجه إلى المدينة يصل في الساعة السابعة صباحا.",
        "今日は図書館で古い地図を見ました。とても面白かったです。",
        "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนกันเถอะ",
        "Вчера мы посадили три яблони и одну вишню за домом.",
        "fn mean(values: &[f64]) -> f64 {\n    values.iter().sum::<f64>() / values.len() as f64\n}\n",
        "Well done 👩🏽‍🔬🎉 — pi is 3.14159265358979, see https://example.org/a?b=c&d=%20",
    ];

    /// At most `bytes` of text, and nearly so many. Four stretches in nine are English words, drawn as often as real
    /// ones come (by Zipf's law, from the sample table), so that caches of words meet new ones; the others are mixed.
    fn text(bytes: usize) -> String {
        let mut random = generator();
        let words = open(&sample("glove-6b-50d.txt"), &Unwatched).expect("the sample").table;
        let log_count = (words.rows() as f64).ln();
        let mut text = String::with_capacity(bytes);
        loop {
            let stretch = match random.gen_range(0..STRETCHES.len() + 8) {
                at if at < STRETCHES.len() => STRETCHES[at].to_owned(),
                _ => {
                    let mut draw = || (random.gen_range(0.0..log_count).exp() - 1.0) as usize;
                    (0..15).map(|_| words.word(draw())).collect::<Vec<_>>().join(" ")
                }
            };
            if text.len() + stretch.len() + 1 > bytes {
                return text;
            }
            text.push_str(&stretch);
            text.push('\n');
        }
    }

    fn names() -> impl Iterator<Item = &'static str> {
        catalog::entries().iter().map(|entry| entry.name)
    }

    fn load(name: &str) -> Arc<Tokenizer> {
        catalog::load(name).expect("a built-in tokenizer")
    }

    fn bench_encode(bencher: Bencher, name: &str, bytes: usize) {
        let (tokenizer, text) = (load(name), text(bytes));
        bencher.counter(BytesCount::of_str(&text)).bench(|| {
            tokenizer.encode(&text, EncodeOptions::default(), &Unwatched).expect("never cancelled")
        });
    }

    #[divan::bench(args = names())]
    fn text_of_10_kb(bencher: Bencher, name: &str) {
        bench_encode(bencher, name, 10_000);
    }

    #[divan::bench]
    fn text_of_10_kb_under_all_eleven(bencher: Bencher) {
        let tokenizers: Vec<Arc<Tokenizer>> = names().map(load).collect();
        let text: Arc<str> = text(10_000).into();
        bencher.counter(BytesCount::of_str(&text)).bench(|| {
            Comparison::new(Arc::clone(&text), &tokenizers, EncodeOptions::default(), &Unwatched)
                .expect("never cancelled")
        });
    }

    #[divan::bench(args = ["gpt2", "gpt4o", "bert"])]
    fn text_of_1_mb(bencher: Bencher, name: &str) {
        bench_encode(bencher, name, 1_000_000);
    }

    /// A word more in the middle of a long text.
    #[divan::bench(args = names())]
    fn edit_of_1_mb(bencher: Bencher, name: &str) {
        let (tokenizer, before) = (load(name), text(1_000_000));
        let options = EncodeOptions::default();
        let known = tokenizer.encode(&before, options, &Unwatched).expect("never cancelled");
        let middle = before.floor_char_boundary(before.len() / 2);
        let after = format!("{} strawberry {}", &before[..middle], &before[middle..]);
        bencher.counter(BytesCount::of_str(&after)).bench(|| {
            tokenizer.encode_edited(&after, (&before, &known), options, &Unwatched).expect("never cancelled")
        });
    }

    /// What is shown of a long text before the whole is there.
    #[divan::bench]
    fn beginning_under_all_eleven(bencher: Bencher) {
        let tokenizers: Vec<Arc<Tokenizer>> = names().map(load).collect();
        let text: Arc<str> = text(1 << 14).into();
        bencher.counter(BytesCount::of_str(&text)).bench(|| {
            Comparison::new(Arc::clone(&text), &tokenizers, EncodeOptions::default(), &Unwatched)
                .expect("never cancelled")
        });
    }
}

mod training {
    use super::{Bencher, Unwatched};
    use divan::counter::ItemsCount;
    use lexiscope::tokens::training::{Kind, Words, learn, novels, train};

    /// 400,000 words to 10,000 entries, and all that is shown of it.
    #[divan::bench(args = [Kind::ByteLevelBpe, Kind::Bpe, Kind::WordPiece], sample_count = 5)]
    fn novels_to_10_000_entries(bencher: Bencher, kind: Kind) {
        let text = novels();
        bencher.bench(|| train(&text, kind, 10_000, &Unwatched).expect("the novels have words"));
    }

    /// Merges alone, of words that are counted.
    #[divan::bench(sample_count = 5)]
    fn merges_to_10_000_entries(bencher: Bencher) {
        let words = Words::of(&novels(), Kind::ByteLevelBpe, &Unwatched).expect("never cancelled");
        bencher
            .counter(ItemsCount::new(words.total()))
            .bench(|| learn(Kind::ByteLevelBpe, &words, 10_000, &Unwatched).expect("never cancelled"));
    }
}
