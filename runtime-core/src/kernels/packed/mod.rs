//! Layers whose constants were packed for an instruction set: geometry and edges, once for all of them.

pub mod conv2d;
pub mod depthwise2d;
pub mod finish;
pub mod floats;
pub mod planes;
pub mod product;
pub mod windows;
