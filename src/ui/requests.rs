//! What commands ask of the window itself: dialogs, fields that are written in, sheets, the clipboard.

use egui::{Context, ViewportCommand};

use super::{Outbox, Window, chain, help};
use crate::scene::WindowRequest;

impl Window {
    /// Does what was asked.
    pub(super) fn fulfil(&mut self, ctx: &Context, request: WindowRequest) {
        let mut out = Outbox::default();
        match request {
            WindowRequest::ChooseFile => self.dialogs.choose_file(&mut self.state),
            WindowRequest::ChooseFolder => self.dialogs.choose_folder(&mut self.state),
            WindowRequest::SaveVectors => self.dialogs.save_vectors(&mut self.state),
            WindowRequest::SavePicture => self.dialogs.save_picture(&self.state),
            WindowRequest::SavePoints => self.dialogs.save_points(&mut self.state),
            WindowRequest::SaveWords => self.dialogs.save_words(&mut self.state),
            WindowRequest::SaveRows => self.dialogs.save_rows(&mut self.state),
            WindowRequest::SaveTokenizer => self.dialogs.save_tokenizer(&mut self.state),
            WindowRequest::ChooseTrainingText => self.dialogs.choose_training_text(&mut self.state),
            WindowRequest::SaveSession => self.dialogs.save_session(&mut self.state),
            WindowRequest::ChooseAnalogies => self.dialogs.choose_analogies(&mut self.state),
            WindowRequest::ChoosePairs => self.dialogs.choose_pairs(&mut self.state),
            WindowRequest::ChooseLanguages => self.dialogs.choose_languages(&mut self.state),
            WindowRequest::Search => self.search.focus(),
            WindowRequest::WriteText => ctx.memory_mut(|memory| memory.request_focus(chain::field())),
            WindowRequest::Palette => self.palette.open(),
            WindowRequest::Guide => self.help.guide(chain::here(ctx, self.state.view())),
            WindowRequest::GuideToContext => self.help.guide(chain::CONTEXT),
            WindowRequest::Help => self.help.toggle(help::Page::Keys),
            WindowRequest::About => self.help.toggle(help::Page::About),
            WindowRequest::ZoomIn => self.map.zoom(&self.state, 1.5, &mut out),
            WindowRequest::ZoomOut => self.map.zoom(&self.state, 1.0 / 1.5, &mut out),
            WindowRequest::Escape => self.escape(ctx, &mut out),
            WindowRequest::CopyWords
            | WindowRequest::CopyPicture
            | WindowRequest::CopyNeighbors
            | WindowRequest::CopyTokens
            | WindowRequest::CopyIds
            | WindowRequest::CopyTokensJson => self.copy(ctx, request),
            WindowRequest::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!full));
            }
            WindowRequest::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        for command in out.commands {
            self.state.update(command);
        }
    }
}
