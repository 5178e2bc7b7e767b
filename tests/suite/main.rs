//! The tests of the whole system, one module for each group.
//!
//! They are one program, so that it is linked once and a slow test shares the cores with
//! all other groups. `cargo test --package longma-tests corpus::` runs one group.

mod areas;
mod bodies;
mod book;
mod bounds;
mod check;
mod corpus;
mod costs;
mod declared_laws;
mod editor;
mod exposures;
mod front;
mod functions;
mod fuzz;
mod gate;
mod generated;
mod hostile;
mod languages;
mod laws;
mod limits;
mod margins;
mod messages;
mod mutants;
mod packed;
mod partly;
mod places;
mod real_data;
mod roles;
mod samples;
mod scripts;
mod series;
mod shared;
mod stays;
mod syntax;
mod walls;
mod watch;
mod zones;
