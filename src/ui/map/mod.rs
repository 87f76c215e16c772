//! The map: points as a picture, and over it, drawn as vectors, words, lines, arrows and axes.

mod axes;
mod beside;
mod beyond;
mod density;
mod direction;
mod formula;
mod gestures;
mod glide;
mod groups;
mod labels;
mod legend;
mod morph;
mod overlay;
mod points;
mod sheet;
mod subset;

use std::sync::{Arc, OnceLock};

use egui::{Id, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Outbox;
use super::{theme, widgets};
use crate::app::questions::Beside;
use crate::app::{MapStage, State};
use crate::picture::{Camera, Viewport};
use crate::scene::RowNames;
use crate::scene::cloud::Cloud;
use crate::scene::view::Framing;

use axes::Grid;
use beyond::Beyond;
use density::Levels;
use gestures::Gestures;
use glide::Glide;
use labels::Labels;
use legend::Legend;
use morph::Morph;
use points::Points;
use subset::SubsetNote;

/// Does work that a frame waits for on threads of the window's own: those that everything else shares may be busy for seconds
/// with a search, and take up what is asked from outside only between its parts.
fn at_hand<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    static THREADS: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let named = |i| format!("drawing {i}");
    match THREADS.get_or_init(|| ThreadPoolBuilder::new().thread_name(named).build().ok()) {
        Some(threads) => threads.install(work),
        None => work(),
    }
}

/// The accessible name of the map.
pub const NAME: &str = "Map";

/// What the map remembers from frame to frame, apart from the state: pictures and gestures, no choices.
#[derive(Default)]
pub struct Map {
    points: Points,
    levels: Levels,
    labels: Labels,
    glide: Glide,
    morph: Morph,
    gestures: Gestures,
    /// Where its camera stands.
    camera: Camera,
    /// The map of the other table, where it is shown beside.
    there: Option<Box<Self>>,
    /// The map as a control, and its place in the window, once it was shown.
    id: Option<Id>,
    place: Option<Rect>,
}

/// With more points than these the drafts of a map that is worked on are shown as they come: what would be spent on the ways
/// between them is better spent on the map.
const MOST_ON_THE_WAY_OF_DRAFTS: usize = 30_000;

/// What is the same for everything that is drawn in one frame of the map.
pub(super) struct Stage<'a> {
    pub state: &'a State,
    pub cloud: &'a Arc<Cloud>,
    /// The map's place in the window.
    pub rect: Rect,
    /// Looks at the world in points of the screen.
    pub camera: Camera,
    /// What the camera shows when it shows everything.
    pub whole: Camera,
    /// Where no words are written: legend, axes and buttons are there.
    pub reserved: Vec<Rect>,
    /// The row under the pointer.
    pub hovered: Option<u32>,
}

impl Stage<'_> {
    fn viewport(&self) -> Viewport {
        viewport(self.rect)
    }

    /// Where a point of the world is on the screen.
    pub fn to_screen(&self, world: [f32; 2]) -> egui::Pos2 {
        let [x, y] = self.camera.to_screen(world.map(f64::from), self.viewport());
        self.rect.min + vec2(x, y)
    }

    /// Where a row's point is on the screen.
    pub fn position(&self, row: u32) -> Option<egui::Pos2> {
        self.cloud.points.position(row as usize).map(|point| self.to_screen(point))
    }

    /// The framing that shows what `camera` shows.
    pub fn framing(&self, camera: &Camera) -> Framing {
        Framing { center: camera.center, zoom: camera.scale / self.whole.scale }
    }
}

/// Space between the points and the edge when everything is shown.
const PADDING: f32 = 52.0;

/// The camera that shows every point below the legend.
fn whole(cloud: &Cloud, rect: Rect, legend: f32) -> Camera {
    let below = rect.with_min_y(rect.top() + legend * 0.8);
    let padding = PADDING.min(below.width().min(below.height()) / 5.0);
    let fit = Camera::fit(cloud.bounds, viewport(below), padding);
    // The middle of the whole map is higher than that of the part below the legend.
    let center = [fit.center[0], fit.center[1] + f64::from(legend) * 0.4 / fit.scale];
    Camera { center, ..fit }
}

