"""Writes more_texts.json: what the original libraries make of further texts, as counts and digests of the IDs.

    pip install tiktoken tokenizers sentencepiece protobuf transformers zstandard
    pip install --no-deps mistral-common==1.5.6
    python more_texts.py ../../assets more_texts.json

The texts are those that ship with the program: the seven articles of the Universal Declaration of Human Rights in 22 languages,
in their order, and of the three novels, put together, every n-th paragraph, 60 in all.
"""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("reference_tokenizers", HERE / "tokenizers.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)

PARAGRAPHS = 60


def texts(assets):
    rows = reference.unpack(assets / "languages" / "udhr-parallel.tsv.zst").decode().splitlines()[1:]
    articles = [row.split("\t")[3] for row in rows]
    novels = ["prideprejudice", "emma", "sensesensibility"]
    whole = "".join(reference.unpack(assets / "novels" / f"{name}.txt.zst").decode() for name in novels)
    paragraphs = [paragraph for paragraph in whole.split("\n\n") if paragraph.strip()]
    step = len(paragraphs) // PARAGRAPHS
    return articles + paragraphs[::step][:PARAGRAPHS]


def digest(ids):
    joined = ",".join(map(str, ids)).encode()
    return f"{len(ids)} {hashlib.sha256(joined).hexdigest()[:16]}"


def main():
    assets, target = map(Path, sys.argv[1:])
    folder = assets / "tokenizers"
    reference.TEXTS = texts(assets)
    found = {name: reference.from_ranks(folder, name) for name in reference.RANKS}
    found |= {name: reference.from_json(folder, name) for name in ("bert", "starcoder2")}
    found |= {name: reference.from_sentencepiece(folder, name) for name in ("llama2", "mistral", "t5")}
    found["byt5"] = reference.from_transformers(reference.ByT5Tokenizer())
    found["canine"] = reference.from_transformers(reference.CanineTokenizer())
    result = {
        name: {"reference": answer["reference"], "ids": [digest(ids) for ids in answer["ids"]]}
        for name, answer in sorted(found.items())
    }
    target.write_text(json.dumps(result, indent=0) + "\n")
    print(len(reference.TEXTS), {name: len(answer["ids"]) for name, answer in result.items()})


if __name__ == "__main__":
    main()
