//! How the map looks: colors, sizes, words.

use egui::Ui;

use crate::app::State;
use crate::scene::view::{ColorBy, LETTER_SIZES, POINT_SIZES};
use crate::scene::{Command, density};
use crate::ui::theme::space;
use crate::ui::widgets::chooser::{self, Line};
use crate::ui::{Outbox, widgets};
use crate::vectors::Table;

/// What the colors stand for, and how large points are.
pub fn color(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    widgets::heading(ui, "Color");
    let color = &state.view().map.color;
    let name = |choice: &ColorBy| match choice {
        ColorBy::Automatic => "Automatic".to_owned(),
        ColorBy::Plain => "One color".to_owned(),
        ColorBy::Clusters => "Clusters".to_owned(),
        ColorBy::Honesty => "Faithfulness".to_owned(),
        ColorBy::Nearness => "Nearness to selection".to_owned(),
        ColorBy::Norm => "Row length".to_owned(),
        ColorBy::Rank => "Place in the file".to_owned(),
        ColorBy::Column(column) => column.clone(),
    };
    let columns = table.columns().iter().map(|column| ColorBy::Column(column.name.clone()));
    let own = [
        ColorBy::Automatic,
        ColorBy::Plain,
        ColorBy::Clusters,
        ColorBy::Honesty,
        ColorBy::Nearness,
        ColorBy::Norm,
        ColorBy::Rank,
    ];
    let choices: Vec<ColorBy> = own.into_iter().chain(columns).collect();
    let names: Vec<String> = choices.iter().map(name).collect();
    let lines: Vec<Line<'_>> = names.iter().map(|title| Line { title, about: "", proposed: None }).collect();
    let chosen = choices.iter().position(|choice| choice == color).unwrap_or(usize::MAX);
    widgets::row(ui, "Color by", "What the colors of the points stand for.", |ui| {
        if let Some(picked) = chooser::show(ui, "Color by", chosen, &lines, 120.0) {
            out.send(Command::SetColor(choices[picked].clone()));
        }
    });
    if *color == ColorBy::Nearness && state.view().map.selection.is_empty() {
        widgets::hint(ui, "Select a word to see how near the others are to it.");
    }
    let name = ("point size", "How wide a point is on the screen.");
    let [least, most] = POINT_SIZES.map(f64::from);
    let size = state.view().map.point_size.into();
    if let Some(size) = widgets::slider(ui, name, size, least..=most, (0, "")) {
        out.send(Command::SetPointSize(size as f32));
    }
}

/// How densely the words lie.
pub fn density(ui: &mut Ui, state: &State, table: &Table, out: &mut Outbox) {
    widgets::heading(ui, "Density");
    let choice = state.view().map.density;
    let mut wanted = choice;
    let explanation = density::explanation(table.noun());
    ui.checkbox(&mut wanted.show, "Density of the words").on_hover_text(format!("{explanation}."));
    if choice.show {
        let in_space = state.derived().cloud().is_some_and(|cloud| cloud.turn().is_some());
        let seen = if in_space { " They follow the map as it is seen from here, not the space." } else { "" };
        widgets::hint(ui, &format!("{explanation}, from the outermost to the innermost.{seen}"));
        ui.checkbox(&mut wanted.points, "Points over it");
        let [least, most] = density::SMOOTHINGS.map(f64::from);
        let name = ("smooth", "How far around itself each word counts, in hundredths of the map.");
        let points = state.derived().cloud().map_or(0, |cloud| cloud.points.len());
        let smoothing = choice.smoothing_of(points).into();
        if let Some(smoothing) = widgets::slider(ui, name, smoothing, least..=most, (1, "")) {
            wanted.smoothing = Some(smoothing as f32);
        }
    }
    if wanted != choice {
        out.send(Command::SetDensity(wanted));
    }
}

/// Which words are written on the map.
pub fn labels(ui: &mut Ui, state: &State, out: &mut Outbox) {
    widgets::heading(ui, "Labels");
    let labels = state.view().map.labels;
    let mut show = labels.show;
    let tip = "Words by frequency; more appear as you zoom in.";
    if ui.checkbox(&mut show, "Words on the map").on_hover_text(tip).changed() {
        out.send(Command::ShowLabels(show));
    }
    let mut groups = labels.groups;
    let tip = "Names of groups where they prevail, while you see the map from afar.";
    let named = ui.add_enabled(show, egui::Checkbox::new(&mut groups, "Group names from afar"));
    if named.on_hover_text(tip).changed() {
        out.send(Command::NameGroups(groups));
    }
    let name = ("letter size", "How large the words on the map are written.");
    let [least, most] = LETTER_SIZES.map(f64::from);
    if let Some(size) = widgets::slider(ui, name, labels.size.into(), least..=most, (0, "")) {
        out.send(Command::SetLabelSize(size as f32));
    }
    ui.add_space(space::L);
}
