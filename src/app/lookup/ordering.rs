//! In what order the rows stand.

use std::sync::Arc;

use super::answers::pointless;
use super::{Lookup, Matrix, Sorted};
use crate::jobs::{Slot, Wake};
use crate::lookup::order::{Key, Order, Standing, order};
use crate::scene::axes::{AxisReport, NamedAxis};
use crate::scene::names::RowNames;
use crate::scene::view::{MatrixView, RowOrder};

/// What an order is asked by: the words of a direction count where it goes along one, the column where it is one.
#[derive(Clone, PartialEq)]
pub(super) struct OrderQuestion {
    by: RowOrder,
    column: u32,
    axis: Option<NamedAxis>,
    ascending: bool,
}

impl OrderQuestion {
    fn of(view: &MatrixView) -> Option<Self> {
        let by = view.order;
        let column = if by == RowOrder::Column { view.column } else { 0 };
        let axis = (by == RowOrder::Direction).then(|| view.direction.axis());
        (by != RowOrder::Id || view.ascending).then_some(Self { by, column, axis, ascending: view.ascending })
    }
}

impl Lookup {
    pub(super) fn ask_order(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let Some(question) = OrderQuestion::of(view) else {
            self.order.clear();
            return;
        };
        let (names, asked) = (matrix.names.clone(), question.clone());
        self.order.ask(question, wake, move |progress| {
            let table = names.table();
            let key = match key(&names, &asked) {
                Ok(key) => key,
                Err(said) => return Ok(Err(said)),
            };
            match key {
                Some(key) => order(table, &key, asked.ascending, progress).map(Ok),
                // From the last ID to the first.
                None => Ok(Ok(Order::backward(table.rows()))),
            }
        });
    }

    /// The order that the view wants, or the one before while it is worked out; nothing where rows stand by their IDs.
    pub fn order_shown(&self, view: &MatrixView) -> Option<&Arc<Sorted>> {
        OrderQuestion::of(view)?;
        self.order.newest()
    }

    /// How the rows stand by [`Lookup::order_shown`].
    pub fn standing(&self, view: &MatrixView) -> Standing<'_> {
        Standing(self.order_shown(view).and_then(|sorted| sorted.as_ref().as_ref().ok()))
    }

    /// Whether the rows stand as the view wants them.
    pub fn is_sorted(&self, view: &MatrixView) -> bool {
        OrderQuestion::of(view).is_none_or(|question| self.order.answer_to(&question).is_some())
    }

    /// Whether the rows are being sorted.
    pub fn is_sorting(&self) -> bool {
        self.order.progress().is_some()
    }
}

/// The key that rows are sorted by, nothing for their IDs; or why there is none.
fn key(names: &RowNames, asked: &OrderQuestion) -> Result<Option<Key>, String> {
    let table = names.table();
    Ok(Some(match asked.by {
        RowOrder::Id => return Ok(None),
        RowOrder::Norm => Key::Norm,
        RowOrder::Column => Key::Column((asked.column as usize).min(table.dims() - 1)),
        RowOrder::Likeness(row) if row as usize >= table.rows() => {
            return Err(format!("There is no row {row} in this matrix."));
        }
        RowOrder::Likeness(row) => match pointless(table, row) {
            Some(why) => return Err(format!("{why}: it points nowhere, and nothing is like it.")),
            None => Key::Likeness(row),
        },
        RowOrder::Direction => {
            let axis = asked.axis.clone().unwrap_or_default();
            let direction = AxisReport::direction(names, &axis);
            Key::Direction(direction.ok_or(
                "These words make no direction: both ends need one that the matrix has, and they must differ.",
            )?)
        }
    }))
}
