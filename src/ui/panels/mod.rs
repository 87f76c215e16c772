//! The panel on the right: pages that explain what was chosen.

mod analogy;
mod axes;
mod clusters;
mod compare;
mod evaluate;
mod formula;
mod row;
mod tokens;
mod word;

use egui::{ScrollArea, Ui};

use super::{Outbox, focus, widgets};
use crate::app::State;
use crate::scene::Command;
use crate::scene::view::{Page, Tab};

/// What the pages remember from frame to frame.
#[derive(Default)]
pub struct Panels {
    analogy: analogy::AnalogyPage,
    axes: axes::AxesPage,
    evaluate: evaluate::EvaluatePage,
    formula: formula::FormulaPage,
    tokens: tokens::TokensPage,
    /// The page whose name is to have the keyboard once it is shown.
    wanted: Option<Tab>,
}

const TABS: [(Tab, &str, &str); 9] = [
    (Tab::Word, "Word", "The chosen word and its nearest words (Ctrl+1)"),
    (Tab::Analogy, "Analogy", "A is to B as C is to … (Ctrl+2)"),
    (Tab::Clusters, "Clusters", "Groups of words that lie together (Ctrl+3)"),
    (Tab::Tokens, "Tokens", "One text under eleven tokenizers (Ctrl+4)"),
    (Tab::Row, "Row", "The chosen row of the lookup matrix (Ctrl+5)"),
    (Tab::Formula, "Formula", "What any formula of words comes to (Ctrl+6)"),
    (Tab::Axes, "Axes", "Axes that you name by words at their ends (Ctrl+7)"),
    (Tab::Evaluate, "Evaluate", "How the vectors do on analogies and on pairs of words (Ctrl+8)"),
    (Tab::Compare, "Compare", "This table beside another one (Ctrl+9)"),
];

impl Panels {
    /// Gives the keyboard to the name of a page, to which a key has turned: one goes on from there.
    pub fn go_on_from(&mut self, tab: Tab) {
        self.wanted = Some(tab);
    }

    /// Leaves the keyboard where it is: there is no page to turn to.
    pub fn stay(&mut self) {
        self.wanted = None;
    }

    /// Shows the tabs and the chosen page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        // The page for tokens has all that its small sister has, and where rows are looked up there is one field for the text.
        let doubled = state.view().page != Page::Map;
        let tab = match state.view().panels.tab {
            Tab::Tokens if doubled => Tab::Row,
            tab => tab,
        };
        let tabs: Vec<_> = TABS.into_iter().filter(|(tab, ..)| !doubled || *tab != Tab::Tokens).collect();
        let wanted = self.wanted.take_if(|wanted| *wanted == tab).is_some();
        if let Some(chosen) = widgets::choose_and_focus(ui, tab, &tabs, wanted) {
            out.send(Command::ShowTab(chosen));
        }
        widgets::rule(ui);
        let page = |ui: &mut Ui| match tab {
            Tab::Word => word::show(ui, state, out),
            Tab::Analogy => self.analogy.show(ui, state, out),
            Tab::Clusters => clusters::show(ui, state, out),
            Tab::Tokens => self.tokens.show(ui, state, out),
            Tab::Row => row::show(ui, state, out),
            Tab::Formula => self.formula.show(ui, state, out),
            Tab::Axes => self.axes.show(ui, state, out),
            Tab::Evaluate => self.evaluate.show(ui, state, out),
            Tab::Compare => compare::show(ui, state, out),
        };
        // The room of the scroll bar is kept free where there is none, so that nothing moves when it comes.
        let width = ui.available_width() - ui.spacing().scroll.floating_allocated_width;
        let area = ScrollArea::vertical().id_salt(tab).auto_shrink(false);
        area.show(ui, |ui| {
            ui.set_max_width(width);
            focus::followed(ui, page);
        });
    }
}
