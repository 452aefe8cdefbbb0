"""Asks models quickly and safely: client, cache, rate limits, retries, budget, batching."""

import logging

logging.getLogger("mmeval").addHandler(logging.NullHandler())  # silent unless the application configures logging
