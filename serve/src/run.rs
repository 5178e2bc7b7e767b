//! Running the service: listening, and ending in order.

use crate::api::router;
use crate::app::App;
use crate::code::{Code, problem};
use longma_core::Problem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long what is under way may take after the service was asked to end.
const ENDING: Duration = Duration::from_secs(15);

/// A service that listens and does not answer yet.
#[derive(Debug)]
pub struct Listening {
    app: Arc<App>,
    listener: TcpListener,
    /// Where it listens; the port is the one that was found if any was asked for.
    pub address: SocketAddr,
}

/// Listens where the configuration says.
///
/// # Errors
/// If somebody else listens there.
pub async fn listen(app: Arc<App>) -> Result<Listening, Problem> {
    let address = app.config.listen;
    let taken = |_| problem(Code::Listen).with("address", address);
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    Ok(Listening {
        app,
        listener,
        address,
    })
}

impl Listening {
    /// Answers until the process is asked to end; then finishes what is under way.
    ///
    /// # Errors
    /// If nothing can be listened to any more.
    pub async fn answer(self) -> Result<(), Problem> {
        let (asked, mut heard) = tokio::sync::watch::channel(false);
        let service = router(Arc::clone(&self.app));
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            ended().await;
            // Nobody may listen any more.
            let _ = asked.send(true);
        });
        let late = async {
            // The sender is gone only when there is nothing left to wait for.
            let _ = heard.wait_for(|it| *it).await;
            tokio::time::sleep(ENDING).await;
        };
        let address = self.address;
        let answered = tokio::select! {
            done = served.into_future() => done.map_err(|_| problem(Code::Listen).with("address", address)),
            () = late => Ok(()),
        };
        self.app.store.close().await;
        answered
    }
}

/// Ends when the process is asked to end.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut end), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) {
            tokio::select! {
                _ = end.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
