//! Texts on which tokenizers differ.

/// A text to try.
pub struct Preset {
    pub name: &'static str,
    /// What to look for.
    pub about: &'static str,
    pub text: &'static str,
}

/// All of them, in the order in which they are offered.
pub const ALL: [Preset; 9] = [
    Preset {
        name: "strawberry",
        about: "How many r's? The model is given IDs, not letters.",
        text: "How many r's are in strawberry? And in  strawberry, Strawberry, STRAWBERRY?",
    },
    Preset {
        name: "Capitals",
        about: "Capitals cost tokens, unless the tokenizer throws them away.",
        text: "please read the manual. Please Read The Manual. PLEASE READ THE MANUAL.",
    },
    Preset {
        name: "Numbers",
        about: "Digits one by one, in threes, or in pieces learned by chance.",
        text: "1234567890 3.14159265 12,345,678 2026-11-23 0x1F4A9 100000000",
    },
    Preset {
        name: "Code",
        about: "Runs of spaces are one token for some and many for others.",
        text: "def mean(values):\n    total = 0.0\n    for value in values:\n        total += value\n    return total / len(values)\n",
    },
    Preset {
        name: "Emoji",
        about: "One picture can be a dozen bytes, joined by characters that do not show.",
        text: "🍓 👍🏽 👩‍🔬 👨‍👩‍👧‍👦 🏳️‍🌈 🇯🇵 ❤️",
    },
    Preset {
        name: "Scripts",
        about: "The same greeting costs more in some scripts than in others.",
        text: "Good morning · Guten Morgen · Καλημέρα · Доброе утро · صباح الخير · בוקר טוב · सुप्रभात · สวัสดีตอนเช้า · 早上好 · おはよう · 좋은 아침",
    },
    Preset {
        name: "Compounds",
        about: "Long words fall into pieces; the pieces need not be the word's own parts.",
        text: "Donaudampfschifffahrtsgesellschaft antidisestablishmentarianism Kaffeetassenuntersetzer unbelievably",
    },
    Preset {
        name: "Paragraph",
        about: "Everyday prose: here tokenizers differ least.",
        text: "The ferry left the harbor a little before six, when the gulls were still asleep on the roofs. Nobody had \
               counted the passengers, but the cook, who had counted the plates, said there were forty-three. An old \
               teacher unfolded a map of the islands and began to explain to a child, slowly and without being asked, \
               why a map is never the land: it leaves out the smell of the tar, the price of the bread, and every name \
               that people give to a place when they are alone.",
    },
    Preset {
        name: "Specials",
        about: "Text that looks like control. Whether it is control is your choice above.",
        text: "<|endoftext|> [CLS] cat [SEP] <s> dog </s> <|eot_id|>",
    },
];
