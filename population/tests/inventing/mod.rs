//! Parts of the tests of the invented population.

pub(crate) mod rows;

mod beside;
mod decided;
mod mistakes;

use super::{SMALL, changed, gansu};
