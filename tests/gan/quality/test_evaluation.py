import json
from dataclasses import replace

import pytest
import torch

from gan import generators
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators import sampling
from gan.learning.config import configure
from gan.quality import evaluation, exams, second_opinion
from gan.quality.detector import Heads
from gan.quality.evaluation import evaluate_model, figures_for_card, write_to_card
from gan.quality.measure import evaluate
from gan.quality.pretrained_features import PretrainedFeatures
from gan.quality.reference import reference, training_features
from gan.quality.second_opinion import SecondOpinion, SecondQuality
from gan.quality.simple_features import SimpleFeatures
from gan.quality.words import in_short, in_words

CPU = torch.device("cpu")
SIMPLE = SimpleFeatures(CPU)
TRAINED = {"features": "simple-1", "count": 400, "kid": 0.25, "kid_error": 0.01, "pixels": 20.0, "diversity": 1.0,
           "sentence": "as close to real pictures as real pictures seen through 20 pixels"}  # fmt: skip


SECOND = {"features": "efficientnet-lite1-128-1", "count": 500, "kid": 0.0123, "kid_error": 0.0004, "pixels": 14.4,
          "sentence": "as close to real pictures as real pictures seen through 14 pixels", "held_out": 1243,
          "apart": False}  # fmt: skip
HEADS = {"whose": "cat", "generated": 0.81, "real": 0.93, "count": 500, "real_count": 440}
SHARES = {"precision": 0.6, "recall": 0.4, "real_precision": 0.75, "real_recall": 0.74, "count": 1243}


@pytest.fixture(autouse=True)
def simple_features(monkeypatch):
    """The measure that needs no installing, and no second opinion."""
    monkeypatch.setattr(exams, "choose_features", lambda device: SIMPLE)
    monkeypatch.setattr(second_opinion, "second_features", lambda device: None)
    monkeypatch.setattr(second_opinion, "cascades", dict)


@pytest.fixture
def judgement(shipped, many):
    return evaluate_model(shipped, many, 60, CPU, lambda *heard: None)


def test_the_figures_are_those_of_pictures_from_seeds_that_nobody_looks_at(shipped, many, judgement):
    made = sampling.sample(generators.load_generator(shipped), shipped.config, range(1_000_000, 1_000_060))
    real = open_pictures(many, 32)
    expected = evaluate(made, reference(real, SIMPLE), training_features(real, SIMPLE), SIMPLE)
    assert judgement.figures.kid == pytest.approx(expected.kid)
    assert judgement.figures.diversity == pytest.approx(expected.diversity)
    assert judgement.figures.memorisation.ratio == pytest.approx(expected.memorisation.ratio, rel=1e-2)
    assert (judgement.data, judgement.pictures, judgement.held_out) == ("many", 320, 32)
    assert judgement.inception_fid is None
    assert judgement.version == shipped.version


def test_progress_says_what_is_being_done_and_counts_to_its_end(shipped, many):
    heard = []
    evaluate_model(shipped, many, 130, CPU, lambda *step: heard.append(step))
    last = {what: (done, total) for what, done, total in heard}
    assert list(last) == [
        "reading many",
        "drawing pictures",
        "describing held-out pictures",
        "describing training pictures",
        "describing generated pictures",
    ]
    assert last["drawing pictures"] == (130, 130)
    assert last["describing training pictures"] == (288, 288)


@pytest.mark.parametrize("count", [-1, 0, 49, 50_001])
def test_too_few_or_too_many_generated_pictures(shipped, many, count):
    with pytest.raises(ForgerError, match="50 to 50,000 generated pictures"):
        evaluate_model(shipped, many, count, CPU, lambda *heard: None)


def test_too_few_real_pictures(shipped, picture_folder):
    with pytest.raises(ForgerError, match="300 pictures at least; this one has 22"):
        evaluate_model(shipped, str(picture_folder), 50, CPU, lambda *heard: None)


def test_no_such_pictures(shipped):
    with pytest.raises(ForgerError, match="nowhere"):
        evaluate_model(shipped, "nowhere", 50, CPU, lambda *heard: None)


