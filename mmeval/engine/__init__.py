"""What a run needs to be fast and safe: throttle, retry, cache, budget, batching, replicas."""

import logging

logging.getLogger("mmeval").addHandler(logging.NullHandler())  # silent unless somebody listens
