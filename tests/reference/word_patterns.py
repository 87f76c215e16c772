"""Writes word_patterns.json: where the rules behind the names of `tokenizer.ggml.pre` cut the texts of hard_texts.py, and some more
that are hard for digits and lines, into words.

    pip install tokenizers==0.23.* tiktoken regex
    python word_patterns.py

The expressions are those of the models' own tokenizer.json files and, where these are not public, of llama.cpp's llama-vocab.cpp;
`tokenizers` runs them with Oniguruma, one Split after another. GPT-4's and GPT-4o's are taken from tiktoken, and run by `regex`.
For afmoe, whose digits llama.cpp cuts by a function, an expression that says the same stands here.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import regex  # noqa: E402
from tiktoken_ext import openai_public  # noqa: E402
from tokenizers import Regex, pre_tokenizers  # noqa: E402

sys.path.append(str(HERE))
from hard_texts import HARD_TEXTS  # noqa: E402

MORE = [
    "1 12 123 1234 12345 123456 1234567 12345678901234567890123",
    "12345½ ½12345 5½ 10² 1000² ²1000 1½234567 x1234 1234x 1234_5 12,345.678",
    "٠١٢٣٤٥٦ १२३४५६७ 1٢3४5 1234٥٦٧",
    "abc1234567def 1234567. 1234567\n890 (1234)",
    "a\nb\n\nc\r\nd\re\t\tf  \n  g",
    " " * 700 + "x" + " " * 300 + "\n" + " " * 37 + "y" + " " * 3,
    "IMGIMGABCDZ <sentinel:12> IMGIMGAZ x  y    z",
    "I'll I'LL I’ll İ'Ll ſ'ſ don't'd",
    "한국어ㄱㄴ ㄅㄆ 漢字かなカナ…“引号”‘’—：；，、。〜",
    "ไทย ລາວ ខ្មែរ မြန်မာ ｶﾅ ⼀⼁",
    "a b c d  e\u0301 f g. h/i //\n/ j\n",
    "ΩK ǅ ᲐᲑ აბ Ꞑꞑ ᾳ ʰ ª ⅷ Ⓐ𐐀",
]
TEXTS = [text for _, text in HARD_TEXTS] + MORE

END = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = END + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = END + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
NO_WORD = r"[^\r\n\p{L}\p{N}]?"
O200K = (
    f"{NO_WORD}{UPPER}*{LOWER}+{END}?|{NO_WORD}{UPPER}+{LOWER}*{END}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
HAN = "[一-龥\u3040-ゟ゠-ヿ]+"
# Letters with two cases, as DeepSeek LLM knows them.
CASED = (
    "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376"
    "\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f"
    "\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77"
    "\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d"
    "\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4"
    "\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u212a-\u212d\u212f-\u2134\u2139"
    "\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d"
    "\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a"
    "\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb\U00010c80-\U00010cb2"
    "\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943"
)
BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"

RULES = {
    "gpt-2": [GPT2],
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
    "starcoder": [r"\p{N}", GPT2],
    "llama-bpe": [LLAMA3],
    "jais-2": [
        LLAMA3.removesuffix(r"|\s+(?!\S)|\s+")
        + "".join(rf"|\s{{{n}}}(?!\S)" for n in (512, 256, 128, 64, 32, 16, 8, 4))
        + r"|\s{1,2}(?!\S)|\s{1}"
    ],
    "minicpm5": [r"\p{N}{1,3}", LLAMA3.replace("{1,3}", "+")],
    "qwen2": [QWEN2],
    "qwen35": [QWEN2.replace(r"\p{L}+", r"[\p{L}\p{M}]+").replace(r"[^\s\p{L}\p{N}]", r"[^\s\p{L}\p{M}\p{N}]")],
    "ufakzeka": [QWEN2.removeprefix(END + "|")],
    "laguna": [r"[^\n]+|[\n]+", QWEN2],
    "exaone-moe": [
        END + r"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"
    ],
    "gpt-4o": [O200K],
    "tiny_aya": [r"\d{1,3}(?=(?:\d{3})*\b)", O200K],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "tekken": [O200K.replace(END + "?", "").replace("{1,3}", "")],
    "kimi-k2": [
        r"[\p{Han}]+|"
        + O200K.replace(r"\p{M}]", r"\p{M}&&[^\p{Han}]]").replace("[\\r\\n/]*", "[\\r\\n]*")
    ],
    "youtu": [
        "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥\u3040-ゟ゠-ヿ]+",
        O200K.replace("{1,3}", ""),
    ],
    "seed-coder": [
        END + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"
    ],
    "bailingmoe": [
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
    ],
    "falcon": [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, "[0-9][0-9][0-9]"],
    "chameleon": [
        "<sentinel:[0-9]+>",
        "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
        r"([\t\n]|    |  )",
        r"\p{N}",
        r"[\p{P}!-/:-@\[-`{-~]",
        GPT2,
    ],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", r"\p{N}"],
    "deepseek-llm": [
        "[\r\n]",
        rf"\s?[{CASED}]+",
        "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+",
        r"\s+$",
        "[一-龥ࠀ-一가-\ud7ff]+",
        r"\p{N}",
    ],
    "deepseek-v3": [r"\p{N}{1,3}", HAN, DEEPSEEK],
    "spark2_5": [r"\p{N}{1,3}", HAN, DEEPSEEK.replace("[\\r\\n]*|\\s*[\\r\\n]+", "|[\\r\\n]"), r"\p{N}"],
    "afmoe": [
        r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))",
        "[一-鿿㐀-䶿\uf900-\ufaff\u3040-ゟ゠-ヿ･-ﾟ⼀-\u2fdf\u0e40-\u0e7f\u0e80-\u0effក-៿က-႟ꩠ-ꩿꧠ-\ua9ff가-\ud7afᄀ-ᇿ]+",
        DEEPSEEK,
    ],
    "bloom": [BLOOM],
    "viking": [BLOOM, r"\p{N}"],
    "gemma4": [r"[^\n]+|[\n]+"],
    "whitespace": [r"\S+"],
}


def cuts(patterns, text):
    """Lengths of words, in bytes."""
    steps = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
    words = pre_tokenizers.Sequence(steps).pre_tokenize_str(text)
    assert "".join(word for word, _ in words) == text, (patterns, text)
    return [len(word.encode()) for word, _ in words]


def check_against_tiktoken():
    openai_public.load_tiktoken_bpe = lambda *_, **__: {}
    for name, own in [("cl100k_base", "llama-bpe"), ("o200k_base", "gpt-4o")]:
        pattern = regex.compile(getattr(openai_public, name)()["pat_str"])
        for text in TEXTS:
            found = [len(word.encode()) for word in pattern.findall(text)]
            assert found == cuts(RULES[own], text), (name, text)


def main():
    check_against_tiktoken()
    # Many rules cut a text alike: each way is written once.
    ways, of_rule = [], {name: [] for name in RULES}
    for text in TEXTS:
        known = []
        for name, patterns in RULES.items():
            way = " ".join(map(str, cuts(patterns, text)))
            if way not in known:
                known.append(way)
            of_rule[name].append(known.index(way))
        ways.append(known)
    lines = [f'"more": {json.dumps(MORE)}', f'"ways": {json.dumps(ways, separators=(",", ":"))}']
    lines += [f'"rules": {json.dumps(of_rule, separators=(",", ":"))}']
    (HERE / "word_patterns.json").write_text("{" + ",\n".join(lines) + "}\n")


if __name__ == "__main__":
    main()
