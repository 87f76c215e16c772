//! What a person chose to see, as plain data: the view, the commands that change it, and the files that keep it.

pub mod actions;
pub mod axes;
pub mod choice;
pub mod cloud;
pub mod coloring;
pub mod command;
pub mod comparison;
pub mod density;
pub mod document;
pub mod drawing;
pub mod evaluation;
pub mod formula;
pub mod group_names;
pub mod honesty;
pub mod model_name;
pub mod names;
pub mod numbers;
pub mod opening;
pub mod palette;
pub mod points;
pub mod relation;
pub mod rendering;
pub mod row_set;
pub mod session;
pub mod subset;
pub mod token_view;
pub mod training_view;
pub mod view;
pub mod words;
pub mod work;

pub use command::{Command, WindowRequest};
pub use document::{Document, DocumentSource};
pub use names::RowNames;
pub use row_set::RowSet;
pub use subset::Subset;
pub use view::View;
