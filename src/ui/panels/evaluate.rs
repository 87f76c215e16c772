//! How the vectors do: analogy questions by section, and pairs of words against what people said, with the errors to look at.

use std::cmp::Reverse;
use std::path::PathBuf;

use egui::{FontId, ProgressBar, RichText, Ui};
use roaring::RoaringBitmap;

use crate::app::State;
use crate::app::questions::EVALUATION;
use crate::geometry::evaluation::{PairScores, SectionScore};
use crate::scene::evaluation::EvaluationReport;
use crate::scene::numbers::percent;
use crate::scene::{Command, RowNames, WindowRequest};
use crate::ui::theme::{self, size, space};
use crate::ui::{Outbox, widgets};

/// With fewer pairs the standard error of a correlation near 0 is above a tenth.
const FEW_PAIRS: usize = 100;

/// How many errors of a section are listed.
const MOST_SHOWN: usize = 50;

/// Which errors are looked at.
#[derive(Default)]
pub struct EvaluatePage {
    open: Option<usize>,
}

impl EvaluatePage {
    /// Shows the page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let Some(names) = state.names() else {
            widgets::hint(ui, "Open a file of vectors to see how it does.");
            return;
        };
        sets(ui, state, out);
        ui.add_space(space::XS);
        let running = state.running().into_iter().find(|(what, _)| *what == EVALUATION);
        let report = state.derived().questions().evaluation(state.view());
        match (running, report) {
            (Some((_, fraction)), _) => working(ui, fraction, out),
            (None, Some(report)) => self.report(ui, &names, report, out),
            (None, None) => {
                if ui.button("Score these vectors").clicked() {
                    out.send(Command::Evaluate(true));
                }
                widgets::hint(
                    ui,
                    "Analogies: is D the word nearest to B − A + C, other than A, B and C? Pairs: does the cosine of two words \
                     rank pairs as people do?",
                );
            }
        }
    }

    fn report(&mut self, ui: &mut Ui, names: &RowNames, report: &EvaluationReport, out: &mut Outbox) {
        match &report.pairs {
            Ok(pairs) => judged(ui, names, pairs, out),
            Err(error) => drop(widgets::warning(ui, &error.to_string())),
        }
        match &report.analogies {
            Ok(sections) => self.sections(ui, names, sections, out),
            Err(error) => drop(widgets::warning(ui, &error.to_string())),
        }
    }

    fn sections(&mut self, ui: &mut Ui, names: &RowNames, sections: &[SectionScore], out: &mut Outbox) {
        widgets::heading(ui, "Analogies");
        let sum = |part: fn(&SectionScore) -> usize| sections.iter().map(part).sum::<usize>();
        let (correct, total, asked) = (sum(|s| s.correct), sum(|s| s.total), sum(|s| s.asked));
        ui.horizontal_wrapped(|ui| {
            figure(ui, &share(correct, total));
            ui.label(format!("{} of {} as expected", number(correct), number(total)));
        });
        if total < asked {
            let text =
                format!("{} more have words that this file lacks, and do not count.", number(asked - total));
            widgets::hint(ui, &text);
        }
        ui.add_space(space::XS);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, section) in sections.iter().enumerate() {
            let part = section.correct as f32 / section.total.max(1) as f32;
            let value = format!(
                "{} of {} · {}",
                number(section.correct),
                number(section.total),
                share(section.correct, section.total)
            );
            let line = widgets::word_line(ui, index + 1, &section.section, &value, part, None);
            let tip = format!("{}: see the answers that were not the expected ones", section.section);
            if line.on_hover_text(tip).clicked() {
                self.open = (self.open != Some(index)).then_some(index);
            }
            if self.open == Some(index) {
                wrong_answers(ui, names, section, out);
            }
        }
    }
}

/// What the vectors are scored on.
fn sets(ui: &mut Ui, state: &State, out: &mut Outbox) {
    let choice = &state.view().map.evaluation;
    let analogies = (
        "Analogies",
        "Questions: A is to B as C is to D, in sections. 19,544 of them come with the program.",
        "questions-words",
        &choice.analogies,
        WindowRequest::ChooseAnalogies,
        Command::UseAnalogies as fn(Option<PathBuf>) -> Command,
    );
    let pairs = (
        "Pairs",
        "Pairs of words, and how related they are to people. 353 of them come with the program.",
        "WordSim-353",
        &choice.pairs,
        WindowRequest::ChoosePairs,
        Command::UsePairs as fn(Option<PathBuf>) -> Command,
    );
    for (name, about, usual, path, request, command) in [analogies, pairs] {
        widgets::row(ui, name, about, |ui| {
            if path.is_some() {
                let tip = "Back to what comes with the program";
                if widgets::icon_button(ui, "×", &format!("Usual {}", name.to_lowercase()), tip).clicked() {
                    out.send(command(None));
                }
            }
            let file = path.as_ref().map(|path| path.file_name().unwrap_or_default().to_string_lossy());
            let text = file.as_deref().unwrap_or(usual);
            let tip = path
                .as_ref()
                .map_or_else(|| "Choose a file of your own".to_owned(), |path| path.display().to_string());
            if ui.button(text).on_hover_text(tip).clicked() {
                out.send(Command::Window(request));
            }
        });
    }
}

