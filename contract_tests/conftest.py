"""The kit as pytest sees it: fixtures and hooks, each in the module that says what it is about."""

# In the order in which they import each other: pytest rewrites the assertions of what it imports first.
pytest_plugins = [
    "contract_tests.collecting",
    "contract_tests.reporting",
    "contract_tests.summary",
    "contract_tests.page",
    "contract_tests.run",
    "contract_tests.stopping",
]
