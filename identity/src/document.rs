//! Identity documents: what their numbers must look like, and which of them are one.
//!
//! The type of a document is the name that the schemas of facts have for it. A number is
//! folded before it is looked at, see [`longma_core::number`]. Nothing is looked up: a
//! number that is sound here need not have been issued.

use crate::code::{Code, messages};
use crate::resident::{self, RESIDENT_ID, Told};
use longma_core::number::fold;
use longma_core::{Args, Date, Problem, Severity};

/// The types whose numbers are held to a form, each with that form.
const FORMS: [(&str, Form); 11] = [
    (RESIDENT_ID, Form::Resident(&[])),
    ("household_register", Form::Resident(&[])),
    (
        "hk_macao_taiwan_residence_permit",
        Form::Resident(&["810000", "820000", "830000"]),
    ),
    ("foreign_resident_id", Form::ForeignResident),
    ("hk_macao_permit", Form::HkMacao),
    ("taiwan_permit", Form::Taiwan),
    ("passport", Form::Passport),
    ("foreign_passport", Form::Passport),
    ("birth_certificate", Form::Birth),
    ("military_officer_id", Form::Forces),
    ("soldier_id", Form::Forces),
];
/// Numbers that people enter where they have none, apart from one character repeated.
const NOTHING: [&str; 36] = [
    "无",
    "没有",
    "暂无",
    "未有",
    "不详",
    "不明",
    "未知",
    "不清楚",
    "不清",
    "不知道",
    "不记得",
    "忘记",
    "空",
    "略",
    "保密",
    "待补",
    "待查",
    "未带",
    "未提供",
    "未填",
    "无证件",
    "无身份证",
    "没有身份证",
    "无号码",
    "NONE",
    "NULL",
    "NIL",
    "N/A",
    "NAN",
    "UNKNOWN",
    "UNDEFINED",
    "REF",
    "VALUE",
    "NAME",
    "身份证",
    "护照",
];
/// Fewest characters of a number.
const LEAST: usize = 4;
/// Digits in order that people enter where they have none are fewer than these.
const COUNTED: &str = "12345678";
/// Digits that a spreadsheet keeps of a number; it makes all others 0.
const KEPT: usize = 15;

/// What the number of a type of document looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// 18 characters by GB 11643, from one of these regions; from any if there are none.
    Resident(&'static [&'static str]),
    /// Three letters and twelve digits; since 2023 18 characters that begin with 9.
    ForeignResident,
    /// H or M and eight digits. Two more that count the issues are left out by folding.
    HkMacao,
    /// Eight digits, on old permits two more that count the issues and a letter.
    Taiwan,
    Passport,
    /// A letter and nine digits.
    Birth,
    /// Digits, on most cards with the unit before them: 军字第0000001号.
    Forces,
}

impl Form {
    fn of(kind: &str) -> Option<Self> {
        let known = FORMS.iter().find(|(name, _)| *name == kind);
        known.map(|(_, form)| *form)
    }

    /// Whether a folded number has this form. Of those with a check character, only its
    /// first characters are looked at.
    fn fits(self, number: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_long = number.len() == resident::LENGTH;
        match self {
            Self::Resident(regions) => {
                is_long && (regions.is_empty() || regions.iter().any(|it| number.starts_with(it)))
            }
            Self::ForeignResident => {
                let (letters, rest) = number.split_at_checked(3).unwrap_or_default();
                let old = letters.bytes().all(|byte| byte.is_ascii_uppercase());
                old && rest.len() == 12 && digits(rest) || is_long && number.starts_with('9')
            }
            Self::HkMacao => {
                let rest = number.strip_prefix(['H', 'M']);
                rest.is_some_and(|rest| rest.len() == 8 && digits(rest))
            }
            Self::Taiwan => {
                let last = |c: char| c.is_ascii_uppercase();
                let rest = number.strip_suffix(last).unwrap_or(number);
                matches!(rest.len(), 8 | 10) && digits(rest)
            }
            Self::Passport => {
                let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
                plain
                    && (5..=15).contains(&number.len())
                    && number.contains(|c: char| c.is_ascii_digit())
            }
            Self::Birth => {
                let rest = number.strip_prefix(|c: char| c.is_ascii_uppercase());
                rest.is_some_and(|rest| rest.len() == 9 && digits(rest))
            }
            Self::Forces => {
                let (unit, rest) = number.split_once("字第").unwrap_or(("", number));
                let rest = rest.strip_suffix('号').unwrap_or(rest);
                unit.chars().count() <= 6 && (5..=10).contains(&rest.len()) && digits(rest)
            }
        }
    }

