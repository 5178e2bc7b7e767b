//! How often one bearer, source or address may ask.

use crate::code::{Code, problem};
use crate::config;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use longma_core::Problem;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

/// After how many questions those who ask seldom are forgotten.
const SWEEP: usize = 4_096;

/// Counts who asks how often.
#[derive(Debug)]
pub struct Limits {
    bearers: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<String>,
    asked: AtomicUsize,
}

impl Limits {
    /// As many requests in a minute as the configuration says.
    #[must_use]
    pub fn new(told: &config::Limits) -> Self {
        let quota = |number| Quota::per_minute(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        Self {
            bearers: RateLimiter::hashmap(quota(told.per_bearer)),
            addresses: RateLimiter::hashmap(quota(told.per_address)),
            asked: AtomicUsize::new(0),
        }
    }

    /// Counts a request of a bearer or a source.
    ///
    /// # Errors
    /// If there were too many.
    pub fn bearer(&self, name: &str) -> Result<(), Problem> {
        self.sweep();
        check(&self.bearers, name)
    }

    /// Counts a request from an address.
    ///
    /// # Errors
    /// If there were too many.
    pub fn address(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.addresses, &network(address))
    }

    /// Forgets whoever could ask as often as somebody unknown.
    fn sweep(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.bearers.retain_recent();
            self.addresses.retain_recent();
        }
    }
}

fn check(of: &DefaultKeyedRateLimiter<String>, name: &str) -> Result<(), Problem> {
    of.check_key(&name.to_owned()).map(drop).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        problem(Code::Limit).with("seconds", wait.as_secs() + 1)
    })
}

/// An address, or for IPv6 the network that one customer usually has whole.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn one_who_asks_too_often_is_told_when_to_come_back_and_others_are_not_kept_out() {
        let told = config::Limits {
            per_bearer: 2,
            ..config::Limits::default()
        };
        let limits = Limits::new(&told);
        assert!(limits.bearer("a").is_ok() && limits.bearer("a").is_ok());
        let problem = limits.bearer("a").unwrap_err();
        let seconds: u64 = problem.args.get("seconds").unwrap().en.parse().unwrap();
        // Two in a minute are one in 30 seconds.
        assert!((1..=31).contains(&seconds), "{seconds}");
        assert!(limits.bearer("b").is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
