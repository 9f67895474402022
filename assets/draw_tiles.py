#!/usr/bin/env python3
"""Draws the 16 x 16 tiles of the Crafter worlds: the pictures below, kept as text, become assets/crafter/*.png.

    python3 assets/draw_tiles.py            write the PNGs
    python3 assets/draw_tiles.py --check    write nothing; exit 1 if the PNGs differ from the text

Standard library only. The bytes are the same on every machine, because the PNGs hold stored (not compressed) deflate blocks.

Light falls from the top left. Crafter's 64 x 64 picture keeps of each tile only the nearest pixels: rows and columns
1 3 5 8 10 12 14 of a cell in the world, 1 4 8 11 14 of an item, 2 6 10 14 of a number. What tells two tiles apart must lie there.
"""

import struct
import sys
import zlib
from pathlib import Path

SIZE = 16
FOLDER = Path(__file__).resolve().parent / "crafter"

# One letter a colour, dark to light within a material; "." is transparent.
PALETTE = {
    ".": None,
    "k": "1c1622", "K": "38323f", "J": "2b2735", "Q": "4a4556",  # ink, shadow, the unknown
    "1": "4b4d5a", "2": "666975", "3": "7f838d", "4": "9a9ea6", "5": "c3c8cc", "w": "fbf7ee",  # rock to bone
    "b": "4a2e1e", "B": "6f472a", "n": "936439", "N": "b6854f", "o": "dcb27a",  # wood, hair, soil
    "d": "1d4a2b", "D": "2a6634", "t": "3d8540", "T": "66a84d",  # leaves
    "G": "4a8438", "g": "5f9f41", "l": "85bd4e", "L": "abd866",  # grass, sprouts
    "P": "75634f", "p": "8b775f", "q": "a58f74",  # path
    "S": "cdb377", "s": "dfc98e", "z": "efdfb0",  # sand
    "U": "2a579f", "u": "3468b8", "v": "5590d8", "V": "a3cdf4",  # water
    "r": "bd3a1c", "e": "e0602a", "E": "f5a23c", "y": "ffe070",  # lava, fire, lightning
    "O": "7a3f26", "I": "b4683f", "i": "e29c68", "j": "f8cfa8",  # iron ore, roast meat
    "C": "1f8fae", "c": "4fd2e0", "x": "d6fbff",  # diamond
    "H": "c58a5f", "h": "f0c195", "M": "a42c3f", "m": "e04a50", "F": "2c3a78", "f": "4257a5",  # player: skin, shirt, trousers
    "A": "3f7f68", "a": "76bf93", "Y": "3b2d52", "X": "54416f",  # zombie: skin, rags
    "W": "e58aa0",  # muzzle, shine on fruit
}

# The head or blade of a tool is drawn with "# % @" = light, middle, dark of its tier.
TIERS = {"wood": "onB", "stone": "431", "iron": "wjI"}

