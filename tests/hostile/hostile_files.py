"""Files that strangers send: bombs, other formats under our names, wrong encodings, broken and absurd rows.

Each is made when it is asked for, from a seed where chance has a part.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from tests.corpus.conftest import row

SEED = 20261123
POLYGLOTS = 60
MIB = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """A file by its name; one of `said` (parted by |) stands in what its refusal tells, `field` is what is at fault."""

    name: str
    make: Callable[[], bytes]
    said: str
    field: str | None = None


def jsonl(*rows: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in rows)


def table(delimiter: str, *rows: dict[str, object]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def parquet(columns: object, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), sink, **options)
    return sink.getvalue()


SOUND = jsonl(*(row(number) for number in range(20)))
SOUND_CSV = table(",", *(row(number) for number in range(20)))


def zeros(gigabytes: int) -> bytes:
    # Members of a gzip file follow one another: one is made, and repeated.
    return gzip.compress(bytes(16 * MIB)) * (gigabytes * 64)


def one_text_many_times(length: int, rows: int) -> bytes:
    """A dictionary of one text, and rows that all name it: a small file of rows × length characters."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * length]))
    return parquet({"question": texts}, compression="zstd")


def with_footer(length: int) -> bytes:
    """A Parquet file whose last bytes lie about how long its footer is."""
    whole = parquet({"q": ["x"]})
    return whole[:-8] + length.to_bytes(4, "little") + b"PAR1"


def cut_in_its_pages() -> bytes:
    whole = bytearray(parquet({"q": [str(number * 7919) for number in range(5000)]}, compression="zstd"))
    whole[100:3000] = bytes(2900)
    return bytes(whole)


