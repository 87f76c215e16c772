//! Everything that a person, a lesson or a script can do to the program, as data.

use std::path::PathBuf;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::axes::NamedAxes;
use super::density::DensityChoice;
use super::palette::Theme;
use super::relation::RelationChoice;
use super::rendering::PictureChoice;
use super::row_set::RowSet;
use super::session::Session;
use super::view::{
    AnalogyQuestion, ChatView, ChosenToken, ClusterChoice, ColorBy, DocumentId, Framing, LanguageChoice,
    LetterChoice, MatrixRoom, MatrixView, Page, ProjectionChoice, Room, SelectHow, Tab, TokenMarks,
    TrainingView,
};
use crate::geometry::Metric;
use crate::geometry::projection::Layout;
use crate::tokens::vocabulary::Filter;
use crate::vectors::SearchMode;

/// One change. The program's state changes by commands and in no other way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Open these files, the last of them on the map.
    Open(Vec<PathBuf>),
    /// Open one of several things that a file or a folder holds, by the names of the parts that lead to it.
    OpenPart(PathBuf, Vec<String>),
    /// Open a sample that ships with the program.
    OpenSample(String),
    ShowDocument(DocumentId),
    CloseDocument(DocumentId),
    /// Save the table on the map in the format that the ending of the name says.
    SaveVectors(PathBuf),
    /// Save the map as a picture; the ending of the name says whether as PNG, SVG or PDF.
    SavePicture(PathBuf),
    /// Writes where the words lie to a file, with what else is known of them; the ending of its name says as what.
    SavePoints(PathBuf),
    /// Writes the selected words to a file: one a line as text, or with what is known of them as CSV or Parquet.
    SaveWords(PathBuf),
    /// Save what is seen, to be reopened exactly.
    SaveSession(PathBuf),

    SetProjection(ProjectionChoice),
    /// Put these two components, counted from 0, on the axes.
    SetAxes([usize; 2]),
    /// Make places of the components in this way; a turn of the space is one, too.
    SetLayout(Layout),
    /// Look here; `None` shows everything.
    SetFraming(Option<Framing>),
    /// Move the camera to these rows.
    FlyTo(RoaringBitmap),
    /// Move the camera to the selected rows and the nearest ones of those from which lines go.
    ShowNeighbors,
    SetMetric(Metric),
    SetNeighbors(usize),
    ShowNeighborLines(bool),
    SetColor(ColorBy),
    SetClustering(ClusterChoice),
    /// Draw the density of the points, or do not.
    SetDensity(DensityChoice),
    ShowLabels(bool),
    SetLabelSize(f32),
    /// Name regions after their groups while the map is seen from afar, or do not.
    NameGroups(bool),
    SetPointSize(f32),

    Select(RoaringBitmap, SelectHow),
    /// Select these rows and move the camera to them.
    GoTo(RoaringBitmap),
    /// Explain this one of the selected rows.
    Explain(u32),
    /// Select words by their names; those that the table lacks are said.
    SelectWords(Vec<String>),
    ClearSelection,
    /// Select all that have a point on the map.
    SelectAll,
    /// Select those on the map that are not selected.
    InvertSelection,
    /// Add the nearest words of the selected ones that are on the map to the selection, once they are found.
    GrowSelection,
    /// Select all words that a search finds, once it has found them.
    SelectMatches(String, SearchMode),
    /// What such a search for words came to: select them, if the document and the selection are still what they were.
    SelectFound {
        document: DocumentId,
        before: RowSet,
        rows: RoaringBitmap,
    },
    /// Have these rows alone on the map, projected by themselves; none of them stands for all rows again.
    Isolate(RoaringBitmap),
    /// Hide these rows and no others.
    SetHidden(RoaringBitmap),
    AskAnalogy(Option<AnalogyQuestion>),
    /// Show all these pairs at once.
    ShowRelation(Option<RelationChoice>),
    /// Name axes by words at their ends, and lay the map out along them or not.
    NameAxes(NamedAxes),
    /// Work out a formula of words and show where it lies.
    AskFormula(Option<String>),
    /// Score the table on analogy questions and pairs of words, and show how it does; or no longer.
    Evaluate(bool),
    /// Compare the table on the map with that of another document.
    CompareWith(Option<DocumentId>),
    /// Show the map of the table that is compared with beside this one's.
    ShowBeside(bool),
    /// Score on the questions of this file; `None` stands for those that come with the program.
    UseAnalogies(Option<PathBuf>),
    /// Score on the pairs of this file; `None` stands for those that come with the program.
    UsePairs(Option<PathBuf>),

    SetText(String),
    AddSpecial(bool),
    TypedSpecial(bool),
    /// Show a tokenizer among those that are compared, or leave it out.
    ShowTokenizer(String, bool),
    /// Write this beside the text of tokens.
    ShowMarks(TokenMarks),
    /// Open the page for tokens at this.
    ShowRoom(Room),
    /// Look into the tokenizer of this name in the comparison.
    Examine(String),
    /// List these entries of its vocabulary.
    Browse(Filter),
    /// Read a parallel text from a file, and compare languages on it.
    OpenLanguages(PathBuf),
    /// Compare languages on this parallel text, or on the one that comes with the program.
    UseLanguages(Option<String>),
    /// Compare languages so.
    CompareLanguages(LanguageChoice),
    /// Prepare this training, or look at it so.
    PrepareTraining(TrainingView),
    /// Train what is prepared.
    Train,
    /// Compare the tokenizer that was trained with the others, or no longer.
    KeepTrained(bool),
    /// Write the tokenizer that was trained to a file.
    SaveTokenizer(PathBuf),
    /// Prepare to train on this file.
    TrainOn(PathBuf),
    /// Hold this conversation.
    Talk(ChatView),
    /// Count this letter in this text.
    CountLetters(LetterChoice),
    /// Read these IDs, as they are typed.
    ReadIds(String),
    /// Take this text apart.
    TakeApart(String),
    /// Write the rows that the sentence picks out of the matrix to a file.
    SaveRows(PathBuf),
    /// Look at the lookup matrix so.
    LookUp(Box<MatrixView>),
    /// Opens a room of the page for the matrix.
    LookInto(MatrixRoom),
    /// Choose a token of the comparison, and its row where the table on the map has one.
    ChooseToken(Option<ChosenToken>),

    ShowPage(Page),
    ShowTab(Tab),
    ShowLeftPanel(bool),
    ShowRightPanel(bool),
    Present(bool),
    SetTheme(Theme),
    /// How large everything is drawn; 1 is usual.
    SetScale(f32),
    ReduceMotion(bool),
    /// Make pictures in this way.
    SetPicture(PictureChoice),

    Undo,
    Redo,
    /// Give up all work that runs.
    CancelJobs,
    /// Ends the work on the map where it stands: what is shown is the map.
    StopMap,
    DismissNotices,
    /// Open a session's document and show it as the session says.
    Restore(Box<Session>),
    /// Tell the person how something that they asked for went.
    Report {
        text: String,
        failed: bool,
    },
    /// Something that only the window can do.
    Window(WindowRequest),
}

