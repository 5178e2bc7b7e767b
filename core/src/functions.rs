//! The table of what rules can call and of the operations that compute it.
//!
//! Everything that has to know a function reads this table: the machine, the checker and
//! the editor, the compiler, the listing, and the interpreter. A new function that
//! computes a value from values is one row at the end of `operations`.
//!
//! A row is an operation: its documentation, its name, and how rules can call it.
//!
//! ```text
//! /// The day of the week, Monday being 1.
//! Weekday { method "weekday" (d: Date) -> Int is d.weekday() }
//! ```
//!
//! - `call`, `method` or `sign` says how it is written: `f(a, b)`, `a.f(b)` or as an
//!   operator.
//! - Parameters have the names that the reference shows, and kinds. Behind a semicolon
//!   stands the name for the pack's offset, if the operation needs it.
//! - `is` stands before an expression that cannot fail, `tries` before one that gives a
//!   `Result`. Sets and series come as references or as values, so the expression must
//!   suit both. `host` and `When` are in its scope; what takes more than an expression
//!   over them is a function of `host`.
//! - `walks` says how many steps an operation costs besides its own. They are charged
//!   before it runs.
//!
//! An operation that is called in several ways says first what the machine computes, on
//! kinds that hold the words of all of them; only then come the ways.
//!
//! A `special` operation names its method of the machine. It and the `others`, which
//! have no operation of their own, work on lists, closures, tables or causes. The table
//! says how they are called; the compiler and the interpreter each have code for them.
//!
//! The numbers of operations are part of the format of compiled packs: a new row goes
//! last.