def test_the_inception_fid_is_asked_for_before_the_long_work(shipped, many, monkeypatch):
    def offline(real, made, device):
        raise ForgerError("no connection")

    heard = []
    monkeypatch.setattr(evaluation, "inception_fid", offline)
    with pytest.raises(ForgerError, match="no connection"):
        evaluate_model(shipped, many, 50, CPU, lambda what, *_: heard.append(what), inception=True)
    assert not any("describing" in what for what in heard)


def test_the_inception_fid_compares_with_all_pictures(shipped, many, monkeypatch):
    monkeypatch.setattr(evaluation, "inception_fid", lambda real, made, device: 1000.0 * len(real) + len(made))
    figures = figures_for_card(evaluate_model(shipped, many, 50, CPU, lambda *heard: None, inception=True))
    assert figures["inception_fid"] == 320_050
    assert "50 were compared with 320" in in_words(figures)["Inception FID"]


def test_what_a_card_keeps_is_plain_and_can_be_said(judgement):
    figures = figures_for_card(judgement)
    assert json.loads(json.dumps(figures)) == figures
    assert {"kid", "kid_error", "features", "count", "pixels", "sentence", "diversity", "frechet"} <= set(figures)
    assert (figures["data"], figures["pictures"], figures["held_out"]) == ("many", 320, 32)
    assert {"ratio", "copies", "searched"} <= set(figures["memorisation"])
    words = in_words(figures)
    assert list(words) == [
        "How close", "How varied", "Precision and recall", "Does it copy?", "Frechet distance", "Measured"
    ]  # fmt: skip
    assert not {"second_opinion", "heads"} & set(figures)  # its packages are not there
    assert figures["sentence"] in words["How close"]
    assert f"{figures['kid']:.3f} ± {figures['kid_error']:.3f}" in words["How close"]
    assert words["Does it copy?"].startswith("From the nearest of 288 training pictures, a forgery lies")
    assert "not the FID of the papers" in words["Frechet distance"]
    assert words["Measured"] == "60 pictures against 32 held-out pictures of many, by the features simple-1."


def test_a_second_opinion_stands_beside_the_first(shipped, many, monkeypatch):
    asked = []

    def opinion(generator, config, pictures, device, progress):
        asked.append((config, len(pictures)))
        return SecondOpinion(SecondQuality(**SECOND), Heads(**HEADS))

    monkeypatch.setattr(evaluation, "second_opinion", opinion)
    figures = figures_for_card(evaluate_model(shipped, many, 50, CPU, lambda *heard: None))
    assert asked == [(shipped.config, 320)]
    assert (figures["second_opinion"], figures["heads"]) == (SECOND, HEADS)
    assert json.loads(json.dumps(figures)) == figures
    assert list(in_words(figures))[:4] == ["How close", "A second opinion", "Heads", "How varied"]


@pytest.mark.parametrize(("weight", "same_eyes"), [(1.0, True), (1.0, False), (0.0, True)])
def test_who_learned_with_the_eyes_that_judge_is_said_to_be_flattered(shipped, many, monkeypatch, weight, same_eyes):
    monkeypatch.setattr(PretrainedFeatures, "name", SIMPLE.name if same_eyes else "others")
    config = configure(shipped.config, projected_weight=weight).to_dict()
    model = replace(shipped, card=shipped.card | {"config": config})
    figures = figures_for_card(evaluate_model(model, many, 50, CPU, lambda *heard: None))
    flattered = weight > 0 and same_eyes
    assert ("flattered" in figures) == flattered
    assert ("go by the second opinion" in in_words(figures)["How close"]) == flattered


def test_what_others_say_is_said_in_words():
    words = in_words(TRAINED | {"second_opinion": SECOND, "heads": HEADS, "precision_recall": SHARES})
    assert SECOND["sentence"] in words["A second opinion"]
    assert "times 1,000 is 12.3 ± 0.4" in words["A second opinion"]
    assert "1,243 held-out ones, by which trainings measure themselves, too" in words["A second opinion"]
    assert "a cat's head in 81 % of 500 pictures, and in 93 % of 440 real ones" in words["Heads"]
    assert words["Precision and recall"].startswith(
        "60 % of these pictures lie where real ones do (precision), and 40 %"
    )
    assert "75 % and 74 %. 1,243 of each" in words["Precision and recall"]
    apart = in_words(TRAINED | {"second_opinion": SECOND | {"apart": True}})["A second opinion"]
    assert "which no training measured itself by" in apart


