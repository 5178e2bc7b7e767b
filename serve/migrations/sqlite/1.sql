-- Documents as their sources signed them. Nothing is changed or taken away.
CREATE TABLE statements (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    made BIGINT NOT NULL,
    received BIGINT NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX statements_of ON statements (subject, seq);

CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    applied BIGINT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    phone TEXT NOT NULL
);

CREATE TABLE passes (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    application TEXT NOT NULL REFERENCES applications (id),
    issued BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX passes_of ON passes (subject);

CREATE TABLE revocations (
    pass TEXT PRIMARY KEY REFERENCES passes (id),
    revoked BIGINT NOT NULL,
    officer TEXT NOT NULL
);

-- Each row's digest covers the digest before it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    object TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX audit_of ON audit (action, object);

-- The last row of the chain, so that one cut off at its end is found.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    digest TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, digest) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER statements_kept BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER statements_stay BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
