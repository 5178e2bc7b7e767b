//! The codes of countries.

/// The codes of ISO 3166-1 with two letters, in lower case, of countries other than China.
/// Places in China, with Hong Kong, Macao and Taiwan, have those of GB/T 2260.
const CODES: &str = "\
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo \
    bq br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm co cr cu cv cw cx cy cz de dj \
    dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp \
    gq gr gs gt gu gw gy hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg \
    kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml \
    mm mn mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe \
    pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl \
    sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tz ua ug um \
    us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// Whether a region outside of China is in a country that exists, or belongs to an
/// organisation.
pub(crate) fn is_known(region: &str) -> bool {
    let country = region.split('-').next().unwrap_or_default();
    country.len() != 2 || CODES.split_ascii_whitespace().any(|code| code == country)
}

#[cfg(test)]
mod tests {
    use super::{CODES, is_known};

    #[test]
    fn countries_are_those_of_the_standard() {
        let codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        assert_eq!(codes.len(), 245);
        assert!(codes.is_sorted());
        assert!(is_known("de-by") && is_known("org-college"));
        assert!(!is_known("xx") && !is_known("uk-lon"));
    }
}
