//! A tokenizer of one's own: worked out in the background as everything in [`super::derived`].

use std::sync::Arc;

use super::State;
use super::notices::Severity;
use super::reading::read_text;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::progress::{Cancelled, Progress};
use crate::scene::view::{Asked, TrainingText, TrainingView};
use crate::tokens::training::{OtherSize, Stage, TrainError, Trained, novels, train};

/// The longest text that is trained on, in bytes: 64 MiB.
const LONGEST: usize = 64 << 20;

/// What was trained, or what is wrong with it.
pub type Outcome = Result<Arc<Trained>, String>;

/// The stage of which training, after how many merges, and the text that is shown on the way.
type StageOf = (Same<Trained>, usize, Arc<str>);

/// The newest training, and what one looks at of it.
pub struct Training {
    trained: Latest<Asked, Outcome>,
    stage: Latest<StageOf, Stage>,
    /// What vocabularies of other sizes come to, where those are learned each by itself; the smallest first.
    sizes: Latest<Same<Trained>, Vec<OtherSize>>,
}

impl Training {
    pub(super) fn new() -> Self {
        Self {
            trained: Latest::new("Training a tokenizer"),
            stage: Latest::new("Looking at a merge"),
            sizes: Latest::new("Training at other sizes"),
        }
    }

    /// Asks for what the view wants trained, and for the stage of it that one looks at.
    pub(super) fn ask(&mut self, view: &TrainingView, wake: &Wake) {
        let Some(asked) = view.asked.clone() else { return };
        self.trained.ask(asked.clone(), wake, move |progress| outcome(&asked, progress));
        let Some(trained) = self.trained(view).cloned() else { return };
        let Some(learned) = &trained.learned else {
            self.ask_sizes(trained, wake);
            return;
        };
        let merges = view.merges.map_or(learned.merges.len(), |merges| merges as usize);
        let samples = Arc::clone(&view.samples);
        self.stage.ask((Same(Arc::clone(&trained)), merges, Arc::clone(&samples)), wake, move |progress| {
            match &trained.learned {
                Some(learned) => learned.stage(&trained.words, merges, &samples, progress),
                None => Err(Cancelled),
            }
        });
    }

    fn ask_sizes(&mut self, trained: Arc<Trained>, wake: &Wake) {
        /// What parts of the vocabulary are trained.
        const PARTS: [usize; 3] = [8, 4, 2];
        self.sizes.ask_with_drafts(Same(Arc::clone(&trained)), wake, move |progress, drafts| {
            let mut found: Vec<OtherSize> = Vec::new();
            for part in PARTS {
                progress.check()?;
                let size = trained.tokenizer.vocabulary_size() / part;
                match trained.at_size(size, progress) {
                    Ok(other) => found.push(other),
                    Err(TrainError::Cancelled(cancelled)) => return Err(cancelled),
                    // Of too few pieces there is no such model.
                    Err(TrainError::Rules(_) | TrainError::Nothing) => {}
                }
                progress.report(found.len() as f32 / PARTS.len() as f32);
                drafts.show(found.clone());
            }
            Ok(found)
        });
    }

    /// What vocabularies of other sizes come to, as far as that is known, where each is learned by itself.
    pub fn sizes(&self, trained: &Arc<Trained>) -> Option<&Arc<Vec<OtherSize>>> {
        let of = Same(Arc::clone(trained));
        self.sizes.answer_to(&of).or_else(|| self.sizes.draft_of(&of).map(|(_, draft)| draft))
    }

    /// What the view asks for, once it is there, or what is wrong with it.
    pub fn outcome(&self, view: &TrainingView) -> Option<&Outcome> {
        self.trained.answer_to(view.asked.as_ref()?).map(AsRef::as_ref)
    }

    /// What the view asks for, once it has been trained.
    pub fn trained(&self, view: &TrainingView) -> Option<&Arc<Trained>> {
        self.outcome(view)?.as_ref().ok()
    }

    /// The newest stage of a training: the one before while another is worked on.
    pub fn stage(&self, trained: &Arc<Trained>) -> Option<&Stage> {
        self.stage.answered().filter(|(known, ..)| *known == Same(Arc::clone(trained)))?;
        self.stage.newest().map(AsRef::as_ref)
    }

    /// How far training is, while it runs.
    pub fn progress(&self) -> Option<f32> {
        self.trained.progress().map(|(_, fraction)| fraction)
    }

    /// Whether training was given up.
    pub fn gave_up(&self) -> bool {
        self.trained.gave_up()
    }

    /// Whether looking at a stage of it was.
    pub fn stage_gave_up(&self) -> bool {
        self.stage.gave_up()
    }

    /// Lets training begin anew that was given up or failed, or that read a file, which may say something else by now.
    pub(super) fn begin_anew(&mut self, view: &TrainingView) {
        let reads_file =
            view.asked.as_ref().is_some_and(|asked| matches!(asked.recipe.text, TrainingText::File(_)));
        if reads_file || matches!(self.outcome(view), Some(Err(_))) {
            self.trained.clear();
        }
        self.trained.try_again();
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let all: [&dyn Slot; 3] = [&self.trained, &self.stage, &self.sizes];
        all.into_iter()
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let all: [&mut dyn Slot; 3] = [&mut self.trained, &mut self.stage, &mut self.sizes];
        all.into_iter()
    }
}

fn outcome(asked: &Asked, progress: &dyn Progress) -> Result<Outcome, Cancelled> {
    let text = match (&asked.recipe.text, &asked.own) {
        (TrainingText::Novels, _) => novels(),
        (TrainingText::Own, own) => own.clone().unwrap_or_default(),
        (TrainingText::File(path), _) => match read_text(path, LONGEST) {
            Ok(text) => text.into(),
            Err(problem) => return Ok(Err(problem)),
        },
    };
    let (kind, size) = (asked.recipe.kind, asked.recipe.size.0 as usize);
    match train(&text, kind, size, progress) {
        Ok(trained) => Ok(Ok(Arc::new(trained))),
        Err(TrainError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}

impl State {
    /// Compares the tokenizer that was trained with the others, or no longer.
    pub(super) fn keep_trained(&mut self, keep: bool) {
        let trained = self.derived.reading().training().trained(&self.view.tokens.training);
        let Some(tokenizer) = trained.map(|trained| Arc::clone(&trained.tokenizer)) else {
            self.notices.say(Severity::Warning, "No tokenizer has been trained yet.");
            return;
        };
        let reading = self.derived.reading_mut();
        match (reading.name_of(&tokenizer).map(str::to_owned), keep) {
            (None, true) => {
                let name = reading.keep(tokenizer);
                let said = format!("{name} is compared with the others, until the program is closed.");
                self.notices.say(Severity::Info, said);
            }
            (Some(name), false) => {
                reading.let_go(&tokenizer);
                self.notices.say(Severity::Info, format!("{name} is no longer compared."));
            }
            (Some(_), true) | (None, false) => {}
        }
    }
}
