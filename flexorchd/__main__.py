"""`python -m flexorchd` is the same as `flexorchd`."""

from flexorchd.cli import main

if __name__ == "__main__":
    main()
