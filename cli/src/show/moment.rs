//! Instants and durations as a reader sees them.

use crate::messages::{Key, Words};
use longma_core::{Args, Elapsed, Instant, Offset, Span};

/// `2022-07-10 09:00:00`, at `offset`; the offset itself is printed once per page.
pub(crate) fn stamp(instant: Instant, offset: Offset) -> String {
    instant.to_words(offset)
}

/// A duration in its two largest units, rounded down: `5 days 1 hour`.
pub(crate) fn duration(elapsed: Elapsed, words: Words) -> String {
    let seconds = elapsed.as_seconds().max(0);
    let units = [
        (seconds / 86_400, Key::DurationDaysOne, Key::DurationDays),
        (
            seconds / 3_600 % 24,
            Key::DurationHoursOne,
            Key::DurationHours,
        ),
        (
            seconds / 60 % 60,
            Key::DurationMinutesOne,
            Key::DurationMinutes,
        ),
        (seconds % 60, Key::DurationSecondsOne, Key::DurationSeconds),
    ];
    let greatest = units.iter().position(|(count, ..)| *count > 0);
    let said: Vec<String> = units
        .iter()
        .skip(greatest.unwrap_or(3))
        .take(2)
        .enumerate()
        .filter(|(position, (count, ..))| *position == 0 || *count > 0)
        .map(|(_, (count, one, many))| {
            let key = if *count == 1 { *one } else { *many };
            words.fill(key, &Args::of("n", count))
        })
        .collect();
    match said.as_slice() {
        [major, minor] => words.fill(
            Key::DurationTwo,
            &Args::of("major", major).with("minor", minor),
        ),
        _ => said.concat(),
    }
}

/// Spans in words.
pub(crate) fn spans(spans: &[Span], offset: Offset, words: Words) -> String {
    words.list(spans.iter().map(|span| {
        let end = |instant: Option<Instant>| instant.map(|instant| stamp(instant, offset));
        match (end(span.from()), end(span.until())) {
            (Some(from), Some(until)) => words.fill(
                Key::SpanFromUntil,
                &Args::of("from", &from).with("until", &until),
            ),
            (Some(from), None) => words.fill(Key::SpanFrom, &Args::of("from", &from)),
            (None, Some(until)) => words.fill(Key::SpanUntil, &Args::of("until", &until)),
            (None, None) => words.say(Key::SpanAlways).to_owned(),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use longma_core::Lang;

    #[track_caller]
    fn check(seconds: i64, english: &str, chinese: &str) {
        let elapsed = Elapsed::seconds(seconds);
        assert_eq!(duration(elapsed, Words::new(Lang::En)), english);
        assert_eq!(duration(elapsed, Words::new(Lang::ZhCn)), chinese);
    }

    #[test]
    fn a_duration_is_told_in_its_two_greatest_units() {
        check(0, "0 seconds", "0 秒");
        check(1, "1 second", "1 秒");
        check(3_600, "1 hour", "1 小时");
        check(86_400 + 59, "1 day", "1 天");
        check(5 * 86_400 + 3_661, "5 days 1 hour", "5 天 1 小时");
        check(7_199, "1 hour 59 minutes", "1 小时 59 分钟");
    }
}
