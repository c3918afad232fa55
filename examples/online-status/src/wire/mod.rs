//! What client and server say to each other, and how it looks on the line.

mod frame;
mod message;

pub(crate) use self::{
    frame::{FRAME_LIMIT, FrameError, FrameReader, WriteError, write_frame},
    message::{Answer, ClientFrame, Hello, Request, ServerFrame},
};
