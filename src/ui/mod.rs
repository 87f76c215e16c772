//! What is seen: the window, its panels and the map. It reads the state and sends commands; it decides nothing.

mod chain;
mod copying;
mod dialogs;
mod focus;
mod guide;
mod help;
pub mod keys;
mod laboratory;
mod left;
pub mod map;
mod matrix;
pub mod measure;
mod palette;
mod panels;
mod requests;
mod search;
mod status;
pub mod theme;
mod tokens;
mod top;
mod undo_steps;
mod widgets;

use std::sync::Arc;

use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};

use crate::app::{SearchText, State, Storage};
use crate::lookup::tiles::Part;
use crate::scene::Command;
use crate::scene::actions::{Action, Situation};
use crate::scene::view::{MatrixView, Page};

use map::Map;
use measure::Measured;

/// Collects the commands of one frame; they are carried out after it is drawn.
#[derive(Default)]
pub struct Outbox {
    commands: Vec<Command>,
    search: Option<SearchText>,
    tiles: Option<Vec<Part>>,
    /// The view of the matrix with all changes of this frame, if there are any.
    matrix: Option<Box<MatrixView>>,
}

impl Outbox {
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Searches for something else. Not a command: searching changes nothing that is seen.
    pub fn search(&mut self, search: SearchText) {
        self.search = Some(search);
    }

    /// Changes the view of the matrix; several changes of one frame come together.
    pub fn look_up(&mut self, state: &State, change: impl FnOnce(&mut MatrixView)) {
        change(self.matrix.get_or_insert_with(|| Box::new(state.view().matrix.clone())));
    }

    /// Says which parts of the picture of the matrix are seen. Not a command, for the same reason.
    pub fn want_tiles(&mut self, parts: Vec<Part>) {
        self.tiles = Some(parts);
    }

    /// Sends the command that an action comes to as things stand.
    pub fn act(&mut self, state: &State, action: &Action) {
        self.send((action.command)(situation(state)));
    }
}

/// What actions need to know.
fn situation(state: &State) -> Situation<'_> {
    let settings = state.settings();
    Situation {
        view: state.view(),
        theme: settings.theme,
        scale: settings.scale,
        reduce_motion: settings.reduce_motion,
    }
}

/// How much larger everything is in presentation mode.
const PRESENTATION_SCALE: f32 = 1.35;

/// The map is never narrower than this for the sake of a panel, in points of the screen: what does not fit beside it is not
/// shown, the left panel first.
const LEAST_MAP: f32 = 260.0;
const LEFT_NEEDS: f32 = 224.0 + LEAST_MAP;
const RIGHT_NEEDS: f32 = 280.0 + LEAST_MAP;
/// Pages for text need more in the middle.
const LEAST_PAGE: f32 = 380.0;

/// The window: the state, and what its parts remember from frame to frame.
pub struct Window {
    state: State,
    map: Map,
    search: search::SearchBox,
    palette: palette::CommandPalette,
    dialogs: dialogs::Dialogs,
    help: help::Help,
    panels: panels::Panels,
    laboratory: laboratory::Laboratory,
    matrix: matrix::MatrixPage,
    steps: undo_steps::Steps,
    measure: Option<measure::Measure>,
}

impl Window {
    /// A window on what the last run showed. `storage` is where settings are kept, if anywhere.
    #[must_use]
    pub fn new(ctx: &Context, storage: Option<Storage>) -> Self {
        theme::install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let woken = ctx.clone();
        let state = State::new(storage, Arc::new(move || woken.request_repaint()));
        Self {
            state,
            map: Map::default(),
            search: search::SearchBox::default(),
            palette: palette::CommandPalette::default(),
            dialogs: dialogs::Dialogs::default(),
            help: help::Help::default(),
            panels: panels::Panels::default(),
            laboratory: laboratory::Laboratory::default(),
            matrix: matrix::MatrixPage::default(),
            steps: undo_steps::Steps::default(),
            measure: None,
        }
    }

    /// The same window, which measures its own frames and then closes.
    #[must_use]
    pub fn measuring(mut self, what: Measured, frames: usize) -> Self {
        self.measure = Some(measure::Measure::new(what, frames));
        self
    }

    /// The program behind the window.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The program behind the window, to send it commands.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// What goes on without drawing: finished jobs, dialogs, dropped files.
    pub fn logic(&mut self, ctx: &Context) {
        let dropped: Vec<_> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !dropped.is_empty() {
            self.state.update(Command::Open(dropped));
        }
        self.state.tick();
        if !self.state.running().is_empty() {
            // Jobs wake the window when they end; until then their progress is looked at now and then.
            ctx.request_repaint_after(std::time::Duration::from_millis(100));
        }
    }

