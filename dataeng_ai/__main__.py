"""`python -m dataeng_ai` is `spec`."""

from dataeng_ai.cli import main

if __name__ == "__main__":
    main()
