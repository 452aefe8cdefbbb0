"""What a run needs to be fast and safe: throttle, retry, cache, budget, batching, replicas."""
