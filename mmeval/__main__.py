"""`python -m mmeval`."""

from mmeval.cli import main

main()
