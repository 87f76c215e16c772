//! The line at the bottom: what is on the map, how it is measured, what runs, what went wrong.

use egui::{Align, Button, Label, Layout, ProgressBar, RichText, Ui};

use super::theme::{self, size, space};
use super::{Outbox, widgets};
use crate::app::{Severity, State};
use crate::geometry::projection;
use crate::scene::Command;
use crate::scene::cloud::Cloud;
use crate::scene::honesty;
use crate::scene::numbers::percent;
use crate::scene::view::Page;
use crate::vectors::Table;

/// Shows the line, and above it what must be told.
pub fn show(ui: &mut Ui, state: &State, out: &mut Outbox) {
    notices(ui, state, out);
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        ui.spacing_mut().item_spacing.x = space::S;
        // From the right, so that what is long on the left ends where this begins.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            running(ui, state, out);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| facts(ui, state));
        });
    });
}

/// Errors and other news, until they are dismissed.
fn notices(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let notices = state.notices().all();
    if notices.is_empty() {
        return;
    }
    let tones = theme::tones(ui);
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.set_max_width(ui.available_width() - 40.0);
            for notice in notices {
                let (icon, color) = match notice.severity {
                    Severity::Info => ("", tones.text),
                    Severity::Warning => ("⚠ ", tones.warning),
                    Severity::Error => ("⚠ ", tones.error),
                };
                let text = RichText::new(format!("{icon}{}", notice.text)).color(color);
                ui.add(Label::new(text).wrap().selectable(true));
            }
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, "×", "Dismiss", "Dismiss these messages").clicked() {
                out.send(Command::DismissNotices);
            }
        });
    });
}

/// What the page for the matrix is about, where one is there.
fn matrix_facts(ui: &mut Ui, state: &State) {
    let Some(matrix) = state.derived().lookup().matrix() else { return };
    let table = matrix.table();
    fact(ui, &matrix.document.title, "The matrix that this page is about.");
    dot(ui);
    let shape = format!("{} rows × {}", widgets::thousands(table.rows() as u64), table.dims());
    fact(ui, &shape, "Rows of the matrix, and numbers in each row.");
    dot(ui);
    fact(ui, table.dtype().name(), "How each number is stored.");
}

fn facts(ui: &mut Ui, state: &State) {
    if state.view().page == Page::Matrix {
        return matrix_facts(ui, state);
    }
    let (Some(document), Some(table)) = (state.document(), state.table()) else {
        ui.label(RichText::new("Nothing is open").color(theme::tones(ui).quiet));
        return;
    };
    fact(ui, &document.title, &format!("{} · {}", document.format, document.source));
    dot(ui);
    let shape = format!("{} {}s × {}", widgets::thousands(table.rows() as u64), table.noun(), table.dims());
    fact(ui, &shape, "Rows of the table, and numbers in each row.");
    dot(ui);
    fact(ui, state.view().map.metric.name(), "How nearness is measured.");
    if let Some(cloud) = state.derived().cloud() {
        let map = &cloud.projection;
        dot(ui);
        let shares = map.explained_variance_ratio.as_ref();
        let axes = cloud.axes.map(|axis| shares.and_then(|shares| shares.get(axis)));
        let in_the_round = cloud.layout == projection::Layout::Polar;
        let title = super::left::method_title(map.method);
        let (text, about) = match (axes, map.unfinished) {
            _ if cloud.names.is_some() => ("named axes".to_owned(), "Each word lies where its cosines say."),
            _ if in_the_round => {
                (format!("{title}, polar"), "Direction by two components, distance from the middle by all.")
            }
            _ if cloud.turn().is_some() => {
                (format!("{title} in 3-D"), "Three components, as seen from one side.")
            }
            ([Some(x), Some(y)], _) => (
                format!("{title} {} + {}", percent(*x), percent(*y)),
                "The share of the total variance of all dimensions that each axis of the map shows.",
            ),
            (_, Some([done, all])) => {
                (format!("{title}, {done} of {all} rounds"), "The points have not come to where they go.")
            }
            _ => (title.to_owned(), "How the words came to lie where they do."),
        };
        fact(ui, &text, about);
        if state.view().map.projection.normalize {
            dot(ui);
            fact(ui, "unit-length rows", "Every row was scaled to length 1 before it was placed.");
        }
        if let Some(found) = state.derived().honesty(state.view()).filter(|found| found.k > 0) {
            dot(ui);
            fact(
                ui,
                &format!("{:.1} of {} neighbors kept", found.mean, found.k),
                &honesty::figure(found, &state.view().map.subset.noun(table.noun())),
            );
        }
        subset(ui, state, table, cloud);
    }
    let outside = state.derived().cloud().map_or(0, |cloud| cloud.outside);
    if outside > 0 {
        dot(ui);
        let text = format!("{} far outside the picture", widgets::thousands(outside as u64));
        fact(
            ui,
            &text,
            "Some points lie so far out that the others would become a dot: zoom out to see them.",
        );
    }
    let selected = state.view().map.selection.len();
    if selected > 0 {
        dot(ui);
        fact(ui, &format!("{} selected", widgets::thousands(selected)), "Esc selects nothing.");
    }
    warnings(ui, &document.all_warnings());
}

