"""`python -m saigen` is the `saigen` command."""

from saigen.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
