//! The monitor's feed, as events that keep coming.

use crate::answer::{ProblemBody, Refusal};
use crate::app::App;
use crate::code::{Code, problem};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use std::convert::Infallible;
use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncSeekExt as _, BufReader};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// How often a file that has ended is looked at again.
const LOOK: Duration = Duration::from_secs(1);

/// How often a screen hears that somebody is there.
const PULSE: Duration = Duration::from_secs(30);

/// The most bytes of a line. The monitor takes 16,384 characters of at most four bytes.
const LINE: u64 = 65_536;

/// Follows the feed of the monitor: each line of its file, and each that is added to it. The
/// events end when the file is replaced by a shorter one; a screen then asks again.
#[utoipa::path(
    get,
    path = "/v1/monitor/feed",
    tag = "monitor",
    responses(
        (status = 200, description = "Lines of `longma-monitor/1`, one an event", body = String, content_type = "text/event-stream"),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let monitor = app.config.monitor.as_ref();
    let path = &monitor.ok_or_else(|| problem(Code::Unknown))?.feed;
    let screens = Arc::clone(&app.screens);
    let screen = screens.try_acquire_owned();
    let screen = screen.map_err(|_| Refusal::from(Code::Busy))?;
    // Where it would be is nobody's business.
    let file = File::open(path).await;
    let file = file.map_err(|_| problem(Code::Unknown))?;
    let following = Following {
        path: path.clone(),
        file: BufReader::new(file),
        read: 0,
        line: Vec::new(),
        ending: app.ending.subscribe(),
        _screen: screen,
    };
    let lines = futures_util::stream::unfold(following, |mut following| async {
        let line = following.next().await.ok().flatten()?;
        Some((Ok(Event::default().data(line)), following))
    });
    Ok(Sse::new(lines).keep_alive(KeepAlive::new().interval(PULSE)))
}

/// A file that is read as it grows.
struct Following {
    path: PathBuf,
    file: BufReader<File>,
    /// Bytes that were read.
    read: u64,
    /// What was read of a line.
    line: Vec<u8>,
    ending: watch::Receiver<bool>,
    _screen: OwnedSemaphorePermit,
}

impl Following {
    /// The next line, once there is one; `None` if none will come.
    async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let left = LINE.saturating_sub(self.line.len() as u64);
            let mut rest = (&mut self.file).take(left);
            self.read += rest.read_until(b'\n', &mut self.line).await? as u64;
            if self.line.last() == Some(&b'\n') {
                let text = String::from_utf8_lossy(&self.line);
                // An event holds its line whole: other ends of lines would cut it.
                let text = text.trim_end().replace(['\r', '\n'], " ");
                self.line.clear();
                return Ok(Some(text));
            }
            let length = tokio::fs::metadata(&self.path).await?.len();
            if self.line.len() as u64 >= LINE || length < self.read {
                return Ok(None);
            }
            tokio::select! {
                // The sender is gone only when nobody answers any more.
                _ = self.ending.wait_for(|it| *it) => return Ok(None),
                () = tokio::time::sleep(LOOK) => {}
            }
            // What was read to its end is looked at again.
            self.file.seek(SeekFrom::Start(self.read)).await?;
        }
    }
}
