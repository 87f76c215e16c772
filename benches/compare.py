#!/usr/bin/env python3
"""Sets Lexiscope against the libraries that people use for the same work, in one run on one machine.

    cargo build --release
    pip install numpy gensim pandas scikit-learn faiss-cpu openTSNE umap-learn tiktoken tokenizers zstandard
    python benches/compare.py [--lexiscope PATH] [--quick] [--large] [--only read,pca,neighbors,knn,projections,tokenize,frames] [--json FILE]

Times depend on the machine and on what else it does; ratios much less so. Each figure is therefore a ratio of two
medians, and the contenders of a case take turns, round after round, so that a slow minute strikes all of them. A
ratio above 1 says how many times faster Lexiscope was. A package that is absent is named, and its cases are left out.
The exit status is 1 if a promise was missed.

How each figure is made. Lexiscope's are the milliseconds that its own shell commands report with `--timings`; the
others' are measured around the one call named here, in this process, after imports and after data are in memory.

  read       `lexiscope info FILE`, phase `load`: a file on disk becomes a table that can be asked for words.
             gensim 4: `KeyedVectors.load_word2vec_format(FILE, no_header=…, binary=…)`. pandas: `read_csv` with its
             parser in C.
             `--large` adds 3,000,000 × 300, 3.6 GB on the disk, against a second.
  pca        The benchmark `turns`, which keeps a table open in one warm process as Python does: `Pca::fit` with ten
             components. scikit-learn: `PCA(10, svd_solver=…).fit(X)` with X in f32. `covariance_eigh` is its fastest
             exact solver and the measure; `randomized` is an approximation, shown beside it. Before anything is
             measured, shares and axes are compared with scikit-learn's on the same rows in f64. `--large` adds
             128,256 × 4,096, which takes some 9 GB.
             The shell: `lexiscope project FILE.npy --method pca`, phase `compute`, in a process that has only just
             started, against `PCA(2).fit_transform(X)` in one that is warm.
  neighbors  `turns` again, by cosine, k = 10: one query, one query with the 8-bit copy looked at first, 64 and 1,000.
             gensim 4: `most_similar(word, topn=10)`, once a query, for it takes no lists.
             faiss: `IndexFlatIP.search(queries, 11)` over rows of unit length, all queries in one call.
             Nobody's figure includes the lengths of rows: Lexiscope finds them while it opens a table, gensim's are
             filled and faiss's rows are divided beforehand.
             The shell: `lexiscope neighbors FILE --queries LIST -k 10`, phase `compute`.
  knn        `turns`: the 15 nearest rows of all of 100,000 × 100, exactly. faiss: `IndexFlatIP.search(all rows, 16)`.
  projections  `turns`: maps of `sample_vectors/glove-6b-50d.txt`, its rows made unit length, by t-SNE and UMAP with what is
             usual, in two dimensions; one round. openTSNE: `TSNE(perplexity=30, negative_gradient_method="fft",
             n_jobs=…).fit(X)`. umap-learn: `UMAP(n_jobs=…).fit_transform(X)`, once it has compiled itself.
             "kept" is the mean share of a row's 15 nearest rows that are among its 15 nearest points, of three seeds
             for UMAP; the figure is by how much the other's is higher.
  tokenize   `lexiscope tokenize -t NAME --file TEXT --json`, phase `compute`: IDs and the stretch of text of each token.
             tiktoken: `encode_ordinary(text)`, which gives IDs alone. tokenizers: `encode(text)`, IDs and offsets.
             Before anything is measured, the IDs of both sides are compared.
             All eleven tokenizers at once on 10 kB have no rival; they have a limit in milliseconds.
  frames     `lexiscope --measure-frames 200 FILE.npy` with 1,000,000 points, on the display at hand or under Xvfb:
             the time from frame to frame, against 60 frames a second. With `--page matrix`, `numbers` and `vocabulary` the
             wheel is turned over these, three lines a frame; with `--page text` 1 MB is pasted under all tokenizers, and
             what is told is how soon its beginning is right on the screen.

Data are made here, from a fixed seed, in a folder that is removed in the end; texts are sentences in several scripts
and words of `sample_vectors/glove-6b-50d.txt`, frequent ones more often, as in real text. Ranks and tokenizer files
are those in `assets/tokenizers`.
"""

