//! The problems, each by its name.

use super::problem::Case;

/// All problems, in a fixed order.
pub fn all() -> Vec<Case> {
    Vec::new()
}
