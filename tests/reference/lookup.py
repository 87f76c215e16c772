"""Writes lookup.json: rows of a model's input side and what they add up to, positions, and counts of parameters.

    pip install numpy safetensors tokenizers zstandard
    python lookup.py ../../sample_vectors ../../assets/tokenizers lookup.json
"""

import importlib.metadata
import json
import sys
from pathlib import Path

# A file beside this one has the name of a library that is needed here, so its folder must not be searched first.
HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import numpy as np  # noqa: E402
import zstandard  # noqa: E402
from safetensors.numpy import load_file  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

IDS = [0, 101, 4937, 2158, 3899, 15876, 30521]
POSITIONS = [0, 1, 2, 511]
TEXTS = ["dog bites man", "man bites dog"]
ALIKE, COLUMN = 4937, 17
FROM, TO = ["he", "man"], ["she", "woman"]
ONE_HOT = ["cat", "dog", "car", "truck"]

GPT2, GPT3 = "GPT-2 model card", "Language Models are Few-Shot Learners"
BERT = "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"
MINILM = "float32 numbers counted in its model.safetensors"
LLAMA2, LLAMA3, LLAMA31 = "Llama 2 model card", "Llama 3 model card", "Llama 3.1 model card"

# Name; kind; vocabulary, context, width, layers, heads, heads of keys and values, inner width; the whole number as the
# published weights have it (nothing for GPT-3, whose weights are not published); the size that is written, and where.
MODELS = [
    ("GPT-2 small", "gpt2", (50257, 1024, 768, 12, 12, 12, 3072), 124439808, "124 million", GPT2),
    ("GPT-2 medium", "gpt2", (50257, 1024, 1024, 24, 16, 16, 4096), 354823168, "355 million", GPT2),
    ("GPT-2 large", "gpt2", (50257, 1024, 1280, 36, 20, 20, 5120), 774030080, "774 million", GPT2),
    ("GPT-2 XL", "gpt2", (50257, 1024, 1600, 48, 25, 25, 6400), 1557611200, "1.5 billion", GPT2),
    ("GPT-3 175B", "gpt2", (50257, 2048, 12288, 96, 96, 96, 49152), None, "175.0B", GPT3),
    ("BERT base, uncased", "bert", (30522, 512, 768, 12, 12, 12, 3072), 109482240, "110M", BERT),
    ("BERT large, uncased", "bert", (30522, 512, 1024, 24, 16, 16, 4096), 335141888, "340M", BERT),
    ("all-MiniLM-L6-v2", "bert", (30522, 512, 384, 6, 12, 12, 1536), 22713216, None, MINILM),
    ("Llama 2 7B", "llama", (32000, 4096, 4096, 32, 32, 32, 11008), 6738415616, "7B", LLAMA2),
    ("Llama 2 13B", "llama", (32000, 4096, 5120, 40, 40, 40, 13824), 13015864320, "13B", LLAMA2),
    ("Llama 2 70B", "llama", (32000, 4096, 8192, 80, 64, 8, 28672), 68976648192, "70B", LLAMA2),
    ("Llama 3 8B", "llama", (128256, 8192, 4096, 32, 32, 8, 14336), 8030261248, "8B", LLAMA3),
    ("Llama 3 70B", "llama", (128256, 8192, 8192, 80, 64, 8, 28672), 70553706496, "70B", LLAMA3),
    ("Llama 3.1 405B", "llama", (128256, 131072, 16384, 126, 128, 8, 53248), 405853388800, "405B", LLAMA31),
]


def rounded(values):
    return [round(float(value), 10) for value in values]


def matrix(tensors, name):
    """Integers times their row's scale, in f64."""
    return tensors[name].astype(np.float64) * tensors[f"{name}_scale"].astype(np.float64)


def ends(row):
    return {"first": rounded(row[:8]), "last": rounded(row[-4:])}


def shown(rows, index, key):
    return {key: index, **ends(rows[index]), "norm": round(float(np.linalg.norm(rows[index])), 10)}


def sums(words, positions, ids, text):
    """Means and sums of rows, before anything else of the encoder: no token types and no layer norm."""
    places = words[ids] + positions[: len(ids)]
    return {
        "text": text,
        "ids": ids,
        "mean_of_rows": rounded(words[ids].mean(axis=0)[:8]),
        "with_positions": [rounded(row[:8]) for row in places],
        "mean_with_positions": rounded(places.mean(axis=0)[:8]),
    }


def wave_length(pair, dims):
    return 2 * np.pi * 10000 ** (2 * pair / dims)