    /// Whether a number of this form that has 18 characters ends with a check character.
    fn is_checked(self) -> bool {
        matches!(self, Self::Resident(_) | Self::ForeignResident)
    }
}

/// The number of a document, as it was given.
///
/// ```
/// use longma_identity::Document;
/// let given = Document { kind: "resident_id", number: "999999650101001" };
/// let other = Document { kind: "household_register", number: "999999 19650101 0019" };
/// assert!(given.is(other));
/// assert!(!given.is(Document { kind: "passport", number: "E12345678" }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a> {
    /// The type of document, by its name in the schemas.
    pub kind: &'a str,
    /// The number.
    pub number: &'a str,
}

/// What facts say of a person, to be held against the number of the person's document.
///
/// ```
/// use longma_core::Severity;
/// use longma_identity::{Claim, Code, Document};
///
/// let document = Document { kind: "resident_id", number: "11010519491231002X" };
/// let claim = Claim { document, birth_date: Some("1949-12-30"), sex: Some("2") };
/// let problems = claim.check("/identity");
/// assert!(problems[0].code == Code::IdentityBirthDate);
/// assert_eq!((problems.len(), problems[0].severity), (1, Severity::Warning));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The document.
    pub document: Document<'a>,
    /// The birth date, `YYYY-MM-DD`.
    pub birth_date: Option<&'a str>,
    /// The sex by GB/T 2261.1.
    pub sex: Option<&'a str>,
}

