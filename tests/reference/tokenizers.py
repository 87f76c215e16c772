"""Writes tokenizers.json: the IDs that the original libraries give for the texts of hard_texts.py.

    pip install tiktoken tokenizers sentencepiece protobuf transformers zstandard
    pip install --no-deps mistral-common==1.5.6      (for Mistral's own SentencePiece model)
    python tokenizers.py ../../assets/tokenizers tokenizers.json
"""

import base64
import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path

# This file has the name of a library that it needs, so its own folder must not be searched first.
HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import sentencepiece  # noqa: E402
import tiktoken  # noqa: E402
import zstandard  # noqa: E402
from sentencepiece import sentencepiece_model_pb2 as model_pb2  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from transformers import ByT5Tokenizer, CanineTokenizer  # noqa: E402

sys.path.append(str(HERE))
from hard_texts import HARD_TEXTS  # noqa: E402

TEXTS = [text for _, text in HARD_TEXTS]

# The patterns that cut text before byte pairs are merged, as OpenAI and Meta publish them.
R50K = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
CL100K = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|"""
    r"""\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
)
O200K = "|".join(
    [
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""",
        r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
        r"""\s*[\r\n]+""",
        r"""\s+(?!\S)""",
        r"""\s+""",
    ]
)
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3_NAMED = (
    "begin_of_text end_of_text reserved_special_token_0 reserved_special_token_1 finetune_right_pad_id step_id "
    "start_header_id end_header_id eom_id eot_id python_tag image"
).split()
LLAMA3_NAMES = LLAMA3_NAMED + [f"reserved_special_token_{2 + i}" for i in range(256 - len(LLAMA3_NAMED))]

RANKS = {
    "gpt2": ("r50k_base", R50K, {"<|endoftext|>": 50256}),
    "gpt4": (
        "cl100k_base",
        CL100K,
        {
            "<|endoftext|>": 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
    "gpt4o": ("o200k_base", O200K, {"<|endoftext|>": 199999, "<|endofprompt|>": 200018}),
    "llama3": ("llama3", LLAMA3, {f"<|{name}|>": 128000 + i for i, name in enumerate(LLAMA3_NAMES)}),
}
FILES = {"bert": "bert-base-uncased", "starcoder2": "starcoder2", "llama2": "llama2", "mistral": "mistral-v1", "t5": "t5"}
ADDED = {
    "bert": ([101], [102]),
    "llama2": ([1], []),
    "llama3": ([128000], []),
    "t5": ([], [1]),
    "mistral": ([1], []),
    "byt5": ([], [1]),
    "canine": ([0xE000], [0xE001]),
}


def unpack(path):
    """The bytes of a Zstandard file."""
    with path.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


def version(package):
    return f"{package} {importlib.metadata.version(package)}"


def from_ranks(folder, name):
    """IDs by tiktoken, from a file of ranks."""
    file, pattern, special = RANKS[name]
    lines = unpack(folder / f"{file}.tiktoken.zst").splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    encoding = tiktoken.Encoding(file, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
    return {
        "reference": version("tiktoken"),
        "ids": [encoding.encode(text, disallowed_special=()) for text in TEXTS],
        "typed": [encoding.encode(text, allowed_special="all") for text in TEXTS],
    }


def from_json(folder, name):
    """IDs by tokenizers, from a tokenizer.json, without its truncation and padding."""
    file = unpack(folder / f"{FILES[name]}.tokenizer.json.zst").decode()
    tokenizer = Tokenizer.from_str(file)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    typed = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    tokenizer.encode_special_tokens = True
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    return {
        "reference": version("tokenizers"),
        "ids": ids,
        "typed": typed,
        "added_tokens": json.loads(file)["added_tokens"],
    }


def rebuilt_model(folder, name):
    """A SentencePiece model made of what the tokenizer.json holds: pieces, scores and normalisation map."""
    file = json.loads(unpack(folder / f"{FILES[name]}.tokenizer.json.zst"))
    proto = model_pb2.ModelProto()
    proto.normalizer_spec.add_dummy_prefix = True
    kinds = model_pb2.ModelProto.SentencePiece
    if file["model"]["type"] == "Unigram":
        pieces = file["model"]["vocab"][:32000]
        proto.trainer_spec.model_type = model_pb2.TrainerSpec.UNIGRAM
        proto.trainer_spec.unk_id, proto.trainer_spec.bos_id = 2, -1
        proto.trainer_spec.eos_id, proto.trainer_spec.pad_id = 1, 0
        proto.normalizer_spec.name = "nmt_nfkc"
        charsmap = file["normalizer"]["normalizers"][0]["precompiled_charsmap"]
        proto.normalizer_spec.precompiled_charsmap = base64.b64decode(charsmap)
        proto.normalizer_spec.remove_extra_whitespaces = True
    else:
        by_id = sorted(file["model"]["vocab"].items(), key=lambda item: item[1])
        # A byte-pair model's score is minus the rank; runs of spaces come after everything else.
        pieces = [(p, -1e9 if len(p) > 1 and set(p) == {"▁"} else -max(0.0, i - 259)) for p, i in by_id]
        proto.trainer_spec.model_type = model_pb2.TrainerSpec.BPE
        proto.trainer_spec.byte_fallback = True
        proto.normalizer_spec.name = "identity"
        proto.normalizer_spec.remove_extra_whitespaces = False
    for piece, score in pieces:
        kind = kinds.NORMAL
        if piece == "<unk>":
            kind = kinds.UNKNOWN
        elif piece in ("<s>", "</s>", "<pad>"):
            kind = kinds.CONTROL
        elif piece.startswith("<0x") and len(piece) == 6:
            kind = kinds.BYTE
        proto.pieces.add(piece=piece, score=score, type=kind)
    proto.trainer_spec.vocab_size = len(proto.pieces)
    return sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())


def from_sentencepiece(folder, name):
    """IDs by SentencePiece, which is what these models were trained with, and those of the converted file."""
    model = rebuilt_model(folder, name)
    ids = [model.encode(text) for text in TEXTS]
    how = "the pieces, scores and normalisation map of the converted file"
    if name == "mistral":
        package = importlib.util.find_spec("mistral_common").submodule_search_locations[0]
        original = sentencepiece.SentencePieceProcessor(model_file=f"{package}/data/tokenizer.model.v1")
        rebuilt, ids = ids, [original.encode(text) for text in TEXTS]
        assert rebuilt == ids, "a model rebuilt from the converted file must behave as the original does"
        how = f"tokenizer.model.v1 of {version('mistral-common')}"
    converted = from_json(folder, name)
    special = [token["content"] for token in converted["added_tokens"]]
    typed = [
        with_control if any(token in text for token in special) else plain
        for text, plain, with_control in zip(TEXTS, ids, converted["typed"])
    ]
    return {
        "reference": f"{version('sentencepiece')} on {how}",
        "ids": ids,
        "typed": typed,
        "converted": converted["ids"],
    }


def from_transformers(tokenizer):
    """IDs by transformers, for the tokenizers that need no file."""
    return {
        "reference": version("transformers"),
        "ids": [tokenizer(t, add_special_tokens=False, split_special_tokens=True)["input_ids"] for t in TEXTS],
        "typed": [tokenizer(t, add_special_tokens=False)["input_ids"] for t in TEXTS],
    }


def document(name, found):
    """What is written for one tokenizer; lists that repeat `ids` are kept only where they differ."""
    before, after = ADDED.get(name, ([], []))
    result = {
        "reference": found["reference"],
        "ids": found["ids"],
        "with_special": [before + ids + after for ids in found["ids"]],
    }
    for key in ("typed", "converted"):
        pairs = enumerate(zip(found["ids"], found.get(key, found["ids"])))
        result[key] = {str(i): other for i, (ids, other) in pairs if ids != other}
    return result


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    found = {name: from_ranks(folder, name) for name in RANKS}
    found |= {name: from_json(folder, name) for name in ("bert", "starcoder2")}
    found |= {name: from_sentencepiece(folder, name) for name in ("llama2", "mistral", "t5")}
    found |= {"byt5": from_transformers(ByT5Tokenizer()), "canine": from_transformers(CanineTokenizer())}
    order = "bert gpt2 gpt4 gpt4o llama2 llama3 starcoder2 t5 mistral byt5 canine".split()
    texts = [{"name": name, "text": text} for name, text in HARD_TEXTS]
    lines = [f'"{name}": {json.dumps(document(name, found[name]), separators=(",", ":"))}' for name in order]
    out.write_text(f'{{"texts": {json.dumps(texts)},\n"tokenizers": {{\n' + ",\n".join(lines) + "\n}}\n")
    for name in order:
        written = document(name, found[name])
        counts = {key: [HARD_TEXTS[int(i)][0] for i in written[key]] for key in ("typed", "converted")}
        print(name, written["reference"], sum(map(len, written["ids"])), counts)


if __name__ == "__main__":
    main()
