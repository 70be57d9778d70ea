import sys

from gan import SPINNING, wait_by

# Before torch is loaded. argparse takes the beginning of an option for it, from --gi on.
if not any(len(one) > 3 and "--give-way".startswith(one) for one in sys.argv):
    wait_by(SPINNING)

from gan.cli import main

sys.exit(main())