class Payload:
    """What a pickle would run if anything opened it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("a pickle was opened",)


def accented() -> list[dict[str, object]]:
    return [row(number, question=f"Wie heißt die {number}. Straße?") for number in range(20)]


def line_of(inner: str) -> Callable[[], bytes]:
    return lambda: (f'{{"sample_id": "a/b/1", "x": {inner}}}\n').encode()


BOMBS = [
    Hostile("zeros.jsonl.gz", lambda: zeros(10), "UTF-16 or UTF-32 text, or no text"),
    Hostile("zeros-in-a-text.jsonl.gz", lambda: gzip.compress(b'{"q": "') + zeros(10), "swells to more than"),
    Hostile("zeros-in-a-cell.csv.gz", lambda: gzip.compress(b'id,q\n1,"') + zeros(10), "swells to more than"),
    Hostile("the-same-rows.jsonl.gz", lambda: gzip.compress(SOUND * 2000) * 3, "swells to more than"),
    Hostile("twice.jsonl.gz", lambda: gzip.compress(gzip.compress(SOUND)), "compressed twice"),
    Hostile("cut-off.jsonl.gz", lambda: gzip.compress(SOUND)[:-30], "broken or cut off"),
    Hostile("blank-lines.jsonl.gz", lambda: gzip.compress(b"\n" * MIB) * 200, "with nothing on them"),
    Hostile("one-line.jsonl", lambda: b'{"q": "' + b"x" * (80 * MIB), "the line is longer than 67,108,864"),
    Hostile("deep.jsonl", line_of("[" * 90_000 + "]" * 90_000), "nested too deeply"),
    Hostile("deep-enough.jsonl", line_of("[" * 400 + "]" * 400), "nested too deeply", "x"),
    Hostile("deep-objects.jsonl", line_of('{"a":' * 40_000 + "1" + "}" * 40_000), "nested too deeply"),
    Hostile("digits.jsonl", line_of("9" * 100_000), "a number of 100000 digits"),
    Hostile("many-lists.jsonl", line_of("[" + "[]," * 1_900_000 + "[]]"), "more than 100000 names"),
    Hostile("many-names.jsonl", line_of("{" + ",".join(f'"a{n}":1' for n in range(90_000)) + "}"), "90000 names"),
    Hostile("names-twice.jsonl", line_of("{" + '"a":1,' * 90_000 + '"a":1}'), "twice in one object"),
    Hostile("nan.jsonl", line_of("NaN"), "which is no JSON"),
    Hostile("infinite.jsonl", lambda: jsonl(row(1)).replace(b'"1"', b"1e999"), "is a float", "option_a"),
    Hostile("dictionary.parquet", lambda: one_text_many_times(20 * MIB, 2000), "page or row group|a row of|swells"),
    Hostile("swelling.parquet", lambda: one_text_many_times(10_000, 1_000_000), "swells out of all proportion"),
    Hostile("rows.parquet", lambda: one_text_many_times(1, 5_500_000), "5,500,000 rows"),
    Hostile("columns.parquet", lambda: parquet({f"c{n}": ["x"] for n in range(3000)}), "3000 columns"),
    Hostile("footer-behind.parquet", lambda: with_footer(2_000_000), "broken or cut off"),
    Hostile("footer-huge.parquet", lambda: with_footer(2**31), "its footer is"),
    Hostile("pages.parquet", cut_in_its_pages, "broken or cut off"),
    Hostile("empty.parquet", lambda: b"PAR1", "broken or cut off"),
    Hostile("pickle.jsonl", lambda: pickle.dumps(Payload()), "a Python pickle"),
    Hostile("pickle-0.jsonl", lambda: pickle.dumps(Payload(), protocol=0), "is no JSONL"),
    Hostile("pickle.jsonl.gz", lambda: gzip.compress(pickle.dumps(Payload())), "a Python pickle"),
]  # fmt: skip

WRONG_ENCODINGS = [
    *(
        Hostile(
            f"{encoding}{'-bom' if mark else ''}.{ending}",
            lambda a=encoding, b=mark, c=text: b + c.decode().encode(a), "save it as UTF-8",
        )
        for ending, text in (("jsonl", SOUND), ("csv", SOUND_CSV))
        for encoding, mark in (
            ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32-le", b""), ("utf-32-be", b""),
            ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
            ("utf-32-le", b"\xff\xfe\0\0"), ("utf-32-be", b"\0\0\xfe\xff"),
        )
    ),
    Hostile("latin-1.jsonl", lambda: jsonl(*accented()).decode().encode("latin-1"), "is not UTF-8"),
    Hostile("latin-1.csv", lambda: table(",", *accented()).decode().encode("latin-1"), "is not UTF-8", "question"),
    Hostile("latin-1-header.csv", lambda: "id,frage_größe\n1,x\n".encode("latin-1"), "in UTF-8"),
    Hostile("ebcdic.jsonl", lambda: SOUND.decode().encode("cp500"), "is no JSONL"),
    Hostile("ebcdic.csv", lambda: SOUND_CSV.decode().encode("cp500"), "the header"),
    Hostile("bom-inside.jsonl", lambda: b'{"sample_id": \xef\xbb\xbf "a/b/1"}\n' * 3, "is not JSON"),
    Hostile("bom-twice.csv", lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + SOUND_CSV, "names the column"),
]  # fmt: skip

BROKEN_TABLES = [
    Hostile("nul.csv", lambda: SOUND_CSV.replace(b"plus", b"pl\0us"), "NUL", "question"),
    Hostile("nul-header.csv", lambda: b"sample_id,que\0stion\n1,x\n", "names the column"),
    Hostile("unclosed.csv", lambda: b'sample_id,question\n1,"swallows\n' + SOUND_CSV, "never closed|cannot be read"),
    Hostile("unclosed-long.csv", lambda: b'sample_id,question\n1,"' + b"swallows it all\n" * 105_000, "runs over"),
    Hostile("columns.csv", lambda: ",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\n", "1000000 columns"),
    Hostile("commas.csv", lambda: b"," * MIB + b"\n", "1048577 columns"),
    Hostile("lengths.csv", lambda: b"sample_id,question\n1\n1,2,3\n1,2,3,4\n", "cells where the header names 2"),
    Hostile("lines.tsv", lambda: b"sample_id\tquestion\n" + b"x\n" * 300_000, "first 1,000 rows are all refused"),
    Hostile("one-name.csv", lambda: b"q,q\n1,2\n", "badly"),
    Hostile("long-name.csv", lambda: b"a" * 3000 + b",b\n1,2\n", "at most 200 characters"),
    Hostile("list.jsonl", lambda: json.dumps([row(1), row(2)]).encode(), "begins with a JSON list"),
    Hostile("no-objects.jsonl", lambda: b"1\n2\n", "is no JSONL"),
]  # fmt: skip

LONG = "x" * 10_000_000
ABSURD_LENGTHS = [
    Hostile("question.jsonl", lambda: jsonl(row(1, question=LONG)), "has 10000000 bytes", "question"),
    Hostile("question-escaped.jsonl", lambda: jsonl(row(1, question='"\\' * 2_500_000)), "bytes", "question"),
    Hostile("question.csv", lambda: table(",", row(1, question=LONG)), "has 10000000 characters", "question"),
    Hostile("question.parquet", lambda: parquet({name: [value] for name, value in row(1, question=LONG).items()}),
            "has 10000000 characters", "question"),
    Hostile("options.jsonl", lambda: jsonl(row(1, option_b="y" * 1_500_000)), "has 1500000 characters", "option_b"),
    Hostile("id.jsonl", lambda: jsonl(row(1, sample_id="a" * MIB)), "characters", "sample_id"),
    Hostile("id.csv", lambda: table(",", row(1, sample_id="a" * MIB)), "characters", "sample_id"),
    Hostile("subject.jsonl", lambda: jsonl(row(1, subject="s" * 10_000)), "has 10000 characters", "subject"),
    Hostile("split.tsv", lambda: table("\t", row(1, split="s" * 10_000)), "has 10000 characters", "split"),
    Hostile("name.jsonl", lambda: jsonl({**row(1), "n" * 5000: "x"}), "a name of 5000 characters", "n" * 200),
    Hostile("names.jsonl", lambda: jsonl({f"n{n}": "x" for n in range(2000)}), "2000 names"),
    Hostile("choices.csv", lambda: table(",", {"sample_id": "a/b/1", "question": "q", "answer": "A",
            "choices": "[" * 3_000_000}), "characters|not a list", "choices"),
]  # fmt: skip

HEADS: dict[str, bytes] = {
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0", "xlsx": b"PK\x03\x04\x14\0\x06\0[Content_Types].xml",
    "empty-zip": b"PK\x05\x06" + bytes(18), "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "gz": b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "parquet": b"PAR1\x15\x04", "html": b"<!DOCTYPE html><html><script>",
    "xml": b"<?xml version='1.0'?>", "svg": b"<svg onload='alert(1)'>", "elf": b"\x7fELF\x02\x01\x01\0",
    "pickle": b"\x80\x04\x95", "sqlite": b"SQLite format 3\0", "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "gif": b"GIF89a\x01\0", "rar": b"Rar!\x1a\x07\x01\0", "7z": b"7z\xbc\xaf\x27\x1c", "bz2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\0", "zstd": b"\x28\xb5\x2f\xfd\x04", "lz4": b"\x04\x22\x4d\x18", "arrow": b"ARROW1\0\0",
    "class": b"\xca\xfe\xba\xbe\0\0", "rtf": b"{\\rtf1\\ansi", "ps": b"%!PS-Adobe-3.0",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1",
    "script": b"#!/bin/sh\nrm -rf /", "wasm": b"\0asm\x01\0\0\0", "exe": b"MZ\x90\0\x03", "hdf5": b"\x89HDF\r\n\x1a\n",
    "numpy": b"\x93NUMPY\x01\0", "avro": b"Obj\x01\x04", "webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "tar": b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(248),
}  # fmt: skip
BODIES = {"jsonl": SOUND, "csv": SOUND_CSV, "tsv": table("\t", *(row(number) for number in range(20)))}
ENDINGS = ("jsonl", "ndjson", "csv", "tsv", "parquet", "jsonl.gz", "csv.gz", "tsv.gz")


def polyglots() -> Iterator[Hostile]:
    """This function will yield files that begin as one format, go on as another and are named as a third."""
    chance = random.Random(SEED)
    heads = list(HEADS) * 2
    chance.shuffle(heads)
    for number, head in enumerate(heads[:POLYGLOTS]):
        body, ending = chance.choice(list(BODIES)), ENDINGS[number % len(ENDINGS)]
        joint = chance.choice([b"", b"\n", b"\r\n", b"\0" * 7 + b"\n"])
        mark = b"\xef\xbb\xbf" if chance.random() < 0.15 else b""
        content = mark + HEADS[head] + joint + BODIES[body]
        packed = ending.endswith(".gz") and chance.random() < 0.8
        yield Hostile(
            f"{number}-{head}-{body}.{ending}", lambda a=content, b=packed: gzip.compress(a) if b else a, ""
        )
    # A ZIP archive is read from its end: whatever stands before it is still an archive.
    for body, content in BODIES.items():
        yield Hostile(f"zip-behind.{body}", lambda a=content: a + b"PK\x05\x06" + bytes(18), "a ZIP archive")


def flipped(count: int) -> Iterator[bytes]:
    """This function will yield a sound Parquet file with some bytes of its end or its pages changed by chance."""
    chance = random.Random(SEED)
    whole = parquet({name: [str(row(n)[name]) for n in range(200)] for name in row(0)}, compression="snappy")
    for number in range(count):
        broken = bytearray(whole)
        start = len(whole) - 3000 if number % 2 else 4
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(start, len(whole) - 8)] = chance.randrange(256)
        yield bytes(broken)


ALL = [*BOMBS, *WRONG_ENCODINGS, *BROKEN_TABLES, *ABSURD_LENGTHS, *polyglots()]
