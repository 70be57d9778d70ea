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


def test_two_grids_side_by_side_are_of_the_same_number_of_images():
    often, rarely = [0, 256, 512, 768, 1024, 1280], [0, 500, 1000, 1500]
    assert grids.nearest_grids(often, rarely, 900) == (1024, 1000)
    assert grids.nearest_grids(rarely, often, 600) == (500, 512)
    assert grids.nearest_grids(often, rarely, 10**9) == (1024, 1000)
    assert grids.nearest_grids([0, 1000], [0, 1100], 10**9) == (1000, 1100)


def test_neither_of_two_grids_is_ahead_of_a_run_that_ended_early():
    assert grids.nearest_grids([0, 16, 32], [0, 16, 32, 48, 4000], 4000) == (32, 32)
    assert grids.nearest_grids([0], [0, 16, 32], 32) == (0, 0)


def test_a_deleted_grid_is_none(tmp_path):
    assert grids.read_grid(tmp_path, 7) is None
    grids.grid_path(tmp_path, 7).write_bytes(b"jpeg")
    assert grids.read_grid(tmp_path, 7) == b"jpeg"


def test_a_stray_file_is_no_grid(tmp_path):
    grids.grid_path(tmp_path, 16).write_bytes(b"")
    (tmp_path / "0000000016 copy.jpg").write_bytes(b"")
    assert grids.list_grids(tmp_path) == [16]