    /// Draws one frame and carries out what was asked for in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let mut out = Outbox::default();
        let ctx = ui.ctx().clone();
        // What is typed in one go is one step.
        let writing = ctx.text_edit_focused();
        self.appearance(&ctx);
        self.hear_escape(&ctx, &mut out);
        keys::hear(&ctx, &self.state, &mut out);
        if let Some(Command::ShowTab(tab)) = out.commands.last() {
            self.panels.go_on_from(*tab);
        }
        self.layout(ui, &mut out);
        self.palette.show(&ctx, &self.state, &mut out);
        self.help.show(&ctx, &self.state);
        self.dialogs.show(&ctx, &mut self.state, &mut out);
        if let Some(map) = self.map.id().filter(|_| self.search.take_arrived()) {
            ctx.memory_mut(|memory| memory.request_focus(map));
        }
        focus::ring(&ctx, self.map.id());
        if let Some(search) = out.search {
            self.state.set_search(search);
        }
        if let Some(parts) = out.tiles {
            self.state.want_tiles(parts);
        }
        if self.steps.begins(&ctx) {
            self.state.end_gesture();
        }
        if let Some(matrix) = out.matrix {
            self.state.update(Command::LookUp(matrix));
        }
        for command in out.commands {
            self.state.update(command);
        }
        if undo_steps::ends(&ctx, writing, self.state.is_turning()) {
            self.state.end_gesture();
        }
        for request in self.state.take_requests() {
            self.fulfil(&ctx, request);
        }
        if let Some(measure) = &mut self.measure {
            measure.frame(&ctx, &mut self.state);
        }
        // What the commands changed is asked for at once, so that the next frame may have it.
        self.state.tick();
    }

    fn appearance(&self, ctx: &Context) {
        let settings = self.state.settings();
        let present = self.state.view().panels.presentation;
        theme::show(ctx, settings.theme, settings.scale * if present { PRESENTATION_SCALE } else { 1.0 });
    }

    fn layout(&mut self, ui: &mut Ui, out: &mut Outbox) {
        let tones = theme::tones(ui);
        let (page, panels) = (self.state.view().page, self.state.view().panels);
        let bar = |vertical: i8| Frame::new().fill(tones.panel).inner_margin(Margin::symmetric(12, vertical));
        if !panels.presentation {
            Panel::top("top").frame(bar(6)).resizable(false).show(ui, |ui| {
                top::show(ui, &self.state, &mut self.search, out);
            });
        } else if page != Page::Map {
            Panel::top("way").frame(bar(2)).resizable(false).show(ui, |ui| {
                ui.horizontal(|ui| chain::show(ui, &self.state, out));
            });
        }
        Panel::bottom("status")
            .frame(bar(4))
            .resizable(false)
            .show(ui, |ui| status::show(ui, &self.state, out));
        // A sliver of a window keeps its map before its panels.
        let width = ui.available_width();
        let right = panels.right && width > RIGHT_NEEDS;
        if !right {
            self.panels.stay();
        }
        let left = panels.left && !panels.presentation;
        // A page for text keeps more for itself, and has the right panel as narrow as it gets.
        let (least, beside) = if page == Page::Map { (LEAST_MAP, 360.0) } else { (LEAST_PAGE, 280.0) };
        let both = 224.0 + beside + least;
        let shows_left = left && width > if right { both } else { LEFT_NEEDS };
        if shows_left {
            Panel::left("left").frame(side(&tones, 12)).default_size(224.0).size_range(200.0..=320.0).show(
                ui,
                |ui| match page {
                    Page::Map => left::show(ui, &self.state, out),
                    Page::Tokens => laboratory::side(ui, &self.state, out),
                    Page::Matrix => self.matrix.side(ui, &self.state, out),
                },
            );
        }
        if right {
            self.right_panel(ui, [width, least], out);
        }
        Self::drop_hint(ui);
        // The map has a ground of its own.
        let ground = if page == Page::Map { Frame::NONE } else { Frame::new().fill(tones.panel) };
        CentralPanel::no_frame().frame(ground).show(ui, |ui| {
            if left && right && !shows_left && page != Page::Map {
                gave_way(ui, out);
            }
            match page {
                Page::Map => self.map.show(ui, &self.state, out),
                Page::Tokens => self.laboratory.show(ui, &self.state, out),
                Page::Matrix => self.matrix.show(ui, &self.state, out),
            }
        });
        if panels.presentation {
            self.search.float(ui, &self.state, out);
        }
    }

    /// What is chosen, explained: in a window so wide, that leaves so much to what is in the middle.
    fn right_panel(&mut self, ui: &mut Ui, [width, least]: [f32; 2], out: &mut Outbox) {
        let (panels, tones) = (self.state.view().panels, theme::tones(ui));
        // Beside the left panel, however wide that was made.
        let share = if panels.presentation { 0.33 } else { 0.6 };
        let most = (ui.available_width() - least).min(width * share).max(280.0);
        // Its width here is not that of a presentation, nor of a narrow window.
        let name = match () {
            () if panels.presentation => "right of a presentation",
            () if most < 360.0 => "right of a narrow window",
            () => "right",
        };
        Panel::right(name)
            .frame(side(&tones, 14))
            .default_size(360.0_f32.min(width * 0.45).clamp(280.0, most))
            .size_range(280.0..=most)
            .show(ui, |ui| {
                self.panels.show(ui, &self.state, out);
            });
    }

    /// Says that files which are held over the window can be let go.
    fn drop_hint(ui: &Ui) {
        let count = ui.input(|input| input.raw.hovered_files.len());
        if count == 0 {
            return;
        }
        let tones = theme::tones(ui);
        let area = ui.ctx().content_rect();
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
        let painter = ui.ctx().layer_painter(layer);
        painter.rect_filled(area, 0.0, tones.panel.gamma_multiply(0.85));
        let frame = area.shrink(theme::space::L);
        painter.rect_stroke(frame, 12.0, egui::Stroke::new(2.0, tones.accent), egui::StrokeKind::Inside);
        let text = if count == 1 { "Drop to open this file" } else { "Drop to open these files" };
        let font = egui::FontId::proportional(theme::size::TITLE);
        painter.text(area.center(), egui::Align2::CENTER_CENTER, text, font, tones.text);
    }

    /// Gives Esc to whatever is uppermost, before anything else hears it. An open menu closes by itself.
    fn hear_escape(&mut self, ctx: &Context, out: &mut Outbox) {
        let pressed = ctx.input(|input| input.key_pressed(egui::Key::Escape));
        if pressed && !egui::Popup::is_any_open(ctx) {
            ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
            self.escape(ctx, out);
        }
    }

    /// Esc takes back one thing at a time: what is open, what is being drawn, the presentation, the selection.
    fn escape(&mut self, ctx: &Context, out: &mut Outbox) {
        let closed = self.palette.close()
            || self.dialogs.close()
            || self.help.close()
            || self.map.escape()
            || self.search.close(ctx, &mut self.state);
        if closed {
            return;
        }
        if ctx.text_edit_focused() {
            ctx.memory_mut(egui::Memory::stop_text_input);
        } else if self.state.view().panels.presentation && self.state.view().map.selection.is_empty() {
            out.send(Command::Present(false));
        } else {
            out.send(Command::ClearSelection);
        }
        // From wherever the keyboard was, it comes back to the map.
        if let Some(map) = self.map.id().filter(|_| self.state.view().page == Page::Map) {
            ctx.memory_mut(|memory| memory.request_focus(map));
        }
    }
}

