from gan.runs import grids


def test_grids(tmp_path):
    for images in (40_000, 0, 2_000):
        grids.grid_path(tmp_path, images).write_bytes(b"")
    (tmp_path / ".0000000099.jpg.abc.tmp").write_bytes(b"")
    assert grids.grid_path(tmp_path, 2_000).name == "0000002000.jpg"
    assert grids.list_grids(tmp_path) == [0, 2_000, 40_000]
    assert grids.list_grids(tmp_path / "nowhere") == []
    grids.trim_grids(tmp_path, 2_000)
    assert grids.list_grids(tmp_path) == [0, 2_000]


def test_the_grid_nearest_to_a_moment():
    assert grids.nearest_grid([0, 2_016, 4_000], 2_000) == 2_016
    assert grids.nearest_grid([0, 2_016], 10_000) == 2_016
    assert grids.nearest_grid([0, 2_016], 900) == 0


def test_a_deleted_grid_is_none(tmp_path):
    assert grids.read_grid(tmp_path, 7) is None
    grids.grid_path(tmp_path, 7).write_bytes(b"jpeg")
    assert grids.read_grid(tmp_path, 7) == b"jpeg"


def test_a_stray_file_is_no_grid(tmp_path):
    grids.grid_path(tmp_path, 16).write_bytes(b"")
    (tmp_path / "0000000016 copy.jpg").write_bytes(b"")
    assert grids.list_grids(tmp_path) == [16]
