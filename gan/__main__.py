import sys

from gan import SPINNING, wait_by

if "--give-way" not in sys.argv:  # before torch is loaded
    wait_by(SPINNING)

from gan.cli import main

sys.exit(main())
