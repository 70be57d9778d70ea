"""What figures of a generator mean, in plain words."""

from typing import Any


def in_words(quality: dict[str, Any]) -> dict[str, str]:
    """A card's "quality" as labelled sentences; of a measurement during training there are fewer.

    Raises KeyError, TypeError or ValueError for what is not such a quality: cards can be edited by hand.
    """
    return _fidelity_in_words(quality) if "perceptual" in quality else _quality_in_words(quality)


def in_short(quality: dict[str, Any]) -> str:
    """How close, in one line, with the second opinion where there is one; "" of a generator that redraws.

    Raises as `in_words` does.
    """
    if "sentence" not in quality:
        return ""
    second = quality.get("second_opinion")
    return quality["sentence"] + (f" (by a second opinion: {second['pixels']:.0f})" if second else "")


def _fidelity_in_words(quality: dict[str, Any]) -> dict[str, str]:
    others = f" of {quality['data']}" if "data" in quality else ""
    return {
        "To the eye": f"The distance from the target is {quality['perceptual']:.2f}, where 1 is another picture's "
        f"target. The source, handed back as it came, would have {quality['perceptual_source']:.2f}, the mean target "
        f"{quality['perceptual_mean']:.2f}. Blur and smudges are farther off than another good picture is, so figures "
        "above 1 may still be good: compare them with those two.",
        "Pixel by pixel": f"The mean difference (L1) is {100 * quality['l1']:.1f} % of the range from black to white; "
        f"the source's {100 * quality['l1_source']:.1f} %, the mean target's {100 * quality['l1_mean']:.1f} %. "
        "Where the source leaves much open, as a sketch does with colours, the best guess is far off, too.",
        "Measured": f"{quality['count']:,} pictures{others} that training never saw, by the features "
        f"{quality['features']}.",
    }


def _quality_in_words(quality: dict[str, Any]) -> dict[str, str]:
    words = {
        "How close": f"These pictures are {quality['sentence']}. The distance (KID) is {quality['kid']:.3f} ± "
        f"{quality['kid_error']:.3f}; 0 would be no difference."
    }
    if quality.get("flattered"):
        words["How close"] += (
            " Its second inspector looked through the network that measures here, so this is kinder than it should "
            "be: go by the second opinion."
        )
    if second := quality.get("second_opinion"):
        words["A second opinion"] = _second_in_words(second)
    if heads := quality.get("heads"):
        words["Heads"] = _heads_in_words(heads)
    words["How varied"] = (
        f"Two of them differ {quality['diversity']:.2f} times as much as two real pictures do: "
        f"{_variety(quality['diversity'])}."
    )
    if shares := quality.get("precision_recall"):
        words["Precision and recall"] = _precision_recall_in_words(shares)
    if copied := quality.get("memorisation"):
        nearest = "its nearest training picture"
        if "searched" in copied:  # older cards do not say of how many; of large data sets it is not all
            nearest = f"the nearest of {copied['searched']:,} training pictures"
        words["Does it copy?"] = (
            f"From {nearest}, a forgery lies {copied['ratio']:.2f} times as far as a real picture that training never "
            f"saw; {copied['copies'] * 100:.1f} % of them are nearer than 99 % of such pictures (chance: 1 %): "
            f"{_copying(copied['ratio'], copied['copies'])}."
            if copied["ratio"] is not None
            else "That cannot be said: nearly all held-out pictures are there among the studied ones, too."
        )
    if "frechet" in quality:
        words["Frechet distance"] = (
            f"{quality['frechet']:.0f} on the features {quality['features']}. This is not the FID of the papers, and "
            f"more pictures make it smaller: compare it only with one of {quality['count']:,} and the same real ones."
        )
    if "inception_fid" in quality:
        words["Inception FID"] = (
            f"{quality['inception_fid']:.1f}, computed as in the papers, though most of them draw 50,000 pictures; "
            f"here {quality['count']:,} were compared with {quality['pictures']:,}."
        )
    others = f"{quality['held_out']:,} held-out pictures of {quality['data']}" if "data" in quality else "held-out ones"
    words["Measured"] = f"{quality['count']:,} pictures against {others}, by the features {quality['features']}."
    return words


def _second_in_words(second: dict[str, Any]) -> str:
    known = "which no training measured itself by" if second["apart"] else "by which trainings measure themselves, too"
    return (
        f"By another network, which no decision here goes by, they are {second['sentence']}. Its distance (KID) times "
        f"1,000 is {1000 * second['kid']:.1f} ± {1000 * second['kid_error']:.1f}: {second['count']:,} pictures that no "
        f"training measured, of the seeds from 1 on, against {second['held_out']:,} held-out ones, {known}, by the "
        f"features {second['features']}."
    )


def _heads_in_words(heads: dict[str, Any]) -> str:
    return (
        f"A classical detector, older than such networks, sees a {heads['whose']}'s head in "
        f"{100 * heads['generated']:.0f} % of {heads['count']:,} pictures, and in {100 * heads['real']:.0f} % of "
        f"{heads['real_count']:,} real ones that training never saw. It asks for a face that looks at the camera, no "
        "more."
    )


def _precision_recall_in_words(shares: dict[str, Any]) -> str:
    return (
        f"{100 * shares['precision']:.0f} % of these pictures lie where real ones do (precision), and "
        f"{100 * shares['recall']:.0f} % of real ones where these do (recall). For real pictures that training saw it "
        f"is {100 * shares['real_precision']:.0f} % and {100 * shares['real_recall']:.0f} %. {shares['count']:,} of "
        "each were compared; more make it harder."
    )


def _variety(diversity: float) -> str:
    if diversity < 0.8:
        return "much less varied, many look alike"
    if diversity < 0.95:
        return "a little less varied"
    return "as varied" if diversity <= 1.05 else "more varied, perhaps because some are broken"


def _copying(ratio: float, copies: float) -> str:
    if copies > 0.03 or ratio < 0.9:
        return "some may be copies, so look at the nearest training pictures"
    if ratio > 1.1:  # not to be taken for a proof
        return "no sign of copying, though pictures with flaws lie far from everything, also from what they copy"
    return "no sign of copying"
