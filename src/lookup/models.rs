//! What the token matrices of known models weigh, and how much of each model that is.
//!
//! Totals follow from the published architectures; the tests hold them to the published totals.

/// How the layers of a model are built, as far as their parameters count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    /// Learned positions, biases, the token matrix serves again at the end: GPT-2 and GPT-3.
    Gpt,
    /// Learned positions, two kinds of segments, biases, a pooling layer at the end: BERT.
    /// `predicts` where it was trained to name words that were left out.
    Bert { predicts: bool },
    /// Rotary positions, gated layers without biases, an output matrix of its own: Llama. Numbers between the two halves
    /// of a layer, and in the keys of a token.
    Llama { hidden: u64, keys: u64 },
}

/// A model whose size is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownModel {
    pub name: &'static str,
    /// V, the rows of its token matrix.
    pub vocabulary: u64,
    /// d, the numbers in a row.
    pub dims: u64,
    /// Where the sizes are published.
    pub source: &'static str,
    layers: u64,
    positions: u64,
    build: Build,
}

const GPT2: &str = "Radford et al., “Language models are unsupervised multitask learners”, 2019, table 2, and its released weights";
const GPT3: &str = "Brown et al., “Language models are few-shot learners”, 2020, table 2.1";
const BERT: &str = "Devlin et al., “BERT: pre-training of deep bidirectional transformers”, 2019, section 3, and its released weights";
const MINILM: &str = "all-MiniLM-L6-v2's released configuration and weights";
const LLAMA2: &str = "Touvron et al., “Llama 2: open foundation and fine-tuned chat models”, 2023, and its released configuration";
const LLAMA3: &str =
    "Grattafiori et al., “The Llama 3 herd of models”, 2024, table 3, and its released configuration";

const fn gpt(name: &'static str, dims: u64, layers: u64, positions: u64, source: &'static str) -> KnownModel {
    KnownModel { name, vocabulary: 50_257, dims, source, layers, positions, build: Build::Gpt }
}

const fn bert(
    name: &'static str,
    [dims, layers]: [u64; 2],
    predicts: bool,
    source: &'static str,
) -> KnownModel {
    let build = Build::Bert { predicts };
    KnownModel { name, vocabulary: 30_522, dims, source, layers, positions: 512, build }
}

const fn llama(
    name: &'static str,
    [vocabulary, dims, layers]: [u64; 3],
    [hidden, keys]: [u64; 2],
    source: &'static str,
) -> KnownModel {
    KnownModel { name, vocabulary, dims, source, layers, positions: 0, build: Build::Llama { hidden, keys } }
}

/// The models, each family from small to large.
pub static KNOWN: [KnownModel; 14] = [
    bert("MiniLM L6", [384, 6], false, MINILM),
    bert("BERT base", [768, 12], true, BERT),
    bert("BERT large", [1_024, 24], true, BERT),
    gpt("GPT-2 small", 768, 12, 1_024, GPT2),
    gpt("GPT-2 medium", 1_024, 24, 1_024, GPT2),
    gpt("GPT-2 large", 1_280, 36, 1_024, GPT2),
    gpt("GPT-2 XL", 1_600, 48, 1_024, GPT2),
    gpt("GPT-3", 12_288, 96, 2_048, GPT3),
    llama("Llama 2 7B", [32_000, 4_096, 32], [11_008, 4_096], LLAMA2),
    llama("Llama 2 13B", [32_000, 5_120, 40], [13_824, 5_120], LLAMA2),
    llama("Llama 2 70B", [32_000, 8_192, 80], [28_672, 1_024], LLAMA2),
    llama("Llama 3 8B", [128_256, 4_096, 32], [14_336, 1_024], LLAMA3),
    llama("Llama 3 70B", [128_256, 8_192, 80], [28_672, 1_024], LLAMA3),
    llama("Llama 3.1 405B", [128_256, 16_384, 126], [53_248, 1_024], LLAMA3),
];

/// By what a model turns what it computed into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// By the token matrix, which counts once.
    Same,
    /// By the token matrix while it was trained to name words that were left out; what was released computes vectors.
    InTraining,
    /// By another matrix of the same size.
    Own,
    /// By nothing: it computes vectors.
    None,
}

impl KnownModel {
    /// V·d, the numbers of the token matrix.
    #[must_use]
    pub fn matrix(&self) -> u64 {
        self.vocabulary * self.dims
    }

    /// All parameters of the model.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let (d, layers) = (self.dims, self.layers);
        let tables = (self.vocabulary + self.positions) * d;
        match self.build {
            // Attention 4d² + 4d, the two halves of a layer 8d² + 5d, two norms 4d; a norm at the end.
            Build::Gpt => tables + layers * (12 * d * d + 13 * d) + 2 * d,
            // The same layers; segments and a norm at the beginning, the pooling layer at the end.
            Build::Bert { .. } => tables + 4 * d + layers * (12 * d * d + 13 * d) + d * d + d,
            Build::Llama { hidden, keys } => {
                2 * tables + layers * (2 * d * d + 2 * d * keys + 3 * d * hidden + 2 * d) + d
            }
        }
    }

    /// Whether the matrix serves again at the end, where what was computed becomes tokens.
    #[must_use]
    pub fn output(&self) -> Output {
        match self.build {
            Build::Gpt => Output::Same,
            Build::Bert { predicts: false } => Output::None,
            Build::Bert { predicts: true } => Output::InTraining,
            Build::Llama { .. } => Output::Own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;

    fn of(name: &str) -> (u64, u64) {
        let model = KNOWN.iter().find(|model| model.name == name).unwrap();
        (model.matrix(), model.parameters())
    }

    #[test]
    fn totals_are_those_that_are_published() {
        let reference: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/reference/lookup.json")).unwrap();
        let published = reference["parameters"].as_array().unwrap();
        assert_eq!(published.len(), KNOWN.len());
        for model in KNOWN {
            let shape = |entry: &&serde_json::Value| {
                ["vocabulary", "width", "layers"].map(|key| entry[key].as_u64())
                    == [model.vocabulary, model.dims, model.layers].map(Some)
            };
            let entry = published.iter().find(shape).unwrap();
            assert_eq!(Some(model.parameters()), entry["parameters"].as_u64(), "{}", model.name);
        }
    }

    #[test]
    fn the_matrices_weigh_what_courses_say() {
        assert_eq!(of("GPT-2 small"), (38_597_376, 124_439_808));
        assert_eq!(of("GPT-3").0, 617_558_016);
        assert_eq!(of("Llama 3 8B"), (525_336_576, 8_030_261_248));
        assert!(KNOWN.iter().all(|model| 10 * model.matrix() < 6 * model.parameters()));
    }
}