/// The stretches in which no words are written: legend, axes and buttons are there, and beyond the edges words would be cut.
fn reserved(rect: Rect, legend: f32) -> Vec<Rect> {
    const BEYOND: f32 = 400.0;
    let top = rect.with_max_y(rect.top() + legend);
    let left = rect.with_min_x(rect.left() - BEYOND).with_max_x(rect.left() + 22.0);
    let right = rect.with_min_x(rect.right() - 2.0).with_max_x(rect.right() + BEYOND);
    let bottom = rect.with_min_y(rect.bottom() - 24.0);
    [top, left, right, bottom].into_iter().chain(gestures::buttons_place(rect)).collect()
}

fn viewport(rect: Rect) -> Viewport {
    Viewport { width: rect.width().max(1.0), height: rect.height().max(1.0) }
}

impl Map {
    /// Shows the map in all the space that there is, or in half of it beside that of another table.
    pub fn show(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        match state.derived().beside(state.view()) {
            Beside::On(there) if ui.available_width() >= beside::LEAST_WIDTH => {
                beside::show(self, ui, state, there, out);
            }
            beside => {
                self.there = None;
                self.show_here(ui, state, out);
                if let (Beside::On(_), Some(place)) = (beside, self.place) {
                    beside::too_narrow(ui.painter(), place, &theme::tones(ui));
                }
            }
        }
    }

    /// Shows the map of the table that is open.
    fn show_here(&mut self, ui: &mut Ui, state: &State, out: &mut Outbox) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        (self.id, self.place) = (Some(response.id), Some(rect));
        let described = description(state);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, described.clone()));
        let Some(cloud) = state.derived().cloud().filter(|_| state.table().is_some()) else {
            empty(ui, rect, state);
            return;
        };
        let legend = Legend::lay_out(ui, state, rect.size());
        let note = SubsetNote::of(state).map(|note| (note.place(ui, rect, legend.height()), note));
        // What stands at the top of the map.
        let top = note.as_ref().map_or(legend.height(), |(place, _)| place.bottom() - rect.top());
        let whole = whole(cloud, rect, top);
        let target = state
            .view()
            .map
            .framing
            .map_or(whole, |framing| Camera { center: framing.center, scale: whole.scale * framing.zoom });
        let ground = (widgets::Same(Arc::clone(cloud)), rect.size());
        let camera = self.glide.camera(ui.ctx(), target, ground, state.settings().reduce_motion);
        self.camera = camera;
        let (document, seen) = (state.view().document, (camera, viewport(rect)));
        let crowded = state.derived().map_stage(state.view()) == MapStage::Moving
            && cloud.points.len() > MOST_ON_THE_WAY_OF_DRAFTS;
        let at_once = state.settings().reduce_motion || crowded || state.is_turning();
        let drawn = self.morph.cloud(ui.ctx(), (document, cloud), seen, at_once);
        let mut reserved = reserved(rect, top);
        let beyond = Beyond::of(state, &camera, cloud, rect, self.glide.is_flying());
        reserved.extend(beyond.as_ref().map(|beyond| beyond.place(ui, rect)));
        let mut stage = Stage { state, cloud: &drawn, rect, camera, whole, reserved, hovered: None };
        stage.hovered = self.gestures.handle(ui, &response, &stage, &mut self.glide, out);

        let painter = ui.painter().with_clip_rect(rect);
        let grid = Grid::lay_out(&painter, &mut stage);
        self.levels.paint(&painter, &stage);
        grid.lines(&painter, &stage, &theme::tones(ui));
        self.points.paint(&painter, &stage);
        density::lines(&painter, &stage);
        overlay::lines(&painter, &stage, &theme::tones(ui));
        direction::lines(&painter, &stage, &theme::tones(ui));
        let mark = formula::Mark::lay_out(&painter, &mut stage, &theme::tones(ui));
        if let Some(mark) = &mark {
            mark.lines(&painter, &theme::tones(ui));
        }
        let regions = groups::lay_out(&painter, &mut stage, &theme::tones(ui));
        groups::paint(&painter, regions, &theme::tones(ui));
        let words = self.labels.paint(&painter, &stage, &theme::tones(ui));
        overlay::values(&painter, &stage, &theme::tones(ui), words);
        if let Some(mark) = mark {
            mark.paint(&painter, &theme::tones(ui));
        }
        grid.values(&painter, &theme::tones(ui));
        axes::names(&painter, &stage, &theme::tones(ui));
        self.gestures.paint(&painter, &theme::tones(ui));
        legend.show(ui, &stage, out);
        if let Some((place, note)) = note {
            note.show(ui, state, place, out);
        }
        self.gestures.buttons(ui, &stage, out);
        if let Some(beyond) = beyond {
            beyond.show(ui, &stage, out);
        }
        if let Some(row) = stage.hovered {
            overlay::hover_card(ui, &stage, row);
        }
        gestures::focus_ring(&painter, &response, &self.gestures, rect);
    }

    /// The map's place in the window, in points of the screen.
    pub fn place(&self) -> Option<Rect> {
        self.place
    }

    /// The map as a control that can have the keyboard; it shows that itself.
    pub fn id(&self) -> Option<Id> {
        self.id
    }

    /// Gives up what is being drawn with the mouse. Says whether there was anything.
    pub fn escape(&mut self) -> bool {
        self.gestures.escape()
    }

    /// Zooms about the middle of the map by `factor`.
    pub fn zoom(&self, state: &State, factor: f64, out: &mut Outbox) {
        use crate::scene::Command;
        let now = state.view().map.framing;
        let center = now.map_or_else(
            || {
                state
                    .derived()
                    .cloud()
                    .map(|cloud| [0, 1].map(|i| f64::midpoint(cloud.bounds.min[i], cloud.bounds.max[i])))
            },
            |framing| Some(framing.center),
        );
        if let Some(center) = center {
            let zoom = now.map_or(1.0, |framing| framing.zoom) * factor;
            out.send(Command::SetFraming(Some(Framing { center, zoom })));
        }
    }
}