# Each band: a line of names, then 16 rows with the tiles side by side.
TERRAIN = """
unknown          water            grass            stone            path             sand
JJJJJJJJJJJJJJJJ uuuuuuuuuuuuuuuu gggggggggggggggg 3333332333333333 pppppppppppppppp ssssssssssssssss
JJJJJJJJJJJJJJJJ uuuuuuuuuuuUUUuu gggglglggggggggg 4433323344443332 pppqqppppppPpppp sssszsssssssSsss
JJJJJQQQQQJJJJJJ uuvvvuuuuuuuuuuu gggggGgggggggglg 3333323433333332 ppqqPpppppppppqp ssssssssssssssss
JJJJQQQQQQQJJJJJ uvVVVvvuuuuuuuuu gggggggggglggggG 3333223433333322 pppPPppppppppppp sSsssssszzzsssss
JJJJQQJJJQQJJJJJ uuuuuuuuuuvvuuuu ggggggggggGggggg 2333213333333213 ppppppppqppppppp ssssssszSSSzzsss
JJJJJJJJJQQJJJJJ UUuuuuuuuvVVvuuU gGggggglgggggggg 3222133333332133 PppppppppppqqPpp sssssssssssSSsss
JJJJJJJJQQQJJJJJ uuuuuuuuuuuuuuuu gggggglGgggglggg 3343322233322333 ppppPppppppqPPpp sszssssssssssssz
JJJJJJJQQQJJJJJJ uuuuuUUUuuuuuuuu gggLgggggggggGgg 4433333322233344 pppppppppppppppp ssssSsssssssssss
JJJJJJQQQJJJJJJJ uuuuuuuuuuuuuuvv gggGgggggggggggg 3333333323334433 pqpppppqqpppppPp sssssssssssssSss
JJJJJJQQJJJJJJJJ vvuuuuuuuuuuuvVV gggggggggglglggg 3333333213343333 ppppppqqqPpppppp zzssssssszssssss
JJJJJJQQJJJJJJJJ VVvvuuuuvvvuuuuu gGgggglggggGgggg 3333332133433333 ppppppqPPPpppppp SSzzssssssssssss
JJJJJJJJJJJJJJJJ uuuuuuuvVVVvvuuu ggggggGggggggggg 2333321234333332 pppPppppppppqppp ssSSssssssssSsss
JJJJJJQQJJJJJJJJ uuuuuuuuuuuuuuuu lglggggggggggggL 1222213433333321 ppppppppppppppqq sssssssSssssssss
JJJJJJQQJJJJJJJJ uuuUUUuuuuuuuUUu gGgggggggLgggggG 3344422333333213 qqpppppPpppppqqP szssssssssszzzss
JJJJJJJJJJJJJJJJ uuuuuuuuuuuuuuuu gggggggggGgggGgg 3433333222222133 qPppppppppPppPPP ssssssssssszSSSz
JJJJJJJJJJJJJJJJ uuuuuuuuuuuuuuuu ggggggGggggggggg 3333333233322333 pppppqpppppppppp sssSssssssssssss

lava             table            furnace
eeeeeeeeeeeeeeee bbbbbbbbbbbbbbbb 1111111111111111
eeeEEEeeeeeeeree bNNNNNNNnNNNNNnb 1444344443444431
eeEyyyEEeeeerree bNooooNNnNoooNnb 1433243332433321
eeeEEEEeeeeeeeee bNNNNNNNnNNNNNnb 1322132221322211
reeeeeeeeeeeeeer bnnnnnnnbnnnnnBb 1111111111111111
rreeeeeeeEEEEeer bNNNkNNNNNNkkknb 1443111111113441
reeeeerrEyyyyEee bNokwkNNoNkw55kb 1432kkkkkkkk2431
eeeeerreeEEyEeee bNNkkw5NNNNkkknb 132kkkkkkkkkk231
eeeeeeeeeeeEeeee bnnnnkw5nnnnBnnb 111kkkkrrkkkk111
EEeeeeeeeeeeeeEE bBBBBBkwkBBBBBBb 143krkEeErkrk341
yyEeeeeerreeeEyy bbbbbbbkbbbbbbbb 133kreEyEeerk231
EEEeeeerrreeeeEE bBnbBBBBBBBBbBnb 122keEyyyEEek221
eeeeeeeeeeeeeeee bBnbbbbbbbbbbBnb 111keyyyyyyek111
eerreeEEEeeeeeee bBnbKKKKKKKKbBnb 1444444444444431
eeereEEyyEeeerre bBnbKKKKKKKKbBnb 1332433324333321
eeeeeeEEEeeeeeee bbbbbbbbbbbbbbbb 1111111111111111
"""