fn working(ui: &mut Ui, fraction: f32, out: &mut Outbox) {
    ui.horizontal(|ui| {
        ui.add(ProgressBar::new(fraction).desired_width(180.0).desired_height(14.0));
        if ui.button("Stop").on_hover_text("Give up scoring").clicked() {
            out.send(Command::Evaluate(false));
        }
    });
    widgets::hint(ui, "Answering the questions …");
}

/// The correlation with people, and the pairs on which the two disagree most.
fn judged(ui: &mut Ui, names: &RowNames, scores: &PairScores, out: &mut Outbox) {
    widgets::heading(ui, "Pairs of words");
    let about = "Spearman's rank correlation: 1 where the cosine ranks all pairs as people do, 0 where it has nothing to do with \
                 them.";
    ui.horizontal_wrapped(|ui| {
        figure(
            ui,
            &scores.spearman.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}").replace('-', "−")),
        );
        widgets::term(ui, "Spearman", about);
        ui.label(format!("on {} of {} pairs", number(scores.pairs.len()), number(scores.total)));
    });
    widgets::hint(ui, "1 is the very order that people put the pairs in, 0 has nothing to do with it.");
    if scores.pairs.len() < FEW_PAIRS {
        widgets::hint(ui, "So few pairs say little: chance alone moves the figure by a tenth or more.");
    }
    let mut order: Vec<_> = scores.pairs.iter().collect();
    order.sort_by_key(|pair| Reverse((2.0 * (pair.ranks[0] - pair.ranks[1]).abs()) as u64));
    egui::CollapsingHeader::new("Where they disagree most").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, pair) in order.iter().take(20).enumerate() {
            let [a, b] = pair.rows.map(|row| names.shown(row));
            let [people, cosine] = pair.ranks.map(|rank| number(rank.round() as usize));
            let value = format!("{people} · {cosine}");
            let line = widgets::word_line(ui, index + 1, &format!("{a} – {b}"), &value, pair.cosine, None);
            let tip = format!(
                "Place {people} to people, who gave it {}, and {cosine} by the cosine, {}. Click to see both words on the map",
                widgets::significant(pair.human),
                widgets::significant(f64::from(pair.cosine)),
            );
            if line.on_hover_text(tip).clicked() {
                out.send(Command::GoTo(RoaringBitmap::from_iter(pair.rows)));
            }
        }
    });
}

fn wrong_answers(ui: &mut Ui, names: &RowNames, section: &SectionScore, out: &mut Outbox) {
    let count = section.wrong.len();
    ui.indent("wrong answers", |ui| {
        match (count, section.total) {
            (_, 0) => drop(widgets::hint(ui, "This file lacks words of each of its questions.")),
            (0, _) => drop(widgets::hint(ui, "All were answered as expected.")),
            (1..=MOST_SHOWN, _) => {}
            _ => {
                let text = format!("The first {MOST_SHOWN} of {} wrong answers", number(count));
                widgets::hint(ui, &text);
            }
        }
        for wrong in section.wrong.iter().take(MOST_SHOWN) {
            let [a, b, c, d] = wrong.question.map(|row| names.shown(row));
            let found = wrong.found.map_or_else(|| "nothing".to_owned(), |row| names.shown(row));
            let tones = theme::tones(ui);
            let quiet = |text: &str| egui::RichText::new(text).color(tones.quiet);
            let mut job = egui::text::LayoutJob::default();
            let parts = [
                quiet(&format!("{a} → {b}, {c} → ")),
                quiet(&found).strikethrough(),
                RichText::new(format!(" {d}")).color(tones.text),
            ];
            for part in parts {
                part.append_to(&mut job, ui.style(), egui::FontSelection::Default, egui::Align::Center);
            }
            let button = ui.add(egui::Button::new(job).frame(false).wrap());
            button.widget_info(|| {
                let said = format!("{a} is to {b} as {c} is to {found}, not {d}");
                egui::WidgetInfo::labeled(egui::Role::Button, true, said)
            });
            if button
                .on_hover_text(format!(
                    "{found} was nearest, {d} expected. Click to see the words on the map"
                ))
                .clicked()
            {
                out.send(Command::GoTo(wrong.question.into_iter().chain(wrong.found).collect()));
            }
        }
        ui.add_space(space::S);
    });
}

/// A number that a person came for.
fn figure(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(FontId::new(size::TITLE, theme::semibold())));
}

fn number(count: usize) -> String {
    widgets::thousands(count as u64)
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 / whole as f64) }
}
