//! A scheduler and an executor, each started by one command.
//!
//! Both say on standard output what whoever started them waits for: the scheduler
//! `listening <address>`, the executor `task <job> <stage> <task>` for each task that
//! begins. Warnings go to standard error.

use super::load::From;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::outcome::functions;
use ballista_core::JobId;
use ballista_core::extension::SessionConfigExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use ballista_executor::execution_engine::{
    DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor,
};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::functions_nested::all_default_nested_functions;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::fmt::Display;
use std::future::Future;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;

/// Plans are deep trees, and are read and rewritten by recursion.
const STACK: usize = 32 << 20;

/// Plans queries and hands out their tasks.
#[derive(Debug, clap::Parser)]
#[command(name = "longma-scheduler", version)]
pub struct Scheduler {
    #[command(flatten)]
    packs: From,
    /// The address that it listens at
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// The port that it listens at; 0 for a free one
    #[arg(long, default_value_t = 50_050)]
    port: u16,
    /// The name under which executors reach it
    #[arg(long, default_value = "localhost")]
    host: String,
    /// Seconds without a sign of life after which an executor is given up
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

/// Runs tasks of queries.
#[derive(Debug, clap::Parser)]
#[command(name = "longma-executor", version)]
pub struct Executor {
    #[command(flatten)]
    packs: From,
    /// The scheduler, as `host:port`
    #[arg(long, env = "LONGMA_SCHEDULER", default_value = "localhost:50050")]
    scheduler: String,
    /// The address that it listens at
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// The name under which others reach it; the address that it comes from if left out
    #[arg(long)]
    host: Option<String>,
    /// The port at which others fetch what it has worked out; 0 for a free one
    #[arg(long, default_value_t = 50_051)]
    port: u16,
    /// The port at which it takes tasks; 0 for a free one
    #[arg(long, default_value_t = 50_052)]
    tasks_port: u16,
    /// How many tasks run at once; 0 for one a core
    #[arg(long, default_value_t = 0)]
    cores: usize,
    /// The folder for what is handed over between stages; a temporary one if left out
    #[arg(long)]
    folder: Option<String>,
    /// The most bytes that sorting and grouping hold; 70 % of what there is if left out
    #[arg(long)]
    memory: Option<u64>,
    /// Seconds between two signs of life
    #[arg(long, default_value_t = 10)]
    pulse: u64,
}

/// Runs a scheduler until it is stopped.
///
/// # Errors
/// Packs that cannot be loaded, and an address that cannot be listened at.
pub fn scheduler(command: Scheduler) -> Result<()> {
    let packs = Arc::new(command.packs.load()?);
    let config = SchedulerConfig {
        external_host: command.host,
        bind_host: command.bind.to_string(),
        executor_timeout_seconds: command.patience,
        // Looked for that often.
        expire_dead_executor_interval_seconds: (command.patience / 4).max(1),
        no_executors_grace_period_seconds: command.patience,
        override_session_builder: Some(Arc::new(move |config: SessionConfig| {
            let mut state = default_session_builder(config)?;
            for function in functions(&packs) {
                use datafusion::execution::FunctionRegistry;
                state.register_udf(Arc::new(function))?;
            }
            Ok(state)
        })),
        ..SchedulerConfig::default()
    };
    let listener = TcpListener::bind((command.bind, command.port)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let config = SchedulerConfig {
        bind_port: address.port(),
        ..config
    };
    run(async move {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        let cluster = BallistaCluster::new_from_config(&config).await;
        let server = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(
            cluster.map_err(failed)?,
            Arc::new(config),
        );
        let server = server.await.map_err(failed)?;
        say(format_args!("listening {address}"));
        let service = start_grpc_service_with_listener(listener, server);
        service.await.map_err(failed)
    })
}

/// Runs an executor until it is stopped.
///
/// # Errors
/// Packs that cannot be loaded, and a scheduler that cannot be reached.
pub fn executor(command: Executor) -> Result<()> {
    let packs = Arc::new(command.packs.load()?);
    let mut registry = BallistaFunctionRegistry::default();
    let own = functions(&packs).into_iter().map(Arc::new);
    for function in all_default_nested_functions().into_iter().chain(own) {
        let name = function.name().to_owned();
        registry.scalar_functions.insert(name, function);
    }
    let (host, port) = address(&command.scheduler)?;
    let config = ExecutorProcessConfig {
        bind_host: command.bind.to_string(),
        external_host: command.host,
        port: free(command.bind, command.port)?,
        grpc_port: free(command.bind, command.tasks_port)?,
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        // In a cluster both are started at once.
        scheduler_connect_timeout_seconds: 60,
        vcores: command.cores,
        work_dir: command.folder,
        memory_pool_size: command.memory,
        executor_heartbeat_interval_seconds: command.pulse,
        override_execution_engine: Some(Arc::new(Announced(DefaultExecutionEngine::new()))),
        override_function_registry: Some(Arc::new(registry)),
        override_config_producer: Some(Arc::new(SessionConfig::new_with_ballista)),
        ..ExecutorProcessConfig::default()
    };
    run(async move {
        let served = start_executor_process(Arc::new(config)).await;
        served.map_err(failed)
    })
}

/// Says when a task begins.
struct Announced(DefaultExecutionEngine);

impl ExecutionEngine for Announced {
    fn create_query_stage_exec(
        &self,
        job: JobId,
        stage: usize,
        task: usize,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        folder: &str,
        config: &SessionConfig,
    ) -> datafusion::error::Result<Arc<dyn QueryStageExecutor>> {
        say(format_args!("task {job} {stage} {task}"));
        self.0
            .create_query_stage_exec(job, stage, task, partitions, plan, folder, config)
    }
}

fn address(text: &str) -> Result<(&str, u16)> {
    let parts = text.rsplit_once(':');
    let parts = parts.and_then(|(host, port)| Some((host, port.parse().ok()?)));
    parts.ok_or_else(|| failed(format!("`{text}`: expected `host:port`")))
}

/// The port, or a free one for 0: whoever is told where to come needs its number.
fn free(bind: IpAddr, port: u16) -> Result<u16> {
    if port != 0 {
        return Ok(port);
    }
    let listener = TcpListener::bind((bind, 0)).map_err(failed)?;
    Ok(listener.local_addr().map_err(failed)?.port())
}

fn run(work: impl Future<Output = Result<()>>) -> Result<()> {
    // Only one logger can be set; another one says the same.
    let _ = log::set_logger(&Warnings);
    log::set_max_level(log::LevelFilter::Warn);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build();
    runtime.map_err(failed)?.block_on(work)
}

fn say(what: impl Display) {
    let mut to = std::io::stdout().lock();
    // Nobody has to listen.
    let _ = writeln!(to, "{what}").and_then(|()| to.flush());
}

/// Writes warnings and errors to standard error.
struct Warnings;

impl log::Log for Warnings {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let (level, target) = (record.level(), record.target());
            let _ = writeln!(std::io::stderr(), "{level} {target}: {}", record.args());
        }
    }

    fn flush(&self) {}
}

fn failed(why: impl Display) -> Error {
    Error::new(Code::Engine).with("why", why)
}
