"""`assets`: the files of this version, written where they are wanted."""

from license_exporter import assets
from license_exporter.cli.flags import main


def files_below(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_all_files_are_written_below_the_folder(tmp_path, capsys):
    assert main(["assets", str(tmp_path / "new")]) == 0
    names = sorted(name for kind in assets.KINDS for name in assets.names(kind))
    assert files_below(tmp_path / "new") == names
    for name in names:
        assert (tmp_path / "new" / name).read_bytes() == assets.read(name)
    assert f"{len(names)} files" in capsys.readouterr().out


def test_one_kind_is_written_alone_and_what_is_there_stays(tmp_path):
    (tmp_path / "mine").write_text("mine")
    assert main(["assets", str(tmp_path), "--kind=rules", "--kind=runbooks"]) == 0
    assert files_below(tmp_path) == sorted(
        ["mine", *assets.names("rules"), *assets.names("runbooks")]
    )


def test_a_list_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["assets", "there", "--list", "--kind=runbooks"]) == 0
    assert capsys.readouterr().out == "runbooks  docs/runbooks.md\n"
    assert not files_below(tmp_path)


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["assets", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["assets", str(tmp_path / "file"), "--kind=rules"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"{tmp_path}/file/prometheus/")
    assert "cannot be written: " in told
