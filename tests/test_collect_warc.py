"""The archive: what was written is found again, by us and by others."""

from datetime import UTC, datetime

from warcio.archiveiterator import ArchiveIterator

from flows.collect import warc, warc_records
from flows.collect.http import Answer

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def answer(number):
    headers = (("content-type", "text/html"), ("content-encoding", "gzip"))
    return Answer(f"https://e.am/{number}", 200, headers, b"<p>%d</p>" % number * 50, 0.1)


def test_every_document_is_found_by_its_reference_across_rotated_files(tmp_path):
    archive = warc.Archive(tmp_path / "warc", max_file=2000)
    references = [archive.write(answer(number), NOW) for number in range(20)]
    assert len(list((tmp_path / "warc").iterdir())) > 1
    for number, reference in enumerate(references):
        found = warc.replay(tmp_path / "warc", reference)
        assert found is not None
        assert (found.url, found.status, found.fetched_at) == (f"https://e.am/{number}", 200, NOW)
        assert found.body == answer(number).body


def test_files_are_read_in_order_and_by_other_tools(tmp_path):
    archive = warc.Archive(tmp_path)
    references = [archive.write(answer(number), NOW) for number in range(3)]
    [path] = tmp_path.iterdir()
    assert [found.warc_ref for found in warc_records.answers(path)] == references
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
    assert kinds == ["warcinfo", "response", "response", "response"]


def test_a_crash_in_the_middle_of_a_record_costs_that_record_only(tmp_path):
    archive = warc.Archive(tmp_path)
    for number in range(3):
        archive.write(answer(number), NOW)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-40])
    assert [found.url for found in warc_records.answers(path)][:2] == [
        "https://e.am/0",
        "https://e.am/1",
    ]


def test_a_reference_never_leads_out_of_the_folder_and_a_missing_one_is_none(tmp_path):
    (tmp_path / "outside").write_bytes(b"secret")
    folder = tmp_path / "warc"
    folder.mkdir()
    for reference in ("../outside:0", "none.warc.gz:0", "none", "", "x:y"):
        assert warc.replay(folder, reference) is None


def test_an_erased_document_is_gone_and_all_others_stay_where_they_are(tmp_path):
    archive = warc.Archive(tmp_path)
    references = [archive.write(answer(number), NOW) for number in range(4)]
    [path] = tmp_path.iterdir()
    size = path.stat().st_size
    assert warc.erase(tmp_path, references[1])
    assert path.stat().st_size == size
    assert b"<p>1</p>" not in b"".join(found.body for found in warc_records.answers(path))
    assert warc.replay(tmp_path, references[1]) is None
    assert [found.warc_ref for found in warc_records.answers(path)] == [
        references[i] for i in (0, 2, 3)
    ]
    assert not warc.erase(tmp_path, "none.warc.gz:0")


def test_odd_headers_and_empty_bodies_are_archived_too(tmp_path):
    odd = Answer("https://e.am/x", 203, (("x-odd", "caf\xe9 \xff"), ("etag", "e" * 9000)), b"", 0.1)
    reference = warc.Archive(tmp_path).write(odd, NOW)
    found = warc.replay(tmp_path, reference)
    assert found is not None
    assert (found.status, found.body) == (203, b"")
