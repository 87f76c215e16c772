"""Writes evaluation.json: how gensim scores the sample vectors on the questions and pairs in assets/evaluation.

    pip install gensim safetensors zstandard
    python evaluation.py ../../sample_vectors ../../assets/evaluation evaluation.json
"""

import importlib.metadata
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import zstandard
from gensim.models import KeyedVectors
from safetensors.numpy import load_file

# The usual settings of gensim, words compared as they are written, and the first 5,000 rows alone.
SETTINGS = {
    "usual": {},
    "exact_case": {"case_insensitive": False},
    "first_5000": {"restrict_vocab": 5000},
}


def minilm(samples):
    """The token matrix as gensim's vectors, in f32."""
    rows = next(iter(load_file(samples / "minilm-token-embeddings-384d.safetensors").values()))
    words = (samples / "minilm-token-embeddings-384d.vocab.txt").read_text(encoding="utf-8").splitlines()
    vectors = KeyedVectors(rows.shape[1])
    vectors.add_vectors(words, rows.astype(np.float32))
    return vectors


def unpacked(path, folder):
    out = Path(folder) / path.stem
    with open(path, "rb") as packed, open(out, "wb") as file:
        zstandard.ZstdDecompressor().copy_stream(packed, file)
    return str(out)


def main():
    samples, sets, out = (Path(argument) for argument in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        questions = unpacked(sets / "questions-words.txt.zst", folder)
        pairs = unpacked(sets / "wordsim353.tsv.zst", folder)
        tables = {
            "glove-100d": KeyedVectors.load_word2vec_format(samples / "glove-6b-100d.bin", binary=True),
            "glove-50d": KeyedVectors.load_word2vec_format(samples / "glove-6b-50d.txt", no_header=True),
            "minilm": minilm(samples),
        }
        document = {"made_with": {name: importlib.metadata.version(name) for name in ("gensim", "numpy", "scipy")}}
        for name, vectors in tables.items():
            document[name] = {}
            for setting, options in SETTINGS.items():
                _, sections = vectors.evaluate_word_analogies(questions, **options)
                _, spearman, unknown = vectors.evaluate_word_pairs(pairs, **options)
                covered = round(353 * (1 - unknown / 100))
                document[name][setting] = {
                    "analogies": [
                        {
                            "section": section["section"],
                            "correct": len(section["correct"]),
                            "total": len(section["correct"]) + len(section["incorrect"]),
                        }
                        for section in sections
                        if section["section"] != "Total accuracy"
                    ],
                    "pairs": {"spearman": round(float(spearman[0]), 9), "covered": covered, "total": 353},
                }
                print(name, setting, file=sys.stderr)
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
