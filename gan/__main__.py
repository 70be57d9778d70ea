import sys

from gan import SPINNING, wait_by


def main() -> int:
    """The command line, `python -m gan` or `forger`. Returns the exit code."""
    # Before torch is loaded. argparse takes the beginning of an option for it, from --gi on.
    if not any(len(one) > 3 and "--give-way".startswith(one) for one in sys.argv):
        wait_by(SPINNING)
    from gan.cli import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
