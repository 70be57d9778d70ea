"""The sandbox of points in a real browser: its arithmetic is that of gan/, it collapses and is cured, and it works with
keys alone."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gan.learning.adam import Adam
from gan.learning.losses import LOSSES
from gan.learning.penalties import slope
from ui.classroom.points import script

BATCH, LABEL, RATE = 16, 0.9, 0.01
CALL = """async ([script, body, given]) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const points = await import(url);
    return new Function("points", "given", body)(points, given);
}"""
LEARN = """
    const network = (list) => list.map((one) => ({ ...one, weights: Float64Array.from(one.weights),
        biases: Float64Array.from(one.biases) }));
    const [forger, inspector] = [network(given.forger), network(given.inspector)];
    const [latents, real, fake] = [given.latents, given.real, given.fake].map((list) => Float64Array.from(list));
    const plain = (parts) => parts.map((one) => [[...one.weights], [...one.biases]]);
    const ofD = points.inspectorLoss(inspector, real, fake, given.n, given.settings);
    const ofG = points.forgerLoss(forger, inspector, latents, real, given.n, given.settings);
    const adam = new points.Adam(inspector, 0.5, 0.99);
    for (let i = 0; i < 3; i++) adam.descend(ofD.gradients, given.rate);
    return { inspector: [ofD.value, plain(ofD.gradients)], forger: [ofG.value, plain(ofG.gradients)],
        wish: [...ofG.wish], moved: plain(inspector) };
"""


class Network(nn.Sequential):
    """As the script has it, in double precision; real points come as pictures of one pixel with two channels."""

    def __init__(self, *sizes: int):
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
        super().__init__(*layers[:-1])
        self.double()

    @property
    def linear(self) -> list[nn.Linear]:
        return [layer for layer in self if isinstance(layer, nn.Linear)]

    def as_lists(self) -> list[dict[str, object]]:
        return [
            {"in": one.in_features, "out": one.out_features, "weights": flat(one.weight), "biases": flat(one.bias)}
            for one in self.linear
        ]


def flat(tensor: Tensor) -> list[float]:
    return tensor.detach().flatten().tolist()


def gradients(loss: Tensor, network: Network) -> list[list[list[float]]]:
    found = iter(torch.autograd.grad(loss, list(network.parameters()), retain_graph=True))
    return [[flat(next(found)), flat(next(found))] for _ in network.linear]


@pytest.fixture
def blank(browser):
    page = browser.new_page()
    page.goto("about:blank")
    yield page
    page.close()


@pytest.mark.parametrize("loss", ["textbook", "relativistic"])
@pytest.mark.parametrize("gamma", [0.0, 0.7])
def test_its_losses_and_gradients_are_those_of_pytorch(blank, loss, gamma):
    torch.manual_seed(3)
    forger, inspector = Network(2, 24, 24, 2), Network(2, 24, 24, 1)
    latents, real = torch.randn(BATCH, 2).double(), torch.randn(BATCH, 2).double()
    fake = forger(latents)
    shown = real[:, :, None, None].clone().requires_grad_()
    real_logits, fake_logits = inspector(shown.flatten(1))[:, 0], inspector(fake.detach())[:, 0]
    of_d = torch.stack(list(LOSSES[loss].discriminator(real_logits, fake_logits, LABEL).values())).sum()
    if gamma:
        of_d = of_d + gamma / 2 * slope(real_logits, [shown])
    of_g = LOSSES[loss].generator(inspector(fake)[:, 0], real_logits.detach())
    (wish,) = torch.autograd.grad(of_g, fake, retain_graph=True)
    given = {
        "forger": forger.as_lists(), "inspector": inspector.as_lists(), "latents": flat(latents), "real": flat(real),
        "fake": flat(fake), "n": BATCH, "rate": RATE, "settings": {"loss": loss, "label": LABEL, "gamma": gamma},
    }  # fmt: skip
    found = blank.evaluate(CALL, [script(), LEARN, given])
    for side, value, network in (("inspector", of_d, inspector), ("forger", of_g, forger)):
        assert found[side][0] == pytest.approx(value.item(), abs=1e-9)
        for mine, theirs in zip(found[side][1], gradients(value, network), strict=True):
            for one, other in zip(mine, theirs, strict=True):
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["wish"], (-BATCH * wish).flatten().tolist(), rtol=0, atol=1e-9)
    by = gradients(of_d, inspector)
    adam = Adam(inspector.parameters(), lr=RATE, betas=(0.5, 0.99))
    for layer, (weights, biases) in zip(inspector.linear, by, strict=True):
        layer.weight.grad = torch.tensor(weights).double().view_as(layer.weight)
        layer.bias.grad = torch.tensor(biases).double()
    for _ in range(3):
        adam.step()
    for layer, (weights, biases) in zip(inspector.linear, found["moved"], strict=True):
        np.testing.assert_allclose(weights, flat(layer.weight), rtol=0, atol=1e-9)
        np.testing.assert_allclose(biases, flat(layer.bias), rtol=0, atol=1e-9)


def test_eight_blobs_collapse_and_are_cured(blank):
    """One seed; `benchmarks.points` asks five, for longer."""
    body = """
        const gan = new points.PointsGan({ target: "eight", label: 1, ...points.COLLAPSE }, 1);
        const after = (steps) => { for (let i = 0; i < steps; i++) gan.step();
                                   return points.blobsFound("eight", gan.points()); };
        const few = after(1000);
        Object.assign(gan.settings, points.CURE);
        return [few, after(1000)];
    """
    few, many = blank.evaluate(CALL, [script(), body, None])
    assert few <= 3
    assert many >= 6


def test_the_page_learns_and_works_by_keys_alone(serve, own_folders, browser):
    with serve(own_folders) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{address}/points")
        words = page.locator(".forger-points .words")
        page.get_by_role("button", name="Step", exact=True).press("Enter")
        page.wait_for_function("element => element.textContent.startsWith('Step 1 ')", arg=words.element_handle())
        page.get_by_role("button", name="Make it collapse").press("Enter")
        page.get_by_role("button", name="Pause").wait_for()  # it runs
        page.wait_for_function(
            "element => Number(element.textContent.match(/Step ([0-9,]+)/)[1].replace(',', '')) > 20",
            arg=words.element_handle(),
        )
        page.get_by_role("button", name="Pause").press("Enter")
        page.locator("select[name=target]").select_option("own")
        canvas = page.locator(".forger-points canvas")
        before = canvas.screenshot()
        for key in ("ArrowRight", "ArrowUp", " "):
            canvas.press(key)
        page.wait_for_function("element => element.closest('.forger-points').sandbox.own.length === 1",
                               arg=canvas.element_handle())  # fmt: skip
        assert canvas.screenshot() != before
        assert page.evaluate("document.documentElement.scrollWidth <= 390")
        page.close()
