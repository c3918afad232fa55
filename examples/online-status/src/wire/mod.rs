//! What client and server say to each other, and how it looks on the line.

mod frame;
mod message;

#[cfg(test)]
pub(crate) use self::frame::FRAME_LIMIT;
pub(crate) use self::{
    frame::{FrameError, FrameReader, write_frame},
    message::{Answer, ClientFrame, Hello, Request, ServerFrame},
};
