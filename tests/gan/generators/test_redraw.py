"""From any picture to what a trained generator makes of it."""

import numpy as np
import pytest
import torch

from gan import generators
from gan.errors import ForgerError
from gan.generators import DISCRIMINATOR, TrainedGenerator, load_discriminator, load_generator
from gan.generators.redraw import Redrawer, inspector_of, shrink, with_opacity
from gan.generators.sampling import generate, sample, seed_latents
from gan.learning.config import configure
from gan.paths import write_json
from gan.pictures.tensors import to_uint8
from gan.tasks import TASKS
from gan.tasks.held_out import pairs_of


@pytest.fixture
def model(redraw_run) -> TrainedGenerator:
    return generators.find_generator("run:redraw")


@pytest.fixture
def redrawer(model) -> Redrawer:
    return Redrawer(model)


def to_input(*pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def with_task(model: TrainedGenerator, task: str) -> Redrawer:
    """Another card for the same weights: all tasks have the same networks."""
    write_json(model.folder / generators.CARD, model.card | {"config": configure(model.config, task=task).to_dict()})
    return Redrawer(generators.find_generator(model.name))


@pytest.fixture
def photo(pictures) -> np.ndarray:
    """A larger picture (96, 96, 3), with an edge to draw."""
    photo = pictures[0].repeat(3, 0).repeat(3, 1)
    photo[20:70, 30:60] = (220, 40, 30)
    return photo


def test_a_photo_is_shrunk_and_sketched_and_the_same_one_always_alike(redrawer, photo):
    source = redrawer.source(photo)
    assert (source.shape, source.dtype) == ((32, 32, 3), np.uint8)
    assert np.array_equal(source, redrawer.source(photo))
    assert np.array_equal(source[..., 0], source[..., 2])  # drawn in grey
    assert np.array_equal(source, pairs_of("sketch", shrink(photo, 32)[None])[0][0])
    assert source.min() < 100 < np.median(source)


def test_a_finished_drawing_is_shrunk_and_becomes_black_lines_on_white(redrawer):
    paper = np.full((64, 64, 3), (200, 190, 170), np.uint8)
    paper[30:34, 8:56] = 60
    source = redrawer.source(paper, finished=True)
    assert source.shape == (32, 32, 3)
    assert source[15:17, 6:26].max() < 60 and source[:10].min() > 240
    clean = TASKS["sketch"].drawn(to_input(shrink(paper, 32)) / 2 + 0.5)
    assert np.abs(source.astype(int) - to_uint8(clean * 2 - 1)[0]).max() <= 1
    assert not np.array_equal(source, redrawer.source(paper))


def test_a_finished_source_of_another_task_goes_in_as_it_is(model, photo, pictures):
    redrawer = with_task(model, "mosaic")
    assert np.array_equal(redrawer.source(photo, finished=True), shrink(photo, 32))
    assert np.array_equal(redrawer.source(pictures[1], finished=True), pictures[1])
    assert not np.array_equal(redrawer.source(pictures[1]), pictures[1])


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])
def test_sources_and_targets_are_those_of_training(model, task, pictures):
    redrawer = with_task(model, task)
    sources, targets = pairs_of(task, pictures[2][None])
    assert redrawer.task is TASKS[task]
    assert np.array_equal(redrawer.source(pictures[2]), sources[0])
    assert np.array_equal(redrawer.target(pictures[2]), targets[0])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_rectangle_gives_back_a_rectangle(model, task, turned, photo):
    redrawer = with_task(model, task)
    picture = np.concatenate([photo, photo[:, :40]], 1)
    picture = picture.transpose(1, 0, 2) if turned else picture
    source = redrawer.source(picture)
    assert source.shape == ((48, 32, 3) if turned else (32, 48, 3))
    made = redrawer.redraw(source)
    assert made.result.shape == source.shape
    assert made.stages[-1].shape[1:] == ((6, 4) if turned else (4, 6))
    result = redrawer.canvas(picture).cut(made.result)
    assert result.shape == ((45, 32, 3) if turned else (32, 45, 3))
    assert redrawer.source(picture, finished=True).shape == source.shape


def test_of_a_rectangle_the_middle_is_drawn_about_as_of_its_square(model, photo):
    redrawer = with_task(model, "grey")
    wide = np.concatenate([photo[:, :48], photo, photo[:, :48]], 1)
    whole, square = redrawer.redraw(redrawer.source(wide)).result, redrawer.redraw(redrawer.source(photo)).result
    assert whole.shape == (32, 64, 3)
    differences = np.abs(whole[:, 16:48].astype(int) - square)
    assert np.median(differences) <= np.median(np.abs(whole[:, :32].astype(int) - square)) / 2