/// Requests that concern the window alone and leave the view as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowRequest {
    ChooseFile,
    ChooseFolder,
    SaveVectors,
    SavePicture,
    SavePoints,
    SaveWords,
    /// Write the rows that a sentence picked out of the matrix.
    SaveRows,
    /// Write the tokenizer that was trained.
    SaveTokenizer,
    /// Choose a text to train on.
    ChooseTrainingText,
    SaveSession,
    ChooseAnalogies,
    ChoosePairs,
    ChooseLanguages,
    Search,
    /// Go to the field that the text is written in.
    WriteText,
    Palette,
    /// Open the guide at the stage of the way that one is at.
    Guide,
    /// The guide at the stage after the map, which has no page of its own.
    GuideToContext,
    Help,
    About,
    ZoomIn,
    ZoomOut,
    Escape,
    CopyWords,
    /// Copy the map as it is seen, as a picture.
    CopyPicture,
    /// Copy the nearest words that are listed, with their scores.
    CopyNeighbors,
    /// Copy the tokens of the text, as a person reads them.
    CopyTokens,
    /// Copy the IDs of the text, a tokenizer a line.
    CopyIds,
    /// Copy all that is known of the tokens, as JSON.
    CopyTokensJson,
    FullScreen,
    Quit,
}

impl Command {
    /// Whether this command, following `earlier` within one gesture, continues it, so that undo takes both back at once.
    #[must_use]
    pub fn continues(&self, earlier: &Self) -> bool {
        let continuous = matches!(
            self,
            Self::SetFraming(_)
                | Self::SetLayout(Layout::Space(_))
                | Self::SetDensity(_)
                | Self::SetNeighbors(_)
                | Self::SetClustering(_)
                | Self::SetLabelSize(_)
                | Self::SetPointSize(_)
                | Self::SetText(_)
                | Self::Browse(_)
                | Self::TakeApart(_)
                | Self::ReadIds(_)
                | Self::CompareLanguages(_)
                | Self::UseLanguages(_)
        );
        match (self, earlier) {
            // What is typed in one field goes on; another field, or a switch, is something else.
            (Self::CountLetters(now), Self::CountLetters(before)) => now.is_typed_on(before),
            (Self::LookUp(now), Self::LookUp(before)) => now.is_moved_on(before),
            // A key that is held goes from token to token, or from row to row.
            (Self::ChooseToken(_), Self::ChooseToken(_))
            | (Self::Select(_, SelectHow::Replace), Self::Select(_, SelectHow::Replace)) => true,
            (Self::Talk(now), Self::Talk(before)) => now.is_typed_on(before),
            (Self::PrepareTraining(now), Self::PrepareTraining(before)) => now.is_moved_on(before),
            _ => continuous && std::mem::discriminant(self) == std::mem::discriminant(earlier),
        }
    }
}
