"""Writes the two pairs of vocabulary and merges in tokenizer_files/ that mark the ends of words, and what `transformers` makes of
the texts of hard_texts.py with them, into tokenizer_files.json beside what tokenizer_files.py wrote.

    pip install transformers==5.24.* tokenizers
    python word_end_files.py

Both are our own, trained on hard_texts.py and LICENSE-APACHE: clip-vocab.json with clip-merges.txt in CLIP's order (the letters
of 256 bytes, the same at the ends of words, merges, the two control tokens), gpt1-vocab.json with gpt1-merges.txt as the first
GPT's files are (<unk> first, characters, merges).
"""

import importlib.metadata
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

from tokenizers import Tokenizer, models, trainers  # noqa: E402
from transformers import CLIPTokenizer, OpenAIGPTTokenizer  # noqa: E402

sys.path.append(str(HERE))
from hard_texts import HARD_TEXTS  # noqa: E402

TEXTS = [text for _, text in HARD_TEXTS]
FOLDER = HERE / "tokenizer_files"
START, END = "<|startoftext|>", "<|endoftext|>"


def corpus():
    license = (HERE.parent.parent / "LICENSE-APACHE").read_text("utf8")
    return [*license.split("\n"), *(text for text in TEXTS for _ in range(3) if len(text) < 140)]


def byte_letters():
    """GPT-2's letters for bytes, in the order of CLIP's vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + at) for at in range(len(rest))]


def learn(rules, size, characters):
    """The merges that BPE learns from the corpus under a tokenizer's own rules."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = rules.normalizer, rules.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=size, limit_alphabet=characters, end_of_word_suffix="</w>", show_progress=False
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return [tuple(pair) for pair in model["merges"]], model["vocab"]


def clip():
    merges, _ = learn(CLIPTokenizer()._tokenizer, 900, 300)
    letters = byte_letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters), *(a + b for a, b in merges), START, END]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return vocabulary, merges, CLIPTokenizer(vocab=vocabulary, merges=merges)


def first_gpt():
    # Rare characters are left out, so that something is unknown.
    merges, learned = learn(OpenAIGPTTokenizer()._tokenizer, 700, 120)
    pieces = [a + b for a, b in merges]
    tokens = ["<unk>", *(piece for piece in learned if piece not in pieces), *pieces]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return vocabulary, merges, OpenAIGPTTokenizer(vocab=vocabulary, merges=merges)


def write(name, vocabulary, merges):
    text = json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{name}-vocab.json").write_text(text, "utf8")
    lines = ["#version: 0.2", *(f"{a} {b}" for a, b in merges)]
    (FOLDER / f"{name}-merges.txt").write_text("\n".join(lines) + "\n", "utf8")


def answers(tokenizer):
    """IDs, and where each token lies in bytes; then the same with what is added, and with typed control tokens."""
    plain = tokenizer._tokenizer
    found = {"reference": f"transformers {importlib.metadata.version('transformers')}", "map": False}
    found |= {"ids": [], "spans": [], "typed": {}}
    for number, text in enumerate(TEXTS):
        plain.encode_special_tokens = True
        bare = plain.encode(text, add_special_tokens=False)
        ends = [len(text[:end].encode()) for end in range(len(text) + 1)]
        found["ids"].append(bare.ids)
        found["spans"].append([[ends[start], ends[end]] for start, end in bare.offsets])
        plain.encode_special_tokens = False
        typed = plain.encode(text, add_special_tokens=False).ids
        if typed != bare.ids:
            found["typed"][number] = typed
    found["decoded"] = [tokenizer.decode(ids) for ids in found["ids"]]
    found["around"] = plain.encode("", add_special_tokens=True).ids
    return found


def main():
    path = HERE / "tokenizer_files.json"
    found = json.loads(path.read_text("utf8"))
    for name, make in [("clip", clip), ("gpt1", first_gpt)]:
        vocabulary, merges, tokenizer = make()
        write(name, vocabulary, merges)
        found[f"{name}-vocab.json"] = answers(tokenizer)
    written = [f"{json.dumps(name)}: {json.dumps(result, separators=(',', ':'))}" for name, result in found.items()]
    path.write_text("{\n" + ",\n".join(written) + "\n}\n")


if __name__ == "__main__":
    main()
