"""course/data.py: tables and pictures of every kind, the cache, files that are never half written."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin, features

from course import data
from tests.common import COURSE, tomatoes


@pytest.fixture
def cache(tmp_path):
    """A folder for the cache, which is not there yet."""
    return tmp_path / "cache"


@pytest.fixture
def count_reads(monkeypatch):
    """Counts the pictures that are decoded."""
    reads = []
    real = data._read_picture
    monkeypatch.setattr(data, "_read_picture", lambda path, size: reads.append(path.name) or real(path, size))
    return reads


def read(root: Path, cache: Path | None, size: int = 8) -> np.ndarray:
    return data.read_images("tomato", size, root, "training_set", cache)


# ---------------------------------------------------------------- the two readers


def test_paths_may_be_text(root, cache):
    (root / "articles.csv").write_text("headline\nOne\n")
    assert data.read_headlines(str(root)) == data.read_headlines(str(root / "articles.csv")) == ["One"]
    images = data.read_images("tomato", 8, str(root), "training_set", str(cache))
    assert images.shape == (4, 8, 8, 3) and images.dtype == np.float32
    assert cache.is_dir()


def test_splits_are_kept_apart(root, cache):
    folder = root / "apple-or-tomato" / "test_set" / "tomato"
    folder.mkdir(parents=True)
    Image.new("RGB", (10, 10), "white").save(folder / "9.png")
    assert len(read(root, cache)) == 4
    assert (data.read_images("tomato", 8, root, "test_set", cache) == np.ones((1, 8, 8, 3))).all()
    assert len(list(cache.iterdir())) == 2


def test_warnings_point_to_the_caller(root):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="1.png") as caught:
        data.read_images("tomato", 8, root, "training_set")
    (warning,) = caught
    assert warning.filename == __file__
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[warning.lineno - 1]
    assert 'data.read_images("tomato", 8, root, "training_set")' in line


def test_the_reader_of_pictures_needs_neither_tensorflow_nor_pandas():
    script = "import sys, course.data; print(sorted({'tensorflow', 'keras', 'pandas'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=COURSE, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_say_once(monkeypatch, capsys):
    monkeypatch.setattr(data, "_said", set())
    for sentence in ("One.", "Two.", "One."):
        data.say_once(sentence)
    assert capsys.readouterr().out == "One.\nTwo.\n"


# ---------------------------------------------------------------- the cache of prepared pictures


def test_cache_gives_the_same_without_reading_again(root, cache, count_reads):
    first = read(root, cache)
    assert len(count_reads) == 4
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 4


def test_no_cache_if_no_folder_is_given(root, count_reads):
    before = sorted(root.parent.rglob("*"))
    read(root, None)
    read(root, None)
    assert len(count_reads) == 8
    assert sorted(root.parent.rglob("*")) == before


def test_cache_is_rebuilt_when_a_picture_changes(root, cache, count_reads):
    """For one of the same size, and older than the cache, as a clock that was set back makes it."""
    picture = tomatoes(root) / "0.png"
    picture.write_bytes(picture.read_bytes().ljust(200, b"\0"))
    read(root, cache)
    picture.write_bytes(encoded(Image.new("RGB", (10, 10), "white"), "PNG").ljust(200, b"\0"))
    os.utime(picture, (1, 1))
    assert (read(root, cache)[0] == 1).all()
    assert len(count_reads) == 8


def test_cache_is_rebuilt_for_other_pictures_or_another_size(root, cache, count_reads):
    read(root, cache)
    assert read(root, cache, 9).shape == (4, 9, 9, 3)
    (tomatoes(root) / "3.png").unlink()
    assert len(read(root, cache)) == 3
    assert len(count_reads) == 4 + 4 + 3


def test_cache_is_rebuilt_when_the_way_to_prepare_changes(root, cache, count_reads, monkeypatch):
    read(root, cache)
    monkeypatch.setattr(data, "CACHE_FORMAT", data.CACHE_FORMAT + 1)
    read(root, cache)
    assert len(count_reads) == 8


def test_cache_of_another_folder_is_not_used(root, cache, tmp_path, count_reads):
    read(root, cache)
    root.rename(tmp_path / "moved")
    read(tmp_path / "moved", cache)
    assert len(count_reads) == 8


def test_a_set_with_gaps_is_kept_with_its_warning(root, cache, count_reads):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    for _ in "first", "again":
        with pytest.warns(UserWarning, match="3 of 4 files read.*1.png"):
            assert len(read(root, cache)) == 3
    assert len(count_reads) == 4, "the second time they come from the cache"
    Image.new("RGB", (10, 10)).save(tomatoes(root) / "1.png")
    assert len(read(root, cache)) == 4, "a mended picture is read"


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty", "another file"])
def test_damaged_cache_is_rebuilt(root, cache, count_reads, damage):
    first = read(root, cache)
    (cached,) = cache.iterdir()
    content = bytearray(cached.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "garbled":
        at = bytes(content).index(b"pixels.npy") + 200
        content[at : at + 50] = bytes(50)
    elif damage == "empty":
        content = bytearray()
    if damage == "another file":
        np.savez(cached, other=np.zeros(3))
    else:
        cached.write_bytes(content)
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 8
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 8, "the rebuilt one is whole again"


def test_full_disk_costs_only_the_cache(root, cache, monkeypatch, capsys):
    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    monkeypatch.setattr(data, "_said", set())
    assert len(read(root, cache)) == len(read(root, cache)) == 4
    assert capsys.readouterr().out.count("No space left on device") == 1
    assert list(cache.iterdir()) == []


def test_a_cache_folder_that_is_a_file_costs_only_the_cache(root, cache, monkeypatch, capsys):
    cache.write_text("no folder")
    monkeypatch.setattr(data, "_said", set())
    assert len(read(root, cache)) == 4
    assert "are not kept" in capsys.readouterr().out
    assert cache.read_text() == "no folder"


# ---------------------------------------------------------------- whole files or none


def test_replacing_makes_the_folder_and_the_whole_file(tmp_path):
    path = tmp_path / "new" / "deep" / "file"
    with data.replacing(path) as file:
        file.write(b"all")
        assert not path.exists(), "not before it is complete"
    assert path.read_bytes() == b"all"
    assert [left.name for left in path.parent.iterdir()] == ["file"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o644, "others may read it"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("no")])
def test_replacing_keeps_the_old_file_if_the_new_one_fails(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(type(error)), data.replacing(path) as file:
        file.write(b"ha")
        raise error
    assert path.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["file"]


def test_replacing_keeps_the_old_file_if_the_disk_is_full_only_when_it_closes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(OSError), data.replacing(path) as file:
        file.write(b"still in memory")
        os.close(file.fileno())
    assert path.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["file"]


def test_replacing_leaves_nothing_if_it_cannot_take_the_place(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError), data.replacing(tmp_path / "file") as file:
        file.write(b"all")
    assert [left.name for left in tmp_path.iterdir()] == ["file"]


# ---------------------------------------------------------------- headlines from any table

ROWS = [("1", "Rain, “Wind” and Snow"), ("2", "Café Reopens – at Last"), ("3", "NA"), ("4", "null"), ("5", "Unknown")]
WANTED = [text for _, text in ROWS[:4]]


def table(separator: str = ",", header: str = "id,headline,date") -> str:
    quoted = [f'{number}{separator}"{text}"{separator}2031-04-01' for number, text in ROWS]
    return "\n".join([header.replace(",", separator), *quoted]) + "\n"


def headlines(folder: Path, content: str | bytes, name: str = "articles.csv") -> list[str]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return data.read_headlines(folder / name)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_line_ends(tmp_path, separator, encoding, line_end):
    assert headlines(tmp_path, table(separator).replace("\n", line_end).encode(encoding)) == WANTED


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\n" + table(";"),  # a line that Excel understands
        "\n\n" + table() + "\n,,\n",  # empty lines and an empty row
        table().replace("2031-04-01\n", "2031-04-01,\n"),  # each row ends in a comma, the header does not
        table(header="id,Headline,date"),
        table(header="id,title,date"),
        table(header="id,headline_text,date"),
        table().replace("\n", ",The Courier\n").replace("date,The Courier", "date,title"),  # "headline" before "title"
        "\n".join(["headline", *(text for _, text in ROWS)]),  # one column, nothing in quotes
    ],
)
def test_tables_that_people_have(tmp_path, content):
    assert headlines(tmp_path, content) == WANTED


def test_one_column_may_hold_signs_that_part_columns_elsewhere(tmp_path):
    texts = ["Rain; Wind, and Snow", "10,000 Gulls", 'The "Silent" Harbor', '"No," Says Mayor']
    assert headlines(tmp_path, "\n".join(["headline", *texts])) == texts


def test_a_guess_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(data, "_said", set())
    headlines(tmp_path, table(header="id,title,date").encode("cp1252"))
    said = capsys.readouterr().out
    assert "not in UTF-8; read as Windows-1252" in said and "the column 'title' is taken for the headlines" in said


def test_single_rows_that_do_not_fit_are_named_and_left_out(tmp_path):
    good = "".join(f"{number},Headline {number},x\n" for number in range(40))
    with pytest.warns(UserWarning, match=r"articles\.csv: 2 of 42 rows do not fit the header \(lines 42, 43; line 42"):
        found = headlines(tmp_path, f"id,headline,date\n{good}41,Rain, Wind and Snow,x\n42,Half a row\n")
    assert found == [f"Headline {number}" for number in range(40)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,headline\n1,Rain, Wind\n2,Mayor, Eighty\n", "2 of 2 rows do not fit the header .lines 2, 3; line 2 has 3"),
        ("headline\nOne,Local\nTwo,Local\n", "line 2: .*more columns than the header"),
        ('id,headline\n1,"One\n2,Two\n3,Three\n4,Four"\n', "line 2: .*runs over 4 lines"),
        ('id,headline\n1,One\n2,"Two\n3,Three\n', "line 3: cannot be read .*no partner"),
        ('id,headline\n1,"Two" Halves, One Town\n', "line 2: cannot be read .*no partner"),
        ("headline,x,headline\na,b,c\n", "two columns 'headline'"),
        ("id,headline\n1,Мэр открывает мост\n".encode("cp1251"), "line 2: cannot be read, for its encoding"),
        ("id,headline\n1,Zażółć gęślą jaźń w Łodzi\n".encode("cp1250"), "line 2: cannot be read, for its encoding"),
        ("id,headline\n1,Don’t Look Now\n".encode("mac-roman"), "line 2: cannot be read, for its encoding"),
        ("id,headline\n1,市长宣布\n".encode("gbk"), "line 2: cannot be read, for its encoding"),
        ("id,headline\n1,One\n".encode("utf-16-le"), "zero bytes"),
        (b"PK\x03\x04 and so on", "an Excel workbook"),
        (b"\x1f\x8b and so on", "unpack it"),
        ("<!DOCTYPE html>\n<p>headline</p>\n", "a web page"),
        ('[{"headline": "One"}]', "JSON"),
        ("", "empty"),
        ("text\nOne\n", "no column 'headline'"),
        ("headline\nUnknown\n\n", "no headline but"),
    ],
)
def test_what_cannot_be_read_safely_stops_with_file_line_and_mend(tmp_path, content, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        headlines(tmp_path, content)
    assert str(tmp_path / "articles.csv") in str(error.value)


def test_another_name_is_told(tmp_path):
    (tmp_path / "nyt.csv").write_text("headline\nOne\n")
    with pytest.raises(FileNotFoundError, match=r"no articles\.csv in .*there is nyt\.csv"):
        data.read_headlines(tmp_path)


# ---------------------------------------------------------------- pictures of any kind

RED = Image.new("RGB", (40, 30), (250, 5, 5))


def one(root: Path, name: str, content: bytes | None = None, **options) -> np.ndarray:
    """The only picture of a folder, 8 x 8 pixels."""
    folder = tomatoes(root)
    for path in folder.iterdir():
        path.unlink()
    if content is None:
        RED.save(folder / name, **options)
    else:
        (folder / name).write_bytes(content)
    (picture,) = read(root, None)
    return picture


def encoded(picture: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["1.jfif", "2.jpe", "3", "4.txt", "5.png"])
def test_pictures_are_known_by_content(root, name):
    assert np.allclose(one(root, name, encoded(RED, "JPEG")), [0.96, -0.96, -0.96], atol=0.1)


AVIF = ["AVIF"] if "avif" in features.modules else []


@pytest.mark.parametrize("form", ["WEBP", "TIFF", "BMP", "PPM", "TGA", "JPEG2000", "ICO", *AVIF])
def test_whatever_pillow_reads_is_read(root, form):
    assert np.allclose(one(root, "1.x", encoded(RED, form)), [0.96, -0.96, -0.96], atol=0.1)


def test_heic_is_read_if_its_package_is_installed(root):
    pytest.importorskip("pillow_heif")
    assert np.allclose(one(root, "IMG_0001.HEIC", encoded(RED, "HEIF")), [0.96, -0.96, -0.96], atol=0.1)


def test_companions_are_passed_over_and_all_others_counted(root, monkeypatch):
    monkeypatch.setattr(data, "pillow_heif", None)
    folder = tomatoes(root)
    for name in ("._0.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / name).write_bytes(b"\0\5\26\7")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(root, None)) == 4
    (folder / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    (folder / "b.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    (folder / "notes.txt").write_text("pictures of the harbour")
    (folder / "nothing.jpg").touch()
    (folder / "cut.jpg").write_bytes(encoded(RED, "JPEG")[:500])
    (folder / "more").mkdir()
    with pytest.warns(UserWarning) as caught:
        assert len(read(root, None)) == 4
    (sentence,) = [str(warning.message) for warning in caught]
    assert "4 of 9 files read as pictures, 5 left out" in sentence
    for part in (
        "2 HEIC: save as JPEG, or install the package pillow-heif (a.heic, ...)",
        "1 of no known format: replace or delete (notes.txt)",
        "1 empty: fetch again (nothing.jpg)",
        "1 damaged or cut off: replace or delete (cut.jpg)",
    ):
        assert part in sentence


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: links need a right there")
def test_a_broken_link_is_named(root):
    (tomatoes(root) / "gone.jpg").symlink_to("nowhere")
    with pytest.warns(UserWarning, match=r"1 no file at all, such as a broken link: delete \(gone\.jpg\)"):
        assert len(read(root, None)) == 4


def corner() -> Image.Image:
    """Black but for the upper left quarter."""
    picture = Image.new("RGB", (40, 40))
    picture.paste("white", (0, 0, 20, 20))
    return picture


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_cameras_turns_are_undone(root, orientation, form):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(corner(), form, exif=exif)
    with Image.open(io.BytesIO(content)) as picture:
        wanted = np.asarray(ImageOps.exif_transpose(picture).resize((8, 8)).convert("L")) > 127
    assert np.array_equal(one(root, "1.x", content).mean(axis=-1) > 0, wanted)


def test_damaged_metadata_costs_no_pixels(root):
    rng = np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    picture = Image.fromarray(rng.integers(0, 256, (30, 30, 3), dtype=np.uint8))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "harbour " * 20)
    jpeg = encoded(picture, "JPEG", exif=exif, icc_profile=b"i" * 300, comment=b"hello")
    png = encoded(picture, "PNG", pnginfo=text, icc_profile=b"i" * 300)
    for content, end in ((jpeg, jpeg.rindex(b"\xff\xdb", 0, jpeg.index(b"\xff\xc0"))), (png, png.index(b"IDAT") - 4)):
        begin = content.index(b"Exif") - 4 if content is jpeg else content.index(b"iCCP") - 4
        wanted, path = one(root, "1", content), tomatoes(root) / "1"
        for _ in range(150):
            damaged = bytearray(content)
            for place in rng.integers(begin + 2, end - 200, 3):  # the first segments; some lengths among them
                damaged[place] = rng.integers(0, 256)
            path.write_bytes(damaged)
            pixels, left_out = data._prepare([path], 8)
            assert left_out == []
            assert np.abs(pixels[0] / 127.5 - 1 - wanted).max() < 0.02


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (np.full((9, 9), 32768, np.uint16), 0),
        (np.full((9, 9), 2048, np.uint16), 0),  # 12 bits, as cameras and microscopes write
        (np.full((9, 9), 0.5, np.float32), 0),
        (np.full((9, 9), 127.5, np.float32), 0),
        (np.full((9, 9), 40_000, np.int32), 0.22),
        (np.repeat(np.float32([[-3], [0], [3]]), 3, 0).repeat(9, 1), None),  # scaled by its own range
        (np.repeat(np.int32([[0], [10**6], [2 * 10**6]]), 3, 0).repeat(9, 1), None),
    ],
)
def test_other_ranges_are_neither_black_nor_white(root, values, wanted):
    picture = one(root, "1.tif", encoded(Image.fromarray(values), "TIFF"))
    if wanted is None:
        assert picture[0].max() < -0.9 and abs(picture[4].mean()) < 0.2 and picture[-1].min() > 0.9
    else:
        assert np.allclose(picture, wanted, atol=0.02)


@pytest.mark.parametrize("values", [np.full((9, 9), np.nan, np.float32), np.full((9, 9), -5, np.int32)])
def test_what_has_no_range_is_left_out_in_a_sentence(root, values):
    Image.fromarray(values).save(tomatoes(root) / "9.tif")
    with pytest.warns(UserWarning, match=r"1 (of one unknown brightness|with pixels that are no finite).*9\.tif"):
        assert len(read(root, None)) == 4


def test_a_large_jpeg_is_reduced_while_it_is_decoded(root, monkeypatch):
    picture = corner().resize((1600, 1600), Image.Resampling.NEAREST)
    sizes = []
    real = data._memory
    monkeypatch.setattr(data, "_memory", lambda opened, pixels: sizes.append(opened.size) or real(opened, pixels))
    assert (one(root, "1.jpg", encoded(picture, "JPEG")).mean(axis=-1) > 0)[:4, :4].all()
    assert sizes == [(200, 200)]


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "P"])
def test_what_is_large_is_shrunk_before_it_is_converted(root, monkeypatch, mode):
    content = encoded(corner().resize((400, 400), Image.Resampling.NEAREST).convert(mode), "TIFF")
    wanted = one(root, "1", content)
    monkeypatch.setattr(data, "LARGE", 1)
    assert np.abs(one(root, "1", content) - wanted).mean() < 0.05


def test_what_takes_too_much_memory_is_left_out_in_plain_words(root, monkeypatch):
    monkeypatch.setattr(data, "MOST_BYTES", 10_000)
    Image.new("RGB", (100, 100)).save(tomatoes(root) / "9.png")
    with pytest.warns(UserWarning, match=r"1 too large to read within .* GB: make smaller \(9\.png\)"):
        assert len(read(root, None)) == 4


def test_pillows_own_limit_is_as_it_was(root, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    assert len(read(root, None)) == 4, "no bomb"
    assert Image.MAX_IMAGE_PIXELS == 50


def test_a_stream_has_the_same_pictures_shuffled_anew_and_names_what_it_leaves_out(root):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    rng = np.random.default_rng(0)
    orders = []
    with pytest.warns(UserWarning, match=r"3 of 4 files read as pictures, 1 left out.*1\.png"):
        loaded = read(root, None)
        assert np.array_equal(list(data.stream_images("tomato", 8, root)), loaded)
        for _ in range(6):
            streamed = np.stack(list(data.stream_images("tomato", 8, root, rng=rng)))
            orders.append(tuple(streamed[:, 0, 0, 0]))
    assert {tuple(sorted(order)) for order in orders} == {tuple(loaded[:, 0, 0, 0])} and len(set(orders)) > 1


@pytest.mark.parametrize("count", [24, 25, 40, 59, 60, 200])
@pytest.mark.parametrize("tested", [0, 1, 5, 11, 12, 20])
def test_twelve_pictures_at_least_are_held_out_and_none_is_lost(count, tested, capsys):
    images, test = np.arange(count), np.arange(1000, 1000 + tested)
    kept, held_out = data.hold_out(images, test, "plum")
    assert len(kept) >= 12 and len(held_out) >= 12
    assert sorted([*kept, *held_out]) == [*images, *test]
    assert ("are held out" in capsys.readouterr().out) == (tested < 12)


@pytest.mark.parametrize(("count", "tested"), [(0, 19), (11, 12), (23, 0), (16, 7)])
def test_too_few_pictures_are_refused_before_a_training(count, tested):
    with pytest.raises(ValueError, match="are too few: 12 are needed to train on, and 12 to judge by"):
        data.hold_out(np.zeros((count, 2)), np.zeros((tested, 2)), "plum")
