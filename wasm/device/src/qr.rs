//! QR codes.

use crate::answer::result;
use crate::code::Code;
use longma_core::Problem;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use wasm_bindgen::prelude::*;

/// Draws a text as a QR code in SVG: dark modules on a light background, with a quiet
/// zone.
#[wasm_bindgen(js_name = qrSvg, unchecked_return_type = "Result<{ svg: string }>")]
#[must_use]
pub fn qr_svg(text: &str) -> JsValue {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    result(
        code.map(|code| {
            let svg = code.render::<svg::Color>().min_dimensions(256, 256).build();
            [("svg", svg.into())]
        })
        .map_err(|_| Problem::in_facts(Code::QrLength, "").with("size", text.len())),
    )
}
