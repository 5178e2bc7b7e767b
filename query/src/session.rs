//! A session: packs, tables, and SQL over them.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::files;
use crate::outcome::functions;
use crate::packs::Packs;
use crate::view::{COMPARE, Compare, DECIDE, Decide, Office};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::TableProvider;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Those who hold the most memory, named when it runs out.
const NAMED: usize = 3;

/// What a session may use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The most memory that sorting, grouping and joining hold, in bytes. They write to
    /// temporary files before they exceed it. Decoded batches come on top: a few megabytes
    /// for each partition.
    pub memory: usize,
    /// How many partitions are worked on at once; as many as there are cores if `None`.
    pub partitions: Option<NonZeroUsize>,
    /// Rows in a batch.
    pub batch: usize,
}

impl Default for Settings {
    /// One gibibyte, all cores, 8,192 rows.
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            partitions: None,
            batch: 8_192,
        }
    }
}

impl Settings {
    fn config(&self) -> SessionConfig {
        let config = SessionConfig::new()
            .with_batch_size(self.batch)
            .with_information_schema(true);
        let config = match self.partitions {
            Some(partitions) => config.with_target_partitions(partitions.get()),
            None => config,
        };
        // What each partition sets aside for merging must leave it room to sort.
        let share = self.memory / config.target_partitions().max(1) / 4;
        let kept = config.options().execution.sort_spill_reservation_bytes;
        config.with_sort_spill_reservation_bytes(share.min(kept))
    }
}

/// Packs, tables, and SQL over them.
///
/// ```no_run
/// use longma_query::{Packs, Session, Settings};
/// # fn packs() -> (std::sync::Arc<longma_core::Catalogue>, std::sync::Arc<longma_core::References>) {
/// #     unimplemented!() }
/// let (catalogue, references) = packs();
/// let packs = Packs::new().with("", catalogue, references);
/// let session = Session::new(packs, &Settings::default())?;
/// session.block_on(async {
///     session.register("facts", "facts/").await?;
///     let levels = session.sql(
///         "SELECT county, code, count(*) AS people
///          FROM longma_decide('facts', 'code', '2022-07-15T12:00:00+08:00')
///          GROUP BY county, code",
///     );
///     longma_query::table::print(&levels.await?, longma_query::table::Form::Text, &mut Vec::new())
/// })??;
/// # Ok::<(), longma_query::Error>(())
/// ```
pub struct Session {
    context: SessionContext,
    packs: Arc<Packs>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?})", self.packs)
    }
}

impl Session {
    /// A session in this process.
    ///
    /// # Errors
    /// If the engine cannot begin, such as without a folder for temporary files.
    pub fn new(packs: Packs, settings: &Settings) -> Result<Self> {
        let named = NonZeroUsize::new(NAMED).unwrap_or(NonZeroUsize::MIN);
        let pool = TrackConsumersPool::new(FairSpillPool::new(settings.memory), named);
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool));
        let runtime = runtime.build_arc()?;
        let context = SessionContext::new_with_config_rt(settings.config(), runtime);
        Ok(Self::over(context, packs))
    }

    /// A session over an engine that was set up elsewhere, such as one that knows an object
    /// store.
    #[must_use]
    pub fn over(context: SessionContext, packs: Packs) -> Self {
        let packs = Arc::new(packs);
        let [outcome, once, part] = functions(&packs);
        for function in [outcome, once.clone(), part.clone()] {
            context.register_udf(function);
        }
        let state = context.state();
        let home = &state.config().options().catalog;
        let office = Office {
            packs: Arc::clone(&packs),
            outcome: once,
            part,
            catalogs: Arc::clone(state.catalog_list()),
            home: (home.default_catalog.clone(), home.default_schema.clone()),
        };
        context.register_udtf(DECIDE, Arc::new(Decide(office.clone())));
        context.register_udtf(COMPARE, Arc::new(Compare(office)));
        Self { context, packs }
    }

    /// The engine.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// The packs.
    #[must_use]
    pub fn packs(&self) -> &Packs {
        &self.packs
    }

    /// Makes a Parquet file, or a folder of them, a table. Folders such as
    /// `county=620102/` become columns. A URL is an object of a store that the engine
    /// knows.
    ///
    /// # Errors
    /// A path that does not exist, a folder without files, files in folders of different
    /// kinds, and every file that cannot be read or has other types than the first.
    pub async fn register(&self, name: &str, path: &str) -> Result<()> {
        let table = files::table(&self.context, path).await?;
        self.provide(name, Arc::new(table))
    }

    /// Makes a provider a table.
    ///
    /// # Errors
    /// A name that is no name.
    pub fn provide(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<()> {
        self.context.deregister_table(name)?;
        self.context.register_table(name, table)?;
        Ok(())
    }

    /// The rows of a query, all at once: for results that are small, such as counts.
    ///
    /// # Errors
    /// What is wrong with the query, a table or a question.
    pub async fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let (schema, mut rows) = self.stream(sql).await?;
        let mut batches = Vec::new();
        while let Some(batch) = rows.next().await {
            batches.push(batch?);
        }
        // Without rows there still are columns.
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }

    /// The rows of a query as they come: memory stays bounded however many there are.
    ///
    /// # Errors
    /// What is wrong with the query, a table or a question. Errors while it runs come in
    /// the stream; [`Error`] takes them by `From`.
    pub async fn stream(&self, sql: &str) -> Result<(SchemaRef, SendableRecordBatchStream)> {
        let frame = self.context.sql(sql).await?;
        let rows = frame.execute_stream().await?;
        Ok((rows.schema(), rows))
    }

    /// Waits for what is asked of this session, on threads of its own.
    ///
    /// # Errors
    /// If no threads can be had.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|why| Error::new(Code::Engine).with("why", why))?;
        Ok(runtime.block_on(work))
    }

    /// [`sql`](Self::sql), for whoever waits. Not from inside an asynchronous task.
    ///
    /// # Errors
    /// As [`sql`](Self::sql).
    pub fn sql_blocking(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        self.block_on(self.sql(sql))?
    }

    /// [`register`](Self::register), for whoever waits.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub fn register_blocking(&self, name: &str, path: &str) -> Result<()> {
        self.block_on(self.register(name, path))?
    }
}
