//! A small reader of .npy files: integer arrays of three dimensions, as `numpy.save` writes them.

/// An array of bytes with its shape, last index fastest.
#[derive(Debug, PartialEq, Eq)]
pub struct Bytes {
    pub shape: [usize; 3],
    pub data: Vec<u8>,
}

const MAGIC: &[u8] = b"\x93NUMPY";
/// Maximum number of elements; a map has at most 255 x 255 x 3.
const MAX_ELEMENTS: usize = 1 << 20;
/// Maximum size in bytes of a file that holds them, with its header.
pub const MAX_FILE: u64 = (MAX_ELEMENTS * 8 + (1 << 16)) as u64;

/// Reads the file's bytes; every element must lie in 0 to 255.
///
/// # Errors
/// If the file is not such an array; the text says what is wrong.
pub fn read(file: &[u8]) -> Result<Bytes, String> {
    let rest = file.strip_prefix(MAGIC).ok_or("not a .npy file")?;
    let (&major, rest) = rest.split_first().ok_or("the header is cut off")?;
    let rest = rest.get(1..).ok_or("the header is cut off")?;
    let wide = if major == 1 { 2 } else { 4 };
    let length = little_endian(rest.get(..wide).ok_or("the header is cut off")?) as usize;
    let header = rest.get(wide..wide + length).ok_or("the header is cut off")?;
    let header = std::str::from_utf8(header).map_err(|_| "the header is not text")?;
    let shape = shape(header)?;
    let (signed, size) = element(header)?;
    let fortran = field(header, "fortran_order")?.starts_with("True");
    let n = shape.iter().try_fold(1usize, |n, &side| n.checked_mul(side)).filter(|&n| n <= MAX_ELEMENTS);
    let n = n.ok_or_else(|| format!("shape {shape:?} is more than {MAX_ELEMENTS} numbers"))?;
    let body = rest.get(wide + length..).filter(|body| body.len() >= n * size).ok_or("the numbers are cut off")?;
    let mut data = Vec::with_capacity(n);
    for at in 0..n {
        let from = if fortran { fortran_index(at, shape) } else { at };
        let value = little_endian(&body[from * size..(from + 1) * size]);
        let negative = signed && value >> (8 * size - 1) == 1;
        data.push(u8::try_from(value).ok().filter(|_| !negative).ok_or("a number is not between 0 and 255")?);
    }
    Ok(Bytes { shape, data })
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Returns the text after `'name':` in the header.
fn field<'a>(header: &'a str, name: &str) -> Result<&'a str, String> {
    let quoted = format!("'{name}':");
    let at = header.find(&quoted).ok_or_else(|| format!("the header has no {name}"))?;
    Ok(header[at + quoted.len()..].trim_start())
}

fn shape(header: &str) -> Result<[usize; 3], String> {
    let text = field(header, "shape")?;
    let inner = text.strip_prefix('(').and_then(|text| text.split(')').next()).ok_or("the shape cannot be read")?;
    let sides: Option<Vec<usize>> =
        inner.split(',').map(str::trim).filter(|side| !side.is_empty()).map(|side| side.parse().ok()).collect();
    sides.and_then(|sides| sides.try_into().ok()).ok_or_else(|| format!("shape ({inner}) is not three sides"))
}

/// Returns whether elements are signed, and their size in bytes.
fn element(header: &str) -> Result<(bool, usize), String> {
    let name = field(header, "descr")?.trim_start_matches('\'').split('\'').next().unwrap_or_default();
    Ok(match name {
        "|u1" => (false, 1),
        "|i1" => (true, 1),
        "<u2" => (false, 2),
        "<i2" => (true, 2),
        "<u4" => (false, 4),
        "<i4" => (true, 4),
        "<u8" => (false, 8),
        "<i8" => (true, 8),
        _ => return Err(format!("numbers of type '{name}' are not read; save whole numbers (uint8 is best)")),
    })
}

/// Returns the index in a column-major file of the element with index `at` in C order.
fn fortran_index(at: usize, [a, b, c]: [usize; 3]) -> usize {
    let (i, j, k) = (at / (b * c), at / c % b, at % c);
    i + a * (j + b * k)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the file that `numpy.save` writes for this description, with numpy's padding.
    fn file(descr: &str, fortran: &str, shape: &str, body: &[u8]) -> Vec<u8> {
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
        while (10 + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(body);
        file
    }

    #[test]
    fn bytes_and_wider_numbers_are_read_in_either_order() {
        let plain = read(&file("|u1", "False", "(2, 1, 3)", &[1, 2, 3, 4, 5, 6])).expect("a good file");
        assert_eq!(plain, Bytes { shape: [2, 1, 3], data: vec![1, 2, 3, 4, 5, 6] });
        let turned = read(&file("|u1", "True", "(2, 1, 3)", &[1, 4, 2, 5, 3, 6])).expect("a good file");
        assert_eq!(turned, plain);
        let wide: Vec<u8> = (1..=6u64).flat_map(u64::to_le_bytes).collect();
        assert_eq!(read(&file("<i8", "False", "(2, 1, 3)", &wide)).expect("a good file"), plain);
    }

    #[test]
    fn broken_files_are_refused() {
        let good = file("|u1", "False", "(2, 1, 3)", &[1, 2, 3, 4, 5, 6]);
        for cut in 0..good.len() {
            assert!(read(&good[..cut]).is_err(), "cut at {cut}");
        }
        for (descr, shape, body) in [
            ("<f4", "(1, 1, 1)", vec![0; 4]),
            ("|u1", "(2, 3)", vec![0; 6]),
            ("|u1", "(99999, 99999, 3)", vec![0; 6]),
            ("<i2", "(1, 1, 1)", vec![255, 255]),
            ("<u2", "(1, 1, 1)", vec![0, 1]),
        ] {
            assert!(read(&file(descr, "False", shape, &body)).is_err(), "{descr} {shape}");
        }
    }
}
