"""Does the sandbox of points learn fast enough in a browser, collapse and recover?

    python -m benchmarks.points [--seconds 3] [--seeds 1 2 3 4 5] [--steps 4000]

In headless Chromium: steps a second, as it is and with the processor throttled four times, plain and with R1; then, for
each seed, how many of eight blobs are found after so many steps of *Make it collapse*, and after as many of *Cure it*.
Needs playwright and a Chromium.
"""

import argparse
import shutil
from typing import Any

from benchmarks.meter import print_machine, print_table
from ui.classroom.points import script

LOAD = """async (script) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    window.points = await import(url);
}"""
SPEED = """([settings, seconds]) => {
    const gan = new points.PointsGan({ target: "eight", label: 1, ...points[settings] }, 1);
    for (let i = 0; i < 50; i++) gan.step(); // the browser compiles meanwhile
    const [before, start] = [gan.steps, performance.now()];
    while (performance.now() - start < 1000 * seconds) gan.step();
    return (gan.steps - before) / (performance.now() - start) * 1000;
}"""
BLOBS = """([seed, steps]) => {
    const gan = new points.PointsGan({ target: "eight", label: 1, ...points.COLLAPSE }, seed);
    const after = () => {
        for (let i = 0; i < steps; i++) gan.step();
        return points.blobsFound("eight", gan.points());
    };
    const collapsed = after();
    Object.assign(gan.settings, points.CURE);
    return [collapsed, after()];
}"""
BROWSERS = ("chromium", "google-chrome", "chromium-browser")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement of speed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--steps", type=int, default=4000)
    request = parser.parse_args()
    print_machine()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("There is no Chromium here.")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.goto("about:blank")
        page.evaluate(LOAD, script())
        rows: list[dict[str, Any]] = []
        for throttled in (1, 4):
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttled})
            for settings in ("COLLAPSE", "CURE"):
                speed = page.evaluate(SPEED, [settings, request.seconds])
                rows.append({"processor": f"1/{throttled}", "settings": settings.lower(), "steps/s": speed})
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 1})
        print_table(rows)
        print()
        found = [(seed, *page.evaluate(BLOBS, [seed, request.steps])) for seed in request.seeds]
        print_table([{"seed": seed, "blobs, collapsed": few, "blobs, cured": many} for seed, few, many in found])


if __name__ == "__main__":
    main()