impl eframe::App for Window {
    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut egui::RawInput) {
        if let Some(measure) = &self.measure {
            measure.turn(input);
        }
    }

    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }

    /// What nothing is drawn on is the ground of the map: to fill that as a shape takes a fifth of a frame without a GPU.
    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        let ground = theme::Tones::of(self.state.settings().theme).map.background;
        theme::color(ground).to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.state.keep();
    }
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// A sentence that says why no window could be opened and what works without one.
pub fn run(paths: Vec<std::path::PathBuf>, measure: Option<(Measured, usize)>) -> Result<(), String> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lexiscope")
        .with_app_id("lexiscope")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([360.0, 280.0])
        .with_drag_and_drop(true);
    let mut options = eframe::NativeOptions { viewport, ..Default::default() };
    // A measurement shows how fast frames can be made, not how fast the screen takes them.
    options.glow_options.vsync = measure.is_none();
    // There are no smooth runs of color here that could show bands, and without a GPU dithering takes time.
    options.dithering = false;
    let create = move |cc: &eframe::CreationContext<'_>| {
        // A measurement neither reads nor changes what a person has set.
        let storage = if measure.is_some() { None } else { Storage::of_this_user() };
        let mut window = Window::new(&cc.egui_ctx, storage);
        if paths.is_empty() {
            window.state.resume();
        } else {
            window.state.update(Command::Open(paths));
        }
        let window = match measure {
            Some((what, frames)) => window.measuring(what, frames),
            None => window,
        };
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("lexiscope", options, Box::new(create)).map_err(|error| no_window(&error))
}

/// A sentence that says why there is no window and what works without one.
/// What a panel at the side is framed by.
fn side(tones: &theme::Tones, margin: i8) -> Frame {
    Frame::new().fill(tones.panel).inner_margin(Margin { left: margin, right: margin, top: 8, bottom: 8 })
}

/// Says that the panel on the left has no room, and lets it take that of the right one.
fn gave_way(ui: &mut Ui, out: &mut Outbox) {
    let about = "The panel on the left has no room beside the one on the right: show it instead. F3 brings the right one back.";
    ui.add_space(theme::space::S);
    ui.horizontal(|ui| {
        ui.add_space(theme::space::L);
        if ui.button("Show the left panel").on_hover_text(about).clicked() {
            out.send(Command::ShowRightPanel(false));
        }
    });
}

fn no_window(error: &eframe::Error) -> String {
    const INSTEAD: &str = "Without a window, use the commands instead: lexiscope info, neighbors, analogy, project, cluster, \
                           evaluate, tokenize, row, render (lexiscope --help lists them)";
    let missing = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    if cfg!(target_os = "linux") && missing("DISPLAY") && missing("WAYLAND_DISPLAY") {
        format!("there is no display to open a window on. {INSTEAD}")
    } else {
        format!("no window could be opened ({error}). {INSTEAD}")
    }
}