/// What a screen reader says of the map.
fn description(state: &State) -> String {
    let Some(names) = state.names() else { return format!("{NAME}, nothing is open") };
    let selection = &state.view().map.selection;
    let chosen = match (selection.len(), selection.focus()) {
        (0, _) | (_, None) => "nothing selected".to_owned(),
        (1, Some(row)) => format!("“{}” selected", names.shown(row)),
        (count, Some(row)) => {
            let noun = names.table().noun();
            format!("{count} {noun}s selected, “{}” explained", names.shown(row))
        }
    };
    let place = selection.focus().and_then(|row| place(state, &names, row)).unwrap_or_default();
    format!("{NAME} of {} {}s, {chosen}{place}", names.table().rows(), names.table().noun())
}

/// Where a word lies, and the words nearest to it, as far as they are known by now.
fn place(state: &State, names: &RowNames, row: u32) -> Option<String> {
    /// More would not be listened to.
    const NEAREST: usize = 5;
    let document = state.view().document;
    let place = state.derived().cloud_of(document)?.points.position(row as usize);
    let mut text = match place {
        Some([x, y]) => format!(" at {} across, {} up", three(x), three(y)),
        None => ", not on the map".to_owned(),
    };
    let lists = state.derived().neighbors(document)?;
    if let Some(list) = lists.iter().find(|list| list.row == row) {
        let words: Vec<String> =
            list.neighbors.iter().take(NEAREST).map(|neighbor| names.shown(neighbor.row)).collect();
        text += "; nearest: ";
        text += &words.join(", ");
    }
    Some(text)
}

/// A coordinate with three significant digits.
fn three(value: f32) -> String {
    widgets::significant(f64::from(value))
}

/// Says what is going on, or what to do, where there is no map yet.
fn empty(ui: &mut Ui, rect: Rect, state: &State) {
    let text = match state.running().first() {
        Some((what, fraction)) if *fraction > 0.0 => format!("{what} … {:.0} %", fraction * 100.0),
        Some((what, _)) => format!("{what} …"),
        None => "Open a file, or choose one of the samples.".to_owned(),
    };
    let font = egui::FontId::proportional(theme::size::LARGE);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, font, theme::tones(ui).quiet);
}
