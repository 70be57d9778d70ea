"""The lesson: eight steps, each with one idea, one prediction, one thing to do and one explanation; and its glossary.

Words only. What a step shows beside them, its `blocks`, is drawn by ui/classroom/lesson.py; docs/lesson.md is for the
lecturer.
"""

from dataclasses import dataclass

from ui.ballot import Question


@dataclass(frozen=True)
class Step:
    """One idea. `do` says what the lecturer does, and `seen` what a visitor sees of it; `answers` names the mistaken
    belief that the step is against, if any."""

    key: str
    title: str
    idea: str
    question: Question
    do: str
    seen: str
    why: str
    answers: str = ""
    blocks: tuple[str, ...] = ()


STEPS = (
    Step(
        "game",
        "A game for two",
        "Two networks play against each other. The **forger** (generator) makes pictures out of random numbers, and "
        "wants them to be taken for real. The **inspector** (discriminator) says of a picture whether it is real or "
        "forged.",
        Question(
            "sees",
            "Who of the two is shown real pictures?",
            ("Both", "Only the inspector", "Only the forger"),
            1,
            "The forger is given random numbers, and afterwards how the verdict on its own picture would have been "
            "better. It draws cats without ever having been shown one.",
        ),
        "The same game with points instead of pictures. Press *Inspector only* a few times, then *Forger only*: first "
        "the colours move, then the red points along their arrows. Then *Run*.",
        "The same game with points instead of pictures, in your own browser. Press *Inspector only* a few times, then "
        "*Forger only*: first the colours move, then the red points along their arrows. Then *Run*.",
        "A lesson of the inspector: it sees some real pictures and some forgeries, and is changed a little so that its "
        "verdicts come nearer to the truth. A lesson of the forger: the inspector judges its pictures, and the forger "
        "is changed a little so that these verdicts come nearer to *real*. Nothing else happens, thousands of times.",
        "The forger sees photographs.",
        ("points",),
    ),
    Step(
        "start",
        "From noise to cats",
        "At the beginning both know nothing. What the forger draws is its random numbers, turned into colours by "
        "chance. Each lesson changes both a little.",
        Question(
            "first",
            "What will be seen first in the forger's pictures?",
            (
                "Eyes and a nose",
                "A grey shadow where the head is",
                "The colours of the fur",
                "A copy of a real picture",
            ),
            1,
            "First comes what all the real pictures have in common: something darker or lighter where a head is. What "
            "tells one cat from another comes later, and details last.",
        ),
        "Start the quick look: drawn cats of 32 pixels. It takes some minutes. Then look back with the slider on "
        "*Train*.",
        "Your lecturer starts a training on drawn cats. You can look back through its pictures on *Train*.",
        "All grids are drawn from the same random numbers, so you can follow one picture. The number below, the "
        "*images seen*, counts the real pictures that the inspector was shown; 1,000 of them are one kimg.",
        blocks=("start", "run"),
    ),
    Step(
        "curves",
        "What the curves say",
        "A loss says who is struggling at the moment. When the forger gets better the inspector's work gets harder, "
        "and then the inspector learns, too.",
        Question(
            "loss",
            "The pictures get better for the next minutes. What will the forger's loss do?",
            ("It falls, steadily", "It does not fall", "It goes to nothing"),
            1,
            "The forger gets better, and so does its judge: the bar is raised as it learns to jump. Only the pictures "
            "tell how good they are.",
        ),
        "Let it run, unfold its curves, and watch the forger's loss beside its pictures. On *Train*, two more curves "
        "tell how close the inspector comes to guessing.",
        "Unfold its curves, and watch the forger's loss beside its pictures.",
        "In most networks that you train, a falling loss is progress, because what they are judged by stays as it is. "
        "Here the judge learns, too. D(x) is how likely the inspector finds real pictures to be real, D(G(z)) the same "
        "for forgeries. Both near one half mean that it can only guess: because the forgeries are good, or because it "
        "is weak or misled.",
        "The loss should fall.",
        ("run", "losses"),
    ),
    Step(
        "step",
        "One lesson at a time",
        "A training can be halted between two lessons, and then be led by hand: one lesson for the inspector, one for "
        "the forger, or both.",
        Question(
            "alone",
            "The inspector alone is taught, again and again. What happens to the forger's pictures?",
            ("They get better", "They get worse", "They stay as they are"),
            2,
            "The inspector's lessons change the inspector. What it thinks of the pictures changes, and so does what "
            "the forger will be told next; the pictures wait for the forger's own lesson.",
        ),
        "Press *Pause*, then *Inspector only*, some times, and look at the scores. Then *Forger only*.",
        "Your lecturer halts the training and teaches one of the two alone. The scores under the pictures are the "
        "inspector's: the higher, the more real it finds them.",
        "After the inspector's lesson the same forgeries score lower: it has learned from them. After the forger's "
        "lesson the same random numbers give pictures that score higher. By how much each network moved stands above "
        "them: less than a hundredth of its weights' length in one lesson.",
        blocks=("run", "steer"),
    ),
    Step(
        "against",
        "You against the inspector",
        "The inspector has studied this forger's work for thousands of pictures. Can you tell its forgeries from real "
        "ones as well as it can?",
        Question(
            "who",
            "Who will be right more often about the same ten pictures?",
            ("The class", "The inspector", "About the same"),
            None,
            "Of a forger that has just begun everybody sees it. The longer it learns the harder it gets, and the "
            "inspector looks for what gives this one forger away, which may be something no eye notices.",
        ),
        "Play a round yourself, then let the class play it. Ask who has seen what gave the forgeries away.",
        "Ten pictures: which are real? Your score counts for the class, without your name.",
        "What the inspector knows is only how this forger's pictures differ from these real ones. It is no judge of "
        "pictures in general, which is why its verdict is no measure of quality. Measures of quality compare with "
        "real pictures that training never saw.",
        blocks=("against",),
    ),
    Step(
        "balance",
        "A better inspector?",
        "The forger learns from the inspector's verdict alone. So what makes the inspector better or worse changes "
        "what the forger can learn.",
        Question(
            "strong",
            "The inspector now learns a hundred times as fast as the forger. What will the pictures do?",
            ("Get better faster", "Stay blots", "It makes no difference"),
            1,
            "A judge that is sure of everything, and a pupil that takes tiny steps: every forgery is found out, and "
            "the pictures stay blots. It is the balance that counts.",
        ),
        "Start *Inspector too strong*, look, and cure it. Then *Inspector too weak*, at best of a copy of your good "
        "run: it takes the forgeries for real, and they get worse.",
        "Your lecturer starts a training whose inspector is far too strong, and then one whose inspector is too weak.",
        "An inspector that is too weak believes in the forgeries sooner than in real pictures, and they become what it "
        "believes in. Nor is one half a goal by itself: look at where the curves of a training begin. Both are near "
        "one half there, because neither knows anything, and the pictures are noise.",
        "A better inspector is always better. One half is always good.",
        ("failure:too-strong", "failure:too-weak", "run"),
    ),
    Step(
        "collapse",
        "Collapse",
        "Nothing in the forger's loss asks for variety. A forger that is far too quick for its inspector can draw much "
        "the same for all random numbers, as long as that fools it.",
        Question(
            "final",
            "The forger draws one picture again and again. We turn the learning rates back. What then?",
            ("It stays as it is: it has forgotten the rest", "It finds its variety again"),
            1,
            "Its weights are still those of a network that can draw anything. An inspector that keeps up finds the one "
            "picture out at once, and every way of being different then pays.",
        ),
        "Let a copy of your good run collapse. When the pictures are all alike, cure it, and watch them part.",
        "Your lecturer lets a training collapse, and then cures it.",
        "The inspector learns that this one picture is forged, and the forger runs to the next one that still works. "
        "Slower steps let the inspector keep up with all of the forger's pictures at once. The relativistic loss and a "
        "gradient penalty make a collapse less tempting in the first place.",
        "Collapse is final.",
        ("failure:collapse", "run"),
    ),
    Step(
        "latents",
        "Where the pictures come from",
        "A seed starts the chance that draws a **latent**: a hundred random numbers. The forger turns any latent into "
        "a picture, in one pass through its layers.",
        Question(
            "neighbours",
            "Seeds 7 and 8: how alike are their pictures?",
            ("Nearly the same", "No more alike than any two", "7 is the father of 8"),
            1,
            "Seeds 7 and 8 start quite different random numbers. Neighbouring *latents* give similar pictures, and "
            "*Interpolate* walks along them.",
        ),
        "Unfold what is between seeds 7 and 8. Then let all make pictures of their own on *Generate*, and walk between "
        "two of them on *Interpolate*.",
        "Unfold what is between seeds 7 and 8. Then make pictures of your own on *Generate*, and walk between two of "
        "them on *Interpolate*.",
        "On the way every picture is a whole one. If pictures were pieces of photographs put together, there would be "
        "seams and jumps; and no person or cat is kept under a number. With few pictures and long training a forger "
        "can copy all the same: *Too few pictures* shows it, and *Does it copy?* on Generate looks for it.",
        "Pictures are collages. A seed is a stored person.",
        ("latents", "failure:too-few"),
    ),
)