impl Document<'_> {
    /// Checks the number; `pointer` is its place in the facts. Returns what it says about
    /// its holder, if it says anything.
    ///
    /// ```
    /// use longma_identity::{Code, Document};
    ///
    /// // The example in GB 11643.
    /// let document = Document { kind: "resident_id", number: "11010519491231002x" };
    /// let told = document.read("/identity/document/number").unwrap().unwrap();
    /// assert_eq!((told.birth_date.as_str(), told.sex), ("1949-12-31", "2"));
    ///
    /// let document = Document { kind: "resident_id", number: "1.10105E+17" };
    /// let problems = document.read("/identity/document/number").unwrap_err();
    /// assert!(problems[0].code == Code::IdentityRounded);
    /// ```
    ///
    /// # Errors
    /// Every problem of the number. That it says nothing, was rounded, or has a wrong
    /// length or character is reported alone.
    pub fn read(&self, pointer: &str) -> Result<Option<Told>, Vec<Problem>> {
        let number = fold(self.number);
        let form = Form::of(self.kind);
        let alone = |code: Code| {
            let found = longma_core::quote(self.number.trim());
            vec![Problem::in_facts(code, pointer).with("found", found)]
        };
        let checked = form.is_some_and(Form::is_checked);
        if says_nothing(&number, form.is_some()) {
            return Err(alone(Code::IdentityNothing));
        }
        if is_power(&number, checked) {
            return Err(alone(Code::IdentityRounded));
        }
        let Some(form) = form else {
            return Ok(None);
        };
        let is_resident = matches!(form, Form::Resident(_));
        let misfit = || {
            let expected = messages().say(&format!("form-{}", self.kind), &Args::NONE);
            let found = longma_core::quote(self.number.trim());
            let problem = Problem::in_facts(Code::IdentityForm, pointer);
            vec![problem.with("found", found).with("expected", expected)]
        };
        if checked && (is_resident || number.len() == resident::LENGTH) {
            return match resident::read(&number, pointer) {
                Ok(told) if form.fits(&number) => Ok(Some(told)),
                Ok(_) => Err(misfit()),
                Err(_) if is_cut(&number) => Err(alone(Code::IdentityRounded)),
                Err(problems) => Err(problems),
            };
        }
        if form.fits(&number) {
            Ok(None)
        } else {
            Err(misfit())
        }
    }

    /// Whether the number is sound and ends as one does that a spreadsheet rounded: so one
    /// in a thousand really ends, and one in eleven rounded ones is sound by chance.
    #[must_use]
    pub fn may_be_rounded(&self) -> bool {
        let number = fold(self.number);
        is_cut(&number) && resident::read(&number, "").is_ok()
    }

    /// What the number says about its holder; `None` if it says nothing, or is wrong.
    #[must_use]
    pub fn told(&self) -> Option<Told> {
        self.read("").ok().flatten()
    }

    /// The number as its document has it: folded if it is a sound one of its type, else
    /// without blanks around it.
    ///
    /// ```
    /// use longma_identity::Document;
    /// let written = |kind, number| Document { kind, number }.written();
    /// assert_eq!(written("hk_macao_permit", "h 1234 5678"), "H12345678");
    /// assert_eq!(written("other", " no-1 "), "no-1");
    /// ```
    #[must_use]
    pub fn written(&self) -> String {
        match Form::of(self.kind) {
            Some(_) if self.read("").is_ok() => fold(self.number),
            _ => self.number.trim().to_owned(),
        }
    }

    /// What two documents of one person have in common: the number alone if it is of the
    /// kind that a resident has for life, whatever document it stands on; else the type and
    /// the number.
    #[must_use]
    pub fn key(&self) -> String {
        let number = fold(self.number);
        if resident::read(&number, "").is_ok() {
            return number;
        }
        let kind = match self.kind {
            "foreign_passport" => "passport",
            kind => kind,
        };
        let number = match Form::of(kind) {
            // The first eight digits are the person's for life.
            Some(form @ Form::Taiwan) if form.fits(&number) => number.chars().take(8).collect(),
            _ => number,
        };
        format!("{kind} {number}")
    }

    /// Whether two documents are one person's.
    #[must_use]
    pub fn is(&self, other: Document<'_>) -> bool {
        self.key() == other.key()
    }
}

impl Claim<'_> {
    /// Problems of the number, and what it contradicts, with pointers below `pointer`, the
    /// place of the section. A contradiction is a warning: the number is sound, and which
    /// of the two is wrong is not known.
    #[must_use]
    pub fn check(&self, pointer: &str) -> Vec<Problem> {
        let told = match self.document.read(&format!("{pointer}/document/number")) {
            Ok(Some(told)) => told,
            Ok(None) => return Vec::new(),
            Err(problems) => return problems,
        };
        let birth_date = self.birth_date.filter(|found| *found != told.birth_date);
        let sex = self
            .sex
            .filter(|found| resident::says_a_sex(found) && *found != told.sex);
        let found = [
            (
                Code::IdentityBirthDate,
                "birth_date",
                birth_date,
                told.birth_date.as_str(),
            ),
            (Code::IdentitySex, "sex", sex, told.sex),
        ];
        let found = found
            .into_iter()
            .filter_map(|(code, field, found, expected)| {
                let mut problem = Problem::in_facts(code, format!("{pointer}/{field}"))
                    .with("expected", expected)
                    .with("found", found?);
                problem.severity = Severity::Warning;
                Some(problem)
            });
        found.collect()
    }

    /// The problem of a number by which the person is born after `received`.
    #[must_use]
    pub fn unborn(&self, received: Date, pointer: &str) -> Option<Problem> {
        let told = self.document.told()?;
        let born = Date::parse(&told.birth_date).ok()?;
        (born > received).then(|| {
            Problem::in_facts(Code::IdentityUnborn, format!("{pointer}/document/number"))
                .with("found", &told.birth_date)
                .with("received", received)
        })
    }
}

