#!/usr/bin/env python3
"""Writes the table of src/Throughline.Core/Events/Identifiers/unicode-nfc.txt from the Unicode Character Database that Python carries.

A line `d CODE FIRST [SECOND]` is a canonical decomposition, `d! …` one that is never composed again; `k FIRST LAST CLASS` are code points of a
combining class. Hangul syllables follow from their numbers and are left out. Numbers are hexadecimal, classes decimal.
"""
import sys
import unicodedata as ucd

classes = []
print(f"# Unicode {ucd.unidata_version}: canonical decompositions, combining classes")
for code in range(0x110000):
    if 0xD800 <= code < 0xE000:
        continue
    char = chr(code)
    kind = ucd.combining(char)
    if kind:
        if classes and classes[-1][1] == code - 1 and classes[-1][2] == kind:
            classes[-1][1] = code
        else:
            classes.append([code, code, kind])
    mapping = ucd.decomposition(char)
    if not mapping or mapping[0] == "<" or 0xAC00 <= code < 0xD7A4:
        continue
    composed = ucd.normalize("NFC", "".join(chr(int(x, 16)) for x in mapping.split())) == char
    print("d" if composed else "d!", f"{code:x}", *(f"{int(x, 16):x}" for x in mapping.split()))
for first, last, kind in classes:
    print("k", f"{first:x}", f"{last:x}", kind)