def test_opacity_is_carried_over(photo):
    alpha = np.zeros((12, 24), np.uint8)
    alpha[:, :12] = 255
    made = with_opacity(photo[:32, :64], alpha)
    assert made.shape == (32, 64, 4)
    assert (made[..., :3] == photo[:32, :64]).all()
    assert (made[:, :28, 3] > 250).all() and (made[:, 36:, 3] < 5).all()


def test_shrinking_keeps_what_has_the_size_already_and_smooths_what_has_not(pictures):
    assert np.array_equal(shrink(pictures[0], 32), pictures[0])
    stripes = np.zeros((128, 128, 3), np.uint8)
    stripes[::2] = 255
    assert shrink(stripes, 32).shape == (32, 32, 3)
    assert abs(shrink(stripes, 32).astype(int) - 128).max() < 20
    assert shrink(stripes[:16, :16], 32).shape == (32, 32, 3)


def test_the_result_is_what_the_generator_draws_of_the_source(model, redrawer, pictures):
    results = [redrawer.redraw(picture).result for picture in pictures[:3]]
    expected = generate(load_generator(model), to_input(*pictures[:3]))
    assert np.abs(np.stack(results).astype(int) - expected).max() <= 1
    assert not np.array_equal(results[0], results[1])
    assert np.array_equal(redrawer.redraw(pictures[0]).result, results[0])


def test_other_moments_draw_otherwise(model, redrawer, pictures):
    early = Redrawer(model, images_seen=1000)
    assert not np.array_equal(early.redraw(pictures[0]).result, redrawer.redraw(pictures[0]).result)
    assert np.array_equal(
        Redrawer(model, images_seen=2200).redraw(pictures[0]).result, redrawer.redraw(pictures[0]).result
    )


def test_the_stages_lead_from_the_picture_to_the_bottleneck(model, redrawer, pictures):
    stages = redrawer.redraw(pictures[0]).stages
    assert [stage.shape for stage in stages] == [(4, 16, 16), (8, 8, 8), (16, 4, 4)]
    with torch.no_grad():
        expected = load_generator(model).encode(to_input(pictures[0]))
    for stage, features in zip(stages, expected, strict=True):
        np.testing.assert_allclose(stage, features[0].numpy(), atol=1e-5)


def test_beside_the_target_a_verdict_says_which_patch_is_the_more_real(model, redrawer, pictures):
    source, target = redrawer.source(pictures[0]), pictures[0]
    result, inspector = redrawer.redraw(source).result, inspector_of(model)
    verdicts = inspector.verdicts(source, result, target)
    assert verdicts.shape == (8, 8)
    made, x, wanted = to_input(result), to_input(source), to_input(target)
    with torch.no_grad():
        ours, theirs = (load_discriminator(model).patches(torch.cat([some, x], 1)) for some in (made, wanted))
    np.testing.assert_allclose(verdicts, (ours - theirs).sigmoid()[0].numpy(), atol=1e-4)
    assert not np.array_equal(verdicts, inspector.verdicts(source, result, pictures[1]))
    # The target beside itself cannot be told apart; one way and the other way round add up.
    np.testing.assert_allclose(inspector.verdicts(source, target, target), 0.5)
    np.testing.assert_allclose(verdicts + inspector.verdicts(source, target, result), 1, atol=1e-5)


def test_without_a_target_a_patch_is_compared_with_the_rest_of_the_picture(model, redrawer, pictures):
    source = redrawer.source(pictures[0])
    verdicts = inspector_of(model).verdicts(source, redrawer.redraw(source).result)
    assert verdicts.shape == (8, 8)
    logits = np.log(verdicts / (1 - verdicts))
    assert logits.mean() == pytest.approx(0, abs=1e-3)
    assert logits.std() > 0


def test_without_an_inspector_there_are_no_verdicts_and_the_same_picture(model, redrawer, pictures):
    (model.folder / DISCRIMINATOR).unlink()
    assert inspector_of(model) is None
    assert np.array_equal(Redrawer(model).redraw(pictures[0]).result, redrawer.redraw(pictures[0]).result)


def test_who_draws_from_seeds_cannot_redraw_and_who_redraws_has_no_seeds(shipped, model):
    with pytest.raises(ForgerError, match="'cats' draws from seeds; it cannot redraw"):
        Redrawer(shipped)
    with pytest.raises(ForgerError, match="no seeds: bring it a picture"):
        seed_latents(model.config, [1])
    with pytest.raises(ForgerError, match="no seeds: bring it a picture"):
        sample(load_generator(model), model.config, [1])


def test_broken_weights_and_moments_that_were_not_kept_are_refused(model):
    with pytest.raises(ForgerError, match="broken"):
        Redrawer(model, images_seen=77)
    (model.folder / DISCRIMINATOR).write_bytes(b"torn")
    with pytest.raises(ForgerError, match="broken"):
        inspector_of(model)