def sinusoidal(position, dims):
    """Vaswani et al. 2017, section 3.5: sines in the even columns, cosines in the odd ones."""
    angles = position / 10000 ** (2 * np.arange(dims // 2) / dims)
    row = np.empty(dims)
    row[0::2], row[1::2] = np.sin(angles), np.cos(angles)
    return row


def rotary(row, position, halves):
    """Su et al. 2021: each pair of numbers turned by an angle. Pairs are neighbors (2i, 2i + 1), or (i, i + d/2)."""
    dims = len(row)
    one = np.arange(dims // 2) if halves else np.arange(0, dims, 2)
    other = one + dims // 2 if halves else one + 1
    angles = position * 10000.0 ** (-2 * np.arange(dims // 2) / dims)
    turned = np.empty(dims)
    turned[one] = row[one] * np.cos(angles) - row[other] * np.sin(angles)
    turned[other] = row[one] * np.sin(angles) + row[other] * np.cos(angles)
    return turned


def ranked(values, greatest, without=None):
    """The ten greatest or least values with their IDs; equal values in the order of their IDs."""
    order = np.lexsort((np.arange(len(values)), -values if greatest else values))
    return [{"id": int(i), "value": round(float(values[i]), 10)} for i in order if i != without][:10]


def order(words, row_of):
    lengths = np.linalg.norm(words, axis=1)
    units = words / lengths[:, None]
    middle = {name: units[[row_of[word] for word in pair]].mean(axis=0) for name, pair in (("from", FROM), ("to", TO))}
    direction = middle["to"] - middle["from"]
    along = units @ (direction / np.linalg.norm(direction))
    column = words[:, COLUMN]
    return {
        "norm": {"greatest": ranked(lengths, True), "least": ranked(lengths, False)},
        "column": {"column": COLUMN, "greatest": ranked(column, True), "least": ranked(column, False)},
        "alike": {"id": ALIKE, "nearest": ranked(units @ units[ALIKE], True, without=ALIKE)},
        "direction": {
            "from": [{"word": word, "id": row_of[word]} for word in FROM],
            "to": [{"word": word, "id": row_of[word]} for word in TO],
            "greatest": ranked(along, True),
            "least": ranked(along, False),
        },
    }


def one_hot(words, row_of):
    ids = [row_of[word] for word in ONE_HOT]
    rows = words[ids]
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return {
        "words": ONE_HOT,
        "ids": ids,
        "distances": [rounded(np.linalg.norm(rows - row, axis=1)) for row in rows],
        "cosines": [rounded(units @ unit) for unit in units],
    }


def gpt2_parameters(vocabulary, context, width, layers, inner):
    """Biases everywhere, two layer norms a layer and one at the end, and an output that shares the word matrix."""
    attention = (3 * width * width + 3 * width) + (width * width + width)
    feed_forward = (width * inner + inner) + (inner * width + width)
    norm = 2 * width
    return vocabulary * width + context * width + layers * (attention + feed_forward + 2 * norm) + norm


def bert_parameters(vocabulary, context, width, layers, inner):
    """The encoder with its pooler and without the heads of its training: two token types, a norm after the sum."""
    attention = 4 * (width * width + width)
    feed_forward = (width * inner + inner) + (inner * width + width)
    norm = 2 * width
    embeddings = (vocabulary + context + 2) * width + norm
    return embeddings + layers * (attention + feed_forward + 2 * norm) + (width * width + width)


def llama_parameters(vocabulary, width, layers, heads, key_heads, inner):
    """No biases and no positions, norms of one number a column, three matrices in a gated feed-forward part, and an
    output matrix of its own. Heads of keys and values can be fewer."""
    keys = width // heads * key_heads
    attention = 2 * width * width + 2 * width * keys
    return 2 * vocabulary * width + layers * (attention + 3 * width * inner + 2 * width) + width


def parameters(name, kind, shape, known, published, where):
    vocabulary, context, width, layers, heads, key_heads, inner = shape
    if kind == "llama":
        total = llama_parameters(vocabulary, width, layers, heads, key_heads, inner)
    else:
        count = {"gpt2": gpt2_parameters, "bert": bert_parameters}[kind]
        total = count(vocabulary, context, width, layers, inner)
    if known is not None and total != known:
        sys.exit(f"{name}: {total} by its shape, but {known} in its weights")
    names = ("vocabulary", "context", "width", "layers", "heads", "key_value_heads", "inner")
    return {
        "model": name,
        "kind": kind,
        **dict(zip(names, shape)),
        "parameters": total,
        "published": published,
        "where": where,
    }


def main():
    samples, tokenizers, out = (Path(argument) for argument in sys.argv[1:4])
    tensors = load_file(samples / "minilm-l6-v2-input.safetensors")
    words = matrix(tensors, "embeddings.word_embeddings.weight")
    positions = matrix(tensors, "embeddings.position_embeddings.weight")
    vocabulary = (samples / "minilm-l6-v2-input.vocab.txt").read_text(encoding="utf-8").splitlines()
    row_of = {word: row for row, word in enumerate(vocabulary)}
    with open(tokenizers / "bert-base-uncased.tokenizer.json.zst", "rb") as packed:
        bert = Tokenizer.from_buffer(zstandard.ZstdDecompressor().stream_reader(packed).read())
    bert.no_truncation()
    bert.no_padding()
    ids = [bert.encode(text, add_special_tokens=False).ids for text in TEXTS]
    vector = np.arange(1.0, 9.0)
    document = {
        "made_with": {name: importlib.metadata.version(name) for name in ("numpy", "safetensors", "tokenizers")},
        "rows": [shown(words, i, "id") for i in IDS],
        "positions": [shown(positions, position, "position") for position in POSITIONS],
        "sums": [sums(words, positions, *pair) for pair in zip(ids, TEXTS)],
        "sinusoidal": {
            "rows": [
                {"dims": dims, "position": position, **ends(sinusoidal(position, dims))}
                for dims in (8, 384)
                for position in (0, 1, 5, 511)
            ],
            "wave_lengths": [
                {"dims": 384, "pair": pair, "length": round(float(wave_length(pair, 384)), 10)} for pair in (0, 1, 191)
            ],
        },
        "rotary": {
            "vector": rounded(vector),
            "turned": [
                {
                    "position": position,
                    "neighbors": rounded(rotary(vector, position, halves=False)),
                    "halves": rounded(rotary(vector, position, halves=True)),
                }
                for position in (0, 1, 7)
            ],
        },
        "order": order(words, row_of),
        "one_hot": one_hot(words, row_of),
        "parameters": [parameters(*model) for model in MODELS],
    }
    out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
