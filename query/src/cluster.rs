//! The same functions on [Ballista](ballista_core): a scheduler, executors, and the client
//! in the session.
//!
//! A plan that is sent names `longma_outcome` and carries the question as a text; packs are
//! never sent. So the scheduler, which plans, and each executor, which decides, load the
//! same packs when they start. A name that they do not have fails the query.

mod load;
mod start;

pub use load::From as PacksFrom;
pub use start::{Executor, Scheduler, executor, scheduler};

use crate::error::Result;
use crate::packs::Packs;
use crate::session::{Session, Settings};
use ballista_core::extension::{SessionConfigExt, SessionStateExt};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

impl Session {
    /// A session whose queries run on a cluster, at a URL such as `df://scheduler:50050`.
    /// `packs` are for planning here, and have to be those of the cluster; tables have to
    /// be where its executors read them under the same path or URL.
    ///
    /// # Errors
    /// If the engine cannot begin.
    pub fn cluster(url: &str, packs: Packs, settings: &Settings) -> Result<Self> {
        let url = match url.split_once("://") {
            Some(("df", address)) => format!("http://{address}"),
            _ => url.to_owned(),
        };
        let mut config = SessionConfig::new_with_ballista()
            .with_batch_size(settings.batch)
            .with_information_schema(true);
        if let Some(partitions) = settings.partitions {
            config = config.with_target_partitions(partitions.get());
        }
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_default_features()
            .build()
            .upgrade_for_ballista(url)?;
        Ok(Self::over(SessionContext::new_with_state(state), packs))
    }
}