# Drawn over another tile, so that the two never disagree.
OVERLAYS = """
coal             iron             diamond          tree
................ ................ ................ .....DDDDDD.....
...kkk.......... ...IiI.......... ....cc.......... ...DDttTTttDD...
..kKJkk....kk... ..Ijii1....II... ...cxxC.....c... ..DtTTTTtttttD..
..kJkkk...kJkk.. ..iiiI1...Iji1.. ..cxxcCC...cxC.. .DtTTTttttTttDd.
...kkk....kkkk.. ...II1....iiI1.. ...ccCC....cCC.. .DtTTtttDttttDd.
...........kk... ...........11... ....CC......C... DtTttttDDtttDDDd
......kk........ ......Ii........ ................ DttttTtttttDtDDd
.....kKkk....... .....Ijii....... ......ccc....... DtttTTtttDDttDDd
.....kJkkk...... .....iiiI1...... .....cxxcC...... DtDttttttDtttDdd
......kkk...kk.. ......II1...Ii.. .....cxccC...c.. .DDtttDDtttDDDd.
...........kJkk. ...........Iji1. ......cCC...cxC. .dDDDtDDDtDDDdd.
..kkk......kkkk. ..IiI......iiI1. ..c....C....ccC. ..ddDDDDDDDDdd..
.kKJkk......kk.. .Ijii1......11.. .cxC.........C.. ....ddBNnBdd....
.kJkkk.......... .iiiI1.......... .ccCC....c...... ......BNnb......
..kkk........... ..II1........... ..CC....cxC..... .....GBNnbGG....
................ ................ .........C...... ....GGbBBbGG....
"""
GROUND_OF = {"coal": "stone", "iron": "stone", "diamond": "stone", "tree": "grass"}

CREATURES = """
player-down      player-up        player-left      player-sleep     cow              zombie
.....kkkkkk..... .....kkkkkk..... .....kkkkkk..... ................ ................ .....kkkkkk.....
....kBnnBBBk.... ....kBnnBBBk.... ....kBnnBBBk.... .kkkk........... k...k........... ....kaaaaaak....
...kBnBBBBBbk... ...kBnBBBBBbk... ...kBnBBBBBBk... kwwwwkkkkkkkkkk. 5kkk5kkkkkkkkk.. ...kaaaaaaaAk...
...kBBBBBBBbk... ...kBBBBBBBbk... ...kBBBBBBBBk... kwBBBBkmmmmmmmMk kwwwwwwwnnnnwwk. ...kaaaaaaaAk...
...kBBhhhhBbk... ...kBBBBBBBbk... ...kBhhBBBBBk... kBnBBBBmmmmmmmMk kwwwwkwwnnnnwwwk ...karkaakrAk...
...kBhhhhhhbk... ...kBBBBBBbbk... ...khhhhBBBbk... kBBBhhhmMmmmmMMk kwwkwwwwwnnnwwnk ...karraarrAk...
...khkhhhhkHk... ...kBBBBBBbbk... ...khkhhhBbbk... kBBhkhhmmmmmmmMk kwwwwkwwwwwwwwnk kkkkaakkkkaAkkkk
...khkhhhhkHk... ...khBBBBbbHk... ...khkhhhhbbk... kBBhkhhmmmMmmmMk kWWWWkwwwwwwwnnk kaaakkaaaaAkkAAk
....khhhhHHk.... ....kbBbbbbk.... ....khhhHHbk.... kBBhhhhmmmmmmmMk kWWWWknnwwwwwnnk kaaaaXXXXXXYAAAk
...kkmmmmmMkk... ...kkmmmmmMkk... .....kmmmmk..... kwBBHhHMmmmmmMMk kWkWWknnnwwwwwwk kkkkkXXXXXXYkkkk
..khkmmmmmMkhk.. ..khkmmmmmMkhk.. ..kkkmmmmMMk.... kwwBBBkMMMMMMMMk .kkkkw5nn5555wwk ....kXXXXXYYk...
..khkmmmmmMkHk.. ..khkmmmmmMkHk.. .khhhhmmmMMk.... k55555kkkkkkkkk. ....kwwkkkkkwwk. ....kXXXXXYYk...
..kkkffffffkkk.. ..kkkffffffkkk.. ..kkkffffFFk.... .kkkkk.......... ....kwwk...kwwk. ....kXaXXXaYk...
....kffkkfFk.... ....kffkkfFk.... ....kffkkFFk.... ................ ....kwwk...kwwk. ....kaakkaAk....
....kbbkkbbk.... ....kbbkkbbk.... ...kbbbkbbbk.... ................ ....kBBk...kBBk. ....kaakkaAk....
.....kk..kk..... .....kk..kk..... ...kkkk.kkk..... ................ ....kkkk...kkkk. ....kkkk.kkk....

skeleton         arrow-right      plant            plant-ripe
....kkkkkkkk.... ................ ................ .....kkkkkk.....
...kwwwwwwwwk... ................ ..kkkk....kkkk.. ...kkTTTTttkk...
..kwwwwwwwwwwk.. ................ .kLLLlk..kLLLlk. ..kTmmTTtttttk..
..kwwwwwwwww5k.. .........kk..... .kLLLltkkLLLltk. .kTmWmmTtmmttDk.
..kwwkkwwkkw5k.. kk.......kwk.... .kLlltDkkLlltDk. .kTmmmMtmWmmtDk.
..kwwkkwwkkw5k.. kwk......kwwk... .klltttkklltttk. .kTtMMtTmmmMtDk.
...kwwwkkww5kkk. .kwkkkkkkkwwwk.. ..kkttDkkttDkk.. .kTtttTttMMttDk.
....kwkwkwkkkNNk .kNNNNNNNNwwwwwk ....kkkDDkkk.... .kttTmmtttttDDk.
.kwwkwwwww5kwwNk .knnnnnnnn55555k ......ktDk...... ..ktmWmmtttDDk..
.kwwkwwwww5kk5Nk .k5kkkkkkk551k.. ......ktDk...... ..kDmmmMtDDDDk..
.kwkkkkwwkkk.5Nk k5k......k51k... ......ktDk...... ...kkMMDDDDkk...
.kwwkwwwww5k.5Nk kk.......k1k.... ....kkktDkkk.... ..kkkkktDkkkkk..
..kkkkkwwkkk.5Nk .........kk..... ...kBnBtDBnBk... .kBnBBBtDBBnBBk.
....kwwwww5k.NNk ................ ..kBBBBBBBBBBk.. .kBBBBBBBBBBBbk.
....kwwkkw5k.kk. ................ ...kbbbbbbbbk... ..kbbbbbbbbbbk..
....kkkkkkkk.... ................ ....kkkkkkkk.... ...kkkkkkkkkk...
"""