/// The type of document that a number is of; `None` if no type's numbers look like this
/// one, or those of several do.
///
/// ```
/// use longma_identity::kind_of;
/// assert_eq!(kind_of("H12345678"), Some("hk_macao_permit"));
/// assert_eq!(kind_of("810000198001010014"), Some("hk_macao_taiwan_residence_permit"));
/// // A permit of a Taiwan resident, or a soldier's card.
/// assert_eq!(kind_of("12345678"), None);
/// ```
#[must_use]
pub fn kind_of(number: &str) -> Option<&'static str> {
    let number = fold(number);
    if resident::read(&number, "").is_ok() {
        let fits = |form: &Form| form.fits(&number) && *form != Form::Resident(&[]);
        let own = FORMS.iter().find(|(_, form)| fits(form));
        let invented = number.starts_with(resident::INVENTED);
        return Some(
            own.filter(|_| !invented)
                .map_or(RESIDENT_ID, |(kind, _)| kind),
        );
    }
    let fitting = FORMS.iter().filter(|(_, form)| match form {
        Form::Passport => is_chinese_passport(&number),
        form => form.fits(&number),
    });
    let mut kinds = fitting
        .map(|(kind, _)| *kind)
        .filter(|kind| *kind != "foreign_passport");
    let only = kinds.next().filter(|_| number.len() != resident::LENGTH)?;
    kinds.next().is_none().then_some(only)
}

/// A letter, another letter or digit, and seven digits.
fn is_chinese_passport(number: &str) -> bool {
    let rest = number.strip_prefix(['E', 'G', 'D', 'S', 'P']);
    let rest = rest.and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_alphanumeric()));
    rest.is_some_and(|rest| rest.len() == 7 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a folded number says that there is none. A number of no known form may be as
/// short and as plain as it likes.
fn says_nothing(number: &str, has_form: bool) -> bool {
    let signs = || number.chars().filter(|c| c.is_alphanumeric());
    let all = |sign: Option<char>| signs().all(|c| Some(c) == sign);
    let plain = || {
        let counted = number.len() < COUNTED.len() && COUNTED.starts_with(number);
        signs().count() < LEAST || all(signs().next()) || counted
    };
    all(Some('0')) || NOTHING.contains(&number) || has_form && plain()
}

/// Whether a spreadsheet wrote this as a power of ten: 6.20102E+17. Without a point or a
/// sign that could be a passport's number.
fn is_power(number: &str, checked: bool) -> bool {
    let Some((digits, power)) = number.split_once('E') else {
        return false;
    };
    let marked = checked || digits.contains('.') || power.starts_with('+');
    let power = power.strip_prefix('+').unwrap_or(power);
    let is = |text: &str, point: bool| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|byte| byte.is_ascii_digit() || point && byte == b'.')
    };
    marked && is(digits, true) && is(power, false)
}

