"""What viewers are told of a run."""

from gan.runs import snapshot
from gan.runs.log import append_line


def test_measurements_on_other_features_than_the_newest_are_left_out(trained_run):
    assert snapshot.look(trained_run).quality == {}
    for images, features, kid in ((16, "simple-1", 3.0), (32, "efficientnet-lite0-1", 0.3), (40, "simple-1", 2.0)):
        line = {"images": images, "kimg": images / 1000, "kid": kid, "features": features}
        append_line(trained_run.quality_path, line)
    assert snapshot.look(trained_run).quality["kid"].tolist() == [3.0, 2.0]
    append_line(trained_run.quality_path, {"images": 48, "kid": 0.2, "features": "efficientnet-lite0-1"})
    assert snapshot.look(trained_run).quality["kid"].tolist() == [0.3, 0.2]