ITEMS = """
health           food             drink            energy           sapling          wood
................ ................ .......kk....... ........kkkkkkk. ................ ................
..kkkk....kkkk.. ......kkkkkk.... ......kVvk...... .......kywyyyyk. ..kkkk.......... ................
.kmmmmk..kmmmMk. ....kkIiiIIIk... .....kVvvk...... ......kywyyyyk.. .klLllkk..kkkk.. ................
kmwwmmmkkmmmmmMk ...kIiiIIIIIIk.. .....kVvvvk..... .....kywyyyyk... .kLlllltkklLlLk. ..kkkkkkkkkkkk..
kmwmmmmmmmmmmmMk ..kIijiIIIIIIIk. ....kVvvvvvk.... ....kywyyyyk.... .klllltttklllltk .koookNNNNNNNBk.
kmmmmmmmmmmmmmMk ..kIiiIIIIIIIOk. ....kVvvvvvk.... ...kywyyyykkkk.. ..kkltttkllltttk konnnokNnnnnnBbk
kmmmmmmmmmmmmMMk ..kIIIIIIIIIIOk. ...kVvvvvvvuk... ..kyyyyyyyyyEk.. ....kkttkltttkk. kononokNNNNNnBbk
kmmmmmmmmmmmmMMk ..kIIIIIIIIIOOk. ..kVvvvvvvvvuk.. .kyyyyyyyyyEk... ......ktkttkk... konBnoknnnBnnnbk
.kmmmmmmmmmmMMk. ..kIIIIIIIIOOOk. ..kVvwvvvvvvuk.. .kkkkkyyyyEk.... .......kttk..... konBnokNnnnnnBbk
..kmmmmmmmmMMk.. ...kOIIIIIOOOk.. .kvvwVvvvvvvuuk. ....kyyyyEk..... .......kDk...... kononoknnBnnnBbk
...kmmmmmmMMk... ...kkOOOOOOkk... .kvvwVvvvvvvuuk. ...kyyyyEk...... .......kDk...... konnnokBnnnnBBbk
....kmmmmMMk.... .kkwwkkkkkk..... .kvvwwVvvvvvuuk. ..kyyyyEk....... ....kkkkDkkkk... .koookBBBBBBBbk.
.....kmmMMk..... kwwwwk.......... ..kvvwwvvvvuuk.. ..kyyyEk........ ...kBnnBDBnnBk.. ..kkkkkkkkkkkk..
......kMMk...... kwww5k.......... ..kvvvvvvuuuuk.. .kyyEkk......... ...kbBBBBBBbbk.. ................
.......kk....... .kw5kk.......... ...kkuuuuuukk... .kEkk........... ....kkbbbbbkk... ................
................ ..kk............ .....kkkkkk..... .kk............. ......kkkkk..... ................

pickaxe          sword
...kkkkkkkkkk... .............kkk
..k##########k.. ............k##k
.k###%%%%%%%%%k. ...........k##%k
k##%%@kNnk@%%%@k ..........k##%@k
k#%@kkkNnkkk@%@k .........k##%@k.
k%@k..kNnk..k@@k ........k##%@k..
k@k...kNnk...k@k .......k##%@k...
kk....kNnk....kk .kk...k##%@k....
......kNnk...... .kBk.k##%@k.....
......kNnk...... ..kBk##%@k......
......kNnk...... ..kbBk%@k.......
......kNnk...... ...kbBkk........
......kNnk...... ..kBnbBBkk......
......kNnk...... .kBnk.kbBBk.....
......kbBk...... kNnk...kkkk.....
......kkkk...... kkk.............
"""

