//! Bytes as text.

/// Bytes in lower-case hexadecimal.
///
/// ```
/// assert_eq!(longma_core::hex(&[0, 171, 255]), "00abff");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}