import argparse
import importlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = 20
PACKAGES = {
    "numpy": "numpy",
    "pandas": "pandas",
    "gensim": "gensim",
    "sklearn": "scikit-learn",
    "faiss": "faiss-cpu",
    "openTSNE": "openTSNE",
    "umap": "umap-learn",
    "tiktoken": "tiktoken",
    "tokenizers": "tokenizers",
}


# ---------------------------------------------------------------------------------------------------------- measuring


class Lexiscope:
    """The program under test, asked through its shell commands."""

    def __init__(self, path, turns, large):
        self.path = path
        self.turns = turns
        self.large = large

    def run(self, *arguments):
        """Runs a command; returns what it wrote to standard output and the milliseconds of its phases."""
        command = [str(self.path), *map(str, arguments), "--timings"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise RuntimeError(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")
        phases = [line for line in done.stderr.splitlines() if line.startswith("{")]
        return done.stdout, json.loads(phases[-1])

    def phase(self, phase, *arguments):
        """A contender: the milliseconds of one phase of a command."""
        return lambda: self.run(*arguments)[1][phase]


class Turns:
    """The benchmark `turns` with a table: does one piece of work a line and answers with milliseconds."""

    def __init__(self, program, path):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([str(program), str(path)], stdin=pipe, stdout=pipe, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, work):
        self.process.stdin.write(f"{work}\n")
        self.process.stdin.flush()
        if not (answer := self.process.stdout.readline()):
            raise RuntimeError(f"the benchmark `turns` ended at `{work}`")
        return json.loads(answer)

    def contender(self, work):
        """A contender: the milliseconds that some work takes, which it has done once before."""
        self.ask(work)
        return lambda: self.ask(work)


def built_turns():
    """Where cargo puts the benchmark `turns`."""
    command = ["cargo", "build", "--release", "--bench", "turns", "--message-format=json"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "turns")


def call(work):
    """A contender: the milliseconds that a call takes."""

    def timed():
        begin = time.perf_counter()
        work()
        return (time.perf_counter() - begin) * 1e3

    return timed


class Report:
    """Collects the cases and prints one line a comparison."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.rows = []
        self.missed = 0

    def heading(self, title):
        print(f"\n{title}")

    def compare(self, case, lexiscope, rivals, promises=None):
        """Lets Lexiscope and its rivals take turns.

        `rivals` maps a name to a contender; `promises` maps a name, or several joined by "|" of which the fastest
        counts, to the least ratio that is promised.
        """
        promises = promises or {}
        everyone = {"lexiscope": lexiscope, **rivals}
        times = {name: [] for name in everyone}
        for _ in range(self.rounds):
            for name, contender in everyone.items():
                # Threads of OpenBLAS and OpenMP look for more work a while before they sleep, on the next one's cores.
                time.sleep(0.15)
                times[name].append(contender())
        median = {name: statistics.median(list_) for name, list_ in times.items()}
        ratio = {name: median[name] / max(median["lexiscope"], 1e-6) for name in rivals}
        for name in rivals:
            self.line(case, name, ratio[name], promises.get(name))
        for names, least in promises.items():
            if "|" in names and (known := [ratio[name] for name in names.split("|") if name in ratio]):
                self.line(case, "the faster exact one", min(known), least)

    def line(self, case, rival, ratio, least):
        self.finish(case, rival, f"{ratio:9.2f} ×", f"≥ {least:g} ×" if least else "", not least or ratio >= least, ratio)

    def limit(self, case, what, milliseconds, most):
        self.finish(case, what, f"{milliseconds:8.2f} ms", f"≤ {most:g} ms", milliseconds <= most, milliseconds)

    def difference(self, case, what, found, most):
        self.finish(case, what, f"{found:12.1e}", f"≤ {most:g}", found <= most, float(found))

    def finish(self, case, rival, shown, promise, kept, value):
        mark = "" if not promise else "kept" if kept else "MISSED"
        self.missed += not kept
        self.rows.append({"case": case, "against": rival, "value": value, "promise": promise, "kept": kept})
        print(f"  {case:<34} {rival:<32} {shown:>12}  {promise:<10} {mark}", flush=True)


# ------------------------------------------------------------------------------------------------------------ the data


def numbers(np, rows, dims):
    """Rows whose spread falls from column to column, as along the components of real tables."""
    spread = 1 / (1 + 0.1 * np.arange(dims, dtype=np.float32))
    return np.random.default_rng(SEED).standard_normal((rows, dims), dtype=np.float32) * spread


def write_text(path, vectors, header):
    with open(path, "w", encoding="utf-8") as out:
        if header:
            out.write(f"{vectors.shape[0]} {vectors.shape[1]}\n")
        for row, values in enumerate(vectors.tolist()):
            out.write(f"word{row} " + " ".join(f"{value:.5f}" for value in values) + "\n")


def write_binary(path, vectors):
    with open(path, "wb") as out:
        out.write(f"{vectors.shape[0]} {vectors.shape[1]}\n".encode())
        for row, values in enumerate(vectors):
            out.write(f"word{row} ".encode() + values.tobytes() + b"\n")


SENTENCES = [
    "A kettle whistled in the kitchen while 2,048 snowflakes settled on the sill.",
    "Les élèves ont dessiné l'île, la forêt et le vieux château près du fleuve.",
    "Die Bäckerei öffnet früh; um sieben riecht die ganze Straße nach Brötchen.",
    "बच्चे नदी के किनारे पतंग उड़ा रहे थे।",
    "يحب الأطفال قراءة القصص قبل النوم.",
    "昨日、友達と一緒に山へ登りました。",
    "พรุ่งนี้เราจะไปตลาดเช้าด้วยกัน",
    "Собака бежала по берегу и лаяла на волны.",
    "for (let i = 0; i < rows.length; i++) {\n    total += rows[i].weight * 0.125;\n}",
    "Great job 👩🏽‍🏫🎓 — the answer is 2.718281828459045!",
]


def text_of(length):
    """At most `length` bytes of mixed text, and nearly so many."""
    lines = (ROOT / "sample_vectors" / "glove-6b-50d.txt").read_text("utf-8").splitlines()
    words = [line.split(" ", 1)[0] for line in lines]
    draw = random.Random(SEED)
    parts, left = [], length
    while True:
        if draw.random() < 0.5:
            part = draw.choice(SENTENCES) + "\n"
        else:
            # Zipf's law: the logarithm of a word's rank is even.
            ranks = (int(len(words) ** draw.random()) - 1 for _ in range(15))
            part = " ".join(words[rank] for rank in ranks) + "\n"
        left -= len(part.encode())
        if left < 0:
            return "".join(parts)
        parts.append(part)


def unpack(name):
    """A file of `assets/tokenizers`, unpacked."""
    packed = ROOT / "assets" / "tokenizers" / f"{name}.zst"
    try:
        import zstandard
    except ImportError:
        if not shutil.which("zstd"):
            raise RuntimeError("unpacking tokenizers needs `pip install zstandard`, or the zstd command") from None
        return subprocess.run(["zstd", "-dcq", packed], check=True, capture_output=True).stdout
    with open(packed, "rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


# ----------------------------------------------------------------------------------------------------------- the cases


def compare_reading(lexiscope, modules, report, folder, quick):
    """Text and binary tables into memory."""
    np, gensim, pandas = modules["numpy"], modules.get("gensim"), modules.get("pandas")
    if gensim is None:
        return
    load = importlib.import_module("gensim.models").KeyedVectors.load_word2vec_format
    vectors = numbers(np, 20_000 if quick else 400_000, 50)
    shape = "×".join(map(str, vectors.shape))
    files = {name: folder / name for name in ("glove.txt", "word2vec.txt", "word2vec.bin")}
    write_text(files["glove.txt"], vectors, header=False)
    write_text(files["word2vec.txt"], vectors, header=True)
    write_binary(files["word2vec.bin"], vectors)
    files["glove sample"] = ROOT / "sample_vectors" / "glove-6b-50d.txt"
    for name, path in files.items():
        options = {"binary": path.suffix == ".bin", "no_header": "glove" in name}
        rivals = {"gensim": call(lambda path=path, options=options: load(str(path), **options))}
        promises = {} if options["binary"] else {"gensim": 20}
        if pandas is not None and name == "glove.txt":
            rivals["pandas"] = call(lambda path=path: read_with_pandas(pandas, path))
            promises["pandas"] = 2
        case = name if "sample" in name else f"{name} {shape}"
        report.compare(case, lexiscope.phase("load", "info", path), rivals, promises)
    if lexiscope.large:
        open_vast(np, lexiscope, report, folder)


def open_vast(np, lexiscope, report, folder):
    """3,000,000 × 300 in f32, which stay where they are; mapped pages are read when somebody asks for them."""
    path, rows, dims = folder / "vast.npy", 3_000_000, 300
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(rows, dims))
    generator = np.random.default_rng(SEED)
    for first in range(0, rows, 100_000):
        out[first : first + 100_000] = generator.standard_normal((100_000, dims), dtype=np.float32)
    del out
    (folder / "vast.words.txt").write_text("".join(f"word{row}\n" for row in range(rows)), "utf-8")
    load = lexiscope.phase("load", "info", path)
    report.limit("vast.npy 3000000×300", "a second", statistics.median(load() for _ in range(report.rounds)), 1_000)
    path.unlink()


def read_with_pandas(pandas, path):
    """A GloVe file as a table: words may be `null` or hold quotes, and are words all the same."""
    return pandas.read_csv(path, sep=" ", header=None, index_col=0, quoting=3, keep_default_na=False, engine="c")


def compare_pca(lexiscope, modules, report, folder, quick):
    """Ten principal components; and by the shell, two of them and every row placed."""
    np = modules["numpy"]
    if "sklearn" not in modules:
        return
    pca = importlib.import_module("sklearn.decomposition").PCA
    shapes = [(400_000, 50), (100_000, 300), (49_152, 576), (30_522, 384), (100_000, 100), (20_000, 300)]
    if lexiscope.large:
        shapes.append((128_256, 4_096))
    for rows, dims in [(20_000, 100), (20_000, 300)] if quick else shapes:
        vectors = numbers(np, rows, dims)
        # Half precision stands for the tables that are widened as they are read.
        half = dims == 576
        path, shape = folder / "pca.npy", f"{rows}×{dims}" + (" in f16" if half else "")
        if half:
            vectors = vectors.astype(np.float16).astype(np.float32)
        np.save(path, vectors.astype(np.float16) if half else vectors)
        solvers = ["covariance_eigh"] if dims > 1_000 else ["covariance_eigh", "randomized"]
        rounds, report.rounds = report.rounds, 1 if dims > 1_000 else report.rounds
        with Turns(lexiscope.turns, path) as turns:
            if dims <= 1_000:
                same_components(np, pca, turns, vectors, report, shape)
            rivals = {
                f"scikit-learn {name}": call(lambda name=name: pca(10, svd_solver=name, random_state=SEED).fit(vectors))
                for name in solvers
            }
            report.compare(f"PCA {shape}", turns.contender("fit 10"), rivals, {"scikit-learn covariance_eigh": 0.9})
        placed = call(lambda: pca(2, svd_solver="covariance_eigh").fit_transform(vectors))
        command = ("project", path, "--method", "pca", "-o", folder / "projected.npy")
        report.compare(f"shell, {shape}", lexiscope.phase("compute", *command), {"scikit-learn covariance_eigh": placed})
        report.rounds = rounds


def same_components(np, pca, turns, vectors, report, shape):
    """Says by how much shares and axes differ from scikit-learn's, up to sign."""
    theirs = pca(10, svd_solver="covariance_eigh").fit(vectors.astype(np.float64))
    shares = np.abs(np.array(turns.ask("ratios 10")) - theirs.explained_variance_ratio_).max()
    axes = np.array(turns.ask("axes 10")).reshape(10, -1)
    axes *= np.sign((axes * theirs.components_).sum(axis=1, keepdims=True))
    report.difference(f"PCA {shape}", "shares of the variance", shares, 1e-5)
    report.difference(f"PCA {shape}", "axes", np.abs(axes - theirs.components_).max(), 1e-5)


def compare_neighbors(lexiscope, modules, report, folder, quick):
    """The ten nearest rows by cosine, among all."""
    np = modules["numpy"]
    vectors = numbers(np, *((50_000, 100) if quick else (400_000, 300)))
    among, path = "×".join(map(str, vectors.shape)), folder / "neighbors.npy"
    np.save(path, vectors)
    gensim, faiss = gensim_neighbors(modules, vectors), faiss_neighbors(modules, vectors)
    with Turns(lexiscope.turns, path) as turns:
        for count in (1, 64) if quick else (1, 64, 1_000):
            rows = np.arange(count) * 7_919 % len(vectors)
            rivals = neighbor_rivals(gensim, faiss, rows)
            least = {"gensim": 2.5, "faiss IndexFlatIP": 1 if count == 1 else 3}
            report.compare(f"{count} of {among}", turns.contender(f"nearest {count}"), rivals, least)
            if count == 1:
                least = {"faiss IndexFlatIP": 2}
                report.compare(f"1 of {among}, 8 bits first", turns.contender("compact 1"), rivals, least)
    path, queries = folder / "neighbors.bin", folder / "queries.txt"
    vectors = vectors[:200_000, :100].copy()
    write_binary(path, vectors)
    among = "×".join(map(str, vectors.shape))
    gensim, faiss = gensim_neighbors(modules, vectors), faiss_neighbors(modules, vectors)
    for count in (1, 64) if quick else (1, 64, 1_000):
        rows = np.random.default_rng(count).integers(0, len(vectors), count)
        queries.write_text("".join(f"word{row}\n" for row in rows), "utf-8")
        report.compare(
            f"shell, {count} of {among}",
            lexiscope.phase("compute", "neighbors", path, "--queries", queries, "-k", 10, "--json"),
            neighbor_rivals(gensim, faiss, rows),
        )


def neighbor_rivals(gensim, faiss, rows):
    """Contenders that find the neighbors of some rows."""
    rivals = {}
    if gensim:
        # A thousand calls would last too long; sixteen of them stand for all.
        some, times = [f"word{row}" for row in rows[:16]], max(len(rows) / 16, 1)
        timed = call(lambda: gensim(some))
        rivals["gensim"] = lambda: timed() * times
    if faiss:
        rivals["faiss IndexFlatIP"] = call(lambda: faiss(rows))
    return rivals


def compare_knn(lexiscope, modules, report, folder, quick):
    """The nearest rows of every row."""
    np = modules["numpy"]
    vectors, path = numbers(np, 20_000 if quick else 100_000, 100), folder / "knn.npy"
    np.save(path, vectors)
    shape = "×".join(map(str, vectors.shape))
    with Turns(lexiscope.turns, path) as turns:
        report.limit(f"all pairs of {shape}, exact", "a minute on two cores", turns.ask("knn 15"), 60_000)
        if faiss := faiss_neighbors(modules, vectors):
            everyone = np.arange(len(vectors))
            rounds, report.rounds = report.rounds, 1
            theirs = call(lambda: faiss(everyone, 16))
            report.compare(f"all pairs of {shape}", lambda: turns.ask("knn 15"), {"faiss IndexFlatIP": theirs})
            report.rounds = rounds


def compare_projections(lexiscope, modules, report, folder, quick):
    """Maps by t-SNE and UMAP, how soon and how true."""
    np, path = modules["numpy"], ROOT / "sample_vectors" / "glove-6b-50d.txt"
    lines = path.read_text("utf-8").splitlines()[: 3_000 if quick else None]
    if quick:
        path = folder / "projections.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8")
    vectors = np.array([line.rsplit(" ", 50)[1:] for line in lines], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    true, threads, seeds = nearest_fifteen(np, vectors), os.cpu_count(), range(3)
    kept = lambda points: share_kept(np, true, np.asarray(points).reshape(len(vectors), 2))  # noqa: E731
    rounds, report.rounds = report.rounds, 1
    with Turns(lexiscope.turns, path) as turns:
        if open_tsne := modules.get("openTSNE"):
            options = {"perplexity": 30, "negative_gradient_method": "fft", "n_jobs": threads, "random_state": SEED}
            rival, theirs = keeping(lambda: open_tsne.TSNE(**options).fit(vectors))
            report.compare(f"t-SNE of {len(vectors)}×50", turns.contender("tsne 0"), {"openTSNE": rival}, {"openTSNE": 3})
            lost = kept(theirs[0]) - kept(turns.ask("tsne-points 0"))
            report.difference("t-SNE", "kept more by openTSNE", lost, 0.01)
        if umap := modules.get("umap"):
            umap.UMAP(n_epochs=5, n_jobs=threads).fit(np.tile(vectors, (2, 1))[:5_000])
            rival, theirs = keeping(lambda: umap.UMAP(n_jobs=threads).fit_transform(vectors))
            report.compare(f"UMAP of {len(vectors)}×50", turns.contender("umap 0"), {"umap-learn": rival}, {"umap-learn": 1})
            theirs += [umap.UMAP(n_jobs=threads).fit_transform(vectors) for _ in seeds[1:]]
            ours = [kept(turns.ask(f"umap-points {seed}")) for seed in seeds]
            lost = statistics.mean(map(kept, theirs)) - statistics.mean(ours)
            report.difference("UMAP", "kept more by umap-learn", lost, 0.0)
    report.rounds = rounds


def keeping(work):
    """A contender that makes something, and the list of what it has made."""
    made = []
    return call(lambda: made.append(work())), made


def nearest_fifteen(np, rows):
    """The 15 nearest rows of each, by distance."""
    rows = rows - rows.mean(axis=0)
    squares, nearest = (rows**2).sum(axis=1), []
    for first in range(0, len(rows), 1_000):
        part = rows[first : first + 1_000]
        distances = squares - 2 * part @ rows.T
        distances[np.arange(len(part)), first + np.arange(len(part))] = np.inf
        nearest.append(np.argpartition(distances, 15, axis=1)[:, :15])
    return np.concatenate(nearest)


def share_kept(np, true, points):
    """The mean share of the true neighbors that are neighbors on the map."""
    pairs = zip(true, nearest_fifteen(np, points.astype(np.float64)))
    return float(np.mean([np.isin(a, b, assume_unique=True).mean() for a, b in pairs]))


def gensim_neighbors(modules, vectors):
    """A function from words to their neighbors."""
    if "gensim" not in modules:
        return None
    keyed = importlib.import_module("gensim.models").KeyedVectors(vectors.shape[1])
    keyed.add_vectors([f"word{row}" for row in range(len(vectors))], vectors)
    keyed.fill_norms()
    return lambda words: [keyed.most_similar(word, topn=10) for word in words]


def faiss_neighbors(modules, vectors):
    """A function from rows to their neighbors."""
    if "faiss" not in modules:
        return None
    unit = vectors / (vectors**2).sum(axis=1, keepdims=True) ** 0.5
    index = modules["faiss"].IndexFlatIP(vectors.shape[1])
    index.add(unit)
    return lambda rows, k=11: index.search(unit[rows], k)


def python_tokenizers(modules):
    """The rivals by Lexiscope's names: for each, which library it is and a function from text to IDs."""
    rivals = {}
    if tiktoken := modules.get("tiktoken"):
        published = importlib.import_module("tiktoken_ext.openai_public")
        # The same ranks, from here and not from the network.
        published.load_tiktoken_bpe = lambda source, *_, **__: ranks(source.rsplit("/", 1)[-1])
        for name, encoding in {"gpt2": "r50k_base", "gpt4": "cl100k_base", "gpt4o": "o200k_base"}.items():
            rivals[name] = ("tiktoken", tiktoken.Encoding(**getattr(published, encoding)()).encode_ordinary)
    if tokenizers := modules.get("tokenizers"):
        files = {"bert": "bert-base-uncased", "llama2": "llama2", "starcoder2": "starcoder2", "t5": "t5"}
        for name, file in files.items():
            tokenizer = tokenizers.Tokenizer.from_str(unpack(f"{file}.tokenizer.json").decode())
            tokenizer.no_truncation()
            tokenizer.no_padding()
            if name == "t5":
                # SentencePiece strips the ends of a text. The converted file forgets to, and Lexiscope reminds it.
                normalizers = importlib.import_module("tokenizers.normalizers")
                tokenizer.normalizer = normalizers.Sequence([tokenizer.normalizer, normalizers.Strip()])
            encode = lambda text, tokenizer=tokenizer: tokenizer.encode(text, add_special_tokens=False)  # noqa: E731
            rivals[name] = ("tokenizers", encode)
    return rivals


def ranks(file):
    base64 = importlib.import_module("base64")
    lines = (line.split() for line in unpack(file).splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def compare_tokenizing(lexiscope, modules, report, folder, quick):
    """Text to IDs."""
    whole = {"1 MB": text_of(200_000 if quick else 1_000_000), "10 kB": text_of(10_000)}
    paths = {}
    for size, text in whole.items():
        paths[size] = folder / f"{size}.txt".replace(" ", "-")
        paths[size].write_bytes(text.encode())
    for name, (library, encode) in python_tokenizers(modules).items():
        for size, text in whole.items():
            command = ("tokenize", "-t", name, "--no-special", "--file", paths[size], "--json")
            said, _ = lexiscope.run(*command)
            theirs = encode(text)
            theirs = list(getattr(theirs, "ids", theirs))
            same = json.loads(said)[0]["ids"] == theirs
            report.missed += not same
            report.compare(
                f"{name}, {size if not quick or size == '10 kB' else '200 kB'}" + ("" if same else " (OTHER IDS)"),
                lexiscope.phase("compute", *command),
                {library: call(lambda text=text, encode=encode: encode(text))},
                {library: 1} if size == "1 MB" else {},
            )
    every = lexiscope.phase("compute", "tokenize", "--file", paths["10 kB"], "--json")
    report.limit("all eleven, 10 kB", "limit", statistics.median(every() for _ in range(report.rounds)), 50)


def measure_frames(lexiscope, modules, report, folder, quick):
    """A million points panned and zoomed in the window."""
    np = modules["numpy"]
    display = [] if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else ["xvfb-run", "-a"]
    if display and not shutil.which(display[0]):
        print("  left out: there is no display, and no xvfb-run", flush=True)
        return
    path = folder / "points.npy"
    np.save(path, numbers(np, 1_000_000, 2))
    # Not the settings of whoever runs this.
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}

    def measured(*arguments):
        command = [*display, str(lexiscope.path), "--measure-frames", str(50 if quick else 200), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **home})
        if done.returncode != 0:
            raise RuntimeError(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    figures = measured(str(path))
    points = f"{figures['points_drawn_per_frame']} points"
    for share in ("p50", "p95"):
        report.limit(f"{points}, {share}", "60 frames a second", figures[f"{share}_ms"], 16.7)
    for page in ("matrix", "numbers", "vocabulary"):
        figures = measured("--page", page)
        report.limit(f"scrolled {page}, p95", "60 frames a second", figures["p95_ms"], 16.7)
    figures = measured("--page", "text")
    report.limit("1 MB pasted, its beginning", "limit", figures["first_ms"], 150)


CASES = {
    "read": compare_reading,
    "pca": compare_pca,
    "neighbors": compare_neighbors,
    "knn": compare_knn,
    "projections": compare_projections,
    "tokenize": compare_tokenizing,
    "frames": measure_frames,
}


# ------------------------------------------------------------------------------------------------------------ the whole


def found_packages():
    """The packages that can be imported; says how to get the others."""
    found, absent = {}, []
    for module, package in PACKAGES.items():
        try:
            found[module] = importlib.import_module(module)
        except ImportError:
            absent.append(package)
    if absent:
        print(f"absent, so what needs them is left out: pip install {' '.join(absent)}", file=sys.stderr)
    if "numpy" not in found:
        sys.exit("error: numpy makes the data; nothing can be compared without it")
    return found


def arguments():
    parser = argparse.ArgumentParser(
        description="Sets Lexiscope against other libraries; how each figure is made stands at the top of this file."
    )
    parser.add_argument("--lexiscope", type=Path, default=ROOT / "target" / "release" / "lexiscope", metavar="PATH")
    parser.add_argument("--turns", type=Path, metavar="PATH", help="the benchmark of that name; built unless said")
    parser.add_argument("--large", action="store_true", help="also what takes 9 GB of memory and 4 GB on the disk")
    parser.add_argument("--quick", action="store_true", help="smaller data and three rounds: a look, not a measurement")
    parser.add_argument("--only", default=",".join(CASES), help=f"some of {','.join(CASES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - set(CASES):
        parser.error(f"there is no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    if not chosen.lexiscope.is_file():
        parser.error(f"{chosen.lexiscope} is not there: run `cargo build --release`, or say --lexiscope PATH")
    return chosen


def main():
    chosen = arguments()
    modules = found_packages()
    needs_turns = {"pca", "neighbors", "knn", "projections"} & set(chosen.only)
    turns = chosen.turns or (built_turns() if needs_turns else None)
    lexiscope = Lexiscope(chosen.lexiscope.resolve(), turns, chosen.large)
    report = Report(rounds=3 if chosen.quick else 7)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        for name in chosen.only:
            case = CASES[name]
            report.heading(f"{name}: {case.__doc__}")
            try:
                case(lexiscope, modules, report, Path(folder), chosen.quick)
            except (RuntimeError, subprocess.SubprocessError, KeyError) as error:
                failed += 1
                print(f"  could not be measured: {error}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(report.rows, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(f"\n{report.missed} promises missed, {failed} cases could not be measured")
    sys.exit(1 if report.missed or failed else 0)


if __name__ == "__main__":
    main()