/// Hands the table of what rules can call to the macro with the given name. The table's
/// module says how to read a row.
#[macro_export]
macro_rules! functions {
    ($read:ident) => {
        $read! {
            operations {
                /// `!` of a boolean.
                Not { sign "!" (truth: Bool) -> Bool is !truth }
                /// `^` of booleans.
                Differ { machine (a: Bool, b: Bool) is a != b; }
                /// The sum of two whole numbers.
                IntAdd { sign "+" (a: Int, b: Int) -> Int tries host::add(a, b) }
                /// The first whole number minus the second.
                IntSub { sign "-" (a: Int, b: Int) -> Int tries host::sub(a, b) }
                /// The product of two whole numbers.
                IntTimes { sign "*" (a: Int, b: Int) -> Int tries host::times(a, b) }
                /// The first whole number divided by the second, towards zero.
                IntDivide { sign "/" (a: Int, b: Int) -> Int tries host::divide(a, b) }
                /// What is left of that division.
                IntRemainder { sign "%" (a: Int, b: Int) -> Int tries host::remainder(a, b) }
                /// A whole number negated.
                IntNegative { sign "-" (n: Int) -> Int tries host::negative(n) }
                /// Hours as an elapsed time.
                Hours { call "hours" (n: Int) -> Elapsed tries host::hours(n) }
                /// Minutes as an elapsed time.
                Minutes { call "minutes" (n: Int) -> Elapsed tries host::minutes(n) }
                /// An instant and an elapsed time.
                LaterBy {
                    sign "+" (t: Instant, by: Elapsed) -> Instant tries host::later_by(t, by)
                }
                /// An instant minus an elapsed time.
                EarlierBy {
                    sign "-" (t: Instant, by: Elapsed) -> Instant tries host::earlier_by(t, by)
                }
                /// An instant and calendar days.
                DaysLater {
                    sign "+" (t: Instant, by: Days) -> Instant tries host::days_later(t, by)
                }
                /// An instant minus calendar days.
                DaysEarlier {
                    sign "-" (t: Instant, by: Days) -> Instant tries host::days_earlier(t, by)
                }
                /// A date and days.
                DateLater { sign "+" (d: Date, by: Days) -> Date tries host::date_later(d, by) }
                /// A date minus days.
                DateEarlier { sign "-" (d: Date, by: Days) -> Date tries host::date_earlier(d, by) }
                /// The sum of two elapsed times.
                ElapsedAdd {
                    sign "+" (a: Elapsed, b: Elapsed) -> Elapsed tries host::add_elapsed(a, b)
                }
                /// The first elapsed time minus the second.
                ElapsedSub {
                    sign "-" (a: Elapsed, b: Elapsed) -> Elapsed tries host::sub_elapsed(a, b)
                }
                /// An elapsed time, times a whole number.
                ElapsedTimes {
                    sign "*" (a: Elapsed, n: Int) -> Elapsed tries host::times_elapsed(a, n)
                }
                /// The sum of two numbers of days.
                DaysAdd { sign "+" (a: Days, b: Days) -> Days tries host::add_days(a, b) }
                /// The first number of days minus the second.
                DaysSub { sign "-" (a: Days, b: Days) -> Days tries host::sub_days(a, b) }
                /// A number of days, times a whole number.
                DaysTimes { sign "*" (a: Days, n: Int) -> Days tries host::times_days(a, n) }
                /// The time from the second instant, or day, to the first.
                Apart {
                    machine (a: Int, b: Int) is a.saturating_sub(b);
                    sign "-" (a: Instant, b: Instant) -> Elapsed is a.minus(b);
                    sign "-" (a: Date, b: Date) -> Days is a.minus(b)
                }
                /// The lesser of two times or days.
                Least {
                    machine (a: Int, b: Int) is a.min(b);
                    call "earlier" (a: Instant, b: Instant) -> Instant is a.min(b);
                    call "earlier" (a: Date, b: Date) -> Date is a.min(b)
                }
                /// The greater of two times or days.
                Greatest {
                    machine (a: Int, b: Int) is a.max(b);
                    call "later" (a: Instant, b: Instant) -> Instant is a.max(b);
                    call "later" (a: Date, b: Date) -> Date is a.max(b)
                }
                /// The end of a span whose last instant it is.
                Including { call "including" (t: Instant) -> Instant tries host::including(t) }
                /// The day of an instant; the second operand is the number of the offset.
                DateOf { method "date" (t: Instant; offset) -> Date is t.date(offset) }
                /// The first second of a day, at the offset.
                DayStart {
                    method "start" (d: Date; offset) -> Instant tries host::day_start(d, offset)
                }
                /// The first second after a day, at the offset.
                DayEnd { method "end" (d: Date; offset) -> Instant tries host::day_end(d, offset) }
                /// The day on which somebody born on a day turns so many years old.
                Birthday {
                    method "birthday" (d: Date, years: Int) -> Date tries host::birthday(d, years)
                }
                /// The day of the week, Monday being 1.
                Weekday { method "weekday" (d: Date) -> Int is d.weekday() }
                /// Every instant.
                Always { call "always" () -> When is When::always() }
                /// No instant.
                Never { call "never" () -> When is When::never() }
                /// From an instant on.
                Since { call "since" (from: Instant) -> When is When::between(Some(from), None) }
                /// Up to an instant.
                Before {
                    call "before" (until: Instant) -> When is When::between(None, Some(until))
                }
                /// From the first instant until the second, or for ever if that is absent.
                Between {
                    machine (from: Instant, until: MaybeInstant)
                        is When::between(Some(from), until);
                    call "between" (from: Instant, until: Instant) -> When
                        is When::between(Some(from), Some(until));
                    call "between" (from: Instant, until: Absent) -> When
                        is When::between(Some(from), None)
                }
                /// The first instant of a set, or absent.
                From { method "from" (when: When) -> MaybeInstant is host::first_instant(&when) }
                /// Whether a set is empty.
                IsNever { method "is_empty" (when: When) -> Bool is when.is_empty() }
                /// The instants not in a set.
                Complement {
                    sign "!" (when: When) -> When
                        tries host::bounded(when.complement()), walks when.spans().len()
                }
                /// The instants in both sets.
                Both {
                    sign "&" (a: When, b: When) -> When
                        tries host::bounded(a.intersection(&b)),
                        walks a.spans().len() + b.spans().len()
                }
                /// The instants in either set.
                Either {
                    sign "|" (a: When, b: When) -> When
                        tries host::bounded(a.union(&b)), walks a.spans().len() + b.spans().len()
                }
                /// The instants in the first set but not in the second.
                Without {
                    sign "-" (a: When, b: When) -> When
                        tries host::bounded(a.difference(&b)),
                        walks a.spans().len() + b.spans().len()
                }
                /// The number of a list's items.
                Len {
                    special len(list);
                    method "is_empty" (list: List) -> Bool;
                    method "len" (list: List) -> Int
                }
                /// The first item, or absent.
                First { special first(list); method "first" (list: List) -> Item }
                /// The last item, or absent.
                Last { special last(list); method "last" (list: List) -> Item }
                /// The items of two lists.
                Concat {
                    special concat(a, b);
                    method "concat" (list: List, other: Joined) -> Both
                }
                /// The items of two lists, however many.
                Join { special join(a, b) }
                /// A list of one item; an empty one if it is absent.
                One { special one(item) }
                /// A cause: a level, and when it holds.
                Cause {
                    special cause(level, when);
                    call "level" (level: Level, when: When) -> Cause
                }
                /// A cause: a level, from an instant until another, or for ever.
                CauseBetween {
                    special cause_between(level, from, until);
                    call "level" (level: Level, from: Instant, until: Instant) -> Cause;
                    call "level" (level: Level, from: Instant, until: Absent) -> Cause
                }
                /// A cause that also rests on a list of records.
                Because {
                    special because(cause, list);
                    method "because" (cause: Cause, facts: Evidence) -> First
                }
                /// The rows of a table for a record: the table's number, the record.
                During {
                    special during(table, record);
                    method "during" (table: Table, record: Record) -> Rows
                }
                /// The rows of a table around a record: its number, the record, the key's depth.
                Around {
                    special around(table, record, depth);
                    method "around" (table: Table, record: Record, column: Column) -> Rows
                }
                /// When an earlier decision has a level: its number, the level's name.
                When {
                    special when(decision, level);
                    method "when" (decision: Timeline, level: LevelOf) -> When
                }
                /// When an earlier decision has at least a level.
                WhenAtLeast {
                    special when_at_least(decision, level);
                    method "when_at_least" (decision: Timeline, level: LevelOf) -> When
                }
                /// A series, from days and counts.
                Daily {
                    special daily(days, counts);
                    call "daily" (days: Dates, counts: Ints) -> Series
                }
                /// The count of a day, or absent.
                On { method "on" (series: Series, d: Date) -> MaybeInt is series.on(d) }
                /// How far a day departs from a window of days before it, or absent.
                Departure {
                    method "departure" (series: Series, d: Date, window: Days, lag: Days)
                        -> MaybeInt
                        is series.departure(d, window, lag),
                        walks usize::try_from(window.count()).unwrap_or_default()
                }
                /// The rows of a table for a record on one day: the table's number, the
                /// record, the first second of the day.
                OnDay {
                    special on_day(table, record, start);
                    method "on_day" (table: Table, record: Record, day: Date) -> Rows
                }
                /// The first instant after a set, or absent.
                Ends { method "ends" (when: When) -> MaybeInstant is host::last_instant(&when) }
                /// The spans of a set, each as a set, earliest first.
                Spans { special spans(when); method "spans" (when: When) -> SetList }
                /// The instants at which so many of some sets hold, or more.
                AtLeast {
                    special at_least(sets, count);
                    method "at_least" (sets: Sets, count: Int) -> When
                }
                /// So many items from the start of a list.
                Take {
                    special take(list, count);
                    method "take" (list: List, count: Int) -> SameList
                }
                /// The first of some instants in order that is later than one, or absent.
                NextAfter {
                    special next_after(sorted, t);
                    method "next_after" (times: Instants, t: Instant) -> MaybeInstant
                }
                /// Two lists of times as pairs, for `EarliestFrom`: each time of the second
                /// list, the latest first, and the least of the first list's from it on.
                PairsFrom { special pairs_from(times, keys) }
                /// The same turned round, for `LatestUntil`: all times negated.
                PairsUntil { special pairs_until(times, keys) }
                /// The first of some times whose partners are an instant or later: the
                /// pairs, the instant.
                EarliestFrom {
                    special earliest_from(pairs, t);
                    method "earliest_from" (times: Instants, keys: Instants, t: Instant)
                        -> MaybeInstant
                }
                /// The last of some times whose partners are an instant or earlier.
                LatestUntil {
                    special latest_until(pairs, t);
                    method "latest_until" (times: Instants, keys: Instants, t: Instant)
                        -> MaybeInstant
                }
                /// Whether a text begins with another.
                StartsWith {
                    method "starts_with" (text: Text, start: Text) -> Bool
                        is host::starts_with(&text, &start)
                }
                /// Whether a text ends with another.
                EndsWith {
                    method "ends_with" (text: Text, end: Text) -> Bool
                        is host::ends_with(&text, &end)
                }
                /// Whether a text holds another.
                Includes {
                    method "contains" (text: Text, part: Text) -> Bool
                        is host::includes(&text, &part), walks host::read(&text)
                }
                /// The number of a text's characters.
                Characters {
                    method "len" (text: Text) -> Int
                        is host::characters(&text), walks host::read(&text)
                }
                /// The parts of a text between a separator.
                Parts {
                    special parts(text, separator);
                    method "parts" (text: Text, separator: Text) -> TextList
                }
                /// The same day so many months later; the last day of a shorter month.
                MonthsLater {
                    method "plus_months" (d: Date, months: Int) -> Date
                        tries host::months_later(d, months)
                }
                /// The same day so many years later; 28 February for a 29th that is not there.
                YearsLater {
                    method "plus_years" (d: Date, years: Int) -> Date
                        tries host::years_later(d, years)
                }
                /// The time since the day began, by the clock at the offset.
                TimeOfDay {
                    method "time_of_day" (t: Instant; offset) -> Elapsed is t.time_of_day(offset)
                }
                /// The parts of a set within a window of each day, at the offset.
                DailyBetween {
                    method "daily_between" (when: Bounded, from: Clock, until: Clock; offset) -> When
                        tries host::daily_between(&when, &from, &until, offset),
                        walks host::days_in(&when)
                }
                /// The parts of a set on some days of the week, at the offset.
                OnWeekdays {
                    special on_weekdays(when, days, offset);
                    method "on_weekdays" (when: Bounded, days: Ints; offset) -> When
                }
                /// An instant and calendar days, by the clock of an offset with summer time.
                ClockLater {
                    machine (t: Instant, by: Days; offset) tries host::clock_later(t, by, offset);
                }
            }
            others {
                // A constant becomes another constant, any other number a sum with none.
                call "days" (n: Int) -> Days;
                method "contains" (list: List, value: Sought) -> Bool;
                method "union" (list: Sets) -> When;
                method "earliest" (list: List) -> PresentItem;
                method "latest" (list: List) -> PresentItem;
                method "min" (list: Numbers) -> PresentItem;
                method "max" (list: Numbers) -> PresentItem;
                method "filter" (list: List, closure: Test) -> SameList;
                method "find" (list: List, closure: Test) -> Item;
                method "any" (list: List, closure: Test) -> Bool;
                method "all" (list: List, closure: Test) -> Bool;
                method "map" (list: List, closure: Each) -> Mapped;
                method "flat_map" (list: List, closure: Each) -> FlatMapped;
                method "sort_by" (list: List, closure: Each) -> SameList
            }
        }
    };
}
