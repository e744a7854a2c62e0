//! The time since a run began.

use core::time::Duration;
#[cfg(feature = "std")]
use std::time::Instant;

/// A clock that was started. Without the standard library it stands still.
#[derive(Debug)]
pub(super) struct Clock(#[cfg(feature = "std")] Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(
            #[cfg(feature = "std")]
            Instant::now(),
        )
    }

    pub(super) fn elapsed(&self) -> Duration {
        #[cfg(feature = "std")]
        return self.0.elapsed();
        #[cfg(not(feature = "std"))]
        Duration::ZERO
    }
}