GLOSSARY = {
    "kimg": "A thousand images seen: real pictures that the inspector was shown. The clock of a training.",
    "epoch": "Once through all real pictures. With 4,096 pictures an epoch is about 4 kimg.",
    "latent": "The random numbers that the forger turns into a picture; here mostly 100 of them.",
    "seed": "A whole number that starts a random number generator: the same seed, the same latent.",
    "logit": "The inspector's score before it is squeezed between 0 and 1: 0 is undecided, 2 is 88 % sure of real, "
    "-2 is 88 % sure of forged.",
    "D(x)": "The inspector's probability that a real picture x is real, on average.",
    "D(G(z))": "Its probability that a forgery is real: G is the forger, z a latent.",
    "KID": "Kernel Inception Distance: how far forgeries are from real pictures in what a network trained on "
    "photographs sees in both. Lower is better. Which network: see the generator's card.",
    "R1, R2": "Penalties: the inspector pays where its verdict changes steeply around real pictures (R1) or forgeries "
    "(R2).",
    "distance": "How far the forgeries as a whole are from real pictures by their colours and edges: 0 is not at all, "
    "1 as far as two real pictures from each other.",
    "averaging (EMA)": "The pictures on show come from an average of the forger over its recent past, which is calmer.",
    "truncation": "Drawing latents nearer to their middle, for safer and less varied pictures. It helps generators "
    "made for it (StyleGAN); here it made fog, and is not offered.",
}