/// Which rows of the table are on the map.
fn subset(ui: &mut Ui, state: &State, table: &Table, cloud: &Cloud) {
    let isolated = &state.view().map.subset.isolated;
    if !isolated.is_empty() {
        dot(ui);
        let text = format!("{} isolated", widgets::thousands(isolated.len()));
        fact(ui, &text, "Only these words were projected; distances are those of all dimensions, as before.");
    }
    let wanted = if isolated.is_empty() { table.rows() as u64 } else { isolated.len() };
    if let Some(sampled) = cloud.projection.sampled_rows.as_ref().filter(|rows| (rows.len() as u64) < wanted)
    {
        dot(ui);
        let text = format!("a sample of {} words", widgets::thousands(sampled.len() as u64));
        fact(ui, &text, "The table is too large for this projection: some rows were drawn at random.");
    }
    let hidden = &state.view().map.subset.hidden;
    if !hidden.is_empty() {
        dot(ui);
        fact(ui, &format!("{} hidden", widgets::thousands(hidden.len())), "Shift+H shows them again.");
    }
}

/// What was not as it should be in the file, kept in sight.
fn warnings(ui: &mut Ui, warnings: &[String]) {
    let Some(first) = warnings.first() else { return };
    dot(ui);
    let tones = theme::tones(ui);
    let text = match warnings.len() {
        1 => format!("⚠ {first}"),
        count => format!("⚠ {count} warnings: {first}"),
    };
    let label = Label::new(RichText::new(text).color(tones.warning).size(size::SMALL)).truncate();
    ui.add(label).on_hover_ui(|ui| {
        for warning in warnings {
            ui.label(warning);
        }
    });
}

fn fact(ui: &mut Ui, text: &str, about: &str) {
    let color = theme::tones(ui).quiet;
    ui.add(Label::new(RichText::new(text).color(color).size(size::SMALL))).on_hover_text(about);
}

fn dot(ui: &mut Ui) {
    let color = theme::tones(ui).quiet;
    ui.label(RichText::new("·").color(color).size(size::SMALL));
}

/// Work in the background, with its progress and a way to give it up.
fn running(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let running = state.running();
    let Some((what, fraction)) = running.first() else { return };
    let cancel = Button::new(RichText::new("Cancel").size(size::SMALL)).small();
    if ui.add(cancel).on_hover_text("Give up the running work (Ctrl+.)").clicked() {
        out.send(Command::CancelJobs);
    }
    ui.add(ProgressBar::new(*fraction).desired_width(90.0).desired_height(6.0));
    let more = running.len().saturating_sub(1);
    let text = if more > 0 { format!("{what} and {more} more") } else { (*what).to_owned() };
    ui.label(RichText::new(text).size(size::SMALL).color(theme::tones(ui).quiet));
}
