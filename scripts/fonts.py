#!/usr/bin/env python3
"""Makes the fonts of the viewer.

    pip install fonttools==4.68.0
    python3 scripts/fonts.py assets/fonts

It needs npm, which downloads three packages. Each one's SHA-256 is checked. Of each font only what the viewer needs is kept.
The same versions give the same bytes.

Inter          Version 4.001, from npm's @expo-google-fonts/inter 0.4.2. SIL Open Font Licence 1.1, no reserved name.
               Latin, Greek, arrows, maths. 0 to 9 are the tabular digits, so columns of numbers stand still.
               The one-storey a (feature cv11) is the usual one. Kerning is kept. Changes by context (calt) are not: they would turn the x of ids and of
               file names into a multiplication sign.
JetBrains Mono Version 2.211, from npm's @expo-google-fonts/jetbrains-mono 0.4.1. SIL Open Font Licence 1.1, no reserved name.
               Without the ligatures of code: a command is shown as it is typed.
Phosphor       Version 2.1, Regular and Fill, from npm's @phosphor-icons/web 2.1.2. MIT licence.
               The icons that src/viewer/theme/icons.rs names. To have one more, write its line there and run this again.

No font keeps hinting: egui fits glyphs to pixels itself. The texts of the licences are in assets/fonts/LICENSE.md.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.misc.transform import Transform
from fontTools.otlLib.optimize import compact
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

ICONS = Path(__file__).resolve().parent.parent / "src/viewer/theme/icons.rs"

# Package: version and SHA-256 of what npm downloads.
PACKAGES = {
    "@expo-google-fonts/inter": ("0.4.2", "b5c1e5878c07a5637169da9f7b1f370c69709f1f8de55998e2522f7aa9dfe2a9"),
    "@expo-google-fonts/jetbrains-mono": ("0.4.1", "aead50085a2d56fffdac882c5945f9fc4e4785ccb5c8d6f1988f21faa1737c9a"),
    "@phosphor-icons/web": ("2.1.2", "40e3096099ca818c047979cece6a3764944d5200c67b64092f7bcd8bcd1d2b08"),
}

# What is kept of a text font, where it has it.
RANGES = [
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A
    (0x0192, 0x0192), (0x0218, 0x021B), (0x1E9E, 0x1E9E),  # florin, Romanian, capital sharp s
    (0x02BC, 0x02BC), (0x02C6, 0x02C7), (0x02D8, 0x02DD),  # apostrophe, accents alone
    (0x0300, 0x0304), (0x0306, 0x030C), (0x0327, 0x0328),  # accents that combine: file names of macOS have them
    (0x0384, 0x03CE), (0x03D1, 0x03D1), (0x03D5, 0x03D6), (0x03F1, 0x03F1), (0x03F5, 0x03F5),  # Greek
    (0x2000, 0x200A), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x2030),  # punctuation
    (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044), (0x205F, 0x205F),
    (0x2070, 0x209C),  # super- and subscripts
    (0x20AC, 0x20AC), (0x2113, 0x2113), (0x2116, 0x2116), (0x2122, 0x2122), (0x2126, 0x2126), (0x212B, 0x212B),  # signs
    (0x2153, 0x2154), (0x215B, 0x215E),  # fractions
    (0x2190, 0x2199), (0x21A9, 0x21AA), (0x21B5, 0x21B5), (0x21D0, 0x21D5), (0x21E4, 0x21E7),  # arrows
    (0x2200, 0x22FF),  # maths
    (0x2303, 0x2303), (0x2318, 0x2318), (0x2325, 0x2325), (0x232B, 0x232B), (0x23CE, 0x23CE), (0x2423, 0x2423),  # keys
    (0x25A0, 0x25A1), (0x25B2, 0x25B7), (0x25BC, 0x25C1), (0x25C6, 0x25C7), (0x25CB, 0x25CB), (0x25CF, 0x25CF),  # shapes
    (0x2605, 0x2606), (0x2713, 0x2713), (0x2717, 0x2717),  # stars, ticks
]

# What must be there, whatever else is missing.
NEEDED = {
    "Inter": "±×÷·°µ−√∞∑∏∫∂∆Ω≈≠≤≥←↑→↓↔⇒–—‘’‚“”„†•…‰′″‹›«»⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉€\u00A0\u2007\u2009\u202F"
    + "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩäöüßÄÖÜéèçñøåæœłšžŒŁŠŽ",
    "JetBrains Mono": "±×·°µ−√∞∑≈≠≤≥∈∀∃←↑→↓–—‘’“”…²³€\u00A0\u2009\u202FαβγδεθλμπρστφωΔΣΩäöüßéèçñøåæœłšž",
}

# Icons that Phosphor does not have: name, the icon they are made of, and how. Its box is 1024 wide, from -64 to 960.
MADE = {
    "sidebar-simple-right": ("sidebar-simple", Transform(-1, 0, 0, 1, 1024, 0)),  # mirrored
    "sidebar-simple-bottom": ("sidebar-simple", Transform(0, 1, -1, 0, 960, -64)),  # turned to the left
}


def download(folder):
    """The files of all packages, as bytes by package and path."""
    files = {}
    for name, (version, digest) in PACKAGES.items():
        pack = ["npm", "pack", "--silent", f"{name}@{version}"]
        archive = subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        data = (Path(folder) / archive).read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            sys.exit(f"{name} {version}: the SHA-256 is {found}, expected {digest}")
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            files[name] = {m.name: tar.extractfile(m).read() for m in tar if m.isfile() and m.name.endswith((".ttf", ".json"))}
    return files


def opened(data):
    """The font. Its dates stay as they are and HarfBuzz stays out, so that the bytes are the same on every machine."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    font.cfg["fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"] = False
    return font