/// Whether all digits that a spreadsheet does not keep are 0.
fn is_cut(number: &str) -> bool {
    let lost = number.get(KEPT..).unwrap_or_default();
    number.len() == resident::LENGTH && lost.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    /// The example printed in GB 11643, and an invented number without a real region.
    const PRINTED: &str = "11010519491231002X";
    const INVENTED: &str = "999999199001010016";

    fn codes(found: &[Problem]) -> Vec<&str> {
        found.iter().map(|problem| problem.code.as_str()).collect()
    }

    /// What is wrong with a number, by code.
    fn wrong(kind: &str, number: &str) -> Vec<String> {
        let read = Document { kind, number }.read("/n");
        let found = read.err().unwrap_or_default();
        found
            .iter()
            .map(|problem| problem.code.to_string())
            .collect()
    }

    #[test]
    fn the_standards_example_says_its_birth_date_and_sex() {
        for number in [
            PRINTED,
            "11010519491231002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            "身份证 110105 19491231 002X ",
        ] {
            let told = Document {
                kind: RESIDENT_ID,
                number,
            }
            .told()
            .unwrap();
            assert_eq!((told.birth_date.as_str(), told.sex), ("1949-12-31", "2"));
        }
    }

    #[test]
    fn what_is_wrong_with_a_residents_number_is_told_by_code() {
        let wrong = |text: &str| wrong(RESIDENT_ID, text);
        assert_eq!(wrong("1101051949123100"), ["identity-length"]);
        assert_eq!(wrong("110105491331002"), ["identity-day"]);
        assert_eq!(wrong("11010519491231OO2X"), ["identity-character"]);
        assert_eq!(wrong("1101051949123100X2"), ["identity-character"]);
        assert_eq!(wrong("110105194912310021"), ["identity-check-digit"]);
        // 30 February, with a correct check character.
        assert_eq!(wrong(&with_check("11010519490230002")), ["identity-day"]);
        assert!(wrong("999999650101001").is_empty());
    }

    #[test]
    fn numbers_that_say_nothing_identify_nobody() {
        for number in ["123", "1234567", "111111", "XXXXXX", "1"] {
            for kind in [RESIDENT_ID, "passport", "soldier_id"] {
                assert_eq!(wrong(kind, number), ["identity-nothing"], "{kind} {number}");
            }
            assert!(wrong("other", number).is_empty(), "{number}");
        }
        for number in [
            "",
            "无",
            "不详",
            "000000",
            "000000000000000000",
            "—",
            "N/A",
            "#N/A",
            "null",
            "身份证",
            "未带",
            "？？？",
            "0000-0000",
        ] {
            for kind in [RESIDENT_ID, "passport", "other"] {
                assert_eq!(wrong(kind, number), ["identity-nothing"], "{kind} {number}");
            }
        }
        for number in ["CASE-0001", "12345678", "0001", "没有身份证件的人1", "7"] {
            assert!(wrong("other", number).is_empty(), "{number}");
        }
    }

    #[test]
    fn rounded_numbers_are_told_as_rounded() {
        for number in [
            "6.20102E+17",
            "6.20102E17",
            "6.20102e+17",
            "６．２０１０２Ｅ＋１７",
            "6.20102199001010E+17",
            "6E+17",
            "999999199001010000",
            "620102199001011000",
            "=\"620102199001011000\"",
        ] {
            assert_eq!(wrong(RESIDENT_ID, number), ["identity-rounded"], "{number}");
        }
        assert_eq!(wrong("passport", "1.23457E+08"), ["identity-rounded"]);
        assert!(wrong("passport", "12345E67").is_empty());
        // One in a thousand numbers really ends so.
        let kind = RESIDENT_ID;
        let ending = |number| Document { kind, number }.may_be_rounded();
        assert!(wrong(kind, "999999199001011000").is_empty());
        assert!(ending("999999199001011000") && !ending(INVENTED));
    }

    #[test]
    fn each_kind_has_its_form() {
        let sound = [
            ("hk_macao_permit", "H12345678"),
            ("hk_macao_permit", "m1234567801"),
            ("taiwan_permit", "12345678"),
            ("taiwan_permit", "0123456701(B)"),
            ("hk_macao_taiwan_residence_permit", "810000198001010014"),
            ("foreign_resident_id", "USA999900010101"),
            ("foreign_resident_id", "911111198001010013"),
            ("passport", "E12345678"),
            ("passport", "EA1234567"),
            ("foreign_passport", "A0000001"),
            ("birth_certificate", "U620000001"),
            ("household_register", "999999202206200010"),
            ("household_register", "999999650101001"),
            ("military_officer_id", "军字第0000001号"),
            ("soldier_id", "0000002"),
            ("other", "任何号码"),
        ];
        for (kind, number) in sound {
            assert!(wrong(kind, number).is_empty(), "{kind} {number}");
        }
        let unsound = [
            ("hk_macao_permit", "A12345678"),
            ("hk_macao_permit", "H123456780"),
            ("taiwan_permit", "123456789"),
            ("hk_macao_taiwan_residence_permit", PRINTED),
            ("foreign_resident_id", PRINTED),
            ("foreign_resident_id", "US999900010101"),
            ("passport", PRINTED),
            ("passport", "护照"),
            ("birth_certificate", "620000001"),
            ("military_officer_id", "军字第1号"),
            ("soldier_id", "ABCDEFG"),
        ];
        for (kind, number) in unsound {
            let found = wrong(kind, number);
            let code = if number == "护照" {
                "identity-nothing"
            } else {
                "identity-form"
            };
            assert_eq!(found, [code], "{kind} {number}");
        }
        let wrong_check = wrong("hk_macao_taiwan_residence_permit", "810000198001010015");
        assert_eq!(wrong_check, ["identity-check-digit"]);
        assert_eq!(
            wrong("foreign_resident_id", "911111198001010014"),
            ["identity-check-digit"]
        );
        assert_eq!(
            wrong("household_register", "999999202206200018"),
            ["identity-check-digit"]
        );
    }

    #[test]
    fn one_person_has_one_key() {
        let key = |kind, number| Document { kind, number }.key();
        let same = [
            [(RESIDENT_ID, PRINTED), (RESIDENT_ID, "11010519491231002x")],
            [
                (RESIDENT_ID, "999999650101001"),
                (RESIDENT_ID, "999999196501010019"),
            ],
            [
                (RESIDENT_ID, INVENTED),
                ("household_register", "999999 19900101 0016"),
            ],
            [(RESIDENT_ID, INVENTED), ("other", INVENTED)],
            [
                ("hk_macao_permit", "H12345678"),
                ("hk_macao_permit", "H1234567802"),
            ],
            [
                ("taiwan_permit", "01234567"),
                ("taiwan_permit", "0123456702(B)"),
            ],
            [
                ("passport", "e12345678"),
                ("foreign_passport", "E 1234 5678"),
            ],
            [
                ("military_officer_id", "军字第0000001号"),
                ("military_officer_id", "军字0000001"),
            ],
        ];
        for [(kind, number), (other, another)] in same {
            assert_eq!(key(kind, number), key(other, another), "{number} {another}");
        }
        let different = [
            [(RESIDENT_ID, PRINTED), (RESIDENT_ID, INVENTED)],
            [("passport", "E12345678"), ("other", "E12345678")],
            [("taiwan_permit", "12345678"), ("soldier_id", "12345678")],
            [
                ("hk_macao_permit", "H12345678"),
                ("hk_macao_permit", "M12345678"),
            ],
            [("other", "0001"), ("other", "0002")],
        ];
        for [(kind, number), (other, another)] in different {
            assert_ne!(key(kind, number), key(other, another), "{number} {another}");
        }
    }

    #[test]
    fn a_kind_is_told_from_its_number_if_only_one_fits() {
        for (number, kind) in [
            (PRINTED, Some(RESIDENT_ID)),
            (INVENTED, Some(RESIDENT_ID)),
            ("999999650101001", Some(RESIDENT_ID)),
            (
                "810000198001010014",
                Some("hk_macao_taiwan_residence_permit"),
            ),
            ("911111198001010013", Some("foreign_resident_id")),
            ("USA999900010101", Some("foreign_resident_id")),
            ("H1234567801", Some("hk_macao_permit")),
            ("U620000001", Some("birth_certificate")),
            ("E12345678", Some("passport")),
            ("EA1234567", Some("passport")),
            ("12345678", None),
            ("军字第0000001号", None),
            ("110105194912310021", None),
            ("A0000001", None),
            ("无", None),
        ] {
            assert_eq!(kind_of(number), kind, "{number}");
        }
    }

    #[test]
    fn a_claim_is_held_against_its_number() {
        let found = |birth, sex, kind| {
            let document = Document {
                kind,
                number: PRINTED,
            };
            let claim = Claim {
                document,
                birth_date: Some(birth),
                sex: Some(sex),
            };
            claim.check("/identity")
        };
        assert!(found("1949-12-31", "2", RESIDENT_ID).is_empty());
        assert!(found("1949-12-31", "9", RESIDENT_ID).is_empty());
        let both = found("1949-12-30", "1", RESIDENT_ID);
        assert_eq!(codes(&both), ["identity-birth-date", "identity-sex"]);
        assert!(
            both.iter()
                .all(|problem| problem.severity == Severity::Warning)
        );
        assert!(found("1949-12-30", "1", "other").is_empty());
    }

    #[test]
    fn nobody_is_born_after_the_document_was_received() {
        let document = Document {
            kind: RESIDENT_ID,
            number: "999999202206200010",
        };
        let claim = Claim {
            document,
            birth_date: None,
            sex: None,
        };
        let unborn = |day: &str| claim.unborn(Date::parse(day).unwrap(), "/identity");
        assert_eq!(unborn("2022-06-20"), None);
        let problem = unborn("2022-06-19").unwrap();
        assert_eq!(problem.code.as_str(), "identity-unborn");
        assert_eq!(problem.place.to_string(), "/identity/document/number");
    }

    #[test]
    fn every_problem_says_what_to_do() {
        let kinds = FORMS.iter().map(|(kind, _)| *kind).chain(["other"]);
        for kind in kinds {
            for number in [
                "1",
                "1E+17",
                "ABCD",
                "11010519490231002X",
                "110105491331002",
            ] {
                let read = Document { kind, number }.read("/n");
                for problem in read.err().unwrap_or_default() {
                    assert!(problem.help().is_some_and(|help| !help.is_incomplete()));
                    assert!(!problem.message().is_incomplete());
                    assert_ne!(problem.message().en, problem.code.as_str());
                    assert!(!problem.message().en.contains("form-"), "{kind}");
                }
            }
        }
    }

    /// The check character by the standard's table of weights.
    fn with_check(body: &str) -> String {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
        let digits = body.chars().map(|c| c.to_digit(10).unwrap());
        let sum: u32 = digits.zip(WEIGHTS).map(|(d, w)| d * w).sum();
        let check = CHECKS.get(usize::try_from(sum % 11).unwrap()).unwrap();
        format!("{body}{check}")
    }

    proptest! {
        #[test]
        fn the_check_character_is_that_of_the_table_of_weights(body in "[0-9]{17}") {
            let check = longma_core::number::check_character(&body);
            prop_assert_eq!(format!("{body}{check}"), with_check(&body));
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(place in 0..17_usize, by in 1..10_u32) {
            let changed: String = INVENTED.chars().enumerate().map(|(at, c)| {
                let digit = c.to_digit(10).unwrap();
                if at == place { char::from_digit((digit + by) % 10, 10).unwrap() } else { c }
            }).collect();
            let found = wrong(RESIDENT_ID, &changed);
            prop_assert!(!found.is_empty(), "{}", changed);
        }

        #[test]
        fn any_text_is_answered(kind in "[a-z_]{0,8}|resident_id|passport|taiwan_permit", number in "\\PC{0,30}") {
            let document = Document { kind: &kind, number: &number };
            let _ = (document.read(""), kind_of(&number));
            let written = document.written();
            let again = Document { kind: &kind, number: &written };
            prop_assert!(document.is(again));
        }
    }
}
