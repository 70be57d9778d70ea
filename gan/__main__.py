import sys

from gan import SPINNING, wait_by

GIVE_WAY, SHORTEST = "--give-way", len("--gi")  # argparse takes the beginning of an option for it

if not any(len(one) >= SHORTEST and GIVE_WAY.startswith(one) for one in sys.argv):  # before torch is loaded
    wait_by(SPINNING)

from gan.cli import main

sys.exit(main())
