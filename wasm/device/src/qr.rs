//! QR codes.

use crate::code::Code;
use longma_answer::result;
use longma_core::Problem;
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use wasm_bindgen::prelude::*;

/// Draws a text as a QR code in SVG: dark modules on a light background, with a quiet
/// zone.
#[wasm_bindgen(js_name = qrSvg, unchecked_return_type = "Result<{ svg: string }>")]
#[must_use]
pub fn qr_svg(text: &str) -> JsValue {
    result(encoded(text).map(|code| {
        let svg = code.render::<svg::Color>().min_dimensions(256, 256).build();
        [("svg", svg.into())]
    }))
}

/// The modules of a text's QR code, for a canvas: the number in a row, and all rows one
/// after another, `1` for a dark module. The quiet zone of four modules is not included.
#[wasm_bindgen(
    js_name = qrModules,
    unchecked_return_type = "Result<{ size: number; modules: string }>"
)]
#[must_use]
pub fn qr_modules(text: &str) -> JsValue {
    result(encoded(text).map(|code| {
        let size = u32::try_from(code.width()).unwrap_or_default();
        let modules = code.to_colors().into_iter();
        let modules = modules.map(|it| if it == Color::Dark { '1' } else { '0' });
        let modules: String = modules.collect();
        [("size", size.into()), ("modules", modules.into())]
    }))
}

fn encoded(text: &str) -> Result<QrCode, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    code.map_err(|_| Problem::in_facts(Code::QrLength, "").with("size", text.len()))
}
