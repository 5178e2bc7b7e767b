//! The present moment, as an argument: tests bring their own.

use crate::code::{Code, problem};
use longma_core::{Instant, Problem};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the present moment.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Option<Instant> + Send + Sync>);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// The machine's.
    #[must_use]
    pub fn of_machine() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
            Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
        })
    }

    /// One that says what `now` says.
    pub fn new(now: impl Fn() -> Option<Instant> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Now, to the second.
    ///
    /// # Errors
    /// If the clock stands before 1970 or after the year 9999.
    pub fn now(&self) -> Result<Instant, Problem> {
        self.0().ok_or_else(|| problem(Code::Clock))
    }
}
