"""`python -m mock_server` is `gupshup-mock`."""

from mock_server.cli.main import main

if __name__ == "__main__":
    main()
