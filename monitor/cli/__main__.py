"""`python -m monitor.cli` is `volteface`."""

from monitor.cli import main

main()
