//! The present moment. Nothing else in the workspace's libraries reads a clock.

use longma_core::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, to the second; `None` on a machine whose clock is set before 1970 or
/// after the year 9999.
pub(crate) fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
}
