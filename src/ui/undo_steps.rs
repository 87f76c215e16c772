//! When what a person does is a step of its own, which undo takes back by itself.

use egui::{Context, Event, Id};

/// Where the keyboard was in the frame before.
#[derive(Default)]
pub struct Steps {
    focused: Option<Id>,
}

impl Steps {
    /// Whether what this frame does is no part of what was done before it: somebody clicks, asks for it by a
    /// screen reader, or the keyboard went elsewhere.
    pub fn begins(&mut self, ctx: &Context) -> bool {
        let focused = ctx.memory(egui::Memory::focused);
        let went = std::mem::replace(&mut self.focused, focused) != focused;
        let spoken = |event: &Event| matches!(event, Event::AccessKitActionRequest(_));
        went || ctx.input(|input| input.pointer.any_pressed() || input.events.iter().any(spoken))
    }
}

/// Whether what comes after this frame is a step of its own: a button of the mouse, or a key, was let go. What is typed in one go,
/// while the window was `writing`, is one step.
pub fn ends(ctx: &Context, writing: bool, turning: bool) -> bool {
    ctx.input(|input| {
        let released = |event: &Event| matches!(event, Event::Key { pressed: false, .. });
        // What turns a map is never held by what was typed, nor by a key that another window heard let go of.
        let idle = !input.pointer.any_down() && input.keys_down.is_empty() && turning;
        input.pointer.any_released() || input.events.iter().any(released) && !writing || idle
    })
}