def use_by_default(font, feature, characters=None):
    """Lets the characters, or all, have the glyphs that the feature would choose."""
    gsub = font["GSUB"].table
    lookups = {n for r in gsub.FeatureList.FeatureRecord if r.FeatureTag == feature for n in r.Feature.LookupListIndex}
    chosen = {}
    for lookup in lookups:
        for table in gsub.LookupList.Lookup[lookup].SubTable:
            chosen.update(getattr(table, "ExtSubTable", table).mapping)
    # Several tables of cmap may share one dictionary.
    for codes in {id(t.cmap): t.cmap for t in font["cmap"].tables if t.isUnicode()}.values():
        for code, glyph in codes.items():
            if characters is None or chr(code) in characters:
                codes[code] = chosen.get(glyph, glyph)


def add(font, code, name, glyph, width):
    """Adds a glyph."""
    assert code not in font.getBestCmap() and name not in font.getGlyphOrder(), f"U+{code:04X} is taken"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph
    font["hmtx"][name] = (width, 0)
    for codes in {id(t.cmap): t.cmap for t in font["cmap"].tables if t.isUnicode()}.values():
        codes[code] = name


def keep(font, codes, features):
    """Drops all other code points and features, hinting, and names of glyphs."""
    options = Options()
    options.layout_features = features
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]  # with copyright and licence
    options.drop_tables += ["STAT", "gasp", "prep"] + ([] if features else ["GDEF", "GPOS", "GSUB"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def text_font(data, family):
    """What the viewer needs of a font for text."""
    font = opened(data)
    if family == "Inter":
        use_by_default(font, "tnum", "0123456789")
        use_by_default(font, "cv11")
    else:
        # egui makes them half a space wide, as these are.
        half = font["hmtx"]["space"][0] // 2
        add(font, 0x2009, "thinspace", Glyph(), half)
        add(font, 0x202F, "narrownbspace", Glyph(), half)
    codes = {code for code in font.getBestCmap() if any(a <= code <= b for a, b in RANGES)}
    missing = [c for c in NEEDED[family] if ord(c) not in codes]
    if missing:
        sys.exit(f"{family} has no glyph for {' '.join(missing)}")
    # egui takes no list of features: what is not on by default would never be used.
    keep(font, codes, ["kern"] if family == "Inter" else [])
    if family == "Inter":
        compact(font, 9)  # kerning in a third less
    digits = {font["hmtx"][font.getBestCmap()[ord(d)]][0] for d in "0123456789"}
    if len(digits) != 1:
        sys.exit(f"{family}: the digits are {digits} wide")
    return font


def icon_font(data, codes, wanted):
    """The icons `wanted`, a code point each, out of a font that has them at `codes`."""
    font = opened(data)
    for name in sorted(wanted.keys() & MADE.keys()):
        source, how = MADE[name]
        pen = TTGlyphPen(None)
        mirrored = how.xx * how.yy - how.xy * how.yx < 0
        font.getGlyphSet()[font.getBestCmap()[codes[source]]].draw(TransformPen(ReverseContourPen(pen) if mirrored else pen, how))
        add(font, wanted[name], name, pen.glyph(), font["head"].unitsPerEm)
    for name, code in wanted.items():
        if name not in MADE and codes.get(name) != code:
            right = f"U+{codes[name]:04X}" if name in codes else "not an icon of Phosphor"
            sys.exit(f"{ICONS.name}: {name} is U+{code:04X} there, and it is {right}")
    keep(font, wanted.values(), [])
    # In Phosphor the bounds of every glyph are the whole box. They become true ones, and the bearing must follow them.
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    return font


def named_icons():
    """The icons that the viewer names: regular and filled, a code point each."""
    both = ICONS.read_text(encoding="utf-8").split("pub mod fill")
    line = re.compile(r"pub const (\w+): char = '\\u\{(\w+)\}';")
    return [{name.lower().replace("_", "-"): int(code, 16) for name, code in line.findall(part)} for part in both]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = download(folder)
    inter, mono, phosphor = (files[name] for name in PACKAGES)
    selection = json.loads(phosphor["package/src/regular/selection.json"])
    codes = {name: i["properties"]["code"] for i in selection["icons"] for name in i["properties"]["name"].split(", ")}
    regular, fill = named_icons()
    fonts = {
        "Inter-Regular": text_font(inter["package/400Regular/Inter_400Regular.ttf"], "Inter"),
        "Inter-Medium": text_font(inter["package/500Medium/Inter_500Medium.ttf"], "Inter"),
        "Inter-SemiBold": text_font(inter["package/600SemiBold/Inter_600SemiBold.ttf"], "Inter"),
        "JetBrainsMono-Regular": text_font(mono["package/400Regular/JetBrainsMono_400Regular.ttf"], "JetBrains Mono"),
        "Phosphor": icon_font(phosphor["package/src/regular/Phosphor.ttf"], codes, regular),
        "Phosphor-Fill": icon_font(phosphor["package/src/fill/Phosphor-Fill.ttf"], codes, fill),
    }
    for name, font in fonts.items():
        path = out / f"{name}.ttf"
        font.save(path)
        print(f"{path}: {len(font.getBestCmap())} characters, {font['maxp'].numGlyphs} glyphs, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