def test_how_close_in_one_line_has_both():
    assert in_short(TRAINED) == TRAINED["sentence"]
    assert in_short(TRAINED | {"second_opinion": SECOND}) == TRAINED["sentence"] + " (by a second opinion: 14)"
    assert in_short({"perceptual": 1.0}) == ""


def test_a_card_is_written_whole_and_read_again(shipped, judgement):
    write_to_card(shipped, judgement)
    card = generators.find_generator("cats").card
    assert card == shipped.card | {"quality": figures_for_card(judgement)}
    assert generators.find_generator("cats").version == judgement.version


def test_weights_that_changed_meanwhile_keep_their_card(shipped, judgement):
    generators.save_generator(shipped.folder, generators.load_generator(shipped), shipped.card)
    with pytest.raises(ForgerError, match="cats went on learning"):
        write_to_card(shipped, judgement)
    assert generators.find_generator("cats").card == shipped.card


def learns_from(model, source, pictures):
    """`model` with a card that says so."""
    card = model.card | {"data": {"source": source, "pictures": pictures}}
    generators.save_generator(model.folder, generators.load_generator(model), card)
    return generators.find_generator(model.name)


@pytest.mark.parametrize(("source", "number"), [("many", 321), ("others", 320)])
def test_a_card_takes_no_figures_on_other_pictures_than_its_own(shipped, many, source, number):
    model = learns_from(shipped, source, number)
    judgement = evaluate_model(model, many, 50, CPU, lambda *heard: None)
    with pytest.raises(ForgerError, match=f"{source}, {number} pictures.*others .many, 320 pictures"):
        write_to_card(model, judgement)
    assert generators.find_generator("cats").card == model.card


def test_that_a_card_takes_no_such_figures_is_said_before_the_long_work(shipped, many):
    heard = []
    model = learns_from(shipped, "others", 320)
    with pytest.raises(ForgerError, match="not on others"):
        evaluate_model(model, many, 50, CPU, lambda what, *_: heard.append(what), for_card=True)
    assert set(heard) == {"reading many"}


def test_a_link_to_its_own_pictures_is_as_good(shipped, many, tmp_path):
    model = learns_from(shipped, "many", 320)
    (tmp_path / "link").symlink_to(many)
    write_to_card(model, evaluate_model(model, str(tmp_path / "link"), 50, CPU, lambda *heard: None, for_card=True))
    assert generators.find_generator("cats").card["quality"]["data"] == "many"


def test_what_a_training_measured_has_fewer_words():
    words = in_words(TRAINED)
    assert list(words) == ["How close", "How varied", "Measured"]
    assert words["Measured"] == "400 pictures against held-out ones, by the features simple-1."


@pytest.mark.parametrize(
    ("diversity", "said"),
    [(0.5, "many look alike"), (0.9, "a little less varied"), (1.0, ": as varied."), (1.2, "some are broken")],
)
def test_the_reading_of_variety(diversity, said):
    assert said in in_words(TRAINED | {"diversity": diversity})["How varied"]


@pytest.mark.parametrize(
    ("ratio", "copies", "said"),
    [
        (1.0, 0.01, ": no sign of copying."),
        (1.3, 0.0, "pictures with flaws"),
        (1.0, 0.05, "may be copies"),
        (0.6, 0.0, "may be copies"),
    ],
)
def test_the_reading_of_copies(ratio, copies, said):
    words = in_words(TRAINED | {"memorisation": {"ratio": ratio, "copies": copies}})["Does it copy?"]
    assert said in words
    assert f"{copies * 100:.1f} %" in words
    assert words.startswith("From its nearest training picture, a forgery lies")  # as long as cards say no number


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        "good",
        None,
        TRAINED | {"kid": "low"},
        TRAINED | {"diversity": None},
        TRAINED | {"memorisation": [1]},
        TRAINED | {"second_opinion": [1]},
        TRAINED | {"second_opinion": SECOND | {"kid": "low"}},
        TRAINED | {"heads": {"whose": "cat"}},
        TRAINED | {"precision_recall": SHARES | {"recall": None}},
        TRAINED | {"memorisation": {"ratio": 1.0, "copies": 0.0, "searched": "all"}},
    ],
)
def test_what_is_no_quality_says_so(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        in_words(broken)
