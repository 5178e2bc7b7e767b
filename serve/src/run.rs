//! Running the service: listening, and ending in order.

use crate::api::router;
use crate::app::App;
use crate::clock::Clock;
use crate::code::{Code, messages, problem};
use crate::config::Config;
use crate::store::{Chain, Store};
use longma_core::{Args, Localized, Problem, Problems};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long what is under way may take after the service was asked to end.
const ENDING: Duration = Duration::from_secs(15);

/// Runs the service until the process is asked to end. `listening` gets the words that say
/// where it listens, once it does.
///
/// # Errors
/// Whatever keeps it from starting, or from going on.
pub fn run(config: Config, listening: impl FnOnce(Localized)) -> Result<(), Problems> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::of_machine()).await?;
        let service = listen(app).await?;
        let args = Args::of("address", service.address);
        listening(messages().say("serve-listening", &args));
        Ok(service.answer().await?)
    })
}

/// Looks through the log of a configured database, and says in words how long it is.
///
/// # Errors
/// If the database does not answer, or the first row that is not what was written.
pub fn verify(config: &Config) -> Result<(Chain, Localized), Problem> {
    runtime()?.block_on(async {
        let store = Store::open(&config.database).await?;
        let chain = store.verify().await;
        store.close().await;
        let chain = chain?;
        let args = Args::of("rows", chain.rows)
            .with("statements", chain.statements)
            .with("digest", &chain.digest);
        let words = messages().say("serve-chain-whole", &args);
        Ok((chain, words))
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.enable_all().build();
    built.map_err(|_| problem(Code::Threads))
}

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
        let app = Arc::clone(&self.app);
        let mut heard = self.app.ending.subscribe();
        let service = router(Arc::clone(&self.app));
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            ended().await;
            app.ending.send_replace(true);
        });
        let late = async {
            // The sender lives as long as the service.
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
