//! Invents a population.
