//! Writes the persons of the benchmarks to `target/bench/persons.json` and measures
//! nothing, for `bench/peers/run.mjs`.

use longma_bench::setup;

fn main() -> setup::Result<()> {
    let catalogue = setup::catalogue(&setup::bundle()?)?;
    setup::leave(&[setup::sample(&catalogue)?])
}
