"""Writes what fastText itself (fasttext-wheel 0.9.2) answers for the models of this folder: JSON of f32 as decimals."""
import json, sys, struct
import fasttext
WORDS = ["</s>", "and", "et", "und", "право", "የማግኘት", "human", "zzyzx", "ÜberÄgypten", "自由", "x"]
answers = {}
for file in ["skipgram.bin", "cbow-words.bin", "labels.bin", "pruned.ftz", "quantized.ftz"]:
    model = fasttext.load_model(file)
    answers[file] = {w: [float(x) for x in model.get_word_vector(w)] for w in WORDS}
    print(file, len(model.get_words()), [w for w in WORDS if w in model.get_words()], file=sys.stderr)
json.dump(answers, open("expected.json", "w"), ensure_ascii=False, indent=0)
# The form before the magic number: no magic and version, no size of a pruned index, no marks of quantization.
new = open("skipgram.bin", "rb").read()
dict_at = 8 + 12 * 4 + 8
words, = struct.unpack("<i", new[dict_at:dict_at + 4])
at = dict_at + 12 + 8 + 8
for _ in range(words):
    at = new.index(b"\0", at) + 1 + 9
matrix = at + 1
rows, dims = struct.unpack("<qq", new[matrix:matrix + 16])
output = matrix + 16 + rows * dims * 4
old = new[8:dict_at + 20] + new[dict_at + 28:at] + new[matrix:output] + new[output + 1:]
open("skipgram-old.bin", "wb").write(old)
