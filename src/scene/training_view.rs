//! What a person chose to train, and to see of it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::tokens::training::Kind;

/// A tokenizer to be trained, and what of it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingView {
    /// What is to be trained next.
    pub recipe: Recipe,
    /// The text that a person wrote to train on.
    pub own: Arc<str>,
    /// What was asked for; nothing before somebody asks.
    pub asked: Option<Asked>,
    /// After how many merges one looks at it; all of them where nothing is said.
    pub merges: Option<u32>,
    /// A text whose words are shown on the way.
    pub samples: Arc<str>,
    /// How many numbers a row of the model's matrix would have.
    pub dims: u32,
}

/// What is trained, and on what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    pub kind: Kind,
    /// How many entries the vocabulary is to have.
    pub size: VocabularySize,
    pub text: TrainingText,
}

/// A number of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VocabularySize(pub u32);

impl VocabularySize {
    /// The fewest and the most entries that are trained.
    pub const RANGE: [u32; 2] = [100, 50_000];
}

impl Default for VocabularySize {
    fn default() -> Self {
        Self(2_000)
    }
}

/// What is trained on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrainingText {
    /// The novels that come with the program.
    #[default]
    Novels,
    /// What a person wrote.
    Own,
    /// A file.
    File(PathBuf),
}

/// A recipe that was followed, with the text that a person had written by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub recipe: Recipe,
    pub own: Option<Arc<str>>,
}

impl Default for TrainingView {
    fn default() -> Self {
        Self {
            recipe: Recipe::default(),
            own: "".into(),
            asked: None,
            merges: None,
            samples: "the unhappiest strawberries".into(),
            dims: 300,
        }
    }
}

impl TrainingView {
    /// The same within the bounds that the program keeps.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let [least, most] = VocabularySize::RANGE;
        let recipes =
            self.asked.as_mut().map(|asked| &mut asked.recipe).into_iter().chain([&mut self.recipe]);
        recipes.for_each(|recipe| recipe.size.0 = recipe.size.0.clamp(least, most));
        self.dims = self.dims.clamp(1, 100_000);
        self
    }

    /// Whether nothing but a number or a text differs.
    #[must_use]
    pub fn is_moved_on(&self, before: &Self) -> bool {
        self.recipe.kind == before.recipe.kind && self.recipe.text == before.recipe.text
    }

    /// What is asked for by following the recipe now.
    #[must_use]
    pub fn to_ask(&self) -> Asked {
        let own = (self.recipe.text == TrainingText::Own).then(|| Arc::clone(&self.own));
        Asked { recipe: self.recipe.clone(), own }
    }
}