# Strokes only: `outlined` puts the dark rim around them.
DIGITS = """
1                2                3                4                5
................ ................ ................ ................ ................
.........www.... .....wwwwwww.... .....wwwwwwwwww. .....www....www. .....wwwwwwwwww.
........wwww.... .....wwwwwwwww.. .....wwwwwwwwww. .....www....www. .....wwwwwwwwww.
.......wwwww.... ...........wwww. ...........wwww. .....www....www. .....www........
......wwwwww.... ............www. ..........wwww.. .....www....www. .....www........
.....wwwwwww.... ............www. .........wwww... .....www....www. .....wwwwwww....
.....www.www.... ...........wwww. .........wwwwww. .....www....www. .....wwwwwwww...
.........www.... ..........wwww.. .........wwwwww. .....www....www. .....wwwwwwwww..
.........www.... .........wwww... ............www. .....www....www. ...........wwww.
.........www.... ........wwww.... ............www. .....wwwwwwwwww. ............www.
.........www.... .......wwww..... ............www. .....wwwwwwwwww. ............www.
.........www.... ......wwww...... ............www. .....wwwwwwwwww. ............www.
.........www.... .....wwww....... ...........wwww. ............www. ...........wwww.
.........www.... .....wwwwwwwwww. .....wwwwwwwww.. ............www. .....wwwwwwwww..
.........www.... .....wwwwwwwwww. .....wwwwwwww... ............www. .....wwwwwwww...
................ ................ ................ ................ ................

6                7                8                9
................ ................ ......wwwwwwww.. ................
.......wwwwwww.. .....wwwwwwwwww. .....wwwwwwwwww. .....wwwwwwwwww.
......wwww...... .....wwwwwwwwww. .....www....www. .....wwwwwwwwww.
.....wwww....... ............www. .....www....www. .....www....www.
.....www........ ............www. .....www....www. .....www....www.
.....wwwwwwww... ............www. ......wwwwwwww.. .....www....www.
.....wwwwwwwww.. ...........wwww. .....wwwwwwwwww. .....www....www.
.....wwwwwwwwww. ...........www.. ......wwwwwwww.. .....www....www.
.....www....www. ..........wwww.. .....www....www. .....wwwwwwwwww.
.....www....www. ..........www... .....www....www. .....wwwwwwwwww.
.....www....www. .........wwww... .....www....www. ......wwwwwwwww.
.....www....www. .........www.... .....www....www. ............www.
.....www....www. .........www.... .....www....www. ...........wwww.
.....wwwwwwwww.. .........www.... .....wwwwwwwwww. ......wwwwwwwww.
......wwwwwwww.. .........www.... ......wwwwwwwww. .......wwwwwwww.
................ ................ ................ ................
"""


