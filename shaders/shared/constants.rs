//! Constants that kernels and twins share. They are defined in the WGSL text, and Rust reads them from there at compile time. An unknown
//! name is a compile error.

/// The value of `const NAME: u32 = VALUE;` (or `i32`), decimal or hexadecimal, in a WGSL text.
///
/// # Panics
/// At compile time, if there is no such line.
pub const fn word(text: &str, name: &str) -> u32 {
    let text = text.as_bytes();
    let mut line = 0;
    while line < text.len() {
        let mut at = after(text, line, b"const ");
        at = if at == NONE { NONE } else { after(text, at, name.as_bytes()) };
        at = if at == NONE || text[at] != b':' { NONE } else { at };
        if at != NONE {
            while text[at] != b'=' {
                at += 1;
            }
            return number(text, at + 2);
        }
        line = next_line(text, line);
    }
    panic!("the WGSL text has no constant of this name");
}

/// [`word`] as usize, for an index.
pub const fn index(text: &str, name: &str) -> usize {
    word(text, name) as usize
}

/// Index of a field of u32 among those of `struct NAME {`, all of which are u32.
///
/// # Panics
/// At compile time, if there is no such structure or field.
pub const fn field(text: &str, of: &str, name: &str) -> usize {
    let text = text.as_bytes();
    let mut line = struct_begin(text, of.as_bytes());
    let mut k = 0;
    loop {
        let at = after(text, line, b"    ");
        if at == NONE {
            panic!("the WGSL structure has no field of this name");
        }
        let end = after(text, at, name.as_bytes());
        if end != NONE && text[end] == b':' {
            return k;
        }
        if after(text, at, b"//") == NONE {
            k += 1;
        }
        line = next_line(text, line);
    }
}

/// Number of fields of the structure.
///
/// # Panics
/// At compile time, if there is no such structure.
pub const fn fields(text: &str, of: &str) -> usize {
    let text = text.as_bytes();
    let mut line = struct_begin(text, of.as_bytes());
    let mut k = 0;
    loop {
        let at = after(text, line, b"    ");
        if at == NONE {
            return k;
        }
        if after(text, at, b"//") == NONE {
            k += 1;
        }
        line = next_line(text, line);
    }
}

/// The line after `struct NAME {`.
const fn struct_begin(text: &[u8], of: &[u8]) -> usize {
    let mut line = 0;
    while line < text.len() {
        let at = after(text, line, b"struct ");
        let at = if at == NONE { NONE } else { after(text, at, of) };
        if at != NONE && after(text, at, b" {") != NONE {
            return next_line(text, line);
        }
        line = next_line(text, line);
    }
    panic!("the WGSL text has no structure of this name");
}

const NONE: usize = usize::MAX;

/// Returns where `what` ends if the text has it at `at`, else [`NONE`].
const fn after(text: &[u8], at: usize, what: &[u8]) -> usize {
    let mut k = 0;
    while k < what.len() {
        if at + k >= text.len() || text[at + k] != what[k] {
            return NONE;
        }
        k += 1;
    }
    at + what.len()
}

const fn next_line(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] != b'\n' {
        at += 1;
    }
    at + 1
}

/// Reads the number at `at`: `42u`, `0x2au` or `42`.
const fn number(text: &[u8], mut at: usize) -> u32 {
    let base = if after(text, at, b"0x") == NONE { 10 } else { 16 };
    if base == 16 {
        at += 2;
    }
    let (begin, mut value) = (at, 0u32);
    loop {
        let digit = match text[at] {
            d @ b'0'..=b'9' => d - b'0',
            d @ b'a'..=b'f' if base == 16 => d - b'a' + 10,
            d @ b'A'..=b'F' if base == 16 => d - b'A' + 10,
            b'u' | b';' if at > begin => return value,
            _ => panic!("the WGSL constant is not a plain number"),
        };
        value = value * base + digit as u32;
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// const A: u32 = 9u;\nconst AB: u32 = 1u;\nconst A: u32 = 0xf0u;\nconst ONE: i32 = 1048576;\n\nstruct Head {\n    n: u32,\n    // What `until` is.\n    until: u32,\n}\n";

    #[test]
    fn constants_are_read_off_the_text() {
        assert_eq!((word(TEXT, "A"), word(TEXT, "AB"), index(TEXT, "ONE")), (240, 1, 1 << 20));
        assert_eq!((field(TEXT, "Head", "n"), field(TEXT, "Head", "until"), fields(TEXT, "Head")), (0, 1, 2));
    }

    #[test]
    #[should_panic(expected = "no constant of this name")]
    fn a_constant_that_is_not_there_is_no_number() {
        word(TEXT, "B");
    }

    #[test]
    #[should_panic(expected = "no field of this name")]
    fn a_field_that_is_not_there_has_no_place() {
        field(TEXT, "Head", "unti");
    }
}
