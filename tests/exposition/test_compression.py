import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from license_exporter.exposition.compression import Chunk, gzip_parts


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_the_chunks_make_one_gzip_member_of_the_whole_text(texts: list[bytes]) -> None:
    member = b"".join(gzip_parts([Chunk(text) for text in texts]))

    assert gzip.decompress(member) == b"".join(texts)
    reader = zlib.decompressobj(wbits=31)
    assert reader.decompress(member) == b"".join(texts)
    assert reader.eof
    assert reader.unused_data == b""


def test_a_chunk_is_compressed_once_and_fits_at_any_place() -> None:
    text = b"license_up 1\n" * 1000
    kept = Chunk(text)
    first = kept.deflated()

    member = b"".join(gzip_parts([Chunk(b"# before\n"), kept, Chunk(b"# after\n"), kept]))

    assert kept.deflated() is first
    assert gzip.decompress(member) == b"# before\n" + text + b"# after\n" + text


def test_the_text_of_a_chunk_can_be_had_after_its_compression_too() -> None:
    text = b"license_up 1\n" * 1000
    chunk = Chunk(text)
    deflated = chunk.deflated()

    assert chunk.text == text
    assert len(chunk) == len(text)
    assert chunk.deflated() is deflated


def test_what_is_compressed_is_much_smaller_than_its_text() -> None:
    text = b"".join(b'license_used{pool="p%d"} %d.0\n' % (n, n) for n in range(10_000))

    assert len(b"".join(gzip_parts([Chunk(text)]))) < len(text) / 5