def parse(sheet):
    """Bands of text -> {name: 16 strings of 16 letters}."""
    tiles = {}
    for band in sheet.strip().split("\n\n"):
        names, *rows = (line.split() for line in band.splitlines())
        if len(rows) != SIZE:
            raise ValueError(f"band {names}: {len(rows)} rows, not {SIZE}")
        for name, *tile in zip(names, *rows, strict=True):
            if name in tiles or any(len(row) != SIZE for row in tile):
                raise ValueError(f"tile {name}: drawn twice, or a row is not {SIZE} wide")
            tiles[name] = tile
    return tiles


def mirrored(tile):
    return [row[::-1] for row in tile]


def transposed(tile):
    return ["".join(column) for column in zip(*tile)]


def over(top, ground):
    return ["".join(g if t == "." else t for t, g in zip(*rows)) for rows in zip(top, ground)]


def in_tier(tile, tier):
    return [row.translate(str.maketrans("#%@", TIERS[tier])) for row in tile]


def outlined(strokes, reach=2):
    """Every transparent pixel within `reach` of a stroke turns dark, so a number reads on any item."""

    def near(x, y):
        rows = strokes[max(0, y - reach) : y + reach + 1]
        return any(c != "." for row in rows for c in row[max(0, x - reach) : x + reach + 1])

    return ["".join("k" if c == "." and near(x, y) else c for x, c in enumerate(row)) for y, row in enumerate(strokes)]


def letters():
    """Every tile by file name, as letters of the palette."""
    terrain = parse(TERRAIN)
    terrain |= {name: over(tile, terrain[GROUND_OF[name]]) for name, tile in parse(OVERLAYS).items()}
    for name, tile in terrain.items():
        if any("." in row for row in tile):
            raise ValueError(f"terrain {name} has a hole")

    creatures = parse(CREATURES)
    creatures["player-right"] = mirrored(creatures["player-left"])
    creatures["arrow-left"] = mirrored(creatures["arrow-right"])
    creatures["arrow-down"] = transposed(creatures["arrow-right"])
    creatures["arrow-up"] = creatures["arrow-down"][::-1]

    items = parse(ITEMS)
    for tool in ("pickaxe", "sword"):
        blank = items.pop(tool)
        items |= {f"{tier}_{tool}": in_tier(blank, tier) for tier in TIERS}

    digits = {name: outlined(tile) for name, tile in parse(DIGITS).items()}
    return terrain | creatures | items | digits


def png(tile):
    """8-bit RGBA, one stored deflate block."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rgba = {letter: bytes.fromhex(colour + "ff") if colour else bytes(4) for letter, colour in PALETTE.items()}
    raw = b"".join(b"\0" + b"".join(rgba[letter] for letter in row) for row in tile)
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw + struct.pack(">I", zlib.adler32(raw))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    wanted = {f"{name}.png": png(tile) for name, tile in letters().items()}
    if not arguments:
        FOLDER.mkdir(exist_ok=True)
        for name, data in wanted.items():
            (FOLDER / name).write_bytes(data)
        print(f"{len(wanted)} tiles written to {FOLDER}")
        return 0

    found = {path.name: path.read_bytes() for path in FOLDER.glob("*.png")}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    for name in wrong:
        why = "is missing" if name not in found else "is not drawn here" if name not in wanted else "differs from its text"
        print(f"{FOLDER / name} {why}; run assets/draw_tiles.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
