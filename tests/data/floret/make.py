"""Makes this folder: a small table of floret vectors as spaCy writes it, and the vectors that spaCy makes of words with it.

    pip install spacy==3.8.* floret==0.10.*
    python make.py

floret is trained on hard_texts.py and LICENSE-APACHE; spaCy reads its table as `spacy init vectors --mode floret` does.
Prints some hashes for the tests of src/vectors/floret.rs.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import floret
import numpy
from spacy.strings import StringStore
from spacy.vectors import Vectors

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.append(str(ROOT / "tests/reference"))
from hard_texts import HARD_TEXTS  # noqa: E402

TRAINED = {"dim": 6, "minn": 2, "maxn": 4, "bucket": 120, "hashCount": 2, "minCount": 3, "epoch": 20, "thread": 1}
UNKNOWN = ["zzyzx", "licences", "Größe", "日本語", "a", "👩‍👩‍👧", "two words", "<x>"]


def main():
    text = (ROOT / "LICENSE-APACHE").read_text("utf8")
    text += "\n".join(text.replace("\n", " ") for _, text in HARD_TEXTS if "\0" not in text)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf8") as file:
        file.write(text)
        file.flush()
        model = floret.train_unsupervised(file.name, mode="floret", **TRAINED)
    words = model.get_words()
    with tempfile.NamedTemporaryFile("r", suffix=".floret") as file:
        model.save_floret_vectors(file.name)
        head, *rows = Path(file.name).read_text("utf8").splitlines()
    count, _, minn, maxn, hashes, seed, bow, eow = head.split(" ")
    data = numpy.array([[float(x) for x in row.rstrip().split(" ")[1:]] for row in rows], dtype="float32")
    assert data.shape == (int(count), TRAINED["dim"])
    strings = StringStore(words)
    vectors = Vectors(
        strings=strings, data=data, mode="floret", minn=int(minn), maxn=int(maxn), hash_count=int(hashes),
        hash_seed=int(seed), bow=bow, eow=eow,
    )
    shutil.rmtree(HERE / "vocab", ignore_errors=True)
    (HERE / "vocab").mkdir()
    vectors.to_disk(HERE / "vocab")
    found = {word: vectors[word].tolist() for word in [*strings, *UNKNOWN] if word}
    written = [f"{json.dumps(word)}: {json.dumps([round(x, 6) for x in found[word]])}" for word in found]
    (HERE / "expected.json").write_text("{\n" + ",\n".join(written) + "\n}\n")
    for text, seed in [("", 0), ("<de", 0), ("<de", 2166136261), ("sixteen letters!", 7), ("日本語 and eight more", 7)]:
        probe = Vectors(data=data, mode="floret", hash_count=4, hash_seed=seed)
        print(f'            ("{text}", {seed}, {json.dumps([int(x) for x in probe._get_ngram_hashes(text)])}),')


if __name__ == "__main__":
    main()
